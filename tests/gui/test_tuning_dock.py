from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QWheelEvent
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QSlider,
    QSpinBox,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from pullscope.engine.model import GIB, KIB, MIB, Settings
from pullscope.gui.amount_box import AmountBox
from pullscope.gui.effects import Effect, Verdict
from pullscope.gui.tuning_dock import TuningDock
from pullscope.tuning.presets import PRESETS


@pytest.fixture
def dock(qtbot: QtBot) -> Iterator[TuningDock]:
    dock = TuningDock(Settings(), QAction("Undo"), QAction("Redo"))
    qtbot.addWidget(dock)
    dock.show()
    return dock


@pytest.fixture
def changes(dock: TuningDock) -> list[Settings]:
    changes: list[Settings] = []
    dock.settings_changed.connect(changes.append)
    return changes


def slider(dock: QWidget, name: str) -> QSlider:
    found = dock.findChild(QSlider, name)
    assert isinstance(found, QSlider)
    return found


def box(dock: QWidget, name: str) -> QSpinBox:
    found = dock.findChild(QSpinBox, f"{name}_box")
    assert isinstance(found, QSpinBox)
    return found


def unfold(dock: TuningDock) -> None:
    fold = dock.findChild(QToolButton, "more")
    assert fold is not None
    fold.setChecked(True)


def type_into(qtbot: QtBot, field: QSpinBox, text: str) -> None:
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


@pytest.mark.parametrize(
    ("name", "value", "setting"),
    [
        ("parallelism", 16, 16),
        ("connections", 128, 128),
        ("layers", 12, 12),
        ("chunk_size", 18, 256 * KIB),
        ("chunk_size", 22, 4 * MIB),
        ("chunk_size", 28, 256 * MIB),
        ("rate_limit", 0, 1_000_000),
        ("rate_limit", 4, 20_000_000),
    ],
)
def test_that_a_slider_sets_its_setting(
    dock: TuningDock, changes: list[Settings], name: str, value: int, setting: int
) -> None:
    slider(dock, name).setValue(value)
    assert [change.as_dict()[name] for change in changes] == [setting]
    field = box(dock, name)
    assert (field.amount if isinstance(field, AmountBox) else field.value()) == setting


def test_that_boxes_reach_beyond_the_sliders(
    dock: TuningDock, changes: list[Settings], qtbot: QtBot
) -> None:
    for name, text in (("parallelism", "128"), ("connections", "256"), ("layers", "32")):
        type_into(qtbot, box(dock, name), text)
        assert slider(dock, name).value() == slider(dock, name).maximum()
    type_into(qtbot, box(dock, "chunk_size"), "1GiB")
    assert changes[-1] == Settings(layers=32, parallelism=128, connections=256, chunk_size=GIB)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("4MiB", 4 * MIB),
        ("512 KiB", 512 * KIB),
        ("8", 8 * MIB),
        ("65536", 64 * KIB),
        ("5 mib", 5 * MIB),
        ("0", 0),
        ("whole layer", 0),
    ],
)
def test_that_the_chunk_size_can_be_typed(
    dock: TuningDock, changes: list[Settings], qtbot: QtBot, text: str, size: int
) -> None:
    type_into(qtbot, box(dock, "chunk_size"), text)
    assert changes[-1].chunk_size == size


@pytest.mark.parametrize("text", ["1KiB", "9GiB", "3 x", "MiB"])
def test_that_a_chunk_size_that_is_none_changes_nothing(
    dock: TuningDock, changes: list[Settings], qtbot: QtBot, text: str
) -> None:
    type_into(qtbot, box(dock, "chunk_size"), text)
    assert changes == []
    assert box(dock, "chunk_size").text() == "16 MiB"


