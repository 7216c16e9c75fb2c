"""Settings as a runtime's configuration, in the window: shown as it will be, written when told."""

from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from pullscope.engine.model import MIB, Settings
from pullscope.gui.main_window import MainWindow
from pullscope.gui.runtime_dialog import RuntimeDialog, of_pull
from pullscope.sweep.settings import TrialSettings

BEST = TrialSettings(layers=3, parallelism=8, chunk_size=16 * MIB)


@pytest.fixture
def dialog(qtbot: QtBot) -> RuntimeDialog:
    made = RuntimeDialog(BEST, 2)
    qtbot.addWidget(made)
    return made


def choose(dialog: RuntimeDialog, runtime: str, file: Path | None = None) -> None:
    dialog.runtime.setCurrentIndex(dialog.runtime.findData(runtime))
    dialog.file.setText("" if file is None else str(file))
    dialog.file.editingFinished.emit()


def said(dialog: RuntimeDialog, name: str) -> str:
    label = dialog.findChild(QLabel, name)
    assert isinstance(label, QLabel)
    return label.text()


def test_that_without_a_file_the_whole_text_is_shown_and_copied(dialog: RuntimeDialog) -> None:
    assert said(dialog, "runtime_about") == "3 layers, parallelism 8, chunks of 16 MiB"
    assert "max_concurrent_downloads = 16" in dialog.text.toPlainText()
    assert not dialog.write.isEnabled()
    choose(dialog, "soci")
    dialog.copy.click()
    assert 'concurrent_download_chunk_size = "16mb"' in QGuiApplication.clipboard().text()
    assert "[pull_modes.parallel_pull_unpack]\nenable = true" in said(dialog, "runtime_words")


def test_that_a_file_is_compared_and_written_when_told(
    dialog: RuntimeDialog, tmp_path: Path
) -> None:
    file = tmp_path / "daemon.json"
    file.write_text('{\n  "max-concurrent-downloads": 8\n}\n')
    choose(dialog, "docker", file)
    assert '-  "max-concurrent-downloads": 8' in dialog.text.toPlainText()
    assert "max-concurrent-downloads = 3 (was 8)" in said(dialog, "runtime_words")
    assert "Warning: " in said(dialog, "runtime_words")
    assert file.read_text().count("8") == 1

    dialog.write.click()
    assert file.read_text() == '{\n  "max-concurrent-downloads": 3\n}\n'
    [backup] = set(tmp_path.iterdir()) - {file}
    assert str(backup) in said(dialog, "runtime_told")
    assert "systemctl reload docker" in said(dialog, "runtime_told")
    assert not dialog.write.isEnabled()
    assert dialog.text.toPlainText() == ""


def test_that_a_file_that_cannot_be_used_is_left_and_told(
    dialog: RuntimeDialog, tmp_path: Path
) -> None:
    file = tmp_path / "config.toml"
    file.write_text("<b>hostile</b>\x1b")
    choose(dialog, "containerd", file)
    assert "cannot be used: it is not TOML" in said(dialog, "runtime_words")
    assert dialog.text.toPlainText() == ""
    assert not dialog.write.isEnabled()
    assert not dialog.copy.isEnabled()


def test_that_a_file_that_changed_meanwhile_is_not_written(
    dialog: RuntimeDialog, tmp_path: Path
) -> None:
    file = tmp_path / "containers.conf"
    file.write_text("# mine\n")
    choose(dialog, "podman", file)
    file.write_text("# changed\n")
    dialog.write.click()
    assert "changed meanwhile" in said(dialog, "runtime_told")
    assert file.read_text() == "# changed\n"


def test_that_the_window_opens_it_with_its_settings(window: MainWindow) -> None:
    window.actions_by_id["use_in_runtime"].trigger()
    [dialog] = window.findChildren(RuntimeDialog)
    assert dialog.isVisible()
    assert not dialog.isModal()
    assert "parallelism" in said(dialog, "runtime_about")
    dialog.close()


def test_that_a_limit_of_all_connections_counts() -> None:
    assert of_pull(Settings(layers=3, parallelism=8, connections=24)).parallelism == 8
    assert of_pull(Settings(layers=3, parallelism=8, connections=12)).parallelism == 4
    assert of_pull(Settings(layers=8, parallelism=8, connections=1)).parallelism == 1
