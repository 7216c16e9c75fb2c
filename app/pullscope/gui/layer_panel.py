"""The panel of the layer table: the table, and a line that filters its rows when asked for.

It is no higher than its rows: below the few layers of a small image the other views have the room.
"""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from pullscope.gui.layer_table import LayerTable
from pullscope.gui.panel import Panel


class LayerPanel(Panel):
    """A rounded surface around the layer table and its filter."""

    def __init__(self, table: LayerTable, parent: QWidget | None = None) -> None:
        super().__init__(table, parent)
        self._table = table
        self.filter = QLineEdit()
        self.filter.setObjectName("layer_filter")
        self.filter.setClearButtonEnabled(True)
        self.filter.hide()
        self.filter.textChanged.connect(table.set_filter)
        self.filter.installEventFilter(self)
        self.rows.insertWidget(0, self.filter)
        for changed in (table.layers.modelReset, table.layers.rowsInserted):
            changed.connect(self._fit)
        self._set_texts()

    def edit_filter(self) -> None:
        """Show the filter and go to it."""
        self.filter.show()
        self._fit()
        self.filter.setFocus()
        self.filter.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Escape ends filtering; down goes on to the rows."""
        if watched is not self.filter or not isinstance(event, QKeyEvent):
            return False
        if event.type() is not QEvent.Type.KeyPress:
            return False
        if event.key() == Qt.Key.Key_Escape:
            self.filter.clear()
            self.filter.hide()
            self._fit()
            self._table.setFocus()
            return True
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._table.setFocus()
            return True
        return False

    def _fit(self) -> None:
        rows = self._table.layers.rowCount()
        if not rows:
            return  # nothing is known yet: what comes next is likely like what was before
        margins = self.rows.contentsMargins()
        border = self.height() - self.contentsRect().height()
        most = self._table.height_of(rows) + margins.top() + margins.bottom() + border
        if not self.filter.isHidden():
            most += self.filter.sizeHint().height() + self.rows.spacing()
        self.setMaximumHeight(most)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._set_texts()

    def _set_texts(self) -> None:
        self.filter.setAccessibleName(self.tr("Filter the layers"))
        self.filter.setPlaceholderText(self.tr("Filter: digest, state, media type or #number"))
