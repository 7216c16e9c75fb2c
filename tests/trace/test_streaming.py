import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from pullscope.engine.events import PullPaused
from pullscope.engine.message import Message, translated, words_of
from pullscope.trace import streaming
from pullscope.trace.file import TraceError, iterate_trace, read_trace
from pullscope.trace.streaming import StreamedTrace

KILLED = """
import os, signal, sys, time
from pathlib import Path
from pullscope.engine.events import PullPaused
from pullscope.trace.streaming import StreamedTrace

trace = StreamedTrace(Path(sys.argv[1]))
for number in range(1000):
    trace(PullPaused(float(number)))
print("told", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("name", ["pull.pullscope", "pull.jsonl", "PULL.PULLSCOPE"])
def test_the_trace_is_that_of_the_events(story, tmp_path, name):
    trace = StreamedTrace(tmp_path / name)
    for event in story:
        trace(event)
    trace.close()

    assert read_trace(tmp_path / name) == story
    assert list(tmp_path.iterdir()) == [tmp_path / name]


def test_another_format_is_made_at_the_end_and_nothing_else_stays(story, tmp_path):
    trace = StreamedTrace(tmp_path / "pull.csv")
    for event in story:
        trace(event)
    trace.close()

    assert len((tmp_path / "pull.csv").read_text().splitlines()) == 5
    assert list(tmp_path.iterdir()) == [tmp_path / "pull.csv"]


@pytest.mark.parametrize("name", ["pull.pullscope", "pull.jsonl"])
def test_a_process_that_is_killed_leaves_a_readable_trace(tmp_path, name):
    path = tmp_path / name
    app = Path(streaming.__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(path)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(app)},
    ) as process:
        assert process.stdout.readline() == b"told\n"
        while not told(path):
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)

    assert read_trace(path) == [PullPaused(float(number)) for number in range(1000)]


def told(path):
    """Whether the last of the events can be read; before that, part of them or nothing can."""
    try:
        return len(read_trace(path)) == 1000
    except TraceError:
        return False


def test_a_trace_that_cannot_be_written_is_told_at_the_end(story, tmp_path):
    trace = StreamedTrace(tmp_path / "none" / "pull.pullscope")
    for event in story:
        trace(event)

    with pytest.raises(TraceError, match=r"pull\.pullscope: No such file or directory"):
        trace.close()


def test_what_cannot_be_exported_stays_as_a_native_trace(story, tmp_path, monkeypatch):
    def refuse(*_arguments):
        raise TraceError("full")

    monkeypatch.setattr(streaming, "export_trace", refuse)
    trace = StreamedTrace(tmp_path / "pull.csv")
    for event in story:
        trace(event)

    with pytest.raises(TraceError, match=r"full; what happened is in .*pull\.csv\.pullscope"):
        trace.close()
    assert read_trace(tmp_path / "pull.csv.pullscope") == story


def test_a_disk_that_does_not_keep_up_ends_the_trace_and_not_the_pull(tmp_path, monkeypatch):
    free = threading.Event()
    monkeypatch.setattr(streaming, "_MOST_WAITING", 10)
    monkeypatch.setattr(streaming, "header_line", lambda: free.wait() and b"")
    trace = StreamedTrace(tmp_path / "pull.jsonl")
    for number in range(50):
        trace(PullPaused(float(number)))
    free.set()

    with pytest.raises(TraceError, match="the disk is too slow"):
        trace.close()


def test_a_number_that_json_does_not_know_is_a_failure(tmp_path):
    trace = StreamedTrace(tmp_path / "pull.jsonl")
    trace(PullPaused(float("nan")))
    trace(PullPaused(1.0))

    with pytest.raises(TraceError, match="not JSON compliant"):
        trace.close()


def test_a_trace_is_read_one_event_at_a_time(story, tmp_path):
    trace = StreamedTrace(tmp_path / "pull.pullscope")
    for event in story:
        trace(event)
    trace.close()

    reader = iterate_trace(tmp_path / "pull.pullscope")
    assert next(reader) == story[0]
    reader.close()


def test_that_a_format_that_cannot_be_made_is_told_in_another_language_too(tmp_path, monkeypatch):
    def refuse(*_):
        raise TraceError(Message("there is no room"))

    monkeypatch.setattr("pullscope.trace.streaming.export_trace", refuse)
    trace = StreamedTrace(tmp_path / "pull.json")
    with pytest.raises(TraceError) as caught:
        trace.close()

    said = translated(words_of(caught.value), lambda _, text: f"[{text}]")
    assert said == f"[[there is no room]; what happened is in {tmp_path / 'pull.json.pullscope'}]"
