"""Tags as chips: they wrap, and a cell says how many it has no room for."""

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QApplication, QStyleOptionViewItem, QTableView, QToolButton
from pytestqt.qtbot import QtBot

from pullscope.gui import theme as themes
from pullscope.gui.history_list import TAGS_ROLE
from pullscope.gui.tag_chips import ChipsDelegate, TagEditor

TAGS = ("a rather long tag", "another long tag", "and the third of them", "short")


@pytest.fixture
def editor(qapp: QApplication, qtbot: QtBot) -> TagEditor:
    themes.apply(qapp, themes.Scheme.DARK)
    made = TagEditor()
    qtbot.addWidget(made)
    made.resize(400, 200)
    made.show()
    return made


def chips(editor: TagEditor) -> list[QToolButton]:
    return [chip for chip in editor.findChildren(QToolButton) if chip.isVisible()]


def test_that_chips_wrap_and_the_field_stands_behind_them(
    editor: TagEditor, qapp: QApplication
) -> None:
    editor.show_tags(TAGS, TAGS)
    qapp.processEvents()
    places = [chip.geometry() for chip in chips(editor)]
    assert [chip.text().partition("  ")[0] for chip in chips(editor)] == list(TAGS)
    assert len({place.y() for place in places}) > 1
    for one, other in zip(places, [*places[1:], editor.field.geometry()], strict=True):
        assert not one.intersects(other)
    assert max(place.right() for place in places) < editor.width()
    assert editor.heightForWidth(400) > editor.heightForWidth(2000)
    editor.show_tags(("short",), TAGS)
    qapp.processEvents()
    assert len(chips(editor)) == 1


def test_that_known_tags_are_offered_but_not_those_that_are_there(editor: TagEditor) -> None:
    editor.show_tags(("prod",), ("prod", "slow"))
    offered = editor.field.completer().model()
    assert [offered.index(row, 0).data() for row in range(offered.rowCount())] == ["slow"]


def test_that_an_ampersand_is_shown(editor: TagEditor) -> None:
    editor.show_tags(("a&b",), ())
    assert chips(editor)[0].text().startswith("a&&b")


def painted(width: int, tags: tuple[str, ...]) -> bytes:
    """Return the pixels of a cell."""
    model = QStandardItemModel(1, 1)
    item = QStandardItem("")
    item.setData(tags, TAGS_ROLE)
    model.setItem(0, 0, item)
    view = QTableView()
    option = QStyleOptionViewItem()
    option.rect = QRect(0, 0, width, 26)
    option.widget = view
    picture = QImage(width, 26, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.black)
    with QPainter(picture) as painter:
        ChipsDelegate(view).paint(painter, option, model.index(0, 0))
    return bytes(picture.constBits())


def test_that_a_cell_draws_what_it_has_room_for(qapp: QApplication) -> None:
    themes.apply(qapp, themes.Scheme.DARK)
    assert painted(400, ("prod",)) != painted(400, ()) != b""
    assert painted(90, ("prod", *TAGS)) != painted(90, ("prod",))  # +4
    assert painted(90, ("prod", *TAGS)) == painted(90, ("prod", *TAGS[::-1]))
