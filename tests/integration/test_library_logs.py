"""What libraries log at the level that Lambda was told goes round our scrubbing, so they are kept quiet."""

import io
import logging
from collections.abc import Iterator

import boto3
import pytest
from awslambdaric import bootstrap
from moto import mock_aws

from steward import telemetry

TOKEN = "secret_" + "k" * 43


class Sink:
    """Where the runtime's log lines go."""

    def __init__(self) -> None:
        self.lines = io.StringIO()

    def log(self, message: str, frame_type: object = None) -> None:
        self.lines.write(message)


@pytest.fixture
def sink() -> Iterator[Sink]:
    """The runtime's log, set up as Lambda does it for a function whose level somebody turned down to DEBUG."""
    root, sink = logging.getLogger(), Sink()
    before, handlers = root.level, list(root.handlers)
    converter = logging.Formatter.converter
    bootstrap._setup_logging("JSON", "DEBUG", sink)
    yield sink
    root.setLevel(before)
    root.handlers[:] = handlers
    logging.Formatter.converter = converter


def read_a_secret() -> str:
    with mock_aws():
        secrets = boto3.client("secretsmanager", "eu-west-1")
        secrets.create_secret(Name="signing", SecretString=TOKEN)
        return str(secrets.get_secret_value(SecretId="signing")["SecretString"])


@pytest.mark.req("O5")
def test_without_us_the_runtime_writes_what_a_secret_holds(sink: Sink) -> None:
    """What is guarded against below is real: else that test could not fail."""
    assert read_a_secret() == TOKEN

    assert TOKEN in sink.lines.getvalue()


@pytest.mark.req("O5")
def test_no_level_that_lambda_is_told_lets_a_library_write_what_a_secret_holds(sink: Sink) -> None:
    telemetry.make_logger()

    assert read_a_secret() == TOKEN

    assert TOKEN not in sink.lines.getvalue()


@pytest.mark.req("O5")
def test_what_a_library_warns_of_is_written(sink: Sink) -> None:
    telemetry.make_logger()

    logging.getLogger("botocore").warning("credentials expire")

    assert "credentials expire" in sink.lines.getvalue()
