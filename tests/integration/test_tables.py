"""One contract for the tables in memory and moto's, so that what is shown with the quick ones holds with the others."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from typing import Any

import boto3
import pytest
from boto3.dynamodb.conditions import Attr, Key
from botocore.exceptions import ClientError, ParamValidationError
from moto import mock_aws

from tests.integration.aws import REGION, template
from tests.integration.tables import Table, Tables

RESOURCES = template()
TAKEN = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
PAGE = {"pk": "PAGE#1", "sk": "SNAPSHOT"}

Of = Callable[[str], Any]


@pytest.fixture(params=["in memory", "moto"])
def table_of(request: pytest.FixtureRequest) -> Iterator[Of]:
    """The template's tables by their names there."""
    tables = Tables()
    if request.param == "in memory":
        yield lambda name: tables.make(name, RESOURCES[name]["Properties"])
        return

    def made(name: str) -> Any:
        properties = RESOURCES[name]["Properties"]
        resource = boto3.Session(region_name=REGION).resource("dynamodb")
        resource.create_table(TableName=name, **{key: properties[key] for key in TAKEN})
        return resource.Table(name)

    with mock_aws():
        yield made


@pytest.fixture
def state(table_of: Of) -> Any:
    return table_of("StateTable")


@pytest.fixture
def journal(table_of: Of) -> Any:
    return table_of("JournalTable")


def row(number: int, **more: object) -> dict[str, Any]:
    return {"pk": "PAGE#1", "sk": f"EFFECT#{number:03}", **more}


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(ClientError) as caught:
        call()
    return str(caught.value.response["Error"]["Code"])


def whole_query(table: Any, **query: Any) -> tuple[list[dict[str, Any]], int]:
    """Every row of a query, and how many pages they came on."""
    items, pages = [], 0
    while True:
        answer = table.query(**query)
        items += answer["Items"]
        pages += 1
        if "LastEvaluatedKey" not in answer:
            return items, pages
        query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def test_a_row_comes_back_as_it_was_written_with_decimals_for_numbers(state: Any) -> None:
    nested = {"a": [1, "b", None, True, {"c": -2}], "é": ""}
    state.put_item(Item={**PAGE, "nested": nested, "version": 3})
    found = state.get_item(Key=PAGE, ConsistentRead=True)["Item"]
    assert found == {**PAGE, "nested": nested, "version": 3}
    assert isinstance(found["version"], Decimal)
    assert isinstance(found["nested"]["a"][0], Decimal)
    assert found["nested"]["a"][3] is True


def test_what_a_reader_and_a_writer_do_to_their_copies_does_not_reach_the_table(state: Any) -> None:
    written: dict[str, Any] = {**PAGE, "names": ["Ann"]}
    state.put_item(Item=written)
    written["names"].append("Ben")
    state.get_item(Key=PAGE)["Item"]["names"].append("Chloe")
    assert state.get_item(Key=PAGE)["Item"]["names"] == ["Ann"]


def test_there_is_no_item_in_the_answer_when_there_is_none(state: Any) -> None:
    assert "Item" not in state.get_item(Key=PAGE)
    state.delete_item(Key=PAGE)
    assert state.query(KeyConditionExpression=Key("pk").eq("PAGE#1"))["Items"] == []


def test_writing_again_replaces_the_whole_row_in_the_table_and_its_indexes(state: Any) -> None:
    due = Key("due").eq("effect") & Key("due_at").lte(100)
    state.put_item(Item={**PAGE, "due": "effect", "due_at": 7, "body": "b"})
    assert state.query(IndexName="due", KeyConditionExpression=due)["Items"] == [
        {**PAGE, "due": "effect", "due_at": 7}
    ]
    state.put_item(Item={**PAGE, "status": "done"})
    assert state.get_item(Key=PAGE)["Item"] == {**PAGE, "status": "done"}
    assert state.query(IndexName="due", KeyConditionExpression=due)["Items"] == []


