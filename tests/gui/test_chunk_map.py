"""The chunk map, seen pixel by pixel."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pullscope.engine.model import (
    MIB,
    ChunkSnapshot,
    ChunkState,
    Extent,
    LayerSnapshot,
    LayerState,
    PullState,
    Settings,
    Snapshot,
    Timeline,
)
from pullscope.gui import theme as themes
from pullscope.gui.chunk_map import STRIP, ChunkMap, paint_strip
from pullscope.gui.theme import DARK, LIGHT, Scheme

WIDTH = 100
IN_FLIGHT = ChunkState.RECEIVING


@pytest.fixture(autouse=True)
def dark(qapp: QApplication) -> None:
    themes.apply(qapp, Scheme.DARK)


def layer(
    size: int = 100 * MIB,
    *,
    extents: tuple[Extent, ...] = (),
    in_flight: tuple[ChunkSnapshot, ...] = (),
    hashed: int = 0,
    frontier: int = 0,
    state: LayerState = LayerState.RECEIVING,
    index: int = 0,
    generation: int = 0,
) -> LayerSnapshot:
    written = sum(extent.length for extent in extents)
    received = written + sum(chunk.received for chunk in in_flight)
    return LayerSnapshot(
        index=index,
        digest=f"sha256:{index:02}{'ab' * 31}",
        size=size,
        media_type="",
        state=state,
        received=received,
        written=written,
        hashed=hashed,
        frontier=frontier,
        attempts=0,
        retries=0,
        generation=generation,
        extents=extents,
        in_flight=in_flight,
    )


def flight(
    offset: int, length: int, state: ChunkState = IN_FLIGHT, received: int = 0, attempt: int = 1
) -> ChunkSnapshot:
    return ChunkSnapshot(900, offset, length, received, received, attempt, 2, state)


def snapshot(*layers: LayerSnapshot) -> Snapshot:
    total = sum(one.size for one in layers)
    return Snapshot(
        at=1.0,
        state=PullState.RUNNING,
        reference="registry.example/image:1",
        digest="",
        platform="",
        settings=Settings(),
        total=total,
        reused=0,
        network=0,
        wasted=0,
        received=sum(one.received for one in layers),
        written=sum(one.written for one in layers),
        hashed=sum(one.hashed for one in layers),
        in_flight=0,
        requests=0,
        retries=3,
        memory=0,
        timeline=Timeline(),
        layers=layers,
    )


def pixels(one: LayerSnapshot, width: int = WIDTH, y: int = 6) -> list[QColor]:
    """Return one line of the strip, drawn on black."""
    image = QImage(width, 20, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.black)
    with QPainter(image) as painter:
        paint_strip(painter, QRect(0, 0, width, 16), one, DARK)
    return [image.pixelColor(x, y) for x in range(width)]


def chunks(*numbers: int, size: int = MIB, attempts: int = 1) -> tuple[Extent, ...]:
    return tuple(Extent(number * size, size, number, attempts) for number in numbers)


def test_that_bytes_nobody_asked_for_are_pending() -> None:
    assert set(map(QColor.rgb, pixels(layer()))) == {DARK.pending.rgb()}


def test_that_hashed_bytes_are_a_prefix_of_the_written_ones() -> None:
    line = pixels(layer(extents=chunks(*range(50)), hashed=20 * MIB, frontier=50 * MIB))
    assert line[0] == line[19] == DARK.hashed
    assert line[20] == line[47] == DARK.written
    assert line[52] == DARK.pending


def test_that_an_unfinished_chunk_far_smaller_than_a_pixel_is_still_seen() -> None:
    size = 10_000
    missing = 4321
    numbers = [number for number in range(size) if number != missing]
    written = chunks(*numbers, size=1)
    line = pixels(layer(size, extents=written))
    assert [x for x, colour in enumerate(line) if colour == DARK.pending] == [43]
    asked = flight(missing, 1, ChunkState.WAITING)
    line = pixels(layer(size, extents=written, in_flight=(asked,)))
    assert [x for x, colour in enumerate(line) if colour == DARK.waiting] == [43]


@pytest.mark.parametrize(
    ("state", "attempt", "colour"),
    [
        (ChunkState.WAITING, 1, DARK.waiting),
        (ChunkState.WAITING, 2, DARK.retried),
        (ChunkState.RETRYING, 1, DARK.retried),
        (ChunkState.FAILED, 1, DARK.failed),
    ],
)
def test_that_a_chunk_in_flight_wears_its_state(
    state: ChunkState, attempt: int, colour: QColor
) -> None:
    line = pixels(layer(in_flight=(flight(20 * MIB, 40 * MIB, state, 0, attempt),)))
    assert colour in line[21:59]
    assert colour not in line[:20] + line[61:]


def test_that_retried_and_failed_are_told_without_colour() -> None:
    for state in (ChunkState.RETRYING, ChunkState.FAILED):
        line = pixels(layer(in_flight=(flight(0, 100 * MIB, state),)))
        assert len(set(map(QColor.rgb, line[2:]))) == 2
    plain = pixels(layer(in_flight=(flight(0, 100 * MIB, ChunkState.WAITING),)))
    assert len(set(map(QColor.rgb, plain[2:]))) == 1


def test_that_a_chunk_being_received_fills_from_its_start() -> None:
    line = pixels(layer(in_flight=(flight(20 * MIB, 40 * MIB, received=30 * MIB),)))
    assert line[21] == line[48] == DARK.receiving
    assert line[51] not in (DARK.receiving, DARK.pending)
    assert line[61] == DARK.pending


def test_that_a_finished_chunk_keeps_a_mark_of_its_retries_below_its_state() -> None:
    one = layer(extents=chunks(*range(5)) + chunks(50, size=MIB, attempts=3), frontier=5 * MIB)
    assert pixels(one, y=15)[50] == DARK.retried
    assert pixels(one, y=6)[50] == DARK.written


def test_that_chunks_wide_enough_are_set_apart() -> None:
    wide = pixels(layer(extents=chunks(0, 1, 2, size=10 * MIB)))
    assert [x for x, colour in enumerate(wide) if colour == QColor("black")] == [10, 20]
    narrow = pixels(layer(extents=chunks(*range(30))))
    assert QColor("black") not in narrow


def test_that_smaller_chunks_after_a_change_are_visibly_smaller() -> None:
    large = chunks(0, 1, size=16 * MIB)
    small = tuple(Extent(32 * MIB + n * 8 * MIB, 8 * MIB, 2 + n) for n in range(4))
    line = pixels(layer(extents=large + small), width=200)
    starts = [x for x, colour in enumerate(line) if colour == QColor("black")]
    assert starts == [32, 64, 80, 96, 112]


def test_that_the_frontier_is_a_line_higher_than_the_strip() -> None:
    image = QImage(WIDTH, 20, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.black)
    with QPainter(image) as painter:
        paint_strip(
            painter,
            QRect(0, 2, WIDTH, 16),
            layer(extents=chunks(*range(30)), frontier=30 * MIB),
            DARK,
        )
    assert image.pixelColor(30, 0) == DARK.text


def test_that_a_layer_begun_anew_forgets_what_was_written() -> None:
    assert pixels(layer(extents=chunks(*range(90)), index=5))[50] == DARK.written
    anew = layer(extents=chunks(0), index=5, generation=1)
    assert pixels(anew)[50] == DARK.pending


def test_that_a_second_pull_of_the_same_layer_is_drawn_from_its_own_extents() -> None:
    first = layer(extents=chunks(*range(50)), index=6)
    second = layer(extents=chunks(*range(99, 40, -1)), index=6)
    pixels(first)
    line = pixels(second)
    assert line[10] == DARK.pending
    assert line[90] == DARK.written


def test_that_extents_taken_in_one_by_one_look_as_all_at_once() -> None:
    rng = np.random.default_rng(7)
    order = rng.permutation(3000).tolist()
    size = 3000 * MIB
    for end in range(0, 2500, 250):
        grown = pixels(layer(size, extents=chunks(*order[:end]), index=7))
    grown = pixels(layer(size, extents=chunks(*order[:2500]), index=7))
    whole = pixels(layer(size, extents=chunks(*order[:2500]), index=8))
    assert grown == whole


@pytest.mark.parametrize("state", [LayerState.DONE, LayerState.EXISTING, LayerState.COMMITTING])
def test_that_a_finished_layer_is_hashed_from_end_to_end(state: LayerState) -> None:
    assert set(map(QColor.rgb, pixels(layer(32, state=state, index=9)))) == {DARK.hashed.rgb()}


def test_that_a_layer_without_bytes_can_be_drawn() -> None:
    assert pixels(layer(0, index=10))[0] == DARK.pending


# --- the widget --------------------------------------------------------------------------------


@pytest.fixture
def chunk_map(qtbot: QtBot) -> ChunkMap:
    widget = ChunkMap()
    qtbot.addWidget(widget)
    widget.resize(600, 200)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def tip(chunk_map: ChunkMap, x: float, row: int) -> str:
    rows = chunk_map._rows
    strip = rows._strip_rect(row)
    found = rows._piece_at(QPointF(strip.x() + x * strip.width(), strip.center().y()))
    assert found
    return rows._tip(*found)


TWO = (
    layer(extents=chunks(*range(30)), hashed=10 * MIB, frontier=30 * MIB),
    layer(
        10 * MIB,
        extents=(Extent(0, MIB, -1, 0),),
        in_flight=(flight(2 * MIB, 2 * MIB, IN_FLIGHT, MIB, 2),),
        index=1,
    ),
)


def test_that_the_map_is_named_for_scripts_and_screen_readers(chunk_map: ChunkMap) -> None:
    assert chunk_map.objectName() == "chunk_map"
    assert chunk_map.accessibleName()
    assert chunk_map.focusProxy().accessibleName()


def test_that_the_map_says_in_words_what_it_shows(chunk_map: ChunkMap) -> None:
    chunk_map.show_snapshot(snapshot(*TWO))
    assert chunk_map.accessible_summary.startswith("2 layers, 0 done, 29 % received, 9 % hashed")
    assert "1 chunks in flight" in chunk_map.accessible_summary
    chunk_map.show_snapshot(None)
    assert chunk_map.accessible_summary == "No layers"


def test_that_a_tip_tells_chunk_range_state_attempt_and_connection(chunk_map: ChunkMap) -> None:
    chunk_map.show_snapshot(snapshot(*TWO))
    assert "chunk 5, hashed, attempts 1" in tip(chunk_map, 0.055, 0)
    assert "chunk 20, written" in tip(chunk_map, 0.205, 0)
    assert "not asked for yet" in tip(chunk_map, 0.8, 0)
    assert "kept from an earlier pull" in tip(chunk_map, 0.05, 1)
    in_flight = tip(chunk_map, 0.25, 1)
    assert "Layer 2 of 2" in in_flight
    assert "chunk 900, receiving, attempt 2, 50 % here, connection c3" in in_flight
    assert "(2 MiB)" in in_flight


def test_that_a_click_selects_the_chunk_below_it(chunk_map: ChunkMap, qtbot: QtBot) -> None:
    chunk_map.show_snapshot(snapshot(*TWO))
    strip = chunk_map._rows._strip_rect(1)
    at = QPoint(strip.x() + strip.width() * 3 // 10, strip.center().y())
    with qtbot.waitSignal(chunk_map.chunk_selected) as selected:
        QTest.mouseClick(
            chunk_map._rows.viewport(),
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
            at,
        )
    assert selected.args == [1, 900]


def test_that_the_arrow_keys_walk_over_chunks_and_layers(chunk_map: ChunkMap, qtbot: QtBot) -> None:
    chunk_map.show_snapshot(snapshot(*TWO))
    seen: list[tuple[int, int]] = []
    chunk_map.chunk_selected.connect(lambda one, chunk: seen.append((one, chunk)))
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Up):
        QTest.keyClick(chunk_map._rows, key)
    assert seen == [(0, 0), (0, 1), (1, 900), (0, 0)]


def test_that_widths_can_show_the_share_of_bytes(chunk_map: ChunkMap) -> None:
    chunk_map.show_snapshot(snapshot(*TWO))
    assert chunk_map.equal_width
    assert chunk_map._rows._strip_rect(0).width() == chunk_map._rows._strip_rect(1).width()
    chunk_map.equal_width = False
    wide, narrow = (chunk_map._rows._strip_rect(row).width() for row in (0, 1))
    assert narrow == pytest.approx(wide / 10, abs=1)


def test_that_rows_that_do_not_fit_can_be_scrolled_to(chunk_map: ChunkMap) -> None:
    chunk_map.show_snapshot(snapshot(*(layer(index=number) for number in range(30))))
    bar = chunk_map._rows.verticalScrollBar()
    assert bar.maximum() > 0
    bar.setValue(bar.maximum())
    last = chunk_map._rows._strip_rect(29)
    assert last.bottom() <= chunk_map._rows.viewport().height()
    assert last.height() == STRIP


def test_that_the_map_is_drawn_anew_in_the_other_theme(
    chunk_map: ChunkMap, qapp: QApplication
) -> None:
    chunk_map.show_snapshot(snapshot(layer()))
    strip = chunk_map._rows._strip_rect(0)
    assert chunk_map._rows.viewport().grab().toImage().pixelColor(strip.center()) == DARK.pending
    themes.apply(qapp, Scheme.LIGHT)
    assert chunk_map._rows.viewport().grab().toImage().pixelColor(strip.center()) == LIGHT.pending


def test_that_another_image_of_as_many_layers_begins_without_a_selection(
    chunk_map: ChunkMap,
) -> None:
    chunk_map.show_snapshot(snapshot(layer(index=1, extents=chunks(0))))
    chunk_map.select_chunk(1, 0)
    chunk_map.show_snapshot(snapshot(layer(index=2)))
    assert chunk_map._rows._selected is None
