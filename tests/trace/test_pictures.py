from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pullscope.engine.events import ChunkReturned, ChunkStarted, PullEnded, PullResolved
from pullscope.engine.model import Layer, PullState
from pullscope.trace.pictures import DARK, LIGHT, VIEWS, svg
from pullscope.trace.recorded import RecordedPull

SVG = "{http://www.w3.org/2000/svg}"


def read(events, view, colours=LIGHT):
    """Return the elements of a picture, as a reader of XML finds them."""
    return list(ElementTree.fromstring(svg(RecordedPull(events), view, colours)).iter())


def kinds(elements):
    return [one.get("class") for one in elements if one.tag == f"{SVG}rect"]


def test_the_timeline_tells_connecting_retries_and_what_ended_early(troubled):
    elements = read(troubled, "timeline")

    told = kinds(elements)
    assert told.count("connecting") == 1 + 1  # and the legend's
    assert told.count("retried") == 1 + 1
    assert told.count("failed") == 2 + 1
    words = [one.text for one in elements if one.tag == f"{SVG}text"]
    assert words[0] == "Connections: registry.example/demo/app:1"
    assert {"c1", "c5", "0 s", "1.4 s", "waiting"} <= set(words)
    changes = [one for one in elements if one.get("class") == "change"]
    assert len(changes) == 1


def test_throughput_has_a_line_each_for_receiving_writing_and_hashing(story):
    lines = [one for one in read(story, "throughput") if one.tag == f"{SVG}polyline"]

    assert [line.get("class") for line in lines] == [
        "line-receiving",
        "line-writing",
        "line-hashed",
    ]


def test_the_map_tells_how_the_bytes_of_each_layer_came(story, troubled):
    assert kinds(read(story, "map"))[1:-3] == [
        "receiving",
        "retried",
        "hashed",
        "receiving",
        "hashed",
    ]
    hedged = kinds(read(troubled, "map"))
    assert {"waiting", "retried", "receiving"} <= set(hedged)


def test_bytes_that_never_came_are_missing(troubled):
    resolved = next(event for event in troubled if isinstance(event, PullResolved))

    assert kinds(read([resolved], "map"))[1:] == ["missing"] * 4


@pytest.mark.parametrize("view", VIEWS)
def test_a_picture_of_nothing_says_so(view):
    (title,) = [one.text for one in read([], view) if one.tag == f"{SVG}text"]

    assert title == "Nothing was recorded that it shows"


def test_a_picture_can_be_dark(story):
    (style,) = [one.text for one in read(story, "timeline", DARK) if one.tag == f"{SVG}style"]

    assert ".ground { fill: #14171c; }" in style


def test_a_picture_of_much_is_of_bounded_size():
    layers = tuple(Layer(f"sha256:{number}", 1, "") for number in range(500))
    events = [PullResolved(0.0, "", "", layers)]
    for chunk in range(20_000):
        at = chunk / 1000
        events.append(ChunkStarted(at, 0, chunk, 1, chunk, 1, chunk % 300, at))
        events.append(ChunkReturned(at + 0.01, 0, chunk, 1, 0, "stalled", None, None))
    events.append(PullEnded(21.0, PullState.FAILED, ""))

    timeline = read(events, "timeline")
    assert len(timeline) < 2 * 4000 + 200
    assert "+ 236 connections" in [one.text for one in timeline]
    assert "+ 436 layers" in [one.text for one in read(events, "map")]


@settings(deadline=None)
@given(data=st.data(), view=st.sampled_from(tuple(VIEWS)))
def test_a_picture_is_well_formed_whatever_happened(data, view, any_events):
    read(data.draw(any_events), view)