@pytest.mark.parametrize("value", [1.5, object()])
def test_what_dynamodb_has_no_type_for_is_refused_by_type(state: Any, value: object) -> None:
    with pytest.raises(TypeError):
        state.put_item(Item={**PAGE, "value": value})


@pytest.mark.parametrize(
    "item",
    [
        {"pk": "", "sk": "a"},
        {**PAGE, "text": "x" * 410_000},
    ],
    ids=["empty key", "too large"],
)
def test_what_breaks_the_rules_of_the_table_is_refused(state: Any, item: dict[str, Any]) -> None:
    assert refusal(lambda: state.put_item(Item=item)) == "ValidationException"


@pytest.mark.parametrize(
    ("there", "condition", "more", "written"),
    [
        ({}, "attribute_not_exists(pk)", {}, True),
        ({"version": 1}, "attribute_not_exists(pk)", {}, False),
        ({}, "attribute_exists(pk)", {}, False),
        ({"version": 1}, "attribute_exists(pk)", {}, True),
        ({"version": 1}, "version = :v", {"ExpressionAttributeValues": {":v": 1}}, True),
        ({"version": 2}, "version = :v", {"ExpressionAttributeValues": {":v": 1}}, False),
        ({}, "version = :v", {"ExpressionAttributeValues": {":v": 1}}, False),
        ({"version": "1"}, "version = :v", {"ExpressionAttributeValues": {":v": 1}}, False),
        (
            {"status": "planned"},
            "#status = :seen",
            {
                "ExpressionAttributeNames": {"#status": "status"},
                "ExpressionAttributeValues": {":seen": "planned"},
            },
            True,
        ),
        *(
            (
                there,
                "attribute_not_exists(pk) OR #ttl <= :now",
                {"ExpressionAttributeNames": {"#ttl": "ttl"}, "ExpressionAttributeValues": {":now": 5}},
                written,
            )
            for there, written in (({}, True), ({"ttl": 5}, True), ({"ttl": 6}, False), ({"x": 1}, False))
        ),
    ],
)
def test_a_write_with_a_condition_happens_only_if_it_holds(
    state: Any, there: dict[str, Any], condition: str, more: dict[str, Any], *, written: bool
) -> None:
    if there:
        state.put_item(Item={**PAGE, **there})

    def write() -> None:
        state.put_item(Item={**PAGE, "new": True}, ConditionExpression=condition, **more)

    if written:
        write()
    else:
        assert refusal(write) == "ConditionalCheckFailedException"
    assert ("new" in state.get_item(Key=PAGE).get("Item", {})) is written


def test_an_update_sets_and_adds_and_makes_the_row_if_no_condition_forbids_it(journal: Any) -> None:
    update = {
        "Key": PAGE,
        "UpdateExpression": "ADD deliveries :one",
        "ExpressionAttributeValues": {":one": 1},
    }
    assert (
        refusal(lambda: journal.update_item(**update, ConditionExpression="attribute_exists(pk)"))
        == "ConditionalCheckFailedException"
    )
    journal.update_item(**update)
    journal.update_item(**update, ConditionExpression="attribute_exists(pk)")
    journal.update_item(
        Key=PAGE,
        UpdateExpression="SET updated_at = :at, posted = :posted ADD version :one",
        ExpressionAttributeValues={":at": "now", ":posted": {"ts": "1"}, ":one": 1},
    )
    assert journal.get_item(Key=PAGE)["Item"] == {
        **PAGE,
        "deliveries": 2,
        "updated_at": "now",
        "posted": {"ts": "1"},
        "version": 1,
    }


