"""Panels and rules: the few pieces the window is laid out with."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QTabWidget, QVBoxLayout, QWidget

from pullscope.gui import theme as themes


def heading_text(text: str, unit: str = "") -> str:
    """Return the words of a heading: capitals, but none for the unit."""
    return f"{text.upper()}, {unit}" if unit else text.upper()


def heading(text: str, unit: str = "") -> QLabel:
    """Return the heading of a panel."""
    label = QLabel(heading_text(text, unit))
    font = themes.heading_font()
    font.setCapitalization(QFont.Capitalization.MixedCase)
    label.setFont(font)
    label.setProperty("role", "heading")
    return label


class Panel(QFrame):
    """A rounded surface around one view."""

    def __init__(self, view: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        themes.as_panel(self)
        self.rows = QVBoxLayout(self)
        self.rows.setContentsMargins(5, 4, 5, 5)
        self.rows.addWidget(view)


class TabbedPanel(QFrame):
    """A rounded surface around several views, one at a time in sight."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        themes.as_panel(self)
        self.tabs = QTabWidget()
        self.tabs.setObjectName(name)
        self.tabs.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its bar has the keyboard
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setExpanding(False)
        rows = QVBoxLayout(self)
        # No margin at the sides: time axes in here stand exactly above those of other panels.
        rows.setContentsMargins(0, 2, 0, 2)
        rows.addWidget(self.tabs)
        self.tabs.setStyleSheet("QTabWidget::tab-bar { left: 6px; }")

    def add(self, view: QWidget, title: str) -> None:
        """Add a view under `title`; the tab is its heading, and this panel its surface."""
        view.setProperty("panel", False)
        for label in view.findChildren(QLabel):
            if label.property("role") == "heading":
                label.hide()
        self.tabs.addTab(view, title)
        self._name_tabs()

    def rename(self, view: QWidget, title: str) -> None:
        """Give the tab of `view` another title."""
        self.tabs.setTabText(self.tabs.indexOf(view), title)
        self._name_tabs()

    def _name_tabs(self) -> None:
        self.tabs.tabBar().setAccessibleName(
            " / ".join(self.tabs.tabText(index) for index in range(self.tabs.count()))
        )

    def bring(self, view: QWidget) -> None:
        """Show `view`."""
        self.tabs.setCurrentWidget(view)


class ElidedLabel(QLabel):
    """A line of text that is shortened where there is no room for it."""

    def __init__(self, font: QFont, *, muted: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._muted = muted
        self.setFont(font)
        self.setTextFormat(Qt.TextFormat.PlainText)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the text."""
        theme = themes.current()
        painter = QPainter(self)
        painter.setPen(theme.muted if self._muted else theme.text)
        words = painter.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, self.width()
        )
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, words)


class Rule(QWidget):
    """A hair line between things."""

    def __init__(self, *, upright: bool, length: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._upright = upright
        fixed, free = QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding
        along = fixed if length else free
        self._size = QSize(1, length) if upright else QSize(length, 1)
        self.setSizePolicy(*((fixed, along) if upright else (along, fixed)))

    def sizeHint(self) -> QSize:
        """Return one pixel's width."""
        return self._size

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line."""
        QPainter(self).fillRect(self.rect(), themes.current().line)
