"""The last picture of a pull, put together from the events that its trace tells. Pure.

What a window draws of a pull that runs is a `Snapshot` of the engine's; a trace holds events alone.
The rules by which bytes change places are those of `engine.ledger` and `engine.layer_run`.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from pullscope.engine.events import (
    ChunkDone,
    ChunkHedged,
    ChunkReturned,
    ChunkStarted,
    FirstByte,
    LayerCommitted,
    LayerDiscarded,
    LayerExisting,
    LayerReceived,
    LayerResumed,
    LayerVerified,
    PrefixHashed,
    PullEnded,
    PullEvent,
    PullPaused,
    PullResolved,
    PullResumed,
    PullStarted,
    RangeUnusable,
    RequestSent,
    Sampled,
    SettingsApplied,
)
from pullscope.engine.message import Message
from pullscope.engine.model import (
    ChunkSnapshot,
    ChunkState,
    Extent,
    Layer,
    LayerSnapshot,
    LayerState,
    PullState,
    Settings,
    Snapshot,
    Timeline,
)

MOST_LAYERS = 10_000
"""A trace that tells of more is damaged."""

_FAILED_LAYER = re.compile(r"layer (\d{1,6})\b")
_ENDED = (LayerState.DONE, LayerState.EXISTING)


class ImpossibleTrace(Exception):
    """What a trace tells cannot have happened. `str()` is one line for people."""


def last_snapshot(events: Iterable[PullEvent]) -> Snapshot:
    """Return how the pull stood when its trace ends.

    Raises:
        ImpossibleTrace: an event names a layer, or bytes of one, that are not of the image.
    """
    books = _Books()
    books.take(events)
    return books.snapshot()


@dataclass(slots=True)
class _Chunk:
    """Bytes of a layer that were asked for, by one attempt after the other.

    `open` are its attempts under way; two, where a second one was sent for a silent one.
    """

    id: int
    offset: int
    length: int
    attempt: int
    connection: int
    received: int = 0
    open: int = 0
    state: ChunkState = ChunkState.WAITING

    @property
    def in_flight(self) -> bool:
        return self.open > 0 or self.state is ChunkState.RETRYING

    @property
    def end(self) -> int:
        return self.offset + self.received


@dataclass(slots=True)
class _Layer:
    """A layer and what happened to it.

    `chunks` are in the order in which they last changed. `wasted` are bytes that this pull brought.
    """

    layer: Layer
    state: LayerState = LayerState.PENDING
    kept: int = 0
    wasted: int = 0
    hashed: int = 0
    attempts: int = 0
    retries: int = 0
    generation: int = 0
    whole: bool = False
    error: str = ""
    chunks: dict[int, _Chunk] = field(default_factory=dict)

    def begin(self, event: ChunkStarted) -> None:
        if event.offset < 0 or event.length < 0 or event.offset + event.length > self.layer.size:
            raise ImpossibleTrace(
                Message(
                    "chunk {chunk} asks for bytes that layer {layer} does not have",
                    chunk=event.chunk,
                    layer=event.layer + 1,
                )
            )
        if self.state is LayerState.PENDING:
            self.state = LayerState.RECEIVING
        self.attempts += 1
        known = self.chunks.get(event.chunk)
        if known is None:
            if self.whole:
                self._give_up_behind(event.offset)
            known = _Chunk(event.chunk, event.offset, event.length, 0, 0)
            self.chunks[event.chunk] = known
        known.attempt, known.connection = event.attempt, event.connection
        known.open += 1
        known.state = ChunkState.WAITING

    def end(self, event: ChunkDone | ChunkReturned) -> None:
        chunk = self.chunks.pop(event.chunk, None)
        if chunk is None:
            return
        # Each attempt tells what it brought itself, also where a second one was under way.
        chunk.received += event.received
        if not 0 <= event.received <= self.layer.size - chunk.offset or chunk.end > self.layer.size:
            raise ImpossibleTrace(
                Message(
                    "chunk {chunk} brought bytes that layer {layer} does not have",
                    chunk=event.chunk,
                    layer=event.layer + 1,
                )
            )
        chunk.open = 0 if isinstance(event, ChunkDone) else max(0, chunk.open - 1)
        if isinstance(event, ChunkReturned) and event.retry_in is not None:
            self.retries += 1
            chunk.state, chunk.connection = ChunkState.RETRYING, -1
        if chunk.received or chunk.in_flight:
            self.chunks[event.chunk] = chunk

    def keep(self, kept: int) -> None:
        if not 0 <= kept <= self.layer.size:
            raise ImpossibleTrace(
                Message(
                    "{kept} bytes are kept of a layer of {size}", kept=kept, size=self.layer.size
                )
            )
        self.kept = kept

    def discard(self) -> None:
        self.state = LayerState.RECEIVING
        self.generation += 1
        self.wasted += self.layer.size - self.kept
        self.kept = self.hashed = 0
        self.chunks.clear()

    def _give_up_behind(self, offset: int) -> None:
        """One reply is to bring the rest of the layer: what is there of it is asked for anew."""
        gone = [chunk for chunk in self.chunks.values() if chunk.end > offset]
        for chunk in gone:
            del self.chunks[chunk.id]
        own = sum(chunk.received for chunk in gone)
        # All before `offset` is there; what this pull did not bring of it was kept.
        kept = offset - sum(chunk.received for chunk in self.chunks.values())
        kept = max(0, min(self.kept, kept))
        self.generation += own > 0 or kept < self.kept
        self.wasted += own
        self.kept = kept

    def snapshot(self, index: int, *, over: bool) -> LayerSnapshot:
        chunks = self.chunks.values()
        size = self.layer.size
        if sum(chunk.received for chunk in chunks) + self.kept > size:
            raise ImpossibleTrace(
                Message("layer {layer} got more bytes than it has", layer=index + 1)
            )
        flying = [] if over else [chunk for chunk in chunks if chunk.in_flight]
        still = [c for c in chunks if c.received and (over or not c.in_flight)]
        extents = [*_kept_extents(chunks, self.kept, size), *map(_brought, still)]
        begun = list(map(_brought, flying))
        ended = self.state in _ENDED
        here = size if ended else sum(extent.length for extent in (*extents, *begun))
        return LayerSnapshot(
            index=index,
            digest=self.layer.digest,
            size=size,
            media_type=self.layer.media_type,
            state=self.state,
            received=here,
            written=here,
            hashed=size if ended else max(0, min(self.hashed, size)),
            frontier=size if ended else _frontier([*extents, *begun]),
            attempts=self.attempts,
            retries=self.retries,
            generation=self.generation,
            extents=tuple(extents),
            in_flight=tuple(
                ChunkSnapshot(
                    c.id, c.offset, c.length, c.received, c.received, c.attempt, c.connection,
                    c.state,
                )
                for c in flying
            ),
            error=self.error,
        )  # fmt: skip


class _Books:
    """What is known of a pull after so many of its events."""

    def __init__(self) -> None:
        self._at = 0.0
        self._state = PullState.RESOLVING
        self._paused = False
        self._error = ""
        self._reference = self._digest = self._platform = ""
        self._settings = Settings()
        self._layers: list[_Layer] = []
        self._requests = self._hedges = 0
        self._received = self._network = self._memory = 0
        self._told_wasted = 0
        self._passed: dict[str, float] = {}

    def take(self, events: Iterable[PullEvent]) -> None:
        """Take events in their order."""
        for event in events:
            if event.at > self._at:
                self._at = event.at
            _TAKES[type(event)](self, event)

    def _chunk_started(self, event: ChunkStarted) -> None:
        self._requests += 1
        self._of(event.layer).begin(event)

    def _first_byte(self, event: FirstByte) -> None:
        self._passed.setdefault("first_byte", event.at)
        chunk = self._of(event.layer).chunks.get(event.chunk)
        if chunk is not None:
            chunk.state = ChunkState.RECEIVING

    def _chunk_ended(self, event: ChunkDone | ChunkReturned) -> None:
        self._received += event.received
        self._of(event.layer).end(event)

    def _prefix_hashed(self, event: PrefixHashed) -> None:
        self._of(event.layer).hashed = event.hashed

    def _sampled(self, event: Sampled) -> None:
        self._memory = event.memory
        self._network = max(self._network, event.network)
        self._told_wasted = max(self._told_wasted, event.wasted)

    def _turn(self, event: PullEvent) -> None:
        """Take an event of which there are few."""
        match event:
            case RequestSent():
                self._requests += 1
            case ChunkHedged():
                self._hedges += 1
            case PullStarted():
                self._reference, self._settings = event.reference, event.settings
            case SettingsApplied():
                self._settings = event.new
            case PullResolved():
                self._resolve(event)
            case LayerExisting():
                self._of(event.layer).state = LayerState.EXISTING
            case LayerResumed():
                self._of(event.layer).keep(event.kept)
            case RangeUnusable():
                self._of(event.layer).whole = True
            case LayerReceived():
                self._of(event.layer).state = LayerState.HASHING
                self._passed["last_byte"] = event.at
            case LayerDiscarded():
                self._of(event.layer).discard()
            case LayerVerified():
                self._of(event.layer).state = LayerState.COMMITTING
                self._passed["verified"] = event.at
            case LayerCommitted():
                self._of(event.layer).state = LayerState.DONE
            case PullPaused():
                self._paused = True
            case PullResumed():
                self._paused = False
            case PullEnded():
                self._end(event)
            case _:
                pass

    def snapshot(self) -> Snapshot:
        """Return how the pull stands."""
        over = self._state.ended
        layers = tuple(layer.snapshot(n, over=over) for n, layer in enumerate(self._layers))
        existing = sum(one.size for one in layers if one.state is LayerState.EXISTING)
        network = max(self._network, self._received)
        wasted = sum(layer.wasted for layer in self._layers) + network - self._received
        state = self._state
        if self._paused and state in (PullState.RESOLVING, PullState.RUNNING):
            state = PullState.PAUSED
        elif state is PullState.RUNNING and layers and all(one.state in _ENDED for one in layers):
            state = PullState.COMMITTING
        passed = dict(self._passed)
        if any(one.state in (LayerState.PENDING, LayerState.RECEIVING) for one in layers):
            passed.pop("last_byte", None)
        if any(one.state not in (*_ENDED, LayerState.COMMITTING) for one in layers):
            passed.pop("verified", None)
        return Snapshot(
            at=self._at,
            state=state,
            reference=self._reference,
            digest=self._digest,
            platform=self._platform,
            settings=self._settings,
            total=sum(one.size for one in layers),
            reused=existing + sum(layer.kept for layer in self._layers),
            network=network,
            wasted=max(self._told_wasted, wasted),
            received=sum(one.received for one in layers),
            written=sum(one.written for one in layers),
            hashed=sum(one.hashed for one in layers),
            in_flight=sum(chunk.connection >= 0 for layer in layers for chunk in layer.in_flight),
            requests=self._requests,
            retries=sum(one.retries for one in layers),
            memory=self._memory,
            timeline=Timeline(**passed),
            layers=layers,
            error=self._error,
            hedges=self._hedges,
        )

    def _of(self, index: int) -> _Layer:
        if not 0 <= index < len(self._layers):
            raise ImpossibleTrace(
                Message(
                    "an event at {at:.3f} s is about layer {layer} of {layers}",
                    at=self._at,
                    layer=index + 1,
                    layers=len(self._layers),
                )
            )
        return self._layers[index]

    def _resolve(self, event: PullResolved) -> None:
        if len(event.layers) > MOST_LAYERS or any(layer.size < 0 for layer in event.layers):
            raise ImpossibleTrace(Message("no image has such layers"))
        self._digest, self._platform = event.digest, event.platform
        self._layers = [_Layer(layer) for layer in event.layers]
        self._state = PullState.RUNNING
        self._passed["resolved"] = event.at

    def _end(self, event: PullEnded) -> None:
        self._state, self._error = event.state, event.error
        if event.state is PullState.DONE:
            self._passed["committed"] = event.at
        # Which layer was the first to fail is told in words alone.
        found = _FAILED_LAYER.match(event.error)
        if event.state is PullState.FAILED and found and int(found[1]) - 1 in self._failable:
            layer = self._layers[int(found[1]) - 1]
            layer.state, layer.error = LayerState.FAILED, event.error

    @property
    def _failable(self) -> list[int]:
        return [n for n, layer in enumerate(self._layers) if layer.state not in _ENDED]


_TAKES: Mapping[type[PullEvent], Callable[[_Books, Any], None]] = {
    **dict.fromkeys(get_args(PullEvent), _Books._turn),
    ChunkStarted: _Books._chunk_started,
    FirstByte: _Books._first_byte,
    ChunkDone: _Books._chunk_ended,
    ChunkReturned: _Books._chunk_ended,
    PrefixHashed: _Books._prefix_hashed,
    Sampled: _Books._sampled,
}


def _brought(chunk: _Chunk) -> Extent:
    return Extent(chunk.offset, chunk.received, chunk.id, chunk.attempt)


def _kept_extents(asked: Iterable[_Chunk], kept: int, size: int) -> list[Extent]:
    """Return where bytes of an earlier pull lie: in the first gaps between what was asked for.

    A trace tells how many they are, and what was asked for besides.
    """
    found = []
    runs = sorted((chunk.offset, chunk.offset + chunk.length) for chunk in asked) if kept else []
    end = 0
    for start, stop in [*runs, (size, size)]:
        length = min(kept, start - end)
        if length > 0:
            found.append(Extent(end, length, -1, 0))
            kept -= length
        end = max(end, stop)
    return found


def _frontier(extents: list[Extent]) -> int:
    end = 0
    for extent in sorted(extents, key=lambda extent: extent.offset):
        if extent.offset > end:
            break
        end = max(end, extent.end)
    return end