@pytest.mark.parametrize(
    ("name", "text", "amount", "shown"),
    [
        ("rate_limit", "20 MB/s", 20_000_000, "20 MB/s"),
        ("rate_limit", "20", 20_000_000, "20 MB/s"),
        ("rate_limit", "1.5MB", 1_500_000, "1.5 MB/s"),
        ("rate_limit", "100GB/s", 100_000_000_000, "100 GB/s"),
        ("memory_limit", "16GiB", 16 * GIB, "16 GiB"),
        ("memory_limit", "128", 128 * MIB, "128 MiB"),
    ],
)
def test_that_limits_can_be_typed(
    dock: TuningDock, changes: list[Settings], qtbot: QtBot, name: str, text: str,
    amount: int, shown: str
) -> None:  # fmt: skip
    unfold(dock)
    type_into(qtbot, box(dock, name), text)
    assert changes[-1].as_dict()[name] == amount
    assert box(dock, name).text() == shown


def test_that_a_rate_limit_is_taken_away_by_its_word_and_by_the_slider(
    dock: TuningDock, changes: list[Settings], qtbot: QtBot
) -> None:
    unfold(dock)
    limit = slider(dock, "rate_limit")
    limit.setValue(limit.maximum() - 1)
    type_into(qtbot, box(dock, "rate_limit"), "none")
    limit.setValue(3)
    limit.setValue(limit.maximum())
    assert [change.rate_limit for change in changes] == [5_000_000_000, 0, 10_000_000, 0]


@pytest.mark.parametrize("text", ["0", "1 MiB", "none", "17 GiB"])
def test_that_a_memory_limit_that_is_none_changes_nothing(
    dock: TuningDock, changes: list[Settings], qtbot: QtBot, text: str
) -> None:
    unfold(dock)
    type_into(qtbot, box(dock, "memory_limit"), text)
    assert changes == []
    assert box(dock, "memory_limit").text() == "64 MiB"


@pytest.mark.parametrize(
    ("name", "values"),
    [("write", ["stream", "in-place"]), ("layer_order", ["largest-first", "manifest"])],
)
def test_that_a_choice_sets_its_setting(
    dock: TuningDock, changes: list[Settings], name: str, values: list[str]
) -> None:
    choice = dock.findChild(QComboBox, name)
    assert choice is not None
    for value in values:
        choice.activated.emit(choice.findData(value))
        assert choice.currentData() == value
    assert [change.as_dict()[name] for change in changes] == values


def test_that_rare_settings_are_folded_away_until_wanted(qtbot: QtBot, dock: TuningDock) -> None:
    fold = dock.findChild(QToolButton, "more")
    assert fold is not None
    assert not box(dock, "rate_limit").isVisible()
    fold.click()
    assert box(dock, "rate_limit").isVisible()
    limited = TuningDock(Settings(rate_limit=MIB), QAction("Undo"), QAction("Redo"))
    qtbot.addWidget(limited)
    limited.show()
    assert box(limited, "rate_limit").isVisible()


def test_that_arrows_step_and_page_keys_halve_and_double(
    dock: TuningDock, changes: list[Settings], qtbot: QtBot
) -> None:
    parallelism = slider(dock, "parallelism")
    for key in (Qt.Key.Key_Right, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Left):
        qtbot.keyClick(parallelism, key)
    assert [change.parallelism for change in changes] == [9, 18, 9, 8]


def test_that_stepping_the_chunk_size_halves_and_doubles(
    dock: TuningDock, changes: list[Settings]
) -> None:
    box(dock, "chunk_size").stepBy(1)
    box(dock, "chunk_size").stepBy(-3)
    assert [change.chunk_size for change in changes] == [32 * MIB, 4 * MIB]


