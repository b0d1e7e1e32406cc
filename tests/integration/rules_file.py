"""Rules files for the demo workspace, with the automations that a test needs."""

from pathlib import Path

TASKS = """
[slack]
default_channel = "#team"
threads = false

[digest]
notices = 50

[[data_source]]
name = "Tasks"
id = "2f1c7c1e-0d3a-4c5b-9b0e-6a1d5e0c4b11"
slack_channel = "#tasks"
properties = { title = "Name", assignee = "Assignee", status = "Status", priority = "Priority" }
"""


def automation(kind: str, options: str = "") -> str:
    """One automation of the demo's tasks."""
    return f'[[data_source.automation]]\nkind = "{kind}"\n{options}\n'


def rules_file(folder: Path, *automations: str) -> str:
    """The path of a rules file with these automations."""
    path = folder / "steward.toml"
    path.write_text(TASKS + "\n".join(automations))
    return str(path)
