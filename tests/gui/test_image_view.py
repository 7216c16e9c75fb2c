from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QTreeWidgetItem

from pullscope.engine.image_config import HistoryLine, ImageConfig
from pullscope.engine.model import MIB
from pullscope.engine.topology import PlatformEntry, Topology, TopologyLayer
from pullscope.gui.image_view import Column, ImageView

EVIL = "<img src='http://evil.test/x.png'><h1>&amp;"
LAYERS = tuple(
    TopologyLayer(
        f"sha256:{number:064x}",
        size,
        "application/vnd.oci.image.layer.v1.tar+gzip",
        HistoryLine(f"/bin/sh -c #(nop) ADD {number}"),
        ("docker.io/library/base:1",) if number == 1 else (),
    )
    for number, size in ((1, 40 * MIB), (2, 10 * MIB), (3, 0))
)
TOPOLOGY = Topology(
    "ghcr.io/team/app:1",
    "sha256:" + "f" * 64,
    "application/vnd.oci.image.manifest.v1+json",
    "linux/amd64",
    LAYERS,
    ImageConfig(
        created="2024-05-01T10:00:00Z",
        user=EVIL,
        entrypoint=("/bin/app", "a b"),
        env=("PATH=/bin", "EMPTY="),
        labels=(("vendor", EVIL),),
        history=tuple(layer.made_by for layer in LAYERS if layer.made_by is not None),
    ),
    (("org.opencontainers.image.source", "https://example.com"),),
    (
        PlatformEntry("linux/amd64", "sha256:a", "m"),
        PlatformEntry("linux/arm64", "sha256:b", "m"),
        PlatformEntry("unknown/unknown", "sha256:c", "m"),
    ),
)


@pytest.fixture
def view(qapp: QApplication, qtbot: Any) -> ImageView:
    action = QAction("Inspect")
    view = ImageView(action)
    view.kept = action  # type: ignore[attr-defined]
    qtbot.addWidget(view)
    view.resize(900, 300)
    view.show()
    return view


def rows(view: ImageView) -> dict[str, dict[str, str]]:
    """Return the values by section and name."""
    found: dict[str, dict[str, str]] = {}
    for number in range(view.details.topLevelItemCount()):
        section = view.details.topLevelItem(number)
        assert section is not None
        items = [section.child(n) for n in range(section.childCount())]
        found[section.text(0)] = {item.text(0): item.text(1) for item in items}
    return found


def item_of(view: ImageView, text: str) -> QTreeWidgetItem:
    flags = Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive
    [item] = view.details.findItems(text, flags, 0)
    return item


def cells(view: ImageView, column: Column) -> list[str]:
    table = view.layers
    items = [table.item(row, column) for row in range(table.rowCount())]
    return [item.text() for item in items if item is not None]


def test_that_layers_stand_with_their_sizes_steps_and_sharers(view: ImageView) -> None:
    view.show_topology(TOPOLOGY)
    assert cells(view, Column.SIZE) == ["40 MiB", "10 MiB", "0 B"]
    assert cells(view, Column.MADE_BY) == ["ADD 1", "ADD 2", "ADD 3"]
    assert cells(view, Column.SHARED) == ["docker.io/library/base:1", "", ""]
    assert cells(view, Column.TYPE) == ["tar+gzip"] * 3
    summary = view.findChild(QLabel, "image_summary")
    assert summary is not None
    assert summary.text() == "ghcr.io/team/app:1 · linux/amd64 · 3 layers · 50 MiB · 2 platforms"


def test_that_the_bar_has_a_piece_for_each_layer_and_is_filled_by_them(view: ImageView) -> None:
    view.show_topology(TOPOLOGY)
    first, second, empty = view.bar.pieces()
    assert first.left() == 0
    assert empty.right() == pytest.approx(view.bar.width())
    assert empty.width() == pytest.approx(3)
    assert (first.width() - 3) == pytest.approx(4 * (second.width() - 3))


def test_that_more_layers_than_pixels_still_fit(view: ImageView) -> None:
    layers = [(f"sha256:{n}", n) for n in range(5000)]
    view.bar.show_layers(layers)
    assert view.bar.pieces()[-1].right() == pytest.approx(view.bar.width())


def test_that_what_the_image_says_is_shown_as_it_was_written(view: ImageView) -> None:
    view.show_topology(TOPOLOGY)
    found = rows(view)
    assert found["Runs as"] == {"entrypoint": "/bin/app 'a b'", "user": EVIL}
    assert found["Environment"] == {"PATH": "/bin"}
    assert found["Labels"] == {"vendor": EVIL}
    assert found["Platforms"]["linux/arm64"] == "sha256:b"
    tip = item_of(view, "vendor").toolTip(1)
    assert "<img" not in tip
    for label in view.findChildren(QLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText


def test_that_a_selected_layer_is_told_and_one_selected_elsewhere_is_shown(
    view: ImageView, qtbot: Any
) -> None:
    view.show_topology(TOPOLOGY)
    with qtbot.waitSignal(view.layer_selected) as told:
        view.layers.selectRow(1)
    assert told.args == [LAYERS[1].digest]
    with qtbot.assertNotEmitted(view.layer_selected):
        view.select_layer(LAYERS[2].digest)
    assert [index.row() for index in view.layers.selectionModel().selectedRows()] == [2]
    view.select_layer("")
    assert not view.layers.selectionModel().hasSelection()


def test_that_a_click_on_the_bar_selects_the_layer(view: ImageView, qtbot: Any) -> None:
    view.show_topology(TOPOLOGY)
    QApplication.processEvents()
    place = view.bar.pieces()[1].center().toPoint()
    with qtbot.waitSignal(view.layer_selected) as told:
        QTest.mouseClick(view.bar, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    assert told.args == [LAYERS[1].digest]


def test_that_enter_on_a_platform_chooses_it_and_on_an_attestation_does_not(
    view: ImageView, qtbot: Any
) -> None:
    view.show_topology(TOPOLOGY)
    with qtbot.waitSignal(view.platform_chosen) as told:
        view.details.itemActivated.emit(item_of(view, "linux/arm64"), 0)
    assert told.args == ["linux/arm64"]
    with qtbot.assertNotEmitted(view.platform_chosen):
        view.details.itemActivated.emit(item_of(view, "unknown/unknown"), 0)


def test_that_rows_are_copied(view: ImageView) -> None:
    view.show_topology(TOPOLOGY)
    item_of(view, "PATH").setSelected(True)
    view.details.copy_action.trigger()
    assert QGuiApplication.clipboard().text() == "PATH\t/bin"


def test_that_a_missing_platform_is_told_with_what_there_is(view: ImageView) -> None:
    topology = replace(TOPOLOGY, layers=(), config=None, problem="no manifest for plan9")
    view.show_topology(topology)
    problem = view.findChild(QLabel, "image_problem")
    assert problem is not None
    assert problem.isVisible()
    assert problem.text() == "no manifest for plan9"
    assert not view.bar.isVisible()
    assert "Platforms" in rows(view)


def test_that_the_selection_survives_what_is_shown_anew(view: ImageView) -> None:
    view.show_topology(replace(TOPOLOGY, config=None))
    view.layers.selectRow(1)
    view.show_topology(TOPOLOGY)
    assert [index.row() for index in view.layers.selectionModel().selectedRows()] == [1]