def test_that_the_mouse_moves_the_handle_along_the_logarithm(
    dock: TuningDock, changes: list[Settings], qtbot: QtBot
) -> None:
    parallelism = slider(dock, "parallelism")
    middle = QPoint(parallelism.width() // 2, 11)
    qtbot.mouseClick(parallelism, Qt.MouseButton.LeftButton, pos=middle)
    assert parallelism.value() == 8  # the root of 64; it was 8 before
    qtbot.mousePress(parallelism, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseMove(parallelism, QPoint(parallelism.width() - 1, 11))
    qtbot.mouseRelease(parallelism, Qt.MouseButton.LeftButton)
    assert changes[-1].parallelism == 64


def test_that_scrolling_past_a_slider_does_not_tune(
    dock: TuningDock, changes: list[Settings]
) -> None:
    connections = slider(dock, "connections")
    slider(dock, "layers").setFocus()
    turn = QWheelEvent(
        QPointF(20, 10), QPointF(connections.mapToGlobal(QPoint(20, 10))), QPoint(), QPoint(0, 120),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase,
        False,
    )  # fmt: skip
    QApplication.sendEvent(connections, turn)
    assert changes == []


def test_that_showing_settings_tells_nobody(dock: TuningDock, changes: list[Settings]) -> None:
    dock.show_settings(Settings(layers=7, parallelism=100, connections=200, chunk_size=5 * MIB))
    assert changes == []
    assert slider(dock, "layers").value() == 7
    assert box(dock, "parallelism").value() == 100
    assert dock.settings.parallelism == 100


def test_that_a_preset_sets_everything_at_once(dock: TuningDock, changes: list[Settings]) -> None:
    presets = dock.findChild(QComboBox, "preset")
    assert presets is not None
    for index, preset in enumerate(PRESETS):
        presets.setCurrentIndex(index)
        presets.activated.emit(index)
        assert dock.settings == preset.settings
    slider(dock, "layers").setValue(9)
    assert presets.currentText() == PRESETS[-1].name
    changed = dock.findChild(QLabel, "changed")
    assert changed is not None
    assert changed.isVisible()


@pytest.mark.parametrize(
    ("name", "place", "value"),
    [
        ("rate_limit", 3, 10_000_000),
        ("rate_limit", 12, 0),
        ("request_limit", 4, 20),
        ("request_limit", 9, 1000),
        ("request_limit", 10, 0),
        ("memory_limit", 24, 16 * MIB),
        ("memory_limit", 34, 16 * GIB),
    ],
)
def test_that_limits_have_sliders_over_decades(
    dock: TuningDock, name: str, place: int, value: int
) -> None:
    unfold(dock)
    other = slider(dock, name).minimum() + 1
    slider(dock, name).setValue(other)
    slider(dock, name).setValue(place)
    assert dock.settings.as_dict()[name] == value
    dock.show_settings(Settings())
    dock.show_settings(Settings().changed(**{name: value}))
    assert slider(dock, name).value() == place


def test_that_the_limit_is_told(dock: TuningDock) -> None:
    limit = dock.findChild(QLabel, "limit")
    assert limit is not None
    dock.show_settings(Settings(layers=3, parallelism=16, connections=24))
    assert limit.text() == "At most 24 chunks at once: connections is the limit"
    dock.show_settings(Settings(layers=2, parallelism=4, connections=24))
    words = limit.text()
    assert words.replace("\N{NO-BREAK SPACE}", " ") == "At most 8 chunks at once: 2 layers × 4"
    assert " " not in words.partition(": ")[2]  # the product is not broken into two lines


def test_that_a_drag_is_undone_and_redone_as_one(dock: TuningDock, changes: list[Settings]) -> None:
    for value in (9, 10, 16):
        slider(dock, "parallelism").setValue(value)
    slider(dock, "layers").setValue(5)
    dock.undo()
    assert dock.settings == Settings(parallelism=16)
    dock.undo()
    assert dock.settings == Settings()
    dock.redo()
    assert dock.settings == Settings(parallelism=16)
    assert changes[-1] == dock.settings


def test_that_effects_stand_newest_first_in_words(dock: TuningDock) -> None:
    old, new = Settings(parallelism=2), Settings(parallelism=16)
    dock.show_effects(
        (
            Effect(
                9.0, new, new.changed(chunk_size=4 * MIB), Verdict.UNCHANGED, 62e6, 62e6, "", 3.0
            ),
            Effect(5.0, old, new, Verdict.CHANGED, 8.1e6, 62e6, "", 3.0),
            Effect(1.0, new, old, Verdict.UNKNOWN, reason="changed too soon to compare"),
        )
    )
    words = [label.text() for label in dock.findChildren(QLabel) if label.isVisible()]
    found = words.index("chunk 16 → 4 MiB")
    assert "no change" in words[found : found + 3]
    found = words.index("parallelism 2 → 16")
    assert {"8.1 → 62 MB/s over 3.0 s", "+665 %"} <= set(words[found : found + 3])
    assert "changed too soon to compare" in words
