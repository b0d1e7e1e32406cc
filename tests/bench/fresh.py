"""What a cold start costs: import time and peak memory, each in interpreters of their own.

The peak is the kernel's high-water mark of the process's own memory (``VmHWM``), because ``ru_maxrss`` of a child begins
at what its parent used; so it is measured on Linux only.
"""

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from infra.local.simulators.notion import NotionSimulator, seed_demo
from tests.bench.figures import Figure
from tests.bench.input import ROOT, TOKEN, api_event, official_event
from tests.bench.input import RULES_WITH_COMMENTS as RULES

STATUS = Path("/proc/self/status")

BOTO = "import boto3; boto3.Session().client('sqs')"
INGEST_IMPORT = """
import os
os.environ.update(LANE_QUEUE_URL='https://sqs/lane.fifo', SIGNING_SECRET_ID='s', PENDING_SECRET_ID='p')
import ingest.handler
ingest.handler._app()
"""

SILENT = """
import json, sys, time
given = json.loads(sys.argv[1])

class Silent:
    '''AWS that answers every call at once with the same.'''
    name = 'table'
    def __init__(self, **answer): self.answer = answer
    def __getattr__(self, name): return self
    def __call__(self, *_, **__): return self.answer

secrets = Silent(SecretString=json.dumps({'active': [given['token']], 'token': given['notion_token']}))
"""
INGEST_EVENT = (
    SILENT
    + """
import ingest.handler
environ = {'LANE_QUEUE_URL': 'https://sqs/lane.fifo', 'SIGNING_SECRET_ID': 's', 'PENDING_SECRET_ID': 'p'}
ingest.handler.os.environ.update(environ)
ingest.handler._app()
app = ingest.handler.make_app(environ, Silent(), secrets, time.monotonic)
assert app.handle(given['api_event'])['statusCode'] == 200
"""
)
PROCESSOR_EVENT = (
    SILENT
    + """
import boto3
import processor.handler
processor.handler.Aws(boto3.Session())
class Aws:
    sqs = Silent(Attributes={'ApproximateNumberOfMessages': '0'}, Messages=[])
    functions = Silent(EventSourceMappings=[])
    def table(self, name): return Silent(Items=[], Responses={}, Attributes={})
    dsql = Silent()
aws = Aws()
aws.secrets = secrets
names = ('STATE_TABLE', 'JOURNAL_TABLE', 'LANE_QUEUE_URL', 'LANE_QUEUE_ARN', 'DEAD_LETTER_QUEUE_URL', 'NOTION_SECRET_ID',
    'SLACK_SECRET_ID', 'AWS_LAMBDA_FUNCTION_NAME')
environ = {**dict.fromkeys(names, 'x'), 'NOTION_API_URL': given['notion_url'], 'RULES_FILE': given['rules']}
app = processor.handler.make_app(environ, aws=aws)
record = {'messageId': 'm', 'receiptHandle': 'r', 'body': given['message'], 'attributes': {}}
assert app.handle({'Records': [record]}, lambda: 30_000) == {'batchItemFailures': []}
"""
)
TRIAGE_LOOK = (
    SILENT
    + """
import boto3
import triage.handler
triage.handler.Aws(boto3.Session())
class Aws:
    functions = Silent(EventSourceMappings=[
        {'UUID': 'm', 'FunctionArn': 'arn:aws:lambda:eu-west-1:1:function:x', 'State': 'Enabled'}
    ])
    sqs = Silent(Attributes={'ApproximateNumberOfMessages': '0', 'ApproximateNumberOfMessagesNotVisible': '0'})
    sns = cloudwatch = None
    def table(self, name): return Silent()
aws = Aws()
aws.secrets = secrets
names = ('STATE_TABLE', 'JOURNAL_TABLE', 'LANE_QUEUE_URL', 'LANE_QUEUE_ARN', 'DEAD_LETTER_QUEUE_URL', 'NOTION_SECRET_ID',
    'SLACK_SECRET_ID', 'PROCESSOR_FUNCTION')
environ = {**dict.fromkeys(names, 'x'), 'NOTION_API_URL': given['notion_url'], 'RULES_FILE': given['rules']}
assert triage.handler.make_app(environ, aws=aws).watch(lambda: 30_000) == {'look': 'running'}
"""
)
PEAK = """
print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))
"""


def import_time(rounds: int = 6) -> Figure:
    """Ingest's import and clients in the working tree, against what any function that talks to SQS has to import."""
    pairs = [(_seconds(INGEST_IMPORT), _seconds(BOTO)) for _ in range(rounds + 1)][1:]
    ours, floor = (statistics.median(column) * 1000 for column in zip(*pairs, strict=True))
    return Figure("ingest, cold, in the working tree", ours, floor, "ms", "boto3 and its SQS client")


def memory(scratch: Path) -> list[Figure]:
    """The peak of each function with its application made and one event worked."""
    if not STATUS.exists():
        return []
    from steward.dialects import normalise  # noqa: PLC0415 - as above
    from steward.envelope import encode  # noqa: PLC0415 - functions/ is on the path only when the bench runs

    rules = scratch / "rules.toml"
    rules.write_text(RULES)
    with NotionSimulator() as notion:
        page = seed_demo(notion).tasks["Review the contract"]
        event, now = official_event(page)
        given: dict[str, object] = {
            "token": TOKEN,
            "notion_token": notion.token,
            "notion_url": notion.url,
            "api_event": api_event(event),
            "message": encode(normalise(event), now),
            "rules": str(rules),
        }
        ours = {name: _peak(code, given) for name, code in _FUNCTIONS.items()}
        assert notion.requests(path="/v1/pages/"), "the processor was measured without reading a page"
    floor = _peak(BOTO, given)
    return [
        Figure(f"{name}, memory peak with one event", peak, floor, "MiB", "boto3 and its SQS client")
        for name, peak in ours.items()
    ]


_FUNCTIONS = {"ingest": INGEST_EVENT, "processor": PROCESSOR_EVENT, "triage": TRIAGE_LOOK}


def _seconds(code: str) -> float:
    """Processor time of a fresh interpreter: unlike the wall clock it does not count what the machine does besides."""
    began = os.times()
    _run(code)
    ended = os.times()
    return ended.children_user + ended.children_system - began.children_user - began.children_system


def _peak(code: str, given: dict[str, object]) -> float:
    return int(_run(code + PEAK, json.dumps(given)).splitlines()[-1]) / 1024  # the log stands before it


def _run(code: str, *arguments: str) -> str:
    environ = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "functions"),
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
    }
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, check=True, env=environ, stdout=subprocess.PIPE, text=True).stdout
