"""The panel of the plots: which of them are shown, one above the other, over which time.

All have the time axis of the timeline, one crosshair, and the same marks. What is shown and which
curves are hidden is remembered: `state` and `restore`.
"""

import json
import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from pullscope.gui import theme as themes
from pullscope.gui.compact_box import CompactBox
from pullscope.gui.measurements import Measurements
from pullscope.gui.plots import (
    ConnectionsPlot,
    MemoryPlot,
    OwnCostPlot,
    ThroughputPlot,
    TimePlot,
)

_PERIODS = (12.0, 60.0, 300.0, 3600.0, math.inf)


class PlotPanel(QFrame):
    """The plots of the pull that is shown.

    Signals:
        range_wanted, period_wanted, time_hovered, failed: as those of `TimePlot`.
    """

    range_wanted = Signal(float, float)
    period_wanted = Signal(float)
    time_hovered = Signal(float)
    failed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plots")
        themes.as_panel(self)
        self.throughput = ThroughputPlot()
        self.connections = ConnectionsPlot()
        self.memory = MemoryPlot()
        self.own_cost = OwnCostPlot()
        self.plots: Sequence[TimePlot] = (
            self.throughput,
            self.connections,
            self.memory,
            self.own_cost,
        )
        self._chips: list[QToolButton] = []
        header = QHBoxLayout()
        header.setContentsMargins(10, 0, 14, 0)
        header.setSpacing(6)
        rows = QVBoxLayout(self)
        # No margin at the sides: the time axis stands exactly below that of the timeline.
        rows.setContentsMargins(0, 3, 0, 2)
        rows.setSpacing(0)
        rows.addLayout(header)
        for plot in self.plots:
            plot.range_wanted.connect(self.range_wanted)
            plot.period_wanted.connect(self.period_wanted)
            plot.time_hovered.connect(self._hover)
            plot.failed.connect(self.failed)
            plot.setVisible(plot is self.throughput)
            chip = QToolButton()
            chip.setObjectName(f"show_{plot.objectName()}")
            chip.setCheckable(True)
            chip.setChecked(plot is self.throughput)
            chip.setProperty("chip", True)
            chip.toggled.connect(lambda on, plot=plot: self._show_plot(plot, on))
            header.addWidget(chip)
            self._chips.append(chip)
            rows.addWidget(plot, 1)
        header.addStretch(1)
        self._period = CompactBox()
        self._period.setObjectName("period")
        for seconds in _PERIODS:
            self._period.addItem("", seconds)
        self._period.activated.connect(
            lambda index: self.period_wanted.emit(self._period.itemData(index))
        )
        header.addWidget(self._period)
        self._more = QToolButton()
        self._more.setObjectName("plots_more")
        self._more.setText("⋯")
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._more.setProperty("compact", True)
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill_menu)
        self._more.setMenu(self._menu)
        header.addWidget(self._more)
        self.setMinimumHeight(132)
        self._head_plots()
        self._set_texts()

    def set_measurements(self, measurements: Measurements) -> None:
        """Draw those of another pull from now on."""
        for plot in self.plots:
            plot.set_measurements(measurements)

    def set_range(self, t0: float, t1: float) -> None:
        """Show these seconds from the next refresh on."""
        for plot in self.plots:
            plot.set_range(t0, t1)

    def show_period(self, seconds: float | None) -> None:
        """Show which period is followed; None where time stands still."""
        with QSignalBlocker(self._period):
            known = seconds in _PERIODS
            self._period.setCurrentIndex(self._period.findData(seconds) if known else -1)

    def set_crosshair(self, at: float) -> None:
        """Read all curves at a time; NaN ends it."""
        for plot in self.plots:
            plot.set_crosshair(at)

    def refresh(self) -> None:
        """Draw what was added since the last call."""
        for plot in self.plots:
            plot.refresh()

    def bring(self, plot: TimePlot) -> None:
        """Show `plot`, and give it the keyboard."""
        self._chips[self.plots.index(plot)].setChecked(True)
        plot.setFocus(Qt.FocusReason.OtherFocusReason)

    def summary(self) -> str:
        """Return what the plots that are shown tell, in words, a line for each."""
        return "\n".join(
            f"{plot.title()}: {plot.accessibleDescription()}"
            for plot in self.plots
            if not plot.isHidden() and plot.accessibleDescription()
        )

    def state(self) -> str:
        """Return what the user chose to see."""
        return json.dumps(
            {
                plot.objectName(): {
                    "shown": not plot.isHidden(),
                    "hidden": sorted(plot.hidden_curves()),
                    "log": plot.logarithmic,
                }
                for plot in self.plots
            }
        )

    def restore(self, state: str) -> None:
        """Show what `state` tells; what cannot be read changes nothing."""
        try:
            told = json.loads(state)
        except ValueError:
            return
        if not isinstance(told, dict):
            return
        for plot, chip in zip(self.plots, self._chips, strict=True):
            about = told.get(plot.objectName())
            if not isinstance(about, dict):
                continue
            hidden = about.get("hidden")
            if isinstance(hidden, list):
                plot.hide_curves({str(id_) for id_ in hidden})
            plot.set_logarithmic(about.get("log") is True)
            chip.setChecked(about.get("shown") is True)
        if all(plot.isHidden() for plot in self.plots):
            self._chips[0].setChecked(True)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._set_texts()

    def _hover(self, at: float) -> None:
        self.set_crosshair(at)
        self.time_hovered.emit(at)

    def _show_plot(self, plot: TimePlot, shown: bool) -> None:
        others = [other for other in self.plots if other is not plot and not other.isHidden()]
        if not shown and not others:  # an empty panel would show nothing
            chip = self._chips[self.plots.index(plot)]
            with QSignalBlocker(chip):
                chip.setChecked(True)
            return
        plot.setVisible(shown)
        self._head_plots()

    def _head_plots(self) -> None:
        """Name the plots where there are several; one alone is named by its chip."""
        shown = [plot for plot in self.plots if not plot.isHidden()]
        for plot in shown:
            plot.set_heading_shown(len(shown) > 1)
        self.setMinimumHeight(36 + 96 * len(shown))

    def _fill_menu(self) -> None:
        self._menu.clear()
        shown = [plot for plot in self.plots if not plot.isHidden()]
        for plot in shown:
            menu = plot.make_menu()
            if len(shown) == 1:
                self._menu.addActions(menu.actions())
            else:
                menu.setTitle(plot.title())
                self._menu.addMenu(menu)

    def _set_texts(self) -> None:
        for plot, chip in zip(self.plots, self._chips, strict=True):
            chip.setText(plot.title())
            chip.setAccessibleName(self.tr("Show the plot: {0}").format(plot.title()))
        self._period.setAccessibleName(self.tr("Period shown"))
        self._period.setPlaceholderText(self.tr("chosen time"))
        words = (
            self.tr("last 12 s"),
            self.tr("last minute"),
            self.tr("last 5 minutes"),
            self.tr("last hour"),
            self.tr("whole pull"),
        )
        for index, text in enumerate(words):
            self._period.setItemText(index, text)
        self._more.setAccessibleName(self.tr("Axis and export"))
        self._more.setToolTip(self.tr("Axis and export"))
