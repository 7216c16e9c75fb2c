"""The heat map with what chooses its measure and axes, and its pictures."""

from collections.abc import Sequence, Set
from pathlib import Path

from PySide6.QtCore import (
    QBuffer,
    QEvent,
    QIODevice,
    QPoint,
    QRect,
    QSignalBlocker,
    QSize,
    Qt,
)
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from pullscope.gui import theme as themes
from pullscope.gui.compact_box import CompactBox
from pullscope.gui.heat_map import HeatMapTable
from pullscope.gui.sweep_words import FRONTIER_MARK, axis_names, measure_names
from pullscope.sweep.plan import Candidate
from pullscope.sweep.results import AXES, Row, frontier, heat_map
from pullscope.trace.export import write_whole

PICTURES = (".png", ".svg")
_MARGIN = 16
_TITLE = 28


class HeatMapPanel(QWidget):
    """Shows any measure of some rows over any two settings."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[Row] = ()
        self._chosen: Set[Candidate] = frozenset()
        self._frontier: Set[Candidate] = frozenset()
        self.table = HeatMapTable()
        self.measure, self.across, self.down = CompactBox(), CompactBox(), CompactBox()
        for box, name in (
            (self.measure, "heat_measure"),
            (self.across, "heat_across"),
            (self.down, "heat_down"),
        ):
            box.setObjectName(name)
            box.activated.connect(lambda _: self._show())
        for name in measure_names():
            self.measure.addItem("", name)
        for axis in axis_names():
            self.across.addItem("", axis)
            self.down.addItem("", axis)
        self._over, self._and = QLabel(), QLabel()
        self._legend = QLabel()
        self._legend.setTextFormat(Qt.TextFormat.PlainText)
        for label in (self._over, self._and, self._legend):
            label.setProperty("role", "muted")
            label.setFont(themes.base_font(themes.HEADING_PX))
        self._legend.setWordWrap(True)
        head = QHBoxLayout()
        head.setContentsMargins(8, 6, 8, 0)
        head.setSpacing(4)
        for widget in (self.measure, self._over, self.across, self._and, self.down):
            head.addWidget(widget)
        head.addStretch(1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        rows.addLayout(head)
        rows.addWidget(self.table, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 0, 12, 6)
        foot.addWidget(self._legend)
        rows.addLayout(foot)
        self._set_texts()

    def show_rows(self, rows: Sequence[Row], chosen: Set[Candidate], *, fresh: bool) -> None:
        """Show the rows of one program and destination, or of several.

        Args:
            chosen: those that are recommended.
            fresh: choose the two axes anew that vary most.
        """
        self._rows, self._chosen = rows, chosen
        self._frontier = {row.candidate for row in frontier(rows)}
        if fresh:
            self.table.clearSelection()
        if fresh:
            self._choose_axes()
        self._show()

    def title(self) -> str:
        """Return what the map shows, for a picture."""
        return self.table.map.summary()

    def export(self, path: Path) -> None:
        """Write the whole map as a picture, one of `PICTURES`.

        Raises:
            TraceError: the file cannot be written.
            ValueError: the name has another ending.
        """
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        match path.suffix.lower():
            case ".png":
                ratio = self.devicePixelRatioF()
                image = QImage(self._picture_size() * ratio, QImage.Format.Format_RGB32)
                image.setDevicePixelRatio(ratio)
                with QPainter(image) as painter:
                    self._draw(painter)
                image.save(buffer, "PNG")  # type: ignore[call-overload]  # its stub wants bytes, Qt text
            case ".svg":
                generator = QSvgGenerator()
                generator.setOutputDevice(buffer)
                generator.setSize(self._picture_size())
                generator.setViewBox(QRect(QPoint(), self._picture_size()))
                generator.setTitle(self.title())
                with QPainter(generator) as painter:
                    self._draw(painter)
            case other:
                raise ValueError(f"{path}: {other!r} is none of {', '.join(PICTURES)}")
        content = bytes(buffer.data().data())
        write_whole(path, lambda file: file.write(content))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._set_texts()
            self._show()

    def _choose_axes(self) -> None:
        """Take the two axes with the most values, parallelism and chunk size before others."""
        counts = {axis: len({value(row) for row in self._rows}) for axis, value in AXES.items()}
        usual = ["parallelism", "chunk_size", "layers", "destination", "driver", "connections"]
        varied = [axis for axis in usual if counts.get(axis, 0) > 1 and axis != "connections"]
        across, down = [*varied, *(axis for axis in usual if axis not in varied)][:2]
        for box, axis in ((self.across, across), (self.down, down)):
            with QSignalBlocker(box):
                box.setCurrentIndex(box.findData(axis))

    def _show(self) -> None:
        across, down = self.across.currentData(), self.down.currentData()
        shown = heat_map(self._rows, self.measure.currentData(), across, down)
        self.table.show_map(shown, self._chosen, self._frontier)

    def _set_texts(self) -> None:
        for box, names, words in (
            (self.measure, measure_names(), self.tr("Measure")),
            (self.across, axis_names(), self.tr("Setting across")),
            (self.down, axis_names(), self.tr("Setting down")),
        ):
            for place in range(box.count()):
                box.setItemText(place, names[box.itemData(place)])
            box.setAccessibleName(words)
            box.setToolTip(words)
            box.updateGeometry()
        self._over.setText(self.tr("over"))
        self._and.setText(self.tr("and"))
        self._legend.setText(
            self.tr(
                "Median, 95% interval and count of the fastest setting that has both; times in s. "
                "The outline marks the least, dashes what is recommended, {0} the frontier of "
                "time, memory and requests."
            ).format(FRONTIER_MARK)
        )

    # --- pictures -----------------------------------------------------------------------------

    def _picture_size(self) -> QSize:
        whole = self.table.whole_size()
        metrics_width = self.fontMetrics().horizontalAdvance(self.title())
        width = max(whole.width(), metrics_width) + 2 * _MARGIN
        return QSize(width, whole.height() + _TITLE + 2 * _MARGIN)

    def _draw(self, painter: QPainter) -> None:
        """Draw the title, and a table of its own in which all cells are seen."""
        theme = themes.current()
        painter.fillRect(QRect(QPoint(), self._picture_size()), theme.panel)
        painter.setPen(theme.text)
        painter.setFont(themes.base_font())
        painter.drawText(_MARGIN, _MARGIN + painter.fontMetrics().ascent(), self.title())
        table = HeatMapTable()
        table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.show_map(self.table.map.shown, self._chosen, self._frontier)
        size = self.table.whole_size()
        size.setWidth(self._picture_size().width() - 2 * _MARGIN)
        table.resize(size)
        table.render(painter, QPoint(_MARGIN, _MARGIN + _TITLE))
        table.deleteLater()
