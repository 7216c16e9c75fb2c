"""The languages of the window: which one is in force, and what becomes of words that stand."""

import asyncio
import re
import weakref
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QLocale, Qt, QTranslator
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QMenu,
    QPushButton,
    QTabBar,
    QWidget,
)

from pullscope.gui import language
from pullscope.gui.main_window import DEMO_NOTICE, MainWindow
from pullscope.session import Session
from pullscope.tuning.profiles import SettingsFile, default_path


@pytest.fixture(autouse=True)
def english(qapp: QApplication) -> Iterator[None]:
    """Begin and end in English."""
    language.apply(qapp, "en")
    yield
    language.apply(qapp, "en")


def test_that_the_window_speaks_another_language_from_one_moment_to_the_next(
    window: MainWindow, qapp: QApplication
) -> None:
    button = window.findChild(QPushButton, "cancel_button")
    assert button is not None
    assert button.text() == "Cancel"
    window.actions_by_id["language_de"].trigger()
    qapp.processEvents()
    assert button.text() == "Abbrechen"
    assert button.accessibleName() == "Abbrechen"
    window.actions_by_id["language_en"].trigger()
    qapp.processEvents()
    assert button.text() == "Cancel"


def test_that_the_choice_is_kept_in_the_settings_file(window: MainWindow) -> None:
    window.set_language("de")
    assert SettingsFile(default_path()).read_general().language == "de"
    assert window.actions_by_id["language_de"].isChecked()


@pytest.mark.parametrize(
    ("desktop", "chosen"), [("de-AT", "de"), ("fr-FR", "en"), ("en-GB", "en"), ("fr-FR,de", "de")]
)
def test_that_the_desktop_chooses_where_nobody_did(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, desktop: str, chosen: str
) -> None:
    class Desktop:
        def uiLanguages(self) -> list[str]:  # noqa: N802 - Qt's name
            return desktop.split(",")

    monkeypatch.setattr(QLocale, "system", Desktop)
    language.apply(qapp, language.SYSTEM)
    assert language.current(qapp) == chosen


def test_that_numbers_read_the_same_in_every_language(qapp: QApplication) -> None:
    language.apply(qapp, "de")
    assert QLocale().toString(1_234_567) == "1,234,567"


class Marked(QTranslator):
    """Puts every text between marks, so that those are found that nobody translated anew."""

    def translate(
        self, context: str, text: str, disambiguation: str | None = None, n: int = -1
    ) -> str:
        """Return `text` between marks."""
        return f"‹{text}›"

    def isEmpty(self) -> bool:  # noqa: N802 - Qt's name
        """Say that there is something."""
        return False


SAME_EVERYWHERE = re.compile(
    r"‹[^‹›]*›|sha256:\w+|[0-9a-f]{6,}|(?:ghcr\.io/)?team/app:1|ghcr\.io|linux/\S+|windows/\S+"
    r"|\b(?:[KMG]iB|[kMG]?B(?:/s)?|ms|min|s|x|c\d+|Pullscope|English|Deutsch|HTTP/\d\S*|HTTP 403)\b"
    r"|(?:Ctrl|Shift|Alt|Return|F\d+|\+)+|/\S+|~\S*|…\S*|[\w-]+\.jsonl"
)
"""What is not translated: names, digests, units, keys, paths."""


UNEXPECTED = "something nobody expected"  # an error's own words


def without_marked(text: str) -> str:
    """Return what is left of a text where whatever is as it should be is taken away."""
    shorter = SAME_EVERYWHERE.sub("", text)
    return shorter if shorter == text else without_marked(shorter)


def texts_of(window: QWidget) -> Iterator[tuple[str, str]]:
    """Yield where a text stands in the window, and the text."""
    for widget in (window, *window.findChildren(QWidget)):
        if not widget.isVisible() or (widget.parent() and isinstance(widget.parent(), QComboBox)):
            continue
        about = f"{type(widget).__name__} {widget.objectName()}"
        yield f"{about}, name", widget.accessibleName()
        yield f"{about}, description", widget.accessibleDescription()
        yield f"{about}, tip", widget.toolTip()
        match widget:
            case QLabel() | QAbstractButton():
                yield about, widget.text()
            case QComboBox():
                for index in range(widget.count()):
                    yield about, widget.itemText(index)
                yield f"{about}, placeholder", widget.placeholderText()
            case QLineEdit():
                yield f"{about}, placeholder", widget.placeholderText()
            case QTabBar():
                for tab in range(widget.count()):
                    yield about, widget.tabText(tab)
            case QListWidget():
                for row in range(widget.count()):
                    yield about, str(widget.item(row).data(Qt.ItemDataRole.AccessibleTextRole))
            case QAbstractItemView():
                model = widget.model()
                for column in range(model.columnCount()):
                    yield about, str(model.headerData(column, Qt.Orientation.Horizontal) or "")
                    for row in range(model.rowCount()):
                        yield about, str(model.index(row, column).data() or "")
    for menu in window.findChildren(QMenu):
        for action in menu.actions():
            yield "menu", action.text()
    for action in window.findChildren(QAction):
        if not action.objectName():
            continue  # the plots' library has some that are never shown
        yield f"action {action.objectName()}", action.text()
        yield f"action {action.objectName()}, tip", action.toolTip()


