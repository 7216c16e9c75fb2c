"""Layers as a snapshot has them, made up in one line each, for tests of what draws them."""

from pullscope.engine.model import (
    MIB,
    ChunkSnapshot,
    ChunkState,
    Extent,
    LayerSnapshot,
    LayerState,
)


def layer(
    size: int = 100 * MIB,
    *,
    extents: tuple[Extent, ...] = (),
    in_flight: tuple[ChunkSnapshot, ...] = (),
    hashed: int = 0,
    frontier: int = 0,
    state: LayerState = LayerState.RECEIVING,
    index: int = 0,
    generation: int = 0,
) -> LayerSnapshot:
    """Return a layer that has what `extents` and `in_flight` say."""
    written = sum(extent.length for extent in extents)
    received = written + sum(chunk.received for chunk in in_flight)
    return LayerSnapshot(
        index=index,
        digest=f"sha256:{index:02}{'ab' * 31}",
        size=size,
        media_type="",
        state=state,
        received=received,
        written=written,
        hashed=hashed,
        frontier=frontier,
        attempts=0,
        retries=0,
        generation=generation,
        extents=extents,
        in_flight=in_flight,
    )


def flight(
    offset: int,
    length: int,
    state: ChunkState = ChunkState.RECEIVING,
    received: int = 0,
    attempt: int = 1,
) -> ChunkSnapshot:
    """Return chunk 900, on the third connection."""
    return ChunkSnapshot(900, offset, length, received, received, attempt, 2, state)


def chunks(*numbers: int, size: int = MIB, attempts: int = 1) -> tuple[Extent, ...]:
    """Return finished chunks of one size: chunk n is the nth of its layer."""
    return tuple(Extent(number * size, size, number, attempts) for number in numbers)
