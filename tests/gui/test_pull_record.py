"""What stays of a pull: its entry in the history, and a trace that other programs read."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from pullscope.gui.main_window import MainWindow
from pullscope.history import History, default_path
from pullscope.session import PullOptions
from pullscope.trace.file import read_trace
from pullscope.trace.recording import Recordings


@pytest.fixture
def history() -> History:
    return History(default_path())


def pulled(window: MainWindow, session: Any, run_async: Any, until: Any, **values: Any) -> None:
    async def story() -> None:
        window.pull("ghcr.io/team/app:1", PullOptions(**values))
        await until(lambda: window.controller.snapshot and window.controller.snapshot.layers)
        session.pull.advance(1, 5_000_000)
        session.pull.finish()
        entered: list[bool] = []
        window.controller.entered.connect(lambda: entered.append(True))
        await until(lambda: entered)

    run_async(story())


def test_that_a_pull_stands_in_the_history_with_its_options_and_trace(
    window: MainWindow, session: Any, run_async: Any, until: Any, history: History, tmp_path: Path
) -> None:
    pulled(window, session, run_async, until, output=tmp_path / "x", platform="linux/arm64")
    [pull] = history.pulls()
    assert (pull.reference, pull.state) == ("ghcr.io/team/app:1", "done")
    assert pull.options["output"] == str(tmp_path / "x")
    assert pull.options["platform"] == "linux/arm64"
    trace = Path(pull.trace)
    assert trace.parent == history.traces
    assert "app-1" in trace.name
    kinds = [type(event).__name__ for event in read_trace(trace)]
    assert (kinds[0], kinds[-1]) == ("PullStarted", "PullEnded")


def test_that_no_trace_is_kept_when_the_user_minds(
    window: MainWindow, session: Any, run_async: Any, until: Any, history: History
) -> None:
    window.general.change(keep_traces=False)
    pulled(window, session, run_async, until)
    assert [pull.trace for pull in history.pulls()] == [""]
    assert not history.traces.exists()


def test_that_a_trace_that_was_asked_for_is_the_one_in_the_history(
    window: MainWindow, session: Any, run_async: Any, until: Any, history: History, tmp_path: Path
) -> None:
    window.controller.recordings = Recordings(tmp_path / "own.pullscope")
    pulled(window, session, run_async, until)
    assert [pull.trace for pull in history.pulls()] == [str(tmp_path / "own.pullscope")]
    assert not history.traces.exists()


def test_that_a_trace_that_cannot_be_written_costs_no_entry(
    window: MainWindow, session: Any, run_async: Any, until: Any, history: History
) -> None:
    history.traces.parent.mkdir(parents=True, exist_ok=True)
    history.traces.write_text("in the way")
    pulled(window, session, run_async, until)
    assert history.traces.read_text() == "in the way"
    assert [pull.trace for pull in history.pulls()] == [""]


def test_that_an_entry_that_cannot_be_written_leaves_no_trace(
    window: MainWindow, session: Any, run_async: Any, until: Any, history: History
) -> None:
    default_path().parent.mkdir(parents=True, exist_ok=True)
    default_path().write_text("not a database, but long enough to be taken for one" * 20)
    pulled(window, session, run_async, until)
    assert list(history.traces.iterdir()) == []


def test_that_a_pull_that_is_ended_by_leaving_is_recorded(
    window: MainWindow, session: Any, run_async: Any, until: Any, history: History
) -> None:
    async def story() -> None:
        window.pull("ghcr.io/team/app:1")
        await until(lambda: window.controller.snapshot and window.controller.snapshot.layers)
        window.leave(0)
        await window.controller.finish(10)

    run_async(story())
    [pull] = history.pulls()
    assert pull.state == "cancelled"
    assert json.dumps(pull.options)


def test_that_the_trace_of_a_pull_that_does_not_end_is_let_go(
    window: MainWindow, session: Any, run_async: Any, until: Any, history: History
) -> None:
    before = set(threading.enumerate())

    def writers() -> list[threading.Thread]:
        return [each for each in threading.enumerate() if each.name == "trace"]

    async def story() -> None:
        window.pull("ghcr.io/team/app:1")
        await until(lambda: window.controller.snapshot and window.controller.snapshot.layers)
        assert set(writers()) - before
        session.pull.cancel_takes_long = True
        await window.controller.finish(0.01)
        await until(lambda: not set(writers()) - before)

    run_async(story())
    assert history.pulls() == []
    [trace] = history.traces.iterdir()
    assert type(next(iter(read_trace(trace)))).__name__ == "PullStarted"
