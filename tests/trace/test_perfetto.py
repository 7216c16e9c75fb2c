import io
from collections import defaultdict

from hypothesis import given, settings
from hypothesis import strategies as st
from perfetto.protos.perfetto.trace.perfetto_trace_pb2 import Trace, TrackEvent

from pullscope.engine.events import RequestSent
from pullscope.trace.perfetto import write_perfetto

BEGIN, END = TrackEvent.TYPE_SLICE_BEGIN, TrackEvent.TYPE_SLICE_END
MS = 1_000_000  # nanoseconds


def read(events):
    file = io.BytesIO()
    write_perfetto(events, file)
    return Trace.FromString(file.getvalue()).packet


def tracks(packets):
    """Return the tracks by their identifiers, in order."""
    found = [p.track_descriptor for p in packets if p.HasField("track_descriptor")]
    return {track.uuid: track for track in found}


def slices(packets):
    """Return (name, depth, begin, end, event) of the slices of each track, as a viewer nests
    them: by time, and in the order of the file where times are the same."""
    events = [p for p in packets if p.HasField("track_event")]
    found = defaultdict(list)
    open_ = defaultdict(list)
    for packet in sorted(events, key=lambda packet: packet.timestamp):
        event = packet.track_event
        stack = open_[event.track_uuid]
        if event.type == BEGIN:
            slice_ = [event.name, len(stack), packet.timestamp, None, event]
            found[event.track_uuid].append(slice_)
            stack.append(slice_)
        elif event.type == END:
            stack.pop()[3] = packet.timestamp
    assert not any(open_.values())
    return found


def test_a_connection_is_a_track_with_a_slice_per_attempt_and_its_phases_inside(story):
    packets = read(story)
    (connection,) = [uuid for uuid, t in tracks(packets).items() if t.name == "connection 0"]

    assert [tuple(told[:4]) for told in slices(packets)[connection]] == [
        ("layer 0 chunk 0", 0, 300 * MS, 700 * MS),
        ("waiting", 1, 300 * MS, 400 * MS),
        ("receiving", 1, 400 * MS, 650 * MS),
        ("writing", 1, 650 * MS, 700 * MS),
        ("layer 0 chunk 1", 0, 950 * MS, 1300 * MS),
        ("waiting", 1, 950 * MS, 1000 * MS),
        ("receiving", 1, 1000 * MS, 1300 * MS),
    ]


def test_names_that_are_no_unicode_are_escaped():
    packets = read([RequestSent(1.0, "\ud800", "ghcr.io", 200, 0.5)])
    (named,) = [told for found in slices(packets).values() for told in found]
    assert named[0] == "\\ud800"


def test_tracks_belong_to_the_pull_or_to_its_layers(story):
    found = tracks(read(story))

    assert found[1].process.process_name == "pull registry.example/demo/app:1"
    assert found[2].process.process_name == "layers"
    layers = [t.name for t in found.values() if t.parent_uuid == 2]
    assert layers[0] == "layer 0, 32 MiB, sha256:" + "a" * 64
    assert len(layers) == 3


def test_an_arrow_leads_from_an_attempt_to_its_retry_and_to_its_hedge(troubled):
    flows = defaultdict(list)
    for told in slices(read(troubled)).values():
        for name, *_, event in told:
            attempt = [a.int_value for a in event.debug_annotations if a.name == "attempt"]
            for flow in event.flow_ids:
                flows[flow].append(("goes on", name, *attempt))
            for flow in event.terminating_flow_ids:
                flows[flow].append(("ends", name, *attempt))

    assert sorted(sorted(flow) for flow in flows.values()) == [
        [("ends", "layer 0 chunk 0", 2), ("goes on", "layer 0 chunk 0", 1)],
        [("ends", "layer 0 chunk 1", 2), ("goes on", "layer 0 chunk 1", 1)],
    ]


def test_counters_have_tracks_with_units(story):
    packets = read(story)
    found = tracks(packets)
    values = defaultdict(list)
    for packet in packets:
        event = packet.track_event
        if event.type == TrackEvent.TYPE_COUNTER:
            track = found[event.track_uuid]
            assert track.HasField("counter")
            values[track.name, track.counter.unit_name].append(event.double_counter_value)

    assert values["memory", "MiB"] == [100.0, 120.0]
    assert values["connections", "in flight"] == [2.0, 1.0]
    assert values["throughput received", "MB/s"] == [33.554]


def test_what_happened_in_a_moment_is_an_instant(troubled):
    instants = [
        (packet.track_event.name, packet.timestamp)
        for packet in read(troubled)
        if packet.track_event.type == TrackEvent.TYPE_INSTANT
    ]

    assert ("layer 0 chunk 0: retry", 500 * MS) in instants
    assert ("parallelism 2 → 16", 550 * MS) in instants
    assert ("failed", 1400 * MS) in instants


@settings(deadline=None)
@given(data=st.data())
def test_slices_end_in_order_whatever_happened(data, any_events):
    packets = read(data.draw(any_events))

    for told in slices(packets).values():
        assert all(begin <= end for _, _, begin, end, _ in told)
