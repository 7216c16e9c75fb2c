"""The ledger of one layer: which bytes are wanted, which are in flight, which are done.

Every byte is in exactly one of these places. Chunks are cut when they are asked for, at the size
asked for: that is what lets the chunk size change while a pull runs. No I/O, no clock; `pull`
moves the bytes and tells the ledger.

The mutable state is the list of wanted runs (sorted, disjoint), the chunks in flight, the list of
finished extents (in the order in which they finished) and the merged runs they cover.
"""

import itertools
from bisect import bisect_left, insort
from collections.abc import Iterator

from pullscope.engine.model import ChunkState, Extent


class Chunk:
    """Bytes of one layer that one request at a time asks for. It stays itself over its attempts.

    Attributes:
        id: unique in its pull.
        offset, length: the bytes it covers.
        received, written: how many of them have arrived and are in the file, from `offset`.
        attempt: 1 for the first.
        connection: the request slot that it holds, -1 while it holds none.
        queued: when its next attempt became possible, in seconds since the pull began.
    """

    __slots__ = (
        "attempt", "connection", "id", "length", "offset", "queued", "received", "state", "written",
    )  # fmt: skip

    def __init__(self, id_: int, offset: int, length: int) -> None:
        self.id = id_
        self.offset = offset
        self.length = length
        self.received = 0
        self.written = 0
        self.attempt = 1
        self.connection = -1
        self.queued = 0.0
        self.state = ChunkState.WAITING

    @property
    def end(self) -> int:
        """The offset behind its last byte."""
        return self.offset + self.length

    def __repr__(self) -> str:
        return f"<Chunk {self.id} [{self.offset}, {self.end}) attempt {self.attempt}>"


