"""The question that is asked when the window is closed while pulls run."""

from collections.abc import Sequence
from enum import Enum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

_LONGEST = 300


class Answer(Enum):
    """What becomes of the pulls that run."""

    STAY = "stay"
    KEEP_PARTS = "keep parts"
    DISCARD_PARTS = "discard parts"


class ClosingQuestion(QMessageBox):
    """Asks whether to stay, to leave and keep what was received, or to leave and delete it.

    Signals:
        answered: the `Answer`.
    """

    answered = Signal(object)

    def __init__(self, references: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("closing")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setIcon(QMessageBox.Icon.NoIcon)
        self.setTextFormat(Qt.TextFormat.PlainText)
        one = len(references) == 1
        self.setWindowTitle(self.tr("A pull is running") if one else self.tr("Pulls are running"))
        self.setText(
            self.tr("Stop pulling {0}?").format(references[0][:_LONGEST])
            if one
            else self.tr("Stop {0} pulls?").format(len(references))
        )
        self.setInformativeText(
            self.tr(
                "What was received is kept: the pull stands in the list again, and goes on from "
                "there. Or delete what is unfinished of it."
            )
        )
        role = QMessageBox.ButtonRole
        stay = self.addButton(self.tr("Keep pulling"), role.RejectRole)
        keep = self.addButton(self.tr("Stop and close"), role.AcceptRole)
        discard = self.addButton(self.tr("Delete and close"), role.DestructiveRole)
        stay.setObjectName("keep_pulling")
        keep.setObjectName("stop_and_close")
        discard.setObjectName("discard_and_close")
        self.setDefaultButton(stay)
        self.setEscapeButton(stay)
        answers = {keep: Answer.KEEP_PARTS, discard: Answer.DISCARD_PARTS}
        self.finished.connect(
            lambda _: self.answered.emit(
                next((a for b, a in answers.items() if b is self.clickedButton()), Answer.STAY)
            )
        )
