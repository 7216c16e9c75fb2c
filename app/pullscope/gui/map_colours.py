"""What the chunk map can be coloured by besides state: connection, age, latency and retries.

`ChunkValues` holds a number for every pixel of the strips, from the attempt that brought its bytes;
where several chunks share a pixel it shows the greatest. The colours are from cividis, whose steps
people with any colour vision tell apart, and from a set made for the same eyes for connections.
"""

import math
from enum import Enum
from functools import lru_cache

import numpy as np
from PySide6.QtGui import QColor

from pullscope.gui import theme as themes
from pullscope.gui.attempts import Attempts
from pullscope.gui.extents import Numbers
from pullscope.gui.legend import Pixels
from pullscope.gui.strips import Code, Codes, Flags, Strips, Values, draw_feet, pending_colour
from pullscope.gui.theme import Theme

_STEPS = 128  # of a continuous scale
_MOST_RETRIES = 3  # from here on one colour
_SHORTEST = 1e-5  # seconds; no wait for a first byte is shown as shorter
_UNKNOWN = -1e9  # of a pixel whose bytes were here before; no number that is computed is as low
_PENDING = -math.inf  # of a pixel without a byte

# Points of cividis (Nuñez, Anderton, Renslow: 2018), from dark to light.
_CIVIDIS = (
    "#00224E", "#0C326E", "#2F436D", "#4A546C", "#61656F", "#787877", "#908B78", "#AA9F72",
    "#C5B566", "#E2CB52", "#FEE838",
)  # fmt: skip
# Tol's muted set, the darkest two lightened so that they stand out from a dark panel.
_CONNECTIONS = (
    "#88CCEE", "#CC6677", "#DDCC77", "#117733", "#7B6FD0", "#44AA99", "#AA4499", "#999933",
    "#B23A6B",
)  # fmt: skip


class ColourBy(Enum):
    """What a pixel's colour tells."""

    STATE = "state"
    CONNECTION = "connection"
    AGE = "age"
    LATENCY = "latency"
    RETRIES = "retries"


def scale_colour(share: float, theme: Theme) -> QColor:
    """Return the colour of `share`, from 0 to 1, on the sequential scale.

    On a dark panel the scale begins, and on a light one it ends, where it stands out from it.
    """
    low, high = (0.22, 1.0) if theme.dark else (0.0, 0.9)
    place = (low + (high - low) * min(max(share, 0.0), 1.0)) * (len(_CIVIDIS) - 1)
    step = min(int(place), len(_CIVIDIS) - 2)
    return themes.blend(QColor(_CIVIDIS[step + 1]), QColor(_CIVIDIS[step]), place - step)


def connection_colours() -> list[QColor]:
    """Return the colours of the first connections; those that follow repeat them."""
    return [QColor(name) for name in _CONNECTIONS]


def retry_colours(theme: Theme) -> list[QColor]:
    """Return the colours of no retry, one, two, and more."""
    return [scale_colour(share, theme) for share in (0.1, 0.5, 0.8, 1.0)]


def unknown_colour(theme: Theme) -> QColor:
    """Return the colour of bytes of which no attempt is known: those kept from an earlier pull."""
    # The middle of cividis is grey: on dark this is lighter, on light paler than any grey of it.
    if theme.dark:
        return themes.blend(theme.text, theme.panel, 0.75)
    return themes.blend(theme.muted, theme.panel, 0.4)


@lru_cache(maxsize=16)
def _table(by: ColourBy, theme: Theme) -> Pixels:
    """Return colours by index: pending, unknown, then those of the values."""
    match by:
        case ColourBy.CONNECTION:
            colours = connection_colours()
        case ColourBy.RETRIES:
            colours = retry_colours(theme)
        case _:
            colours = [scale_colour(step / (_STEPS - 1), theme) for step in range(_STEPS)]
    both = [pending_colour(theme), unknown_colour(theme), *colours]
    return np.array([colour.rgba() for colour in both], np.uint32)


@lru_cache(maxsize=16)
def _faint_table(by: ColourBy, theme: Theme) -> Pixels:
    """Return the same colours for bytes that are still coming."""
    pending = pending_colour(theme)
    full = [QColor.fromRgba(int(rgba)) for rgba in _table(by, theme)]
    return np.array([themes.blend(colour, pending, 0.45).rgba() for colour in full], np.uint32)


