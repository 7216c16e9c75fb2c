import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullscope.engine.rate_limit import RateLimit, RequestLimit


class Clock:
    """Time that a test lets pass."""

    def __init__(self) -> None:
        self.now = 100.0
        self.rate = 1000

    def limit(self) -> RateLimit:
        return RateLimit(lambda: self.rate, lambda: self.now)


def test_that_without_a_limit_nobody_waits() -> None:
    clock = Clock()
    clock.rate = 0
    limit = clock.limit()
    assert limit.seconds_until(limit.wait_for(10**12)) == 0


def test_that_takers_wait_one_behind_the_other() -> None:
    limit = Clock().limit()
    waits = [limit.seconds_until(limit.wait_for(500)) for _ in range(3)]
    assert waits == [pytest.approx(0.5), pytest.approx(1.0), pytest.approx(1.5)]


def test_that_a_raised_limit_shortens_waits_that_have_begun() -> None:
    clock = Clock()
    limit = clock.limit()
    place = limit.wait_for(10_000)
    assert limit.seconds_until(place) == pytest.approx(10.0)
    clock.now += 5
    assert limit.seconds_until(place) == pytest.approx(5.0)
    clock.rate = 5000
    assert limit.seconds_until(place) == pytest.approx(1.0)
    clock.rate = 0
    assert limit.seconds_until(place) == 0


def test_that_a_pause_does_not_save_up_more_than_a_moment() -> None:
    clock = Clock()
    limit = clock.limit()
    clock.now += 60
    assert limit.seconds_until(limit.wait_for(1000)) == pytest.approx(0.95)


@given(st.lists(st.tuples(st.integers(1, 5000), st.floats(0, 3)), min_size=1, max_size=40))
def test_that_never_more_comes_than_the_rate_allows(takes: list[tuple[int, float]]) -> None:
    clock = Clock()
    limit = clock.limit()
    began, taken = clock.now, 0
    for size, pause in takes:
        clock.now += pause
        clock.now += limit.seconds_until(limit.wait_for(size))
        taken += size
        assert taken <= (clock.now - began + 0.05) * 1000 + 1e-3


# Requests


class Requests:
    """A limit on requests with a clock that stands until it is moved."""

    def __init__(self, limit: int) -> None:
        self.now = 0.0
        self.limit = limit
        self._limit = RequestLimit(lambda: self.limit, lambda: self.now)

    def take(self) -> int:
        """Take all that may be sent now, at most 1,000; return how many."""
        for count in range(1000):
            if not self._limit.take():
                return count
        return 1000


def test_that_requests_without_a_limit_are_sent_at_once() -> None:
    assert Requests(0).take() == 1000


@given(st.integers(1, 500), st.lists(st.floats(0.001, 2.0), min_size=1, max_size=40))
def test_that_requests_stay_below_their_limit(limit: int, steps: list[float]) -> None:
    requests = Requests(limit)
    sent = requests.take()
    assert sent == 1
    for step in steps:
        requests.now += step
        sent += requests.take()
        assert sent <= limit * requests.now + 1.0 + limit * 0.2 + 1e-6


@given(st.integers(1, 500))
def test_that_whoever_looks_ten_times_a_second_gets_what_the_limit_allows(limit: int) -> None:
    requests = Requests(limit)
    sent = requests.take()
    for _ in range(100):
        requests.now += 0.1
        sent += requests.take()
    assert sent >= 10 * limit - 1


def test_that_a_request_limit_may_change() -> None:
    requests = Requests(1)
    assert [requests.take(), requests.take()] == [1, 0]
    requests.limit = 0
    assert requests.take() == 1000
    requests.limit = 10
    requests.now += 1.0
    assert requests.take() == 3  # what came together meanwhile is not sent at once
