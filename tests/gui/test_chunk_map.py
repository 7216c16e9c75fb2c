"""The chunk map: rows, words, selection and keys."""

from dataclasses import replace

import pytest
from made_up_layers import chunks, flight, layer
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pullscope.engine.events import ChunkDone, ChunkStarted, FirstByte
from pullscope.engine.model import (
    MIB,
    ChunkState,
    Extent,
    LayerSnapshot,
    PullState,
    Settings,
    Snapshot,
    Timeline,
)
from pullscope.gui import theme as themes
from pullscope.gui.attempts import Attempts
from pullscope.gui.chunk_map import ROW, STRIP, ChunkMap, draw_frontier
from pullscope.gui.map_colours import (
    ColourBy,
    connection_colours,
    retry_colours,
    unknown_colour,
)
from pullscope.gui.theme import DARK, LIGHT, Scheme

WIDTH = 100


@pytest.fixture(autouse=True)
def dark(qapp: QApplication) -> None:
    themes.apply(qapp, Scheme.DARK)


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


def test_that_the_frontier_is_a_line_higher_than_the_strip() -> None:
    image = QImage(WIDTH, 20, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.black)
    with QPainter(image) as painter:
        one = layer(extents=chunks(*range(30)), frontier=30 * MIB)
        draw_frontier(painter, QRect(0, 2, WIDTH, 16), one, DARK)
    assert image.pixelColor(30, 0) == DARK.text


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
        in_flight=(flight(2 * MIB, 2 * MIB, ChunkState.RECEIVING, MIB, 2),),
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
    assert seen == [(0, 0), (0, 1), (1, 900), (0, 1)]


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


@pytest.mark.parametrize(
    ("by", "rows"),
    [(ColourBy.STATE, (1, 2)), (ColourBy.CONNECTION, (1, 2)), (ColourBy.AGE, (0, 3))],
)
def test_that_only_rows_that_look_other_are_drawn_anew(
    chunk_map: ChunkMap, monkeypatch: pytest.MonkeyPatch, by: ColourBy, rows: tuple[int, int]
) -> None:
    chunk_map.colour_by = by
    before = [layer(index=number) for number in range(4)]
    chunk_map.show_snapshot(snapshot(*before))
    drawn: list[QRect] = []
    viewport = chunk_map._rows.viewport()
    monkeypatch.setattr(viewport, "update", lambda *rect: drawn.append(QRect(*rect)))
    chunk_map.show_snapshot(snapshot(*before))
    assert bool(drawn) is (by is ColourBy.AGE)  # which goes on where nothing comes
    drawn.clear()
    after = [layer(index=number, extents=chunks(*range(number % 3))) for number in range(4)]
    chunk_map.show_snapshot(snapshot(*after))
    [rect] = drawn
    assert rect.top() == rows[0] * ROW
    assert rect.height() == (rows[1] - rows[0] + 1) * ROW
    assert rect.right() == viewport.rect().right()
    assert rect.left() > 0  # labels stand still


def test_that_a_row_drawn_alone_looks_as_among_all(chunk_map: ChunkMap) -> None:
    chunk_map.show_snapshot(snapshot(*(layer(index=n, extents=chunks(*range(n))) for n in (9, 40))))
    viewport = chunk_map._rows.viewport()
    whole = viewport.grab().toImage()
    second = QRect(0, ROW, viewport.width(), ROW)
    assert viewport.grab(second).toImage() == whole.copy(second)


# --- with what is known of the attempts --------------------------------------------------------


def attempts_of(*numbers: int) -> Attempts:
    """Return attempts for chunks of 1 MiB: chunk n on connection n, first byte after 2**n ms."""
    attempts = Attempts()
    for n in numbers:
        attempts(ChunkStarted(float(n), 0, n, 1, n * MIB, MIB, n, n - 0.5))
        attempts(FirstByte(n + 0.001 * 2**n, 0, n, 1, 206, "cdn.example", "HTTP/1.1"))
        attempts(ChunkDone(n + 0.8, 0, n, 1, n + 0.75, MIB))
    return attempts


