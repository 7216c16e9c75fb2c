import dataclasses
import io
import json
import re
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import pullscope.trace.file
from pullscope.engine.events import LayerVerified, PullEvent, PullPaused, PullResumed
from pullscope.trace.file import TraceError, read_trace, write_trace

HEADER = '{"format": "pullscope-trace", "version": 1, "program": "0.1.0"}'
PAUSED = '{"event": "PullPaused", "at": 1.5}'

reuses_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def text_of(events) -> str:
    file = io.StringIO()
    write_trace(events, file)
    return file.getvalue()


@pytest.fixture
def trace(tmp_path):
    """Write lines to a file and read it as a trace."""

    def read(*lines: str | bytes, end: bytes = b"\n"):
        path = tmp_path / "trace.jsonl"
        encoded = [line if isinstance(line, bytes) else line.encode() for line in lines]
        path.write_bytes(b"\n".join(encoded) + end)
        return read_trace(path)

    return read


@reuses_folder
@given(data=st.data())
def test_a_trace_is_read_as_it_was_written(data, any_events, tmp_path):
    events = data.draw(any_events)
    path = tmp_path / "trace.jsonl"
    path.write_text(text_of(events), encoding="ascii", newline="")

    assert read_trace(path) == events


@reuses_folder
@given(data=st.data())
def test_a_corrupt_trace_gives_events_or_a_trace_error_and_nothing_else(
    data, any_events, story, tmp_path
):
    content = bytearray(text_of(data.draw(st.just(story) | any_events)).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        length = data.draw(st.integers(0, 40))
        content[start : start + length] = data.draw(st.binary(max_size=8))
    path = tmp_path / "trace.jsonl"
    path.write_bytes(content)

    try:
        events = read_trace(path)
    except TraceError:
        return
    assert all(isinstance(event, get_args(PullEvent)) for event in events)
    path.write_text(text_of(events))
    assert read_trace(path) == events


@reuses_folder
@given(data=st.data())
def test_a_trace_cut_off_anywhere_behind_its_header_keeps_the_whole_lines(data, story, tmp_path):
    content = text_of(story).encode()
    cut = data.draw(st.integers(content.index(b"\n") + 1, len(content)))
    path = tmp_path / "trace.jsonl"
    path.write_bytes(content[:cut])

    kept = content[:cut].count(b"\n") - 1
    assert read_trace(path) in (story[:kept], story[: kept + 1])


def test_the_header_names_format_version_and_program():
    header = json.loads(text_of([]))

    assert header["format"] == "pullscope-trace"
    assert header["version"] == 1
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", header["program"])


def test_a_trace_without_events_is_an_empty_list(trace):
    assert trace(HEADER) == []
    assert trace(HEADER, end=b"") == []


def test_events_and_fields_of_later_programs_are_ignored(trace):
    events = trace(
        HEADER[:-1] + ', "host": "a"}',
        '{"event": "ChunkBlessed", "at": 1.0, "chunk": 3}',
        '{"event": "LayerVerified", "at": 2, "layer": 4, "seconds": 0.5}',
    )

    assert events == [LayerVerified(2.0, 4)]


def test_a_last_line_without_its_end_is_kept_when_it_is_whole(trace):
    torn_after_brace = trace(HEADER, PAUSED, '{"event": "PullResumed", "at": 2.5}', end=b"")

    assert torn_after_brace == [PullPaused(1.5), PullResumed(2.5)]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        (b'{"event": "\xff"}', "not JSON"),
        ("[" * 100_000, "not JSON"),
        ('{"event": "PullPaused", "at": ' + "9" * 5000 + "}", "not JSON"),
        ("[]", "not a JSON object"),
        ("{}", 'there is no "event"'),
        ('{"event": ["PullPaused"], "at": 1}', 'there is no "event"'),
        ('{"event": "PullPaused"}', 'there is no "at"'),
        ('{"event": "PullPaused", "at": "1"}', "\"at\": '1' is not a number"),
        ('{"event": "PullPaused", "at": true}', '"at": True is not a number'),
        ('{"event": "PullPaused", "at": NaN}', "not JSON: NaN is not a number"),
        ('{"event": "PullPaused", "at": 1e999}', '"at": inf is too large'),
        ('{"event": "LayerVerified", "at": 1, "layer": 1.0}', "1.0 is not a whole number"),
        ('{"event": "LayerVerified", "at": 1, "layer": 9223372036854775808}', "is too large"),
        (
            '{"event": "PullEnded", "at": 1, "state": "over", "error": ""}',
            "not the state of a pull",
        ),
        ('{"event": "PullEnded", "at": 1, "state": [], "error": ""}', "not the state of a pull"),
        ('{"event": "PullEnded", "at": 1, "state": "done", "error": null}', "None is not a text"),
        (
            '{"event": "PullResolved", "at": 1, "digest": "", "platform": "", "layers": {}}',
            '"layers": {} is not a list',
        ),
        (
            '{"event": "PullResolved", "at": 1, "digest": "", "platform": "", "layers": [{}]}',
            '"layers": there is no "digest"',
        ),
        (
            '{"event": "SettingsApplied", "at": 1, "old": {"layers": 1, "parallelism": 0, '
            '"connections": 1, "chunk_size": 0}, "new": {}}',
            '"old": parallelism is 0; it must be between 1 and 128',
        ),
    ],
)
def test_a_corrupt_line_is_refused_with_file_line_and_reason(line, reason, trace, tmp_path):
    with pytest.raises(TraceError) as caught:
        trace(HEADER, PAUSED, line)

    assert str(caught.value).startswith(f"{tmp_path / 'trace.jsonl'}, line 3: ")
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ('{"traceEvents": []}', "not a Pullscope trace"),
        (PAUSED, "not a Pullscope trace"),
        ("layer_digest,chunk", "not JSON"),
        ("", "not JSON"),
        ('{"format": "pullscope-trace"}', "version None is unknown"),
        ('{"format": "pullscope-trace", "version": 2}', "version 2 is unknown"),
        ('{"format": "pullscope-trace", "version": true}', "version True is unknown"),
    ],
)
def test_another_format_or_version_is_refused(header, reason, trace):
    with pytest.raises(TraceError, match=rf"line 1: .*{re.escape(reason)}"):
        trace(header, PAUSED)


def test_a_file_that_is_not_there_is_a_trace_error(tmp_path):
    with pytest.raises(TraceError, match=re.escape(str(tmp_path / "none.jsonl"))):
        read_trace(tmp_path / "none.jsonl")


def test_the_documentation_names_every_event_with_its_fields():
    document = Path(pullscope.trace.file.__file__).with_name("FORMAT.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `([A-Z]\w+)` \| (.*?) ?\|", document, re.MULTILINE))

    told = {name: re.findall(r"`(\w+)`", fields) for name, fields in rows.items()}
    assert told == {
        kind.__name__: [field.name for field in dataclasses.fields(kind) if field.name != "at"]
        for kind in get_args(PullEvent)
    }
