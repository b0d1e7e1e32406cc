"""The values that a rules file is made of, and the base of its models.

Every type here refuses what it does not understand with a message that shows the right spelling. Numbers and switches
are not converted: ``comment = "true"`` is a mistake, because ``comment = "flase"`` would be one, too.
"""

import re
import zoneinfo
from datetime import date, datetime, time
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from steward.identifiers import normalise_id
from steward.rules.nearest import hint
from steward.rules.title_pattern import check

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_EMAIL = re.compile(r"[^@\s<>\"',;:\\]{1,64}@[^@\s<>\"',;:\\]{1,180}\.[A-Za-z0-9-]{2,60}")
SLUG = re.compile(r"[a-z][a-z0-9_-]{0,39}")
"""What a role, and the name of an automation or of a connection looks like."""

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


class Strict(BaseModel):
    """A table of the file: an option that it does not know is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _person(value: str) -> str:
    person = normalise_id(value)
    if not _UUID.fullmatch(person) and not _EMAIL.fullmatch(person):
        message = "write a person as their Notion user id or their e-mail address"
        raise ValueError(message)
    return person


def _email(value: str) -> str:
    if not _EMAIL.fullmatch(value):
        message = "write an e-mail address such as steward@example.com"
        raise ValueError(message)
    return value


def _zone(value: str) -> str:
    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        # Listing them all opens every file of the time zone data, so only for the message.
        known = sorted(zoneinfo.available_timezones())
        raise ValueError(f"unknown time zone; {hint(value, known)}") from error
    return value


def _clock(value: Any) -> time:
    if isinstance(value, time) and value.tzinfo is None:
        return value
    found = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        message = 'write a time of day as "09:00"'
        raise ValueError(message)
    return time(int(found[1]), int(found[2]))


def _day(value: Any) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value.strip())
    except (AttributeError, ValueError) as error:
        message = "write a day as 2026-12-25"
        raise ValueError(message) from error


def _slug(value: str) -> str:
    if not SLUG.fullmatch(value):
        message = "write a short name of lower-case letters, digits, - and _, beginning with a letter"
        raise ValueError(message)
    return value


Switch = Annotated[bool, Field(strict=True)]
Text = Annotated[str, Field(min_length=1, max_length=2000)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Slug = Annotated[str, AfterValidator(_slug)]
"""A role, or the name of an automation or a connection."""
NotionId = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(normalise_id)]
Channel = Annotated[
    str,
    Field(pattern=r"^(#[^\s#@<>&]{1,80}|[CGDU][A-Z0-9]{5,20})$", description="#name, or a Slack id"),
]
Email = Annotated[str, AfterValidator(_email)]
Person = Annotated[str, AfterValidator(_person)]
"""A Notion user id, hyphenated and lower-case, or an e-mail address; only the latter has an @."""
People = Annotated[tuple[Person, ...], BeforeValidator(_listed)]
"""One person or a list of them."""
Values = Annotated[tuple[Name, ...], BeforeValidator(_listed), Field(min_length=1)]
"""One value or a list of them."""
TimeZone = Annotated[str, AfterValidator(_zone)]
LocalTime = Annotated[time, BeforeValidator(_clock)]
"""A time of day, as "09:00" or as TOML's own 09:00:00."""
Day = Annotated[date, BeforeValidator(_day)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
TitlePattern = Annotated[str, Field(min_length=1), AfterValidator(check)]
Where = dict[Slug, Values]
"""Role → values: the property has one of the values, and this is so for every role."""
