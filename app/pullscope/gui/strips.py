"""The strips of all layers of a pull, as pixels: each byte in the colour of its state.

The chunk map and the layer table share this. All layers are computed at once, in arrays of layers
by pixels: `follow` adds the extents that are new to the coverage of the pixels they touch, and a
frame only looks at the pixels and at what is in flight. A pixel shows the least finished of its
bytes, so that a chunk too small for a pixel of its own is still seen.
"""

import math
from collections.abc import Sequence
from enum import IntEnum
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor

from pullscope.engine.model import ChunkSnapshot, ChunkState, LayerSnapshot, LayerState
from pullscope.gui import theme as themes
from pullscope.gui.extents import Extents, Numbers
from pullscope.gui.legend import Pixels, failed_stripes, retried_stripes, stripe
from pullscope.gui.theme import Theme

Codes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]
Values = npt.NDArray[np.float64]

GAP_FROM = 4  # a chunk narrower than this has no pixel to spare for the gap before it
_FOOT = 3  # pixels of the mark below bytes that took more than one attempt
_EPSILON = 1e-6  # of a pixel: far less than the smallest chunk on the largest layer
_WHOLE = (LayerState.DONE, LayerState.EXISTING, LayerState.COMMITTING)


class Code(IntEnum):
    """What a pixel shows, the least finished first; what is in flight comes before what is not."""

    FAILED = 0
    RETRYING = 1
    WAITING = 2
    COMING = 3  # the part of a chunk being received that is not here yet
    RECEIVING = 4
    PENDING = 5
    WRITTEN = 6
    HASHED = 7


def _code_of(chunk: ChunkSnapshot) -> Code:
    match chunk.state:
        case ChunkState.RECEIVING:
            return Code.COMING
        case ChunkState.FAILED:
            return Code.FAILED
        case ChunkState.WAITING if chunk.attempt == 1:
            return Code.WAITING
    return Code.RETRYING


def spans(first: Numbers, last: Numbers) -> tuple[Numbers, Numbers]:
    """Return every number of the ranges [first, last), and of which range each is."""
    lengths = np.maximum(last - first, 0)
    owners = np.repeat(np.arange(len(first)), lengths)
    begins = np.cumsum(lengths) - lengths
    return np.arange(len(owners)) - begins[owners] + first[owners], owners


class Flight:
    """The chunks in flight of all layers, in columns."""

    def __init__(self, layers: Sequence[LayerSnapshot]) -> None:
        chunks = [(n, chunk) for n, layer in enumerate(layers) for chunk in layer.in_flight]
        self.layer = np.array([n for n, _ in chunks], np.int64)
        self.chunk = np.array([chunk.id for _, chunk in chunks], np.int64)
        self.offset = np.array([chunk.offset for _, chunk in chunks], np.int64)
        self.length = np.array([chunk.length for _, chunk in chunks], np.int64)
        self.received = np.array([chunk.received for _, chunk in chunks], np.int64)
        self.attempt = np.array([chunk.attempt for _, chunk in chunks], np.int64)
        self.connection = np.array([chunk.connection for _, chunk in chunks], np.int64)
        self.code = np.array([_code_of(chunk) for _, chunk in chunks], np.uint8)


