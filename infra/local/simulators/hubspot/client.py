"""The admin API of a simulated HubSpot in another process."""

from infra.local.simulators.small_client import MachineAdmin


class HubSpotAdmin(MachineAdmin):
    """Drives the simulator at ``url``; see ``HubSpotSimulator`` for what each does."""

    def fail(
        self, status: int, *, path: str = "", times: int | None = None, retry_after: int | None = None
    ) -> None:
        """Answer an official error for so many requests, or (None) for ever."""
        self._call("fail", status=status, path=path, times=times, retry_after=retry_after)

    def set_token(self, token: str) -> None:
        """Make another token the right one."""
        self._call("set_token", token=token)

    def set_scopes(self, scopes: list[str]) -> None:
        """What the app may."""
        self._call("set_scopes", scopes=scopes)

    def spend_daily(self, left: int = 0) -> None:
        """Leave so many requests of the day."""
        self._call("spend_daily", left=left)
