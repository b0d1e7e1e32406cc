"""What the template promises, asserted on what the SAM macro makes of it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from infra.local.built import layers_of
from infra.local.http_api import Throttle, routes_of
from infra.local.localise import localise
from infra.supply.pins import pins
from infra.template import transformed
from steward.envelope import TICKS
from steward.lane import FIRST

ROOT = Path(__file__).parents[2]
PLAIN: dict[str, Any] = json.loads(transformed())
RESOURCES: dict[str, Any] = PLAIN["Resources"]


def properties(logical_id: str) -> dict[str, Any]:
    found: dict[str, Any] = RESOURCES[logical_id]["Properties"]
    return found


def of_type(kind: str) -> dict[str, Any]:
    return {k: r["Properties"] for k, r in RESOURCES.items() if r["Type"] == kind}


@pytest.mark.req("P1")
def test_the_lane_never_throttles_and_never_batches() -> None:
    lane, mapping = properties("LaneQueue"), of_type("AWS::Lambda::EventSourceMapping")

    assert lane["FifoQueue"] is True
    assert properties("Processor")["ReservedConcurrentExecutions"] == {"Ref": "Lanes"}
    assert [m["BatchSize"] for m in mapping.values()] == [1]
    assert [m["FunctionResponseTypes"] for m in mapping.values()] == [["ReportBatchItemFailures"]]


@pytest.mark.req("P4")
def test_both_queues_keep_for_14_days_and_the_dead_letters_are_fifo_too() -> None:
    for queue in ("LaneQueue", "DeadLetterQueue"):
        assert properties(queue)["MessageRetentionPeriod"] == 14 * 24 * 3600
        assert properties(queue)["FifoQueue"] is True


@pytest.mark.req("P4")
def test_the_processor_knows_the_lanes_receive_limit() -> None:
    limit = properties("LaneQueue")["RedrivePolicy"]["maxReceiveCount"]

    assert properties("Processor")["Environment"]["Variables"]["MAX_RECEIVE_COUNT"] == str(limit)


@pytest.mark.req("P1", "P6")
def test_ticks_go_to_the_first_lane_which_hands_them_on() -> None:
    targets = [s["Target"] for s in of_type("AWS::Scheduler::Schedule").values()]
    ticks = [
        json.loads(t["Input"])["kind"] for t in targets if t.get("SqsParameters") == {"MessageGroupId": FIRST}
    ]

    assert sorted(ticks) == sorted(TICKS)


@pytest.mark.req("P1")
def test_a_message_is_hidden_for_six_times_the_longest_invocation() -> None:
    default = PLAIN["Parameters"]["LaneVisibilitySeconds"]
    timeout = properties("Processor")["Timeout"]

    assert default["Default"] == 6 * timeout
    assert default["MinValue"] >= timeout


@pytest.mark.req("O3")
def test_queues_refuse_plain_http() -> None:
    statement = properties("QueuePolicy")["PolicyDocument"]["Statement"][0]

    assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert properties("QueuePolicy")["Queues"] == [{"Ref": "LaneQueue"}, {"Ref": "DeadLetterQueue"}]


@pytest.mark.req("O3", "T9")
def test_the_triage_may_promote_a_token_and_never_write_one() -> None:
    (policy,) = properties("TriageRole")["Policies"]
    secrets = {
        s["Action"]: s["Resource"]
        for s in policy["PolicyDocument"]["Statement"]
        if str(s.get("Action")).startswith("secretsmanager:")  # a statement under a condition has none here
    }

    notion, hubspot, slack = ({"Ref": f"{name}Secret"} for name in ("Notion", "HubSpot", "Slack"))
    where_used = {"Fn::If": ["UsesHubSpot", hubspot, {"Ref": "AWS::NoValue"}]}
    assert secrets == {
        "secretsmanager:GetSecretValue": [notion, slack, where_used],
        "secretsmanager:UpdateSecretVersionStage": notion,  # it tries no other vendor's pending token
    }


@pytest.mark.req("O3")
def test_every_role_is_ours() -> None:
    for logical_id, role in of_type("AWS::IAM::Role").items():
        assert "ManagedPolicyArns" not in role, f"{logical_id} has a managed policy"


@pytest.mark.req("O3", "A11")
def test_e_mail_goes_out_as_one_sender_only_and_only_where_one_is_set() -> None:
    policy = RESOURCES["EmailPolicy"]
    (statement,) = policy["Properties"]["PolicyDocument"]["Statement"]

    assert PLAIN["Parameters"]["EmailSender"]["Default"] == ""
    assert PLAIN["Conditions"]["SendsEmail"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "EmailSender"}, ""]}]}
    assert policy["Condition"] == "SendsEmail"
    assert policy["Properties"]["Roles"] == [{"Ref": "ProcessorRole"}]
    assert statement["Action"] == "ses:SendEmail"
    assert statement["Condition"] == {"StringEquals": {"ses:FromAddress": {"Ref": "EmailSender"}}}
    assert not any("ses:" in json.dumps(r["Policies"]) for r in of_type("AWS::IAM::Role").values())


@pytest.mark.req("O3", "A11")
@pytest.mark.parametrize(
    ("sender", "fits"),
    [
        ("", True),
        ("steward@example.com", True),
        ("Steward <steward@example.com>", False),
        ("steward", False),
        ("a@b.example,c@d.example", False),
        ("*@example.com", False),
    ],
)
def test_the_sender_is_one_plain_address(sender: str, fits: bool) -> None:
    pattern = PLAIN["Parameters"]["EmailSender"]["AllowedPattern"]

    assert bool(re.fullmatch(pattern, sender)) is fits


@pytest.mark.req("T4", "O6")
def test_hubspot_has_a_secret_only_where_it_is_watched() -> None:
    variables = RESOURCES["Triage"]["Properties"]["Environment"]["Variables"]

    assert PLAIN["Parameters"]["HubSpot"]["Default"] == "false"
    assert RESOURCES["HubSpotSecret"]["Condition"] == "UsesHubSpot"
    assert PLAIN["Outputs"]["HubSpotSecretArn"]["Condition"] == "UsesHubSpot"
    assert variables["HUBSPOT_SECRET_ID"] == {"Fn::If": ["UsesHubSpot", {"Ref": "HubSpotSecret"}, ""]}


@pytest.mark.req("A7", "O3")
def test_there_is_nothing_of_a_mirror_unless_one_is_wanted_and_then_for_the_processor_only() -> None:
    defaults = {name: PLAIN["Parameters"][name]["Default"] for name in ("MirrorByDsn", "MirrorHost")}
    ours = {k: r for k, r in RESOURCES.items() if k.startswith("Mirror")}
    policies = [r["Properties"] for r in ours.values() if r["Type"] == "AWS::IAM::Policy"]
    statements = {k: r["Properties"]["PolicyDocument"]["Statement"] for k, r in ours.items() if "Policy" in k}
    dsn, dsql = statements["MirrorDsnPolicy"], statements["MirrorDsqlPolicy"]

    assert defaults == {"MirrorByDsn": "false", "MirrorHost": ""}
    assert {k: r.get("Condition") for k, r in ours.items()} == {
        "MirrorSecret": "MirrorByDsn",
        "MirrorDsnPolicy": "MirrorByDsn",
        "MirrorDsqlPolicy": "MirrorOnDsql",
        "MirrorSchedule": "KeepsMirror",
    }
    assert PLAIN["Outputs"]["MirrorSecretArn"]["Condition"] == "MirrorByDsn"
    assert all(policy["Roles"] == [{"Ref": "ProcessorRole"}] for policy in policies)
    assert [(s["Action"], s["Resource"]) for s in dsn] == [
        ("secretsmanager:GetSecretValue", {"Ref": "MirrorSecret"})
    ]
    (connect,) = dsql
    assert connect["Action"] == {"Fn::If": ["MirrorAsAdmin", "dsql:DbConnectAdmin", "dsql:DbConnect"]}
    assert connect["Resource"]["Fn::Sub"][0].endswith(":cluster/${Cluster}")
    assert not any("dsql:" in json.dumps(r["Policies"]) for r in of_type("AWS::IAM::Role").values())


@pytest.mark.req("A7")
@pytest.mark.parametrize(
    ("host", "fits"),
    [
        ("", True),
        ("abcd1234.dsql.eu-west-1.on.aws", True),
        ("abcd1234.dsql-fnh4.us-gov-west-1.on.aws", True),
        ("db.example.com", False),
        ("*.dsql.eu-west-1.on.aws", False),
        ("abcd1234.dsql.eu-west-1.on.aws.example.com", False),
    ],
)
def test_the_mirrors_host_is_one_cluster(host: str, fits: bool) -> None:
    assert bool(re.fullmatch(PLAIN["Parameters"]["MirrorHost"]["AllowedPattern"], host)) is fits


@pytest.mark.req("O2")
def test_nothing_that_holds_data_goes_with_the_stack() -> None:
    kinds = ("AWS::SQS::Queue", "AWS::DynamoDB::Table", "AWS::SecretsManager::Secret")
    kept = {k: r for k, r in RESOURCES.items() if r["Type"] in kinds}

    assert len(kept) == 11
    # A first deployment that is rolled back takes them along: the queues' names would be in the next one's way.
    assert {r["DeletionPolicy"] for r in kept.values()} == {"RetainExceptOnCreate"}
    assert {r["UpdateReplacePolicy"] for r in kept.values()} == {"Retain"}


@pytest.mark.req("P8")
def test_tables_are_on_demand_encrypted_recoverable_and_forget() -> None:
    for table in of_type("AWS::DynamoDB::Table").values():
        assert table["BillingMode"] == "PAY_PER_REQUEST"
        assert table["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
        assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
        assert table["SSESpecification"] == {"SSEEnabled": True}


@pytest.mark.req("O3")
def test_secrets_are_made_without_a_secret() -> None:
    for secret in of_type("AWS::SecretsManager::Secret").values():
        assert not any(value for value in json.loads(secret["SecretString"]).values())


@pytest.mark.req("O5")
def test_the_access_log_holds_no_header_no_body_and_no_address() -> None:
    stage = next(iter(of_type("AWS::ApiGatewayV2::Stage").values()))
    fields = json.loads(stage["AccessLogSettings"]["Format"])

    assert not any(
        word in json.dumps(fields).lower() for word in ("header", "body", "ip", "useragent", "query")
    )
    assert stage["DefaultRouteSettings"] == {"ThrottlingRateLimit": 100, "ThrottlingBurstLimit": 200}


@pytest.mark.req("I1")
def test_both_paths_lead_to_ingest_with_any_method() -> None:
    found = {(r.method, r.path) for r in routes_of(PLAIN) if r.function == "Ingest"}

    assert found == {("ANY", "/webhooks/notion"), ("ANY", "/api/webhooks/notion")}


@pytest.mark.req("C1", "C2", "C3", "C4")
def test_everything_else_leads_to_the_console_with_any_method_and_a_login_is_throttled() -> None:
    routes = [r for r in routes_of(PLAIN) if r.function != "Ingest"]

    assert {r.function for r in routes} == {"Console"}
    assert {r.path for r in routes if r.method == "ANY"} == {
        "/health",
        "/webhook/health",
        "/api/admin/sync/health",
        "/status",
        "/dashboard",
        "/dashboard/login",
        "/dashboard/logout",
        "/dashboard/events/{id}",
        "/dashboard/incidents/{id}",
        "/dashboard/assets/{name}",
    }
    assert [(r.key, r.throttle) for r in routes if r.method != "ANY" or r.throttle] == [
        ("POST /dashboard/login", Throttle(5, 10))
    ]


@pytest.mark.req("C1", "O3")
def test_the_console_may_read_the_tables_and_its_own_token_and_nothing_else() -> None:
    (policy,) = properties("ConsoleRole")["Policies"]
    allowed = {s["Sid"]: s for s in policy["PolicyDocument"]["Statement"]}
    attached = [p["Roles"] for p in of_type("AWS::IAM::Policy").values()]

    assert set(allowed) == {"ReadTables", "ReadOwnToken", "WriteOwnLog", "Trace"}
    assert allowed["ReadTables"]["Action"] == ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"]
    assert allowed["ReadOwnToken"]["Resource"] == {"Ref": "ConsoleSecret"}
    assert {"Ref": "ConsoleRole"} not in [role for roles in attached for role in roles]


@pytest.mark.req("C1")
def test_the_console_has_its_own_layer_and_not_the_vendors_clients() -> None:
    document = yaml_parse((ROOT / "template.yaml").read_text())
    wanted = pins(ROOT / "infra" / "layers" / "console" / "requirements.txt")

    assert layers_of(document, "Console") == ["PowertoolsLayer", "ConsoleLayer"]
    assert sorted(wanted) == ["itsdangerous", "jinja2", "markupsafe"]
    assert (
        wanted.items()
        <= pins(ROOT / "requirements-dev.txt").items() & pins(ROOT / "infra/local/requirements.txt").items()
    )


@pytest.mark.req("O1")
def test_the_local_stack_changes_only_what_it_says() -> None:
    local = json.loads(json.dumps(PLAIN))
    notes = localise(local)

    gone = set(RESOURCES) - set(local["Resources"])
    assert {RESOURCES[k]["Type"] for k in gone} == {
        "AWS::ApiGatewayV2::Api",
        "AWS::ApiGatewayV2::Stage",
        "AWS::ApiGatewayV2::ApiMapping",
        "AWS::ApiGatewayV2::DomainName",
        "AWS::CloudFormation::Stack",
        "AWS::CodeDeploy::Application",
        "AWS::CodeDeploy::DeploymentGroup",
        "AWS::Lambda::LayerVersion",
        "AWS::Lambda::Permission",
        "AWS::SQS::QueuePolicy",
    }
    for logical_id in gone:
        assert any(note.startswith(f"{logical_id}:") for note in notes)
    widened = "EmailPolicy"
    (there,) = RESOURCES[widened]["Properties"]["PolicyDocument"]["Statement"]
    (here,) = local["Resources"][widened]["Properties"]["PolicyDocument"]["Statement"]
    assert here == {k: v for k, v in there.items() if k != "Condition"} | {"Resource": "*"}
    assert any(note.startswith(f"{widened}:") for note in notes)
    plain_http = "AlertTopicPolicy"
    kept = [s for s in properties(plain_http)["PolicyDocument"]["Statement"] if s["Sid"] != "RefusePlainHttp"]
    assert local["Resources"][plain_http]["Properties"]["PolicyDocument"]["Statement"] == kept
    assert any(note.startswith(f"{plain_http}:") for note in notes)
    for alias in of_type("AWS::Lambda::Alias"):
        without = {k: v for k, v in RESOURCES[alias].items() if k != "UpdatePolicy"}
        assert local["Resources"][alias] == without
        assert any(note.startswith(f"{alias}:") for note in notes)
    changed = {widened, plain_http, *of_type("AWS::Lambda::Function"), *of_type("AWS::Lambda::Alias")}
    for logical_id in set(local["Resources"]) - changed:
        before = json.dumps(RESOURCES[logical_id]).replace('{"Ref": "SigningSecret"}', "S")
        after = json.dumps(local["Resources"][logical_id]).replace(
            '{"Fn::GetAtt": ["SigningSecret", "Id"]}', "S"
        )
        for name in (
            "PendingSigningSecret",
            "NotionSecret",
            "SlackSecret",
            "HubSpotSecret",
            "MirrorSecret",
            "ConsoleSecret",
        ):
            before = before.replace(f'{{"Ref": "{name}"}}', name)
            after = after.replace(f'{{"Fn::GetAtt": ["{name}", "Id"]}}', name)
        assert before == after
