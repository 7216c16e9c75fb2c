"""What the settings are based on, and whether they were changed since."""

import pytest
from PySide6.QtWidgets import QComboBox, QLabel
from pytestqt.qtbot import QtBot

from pullscope.engine.model import Settings
from pullscope.gui.preset_row import PresetRow
from pullscope.tuning.presets import PRESETS

DEFAULT = next(preset for preset in PRESETS if preset.settings == Settings())


@pytest.fixture
def row(qtbot: QtBot) -> PresetRow:
    widget = PresetRow()
    qtbot.addWidget(widget)
    widget.show()
    return widget


def based_on(row: PresetRow) -> str:
    found = row.findChild(QComboBox, "preset")
    assert isinstance(found, QComboBox)
    return found.currentText()


def changed(row: PresetRow) -> str:
    """Return what was changed, in words; empty while nothing is."""
    label = row.findChild(QLabel, "changed")
    assert isinstance(label, QLabel)
    return label.toolTip() if label.isVisible() else ""


def test_that_settings_of_nobody_are_changes_of_the_default(row: PresetRow) -> None:
    row.show_settings(Settings(parallelism=5))
    assert (based_on(row), changed(row)) == (DEFAULT.name, "parallelism 8 → 5")


def test_that_a_changed_preset_keeps_its_name(row: PresetRow) -> None:
    row.show_settings(Settings())
    assert (based_on(row), changed(row)) == (DEFAULT.name, "")
    row.show_settings(Settings(parallelism=5, layers=4))
    assert (based_on(row), changed(row)) == (DEFAULT.name, "parallelism 8 → 5, layers 3 → 4")
    row.show_settings(Settings())
    assert changed(row) == ""


def test_that_choosing_the_name_again_takes_changes_back(row: PresetRow, qtbot: QtBot) -> None:
    row.show_settings(Settings())
    row.show_settings(Settings(parallelism=5))
    with qtbot.waitSignal(row.chosen) as chosen:
        row._list.activated.emit(PRESETS.index(DEFAULT))
    assert chosen.args == [Settings()]


def test_that_the_profile_of_a_registry_comes_first(row: PresetRow, qtbot: QtBot) -> None:
    row.show_settings(Settings())
    row.show_profile("ghcr.io", {"parallelism": 8})
    assert based_on(row) == DEFAULT.name  # the same, and named first
    row.show_profile("ghcr.io", {"parallelism": 16})
    row.show_settings(Settings(parallelism=16))
    assert (based_on(row), changed(row)) == ("ghcr.io profile", "")
    row.show_settings(Settings(parallelism=4))
    assert (based_on(row), changed(row)) == ("ghcr.io profile", "parallelism 16 → 4")
    with qtbot.waitSignal(row.chosen) as chosen:
        row._list.activated.emit(row._list.count() - 1)
    assert chosen.args == [Settings(parallelism=16)]


def test_that_a_profile_that_is_forgotten_is_no_base(row: PresetRow) -> None:
    row.show_profile("ghcr.io", {"parallelism": 16})
    row.show_settings(Settings(parallelism=16))
    row.show_profile("ghcr.io", None)
    assert (based_on(row), changed(row)) == (DEFAULT.name, "parallelism 8 → 16")


def test_that_a_profile_that_was_kept_anew_is_not_changed(row: PresetRow) -> None:
    row.show_profile("ghcr.io", {"parallelism": 16})
    row.show_settings(Settings(parallelism=16))
    row.show_settings(Settings(parallelism=4))
    row.show_profile("ghcr.io", {"parallelism": 4})
    assert (based_on(row), changed(row)) == ("ghcr.io profile", "")