class ChunkValues:
    """A number per pixel: a connection, a time, the logarithm of a latency, a count of retries.

    Attributes:
        least, greatest: latencies so far, in seconds.
    """

    def __init__(self, attempts: Attempts, by: ColourBy) -> None:
        self.by = by
        self._attempts = attempts
        self._key: tuple[int, float, bytes] | None = None
        self._count = 0
        self._values = np.zeros((0, 0))
        self.least, self.greatest = math.inf, -math.inf

    def pixels(
        self, strips: Strips, codes: Codes, gaps: Flags, height: int, now: float, theme: Theme
    ) -> Pixels:
        """Return the strips coloured by the values: an array of layers by lines by pixels."""
        values = self._follow(strips, now)[:, : codes.shape[1]]
        index = self._index(values, now)
        coming = (codes == Code.COMING) | (codes == Code.WAITING) | (codes == Code.RETRYING)
        lines = np.where(coming, _faint_table(self.by, theme)[index], _table(self.by, theme)[index])
        lines[gaps] = 0
        pixels = np.repeat(lines[:, None, :], height, axis=1)
        if self.by is not ColourBy.RETRIES:
            draw_feet(pixels, strips.retried() & ~gaps, strips.ratio, theme)
        return pixels

    def bounds(self, now: float) -> tuple[float, float]:
        """Return the values at the ends of a continuous scale: seconds."""
        if self.by is ColourBy.AGE:
            return 0.0, max(now, 1.0)
        if not math.isfinite(self.least):
            return 0.001, 1.0
        low = _nice(self.least, up=False)
        return low, max(_nice(self.greatest, up=True), 2 * low)

    def _index(self, values: Values, now: float) -> Numbers:
        """Return for each value the place of its colour in the tables."""
        least, greatest = self.bounds(now)
        match self.by:
            case ColourBy.CONNECTION:
                place = np.maximum(values, 0.0) % len(_CONNECTIONS)
            case ColourBy.RETRIES:
                place = np.minimum(np.maximum(values, 0.0), _MOST_RETRIES)
            case ColourBy.AGE:
                place = _steps(values, now - greatest, now)
            case _:
                place = _steps(values, math.log(least), math.log(greatest))
        index: Numbers = place.astype(np.int64) + 2
        index[values <= _UNKNOWN] = 1
        index[values == _PENDING] = 0
        return index

    def _follow(self, strips: Strips, now: float) -> Values:
        extents = strips.extents
        shape = (len(strips.widths), strips.width + 2)
        key = (extents.version, strips.ratio, strips.widths.tobytes())
        if key != self._key:
            self._key, self._count = key, 0
            self._values = np.full(shape, _PENDING)
        if self._count != extents.count:
            new = slice(self._count, extents.count)
            self._count = extents.count
            values = self._of(extents.row[new], extents.attempts[new], now, in_flight=False)
            pixels, owners = strips.pixels_of(
                extents.layer[new], extents.start[new], extents.end[new]
            )
            np.maximum.at(self._values.reshape(-1), pixels, values[owners])
            self._note(values)
        flight = strips.flight
        if not len(flight.layer):
            return self._values
        shown = self._values.copy()
        rows = self._attempts.newest_rows(flight.chunk.tolist())
        values = self._of(rows, flight.attempt, now, in_flight=True)
        pixels, owners = strips.pixels_of(
            flight.layer, flight.offset, flight.offset + flight.length
        )
        np.maximum.at(shown.reshape(-1), pixels, values[owners])
        self._note(values)
        return shown

    def _note(self, values: Values) -> None:
        """Let the scale of latencies reach from the least to the greatest."""
        values = values[values > _UNKNOWN]
        if self.by is ColourBy.LATENCY and len(values):
            self.least = min(self.least, math.exp(values.min()))
            self.greatest = max(self.greatest, math.exp(values.max()))

    def _of(self, rows: Numbers, attempts: Numbers, now: float, *, in_flight: bool) -> Values:
        """Return the values of chunks by the rows of their attempts; `_UNKNOWN` without one."""
        columns, known = self._attempts.columns, rows >= 0
        found = rows[known]
        values = np.full(len(rows), _UNKNOWN)
        match self.by:
            case ColourBy.RETRIES:
                values[known] = np.maximum(attempts[known] - 1, 0)
            case ColourBy.CONNECTION:
                values[known] = columns["connection"][found]
            case ColourBy.AGE:
                values[known] = columns["started" if in_flight else "ended"][found]
            case _:
                first = columns["first_byte"][found]
                wait = np.where(np.isnan(first) & in_flight, now, first) - columns["started"][found]
                values[known] = np.log(np.maximum(wait, _SHORTEST))
        values[np.isnan(values)] = _UNKNOWN
        return values


def _steps(values: Values, least: float, greatest: float) -> Values:
    steps: Values = (values - least) * ((_STEPS - 1) / (greatest - least))
    return np.clip(steps, 0, _STEPS - 1, out=steps)


def _nice(seconds: float, *, up: bool) -> float:
    """Return 1, 2 or 5 times a power of ten that is not below, or not above, `seconds`."""
    power = 10.0 ** math.floor(math.log10(seconds))
    steps = [factor * power for factor in (1, 2, 5, 10)]
    if up:
        return next(step for step in steps if step >= seconds * (1 - 1e-9))
    return next(step for step in reversed(steps) if step <= seconds * (1 + 1e-9))
