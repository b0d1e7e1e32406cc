"""What a deployment promises: whose version takes over how, that parameters arrive, and that two stacks do not collide."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from infra.local.http_api import aliases_of, routes_of
from infra.local.transform import functions_of, read, to_cloudformation
from infra.template import NESTED, REGION, transformed
from tests.infra.emitted import EMITTED

ROOT = Path(__file__).parents[2]
PLAIN: dict[str, Any] = json.loads(transformed())
RESOURCES: dict[str, Any] = PLAIN["Resources"]
PARAMETERS: dict[str, Any] = PLAIN["Parameters"]
FUNCTIONS = {k: r["Properties"] for k, r in RESOURCES.items() if r["Type"] == "AWS::Lambda::Function"}
ALIASES = aliases_of(PLAIN)
FACING = sorted({route.function for route in routes_of(PLAIN)})
"""What answers the internet."""

NAMES = re.compile(
    r"(Queue|Table|Role|Function|Topic|LogGroup|Alarm|Dashboard|Secret|Rule|Bucket|Layer)Name|Name|AliasName"
)
SCOPED = {
    "AWS::Lambda::Alias",
    "AWS::CloudWatch::Alarm.Dimensions",
    "AWS::ApiGatewayV2::Stage",
    "AWS::ApiGatewayV2::Api",
}
"""Whose names are no names of the account: an alias is its function's, a stage its API's."""


def transformed_with(**defaults: str) -> dict[str, Any]:
    """The template as a deployment with these parameters transforms it."""
    source = read(ROOT / "template.yaml")
    for name, value in defaults.items():
        source["Parameters"][name]["Default"] = value
    code = dict.fromkeys(functions_of(source), "s3://artifacts/code.zip")
    return to_cloudformation(source, code, "s3://artifacts/layer.zip", REGION)


def named(value: Any) -> Iterator[str]:
    """Every name that a value refers to, by Ref or inside Fn::Sub."""
    if isinstance(value, list):
        for item in value:
            yield from named(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key == "Ref":
                yield item
            elif key == "Fn::Sub":
                text, *others = [item] if isinstance(item, str) else item
                yield from re.findall(r"\$\{([\w:]+)", text)
                yield from named(others)
            elif key == "Fn::If":
                yield from named(PLAIN["Conditions"][item[0]])
                yield from named(item[1:])
            else:
                yield from named(item)


def group_of(function: str, plain: dict[str, Any] = PLAIN) -> dict[str, Any]:
    policy = plain["Resources"][ALIASES[function]]["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
    found: dict[str, Any] = plain["Resources"][policy["DeploymentGroupName"]["Ref"]]["Properties"]
    return found


@pytest.mark.req("O2")
@pytest.mark.parametrize("function", FACING)
def test_what_answers_the_internet_changes_step_by_step_and_goes_back_by_alarm(function: str) -> None:
    group = group_of(function)
    (when, watched, else_) = group["AlarmConfiguration"]["Fn::If"]
    nested = {alarm["Name"]["Fn::GetAtt"][0] for alarm in watched["Alarms"]}
    outputs = {alarm["Name"]["Fn::GetAtt"][1] for alarm in watched["Alarms"]}
    (release,) = (RESOURCES[name]["Properties"] for name in nested)

    assert group["DeploymentConfigName"]["Fn::Sub"][1] == {"ConfigName": "Canary10Percent10Minutes"}
    assert (when, watched["Enabled"], else_) == ("StepByStep", True, {})
    assert outputs == {"Outputs.Errors", "Outputs.Bugs"}
    assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]
    assert release["TemplateURL"] == "infra/release.yaml"
    assert release["Parameters"] == {
        "Stack": {"Ref": "AWS::StackName"},
        "Service": FUNCTIONS[function]["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"],
        "Function": {"Ref": function},
        "Version": RESOURCES[ALIASES[function]]["Properties"]["FunctionVersion"],
    }


@pytest.mark.req("O2")
@pytest.mark.parametrize("function", FACING)
def test_a_release_at_once_asks_no_alarm(function: str) -> None:
    plain = transformed_with(Rollout="AllAtOnce")

    assert group_of(function, plain)["DeploymentConfigName"]["Fn::Sub"][1] == {"ConfigName": "AllAtOnce"}
    assert PLAIN["Conditions"]["StepByStep"] == {
        "Fn::Not": [{"Fn::Equals": [{"Ref": "Rollout"}, "AllAtOnce"]}]
    }
    watched = group_of(function)["AlarmConfiguration"]["Fn::If"][1]["Alarms"]
    (release,) = {alarm["Name"]["Fn::GetAtt"][0] for alarm in watched}
    assert RESOURCES[release]["Condition"] == "StepByStep", "and makes none, which would be paid for"


@pytest.mark.req("O2", "T8")
@pytest.mark.parametrize("function", FACING)
def test_a_canary_goes_back_for_what_the_function_emits(function: str) -> None:
    alarms: dict[str, Any] = yaml_parse((ROOT / "infra" / "release.yaml").read_text())["Resources"]
    service = FUNCTIONS[function]["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]
    errors, bugs = alarms["Errors"]["Properties"], alarms["Bugs"]["Properties"]

    assert (service, bugs["MetricName"], frozenset()) in EMITTED
    assert bugs["Namespace"] == {"Fn::Sub": "Steward/${Stack}"}
    assert [d["Name"] for d in errors["Dimensions"]] == ["FunctionName", "Resource", "ExecutedVersion"]
    alias = RESOURCES[ALIASES[function]]["Properties"]["Name"]
    assert errors["Dimensions"][1]["Value"] == {"Fn::Sub": f"${{Function}}:{alias}"}
    for alarm in (errors, bugs):
        assert (alarm["Period"], alarm["EvaluationPeriods"], alarm["Threshold"]) == (60, 1, 0)
        assert "AlarmActions" not in alarm


@pytest.mark.req("O2", "P1")
def test_the_processor_changes_at_once_and_as_a_whole() -> None:
    (mapping,) = [r for r in RESOURCES.values() if r["Type"] == "AWS::Lambda::EventSourceMapping"]

    assert "Processor" not in ALIASES
    assert mapping["Properties"]["FunctionName"] == {"Ref": "Processor"}


@pytest.mark.req("O2")
@pytest.mark.parametrize("function", sorted(ALIASES))
def test_a_parameter_that_changes_reaches_the_version_that_answers(function: str) -> None:
    """CloudFormation publishes a version anew when its description changes, and for nothing else but its logical id."""
    (version,) = [
        r["Properties"]
        for r in RESOURCES.values()
        if r["Type"] == "AWS::Lambda::Version" and r["Properties"]["FunctionName"] == {"Ref": function}
    ]
    told = set(named(version["Description"]))
    asked = {name for name, one in PARAMETERS.items() if "Change PublishAgain with it" in one["Description"]}

    assert set(named(FUNCTIONS[function])) & set(PARAMETERS) <= told | asked
    assert "PublishAgain" in told
    longest = {
        "String": lambda p: max(map(len, p.get("AllowedValues", ["x" * 40]))),
        "Number": lambda p: len(str(p.get("MaxValue"))),
    }
    assert sum(longest[PARAMETERS[name]["Type"]](PARAMETERS[name]) + 1 for name in told) <= 256


@pytest.mark.req("O2")
def test_a_change_of_any_property_publishes_a_version() -> None:
    source = read(ROOT / "template.yaml")
    before = transformed_with()
    source["Resources"]["Ingest"]["Properties"]["Timeout"] = 11
    code = dict.fromkeys(functions_of(source), "s3://artifacts/code.zip")
    after = to_cloudformation(source, code, "s3://artifacts/layer.zip", REGION)

    assert before["Resources"]["IngestAliaslive"] != after["Resources"]["IngestAliaslive"]


@pytest.mark.req("O2")
def test_ingest_starts_cold_unless_somebody_wants_to_pay() -> None:
    warm = RESOURCES["IngestAliaslive"]["Properties"]["ProvisionedConcurrencyConfig"]["Fn::If"]

    assert PARAMETERS["IngestStart"]["Default"] == "cold"
    assert FUNCTIONS["Ingest"]["SnapStart"]["ApplyOn"] == {
        "Fn::If": ["IngestFromSnapshot", "PublishedVersions", "None"]
    }
    assert warm == ["IngestKeptWarm", {"ProvisionedConcurrentExecutions": 1}, {"Ref": "AWS::NoValue"}]
    assert all(
        word in PARAMETERS["IngestStart"]["Description"]
        for word in ("dollars a month", "snapstart", "provisioned")
    )


@pytest.mark.req("O2")
@pytest.mark.parametrize("path", NESTED)
def test_a_parameter_of_a_nested_stack_says_what_it_is(path: str) -> None:
    for name, parameter in read(ROOT / path)["Parameters"].items():
        assert len(parameter.get("Description", "").split()) > 2, name


@pytest.mark.req("O2", "O5")
@pytest.mark.parametrize("function", list(FUNCTIONS))
def test_the_level_of_the_logs_is_nobodys_choice(function: str) -> None:
    """Below it libraries write secrets, above it CloudWatch gets no metrics, and a rotation waits for lines that never come."""
    assert FUNCTIONS[function]["LoggingConfig"]["ApplicationLogLevel"] == "INFO"
    assert not {"POWERTOOLS_LOG_LEVEL", "LOG_LEVEL"} & set(FUNCTIONS[function]["Environment"]["Variables"])


@pytest.mark.req("O2")
@pytest.mark.parametrize("name", list(PARAMETERS))
def test_a_parameter_says_what_it_is_and_what_it_may_be(name: str) -> None:
    parameter = PARAMETERS[name]

    assert len(parameter["Description"].split()) > 3
    assert "Default" in parameter
    if parameter["Type"] == "Number" and "AllowedValues" not in parameter:
        assert parameter["MinValue"] <= parameter["Default"] <= parameter["MaxValue"]
    elif parameter["Type"] == "Number":
        assert parameter["Default"] in parameter["AllowedValues"]
    else:
        assert {"AllowedPattern", "AllowedValues"} & set(parameter)
    if "AllowedValues" in parameter:
        assert parameter["Default"] in parameter["AllowedValues"]
    if "AllowedPattern" in parameter:
        assert re.search(parameter["AllowedPattern"], parameter["Default"])
        assert parameter["AllowedPattern"].startswith("^")
        assert parameter["AllowedPattern"].endswith("$")


@pytest.mark.req("O2")
@pytest.mark.parametrize(
    ("name", "value", "fits"),
    [
        ("WorkspaceIds", "0f2a1b3c-4d5e-6f70-8192-a3b4c5d6e7f8", True),
        ("WorkspaceIds", "my workspace", False),
        ("SubscriptionIds", "0f2a1b3c4d5e6f708192a3b4c5d6e7f8", True),
        ("DomainName", "steward.example.com", True),
        ("DomainName", "https://steward.example.com", False),
        ("DomainName", "steward", False),
        ("VpcSubnetIds", "subnet-0a1b2c3d", True),
        ("VpcSubnetIds", "vpc-0a1b2c3d", False),
        ("VpcSecurityGroupIds", "sg-0a1b2c3d", True),
        ("IncidentChannel", "#incidents", True),
        ("IncidentChannel", "C0123ABCD", True),
        ("IncidentChannel", "two words", False),
        ("RunbookUrl", 'https://wiki.example/"', False),
    ],
)
def test_a_pattern_takes_what_is_meant(name: str, value: str, fits: bool) -> None:
    assert bool(re.fullmatch(PARAMETERS[name]["AllowedPattern"], value)) is fits


@pytest.mark.req("O2", "O5")
@pytest.mark.parametrize("function", list(FUNCTIONS))
def test_a_function_is_traced_and_writes_to_a_log_that_forgets(function: str) -> None:
    group = RESOURCES[FUNCTIONS[function]["LoggingConfig"]["LogGroup"]["Ref"]]

    assert group["Properties"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}
    assert (group["DeletionPolicy"], group["UpdateReplacePolicy"]) == ("Delete", "Delete")
    assert FUNCTIONS[function]["TracingConfig"] == {"Mode": {"Ref": "Tracing"}}
    assert PARAMETERS["Tracing"]["Default"] == "Active"
    assert FUNCTIONS[function]["LoggingConfig"]["LogFormat"] == "JSON"


@pytest.mark.req("O2", "O5")
def test_every_log_group_forgets_and_the_apis_is_one_of_them() -> None:
    groups = {k: r for k, r in RESOURCES.items() if r["Type"] == "AWS::Logs::LogGroup"}
    (stage,) = [r["Properties"] for r in RESOURCES.values() if r["Type"] == "AWS::ApiGatewayV2::Stage"]

    assert all(g["Properties"]["RetentionInDays"] == {"Ref": "LogRetentionDays"} for g in groups.values())
    assert stage["AccessLogSettings"]["DestinationArn"]["Fn::GetAtt"][0] in groups
    assert len(groups) == len(FUNCTIONS) + 1


@pytest.mark.req("O2")
def test_two_stacks_in_one_account_have_no_name_in_common() -> None:
    templates = [("template.yaml", PLAIN), *((one, yaml_parse((ROOT / one).read_text())) for one in NESTED)]
    fixed, seen = [], 0
    for file, template in templates:
        for logical_id, resource in template["Resources"].items():
            for key, value in resource.get("Properties", {}).items():
                if resource["Type"] in SCOPED or not NAMES.fullmatch(key) or key == "FunctionName":
                    continue
                seen += 1
                if not {"AWS::StackName", "Stack"} & set(re.findall(r"[\w:]+", json.dumps(value))):
                    fixed.append(f"{file}: {logical_id}.{key} = {value}")

    assert fixed == []
    assert seen > 25  # so that the pattern above still finds names
    assert not any("Export" in output for output in PLAIN["Outputs"].values())


@pytest.mark.req("O2")
def test_dev_and_prod_are_two_stacks_with_parameters_that_exist() -> None:
    config = tomllib.loads((ROOT / "samconfig.toml").read_text())
    names = {name: config[name]["global"]["parameters"]["stack_name"] for name in ("default", "dev", "prod")}

    assert len(set(names.values())) == 3
    for name in ("dev", "prod"):
        given = dict(
            pair.split("=", 1) for pair in config[name]["deploy"]["parameters"]["parameter_overrides"].split()
        )
        assert set(given) <= set(PARAMETERS)
        for key, value in given.items():
            allowed = PARAMETERS[key].get("AllowedValues", [value])
            assert value in list(map(str, allowed))
        assert config[name]["deploy"]["parameters"]["capabilities"] == "CAPABILITY_IAM"
    assert config["prod"]["deploy"]["parameters"]["confirm_changeset"] is True


@pytest.mark.req("O2", "T6")
def test_incidents_link_to_the_consoles_own_dashboard_unless_another_is_named() -> None:
    url = FUNCTIONS["Triage"]["Environment"]["Variables"]["DASHBOARD_URL"]

    assert url["Fn::If"][:2] == ["OtherDashboard", {"Ref": "DashboardUrl"}]
    assert url["Fn::If"][2]["Fn::If"] == [
        "HasDomain",
        {"Fn::Sub": "https://${DomainName}/dashboard"},
        {"Fn::Sub": "${Api.ApiEndpoint}/dashboard"},
    ]


@pytest.mark.req("O2")
def test_what_is_optional_is_not_there_by_default() -> None:
    optional = {
        "Domain": "HasDomain",
        "DomainMapping": "HasDomain",
        "VpcPolicy": "InVpc",
    }

    assert {k: RESOURCES[k].get("Condition") for k in optional} == optional
    assert FUNCTIONS["Processor"]["VpcConfig"]["Fn::If"][0] == "InVpc"
    assert [k for k, f in FUNCTIONS.items() if "VpcConfig" in f] == ["Processor"]
    for name in ("DomainName", "DomainCertificateArn", "VpcSubnetIds", "VpcSecurityGroupIds"):
        assert PARAMETERS[name]["Default"] == ""


@pytest.mark.req("O2")
def test_a_person_finds_what_to_paste_and_where_to_look() -> None:
    assert {"WebhookUrl", "CloudWatchDashboardUrl", "AlertTopicArn", "DomainTarget"} <= set(PLAIN["Outputs"])
    assert all(len(output["Description"].split()) > 2 for output in PLAIN["Outputs"].values())
