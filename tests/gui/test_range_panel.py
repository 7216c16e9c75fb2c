"""The panel with the numbers of a range."""

from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from pullscope.engine.events import ChunkDone, ChunkStarted, FirstByte, Sampled
from pullscope.engine.model import MIB
from pullscope.gui.attempts import Attempts
from pullscope.gui.range_panel import RangePanel
from pullscope.gui.range_statistics import statistics_of


def test_that_the_numbers_are_shown_and_copied(qtbot: QtBot) -> None:
    attempts = Attempts()
    for event in (
        ChunkStarted(1.0, 0, 0, 1, 0, MIB, 0, 0.9),
        FirstByte(1.2, 0, 0, 1, 206, "cdn.example", "HTTP/1.1"),
        Sampled(1.0, 0, 0, 0, 1, 0),
        Sampled(2.0, MIB, 0, 0, 1, 0),
        ChunkDone(2.3, 0, 0, 1, 2.2, MIB),
    ):
        attempts(event)
    panel = RangePanel()
    qtbot.addWidget(panel)
    panel.show_statistics(statistics_of(attempts, 0.5, 3.0))
    panel.copy()
    lines = QGuiApplication.clipboard().text().split("\n")
    assert lines[0] == "0.50 s to 3.0 s (2.5 s)"
    assert lines[1] == "1 MiB received"
    assert "1 attempts: 1 done, 0 retried, 0 cut" in lines
    assert "first byte after\t1\t200 ms\t200 ms\t200 ms\t200 ms\t200 ms" in lines
    assert "hashing\t0\t–\t–\t–\t–\t–" in lines
    for widget in (panel, panel._table, panel._zoom, panel._copy, panel._close):
        assert widget.accessibleName()
