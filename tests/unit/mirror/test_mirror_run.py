"""An order to compare the mirror's sides on the lane, and what is remembered of its run."""

import json
from datetime import UTC, datetime

import pytest

from steward.baseline import Phase
from steward.envelope import GRACE, LONGEST_GRACE, Comparison, Envelope, decode, encode_comparison
from steward.errors import Undecodable
from steward.mirror.report import SourceReport
from steward.mirror.run import Run

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ORDER = Comparison("run", "postgres", dry_run=True, link=True, grace=0)


@pytest.mark.req("A7", "P1")
def test_an_order_survives_the_lane_and_is_kept_until_it_is_done() -> None:
    found = decode(encode_comparison(ORDER, 3))

    assert found == Envelope("compare", part=3, comparison=ORDER)
    assert not found.comes_again


@pytest.mark.req("P1")
@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"run": "run"}, Comparison("run", grace=GRACE)),
        ({"run": "run", "repair": "everything", "dry_run": 1, "grace": -5}, Comparison("run", grace=0)),
        ({"run": "run", "grace": 10**30}, Comparison("run", grace=LONGEST_GRACE)),
        ({"run": "run", "repair": "notion", "grace": "long"}, Comparison("run", "notion")),
    ],
)
def test_of_an_order_that_says_something_else_nothing_is_mended(
    document: dict[str, object], expected: Comparison
) -> None:
    assert decode(json.dumps({"v": 1, "kind": "compare", **document})).comparison == expected


@pytest.mark.req("P1")
def test_an_order_without_a_run_is_no_order() -> None:
    with pytest.raises(Undecodable, match="which run"):
        decode('{"v": 1, "kind": "compare"}')


@pytest.mark.req("A7")
def test_a_run_goes_on_where_it_was_remembered() -> None:
    run = Run(
        ORDER,
        Phase.RUNNING,
        NOW,
        NOW,
        source=1,
        since=NOW,
        cursor="c",
        reached=NOW,
        after="r",
        parts=2,
        calls=7,
        rows_unlinked=1,
        sources=(SourceReport("Tasks", pages=3),),
        why="waits",
    )

    assert Run.of(json.loads(json.dumps(run.document()))) == run
    assert Run.of(None) is None
