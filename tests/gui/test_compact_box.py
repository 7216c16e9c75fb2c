"""The boxes in the headings of views."""

import pytest
from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QHBoxLayout, QStyle, QStyleOptionComboBox, QWidget
from pytestqt.qtbot import QtBot

from pullscope.gui.compact_box import CompactBox

WORDS = ("by state", "by the time to the first byte")


@pytest.fixture
def box(qtbot: QtBot) -> CompactBox:
    box = CompactBox()
    qtbot.addWidget(box)
    box.addItems(WORDS)
    return box


@pytest.mark.parametrize("row", [0, 1])
def test_that_it_has_room_for_what_is_chosen(box: CompactBox, row: int) -> None:
    box.setCurrentIndex(row)
    box.resize(box.sizeHint())
    box.show()
    option = QStyleOptionComboBox()
    box.initStyleOption(option)
    field = box.style().subControlRect(
        QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, box
    )
    assert field.width() >= box.fontMetrics().horizontalAdvance(WORDS[row])


def test_that_it_is_no_wider_than_what_is_chosen_needs(box: CompactBox) -> None:
    short = box.sizeHint().width()
    box.setCurrentIndex(1)
    words = [box.fontMetrics().horizontalAdvance(each) for each in WORDS]
    assert box.sizeHint().width() - short == words[1] - words[0]


def test_that_its_list_shows_every_choice_whole(box: CompactBox) -> None:
    box.show()
    box.showPopup()
    assert box.view().width() >= box.fontMetrics().horizontalAdvance(WORDS[1])
    box.hidePopup()


def test_that_it_has_room_for_what_is_told_where_nothing_is_chosen(qtbot: QtBot) -> None:
    around = QWidget()
    qtbot.addWidget(around)
    box = CompactBox()
    box.addItems(WORDS)
    box.setPlaceholderText("something else altogether")
    row = QHBoxLayout(around)
    row.addWidget(box)
    row.addStretch(1)
    around.show()
    with QSignalBlocker(box):
        box.setCurrentIndex(-1)
    qtbot.waitUntil(lambda: box.width() == box.sizeHint().width())
    assert box.width() > box.fontMetrics().horizontalAdvance("something else altogether")
