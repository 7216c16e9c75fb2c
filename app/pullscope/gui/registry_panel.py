"""The registry panel of the tuning dock: what is known of the registry, and its settings.

It shows and asks; looking up passports, probing and keeping settings is the window's affair.
"""

from PySide6.QtCore import QCoreApplication, QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from pullscope.engine.passport import Passport
from pullscope.gui import theme as themes
from pullscope.gui.panel import Rule
from pullscope.tuning.passport_lines import Line, lines, short_lines

translate = QCoreApplication.translate
_LEAST_HOST = 64  # pixels of a host in the button, below which it is not named


class RegistryPanel(QWidget):
    """Four facts of a registry, and a button that keeps the settings for it.

    Signals:
        keep_asked: the settings are to be used for this registry from now on.
        forget_asked: the registry's own settings are to be forgotten.
        probe_asked: the registry is to be asked anew.
    """

    keep_asked = Signal()
    forget_asked = Signal()
    probe_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("registry_panel")
        self._host = ""
        self._passport: Passport | None = None
        self._heading = heading = QLabel()
        heading.setFont(themes.heading_font())
        heading.setProperty("role", "heading")
        self._probe = QToolButton()
        self._probe.setObjectName("probe")
        self._probe.setProperty("compact", True)
        self._probe.setFont(themes.base_font(12))
        self._probe.clicked.connect(self.probe_asked)
        self._forget = QToolButton()
        self._forget.setObjectName("forget_settings")
        self._forget.setProperty("compact", True)
        self._forget.setFont(themes.base_font(12))
        self._forget.clicked.connect(self.forget_asked)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(heading)
        head.addStretch(1)
        head.addWidget(self._forget)
        head.addWidget(self._probe)

        self._facts = [_Fact() for _ in short_lines(None)]
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        for row, fact in enumerate(self._facts):
            grid.addWidget(fact.name, row, 0)
            grid.addWidget(fact.value, row, 1)

        self._keep = QPushButton()
        self._keep.setObjectName("keep_settings")
        self._keep.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._keep.clicked.connect(self.keep_asked)

        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(8)
        rows.addWidget(Rule(upright=False))
        rows.addSpacing(4)
        rows.addLayout(head)
        rows.addLayout(grid)
        rows.addSpacing(2)
        rows.addWidget(self._keep)
        self._kept, self._same, self._keepable = False, False, True
        self._set_texts()
        self.show_host("")

    @property
    def host(self) -> str:
        """The registry that is shown; empty while there is none."""
        return self._host

    @property
    def keepable(self) -> bool:
        """Whether settings can be kept for the registry."""
        return self._keepable

    def show_host(self, host: str, *, keepable: bool = True) -> None:
        """Show another registry; empty hides the panel.

        `keepable`: whether settings can be kept for it, which makes no sense for the demo's.
        """
        self._host, self._keepable = host, keepable
        self.setVisible(bool(host))
        self.show_passport(None)
        self._show_buttons()

    def show_passport(self, passport: Passport | None) -> None:
        """Show what is known; None for nothing."""
        if passport is not None and passport == self._passport:
            return
        self._passport = passport
        for fact, line in zip(self._facts, short_lines(passport, translate), strict=True):
            fact.show_line(line)
        told = lines(passport, translate) if passport is not None else ()
        self.setToolTip("\n".join(f"{line.name}: {line.value}" for line in told))

    def show_kept(self, *, kept: bool, same: bool) -> None:
        """Say whether the registry has settings of its own, and whether those are the current."""
        self._kept, self._same = kept, same
        self._show_buttons()

    def show_probing(self, *, probing: bool) -> None:
        """Say whether a probe is under way."""
        self._probe.setEnabled(not probing)
        self._probe.setText(self.tr("Probing…") if probing else self.tr("Probe"))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._set_texts()

    def _set_texts(self) -> None:
        self._heading.setText(self.tr("Registry"))
        self._forget.setText(self.tr("Forget"))
        self._probe.setToolTip(
            self.tr("Find out how the registry answers, with about ten small requests")
        )
        self.show_probing(probing=not self._probe.isEnabled())
        self._show_buttons()
        passport, self._passport = self._passport, None
        self.show_passport(passport)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the host into the button."""
        super().resizeEvent(event)
        self._show_buttons()

    def _show_buttons(self) -> None:
        self._keep.setVisible(self._keepable)
        self._forget.setVisible(self._keepable and self._kept)
        self._keep.setEnabled(not (self._kept and self._same))
        if not self._kept:
            words = self.tr("Use for {0} from now on")
        else:
            words = self.tr("Used for {0}") if self._same else self.tr("Use for {0}")
        room = self.width() - 36
        metrics = self._keep.fontMetrics()
        left = room - metrics.horizontalAdvance(words.format(""))
        if self._kept or left >= _LEAST_HOST:
            shown = metrics.elidedText(self._host, Qt.TextElideMode.ElideMiddle, max(40, left))
            self._keep.setText(words.format(shown))
        else:
            self._keep.setText(self.tr("Keep for this registry"))
        full = words.format(self._host)
        self._keep.setAccessibleName(full)
        self._keep.setToolTip(
            self.tr("Pulls from {0} begin with these settings").format(self._host)
        )
        self._forget.setToolTip(
            self.tr("Forget the settings that were kept for {0}").format(self._host)
        )


class _Fact:
    """A name on the left and a value on the right."""

    def __init__(self) -> None:
        self.name = QLabel()
        self.name.setFont(themes.base_font(12))
        self.name.setProperty("role", "muted")
        self.value = _Value()
        self.value.setFont(themes.base_font(12))

    def show_line(self, line: Line) -> None:
        self.name.setText(line.name)
        self.value.setObjectName(f"registry_{line.id}")
        self.value.setAccessibleName(f"{line.name}: {line.value}")
        self.value.show_text(line.value)
        tip = f"{line.value}: {line.meaning}" if line.meaning else line.value
        self.value.setToolTip(tip)
        self.name.setToolTip(tip)


class _Value(QLabel):
    """A text on the right that loses its middle where it does not fit."""

    def __init__(self) -> None:
        super().__init__()
        self._full = ""
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setTextFormat(Qt.TextFormat.PlainText)

    def show_text(self, text: str) -> None:
        self._full = text
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.setText(
            self.fontMetrics().elidedText(
                self._full, Qt.TextElideMode.ElideMiddle, max(self.width(), 24)
            )
        )
