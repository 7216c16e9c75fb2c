"""The boxes in the headings of views: a choice that takes no more room than its words."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QComboBox

from pullscope.gui import theme as themes


class CompactBox(QComboBox):
    """As wide as what is chosen, while Qt's own is as wide as the longest that could be."""

    def __init__(self) -> None:
        super().__init__()
        self.setFont(themes.base_font(themes.HEADING_PX))
        self.setProperty("compact", True)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.currentTextChanged.connect(lambda _: self.updateGeometry())

    def setCurrentIndex(self, index: int) -> None:
        """Choose an entry, -1: none. Who blocks its signals gets the room for it, too."""
        super().setCurrentIndex(index)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return the size for the words that are shown."""
        metrics, size = self.fontMetrics(), super().sizeHint()
        texts = [self.placeholderText(), *(self.itemText(row) for row in range(self.count()))]
        longest = max(metrics.horizontalAdvance(text) for text in texts)
        shown = metrics.horizontalAdvance(self.currentText() or self.placeholderText())
        return QSize(size.width() - longest + shown, size.height())

    def minimumSizeHint(self) -> QSize:
        """Return the same: less would cut the words."""
        return self.sizeHint()

    def showPopup(self) -> None:
        """Open the list, as wide as its longest words."""
        self.view().setMinimumWidth(super().sizeHint().width())
        super().showPopup()
