"""Where a bug came from, without what it says."""

from collections.abc import Callable

import pytest

from processor.culprit import culprit
from steward.documents import moment, snapshot_of

pytestmark = pytest.mark.req("P4")


def raised(call: Callable[[], object]) -> Exception:
    with pytest.raises(Exception) as caught:  # noqa: PT011 - any
        call()
    return caught.value


def test_a_bug_is_placed_by_the_innermost_function_and_never_by_its_text() -> None:
    assert culprit(raised(lambda: moment("Ann's diary"))) == "steward.documents.moment"


def test_in_foreign_code_the_function_of_ours_that_called_it_is_named_too() -> None:
    error = raised(lambda: snapshot_of({"document": "Ann's diary"}))

    assert culprit(error) == "json.decoder.JSONDecoder.raw_decode, called by steward.documents.snapshot_of"


def test_an_exception_that_was_never_raised_has_no_place() -> None:
    assert culprit(ValueError("Ann's diary")) == "an unknown place"
