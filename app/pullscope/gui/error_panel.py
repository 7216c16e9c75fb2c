"""The error panel: why the pull that is shown failed, and what can be done about it.

It stands with the pull it belongs to, under the headline, and comes and goes with the pull that is
shown. Errors that belong to no pull are the error bar's.
"""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from pullscope.engine.errors import Failure
from pullscope.engine.image_config import plain
from pullscope.engine.model import LayerSnapshot, PullState, Snapshot
from pullscope.engine.units import size_text
from pullscope.gui import theme as themes
from pullscope.gui.language import said
from pullscope.gui.legend import plain_tip, short_digest

_LONGEST = 600  # characters of a part


class ErrorPanel(QFrame):
    """What was asked, what came, and what to do.

    Signals:
        retry_asked: the pull is to be tried again.
        layer_asked: the index of the layer that failed is to be shown.
        diagnostics_asked: what is known of the pull is to be copied.
    """

    retry_asked = Signal()
    layer_asked = Signal(int)
    diagnostics_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("error_panel")
        themes.as_panel(self)
        self._snapshot: Snapshot | None = None
        self._layer: LayerSnapshot | None = None
        self._recorded = False
        self._mark = QLabel()
        self._title = _label("error_title")
        self._title.setFont(themes.number_font(13))
        self._names = [_label(f"{part}_name") for part in ("asked", "came", "remedy")]
        self._parts = [_label(f"error_{part}") for part in ("asked", "came", "remedy")]
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        for row, (name, part) in enumerate(zip(self._names, self._parts, strict=True)):
            name.setProperty("role", "muted")
            part.setWordWrap(True)
            part.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(part, row, 1)
        self._show_layer = QPushButton()
        self._show_layer.setObjectName("show_failed_layer")
        self._show_layer.clicked.connect(self._ask_layer)
        self._copy = QPushButton()
        self._copy.setObjectName("copy_diagnostics")
        self._copy.clicked.connect(self.diagnostics_asked)
        self._retry = QPushButton()
        self._retry.setObjectName("retry_failed")
        self._retry.clicked.connect(self.retry_asked)
        head = QHBoxLayout()
        head.addWidget(self._mark)
        head.addWidget(self._title, 1)
        for button in (self._show_layer, self._copy, self._retry):
            head.addWidget(button)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 8, 8, 8)
        rows.setSpacing(4)
        rows.addLayout(head)
        rows.addLayout(grid)
        self._set_texts()
        self.hide()

    def show_snapshot(self, snapshot: Snapshot | None, *, recorded: bool = False) -> None:
        """Show why a pull failed; nothing for one that did not.

        `recorded`: a trace tells of it, so that there is nothing to be done.
        """
        self._recorded = recorded
        failed = snapshot is not None and snapshot.state is PullState.FAILED
        self._snapshot = snapshot if failed else None
        self._fill()

    def text(self) -> str:
        """Return the error in one line; empty where there is none."""
        return "" if self._snapshot is None else plain(said(self._snapshot.error))

    def focus_error(self) -> None:
        """Go to the error, from the row of a layer that failed."""
        if self.isVisible():
            (self._copy if self._recorded else self._retry).setFocus()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language and the theme."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._set_texts()
        elif event.type() is QEvent.Type.PaletteChange:
            self._dress()

    def _set_texts(self) -> None:
        words = (self.tr("Asked"), self.tr("Came"), self.tr("To do"))
        for name, text in zip(self._names, words, strict=True):
            name.setText(text)
        self._retry.setText(self.tr("Retry"))
        self._show_layer.setText(self.tr("Show the layer"))
        self._copy.setText(self.tr("Copy diagnostics"))
        self._copy.setToolTip(
            self.tr("Versions, settings, the error and the last events, without secrets")
        )
        self._fill()

    def _fill(self) -> None:
        snapshot = self._snapshot
        if snapshot is None:
            self._layer = None
            self.hide()
            return
        self._layer = next((layer for layer in snapshot.layers if layer.error), None)
        if self._layer is None:
            title = self.tr("The pull failed")
        else:
            title = self.tr("Layer {0} failed: {1}, {2}").format(
                self._layer.index + 1,
                short_digest(self._layer.digest),
                size_text(self._layer.size),
            )
        self._title.setText(title)
        self._show_layer.setVisible(self._layer is not None)
        self._retry.setVisible(not self._recorded)
        failure = snapshot.failure or Failure(snapshot.error, came=snapshot.error)
        remedy = said(failure.remedy) or self.tr(
            "try again; if it fails again, copy the diagnostics"
        )
        remedy = "" if self._recorded else remedy
        texts = (failure.asked, said(failure.came), remedy)
        for name, part, text in zip(self._names, self._parts, texts, strict=True):
            shown = plain(text)
            shown = shown if len(shown) <= _LONGEST else shown[:_LONGEST] + "…"
            part.setText(shown)
            part.setToolTip(plain_tip(shown))
            part.setAccessibleName(f"{name.text()}: {shown}")
            for widget in (name, part):
                widget.setVisible(bool(shown))
        self._dress()
        self.show()

    def _dress(self) -> None:
        theme = themes.current()
        self._mark.setPixmap(themes.icon("error", theme, theme.failed).pixmap(20, 20))

    def _ask_layer(self) -> None:
        if self._layer is not None:
            self.layer_asked.emit(self._layer.index)


def _label(name: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
