"""What is changed in a transformed template, and what is not."""

import copy
from typing import Any

from infra.local.http_api import Route, Throttle, aliases_of, routes_of, throttle_of
from infra.local.localise import localise


def secret() -> dict[str, Any]:
    return {"Type": "AWS::SecretsManager::Secret", "Properties": {}}


def changed(
    resources: dict[str, Any], outputs: dict[str, Any] | None = None
) -> tuple[dict[str, Any], list[str]]:
    plain = {"Resources": copy.deepcopy(resources), "Outputs": copy.deepcopy(outputs or {})}
    notes = localise(plain)
    return plain, notes


def test_a_secret_is_named_by_its_arn_wherever_it_is_referred_to() -> None:
    table = {"Type": "AWS::DynamoDB::Table", "Properties": {"A": {"Ref": "Token"}, "B": {"Ref": "Other"}}}
    policy = {
        "Type": "AWS::IAM::Policy",
        "Properties": {
            "List": [{"Ref": "Token"}, {"Fn::Sub": "${Token}-x-${Other}-${AWS::Region}-${!Token}"}],
            "Pair": {"Fn::Sub": ["${Token}/${V}", {"V": {"Ref": "Token"}}]},
        },
    }
    plain, notes = changed(
        {"Token": secret(), "Table": table, "Policy": policy}, {"Out": {"Value": {"Ref": "Token"}}}
    )
    arn = {"Fn::GetAtt": ["Token", "Id"]}

    assert plain["Resources"]["Table"]["Properties"] == {"A": arn, "B": {"Ref": "Other"}}
    assert plain["Resources"]["Policy"]["Properties"] == {
        "List": [arn, {"Fn::Sub": "${Token.Id}-x-${Other}-${AWS::Region}-${!Token}"}],
        "Pair": {"Fn::Sub": ["${Token.Id}/${V}", {"V": arn}]},
    }
    assert plain["Outputs"] == {"Out": {"Value": arn}}
    assert {note.split(":")[0] for note in notes} == {"Table", "Policy", "Out"}


def test_a_function_runs_by_a_bootstrap_and_keeps_the_rest() -> None:
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "python3.13",
            "Layers": [{"Ref": "L"}],
            "SnapStart": {"ApplyOn": "PublishedVersions"},
            "Timeout": 10,
            "ReservedConcurrentExecutions": 1,
        },
    }
    plain, notes = changed({"F": function, "L": {"Type": "AWS::Lambda::LayerVersion", "Properties": {}}})

    assert plain["Resources"] == {
        "F": {
            "Type": "AWS::Lambda::Function",
            "Properties": {"Runtime": "provided.al2023", "Timeout": 10, "ReservedConcurrentExecutions": 1},
        }
    }
    assert len(notes) == 4


def queue_policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {
        "Type": "AWS::SQS::QueuePolicy",
        "Properties": {"PolicyDocument": {"Statement": list(statements)}},
    }


def test_only_the_refusal_of_plain_http_leaves_a_queue_policy() -> None:
    refusal = {"Effect": "Deny", "Action": "sqs:*", "Condition": {"Bool": {"aws:SecureTransport": False}}}
    grant = {
        "Effect": "Allow",
        "Action": "sqs:SendMessage",
        "Condition": {"Bool": {"aws:SecureTransport": "true"}},
    }
    plain, notes = changed(
        {"Both": queue_policy(refusal, grant), "Http": queue_policy(refusal), "Not": queue_policy(grant)}
    )

    assert plain["Resources"] == {"Both": queue_policy(grant), "Not": queue_policy(grant)}
    assert {note.split(":")[0] for note in notes} == {"Both", "Http"}