def test_a_transaction_writes_all_or_nothing(state: Any) -> None:
    client, table = state.meta.client, {"TableName": state.name}
    new = {**table, "Item": row(1), "ConditionExpression": "attribute_not_exists(pk)"}
    kept = {**table, "Item": row(2, status="planned")}
    client.transact_write_items(TransactItems=[{"Put": new}, {"Put": kept}])
    over = {
        **table,
        "Item": row(2, status="done"),
        "ConditionExpression": "#s = :s",
        "ExpressionAttributeNames": {"#s": "status"},
        "ExpressionAttributeValues": {":s": "planned"},
    }
    assert (
        refusal(lambda: client.transact_write_items(TransactItems=[{"Put": over}, {"Put": new}]))
        == "TransactionCanceledException"
    )
    assert state.get_item(Key=row(2))["Item"] == row(2, status="planned")
    gone = {**table, "Key": row(1)}
    added = {
        **table,
        "Key": row(3),
        "UpdateExpression": "SET a = :a ADD n :n",
        "ExpressionAttributeValues": {":a": "b", ":n": 2},
    }
    client.transact_write_items(TransactItems=[{"Put": over}, {"Delete": gone}, {"Update": added}])
    assert state.query(KeyConditionExpression=Key("pk").eq("PAGE#1"))["Items"] == [
        row(2, status="done"),
        row(3, a="b", n=2),
    ]


def test_a_transaction_takes_100_actions_each_on_a_row_of_its_own(state: Any) -> None:
    def puts(numbers: Any) -> list[dict[str, Any]]:
        return [{"Put": {"TableName": state.name, "Item": row(number)}} for number in numbers]

    transact = state.meta.client.transact_write_items
    for numbers in (range(101), (1, 1)):
        assert refusal(partial(transact, TransactItems=puts(numbers))) == "ValidationException"
    with pytest.raises(ParamValidationError):
        transact(TransactItems=[])
    state.meta.client.transact_write_items(TransactItems=puts(range(100)))
    assert len(state.query(KeyConditionExpression=Key("pk").eq("PAGE#1"))["Items"]) == 100


def test_a_partition_is_read_in_the_order_of_its_sort_key_from_either_end(state: Any) -> None:
    for number in (3, 1, 2):
        state.put_item(Item=row(number))
    state.put_item(Item={"pk": "PAGE#2", "sk": "EFFECT#001"})
    state.put_item(Item=PAGE)
    query = {"KeyConditionExpression": Key("pk").eq("PAGE#1") & Key("sk").begins_with("EFFECT#")}
    ordered = [row(n) for n in (1, 2, 3)]
    assert state.query(**query)["Items"] == ordered
    assert state.query(**query, ScanIndexForward=False)["Items"] == ordered[::-1]


