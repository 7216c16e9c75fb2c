import pytest

from pullscope.engine.events import Sampled, WindowDrew
from pullscope.trace.own_cost import own_cost, percentile


def test_that_lags_and_frames_of_a_pull_are_summed_up():
    events = [
        *(Sampled(n / 10, 0, 0, 0, 0, 0, lag=0.001) for n in range(1, 100)),
        Sampled(10.0, 0, 0, 0, 0, 0, lag=0.2, loop_cpu=1.5, cpu=2.5),
        WindowDrew(0.1, (0.002, 0.004)),
        WindowDrew(0.2, (0.012,)),
    ]
    cost = own_cost(events)

    assert (cost.lag_max, cost.lag_p99) == (0.2, 0.001)
    assert (cost.loop_cpu, cost.cpu) == (1.5, 2.5)
    assert cost.frames == 3
    assert cost.drawing == pytest.approx(0.018)
    assert cost.frame_mean == pytest.approx(0.006)
    assert (cost.frame_p99, cost.frame_max) == (0.012, 0.012)


def test_that_a_pull_without_a_window_drew_nothing(story):
    cost = own_cost(story)

    assert (cost.frames, cost.frame_mean, cost.frame_max) == (0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([], 99, 0.0),
        ([3.0], 99, 3.0),
        (list(range(1, 101)), 99, 99),
        (list(range(1, 102)), 99, 100),
        ([5.0, 1.0, 3.0], 50, 3.0),
    ],
)
def test_that_a_percentile_is_one_of_the_values(values, share, expected):
    assert percentile(values, share) == expected
