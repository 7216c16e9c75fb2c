"""The command palette, by keyboard."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from pullscope.gui import theme as themes
from pullscope.gui.actions import SPECS
from pullscope.gui.command_palette import Command, CommandPalette
from pullscope.gui.main_window import MainWindow
from pullscope.gui.recents import Recents
from pullscope.tuning.presets import PRESETS


def opened(window: MainWindow, qtbot: QtBot) -> CommandPalette:
    window.actions_by_id["command_palette"].trigger()
    palette = window.findChild(CommandPalette)
    assert palette is not None
    qtbot.waitUntil(palette.isVisible)
    return palette


def test_that_a_command_is_found_and_done_by_keyboard(window: MainWindow, qtbot: QtBot) -> None:
    assert themes.current() is themes.DARK
    palette = opened(window, qtbot)
    qtbot.keyClicks(palette.field, "swlight")
    assert palette.texts[0] == "Switch light and dark"
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert themes.current() is themes.LIGHT
    assert not palette.isVisible()


def test_that_every_action_is_offered(window: MainWindow, qtbot: QtBot) -> None:
    texts = opened(window, qtbot).texts
    for spec in SPECS:
        assert spec.id == "command_palette" or spec.text.rstrip("…") in texts


def test_that_what_cannot_be_done_says_why_and_comes_last_unasked(
    window: MainWindow, qtbot: QtBot
) -> None:
    palette = opened(window, qtbot)
    qtbot.keyClicks(palette.field, "cancel")
    index = palette.list.currentIndex()
    assert index.data() == "Cancel"
    assert index.data(Qt.ItemDataRole.ToolTipRole) == "needs a pull that runs"
    assert palette.field.accessibleDescription() == "Cancel, Pull, Ctrl+., needs a pull that runs"
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert palette.isVisible()
    palette.field.clear()
    row = palette.texts.index("Cancel")
    assert row > palette.texts.index("Quit")


def test_that_a_preset_is_chosen(window: MainWindow, qtbot: QtBot) -> None:
    palette = opened(window, qtbot)
    qtbot.keyClicks(palette.field, "careful")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert window.tuning.settings == PRESETS[0].settings
    preset = window.findChild(QComboBox, "preset")
    assert preset is not None
    assert preset.currentText() == "Careful"


def test_that_a_recent_reference_is_pulled_again(
    window: MainWindow, recents: Recents, qtbot: QtBot, run_async: Any, session: Any
) -> None:
    recents.add("ghcr.io/team/app:1")

    async def story() -> None:
        palette = opened(window, qtbot)
        qtbot.keyClicks(palette.field, "ghcrapp")
        assert palette.texts[0] == "ghcr.io/team/app:1"
        qtbot.keyClick(palette.field, Qt.Key.Key_Return)
        assert session.pull.reference == "ghcr.io/team/app:1"
        await window.controller.finish(5)

    run_async(story())


def test_that_a_recent_trace_is_opened_again(
    window: MainWindow, recents: Recents, qtbot: QtBot, run_async: Any, new_trace: Any, until: Any
) -> None:
    path = new_trace("slow-disk.pullscope")
    recents.add_trace(path)

    async def story() -> None:
        window.actions_by_id["command_palette"].trigger()
        palette = window.findChild(CommandPalette)
        assert palette is not None
        palette.field.setText("slowdisk")
        qtbot.keyClick(palette.field, Qt.Key.Key_Return)
        await until(lambda: window.controller.shown.trace == path)

    run_async(story())


def test_that_arrows_go_round_and_pages_stop_at_the_ends(qtbot: QtBot) -> None:
    done: list[int] = []
    commands = [
        Command("G", f"Command {n}", lambda n=n: done.append(n))  # type: ignore[misc]
        for n in range(30)
    ]
    palette = CommandPalette(commands)
    qtbot.addWidget(palette)
    palette.show()

    def row_after(*keys: Qt.Key) -> int:
        for key in keys:
            qtbot.keyClick(palette.field, key)
        return palette.list.currentIndex().row()

    assert row_after() == 0
    assert row_after(Qt.Key.Key_Up) == 29
    assert row_after(Qt.Key.Key_Down) == 0
    assert row_after(Qt.Key.Key_PageUp) == 0
    assert row_after(*[Qt.Key.Key_PageDown] * 9) == 29
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert done == [29]


def test_that_nothing_found_is_said_and_escape_leaves(window: MainWindow, qtbot: QtBot) -> None:
    palette = opened(window, qtbot)
    qtbot.keyClicks(palette.field, "zzzz")
    assert palette.texts == []
    words = [label.text() for label in palette.findChildren(QLabel) if label.isVisible()]
    assert "Nothing found" in words
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    qtbot.keyClick(palette.field, Qt.Key.Key_Escape)
    assert not palette.isVisible()


def test_that_the_palette_paints_what_it_found(window: MainWindow, qtbot: QtBot) -> None:
    palette = opened(window, qtbot)
    before = palette.grab().toImage()
    qtbot.keyClicks(palette.field, "pull")
    assert palette.grab().toImage() != before
    assert isinstance(palette.focusWidget(), QLineEdit)
