"""The plots over time: throughput, connections, memory by owner, and the program's own cost.

Each draws the `Measurements` of the pull that is shown, in `refresh`, which the window calls; none
has a clock or a timer. What a plot shows is said by its curves, as data; `PlotCanvas` draws.
"""

import csv
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QBuffer, QEvent, QIODevice, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QIcon,
    QImage,
    QKeyEvent,
    QPaintDevice,
    QPainter,
    QPen,
    QPixmap,
    QShowEvent,
)
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from pullscope.engine.model import MIB
from pullscope.engine.units import duration_text, rate_text, size_text
from pullscope.gui import theme as themes
from pullscope.gui.effects import change_text
from pullscope.gui.language import said
from pullscope.gui.measurements import Measurements, Values
from pullscope.gui.panel import heading, heading_text
from pullscope.gui.plot_canvas import PlotCanvas, Reading, nice_top
from pullscope.gui.rates import FULL, PEAK_WINDOW
from pullscope.gui.time_axis import Mark
from pullscope.trace.export import write_whole
from pullscope.trace.file import TraceError
from pullscope.trace.own_cost import percentile

_EXPORTS = ("png", "svg", "csv")


@dataclass(frozen=True, slots=True)
class Curve:
    """A line of a plot.

    Attributes:
        id: stable, for what is remembered and for the columns of a CSV file.
        colour: an attribute of the theme; one colour has one meaning everywhere.
        values: its values at some times, in the unit of the plot's axis.
        text: a value in words.
        shown: whether it is, until the user says otherwise.
        dashed: for what is a bound, and not measured.
    """

    id: str
    colour: str
    values: Callable[[Measurements, Values], Values]
    text: Callable[[float], str]
    shown: bool = True
    dashed: bool = False


