from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from pullscope.engine.model import PullState
from pullscope.gui import demo
from pullscope.gui.recents import Recents
from pullscope.lab.config import LabConfig, SyntheticImage
from pullscope.lab.demo import DEMO_SETTINGS
from pullscope.lab.process import LabError
from pullscope.session import Session

SMALL = LabConfig(images=(SyntheticImage("demo/app", "1", (1 << 20, 5000)),))


def test_that_one_button_pulls_the_demo_image_as_often_as_wanted(
    run_async: Callable[..., Any],
    new_window: Any,
    until: Callable[..., Awaitable[None]],
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    recents: Recents,
) -> None:
    monkeypatch.setattr(demo, "demo_config", lambda: SMALL)

    async def story() -> Path:
        session = Session()
        window = new_window(session)
        controller = window.controller
        button = window.findChild(QPushButton, "pull_demo_button")
        assert button.isVisible()
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        await until(lambda: controller.snapshot and not controller.running)
        assert controller.snapshot.state is PullState.DONE
        assert controller.snapshot.settings == DEMO_SETTINGS
        assert "Drag the sliders" in window.findChild(QLabel, "notice").text()
        folder = controller.pull.store.root.parent
        first = controller.pull
        window.actions_by_id["pull"].trigger()
        await until(lambda: controller.pull is not first and not controller.running)
        assert controller.snapshot.reused == 0
        await window.demo.stop()
        await session.close()
        return Path(folder)

    folder = run_async(story())
    assert not folder.exists()
    assert recents.references == ()


def test_that_a_demo_that_does_not_start_is_told(
    run_async: Callable[..., Any],
    new_window: Any,
    until: Callable[..., Awaitable[None]],
    session: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken() -> LabConfig:
        raise LabError("the lab did not start: no port")

    monkeypatch.setattr(demo, "demo_config", broken)

    async def story() -> None:
        window = new_window(session)
        window.actions_by_id["pull_demo"].trigger()
        words = window.findChild(QLabel, "error_bar_words")
        await until(words.isVisible)
        assert "no port" in words.text()
        await until(window.actions_by_id["pull_demo"].isEnabled)

    run_async(story())
