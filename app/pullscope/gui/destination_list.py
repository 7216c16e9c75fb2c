"""The destinations of a sweep: a name and a folder each, to be added and removed."""

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from pullscope.gui import theme as themes
from pullscope.sweep.plan import Destination

_NAME_WIDTH = 96


class DestinationList(QWidget):
    """Rows of names and folders.

    Args:
        suggestions: what the next rows that are added hold at first.

    Signals:
        changed: a name or folder was changed, or there are more or fewer.
    """

    changed = Signal()

    def __init__(
        self,
        places: Iterable[Destination],
        suggestions: Iterable[Destination] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._suggestions = list(suggestions)
        self.rows: list[DestinationRow] = []
        self._lines = QVBoxLayout()
        self._lines.setSpacing(4)
        self._add = QPushButton()
        self._add.setObjectName("add_destination")
        self._add.clicked.connect(self._add_next)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(4)
        whole.addLayout(self._lines)
        foot = QHBoxLayout()
        foot.addWidget(self._add)
        foot.addStretch(1)
        whole.addLayout(foot)
        for place in places:
            self.add(place.name, str(place.path))
        self._set_texts()

    def add(self, name: str, folder: str) -> None:
        """Add a row."""
        row = DestinationRow(name, folder)
        row.changed.connect(self.changed)
        row.removal_asked.connect(lambda: self._remove(row))
        self.rows.append(row)
        self._lines.addWidget(row)
        self._enable()
        self.changed.emit()

    def destinations(self) -> tuple[Destination, ...]:
        """Return what the rows say.

        Raises:
            ValueError: a row names no folder.
        """
        return tuple(row.destination() for row in self.rows)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._set_texts()

    def _add_next(self) -> None:
        if self._suggestions:
            place = self._suggestions.pop(0)
            self.add(place.name, str(place.path))
        else:
            self.add("", "")
        self.rows[-1].name.setFocus()

    def _remove(self, row: "DestinationRow") -> None:
        self.rows.remove(row)
        self._lines.removeWidget(row)
        row.hide()
        row.deleteLater()
        self._enable()
        self.changed.emit()

    def _enable(self) -> None:
        for row in self.rows:
            row.remove.setEnabled(len(self.rows) > 1)

    def _set_texts(self) -> None:
        self._add.setText(self.tr("Add a destination"))


class DestinationRow(QWidget):
    """One destination.

    Signals:
        changed: its name or folder.
        removal_asked: the user wants no such destination.
    """

    changed = Signal()
    removal_asked = Signal()

    def __init__(self, name: str, folder: str) -> None:
        super().__init__()
        self.name = QLineEdit(name)
        self.name.setObjectName("destination_name")
        self.name.setFixedWidth(_NAME_WIDTH)
        self.folder = QLineEdit(folder)
        self.folder.setObjectName("destination_folder")
        self.folder.setFont(themes.mono_font())
        for field in (self.name, self.folder):
            field.textChanged.connect(lambda _: self.changed.emit())
        self._choose = QToolButton()
        self._choose.setObjectName("choose_destination")
        self._choose.setText("…")
        self._choose.clicked.connect(self._ask)
        self.remove = QToolButton()
        self.remove.setObjectName("remove_destination")
        self.remove.clicked.connect(self.removal_asked)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.name)
        row.addWidget(self.folder, 1)
        row.addWidget(self._choose)
        row.addWidget(self.remove)
        self._set_texts()
        self._dress()

    def destination(self) -> Destination:
        """Return what the row says.

        Raises:
            ValueError: it names no folder.
        """
        name, folder = self.name.text().strip(), self.folder.text().strip()
        if not name or not folder:
            raise ValueError(self.tr("A destination needs a name and a folder"))
        return Destination(name, Path(folder).expanduser().absolute())

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme and the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._set_texts()
        elif event.type() is QEvent.Type.PaletteChange:
            self._dress()

    def _ask(self) -> None:
        dialog = QFileDialog(self, self.tr("Choose a folder to pull to"))
        dialog.setObjectName("destination_dialog")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self.folder.setText)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _dress(self) -> None:
        self.remove.setIcon(themes.icon("cancel", themes.current()))

    def _set_texts(self) -> None:
        self.name.setAccessibleName(self.tr("Name of the destination"))
        self.name.setPlaceholderText(self.tr("name"))
        self.folder.setAccessibleName(self.tr("Folder of the destination"))
        self.folder.setPlaceholderText("/var/tmp/sweep")  # noqa: S108 - an example
        self._choose.setAccessibleName(self.tr("Choose the folder"))
        self._choose.setToolTip(self.tr("Choose the folder"))
        self.remove.setAccessibleName(self.tr("Remove the destination"))
        self.remove.setToolTip(self.tr("Remove the destination"))
