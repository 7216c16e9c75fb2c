"""The settings dialog in the window: each change holds at once and is kept."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QMessageBox,
    QPushButton,
    QSpinBox,
    QTreeWidget,
    QWidget,
)

from pullscope.engine.digests import digest_of
from pullscope.engine.model import MIB
from pullscope.engine.store import Store
from pullscope.gui import language
from pullscope.gui import theme as themes
from pullscope.gui.main_window import MainWindow
from pullscope.gui.profile_editor import ProfileEditor
from pullscope.gui.settings_dialog import SettingsDialog
from pullscope.session import PullOptions, Session, default_store
from pullscope.tuning.general import General, OnClose
from pullscope.tuning.profiles import SettingsFile, default_path

Until = Callable[..., Awaitable[None]]
GENERAL, REGISTRIES, STORAGE, APPEARANCE, LANGUAGE = range(5)


@pytest.fixture(autouse=True)
def closed(window: MainWindow) -> Iterator[None]:
    """Close the dialog after the test: it follows the language of the next."""
    yield
    for dialog in window.findChildren(SettingsDialog):
        dialog.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def opened(window: MainWindow, page: int = GENERAL) -> SettingsDialog:
    window.actions_by_id["settings"].trigger()
    [dialog] = window.findChildren(SettingsDialog)
    dialog.pages.setCurrentRow(page)
    return dialog


def part(dialog: QWidget, kind: type, name: str) -> Any:
    found = dialog.findChild(kind, name)
    assert found is not None, name
    return found


def choose(dialog: QWidget, name: str, data: str) -> None:
    box = part(dialog, QComboBox, name)
    box.setCurrentIndex(box.findData(data))
    box.activated.emit(box.currentIndex())


def kept() -> General:
    return SettingsFile(default_path()).read_general()


def rows(view: QTreeWidget) -> list[list[str]]:
    items = [view.topLevelItem(number) for number in range(view.topLevelItemCount())]
    return [[item.text(c) for c in range(view.columnCount())] for item in items if item]


def test_that_the_dialog_is_opened_once_and_without_a_loop_of_its_own(window: MainWindow) -> None:
    dialog = opened(window)
    assert dialog.isVisible()
    assert not dialog.isModal()
    window.actions_by_id["settings"].trigger()
    assert window.findChildren(SettingsDialog) == [dialog]
    part(dialog, QPushButton, "close_settings").click()
    assert not dialog.isVisible()


def test_that_the_theme_changes_at_once_and_is_kept(window: MainWindow) -> None:
    choose(opened(window, APPEARANCE), "theme", "light")
    assert not themes.current().dark
    assert kept().theme == "light"
    assert window.actions_by_id["scheme_light"].isChecked()


def test_that_the_language_changes_at_once_and_is_kept(
    window: MainWindow, qapp: QApplication, qtbot: Any
) -> None:
    dialog = opened(window, LANGUAGE)
    choose(dialog, "language", "de")
    qtbot.waitUntil(lambda: dialog.windowTitle() == "Einstellungen")
    assert dialog.pages.currentRow() == LANGUAGE
    assert part(dialog, QComboBox, "language").currentText() == "Deutsch"
    assert language.current(qapp) == "de"
    assert kept().language == "de"
    assert window.actions_by_id["language_de"].isChecked()
    window.set_language("en")


def test_that_closing_stops_a_pull_when_that_was_chosen(
    window: MainWindow, session: Any, run_async: Any, until: Until
) -> None:
    choose(opened(window), "on_close", OnClose.STOP.value)
    left: list[int] = []
    window.left.connect(left.append)

    async def story() -> None:
        window.pull("ghcr.io/team/app:1")
        await until(lambda: window.controller.snapshot and window.controller.snapshot.layers)
        window.close()
        assert left == [0]
        assert window.findChild(QMessageBox, "closing") is None
        await window.controller.finish(5)

    run_async(story())


def test_that_as_many_pulls_run_at_once_as_were_chosen(window: MainWindow) -> None:
    part(opened(window), QSpinBox, "pulls_at_once").setValue(5)
    assert window.controller.at_once == 5
    assert kept().pulls_at_once == 5


def test_that_notifications_can_be_turned_off(
    window: MainWindow,
    session: Any,
    run_async: Any,
    until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[bool] = []
    monkeypatch.setattr(window._attention, "tell_end", lambda *_, notify: told.append(notify))

    async def pull() -> None:
        window.pull("ghcr.io/team/app:1")
        await until(lambda: window.controller.snapshot and window.controller.snapshot.layers)
        session.pull.finish()
        await until(lambda: not window.controller.running)

    run_async(pull())
    assert told == [True]
    part(opened(window), QCheckBox, "notifications").setChecked(False)
    assert not kept().notifications
    run_async(pull())
    assert told == [True, False]


def test_that_the_default_output_is_that_of_the_next_pull_and_window(
    window: MainWindow, new_window: Any, session: Any, tmp_path: Path, run_async: Any
) -> None:
    folder = tmp_path / "images"

    async def story() -> None:
        page = opened(window, STORAGE).storage
        page.use_output(str(folder))
        assert window.bar.options.output == folder
        assert part(page, QLabel, "default_output_place").text() == str(folder)
        assert new_window(session, output=None).bar.options.output == folder
        assert new_window(session, output=tmp_path / "x").bar.options.output == tmp_path / "x"
        part(page, QPushButton, "usual_default_output").click()
        assert window.bar.options.output is None
        assert new_window(session, output=None).bar.options.output is None

    run_async(story())


def test_that_the_store_is_moved_for_the_next_pulls_and_what_stays_is_told(
    window: MainWindow, session: Any, tmp_path: Path, start_lab_process: Any, run_async: Any,
    until: Until,
) -> None:  # fmt: skip
    lab = start_lab_process()
    folder = tmp_path / "images"

    async def story() -> None:
        real = Session()
        await real.new_pull(lab.references[0], PullOptions()).run()
        await real.close()
        page = opened(window, STORAGE).storage
        await until(lambda: page.images.topLevelItemCount() == 1)
        await until(lambda: page._task is None)
        page.use_store(str(folder))
        note = part(page, QLabel, "place_note").text()
        assert f"Nothing is moved: 1 image stays in {default_store()}" in note
        assert session.store == folder
        assert kept().store_place == folder
        await until(lambda: page.images.topLevelItemCount() == 0)
        part(page, QPushButton, "usual_store").click()
        assert session.store == default_store()
        await until(lambda: page.images.topLevelItemCount() == 1)

    run_async(story())


def test_that_a_place_that_cannot_be_used_is_refused(
    window: MainWindow, session: Any, tmp_path: Path, run_async: Any, monkeypatch: Any
) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("Dear")
    full = tmp_path / "full"

    async def story() -> None:
        page = opened(window, STORAGE).storage
        note = part(page, QLabel, "place_note")
        for use in (page.use_store, page.use_output):
            use(str(tmp_path / "other"))
            assert "holds other files" in note.text()
            assert note.isVisible()
        page.use_store(str(tmp_path / "other" / "letter.txt"))
        assert "letter.txt" in note.text()

        def refuse(**_: Any) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("pullscope.gui.storage_page.tempfile.TemporaryFile", refuse)
        page.use_store(str(full))
        assert note.text() == f"{full}: No space left on device"
        assert kept() == General()
        assert session.store == default_store()

    run_async(story())


def test_that_traces_are_kept_unless_the_user_minds(window: MainWindow, run_async: Any) -> None:
    async def story() -> None:
        part(opened(window, STORAGE), QCheckBox, "keep_traces").setChecked(False)
        assert not window.controller.keep_traces
        assert not kept().keep_traces

    run_async(story())


def test_that_a_damaged_file_is_told_and_left_as_it_is(new_window: Any, session: Any) -> None:
    default_path().parent.mkdir(parents=True)
    default_path().write_text("[general]\ntheme = 5\n")
    window = new_window(session)
    words = part(window, QLabel, "error_bar_words")
    assert "general.theme" in words.text()
    window._set_scheme(themes.Scheme.LIGHT)
    assert not themes.current().dark
    assert "The settings were not kept" in words.text()
    assert default_path().read_text() == "[general]\ntheme = 5\n"


def test_that_profiles_are_added_edited_and_removed(window: MainWindow) -> None:
    file = SettingsFile(default_path())
    page = opened(window, REGISTRIES).registries
    part(page, QPushButton, "add_profile").click()
    editor = part(page, ProfileEditor, "profile_editor")
    editor.pattern.setText("*.example.com")
    editor.ticks["parallelism"].setChecked(True)
    editor.fields["parallelism"].setValue(12)
    editor.ticks["chunk_size"].setChecked(True)
    editor.fields["chunk_size"].set_amount(4 * MIB)
    editor.ticks["write"].setChecked(True)
    editor.accept()
    shown = "parallelism 12, chunk 4 MiB, write in place"
    assert rows(page.profiles) == [["*.example.com", shown]]
    values = {"parallelism": 12, "chunk_size": 4 * MIB, "write": "in-place"}
    assert file.read().values_for("a.example.com") == values

    editor.deleteLater()
    editor.setObjectName("")
    page.profiles.topLevelItem(0).setSelected(True)
    part(page, QPushButton, "edit_profile").click()
    editor = part(page, ProfileEditor, "profile_editor")
    assert editor.values == values
    editor.pattern.setText("b.test")
    editor.ticks["chunk_size"].setChecked(False)
    editor.ticks["write"].setChecked(False)
    editor.accept()
    assert rows(page.profiles) == [["b.test", "parallelism 12"]]

    page.profiles.topLevelItem(0).setSelected(True)
    part(page, QPushButton, "remove_profile").click()
    assert rows(page.profiles) == []
    assert not part(page, QPushButton, "remove_profile").isEnabled()


def test_that_mirrors_and_logins_are_shown_with_their_files_and_without_secrets(
    window: MainWindow, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGISTRY_AUTH_FILE", str(home / "auth.json"))
    secret = base64.b64encode(b"me:s3cret").decode()
    (home / "auth.json").write_text(json.dumps({"auths": {"quay.test": {"auth": secret}}}))
    folder = home / "xdg_config_home" / "containerd" / "certs.d" / "docker.io"
    folder.mkdir(parents=True)
    (folder / "hosts.toml").write_text(
        '[host."https://mirror.test"]\n[host."https://mirror.test".header]\nX-Key = "s3cret"\n'
    )
    dialog = opened(window, REGISTRIES)
    page = dialog.registries
    [mirror] = rows(page.mirrors)
    assert mirror[0] == "docker.io"
    assert mirror[1].startswith("mirror.test, ")
    assert mirror[2] == str(folder / "hosts.toml")
    assert rows(page.logins) == [["quay.test", "the file", str(home / "auth.json")]]
    shown = repr([rows(view) for view in dialog.findChildren(QTreeWidget)])
    tips = [
        view.topLevelItem(n).toolTip(c)
        for view in dialog.findChildren(QTreeWidget)
        for n in range(view.topLevelItemCount())
        for c in range(view.columnCount())
    ]
    for text in (shown, repr(tips)):
        assert "s3cret" not in text
        assert secret not in text


def test_that_cleaning_up_says_first_what_it_frees(
    window: MainWindow, run_async: Any, until: Until
) -> None:
    store = Store(default_store())
    store.prepare()
    body = b"x" * 2048
    store.add_blob(digest_of(body), body)

    async def story() -> None:
        page = opened(window, STORAGE).storage
        said = part(page, QLabel, "store_said")
        await until(lambda: "frees 2 KiB (blobs: 1, unfinished: 0)" in said.text())
        button = part(page, QPushButton, "clean_up")
        await until(button.isEnabled)
        assert store.blob_path(digest_of(body)).exists()
        button.click()
        await until(lambda: "nothing to clean up" in said.text())
        assert not store.blob_path(digest_of(body)).exists()
        await until(lambda: page._task is None)
        assert not button.isEnabled()

    run_async(story())


def test_that_closing_while_the_store_is_looked_at_is_no_error(
    window: MainWindow, run_async: Any
) -> None:
    async def story() -> None:
        dialog = opened(window, STORAGE)
        task = dialog.storage._task
        dialog.close()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        await asyncio.wait([task])
        assert task.cancelled()

    run_async(story())


def test_that_images_are_removed_by_their_names(
    window: MainWindow, start_lab_process: Any, run_async: Any, until: Until
) -> None:
    lab = start_lab_process()

    async def story() -> None:
        session = Session()
        await session.new_pull(lab.references[0], PullOptions()).run()
        await session.close()
        page = opened(window, STORAGE).storage
        await until(lambda: page.images.topLevelItemCount() == 1)
        assert rows(page.images)[0][0] == lab.references[0]
        await until(lambda: page._task is None)
        page.images.topLevelItem(0).setSelected(True)
        part(page, QPushButton, "remove_images").click()
        await until(lambda: page.images.topLevelItemCount() == 0)
        await until(part(page, QPushButton, "clean_up").isEnabled)

    run_async(story())
    assert Store(default_store()).images() == ()


def test_that_the_names_of_the_pages_do_not_overlap(window: MainWindow) -> None:
    window.actions_by_id["settings"].trigger()
    dialog = window.findChild(SettingsDialog)
    assert dialog is not None
    pages = dialog.pages
    areas = [pages.visualItemRect(pages.item(row)) for row in range(pages.count())]
    needed = pages.fontMetrics().height() + 12  # with the padding of the style sheet
    assert all(area.height() >= needed for area in areas)
    dialog.close()
