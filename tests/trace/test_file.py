import io
import json
import re
from pathlib import Path
from typing import get_args

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import pullscope.trace.file
from pullscope.engine.events import (
    LayerVerified,
    PullEvent,
    PullPaused,
    PullResumed,
    PullStarted,
    Sampled,
)
from pullscope.engine.message import translated, words_of
from pullscope.engine.model import Settings
from pullscope.engine.waits import Waited
from pullscope.trace.file import (
    TraceError,
    iterate_batches,
    read_trace,
    write_compressed,
    write_trace,
)

HEADER = '{"format": "pullscope-trace", "version": 1, "program": "0.1.0"}'
PAUSED = '{"event": "PullPaused", "at": 1.5}'

reuses_folder = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def text_of(events) -> str:
    file = io.BytesIO()
    write_trace(events, file)
    return file.getvalue().decode("ascii")


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


def read_or_error(path):
    try:
        return read_trace(path), ""
    except TraceError as error:
        return [], str(error)


def compressed(events) -> bytes:
    file = io.BytesIO()
    write_compressed(events, file)
    return file.getvalue()


@pytest.fixture
def long_story(story):
    """More than fits one frame of a compressed trace."""
    return story * 500


def test_a_compressed_trace_is_zstd_of_the_same_lines(long_story):
    stream = zstandard.ZstdDecompressor().stream_reader(
        io.BytesIO(compressed(long_story)), read_across_frames=True
    )

    assert stream.read().decode() == text_of(long_story)
    assert len(compressed(long_story)) < len(text_of(long_story)) / 10


def test_a_compressed_trace_is_read_as_it_was_written(long_story, tmp_path):
    path = tmp_path / "trace.pullscope"
    path.write_bytes(compressed(long_story))

    assert read_trace(path) == long_story


@reuses_folder
@given(data=st.data())
def test_a_compressed_trace_cut_off_anywhere_keeps_what_was_before(data, story, tmp_path):
    content = compressed(story)
    path = tmp_path / "trace.pullscope"
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])

    events, error = read_or_error(path)

    # With less than the header it is no trace.
    assert error.startswith(f"{path}, line 1: ") or (not error and events == story[: len(events)])


@settings(reuses_folder, max_examples=20)
@given(data=st.data())
def test_a_compressed_trace_that_is_damaged_is_refused(data, long_story, tmp_path):
    content = bytearray(compressed(long_story))
    at = data.draw(st.integers(4, len(content) - 1))
    content[at] ^= 1 << data.draw(st.integers(0, 7))
    path = tmp_path / "trace.pullscope"
    path.write_bytes(content)

    events, error = read_or_error(path)

    # Without a word it is only taken for one that ends early.
    assert error.startswith(f"{path}, line ") or (not error and events == long_story[: len(events)])


def test_damage_is_told_with_the_line_that_cannot_be_read(long_story, tmp_path):
    content = bytearray(compressed(long_story))
    content[-10] ^= 0xFF
    path = tmp_path / "trace.pullscope"
    path.write_bytes(content)

    with pytest.raises(TraceError, match=r"line (\d+): the compressed data is damaged") as caught:
        read_trace(path)
    assert 1000 < int(re.findall(r"line (\d+)", str(caught.value))[0]) <= len(long_story) + 2


def test_a_line_without_end_does_not_fill_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr("pullscope.trace.file._LONGEST_LINE", 1000)
    path = tmp_path / "trace.jsonl"
    path.write_text(HEADER + "\n" + '"' + "a" * 5000)

    with pytest.raises(TraceError, match="line 2: too long"):
        read_trace(path)


def test_a_trace_of_the_first_program_is_read(trace):
    settings = '{"layers": 3, "parallelism": 8, "connections": 24, "chunk_size": 16777216}'
    events = trace(
        '{"format": "pullscope-trace", "version": 1, "program": "0.1.0"}',
        '{"event": "PullStarted", "at": 0.0, "reference": "a", "output": "/o", '
        f'"settings": {settings}, "started_at": 1750000000.0}}',
        '{"event": "Sampled", "at": 0.1, "received": 1, "written": 1, "hashed": 0, '
        '"in_flight": 1, "memory": 9}',
    )

    assert events == [
        PullStarted(0.0, "a", "/o", Settings(), 1_750_000_000.0),
        Sampled(0.1, 1, 1, 0, 1, 9),
    ]


