"""Telling people of incidents: in Slack, and by page where Slack does not take it.

When Slack is down, one incident's failure is enough to leave it alone for the rest of the run, and each untold incident is
paged: that there is trouble, that it got graver, and that it is over, nothing else. When Slack is back, an incident is
made up for by one message that says how it stands by then, however much happened meanwhile.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from steward import telemetry
from steward.clients.pager import Pager
from steward.errors import CallFailed, StateConflict
from steward.incidents.incident import Incident, Step
from steward.incidents.names import Names
from steward.incidents.store import Incidents
from steward.incidents.told import Telling, news, page_of, pages
from triage.incidents.by_slack import BySlack, WhenUnsure, is_brief, waits
from triage.incidents.wording import page

GIVE_UP = timedelta(days=1)
"""What has been over for so long is not news any more."""

PATIENCE = timedelta(minutes=2)
"""How long people may not know before also a failure of seconds is worth a page."""


class Teller:
    """Tells of incidents."""

    def __init__(
        self,
        store: Incidents,
        by_slack: BySlack,
        pager: Pager | None,
        names: Names,
        *,
        when_unsure: WhenUnsure,
        now: Callable[[], datetime],
        count: telemetry.Count,
    ) -> None:
        """Make it.

        Args:
            store: of incidents.
            by_slack: tells in Slack.
            pager: reaches on-call without Slack; None when there is none.
            names: for the words of a page.
            when_unsure: what becomes of a page of which nobody can tell whether it is out.
            now: our clock.
            count: counts what was told.
        """
        self._store = store
        self._by_slack = by_slack
        self._pager = pager
        self._names = names
        self._when_unsure = when_unsure
        self._now = now
        self._count = count

    def tell(self, incidents: Sequence[Incident]) -> list[Incident]:
        """Tell what is owed of each; as they are stored then. Trouble of Slack or SNS is no error: it waits."""
        down: CallFailed | None = None
        told = []
        for incident in incidents:
            try:
                after, failure = self._tell(incident, down)
            except StateConflict:
                after, failure = incident, None  # a run beside this one tells it
            down = down or (failure if failure is not None and waits(failure) else None)
            told.append(after)
        return told

    def _tell(self, incident: Incident, down: CallFailed | None) -> tuple[Incident, CallFailed | None]:
        telling, failure = self._store.telling(incident.id), down
        if down is None and not telling.rests(self._now()):
            incident, telling, failure = self._by_slack.tell(incident, telling)
        telling = self._page(incident, telling, failure)
        self._close(incident, telling)
        return incident, failure

    def _page(self, incident: Incident, telling: Telling, failure: CallFailed | None) -> Telling:
        if self._pager is None or not self._wants_page(incident, telling, failure):
            return telling
        what = page_of(incident)
        if telling.paging == what and telling.paged != what:
            self._count(telemetry.UNSURE)
            if self._when_unsure == "skip":
                return self._store.note_telling(incident.id, replace(telling, paged=what))
        begun = self._store.note_telling(incident.id, replace(telling, paging=what))
        try:
            self._pager.publish(*page(incident, self._names))
        except CallFailed as why:
            # What provably did not go out is begun anew; what may have is unsure.
            left = begun if why.maybe_done else replace(begun, paging=begun.paged)
            return begun if left is begun else self._store.note_telling(incident.id, left)
        self._count(telemetry.INCIDENT_TOLD, way="page")
        return self._store.note_telling(incident.id, replace(begun, paged=what))

    def _wants_page(self, incident: Incident, telling: Telling, failure: CallFailed | None) -> bool:
        if incident.silent(self._now()) or not pages(incident, telling):
            return False
        if not incident.is_open or incident.vendor == "slack":
            return True  # who was paged learns of the end; and what Slack takes while it is broken may not be seen
        since = _untold_since(incident, telling)
        if since is None or (failure is None and not telling.rests(self._now())):
            return False
        at_once = failure is not None and not is_brief(failure)
        return at_once or self._now() - since >= PATIENCE

    def _close(self, incident: Incident, telling: Telling) -> None:
        """Take an incident off the list of those that need anything."""
        if incident.is_open or incident.resolved_at is None:
            return
        if self._now() - incident.resolved_at < GIVE_UP:
            if incident.silent(self._now()) or self._by_slack.owes(incident, telling):
                return
            if self._pager is not None and pages(incident, telling):
                return
        elif self._by_slack.owes(incident, telling):
            self._count(telemetry.INCIDENT_UNTOLD)
        self._store.forget_live(incident.id)


def _untold_since(incident: Incident, telling: Telling) -> datetime | None:
    """Since when people do not know of an incident, or of how grave it is; None when they do."""
    if incident.posted is None:
        return incident.opened_at
    return next((m.at for m in news(incident, telling) if m.step is Step.SEVERITY), None)
