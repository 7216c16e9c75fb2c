"""The attempts of a pull's chunks, in columns that a drawing can bisect and mask.

`Attempts` observes the events of one pull and keeps one row per attempt, in the order in which the
attempts were sent; a row is filled in as its later facts arrive and is never removed. It also keeps
the requests that brought no bytes of a layer. The timeline draws both, the chunk map colours by
them. The counterpart is `engine.events`, where the meaning of each time is written.
"""

import heapq
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import repeat
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from pullscope.engine.events import (
    ChunkDone,
    ChunkHedged,
    ChunkReturned,
    ChunkStarted,
    FirstByte,
    LayerDiscarded,
    PrefixHashed,
    PullEnded,
    PullEvent,
    PullResolved,
    RequestSent,
    Sampled,
)
from pullscope.gui.extents import Extents
from pullscope.gui.time_axis import Mark

Columns = npt.NDArray[np.void]


_MOST = 10_000  # layers, and connections; a trace that tells of more is damaged


class Outcome(IntEnum):
    """How an attempt ended."""

    IN_FLIGHT = 0
    DONE = 1
    RETRIED = 2  # it failed, and its chunk is asked again
    GIVEN_BACK = 3  # cut: by a pause, a cancel, or the end of the pull


DTYPE = np.dtype(
    [
        ("layer", np.int32),
        ("chunk", np.int64),
        ("attempt", np.int32),
        ("connection", np.int32),
        ("lane", np.int32),  # its place among the attempts of its layer that run side by side
        ("offset", np.int64),
        ("length", np.int64),
        ("queued", np.float64),
        ("started", np.float64),
        ("first_byte", np.float64),
        ("received_at", np.float64),
        ("ended", np.float64),
        ("hash_began", np.float64),
        ("hashed_at", np.float64),
        ("outcome", np.int8),
        ("received", np.int64),
        ("host", np.int32),
        ("status", np.int32),
        ("reason", np.int32),
        ("hedge", np.bool_),  # a second request for what a silent one should bring
        ("before", np.int64),  # the row of the chunk's attempt before this one; -1: it is the first
    ],
    align=True,  # else its columns have no views of memory
)
_UNKNOWN = ("first_byte", "received_at", "ended", "hash_began", "hashed_at")


@dataclass(frozen=True, slots=True)
class OtherRequest:
    """A request that brought no bytes of a layer: for a manifest, a token, or a redirect.

    `lane` is its place among the requests that run side by side.
    """

    began: float
    at: float
    kind: str
    host: str
    status: int
    lane: int


@dataclass(slots=True)
class _Hash:
    """The digest of one layer: its steps so far, and the rows whose bytes it has yet to cover."""

    covered: list[int] = field(default_factory=list)
    began: list[float] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    ahead: list[tuple[int, int]] = field(default_factory=list)  # a heap of end and row


