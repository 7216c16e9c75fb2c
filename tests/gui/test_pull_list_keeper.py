"""Several windows and one list: the first one keeps it, and none loses it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel

import pullscope
from pullscope.gui.main_window import MainWindow
from pullscope.gui.pull_list import default_path
from pullscope.gui.pull_run import PullRun, RunState

OTHER = """
import sys
from PySide6.QtCore import QCoreApplication
from pullscope.engine.model import Settings
from pullscope.gui.pull_controller import PullController
from pullscope.gui.pull_list import PullListFile, default_path
from pullscope.gui.pull_list_keeper import PullListKeeper
from pullscope.gui.pull_run import PullRun
from pullscope.session import PullOptions, Session

app = QCoreApplication([])
controller = PullController(Session(), Settings())
keeper = PullListKeeper(PullListFile(default_path()), controller)
keeper.kept_changed.connect(lambda kept: print("kept" if kept else "not kept", flush=True))
keeper.restore(PullOptions())
for line in sys.stdin:
    controller.runs.append(PullRun(line.strip()))
    controller.listed.emit()
    print("listed", flush=True)
keeper.stop()
"""


class Other:
    """Another process with a list of its own."""

    def __init__(self) -> None:
        app = str(Path(pullscope.__file__).parent.parent)
        self.process = subprocess.Popen(
            [sys.executable, "-c", OTHER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": app},
        )

    def says(self) -> str:
        """Return its next line."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def lists(self, reference: str) -> None:
        """Let it list a pull, and wait until it has."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{reference}\n")
        self.process.stdin.flush()

    def end(self) -> None:
        """Let it end in order, as when its window is closed."""
        self.process.communicate(timeout=30)


@pytest.fixture
def other() -> Iterator[Any]:
    made: list[Other] = []

    def start() -> Other:
        made.append(Other())
        return made[-1]

    yield start
    for each in made:
        each.process.kill()
        each.process.communicate(timeout=30)


def written() -> list[str]:
    return [entry["reference"] for entry in json.loads(default_path().read_text())["pulls"]]


def add(window: MainWindow, reference: str) -> None:
    window.controller.runs.append(PullRun(reference, state=RunState.DONE))
    window.controller.listed.emit()


def unkept(window: MainWindow) -> bool:
    label = window.findChild(QLabel, "unkept")
    assert label is not None
    return label.isVisible()


def test_that_a_second_window_leaves_the_list_alone_and_says_so(
    new_window: Any, session: Any, other: Any
) -> None:
    first = other()
    assert first.says() == "kept"
    first.lists("team/first:1")
    assert first.says() == "listed"
    window = new_window(session)
    assert window.controller.runs == []
    assert unkept(window)
    add(window, "team/second:1")
    window.leave(0)
    assert written() == ["team/first:1"]


def test_that_the_second_window_takes_over_what_the_first_left(
    new_window: Any, session: Any, other: Any
) -> None:
    first = other()
    assert first.says() == "kept"
    first.lists("team/first:1")
    assert first.says() == "listed"
    window = new_window(session)
    first.end()
    add(window, "team/second:1")
    assert [run.reference for run in window.controller.runs] == ["team/first:1", "team/second:1"]
    assert not unkept(window)
    assert written() == ["team/first:1", "team/second:1"]


def test_that_a_killed_window_holds_nobody_up(new_window: Any, session: Any, other: Any) -> None:
    first = other()
    assert first.says() == "kept"
    first.lists("team/first:1")
    assert first.says() == "listed"
    first.process.send_signal(signal.SIGKILL)
    first.process.wait(30)
    window = new_window(session)
    assert [run.reference for run in window.controller.runs] == ["team/first:1"]
    assert [run.state for run in window.controller.runs] == [RunState.HELD]
    second = other()
    assert second.says() == "not kept"


def test_that_a_window_that_is_left_frees_the_list(
    new_window: Any, session: Any, other: Any
) -> None:
    window = new_window(session)
    add(window, "team/first:1")
    window.leave(0)
    second = other()
    assert second.says() == "kept"
    second.lists("team/second:1")
    assert second.says() == "listed"
    assert written() == ["team/first:1", "team/second:1"]