def api(**operation: Any) -> dict[str, Any]:
    integration = {"uri": {"Fn::Sub": "arn:x:path/functions/${F.Arn}/invocations"}, **operation}
    wrapped = {"x-amazon-apigateway-integration": integration}
    paths = {"/a": {"post": wrapped}, "/b": {"x-amazon-apigateway-any-method": wrapped}}
    return {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Body": {"paths": paths}}}


def test_the_api_leaves_with_what_names_it_and_nothing_else() -> None:
    resources = {
        "Api": api(),
        "Stage": {"Type": "AWS::ApiGatewayV2::Stage", "Properties": {"ApiId": {"Ref": "Api"}}},
        "Mine": {
            "Type": "AWS::Lambda::Permission",
            "Properties": {"SourceArn": {"Fn::Sub": ["arn:${Id}/*", {"Id": {"Ref": "Api"}}]}},
        },
        # Names that only look like the API's.
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "Api"}},
        "Yours": {"Type": "AWS::Lambda::Permission", "Properties": {"SourceArn": {"Fn::Sub": "${ApiKeys}"}}},
    }
    plain, notes = changed(
        resources, {"Url": {"Value": {"Fn::Sub": "${Api.ApiEndpoint}/a"}}, "Name": {"Value": "Api"}}
    )

    assert set(plain["Resources"]) == {"Topic", "Yours"}
    assert set(plain["Outputs"]) == {"Name"}
    assert {note.split(":")[0] for note in notes} == {"Api", "Stage", "Mine", "Url"}


def test_a_function_that_names_the_api_says_nothing_there() -> None:
    kept = {"Fn::If": ["Own", {"Ref": "Url"}, ""]}
    url = {"Fn::If": ["Own", {"Ref": "Url"}, {"Fn::Sub": "${Api.ApiEndpoint}/dashboard"}]}
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {"Environment": {"Variables": {"URL": url, "TABLE": {"Ref": "Table"}}}},
    }
    plain, notes = changed({"Api": api(), "F": function})

    assert plain["Resources"]["F"]["Properties"]["Environment"]["Variables"] == {
        "URL": kept,
        "TABLE": {"Ref": "Table"},
    }
    assert "F: the HTTP API left out of URL" in notes


def test_what_carries_a_release_out_leaves_and_the_alias_stays() -> None:
    alias = {"Type": "AWS::Lambda::Alias", "Properties": {"Name": "live", "FunctionName": {"Ref": "F"}}}
    resources = {
        "Group": {"Type": "AWS::CodeDeploy::DeploymentGroup", "Properties": {}},
        "Alias": {**alias, "UpdatePolicy": {"CodeDeployLambdaAliasUpdate": {}}},
    }
    plain, notes = changed(resources)

    assert plain["Resources"] == {"Alias": alias}
    assert {note.split(":")[0] for note in notes} == {"Group", "Alias"}


def test_a_route_to_an_alias_is_one_to_its_function() -> None:
    alias = {"Type": "AWS::Lambda::Alias", "Properties": {"FunctionName": {"Ref": "F"}}}
    uri = {"Fn::Sub": "arn:x:path/functions/${FAliaslive}/invocations"}
    resources = {"Api": api(uri=uri), "FAliaslive": alias}

    assert {route.function for route in routes_of({"Resources": resources})} == {"F"}
    assert aliases_of({"Resources": resources}) == {"F": "FAliaslive"}


def test_routes_and_their_time_outs_come_from_the_openapi_body() -> None:
    assert routes_of({"Resources": {"Api": api()}}) == [
        Route("POST", "/a", "F", 30.0),
        Route("ANY", "/b", "F", 30.0),
    ]
    assert {route.seconds for route in routes_of({"Resources": {"Api": api(timeoutInMillis=5000)}})} == {5.0}


def test_the_throttle_is_the_stages_or_none() -> None:
    def stage(**settings: Any) -> dict[str, Any]:
        kind = "AWS::ApiGatewayV2::Stage"
        return {"Resources": {"S": {"Type": kind, "Properties": {"DefaultRouteSettings": settings}}}}

    assert throttle_of(stage(ThrottlingRateLimit=5, ThrottlingBurstLimit=7)) == Throttle(5, 7)
    assert throttle_of(stage()) is None


def test_only_the_right_to_send_mail_is_widened_to_what_the_local_iam_can_tell() -> None:
    condition = {"StringEquals": {"ses:FromAddress": {"Ref": "EmailSender"}}}
    mail = {"Effect": "Allow", "Action": "ses:SendEmail", "Resource": ["arn:x"], "Condition": condition}
    other = mail | {"Action": "sqs:SendMessage"}
    policy = {"Type": "AWS::IAM::Policy", "Properties": {"PolicyDocument": {"Statement": [mail, other]}}}
    plain, notes = changed({"Rights": policy})

    statements = plain["Resources"]["Rights"]["Properties"]["PolicyDocument"]["Statement"]
    assert statements == [{"Effect": "Allow", "Action": "ses:SendEmail", "Resource": "*"}, other]
    assert notes == ["Rights: e-mail of any identity and sender"]