@pytest.mark.parametrize("forward", [True, False])
def test_pages_of_a_limit_follow_one_another_without_a_gap(state: Any, *, forward: bool) -> None:
    for number in range(7):
        state.put_item(Item=row(number, due="effect", due_at=number // 2))
    for more in (
        {"KeyConditionExpression": Key("pk").eq("PAGE#1")},
        {"IndexName": "due", "KeyConditionExpression": Key("due").eq("effect")},
    ):
        items, pages = whole_query(state, **more, Limit=3, ScanIndexForward=forward)
        assert pages == 3
        assert sorted(i["sk"] for i in items) == [f"EFFECT#{n:03}" for n in range(7)]
        if "IndexName" in more:
            times = [i["due_at"] for i in items]
            assert times == sorted(times, reverse=not forward)


def test_a_page_ends_at_a_megabyte(state: Any) -> None:
    for number in range(4):
        state.put_item(Item=row(number, text="x" * 350_000))
    items, pages = whole_query(state, KeyConditionExpression=Key("pk").eq("PAGE#1"))
    assert (len(items), pages) == (4, 2)


def test_an_index_holds_the_rows_that_have_its_attributes_between_two_values(journal: Any) -> None:
    for number in range(5):
        journal.put_item(Item=row(number, day="monday", at=f"0{number}", dialect="ab"[number % 2], why="w"))
    journal.put_item(Item=row(9, day="monday"))
    query = {
        "IndexName": "by-day",
        "KeyConditionExpression": Key("day").eq("monday") & Key("at").between("01", "03"),
    }
    assert [i["at"] for i in journal.query(**query)["Items"]] == ["01", "02", "03"]
    names = {"ProjectionExpression": "#at, #none", "ExpressionAttributeNames": {"#at": "at", "#none": "none"}}
    assert journal.query(**query, **names)["Items"] == [{"at": "01"}, {"at": "02"}, {"at": "03"}]
    counted = journal.query(**query, Select="COUNT", FilterExpression=Attr("dialect").is_in(["b", "c"]))
    assert (counted["Count"], counted["ScannedCount"]) == (2, 3)
    assert "Items" not in counted


def test_an_index_can_not_be_read_consistently(journal: Any) -> None:
    query = {"IndexName": "by-day", "KeyConditionExpression": Key("day").eq("d"), "ConsistentRead": True}
    assert refusal(lambda: journal.query(**query)) == "ValidationException"


def test_a_batch_gives_those_of_up_to_100_rows_that_are_there(state: Any) -> None:
    state.put_item(Item=row(1))

    def batch(numbers: Any) -> Any:
        keys = [row(number) for number in numbers]
        return state.meta.client.batch_get_item(
            RequestItems={state.name: {"Keys": keys, "ConsistentRead": True}}
        )

    answer = batch(range(100))
    assert (answer["Responses"], answer["UnprocessedKeys"]) == ({state.name: [row(1)]}, {})
    for numbers in (range(101), (1, 1)):
        assert refusal(partial(batch, numbers)) == "ValidationException"
    with pytest.raises(ParamValidationError):
        batch(())


def test_a_projection_shows_what_it_names(state: Any) -> None:
    state.put_item(Item={**PAGE, "decision": "observed"})
    assert state.get_item(Key=PAGE, ProjectionExpression="decision")["Item"] == {"decision": "observed"}


@pytest.fixture
def strict() -> Table:
    """The State table in memory, which keeps to DynamoDB where moto does not."""
    return Tables().make("StateTable", RESOURCES["StateTable"]["Properties"])


@pytest.mark.parametrize("item", [{"due": "effect", "due_at": "soon"}, {"due": 1}])
def test_in_memory_what_an_index_goes_by_has_its_type(strict: Table, item: dict[str, Any]) -> None:
    assert refusal(lambda: strict.put_item(Item={**PAGE, **item})) == "ValidationException"


def test_in_memory_a_truth_is_no_number(strict: Table) -> None:
    strict.put_item(Item={**PAGE, "version": True})
    again = {
        "Item": PAGE,
        "ConditionExpression": "version = :v",
        "ExpressionAttributeValues": {":v": 1},
    }
    assert refusal(lambda: strict.put_item(**again)) == "ConditionalCheckFailedException"


@pytest.mark.parametrize(
    ("operation", "asked"),
    [
        ("put_item", {"Item": PAGE, "ReturnValues": "ALL_OLD"}),
        ("put_item", {"Item": PAGE, "ConditionExpression": "size(a) > :n"}),
        ("put_item", {"Item": PAGE, "ConditionExpression": "NOT attribute_exists(pk)"}),
        ("update_item", {"Key": PAGE, "UpdateExpression": "REMOVE a"}),
        ("query", {"KeyConditionExpression": Key("sk").eq("SNAPSHOT")}),
        (
            "query",
            {
                "KeyConditionExpression": Key("pk").eq("PAGE#1"),
                "FilterExpression": Attr("a").contains("b"),
            },
        ),
    ],
)
def test_in_memory_whatever_is_not_known_is_refused_loudly(
    strict: Table, operation: str, asked: dict[str, Any]
) -> None:
    strict.put_item(Item={**PAGE, "a": "b"})
    with pytest.raises(AssertionError):
        getattr(strict, operation)(**asked)
