"""The timeline: which time is visible, and what its bars look like."""

import math
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from pullscope.engine.events import (
    ChunkDone,
    ChunkHedged,
    ChunkReturned,
    ChunkStarted,
    FirstByte,
    PrefixHashed,
    PullEnded,
    PullEvent,
    PullResolved,
    RequestSent,
)
from pullscope.engine.model import MIB, Layer, PullState
from pullscope.gui import theme as themes
from pullscope.gui.attempts import Attempts
from pullscope.gui.theme import DARK, LIGHT, Scheme
from pullscope.gui.time_axis import Mark
from pullscope.gui.timeline import Timeline

SPAN = 12.0


def started(chunk: int, at: float, *, layer: int = 0, attempt: int = 1, c: int = 0) -> ChunkStarted:
    return ChunkStarted(at, layer, chunk, attempt, chunk * MIB, MIB, c, at - 0.5)


def first_byte(chunk: int, at: float, *, layer: int = 0, attempt: int = 1) -> FirstByte:
    return FirstByte(at, layer, chunk, attempt, 206, "cdn.example", "HTTP/1.1")


def done(chunk: int, received_at: float, at: float, *, layer: int = 0) -> ChunkDone:
    return ChunkDone(at, layer, chunk, 1, received_at, MIB)


def returned(chunk: int, at: float, retry_in: float | None = 0.5) -> ChunkReturned:
    return ChunkReturned(at, 0, chunk, 1, 0, "connection reset", None, retry_in)


Fill = Callable[..., Timeline]


@pytest.fixture
def fill(qapp: QApplication, qtbot: QtBot) -> Fill:
    """Return a function that shows a timeline of the given events at a time."""
    themes.apply(qapp, Scheme.DARK)

    def fill(*events: PullEvent, now: float = SPAN) -> Timeline:
        timeline = Timeline()
        qtbot.addWidget(timeline)
        timeline.resize(900, 220)
        timeline.show()
        qtbot.waitExposed(timeline)
        attempts = Attempts()
        for event in events:
            attempts(event)
        timeline.set_attempts(attempts)
        timeline.advance(now)
        return timeline

    return fill


def colour_at(timeline: Timeline, at: float, row: int) -> QColor:
    bars = timeline._bars
    y = bars._plot().y() + row * bars._pitch() + bars._pitch() // 2
    return bars.viewport().grab().toImage().pixelColor(round(bars._x(at)), y)


def colours_of_row(timeline: Timeline, row: int) -> set[int]:
    bars = timeline._bars
    image = bars.viewport().grab().toImage()
    y = bars._plot().y() + row * bars._pitch() + 1
    plot = bars._plot()
    return {image.pixel(x, y) for x in range(plot.left(), plot.right())}


def test_that_it_is_named_for_scripts_and_screen_readers(fill: Fill) -> None:
    timeline = fill()
    assert timeline.objectName() == "timeline"
    for child in (timeline, timeline._bars, timeline._rows, timeline._span, timeline._follow):
        assert child.accessibleName()


def test_that_a_bar_shows_its_phases_one_after_the_other(fill: Fill) -> None:
    timeline = fill(started(0, 1.0), first_byte(0, 3.0), done(0, 7.0, 9.0))
    assert colour_at(timeline, 2.0, 0) == DARK.waiting
    assert colour_at(timeline, 5.0, 0) == DARK.receiving
    assert colour_at(timeline, 8.0, 0) == DARK.written
    assert colour_at(timeline, 10.5, 0) == DARK.panel


def test_that_an_attempt_in_flight_reaches_to_the_present(fill: Fill) -> None:
    timeline = fill(started(0, 1.0), first_byte(0, 3.0), now=6.0)
    assert colour_at(timeline, 5.5, 0) == DARK.receiving
    assert colour_at(timeline, 7.0, 0) == DARK.panel