def test_lines_that_only_together_are_json_are_refused(trace):
    torn = (
        '{"event": "PullPaused", "at": 1.5, "x": [{}',
        "{}]}",
    )
    with pytest.raises(TraceError, match="line 2: not JSON"):
        trace(HEADER, *torn[:2], PAUSED)
    with pytest.raises(TraceError, match=r"line 3: not JSON: .* at character 32$"):
        trace(HEADER, PAUSED, '{"event": "PullPaused", "at": 1', ".5}")


def test_corrupt_lines_are_named_among_many(tmp_path):
    path = tmp_path / "trace.jsonl"
    lines = [HEADER, *[PAUSED] * 20_000]
    lines[15_000] = '{"event": "PullPaused", "at": "late"}'
    path.write_text("\n".join(lines) + "\n")

    with pytest.raises(TraceError, match="line 15001: \"at\": 'late' is not a number"):
        read_trace(path)


def test_batches_tell_how_much_is_read(long_story, tmp_path):
    path = tmp_path / "trace.jsonl"
    path.write_text(text_of(long_story))

    batches = list(iterate_batches(path))
    assert [event for batch in batches for event in batch.events] == long_story
    shares = [batch.share for batch in batches]
    assert len(batches) > 3
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_samples_of_different_programs_in_one_trace_are_told_apart(trace):
    old = (
        '{"event": "Sampled", "at": 0.1, "received": 3, "written": 2, "hashed": 1,'
        ' "in_flight": 4, "memory": 5}'
    )
    newer = old.replace("}", ', "network": 7}')

    assert trace(HEADER, old, newer, old) == [
        Sampled(0.1, 3, 2, 1, 4, 5),
        Sampled(0.1, 3, 2, 1, 4, 5, network=7),
        Sampled(0.1, 3, 2, 1, 4, 5),
    ]


def test_a_file_that_is_not_there_is_a_trace_error(tmp_path):
    with pytest.raises(TraceError, match=re.escape(str(tmp_path / "none.jsonl"))):
        read_trace(tmp_path / "none.jsonl")


def test_the_documentation_names_every_event_with_its_fields():
    document = Path(pullscope.trace.file.__file__).with_name("FORMAT.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `([A-Z]\w+)` \| (.*?) ?\|", document, re.MULTILINE))

    told = {name: re.findall(r"`(\w+)`", fields) for name, fields in rows.items()}
    assert told == {
        kind.__name__: [name for name in kind.__struct_fields__ if name != "at"]
        for kind in get_args(PullEvent)
    }


def test_a_sample_of_an_earlier_program_tells_less(trace):
    old = (
        '{"event": "Sampled", "at": 0.1, "received": 3, "written": 2, "hashed": 1,'
        ' "in_flight": 4, "memory": 5}'
    )
    newer = old.replace("}", ', "waited": {"disk": 1.5}, "lag": 0.25}')

    assert trace(HEADER, old, newer) == [
        Sampled(0.1, 3, 2, 1, 4, 5),
        Sampled(0.1, 3, 2, 1, 4, 5, waited=Waited(disk=1.5), lag=0.25),
    ]


@pytest.mark.parametrize(
    "field", ['"waited": 3', '"waited": {"disk": "long"}', '"lag": "late"', '"network": 0.5']
)
def test_what_a_sample_may_lack_is_checked_where_it_is_there(field, trace):
    line = (
        '{"event": "Sampled", "at": 0.1, "received": 3, "written": 2, "hashed": 1,'
        f' "in_flight": 4, "memory": 5, {field}}}'
    )

    with pytest.raises(TraceError):
        trace(HEADER, line, PAUSED)


def test_a_corrupt_line_can_be_told_in_another_language(trace, tmp_path):
    line = '{"event": "PullPaused", "at": "late"}'
    with pytest.raises(TraceError) as caught:
        trace(HEADER, line)

    said = translated(words_of(caught.value), lambda _, text: f"[{text}]")
    assert said.endswith(""", line 2: ["at": ['late' is not a number]]]""")

    with pytest.raises(TraceError) as caught:
        trace(HEADER, '{"event": "PullPaused", "at": NaN}')
    said = translated(words_of(caught.value), lambda _, text: f"[{text}]")
    assert said.endswith(", line 2: [not JSON: [NaN is not a number]]]")