def strip_colours(chunk_map: ChunkMap, row: int = 0) -> list[QColor]:
    """Return the colours in the middle of a strip, one a chunk of ten."""
    rows = chunk_map._rows
    image = rows.viewport().grab().toImage()
    rect = rows._strip_rect(row)
    width = rect.width() / 10
    places = [round(rect.x() + (n + 0.5) * width) for n in range(10)]
    return [image.pixelColor(x, rect.center().y()) for x in places]


def rgb(colours: list[QColor]) -> list[int]:
    return [colour.rgb() for colour in colours]


@pytest.fixture
def known(chunk_map: ChunkMap) -> ChunkMap:
    """A map of one layer of ten chunks, of which the first eight are here."""
    chunk_map.set_attempts(attempts_of(*range(8)))
    one = layer(10 * MIB, extents=chunks(*range(8)), hashed=2 * MIB, frontier=8 * MIB)
    chunk_map.show_snapshot(replace(snapshot(one), at=9.0))
    return chunk_map


def test_that_neighbours_on_other_connections_have_other_colours(known: ChunkMap) -> None:
    known.colour_by = ColourBy.CONNECTION
    colours = strip_colours(known)
    assert colours[:8] == connection_colours()[:8]
    assert colours[8:] == [DARK.pending] * 2


def test_that_older_bytes_are_darker(known: ChunkMap) -> None:
    known.colour_by = ColourBy.AGE
    lightness = [colour.lightnessF() for colour in strip_colours(known)[:8]]
    assert lightness == sorted(lightness)
    assert lightness[7] > lightness[0] + 0.2


def test_that_longer_waits_for_the_first_byte_are_lighter(known: ChunkMap) -> None:
    known.colour_by = ColourBy.LATENCY
    lightness = [colour.lightnessF() for colour in strip_colours(known)[:8]]
    assert lightness == sorted(lightness)
    assert "1.0 ms – 200 ms" in known._legend.text()


def test_that_chunks_that_were_asked_again_stand_out(chunk_map: ChunkMap) -> None:
    attempts = Attempts()
    for n in range(4):
        attempts(ChunkStarted(0.0, 0, n, n + 1, n * MIB, MIB, 0, 0.0))
    chunk_map.set_attempts(attempts)
    extents = tuple(Extent(n * MIB, MIB, n, n + 1) for n in range(4))
    chunk_map.show_snapshot(snapshot(layer(10 * MIB, extents=extents)))
    chunk_map.colour_by = ColourBy.RETRIES
    assert rgb(strip_colours(chunk_map)[:4]) == rgb(retry_colours(DARK))


def test_that_a_chunk_in_flight_has_its_connection_too_but_fainter(chunk_map: ChunkMap) -> None:
    attempts = attempts_of(0)
    attempts(ChunkStarted(1.0, 0, 900, 1, MIB, MIB, 0, 1.0))
    chunk_map.set_attempts(attempts)
    one = layer(10 * MIB, extents=chunks(0), in_flight=(flight(MIB, MIB, ChunkState.WAITING),))
    chunk_map.show_snapshot(snapshot(one))
    chunk_map.colour_by = ColourBy.CONNECTION
    here, coming, missing = strip_colours(chunk_map)[:3]
    assert here == connection_colours()[0]
    assert coming not in (here, missing)
    assert missing == DARK.pending


def test_that_bytes_of_which_nothing_is_known_are_told_apart(chunk_map: ChunkMap) -> None:
    chunk_map.show_snapshot(snapshot(layer(10 * MIB, extents=(Extent(0, MIB, -1, 0),))))
    chunk_map.colour_by = ColourBy.LATENCY
    assert rgb(strip_colours(chunk_map)[:2]) == rgb([unknown_colour(DARK), DARK.pending])


