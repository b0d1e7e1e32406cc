"""The attack pack, over HTTP against the whole stack: no signature, no effect (promise 3)."""

import pytest

from tests.attacks.framing import FRAMINGS, Framing
from tests.attacks.pack import PACK, Attack
from tests.attacks.site import Site

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
