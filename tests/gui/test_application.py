"""The window as a program, with the lab's registry."""

import json
import os
import signal
import subprocess
import sys
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from pullscope.engine.model import KIB, Settings
from pullscope.gui.application import Start, run
from pullscope.gui.main_window import MainWindow
from pullscope.lab.config import Shaping
from pullscope.lab.process import LabProcess
from pullscope.session import PullOptions
from pullscope.trace.recording import Recordings

StartLab = Callable[..., LabProcess]
SETTINGS = Settings(layers=3, parallelism=4, connections=8, chunk_size=256 * KIB)


def test_that_it_leaves_with_0_when_the_pull_is_done(
    qapp: QApplication, start_lab_process: StartLab, tmp_path: Path
) -> None:
    lab = start_lab_process()
    status = run(
        Start(
            reference=lab.references[0],
            options=PullOptions(output=tmp_path / "out"),
            settings=SETTINGS,
            exit_when_done=True,
            screenshot=tmp_path / "window.png",
            recordings=Recordings(tmp_path / "pull.json"),
            lab=True,
        )
    )
    assert status == 0
    assert (tmp_path / "out" / "index.json").is_file()
    assert QImage(str(tmp_path / "window.png")).width() >= 960
    assert json.loads((tmp_path / "pull.json").read_text())


def test_that_it_leaves_with_1_when_the_pull_failed(
    qapp: QApplication, start_lab_process: StartLab, tmp_path: Path
) -> None:
    host = start_lab_process().host
    options = PullOptions(output=tmp_path / "out")
    assert run(Start(f"{host}/demo/app:none", options, exit_when_done=True)) == 1


def test_that_no_window_is_left_for_the_collector_to_find_within_a_destructor_of_qt(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    windows: list[weakref.ref[MainWindow]] = []

    class Noted(MainWindow):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments)
            windows.append(weakref.ref(self))

    monkeypatch.setattr("pullscope.gui.application.MainWindow", Noted)
    assert run(Start("UPPER", exit_when_done=True)) == 1
    [window] = windows
    assert window() is None


def test_that_it_leaves_with_1_when_the_reference_is_none(qapp: QApplication) -> None:
    assert run(Start("UPPER", exit_when_done=True)) == 1


def test_that_a_trace_that_cannot_be_written_is_a_failure(
    qapp: QApplication, start_lab_process: StartLab, tmp_path: Path
) -> None:
    lab = start_lab_process()
    options = PullOptions(output=tmp_path / "out")
    recordings = Recordings(tmp_path / "nowhere" / "pull.json")
    start = Start(lab.references[0], options, exit_when_done=True, recordings=recordings)
    assert run(start) == 1


def test_that_a_picture_of_the_empty_window_is_taken(qapp: QApplication, tmp_path: Path) -> None:
    picture = tmp_path / "window.png"
    assert run(Start(exit_when_done=True, screenshot=picture)) == 0
    assert not QImage(str(picture)).isNull()


def test_that_traces_are_shown_at_once(
    qapp: QApplication, new_trace: Callable[..., Path], tmp_path: Path
) -> None:
    picture = tmp_path / "window.png"
    traces = (new_trace("a.jsonl"), new_trace("b.pullscope"))
    assert run(Start(traces=traces, exit_when_done=True, screenshot=picture)) == 0
    assert not QImage(str(picture)).isNull()
    assert run(Start(traces=(tmp_path / "none.pullscope",), exit_when_done=True)) == 1


@pytest.mark.skipif(os.name == "nt", reason="signals are another thing there")
def test_that_ctrl_c_ends_a_pull_in_order(start_lab_process: StartLab, tmp_path: Path) -> None:
    lab = start_lab_process(shaping=Shaping(rate_per_connection=64 * KIB))
    program = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from pullscope.gui import application\n"
        "from pullscope.session import PullOptions\n"
        "shown = application.MainWindow._draw\n"
        "def told(window, snapshot):\n"
        "    shown(window, snapshot)\n"
        "    if snapshot.received > 200_000:\n"
        "        print('bytes come', flush=True)\n"
        "application.MainWindow._draw = told\n"
        f"options = PullOptions(output=Path({str(tmp_path / 'out')!r}))\n"
        f"sys.exit(application.run(application.Start({lab.references[0]!r}, options)))\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"bytes come\n"
        process.send_signal(signal.SIGINT)
        process.stdout.read()
        assert process.wait(20) == 130
    assert list((tmp_path / "out").rglob("*")), "what was received is kept"
