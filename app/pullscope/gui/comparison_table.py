"""The table of what two pulls differ in: settings, milestones, phases, bytes and requests."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QGuiApplication, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from pullscope.gui import theme as themes
from pullscope.gui.copy_key import CopyKey
from pullscope.gui.effects import setting_names, share_text, value_text
from pullscope.trace.explain import (
    Difference,
    Explanation,
    amount_text,
    differences,
    different_settings,
)

_ROW_HEIGHT = 22
_CHANGE_ROLE = Qt.ItemDataRole.UserRole
_NOISE = 0.05  # a smaller change is not worth a look
_FULL_BAR = 1.0  # a change by so much fills the bar
_BAR = 44  # pixels to either side


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table; `change` is a share of A, None where there is none to tell."""

    name: str
    before: str
    after: str
    change: float | None = None


class ComparisonTable(QTreeWidget):
    """Shows two explanations side by side, in groups."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("comparison_table")
        self._told: tuple[Explanation, Explanation] | None = None
        self.setColumnCount(4)
        self.setRootIsDecorated(False)
        self.setIndentation(10)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setUniformRowHeights(True)
        self.setItemDelegateForColumn(3, _Change(self))
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column, width in ((1, 130), (2, 130), (3, 190)):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
            header.resizeSection(column, width)
        self.installEventFilter(CopyKey(self, self.copy))
        self._set_texts()

    def show_explanations(self, one: Explanation, other: Explanation) -> None:
        """Show what two pulls differ in."""
        self._told = (one, other)
        self._fill()

    def groups(self) -> Iterator[tuple[str, Sequence[Row]]]:
        """Return the headings with their rows, in the user's language."""
        if self._told is None:
            return
        one, other = self._told
        yield self.tr("Settings that differ"), self._settings(one, other)
        titles = {
            "whole": self.tr("The whole pull"),
            "milestones": self.tr("Milestones, from the beginning"),
            "phases": self.tr("Phases of all requests for chunks"),
            "critical path": self.tr("Critical path"),
            "bytes": self.tr("Bytes"),
            "requests": self.tr("Requests"),
        }
        found = differences(one, other)
        for group, title in titles.items():
            rows = [self._row(each) for each in found if each.group == group]
            if rows:
                yield title, rows

    def as_csv(self) -> str:
        """Return all rows as CSV."""
        text = io.StringIO()
        lines = csv.writer(text, lineterminator="\n")
        lines.writerow(["group", "measure", "a", "b", "change"])
        for group, rows in self.groups():
            for row in rows:
                change = "" if row.change is None else f"{row.change:.4f}"
                lines.writerow([group, row.name, row.before, row.after, change])
        return text.getvalue()

    def copy(self) -> None:
        """Copy the selected rows, or all, with tabs between their cells."""
        items = self.selectedItems() or [
            item
            for number in range(self.topLevelItemCount())
            for item in _with_children(self.topLevelItem(number))
        ]
        lines = ["\t".join(item.text(n) for n in range(4)).rstrip() for item in items]
        QGuiApplication.clipboard().setText("\n".join(lines))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._set_texts()

    def _set_texts(self) -> None:
        self.setAccessibleName(self.tr("What the two pulls differ in"))
        self.setHeaderLabels([self.tr("MEASURE"), "A", "B", self.tr("B AGAINST A")])
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for column in (1, 2, 3):
            self.headerItem().setTextAlignment(column, right)
        self._fill()

    def _fill(self) -> None:
        place = self.verticalScrollBar().value()
        self.clear()
        heading = themes.number_font(12)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for title, rows in self.groups():
            top = QTreeWidgetItem([title])
            top.setFont(0, heading)
            top.setFirstColumnSpanned(True)
            self.addTopLevelItem(top)
            for row in rows:
                words = "" if row.change is None else share_text(row.change)
                item = QTreeWidgetItem([row.name, row.before, row.after, words])
                item.setData(3, _CHANGE_ROLE, row.change)
                for column in (1, 2, 3):
                    item.setTextAlignment(column, right)
                top.addChild(item)
            top.setExpanded(True)
        self.verticalScrollBar().setValue(place)

    def _settings(self, one: Explanation, other: Explanation) -> Sequence[Row]:
        names = setting_names()
        if one.settings is None or other.settings is None:
            return [Row(self.tr("not told by both"), "", "")]
        rows = [
            Row(
                names.get(name, name),
                value_text(name, one.settings),
                value_text(name, other.settings),
            )
            for name in different_settings(one, other)
        ]
        return rows or [Row(self.tr("none"), "", "")]

    def _row(self, found: Difference) -> Row:
        before, after = (amount_text(found.kind, n) for n in (found.before, found.after))
        words = self._words()
        name = ", ".join(words.get(part, part) for part in found.name.split(", "))
        return Row(name, before, after, found.change)

    def _words(self) -> dict[str, str]:
        """Return the parts of the names of measures, in the user's language."""
        return {
            "whole pull": self.tr("time"),
            "rate": self.tr("rate"),
            "memory": self.tr("memory"),
            "most": self.tr("most"),
            "resolved": self.tr("resolved"),
            "first byte": self.tr("first byte"),
            "last byte": self.tr("last byte"),
            "verified": self.tr("verified"),
            "committed": self.tr("committed"),
            "ended": self.tr("ended"),
            "queued": self.tr("queued"),
            "resolving": self.tr("resolving"),
            "retry wait": self.tr("waiting for a retry"),
            "connecting": self.tr("connecting"),
            "waiting": self.tr("waiting for the first byte"),
            "receiving": self.tr("receiving"),
            "writing": self.tr("writing"),
            "hashing": self.tr("hashing"),
            "committing": self.tr("committing"),
            "all": self.tr("in all"),
            "share": self.tr("share"),
            "critical path": self.tr("critical path"),
            "image": self.tr("image"),
            "there before": self.tr("there before"),
            "kept of an earlier pull": self.tr("kept of an earlier pull"),
            "received": self.tr("received"),
            "wasted": self.tr("wasted in all"),
            "wasted: not needed when it came": self.tr("wasted: not needed when it came"),
            "wasted: of layers that were discarded": self.tr(
                "wasted: of layers that were discarded"
            ),
            "wasted: given up for want of ranges": self.tr("wasted: given up for want of ranges"),
            "asked for again": self.tr("asked for again"),
            "asked for twice at once": self.tr("asked for twice at once"),
            "requests for chunks": self.tr("requests for chunks"),
            "other requests": self.tr("other requests"),
            "retries": self.tr("retries"),
            "second requests": self.tr("second requests"),
            "connections made": self.tr("connections made"),
        }


class _Change(QStyledItemDelegate):
    """Draws a change as a bar to the left (less) or to the right (more), and in words."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        super().paint(painter, option, index)
        change = index.data(_CHANGE_ROLE)
        if change is None:
            return
        theme = themes.current()
        rect = QRect(option.rect)
        middle = rect.left() + _BAR + 8
        top, height = rect.center().y() - 3, 7
        painter.fillRect(QRect(middle, rect.top() + 4, 1, rect.height() - 8), theme.line)
        length = round(min(abs(change), _FULL_BAR) / _FULL_BAR * _BAR)
        if not length:
            return
        colour = theme.muted if abs(change) >= _NOISE else theme.line
        left = middle + 1 if change > 0 else middle - length
        painter.fillRect(QRect(left, top, length, height), colour)


def _with_children(item: QTreeWidgetItem | None) -> Iterator[QTreeWidgetItem]:
    if item is not None:
        yield item
        for number in range(item.childCount()):
            yield from _with_children(item.child(number))
