"""What was measured during a pull: rates of cumulative counts, levels, peaks, changes."""

import itertools

import numpy as np
import pytest

from pullscope.engine.events import PullEnded, Sampled, SettingsApplied, WindowDrew
from pullscope.engine.model import PullState, Settings
from pullscope.engine.waits import Waited
from pullscope.gui.measurements import Change, Measurements


def sampled(at: float, received: int = 0, **fields: object) -> Sampled:
    return Sampled(at, received, received, received, 0, 0, **fields)  # type: ignore[arg-type]


def measured(seconds: float, rate: float = 100e6, start: float = 0.0) -> Measurements:
    measurements = Measurements()
    for number in range(1, round(seconds * 10) + 1):
        at = start + number / 10
        measurements(sampled(at, int(at * rate)))
    return measurements


def test_that_a_change_of_rate_is_smoothed_over_half_a_second() -> None:
    samples = measured(5, 100e6)
    for number in range(1, 51):
        samples(sampled(5 + number / 10, int(500e6 + number * 30e6)))
    rates = samples.rate("received", np.array([4.9, 5.25, 5.6])) / 1e6
    assert rates == pytest.approx([100, 200, 300], rel=0.02)


def test_that_the_first_sample_does_not_shoot_up() -> None:
    samples = Measurements()
    samples(sampled(0.0))
    samples(sampled(0.001, 1_000_000))
    assert samples.rate("received", np.array([0.001]))[0] < 10e6


def test_that_a_layer_that_is_discarded_makes_no_negative_rate() -> None:
    samples = measured(2)
    samples(sampled(2.1, 5))
    assert samples.rate("received", np.array([2.1]))[0] == 0.0


def test_that_samples_that_go_back_in_time_are_dropped() -> None:
    samples = measured(2)
    samples(sampled(1.0, 5))
    assert samples.count == 20


def test_that_more_samples_than_there_was_room_for_are_kept() -> None:
    samples = measured(300)
    assert samples.count == 3000
    assert samples.column("received")[-1] == pytest.approx(300 * 100e6)


def test_that_there_are_no_more_points_than_pixels() -> None:
    samples = measured(2000)
    assert 100 < len(samples.points(0.0, 2000.0, 400)) <= 400
    assert len(Measurements().points(0.0, 10.0, 400)) == 0


def test_that_waits_of_connections_become_connections() -> None:
    samples = Measurements()
    for number in range(1, 31):
        at = number / 10
        samples(sampled(at, waited=Waited(first_byte=2 * at, network=5 * at, disk=at)))
    times = np.array([2.0])
    assert samples.rate("waiting", times) == pytest.approx([2])
    assert samples.rate("receiving", times) == pytest.approx([5])
    assert samples.rate("writing", times) == pytest.approx([1])


def test_that_a_peak_between_two_points_is_not_lost() -> None:
    samples = Measurements()
    for number in range(1, 101):
        samples(sampled(number / 10, lag=0.5 if number == 37 else 0.001))
    peaks = samples.peak("lag", np.arange(1.0, 10.1, 1.0))
    assert peaks.tolist() == [0.001, 0.001, 0.001, 0.5, *[0.001] * 6]
    assert samples.peak("lag", np.array([3.7, 3.75, 3.8])).tolist() == [0.5, 0.5, 0.001]
    assert samples.peak("lag", np.zeros(0)).tolist() == []


def test_that_the_longest_frame_since_the_last_sample_is_kept() -> None:
    samples = Measurements()
    samples(WindowDrew(0.05, (0.002, 0.009)))
    samples(WindowDrew(0.06, ()))
    samples(sampled(0.1))
    samples(sampled(0.2))
    assert samples.column("frame").tolist() == [0.009, 0.0]


def test_that_one_drag_of_a_slider_is_one_change() -> None:
    samples = Measurements()
    steps = [Settings(parallelism=n) for n in (4, 5, 6, 8)]
    for number, (old, new) in enumerate(itertools.pairwise(steps)):
        samples(SettingsApplied(1.0 + number / 20, old, new))
    assert samples.changes == []
    samples(sampled(2.0))
    assert samples.changes == [Change(1.0, steps[0], steps[-1])]
    samples(SettingsApplied(3.0, steps[-1], steps[0]))
    samples(PullEnded(3.1, PullState.DONE, ""))
    assert samples.changes[1:] == [Change(3.0, steps[-1], steps[0])]