class Ledger:
    """The books of one layer of `size` bytes.

    Args:
        size: bytes of the layer.
        ids: where the ids of chunks come from; shared by the ledgers of one pull.
    """

    def __init__(self, size: int, ids: Iterator[int] | None = None) -> None:
        self.size = size
        self.generation = 0
        self._ids = itertools.count() if ids is None else ids
        self._wanted: list[tuple[int, int]] = [(0, size)] if size else []
        self._in_flight: dict[int, Chunk] = {}
        self._extents: list[Extent] = []
        self._covered: list[tuple[int, int]] = []
        self._done = 0

    @property
    def in_flight(self) -> tuple[Chunk, ...]:
        """The chunks in flight, oldest first."""
        return tuple(self._in_flight.values())

    @property
    def in_flight_count(self) -> int:
        """How many chunks are in flight."""
        return len(self._in_flight)

    @property
    def extents(self) -> tuple[Extent, ...]:
        """The finished runs, in the order in which they finished."""
        return tuple(self._extents)

    @property
    def extent_count(self) -> int:
        """How many finished runs there are."""
        return len(self._extents)

    @property
    def wanted(self) -> tuple[tuple[int, int], ...]:
        """The runs nobody is fetching, as (start, end), sorted."""
        return tuple(self._wanted)

    @property
    def has_wanted(self) -> bool:
        """Whether there is a byte to take."""
        return bool(self._wanted)

    @property
    def complete(self) -> bool:
        """Whether every byte is done."""
        return self._done == self.size

    @property
    def received(self) -> int:
        """Bytes done, and received by chunks in flight."""
        return self._done + sum(chunk.received for chunk in self._in_flight.values())

    @property
    def written(self) -> int:
        """Bytes in the file."""
        return self._done + sum(chunk.written for chunk in self._in_flight.values())

    @property
    def frontier(self) -> int:
        """Bytes in the file without a gap from the start."""
        end = self._covered[0][1] if self._covered and self._covered[0][0] == 0 else 0
        for chunk in self._in_flight.values():
            if chunk.offset == end:
                return end + chunk.written
        return end

    def take(self, size: int) -> Chunk | None:
        """Cut the first wanted bytes into a chunk of at most `size` bytes (0: as many as follow).

        Returns None when nothing is wanted.
        """
        if not self._wanted:
            return None
        start, end = self._wanted[0]
        cut = end if size == 0 else min(end, start + size)
        if cut == end:
            del self._wanted[0]
        else:
            self._wanted[0] = (cut, end)
        return self._launch(start, cut)

    def split(self, chunk: Chunk, extra: int) -> list[Chunk]:
        """Shorten `chunk`, which is in flight, and cut what it gives up into `extra` chunks.

        What it has not received yet is divided evenly; it keeps the first part.
        """
        left = chunk.length - chunk.received
        size = left // (extra + 1)
        if extra < 1 or left <= extra or chunk.id not in self._in_flight:
            raise ValueError(f"{chunk!r} cannot be split by {extra}")
        old_end = chunk.end
        chunk.length -= size * extra
        return [self._launch(start, start + size) for start in range(chunk.end, old_end, size)]

    def take_rest(self) -> tuple[Chunk | None, int]:
        """Give up what is done behind the frontier, and take everything from there to the end.

        This is how a reply that holds the whole layer is used. Nothing may be in flight.

        Returns:
            The chunk (None when no byte is missing) and the number of bytes given up.
        """
        if self._in_flight:
            raise ValueError("take_rest with chunks in flight")
        if self.complete:
            return None, 0
        frontier = self.frontier
        given_up = self._done - frontier
        self._wanted = []
        if given_up:
            self.generation += 1
            kept = [e for e in self._extents if e.end <= frontier]
            self._extents = kept
            self._covered = [(0, frontier)] if frontier else []
            self._done = frontier
        return self._launch(frontier, self.size), given_up

    def finish(self, chunk: Chunk) -> None:
        """Every byte of `chunk` is in the file."""
        del self._in_flight[chunk.id]
        self._cover(Extent(chunk.offset, chunk.length, chunk.id, chunk.attempt))

    def give_back(self, chunk: Chunk, written: int) -> None:
        """`chunk` ends early: its first `written` bytes are in the file, the rest is wanted."""
        if not 0 <= written <= chunk.length:
            raise ValueError(f"{chunk!r} cannot have {written} bytes written")
        del self._in_flight[chunk.id]
        if written:
            self._cover(Extent(chunk.offset, written, chunk.id, chunk.attempt))
        if written < chunk.length:
            self._want(chunk.offset + written, chunk.end)

    def keep(self, offset: int, length: int) -> None:
        """Bytes of an earlier pull were found to be right; only wanted ones may be kept."""
        end = offset + length
        for index, (start, stop) in enumerate(self._wanted):
            if start <= offset and end <= stop:
                pieces = [(start, offset), (end, stop)]
                self._wanted[index : index + 1] = [piece for piece in pieces if piece[0] < piece[1]]
                self._cover(Extent(offset, length, -1, 0))
                return
        raise ValueError(f"[{offset}, {end}) is not wanted")

    def restart(self) -> None:
        """Want every byte again: what was received is not what was asked for."""
        if self._in_flight:
            raise ValueError("restart with chunks in flight")
        self.generation += 1
        self._wanted = [(0, self.size)] if self.size else []
        self._extents = []
        self._covered = []
        self._done = 0

    def _launch(self, start: int, end: int) -> Chunk:
        chunk = Chunk(next(self._ids), start, end - start)
        self._in_flight[chunk.id] = chunk
        return chunk

    def _cover(self, extent: Extent) -> None:
        self._extents.append(extent)
        self._done += extent.length
        _insert_merged(self._covered, extent.offset, extent.end)

    def _want(self, start: int, end: int) -> None:
        _insert_merged(self._wanted, start, end)


def _insert_merged(runs: list[tuple[int, int]], start: int, end: int) -> None:
    """Insert [start, end) into sorted disjoint `runs`, joining it with the runs it touches."""
    index = bisect_left(runs, (start, end))
    if index < len(runs) and runs[index][0] == end:
        end = runs.pop(index)[1]
    if index and runs[index - 1][1] == start:
        index -= 1
        start = runs.pop(index)[0]
    insort(runs, (start, end))
