"""The bill's arithmetic, against figures that were computed by hand."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from infra.operate.cost_model import MINUTES, Bill, Load, Price, Stack, Usage, bill, seconds

PRICES: Mapping[str, Price] = {
    name: Price(usd, per, name, "", "no", free)
    for name, usd, per, free in (
        ("api_request", 1.0, 1_000_000, 0),
        ("lambda_request", 0.2, 1_000_000, 0),
        ("lambda_gb_second_arm64", 0.00002, 1, 0),
        ("sqs_fifo_request", 0.5, 1_000_000, 0),
        ("schedule_invocation", 1.0, 1_000_000, 14_000_000),
        ("dynamodb_write_unit", 0.625, 1_000_000, 0),
        ("dynamodb_read_unit", 0.125, 1_000_000, 0),
        ("dynamodb_gb_month", 0.25, 1, 25),
        ("dynamodb_pitr_gb_month", 0.2, 1, 0),
        ("secret_month", 0.4, 1, 0),
        ("secret_call", 0.05, 10_000, 0),
        ("alarm_month", 0.1, 1, 10),
        ("composite_alarm_month", 0.5, 1, 0),
        ("dashboard_month", 3.0, 1, 3),
        ("metric_month", 0.3, 1, 10),
        ("metric_read", 0.01, 1000, 1_000_000),
        ("log_gb", 0.5, 1, 5),
        ("log_gb_month", 0.03, 1, 0),
        ("trace", 5.0, 1_000_000, 100_000),
        ("key_month", 1.0, 1, 0),
    )
}
STACK = Stack(
    memory={"ingest": 512, "processor": 512, "triage": 512, "console": 256},
    architecture="arm64",
    traced=True,
    secrets=6,
    keys=1,
    alarms=18,
    composites=2,
    dashboards=1,
)
ASSUMED = {
    "mb_of_a_processor": 2048,
    "ms_dynamodb": 10,
    "ms_sqs": 10,
    "ms_secret": 10,
    "ms_cloudwatch": 10,
    "ms_notion": 300,
    "ms_slack": 150,
    "pollers": 5,
    "polls_per_minute": 3,
    "platform_log_bytes": 0,
    "access_log_bytes": 0,
}
NOTHING = {"cpu_us": 0.0}
USAGE = Usage(
    one={
        "delivery": {"cpu_us": 1000, "sqs_requests": 1, "log_bytes": 1024},
        "event_told": {"cpu_us": 10_000, "write_units": 20, "read_units": 10, "notion_calls": 2},
        "event_read": {"cpu_us": 5_000, "write_units": 4, "read_units": 6, "notion_calls": 1},
        "event_ignored": {"cpu_us": 1_000, "write_units": 2, "read_units": 2, "bytes_kept": 1024},
        "tick_settle": {"cpu_us": 1_000, "dynamodb_calls": 1},
        "tick_sweep": NOTHING,
        "tick_remind": NOTHING,
        "look": {"cpu_us": 25_000, "dynamodb_calls": 30, "sqs_requests": 2, "metric_reads": 2},
    },
    metrics={"look": ["Heartbeat{}", "BreakerOpen{}"], "delivery": ["Accepted{}", "Heartbeat{}"]},
    assumed=ASSUMED,
)


def made(load: Load, stack: Stack = STACK) -> Bill:
    return bill(stack, load, USAGE, PRICES)


def of(found: Bill, part: str, price: str) -> tuple[float, float]:
    (line,) = [one for one in found.lines if (one.part, one.price) == (part, price)]
    return found.usd(line)


@pytest.mark.req("O6")
@pytest.mark.parametrize(
    ("part", "price", "idle", "events"),
    [
        # 100,000 requests at 1.00 a million
        ("API Gateway", "api_request", 0.0, 0.10),
        # 1 ms on a quarter of a processor is 4 ms, and 10 ms for SQS: 14 ms of half a GB, 100,000 times: 700 GB-s
        ("Lambda ingest", "lambda_gb_second_arm64", 0.0, 0.014),
        # 25 ms on a quarter are 100, 30 x 10 + 2 x 10 + 2 x 10 are 340 ms: 0.44 s of half a GB, 43,200 times: 9,504
        ("Lambda triage", "lambda_gb_second_arm64", 0.190_08, 0.0),
        # settle: 4 + 10 = 14 ms, 43,200 times: 302.4 GB-s.
        # 20,000 told: 40 + 600 ms: 6,400; 30,000 read: 20 + 300 ms: 4,800; 50,000 ignored: 4 ms: 100: 11,300 GB-s
        ("Lambda processor", "lambda_gb_second_arm64", 0.006_048, 0.226),
        # looks 86,400; 43,200 + 2,880 + 2,880 ticks x 3 = 146,880; 5 x 3 x 43,200 polls = 648,000; 881,280 in all.
        # 100,000 sent, received, deleted
        ("SQS", "sqs_fifo_request", 0.440_64, 0.15),
        ("Scheduler", "schedule_invocation", 0.092_16, 0.0),
        # 20,000 x 20 + 30,000 x 4 + 50,000 x 2 = 620,000 and 20,000 x 10 + 30,000 x 6 + 50,000 x 2 = 480,000
        ("DynamoDB", "dynamodb_write_unit", 0.0, 0.3875),
        ("DynamoDB", "dynamodb_read_unit", 0.0, 0.06),
        # 50,000 KiB, twice, for three months: 300,000 of a GiB's 1,048,576 KiB
        ("DynamoDB", "dynamodb_gb_month", 0.0, 0.25 * 300_000 / 1_048_576),
        # of which half is the table, whose recovery is paid for
        ("DynamoDB", "dynamodb_pitr_gb_month", 0.0, 0.2 * 150_000 / 1_048_576),
        ("Secrets Manager", "secret_month", 2.4, 0.0),
        # every five minutes at most: 8,640 x (1 + 2)
        ("Secrets Manager", "secret_call", 0.0, 0.1296),
        ("CloudWatch alarms", "alarm_month", 1.8, 0.0),
        ("CloudWatch alarms", "composite_alarm_month", 1.0, 0.0),
        ("CloudWatch dashboards", "dashboard_month", 3.0, 0.0),
        # Heartbeat is there already
        ("CloudWatch metrics", "metric_month", 0.6, 0.3),
        ("CloudWatch metrics", "metric_read", 0.864, 0.0),
        # 100,000 KiB
        ("CloudWatch Logs", "log_gb", 0.0, 0.5 * 100_000 / 1_048_576),
        # 92,160 ticks and looks; each event twice, as a delivery and as a message
        ("X-Ray", "trace", 0.4608, 1.0),
        ("KMS", "key_month", 1.0, 0.0),
    ],
)
def test_every_line_is_what_was_computed_by_hand(part: str, price: str, idle: float, events: float) -> None:
    assert of(made(Load(100_000)), part, price) == pytest.approx((idle, events))


@pytest.mark.req("O6")
def test_the_totals_are_the_lines_and_a_million_more_events_have_their_metrics_already() -> None:
    found = made(Load(100_000))
    assert found.idle == pytest.approx(sum(found.usd(line)[0] for line in found.lines))
    assert found.per_million == pytest.approx((found.by_events - 0.3) * 10)
    assert made(Load(0)).by_events == 0
    assert made(Load(0)).idle == pytest.approx(found.idle)


@pytest.mark.req("O6")
def test_the_free_tier_is_taken_off_units_and_only_below_the_main_figure() -> None:
    found = made(Load(0))
    # 92,160 invocations of the scheduler and as many traces, three metrics, 86,400 reads of metrics, a dashboard and ten
    # of the alarms are free; the rest of the bill stays.
    free = 0.09216 + 0.4608 + 0.6 + 0.864 + 3.0 + 1.0
    assert found.after_free_tier() == found.after_free_tier(events=False) == pytest.approx(found.idle - free)
    # Of 292,160 traces 192,160 are paid for, of 20 GB-months and ten metrics none.
    busy = made(Load(100_000))
    assert busy.alone()["trace"] == pytest.approx(0.9608)
    assert (busy.alone()["dynamodb_gb_month"], busy.alone()["metric_month"]) == (0, 0)
    assert busy.after_free_tier(events=False) == found.after_free_tier()


@pytest.mark.req("O6")
def test_what_is_not_there_costs_nothing() -> None:
    found = made(Load(100_000), replace(STACK, traced=False, keys=0, dashboards=0))
    assert not [line for line in found.lines if line.part == "X-Ray"]
    assert made(Load(100_000)).idle - found.idle == pytest.approx(0.4608 + 1.0 + 3.0)


@pytest.mark.req("O6")
def test_more_memory_buys_more_of_a_processor_up_to_a_whole_one_and_waits_no_less() -> None:
    one = {"cpu_us": 100_000.0, "notion_calls": 1.0}
    assert seconds(one, 512, ASSUMED) == pytest.approx(0.7)
    assert seconds(one, 2048, ASSUMED) == seconds(one, 4096, ASSUMED) == pytest.approx(0.4)


def test_a_month_has_30_days() -> None:
    assert MINUTES == 43_200
