"""How often one address may fail."""

import pytest

from console.throttle import BURST, EVERY, MOST, Throttle


class Clock:
    def __init__(self) -> None:
        self.now = 5.0

    def __call__(self) -> float:
        return self.now


def failing(address: str, times: int, clock: Clock) -> Throttle:
    throttle = Throttle(clock)
    for _ in range(times):
        throttle.failed(address)
    return throttle


@pytest.mark.req("C3")
def test_an_address_may_fail_so_often_at_once_and_then_waits() -> None:
    clock = Clock()
    throttle = failing("192.0.2.1", BURST - 1, clock)
    assert throttle.wait("192.0.2.1") == 0

    throttle.failed("192.0.2.1")
    assert throttle.wait("192.0.2.1") == EVERY
    clock.now += EVERY
    assert throttle.wait("192.0.2.1") == 0


@pytest.mark.req("C3")
def test_one_address_does_not_lock_out_another() -> None:
    assert failing("192.0.2.1", 50, Clock()).wait("192.0.2.2") == 0


@pytest.mark.req("C3")
@pytest.mark.parametrize(
    ("other", "same"),
    [("2001:db8::ffff", True), ("2001:db8:0:0:1::", True), ("2001:db8:0:1::1", False)],
)
def test_an_ipv6_network_is_one_address(other: str, same: bool) -> None:
    assert (failing("2001:db8::1", 50, Clock()).wait(other) > 0) is same


@pytest.mark.req("C3")
def test_what_is_no_address_shares_a_bucket() -> None:
    assert failing("", 50, Clock()).wait("<script>") > 0


@pytest.mark.req("C3")
def test_a_flood_of_addresses_is_forgotten_and_fills_no_memory() -> None:
    throttle = failing("192.0.2.1", 50, Clock())
    for number in range(MOST):
        throttle.failed(f"198.51.{number // 256}.{number % 256}")

    assert throttle.wait("192.0.2.1") == 0
