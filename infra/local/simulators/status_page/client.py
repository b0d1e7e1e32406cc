"""The admin API of a simulated status page in another process."""

from infra.local.simulators.small_client import MachineAdmin


class StatusPageAdmin(MachineAdmin):
    """Drives the simulator at ``url``; see ``StatusPageSimulator`` for what each does."""

    def set_status(self, indicator: str, description: str | None = None) -> None:
        """The page's word for how the vendor is, also one that nobody knows."""
        self._call("set_status", indicator=indicator, description=description)

    def open_incident(self, name: str, impact: str = "major", body: str = "We are investigating.") -> str:
        """Open an incident; its id."""
        return str(self._call("open_incident", name=name, impact=impact, body=body))

    def update_incident(self, incident: str, status: str, body: str) -> None:
        """Add an update, the newest first, as Statuspage lists them."""
        self._call("update_incident", incident=incident, status=status, body=body)

    def resolve(self, incident: str) -> None:
        """Resolve an incident: a summary lists it no longer."""
        self._call("resolve", incident=incident)

    def set_component(self, name: str, status: str) -> None:
        """A component's status, e.g. ``major_outage``."""
        self._call("set_component", name=name, status=status)
