"""The time axis: its ticks and their labels."""

import pytest

from pullscope.gui.time_axis import time_label, time_ticks


@pytest.mark.parametrize(
    ("t0", "t1", "step"), [(8.0, 20.0, 2), (0.0, 1.0, 0.2), (0.0, 60.0, 10), (0.0, 7200.0, 1200)]
)
def test_that_ticks_are_round_and_far_enough_apart(t0: float, t1: float, step: float) -> None:
    ticks, distance = time_ticks(t0, t1, 800)
    assert distance == pytest.approx(step)
    assert t0 <= ticks[0]
    assert ticks[-1] <= t1


@pytest.mark.parametrize(
    ("at", "step", "text"),
    [
        (8.0, 2.0, "8 s"),
        (0.25, 0.05, "0.25 s"),
        (0.4, 0.2, "0.4 s"),
        (62.0, 2.0, "1:02"),
        (3720.0, 60.0, "1:02:00"),
    ],
)
def test_that_a_tick_is_labelled_as_people_say_it(at: float, step: float, text: str) -> None:
    assert time_label(at, step) == text
