"""Tags as chips: painted in a cell of a table, and as buttons that take them off."""

from collections.abc import Sequence

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import (
    QCompleter,
    QLayout,
    QLayoutItem,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QWidget,
)

from pullscope.gui import theme as themes
from pullscope.gui.history_list import TAGS_ROLE

_GAP = 4
_PADDING = 7
_CHIP_HEIGHT = 18
_FIELD_WIDTH = 200


class ChipsDelegate(QStyledItemDelegate):
    """Draws the tags of a cell, as many as there is room for."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw a cell."""
        self.initStyleOption(option, index)
        option.text = ""
        widget = option.widget
        widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, widget)
        theme = themes.current()
        rect = QRect(option.rect).adjusted(8, 0, -4, 0)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(themes.base_font(themes.HEADING_PX))
        metrics = painter.fontMetrics()
        left, top = rect.left(), rect.center().y() - _CHIP_HEIGHT // 2 + 1
        tags: Sequence[str] = index.data(TAGS_ROLE) or ()
        for place, tag in enumerate(tags):
            width = metrics.horizontalAdvance(tag) + 2 * _PADDING
            more = f"+{len(tags) - place}"
            room = rect.right() - left
            if place + 1 < len(tags):
                room -= metrics.horizontalAdvance(more) + _GAP
            if width > room:
                painter.setPen(theme.muted)
                rest = QRect(left, rect.top(), rect.right() - left, rect.height())
                painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter, more)
                break
            chip = QRectF(left, top, width, _CHIP_HEIGHT).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.setPen(QPen(theme.muted, 1))
            painter.setBrush(theme.raised)
            painter.drawRoundedRect(chip, _CHIP_HEIGHT / 2, _CHIP_HEIGHT / 2)
            painter.setPen(theme.text)
            painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, tag)
            left += width + _GAP
        painter.restore()


class TagEditor(QWidget):
    """The tags of what is selected, each with a button that takes it off, and a field for more.

    Signals:
        added: what was typed, tags with commas between.
        removed: a tag.
    """

    added = Signal(str)
    removed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tags: tuple[str, ...] = ()
        self._chips: list[QToolButton] = []
        self._flow = _Flow(self)
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.field = QLineEdit()
        self.field.setObjectName("tag_field")
        self.field.setFixedWidth(_FIELD_WIDTH)
        self.field.returnPressed.connect(self._add)
        self._flow.addWidget(self.field)
        self._set_texts()

    def show_tags(self, tags: Sequence[str], known: Sequence[str]) -> None:
        """Show `tags`; those that are `known` are offered while somebody types."""
        completer = QCompleter([tag for tag in known if tag not in tags], self.field)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.field.setCompleter(completer)
        if tuple(tags) != self._tags:
            self._tags = tuple(tags)
            self._make_chips()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._set_texts()

    def _set_texts(self) -> None:
        self.field.setPlaceholderText(self.tr("Add tags: one, another"))
        self.field.setAccessibleName(self.tr("Tags to add"))
        self.field.setToolTip(self.tr("Return adds them to the selected pulls"))
        for chip, tag in zip(self._chips, self._tags, strict=True):
            self._name(chip, tag)

    def _make_chips(self) -> None:
        for chip in self._chips:
            self._flow.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._chips = []
        for place, tag in enumerate(self._tags):
            chip = QToolButton(self)
            chip.setProperty("tag", True)
            chip.setText(f"{tag}  ×".replace("&", "&&"))
            chip.clicked.connect(lambda _=False, tag=tag: self.removed.emit(tag))
            self._name(chip, tag)
            self._chips.append(chip)
            self._flow.insert(place, chip)
            chip.show()
        before: QWidget | None = None
        for widget in (*self._chips, self.field):
            if before is not None:
                QWidget.setTabOrder(before, widget)
            before = widget
        self.updateGeometry()

    def _name(self, chip: QToolButton, tag: str) -> None:
        words = self.tr("Take off the tag {0}").format(tag)
        chip.setAccessibleName(words)
        chip.setToolTip(words)

    def _add(self) -> None:
        text = self.field.text()
        if text.strip():
            self.added.emit(text)


class _Flow(QLayout):
    """Lays widgets out in lines, as words in a paragraph."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)

    def insert(self, place: int, widget: QWidget) -> None:
        self.addWidget(widget)
        self._items.insert(place, self._items.pop())

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._lay_out(QRect(0, 0, width, 0), move=False)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._lay_out(rect, move=True)

    def _lay_out(self, rect: QRect, *, move: bool) -> int:
        """Return the height that the lines take."""
        y = rect.y()
        for line in self._lines(rect.width()):
            height = max(item.sizeHint().height() for item in line)
            x = rect.x()
            for item in line if move else ():
                size = item.sizeHint()
                item.setGeometry(QRect(QPoint(x, y + (height - size.height()) // 2), size))
                x += size.width() + _GAP
            y += height + _GAP
        return max(0, y - rect.y() - _GAP)

    def _lines(self, width: int) -> list[list[QLayoutItem]]:
        lines: list[list[QLayoutItem]] = []
        room = 0
        for item in self._items:
            wanted = item.sizeHint().width()
            if not lines or wanted > room:
                lines.append([])
                room = width
            lines[-1].append(item)
            room -= wanted + _GAP
        return lines
