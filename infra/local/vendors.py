"""Where Notion and Slack are: simulated, or what the environment puts in their place. Only what is set is replaced."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from infra.local.processes import StartError
from steward.clients.connection import variable_of

SIMULATED_SIGNING_TOKEN = "secret_" + "localsimulatortoken" * 2
SIMULATED_NOTION_TOKEN = "ntn_localsimulatortoken"  # noqa: S105 - opens only the simulator
SIMULATED_BOT_TOKEN = "xoxb-local-simulator-token"  # noqa: S105 - opens only the simulator
SIMULATED_HUBSPOT_TOKEN = "pat-local-simulator-token"  # noqa: S105 - opens only the simulator

_TOKEN_OF = "NOTION_TOKEN"  # noqa: S105 - a variable's name


@dataclass(frozen=True)
class Vendors:
    """Addresses and tokens; an address of None is to be simulated."""

    notion_url: str | None
    notion_token: str
    signing_token: str
    slack_url: str | None
    slack_bot_token: str
    slack_webhook_url: str
    further_tokens: Mapping[str, str]
    mirror_dsn: str = ""

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        """Read what replaces a simulator.

        That is NOTION_API_URL, NOTION_TOKEN, NOTION_TOKEN_<CONNECTION> for each further connection of the rules file,
        NOTION_VERIFICATION_TOKEN, SLACK_API_URL, SLACK_BOT_TOKEN, SLACK_WEBHOOK_URL, and MIRROR_DSN of a PostgreSQL.

        Raises:
            StartError: an address is not usable.
        """
        notion, slack = environ.get("NOTION_API_URL", ""), environ.get("SLACK_API_URL", "")
        webhook = environ.get("SLACK_WEBHOOK_URL", "")
        if notion and (not _is_address(notion) or urlsplit(notion).path.strip("/")):
            raise StartError(
                f"NOTION_API_URL has to be an origin such as https://api.notion.com, without /v1; it is {notion}"
            )
        if slack and not _is_address(slack):
            raise StartError(
                f"SLACK_API_URL has to be an address such as https://slack.com/api/; it is {slack}"
            )
        if webhook and not _is_address(webhook):  # its value opens a channel, so it is not shown
            raise StartError("SLACK_WEBHOOK_URL has to be the whole address of an incoming webhook")
        bot_token = environ.get("SLACK_BOT_TOKEN", "")
        if not bot_token and not webhook:
            bot_token = SIMULATED_BOT_TOKEN
        return cls(
            notion_url=notion.rstrip("/") or None,
            notion_token=environ.get("NOTION_TOKEN") or SIMULATED_NOTION_TOKEN,
            signing_token=environ.get("NOTION_VERIFICATION_TOKEN") or SIMULATED_SIGNING_TOKEN,
            slack_url=slack.rstrip("/") + "/" if slack else None,
            slack_bot_token=bot_token,
            slack_webhook_url=webhook,
            further_tokens={k: v for k, v in environ.items() if k.startswith(f"{_TOKEN_OF}_") and v},
            mirror_dsn=environ.get("MIRROR_DSN", ""),
        )

    @property
    def simulates_slack(self) -> bool:
        """Whether Slack is simulated: neither its API nor its incoming webhook is replaced."""
        return self.slack_url is None and not self.slack_webhook_url

    def token_of(self, connection: str) -> str:
        """The token of a further connection."""
        name = variable_of(_TOKEN_OF, connection)
        return self.further_tokens.get(name, f"{SIMULATED_NOTION_TOKEN}_{connection}")

    def secrets(self, connections: Iterable[str] = ()) -> dict[str, object]:
        """The documents of the template's secrets, by logical id; ``connections`` are the names of the further ones."""
        further = {name: self.token_of(name) for name in connections}
        return {
            "SigningSecret": {"active": [self.signing_token]},
            "NotionSecret": {"token": self.notion_token, **({"connections": further} if further else {})},
            "SlackSecret": {"bot_token": self.slack_bot_token, "webhook_url": self.slack_webhook_url},
        }


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
