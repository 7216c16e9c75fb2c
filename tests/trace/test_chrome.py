import json
from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from pullscope.engine.events import (
    ChunkDone,
    ChunkStarted,
    FirstByte,
    LayerDiscarded,
    LayerReceived,
    RangeUnusable,
    WindowDrew,
)
from pullscope.trace.chrome import chrome_trace

MS = 1000  # microseconds


def phase(trace, kind):
    return [event for event in trace["traceEvents"] if event["ph"] == kind]


def slices(trace, pid, tid):
    found = [event for event in phase(trace, "X") if (event["pid"], event["tid"]) == (pid, tid)]
    return [(event["name"], event["ts"], event["ts"] + event["dur"]) for event in found]


def track_names(trace, pid):
    return {
        event["tid"]: event["args"]["name"]
        for event in phase(trace, "M")
        if event["name"] == "thread_name" and event["pid"] == pid
    }


def assert_slices_nest(trace):
    tracks = defaultdict(list)
    for event in phase(trace, "X"):
        assert isinstance(event["ts"], int)
        assert isinstance(event["dur"], int)
        assert event["dur"] >= 0
        tracks[event["pid"], event["tid"]].append((event["ts"], event["ts"] + event["dur"]))
    for track in tracks.values():
        enclosing = []
        for start, end in sorted(track, key=lambda span: (span[0], -span[1])):
            while enclosing and enclosing[-1] <= start:
                enclosing.pop()
            assert not enclosing or end <= enclosing[-1]
            enclosing.append(end)


@given(data=st.data())
def test_slices_nest_and_never_overlap_whatever_happened(data, any_events):
    trace = chrome_trace(data.draw(any_events))

    assert_slices_nest(trace)
    json.dumps(trace, allow_nan=False)


def test_a_connection_is_a_track_of_attempts_with_their_phases_inside(story):
    trace = chrome_trace(story)

    assert track_names(trace, pid=1)[1] == "connection 0"
    assert slices(trace, pid=1, tid=1) == [
        ("layer 0 chunk 0", 300 * MS, 700 * MS),
        ("waiting", 300 * MS, 400 * MS),
        ("receiving", 400 * MS, 650 * MS),
        ("writing", 650 * MS, 700 * MS),
        ("layer 0 chunk 1", 950 * MS, 1300 * MS),
        ("waiting", 950 * MS, 1000 * MS),
        ("receiving", 1000 * MS, 1300 * MS),
    ]


def test_an_attempt_tells_what_was_asked_and_what_came(story):
    refused = next(
        event
        for event in phase(chrome_trace(story), "X")
        if event["name"] == "layer 0 chunk 1" and event["args"]["attempt"] == 1
    )

    assert refused["args"] == {
        "digest": "sha256:" + "a" * 64,
        "range": "16777216-33554431",
        "attempt": 1,
        "host": "registry.example",
        "peer": "",
        "status": 503,
        "protocol": "HTTP/1.1",
        "received": 0,
        "queued_s": 0.25,
        "outcome": "HTTP 503",
        "hedge": False,
    }


def test_an_arrow_leads_from_an_attempt_to_the_next_one_for_its_chunk(troubled):
    flows = [
        (event["name"], event["args"]["attempt"], event["flow_in"], event["flow_out"])
        for event in phase(chrome_trace(troubled), "X")
        if "bind_id" in event
    ]

    assert flows == [
        ("layer 0 chunk 0", 1, False, True),
        ("layer 0 chunk 1", 1, False, True),
        ("layer 0 chunk 0", 2, True, False),
        ("layer 0 chunk 1", 2, True, False),
    ]


def test_a_chunk_still_written_while_its_connection_goes_on_has_a_track_beside():
    trace = chrome_trace(
        [
            ChunkStarted(0.0, 0, 0, 1, 0, 10, 0, 0.0),
            FirstByte(0.1, 0, 0, 1, 206, "a", ""),
            ChunkStarted(0.2, 0, 1, 1, 10, 10, 0, 0.2),
            ChunkDone(0.3, 0, 0, 1, 0.2, 10),
            ChunkDone(0.4, 0, 1, 1, 0.35, 10),
        ]
    )

    assert_slices_nest(trace)
    names = track_names(trace, pid=1)
    assert sorted(names.values()) == ["connection 0", "connection 0, beside 1"]
    beside = max(names)
    assert slices(trace, pid=1, tid=beside)[0] == ("layer 0 chunk 1", 200 * MS, 400 * MS)