def test_that_an_attempt_that_is_retried_is_told_without_colour_too(fill: Fill) -> None:
    timeline = fill(started(0, 1.0), first_byte(0, 3.0), returned(0, 9.0))
    colours = colours_of_row(timeline, 0)
    assert DARK.retried.rgb() in colours
    assert DARK.receiving.rgb() not in colours
    bars = timeline._bars
    image = bars.viewport().grab().toImage()
    inside = range(round(bars._x(4.0)), round(bars._x(8.0)))
    assert len({image.pixel(x, bars._plot().y() + 4) for x in inside}) == 2


def test_that_a_chunk_cut_by_a_pause_keeps_its_phases(fill: Fill) -> None:
    timeline = fill(started(0, 1.0), first_byte(0, 3.0), returned(0, 9.0, retry_in=None))
    assert DARK.retried.rgb() not in colours_of_row(timeline, 0)
    assert colour_at(timeline, 5.0, 0) == DARK.receiving


def test_that_neither_a_short_attempt_nor_a_short_failure_vanishes_from_afar(fill: Fill) -> None:
    timeline = fill(
        started(0, 500.0, c=0),
        first_byte(0, 500.001),
        done(0, 500.002, 500.003),
        started(1, 700.0, c=1),
        returned(1, 700.001),
        now=3600.0,
    )
    timeline._bars.follow(math.inf)
    assert DARK.receiving.rgb() in colours_of_row(timeline, 0)
    assert DARK.retried.rgb() in colours_of_row(timeline, 1)


def test_that_phases_keep_their_share_of_time_from_afar(fill: Fill) -> None:
    events: list[PullEvent] = []
    for chunk in range(4000):  # three quarters of the time each receives, and is far below a pixel
        at = chunk * 0.1
        events += [
            started(chunk, at),
            first_byte(chunk, at + 0.0237),
            done(chunk, at + 0.0999, at + 0.0999),
        ]
    timeline = fill(*events, now=400.0)
    timeline._bars.follow(math.inf)
    bars = timeline._bars
    image = bars.viewport().grab().toImage()
    plot = bars._plot()
    line = [image.pixel(x, plot.y() + 4) for x in range(plot.left(), plot.right())]
    assert line.count(DARK.receiving.rgb()) / len(line) == pytest.approx(0.76, abs=0.1)


def test_that_a_row_is_a_connection_or_a_place_in_a_layer(fill: Fill) -> None:
    layers = (Layer("sha256:aaaa", 1, ""), Layer("sha256:bbbb", 1, ""))
    timeline = fill(
        PullResolved(0.0, "", "", layers),
        started(0, 1.0, c=4),
        started(1, 1.0, c=1),
        started(2, 1.0, layer=1, c=2),
    )
    assert timeline._bars._rows == 5
    timeline.set_by_layer(True)
    assert timeline.by_layer
    assert timeline._bars._rows == 3
    assert timeline._heading.text() == "LAYERS"


def test_that_the_time_in_the_queue_is_drawn_by_layer_only(fill: Fill) -> None:
    timeline = fill(started(0, 2.0), first_byte(0, 2.5))
    assert colour_at(timeline, 1.75, 0) == DARK.panel
    timeline.set_by_layer(True)
    assert colour_at(timeline, 1.75, 0) not in (DARK.panel, DARK.waiting, DARK.receiving)


def test_that_many_connections_shrink_the_rows_and_then_scroll(fill: Fill) -> None:
    few = fill(*(started(n, 1.0, c=n) for n in range(20)))
    assert few._bars.verticalScrollBar().maximum() == 0
    many = fill(*(started(n, 1.0, c=n) for n in range(128)))
    assert many._bars._pitch() == 3
    assert many._bars.verticalScrollBar().maximum() > 0


def test_that_new_connections_get_rows_while_the_pull_runs(fill: Fill) -> None:
    timeline = fill(started(0, 1.0))
    timeline._bars._attempts(started(1, 2.0, c=7))
    timeline.advance(3.0)
    assert timeline._bars._rows == 8


