"""A page's history for tables: what is observed, step by step, and what is planned for it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from processor.automations.change import Departure
from processor.context import Context
from processor.drafted import Plan
from processor.plan import plan_gone, plan_observed
from processor.relevance import News
from processor.seen import absent
from steward.effects import Effect, Kind, Status
from steward.pages import Page, Person, Property
from steward.rules import Rules, parse
from steward.snapshots import Snapshot
from steward.words import PageLink, Part, Text

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
TASKS, PROJECTS = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"

ROLES = {
    "Name": "title",
    "Assignee": "people",
    "Status": "status",
    "Priority": "select",
    "Tags": "multi_select",
    "Due": "date",
    "Reviewer": "people",
    "Related": "relation",
    "Notes": "rich_text",
}


def rules(tasks: str, projects: str = "", *, top: str = "") -> Rules:
    """A file with two data sources and their automations, in TOML."""
    roles = ", ".join(f'{name.lower() if name != "Name" else "title"} = "{name}"' for name in ROLES)
    sources = "\n".join(
        f'[[data_source]]\nname = "{name}"\nid = "{at}"\nproperties = {{ {roles} }}\n'
        f'slack_channel = "#{name.lower()}"\n{automations}'
        for name, at, automations in (("Tasks", TASKS, tasks), ("Projects", PROJECTS, projects))
    )
    return parse(f'{top}\n[slack]\ndefault_channel = "#team"\n[email]\nsender = "s@example.com"\n{sources}')


def automation(kind: str, more: str = "") -> str:
    """One automation, in TOML."""
    return f'[[data_source.automation]]\nkind = "{kind}"\n{more}\n'


def _raw(kind: str, value: Any) -> Any:
    match kind:
        case "title" | "rich_text":
            return [{"plain_text": value}] if value else []
        case "people":
            return [_user(person) for person in value or ()]
        case "status" | "select":
            return {"id": f"id-{value}", "name": value} if value else None
        case "multi_select":
            return [{"id": f"id-{one}", "name": one} for one in value or ()]
        case "date":
            return {"start": value, "end": None} if value else None
        case _:
            return [{"id": one} for one in value or ()]


def _user(person: str) -> dict[str, Any]:
    kind = {"robot": {"object": "user", "type": "bot"}, "design": {"object": "group"}}
    return {"id": person, "name": person.title(), **kind.get(person, {"object": "user", "type": "person"})}


def page(
    *,
    source: str = TASKS,
    trash: bool = False,
    locked: bool | None = False,
    created_at: datetime = NOW,
    without: tuple[str, ...] = (),
    **values: Any,
) -> Page:
    """A page; values by role."""
    by_name = {"Name": values.pop("title", "Write"), **{k.title(): v for k, v in values.items()}}
    properties = tuple(
        Property(f"id-{name}", name, kind, _raw(kind, by_name.get(name)))
        for name, kind in ROLES.items()
        if name.lower() not in without
    )
    title = by_name["Name"]
    return Page("p", "https://notion/p", title, trash, NOW, created_at, source, "db", properties, locked)


class History:
    """One page and its steps. What was planned stays owed until it is ``settled``."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self.snapshot: Snapshot | None = None
        self.owed: tuple[Effect, ...] = ()
        self._lapsed: tuple[Effect, ...] = ()
        self.turns: dict[str, int] = {}
        self.now = NOW
        self.last = Plan(Snapshot("p", 0, None, False, "", "", "", None))

    def sees(
        self,
        *,
        created: bool = False,
        moved: bool = False,
        news: bool = False,
        heard: bool = True,
        written: Mapping[str, Any] | None = None,
        **state: Any,
    ) -> list[Effect]:
        """Observe the page so; what is planned by that."""
        shown = page(**state)
        at = self.now if heard else None
        context = self._context(shown, News(created or news, at, created, moved), written)
        return self._take(
            lambda: plan_observed(self.snapshot, shown, self.now, self.owed + self._lapsed, context)
        )

    def loses(self, departure: Departure) -> list[Effect]:
        """The page can't be read any more."""
        snapshot = self.snapshot
        assert snapshot is not None
        context = self._context(page(source=snapshot.source_id), News(False, self.now), None)
        return self._take(
            lambda: plan_gone(snapshot, snapshot, None, departure, self.owed + self._lapsed, context)
        )

    def settled(self) -> None:
        """Everything owed is done."""
        self.owed = ()

    def starts(self) -> None:
        """Everything owed was begun, and nobody knows what became of it."""
        self.owed = tuple(replace(e, status=Status.STARTED) for e in self.owed)

    def passes(self, seconds: float) -> None:
        """Time passes."""
        self.now += timedelta(seconds=seconds)

    def _take(self, plan: Callable[[], Plan]) -> list[Effect]:
        self.last = made = plan()
        self.snapshot = made.snapshot
        gone, back = {e.id for e in made.obsolete}, {e.id for e in made.revived}
        lapsed = [e for e in self.owed if e.id in gone] if made.snapshot.gone else []
        revived = [replace(e, status=Status.PLANNED) for e in self._lapsed if e.id in back]
        planned = (*made.effects, *made.surplus)
        self.owed = (*(e for e in self.owed if e.id not in gone), *revived, *planned)
        kept = [e for e in self._lapsed if e.id not in gone | back]
        self._lapsed = (*kept, *(replace(e, status=Status.LAPSED) for e in lapsed))
        self.turns |= made.turns
        return list(planned)

    def _context(self, shown: Page, news: News, written: Mapping[str, Any] | None) -> Context:
        source = self._rules.source_of(shown.data_source_id)
        assert source is not None
        roles = source.properties.roles()
        properties = {role: f"id-{name}" for role, name in roles.items()}
        return Context(
            self._rules,
            source,
            properties,
            {role: ROLES[name] for role, name in roles.items()},
            news,
            "event",
            timedelta(seconds=2),
            self.now,
            absent=absent(shown, source, properties),
            turns=self.turns,
            written=written,
        )


def said(effect: Effect) -> str:
    """What an effect says, people as ``@id``."""
    return "".join(_plain(part) for part in effect.words)


def _plain(part: Part) -> str:
    match part:
        case Text(text):
            return text
        case PageLink(title):
            return title
        case Person(id_):
            return f"@{id_}"


def lines(effects: list[Effect]) -> list[str]:
    """Each effect as ``kind to whom: words``."""
    names = {
        Kind.COMMENT: "comment",
        Kind.MESSAGE: "message",
        Kind.DIRECT: "direct",
        Kind.EMAIL: "email",
        Kind.WRITE: "write",
    }
    return [
        f"{names[e.kind]}"
        f"{' ' + e.channel if e.kind is Kind.MESSAGE else ''}"
        f"{' ' + e.person.id if e.person and e.kind in (Kind.DIRECT, Kind.EMAIL) else ''}: {said(e)}"
        for e in effects
    ]
