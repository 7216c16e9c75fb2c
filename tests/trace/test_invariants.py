"""What holds for the trace of any pull that can be: bytes add up, phases follow each other, slices
nest, counters agree with events."""

import io
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from perfetto.protos.perfetto.trace.perfetto_trace_pb2 import Trace, TrackEvent

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
    PullResolved,
    PullStarted,
    RangeUnusable,
    Sampled,
)
from pullscope.engine.model import Layer, PullState, Settings
from pullscope.trace.attempts import attempt_phases
from pullscope.trace.critical_path import critical_path
from pullscope.trace.explain import explain
from pullscope.trace.otlp import PullSpans
from pullscope.trace.perfetto import write_perfetto
from pullscope.trace.recorded import RecordedPull

STEP = 0.001  # seconds between two events


class Story:
    """Tells a pull that can be, layer by layer, as the draws decide."""

    def __init__(self, draw):
        self.draw = draw
        self.at = 0.0
        self.events = [PullStarted(0.0, "a.test/b:1", "", Settings(), 1_750_000_000.0)]
        self.chunks = 0
        self.network = 0
        self.received = 0

    def tell(self, kind, *values, **named):
        self.at = round(self.at + STEP * self.draw(st.integers(1, 50)), 6)
        self.events.append(kind(self.at, *values, **named))

    def sample(self):
        self.tell(Sampled, self.received, self.received, 0, 1, 1, network=self.network)

    def bring(self, layer, offset, length):
        """Receive a chunk, perhaps with retries and a second request."""
        chunk, attempt, connection = self.chunks, 1, self.draw(st.integers(0, 3))
        self.chunks += 1
        queued = self.at
        while True:
            self.tell(ChunkStarted, layer, chunk, attempt, offset, length, connection, queued)
            began = self.at
            connecting = self.draw(st.sampled_from((None, (), (began, began + STEP / 2))))
            peer = "" if connecting is None else "203.0.113.7:443"
            self.tell(
                FirstByte, layer, chunk, attempt, 206, "cdn.test", "HTTP/1.1", peer, connecting
            )
            fate = self.draw(st.sampled_from(("done", "retry", "hedge")))
            if fate == "done" or attempt > 3:
                break
            came = self.draw(st.integers(0, length - 1))
            self.network += came
            self.received += came
            if fate == "hedge":
                self.tell(ChunkHedged, layer, chunk, attempt + 1, 0.5)
                connection += 4
            queued = self.at
            retry_in = 0.1 if fate == "retry" else None
            self.tell(ChunkReturned, layer, chunk, attempt, came, "reset", None, retry_in)
            offset, length, attempt = offset + came, length - came, attempt + 1
        extra = self.draw(st.integers(0, 5))  # more than was needed
        self.network += length + extra
        self.received += length
        self.tell(ChunkDone, layer, chunk, attempt, self.at, length)
        self.tell(PrefixHashed, layer, offset + length, self.at)
        self.sample()

    def layer(self, index, size):
        fate = self.draw(st.sampled_from(("fetched", "existing", "resumed", "discarded", "whole")))
        if fate == "existing":
            self.tell(LayerExisting, index)
            return
        first = 0
        if fate == "resumed":
            first = self.draw(st.integers(0, size - 1))
            self.tell(LayerResumed, index, first)
        if fate == "whole" and size > 1:
            given_up = self.draw(st.integers(1, size - 1))
            self.bring(index, 0, given_up)
            self.tell(RangeUnusable, index, "ignored Range (200)", given_up)
        if fate == "discarded":
            self.bring(index, 0, size)
            self.tell(LayerReceived, index)
            self.tell(LayerDiscarded, index, "hashes to another digest")
        while first < size:
            length = min(self.draw(st.integers(1, size)), size - first)
            self.bring(index, first, length)
            first += length
        self.tell(LayerReceived, index)
        self.tell(LayerVerified, index)
        self.tell(LayerCommitted, index)


@st.composite
def pulls(draw):
    story = Story(draw)
    sizes = draw(st.lists(st.integers(1, 50), min_size=1, max_size=4))
    layers = tuple(Layer(f"sha256:{index:064}", size, "") for index, size in enumerate(sizes))
    story.tell(PullResolved, "sha256:" + "d" * 64, "linux/amd64", layers)
    for index, size in enumerate(sizes):
        story.layer(index, size)
    story.sample()
    story.tell(PullEnded, PullState.DONE, "")
    return story