# Which time is visible


def test_that_it_follows_the_present(fill: Fill, qtbot: QtBot) -> None:
    timeline = fill(started(0, 1.0))
    assert timeline.following
    with qtbot.waitSignal(timeline.range_changed) as changed:
        timeline.advance(20.0)
    assert changed.args == [8.0, 20.0]
    assert timeline.time_range() == (8.0, 20.0)


def test_that_a_frozen_range_stays_while_time_goes_on(fill: Fill) -> None:
    timeline = fill(started(0, 1.0), now=20.0)
    timeline.set_following(False)
    timeline.advance(30.0)
    assert timeline.time_range() == (8.0, 20.0)
    QTest.keyClick(timeline._bars, Qt.Key.Key_Space)
    assert timeline.following
    assert timeline.time_range() == (18.0, 30.0)


def test_that_a_choice_of_period_is_followed(fill: Fill) -> None:
    timeline = fill(started(0, 1.0), now=100.0)
    for index, expected in enumerate([(88.0, 100.0), (70.0, 100.0), (40.0, 100.0), (0.0, 100.0)]):
        timeline._span.setCurrentIndex(index)
        timeline._span.activated.emit(index)
        assert timeline.time_range() == expected


def test_that_a_range_set_from_outside_ends_following(fill: Fill) -> None:
    timeline = fill(started(0, 1.0), now=100.0)
    timeline.set_range(10.0, 20.0)
    assert timeline.time_range() == (10.0, 20.0)
    assert not timeline.following
    assert not timeline._follow.isChecked()
    assert timeline._span.currentIndex() == -1


