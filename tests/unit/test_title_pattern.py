"""A title pattern fits what it should, and none that is allowed keeps a function busy."""

import time

import pytest

from steward.rules.title_pattern import LONGEST, SEEN, PatternRefused, check, fits


@pytest.mark.req("A4")
@pytest.mark.parametrize(
    ("pattern", "title", "expected"),
    [
        ("bug", "A BUG in the door", True),
        ("^bug", "A bug", False),
        (r"^\[?bug\b", "[Bug] door", True),
        (r"^\[?bug\b", "Buggy", False),
        (r"(fix|feat)(\([a-z]+\))?: ", "Feat(ui): door", True),
        (r"#\d{2,4}$", "Door #12", True),
        ("Straße", "STRASSE", False),
        ("offer|invoice", "The invoice", True),
        ("[]x]+", "a]", True),
        (r"a\.b", "a.b", True),
        ("x", "a" * SEEN + "x", False),
    ],
)
def test_a_pattern_fits_as_re_reads_it(pattern: str, title: str, expected: bool) -> None:
    assert fits(check(pattern), title) is expected


@pytest.mark.req("A4")
@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+",
        "(a*)*b",
        "(a|a)*b",
        "(a|aa)+$",
        ".*.*.*=.*",
        "(.*a){12}",
        "(x?){40}",
        "a?" * 30 + "a" * 30,
        "(a|a)" * 18,
        "a{1,90}a{1,90}a{1,90}",
        "(?=a)b",
        "(?P<n>a)",
        "(?i)a",
        r"(a)\1",
        "(",
        "a{9999999999}",
        "a" * (LONGEST + 1),
    ],
)
def test_a_pattern_that_could_take_long_or_is_none_is_refused(pattern: str) -> None:
    with pytest.raises(PatternRefused):
        check(pattern)


@pytest.mark.req("A4")
@pytest.mark.parametrize(
    ("pattern", "title"),
    [
        (".*a.*=", "a" * SEEN),
        ("^.*a.*a.*=", "a" * SEEN),
        ("(a|a)" * 15 + "b", "a" * SEEN),
        ("a?" * 15 + "a" * 15 + "b", "a" * SEEN),
        ("(a|ab|abc|abcd){5}=", "abcd" * (SEEN // 4)),
        (r"(\w|\w\w){12}=", "a" * SEEN),
    ],
)
def test_the_slowest_patterns_that_are_allowed_end_soon(pattern: str, title: str) -> None:
    began = time.process_time()
    fits(check(pattern), title)

    assert time.process_time() - began < 3
