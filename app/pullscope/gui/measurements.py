"""What was measured during one pull, by time: the counterpart of the plots, which draw it.

`Measurements` observes a pull. Cumulative counts are kept as they came; a rate is made of them when
it is drawn, averaged over a window, at as many points as the plot has pixels for: a long pull costs
a frame no more than a short one.
"""

import math
from dataclasses import dataclass
from typing import ClassVar, get_args

import numpy as np
import numpy.typing as npt

from pullscope.engine.events import (
    PullEnded,
    PullEvent,
    Sampled,
    SettingsApplied,
    WindowDrew,
)
from pullscope.engine.model import Settings
from pullscope.gui.effects import Drags

WINDOW = 0.5  # seconds a rate is averaged over
_LEAST_STEP = 0.05  # seconds between two points of a curve

Values = npt.NDArray[np.float64]

COLUMNS = (
    "at", "received", "written", "hashed", "wire", "in_flight", "waiting", "receiving", "writing",
    "resident", "held", "buffers", "lag", "frame",
)  # fmt: skip
"""What a sample is kept as. From `received` to `wire`: cumulative bytes. `waiting`, `receiving` and
`writing`: cumulative seconds of all connections, so that their rates are connections. `resident` to
`buffers`: bytes. `lag` and `frame`: seconds."""


@dataclass(frozen=True, slots=True)
class Change:
    """When settings were changed, by one drag of a slider or at once."""

    at: float
    old: Settings
    new: Settings


class Measurements:
    """The samples of one pull, and where its settings changed: `pull.observe(measurements)`.

    Attributes:
        UNHEEDED: kinds of events that are not measured.
        changes: in the order in which they began.
    """

    UNHEEDED: ClassVar = frozenset(get_args(PullEvent)) - {
        Sampled,
        WindowDrew,
        SettingsApplied,
        PullEnded,
    }

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self._drags = Drags(lambda at, old, new: self.changes.append(Change(at, old, new)))
        self._values = np.zeros((len(COLUMNS), 1024))
        self._count = 0
        self._frame = 0.0  # the longest since the last sample

    def __call__(self, event: PullEvent) -> None:
        """Take an event."""
        if type(event) in self.UNHEEDED:
            return
        self._drags(event)
        match event:
            case Sampled():
                waited = event.waited
                self._add(
                    event.at,
                    event.received,
                    event.written,
                    event.hashed,
                    event.network,
                    event.in_flight,
                    waited.first_byte,
                    waited.network + waited.rate_limit,
                    waited.disk + waited.turn,
                    event.memory,
                    max(0, event.received - event.written),
                    event.buffers,
                    event.lag,
                    self._frame,
                )
                self._frame = 0.0
            case WindowDrew(seconds=seconds):
                self._frame = max(self._frame, *seconds) if seconds else self._frame
            case _:
                pass

    def _add(self, *row: float) -> None:
        """Keep a row; one that is not later than the last is dropped."""
        if self._count and row[0] <= self._values[0, self._count - 1]:
            return
        if self._count == self._values.shape[1]:
            self._values = np.concatenate([self._values, np.zeros_like(self._values)], axis=1)
        self._values[:, self._count] = row
        self._count += 1

    @property
    def count(self) -> int:
        """How many samples there are."""
        return self._count

    @property
    def at(self) -> Values:
        """The times of the samples."""
        return self._values[0, : self._count]

    def column(self, name: str) -> Values:
        """Return all values of one of `COLUMNS`."""
        return self._values[COLUMNS.index(name), : self._count]

    def within(self, t0: float, t1: float) -> slice:
        """Return which samples lie between two times."""
        first, end = np.searchsorted(self.at, [t0, t1], side="left")
        return slice(int(first), int(end))

    def points(self, t0: float, t1: float, width: float) -> Values:
        """Return at most as many times between t0 and t1 as can be told apart on `width` pixels.

        They are whole multiples of their distance, so that a curve keeps its shape while it moves.
        """
        if self._count < 2:
            return np.zeros(0)
        at = self.at
        step = max((t1 - t0) / max(width, 1.0), _LEAST_STEP)
        step = _LEAST_STEP * 2.0 ** math.ceil(math.log2(step / _LEAST_STEP) - 1e-9)
        low, high = max(t0 - step, float(at[0])), min(t1 + step, float(at[-1]))
        if high <= low:
            return np.zeros(0)
        grid = np.arange(math.ceil(low / step), math.floor(high / step) + 1) * step
        if high < t1:
            grid = np.append(grid[grid < high], high)  # the present is rarely a multiple
        times: Values = grid.astype(np.float64)
        return times

    def rate(self, name: str, times: Values, window: float = WINDOW) -> Values:
        """Return the rise of a cumulative column per second, over the `window` before `times`."""
        at, counts = self.at, self.column(name)
        before = np.maximum(times - window, at[0])
        rise = np.interp(times, at, counts) - np.interp(before, at, counts)
        # At the very beginning a full window is not there yet; a tiny one would shoot up.
        rates: Values = rise / np.maximum(times - before, window / 2)
        return np.maximum(rates, 0.0)  # a layer that was discarded leaves the sums

    def level(self, name: str, times: Values) -> Values:
        """Return the value of a column at `times`."""
        levels: Values = np.interp(times, self.at, self.column(name))
        return levels

    def peak(self, name: str, times: Values) -> Values:
        """Return the highest value of a column since the time before, for each of `times`.

        What is the first looks at the sample before it alone.
        """
        if not len(times):
            return np.zeros(0)
        column = self.column(name)
        ends = np.searchsorted(self.at, times, side="right")
        begins = np.concatenate([[max(0, int(ends[0]) - 1)], ends[:-1]])
        # Where no sample lies between two times, the last one still stands.
        begins = np.clip(np.minimum(begins, ends - 1), 0, len(column) - 1)
        peaks: Values = np.maximum.reduceat(column, begins)
        return peaks
