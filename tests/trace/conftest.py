"""Events for the tests: one pull told by hand, and every kind as hypothesis makes them."""

from typing import get_args, get_type_hints

import pytest
from hypothesis import strategies as st

from pullscope.engine.events import (
    ChunkDone,
    ChunkReturned,
    ChunkStarted,
    FirstByte,
    LayerCommitted,
    LayerExisting,
    LayerReceived,
    LayerResumed,
    LayerVerified,
    PullEnded,
    PullEvent,
    PullPaused,
    PullResolved,
    PullResumed,
    PullStarted,
    RequestSent,
    Sampled,
    SettingsApplied,
)
from pullscope.engine.model import MIB, Layer, PullState, Settings

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
    LayerReceived(1.2, 1),
    ChunkDone(1.3, 0, 1, 2, 1.3, 16 * MIB),
    LayerReceived(1.3, 0),
    LayerVerified(1.4, 1),
    LayerCommitted(1.5, 1),
    LayerVerified(1.5, 0),
    LayerCommitted(1.6, 0),
    PullEnded(1.7, PullState.DONE, ""),
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
    tuple[Layer, ...]: st.lists(st.builds(Layer, _TEXTS, _INTEGERS, _TEXTS), max_size=3).map(tuple),
}
# A few numbers only, so that events meet on the same chunk, layer and connection.
_FEW = st.integers(min_value=-2, max_value=3)
_BY_NAME = {"layer": _FEW, "chunk": _FEW, "attempt": _FEW, "connection": _FEW}


@pytest.fixture
def story():
    """The events of a pull with a retry, a change of settings, a pause and parts kept."""
    return list(STORY)


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
