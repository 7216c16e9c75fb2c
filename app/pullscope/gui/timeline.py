"""The timeline: when every attempt for a chunk waited, received and was written.

This module has the view with its header and the panel of a selected range; `timeline_bars` draws
the bars, `time_window` decides which seconds are visible.
"""

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from pullscope.engine.units import duration_text
from pullscope.gui import theme as themes
from pullscope.gui.attempts import Attempts
from pullscope.gui.compact_box import CompactBox
from pullscope.gui.legend import Legend
from pullscope.gui.panel import heading
from pullscope.gui.range_panel import RangePanel
from pullscope.gui.range_statistics import statistics_of
from pullscope.gui.time_axis import Mark
from pullscope.gui.timeline_bars import TimelineBars

_BELOW_HEADER = 28
_NARROW = 640  # below it the header has no room for every word
_PERIODS = (12.0, 30.0, 60.0, math.inf)
_SUMMARY_EVERY = 1.0  # seconds; nobody listens faster


class Timeline(QWidget):
    """Every attempt of a pull over time.

    While it follows, the right edge is the present; zooming keeps it there, panning stops it.

    Signals:
        range_changed: the first and the last second that are visible.
        chunk_selected: the layer and the chunk of a bar that was selected; -1 and -1: none.
        time_hovered: the time under the mouse, NaN when it has left.
    """

    range_changed = Signal(float, float)
    chunk_selected = Signal(int, int)
    time_hovered = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("timeline")
        themes.as_panel(self)
        self._attempts = Attempts()
        self._described = -math.inf
        self._bars = TimelineBars(self)
        self._bars.range_changed.connect(self.range_changed)
        self._bars.range_changed.connect(self._show_range)
        self._bars.chunk_selected.connect(self._chosen)
        self._bars.time_hovered.connect(self.time_hovered)
        self._bars.span_selected.connect(self._show_span)
        self.setFocusProxy(self._bars)

        self._heading = heading("")
        self._rows = CompactBox()
        for by_layer in (False, True):
            self._rows.addItem("", by_layer)
        self._rows.currentIndexChanged.connect(self._rows_chosen)
        self._span = CompactBox()
        for seconds in _PERIODS:
            self._span.addItem("", seconds)
        self._span.activated.connect(self._span_chosen)
        self._back = QToolButton()
        self._back.setObjectName("zoom_back")
        self._back.clicked.connect(self._bars.go_back)
        self._follow = QToolButton()
        self._follow.setCheckable(True)
        self._follow.setChecked(True)
        self._follow.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._follow.toggled.connect(self._bars.set_following)
        self._bars.following_changed.connect(self._show_following)
        for button in (self._back, self._follow):
            button.setFont(themes.base_font(themes.HEADING_PX))
            button.setProperty("compact", True)
        self._header = QHBoxLayout()
        self._header.setContentsMargins(12, 0, 12, 0)
        self._header.setSpacing(4)
        self._header.addWidget(self._heading)
        self._header.addSpacing(12)
        self._legend = Legend([])
        self._header.addWidget(self._legend, 1)
        for control in (self._rows, self._span, self._back, self._follow):
            self._header.addWidget(control)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 4, 1, 4)
        layout.setSpacing(2)
        layout.addLayout(self._header)
        layout.addWidget(self._bars, 1)
        self._panel = RangePanel(self)
        self._panel.hide()
        self._panel.zoom_asked.connect(self._bars.show_selected)
        self._panel.closed.connect(self._close_panel)
        self._set_texts()
        self._set_icon()
        self._show_range(*self.time_range())

    def set_attempts(self, attempts: Attempts) -> None:
        """Draw these attempts and their marks, following; all of a pull that has ended."""
        self._attempts = attempts
        self._bars.set_attempts(attempts)
        self._described = -math.inf

    def advance(self, now: float) -> None:
        """The pull is `now` seconds old: draw what has happened since the last call."""
        self._bars.advance(now)
        if abs(now - self._described) >= _SUMMARY_EVERY and self.isVisible():
            self._described = now
            self._describe()

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Draw lines where settings changed in this pull."""
        self._bars.set_marks(marks)

    def set_range(self, t0: float, t1: float) -> None:
        """Show these seconds, and follow no longer."""
        self._bars.set_range(t0, t1)

    def time_range(self) -> tuple[float, float]:
        """Return the first and the last second that are visible."""
        return self._bars.look.t0, self._bars.look.t1

    def set_crosshair(self, at: float) -> None:
        """Draw a line at a time that is pointed at elsewhere; NaN draws none."""
        self._bars.set_crosshair(at)

    def select_chunk(self, layer: int, chunk: int) -> None:
        """Frame the bars of a chunk that was selected elsewhere; -1: of none."""
        self._bars.select(chunk)
        self._describe()

    @property
    def accessible_summary(self) -> str:
        """Return what the timeline shows, in words."""
        return self._bars.summary()

    def follow(self, seconds: float) -> None:
        """Keep the last so many seconds in view; infinity: everything since the beginning."""
        self._bars.follow(seconds)

    @property
    def period(self) -> float | None:
        """The seconds that are kept in view, infinity for all; None while time stands still."""
        look = self._bars.look
        return look.span if look.following else None

    @property
    def following(self) -> bool:
        """Whether the present is kept in view."""
        return self._bars.look.following

    def set_following(self, following: bool) -> None:
        """Keep the present in view, or freeze."""
        self._follow.setChecked(following)

    @property
    def by_layer(self) -> bool:
        """Whether a row belongs to a layer; else to a connection."""
        return bool(self._rows.currentData())

    def set_by_layer(self, by_layer: bool) -> None:
        """Sort the bars into rows by layer or by connection."""
        self._rows.setCurrentIndex(int(by_layer))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        words = self._bars.selected_words()
        clipboard = QGuiApplication.clipboard()
        copy = menu.addAction(self.tr("Copy what is known of the selected attempt"))
        copy.setEnabled(bool(words))
        copy.triggered.connect(lambda: clipboard.setText(words))
        numbers = menu.addAction(self.tr("Copy the numbers of the selected range"))
        numbers.setEnabled(self._panel.isVisible())
        numbers.triggered.connect(self._panel.copy)
        menu.addSeparator()
        zoom = menu.addAction(self.tr("Zoom to the selection"))
        zoom.triggered.connect(self._bars.show_selected)
        back = menu.addAction(self.tr("Zoom back"))
        back.setEnabled(self._bars.look.can_go_back)
        back.triggered.connect(self._bars.go_back)
        everything = menu.addAction(self.tr("Show the whole pull"))
        everything.triggered.connect(lambda: self._bars.follow(math.inf))
        menu.addSeparator()
        menu.addActions(self.actions())
        menu.popup(event.globalPos())
        menu.aboutToHide.connect(menu.deleteLater)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._set_icon()
        elif event.type() is QEvent.Type.LanguageChange:
            self._set_texts()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        beside = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        narrow = self.width() < _NARROW
        self._follow.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly if narrow else beside)
        self._place_panel()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._panel.hide()  # it is the window's, so that it may be higher than the timeline

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._bars.selected_span is not None:
            self._panel.show()
            self._place_panel()

    def _set_texts(self) -> None:
        self.setAccessibleName(self.tr("Connections over time"))
        self._bars.setAccessibleName(self.tr("Chunk attempts over time"))
        self._bars.setToolTip("")
        self._rows.setAccessibleName(self.tr("Rows of the timeline"))
        self._rows.setItemText(0, self.tr("by connection"))
        self._rows.setItemText(1, self.tr("by layer"))
        self._span.setAccessibleName(self.tr("Time shown"))
        for index, seconds in enumerate(_PERIODS[:-1]):
            self._span.setItemText(index, self.tr("last {:.0f} s").format(seconds))
        self._span.setItemText(len(_PERIODS) - 1, self.tr("all"))
        self._back.setText(self.tr("Back"))
        self._back.setAccessibleName(self.tr("Zoom back"))
        self._back.setToolTip(self.tr("Show what was shown before the last zoom (Backspace)"))
        self._follow.setText(self.tr("Follow"))
        self._follow.setAccessibleName(self.tr("Follow the present"))
        self._follow.setToolTip(self.tr("Keep the present in view, or freeze (Space)"))
        self._legend.set_entries(
            [
                ("waiting", self.tr("waiting")),
                ("receiving", self.tr("receiving")),
                ("written", self.tr("writing")),
                ("hashed", self.tr("hashing")),
                ("retried", self.tr("retried")),
            ]
        )
        self._show_heading()
        self._describe()

    def _set_icon(self) -> None:
        if hasattr(self, "_follow"):  # palettes change while the widget is being made, too
            self._follow.setIcon(themes.icon("follow", themes.current()))

    def _show_heading(self) -> None:
        title = self.tr("Layers") if self.by_layer else self.tr("Connections")
        self._heading.setText(title.upper())

    def _rows_chosen(self) -> None:
        self._show_heading()
        self._bars.set_by_layer(self.by_layer)

    def _span_chosen(self) -> None:
        self._bars.follow(float(self._span.currentData()))

    def _chosen(self, layer: int, chunk: int) -> None:
        self._describe()
        self.chunk_selected.emit(layer, chunk)

    def _describe(self) -> None:
        """Tell who cannot see the bars what they show, and how to go about in them."""
        chosen = self._bars.selected_words().replace("\n", ", ")
        parts = [
            self.tr("Selected: {}").format(chosen) if chosen else "",
            self._bars.summary(),
            self.tr(
                "W and S zoom, A and D move, 0 shows all, Backspace goes back, Space follows the "
                "present or freezes, period and comma select the next attempt and the one before, "
                "F shows the selection"
            ),
        ]
        self._bars.setAccessibleDescription("\n".join(filter(None, parts)))

    def _show_following(self, following: bool) -> None:
        with QSignalBlocker(self._follow):
            self._follow.setChecked(following)

    def _show_range(self, t0: float, t1: float) -> None:
        look = self._bars.look
        self._back.setEnabled(look.can_go_back)
        span = look.span if look.following else t1 - t0
        index = self._span.findData(span) if look.following else -1
        if index < 0:
            self._span.setPlaceholderText(duration_text(t1 - t0))
        if index != self._span.currentIndex():
            self._span.setCurrentIndex(index)
        elif index < 0:
            self._span.update()

    def _show_span(self, t0: float, t1: float) -> None:
        if math.isnan(t0):
            self._panel.hide()
            return
        self._panel.show_statistics(statistics_of(self._attempts, t0, t1))
        self._panel.show()
        self._place_panel()

    def _close_panel(self) -> None:
        self._bars.select_span(None)
        self._bars.setFocus()

    def _place_panel(self) -> None:
        """Put the panel beside the range; where the timeline is low, it reaches above it."""
        span = self._bars.selected_span
        if span is None or not self.isVisible():
            return
        host, panel = self.window(), self._panel
        if panel.parentWidget() is not host:
            panel.setParent(host)
            panel.show()
        origin = self.mapTo(host, QPoint(0, 0))
        t0, t1 = self.time_range()
        left_half = (span[0] + span[1]) / 2 < (t0 + t1) / 2
        x = self.width() - panel.width() - 20 if left_half else 70
        y = min(_BELOW_HEADER, self.height() - panel.height() - 4)
        panel.move(max(4, origin.x() + x), max(4, origin.y() + y))
        panel.raise_()
