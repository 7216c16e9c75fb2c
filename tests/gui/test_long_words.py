"""Words that are 40 % longer than ours, as other languages have them: nothing is cut by chance.

A translator makes up the language: every text with as many more letters, its placeholders kept.
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTranslator
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QHeaderView,
    QLabel,
    QStyle,
    QStyleOptionComboBox,
    QTabBar,
    QWidget,
)
from sweeps_that_are_played import add_sweep

from pullscope.gui import theme as themes
from pullscope.gui.main_window import MainWindow


class LongWords(QTranslator):
    """Makes every text 40 % longer."""

    def translate(
        self, context: str, text: str, disambiguation: str | None = None, n: int = -1
    ) -> str:
        """Return `text` and more."""
        if context.startswith("Q"):
            return text  # Qt's own dialogs are Qt's affair
        more = round(len(text) * 0.4)
        return text + ("e" * more if len(text) < 12 else " ore"[:4] * (more // 4))

    def isEmpty(self) -> bool:  # noqa: N802 - Qt's name
        """Say that there is something."""
        return False


@pytest.fixture
def long_words(qapp: QApplication) -> Iterator[None]:
    """Speak the made-up language."""
    translator = LongWords()
    qapp.installTranslator(translator)
    yield
    qapp.removeTranslator(translator)
    qapp.processEvents()


def cut(window: QWidget) -> list[str]:
    """Return the texts in `window` that have less room than they need."""
    found = []
    for widget in window.findChildren(QWidget):
        if not widget.isVisible() or widget.visibleRegion().isEmpty():
            continue
        text, needed, room = widget.objectName(), 0, 0
        match widget:
            case QLabel() if widget.text() and widget.wordWrap():
                text, needed, room = (
                    widget.text(),
                    widget.heightForWidth(widget.width()),
                    widget.height(),
                )
            case QLabel() if widget.text():
                lines = widget.text().splitlines()
                needed = max(widget.fontMetrics().horizontalAdvance(line) for line in lines)
                text, room = widget.text(), widget.contentsRect().width() - 2 * widget.margin()
            case QAbstractButton() if widget.text():
                text, needed, room = widget.text(), widget.sizeHint().width(), widget.width()
            case QComboBox():
                option = QStyleOptionComboBox()
                widget.initStyleOption(option)
                part = QStyle.SubControl.SC_ComboBoxEditField
                kind = QStyle.ComplexControl.CC_ComboBox
                room = widget.style().subControlRect(kind, option, part, widget).width()
                text = widget.currentText() or widget.placeholderText()
                needed = widget.fontMetrics().horizontalAdvance(text)
            case QAbstractSpinBox():
                field = widget.lineEdit()
                text, room = field.text(), field.width()
                needed = field.fontMetrics().horizontalAdvance(text)
            case QHeaderView() if widget.orientation() is Qt.Orientation.Horizontal:
                titles = {
                    column: str(widget.model().headerData(column, widget.orientation()))
                    for column in range(widget.count())
                    if not widget.isSectionHidden(column)
                }
                metrics = QFontMetrics(themes.number_font(themes.HEADING_PX))
                missing = {
                    title: metrics.horizontalAdvance(title) + 16 - widget.sectionSize(column)
                    for column, title in titles.items()
                }
                text = max(missing, key=lambda title: missing[title], default="")
                needed = missing.get(text, 0)
            case QTabBar():
                text = " / ".join(widget.tabText(tab) for tab in range(widget.count()))
                needed = max(widget.tabRect(tab).right() for tab in range(widget.count()))
                room = widget.width()
        parent = widget.parentWidget()
        tips = widget.toolTip() + (parent.toolTip() if parent is not None else "")
        if text in tips:
            continue  # shortened on purpose: the whole of it is in the tip
        if needed > room:
            found.append(f"{text!r} needs {needed}, has {room}")
        elif needed and widget.visibleRegion().boundingRect().width() < min(room, widget.width()):
            found.append(f"{text!r} lies outside of its parent")
    return found


def test_that_nothing_is_cut(
    window: MainWindow,
    run_async: Any,
    until: Any,
    view: Callable[[], Awaitable[None]],
    long_words: None,
) -> None:
    found: list[str] = []

    async def story() -> None:
        window.resize(1024, 700)
        await view()
        with suppress(TimeoutError):  # a dock that has just come needs a moment to find its size
            await until(lambda: not cut(window), 3)
        found.extend(cut(window))
        await window.controller.finish(5)

    run_async(story())
    assert not found, "\n".join(found)


def test_that_nothing_is_cut_in_the_window_of_sweeps(
    window: MainWindow, run_async: Any, until: Any, long_words: None
) -> None:
    found: list[str] = []

    async def story() -> None:
        number = add_sweep(window.sweeps.runner.store, drivers=("pullscope", "ctr"))
        window.actions_by_id["sweep"].trigger()
        view = window.sweeps.view
        assert view is not None
        view.resize(1024, 700)
        await until(lambda: not view.plan.busy)
        QApplication.processEvents()
        found.extend(cut(view))
        view.show_sweep(number)
        for page in (view.page.table, view.page.heat):
            view.page.views.bring(page)
            QApplication.processEvents()
            found.extend(cut(view))
        await window.sweeps.close_down()

    run_async(story())
    assert not found, "\n".join(found)


def test_that_what_is_cut_is_found(window: MainWindow) -> None:
    label = QLabel("far too long for where it stands", window)
    label.resize(20, 20)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.show()
    assert len(cut(window)) == 1
