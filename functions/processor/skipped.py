"""Says that an automation was left out of a step, because a property that it needs is gone: once to the log, always to the meter.

People are told by the schema watch, which sees the cause; this is for whoever asks the log why a notice never came.
"""

from aws_lambda_powertools import Logger

from steward import telemetry


class Skipped:
    """Remembers in this environment what it has said."""

    def __init__(self, logger: Logger, count: telemetry.Count) -> None:
        self._logger = logger
        self._count = count
        self._said: set[str] = set()

    def __call__(self, rule: str) -> None:
        """The automation with this id was left out."""
        self._count(telemetry.RULE_SKIPPED, rule=rule)
        if rule not in self._said:
            self._said.add(rule)
            self._logger.error(
                "an automation is skipped: a property that it needs is gone, or of another type",
                severity="P3",
                rule=rule,
            )
