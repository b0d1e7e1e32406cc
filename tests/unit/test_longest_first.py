"""The order of the modules of tests."""

from tests.longest_first import longest_first


def test_busy_and_waiting_modules_take_turns_and_the_longest_comes_first() -> None:
    given = ["browser/b.py", "crash/a.py", "crash/test_single_faults_third.py", "stack/s.py", "unit/u.py"]
    assert longest_first(given) == [
        "crash/test_single_faults_third.py",
        "browser/b.py",
        "crash/a.py",
        "stack/s.py",
        "unit/u.py",
    ]


def test_what_is_not_known_stays_in_its_order_and_nothing_gets_lost() -> None:
    assert longest_first(["unit/b.py", "conftest.py", "unit/a.py"]) == [
        "unit/b.py",
        "conftest.py",
        "unit/a.py",
    ]
