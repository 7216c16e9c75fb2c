import random
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullscope.sweep.statistics import bootstrap_interval, bootstrap_medians, spread, summarise

times = st.lists(st.floats(0.001, 1000.0), min_size=1, max_size=15)


@given(times)
def test_that_the_interval_holds_the_median_and_is_within_the_values(values: list[float]) -> None:
    low, high = bootstrap_interval(values)

    assert min(values) <= low <= statistics.median(values) <= high <= max(values)


@given(times)
def test_that_the_probabilities_of_all_medians_come_to_one(values: list[float]) -> None:
    medians = bootstrap_medians(values)

    assert sum(share for _, share in medians) == pytest.approx(1.0)
    assert all(share >= -1e-12 for _, share in medians)


@given(times, st.floats(0.5, 8.0))
def test_that_the_interval_scales_with_its_values(values: list[float], factor: float) -> None:
    low, high = bootstrap_interval(values)
    scaled = bootstrap_interval([value * factor for value in values])

    assert scaled == pytest.approx((low * factor, high * factor))


@given(times, st.randoms())
def test_that_the_order_of_values_counts_for_nothing(
    values: list[float], chance: random.Random
) -> None:
    shuffled = list(values)
    chance.shuffle(shuffled)

    assert summarise(shuffled) == summarise(values)


@pytest.mark.parametrize("count", [4, 7, 8])
def test_that_resampling_finds_the_same_medians(count: int) -> None:
    chance = random.Random(7)
    values = [chance.uniform(1, 2) for _ in range(count)]
    draws = 20_000
    drawn = sorted(statistics.median(chance.choices(values, k=count)) for _ in range(draws))

    total = 0.0
    for value, share in bootstrap_medians(values):
        total += share
        reached = sum(median <= value + 1e-12 for median in drawn) / draws
        assert reached == pytest.approx(total, abs=0.02)


def test_that_few_values_bound_their_median_and_more_bound_it_closer() -> None:
    assert bootstrap_interval([1.0, 2.0, 3.0, 4.0, 5.0]) == (1.0, 5.0)
    low, high = bootstrap_interval([float(value) for value in range(1, 16)])
    assert (low, high) == (4.0, 12.0)


def test_that_one_value_is_all_there_is() -> None:
    summary = summarise([2.5])

    assert summary is not None
    assert (summary.count, summary.mean, summary.median) == (1, 2.5, 2.5)
    assert (summary.low, summary.high, summary.least, summary.most) == (2.5, 2.5, 2.5, 2.5)
    assert summarise([]) is None


def test_that_the_spread_is_that_of_the_middle_half() -> None:
    assert spread([1.0, 2.0, 3.0, 4.0, 100.0]) == pytest.approx(2 / 3)
    assert spread([5.0]) == 0.0
    assert spread([0.0, 0.0]) == 0.0
