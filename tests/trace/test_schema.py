import json

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pullscope.trace.file import event_line, header_line
from pullscope.trace.schema import trace_schema

VALIDATOR = jsonschema.Draft202012Validator(trace_schema())


def valid(line):
    return VALIDATOR.is_valid(json.loads(line))


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(trace_schema())


@settings(deadline=None)
@given(data=st.data())
def test_every_line_of_a_trace_follows_the_schema(data, any_events):
    assert valid(header_line())
    for event in data.draw(any_events):
        VALIDATOR.validate(json.loads(event_line(event)))


def test_events_and_fields_of_earlier_and_later_programs_follow_it():
    assert valid('{"event": "ChunkBlessed", "at": 1.0}')
    assert valid('{"event": "LayerVerified", "at": 2, "layer": 4, "seconds": 0.5}')
    assert valid(
        '{"event": "Sampled", "at": 1, "received": 1, "written": 1, "hashed": 1, '
        '"in_flight": 1, "memory": 1}'
    )


@pytest.mark.parametrize(
    "line",
    [
        '{"format": "pullscope-trace", "version": 2}',
        '{"event": "LayerVerified", "at": 2}',
        '{"event": "LayerVerified", "at": "2", "layer": 4}',
        '{"event": "LayerVerified", "at": 2, "layer": 4.5}',
        '{"event": "PullEnded", "at": 1, "state": "over", "error": ""}',
        "[]",
    ],
)
def test_what_is_no_line_of_a_trace_does_not_follow_it(line):
    assert not valid(line)
