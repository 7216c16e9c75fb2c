from pullscope.gui.frame_pace import FASTEST, SLOWEST, FramePace


def paced(*frames: float) -> FramePace:
    pace = FramePace()
    for seconds in frames:
        pace.note(seconds)
    return pace


def test_that_cheap_frames_come_thirty_times_a_second() -> None:
    assert paced(*[0.004] * 50).interval == FASTEST


def test_that_dear_frames_take_no_more_than_their_share() -> None:
    interval = paced(*[0.012] * 50).interval
    assert 0.012 / (interval / 1000) <= 0.14
    assert interval > 2 * FASTEST


def test_that_there_are_some_frames_whatever_they_cost() -> None:
    assert paced(*[3.0] * 50).interval == SLOWEST


def test_that_one_dear_frame_changes_little() -> None:
    assert paced(*[0.003] * 20, 0.02).interval < 2 * FASTEST


def test_that_the_pace_stands_still_while_costs_waver() -> None:
    pace = paced(*[0.010] * 50)
    before = pace.interval
    for number in range(40):
        pace.note(0.009 if number % 2 else 0.011)
    assert pace.interval == before


def test_that_it_is_fast_again_when_frames_are_cheap_again() -> None:
    assert paced(*[0.02] * 50, *[0.002] * 50).interval == FASTEST
