from hypothesis import given
from hypothesis import strategies as st

from pullscope.engine.model import KIB, MIB
from pullscope.engine.pace import SIGN_OF_LIFE, Silence, pace

connections = st.integers(0, 256)
MEMORY = 64 * MIB
rates = st.floats(0, 1e11)


@given(connections, rates, st.integers(16 * MIB, 1024 * MIB))
def test_that_all_connections_together_stay_within_the_memory(
    count: int, rate: float, memory: int
) -> None:
    step = pace(count, rate, memory)
    assert (2 * step.run_size + step.read_buffer) * count <= memory
    assert SIGN_OF_LIFE <= step.read_buffer <= 256 * KIB


@given(connections, rates)
def test_that_progress_is_seen_and_safe_within_a_second(count: int, rate: float) -> None:
    step = pace(count, rate, MEMORY)
    assert step.run_seconds < 1
    assert rate == 0 or step.read_buffer <= max(SIGN_OF_LIFE, rate * 0.4)


def test_that_a_single_fast_connection_takes_the_largest_steps() -> None:
    assert (pace(1, 1e9, MEMORY).read_buffer, pace(1, 1e9, MEMORY).run_size) == (256 * KIB, MIB)


def test_that_many_slow_connections_do_not_wake_the_loop_for_every_segment() -> None:
    step = pace(128, MIB, MEMORY)
    assert 128 * MIB / step.read_buffer <= 1100
    assert 128 / step.run_seconds <= 510


def test_that_a_drip_is_silence_and_a_few_kilobytes_are_a_sign_of_life() -> None:
    silence = Silence()
    silence.note(2.0, 1)
    silence.note(3.0, SIGN_OF_LIFE - 2)
    assert silence.waited == 5.0
    silence.note(1.0, 1)
    assert silence.waited == 0.0
    silence.note(4.0, 10)
    assert silence.waited == 4.0
