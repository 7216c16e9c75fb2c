"""The finished extents of all layers of one pull, in columns that a drawing can mask and bisect.

A snapshot has them as values, which is dear to walk through for every frame. `Extents` takes in
only what is new since the last snapshot: a frame costs what has changed, whatever was there before.
"""

from collections.abc import Callable, Iterable
from itertools import chain
from operator import attrgetter

import numpy as np
import numpy.typing as npt

from pullscope.engine.model import Extent, LayerSnapshot

Numbers = npt.NDArray[np.int64]

_FIELDS = attrgetter("offset", "length", "chunk", "attempts")


class Extents:
    """Rows of layer, start, end, chunk and attempts, in the order in which they were taken in.

    Args:
        newest_rows: returns the row of `Attempts` that brought each of these chunks, or -1.

    Attributes:
        version: grows when rows are not only appended: a layer was begun anew.
        count: how many rows there are.
    """

    def __init__(self, newest_rows: Callable[[Iterable[int]], Numbers]) -> None:
        self.version = 0
        self.count = 0
        self._newest_rows = newest_rows
        self._columns = np.zeros((6, 1024), np.int64)
        self._layers: tuple[LayerSnapshot, ...] = ()
        self._taken: list[int] = []

    @property
    def layer(self) -> Numbers:
        """Of each extent, the place of its layer in the snapshot."""
        return self._columns[0, : self.count]

    @property
    def start(self) -> Numbers:
        """The offset of the first byte."""
        return self._columns[1, : self.count]

    @property
    def end(self) -> Numbers:
        """The offset behind the last byte."""
        return self._columns[2, : self.count]

    @property
    def chunk(self) -> Numbers:
        """The chunk that brought it; -1 for bytes kept from an earlier pull."""
        return self._columns[3, : self.count]

    @property
    def attempts(self) -> Numbers:
        """How many attempts it took."""
        return self._columns[4, : self.count]

    @property
    def row(self) -> Numbers:
        """The row in `Attempts` of the attempt that brought it; -1 where none is known."""
        return self._columns[5, : self.count]

    def follow(self, layers: tuple[LayerSnapshot, ...]) -> None:
        """Take in what is new in `layers`, the layers of a later snapshot of the same pull."""
        if layers is self._layers:
            return
        if not self._goes_on(layers):
            self.version += 1
            self.count = 0
            self._taken = [0] * len(layers)
        self._layers = layers
        new: list[Extent] = []
        counts = []
        for place, layer in enumerate(layers):
            taken = self._taken[place]
            counts.append(len(layer.extents) - taken)
            if counts[-1]:
                new += layer.extents[taken:]
                self._taken[place] = len(layer.extents)
        if new:
            self._append(np.repeat(np.arange(len(layers)), counts), new)

    def _goes_on(self, layers: tuple[LayerSnapshot, ...]) -> bool:
        if len(layers) != len(self._layers):
            return False
        return all(
            old is new
            or (
                old.digest == new.digest
                and old.generation == new.generation
                and len(new.extents) >= taken
                and (taken == 0 or new.extents[taken - 1] == old.extents[taken - 1])
            )
            for old, new, taken in zip(self._layers, layers, self._taken, strict=True)
        )

    def _append(self, layers: Numbers, new: list[Extent]) -> None:
        count = self.count + len(new)
        if count > self._columns.shape[1]:
            grown = np.zeros((6, 2 * count), np.int64)
            grown[:, : self.count] = self._columns[:, : self.count]
            self._columns = grown
        rows = self._columns[:, self.count : count]
        flat = np.fromiter(chain.from_iterable(map(_FIELDS, new)), np.int64, 4 * len(new))
        rows[0] = layers
        rows[1:5] = flat.reshape(-1, 4).T
        rows[2] += rows[1]  # `end` of each extent would be a call of its own
        rows[5] = self._newest_rows(rows[3].tolist())
        self.count = count
