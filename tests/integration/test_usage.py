"""What ``cost`` takes for usage is what the code asks for: counted again, on tables and queues in memory."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from infra.operate import cost_inputs
from tests.bench import units as units_of
from tests.bench import usage

COUNTS = tuple(name for name in usage.NUMBERS if name not in ("cpu_us", "log_bytes", "bytes_kept"))


@pytest.mark.req("O6")
def test_the_measured_usage_is_that_of_the_code(tmp_path: Path) -> None:
    written = cost_inputs.usage()

    found = usage.measure(tmp_path)

    assert found.keys() == written.one.keys(), "run `make bench ARGS=--usage`"
    for kind, counted in found.items():
        told = written.one[kind]
        assert {name: counted.numbers.get(name, 0) for name in COUNTS} == pytest.approx(
            {name: told.get(name, 0) for name in COUNTS}, abs=0.25
        ), f"{kind}: run `make bench ARGS=--usage`"
        assert sorted(counted.metrics) == sorted(written.metrics[kind]), "run `make bench ARGS=--usage`"
        for name in ("log_bytes", "bytes_kept"):
            assert counted.numbers.get(name, 0) == pytest.approx(told.get(name, 0), rel=0.25, abs=20), name
    text = usage.document(found, usage.assumed_part(Path(str(cost_inputs.HERE / "usage.toml")).read_text()))
    (tmp_path / "usage.toml").write_text(text)
    assert cost_inputs.usage(tmp_path / "usage.toml").assumed == written.assumed
    assert os.environ["POWERTOOLS_SERVICE_NAME"]


@pytest.mark.req("O6")
def test_a_write_costs_a_unit_for_each_kib_of_the_larger_twice_in_a_transaction_and_once_an_index_it_changes() -> (
    None
):
    from tests.integration.aws import template  # noqa: PLC0415 - only this test needs the tables
    from tests.integration.tables import Tables  # noqa: PLC0415 - the same

    tables = Tables()
    table = tables.make("StateTable", template()["StateTable"]["Properties"])

    def units(operation: str, asked: Mapping[str, object]) -> int:
        return sum(n for n, _ in units_of.written(tables.database, operation, asked))

    small = {"TableName": "StateTable", "Item": {"pk": "a", "sk": "b", "words": "x" * 100}}
    assert units("PutItem", small) == 1
    large = {"TableName": "StateTable", "Item": {"pk": "a", "sk": "b", "words": "x" * 2500}}
    assert units("PutItem", large) == 3
    table.put_item(Item=large["Item"])
    assert units("PutItem", small) == 3, "what was there counts, too"
    owed = {"TableName": "StateTable", "Item": {"pk": "e", "sk": "f", "due": "effect", "due_at": 5}}
    assert units("PutItem", owed) == 2
    assert units("TransactWriteItems", {"TransactItems": [{"Put": owed}]}) == 4
    table.put_item(Item=owed["Item"])
    later = {**owed, "Item": {"pk": "e", "sk": "f", "due": "effect", "due_at": 9}}
    assert units("PutItem", later) == 3, "an entry that moves goes there and comes here"
    assert units("PutItem", owed) == 1, "an entry that stays costs nothing"
