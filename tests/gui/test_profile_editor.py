"""The editor of a registry's settings: plain words, units, and nothing saved that cannot be."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QLabel
from pytestqt.qtbot import QtBot

from pullscope.engine.model import MIB, Settings
from pullscope.gui.profile_editor import ProfileEditor
from pullscope.tuning.profiles import SettingsFile


@pytest.fixture
def file(tmp_path: Path) -> SettingsFile:
    return SettingsFile(tmp_path / "settings.toml")


@pytest.fixture
def new_editor(qapp: QApplication, qtbot: QtBot, file: SettingsFile) -> Any:
    def make(pattern: str = "", **values: int | str) -> ProfileEditor:
        editor = ProfileEditor(file, pattern, values)
        editor.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        qtbot.addWidget(editor)
        editor.show()
        return editor

    return make


def problem(editor: ProfileEditor) -> str:
    label = editor.findChild(QLabel, "editor_problem")
    assert label is not None
    return label.text().strip()


def can_save(editor: ProfileEditor) -> bool:
    buttons = editor.findChild(QDialogButtonBox)
    assert buttons is not None
    return buttons.button(QDialogButtonBox.StandardButton.Save).isEnabled()


def test_that_no_setting_has_the_name_of_the_file(new_editor: Any) -> None:
    editor = new_editor("docker.io")
    for name in Settings().as_dict():
        assert editor.ticks[name].text()[0].isupper()
        assert "_" not in editor.ticks[name].text()
        assert editor.fields[name].toolTip()


def test_that_what_is_not_ticked_shows_the_usual_value_and_is_not_kept(
    new_editor: Any, file: SettingsFile
) -> None:
    editor = new_editor("docker.io", parallelism=4)
    assert editor.fields["parallelism"].isEnabled()
    assert not editor.fields["chunk_size"].isEnabled()
    assert editor.fields["chunk_size"].text() == "16 MiB"
    editor.accept()
    assert file.read().values_for("docker.io") == {"parallelism": 4}


def test_that_units_are_read_and_ranges_kept(
    new_editor: Any, file: SettingsFile, qtbot: QtBot
) -> None:
    editor = new_editor("docker.io", chunk_size=0, rate_limit=0, parallelism=3)
    chunk, rate, parallelism = (
        editor.fields[name] for name in ("chunk_size", "rate_limit", "parallelism")
    )
    assert [chunk.text(), rate.text()] == ["whole layer", "none"]
    for field, typed in ((chunk, "4MiB"), (rate, "20"), (parallelism, "99999")):
        field.selectAll()
        qtbot.keyClicks(field, typed)
    editor.accept()
    values = file.read().values_for("docker.io")
    assert values["chunk_size"] == 4 * MIB
    assert values["rate_limit"] == 20_000_000
    assert 1 <= int(values["parallelism"]) <= 128


@pytest.mark.parametrize(
    ("pattern", "values", "words"),
    [
        ("", {"parallelism": 3}, ""),
        ("https://docker.io/", {"parallelism": 3}, "neither a host"),
        ("docker.io", {}, "Tick"),
    ],
)
def test_that_nothing_is_saved_that_cannot_be(
    new_editor: Any, pattern: str, values: dict[str, int], words: str
) -> None:
    editor = new_editor(pattern, **values)
    assert not can_save(editor)
    assert words in problem(editor)
    editor.pattern.setText("*.example.com:5000")
    editor.ticks["layers"].setChecked(True)
    assert can_save(editor)
    assert problem(editor) == ""


def test_that_a_file_that_cannot_be_written_is_told(new_editor: Any, file: SettingsFile) -> None:
    file.path.write_text("version = 99\n")
    editor = new_editor("docker.io", parallelism=3)
    editor.accept()
    assert "version 99" in problem(editor)
    assert editor.isVisible()
