"""A rotation of the signing token, step by step, while events under both tokens arrive all the time."""

import json
import time
from functools import partial

from tests.attacks.site import FRESH, REFRESH, Site, eventually, handshake
from tests.attacks.stream import Stream

NEW = "secret_" + "successor" * 5

FEW = 5
"""Answers that a step waits for."""


def rotate(site: Site, stream: Stream) -> float:
    """Go through a rotation, until all that the stream tried is taken; since when (monotonic) the former token is retired."""
    former = site.token
    signing = {"former": former, "new": NEW}
    with site.holding("SigningSecret", json.dumps({"active": [former]})), site.armed(900):
        for name in signing:
            stream.start(f"stream {name}", partial(signing.__getitem__, name), every=0.1)
        _offer(site, stream, former)
        _confirm(site, stream, former)
        retired = _retire(site, stream, former)
        signing["former"] = NEW  # what was refused under the former one, Notion signs anew
        stream.let_pass()
        stream.stop()
        assert stream.drain(60)
    return retired


def _offer(site: Site, stream: Stream, former: str) -> None:
    """Notion offers the new token, and signs with it here and there before anybody has confirmed it."""
    assert site.deliver(handshake(NEW), NEW).status == 200
    eventually(lambda: stream.statuses(former).count(200) >= FEW and stream.statuses(NEW).count(401) >= FEW)
    assert 200 not in stream.statuses(NEW)


def _confirm(site: Site, stream: Stream, former: str) -> None:
    """Both are active; what was refused until now, Notion delivers again."""
    _put(site, former, NEW)
    site.turn(REFRESH)
    since = time.monotonic()
    eventually(lambda: stream.statuses(NEW).count(200) >= 2 * FEW and 200 in stream.statuses(former, since))
    assert 401 not in stream.statuses(former, since)


def _retire(site: Site, stream: Stream, former: str) -> float:
    """The former token goes while events under it are still on their way."""
    _put(site, NEW)
    stream.let_pass()  # else an environment could have read the secret just before, and keep that for five minutes more
    site.turn(FRESH)
    since = time.monotonic()
    eventually(
        lambda: stream.statuses(former, since).count(401) >= FEW and 200 in stream.statuses(NEW, since)
    )
    return since


def _put(site: Site, *tokens: str) -> None:
    """Other active tokens, which environments see when they look next."""
    secret = {
        "SecretId": site.stack.resource("SigningSecret"),
        "SecretString": json.dumps({"active": tokens}),
    }
    site.stack.client("secretsmanager").put_secret_value(**secret)
