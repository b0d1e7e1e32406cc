"""``cost`` on the real prices, the real usage and the real template."""

import json

import pytest

from infra.operate import cost_inputs
from infra.operate.command_line import make_parser
from infra.operate.cost_model import Load, bill
from tests.integration.aws import template


def run(*words: str) -> int:
    wishes = make_parser().parse_args(["cost", *words])
    return int(wishes.run(wishes))


@pytest.mark.req("O6", "O4")
def test_the_table_names_every_part_and_adds_up(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--events", "100000") == 0
    lines = capsys.readouterr().out.splitlines()
    rows = {
        line[:24].strip(): [float(number) for number in line[24:].split()]
        for line in lines[8 : lines.index("", 8)]
    }
    figures = {line[:24].strip(): float(line.split()[-1]) for line in lines[4:6]}
    assert figures["free tier used up"] == float(lines[lines.index("", 8) - 1].split()[-1])
    assert figures["Steward alone in it"] < figures["free tier used up"]
    together = rows.pop("together")
    assert {"API Gateway", "SQS", "DynamoDB", "X-Ray", "KMS", "Lambda ingest", "CloudWatch metrics"} <= set(
        rows
    )
    for column, total in enumerate(together):
        assert sum(row[column] for row in rows.values()) == pytest.approx(total, abs=0.005 * len(rows))
    assert "list prices as of 20" in lines[0]


@pytest.mark.req("O6")
def test_json_holds_the_same_bill(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--events", "250000", "--told", "0.5", "--read", "0.5", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    prices, _, _ = cost_inputs.prices()
    found = bill(cost_inputs.stack(), Load(250_000, 0.5, 0.5), cost_inputs.usage(), prices)
    assert told["total_usd"] == pytest.approx(found.idle + found.by_events, abs=1e-4)
    assert sum(line["idle_usd"] for line in told["lines"]) == pytest.approx(told["idle_usd"], abs=1e-3)


@pytest.mark.req("O6")
@pytest.mark.parametrize(
    "words",
    [
        ("--events", "-1"),
        ("--told", "0.8", "--read", "0.3"),
        ("--told", "nan"),
        ("--events", "9" * 400),
    ],
)
def test_figures_that_make_no_sense_are_refused(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*words) == 2
    assert "both shares together at most 1" in capsys.readouterr().err


@pytest.mark.req("O6")
def test_every_price_says_where_it_is_from_and_how_it_was_checked(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--prices") == 0
    out = capsys.readouterr().out
    prices, region, _ = cost_inputs.prices()
    used = {line.price for line in bill(cost_inputs.stack(), Load(1), cost_inputs.usage(), prices).lines}
    assert used <= set(prices)
    for name in used:
        assert prices[name].source.startswith("https://aws.amazon.com/")
        assert f"{prices[name].what}: " in out
    assert region in out


@pytest.mark.req("O6")
def test_what_is_paid_for_being_there_is_counted_in_the_template_and_in_what_it_nests() -> None:
    stack = cost_inputs.stack()
    secrets = [r for r in template().values() if r["Type"] == "AWS::SecretsManager::Secret"]
    assert stack.secrets == len([r for r in secrets if "Condition" not in r])
    heard = (cost_inputs.ROOT / "infra" / "alarms.yaml").read_text().count(" MetricName:")
    assert stack.alarms >= heard > 10  # one by metric math is paid for each of its metrics
    assert {"ingest", "processor", "triage"} <= set(stack.memory)
    assert stack.memory["triage"] == template()["Triage"]["Properties"]["MemorySize"]


def after_free_tier(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[float, float]:
    assert run("--json", *words) == 0
    told = json.loads(capsys.readouterr().out)
    return told["idle_after_free_tier_usd"], told["after_free_tier_usd"]


@pytest.mark.req("O6")
def test_the_frugal_environment_stays_below_five_dollars_at_a_hundred_thousand_events(
    capsys: pytest.CaptureFixture[str],
) -> None:
    idle, total = after_free_tier(capsys, "--events", "100000")
    frugal_idle, frugal = after_free_tier(capsys, "--events", "100000", "--config-env", "frugal")

    assert frugal < 5
    assert frugal_idle < idle
    assert idle - frugal_idle == pytest.approx(0.4), "four alarms that releases wait for"
    assert frugal < total - 1


@pytest.mark.req("O6")
@pytest.mark.parametrize(
    ("setting", "adds"),
    [
        ("HubSpot=true", 0.40),
        ("EncryptAlerts=true", 1.00),
        ("MirrorByDsn=true", 0.50),
        ("CloudWatchDashboard=false", 0.0),
        # One environment of half a GB, 30 days.
        ("IngestStart=provisioned", 0.5 * 30 * 86_400 * 0.0000033334),
        ("IngestStart=snapstart", 0.5 * 30 * 86_400 * 0.0000015046),
    ],
)
def test_an_option_costs_what_it_makes(setting: str, adds: float, capsys: pytest.CaptureFixture[str]) -> None:
    idle, _ = after_free_tier(capsys)
    with_it, _ = after_free_tier(capsys, "--set", setting)

    assert with_it - idle == pytest.approx(adds, abs=1e-3)


@pytest.mark.req("O6")
def test_what_is_set_goes_over_what_the_environment_gives(capsys: pytest.CaptureFixture[str]) -> None:
    frugal = after_free_tier(capsys, "--config-env", "frugal")
    traced = after_free_tier(capsys, "--config-env", "frugal", "--set", "Tracing=Active")

    assert traced[1] > frugal[1] + 0.5


@pytest.mark.req("O6")
@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--set", "Tracing"), "NAME=VALUE"),
        (("--set", "Traces=Active"), "no parameter Traces"),
        (("--config-env", "staging"), "default, dev, prod, frugal"),
    ],
)
def test_parameters_that_there_are_not_are_refused(
    words: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*words) == 2
    assert says in capsys.readouterr().err
