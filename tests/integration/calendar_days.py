"""Days in the life of a team with deadlines: its rules, its tasks, and the clock going from one morning to the next."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.integration.stand import Stand, standing

BERLIN = ZoneInfo("Europe/Berlin")
SOURCE = "2f1c7c1e-0d3a-4c5b-9b0e-6a1d5e0c4b11"
LEAD = "c410e000-0000-4000-8000-00000000000c"
"""Chloé."""


def rules_file(folder: Path, *rules: str, top: str = 'time_zone = "Europe/Berlin"') -> str:
    """A rules file with these deadline rules, or one with the defaults; its path."""
    kinds = "\n".join(f'[[data_source.automation]]\nkind = "deadline"\n{rule}' for rule in rules or ("",))
    path = folder / "rules.toml"
    path.write_text(f"""
lead = "{LEAD}"
{top}
[slack]
default_channel = "#team"
[[data_source]]
name = "Tasks"
id = "{SOURCE}"
properties = {{ title = "Name", assignee = "Assignee", status = "Status", due = "Due", priority = "Priority" }}
slack_channel = "#tasks"
{kinds}
""")
    return str(path)


@contextmanager
def team(folder: Path, *rules: str, file: str = "", **environ: str) -> Iterator[Stand]:
    """A stand with such rules and without the demo's tasks."""
    with standing(quick=True, RULES_FILE=file or rules_file(folder, *rules), **environ) as stand:
        for task in stand.demo.tasks.values():
            stand.notion.delete_forever(task)
        yield stand


def until(stand: Stand, local: str, zone: ZoneInfo = BERLIN) -> None:
    """Let time pass until it is ``2026-11-26 09:00`` there."""
    moment = datetime.strptime(local, "%Y-%m-%d %H:%M").replace(tzinfo=zone).astimezone(UTC)
    passes = (moment - stand.clock.now()).total_seconds()
    assert passes >= 0, f"{local} is over"
    stand.clock.sleep(passes)


def add_task(stand: Stand, title: str, due: str | None, *people: str, status: str = "In progress") -> str:
    """A task that Steward has not seen."""
    values = {"Name": title, "Due": due, "Assignee": list(people), "Status": status}
    return stand.notion.add_page(stand.demo.data_source_id, values)


def change(stand: Stand, page: str, **properties: object) -> None:
    """Change a task in Notion, without a webhook."""
    stand.notion.edit(page, properties=properties, by=stand.demo.ben, silent=True)


def mornings(stand: Stand, first: str, days: int) -> dict[str, list[str]]:
    """Remind at nine on each of so many days; what was said of it on each, in Slack, where anything was."""
    said: dict[str, list[str]] = {}
    begin = datetime.strptime(first, "%Y-%m-%d").replace(tzinfo=BERLIN)
    for number in range(days):
        day = (begin + timedelta(days=number)).date().isoformat()
        until(stand, f"{day} 09:00")
        before = len(everything(stand))
        stand.remind()
        if lines := everything(stand)[before:]:
            said[day] = lines
    return said


def everything(stand: Stand) -> list[str]:
    """Every line about a deadline in any channel, whether it came alone or in a digest."""
    return [*stand.notices("#tasks"), *stand.notices("#team")]
