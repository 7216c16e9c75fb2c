"""The strips of the layers, seen pixel by pixel."""

import numpy as np
import pytest
from made_up_layers import chunks, flight, layer

from pullscope.engine.model import MIB, ChunkState, Extent, LayerSnapshot, LayerState
from pullscope.gui.attempts import Attempts
from pullscope.gui.strips import Code, Strips, state_pixels
from pullscope.gui.theme import DARK

WIDTH = 100
HEIGHT = 16
GAP = 0  # nothing is drawn


def pixels(
    one: LayerSnapshot, width: int = WIDTH, y: int = 6, strips: Strips | None = None
) -> list[int]:
    """Return one line of the strip of a layer."""
    strips = strips or Strips(Attempts().extents)
    strips.follow((one,), [width], 1.0)
    drawn = state_pixels(strips.codes(), strips.gaps(), strips.retried(), HEIGHT, 1.0, DARK)
    return drawn[0, y].tolist()


def test_that_bytes_nobody_asked_for_are_pending() -> None:
    assert set(pixels(layer())) == {DARK.pending.rgba()}


def test_that_hashed_bytes_are_a_prefix_of_the_written_ones() -> None:
    line = pixels(layer(extents=chunks(*range(50)), hashed=20 * MIB, frontier=50 * MIB))
    assert line[0] == line[19] == DARK.hashed.rgba()
    assert line[20] == line[47] == DARK.written.rgba()
    assert line[52] == DARK.pending.rgba()


def test_that_an_unfinished_chunk_far_smaller_than_a_pixel_is_still_seen() -> None:
    size = 10_000
    missing = 4321
    numbers = [number for number in range(size) if number != missing]
    written = chunks(*numbers, size=1)
    line = pixels(layer(size, extents=written))
    assert [x for x, colour in enumerate(line) if colour == DARK.pending.rgba()] == [43]
    asked = flight(missing, 1, ChunkState.WAITING)
    line = pixels(layer(size, extents=written, in_flight=(asked,)))
    assert [x for x, colour in enumerate(line) if colour == DARK.waiting.rgba()] == [43]


@pytest.mark.parametrize(
    ("state", "attempt", "colour"),
    [
        (ChunkState.WAITING, 1, DARK.waiting.rgba()),
        (ChunkState.WAITING, 2, DARK.retried.rgba()),
        (ChunkState.RETRYING, 1, DARK.retried.rgba()),
        (ChunkState.FAILED, 1, DARK.failed.rgba()),
    ],
)
def test_that_a_chunk_in_flight_wears_its_state(
    state: ChunkState, attempt: int, colour: int
) -> None:
    line = pixels(layer(in_flight=(flight(20 * MIB, 40 * MIB, state, 0, attempt),)))
    assert colour in line[21:59]
    assert colour not in line[:20] + line[61:]


def test_that_retried_and_failed_are_told_without_colour() -> None:
    for state in (ChunkState.RETRYING, ChunkState.FAILED):
        line = pixels(layer(in_flight=(flight(0, 100 * MIB, state),)))
        assert len(set(line[2:])) == 2
    plain = pixels(layer(in_flight=(flight(0, 100 * MIB, ChunkState.WAITING),)))
    assert len(set(plain[2:])) == 1


def test_that_a_chunk_being_received_fills_from_its_start() -> None:
    line = pixels(layer(in_flight=(flight(20 * MIB, 40 * MIB, received=30 * MIB),)))
    assert line[21] == line[48] == DARK.receiving.rgba()
    assert line[51] not in (DARK.receiving.rgba(), DARK.pending.rgba())
    assert line[61] == DARK.pending.rgba()


def test_that_a_finished_chunk_keeps_a_mark_of_its_retries_below_its_state() -> None:
    one = layer(extents=chunks(*range(5)) + chunks(50, size=MIB, attempts=3), frontier=5 * MIB)
    assert pixels(one, y=15)[50] == DARK.retried.rgba()
    assert pixels(one, y=6)[50] == DARK.written.rgba()


def test_that_chunks_wide_enough_are_set_apart() -> None:
    wide = pixels(layer(extents=chunks(0, 1, 2, size=10 * MIB)))
    assert [x for x, colour in enumerate(wide) if colour == GAP] == [10, 20]
    narrow = pixels(layer(extents=chunks(*range(30))))
    assert GAP not in narrow


def test_that_smaller_chunks_after_a_change_are_visibly_smaller() -> None:
    large = chunks(0, 1, size=16 * MIB)
    small = tuple(Extent(32 * MIB + n * 8 * MIB, 8 * MIB, 2 + n) for n in range(4))
    line = pixels(layer(extents=large + small), width=200)
    starts = [x for x, colour in enumerate(line) if colour == GAP]
    assert starts == [32, 64, 80, 96, 112]


def test_that_a_layer_begun_anew_forgets_what_was_written() -> None:
    strips = Strips(Attempts().extents)
    before = layer(extents=chunks(*range(90)))
    assert pixels(before, strips=strips)[50] == DARK.written.rgba()
    anew = layer(extents=chunks(0), generation=1)
    assert pixels(anew, strips=strips)[50] == DARK.pending.rgba()


def test_that_a_second_pull_of_the_same_layer_is_drawn_from_its_own_extents() -> None:
    strips = Strips(Attempts().extents)
    pixels(layer(extents=chunks(*range(50))), strips=strips)
    line = pixels(layer(extents=chunks(*range(99, 40, -1))), strips=strips)
    assert line[10] == DARK.pending.rgba()
    assert line[90] == DARK.written.rgba()


def test_that_extents_taken_in_one_by_one_look_as_all_at_once() -> None:
    rng = np.random.default_rng(7)
    order = rng.permutation(3000).tolist()
    size = 3000 * MIB
    strips = Strips(Attempts().extents)
    for end in range(0, 2501, 250):
        grown = pixels(layer(size, extents=chunks(*order[:end])), strips=strips)
    whole = pixels(layer(size, extents=chunks(*order[:2500])))
    assert grown == whole


@pytest.mark.parametrize("state", [LayerState.DONE, LayerState.EXISTING, LayerState.COMMITTING])
def test_that_a_finished_layer_is_hashed_from_end_to_end(state: LayerState) -> None:
    assert set(pixels(layer(32, state=state))) == {DARK.hashed.rgba()}


def test_that_a_layer_without_bytes_can_be_drawn() -> None:
    assert pixels(layer(0))[0] == DARK.pending.rgba()


def test_that_layers_of_different_widths_stand_side_by_side() -> None:
    strips = Strips(Attempts().extents)
    both = (layer(extents=chunks(*range(50))), layer(extents=chunks(*range(50, 100)), index=1))
    strips.follow(both, [100, 40], 1.0)
    codes = strips.codes()
    assert codes.shape == (2, 100)
    assert (codes[0, :50] == Code.WRITTEN).all()
    assert (codes[0, 50:] == Code.PENDING).all()
    assert (codes[1, :20] == Code.PENDING).all()
    assert (codes[1, 20:40] == Code.WRITTEN).all()


def test_that_more_pixels_of_a_dense_screen_show_more_chunks() -> None:
    strips = Strips(Attempts().extents)
    one = layer(extents=chunks(*range(0, 100, 2)))
    strips.follow((one,), [200], 2.0)
    assert strips.codes()[0, :4].tolist() == [Code.WRITTEN] * 2 + [Code.PENDING] * 2
