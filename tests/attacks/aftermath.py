"""What has to be so after any attack: nothing of it on the lane, in the journal, in a secret, at a vendor or in a log."""

import json
import re
from urllib.parse import urlsplit

from tests.attacks.site import CANDIDATE, FORGER, NOWHERE, Site

OF_INGEST = frozenset({"GetSecretValue", "SendMessage", "PutSecretValue"})

FUNCTIONS = ("ingest", "processor", "triage", "console")

OF_CONSOLE = frozenset({"GetSecretValue", "GetItem", "BatchGetItem", "Query"})

_LOOKS_SECRET = re.compile(
    r"\bsecret_[A-Za-z0-9]{8,}|ntn_\w{8,}|xox[a-z]-[\w-]{8,}|sha256=[0-9a-fA-F]{16,}|[\w.+-]+@[\w-]+\.[a-z]{2,}"
    r"|\b(?:steward|ticket|token)=[\w.-]{8,}"
)


def nothing_is_left_of_an_attack(site: Site) -> None:
    """Look at all that an attack could have changed."""
    site.settle()
    rows = site.rows()
    assert [row["pk"] for row in rows if row["pk"].startswith("EVENT#attack")] == []
    assert {name: site.secret(name) for name in site.secrets} == site.secrets
    # Only a genuinely signed event about what can be no page is parked, and its row says why.
    parked = [row["pk"] for row in rows if row["decision"] == "parked"]
    assert [pk for pk in parked if not pk.startswith("EVENT#oddity: ")] == []
    assert site.waiting("DeadLetterQueue") == len(parked)


def nobody_else_was_reached(site: Site) -> None:
    """Every connection of every function went to AWS, Notion or Slack; those that face the internet to AWS alone."""
    aws = site.stack.client("sts").meta.endpoint_url
    urls = (aws, site.notion.url, site.slack.url)
    known = {str(("127.0.0.1", urlsplit(url).port)) for url in urls} | {str(NOWHERE)}
    seen = site.seen()
    assert {one["connects"] for one in seen if "connects" in one} <= known
    assert {one["resolves"] for one in seen if "resolves" in one} == {"127.0.0.1"}
    for function, may in (("Ingest", OF_INGEST), ("Console", OF_CONSOLE)):
        asked = [one for one in seen if f"-{function}-" in one["function"] and "asks" in one]
        assert {one["host"] for one in asked} <= {urlsplit(aws).netloc}
        assert {one["operation"] for one in asked} <= may


def no_log_has_a_secret(site: Site) -> None:
    """Neither what the functions wrote nor what the front door wrote holds anything that was to be kept.

    The front door writes in the template's own format; its lines hold no address either, and all requests came from one.
    """
    written = "\n".join(line for function in FUNCTIONS for line in site.stack.logs(function))
    assert '"reason"' in written or '"decision"' in written, "nothing was written, so nothing is shown"
    access = "\n".join(site.stack.access_log.lines())
    assert '"route":"ANY /webhooks/notion","status":"200"' in access, (
        "nothing was written, so nothing is shown"
    )
    kept = {*site.said, FORGER, CANDIDATE, *_tokens(site), *_addresses(site)}
    assert secrets_in(written, kept) == set()
    assert secrets_in(access, kept | {"127.0.0.1", "evil.example", "attack: ", "oddity: "}) == set()


def secrets_in(written: str, kept: set[str]) -> set[str]:
    """What of all that was to be kept stands in a log, and what else there looks like a secret or an e-mail address."""
    return {secret for secret in kept if secret in written} | set(_LOOKS_SECRET.findall(written))


def _tokens(site: Site) -> set[str]:
    """Every text in any secret."""
    found: set[str] = set()
    nodes = [json.loads(text) for text in site.secrets.values()]
    while nodes:
        node = nodes.pop()
        if isinstance(node, str):
            found |= {node} - {""}
        elif node:
            nodes += node.values() if isinstance(node, dict) else node
    return found


def _addresses(site: Site) -> set[str]:
    return {
        str(user["person"]["email"]) for user in site.notion.users() if user.get("person", {}).get("email")
    }
