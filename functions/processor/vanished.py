"""Says that an automation is skipped, because a property that it needs has vanished: to the log once, to the meter always.

People are told by the schema watch, which sees the cause; this is for whoever asks the log why a notice never came.
"""

from aws_lambda_powertools import Logger

from steward import telemetry
from steward.rules import DataSource, without


class Vanished:
    """Remembers in this environment what it has said."""

    def __init__(self, logger: Logger, count: telemetry.Count) -> None:
        self._logger = logger
        self._count = count
        self._said: set[str] = set()

    def __call__(self, source: DataSource, roles: frozenset[str]) -> None:
        """A page was seen on which no property has these roles."""
        works = without(source, roles)
        skipped = [source.rule_id(rule) for rule in source.automation if rule not in works]
        if not skipped:
            return
        self._count(telemetry.RULE_SKIPPED, len(skipped))
        for rule in skipped:
            if rule not in self._said:
                self._said.add(rule)
                self._logger.error(
                    "an automation is skipped: a property that it needs has vanished",
                    severity="P3",
                    rule=rule,
                    roles=sorted(roles),
                )
