"""A slider whose value is the setting itself, drawn on a linear or a logarithmic scale."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from pullscope.gui import theme as themes

_RADIUS = 8
_GROOVE_Y = 11
_LABELS_Y = 22
_HEIGHT = 38


class SettingSlider(QSlider):
    """A horizontal slider with its tick labels beneath.

    QSlider places its handle in proportion to its value, which leaves the small numbers of a range
    such as 1 to 128 no room. This one keeps `value()` the number and draws it where its logarithm
    lies. Arrow keys move by one; on a logarithmic scale the page keys halve and double.
    """

    def __init__(
        self,
        least: int,
        greatest: int,
        ticks: Sequence[tuple[int, str]],
        *,
        logarithmic: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._ticks = tuple(ticks)
        self._logarithmic = logarithmic
        self.setRange(least, greatest)
        self.setPageStep(2)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        """Return room for the groove and the labels."""
        return QSize(160, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Return the same height; no width is too small to be used."""
        return QSize(80, _HEIGHT)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Move the handle to where the user pressed."""
        if event.button() is not Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self.setSliderDown(True)
        self.setSliderPosition(self._value_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Let the handle follow."""
        if self.isSliderDown():
            self.setSliderPosition(self._value_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the handle."""
        self.setSliderDown(False)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turn only when the slider has the keyboard: scrolling past must not tune a pull."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Halve and double with the page keys on a logarithmic scale."""
        if self._logarithmic and event.key() == Qt.Key.Key_PageUp:
            self.setValue(self.value() * 2)
        elif self._logarithmic and event.key() == Qt.Key.Key_PageDown:
            self.setValue(max(self.minimum(), self.value() // 2))
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw groove, handle and labels."""
        theme = themes.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x = self._x_of(self.sliderPosition())
        colour = theme.accent if self.isEnabled() else theme.muted
        groove = QRectF(1, _GROOVE_Y - 2, self.width() - 2, 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.line)
        painter.drawRoundedRect(groove, 2, 2)
        painter.setBrush(colour)
        painter.drawRoundedRect(QRectF(groove.left(), groove.top(), x - groove.left(), 4), 2, 2)
        painter.setBrush(theme.raised if self.underMouse() else theme.panel)
        painter.setPen(QPen(colour, 2.5))
        painter.drawEllipse(QPointF(x, _GROOVE_Y), _RADIUS - 1.5, _RADIUS - 1.5)
        if self.hasFocus():
            painter.setBrush(colour)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawEllipse(QPointF(x, _GROOVE_Y), 3.5, 3.5)
        painter.setFont(themes.base_font(10))
        painter.setPen(theme.muted)
        metrics = painter.fontMetrics()
        for value, label in self._ticks:
            width = metrics.horizontalAdvance(label) + 2
            left = min(max(0.0, self._x_of(value) - width / 2), float(self.width() - width))
            painter.drawText(
                QRectF(left, _LABELS_Y, width, _HEIGHT - _LABELS_Y),
                Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop,
                label,
            )

    def _scale(self, value: float) -> float:
        return math.log(value) if self._logarithmic else float(value)

    def _x_of(self, value: int) -> float:
        least, greatest = self._scale(self.minimum()), self._scale(self.maximum())
        share = (self._scale(value) - least) / (greatest - least)
        return _RADIUS + share * (self.width() - 2 * _RADIUS)

    def _value_at(self, x: float) -> int:
        least, greatest = self._scale(self.minimum()), self._scale(self.maximum())
        share = min(1.0, max(0.0, (x - _RADIUS) / max(1, self.width() - 2 * _RADIUS)))
        place = least + share * (greatest - least)
        return round(math.exp(place) if self._logarithmic else place)
