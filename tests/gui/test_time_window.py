"""Which seconds are visible, and the way back."""

import math

import pytest

from pullscope.gui.time_window import SHORTEST, TimeWindow


def window(now: float = 100.0) -> TimeWindow:
    made = TimeWindow()
    made.begin()
    made.advance(now)
    return made


def seconds(window: TimeWindow) -> tuple[float, float]:
    return window.t0, window.t1


def test_that_each_look_can_be_gone_back_to() -> None:
    look = window()
    look.show(10.0, 20.0)
    look.show(12.0, 14.0)
    look.back()
    assert seconds(look) == (10.0, 20.0)
    assert not look.following
    look.back()
    assert seconds(look) == (88.0, 100.0)
    assert look.following
    assert not look.can_go_back
    look.back()
    assert seconds(look) == (88.0, 100.0)


def test_that_the_way_back_leads_to_the_present_of_then_and_now() -> None:
    look = window()
    look.show(10.0, 20.0)
    look.advance(130.0)
    look.back()
    assert seconds(look) == (118.0, 130.0)


def test_that_many_small_zooms_are_one_step_back() -> None:
    look = window()
    look.show(10.0, 20.0)
    for _ in range(9):
        look.zoom(0.8, at=12.0)
    look.back()
    assert seconds(look) == (10.0, 20.0)


def test_that_zooming_in_and_out_again_are_steps_of_their_own() -> None:
    look = window()
    look.show(10.0, 20.0)
    look.zoom(0.5)
    look.zoom(2.0)
    look.back()
    assert seconds(look) == (12.5, 17.5)


def test_that_one_cannot_zoom_closer_than_a_look_can_tell() -> None:
    look = window()
    look.show(10.0, 20.0)
    for _ in range(200):
        look.zoom(0.5)
    assert look.t1 - look.t0 == pytest.approx(SHORTEST)


def test_that_one_can_zoom_out_to_the_whole_pull_and_hardly_farther() -> None:
    look = window()
    look.show(10.0, 20.0)
    for _ in range(50):
        look.zoom(2.0)
    assert look.t1 - look.t0 == pytest.approx(110.0)
    assert look.t0 == 0.0


def test_that_everything_is_followed_too() -> None:
    look = window()
    look.follow(math.inf)
    look.advance(140.0)
    assert seconds(look) == (0.0, 140.0)


def test_that_another_pull_begins_with_the_period_that_was_chosen() -> None:
    look = window()
    look.follow(30.0)
    look.zoom(0.5)
    look.show(1.0, 2.0)
    look.begin()
    assert seconds(look) == (0.0, 30.0)
    assert look.following
    assert not look.can_go_back
