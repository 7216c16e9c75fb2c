"""The state of one layer while its image is pulled: books, part, hash, and who fetches for it.

`pull` decides and acts; this is what it decides over.
"""

import asyncio
import heapq
import itertools
from collections.abc import Iterator

from pullscope.engine.attempt import Attempt
from pullscope.engine.hashing import PrefixHasher
from pullscope.engine.ledger import Chunk, Ledger
from pullscope.engine.model import ChunkSnapshot, Extent, Layer, LayerSnapshot, LayerState
from pullscope.engine.store import Part


class LayerRun:
    """A layer being pulled.

    Attributes:
        part: None until it is open, and again when it is committed or closed.
        reserved: when its space on disk is reserved, which happens beside the fetching.
        hasher: None until what an earlier pull left in the part is checked.
        active: attempts under way.
        whole: the registry does not serve ranges of it: one attempt at a time, for everything.
        whole_because: why, until the first request for everything is sent.
        kept: bytes of an earlier pull.
        waiting: another pull is fetching it into the same place.
        failures: per chunk, attempts in a row that brought little.
        refetched: its bytes were wrong once already.
        begun: it was looked at; its part is open or will be.
        verified: its bytes match its digest.
    """

    def __init__(self, index: int, layer: Layer, ids: Iterator[int]) -> None:
        self.index = index
        self.layer = layer
        self.ledger = Ledger(layer.size, ids)
        self.state = LayerState.PENDING
        self.part: Part | None = None
        self.hasher: PrefixHasher | None = None
        self.reserved: asyncio.Future[None] | None = None
        self.active: set[Attempt] = set()
        self.whole = False
        self.whole_because = ""
        self.waiting = False
        self.kept = 0
        self.attempts = 0
        self.retries = 0
        self.failures: dict[int, int] = {}
        self.refetched = False
        self.verified = False
        self.begun = False
        self.error = ""
        self._retries_due: list[tuple[float, int, Chunk]] = []
        self._order = itertools.count()
        self._extents: tuple[Extent, ...] = ()
        self._extents_version = (0, 0)

    @property
    def settled(self) -> bool:
        """Whether no byte of it needs the network any more."""
        if self.state in (LayerState.DONE, LayerState.EXISTING):
            return True
        return self.begun and self.ledger.complete  # an empty one has yet to become a blob

    @property
    def wanted(self) -> int:
        """Bytes that nobody has asked for yet."""
        if self.state in (LayerState.DONE, LayerState.EXISTING):
            return 0
        return sum(end - start for start, end in self.ledger.wanted)

    def has_work(self, now: float) -> bool:
        """Whether a chunk can be asked for now."""
        if self.hasher is None or self.ledger.complete:
            return False
        if self._retries_due:
            return self.has_retry(now) or (self.ledger.has_wanted and not self.whole)
        if self.whole:
            return not self.ledger.in_flight_count
        return self.ledger.has_wanted

    def has_retry(self, now: float) -> bool:
        """Whether a chunk's next attempt is due."""
        return bool(self._retries_due) and self._retries_due[0][0] <= now

    def next_chunk(self, now: float, chunk_size: int) -> tuple[Chunk, int]:
        """Return what to ask for next, and how many bytes that were done it gives up.

        Call it when `has_work`; for a layer that is fetched whole, with nothing in flight.
        """
        if self.has_retry(now):
            return heapq.heappop(self._retries_due)[2], 0
        if self.whole:
            chunk, given_up = self.ledger.take_rest()
            self.kept = sum(extent.length for extent in self.ledger.extents if extent.chunk == -1)
        else:
            chunk, given_up = self.ledger.take(chunk_size), 0
        if chunk is None:
            raise ValueError("nothing is wanted")
        chunk.queued = now
        return chunk, given_up

    def retry_later(self, chunk: Chunk, due: float) -> None:
        """Ask for the rest of `chunk` again at `due`."""
        chunk.queued = due
        heapq.heappush(self._retries_due, (due, next(self._order), chunk))

    def give_back_retries(self) -> None:
        """Give chunks that wait for their next attempt back to the ledger."""
        for _, _, chunk in self._retries_due:
            self.ledger.give_back(chunk, chunk.written)
        self._retries_due.clear()

    def snapshot(self) -> LayerSnapshot:
        """Return a picture of the moment."""
        ledger = self.ledger
        version = (ledger.generation, ledger.extent_count)
        if version != self._extents_version:
            self._extents, self._extents_version = ledger.extents, version
        ended = self.state in (LayerState.DONE, LayerState.EXISTING)
        size = self.layer.size
        return LayerSnapshot(
            index=self.index,
            digest=self.layer.digest,
            size=size,
            media_type=self.layer.media_type,
            state=self.state,
            received=size if ended else ledger.received,
            written=size if ended else ledger.written,
            hashed=size if ended else self.hasher.hashed if self.hasher else 0,
            frontier=size if ended else ledger.frontier,
            attempts=self.attempts,
            retries=self.retries,
            generation=ledger.generation,
            extents=self._extents,
            in_flight=tuple(_picture(chunk) for chunk in ledger.in_flight),
            error=self.error,
        )


def _picture(chunk: Chunk) -> ChunkSnapshot:
    return ChunkSnapshot(
        chunk.id,
        chunk.offset,
        chunk.length,
        chunk.received,
        chunk.written,
        chunk.attempt,
        chunk.connection,
        chunk.state,
    )