@settings(deadline=None)
@given(story=pulls())
def test_bytes_add_up_to_the_image_and_what_was_wasted(story):
    ledger = RecordedPull(story.events).ledger

    came = ledger.existing + ledger.kept + ledger.received
    assert came == ledger.image + ledger.discarded + ledger.given_up
    assert ledger.received + ledger.over_fetched == story.network
    assert ledger.received == story.received
    assert ledger.wasted == ledger.over_fetched + ledger.discarded + ledger.given_up


@settings(deadline=None)
@given(story=pulls())
def test_phases_of_an_attempt_follow_each_other_from_its_start_to_its_end(story):
    pull = RecordedPull(story.events)

    for attempt in pull.attempts:
        phases = attempt_phases(attempt, pull.end)
        assert phases[0].began == attempt.started >= attempt.queued
        assert phases[-1].ended == attempt.ended
        assert all(one.ended == other.began for one, other in pairwise(phases))
        assert all(phase.began <= phase.ended for phase in phases)
        connected = [phase for phase in phases if phase.name == "connecting"]
        assert len(connected) == bool(attempt.connecting)


@settings(deadline=None)
@given(story=pulls())
def test_phases_of_a_layer_do_not_overlap(story):
    pull = RecordedPull(story.events)

    for index in range(len(pull.layers)):
        own = [told.phase for told in pull.layer_phases if told.layer == index]
        assert all(one.ended <= other.began for one, other in pairwise(own))


@settings(deadline=None)
@given(story=pulls())
def test_counts_agree_with_the_events(story):
    told = explain(story.events)

    def count(kind):
        return sum(isinstance(event, kind) for event in story.events)

    assert told.attempts == count(ChunkStarted)
    assert told.attempts == count(ChunkDone) + count(ChunkReturned)
    assert told.hedges == count(ChunkHedged)
    assert sum(one.received for one in told.connections) == told.ledger.received
    assert sum(one.attempts for one in told.connections) == told.attempts


@settings(deadline=None)
@given(story=pulls())
def test_the_critical_path_begins_at_the_start_and_does_not_overlap(story):
    steps = critical_path(RecordedPull(story.events))

    assert all(one.ended <= other.began for one, other in pairwise(steps))
    assert steps[0].began == 0.0


@settings(deadline=None)
@given(story=pulls())
def test_slices_nest_and_counters_agree_with_the_samples(story):
    file = io.BytesIO()
    write_perfetto(story.events, file)
    packets = [p for p in Trace.FromString(file.getvalue()).packet if p.HasField("track_event")]
    depth = {}
    for packet in sorted(packets, key=lambda packet: packet.timestamp):
        event = packet.track_event
        if event.type == TrackEvent.TYPE_SLICE_BEGIN:
            depth[event.track_uuid] = depth.get(event.track_uuid, 0) + 1
        elif event.type == TrackEvent.TYPE_SLICE_END:
            depth[event.track_uuid] -= 1
            assert depth[event.track_uuid] >= 0

    assert set(depth.values()) <= {0}
    values = [p for p in packets if p.track_event.type == TrackEvent.TYPE_COUNTER]
    samples = sum(isinstance(event, Sampled) for event in story.events)
    # Memory, connections and lag for each sample, three rates from the second one on.
    assert len(values) == 3 * samples + 3 * (samples - 1)


@settings(deadline=None)
@given(story=pulls())
def test_spans_nest_and_each_attempt_has_one(story):
    maker = PullSpans(story.events[0])
    spans = [span for event in story.events for span in maker.take(event)] + maker.close()
    by_id = {span["spanId"]: span for span in spans}

    assert len(by_id) == len(spans)
    for span in spans:
        if parent := by_id.get(span.get("parentSpanId", "")):
            assert int(parent["startTimeUnixNano"]) <= int(span["startTimeUnixNano"])
            assert int(span["endTimeUnixNano"]) <= int(parent["endTimeUnixNano"])
        else:
            assert span["name"] == "pull"
    gets = sum(span["name"] == "GET" for span in spans)
    assert gets == sum(isinstance(event, ChunkStarted) for event in story.events)


@settings(deadline=None)
@given(story=pulls())
def test_an_attempt_is_hashed_after_it_was_written(story):
    for attempt in RecordedPull(story.events).attempts:
        if attempt.hashed is not None:
            assert attempt.hashed >= attempt.ended
