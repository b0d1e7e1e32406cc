"""Who may do what, worked out from the transformed template; ``tests/stack/test_policies.py`` tries it."""

from typing import Any

import pytest

from tests.infra.policies import (
    ARNS,
    HERE,
    RESOURCES,
    allows,
    arn,
    like,
    resolved,
    statements_in,
    statements_of,
)

ROLES = sorted(k for k, r in RESOURCES.items() if r["Type"] == "AWS::IAM::Role")
LAMBDA = {k: r["Properties"] for k, r in RESOURCES.items() if r["Type"] == "AWS::Lambda::Function"}
DANGEROUS = [
    "dynamodb:BatchWriteItem",
    "dynamodb:DeleteItem",
    "dynamodb:DeleteTable",
    "dynamodb:ExportTableToPointInTime",
    "dynamodb:Scan",
    "dynamodb:UpdateTable",
    "kms:ScheduleKeyDeletion",
    "lambda:AddPermission",
    "lambda:UpdateFunctionCode",
    "lambda:UpdateFunctionConfiguration",
    "logs:DeleteLogGroup",
    "secretsmanager:DeleteSecret",
    "secretsmanager:DescribeSecret",
    "secretsmanager:PutResourcePolicy",
    "secretsmanager:UpdateSecret",
    "sns:Subscribe",
    "sqs:AddPermission",
    "sqs:PurgeQueue",
    "sqs:SetQueueAttributes",
]
"""What nobody asks for, tried on every resource all the same."""

ACTIONS = sorted({*DANGEROUS, *(a for role in ROLES for s in statements_of(role) for a in s.actions)})

