"""Lines of documents that the tests of all lines treat apart, each with its reason."""

from collections.abc import Mapping

NOT_RUN: Mapping[str, str] = {
    "make run": "tests/stack/test_demo.py runs it",
    "make test": "it is what runs",
    "make crash": "takes minutes; tests/crash are its single faults",
    "make gameday": "takes minutes; tests/gameday plays it on a turned clock",
    "make fuzz": "takes minutes; tests/fuzz are the same with fewer examples",
    "make scale": "takes half a minute; tests/unit/scale holds its page to it",
    "make picture": "writes into docs; tests/browser opens the same pages",
    "make build": "takes minutes, and Python 3.13",
    "git pull": "the tests leave the sources alone",
    "sam deploy": "needs an AWS account",
    "sam delete": "needs an AWS account",
    "python -m infra.operate subscribe --second": "waits for Notion; tests/integration/test_subscribe.py plays it",
    "python -m infra.operate subscribe --undo": "tests/integration/test_subscribe.py has something to take back",
    "python -m infra.operate subscribe --confirm": "names what came; tests/integration/test_subscribe.py knows it",
    "python -m infra.operate rotate hubspot": "asks HubSpot itself; tests/integration/test_rotate_command.py has one",
    "python -m infra.operate rotate notion --connection": "tests/integration/test_rotate_command.py runs it; the proof asks "
    "Notion's one address, and each simulated workspace has its own",
}
"""Lines by how they begin, and why they are not run here."""

STATUS: Mapping[str, tuple[int, str]] = {
    "python -m infra.operate events --outcome failed": (
        1,
        "nothing failed for good here; one event waits among the dead letters",
    ),
    "python -m infra.operate rotate slack": (
        1,
        "the simulated Slack has one token, which is in use already",
    ),
    "python -m infra.operate search WORDS": (
        1,
        "the demo's rules keep no text of pages, so nothing is found",
    ),
    "python -m infra.operate triage hubspot": (
        2,
        "nobody has a token of HubSpot's here, and it says which is missing",
    ),
}
"""Other exit statuses than 0, by the command line, and why that is right."""
