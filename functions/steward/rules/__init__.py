"""The rules file: what a team wants Steward to do, checked before anything runs.

``parse`` turns TOML into ``Rules`` or raises ``RulesError`` with one line for every mistake: where it is, what is
wrong, and the nearest valid name. An unknown key is a mistake, because a misspelt option that is silently ignored is a
notice that silently never comes. ``docs/rules.md`` is the reference for people.
"""

from steward.rules.calendar import Calendar, QuietHours
from steward.rules.creation import Assign, Category, Condition, OnCreationRule, Welcome
from steward.rules.deadline import DeadlineRule, Overdue
from steward.rules.document import Connection, DigestRules, EmailRules, Rules, SlackRules
from steward.rules.mirror import ColumnType, MirroredColumn, MirrorRule
from steward.rules.notices import (
    AssignmentRule,
    Automation,
    Escalation,
    LifecycleRule,
    Notice,
    PersonalNotice,
    SchemaRule,
    StatusRule,
)
from steward.rules.reading import load, parse
from steward.rules.source import MAIN, AnyRule, DataSource, Properties
from steward.rules.sync import SyncRule
from steward.rules.uses import Use, roles_used, roles_watched, uses

__all__ = [
    "MAIN",
    "AnyRule",
    "Assign",
    "AssignmentRule",
    "Automation",
    "Calendar",
    "Category",
    "ColumnType",
    "Condition",
    "Connection",
    "DataSource",
    "DeadlineRule",
    "DigestRules",
    "EmailRules",
    "Escalation",
    "LifecycleRule",
    "MirrorRule",
    "MirroredColumn",
    "Notice",
    "OnCreationRule",
    "Overdue",
    "PersonalNotice",
    "Properties",
    "QuietHours",
    "Rules",
    "SchemaRule",
    "SlackRules",
    "StatusRule",
    "SyncRule",
    "Use",
    "Welcome",
    "load",
    "parse",
    "roles_used",
    "roles_watched",
    "uses",
]
