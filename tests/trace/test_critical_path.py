from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pullscope.engine.events import ChunkDone, ChunkReturned, ChunkStarted, FirstByte
from pullscope.trace.critical_path import critical_path
from pullscope.trace.recorded import RecordedPull


def path_of(events):
    return [
        (step.kind, step.chunk, step.began, step.ended)
        for step in critical_path(RecordedPull(events))
    ]


def test_it_leads_from_the_start_over_a_retry_to_the_last_commit(story):
    assert path_of(story) == [
        ("resolving", None, 0.0, 0.2),
        ("queued", None, 0.2, 0.3),
        ("waiting", 1, 0.3, 0.45),
        ("retry wait", 1, 0.45, 0.95),
        ("waiting", 1, 0.95, 1.0),
        ("receiving", 1, 1.0, 1.3),
        ("hashing", None, 1.3, 1.5),
        ("committing", None, 1.5, 1.6),
    ]


def test_a_chunk_waited_for_the_one_that_had_its_connection():
    events = [
        ChunkStarted(0.1, 0, 0, 1, 0, 5, 0, 0.0),
        FirstByte(0.2, 0, 0, 1, 206, "a", ""),
        ChunkDone(0.6, 0, 0, 1, 0.4, 5),
        ChunkStarted(0.5, 0, 1, 1, 5, 5, 0, 0.4),
        FirstByte(0.6, 0, 1, 1, 206, "a", ""),
        ChunkDone(1.0, 0, 1, 1, 0.9, 5),
    ]

    assert path_of(events)[-5:] == [
        ("receiving", 0, 0.2, 0.4),
        ("queued", 1, 0.4, 0.5),
        ("waiting", 1, 0.5, 0.6),
        ("receiving", 1, 0.6, 0.9),
        ("writing", 1, 0.9, 1.0),
    ]


def test_a_hedge_did_not_wait_for_the_silent_one():
    events = [
        ChunkStarted(0.0, 0, 0, 1, 0, 5, 0, 0.0),
        ChunkStarted(0.5, 0, 0, 2, 0, 5, 1, 0.5),
        FirstByte(0.6, 0, 0, 2, 206, "a", ""),
        ChunkReturned(0.6, 0, 0, 1, 0, "another request was faster", None, None),
        ChunkDone(0.7, 0, 0, 2, 0.7, 5),
    ]

    assert ("retry wait", 0) not in [step[:2] for step in path_of(events)]


def test_without_a_manifest_it_is_all_resolving(story):
    assert path_of(story[:2]) == [("resolving", None, 0.0, pytest.approx(0.2))]


@settings(deadline=None)
@given(data=st.data())
def test_its_steps_never_overlap_whatever_happened(data, any_events):
    steps = path_of(data.draw(any_events))

    assert all(began < ended for *_, began, ended in steps)
    assert all(one[3] <= other[2] for one, other in pairwise(steps))
