"""The heat map of a sweep, and its pictures."""

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from sweeps_that_are_played import Player, plan_of

from pullscope.engine.model import MIB
from pullscope.gui import theme as themes
from pullscope.gui.heat_map import shade
from pullscope.gui.heat_map_panel import HeatMapPanel
from pullscope.sweep.plan import plan_trials
from pullscope.sweep.recommendation import recommend
from pullscope.sweep.results import Results, Row, Trial, results
from pullscope.sweep.settings import KNOBS
from pullscope.trace.file import TraceError


def played(most: int | None = None, **fields: Any) -> Results:
    plan, player = plan_of(**fields), Player()
    trials = plan_trials(plan, {"pullscope": frozenset(KNOBS)})
    return results(
        plan,
        [
            Trial(trial, player(trial) if most is None or trial.position < most else None)
            for trial in trials
        ],
    )


@pytest.fixture
def panel(qtbot: Any) -> HeatMapPanel:
    panel = HeatMapPanel()
    qtbot.addWidget(panel)
    panel.resize(700, 400)
    panel.show()
    return panel


def show(panel: HeatMapPanel, found: Results) -> None:
    chosen = {one.row.candidate for one in recommend(found)}
    panel.show_rows(found.rows, chosen, fresh=True)


def texts(panel: HeatMapPanel) -> list[list[str]]:
    model = panel.table.map
    return [
        [str(model.index(row, column).data()) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def heads(panel: HeatMapPanel) -> tuple[list[str], list[str]]:
    model, (across, down) = panel.table.map, (Qt.Orientation.Horizontal, Qt.Orientation.Vertical)
    return (
        [model.headerData(n, across) for n in range(model.columnCount())],
        [model.headerData(n, down) for n in range(model.rowCount())],
    )


def test_that_it_shows_a_measure_over_the_settings_that_vary(panel: HeatMapPanel) -> None:
    show(panel, played())
    assert heads(panel) == (["1", "4", "16"], ["4 MiB", "32 MiB"])
    assert [row[0].split(".")[0] for row in texts(panel)] == ["102", "102"]
    assert "total time over parallelism and chunk size" in panel.title().lower()


def test_that_any_measure_over_any_two_settings_can_be_chosen(panel: HeatMapPanel) -> None:
    show(panel, played(layers=(1, 2)))
    for box, data in (
        (panel.measure, "memory"),
        (panel.across, "layers"),
        (panel.down, "chunk_size"),
    ):
        box.setCurrentIndex(box.findData(data))
        box.activated.emit(box.currentIndex())
    assert heads(panel) == (["1", "2"], ["4 MiB", "32 MiB"])
    assert all(cell.endswith("MiB") for row in texts(panel) for cell in row)


def test_that_the_axes_are_those_with_several_values(panel: HeatMapPanel) -> None:
    show(panel, played(parallelism=(4,), layers=(1, 2)))
    assert (panel.across.currentData(), panel.down.currentData()) == ("chunk_size", "layers")
    assert heads(panel)[0] == ["4 MiB", "32 MiB"]
    show(panel, played(parallelism=(4,), chunk_sizes=(0, 4 * MIB), layers=(1, 2)))
    assert heads(panel)[0] == ["4 MiB", "whole layer"]


def test_that_arrows_walk_and_enter_chooses(panel: HeatMapPanel, qtbot: Any) -> None:
    show(panel, played())
    chosen: list[Row] = []
    panel.table.chosen.connect(chosen.append)
    panel.table.setFocus()
    panel.table.setCurrentIndex(panel.table.map.index(0, 0))
    qtbot.keyClick(panel.table, Qt.Key.Key_Right)
    qtbot.keyClick(panel.table, Qt.Key.Key_Down)
    qtbot.keyClick(panel.table, Qt.Key.Key_Return)
    assert [row.candidate.settings.parallelism for row in chosen] == [4]
    assert chosen[0].candidate.settings.chunk_size == 32 * MIB
    assert panel.table.accessibleDescription().startswith("parallelism 4, chunk size 32 MiB: 25.")
    assert "95% interval 25.6" in panel.table.accessibleDescription()
    assert panel.table.accessibleDescription().endswith(" s, of 3 trials, frontier")


def test_that_a_reader_is_told_the_least_and_what_is_recommended(panel: HeatMapPanel) -> None:
    found = played()
    show(panel, found)
    model = panel.table.map
    cells = [
        model.index(row, column).data(Qt.ItemDataRole.AccessibleTextRole)
        for row in range(model.rowCount())
        for column in range(model.columnCount())
    ]
    assert sum(", the least" in words for words in cells) == 1
    [recommended] = [words for words in cells if ", recommended" in words]
    assert recommended.startswith("parallelism 16, chunk size 32 MiB")
    assert panel.table.accessibleDescription() == panel.title()


def test_that_a_cell_without_trials_is_empty(panel: HeatMapPanel) -> None:
    show(panel, played(most=0))
    assert panel.title() == "No trial has ended yet"
    show(panel, played(most=8))
    empty = [cell for row in texts(panel) for cell in row if not cell]
    model = panel.table.map
    if empty:  # the order is random, the words are not
        spot = next(
            model.index(row, column)
            for row in range(model.rowCount())
            for column in range(model.columnCount())
            if not model.index(row, column).data()
        )
        assert model.words(spot).endswith(": nothing")


@pytest.mark.parametrize("theme", [themes.DARK, themes.LIGHT], ids=lambda theme: theme.name)
def test_that_words_are_read_on_every_shade(theme: themes.Theme) -> None:
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        assert contrast(theme.text, shade(share, theme)) >= 4.5


def contrast(one: QColor, other: QColor) -> float:
    def brightness(colour: QColor) -> float:
        parts = [
            part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
            for part in (colour.redF(), colour.greenF(), colour.blueF())
        ]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    low, high = sorted((brightness(one), brightness(other)))
    return (high + 0.05) / (low + 0.05)


def test_that_pictures_show_the_whole_map(
    qapp: QApplication, panel: HeatMapPanel, tmp_path: Path
) -> None:
    themes.apply(qapp, themes.Scheme.LIGHT)
    show(panel, played(parallelism=tuple(range(1, 17)), layers=(4,)))
    panel.resize(300, 200)  # no more than two of them are seen
    panel.export(tmp_path / "map.png")
    panel.export(tmp_path / "map.svg")
    picture = QImage(str(tmp_path / "map.png"))
    assert picture.width() > 16 * 100
    across = [picture.pixelColor(x, picture.height() - 40) for x in range(picture.width())]
    assert len({colour.name() for colour in across}) > 4  # the shades of several cells
    svg = ET.parse(tmp_path / "map.svg").getroot()
    assert svg.tag.endswith("svg")
    words = " ".join("".join(text.itertext()) for text in svg.iter() if text.tag.endswith("text"))
    assert "32 MiB" in words
    with pytest.raises(ValueError, match="is none of"):
        panel.export(tmp_path / "map.gif")
    with pytest.raises(TraceError, match="nowhere"):
        panel.export(tmp_path / "nowhere" / "map.png")
