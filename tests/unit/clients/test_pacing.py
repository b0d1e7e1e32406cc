"""One message a second and channel."""

import pytest

from steward.clients.pacing import PERIOD, Pacer


class Time:
    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.mark.req("A11")
def test_the_first_message_waits_for_nothing_and_the_next_for_its_second(time: Time) -> None:
    pacer = Pacer(time, time.sleep)
    for _ in range(3):
        pacer.take_turn("#tasks")
    assert time.slept == [PERIOD, PERIOD]


@pytest.mark.req("A11")
def test_time_that_passed_is_not_waited_again(time: Time) -> None:
    pacer = Pacer(time, time.sleep)
    pacer.take_turn("#tasks")
    time.now += 0.75
    pacer.take_turn("#tasks")
    time.now += 5
    pacer.take_turn("#tasks")
    assert time.slept == [0.25]


@pytest.mark.req("A11")
def test_channels_do_not_wait_for_each_other(time: Time) -> None:
    pacer = Pacer(time, time.sleep)
    pacer.take_turn("#tasks")
    pacer.take_turn("#team")
    assert time.slept == []


def test_a_clock_that_is_set_back_costs_one_second_and_not_an_hour(time: Time) -> None:
    pacer = Pacer(time, time.sleep)
    pacer.take_turn("#tasks")
    time.now -= 3600
    pacer.take_turn("#tasks")
    time.now += PERIOD
    pacer.take_turn("#tasks")
    assert time.slept == [PERIOD]