def test_that_every_word_changes_in_the_middle_of_a_pull(
    window: MainWindow,
    qapp: QApplication,
    run_async: Any,
    view: Callable[[], Awaitable[None]],
) -> None:
    translator = Marked()
    left: list[str] = []

    async def story() -> None:
        await view()
        qapp.installTranslator(translator)
        await asyncio.sleep(0.6)  # what moves with the pull comes with its next frames
        for where, text in texts_of(window):
            if re.search(r"[A-Za-z]{2,}", without_marked(text)) and text != UNEXPECTED:
                left.append(f"{where}: {text!r}")
        await window.controller.finish(5)

    try:
        run_async(story())
    finally:
        qapp.removeTranslator(translator)
    assert not left, "\n".join(left)


def test_that_the_demo_is_told_in_the_language_in_force(
    window: MainWindow, qapp: QApplication
) -> None:
    window.show_notice(DEMO_NOTICE)
    notice = window.findChild(QLabel, "notice")
    assert notice is not None
    assert notice.text().startswith("Demo: a registry on this computer")
    window.set_language("de")
    qapp.processEvents()
    assert notice.text().startswith("Demo: eine Registry auf diesem Computer")


def test_that_open_dialogs_of_qt_follow_the_language(
    window: MainWindow, qapp: QApplication
) -> None:
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, window)
    dialog = QFileDialog(window)
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    forward = dialog.findChild(QAbstractButton, "forwardButton")
    assert forward is not None
    for code, words in (("de", ["Abbrechen", "Vorwärts"]), ("en", ["Cancel", "Forward"])):
        window.set_language(code)
        qapp.processEvents()
        assert [box.buttons()[0].text(), forward.toolTip()] == words
    dialog.deleteLater()


def test_that_marks_of_changes_are_told_anew(
    window: MainWindow, qapp: QApplication, session: Any, run_async: Any, until: Any
) -> None:
    told: list[str] = []

    async def story() -> None:
        window.pull("team/app:1")
        await until(lambda: window.controller.snapshot and window.controller.snapshot.layers)
        session.pull.advance(1, 10 * 1024 * 1024)
        window.tuning.choose_preset(window.tuning.settings.changed(parallelism=2))
        await until(lambda: session.pull.applied)
        session.pull.advance(2, 20 * 1024 * 1024)
        set_marks = window.timeline.set_marks
        window.timeline.set_marks = lambda marks: (  # type: ignore[method-assign]
            told.extend(mark.text for mark in marks),
            set_marks(marks),
        )
        window.set_language("de")
        await until(lambda: told)
        await window.controller.finish(5)

    run_async(story())
    assert told[0].startswith("Parallelität")


def test_that_translators_do_not_pile_up(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[weakref.ref[QTranslator]] = []

    def new() -> QTranslator:
        translator = QTranslator()
        made.append(weakref.ref(translator))
        return translator

    monkeypatch.setattr(language, "QTranslator", new)
    language.apply(qapp, "de")
    german = tuple(made)
    assert len([ref for ref in german if ref() is not None]) == 2
    language.apply(qapp, "en")
    assert [ref for ref in german if ref() is not None] == []


def test_that_an_error_of_the_registry_is_told_in_the_language_in_force(
    new_window: Any, start_lab_process: Any, run_async: Any, until: Any, qapp: QApplication
) -> None:
    lab = start_lab_process()
    told: dict[str, list[str]] = {}

    async def story() -> None:
        session = Session()
        window: MainWindow = new_window(session)
        window.pull(f"{lab.host}/team/nothere:1")
        await until(lambda: not window.controller.running)
        for code in ("de", "en"):
            window.set_language(code)
            qapp.processEvents()
            told[code] = [
                label.text()
                for part in ("came", "remedy")
                for label in window.error_panel.findChildren(QLabel, f"error_{part}")
            ]
        await window.inspector.close()
        await session.close()

    run_async(story())
    assert told == {
        "de": ["HTTP 404, kein solches Manifest", "prüfen Sie den Namen und den Tag"],
        "en": ["HTTP 404, no such manifest", "check the name and the tag"],
    }
