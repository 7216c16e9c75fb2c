"""The attempts for chunks that a trace tells of, with their phases."""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass

from pullscope.engine.events import (
    ChunkDone,
    ChunkHedged,
    ChunkReturned,
    ChunkStarted,
    FirstByte,
    LayerDiscarded,
    PrefixHashed,
    PullEvent,
)


@dataclass(slots=True)
class Attempt:
    """One request for a chunk. Times are seconds since the pull began, None where not reached.

    Attributes:
        offset, length: the bytes it asked for.
        connection: its request slot, from 0.
        queued: when its bytes became wanted.
        status: of the reply; None when there was none.
        host: that sent the reply; empty when there was none.
        peer: address and port that the reply came from; empty where that is not known.
        connecting: when its connection began to be made and when it stood; empty where it was there
            before, None where that is not known.
        last_byte: when its last byte was read; None when it ended early.
        ended: when all it brought was written.
        hashed: when the digest of its layer covered all it brought; None when it did not.
        received: bytes it brought that count.
        hedge: it was sent for the bytes of one that was silent.
        retry_in: seconds until the next attempt for its chunk; None when it needs none.
        outcome: "done", the reason why it ended early, or "unfinished" where the trace ends first.
    """

    layer: int
    chunk: int
    attempt: int
    offset: int
    length: int
    connection: int
    queued: float
    started: float
    host: str = ""
    protocol: str = ""
    peer: str = ""
    connecting: tuple[float, ...] | None = None
    status: int | None = None
    first_byte: float | None = None
    last_byte: float | None = None
    ended: float | None = None
    hashed: float | None = None
    received: int = 0
    hedge: bool = False
    retry_in: float | None = None
    outcome: str = "unfinished"

    def ended_by(self, end: float) -> float:
        """Return when it ended; `end`, that of the trace, where that is not told."""
        return end if self.ended is None else self.ended


@dataclass(frozen=True, slots=True)
class Phase:
    """A part of an attempt or of a layer's way; seconds since the pull began."""

    name: str
    began: float
    ended: float


def attempt_phases(attempt: Attempt, end: float) -> list[Phase]:
    """Return what an attempt spent its time on: connecting, waiting for the first byte, receiving,
    writing.

    They follow each other without a gap from its start to its end, in this order; one that it did
    not reach is missing. It waits also before it connects where it was redirected. `end` is when a
    trace ends that does not tell how the attempt did.
    """
    last = max(attempt.started, attempt.ended_by(end))
    first_byte, last_byte = attempt.first_byte, attempt.last_byte
    steps: list[tuple[str, float]] = []  # with their ends
    if first_byte is not None and (times := connecting_times(attempt.connecting)) is not None:
        began, ended = times
        if began > attempt.started:
            steps.append(("waiting", min(began, first_byte)))
        steps.append(("connecting", min(ended, first_byte)))
    steps.append(("waiting", last if first_byte is None else first_byte))
    if first_byte is not None:
        steps.append(("receiving", last if last_byte is None else last_byte))
    if last_byte is not None:
        steps.append(("writing", last))
    phases: list[Phase] = []
    at = attempt.started
    for number, (name, ended) in enumerate(steps, start=1):
        ended = last if number == len(steps) else min(max(ended, at), last)
        phases.append(Phase(name, at, ended))
        at = ended
    return phases


def phase_seconds(attempt: Attempt, end: float) -> dict[str, float]:
    """Return how long an attempt spent in each of its phases, waiting before and after it connected
    together."""
    spent: dict[str, float] = {}
    for phase in attempt_phases(attempt, end):
        spent[phase.name] = spent.get(phase.name, 0.0) + phase.ended - phase.began
    return spent


def connecting_times(times: tuple[float, ...] | None) -> tuple[float, float] | None:
    """Return when a new connection began to be made and when it stood, of `connecting`.

    None where there was no new one, or where that is not known.
    """
    return (times[0], times[1]) if times is not None and len(times) == 2 else None


class AttemptReader:
    """Puts attempts together from events, one after the other.

    What is told of an attempt whose start was not told is left out.
    """

    def __init__(self) -> None:
        self._open: dict[tuple[int, int], Attempt] = {}
        self._hedges: set[tuple[int, int]] = set()
        self._covered: dict[int, tuple[int, float]] = {}  # by layer: bytes hashed, and when
        self._unhashed: dict[int, list[tuple[int, int, Attempt]]] = {}
        self._told = 0

    @property
    def running(self) -> list[Attempt]:
        """Those that have not ended, in the order in which they started."""
        return list(self._open.values())

    def take(self, event: PullEvent) -> Attempt | None:
        """Return the attempt that began or ended with `event`; None when it is about none.

        Its `hashed` may follow later.
        """
        match event:
            case ChunkHedged():
                self._hedges.add((event.chunk, event.attempt))
            case ChunkStarted():
                key = (event.chunk, event.attempt)
                begun = self._open[key] = Attempt(
                    layer=event.layer,
                    chunk=event.chunk,
                    attempt=event.attempt,
                    offset=event.offset,
                    length=event.length,
                    connection=event.connection,
                    queued=event.queued,
                    started=event.at,
                    hedge=key in self._hedges,
                )
                self._hedges.discard(key)
                return begun
            case FirstByte():
                if known := self._open.get((event.chunk, event.attempt)):
                    known.first_byte = event.at
                    known.status = event.status
                    known.host = event.host
                    known.protocol = event.protocol
                    known.peer = event.peer
                    known.connecting = event.connecting
            case ChunkDone():
                if known := self._open.pop((event.chunk, event.attempt), None):
                    known.last_byte = event.received_at
                    known.ended = event.at
                    known.received = event.received
                    known.outcome = "done"
                    self._expect_hash(known)
                    return known
            case ChunkReturned():
                if known := self._open.pop((event.chunk, event.attempt), None):
                    known.ended = event.at
                    known.received = event.received
                    if known.status is None:
                        known.status = event.status
                    known.retry_in = event.retry_in
                    known.outcome = event.reason
                    self._expect_hash(known)
                    return known
            case PrefixHashed():
                self._covered[event.layer] = (event.hashed, event.at)
                waiting = self._unhashed.get(event.layer, [])
                while waiting and waiting[0][0] <= event.hashed:
                    heapq.heappop(waiting)[2].hashed = event.at
            case LayerDiscarded():
                self._covered.pop(event.layer, None)
                self._unhashed.pop(event.layer, None)
            case _:
                pass
        return None

    def _expect_hash(self, attempt: Attempt) -> None:
        if attempt.received <= 0 or attempt.ended is None:
            return
        end = attempt.offset + attempt.received
        covered, at = self._covered.get(attempt.layer, (0, 0.0))
        if end <= covered:  # it was hashed while it was written
            attempt.hashed = max(at, attempt.ended)
            return
        self._told += 1
        waiting = self._unhashed.setdefault(attempt.layer, [])
        heapq.heappush(waiting, (end, self._told, attempt))


def attempts(events: Iterable[PullEvent]) -> list[Attempt]:
    """Return the attempts in `events` in the order in which they started."""
    reader = AttemptReader()
    return [
        attempt
        for event in events
        if (attempt := reader.take(event)) is not None and isinstance(event, ChunkStarted)
    ]
