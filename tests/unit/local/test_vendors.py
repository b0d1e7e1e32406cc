"""What the environment puts in the simulators' place."""

import pytest

from infra.local.processes import StartError
from infra.local.vendors import SIMULATED_BOT_TOKEN, SIMULATED_NOTION_TOKEN, SIMULATED_SIGNING_TOKEN, Vendors


def test_an_empty_environment_replaces_nothing() -> None:
    vendors = Vendors.from_environ({})

    assert (vendors.notion_url, vendors.slack_url, vendors.simulates_slack) == (None, None, True)
    assert vendors.secrets() == {
        "SigningSecret": {"active": [SIMULATED_SIGNING_TOKEN]},
        "NotionSecret": {"token": SIMULATED_NOTION_TOKEN},
        "SlackSecret": {"bot_token": SIMULATED_BOT_TOKEN, "webhook_url": ""},
    }


def test_everything_that_is_set_is_used() -> None:
    vendors = Vendors.from_environ(
        {
            "NOTION_API_URL": "https://api.notion.com/",
            "NOTION_TOKEN": "n",
            "NOTION_TOKEN_THE_PARTNER": "p",
            "NOTION_VERIFICATION_TOKEN": "v",
            "SLACK_API_URL": "https://slack.com/api",
            "SLACK_BOT_TOKEN": "b",
            "SLACK_WEBHOOK_URL": "https://hooks.example.com/services/x",
        }
    )

    assert (vendors.notion_url, vendors.slack_url) == ("https://api.notion.com", "https://slack.com/api/")
    assert vendors.simulates_slack is False
    assert vendors.secrets(["the-partner"]) == {
        "SigningSecret": {"active": ["v"]},
        "NotionSecret": {"token": "n", "connections": {"the-partner": "p"}},
        "SlackSecret": {"bot_token": "b", "webhook_url": "https://hooks.example.com/services/x"},
    }


def test_a_simulated_connection_has_a_token_of_its_own() -> None:
    vendors = Vendors.from_environ({})

    tokens = {SIMULATED_NOTION_TOKEN, vendors.token_of("partner"), vendors.token_of("other")}
    assert len(tokens) == 3


def test_an_incoming_webhook_alone_leaves_the_bot_token_empty_so_that_it_is_used() -> None:
    vendors = Vendors.from_environ({"SLACK_WEBHOOK_URL": "http://127.0.0.1:9/x"})

    assert vendors.secrets()["SlackSecret"] == {"bot_token": "", "webhook_url": "http://127.0.0.1:9/x"}
    assert vendors.simulates_slack is False


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NOTION_API_URL", "https://api.notion.com/v1"),
        ("NOTION_API_URL", "api.notion.com"),
        ("NOTION_API_URL", "http://[::1"),
        ("SLACK_API_URL", "ftp://slack.com/api/"),
        ("SLACK_API_URL", "http://127.0.0.1:notaport/"),
    ],
)
def test_an_address_that_is_none_is_refused_with_its_variable(name: str, value: str) -> None:
    with pytest.raises(StartError, match=name) as caught:
        Vendors.from_environ({name: value})
    assert value in str(caught.value)


def test_a_wrong_webhook_address_is_refused_without_being_shown() -> None:
    with pytest.raises(StartError, match="SLACK_WEBHOOK_URL") as caught:
        Vendors.from_environ({"SLACK_WEBHOOK_URL": "hooks/T000/B000/opensesame"})
    assert "opensesame" not in str(caught.value)
