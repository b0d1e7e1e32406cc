"""What the meter counts does not depend on who made a logger, and when."""

import io
import logging
import uuid

from tests.bench.meter import logging_to


def test_a_logger_whose_stream_was_closed_since_writes_where_it_is_told_to() -> None:
    logger = logging.getLogger(f"made-while-output-was-captured-{uuid.uuid4()}")
    captured, out = io.StringIO(), io.StringIO()
    logger.addHandler(handler := logging.StreamHandler(captured))
    captured.close()

    with logging_to(out):
        logger.error("counted")
    logger.removeHandler(handler)

    assert out.getvalue() == "counted\n"
    assert handler.stream is captured
