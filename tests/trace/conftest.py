"""Events for the tests: one pull told by hand, and every kind as hypothesis makes them."""

from typing import get_args, get_type_hints

import pytest
from hypothesis import strategies as st

from pullscope.engine.events import (
    ChunkDone,
    ChunkHedged,
    ChunkReturned,
    ChunkStarted,
    FirstByte,
    LayerCommitted,
    LayerDiscarded,
    LayerExisting,
    LayerHeldElsewhere,
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
from pullscope.engine.model import MIB, Layer, PullState, Settings
from pullscope.engine.waits import Waited

SLOW = Settings(parallelism=2)
FAST = Settings(parallelism=16)
TYPE = "application/vnd.oci.image.layer.v1.tar"

STORY = (
    PullStarted(0.0, "registry.example/demo/app:1", "/images", SLOW, 1_750_000_000.5),
    RequestSent(0.2, "manifest", "registry.example", 200, 0.1),
    PullResolved(
        0.2,
        "sha256:" + "d" * 64,
        "linux/amd64",
        (
            Layer("sha256:" + "a" * 64, 32 * MIB, TYPE),
            Layer("sha256:" + "b" * 64, 16 * MIB, TYPE),
            Layer("sha256:" + "c" * 64, 8 * MIB, TYPE),
        ),
    ),
    LayerExisting(0.2, 2),
    LayerHeldElsewhere(0.24, 1),
    LayerResumed(0.25, 1, 4 * MIB),
    ChunkStarted(0.3, 0, 0, 1, 0, 16 * MIB, 0, 0.25),
    ChunkStarted(0.3, 0, 1, 1, 16 * MIB, 16 * MIB, 1, 0.25),
    Sampled(0.3, 12 * MIB, 12 * MIB, 12 * MIB, 2, 100 * MIB),
    FirstByte(0.4, 0, 0, 1, 206, "cdn.example", "HTTP/1.1"),
    FirstByte(0.45, 0, 1, 1, 503, "registry.example", "HTTP/1.1"),
    ChunkReturned(0.45, 0, 1, 1, 0, "HTTP 503", 503, 0.5),
    SettingsApplied(0.5, SLOW, FAST),
    ChunkStarted(0.5, 1, 2, 1, 4 * MIB, 12 * MIB, 1, 0.45),
    ChunkDone(0.7, 0, 0, 1, 0.65, 16 * MIB),
    Sampled(0.8, 28 * MIB, 28 * MIB, 28 * MIB, 1, 120 * MIB),
    PullPaused(0.8),
    PullResumed(0.9),
    ChunkStarted(0.95, 0, 1, 2, 16 * MIB, 16 * MIB, 0, 0.45),
    FirstByte(1.0, 1, 2, 1, 206, "cdn.example", "HTTP/1.1"),
    FirstByte(1.0, 0, 1, 2, 206, "cdn.example", "HTTP/1.1"),
    ChunkDone(1.2, 1, 2, 1, 1.1, 12 * MIB),
    PrefixHashed(1.15, 0, 16 * MIB, 0.75),
    LayerReceived(1.2, 1),
    ChunkDone(1.3, 0, 1, 2, 1.3, 16 * MIB),
    LayerReceived(1.3, 0),
    LayerVerified(1.4, 1),
    LayerCommitted(1.5, 1),
    LayerVerified(1.5, 0),
    LayerCommitted(1.6, 0),
    PullEnded(1.7, PullState.DONE, ""),
)

TROUBLED = (
    PullStarted(0.0, "registry.example/demo/app:1", "/images", SLOW, 1_750_000_000.5, 4),
    RequestSent(0.05, "token", "auth.example", 200, 0.01),
    RequestSent(
        0.1, "manifest", "registry.example", 200, 0.05, "", 97, "192.0.2.1:443", (0.05, 0.06)
    ),
    PullResolved(
        0.1,
        "sha256:" + "d" * 64,
        "linux/amd64",
        (
            Layer("sha256:" + "a" * 64, 4 * MIB, TYPE),
            Layer("sha256:" + "b" * 64, 2 * MIB, TYPE),
            Layer("sha256:" + "c" * 64, 2 * MIB, TYPE),
        ),
    ),
    RequestSent(0.2, "redirect", "registry.example", 307, 0.15),
    ChunkStarted(0.2, 0, 0, 1, 0, 2 * MIB, 0, 0.1),
    ChunkStarted(0.2, 0, 1, 1, 2 * MIB, 2 * MIB, 1, 0.1),
    ChunkStarted(0.2, 1, 2, 1, 0, 2 * MIB, 2, 0.1),
    ChunkStarted(0.2, 2, 3, 1, 0, 2 * MIB, 3, 0.1),
    FirstByte(0.3, 0, 0, 1, 206, "cdn.example", "HTTP/1.1", "203.0.113.7:443", (0.21, 0.25)),
    FirstByte(0.3, 1, 2, 1, 206, "cdn.example", "HTTP/1.1", "203.0.113.7:443", ()),
    FirstByte(0.3, 2, 3, 1, 200, "registry.example", "HTTP/1.1"),
    ChunkReturned(0.4, 2, 3, 1, MIB, "ranges are not served", 200, None),
    RangeUnusable(0.4, 2, "ignored Range (200)", MIB),
    ChunkStarted(0.4, 2, 4, 1, 0, 2 * MIB, 3, 0.4),
    FirstByte(0.45, 2, 4, 1, 200, "registry.example", "HTTP/1.1"),
    ChunkReturned(0.5, 0, 0, 1, MIB, "connection reset", 206, 0.1),
    SettingsApplied(0.55, SLOW, FAST),
    ChunkStarted(0.6, 0, 0, 2, MIB, MIB, 0, 0.5),
    FirstByte(0.65, 0, 0, 2, 206, "cdn.example", "HTTP/1.1"),
    ChunkDone(0.7, 0, 0, 2, 0.7, MIB),
    ChunkHedged(0.8, 0, 1, 2, 0.6),
    ChunkStarted(0.8, 0, 1, 2, 2 * MIB, 2 * MIB, 4, 0.8),
    FirstByte(0.85, 0, 1, 2, 206, "cdn.example", "HTTP/1.1"),
    ChunkReturned(0.85, 0, 1, 1, 0, "another request was faster", None, None),
    ChunkDone(0.9, 1, 2, 1, 0.9, 2 * MIB),
    LayerReceived(0.9, 1),
    LayerDiscarded(0.95, 1, "its 2097152 bytes hash to sha256:" + "e" * 64),
    ChunkStarted(0.96, 1, 5, 1, 0, 2 * MIB, 2, 0.95),
    Sampled(
        1.0,
        4 * MIB,
        4 * MIB,
        2 * MIB,
        3,
        90 * MIB,
        network=7 * MIB,
        cpu=0.2,
        loop_cpu=0.1,
        wasted=3 * MIB,
    ),
    FirstByte(1.0, 1, 5, 1, 206, "cdn.example", "HTTP/1.1"),
    ChunkDone(1.1, 0, 1, 2, 1.05, 2 * MIB),
    LayerReceived(1.1, 0),
    PrefixHashed(1.12, 0, 4 * MIB, 1.1),
    LayerVerified(1.15, 0),
    LayerCommitted(1.2, 0),
    ChunkDone(1.2, 2, 4, 1, 1.2, 2 * MIB),
    LayerReceived(1.2, 2),
    LayerVerified(1.25, 2),
    LayerCommitted(1.3, 2),
    ChunkDone(1.3, 1, 5, 1, 1.3, 2 * MIB),
    LayerReceived(1.3, 1),
    Sampled(
        1.35,
        8 * MIB,
        8 * MIB,
        6 * MIB,
        0,
        95 * MIB,
        network=12 * MIB,
        cpu=0.3,
        loop_cpu=0.2,
        wasted=4 * MIB,
    ),
    PullEnded(1.4, PullState.FAILED, "layer 2 was to be sha256:b, but its bytes hash to sha256:e"),
)

_TIMES = st.floats(min_value=-1e15, max_value=1e15)
_INTEGERS = st.integers(min_value=-(2**63) + 1, max_value=2**63 - 1)
_TEXTS = st.text(st.characters(exclude_categories=()), max_size=20)
_BY_TYPE = {
    int: _INTEGERS,
    float: _TIMES,
    str: _TEXTS,
    int | None: st.none() | _INTEGERS,
    float | None: st.none() | _TIMES,
    PullState: st.sampled_from(PullState),
    Settings: st.builds(
        Settings,
        layers=st.integers(1, 32),
        parallelism=st.integers(1, 128),
        connections=st.integers(1, 256),
        chunk_size=st.just(0) | st.integers(MIB, 8 * MIB),
    ),
    Waited: st.builds(Waited, _TIMES, _TIMES, _TIMES, _TIMES, _TIMES),
    tuple[float, ...]: st.lists(_TIMES, max_size=3).map(tuple),
    tuple[float, ...] | None: st.none() | st.lists(_TIMES, max_size=3).map(tuple),
    tuple[Layer, ...]: st.lists(st.builds(Layer, _TEXTS, _INTEGERS, _TEXTS), max_size=3).map(tuple),
}
# A few numbers only, so that events meet on the same chunk, layer and connection.
_FEW = st.integers(min_value=-2, max_value=3)
_BY_NAME = {"layer": _FEW, "chunk": _FEW, "attempt": _FEW, "connection": _FEW}


@pytest.fixture
def story():
    """The events of a pull with a retry, a change of settings, a pause and parts kept."""
    return list(STORY)


@pytest.fixture
def troubled():
    """The events of a pull with a redirect, a retry, a hedge, a change of settings, a layer without
    ranges, and one that is discarded and fails."""
    return list(TROUBLED)


@pytest.fixture(scope="session")
def any_events():
    """A strategy for lists of events of every kind; they need not make sense together."""
    kinds = [
        st.builds(
            kind,
            **{
                name: _BY_NAME.get(name, _BY_TYPE[hint])
                for name, hint in get_type_hints(kind).items()
            },
        )
        for kind in get_args(PullEvent)
    ]
    return st.lists(st.one_of(kinds), max_size=30)