class Attempts:
    """An observer of a pull that keeps its chunk attempts.

    Times are seconds since the pull began, NaN while unknown. `columns` is ordered by `started`.

    Attributes:
        UNHEEDED: kinds of events that tell nothing, not even how late it is.
        extents: the finished extents of the pull, as far as a view has shown it its snapshots.
        at: when the newest event happened.
        ended: whether the pull has.
        marks: where a setting changed, for the timeline to draw.
        connections: how many connections there were.
        digests: of the layers, empty until they are known.
    """

    UNHEEDED: ClassVar[frozenset[type[PullEvent]]] = frozenset()

    def __init__(self) -> None:
        self._rows = _unwritten(1024)
        # A cell is written ten times as fast through a view of memory as by numpy.
        self._cells = _cells_of(self._rows)
        self._count = 0
        self._open: dict[tuple[int, int], int] = {}
        self._names: list[str] = [""]  # hosts and reasons: few, named again and again
        self._numbers: dict[str, int] = {"": 0}
        self._lanes: list[int] = []
        self._free_lanes: list[list[int]] = []
        self._hashes: dict[int, _Hash] = {}
        self._hedged: set[tuple[int, int]] = set()
        self._newest: dict[int, int] = {}
        self._samples = np.zeros((4, 1024))
        self._sample_count = 0
        self._requests: list[OtherRequest] = []
        self._request_ends: list[float] = []  # by lane
        self.extents = Extents(self.newest_rows)
        self.marks: list[Mark] = []
        self.at = 0.0
        self.ended = False
        self.connections = 0
        self.digests: tuple[str, ...] = ()

    def __len__(self) -> int:
        return self._count

    @property
    def columns(self) -> Columns:
        """Return the rows so far, as a structured array of `DTYPE`; not to be written to."""
        return self._rows[: self._count]

    @property
    def lanes(self) -> tuple[int, ...]:
        """Return, per layer, how many of its attempts ran side by side at most."""
        return tuple(self._lanes)

    @property
    def requests(self) -> list[OtherRequest]:
        """Return the requests that brought no bytes of a layer, in the order of their ends."""
        return self._requests

    @property
    def request_lanes(self) -> int:
        """Return how many of those requests ran side by side at most."""
        return len(self._request_ends)

    @property
    def samples(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Return the times of the samples, and the bytes received, written and hashed by then."""
        every = self._samples[:, : self._sample_count]
        return every[0], every[1:]

    def rows_of(self, chunk: int) -> npt.NDArray[np.int64]:
        """Return the numbers of the rows of a chunk's attempts."""
        return np.flatnonzero(self.columns["chunk"] == chunk)

    def newest_rows(self, chunks: Iterable[int]) -> npt.NDArray[np.int64]:
        """Return for each chunk the row of the attempt that brought it, or is to; -1: none."""
        return np.fromiter(map(self._newest.get, chunks, repeat(-1)), np.int64)

    def name(self, number: int) -> str:
        """Return the text behind a number in the columns `host` and `reason`."""
        return self._names[number]

    def __call__(self, event: PullEvent) -> None:
        """Take in what happened."""
        self.at = event.at
        take = _TAKES.get(type(event))
        if take is not None:
            take(self, event)

    def _first_byte(self, event: FirstByte) -> None:
        row = self._open.get((event.chunk, event.attempt))
        if row is not None:  # an observer that came late has not seen it start
            cells = self._cells
            cells["first_byte"][row] = event.at
            cells["host"][row] = self._number(event.host)
            cells["status"][row] = event.status

    def _done(self, event: ChunkDone) -> None:
        row = self._end(event, Outcome.DONE)
        if row is not None:
            self._cells["received_at"][row] = event.received_at

    def _returned(self, event: ChunkReturned) -> None:
        again = event.retry_in is not None
        row = self._end(event, Outcome.RETRIED if again else Outcome.GIVEN_BACK)
        if row is not None:
            self._cells["reason"][row] = self._number(event.reason)
            if event.status is not None:
                self._cells["status"][row] = event.status

    def _discard(self, event: LayerDiscarded) -> None:
        self._hashes.pop(event.layer, None)

    def _hedge(self, event: ChunkHedged) -> None:
        self._hedged.add((event.chunk, event.attempt))

    def _pull_ended(self, _: PullEnded) -> None:
        self.ended = True

    def _resolved(self, event: PullResolved) -> None:
        self.digests = tuple(layer.digest for layer in event.layers)

    def _note_sample(self, event: Sampled) -> None:
        if self._sample_count == self._samples.shape[1]:
            self._samples = np.concatenate([self._samples, np.zeros_like(self._samples)], axis=1)
        sample = (event.at, event.received, event.written, event.hashed)
        self._samples[:, self._sample_count] = sample
        self._sample_count += 1

    def _other(self, event: RequestSent) -> None:
        ends = self._request_ends
        lane = next((n for n, end in enumerate(ends) if end <= event.began), len(ends))
        if lane == len(ends):
            ends.append(event.at)
        ends[lane] = event.at
        request = OtherRequest(event.began, event.at, event.kind, event.host, event.status, lane)
        self._requests.append(request)

    def _start(self, event: ChunkStarted) -> None:
        if not (0 <= event.layer < _MOST and 0 <= event.connection < _MOST):
            return
        if self._count == len(self._rows):
            self._grow()
        row, cells = self._count, self._cells
        cells["layer"][row] = event.layer
        cells["chunk"][row] = event.chunk
        cells["attempt"][row] = event.attempt
        cells["connection"][row] = event.connection
        cells["lane"][row] = self._take_lane(event.layer)
        cells["offset"][row] = event.offset
        cells["length"][row] = event.length
        cells["queued"][row] = event.queued
        cells["started"][row] = event.at
        cells["before"][row] = self._newest.get(event.chunk, -1)
        key = (event.chunk, event.attempt)
        if key in self._hedged:
            self._hedged.discard(key)
            cells["hedge"][row] = True
        self._open[key] = row
        self._newest[event.chunk] = row
        self._count += 1
        if event.connection >= self.connections:
            self.connections = event.connection + 1

    def _grow(self) -> None:
        grown = _unwritten(2 * len(self._rows))
        grown[: len(self._rows)] = self._rows
        self._rows = grown
        self._cells = _cells_of(grown)

    def _end(self, event: ChunkDone | ChunkReturned, outcome: Outcome) -> int | None:
        """Fill in what each end of an attempt tells, and return its row."""
        row = self._open.pop((event.chunk, event.attempt), None)
        if row is None:
            return None
        cells = self._cells
        cells["ended"][row] = event.at
        cells["received"][row] = event.received
        cells["outcome"][row] = outcome
        layer = cells["layer"][row]
        heapq.heappush(self._free_lanes[layer], cells["lane"][row])
        if event.received > 0:
            self._newest[event.chunk] = row
            known = self._hashes.get(layer)
            if known is None:
                known = self._hashes[layer] = _Hash()
            heapq.heappush(known.ahead, (cells["offset"][row] + event.received, row))
            self._note_hashed(known)
        return row

    def _cover(self, event: PrefixHashed) -> None:
        known = self._hashes.get(event.layer)
        if known is None:
            known = self._hashes[event.layer] = _Hash()
        known.covered.append(event.hashed)
        known.began.append(event.began)
        known.at.append(event.at)
        self._note_hashed(known)

    def _note_hashed(self, known: _Hash) -> None:
        ahead, covered = known.ahead, known.covered
        while ahead and covered and ahead[0][0] <= covered[-1]:
            cells = self._cells
            end, row = heapq.heappop(ahead)
            last = bisect_left(covered, end)
            first = min(bisect_right(covered, cells["offset"][row]), last)
            # Of steps with a pause between them, as one stretch that ends with the last.
            took = known.at[last] - known.began[last]
            for step in range(first, last):
                took += known.at[step] - known.began[step]
            cells["hash_began"][row] = known.at[last] - took
            cells["hashed_at"][row] = known.at[last]

    def _take_lane(self, layer: int) -> int:
        while len(self._lanes) <= layer:
            self._lanes.append(0)
            self._free_lanes.append([])
        if self._free_lanes[layer]:
            return heapq.heappop(self._free_lanes[layer])
        self._lanes[layer] += 1
        return self._lanes[layer] - 1

    def _number(self, name: str) -> int:
        if name not in self._numbers:
            self._numbers[name] = len(self._names)
            self._names.append(name)
        return self._numbers[name]


_TAKES: Mapping[type[PullEvent], Callable[[Attempts, Any], None]] = {
    ChunkStarted: Attempts._start,
    FirstByte: Attempts._first_byte,
    ChunkDone: Attempts._done,
    ChunkReturned: Attempts._returned,
    PrefixHashed: Attempts._cover,
    LayerDiscarded: Attempts._discard,
    ChunkHedged: Attempts._hedge,
    Sampled: Attempts._note_sample,
    RequestSent: Attempts._other,
    PullEnded: Attempts._pull_ended,
    PullResolved: Attempts._resolved,
}


def _unwritten(count: int) -> Columns:
    rows = np.zeros(count, DTYPE)
    for name in _UNKNOWN:
        rows[name] = np.nan
    rows["before"] = -1
    return rows


def _cells_of(rows: Columns) -> dict[str, Any]:
    return {name: rows[name].data for name in DTYPE.names or ()}
