"""Rules files for tests, put together from their parts."""

HEAD = '[slack]\ndefault_channel = "#team"\n'

TASKS = "2f1c7c1e-0d3a-4c5b-9b0e-6a1d5e0c4b11"
OTHERS = "5b0e6a1d-5e0c-4b11-8c5b-2f1c7c1e0d3a"

ROLES = 'assignee = "Assignee", status = "Status", due = "Due", priority = "Priority", other = "Other page"'


def source(
    automations: str = "", *, name: str = "Tasks", at: str = TASKS, roles: str = ROLES, more: str = ""
) -> str:
    """One data source; ``automations`` are inline tables, ``more`` further lines of it."""
    return (
        f'[[data_source]]\nname = "{name}"\nid = "{at}"\nproperties = {{ {roles} }}\n{more}\n'
        f"automation = [{automations}]\n"
    )


def rules(automations: str = "", *, top: str = "", end: str = "", roles: str = ROLES, more: str = "") -> str:
    """A whole file with one data source; ``top`` stands before the first table, ``end`` after the last."""
    return f"{top}\n{HEAD}{source(automations, roles=roles, more=more)}{end}"
