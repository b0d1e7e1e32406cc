"""Days and times that PostgreSQL knows and Python does not: ``infinity``, and years before 1 or after 9999."""

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

EARLIEST, LATEST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def read_clamped(connection: "psycopg.Connection[Any]") -> None:
    """Read such a value as the nearest that Python knows: one row that has it would make every other unreadable."""
    from psycopg import DataError  # noqa: PLC0415 - psycopg is loaded only where there is a mirror
    from psycopg.types.datetime import DateLoader, TimestamptzLoader  # noqa: PLC0415 - the same

    class Days(DateLoader):
        def load(self, data: Any) -> date:
            try:
                return super().load(data)
            except DataError:
                return date.min if _is_early(data) else date.max

    class Times(TimestamptzLoader):
        def load(self, data: Any) -> datetime:
            try:
                return super().load(data)
            except DataError:
                return EARLIEST if _is_early(data) else LATEST

    connection.adapters.register_loader("date", Days)
    connection.adapters.register_loader("timestamptz", Times)


def _is_early(data: Any) -> bool:
    text = bytes(data)
    return text.startswith(b"-") or text.endswith(b"BC")
