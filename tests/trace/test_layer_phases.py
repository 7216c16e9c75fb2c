from pullscope.engine.events import (
    ChunkStarted,
    LayerCommitted,
    LayerDiscarded,
    LayerReceived,
    LayerVerified,
)
from pullscope.trace.layer_phases import LayerPhaseReader


def phases(events, end):
    reader = LayerPhaseReader()
    found = [told for event in events if (told := reader.take(event)) is not None]
    return [
        (t.layer, t.phase.name, t.phase.began, t.phase.ended) for t in found + reader.close(end)
    ]


def chunk(at, layer=0):
    return ChunkStarted(at, layer, 0, 1, 0, 1, 0, at)


def test_a_layer_is_received_then_hashed_then_committed():
    events = [
        chunk(1.0),
        chunk(1.5),
        LayerReceived(2.0, 0),
        LayerVerified(2.5, 0),
        LayerCommitted(3.0, 0),
    ]

    assert phases(events, 9.0) == [
        (0, "receiving", 1.0, 2.0),
        (0, "hashing", 2.0, 2.5),
        (0, "committing", 2.5, 3.0),
    ]


def test_a_layer_that_is_discarded_is_received_once_more():
    events = [chunk(1.0), LayerReceived(2.0, 0), LayerDiscarded(3.0, 0, "wrong"), chunk(4.0)]

    assert phases(events, 9.0) == [
        (0, "receiving", 1.0, 2.0),
        (0, "hashing", 2.0, 3.0),
        (0, "receiving", 4.0, 9.0),
    ]