class Strips:
    """The pixels of the layers of one pull.

    Attributes:
        widths: device pixels of each layer's strip; the arrays are as wide as the widest.
        ratio: device pixels of a pixel.
        flight: what is in flight in the snapshot that was followed last.
    """

    def __init__(self, extents: Extents) -> None:
        self.extents = extents
        self.widths = np.zeros(0, np.int64)
        self.ratio = 1.0
        self.flight = Flight(())
        self._layers: tuple[LayerSnapshot, ...] = ()
        self._version = -1
        self._count = 0
        self._scale = np.zeros(0)
        self._covered = np.zeros((0, 2))
        self._retried = np.zeros((0, 2), np.bool_)
        self._gaps = np.zeros((0, 2), np.bool_)

    @property
    def width(self) -> int:
        """Of the widest strip, in device pixels."""
        return self._covered.shape[1] - 2

    def follow(
        self, layers: tuple[LayerSnapshot, ...], widths: Sequence[int], ratio: float
    ) -> None:
        """Take in a snapshot's layers, to be drawn `widths` device pixels wide."""
        self.extents.follow(layers)
        if layers is not self._layers:
            self._layers = layers
            self.flight = Flight(layers)
        if (
            self._version != self.extents.version
            or ratio != self.ratio
            or len(widths) != len(self.widths)
            or (self.widths != widths).any()
        ):
            self._begin(layers, widths, ratio)
        if self._count != self.extents.count:
            self._take(slice(self._count, self.extents.count))
            self._count = self.extents.count

    def pixels_of(self, layer: Numbers, start: Numbers, end: Numbers) -> tuple[Numbers, Numbers]:
        """Return the pixels that runs of bytes touch, at least one each, and whose each is.

        The pixels are indices into the flattened arrays.
        """
        scale, widths = self._scale[layer], self.widths[layer]
        first = np.minimum((start * scale).astype(np.int64), widths - 1)
        last = np.ceil(end * scale - _EPSILON).astype(np.int64)
        last = np.minimum(np.maximum(last, first + 1), widths)
        base = layer * self._covered.shape[1]
        return spans(base + first, base + last)

    def codes(self) -> Codes:
        """Return the code of each pixel of each layer."""
        written = self._covered > 1 - _EPSILON
        codes = np.where(written, np.uint8(Code.WRITTEN), np.uint8(Code.PENDING))
        flat, flight = codes.reshape(-1), self.flight
        if len(flight.layer):
            end = flight.offset + flight.length
            pixels, owners = self.pixels_of(flight.layer, flight.offset, end)
            here = flight.offset[owners] + flight.received[owners]
            # Whole pixels of what is here; the pixel in which it ends is still coming.
            begun = (pixels % codes.shape[1] + 1) <= here * self._scale[flight.layer[owners]]
            code = flight.code[owners]
            code[(code == Code.COMING) & begun] = Code.RECEIVING
            np.minimum.at(flat, pixels, code)
        hashed = np.array([layer.hashed for layer in self._layers]) * self._scale + _EPSILON
        whole = np.array([layer.state in _WHOLE for layer in self._layers])
        ends = np.where(whole, codes.shape[1], hashed.astype(np.int64))
        codes[np.arange(codes.shape[1]) < ends[:, None]] = Code.HASHED
        return codes[:, :-2]

    def gaps(self) -> Flags:
        """Return the pixels before a chunk, where chunks are wide enough to be told apart."""
        gaps, flight = self._gaps.copy(), self.flight
        if len(flight.layer):
            scale = self._scale[flight.layer]
            wide = flight.length * scale >= GAP_FROM * self.ratio
            gaps[flight.layer[wide], (flight.offset * scale)[wide].astype(np.int64)] = True
        gaps[:, :1] = False
        for _ in range(round(self.ratio) - 1):
            gaps[:, 1:] |= gaps[:, :-1]
        return gaps[:, :-2]

    def retried(self) -> Flags:
        """Return the pixels with bytes that took more than one attempt."""
        retried, flight = self._retried.copy(), self.flight
        again = flight.attempt > 1
        if again.any():
            start, length = flight.offset[again], flight.length[again]
            pixels, _ = self.pixels_of(flight.layer[again], start, start + length)
            retried.reshape(-1)[pixels] = True
        return retried[:, :-2]

    def _begin(
        self, layers: tuple[LayerSnapshot, ...], widths: Sequence[int], ratio: float
    ) -> None:
        self._version, self._count, self.ratio = self.extents.version, 0, ratio
        self.widths = np.array(widths, np.int64)
        sizes = np.array([layer.size for layer in layers], np.float64)
        self._scale = np.divide(self.widths, sizes, out=np.zeros_like(sizes), where=sizes > 0)
        shape = (len(layers), int(max(widths, default=0)) + 2)
        self._covered = np.zeros(shape)
        self._retried = np.zeros(shape, np.bool_)
        self._gaps = np.zeros(shape, np.bool_)

    def _take(self, new: slice) -> None:
        extents, stride = self.extents, self._covered.shape[1]
        layer = extents.layer[new]
        scale, base = self._scale[layer], layer * stride
        x0, x1 = extents.start[new] * scale, extents.end[new] * scale
        first, last = x0.astype(np.int64), x1.astype(np.int64)
        flat = self._covered.reshape(-1)
        inside = first == last
        np.add.at(flat, (base + first)[inside], (x1 - x0)[inside])
        over = ~inside
        np.add.at(flat, (base + first)[over], (first + 1 - x0)[over])
        np.add.at(flat, (base + last)[over], (x1 - last)[over])
        between, _ = spans((base + first)[over] + 1, (base + last)[over])
        flat[between] += 1.0
        wide = x1 - x0 >= GAP_FROM * self.ratio
        gaps = np.minimum(first, np.maximum(self.widths[layer] - 1, 0))
        self._gaps.reshape(-1)[(base + gaps)[wide]] = True
        again = extents.attempts[new] > 1
        if again.any():
            least = (3 * self.ratio) / scale[again]  # found, even alone
            start = extents.start[new][again]
            end = np.maximum(extents.end[new][again], start + least)
            pixels, _ = self.pixels_of(layer[again], start, end)
            self._retried.reshape(-1)[pixels] = True