def test_that_the_hashed_bytes_are_underlined_where_colours_do_not_tell(known: ChunkMap) -> None:
    rows = known._rows
    rect = rows._strip_rect(0)
    below = rect.bottom() + 1
    known.colour_by = ColourBy.AGE
    image = rows.viewport().grab().toImage()
    assert image.pixelColor(rect.x() + rect.width() // 10, below) == DARK.hashed
    assert image.pixelColor(rect.x() + rect.width() * 4 // 10, below) == DARK.panel


@pytest.mark.parametrize("by", list(ColourBy))
def test_that_a_pull_in_which_nothing_has_come_can_be_coloured(
    chunk_map: ChunkMap, by: ColourBy
) -> None:
    chunk_map.colour_by = by
    chunk_map.show_snapshot(snapshot(layer(10 * MIB)))
    assert strip_colours(chunk_map) == [DARK.pending] * 10
    assert chunk_map._legend.text()


def test_that_a_tip_tells_connection_host_and_the_time_of_each_phase(known: ChunkMap) -> None:
    words = tip(known, 0.35, 0)
    assert "connection c4" in words
    assert "cdn.example, HTTP 206" in words
    assert "queued 500 ms, waiting 8.0 ms, receiving 742 ms, writing 50 ms" in words


def test_that_what_waits_behind_a_gap_is_told(chunk_map: ChunkMap) -> None:
    one = layer(extents=chunks(*range(10, 30)), frontier=0)
    chunk_map.show_snapshot(snapshot(one))
    assert "20 MiB wait behind a gap" in chunk_map.accessible_summary
    assert "waits behind a gap" in tip(chunk_map, 0.205, 0)


def test_that_the_selected_chunk_is_told_to_screen_readers(chunk_map: ChunkMap) -> None:
    chunk_map.show_snapshot(snapshot(*TWO))
    chunk_map.select_chunk(0, 5)
    assert "Selected: Layer 1 of 2" in chunk_map._rows.accessibleDescription()
    assert "chunk 5, hashed" in chunk_map._rows.accessibleDescription()
    chunk_map.select_chunk(-1, -1)
    assert "Selected" not in chunk_map._rows.accessibleDescription()


def test_that_screen_readers_are_told_once_a_second_not_with_every_frame(
    chunk_map: ChunkMap,
) -> None:
    def told(at: float, here: int) -> str:
        one = layer(extents=chunks(*range(here)), frontier=here * MIB)
        chunk_map.show_snapshot(replace(snapshot(one), at=at))
        return chunk_map._rows.accessibleDescription()

    assert "10 % received" in told(1.0, 10)
    assert "10 % received" in told(1.5, 20)
    assert "20 % received" in chunk_map.accessible_summary  # whoever asks is told
    assert "30 % received" in told(2.0, 30)


def test_that_the_row_of_the_selected_layer_stands_out(chunk_map: ChunkMap) -> None:
    chunk_map.show_snapshot(snapshot(*TWO))
    rows = chunk_map._rows
    chunk_map.select_chunk(1, -1)
    image = rows.viewport().grab().toImage()
    assert image.pixelColor(8, rows._strip_rect(1).center().y()) == DARK.raised
    assert image.pixelColor(8, rows._strip_rect(0).center().y()) == DARK.panel


def test_that_home_end_and_escape_are_keys_of_the_map(chunk_map: ChunkMap) -> None:
    chunk_map.show_snapshot(snapshot(*TWO))
    seen: list[tuple[int, int]] = []
    chunk_map.chunk_selected.connect(lambda one, chunk: seen.append((one, chunk)))
    for key in (Qt.Key.Key_End, Qt.Key.Key_Home, Qt.Key.Key_Period, Qt.Key.Key_Escape):
        QTest.keyClick(chunk_map._rows, key)
    assert seen == [(0, 29), (0, 0), (0, 1), (-1, -1)]


def test_that_choices_of_colour_and_width_are_named_and_reached_by_keyboard(
    chunk_map: ChunkMap,
) -> None:
    for box in (chunk_map._by, chunk_map._widths):
        assert box.accessibleName()
        assert box.focusPolicy() & Qt.FocusPolicy.TabFocus
        assert all(box.itemText(index) for index in range(box.count()))
    QTest.keyClick(chunk_map._by, Qt.Key.Key_Down)
    assert chunk_map.colour_by is ColourBy.CONNECTION


def test_that_another_pull_is_drawn_from_its_own_attempts(known: ChunkMap) -> None:
    known.colour_by = ColourBy.CONNECTION
    other = Attempts()
    for n in range(8):
        other(ChunkStarted(float(n), 0, n, 1, n * MIB, MIB, 0, n - 0.5))
    known.set_attempts(other)
    one = layer(10 * MIB, extents=chunks(*range(8)), frontier=8 * MIB)
    known.show_snapshot(snapshot(one))
    assert rgb(strip_colours(known)[:8]) == rgb(connection_colours()[:1] * 8)
