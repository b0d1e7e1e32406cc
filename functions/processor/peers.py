"""What is remembered of the other sides of a sync, gathered before a page is planned: the planning itself asks nobody."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from processor.automations.change import Peer
from processor.automations.sync import STATUS
from processor.known import Known
from steward.claims import hold
from steward.effects import Effect
from steward.page_links import linked_page
from steward.pages import Page
from steward.rules import DataSource, Rules, SyncRule
from steward.snapshots import Snapshot
from steward.state import PageRecord, State
from steward.values import Unreadable, Value, same, texts, value_of

MOST = 100
"""Pages that are looked up at once."""


class Peers:
    """Looks the other sides up. Costs reads of State, and only for data sources that a sync concerns."""

    def __init__(self, rules: Rules, state: State, known: Known) -> None:
        self._rules = rules
        self._state = state
        self._known = known

    def of(self, source: DataSource, page: Page, record: PageRecord) -> tuple[Peer, ...]:
        """The other sides of a page; whom it links to is remembered, so that the way back is found.

        Args:
            source: the page's data source.
            page: as it was just seen.
            record: as it was known.
        """
        self._link_back(source, page, record.snapshot)
        sides = list(self._sides(source))
        if not sides:
            return ()
        targets = {id(rule): self._link(source, page, rule) for _, rule, forward in sides if forward}
        wanted = [*filter(None, targets.values()), *record.linked_from]
        found = self._state.snapshots(wanted[:MOST]) if wanted else {}
        return tuple(
            Peer(
                rule=rule,
                rule_id=(source if forward else other).rule_id(rule),
                forward=forward,
                source=other,
                properties=self._known.properties_of(other),
                types=self._known.types_of(other),
                pages=_of_source(found, other, targets.get(id(rule)) if forward else None),
            )
            for other, rule, forward in sides
        )

    def _link_back(self, source: DataSource, page: Page, before: Snapshot | None) -> None:
        for rule in source.of_kind(SyncRule):
            target = self._link(source, page, rule)
            known = before.values.get(rule.link) if before is not None else None
            if target is not None and target != _target(known):
                self._state.link(page.id, target)

    def carried_at(self, effect: Effect) -> datetime | None:
        """When the change was made that a write carries to another page; None of a write to its own page."""
        if effect.other_page is None:
            return None
        about = self._state.load(effect.page_id).snapshot
        carried = about is not None and hold(effect.claims, about)
        return about.status_at if about is not None and carried else effect.planned_at

    def status_differs(self, page: Page, source: DataSource, before: Snapshot) -> bool:
        """Whether a page that is kept in step has another status than is remembered."""
        if STATUS not in before.values or not any(self._sides(source)):
            return False
        now = _value(page, self._known.properties_of(source).get(STATUS))
        return now is not None and not same(now, before.values[STATUS])

    def _sides(self, source: DataSource) -> Iterator[tuple[DataSource, SyncRule, bool]]:
        """The other data source, the rule, and whether the rule stands on this side."""
        for rule in source.of_kind(SyncRule):
            other = self._rules.source_named(rule.data_source)
            if other is not None:
                yield other, rule, True
        for other in self._rules.data_source:
            for rule in other.of_kind(SyncRule):
                if rule.data_source == source.name and other is not source:
                    yield other, rule, False

    def _link(self, source: DataSource, page: Page, rule: SyncRule) -> str | None:
        return _target(_value(page, self._known.properties_of(source).get(rule.link)))


def _of_source(
    found: Mapping[str, Snapshot], source: DataSource, target: str | None
) -> Mapping[str, Snapshot]:
    pages = {page_id: page for page_id, page in found.items() if page.source_id == source.id}
    return (
        pages if target is None else {page_id: page for page_id, page in pages.items() if page_id == target}
    )


def _target(link: Value) -> str | None:
    text = next(iter(texts(link)), None)
    return None if text is None else linked_page(text)


def _value(page: Page, reference: str | None) -> Value:
    prop = page.find(reference) if reference is not None else None
    try:
        return None if prop is None else value_of(prop)
    except Unreadable:
        return None
