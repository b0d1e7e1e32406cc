"""Where Steward may be told to connect to: the template's parameters and nothing else, and never in the clear.

No address of the rules file, of a page, of an event or of an answer is connected to; ``test_words`` shows it on the stack.
"""

import re

import pytest

from infra.local.setup import ROOT
from infra.local.transform import read
from steward.clients.whose_token import in_webhook

PARAMETERS = read(ROOT / "template.yaml")["Parameters"]

TAKEN = {
    "NotionApiUrl": ("https://api.notion.com", "https://notion.proxy.example:8443", "http://127.0.0.1:8787"),
    "SlackApiUrl": ("https://slack.com/api/", "https://slack-gov.com/api/", "http://localhost:1/api/"),
    "NotionStatusUrl": ("", "https://www.notion-status.com/api/v2/summary.json", "http://127.0.0.1:1/x"),
    "AlertUrl": ("", "https://events.pagerduty.example/integration/x"),
}

NOT_ENCRYPTED = (
    "http://api.notion.com",
    "http://169.254.169.254",
    "http://127.0.0.1.evil.example",
    "http://127.0.0.1@evil.example",
    "file:///etc/passwd",
    "gopher://127.0.0.1",
    "ftp://notion.example",
    "javascript:alert(1)",
    "//api.notion.com",
    "api.notion.com",
    "https://api.notion.com\r\nX-Injected: 1",
)

ELSEWHERE = (
    "https://api.notion.com@evil.example",
    "https://api.notion.com\\@evil.example",
    "https://api.notion.com#.evil.example",
    "https://api.notion.com?x=",
    "https://",
)
"""What two readers understand differently."""


@pytest.mark.req("O2", "O5")
@pytest.mark.parametrize("name", TAKEN)
def test_an_address_that_tokens_or_alarms_go_to_is_encrypted_or_on_this_machine(name: str) -> None:
    pattern = PARAMETERS[name]["AllowedPattern"]
    refused = (*NOT_ENCRYPTED, *ELSEWHERE) if name.endswith("ApiUrl") else NOT_ENCRYPTED
    # As an origin, and with the path that the parameter has.
    tried = [address + path for address in refused for path in ("", "/", "/api/")]

    assert [address for address in TAKEN[name] if not re.fullmatch(pattern, address)] == []
    assert [address for address in tried if re.fullmatch(pattern, address)] == []


@pytest.mark.req("T9")
@pytest.mark.parametrize(
    "address",
    [
        "http://hooks.slack.com/services/T0/B0/x",
        "https://hooks.slack.com/services/T0/B0/x?to=http://evil.example",
        "https://hooks.slack.com/services/T0/B0/x#y",
        "https://hooks.slack.com/services/../T0/B0/x",
        "https:///services/T0/B0/x",
        "file:///services/T0/B0/x",
        "https://hooks.slack.com/T0/B0/x",
    ],
)
def test_no_other_address_is_rotated_in_as_an_incoming_webhook(address: str) -> None:
    assert in_webhook("https://hooks.slack.com/services/T0/B0/x") is not None
    assert in_webhook(address) is None


@pytest.mark.req("O5")
def test_the_access_log_names_neither_sender_nor_address_nor_content() -> None:
    log = read(ROOT / "template.yaml")["Resources"]["Api"]["Properties"]["AccessLogSettings"]["Format"]

    assert set(re.findall(r"\$context\.([\w.]+)", log)) <= {
        *("requestId", "requestTime", "routeKey", "status", "responseLatency"),
        *("integrationLatency", "integrationErrorMessage"),
    }
