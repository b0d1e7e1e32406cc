"""The checks of the attack pack find what they are to find: each is shown what must not pass."""

import html

import pytest

from console.passes import Passes
from steward.signature import sign
from tests.attacks.aftermath import secrets_in
from tests.attacks.console_pack import LOGIN, get
from tests.attacks.markup import foreign
from tests.attacks.site import CANDIDATE, FORGER, handshake
from tests.attacks.wire import credentials, post
from tests.attacks.words import MALLORY, TITLES

OWN = '<!doctype html><html><body><h1>{}</h1><a href="/dashboard">x</a><script src="/dashboard/assets/x.js"></script>'

PASSES = Passes(["a-token-of-the-console"], lambda: 1_763_760_000.0)


def test_a_page_of_ours_has_nothing_foreign_and_what_is_escaped_is_text() -> None:
    assert foreign(OWN.format("All is well")) == []
    assert foreign(OWN.format(html.escape(MALLORY))) == []


@pytest.mark.req("C3")
@pytest.mark.parametrize(
    "hostile",
    [
        MALLORY,
        *(part for part in MALLORY.replace("><", ">|<").split("|") if part.startswith(("<script", "<img"))),
        TITLES[0],
        '"><script>alert(1)</script>',
        "<b onclick=alert(1)>",
        "<a href=javascript:alert(1)>",
        "<a href=//evil.example>",
        "<form action=javascript:x>",
        "<iframe>",
        "<base href=/>",
        "<script src=https://evil.example/x.js>",
        "<?x ?>",
        "<!-- hidden -->",
    ],
)
def test_what_is_not_escaped_is_found_in_a_page(hostile: str) -> None:
    assert foreign(OWN.format(hostile)) != []


@pytest.mark.req("O5")
def test_all_that_is_sent_to_open_a_door_is_looked_for_in_the_logs() -> None:
    session, ticket, signature = PASSES.session(), PASSES.ticket(), sign(b"{}", FORGER)
    requests = (
        get("/dashboard", f"Cookie: other=x; steward={session}; more=y"),
        get(f"{LOGIN}?x=y&ticket={ticket}&z=1"),
        get("/api", "Authorization: Bearer of-somebody-or-other", "X-Api-Key: of-nobody-at-all"),
        post(f"token={FORGER}".encode(), signature),
        post(handshake(CANDIDATE)),
    )
    kept = {session, ticket, FORGER, CANDIDATE, signature.removeprefix("sha256=")}
    kept |= {"of-somebody-or-other", "of-nobody-at-all"}

    noted = {one for request in requests for one in credentials(request)}
    assert kept <= noted
    for secret in kept:
        assert secret in secrets_in(f"a line that says {secret}!", noted)
    # What a session or a ticket is worth is its signature.
    for secret in (session, ticket):
        assert secrets_in(f"...{secret.rpartition('.')[2]}", noted)


@pytest.mark.req("O5")
@pytest.mark.parametrize(
    "line",
    [
        f"GET /dashboard/login?ticket={PASSES.ticket()} HTTP/1.1",
        f"set-cookie: steward={PASSES.session()}; HttpOnly",
        sign(b"{}", FORGER),
        FORGER,
        "from ann@example.com",
    ],
    ids=["ticket", "session", "signature", "token", "address"],
)
def test_what_nobody_recorded_is_found_in_the_logs_by_its_looks(line: str) -> None:
    assert secrets_in(line, set()) != set()
    assert secrets_in("route GET /dashboard/login, status 200, 12 ms", set()) == set()
