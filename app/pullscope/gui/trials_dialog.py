"""The trials of one setting of a sweep: how each went, and its trace."""

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from pullscope.engine.units import size_text
from pullscope.gui.legend import plain_tip
from pullscope.gui.sweep_words import candidate_text
from pullscope.sweep.results import Outcome, Row
from pullscope.sweep.table import seconds_text

_SIZE = QSize(680, 320)
_TRACE_ROLE = Qt.ItemDataRole.UserRole


class TrialsDialog(QDialog):
    """Lists the trials of a row. To be opened with `open`; deleted when it is closed.

    Signals:
        traces_asked: the paths of traces to open; of two, the differences are wanted.
    """

    traces_asked = Signal(list)

    def __init__(self, row: Row, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trials_dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Trials"))
        self.resize(_SIZE)
        about = QLabel(candidate_text(row.candidate))
        about.setTextFormat(Qt.TextFormat.PlainText)
        about.setWordWrap(True)
        self.trials = QTreeWidget()
        self.trials.setObjectName("trials")
        self.trials.setAccessibleName(self.tr("Trials of this setting"))
        self.trials.setRootIsDecorated(False)
        self.trials.setUniformRowHeights(True)
        self.trials.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.trials.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.trials.setHeaderLabels(
            [
                self.tr("BEGAN"),
                self.tr("TOTAL S"),
                self.tr("NETWORK S"),
                self.tr("MEMORY"),
                self.tr("TRACE OR ERROR"),
            ]
        )
        for column, width in enumerate((170, 80, 90, 80)):
            self.trials.header().resizeSection(column, width)
        self._open = QPushButton(self.tr("Open trace"))
        self._open.setObjectName("open_trial_trace")
        self._open.setToolTip(self.tr("Of two that are selected, the differences are shown"))
        self._open.clicked.connect(self._ask)
        close = QPushButton(self.tr("Close"))
        close.setObjectName("close_trials")
        close.clicked.connect(self.reject)
        for trial in row.trials:
            if trial.outcome is not None:
                self._add(trial.outcome)
        self.trials.itemActivated.connect(lambda _: self._ask())
        self.trials.itemSelectionChanged.connect(self._enable)
        if (first := self.trials.topLevelItem(0)) is not None:
            self.trials.setCurrentItem(first)
        foot = QHBoxLayout()
        foot.addWidget(self._open)
        foot.addStretch(1)
        foot.addWidget(close)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(16, 12, 16, 12)
        rows.setSpacing(8)
        rows.addWidget(about)
        rows.addWidget(self.trials, 1)
        rows.addLayout(foot)
        self._enable()

    def _add(self, outcome: Outcome) -> None:
        trace = Path(outcome.trace) if outcome.trace else None
        kept = trace is not None and trace.exists()
        if outcome.error:
            last = outcome.error
        elif trace is None:
            last = self.tr("no trace")
        else:
            last = trace.name if kept else self.tr("the trace is gone")
        began = datetime.fromtimestamp(outcome.started_at).astimezone()
        texts = [
            began.strftime("%Y-%m-%d %H:%M:%S"),
            "-" if outcome.error else seconds_text(outcome.total),
            "-" if outcome.network is None else seconds_text(outcome.network),
            "-" if outcome.memory is None else size_text(outcome.memory),
            last,
        ]
        item = QTreeWidgetItem(texts)
        for column in (1, 2, 3):
            item.setTextAlignment(
                column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            )
        item.setToolTip(4, plain_tip(outcome.error or outcome.trace))
        item.setData(0, _TRACE_ROLE, outcome.trace if kept else "")
        self.trials.addTopLevelItem(item)

    def _traces(self) -> list[Path]:
        items = self.trials.selectedItems()
        return [Path(name) for item in items if (name := str(item.data(0, _TRACE_ROLE)))]

    def _enable(self) -> None:
        self._open.setEnabled(bool(self._traces()))

    def _ask(self) -> None:
        if traces := self._traces():
            self.traces_asked.emit(traces)
            self.accept()