def test_that_the_wheel_zooms_at_the_cursor(fill: Fill) -> None:
    timeline = fill(started(0, 1.0), now=100.0)
    timeline.set_range(10.0, 20.0)
    bars = timeline._bars
    at = QPointF(bars._x(12.5), 30)
    turn = QWheelEvent(
        at,
        bars.viewport().mapToGlobal(at),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(bars.viewport(), turn)
    t0, t1 = timeline.time_range()
    assert t1 - t0 == pytest.approx(8.0)
    assert (12.5 - t0) / (t1 - t0) == pytest.approx(0.25, abs=0.01)


def test_that_zooming_while_following_keeps_the_present_at_the_edge(fill: Fill) -> None:
    timeline = fill(started(0, 1.0), now=100.0)
    QTest.keyClick(timeline._bars, Qt.Key.Key_Plus)
    t0, t1 = timeline.time_range()
    assert timeline.following
    assert (t1, t1 - t0) == (100.0, pytest.approx(SPAN * 0.8))
    QTest.keyClick(timeline._bars, Qt.Key.Key_Minus)
    assert timeline.time_range() == (pytest.approx(88.0), 100.0)


def test_that_arrows_and_dragging_move_and_freeze(fill: Fill) -> None:
    timeline = fill(started(0, 1.0), now=100.0)
    QTest.keyClick(timeline._bars, Qt.Key.Key_Left)
    assert not timeline.following
    assert timeline.time_range() == (pytest.approx(86.2), pytest.approx(98.2))
    view, bars = timeline._bars.viewport(), timeline._bars
    before = timeline.time_range()[0]
    left, shift = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier
    QTest.mousePress(view, left, shift, QPoint(300, 40))
    QTest.mouseMove(view, QPoint(400, 40))
    QTest.mouseRelease(view, left, shift, QPoint(400, 40))
    moved = before - timeline.time_range()[0]
    assert moved == pytest.approx(100 * SPAN / bars._plot().width(), rel=0.02)


def test_that_home_fits_the_whole_pull(fill: Fill) -> None:
    timeline = fill(started(0, 1.0), now=100.0)
    timeline.set_range(10.0, 20.0)
    QTest.keyClick(timeline._bars, Qt.Key.Key_Home)
    assert timeline.time_range() == (0.0, 100.0)


def test_that_nothing_before_the_beginning_is_shown(fill: Fill) -> None:
    timeline = fill(started(0, 1.0), now=20.0)
    for _ in range(20):
        QTest.keyClick(timeline._bars, Qt.Key.Key_Left)
    assert timeline.time_range() == (0.0, pytest.approx(SPAN))


# Words and marks


def test_that_a_tip_tells_an_attempts_whole_story(fill: Fill) -> None:
    layers = (Layer("sha256:abcdef0123", 1, ""),)
    timeline = fill(
        PullResolved(0.0, "", "", layers),
        started(3, 1.0, c=1),
        first_byte(3, 1.25),
        done(3, 7.25, 7.3),
    )
    bars = timeline._bars
    tip = bars._tip_at(QPointF(bars._x(4.0), bars._plot().y() + bars._pitch() + 3))
    assert "Layer 1, abcdef01" in tip
    assert "chunk 3, attempt 1, connection c2" in tip
    assert "bytes 3,145,728 to 4,194,303 (1 MiB)" in tip
    assert "cdn.example, HTTP 206" in tip
    assert "queued 500 ms, waiting 250 ms, receiving 6.0 s, writing 50 ms" in tip
    assert bars._tip_at(QPointF(bars._x(10.0), bars._plot().y() + bars._pitch() + 3)) == ""


def test_that_a_tip_says_why_an_attempt_ended_early(fill: Fill) -> None:
    timeline = fill(started(3, 1.0), returned(3, 4.0))
    bars = timeline._bars
    tip = bars._tip_at(QPointF(bars._x(2.0), bars._plot().y() + 3))
    assert "ended early: connection reset" in tip


def test_that_a_mark_is_drawn_where_a_setting_changed(fill: Fill) -> None:
    timeline = fill(started(0, 1.0))
    timeline.set_marks([Mark(6.0, "parallelism 8 → 16")])
    bars = timeline._bars
    image = bars.viewport().grab().toImage()
    x = round(bars._x(6.0))
    column = {image.pixel(x, y) for y in range(bars._plot().top(), bars._plot().bottom())}
    assert DARK.text.rgb() in column
    assert bars._tip_at(QPointF(bars._x(6.0), 40)).startswith("parallelism 8 → 16")


def test_that_another_pull_begins_without_the_marks_of_the_last(fill: Fill) -> None:
    timeline = fill(started(0, 1.0))
    timeline.set_marks([Mark(6.0, "parallelism 8 → 16")])
    timeline.set_range(0.0, 5.0)
    first = timeline._bars._attempts
    timeline.set_attempts(Attempts())
    assert not timeline._bars._tip_at(QPointF(timeline._bars._x(6.0), 40))
    assert timeline.following
    assert timeline.time_range() == (0.0, SPAN)
    timeline.set_attempts(first)  # and has them again when it is looked at again
    assert "parallelism" in timeline._bars._tip_at(QPointF(timeline._bars._x(6.0), 40))


def test_that_a_click_selects_the_chunk_of_a_bar(fill: Fill, qtbot: QtBot) -> None:
    timeline = fill(started(3, 1.0), done(3, 8.0, 9.0))
    bars = timeline._bars
    at = QPoint(round(bars._x(4.0)), bars._plot().y() + 3)
    with qtbot.waitSignal(timeline.chunk_selected) as selected:
        QTest.mouseClick(
            bars.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at
        )
    assert selected.args == [0, 3]


def test_that_the_time_under_the_mouse_is_told(fill: Fill, qtbot: QtBot) -> None:
    timeline = fill(started(3, 1.0))
    bars = timeline._bars
    with qtbot.waitSignal(timeline.time_hovered) as hovered:
        QTest.mouseMove(bars.viewport(), QPoint(round(bars._x(5.0)), 40))
    assert hovered.args[0] == pytest.approx(5.0, abs=0.05)


def test_that_it_is_drawn_anew_in_the_other_theme(fill: Fill, qapp: QApplication) -> None:
    timeline = fill(started(0, 1.0), done(0, 2.0, 3.0))
    assert colour_at(timeline, 10.5, 0) == DARK.panel
    themes.apply(qapp, Scheme.LIGHT)
    assert colour_at(timeline, 10.5, 0) == LIGHT.panel


# Selection, zoom and keys


def drag(timeline: Timeline, t0: float, t1: float, y: int | None = None) -> None:
    bars = timeline._bars
    view, left = bars.viewport(), Qt.MouseButton.LeftButton
    y = bars._plot().y() + 20 if y is None else y
    x0, x1 = round(bars._x(t0)), round(bars._x(t1))
    QTest.mousePress(view, left, Qt.KeyboardModifier.NoModifier, QPoint(x0, y))
    QTest.mouseMove(view, QPoint(x1, y))
    QTest.mouseRelease(view, left, Qt.KeyboardModifier.NoModifier, QPoint(x1, y))


def test_that_dragging_selects_a_range_and_its_numbers_are_shown(fill: Fill) -> None:
    timeline = fill(started(0, 1.0), first_byte(0, 3.0), done(0, 7.0, 9.0))
    drag(timeline, 2.0, 8.0)
    assert timeline._bars.selected_span == (
        pytest.approx(2.0, abs=0.05),
        pytest.approx(8.0, abs=0.05),
    )
    assert timeline._panel.isVisible()
    assert "1 attempts" in timeline._panel.text()
    assert not timeline.following  # it would run away from under the mouse
    QTest.keyClick(timeline._bars, Qt.Key.Key_Escape)
    assert not timeline._panel.isVisible()


def test_that_the_panel_does_not_hide_the_range(fill: Fill) -> None:
    timeline = fill(started(0, 1.0))
    for t0, t1 in ((1.0, 2.0), (10.0, 11.0)):
        drag(timeline, t0, t1)
        place = timeline._panel.geometry()
        middle = timeline._bars._x((t0 + t1) / 2)
        assert not place.left() <= middle <= place.right()


def test_that_dragging_on_the_time_axis_zooms_and_backspace_goes_back(fill: Fill) -> None:
    timeline = fill(started(0, 1.0))
    assert not timeline._back.isEnabled()
    drag(timeline, 2.0, 4.0, y=timeline._bars.viewport().height() - 5)
    assert timeline.time_range() == (pytest.approx(2.0, abs=0.05), pytest.approx(4.0, abs=0.05))
    assert timeline._bars.selected_span is None
    assert timeline._back.isEnabled()
    QTest.keyClick(timeline._bars, Qt.Key.Key_Backspace)
    assert timeline.time_range() == (0.0, SPAN)
    assert timeline.following


def test_that_the_keys_of_games_zoom_and_move(fill: Fill) -> None:
    timeline = fill(started(0, 1.0), now=100.0)
    timeline.set_range(40.0, 50.0)
    for key, expected in (
        (Qt.Key.Key_W, (41.0, 49.0)),
        (Qt.Key.Key_S, (40.0, 50.0)),
        (Qt.Key.Key_D, (41.5, 51.5)),
        (Qt.Key.Key_A, (40.0, 50.0)),
        (Qt.Key.Key_0, (0.0, 100.0)),
    ):
        QTest.keyClick(timeline._bars, key)
        assert timeline.time_range() == (pytest.approx(expected[0]), pytest.approx(expected[1]))


def test_that_f_shows_the_selected_chunk_and_else_everything(fill: Fill) -> None:
    timeline = fill(started(0, 1.0), done(0, 4.0, 5.0), started(1, 60.0), now=100.0)
    timeline.set_range(40.0, 50.0)
    QTest.keyClick(timeline._bars, Qt.Key.Key_F)
    assert timeline.time_range() == (0.0, 100.0)
    timeline.select_chunk(0, 0)
    QTest.keyClick(timeline._bars, Qt.Key.Key_F)
    assert timeline.time_range() == (0.0, 6.0)
    timeline.select_chunk(0, 1)
    QTest.keyClick(timeline._bars, Qt.Key.Key_F)
    assert timeline.time_range() == (50.0, 110.0)


def test_that_period_and_comma_walk_along_a_row(fill: Fill) -> None:
    timeline = fill(
        started(0, 1.0, c=0), done(0, 2.0, 2.0),
        started(1, 1.0, c=1), done(1, 2.0, 2.0),
        started(2, 3.0, c=0), done(2, 4.0, 4.0),
        started(3, 40.0, c=0), done(3, 41.0, 41.0),
        now=50.0,
    )  # fmt: skip
    timeline.set_range(0.0, 10.0)
    seen: list[int] = []
    timeline.chunk_selected.connect(lambda layer, chunk: seen.append(chunk))
    timeline.select_chunk(0, 0)
    for key in (Qt.Key.Key_Period, Qt.Key.Key_Period, Qt.Key.Key_Period, Qt.Key.Key_Comma):
        QTest.keyClick(timeline._bars, key)
    assert seen == [2, 3, 3, 2]
    t0, t1 = timeline.time_range()
    assert t0 <= 3.0 <= t1  # it came along


def test_that_a_retry_is_joined_with_what_failed(fill: Fill) -> None:
    events = [started(0, 1.0, c=0), returned(0, 4.0), started(0, 9.0, attempt=2, c=3)]
    joined = fill(*events)
    bars = joined._bars
    image = bars.viewport().grab().toImage()
    x, y = round(bars._x(6.5)), round((bars._row_y(0) + bars._row_y(3)) / 2)
    near = {image.pixel(x, each) for each in range(y - 2, y + 3)}
    assert near != {DARK.panel.rgb()}
    alone = fill(started(0, 1.0, c=0), returned(0, 4.0), started(1, 9.0, c=3))
    image = alone._bars.viewport().grab().toImage()
    assert {image.pixel(x, each) for each in range(y - 2, y + 3)} == {DARK.panel.rgb()}


def test_that_hashing_is_drawn_below_the_bar_of_its_chunk(fill: Fill) -> None:
    timeline = fill(
        started(0, 1.0), first_byte(0, 2.0), done(0, 3.0, 3.0), PrefixHashed(8.0, 0, MIB, 6.0)
    )
    bars = timeline._bars
    image = bars.viewport().grab().toImage()
    foot = bars._plot().y() + bars._pitch() - 2
    assert image.pixelColor(round(bars._x(7.0)), foot) == DARK.hashed
    assert image.pixelColor(round(bars._x(4.5)), foot) == DARK.panel
    tip = bars._tip_at(QPointF(bars._x(2.5), bars._plot().y() + 3))
    assert "waiting for its turn to be hashed 3.0 s, hashing 2.0 s" in tip


def test_that_requests_for_tokens_and_redirects_stand_above_the_bars(fill: Fill) -> None:
    token = RequestSent(2.0, "token", "auth.example", 200, 0.5)
    redirect = RequestSent(3.0, "redirect", "registry.example", 307, 1.0)
    timeline = fill(token, redirect, started(0, 3.5))
    bars = timeline._bars
    assert bars._plot().y() == 2 + 2 * 14 + 4
    assert "token" in bars._tip_at(QPointF(bars._x(1.0), 6))
    assert "auth.example, HTTP 200" in bars._tip_at(QPointF(bars._x(1.0), 6))
    assert "redirect" in bars._tip_at(QPointF(bars._x(2.0), 20))
    assert bars._tip_at(QPointF(bars._x(8.0), 6)) == ""


def test_that_it_says_in_words_what_it_shows(fill: Fill) -> None:
    timeline = fill(started(0, 1.0), first_byte(0, 3.0), returned(0, 4.0), started(1, 5.0, c=1))
    assert timeline.accessible_summary == (
        "2 attempts between 0.00 s and 12.0 s, 2 connections, 1 in flight, 1 retried, "
        "median wait for the first byte 2.0 s"
    )
    timeline.select_chunk(0, 1)
    words = timeline._bars.accessibleDescription()
    assert "Selected: Layer 1, chunk 1, attempt 1, connection c2" in words
    assert "2 attempts between" in words
    assert fill().accessible_summary == "No attempts between 0.00 s and 12.0 s"


def test_that_a_chunk_selected_elsewhere_is_framed_and_let_go(fill: Fill) -> None:
    timeline = fill(started(3, 1.0), done(3, 8.0, 9.0))
    plain = timeline._bars.viewport().grab().toImage()
    timeline.select_chunk(0, 3)
    assert timeline._bars.viewport().grab().toImage() != plain
    timeline.select_chunk(-1, -1)
    assert timeline._bars.viewport().grab().toImage() == plain


def test_that_a_range_can_be_selected_with_the_keyboard(fill: Fill) -> None:
    timeline = fill(started(0, 1.0), first_byte(0, 3.0), done(0, 7.0, 9.0), now=30.0)
    timeline.set_range(2.0, 40.0)
    QTest.keyClick(timeline._bars, Qt.Key.Key_M)
    assert timeline._bars.selected_span == (2.0, 30.0)
    timeline.select_chunk(0, 0)
    QTest.keyClick(timeline._bars, Qt.Key.Key_M)
    assert timeline._bars.selected_span == (1.0, 9.0)
    assert timeline._panel.isVisible()


def test_that_a_second_request_is_joined_with_the_silent_one(fill: Fill) -> None:
    timeline = fill(
        started(0, 1.0, c=0), ChunkHedged(5.0, 0, 0, 2, 4.0), started(0, 5.0, attempt=2, c=6)
    )
    bars = timeline._bars
    x = round(bars._x(5.0))
    image = bars.viewport().grab().toImage()
    between = range(round(bars._row_y(1)), round(bars._row_y(5)))
    line = {image.pixel(each, y) for y in between for each in (x - 1, x, x + 1)}
    assert line != {DARK.panel.rgb()}
    elsewhere = round(bars._x(5.4))
    assert {image.pixel(elsewhere, y) for y in between} == {DARK.panel.rgb()}


def test_that_the_numbers_of_a_range_are_whole_however_low_the_timeline_is(
    fill: Fill, qtbot: QtBot
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    timeline = fill(started(0, 1.0))
    rows = QVBoxLayout(window)
    rows.addStretch(1)
    rows.addWidget(timeline)
    timeline.setFixedHeight(110)
    window.resize(900, 500)
    window.show()
    qtbot.waitExposed(window)
    timeline._bars.select_span((1.0, 2.0))
    panel = timeline._panel
    assert panel.isVisible()
    assert window.rect().contains(panel.geometry())
    bar = panel._table.verticalScrollBar()
    assert bar.maximum() == 0  # every row is in sight
    timeline.hide()
    assert not panel.isVisible()
    timeline.show()
    assert panel.isVisible()


def test_that_a_pull_that_has_ended_is_shown_whole_when_it_is_looked_at_again(fill: Fill) -> None:
    timeline = fill(started(0, 1.0))
    ended, running = Attempts(), Attempts()
    for event in (started(0, 1.0), done(0, 40.0, 41.0), PullEnded(42.0, PullState.DONE, "")):
        ended(event)
    for event in (started(0, 1.0), started(1, 50.0)):
        running(event)
    timeline.set_attempts(ended)
    assert timeline.time_range() == (0.0, 42.0)
    assert not timeline.following
    assert not timeline._back.isEnabled()
    timeline.set_attempts(running)
    assert timeline.time_range() == (38.0, 50.0)
    assert timeline.following
