"""The pixels of the timeline's bars: which phase each shows, and in what colour.

All bars of a frame are drawn in one go. A pixel shows the phase at one moment of its time, so that
colours keep their share of time however far away one looks; but no attempt vanishes, nor a failure.
"""

import math
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from pullscope.gui import theme as themes
from pullscope.gui.attempts import Columns, Outcome
from pullscope.gui.legend import Pixels, stripe
from pullscope.gui.theme import Theme
from pullscope.gui.time_window import TimeWindow

_FOOT_FROM = 6  # a lower row has no room for hashing below its bars

Values = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]


class Phase(IntEnum):
    """What a pixel shows."""

    NOTHING = 0
    QUEUED = 1
    RECEIVING = 2
    WRITING = 3
    WAITING = 4
    RETRIED = 5
    CUT = 6


def phases_of(
    columns: Columns,
    numbers: Numbers,
    rows: Numbers,
    row_count: int,
    width: int,
    look: TimeWindow,
    queued: bool,
) -> tuple[npt.NDArray[np.uint8], Flags]:
    """Return the phase of every pixel of every row, and where bytes are hashed.

    Args:
        columns: as in `Attempts.columns`; `numbers` are those of the attempts that are drawn, and
            `rows` has the row of each.
        width: of a row, in device pixels, which are the time that `look` shows.
        queued: whether the time before the request was sent is shown, too.
    """
    phases = np.zeros(row_count * width, np.uint8)
    hashing = np.zeros(row_count * width, np.bool_)
    scale = width / (look.t1 - look.t0)
    # Whole pixels since the beginning, not since t0: bars must not tremble while time moves.
    origin = math.floor(look.t0 * scale)

    def pixels(begin: Values, end: Values, which: Flags | None = None, least: int = 0) -> Numbers:
        """Return the pixels of bars, each at least so many wide."""
        own = rows
        if which is not None:
            begin, end, own = begin[which], end[which], rows[which]
        first = np.floor(begin * scale) - origin
        last = np.maximum(np.floor(end * scale) - origin, first + least)
        left = np.clip(first, 0, width).astype(np.int64)
        lengths = np.clip(last, 0, width).astype(np.int64) - left
        lengths = np.maximum(lengths, 0)
        # Each bar's first pixel, repeated, and a count from it.
        base = own * width + left - np.cumsum(lengths) + lengths
        return np.repeat(base, lengths) + np.arange(int(lengths.sum()))

    def column(name: str) -> Values:
        return columns[name][numbers]

    started, ended = column("started"), column("ended")
    end = np.where(np.isnan(ended), look.now, ended)
    first_byte, received = column("first_byte"), column("received_at")
    first_byte = np.where(np.isnan(first_byte), end, first_byte)
    received = np.where(np.isnan(received), end, received)
    outcome = column("outcome")
    if queued:
        phases[pixels(column("queued"), started)] = Phase.QUEUED
    phases[pixels(started, end, least=1)] = Phase.RECEIVING
    phases[pixels(started, first_byte)] = Phase.WAITING
    phases[pixels(received, end)] = Phase.WRITING
    cut = outcome == Outcome.GIVEN_BACK
    phases[pixels(np.maximum(end - 3 / scale, started), end, cut)] = Phase.CUT
    phases[pixels(started, end, outcome == Outcome.RETRIED, least=2)] = Phase.RETRIED
    hashed = column("hashed_at")
    hashing[pixels(column("hash_began"), hashed, ~np.isnan(hashed), least=1)] = True
    return phases.reshape(row_count, width), hashing.reshape(row_count, width)


def bar_pixels(
    phases: npt.NDArray[np.uint8], hashing: Flags, pitch: int, ratio: float, theme: Theme
) -> Pixels:
    """Return the rows as one picture, each `pitch` pixels high with the gap below its bars."""
    height = round(pitch * ratio)
    gap = max(1, round(ratio)) if pitch >= 4 else 0
    row_count, width = phases.shape
    colours = {
        Phase.NOTHING: 0,
        Phase.QUEUED: themes.blend(theme.muted, theme.panel, 0.35).rgba(),
        Phase.RECEIVING: theme.receiving.rgba(),
        Phase.WRITING: theme.written.rgba(),
        Phase.WAITING: theme.waiting.rgba(),
        Phase.RETRIED: theme.retried.rgba(),
        Phase.CUT: theme.muted.rgba(),
    }
    lines = np.array([colours[phase] for phase in Phase], np.uint32)[phases]
    pixels = np.zeros((row_count, height, width), np.uint32)
    pixels[:, : height - gap] = lines[:, None, :]
    if height >= 6:  # thin: nobody works on a chunk that is queued
        row, x = np.nonzero(phases == Phase.QUEUED)
        for y in range(height):
            if not height // 2 - 1 <= y < height // 2 + 1:
                pixels[row, y, x] = 0
    row, x = np.nonzero(phases >= Phase.RETRIED)
    period, line = round(6 * ratio), round(2 * ratio)
    for y in range(height - gap):
        striped = (x + y + row) % period < line
        pixels[row[striped], y, x[striped]] = stripe(theme).rgba()
    if pitch >= _FOOT_FROM and hashing.any():  # below: the row has gone on to the next chunk
        foot = max(2, round(pitch * ratio / 6))
        row, x = np.nonzero(hashing)
        for y in range(height - gap - foot, height - gap):
            pixels[row, y, x] = theme.hashed.rgba()
    return pixels.reshape(-1, width)