class TimePlot(QWidget):
    """A panel with curves over time.

    A subclass says what they are, and what it tells of the visible time in words.

    Signals:
        range_wanted: the seconds that the user asked to see; the timeline decides.
        period_wanted: the user wants to follow the last so many seconds; infinity: all.
        time_hovered: the time under the mouse, NaN when it has left.
        failed: a file could not be written; the words say why.
    """

    range_wanted = Signal(float, float)
    period_wanted = Signal(float)
    time_hovered = Signal(float)
    failed = Signal(str)

    unit = ""
    curves: Sequence[Curve] = ()
    ends: Mapping[str, float] = {}
    """When curves end that end before the others, by their ids."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._measurements = Measurements()
        self._range: tuple[float, float] | None = None
        self._top = 1.0
        self._live = True
        self._drawn = (-1, -1)  # how many samples and changes there were when it was drawn
        self._stale = True
        self._canvas = PlotCanvas(self)
        self._canvas.readout = self.reading
        self._canvas.hovered.connect(self.set_crosshair)
        self._canvas.hovered.connect(self.time_hovered)
        self._canvas.wheeled.connect(lambda turns, at: self._zoom(0.8**turns, at))
        self._canvas.dragged.connect(self._move)
        self._lines: dict[str, pg.PlotCurveItem] = {}
        self._toggles: dict[str, QToolButton] = {}
        self._heading = heading("")
        self._words = QLabel()
        self._words.setFont(themes.base_font(themes.HEADING_PX))
        self._words.setProperty("role", "muted")
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        header = QHBoxLayout()
        header.setContentsMargins(12, 0, 16, 0)
        header.setSpacing(4)
        header.addWidget(self._heading)
        header.addSpacing(8)
        for curve in self.curves:
            line = pg.PlotCurveItem(skipFiniteCheck=True, antialias=False)
            self._canvas.addItem(line)
            self._lines[curve.id] = line
            toggle = QToolButton()
            toggle.setCheckable(True)
            toggle.setChecked(curve.shown)
            toggle.setProperty("legend", True)
            toggle.setFont(themes.base_font(themes.HEADING_PX))
            toggle.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            toggle.toggled.connect(self._toggled)
            header.addWidget(toggle)
            self._toggles[curve.id] = toggle
        header.addWidget(self._words, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 2, 1, 2)
        layout.setSpacing(2)
        layout.addLayout(header)
        layout.addWidget(self._canvas, 1)
        self.setMinimumHeight(96)
        self._set_texts()

    def title(self) -> str:
        """Return what it shows, in the user's language."""
        raise NotImplementedError

    def curve_names(self) -> Mapping[str, str]:
        """Return the names of the curves by their ids, in the user's language."""
        raise NotImplementedError

    def in_words(self, t0: float, t1: float) -> str:
        """Return what the visible time comes to: average and peak, or what fits the plot."""
        raise NotImplementedError

    def marks(self) -> list[Mark]:
        """Return the moments that are marked: where a setting was changed."""
        return [
            Mark(change.at, change_text(change.old, change.new))
            for change in self._measurements.changes
        ]

    @property
    def measurements(self) -> Measurements:
        """What it draws."""
        return self._measurements

    def set_measurements(self, measurements: Measurements) -> None:
        """Draw those of another pull from now on."""
        self._measurements = measurements
        self._top = 1.0
        self._range = None
        self._live = True
        self._redraw()

    def set_range(self, t0: float, t1: float) -> None:
        """Show these seconds from the next refresh on."""
        self._range = (t0, t1)
        self._stale = True

    def set_live(self, live: bool) -> None:
        """While not live, new samples are kept but not drawn, unless the range changes."""
        if not live:
            self.refresh()
        self._live = live

    def set_crosshair(self, at: float) -> None:
        """Read the curves at a time that is pointed at, here or elsewhere; NaN ends it."""
        if at != self._canvas.crosshair and not (
            math.isnan(at) and math.isnan(self._canvas.crosshair)
        ):
            self._canvas.crosshair = at
            self._canvas.viewport().update()

    def set_logarithmic(self, logarithmic: bool) -> None:
        """Let each step of the axis be ten times the one before, or all steps alike."""
        self._canvas.logarithmic = logarithmic
        self._redraw()

    def set_heading_shown(self, shown: bool) -> None:
        """Show the heading, or leave it to whatever stands around."""
        self._heading.setVisible(shown)

    def refresh(self) -> None:
        """Draw what was added since the last call. Costs nothing when hidden or up to date."""
        now = (self._measurements.count, len(self._measurements.changes))
        if self.isVisible() and (self._stale or (self._live and now != self._drawn)):
            self._redraw()

    def visible_range(self) -> tuple[float, float]:
        """Return the first and the last second that are visible."""
        if self._range is not None:
            return self._range
        samples = self._measurements
        last = float(samples.at[-1]) if samples.count else 0.0
        return 0.0, max(last, 12.0)

    def reading(self, at: float) -> Reading:
        """Return the time and the value of each curve that is shown."""
        samples = self._measurements
        if samples.count < 2 or not samples.at[0] <= at <= samples.at[-1]:
            return ()
        theme, names = themes.current(), self.curve_names()
        lines: list[tuple[QColor | None, str]] = [(None, duration_text(at))]
        for curve in self._shown():
            if at > self.ends.get(curve.id, math.inf):
                continue
            value = float(curve.values(samples, np.array([at]))[0])
            colour: QColor = getattr(theme, curve.colour)
            lines.append((colour, f"{names[curve.id]} {curve.text(value)}"))
        return lines

    def hidden_curves(self) -> set[str]:
        """Return the ids of the curves that are not shown."""
        return {id_ for id_, toggle in self._toggles.items() if not toggle.isChecked()}

    def hide_curves(self, hidden: set[str]) -> None:
        """Show all curves but these."""
        for id_, toggle in self._toggles.items():
            toggle.setChecked(id_ not in hidden)

    # Export

    def export(self, path: Path) -> None:
        """Write the view as a picture (.png, .svg), or its values (.csv).

        Raises:
            TraceError: the file cannot be written.
            ValueError: the name has another ending.
        """
        self._redraw()
        match path.suffix.lower():
            case ".png":
                buffer = QBuffer()
                buffer.open(QIODevice.OpenModeFlag.WriteOnly)
                self._as_image().save(buffer, "PNG")  # type: ignore[call-overload]  # its stub wants bytes, Qt text
                content = bytes(buffer.data().data())
            case ".svg":
                content = self._as_svg()
            case ".csv":
                content = self._as_csv().encode()
            case other:
                raise ValueError(f"{path}: {other!r} is none of {', '.join(_EXPORTS)}")
        write_whole(path, lambda file: file.write(content))

    def _as_svg(self) -> bytes:
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        generator.setSize(self.size())
        generator.setViewBox(self.rect())
        generator.setTitle(f"{self.title()}, {self.unit}")
        self._paint_on(generator)
        return bytes(buffer.data().data())

    def _as_image(self) -> QImage:
        ratio = self.devicePixelRatioF()
        image = QImage(self.size() * ratio, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        self._paint_on(image)
        return image

    def _paint_on(self, device: QPaintDevice) -> None:
        painter = QPainter(device)
        painter.fillRect(self.rect(), themes.current().panel)  # which is its parent's surface
        self.render(painter, QPoint(), renderFlags=self.RenderFlag.DrawChildren)
        painter.end()

    def _as_csv(self) -> str:
        samples = self._measurements
        t0, t1 = self.visible_range()
        times = samples.at[samples.within(t0, t1)] if samples.count > 1 else np.zeros(0)
        unit = self.unit.replace("/", "_per_")
        curves = self._shown()
        columns = [curve.values(samples, times) if len(times) else times for curve in curves]
        lines = _Lines()
        rows = csv.writer(lines, lineterminator="\n")
        rows.writerow(["seconds", *(f"{curve.id}_{unit}".rstrip("_") for curve in curves)])
        for number, at in enumerate(times):
            cells = [
                f"{column[number]:.6g}" if at <= self.ends.get(curve.id, math.inf) else ""
                for curve, column in zip(curves, columns, strict=True)
            ]
            rows.writerow([f"{at:.3f}", *cells])
        return "".join(lines)

    def ask_export(self, ending: str) -> None:
        """Let the user choose a file for the view."""
        dialog = QFileDialog(self, self.tr("Export the plot"))
        dialog.setObjectName("export_plot_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(f"{ending.upper()} (*.{ending})")
        dialog.setDefaultSuffix(ending)
        dialog.selectFile(f"{self.objectName()}.{ending}")
        dialog.fileSelected.connect(lambda name: self._export_to(Path(name)))
        dialog.open()

    def _export_to(self, path: Path) -> None:
        try:
            self.export(path)
        except (TraceError, ValueError) as error:
            self.failed.emit(self.tr("The plot was not saved: {0}").format(said(error)))

    # Events

    def sizeHint(self) -> QSize:
        return QSize(640, 190)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._dress()
        self._redraw()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._set_texts()
            self._redraw()
            return
        changes = (QEvent.Type.PaletteChange, QEvent.Type.DevicePixelRatioChange)
        if event.type() in changes and self.isVisible():
            self._dress()
            self._redraw()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom and move as on the timeline."""
        t0, t1 = self.visible_range()
        match event.key():
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self._zoom(0.5, (t0 + t1) / 2)
            case Qt.Key.Key_Minus:
                self._zoom(2.0, (t0 + t1) / 2)
            case Qt.Key.Key_Left:
                self._move(-0.1 * (t1 - t0))
            case Qt.Key.Key_Right:
                self._move(0.1 * (t1 - t0))
            case Qt.Key.Key_Home | Qt.Key.Key_0:
                self.period_wanted.emit(math.inf)
            case _:
                super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._canvas.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._canvas.viewport().update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer the ways to export, and the kind of axis."""
        menu = self.make_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def make_menu(self) -> QMenu:
        """Return what can be done with this plot."""
        menu = QMenu(self)
        menu.setObjectName(f"{self.objectName()}_menu")
        logarithmic = menu.addAction(self.tr("Logarithmic axis"))
        logarithmic.setCheckable(True)
        logarithmic.setChecked(self._canvas.logarithmic)
        logarithmic.toggled.connect(self.set_logarithmic)
        everything = menu.addAction(self.tr("Show the whole pull"))
        everything.triggered.connect(lambda: self.period_wanted.emit(math.inf))
        menu.addSeparator()
        for ending, words in zip(
            _EXPORTS,
            (
                self.tr("Export the picture as PNG…"),
                self.tr("Export the picture as SVG…"),
                self.tr("Export the values as CSV…"),
            ),
            strict=True,
        ):
            action = menu.addAction(words)
            action.setObjectName(f"export_{ending}")
            action.triggered.connect(lambda _=False, ending=ending: self.ask_export(ending))
        return menu

    # Drawing

    @property
    def logarithmic(self) -> bool:
        """Whether each step of the axis is ten times the one before."""
        return self._canvas.logarithmic

    def _shown(self) -> list[Curve]:
        return [curve for curve in self.curves if self._toggles[curve.id].isChecked()]

    def _toggled(self) -> None:
        self._dress()
        self._redraw()

    def _redraw(self) -> None:
        samples = self._measurements
        self._stale = False
        self._drawn = (samples.count, len(samples.changes))
        t0, t1 = self.visible_range()
        times = samples.points(t0, t1, self._canvas.plot_rect().width() / 2)
        shown = self._shown()
        values = [curve.values(samples, times) for curve in shown] if len(times) else []
        highest = max((float(column.max()) for column in values), default=0.0)
        self._canvas.marks = self.marks()
        # The words of marks stand at the top; keep the curves below them.
        marked = any(t0 <= mark.at <= t1 for mark in self._canvas.marks)
        top = nice_top(highest * (1.2 if marked else 1.05))
        if self.logarithmic:
            top = 10.0 ** math.ceil(math.log10(top) - 1e-9)
        if top > self._top or top < self._top * 0.45:  # a scale that jumps to and fro is no scale
            self._top = top
        self._canvas.top = self._top if not self.logarithmic else top
        self._draw(times, {c.id: column for c, column in zip(shown, values, strict=False)})
        self._canvas.empty = "" if samples.count > 1 else self.tr("Nothing measured yet")
        self._canvas.show_range(t0, t1)
        words = self.in_words(t0, t1) if samples.count > 1 else ""
        if words != self._words.text():
            self._words.setText(words)
            self._words.setToolTip(words)
            self.setAccessibleDescription(words)

    def _draw(self, times: Values, values: Mapping[str, Values]) -> None:
        # Curves often lie on one another: a pixel apart, each of them is still seen.
        pixel = self._canvas.span / max(1.0, self._canvas.plot_rect().height())
        for number, curve in enumerate(self.curves):
            column = values.get(curve.id)
            if column is None:
                self._lines[curve.id].setData([], [])
                continue
            if self.logarithmic:
                column = np.log10(np.maximum(column, self._canvas.floor))
            apart = (1 - number) * pixel if number < 3 else 0.0
            known = times <= self.ends.get(curve.id, math.inf)
            self._lines[curve.id].setData(times[known], column[known] + apart)

    def _set_texts(self) -> None:
        title = self.title()
        self._heading.setText(heading_text(title, self.unit))
        self.setAccessibleName(self.tr("{0} over time").format(title))
        for id_, name in self.curve_names().items():
            self._toggles[id_].setText(name)
            self._toggles[id_].setAccessibleName(self.tr("Show the curve: {0}").format(name))

    def _dress(self) -> None:
        """Put the curves into the colours of the theme."""
        theme = themes.current()
        for curve in self.curves:
            colour: QColor = getattr(theme, curve.colour)
            pen = QPen(colour, 2 * self.devicePixelRatioF())
            pen.setCosmetic(True)  # its width is in device pixels, not in seconds and MB/s
            if curve.dashed:
                pen.setDashPattern([2, 2])
            self._lines[curve.id].setPen(pen)
            toggle = self._toggles[curve.id]
            shown = colour if toggle.isChecked() else theme.line
            toggle.setIcon(_line_icon(shown, dashed=curve.dashed))

    def _zoom(self, factor: float, at: float) -> None:
        t0, t1 = self.visible_range()
        first = max(0.0, at - (at - t0) * factor)
        self.range_wanted.emit(first, first + (t1 - t0) * factor)

    def _move(self, seconds: float) -> None:
        t0, t1 = self.visible_range()
        seconds = max(seconds, -t0)
        self.range_wanted.emit(t0 + seconds, t1 + seconds)


def _rate_of(name: str, unit: float) -> Callable[[Measurements, Values], Values]:
    def values(samples: Measurements, times: Values) -> Values:
        return samples.rate(name, times) / unit

    return values


def _level_of(name: str, unit: float) -> Callable[[Measurements, Values], Values]:
    def values(samples: Measurements, times: Values) -> Values:
        return samples.level(name, times) / unit

    return values


def _peak_of(name: str) -> Callable[[Measurements, Values], Values]:
    """Return the worst milliseconds between two points: a mean would hide what is felt."""

    def values(samples: Measurements, times: Values) -> Values:
        return samples.peak(name, times) * 1000

    return values


class ThroughputPlot(TimePlot):
    """How fast bytes are received, written and hashed, and how fast they come over the wire."""

    unit = "MB/s"
    curves = tuple(
        Curve(
            name,
            colour,
            _rate_of(name, 1e6),
            lambda value: rate_text(value * 1e6),
            shown=name != "wire",
        )
        for name, colour in (
            ("received", "receiving"),
            ("written", "written"),
            ("hashed", "hashed"),
            ("wire", "muted"),
        )
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("throughput", parent)

    def title(self) -> str:
        return self.tr("Throughput")

    def curve_names(self) -> Mapping[str, str]:
        return {
            "received": self.tr("received"),
            "written": self.tr("written"),
            "hashed": self.tr("hashed"),
            "wire": self.tr("wire"),
        }

    def in_words(self, t0: float, t1: float) -> str:
        samples = self.measurements
        at, counts = samples.at, samples.column("received")
        first, last = max(t0, float(at[0])), min(t1, float(at[-1]))
        if last <= first:
            return ""
        begun, ended = np.interp([first, last], at, counts)
        times = at[samples.within(first, last + 1e-9)]
        full = times[times >= at[0] + FULL * PEAK_WINDOW]  # as the headline takes its peak
        if full.size:
            peak = samples.rate("received", full, PEAK_WINDOW)
        else:
            peak = samples.rate("received", times)
        return self.tr("average {0}, peak {1}").format(
            rate_text(max(0.0, float(ended - begun)) / (last - first)), rate_text(_highest(peak))
        )


class ConnectionsPlot(TimePlot):
    """How many chunks are in flight, and what their connections wait for."""

    curves = (
        Curve(
            "in_flight",
            "text",
            _level_of("in_flight", 1.0),
            lambda value: f"{value:.0f}",
        ),
        *(
            Curve(
                name,
                colour,
                _rate_of(name, 1.0),
                lambda value: f"{value:.1f}",
            )
            for name, colour in (
                ("waiting", "waiting"),
                ("receiving", "receiving"),
                ("writing", "written"),
            )
        ),
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("connections_plot", parent)

    def title(self) -> str:
        return self.tr("Chunks in flight")

    def curve_names(self) -> Mapping[str, str]:
        return {
            "in_flight": self.tr("in flight"),
            "waiting": self.tr("wait for a byte"),
            "receiving": self.tr("receive"),
            "writing": self.tr("write"),
        }

    def in_words(self, t0: float, t1: float) -> str:
        samples = self.measurements
        counts = samples.column("in_flight")[samples.within(t0, t1)]
        if not len(counts):
            return ""
        return self.tr("average {0:.1f}, most {1:.0f}").format(
            float(counts.mean()), float(counts.max())
        )


class MemoryPlot(TimePlot):
    """How many bytes of the process are resident, and who has them."""

    unit = "MiB"
    curves = (
        Curve(
            "resident",
            "text",
            _level_of("resident", MIB),
            lambda value: size_text(value * MIB),
        ),
        Curve(
            "to_be_written",
            "receiving",
            _level_of("held", MIB),
            lambda value: size_text(value * MIB),
        ),
        Curve(
            "transport_at_most",
            "receiving",
            _level_of("buffers", MIB),
            lambda value: size_text(value * MIB),
            dashed=True,
        ),
        Curve(
            "rest",
            "muted",
            lambda samples, times: np.maximum(
                0.0,
                (
                    samples.level("resident", times)
                    - samples.level("held", times)
                    - samples.level("buffers", times)
                )
                / MIB,
            ),
            lambda value: size_text(value * MIB),
            shown=False,
        ),
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("memory", parent)

    def title(self) -> str:
        return self.tr("Memory")

    def curve_names(self) -> Mapping[str, str]:
        return {
            "resident": self.tr("resident"),
            "to_be_written": self.tr("to be written"),
            "transport_at_most": self.tr("transport at most"),
            "rest": self.tr("the rest"),
        }

    def in_words(self, t0: float, t1: float) -> str:
        samples = self.measurements
        resident = samples.column("resident")
        seen = resident[samples.within(t0, t1)]
        return self.tr("now {0}, peak {1}").format(
            size_text(float(resident[-1])), size_text(_highest(seen))
        )


class OwnCostPlot(TimePlot):
    """How late the event loop is, and how long the window takes for a frame."""

    unit = "ms"
    curves = (
        Curve("lag", "text", _peak_of("lag"), lambda value: f"{value:.1f} ms"),
        Curve("frame", "accent", _peak_of("frame"), lambda value: f"{value:.1f} ms"),
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("own_cost", parent)

    def title(self) -> str:
        return self.tr("Loop lag")

    def curve_names(self) -> Mapping[str, str]:
        return {"lag": self.tr("loop lag"), "frame": self.tr("longest frame")}

    def in_words(self, t0: float, t1: float) -> str:
        samples = self.measurements
        lags = samples.column("lag")[samples.within(t0, t1)]
        return self.tr("p99 {0:.0f} ms, most {1:.0f} ms").format(
            percentile(lags.tolist(), 99) * 1000, _highest(lags) * 1000
        )


class _Lines(list[str]):
    """A list that a CSV writer can write to."""

    def write(self, text: str) -> None:
        self.append(text)


def _highest(values: Values) -> float:
    return float(values.max()) if len(values) else 0.0


def _line_icon(colour: QColor, *, dashed: bool) -> QIcon:
    pixmap = QPixmap(32, 32)
    pixmap.setDevicePixelRatio(2)
    pixmap.fill(Qt.GlobalColor.transparent)
    with QPainter(pixmap) as painter:
        for left, width in ((0, 4), (5, 4), (10, 4)) if dashed else ((0, 14),):
            painter.fillRect(QRectF(left, 7, width, 2), colour)
    return QIcon(pixmap)
