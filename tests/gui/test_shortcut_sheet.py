"""The sheet of keyboard shortcuts."""

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from pullscope.gui.actions import SPECS, keys_text
from pullscope.gui.main_window import MainWindow
from pullscope.gui.shortcut_sheet import ShortcutSheet


def words(sheet: ShortcutSheet) -> list[str]:
    return [label.text() for label in sheet.findChildren(QLabel)]


def test_that_every_shortcut_stands_in_the_sheet(qtbot: QtBot) -> None:
    sheet = ShortcutSheet()
    qtbot.addWidget(sheet)
    shown = words(sheet)
    for spec in SPECS:
        if spec.keys:
            assert keys_text(spec.keys) in shown
            assert spec.text in shown


def test_that_keys_of_views_stand_in_the_sheet(qtbot: QtBot) -> None:
    sheet = ShortcutSheet()
    qtbot.addWidget(sheet)
    assert {"Chunk map", "Timeline", "Sliders", "previous, next chunk"} <= set(words(sheet))


@pytest.mark.parametrize("size", [(1024, 700), (1440, 900)])
def test_that_the_sheet_fits_into_the_window(
    window: MainWindow, qapp: QApplication, size: tuple[int, int]
) -> None:
    window.resize(*size)
    window.actions_by_id["shortcuts"].trigger()
    sheet = window.findChild(ShortcutSheet)
    assert sheet is not None
    qapp.processEvents()
    assert sheet.height() <= size[1]
    assert sheet.width() <= size[0]
    inside = sheet.findChildren(QLabel)
    cut = [label.text() for label in inside if label.width() < label.sizeHint().width()]
    assert cut == []
    sheet.close()
