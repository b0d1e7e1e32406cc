"""Which diagnoses speak of one cause. Pure.

An incident is about one cause: a vendor, and a family of classes that are degrees or guesses of the same trouble. *Unknown*
is a guess too: it speaks for whatever is known, and becomes the known cause when one shows.
"""

from enum import StrEnum
from typing import NamedTuple

from steward.incidents.classes import Class
from steward.incidents.incident import Incident


class Family(StrEnum):
    """What kind of trouble it is, whatever its degree."""

    UNKNOWN = "unknown"
    AVAILABILITY = "availability"  # whether answers come
    LIMITS = "limits"  # how many calls we may make
    TOKEN = "token"  # noqa: S105 - a family
    CAPABILITY = "capability"
    SHARING = "sharing"
    SCHEMA = "schema"
    SUBSCRIPTION = "subscription"
    BUG = "bug"


class Cause(NamedTuple):
    """What an incident is about."""

    vendor: str
    family: Family


FAMILY: dict[Class, Family] = {
    Class.OUTAGE: Family.AVAILABILITY,
    Class.DEGRADED: Family.AVAILABILITY,
    Class.NETWORK: Family.AVAILABILITY,  # from here, a vendor that is away and a way that is cut look alike at first
    Class.LIMITED: Family.LIMITS,
    Class.WORKSPACE_LIMITED: Family.LIMITS,
    Class.QUOTA: Family.LIMITS,
    Class.BLOCKED: Family.LIMITS,
    Class.TOKEN: Family.TOKEN,
    Class.CAPABILITY: Family.CAPABILITY,
    Class.UNSHARED: Family.SHARING,
    Class.SCHEMA: Family.SCHEMA,
    Class.SUBSCRIPTION: Family.SUBSCRIPTION,
    Class.BUG: Family.BUG,
    Class.UNKNOWN: Family.UNKNOWN,
}
"""Every class but healthy."""

_NEED_ANSWERS = frozenset({Family.CAPABILITY, Family.SHARING, Family.SCHEMA, Family.SUBSCRIPTION})

HIDES: dict[Class, frozenset[Family]] = {
    Class.OUTAGE: _NEED_ANSWERS | {Family.TOKEN, Family.LIMITS},
    Class.NETWORK: _NEED_ANSWERS | {Family.TOKEN, Family.LIMITS},
    Class.TOKEN: _NEED_ANSWERS | {Family.LIMITS},
    Class.BLOCKED: _NEED_ANSWERS | {Family.TOKEN},
    Class.QUOTA: _NEED_ANSWERS,
}
"""What nobody can tell while a class lasts: a token is not well again because the vendor went away."""


def family_of(cls: Class) -> Family:
    """The family of a class that is not healthy."""
    return FAMILY[cls]


def cause_of(incident: Incident) -> Cause:
    """What an incident is about."""
    return Cause(incident.vendor, family_of(incident.cls))
