"""The whole rules file."""

from typing import Annotated

from pydantic import Field

from steward.rules.calendar import Calendar, QuietHours, calendar
from steward.rules.notices import Automation, Notice
from steward.rules.source import MAIN, DataSource
from steward.rules.values import Channel, Day, Email, Person, Slug, Strict, Switch, TimeZone, Weekday

RequestsPerMinute = Annotated[int, Field(strict=True, ge=1, le=6000)]


class SlackRules(Strict):
    """Where a Slack message goes.

    Attributes:
        default_channel: when nothing nearer names a channel.
        channels: all channels that the file may name, to catch a misspelt one; empty allows any.
        threads: messages about one page are one thread, with a bot token.
    """

    default_channel: Channel
    channels: tuple[Channel, ...] = ()
    threads: Switch = True


class DigestRules(Strict):
    """When many notices become one message.

    Attributes:
        notices: from how many for one channel or one person.
        window_seconds: within how many seconds; also how long a notice may wait for others.
    """

    notices: Annotated[int, Field(strict=True, ge=2, le=50)] = 4
    window_seconds: Annotated[int, Field(strict=True, ge=0, le=3600)] = 45


class EmailRules(Strict):
    """How e-mail is sent, through Amazon SES.

    Attributes:
        sender: an address that SES has verified.
        reply_to: where answers go; to the sender without.
        region: of SES; that of the stack without.
    """

    sender: Email
    reply_to: Email | None = None
    region: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[a-z]+)+-\d$")] | None = None


class Connection(Strict):
    """A further Notion connection, e.g. of another workspace.

    Attributes:
        name: under ``connections`` in the Notion secret, its token is found by this name.
        requests_per_minute: its limit: 600 on Business and Enterprise plans.
    """

    name: Slug
    requests_per_minute: RequestsPerMinute = 180


class Rules(Strict):
    """The whole file.

    Attributes:
        time_zone: an IANA name.
        working_days: of the team.
        holidays: days on which nobody works.
        quiet_hours: when only urgent messages are sent.
        lead: who is told last; a Notion user id or an e-mail address.
        slack: where messages go.
        digest: when many become one.
        email: needed as soon as an automation sends e-mail.
        connection: further Notion connections.
        data_source: what is watched.
    """

    time_zone: TimeZone = "UTC"
    working_days: Annotated[tuple[Weekday, ...], Field(min_length=1)] = ("mon", "tue", "wed", "thu", "fri")
    holidays: tuple[Day, ...] = ()
    quiet_hours: QuietHours | None = None
    lead: Person | None = None
    slack: SlackRules
    digest: DigestRules = DigestRules()
    email: EmailRules | None = None
    connection: tuple[Connection, ...] = ()
    data_source: tuple[DataSource, ...]

    def source_of(self, *ids: str | None) -> DataSource | None:
        """The data source with one of these ids; a database id serves where only that is known."""
        return next((source for source in self.data_source if source.id in ids), None)

    def source_named(self, name: str) -> DataSource | None:
        """The data source of this name."""
        return next((source for source in self.data_source if source.name == name), None)

    def channel_for(self, source: DataSource, rule: Automation) -> str:
        """The nearest channel: the automation's, else the data source's, else the default."""
        own = rule.slack_channel if isinstance(rule, Notice) else None
        return own or source.slack_channel or self.slack.default_channel

    def lead_for(self, source: DataSource) -> str | None:
        """The nearest lead, or None."""
        return source.lead or self.lead

    def calendar_for(self, source: DataSource) -> Calendar:
        """When the people of a data source work: each of the four settings is the source's, else the file's."""
        return calendar(
            source.time_zone or self.time_zone,
            source.working_days or self.working_days,
            source.holidays_or(self.holidays),
            source.quiet_hours or self.quiet_hours,
        )

    def connections(self) -> tuple[str, ...]:
        """The names of all connections, the main one first."""
        return (MAIN, *(connection.name for connection in self.connection))
