"""Sessions and tickets: who signed them, for what, and for how long."""

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.passes import SESSION_SECONDS, SKEW, TICKET_SECONDS, Passes, login_link

OLD, NEW, OTHER = "o" * 40, "n" * 40, "x" * 40


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.req("C3")
@pytest.mark.parametrize(("kind", "seconds"), [("session", SESSION_SECONDS), ("ticket", TICKET_SECONDS)])
def test_a_pass_is_good_for_its_time_and_then_expired(kind: str, seconds: int) -> None:
    clock = Clock()
    passes = Passes([NEW], clock)
    made = getattr(passes, kind)()
    knows = getattr(passes, f"knows_{kind}")

    clock.now += seconds
    assert knows(made) is True
    clock.now += 1
    assert knows(made) is None


@pytest.mark.req("C3")
def test_the_clock_of_who_made_a_ticket_may_be_a_little_ahead() -> None:
    clock = Clock()
    made = Passes([NEW], lambda: clock.now + SKEW).ticket()
    later = Passes([NEW], lambda: clock.now + SKEW + 1).ticket()

    assert Passes([NEW], clock).knows_ticket(made) is True
    assert Passes([NEW], clock).knows_ticket(later) is None


@pytest.mark.req("C3", "T9")
def test_a_pass_lives_as_long_as_the_token_that_signed_it() -> None:
    clock = Clock()
    old = Passes([OLD], clock).session()

    assert Passes([NEW, OLD], clock).knows_session(old) is True
    assert Passes([NEW], clock).knows_session(old) is False
    assert (
        Passes([OLD], clock).knows_session(Passes([NEW, OLD], clock).session()) is False
    )  # the one in use signs


@pytest.mark.req("C3")
def test_a_ticket_is_no_session_and_a_session_is_no_ticket() -> None:
    passes = Passes([NEW], Clock())

    assert passes.knows_session(passes.ticket()) is False
    assert passes.knows_ticket(passes.session()) is False


@pytest.mark.req("C3")
def test_without_a_token_nothing_is_good_and_nothing_is_made() -> None:
    made = Passes([NEW], Clock()).session()

    assert Passes([], Clock()).knows_session(made) is False
    assert Passes([""], Clock()).knows_session(made) is False
    with pytest.raises(ValueError, match="no token is set"):
        Passes([""], Clock()).session()


@pytest.mark.req("C3")
@given(forged=st.text(max_size=200))
def test_nobody_makes_one_up(forged: str) -> None:
    passes = Passes([NEW], Clock())

    assert passes.knows_session(forged) is False
    assert passes.knows_ticket(forged) is False


@pytest.mark.req("C3")
def test_every_change_of_a_pass_makes_it_worthless() -> None:
    passes = Passes([NEW], Clock())
    made = passes.session()

    for place in range(len(made) - 1):  # the last character has bits that base64 does not use
        changed = made[:place] + ("A" if made[place] != "A" else "B") + made[place + 1 :]
        assert passes.knows_session(changed) is False, place


@pytest.mark.req("C3")
def test_the_link_that_logs_in_holds_a_ticket_and_not_the_token() -> None:
    clock = Clock()
    link = login_link("https://api.example/dashboard", NEW, clock)
    parts = urlsplit(link)

    assert parts.path == "/dashboard/login"
    assert NEW not in link
    assert Passes([NEW], clock).knows_ticket(parse_qs(parts.query)["ticket"][0]) is True
