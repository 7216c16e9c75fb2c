from hypothesis import given
from hypothesis import strategies as st

from pullscope.engine.model import MIB
from pullscope.engine.tail import LEAST_PIECE, LEAST_SECONDS, Remainder, plan_splits

remainders = st.lists(st.builds(Remainder, st.integers(0, 2**40), st.floats(0, 1e10)), max_size=8)


def test_that_one_slow_chunk_is_shared_by_all_that_are_idle() -> None:
    assert plan_splits([Remainder(32 * MIB, 2.0 * MIB)], 7) == [7]


def test_that_the_largest_remainder_gets_most_help() -> None:
    slow = [Remainder(30 * MIB, 1.0 * MIB), Remainder(10 * MIB, 1.0 * MIB)]
    assert plan_splits(slow, 2) == [2, 0]
    assert plan_splits(slow, 6) == [5, 1]


def test_that_a_chunk_that_will_be_there_at_once_is_left_alone() -> None:
    rate = 100.0 * MIB
    assert plan_splits([Remainder(int(rate * LEAST_SECONDS), rate)], 8) == [0]


def test_that_nothing_idle_means_nothing_is_shared() -> None:
    assert plan_splits([Remainder(32 * MIB, 1.0)], 0) == [0]
    assert plan_splits([], 5) == []


@given(remainders, st.integers(0, 64))
def test_that_no_piece_is_too_small_and_no_connection_is_used_twice(
    left: list[Remainder], idle: int
) -> None:
    extra = plan_splits(left, idle)
    assert sum(extra) <= idle
    for remainder, pieces in zip(left, extra, strict=True):
        assert pieces == 0 or remainder.left / (pieces + 1) >= LEAST_PIECE
