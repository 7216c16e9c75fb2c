"""Traces are read beside the window: how far, until when, and what is wrong with them."""

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton

from pullscope.engine.events import LayerExisting, PullStarted
from pullscope.engine.message import translated, words_of
from pullscope.engine.model import PullState, Settings
from pullscope.gui import trace_opening
from pullscope.gui.pull_run import PullRun, RunState
from pullscope.gui.trace_opening import TraceOpening, run_of_trace
from pullscope.trace.export import export_trace
from pullscope.trace.file import TraceError


def test_that_a_trace_becomes_an_entry_of_the_list(new_trace: Any) -> None:
    path = new_trace(settings=Settings(parallelism=3))
    shares: list[float] = []

    run = run_of_trace(path, shares.append)

    assert (run.state, run.trace, run.name) == (RunState.TRACE, path, "one.pullscope")
    assert (run.reference, run.settings.parallelism) == ("registry.example/team/app:1", 4)
    assert (run.pull, run.remembered, run.state.unfinished) == (None, False, False)
    assert run.snapshot is not None
    assert run.snapshot.state is PullState.DONE
    assert len(run.attempts) == 9
    assert run.attempts.columns["status"].tolist() == [206] * 9
    assert run.measurements.count == 8
    assert len(run.effects.newest_first) == len(run.measurements.changes) == 1
    assert run.peak > 0
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "line 1: not JSON"),
        (b"{}\n", "line 1: not a Pullscope trace"),
        (b'{"format": "pullscope-trace", "version": 1}\n{"event": 3}\n', "line 2: there is no"),
        (b'{"format": "pullscope-trace", "version": 9}\n', "line 1: version 9 is unknown"),
    ],
)
def test_that_a_broken_file_is_told_with_its_place(
    content: bytes, words: str, tmp_path: Path
) -> None:
    path = tmp_path / "broken.jsonl"
    path.write_bytes(content)
    with pytest.raises(TraceError, match=f"broken.jsonl, {words}"):
        run_of_trace(path)


def test_that_what_is_no_native_trace_is_told(tmp_path: Path) -> None:
    with pytest.raises(TraceError, match="is made for other tools"):
        run_of_trace(tmp_path / "pull.json")
    with pytest.raises(TraceError, match="No such file"):
        run_of_trace(tmp_path / "pull.jsonl")


@pytest.mark.parametrize(
    "event", [LayerExisting(0.1, 0), PullStarted(-(2.0**40), "", "", Settings(), 0.0)]
)
def test_that_what_cannot_have_happened_is_refused_or_shown(event: Any, tmp_path: Path) -> None:
    path = tmp_path / "odd.jsonl"
    export_trace([event], path)
    if isinstance(event, LayerExisting):
        with pytest.raises(TraceError, match=r"odd\.jsonl: it tells what cannot have happened"):
            run_of_trace(path)
    else:
        assert run_of_trace(path).snapshot is not None


class Heard:
    """What the strip told."""

    def __init__(self, strip: TraceOpening) -> None:
        self.runs: list[PullRun] = []
        self.words: list[str] = []
        self.ended = 0
        strip.opened.connect(self.runs.append)
        strip.failed.connect(self.words.append)
        strip.ended.connect(self._end)

    def _end(self) -> None:
        self.ended += 1


@pytest.fixture
def strip(qtbot: Any) -> TraceOpening:
    strip = TraceOpening()
    qtbot.addWidget(strip)
    return strip


def test_that_traces_open_one_after_the_other(
    strip: TraceOpening, new_trace: Any, run_async: Any, until: Any, tmp_path: Path
) -> None:
    heard = Heard(strip)

    async def story() -> None:
        for path in (new_trace("a.pullscope"), tmp_path / "none.jsonl", new_trace("b.jsonl")):
            strip.open(path)
        await until(lambda: heard.ended)

    run_async(story())
    assert [run.name for run in heard.runs] == ["a.pullscope", "b.jsonl"]
    assert len(heard.words) == 1
    assert "none.jsonl" in heard.words[0]
    assert (heard.ended, strip.busy, strip.isVisible()) == (1, False, False)


def test_that_a_long_reading_shows_how_far_it_is_and_can_be_cancelled(
    strip: TraceOpening, new_trace: Any, run_async: Any, until: Any, monkeypatch: Any
) -> None:
    heard = Heard(strip)
    going_on = threading.Event()
    bar, words = strip.findChild(QProgressBar), strip.findChild(QLabel, "trace_opening_words")
    cancel = strip.findChild(QPushButton, "cancel_opening")
    assert bar is not None
    assert words is not None
    assert cancel is not None

    def slow(path: Path, note: Any) -> PullRun:
        note(0.4)
        going_on.wait(30)
        note(0.5)
        return PullRun()

    monkeypatch.setattr(trace_opening, "run_of_trace", slow)

    async def story() -> None:
        strip.open(Path("long.pullscope"))
        strip.open(Path("later.pullscope"))
        await until(lambda: strip.isVisible() and bar.value() == 40)
        assert "long.pullscope" in words.text()
        assert "1 more" in words.text()
        cancel.click()
        going_on.set()
        await until(lambda: heard.ended)

    run_async(story())
    assert (heard.runs, heard.words, strip.isVisible()) == ([], [], False)


def test_that_leaving_ends_what_is_under_way(
    strip: TraceOpening, new_trace: Any, run_async: Any
) -> None:
    heard = Heard(strip)

    async def story() -> None:
        strip.open(new_trace())
        await asyncio.sleep(0)
        await strip.close_down()

    run_async(story())
    assert not strip.busy
    assert heard.words == []


def test_that_what_cannot_have_happened_can_be_told_in_another_language(tmp_path: Path) -> None:
    path = tmp_path / "odd.jsonl"
    export_trace([LayerExisting(0.1, 0)], path)
    with pytest.raises(TraceError) as caught:
        run_of_trace(path)
    said = translated(words_of(caught.value), lambda _, text: f"[{text}]")
    assert said.startswith(f"[{path}: it tells what cannot have happened: [an event at")
