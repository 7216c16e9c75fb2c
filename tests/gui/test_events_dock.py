"""The dock with the events: rows, filters, selection, copying."""

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from pullscope.engine.events import (
    ChunkDone,
    ChunkHedged,
    ChunkReturned,
    ChunkStarted,
    FirstByte,
    LayerVerified,
    PullEnded,
    PullEvent,
    PullPaused,
    RequestSent,
    Sampled,
)
from pullscope.engine.model import MIB, PullState
from pullscope.gui import event_list
from pullscope.gui.event_list import Column, Shown
from pullscope.gui.events_dock import EventsDock

STORY: tuple[PullEvent, ...] = (
    RequestSent(0.2, "token", "auth.example", 200, 0.1),
    ChunkStarted(0.3, 0, 7, 1, 0, MIB, 2, 0.3),
    Sampled(0.4, 0, 0, 0, 1, 0),
    FirstByte(0.5, 0, 7, 1, 206, "cdn.example", "HTTP/1.1"),
    ChunkStarted(0.5, 1, 8, 1, 0, MIB, 3, 0.5),
    ChunkReturned(0.8, 1, 8, 1, 1024, "connection reset", None, 0.5),
    ChunkDone(0.9, 0, 7, 1, 0.85, MIB),
    LayerVerified(1.0, 0),
)


@pytest.fixture
def dock(qtbot: QtBot) -> EventsDock:
    """A dock that shows the story."""
    dock = EventsDock()
    qtbot.addWidget(dock)
    dock.resize(700, 300)
    dock.show()
    dock.set_events(list(STORY))
    return dock


def words(dock: EventsDock) -> list[str]:
    model = dock._model
    return [str(model.index(row, Column.WORDS).data()) for row in range(model.rowCount())]


def choose(dock: EventsDock, shown: Shown) -> None:
    dock._topic.setCurrentIndex(dock._topic.findData(shown.value))


def test_that_every_event_is_a_line_and_samples_are_none(dock: EventsDock) -> None:
    assert words(dock) == [
        "token from auth.example: HTTP 200, after 100 ms",
        "bytes 0 to 1,048,575 (1 MiB) asked on c3",
        "first byte from cdn.example, HTTP 206, HTTP/1.1",
        "bytes 0 to 1,048,575 (1 MiB) asked on c4",
        "ended early after 1 KiB: connection reset; again in 500 ms",
        "1 MiB written",
        "the digest is right",
    ]
    assert dock._model.line(4) == (
        "0.800 s\t2\t8\tended early after 1 KiB: connection reset; again in 500 ms"
    )


def test_that_what_happens_later_is_shown_too(qtbot: QtBot) -> None:
    dock = EventsDock()
    qtbot.addWidget(dock)
    events: list[PullEvent] = []
    dock.set_events(events)
    events.append(PullPaused(1.0))
    dock.refresh()
    assert words(dock) == []  # hidden: it costs nothing
    dock.show()
    assert words(dock) == ["paused"]
    events.append(PullEnded(2.0, PullState.FAILED, "the registry is away"))
    dock.refresh()
    assert words(dock) == ["paused", "the pull failed: the registry is away"]


@pytest.mark.parametrize(
    ("shown", "count"),
    [(Shown.ALL, 7), (Shown.PROBLEMS, 1), (Shown.CHUNKS, 5), (Shown.LAYERS, 1),
     (Shown.REQUESTS, 1), (Shown.SETTINGS, 0)],
)  # fmt: skip
def test_that_one_topic_can_be_shown(dock: EventsDock, shown: Shown, count: int) -> None:
    choose(dock, shown)
    assert dock._model.rowCount() == count


def test_that_words_filter(dock: EventsDock) -> None:
    dock._filter.setText("CDN.example")
    assert words(dock) == ["first byte from cdn.example, HTTP 206, HTTP/1.1"]
    assert dock._count.text() == "1 of 7 events"
    dock._filter.clear()
    assert dock._count.text() == "7 events"


def test_that_a_row_selects_its_chunk(dock: EventsDock) -> None:
    seen: list[tuple[int, int]] = []
    dock.chunk_selected.connect(lambda layer, chunk: seen.append((layer, chunk)))
    dock._table.selectRow(2)
    dock._table.selectRow(0)  # belongs to none
    dock._table.selectRow(6)
    assert seen == [(0, 7), (0, -1)]


def test_that_a_chunk_selected_elsewhere_is_found_and_can_be_shown_alone(dock: EventsDock) -> None:
    seen: list[tuple[int, int]] = []
    dock.chunk_selected.connect(lambda layer, chunk: seen.append((layer, chunk)))
    assert not dock._only.isEnabled()
    dock.select_chunk(1, 8)
    assert dock._table.currentIndex().row() == 4
    dock._only.setChecked(True)
    assert len(words(dock)) == 2
    dock.select_chunk(0, -1)
    assert len(words(dock)) == 4  # the whole layer
    dock.select_chunk(-1, -1)
    assert len(words(dock)) == 7
    assert seen == []


def test_that_rows_are_copied(dock: EventsDock) -> None:
    dock._table.selectRow(6)
    dock.copy_selected()
    assert QGuiApplication.clipboard().text() == "1.000 s\t1\t\tthe digest is right"
    choose(dock, Shown.PROBLEMS)
    dock.copy_shown()
    assert QGuiApplication.clipboard().text().startswith("0.800 s\t2\t8\tended early")


def test_that_only_the_newest_events_are_kept(
    dock: EventsDock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_list, "MOST", 10)
    monkeypatch.setattr(event_list, "_SLACK", 5)
    events: list[PullEvent] = []
    dock.set_events(events)
    for number in range(100):
        events.append(LayerVerified(float(number), number))
        dock.refresh()
        assert dock._model.kept <= 15
    assert dock._model.row(dock._model.rowCount() - 1).layer == 99


def test_that_the_newest_row_stays_in_view_unless_one_looks_at_older_ones(
    dock: EventsDock, qtbot: QtBot
) -> None:
    qtbot.waitExposed(dock)
    events: list[PullEvent] = [LayerVerified(float(n), n) for n in range(200)]
    dock.set_events(events)
    dock._table.scrollToBottom()
    bar = dock._table.verticalScrollBar()
    events += [LayerVerified(1000.0 + n, n) for n in range(50)]
    dock.refresh()
    assert bar.value() == bar.maximum()
    bar.setValue(10)
    events += [LayerVerified(2000.0 + n, n) for n in range(50)]
    dock.refresh()
    assert bar.value() == 10


def test_that_what_a_registry_sends_stays_one_short_line(dock: EventsDock) -> None:
    reason = "a\nb<b>\u2028" + "x" * 5000
    dock.set_events([ChunkReturned(0.8, 1, 8, 1, 0, reason, None, None)])
    [line] = words(dock)
    assert len(line) == 300
    assert line.startswith("ended early after 0 B: a b<b> xxx")


def test_that_a_second_request_is_a_problem_that_is_told(dock: EventsDock) -> None:
    dock.set_events([ChunkHedged(3.0, 0, 7, 2, 2.5)])
    choose(dock, Shown.PROBLEMS)
    assert words(dock) == ["silent for 2.5 s: a second request is sent"]


def test_that_its_controls_are_named(dock: EventsDock) -> None:
    for widget in (
        dock, dock._table, dock._topic, dock._filter, dock._only, dock._copy, dock._close,
    ):  # fmt: skip
        assert widget.accessibleName()


def test_that_it_is_hidden_by_its_button(dock: EventsDock) -> None:
    dock.show()
    dock._close.click()
    assert dock.isHidden()
