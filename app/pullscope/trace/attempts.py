"""The attempts for chunks that a trace tells of: what CSV and Chrome trace are made from."""

from collections.abc import Iterable
from dataclasses import dataclass

from pullscope.engine.events import ChunkDone, ChunkReturned, ChunkStarted, FirstByte, PullEvent


@dataclass(slots=True)
class Attempt:
    """One request for a chunk. Times are seconds since the pull began, None where not reached.

    Attributes:
        offset, length: the bytes it asked for.
        connection: its request slot, from 0.
        queued: when its bytes became wanted.
        status: of the reply; None when there was none.
        host: that sent the reply; empty when there was none.
        last_byte: when its last byte was read; None when it ended early.
        ended: when all it brought was written.
        received: bytes it brought that count.
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
    status: int | None = None
    first_byte: float | None = None
    last_byte: float | None = None
    ended: float | None = None
    received: int = 0
    outcome: str = "unfinished"


def attempts(events: Iterable[PullEvent]) -> list[Attempt]:
    """Return the attempts in `events` in the order in which they started.

    What is told of an attempt whose start is not among `events` is left out.
    """
    found: list[Attempt] = []
    open_: dict[tuple[int, int], Attempt] = {}
    for event in events:
        match event:
            case ChunkStarted():
                begun = Attempt(
                    layer=event.layer,
                    chunk=event.chunk,
                    attempt=event.attempt,
                    offset=event.offset,
                    length=event.length,
                    connection=event.connection,
                    queued=event.queued,
                    started=event.at,
                )
                open_[event.chunk, event.attempt] = begun
                found.append(begun)
            case FirstByte():
                if known := open_.get((event.chunk, event.attempt)):
                    known.first_byte = event.at
                    known.status = event.status
                    known.host = event.host
                    known.protocol = event.protocol
            case ChunkDone():
                if known := open_.pop((event.chunk, event.attempt), None):
                    known.last_byte = event.received_at
                    known.ended = event.at
                    known.received = event.received
                    known.outcome = "done"
            case ChunkReturned():
                if known := open_.pop((event.chunk, event.attempt), None):
                    known.ended = event.at
                    known.received = event.received
                    known.outcome = event.reason
                    if known.status is None:
                        known.status = event.status
    return found
