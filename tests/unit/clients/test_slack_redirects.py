"""A redirect in a vendor's answer is an answer: following it would carry the token to whomever it names."""

from random import Random

import pytest

from steward.clients.pacing import Pacer
from steward.clients.slack import SlackWebhook
from steward.clients.slack_bot import SlackBot, web_client
from steward.clients.transport import Transport, plain_session
from steward.deadline import Deadline
from steward.errors import CallFailed, Failure
from tests.unit.clients.vendor import Vendor, says

REDIRECTS = (301, 302, 303, 307, 308)


@pytest.mark.req("O5")
@pytest.mark.parametrize("status", REDIRECTS)
@pytest.mark.parametrize("call", ["post", "channel_id"])
def test_the_bots_token_goes_nowhere_but_to_slack(vendor: Vendor, status: int, call: str) -> None:
    with Vendor() as elsewhere:
        vendor.turns = [says(status, b"", f"Location: {elsewhere.url}/latest/meta-data/")]
        bot = SlackBot(
            web_client("xoxb-made-up", f"{vendor.url}/api/"), Pacer(lambda: 0.0, [0.0].append), Deadline()
        )

        with pytest.raises(CallFailed) as caught:
            bot.post("#tasks", "hello", [], "effect-1") if call == "post" else bot.channel_id("#tasks")

        assert caught.value.failure is Failure.UNAVAILABLE
        assert elsewhere.requests == []
    assert len(vendor.requests) == 1


@pytest.mark.req("O5")
@pytest.mark.parametrize("status", REDIRECTS)
def test_a_message_by_webhook_goes_nowhere_but_to_slack(vendor: Vendor, status: int) -> None:
    with Vendor() as elsewhere:
        vendor.turns = [says(status, b"", f"Location: {elsewhere.url}/")]
        transport = Transport(plain_session(), "slack", Deadline(), [0.0].append, Random(1))

        with pytest.raises(CallFailed):
            SlackWebhook(transport, f"{vendor.url}/services/T0/B0/x", Pacer(lambda: 0.0, [0.0].append)).post(
                "#tasks", "hello", [], "effect-1"
            )

        assert elsewhere.requests == []
    assert len(vendor.requests) == 1
