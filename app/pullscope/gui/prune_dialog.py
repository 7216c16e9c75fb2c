"""Forgetting old pulls: by age, by number, and by the size of the traces that are kept.

What would go is told before it goes, anew with each change.
"""

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from pullscope.engine.model import GIB, MIB, SettingRange
from pullscope.engine.units import size_text
from pullscope.gui.amount_box import SIZE, AmountBox
from pullscope.gui.language import said
from pullscope.history import USUALLY_KEPT, History, HistoryError, Kept, Pruned

_MOST_DAYS = 3650


class PruneDialog(QDialog):
    """Asks what is to be kept.

    Signals:
        pruned: what was forgotten, as `Pruned`.
    """

    pruned = Signal(object)

    def __init__(self, history: History, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("prune_dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Forget old pulls"))
        self._history = history
        self.days = _box("prune_days", 0, _MOST_DAYS, int(USUALLY_KEPT.days))
        self.days.setSuffix(self.tr(" days"))
        self.days.setAccessibleName(self.tr("Keep pulls of the last days"))
        self.pulls = _box("prune_pulls", 0, USUALLY_KEPT.pulls, USUALLY_KEPT.pulls)
        self.pulls.setAccessibleName(self.tr("Keep at most so many pulls"))
        self.traces = AmountBox(SIZE, SettingRange(MIB, 1024 * GIB), self.tr("none"))
        self.traces.setObjectName("prune_traces")
        self.traces.set_amount(USUALLY_KEPT.trace_bytes)
        self.traces.setAccessibleName(self.tr("Keep at most so much of traces"))
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        form.addRow(self.tr("Keep pulls of the last"), self.days)
        form.addRow(self.tr("Keep at most so many pulls"), self.pulls)
        form.addRow(self.tr("Keep at most so much of traces"), self.traces)
        self._told = QLabel()
        self._told.setObjectName("prune_told")
        self._told.setTextFormat(Qt.TextFormat.PlainText)
        self._told.setWordWrap(True)
        self._told.setMinimumWidth(380)
        self._told.setMinimumHeight(3 * self._told.fontMetrics().lineSpacing())
        self._told.setAlignment(Qt.AlignmentFlag.AlignTop)
        note = QLabel(
            self.tr(
                "Images stay. Traces that you saved stay; the window's own go with their pulls."
            )
        )
        note.setProperty("role", "muted")
        note.setWordWrap(True)
        buttons = QDialogButtonBox()
        self._delete = buttons.addButton(
            self.tr("Delete"), QDialogButtonBox.ButtonRole.DestructiveRole
        )
        self._delete.setObjectName("prune_delete")
        self._delete.clicked.connect(self._prune)
        cancel = buttons.addButton(self.tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        for button in (self._delete, cancel):
            button.setIcon(QIcon())
        buttons.rejected.connect(self.reject)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(20, 16, 20, 16)
        rows.setSpacing(12)
        rows.addLayout(form)
        rows.addWidget(self._told)
        rows.addWidget(note)
        rows.addWidget(buttons)
        for box in (self.days, self.pulls, self.traces):
            box.setAlignment(Qt.AlignmentFlag.AlignRight)
            box.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
            box.valueChanged.connect(lambda _: self._look())
        self._look()

    @property
    def kept(self) -> Kept:
        """What is to be kept."""
        return Kept(self.days.value(), self.pulls.value(), self.traces.amount)

    def _look(self) -> None:
        """Tell what would go."""
        try:
            pruned = self._history.prune(self.kept, dry_run=True)
        except HistoryError as error:
            self._told.setText(said(error))
            self._delete.setEnabled(False)
            return
        self._told.setText(self._words(pruned))
        self._delete.setEnabled(bool(pruned.pulls or pruned.traces))

    def _words(self, pruned: Pruned) -> str:
        lines = []
        if pruned.pulls == 1:
            lines.append(self.tr("Deletes 1 pull, of {0}.").format(_day(pruned.newest)))
        elif pruned.pulls:
            words = self.tr("Deletes {0} pulls, of {1} to {2}.")
            days = _day(pruned.oldest), _day(pruned.newest)
            lines.append(words.format(f"{pruned.pulls:,}", *days))
        if pruned.traces:
            words = self.tr("Deletes 1 trace, {1}.")
            if pruned.traces > 1:
                words = self.tr("Deletes {0} traces, {1}.")
            lines.append(words.format(pruned.traces, size_text(pruned.trace_bytes)))
        return "\n".join(lines) or self.tr("Nothing is to be deleted.")

    def _prune(self) -> None:
        try:
            pruned = self._history.prune(self.kept)
        except HistoryError as error:
            self._told.setText(said(error))
            return
        self.pruned.emit(pruned)
        self.accept()


def _box(name: str, least: int, most: int, value: int) -> QSpinBox:
    box = QSpinBox()
    box.setObjectName(name)
    box.setRange(least, most)
    box.setValue(value)
    return box


def _day(at: float) -> str:
    return datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d")
