"""How the states of bytes look: colours, textures, and the legend that names them.

Retried and failed bytes carry stripes, so that they are told without their colours.
"""

import html
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPaintEvent, Qt
from PySide6.QtWidgets import QSizePolicy, QWidget

from pullscope.gui import theme as themes
from pullscope.gui.theme import Theme

Pixels = npt.NDArray[np.uint32]

_PERIOD = 6  # pixels from one stripe of a texture to the next


def short_digest(digest: str) -> str:
    """Return the first digits of a digest, enough to tell the layers of an image apart."""
    return digest.partition(":")[2][:8] or digest[:8]


def plain_tip(text: str) -> str:
    """Return `text` for a tooltip, which would show markup in the words of a registry as such."""
    return html.escape(text).replace("\n", "<br>") if Qt.mightBeRichText(text) else text


def stripe(theme: Theme) -> QColor:
    """Return the colour of the stripes that tell retried and failed without their colours."""
    return QColor("#14171C") if theme.dark else QColor("#FFFFFF")


def retried_stripes(height: int, width: int, ratio: float) -> npt.NDArray[np.bool_]:
    """Return where the texture of retried bytes has its stripes: diagonals."""
    y, x = np.ogrid[:height, :width]
    period, line = round(_PERIOD * ratio), round(2 * ratio)
    stripes: npt.NDArray[np.bool_] = (x + y) % period < line
    return stripes


def failed_stripes(height: int, width: int, ratio: float) -> npt.NDArray[np.bool_]:
    """Return where the texture of failed bytes has its stripes: crossed diagonals."""
    y, x = np.ogrid[:height, :width]
    period, line = round(_PERIOD * ratio), round(ratio)
    stripes: npt.NDArray[np.bool_] = ((x + y) % period < line) | ((x - y) % period < line)
    return stripes


def image_of(pixels: Pixels, ratio: float) -> QImage:
    """Return an image of premultiplied ARGB `pixels`, whose memory it shows: draw it at once."""
    height, width = pixels.shape
    image = QImage(pixels.data, width, height, width * 4, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    return image


def paint_mark(painter: QPainter, rect: QRect, state: str, theme: Theme) -> None:
    """Fill `rect` as bytes in `state` look, which is the name of one of the theme's colours."""
    colour: QColor = getattr(theme, state)
    ratio = painter.device().devicePixelRatioF()
    pixels = np.full((round(rect.height() * ratio), round(rect.width() * ratio)), 0, np.uint32)
    pixels[:] = colour.rgba()
    if state == "retried":
        pixels[retried_stripes(*pixels.shape, ratio)] = stripe(theme).rgba()
    elif state == "failed":
        pixels[failed_stripes(*pixels.shape, ratio)] = stripe(theme).rgba()
    painter.drawImage(rect.topLeft(), image_of(pixels, ratio))


class Legend(QWidget):
    """A line of marks with their words. `entries` pairs the name of a colour with its word."""

    def __init__(self, entries: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries = tuple(entries)
        self.setFont(themes.base_font(themes.HEADING_PX))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def set_entries(self, entries: Sequence[tuple[str, str]]) -> None:
        """Explain these instead."""
        self._entries = tuple(entries)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        width = sum(28 + metrics.horizontalAdvance(word) for _, word in self._entries)
        return QSize(width, 18)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            self._paint(painter, themes.current())

    def _paint(self, painter: QPainter, theme: Theme) -> None:
        metrics = painter.fontMetrics()
        x = 0
        for state, word in self._entries:
            width = metrics.horizontalAdvance(word)
            if x + 15 + width > self.width():
                break  # half a word tells nothing
            paint_mark(painter, QRect(x, (self.height() - 10) // 2, 10, 10), state, theme)
            painter.setPen(theme.muted)
            box = QRect(x + 15, 0, width + 2, self.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, word)
            x += 28 + width
