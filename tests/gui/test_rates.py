import pytest

from pullscope.gui.rates import RateMeter, peak_rate


def test_that_there_is_no_rate_before_two_samples() -> None:
    meter = RateMeter(1.0)
    meter.add(1.0, 100)
    assert meter.rate == 0


def test_that_the_rate_is_taken_over_the_window_only() -> None:
    meter = RateMeter(1.0)
    for tenth in range(21):
        at = tenth / 10
        meter.add(at, round(100 * at) if at <= 1 else 100 + round(1000 * (at - 1)))
    assert meter.rate == pytest.approx(1000)


def test_that_a_count_that_shrinks_starts_over() -> None:
    meter = RateMeter(1.0)
    meter.add(0.0, 1000)
    meter.add(0.5, 2000)
    meter.add(0.6, 0)
    assert meter.rate == 0


def test_that_a_peak_is_only_believed_over_most_of_the_window() -> None:
    counts = [(0.0, 0.0), (0.1, 900.0), (1.0, 1000.0), (2.0, 1200.0)]
    assert peak_rate(counts, 1.0) == pytest.approx(1000)
    assert peak_rate(counts[:2], 1.0) == 0
