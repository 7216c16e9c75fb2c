"""What tells of a pull outside the window's own surface."""

import os
import sys
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget
from pytestqt.qtbot import QtBot

from pullscope.engine.model import PullState, Settings, Snapshot, Timeline
from pullscope.gui import attention
from pullscope.gui.attention import Attention, percent, title_text
from pullscope.gui.main_window import MainWindow

MOMENT = Snapshot(
    at=1.0, state=PullState.RUNNING, reference="team/app:1", digest="", platform="",
    settings=Settings(), total=1000, reused=0, network=427, wasted=0, received=427, written=400,
    hashed=300, in_flight=2, requests=3, retries=0, memory=1, timeline=Timeline(), layers=(),
    error="",
)  # fmt: skip


@pytest.mark.parametrize(
    ("snapshot", "title"),
    [
        (None, "team/app:1 – Pullscope"),
        (MOMENT, "42 % – team/app:1 – Pullscope"),
        (replace(MOMENT, total=0), "team/app:1 – Pullscope"),
        (replace(MOMENT, received=999), "99 % – team/app:1 – Pullscope"),
        (replace(MOMENT, state=PullState.DONE), "done – team/app:1 – Pullscope"),
        (replace(MOMENT, state=PullState.FAILED), "failed – team/app:1 – Pullscope"),
        (replace(MOMENT, state=PullState.CANCELLED), "cancelled – team/app:1 – Pullscope"),
    ],
)
def test_what_the_title_says(snapshot: Snapshot | None, title: str) -> None:
    assert title_text("team/app:1", snapshot) == title


def test_that_nothing_is_known_of_a_pull_without_a_size() -> None:
    assert percent(replace(MOMENT, total=0)) is None


class Tray:
    """Stands for the desktop's tray."""

    MessageIcon = QSystemTrayIcon.MessageIcon
    there = True

    def __init__(self, *_: object) -> None:
        self.said: list[tuple[str, str]] = []
        self.visible = False
        self.messageClicked = self.activated = self
        trays.append(self)

    @staticmethod
    def isSystemTrayAvailable() -> bool:  # noqa: N802 - Qt's name
        return Tray.there

    @staticmethod
    def supportsMessages() -> bool:  # noqa: N802 - Qt's name
        return True

    def connect(self, slot: Any) -> None:
        self.clicked = slot

    def show(self) -> None:
        self.visible = True

    def hide(self) -> None:
        self.visible = False

    def showMessage(self, title: str, words: str, *_: object) -> None:  # noqa: N802 - Qt's name
        self.said.append((title, words))


trays: list[Tray] = []


@pytest.fixture
def desktop(monkeypatch: pytest.MonkeyPatch) -> list[int | None]:
    """A desktop with a tray and a dock; what the dock was told."""
    trays.clear()
    told: list[int | None] = []
    monkeypatch.setattr(attention, "QSystemTrayIcon", Tray)
    monkeypatch.setattr(attention, "tell_launcher", told.append)
    return told


def test_that_the_dock_is_told_each_number_once(qtbot: QtBot, desktop: list[int | None]) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    speaker = Attention(window)
    for received in (0, 1, 9, 10, 11, 20, 1000):
        speaker.show_progress(replace(MOMENT, received=received))
    speaker.tell_end("team/app:1", replace(MOMENT, state=PullState.DONE))
    assert desktop == [0, 1, 2, 100, None]


@pytest.mark.parametrize(
    ("state", "active", "there", "said"),
    [
        (PullState.DONE, False, True, [("team/app:1: done", "")]),
        (PullState.FAILED, False, True, [("team/app:1: failed", "HTTP 403")]),
        (PullState.CANCELLED, False, True, []),
        (PullState.DONE, True, True, []),
        (PullState.DONE, False, False, []),
    ],
)
def test_that_the_end_is_told_to_who_does_not_look(
    qtbot: QtBot,
    desktop: list[int | None],
    monkeypatch: pytest.MonkeyPatch,
    state: PullState,
    active: bool,
    there: bool,
    said: list[tuple[str, str]],
) -> None:
    alerted: list[QWidget] = []
    monkeypatch.setattr(QApplication, "alert", alerted.append)
    monkeypatch.setattr(Tray, "there", there)
    window = QWidget()
    qtbot.addWidget(window)
    monkeypatch.setattr(window, "isActiveWindow", lambda: active)
    Attention(window).tell_end("team/app:1", replace(MOMENT, state=state, error="HTTP 403"))
    assert alerted == [window]
    assert [each for tray in trays for each in tray.said] == said


def test_that_who_wants_no_notifications_gets_none(
    qtbot: QtBot, desktop: list[int | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    monkeypatch.setattr(window, "isActiveWindow", lambda: False)
    done = replace(MOMENT, state=PullState.DONE)
    Attention(window).tell_end("team/app:1", done, notify=False)
    assert trays == []
    Attention(window).tell_end("team/app:1", done)
    assert len(trays) == 1


def test_that_a_click_on_the_notification_brings_the_window(
    qtbot: QtBot, desktop: list[int | None]
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.showMinimized()
    Attention(window).tell_end("team/app:1", replace(MOMENT, state=PullState.DONE))
    [tray] = trays
    assert tray.visible
    tray.clicked()
    assert not tray.visible
    assert window.isVisible()
    assert not window.isMinimized()


def test_that_no_bus_is_started_for_the_dock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    loaded = set(sys.modules)
    attention.tell_launcher(42)
    assert "PySide6.QtDBus" not in set(sys.modules) - loaded
    assert "DBUS_SESSION_BUS_ADDRESS" not in os.environ


def test_that_the_title_of_the_window_follows_the_pull(
    window: MainWindow, session: Any, run_async: Any, until: Any
) -> None:
    async def story() -> None:
        window.pull("team/app:1")
        await until(lambda: window.controller.snapshot and window.controller.snapshot.layers)
        session.pull.advance(1, 50 * 1024 * 1024)
        await until(lambda: window.windowTitle() == "50 % – team/app:1 – Pullscope")
        session.pull.finish()
        await until(lambda: not window.controller.running)
        assert window.windowTitle() == "done – team/app:1 – Pullscope"

    run_async(story())
