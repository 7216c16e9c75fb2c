"""The selection that all views share."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from pullscope.engine.events import ChunkDone, ChunkStarted, FirstByte
from pullscope.engine.model import MIB
from pullscope.gui.main_window import MainWindow
from pullscope.gui.selection import Selection


class View(QObject):
    """A view that notes what it is to show."""

    chunk_selected = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[tuple[int, int]] = []

    def select_chunk(self, layer: int, chunk: int) -> None:
        """Note it."""
        self.shown.append((layer, chunk))


def test_that_what_one_view_selects_all_show() -> None:
    selection, one, other = Selection(), View(), View()
    selection.link(one, other)
    one.chunk_selected.emit(2, 17)
    assert one.shown == other.shown == [(2, 17)]
    assert (selection.layer, selection.chunk) == (2, 17)
    selection.clear()
    assert one.shown[-1] == other.shown[-1] == (-1, -1)


RunAsync = Callable[[Coroutine[Any, Any, Any]], Any]
Until = Callable[..., Awaitable[None]]


def test_that_a_chunk_is_selected_in_all_views_of_the_window(
    window: MainWindow, session: Any, run_async: RunAsync, until: Until
) -> None:
    async def story() -> None:
        window.actions_by_id["show_events"].trigger()
        window.pull("registry.example/team/app:1")
        await until(lambda: window.layer_table.model().rowCount() == 3)
        pull = session.pull
        for layer, size in enumerate((64 * MIB, 8 * MIB)):
            pull.emit(ChunkStarted(0.1, layer, layer, 1, 0, size, layer, 0.1))
            pull.emit(FirstByte(0.2, layer, layer, 1, 206, "cdn.example", "HTTP/1.1"))
            pull.emit(ChunkDone(0.9, layer, layer, 1, 0.9, size))
        pull.advance(1, 72 * MIB)
        await until(lambda: window.controller.snapshot.received == 72 * MIB)
        window.controller.sampled.emit(window.controller.snapshot)
        window.actions_by_id["show_timeline"].trigger()

        def selected() -> list[object]:
            layers = [layer.index for layer in window.layer_table.selected_layers()]
            row = window.events._table.currentIndex().row()
            event = window.events._model.row(row) if row >= 0 else None
            return [
                layers,
                window.chunk_map._rows._selected,
                window.timeline._bars._selected,
                (event.layer, event.chunk) if event else None,
            ]

        bars = window.timeline._bars
        at = QPoint(round(bars._x(0.5)), round(bars._row_y(1)))
        left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        QTest.mouseClick(bars.viewport(), left, none, at)
        assert selected() == [[1], (1, 1), 1, (1, 1)]
        window.actions_by_id["show_map"].trigger()
        rows = window.chunk_map._rows
        QTest.mouseClick(rows.viewport(), left, none, rows._strip_rect(0).center())
        assert selected() == [[0], (0, 0), 0, (0, 0)]
        window.activateWindow()
        window.events._table.setFocus()
        control = Qt.KeyboardModifier.ControlModifier
        QTest.keyClick(window.events._table, Qt.Key.Key_C, control)  # not the layer's row
        assert QGuiApplication.clipboard().text() == "0.900 s\t1\t0\t64 MiB written"
        QTest.keyClick(rows, Qt.Key.Key_Escape)
        assert selected() == [[], None, -1, None]
        pull.finish()
        await until(lambda: not window.controller.running)
        rows.select(1, 1)
        window.pull("registry.example/team/other:1")
        assert (window.selection.layer, window.selection.chunk) == (-1, -1)
        session.pull.cancel()
        await until(lambda: not window.controller.running)

    run_async(story())