@lru_cache(maxsize=8)
def _colours_of_codes(theme: Theme, selected: bool) -> Pixels:
    pending = pending_colour(theme, selected)
    colours = {
        Code.FAILED: theme.failed,
        Code.RETRYING: theme.retried,
        Code.WAITING: theme.waiting,
        Code.COMING: themes.blend(theme.receiving, pending, 0.35),
        Code.RECEIVING: theme.receiving,
        Code.PENDING: pending,
        Code.WRITTEN: theme.written,
        Code.HASHED: theme.hashed,
    }
    return np.array([colours[code].rgba() for code in Code], np.uint32)


def pending_colour(theme: Theme, selected: bool = False) -> QColor:
    """Return the colour of bytes nobody asked for; `selected` when its row's surface is raised."""
    return themes.blend(theme.text, theme.pending, 0.08) if selected else theme.pending


def state_pixels(
    codes: Codes,
    gaps: Flags,
    retried: Flags,
    height: int,
    ratio: float,
    theme: Theme,
    selected: bool = False,
) -> Pixels:
    """Return the strips of `codes`, coloured by state: an array of layers by lines by pixels.

    `height` is in device pixels.
    """
    lines = _colours_of_codes(theme, selected)[codes]
    lines[gaps] = 0
    pixels = np.repeat(lines[:, None, :], height, axis=1)
    for row in np.flatnonzero((codes <= Code.RETRYING).any(axis=1)):
        width = codes.shape[1]
        for code, stripes in ((Code.RETRYING, retried_stripes), (Code.FAILED, failed_stripes)):
            striped = stripes(height, width, ratio) & (codes[row] == code) & ~gaps[row]
            pixels[row][striped] = stripe(theme).rgba()
    draw_feet(pixels, retried & ~gaps, ratio, theme)
    return pixels


def draw_feet(pixels: Pixels, retried: Flags, ratio: float, theme: Theme) -> None:
    """Mark what took more than one attempt below it, so that its colour stays to be seen."""
    foot = round(_FOOT * ratio)
    for row in np.flatnonzero(retried.any(axis=1)):
        pixels[row, -foot:, retried[row]] = theme.retried.rgba()
        pixels[row, -foot - max(1, math.floor(ratio)) : -foot, retried[row]] = 0
