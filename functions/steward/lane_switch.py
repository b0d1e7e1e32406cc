"""The lane's switch: the record of its rest, and the event source mapping that carries it out.

Promises: every change of the record is made over the version that was read, so of two writers one loses and reads
again; pausing twice and resuming twice are harmless. Who decided by what it had seen says so (``seen``), and does nothing
when somebody wrote since: a probe that was under way ends no pause that an operator began meanwhile. The mapping is looked for when it is needed: a function that names
its own mapping would be a circle in the template.
"""

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, Protocol

from botocore.exceptions import ClientError

from steward.documents import iso, moment
from steward.errors import StateConflict
from steward.memory import Memory
from steward.pauses import Cause, Pause, Phase

PAUSE = "PAUSE"
"""The name under which the record is remembered."""

MIRROR_REST = "MIRROR-REST"
"""The name under which the rest of the mirror's database is remembered, which is a record of the same kind."""


class Switch(Protocol):
    """What carries a pause out."""

    def turn(self, *, on: bool) -> bool:
        """Enable or disable; True when it stood so already. What AWS takes a minute for is not waited for."""


_STILL_CHANGING = ("ResourceInUseException", "ResourceConflictException")


class EventSource:
    """The event source mapping from the lane to the processor."""

    def __init__(self, client: Any, queue_arn: str, function_name: str) -> None:
        """Make a switch.

        Args:
            client: a Lambda client.
            queue_arn: the lane's.
            function_name: the processor's; a mapping to one of its aliases counts too.
        """
        self._client = client
        self._queue_arn = queue_arn
        self._function_name = function_name

    def turn(self, *, on: bool) -> bool:
        """See ``Switch``."""
        stands = True
        for mapping in self._mappings():
            already = mapping.get("State") in (("Enabled", "Enabling") if on else ("Disabled", "Disabling"))
            if not already:
                self._update(mapping["UUID"], on=on)
                stands = False
        return stands

    def _update(self, mapping_id: str, *, on: bool) -> None:
        try:
            self._client.update_event_source_mapping(UUID=mapping_id, Enabled=on)
        except ClientError as error:
            # AWS is still carrying out the change before; the triage's next look carries out what is recorded.
            if error.response["Error"]["Code"] not in _STILL_CHANGING:
                raise

    def _mappings(self) -> list[dict[str, Any]]:
        answer = self._client.list_event_source_mappings(EventSourceArn=self._queue_arn)
        ours = f":function:{self._function_name}"
        found = [
            m for m in answer["EventSourceMappings"] if f"{m['FunctionArn']}:".partition(ours)[2][:1] == ":"
        ]
        if not found:
            raise LookupError(f"no event source mapping from the lane to {self._function_name}")
        return found


class LaneSwitch:
    """Pauses and resumes the lane."""

    def __init__(self, memory: Memory, switch: Switch, now: Callable[[], datetime]) -> None:
        self._memory = memory
        self._switch = switch
        self._now = now

    def read(self) -> Pause:
        """How the lane stands."""
        document, version = self._memory.recall_version(PAUSE)
        return pause_of(document, version)

    def pause(self, cause: Cause, detail: str, seen: Pause | None = None) -> Pause:
        """Let the lane rest; returns the record as it then is."""
        becomes = self._change(lambda p: p.trip(cause, detail, self._now()) if _stands(p, seen) else p)
        self.hold()
        return becomes

    def hold(self) -> None:
        """Carry a pause out (again): a deploy, or a race with a resumption, may have undone it."""
        if self._switch.turn(on=False):
            return
        if not self.read().holds:
            self._switch.turn(on=True)  # it was resumed while we were at it

    def probe_failed(self, cause: Cause, detail: str, seen: Pause | None = None) -> Pause:
        """Put the next probe off, if the lane still rests."""
        return self._change(
            lambda p: p.probe_failed(cause, detail, self._now()) if p.holds and _stands(p, seen) else p
        )

    def resume(self, seen: Pause | None = None) -> Pause:
        """Let the lane go on; harmless when it does."""
        becomes = self._change(lambda p: p.resume(self._now()) if p.holds and _stands(p, seen) else p)
        if not becomes.holds:
            self.open()
        return becomes

    def open(self) -> bool:
        """Enable the event source of a lane that does not rest; True when it was enabled already."""
        stood = self._switch.turn(on=True)
        if self.read().phase is Phase.RESUMING:
            self._change(lambda p: p.run() if p.phase is Phase.RESUMING else p)
        return stood

    def _change(self, change: Callable[[Pause], Pause]) -> Pause:
        while True:
            before = self.read()
            becomes = change(before)
            if becomes == before:
                return before
            becomes = replace(becomes, version=before.version + 1)
            try:
                self._memory.swap(PAUSE, pause_document(becomes), becomes.version)
            except StateConflict:
                continue  # another writer was first: look at what it wrote
            return becomes


def _stands(pause: Pause, seen: Pause | None) -> bool:
    """Whether a record is still as it was seen; always when nothing depends on that."""
    return seen is None or pause.version == seen.version


def pause_document(pause: Pause) -> dict[str, Any]:
    """A pause as it is remembered."""
    times = {
        "since": iso(pause.since),
        "next_probe_at": iso(pause.next_probe_at),
        "resumed_at": iso(pause.resumed_at),
    }
    return {**asdict(pause), **times}


def pause_of(document: Any, version: int) -> Pause:
    """What was remembered, or the lane's ordinary state."""
    if not isinstance(document, dict):
        return Pause(version=version)
    return Pause(
        phase=Phase(document["phase"]),
        cause=Cause(document["cause"]) if document["cause"] else None,
        detail=document["detail"],
        since=moment(document["since"]),
        probes=int(document["probes"]),
        next_probe_at=moment(document["next_probe_at"]),
        resumed_at=moment(document["resumed_at"]),
        version=version,
    )
