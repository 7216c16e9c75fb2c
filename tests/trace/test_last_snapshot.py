"""How a pull stood when its trace ends, against how the engine itself told it."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pullscope.engine.errors import PullError
from pullscope.engine.events import (
    ChunkDone,
    ChunkReturned,
    ChunkStarted,
    FirstByte,
    LayerExisting,
    LayerResumed,
    PullEnded,
    PullPaused,
    PullResolved,
    PullStarted,
    RangeUnusable,
)
from pullscope.engine.message import translated, words_of
from pullscope.engine.model import (
    KIB,
    MIB,
    ChunkState,
    Extent,
    Layer,
    LayerState,
    PullState,
    Settings,
    Snapshot,
)
from pullscope.lab.config import FaultPlan
from pullscope.trace.last_snapshot import ImpossibleTrace, last_snapshot

SETTINGS = Settings(layers=3, parallelism=4, connections=8, chunk_size=256 * KIB)
BEGIN = (
    PullStarted(0.0, "a.test/b:1", "/out", SETTINGS, 1.0),
    PullResolved(
        0.1, "sha256:d", "linux/amd64", (Layer("sha256:a", 100, "x"), Layer("sha256:b", 50, "x"))
    ),
)


def told(snapshot: Snapshot) -> dict[str, Any]:
    """Return what a trace tells of a snapshot: all but the moments between two events."""
    return {
        "of": (snapshot.reference, snapshot.digest, snapshot.platform, snapshot.settings),
        "state": (snapshot.state, snapshot.error),
        "bytes": (snapshot.total, snapshot.received, snapshot.written, snapshot.hashed),
        "counts": (snapshot.retries, snapshot.hedges, snapshot.reused),
        "layers": [
            (layer.digest, layer.size, layer.state, layer.retries, layer.frontier)
            for layer in snapshot.layers
        ],
        "extents": [
            sorted((extent.offset, extent.end, extent.chunk) for extent in layer.extents)
            for layer in snapshot.layers
        ],
    }


@pytest.mark.parametrize(
    "faults", ["reset=0.3", "503=0.3", "range-ignored=1", "wrong-bytes=0.2", "short-body=0.3"]
)
async def test_that_it_is_the_engines_own_last_snapshot(
    faults: str, start_lab_process: Any, puller: Any
) -> None:
    lab = start_lab_process(faults=FaultPlan.of(faults, limit=3, retry_after=0))
    pull = puller.new(lab.references[0])

    try:
        last = await pull.run()
    except PullError:
        last = pull.snapshot()

    found = last_snapshot(puller.events)
    assert told(found) == told(last)
    if faults != "range-ignored=1":  # a reply that becomes the layer is told as another attempt
        assert 0 <= last.requests - found.requests <= 3  # a fault may hit what is asked besides
        assert [one.attempts for one in found.layers] == [one.attempts for one in last.layers]
    assert found.timeline.first_byte == pytest.approx(last.timeline.first_byte, abs=0.5)
    assert found.timeline.last_byte == pytest.approx(last.timeline.last_byte, abs=0.5)
    assert found.wasted <= last.wasted  # what came after the last sample is told nowhere
    assert found.at == pytest.approx(last.at, abs=0.5)


def test_that_the_story_of_troubles_adds_up(troubled: Any) -> None:
    snapshot = last_snapshot(troubled)

    # The second layer was discarded, the third is one whole reply after a part was given up.
    assert [layer.state for layer in snapshot.layers] == [
        LayerState.DONE,
        LayerState.FAILED,
        LayerState.DONE,
    ]
    assert [layer.generation for layer in snapshot.layers] == [0, 1, 1]
    assert snapshot.layers[0].extents == (
        Extent(0, 2 * MIB, 0, 2),
        Extent(2 * MIB, 2 * MIB, 1, 2),
    )
    assert (snapshot.retries, snapshot.hedges, snapshot.requests) == (1, 1, 11)
    # The discarded layer, what was given up, and a MiB more over the network than was needed.
    assert snapshot.wasted == 2 * MIB + MIB + MIB
    assert snapshot.network == 12 * MIB


def test_that_a_trace_that_ends_early_tells_what_was_in_flight() -> None:
    snapshot = last_snapshot(
        (
            *BEGIN,
            ChunkStarted(0.2, 0, 0, 1, 0, 60, 0, 0.1),
            ChunkStarted(0.2, 0, 1, 1, 60, 40, 1, 0.1),
            FirstByte(0.3, 0, 0, 1, 206, "h", "HTTP/1.1"),
            ChunkStarted(0.3, 1, 2, 1, 0, 50, 2, 0.1),
            ChunkReturned(0.4, 1, 2, 1, 20, "reset", None, 0.5),
            PullPaused(0.5),
        )
    )

    assert snapshot.state is PullState.PAUSED
    assert [(c.id, c.state, c.received) for layer in snapshot.layers for c in layer.in_flight] == [
        (0, ChunkState.RECEIVING, 0),
        (1, ChunkState.WAITING, 0),
        (2, ChunkState.RETRYING, 20),
    ]
    assert (snapshot.received, snapshot.in_flight, snapshot.retries) == (20, 2, 1)


def test_that_kept_bytes_lie_where_nothing_was_asked_for() -> None:
    snapshot = last_snapshot(
        (
            *BEGIN,
            LayerExisting(0.1, 1),
            LayerResumed(0.15, 0, 30),
            ChunkStarted(0.2, 0, 0, 1, 10, 70, 0, 0.1),
            ChunkDone(0.4, 0, 0, 1, 0.4, 70),
            PullEnded(0.5, PullState.CANCELLED, ""),
        )
    )

    assert snapshot.layers[0].extents == (
        Extent(0, 10, -1, 0),
        Extent(80, 20, -1, 0),
        Extent(10, 70, 0, 1),
    )
    assert snapshot.layers[0].frontier == 100
    assert snapshot.reused == 80


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (LayerExisting(0.2, 2), "layer 3 of 2"),
        (LayerExisting(0.2, -1), "layer 0 of 2"),
        (ChunkStarted(0.2, 0, 7, 1, 90, 11, 0, 0.1), "chunk 7"),
        (ChunkStarted(0.2, 0, 7, 1, -1, 11, 0, 0.1), "chunk 7"),
        (LayerResumed(0.2, 1, 51), "51 bytes are kept of a layer of 50"),
    ],
)
def test_that_what_cannot_be_is_refused(event: Any, words: str) -> None:
    with pytest.raises(ImpossibleTrace, match=words):
        last_snapshot((*BEGIN, event))


def test_that_no_chunk_brings_more_than_its_layer_has() -> None:
    started = ChunkStarted(0.2, 1, 7, 1, 0, 50, 0, 0.1)
    for received in (-1, 51):
        with pytest.raises(ImpossibleTrace, match="chunk 7"):
            last_snapshot((*BEGIN, started, ChunkDone(0.3, 1, 7, 1, 0.3, received)))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_that_any_events_give_a_snapshot_or_a_refusal(data: Any, any_events: Any) -> None:
    try:
        snapshot = last_snapshot(data.draw(any_events))
    except ImpossibleTrace:
        return
    assert 0 <= snapshot.received <= snapshot.total
    for layer in snapshot.layers:
        assert all(0 <= extent.offset <= extent.end <= layer.size for extent in layer.extents)


def test_that_a_pull_that_was_paused_before_it_was_resolved_is_paused() -> None:
    assert last_snapshot((BEGIN[0], PullPaused(0.05))).state is PullState.PAUSED


def test_that_the_frontier_is_within_the_chunk_that_is_to_be_asked_for_again() -> None:
    snapshot = last_snapshot(
        (
            *BEGIN,
            ChunkStarted(0.2, 1, 0, 1, 0, 50, 0, 0.1),
            ChunkReturned(0.4, 1, 0, 1, 20, "reset", None, 0.5),
        )
    )

    assert (snapshot.layers[1].received, snapshot.layers[1].frontier) == (20, 20)


def test_that_kept_bytes_behind_the_reply_that_is_the_whole_layer_are_given_up() -> None:
    given_up = (
        *BEGIN,
        LayerResumed(0.15, 0, 30),  # the last ones
        ChunkStarted(0.2, 0, 0, 1, 0, 10, 0, 0.1),
        ChunkStarted(0.2, 0, 1, 1, 10, 60, 1, 0.1),
        ChunkDone(0.3, 0, 0, 1, 0.3, 10),
        ChunkReturned(0.4, 0, 1, 1, 0, "the reply is the whole layer", 200, None),
        RangeUnusable(0.4, 0, "ignored Range (200)", 30),
        ChunkStarted(0.4, 0, 2, 1, 10, 90, 1, 0.4),
    )
    before = last_snapshot(given_up)
    after = last_snapshot((*given_up, ChunkDone(0.5, 0, 2, 1, 0.5, 90)))

    assert (before.reused, before.received, before.wasted) == (0, 10, 0)
    assert (after.reused, after.received, after.wasted) == (0, 100, 0)


def test_that_kept_bytes_do_not_lie_where_a_request_is_under_way() -> None:
    snapshot = last_snapshot(
        (*BEGIN, LayerResumed(0.15, 0, 30), ChunkStarted(0.2, 0, 0, 1, 10, 70, 0, 0.1))
    )

    assert snapshot.layers[0].extents == (Extent(0, 10, -1, 0), Extent(80, 20, -1, 0))
    assert snapshot.layers[0].frontier == 10


def test_that_bytes_of_a_chunk_that_is_to_be_asked_for_again_count_as_well() -> None:
    with pytest.raises(ImpossibleTrace, match="layer 2 got more bytes"):
        last_snapshot(
            (
                *BEGIN,
                ChunkStarted(0.2, 1, 0, 1, 0, 50, 0, 0.1),
                ChunkStarted(0.2, 1, 1, 1, 0, 50, 1, 0.1),
                ChunkDone(0.3, 1, 0, 1, 0.3, 50),
                ChunkReturned(0.4, 1, 1, 1, 20, "reset", None, 0.5),
            )
        )


def test_what_cannot_have_happened_can_be_told_in_another_language():
    with pytest.raises(ImpossibleTrace, match=r"at 0\.100 s is about layer 1 of 0") as caught:
        last_snapshot([LayerExisting(0.1, 0)])
    said = translated(words_of(caught.value), lambda _, text: text.replace("an event", "EVENT"))
    assert said == "EVENT at 0.100 s is about layer 1 of 0"