MAY: dict[str, dict[str, set[str]]] = {
    "IngestRole": {
        "LaneQueue": {"sqs:SendMessage"},
        "SigningSecret": {"secretsmanager:GetSecretValue"},
        "PendingSigningSecret": {"secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"},
        "IngestLogGroup": {"logs:CreateLogStream", "logs:PutLogEvents"},
    },
    "ProcessorRole": {
        "LaneQueue": {
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "sqs:ChangeMessageVisibility",
            "sqs:SendMessage",
        },
        "DeadLetterQueue": {"sqs:SendMessage"},
        "StateTable": {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:PutItem"},
        "JournalTable": {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"},
        "NotionSecret": {"secretsmanager:GetSecretValue"},
        "SlackSecret": {"secretsmanager:GetSecretValue"},
        "MirrorSecret": {"secretsmanager:GetSecretValue"},
        "ProcessorLogGroup": {"logs:CreateLogStream", "logs:PutLogEvents"},
    },
    "TriageRole": {
        "LaneQueue": {"sqs:GetQueueAttributes"},
        "DeadLetterQueue": {"sqs:GetQueueAttributes"},
        "StateTable": {"dynamodb:GetItem", "dynamodb:PutItem"},
        "JournalTable": {
            "dynamodb:GetItem",
            "dynamodb:BatchGetItem",
            "dynamodb:Query",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
            "dynamodb:DeleteItem",
        },
        "NotionSecret": {"secretsmanager:GetSecretValue", "secretsmanager:UpdateSecretVersionStage"},
        "HubSpotSecret": {"secretsmanager:GetSecretValue"},
        "SlackSecret": {"secretsmanager:GetSecretValue"},
        "AlertTopic": {"sns:Publish"},
        "AlertKey": {"kms:GenerateDataKey", "kms:Decrypt"},
        "Processor": {"lambda:InvokeFunction"},
        "TriageLogGroup": {"logs:CreateLogStream", "logs:PutLogEvents"},
    },
    "ConsoleRole": {
        "StateTable": {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"},
        "JournalTable": {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"},
        "ConsoleSecret": {"secretsmanager:GetSecretValue"},
        "ConsoleLogGroup": {"logs:CreateLogStream", "logs:PutLogEvents"},
    },
    "SchedulerRole": {"LaneQueue": {"sqs:SendMessage"}, "Triage": {"lambda:InvokeFunction"}},
    "RolloutRole": {
        name: {"lambda:GetAlias", "lambda:UpdateAlias", "lambda:GetProvisionedConcurrencyConfig"}
        for name in ("Ingest", "Console")
    },
}
"""Everything that every role may do with a resource of the template, by logical id. Whoever gives more says it here."""

STARS = {
    "xray:PutTraceSegments": "X-Ray knows no resources for it",
    "xray:PutTelemetryRecords": "X-Ray knows no resources for it",
    "lambda:ListEventSourceMappings": "Lambda knows no resources for it",
    "cloudwatch:GetMetricStatistics": "CloudWatch knows no resources for it",
    "ec2:CreateNetworkInterface": "an interface has no name before it is made; only in a VPC, and never for our own code",
    "ec2:DeleteNetworkInterface": "Lambda chooses the interface; only in a VPC, and never for our own code",
    "ec2:DescribeNetworkInterfaces": "EC2 knows no resources for it",
    "ec2:DescribeSubnets": "EC2 knows no resources for it",
    "ec2:AssignPrivateIpAddresses": "Lambda chooses the interface; only in a VPC, and never for our own code",
    "ec2:UnassignPrivateIpAddresses": "Lambda chooses the interface; only in a VPC, and never for our own code",
}
"""Every action that is allowed on all resources, and why there is no better."""

OUTSIDE = {
    "cloudwatch:DescribeAlarms": "CloudWatch asks for the right to describe all, whichever are named",
    "lambda:UpdateEventSourceMapping": "the mapping is found at run time; the condition names the processor",
    "ses:SendEmail": "of whichever identity the sender is verified by; the condition names the sender",
}
"""Every action whose resources hold a * although they are not all, and why."""


def service(name: str) -> str:
    return arn(name).split(":")[2]


def granted(role: str) -> dict[str, set[str]]:
    """What a role may do with the template's own resources."""
    found: dict[str, set[str]] = {}
    for name, resource in RESOURCES.items():
        if resource["Type"] in ARNS:
            allowed = {
                action
                for action in ACTIONS
                if action.startswith(f"{service(name)}:")
                and allows(role, action, arn(name))
                # of Lambda's these two are about no function
                and action not in ("lambda:ListEventSourceMappings", "lambda:UpdateEventSourceMapping")
            }
            if allowed:
                found[name] = allowed
    return found


@pytest.mark.req("O3")
@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_do_what_its_part_needs_and_nothing_else(role: str) -> None:
    assert granted(role) == MAY[role]


@pytest.mark.req("O3")
def test_of_the_state_table_the_triage_lists_what_waits_and_nothing_else() -> None:
    table = arn("StateTable")
    asked = (f"{table}/index/due", f"{table}/index/by-source", table)

    assert [allows("TriageRole", "dynamodb:Query", one) for one in asked] == [True, False, False]


@pytest.mark.req("O3")
@pytest.mark.parametrize("function", sorted(LAMBDA))
def test_every_function_has_a_role_of_its_own_that_only_lambda_may_take(function: str) -> None:
    role = LAMBDA[function]["Role"]["Fn::GetAtt"][0]
    (trust,) = RESOURCES[role]["Properties"]["AssumeRolePolicyDocument"]["Statement"]

    assert role == f"{function}Role"
    assert trust["Principal"] == {"Service": "lambda.amazonaws.com"}
    assert "ManagedPolicyArns" not in RESOURCES[role]["Properties"]


@pytest.mark.req("O3")
def test_every_allow_on_all_resources_has_its_reason() -> None:
    every = [s for role in ROLES for s in statements_of(role) if s.effect == "Allow"]

    assert {a for s in every if "*" in s.resources for a in s.actions} == set(STARS)
    assert not any("*" in action for s in every for action in s.actions)
    # The index of a table is its own affair, so is a version or an alias of a function, so is a stream of a log.
    ours = [arn(name) for name, resource in RESOURCES.items() if resource["Type"] in ARNS]
    wide = {
        action
        for s in every
        for action in s.actions
        for resource in s.resources
        if "*" in resource and resource != "*" and not any(resource.startswith(one) for one in ours)
    }
    dsql = {"dsql:DbConnectAdmin"}  # one cluster, in whichever region it is
    assert wide - dsql == set(OUTSIDE)


@pytest.mark.req("O3")
@pytest.mark.parametrize("role", ["ProcessorRole", "TriageRole"])
def test_only_the_processors_own_event_source_is_paused(role: str) -> None:
    mapping = f"arn:aws:lambda:{HERE}:event-source-mapping:some-id"

    def may(function: str) -> bool:
        return allows(role, "lambda:UpdateEventSourceMapping", mapping, {"lambda:FunctionArn": function})

    assert may(arn("Processor"))
    assert may(f"{arn('Processor')}:live")
    assert not may(arn("Ingest"))
    assert not may(f"arn:aws:lambda:{HERE}:function:somebody-elses")
    assert not allows(role, "lambda:UpdateEventSourceMapping", mapping)
    assert not allows(
        role, "lambda:DeleteEventSourceMapping", mapping, {"lambda:FunctionArn": arn("Processor")}
    )


@pytest.mark.req("O3", "A11")
def test_e_mail_may_come_from_one_sender() -> None:
    identity = "arn:aws:ses:eu-west-1:000000000000:identity/example.com"

    def may(role: str, sender: str) -> bool:
        return allows(role, "ses:SendEmail", identity, {"ses:FromAddress": sender})

    assert may("ProcessorRole", "steward@example.com")
    assert not may("ProcessorRole", "ceo@example.com")
    assert not any(may(role, "steward@example.com") for role in ROLES if role != "ProcessorRole")


@pytest.mark.req("O3", "A7")
def test_in_a_vpc_lambda_makes_interfaces_and_the_processors_code_does_not() -> None:
    code = {"lambda:SourceFunctionArn": arn("Processor")}

    assert allows("ProcessorRole", "ec2:CreateNetworkInterface", "*")
    assert not allows("ProcessorRole", "ec2:CreateNetworkInterface", "*", code)
    assert not any(
        allows(role, "ec2:CreateNetworkInterface", "*") for role in ROLES if role != "ProcessorRole"
    )
    guarded = RESOURCES["ProcessorRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    assert [s["Fn::If"][0] for s in guarded if "Fn::If" in s] == ["InVpc"]


@pytest.mark.req("O3")
def test_whoever_is_not_ours_takes_a_role_for_our_account_only() -> None:
    for role in ROLES:
        (trust,) = RESOURCES[role]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        if trust["Principal"] != {"Service": "lambda.amazonaws.com"}:
            assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


TOPIC_ACTIONS = [
    "sns:AddPermission",
    "sns:DeleteTopic",
    "sns:GetTopicAttributes",
    "sns:ListSubscriptionsByTopic",
    "sns:Publish",
    "sns:RemovePermission",
    "sns:SetTopicAttributes",
    "sns:Subscribe",
]
"""All that a topic's policy may name. Source: SNS developer guide, "Amazon SNS API permissions"."""


def refused_over_http(kind: str, action: str, resource: str) -> bool:
    """Whether some resource policy refuses it to everybody over plain HTTP, and not over TLS."""
    documents = {k: r["Properties"]["PolicyDocument"] for k, r in RESOURCES.items() if r["Type"] == kind}
    said = [s for k, document in documents.items() for s in statements_in(k, document) if s.effect == "Deny"]
    http = any(s.covers(action, resource, {"aws:SecureTransport": "false"}) for s in said)
    return http and not any(s.covers(action, resource, {"aws:SecureTransport": "true"}) for s in said)


@pytest.mark.req("O3")
def test_queues_and_topics_want_tls_for_everything_from_everybody() -> None:
    queues = [k for k, r in RESOURCES.items() if r["Type"] == "AWS::SQS::Queue"]
    topics = [k for k, r in RESOURCES.items() if r["Type"] == "AWS::SNS::Topic"]
    queue_actions = ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:PurgeQueue", "sqs:GetQueueAttributes"]

    for queue in queues:
        assert all(refused_over_http("AWS::SQS::QueuePolicy", one, arn(queue)) for one in queue_actions)
    for topic in topics:
        assert all(refused_over_http("AWS::SNS::TopicPolicy", one, arn(topic)) for one in TOPIC_ACTIONS)
    for kind in ("AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"):
        policies = [r["Properties"]["PolicyDocument"] for r in RESOURCES.values() if r["Type"] == kind]
        denials: list[dict[str, Any]] = [s for p in policies for s in p["Statement"] if s["Effect"] == "Deny"]
        assert [s["Principal"] for s in denials] == ["*"]
    # No bucket is ours: a first one has to bring a policy of its own.
    assert not any(r["Type"] == "AWS::S3::Bucket" for r in RESOURCES.values())


@pytest.mark.req("O3")
def test_only_api_gateway_may_call_what_answers_the_internet() -> None:
    permissions = [r["Properties"] for r in RESOURCES.values() if r["Type"] == "AWS::Lambda::Permission"]

    assert permissions
    for one in permissions:
        assert (one["Principal"], one["Action"]) == ("apigateway.amazonaws.com", "lambda:InvokeFunction")
        assert resolved(one["SourceArn"]["Fn::Sub"][1]["__ApiId__"]) == "Api"


def test_the_evaluator_knows_patterns_denials_and_conditions_that_it_was_not_told() -> None:
    assert like("sqs:*", "sqs:SendMessage", case=False)
    assert like("sqs:send*", "sqs:SendMessage", case=False)
    assert not like("arn:aws:sqs:a", "arn:aws:sqs:ab")
    document = {"Effect": "Allow", "Action": "a:B", "Resource": "*", "Condition": {"IpAddress": {"k": "v"}}}
    (one,) = statements_in("X", {"Statement": [document]})
    with pytest.raises(ValueError, match="IpAddress"):
        one.covers("a:B", "r", {"k": "v"})
