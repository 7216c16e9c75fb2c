"""The window that lays two pulls over one another: their throughput, and what they differ in.

Each of the two is a pull of the list that has ended, or a trace. What they differ in is found in a
thread: of a large trace that takes a moment.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from weakref import WeakKeyDictionary

from PySide6.QtCore import QCoreApplication, QEvent, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from pullscope.gui import theme as themes
from pullscope.gui.comparison_plot import COLOURS, LETTERS, ComparisonPlot
from pullscope.gui.comparison_table import ComparisonTable
from pullscope.gui.language import said
from pullscope.gui.legend import plain_tip
from pullscope.gui.pull_run import PullRun
from pullscope.gui.pulls_dock import ended_words
from pullscope.trace.explain import Explanation, explain
from pullscope.trace.export import write_whole
from pullscope.trace.file import TraceError
from pullscope.trace.recorder import Recorder
from pullscope.tuning.limit_words import whole_words

_SIZE = QSize(1000, 760)
_LONGEST = 300


class CompareView(QDialog):
    """Shows two pulls of the list at once.

    Signals:
        failed: a file could not be written; the words say why.
    """

    failed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("compare_view")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self._runs: list[PullRun] = []
        # By what keeps the events: a pull that is begun again has another.
        self._explained: WeakKeyDictionary[Recorder, asyncio.Task[Explanation]] = (
            WeakKeyDictionary()
        )
        self._tasks: set[asyncio.Task[None]] = set()
        self._sides = [
            _Side(letter, colour) for letter, colour in zip(LETTERS, COLOURS, strict=True)
        ]
        for side in self._sides:
            side.chosen.connect(self._compare)
        self._swap = QToolButton()
        self._swap.setObjectName("swap")
        self._swap.setText("⇄")
        self._swap.setFont(themes.base_font(16))
        self._swap.clicked.connect(self.swap)
        self.plot = ComparisonPlot()
        self.plot.failed.connect(self.failed)
        self.table = ComparisonTable()
        self._busy = QLabel()
        self._busy.setObjectName("comparison_busy")
        self._busy.setProperty("role", "muted")
        self._copy = QPushButton()
        self._copy.clicked.connect(self.table.copy)
        self._save = QPushButton()
        self._save.setObjectName("save_comparison")
        self.finished.connect(self._stop)
        self._lay_out()
        self._set_texts()
        self.resize(_SIZE)

    @property
    def shown(self) -> tuple[PullRun, PullRun] | None:
        """The two pulls that are compared; None while there are not two."""
        one, other = (side.run for side in self._sides)
        return (one, other) if one is not None and other is not None else None

    @property
    def busy(self) -> bool:
        """Whether it is still being found out what they differ in."""
        return bool(self._tasks)

    def offer(self, runs: Sequence[PullRun]) -> None:
        """Let these be chosen from. What is compared stays, also when it has left the list."""
        compared = [run for run in self.shown or () if run not in runs and run.comparable]
        runs = [*runs, *dict.fromkeys(compared)]
        if runs == self._runs:
            return
        before, self._runs = self.shown, runs
        for side in self._sides:
            side.offer(runs)
        if before is not None and self.shown != before:
            self._compare()

    def compare(self, one: PullRun, other: PullRun) -> None:
        """Compare two of those that were offered."""
        for side, run in zip(self._sides, (one, other), strict=True):
            side.choose(run)
        self._compare()

    def swap(self) -> None:
        """Let A be B."""
        if self.shown is not None:
            one, other = self.shown
            self.compare(other, one)

    def export(self, path: Path) -> None:
        """Write what the two differ in as CSV.

        Raises:
            TraceError: the file cannot be written.
        """
        content = self.table.as_csv().encode()
        write_whole(path, lambda file: file.write(content))

    def ask_export(self) -> None:
        """Let the user choose a file for the differences."""
        dialog = QFileDialog(self, self.tr("Export the differences"))
        dialog.setObjectName("export_comparison_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter("CSV (*.csv)")
        dialog.setDefaultSuffix("csv")
        dialog.selectFile("comparison.csv")
        dialog.fileSelected.connect(lambda name: self._export_to(Path(name)))
        dialog.open()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._set_texts()

    def _stop(self) -> None:
        """Wait for nothing any more."""
        for task in self._tasks:
            task.cancel()

    def _lay_out(self) -> None:
        sides = QHBoxLayout()
        sides.setSpacing(8)
        sides.addWidget(self._sides[0], 1)
        sides.addWidget(self._swap)
        sides.addWidget(self._sides[1], 1)
        over = QFrame()
        themes.as_panel(over)
        head = QVBoxLayout(over)
        head.setContentsMargins(4, 2, 4, 4)
        head.addWidget(self.plot)
        under = QFrame()
        themes.as_panel(under)
        rows = QVBoxLayout(under)
        rows.setContentsMargins(4, 4, 4, 4)
        rows.addWidget(self.table)
        self._splitter = QSplitter(Qt.Orientation.Vertical)
        self._splitter.setHandleWidth(8)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(over)
        self._splitter.addWidget(under)
        self._splitter.setStretchFactor(0, 2)
        self._splitter.setStretchFactor(1, 3)
        below = QHBoxLayout()
        below.addWidget(self._busy, 1)
        below.addWidget(self._copy)
        below.addWidget(self._save)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(16, 12, 16, 12)
        whole.setSpacing(8)
        whole.addLayout(sides)
        whole.addWidget(self._splitter, 1)
        whole.addLayout(below)

    def _set_texts(self) -> None:
        self.setWindowTitle(self.tr("Compare two pulls"))
        self._swap.setAccessibleName(self.tr("Swap A and B"))
        self._swap.setToolTip(self.tr("Swap A and B"))
        self._copy.setText(self.tr("Copy"))
        self._copy.setAccessibleName(self.tr("Copy the differences"))
        self._save.setText(self.tr("Export"))
        before = self._save.menu()
        if before is not None:
            before.deleteLater()
        menu = self.plot.make_menu()
        differences = menu.addAction(self.tr("Export the differences as CSV…"))
        differences.setObjectName("export_differences")
        differences.triggered.connect(self.ask_export)
        self._save.setMenu(menu)
        for side in self._sides:
            side.write()

    def _compare(self) -> None:
        shown = self.shown
        if shown is None:
            return
        for side in self._sides:
            side.write()
        self.plot.show_runs(*shown)
        self._busy.setText(self.tr("Looking for differences…"))
        task = asyncio.get_running_loop().create_task(self._explain(*shown))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _explain(self, one: PullRun, other: PullRun) -> None:
        told = [await self._explanation(run.recorder) for run in (one, other)]
        if self.shown == (one, other):
            self.table.show_explanations(*told)
            self._busy.setText("")

    def _explanation(self, recorder: Recorder) -> asyncio.Task[Explanation]:
        """Return what explains a pull, once for all comparisons that it is in."""
        task = self._explained.get(recorder)
        if task is None:
            work = asyncio.to_thread(explain, tuple(recorder.events))
            task = asyncio.get_running_loop().create_task(work)
            self._explained[recorder] = task
        return task

    def _export_to(self, path: Path) -> None:
        try:
            self.export(path)
        except TraceError as error:
            self.failed.emit(self.tr("The differences were not saved: {0}").format(said(error)))


class _Side(QFrame):
    """One of the two pulls: its letter in its colour, which it is, and how it went.

    Signals:
        chosen: the user chose another.
    """

    chosen = Signal()

    def __init__(self, letter: str, colour: str) -> None:
        super().__init__()
        themes.as_panel(self)
        self._runs: Sequence[PullRun] = ()
        self._letter = letter
        self._mark = _Mark(letter, colour)
        self._which = QComboBox()
        self._which.setObjectName(f"compared_{letter.lower()}")
        self._which.setMinimumContentsLength(12)
        self._which.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._which.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._which.activated.connect(self.chosen)
        self._words = QLabel()
        self._words.setProperty("role", "muted")
        self._words.setFont(themes.base_font(12))
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignTop)
        grid = QGridLayout(self)
        grid.setContentsMargins(10, 8, 10, 8)
        grid.setVerticalSpacing(4)
        grid.addWidget(self._mark, 0, 0)
        grid.addWidget(self._which, 0, 1)
        grid.addWidget(self._words, 1, 1)

    @property
    def run(self) -> PullRun | None:
        number = self._which.currentIndex()
        return self._runs[number] if 0 <= number < len(self._runs) else None

    def offer(self, runs: Sequence[PullRun]) -> None:
        chosen = self.run
        self._runs = runs
        with QSignalBlocker(self._which):
            self._which.clear()
            self._which.addItems([run.name[:_LONGEST] for run in runs])
        if chosen is not None:
            self.choose(chosen)

    def choose(self, run: PullRun) -> None:
        if run in self._runs:
            self._which.setCurrentIndex(self._runs.index(run))

    def write(self) -> None:
        self._which.setAccessibleName(self.tr("Pull {0}").format(self._letter))
        run = self.run
        if run is None:
            self._words.setText("")
            return
        limit = whole_words(run.limits, QCoreApplication.translate).title
        words = " · ".join(part for part in (ended_words(run.snapshot), limit) if part)
        self._words.setText(words)
        tip = "\n".join((str(run.trace or ""), run.reference[:_LONGEST], words)).strip()
        self._words.setToolTip(plain_tip(tip))
        self._which.setToolTip(plain_tip(tip))


class _Mark(QWidget):
    """A letter above a piece of the line that the plot draws for it."""

    def __init__(self, letter: str, colour: str) -> None:
        super().__init__()
        self._letter = letter
        self._colour = colour
        self.setFixedSize(24, 26)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = themes.current()
        painter = QPainter(self)
        painter.setPen(theme.text)
        painter.setFont(themes.number_font(13))
        painter.drawText(
            self.rect().adjusted(0, 0, 0, -6), Qt.AlignmentFlag.AlignCenter, self._letter
        )
        pen = QPen(getattr(theme, self._colour), 2)
        if self._letter != LETTERS[0]:
            pen.setDashPattern([2, 2])
        painter.setPen(pen)
        painter.drawLine(3, self.height() - 3, self.width() - 3, self.height() - 3)