def test_a_layer_is_a_track_of_phases(story):
    trace = chrome_trace(story)

    assert track_names(trace, pid=2)[1] == "layer 0, 32 MiB, sha256:" + "a" * 64
    assert slices(trace, pid=2, tid=1) == [
        ("receiving", 300 * MS, 1300 * MS),
        ("hashing", 1300 * MS, 1500 * MS),
        ("committing", 1500 * MS, 1600 * MS),
    ]


def test_a_layer_that_is_discarded_is_received_a_second_time():
    trace = chrome_trace(
        [
            ChunkStarted(0.1, 0, 0, 1, 0, 10, 0, 0.0),
            ChunkDone(0.2, 0, 0, 1, 0.2, 10),
            LayerReceived(0.2, 0),
            LayerDiscarded(0.3, 0, "digest mismatch"),
            ChunkStarted(0.4, 0, 1, 1, 0, 10, 0, 0.3),
            ChunkDone(0.5, 0, 1, 1, 0.5, 10),
            LayerReceived(0.5, 0),
        ]
    )

    assert slices(trace, pid=2, tid=1) == [
        ("receiving", 100 * MS, 200 * MS),
        ("hashing", 200 * MS, 300 * MS),
        ("receiving", 400 * MS, 500 * MS),
        ("hashing", 500 * MS, 500 * MS),
    ]


def test_counters_tell_throughput_memory_and_connections(story):
    counters = [
        (event["name"], event["ts"], event["args"]) for event in phase(chrome_trace(story), "C")
    ]

    # 16 MiB in half a second; the 12 MiB of the first sample were there before the pull.
    assert counters == [
        ("memory", 300 * MS, {"MiB": 100.0}),
        ("connections", 300 * MS, {"in flight": 2}),
        ("loop lag", 300 * MS, {"ms": 0.0}),
        ("throughput received", 800 * MS, {"MB/s": 33.554}),
        ("throughput written", 800 * MS, {"MB/s": 33.554}),
        ("throughput hashed", 800 * MS, {"MB/s": 33.554}),
        ("memory", 800 * MS, {"MiB": 120.0}),
        ("connections", 800 * MS, {"in flight": 1}),
        ("loop lag", 800 * MS, {"ms": 0.0}),
    ]


def test_the_window_s_frames_are_a_counter():
    events = [WindowDrew(0.1, (0.002, 0.012)), WindowDrew(0.2, ())]
    counters = phase(chrome_trace(events), "C")

    assert [(c["name"], c["ts"], c["args"]) for c in counters] == [
        ("frame", 100 * MS, {"ms": 12.0})
    ]


def test_what_concerns_the_whole_pull_is_an_instant(story):
    story.insert(-1, RangeUnusable(1.6, 1, "ignored Range (200)", 5))
    instants = {
        event["name"]: event["args"]
        for event in phase(chrome_trace(story), "i")
        if event["s"] == "g"
    }

    assert list(instants) == [
        "layer 0 chunk 1: retry",
        "parallelism 2 → 16",
        "paused",
        "resumed",
        "layer 1: whole reply instead of ranges",
        "done",
    ]
    assert instants["parallelism 2 → 16"]["old"]["parallelism"] == 2
    assert instants["parallelism 2 → 16"]["new"]["parallelism"] == 16


def test_requests_for_manifests_and_tokens_have_a_track(story):
    trace = chrome_trace(story)
    (tid,) = (tid for tid, name in track_names(trace, pid=1).items() if name == "other requests")

    assert slices(trace, pid=1, tid=tid) == [("manifest", 100 * MS, 200 * MS)]


def test_the_trace_says_which_pull_it_is_of(story):
    trace = chrome_trace(story)

    assert trace["displayTimeUnit"] == "ms"
    assert trace["otherData"]["reference"] == "registry.example/demo/app:1"
    assert trace["otherData"]["status"] == "done"
    assert phase(trace, "M")[0]["args"] == {"name": "pull registry.example/demo/app:1"}


def test_no_events_are_a_valid_trace():
    assert chrome_trace([])["traceEvents"]
