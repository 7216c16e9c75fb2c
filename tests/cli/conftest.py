"""Snapshots for the tests of the terminal view, and a pull that plays a part."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from pullscope.engine.errors import InvalidReference
from pullscope.engine.model import (
    MIB,
    ChunkSnapshot,
    ChunkState,
    LayerSnapshot,
    LayerState,
    PullState,
    Settings,
    Snapshot,
    Timeline,
)


def _chunk(number: int) -> ChunkSnapshot:
    return ChunkSnapshot(number, 0, MIB, 0, 0, 1, number, ChunkState.RECEIVING)


def _layer(letter: str, state: LayerState, size: int, received: int = 0, hashed: int = 0):
    receiving = state is LayerState.RECEIVING
    return LayerSnapshot(
        index=0,
        digest="sha256:" + letter * 64,
        size=size,
        media_type="",
        state=state,
        received=received,
        written=received,
        hashed=hashed,
        frontier=hashed,
        attempts=3,
        retries=1,
        generation=0,
        extents=(),
        in_flight=(_chunk(0), _chunk(1)) if receiving else (),
    )


SNAPSHOT = Snapshot(
    at=2.0,
    state=PullState.RUNNING,
    reference="registry.example/demo/app:1",
    digest="sha256:" + "d" * 64,
    platform="linux/amd64",
    settings=Settings(),
    total=400 * MIB,
    reused=100 * MIB,
    network=110 * MIB,
    wasted=10 * MIB,
    received=200 * MIB,
    written=200 * MIB,
    hashed=150 * MIB,
    in_flight=2,
    requests=7,
    retries=2,
    memory=80 * MIB,
    timeline=Timeline(resolved=0.25, first_byte=0.5),
    layers=(
        _layer("a", LayerState.RECEIVING, 200 * MIB, 50 * MIB, 25 * MIB),
        _layer("b", LayerState.HASHING, 50 * MIB, 50 * MIB, 25 * MIB),
        _layer("c", LayerState.EXISTING, 100 * MIB, 100 * MIB, 100 * MIB),
        _layer("e", LayerState.PENDING, 50 * MIB),
    ),
)


class Stage:
    """A session whose only pull does what the test says.

    It is done at once; with `waits` it is cancelled once `cancelled` is set, with `error` it fails.
    `act` happens while it runs, `on_cancel` when it is told to cancel.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.ending = replace(snapshot, state=PullState.DONE)
        self.events = []
        self.act = lambda: None
        self.waits = False
        self.refuses = ""
        self.error = None
        self.cancelled = asyncio.Event()
        self.on_cancel = self.cancelled.set
        self.closed = False
        self.asked = None

    def new_pull(self, reference, options, settings):
        self.asked = (reference, options, settings)
        if self.refuses:
            raise InvalidReference(self.refuses)
        return _StagePull(self)

    async def close(self):
        self.closed = True


class _StagePull:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._state = PullState.RUNNING
        self._observers = []
        self.store = type("Store", (), {"root": Path("/images")})

    def observe(self, observer):
        self._observers.append(observer)

    def snapshot(self):
        error = str(self._stage.error) if self._state is PullState.FAILED else ""
        return replace(self._stage.ending, state=self._state, error=error)

    def cancel(self):
        self._stage.on_cancel()

    async def run(self):
        for event in self._stage.events:
            for observer in self._observers:
                observer(event)
        await asyncio.sleep(0)
        self._stage.act()
        if self._stage.waits:
            await self._stage.cancelled.wait()
            self._state = PullState.CANCELLED
        elif self._stage.error is not None:
            self._state = PullState.FAILED
            raise self._stage.error
        else:
            self._state = self._stage.ending.state
        return self.snapshot()


@pytest.fixture
def snapshot() -> Snapshot:
    """A pull under way: one layer receives, one is hashed, one was there, one is to come."""
    return SNAPSHOT


@pytest.fixture
def stage(snapshot) -> Stage:
    """A session for `cli.pull.run`, whose pull is done at once unless the test says otherwise."""
    return Stage(snapshot)
