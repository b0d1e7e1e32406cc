"""The attack pack, over HTTP against the whole stack: no signature, no effect (promise 3)."""

import pytest

from tests.attacks.aftermath import no_log_has_a_secret, nobody_else_was_reached, nothing_is_left_of_an_attack
from tests.attacks.framing import FRAMINGS, Framing
from tests.attacks.oddities import ODDITIES, Oddity
from tests.attacks.pack import PACK, Attack
from tests.attacks.site import Site, eventually

pytestmark = pytest.mark.stack


@pytest.mark.req("I1", "I2", "I3", "I4", "I7")
@pytest.mark.parametrize("attack", PACK, ids=lambda attack: attack.name)
def test_whoever_has_no_active_token_is_refused_with_a_reason_and_has_no_effect(
    site: Site, attack: Attack
) -> None:
    event = site.event(f"attack: {attack.name}")
    with attack.given(site):
        mark = site.mark()
        reply = site.send(attack.make(site, event))
        deeds = site.deeds(mark)

    assert (reply.status, reply.error) == (attack.status, attack.error)
    assert deeds == []
    assert b"Traceback" not in reply.body


@pytest.mark.req("I7")
@pytest.mark.parametrize("framing", FRAMINGS, ids=lambda framing: framing.name)
def test_a_request_of_wrong_framing_never_becomes_a_delivery(site: Site, framing: Framing) -> None:
    mark = site.mark()

    reply = site.send(framing.make(site, site.event(f"attack: {framing.name}")), end=True)

    assert reply.status == framing.status
    assert site.deeds(mark) == []


@pytest.mark.req("I5", "I7", "P8")
@pytest.mark.parametrize("oddity", ODDITIES, ids=lambda oddity: oddity.name)
def test_a_strange_delivery_costs_at_most_the_look_at_one_page_and_is_written_down(
    site: Site, oddity: Oddity
) -> None:
    name, mark = f"oddity: {oddity.name}", site.mark()

    reply = site.send(oddity.make(site, name))

    assert (reply.status, reply.error) == ((200, None) if oddity.error is None else (400, oddity.error))
    if oddity.error is None:
        assert eventually(lambda: site.row(name))
    asked = {one["asks"] for one in site.seen(mark, "Processor") if not one.get("operation", "aws")}
    assert asked <= {*oddity.asks, "GET /v1/users/me"}


@pytest.mark.req("O5")
def test_after_all_that_nothing_is_changed_nobody_else_was_reached_and_no_log_has_a_secret(
    site: Site,
) -> None:
    nothing_is_left_of_an_attack(site)
    nobody_else_was_reached(site)
    no_log_has_a_secret(site)
