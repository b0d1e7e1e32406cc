"""Property values as a PATCH takes them, and the question whether a page already has them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.property_values import (
    checkbox,
    date,
    holds,
    multi_select,
    people,
    relation,
    select,
    status,
)

ANN, BEN = "a11ce000-0000-4000-8000-00000000000a", "be000000-0000-4000-8000-00000000000b"


def page(kind: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"id": "p", "properties": {"It": {"id": "aB%3A", "type": kind, kind: value, **more}}}


@pytest.mark.req("P3", "A4")
@pytest.mark.parametrize(
    ("shown", "wanted", "answer"),
    [
        (page("status", {"id": "1", "name": "Done", "color": "green"}), status("Done"), True),
        (page("status", {"id": "1", "name": "Doing"}), status("Done"), False),
        (page("select", None), select(None), True),
        (page("select", {"name": "High"}), select(None), False),
        (page("multi_select", [{"name": "b"}, {"name": "a"}]), multi_select(["a", "b"]), True),
        (page("multi_select", [{"name": "a"}]), multi_select(["a", "b"]), False),
        (
            page("people", [{"object": "user", "id": ANN, "name": "Ann"}]),
            people([ANN.replace("-", "")]),
            True,
        ),
        (page("people", [{"id": ANN}, {"id": BEN}]), people([ANN]), False),
        (page("people", []), people([]), True),
        (page("people", [{"id": str(n)} for n in range(25)]), people([ANN]), None),
        (page("relation", [{"id": BEN}, {"id": ANN}]), relation([ANN, BEN]), True),
        (page("checkbox", value=True), checkbox(True), True),
        (page("checkbox", value=False), checkbox(True), False),
        (page("date", {"start": "2026-12-01", "end": None, "time_zone": None}), date("2026-12-01"), True),
        (page("date", {"start": "2026-12-01", "end": "2026-12-02"}), date("2026-12-01"), False),
        (
            page("date", {"start": "2026-12-01T11:00:00.000+01:00", "end": None}),
            date("2026-12-01T10:00:00Z"),
            True,
        ),
        (page("date", None), date(None), True),
        (page("number", 5), status("Done"), False),
        ({"id": "p"}, status("Done"), None),
        ({"id": "p", "properties": {}}, status("Done"), None),
    ],
)
def test_a_page_says_whether_a_write_is_there(
    shown: dict[str, Any], wanted: dict[str, Any], answer: bool | None
) -> None:
    assert holds(shown, {"It": wanted}) is answer
    assert holds(shown, {"aB%3A": wanted}) is answer


def test_one_value_that_is_not_there_is_enough_and_one_that_nobody_can_tell_is_not() -> None:
    shown = page("status", {"name": "Done"})

    assert holds(shown, {"It": status("Done"), "Gone": checkbox(True)}) is None
    assert holds(shown, {"It": status("Doing"), "Gone": checkbox(True)}) is False


def test_what_notion_would_refuse_is_not_made() -> None:
    with pytest.raises(ValueError, match="100"):
        people([str(n) for n in range(101)])
    with pytest.raises(ValueError, match="comma"):
        multi_select(["a, b"])
    assert people([ANN, ANN]) == {"people": [{"object": "user", "id": ANN}]}


@given(
    st.recursive(
        st.none() | st.text() | st.integers(),
        lambda s: st.lists(s) | st.dictionaries(st.sampled_from(["id", "name", "start", "x"]), s),
    )
)
def test_no_odd_page_makes_it_raise(odd: Any) -> None:
    for wanted in (people([ANN]), date("2026-12-01"), multi_select(["a"]), status("Done")):
        kind = next(iter(wanted))
        assert holds({"properties": {"It": {"id": "x", "type": kind, kind: odd}}}, {"It": wanted}) in (
            False,
            None,
        )
        assert holds({"properties": odd}, {"It": wanted}) is not True
