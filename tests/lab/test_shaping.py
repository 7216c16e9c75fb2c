import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullscope.engine.model import KIB, MIB
from pullscope.lab.config import Shaping
from pullscope.lab.shaping import Schedule, Shaper, TokenBucket
from pullscope.lab.synthetic import BLOCK_SIZE


def test_that_bytes_are_through_after_their_time_at_the_rate() -> None:
    schedule = Schedule(now=100.0)

    assert schedule.reserve(100.0, 50, rate=100) == pytest.approx(100.5)
    assert schedule.reserve(100.0, 50, rate=100) == pytest.approx(101.0)


def test_that_a_timer_that_came_late_is_made_up_for() -> None:
    schedule = Schedule(now=0.0)
    schedule.reserve(0.0, 10, rate=100)

    assert schedule.reserve(0.11, 10, rate=100) == pytest.approx(0.2)


def test_that_time_at_rest_is_not_saved_up() -> None:
    schedule = Schedule(now=0.0)

    assert schedule.reserve(50.0, 100, rate=100) == pytest.approx(51.0, abs=0.021)


def test_that_a_new_rate_counts_from_the_next_bytes() -> None:
    schedule = Schedule(now=0.0)
    schedule.reserve(0.0, 10, rate=100)

    assert schedule.reserve(0.1, 10, rate=1000) == pytest.approx(0.11)


@pytest.mark.parametrize(
    ("shaping", "size"),
    [
        (Shaping(), BLOCK_SIZE),
        (Shaping(rate_per_connection=100 * MIB), 64 * KIB),
        (Shaping(rate_per_connection=100 * KIB), 2 * KIB),
        (Shaping(rate_per_connection=100 * MIB, rate_total=100 * KIB), 2 * KIB),
        (Shaping(rate_total=3), 1),
    ],
)
def test_that_slices_are_small_enough_for_an_even_flow(shaping: Shaping, size: int) -> None:
    assert Shaper(shaping).slice_size() == size


def test_that_the_latency_varies_by_the_jitter_and_repeats_by_the_seed() -> None:
    shaping = Shaping(latency=0.04, jitter=0.01)
    delays = [[Shaper(shaping, seed).first_byte_delay() for _ in range(3)] for seed in (1, 1, 2)]
    shaper = Shaper(shaping)

    assert delays[0] == delays[1] != delays[2]
    assert all(0.03 <= shaper.first_byte_delay() <= 0.05 for _ in range(100))


def test_that_a_jitter_above_the_latency_never_goes_below_zero() -> None:
    shaper = Shaper(Shaping(latency=0.0, jitter=1.0))

    assert min(shaper.first_byte_delay() for _ in range(100)) == 0.0


async def test_that_an_unshaped_reply_does_not_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("asyncio.sleep")
    shaper = Shaper(Shaping())

    await shaper.wait_for_first_byte()
    await shaper.wait_to_send(Schedule.starting_now(), 10**12)


async def test_that_a_shaped_reply_sleeps_for_the_slower_rate(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("asyncio.sleep", sleep)
    shaper = Shaper(Shaping(rate_per_connection=1000, rate_total=100))
    await shaper.wait_to_send(Schedule.starting_now(), 1000)
    await shaper.wait_to_send(Schedule.starting_now(), 1000)

    assert slept == [pytest.approx(10, abs=0.5), pytest.approx(20, abs=0.5)]


def test_that_a_burst_is_let_through_and_then_the_rate() -> None:
    bucket = TokenBucket(now=100.0)

    assert [bucket.take(100.0, 4.0, 2) for _ in range(2)] == [0.0, 0.0]
    assert bucket.take(100.0, 4.0, 2) == pytest.approx(0.25)
    assert bucket.take(100.125, 4.0, 2) == pytest.approx(0.125)
    assert bucket.take(100.25, 4.0, 2) == 0.0


@given(st.lists(st.floats(0.0, 2.0), max_size=60), st.floats(0.5, 20.0), st.integers(1, 5))
def test_that_no_more_pass_than_the_rate_and_a_burst(
    gaps: list[float], rate: float, burst: int
) -> None:
    bucket, now, passed = TokenBucket(now=0.0), 0.0, 0
    for gap in gaps:
        now += gap
        passed += bucket.take(now, rate, burst) == 0.0

    assert passed <= burst + now * rate + 1e-6


def test_that_a_lab_without_a_rate_of_requests_refuses_none() -> None:
    shaper = Shaper(Shaping())

    assert [shaper.refusal() for _ in range(100)] == [0.0] * 100
