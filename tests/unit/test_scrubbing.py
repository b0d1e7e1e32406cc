"""Nothing that opens something is left in a text, and nothing else is taken out of it."""

import pytest

from steward.scrubbing import scrub

LONG = "kX3" * 14


@pytest.mark.req("O5")
@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"token secret_{LONG} was active", "token [removed] was active"),
        (f"secret_{LONG}_{LONG}-x", "[removed]"),
        (f"ntn_{LONG}_{LONG}", "[removed]"),
        (f"xoxb-{LONG}-{LONG}", "[removed]"),
        (f"pat-eu1-{LONG}", "[removed]"),
        ("sha256=" + "0aF" * 21, "[removed]"),
        (f'{{"authorization": "Bearer {LONG}"}}', '{"authorization": "Bearer [removed]"}'),
        (f"POST /services/T0/B0/{LONG} 404", "POST /services/[removed] 404"),
        (
            f"GET /dashboard/login?ticket=Imk.{LONG}.z-_&next=/x",
            "GET /dashboard/login?ticket=[removed]&next=/x",
        ),
        (f'"cookie": "__Host-steward={LONG}.{LONG}; a=b"', '"cookie": "__Host-steward=[removed]; a=b"'),
        (f"steward={LONG}", "steward=[removed]"),
        ("written by mallory@example.com.", "written by [removed]."),
    ],
)
def test_what_opens_something_is_taken_out(text: str, left: str) -> None:
    assert scrub(text) == left


@pytest.mark.req("O5")
@pytest.mark.parametrize(
    "text",
    [
        "event 5f2a-11ee of page 1a2b3c4d waits for the budget",
        "the secret was not found",
        "stack=steward-prod ticket=none",
        "sha256 of the body did not fit",
        "10 ms @ 09:00",
    ],
)
def test_what_opens_nothing_stays(text: str) -> None:
    assert scrub(text) == text
