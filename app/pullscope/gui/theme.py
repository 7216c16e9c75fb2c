"""The two themes: their colours, the palette and style sheet made of them, fonts and icons.

The application's palette is where the theme in force is kept: `apply` sets it, `current` reads it
back. Widgets that paint for themselves ask `current()` when they paint; what they cache they drop
on `QEvent.Type.PaletteChange`, which reaches every widget when the theme is switched.

One colour has one meaning everywhere: the state of bytes. The colours of states are for marks.
Words are in `text` or `muted`, because coloured words are hard to read on a light surface.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QByteArray, QDir, QFile, QIODevice, QObject, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QGuiApplication,
    QIcon,
    QPainter,
    QPalette,
    QPen,
    QPixmap,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QWidget

from pullscope.gui import icons_rc  # noqa: F401 - registers the icons and fonts

BASE_PX = 13
HEADING_PX = 11
PANEL_RADIUS = 8
FIELD_RADIUS = 6


class Scheme(Enum):
    """Which theme the user wants."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True, eq=False)  # two instances, hashed as themselves
class Theme:
    """The colours of one theme.

    Attributes:
        window, panel, raised: surfaces, from the back to the front.
        line: borders and grid lines.
        text, muted: words.
        accent: what can be operated, and the focus.
        pending: bytes nobody asked for yet.
        waiting, receiving, written, hashed, retried, failed: the states of bytes.
    """

    name: str
    dark: bool
    window: QColor
    panel: QColor
    raised: QColor
    line: QColor
    text: QColor
    muted: QColor
    accent: QColor
    pending: QColor
    waiting: QColor
    receiving: QColor
    written: QColor
    hashed: QColor
    retried: QColor
    failed: QColor

    @property
    def on_accent(self) -> QColor:
        """Words on a surface of the accent colour."""
        return self.window if self.dark else self.panel

    @property
    def selection(self) -> QColor:
        """The surface behind what is selected; words on it stay in `text`."""
        return blend(self.accent, self.panel, 0.28 if self.dark else 0.20)


# Okabe and Ito's colours, told apart by colour-blind eyes, on dark and on light.
_WAITING = QColor("#CC79A7")
_RECEIVING = QColor("#56B4E9")
_WRITTEN = QColor("#E69F00")
_HASHED = QColor("#009E73")
_RETRIED = QColor("#D55E00")
_FAILED = QColor("#D4373D")

DARK = Theme(
    name="dark",
    dark=True,
    window=QColor("#14171C"),
    panel=QColor("#1A1E25"),
    raised=QColor("#232932"),
    line=QColor("#2D3440"),
    text=QColor("#E8EBF0"),
    muted=QColor("#9AA5B4"),
    accent=QColor("#56B4E9"),
    pending=QColor("#2D3440"),
    waiting=_WAITING,
    receiving=_RECEIVING,
    written=_WRITTEN,
    hashed=_HASHED,
    retried=_RETRIED,
    failed=_FAILED,
)

LIGHT = Theme(
    name="light",
    dark=False,
    window=QColor("#EEF0F3"),
    panel=QColor("#FFFFFF"),
    raised=QColor("#F4F6F8"),
    line=QColor("#D8DDE4"),
    text=QColor("#1A1F27"),
    muted=QColor("#5A6675"),
    accent=QColor("#0072B2"),
    pending=QColor("#E0E4EA"),
    waiting=_WAITING,
    receiving=_RECEIVING,
    written=_WRITTEN,
    hashed=_HASHED,
    retried=_RETRIED,
    failed=_FAILED,
)


def current() -> Theme:
    """Return the theme in force."""
    return (
        DARK if QGuiApplication.palette().color(QPalette.ColorRole.Window).value() < 128 else LIGHT
    )


def apply(app: QApplication, scheme: Scheme) -> None:
    """Put the theme of `scheme` in force; SYSTEM follows the desktop from now on."""
    _Dress.of(app).put_on(scheme)


class _Dress(QObject):
    """What `apply` leaves behind in the application: it follows the desktop's scheme."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._scheme = Scheme.SYSTEM
        app.setStyle("Fusion")
        app.setFont(base_font())
        app.styleHints().colorSchemeChanged.connect(self._system_changed)

    @staticmethod
    def of(app: QApplication) -> "_Dress":
        """Return the dress of `app`, new at the first call."""
        for child in app.children():
            if isinstance(child, _Dress):
                return child
        return _Dress(app)

    def put_on(self, scheme: Scheme) -> None:
        """Set the palette and the style sheet."""
        hints = self._app.styleHints()
        self._scheme = scheme
        match scheme:  # frames and native dialogs follow the hint, where the platform can
            case Scheme.SYSTEM:
                hints.unsetColorScheme()
                theme = DARK if hints.colorScheme() is Qt.ColorScheme.Dark else LIGHT
            case Scheme.LIGHT:
                hints.setColorScheme(Qt.ColorScheme.Light)
                theme = LIGHT
            case Scheme.DARK:
                hints.setColorScheme(Qt.ColorScheme.Dark)
                theme = DARK
        sheet = _style_sheet(theme)
        if sheet == self._app.styleSheet() and current() is theme:
            return  # every widget would be polished anew, and a pull would wait for it
        self._app.setPalette(_palette(theme))
        self._app.setStyleSheet(sheet)

    def _system_changed(self) -> None:
        if self._scheme is Scheme.SYSTEM:
            self.put_on(Scheme.SYSTEM)


# --- colours ---------------------------------------------------------------------------------


def blend(over: QColor, under: QColor, share: float) -> QColor:
    """Return `over` laid on `under` with the opacity `share`."""
    return QColor.fromRgbF(
        over.redF() * share + under.redF() * (1 - share),
        over.greenF() * share + under.greenF() * (1 - share),
        over.blueF() * share + under.blueF() * (1 - share),
    )


def _palette(theme: Theme) -> QPalette:
    role = QPalette.ColorRole
    disabled = blend(theme.muted, theme.panel, 0.6)
    colours = {
        role.Window: theme.window,
        role.WindowText: theme.text,
        role.Base: theme.panel,
        role.AlternateBase: theme.raised,
        role.Text: theme.text,
        role.PlaceholderText: theme.muted,
        role.Button: theme.raised,
        role.ButtonText: theme.text,
        role.BrightText: theme.text,
        role.ToolTipBase: theme.raised,
        role.ToolTipText: theme.text,
        role.Light: blend(theme.text, theme.raised, 0.10),
        role.Midlight: theme.raised,
        role.Mid: theme.line,
        role.Dark: theme.line,
        role.Shadow: theme.window,
        role.Highlight: theme.selection,
        role.HighlightedText: theme.text,
        role.Link: theme.accent,
        role.LinkVisited: theme.accent,
        role.Accent: theme.accent,
    }
    palette = QPalette()
    for name, colour in colours.items():
        palette.setColor(QPalette.ColorGroup.All, name, colour)
    for name in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, disabled)
    palette.setColor(QPalette.ColorGroup.Disabled, role.PlaceholderText, disabled)
    palette.setColor(QPalette.ColorGroup.Disabled, role.Highlight, theme.line)
    palette.setColor(QPalette.ColorGroup.Disabled, role.Accent, disabled)
    return palette


def _style_sheet(theme: Theme) -> str:
    """Return what a palette cannot say: corners, borders, the slider's groove, the focus ring."""
    disabled = blend(theme.muted, theme.panel, 0.6).name()
    names = {
        "window": theme.window.name(),
        "panel": theme.panel.name(),
        "raised": theme.raised.name(),
        "hover": blend(theme.text, theme.raised, 0.08).name(),
        "line": theme.line.name(),
        "edge": blend(theme.text, theme.line, 0.12).name(),
        "text": theme.text.name(),
        "muted": theme.muted.name(),
        "accent": theme.accent.name(),
        "accent_hover": blend(theme.text, theme.accent, 0.12).name(),
        "on_accent": theme.on_accent.name(),
        "selection": theme.selection.name(),
        "disabled": disabled,
        "thumb": blend(theme.muted, theme.panel, 0.45).name(),
    }
    sheet = _SHEET
    for name, value in names.items():
        sheet = sheet.replace(f"@{name}@", value)
    return sheet


_SHEET = """
QWidget[panel="true"] {
    background: @panel@; border: 1px solid @line@; border-radius: 8px;
}
QDialog#command_palette { background: @panel@; border: 1px solid @edge@; }
QLabel[role="muted"], QLabel[role="heading"] { color: @muted@; }

QPushButton, QToolButton[raised="true"] {
    background: @panel@; color: @text@; border: 1px solid @line@; border-radius: 6px;
    padding: 5px 14px; min-height: 18px;
}
QPushButton:hover { background: @raised@; border-color: @edge@; }
QPushButton:pressed, QPushButton:checked { background: @hover@; }
QPushButton:disabled { color: @disabled@; background: transparent; }
QPushButton:focus { border: 2px solid @accent@; padding: 4px 13px; }
QPushButton[primary="true"] {
    background: @accent@; color: @on_accent@; border: 1px solid @accent@; font-weight: 600;
}
QPushButton[primary="true"]:hover { background: @accent_hover@; border-color: @accent_hover@; }
QPushButton[primary="true"]:disabled {
    background: @raised@; color: @disabled@; border-color: @line@;
}
QPushButton[primary="true"]:focus { border: 2px solid @text@; }

QToolButton {
    background: transparent; color: @text@; border: 1px solid transparent; border-radius: 6px;
    padding: 3px 6px;
}
QToolButton:hover { background: @raised@; border-color: @line@; }
QToolButton:pressed, QToolButton:checked { background: @hover@; }
QToolButton:disabled { color: @disabled@; }
QToolButton:focus { border: 2px solid @accent@; padding: 2px 5px; }
QToolButton::menu-indicator { image: none; }
QToolButton[tag="true"] {
    background: @raised@; border: 1px solid @muted@; border-radius: 9px; padding: 1px 9px;
    font-size: 12px;
}
QToolButton[tag="true"]:hover { background: @hover@; }
QToolButton[tag="true"]:focus { border: 2px solid @accent@; padding: 0 8px; }

QToolButton[legend="true"], QToolButton[legend="true"]:checked {
    background: transparent; padding: 1px 4px; color: @text@;
}
QToolButton[legend="true"]:!checked { color: @muted@; }
QToolButton[legend="true"]:hover { background: @raised@; border-color: @line@; }
QToolButton[legend="true"]:focus, QToolButton[compact="true"]:focus {
    border: 2px solid @accent@; padding: 0 3px;
}
QToolButton[compact="true"] { padding: 1px 4px; }
QToolButton[chip="true"], QToolButton[chip="true"]:checked {
    background: transparent; border: none; border-radius: 0; padding: 4px 8px; color: @muted@;
    border-bottom: 2px solid transparent;
}
QToolButton[chip="true"]:checked { color: @text@; border-bottom-color: @accent@; }
QToolButton[chip="true"]:hover { color: @text@; }
QToolButton[chip="true"]:focus { border: 2px solid @accent@; padding: 2px 6px; }

QLineEdit, QAbstractSpinBox, QComboBox {
    background: @raised@; color: @text@; border: 1px solid @line@; border-radius: 6px;
    padding: 4px 8px; min-height: 18px;
    selection-background-color: @selection@; selection-color: @text@;
}
QLineEdit:hover, QAbstractSpinBox:hover, QComboBox:hover { border-color: @edge@; }
QLineEdit:focus, QAbstractSpinBox:focus, QComboBox:focus {
    border: 2px solid @accent@; padding: 3px 7px;
}
QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled {
    color: @disabled@; background: @panel@;
}
QComboBox { padding-right: 20px; }
QComboBox:focus { padding-right: 19px; }
QComboBox QLineEdit, QAbstractSpinBox QLineEdit {
    background: transparent; border: none; border-radius: 0; padding: 0; min-height: 0;
}
QComboBox[compact="true"] {
    background: transparent; border-color: transparent; padding: 1px 18px 1px 6px; min-height: 16px;
}
QComboBox[compact="true"]:hover { background: @raised@; border-color: @line@; }
QComboBox[compact="true"]:focus { border: 2px solid @accent@; padding: 0 17px 0 5px; }
QComboBox[compact="true"]::drop-down { width: 16px; }
QComboBox[compact="true"]::down-arrow {
    margin-right: 4px; border-left-color: @panel@; border-right-color: @panel@;
}
QComboBox::drop-down { border: none; width: 20px; }
QComboBox::down-arrow {
    image: none; width: 0; height: 0; margin-right: 6px;
    border-left: 4px solid @raised@; border-right: 4px solid @raised@;
    border-top: 5px solid @muted@;
}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {
    subcontrol-origin: border; width: 18px; border: none; background: transparent;
}
QAbstractSpinBox::up-arrow, QAbstractSpinBox::down-arrow {
    image: none; width: 0; height: 0;
    border-left: 3px solid @raised@; border-right: 3px solid @raised@;
}
QAbstractSpinBox::up-arrow { border-bottom: 4px solid @muted@; }
QAbstractSpinBox::down-arrow { border-top: 4px solid @muted@; }
QComboBox QAbstractItemView {
    background: @raised@; color: @text@; border: 1px solid @line@; padding: 4px; outline: none;
    selection-background-color: @selection@; selection-color: @text@;
}

QSlider:horizontal { min-height: 20px; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: @line@; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: @accent@; }
QSlider::sub-page:horizontal:disabled { background: @disabled@; }
QSlider::handle:horizontal {
    width: 12px; height: 12px; margin: -6px 0; border-radius: 8px;
    background: @panel@; border: 2px solid @accent@;
}
QSlider::handle:horizontal:hover { background: @raised@; }
QSlider::handle:horizontal:focus { background: @accent@; border: 2px solid @text@; }
QSlider::handle:horizontal:disabled { border-color: @disabled@; }

QCheckBox:focus, QRadioButton:focus { color: @text@; }
QCheckBox, QRadioButton { spacing: 6px; padding: 2px; border: 1px solid transparent; }
QCheckBox:focus, QRadioButton:focus { border: 1px solid @accent@; border-radius: 4px; }
QCheckBox::indicator {
    width: 14px; height: 14px; border: 1px solid @muted@; border-radius: 3px; background: @raised@;
}
QCheckBox::indicator:checked {
    border-color: @accent@; background: @accent@; image: url(:/icons/check.svg);
}
QCheckBox::indicator:disabled { border-color: @line@; background: @panel@; }

QScrollBar:vertical { background: transparent; width: 10px; margin: 0; border: none; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; border: none; }
QScrollBar::handle { background: @thumb@; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 24px; }
QScrollBar::handle:horizontal { min-width: 24px; }
QScrollBar::handle:hover { background: @muted@; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner { background: transparent; }

QAbstractItemView { background: @panel@; border: none; outline: none; }
QAbstractItemView:focus { border: 1px solid @accent@; border-radius: 6px; }
QDialog QTreeWidget::item { padding: 3px 4px; }
QListWidget#settings_pages::item { padding: 6px 8px; }
QListWidget#kept_sweeps::item { padding: 5px 6px; border-radius: 6px; }
QListWidget#kept_sweeps::item:selected { background: @selection@; color: @text@; }
QHeaderView { background: transparent; border: none; }
QHeaderView::section {
    background: @panel@; color: @muted@; border: none; border-bottom: 1px solid @line@;
    padding: 6px 8px; font-size: 11px; font-weight: 600;
}
QTableCornerButton::section { background: @panel@; border: none; }
QHeaderView::section:hover { color: @text@; }

QMenuBar { background: @panel@; border-bottom: 1px solid @line@; }
QMenuBar::item { padding: 4px 10px; background: transparent; border-radius: 4px; }
QMenuBar::item:selected { background: @raised@; }
QMenu { background: @raised@; color: @text@; border: 1px solid @line@; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 12px; border-radius: 4px; }
QMenu::item:selected { background: @selection@; }
QMenu::item:disabled { color: @disabled@; }
QMenu::icon { padding-left: 8px; }
QMenu::indicator { left: 8px; width: 14px; height: 14px; }
QMenu::separator { height: 1px; background: @line@; margin: 4px 8px; }

QTabWidget::pane { border: none; }
QTabBar { qproperty-drawBase: 0; }
QTabBar::tab {
    background: transparent; color: @muted@; border: none; border-bottom: 2px solid transparent;
    padding: 6px 12px;
}
QTabBar::tab:hover { color: @text@; }
QTabBar::tab:selected { color: @text@; border-bottom-color: @accent@; }
QTabBar::tab:focus { background: @raised@; }

QToolBar { background: @panel@; border: none; border-bottom: 1px solid @line@; spacing: 8px; }
QStatusBar { background: @panel@; color: @muted@; border-top: 1px solid @line@; }
QStatusBar::item { border: none; }
QMainWindow::separator { background: @line@; width: 1px; height: 1px; }
QSplitter::handle { background: transparent; }
QSplitter::handle:hover { background: @line@; }
QProgressBar {
    background: @line@; border: none; border-radius: 3px; max-height: 6px; min-height: 6px;
}
QProgressBar::chunk { background: @accent@; border-radius: 3px; }
QToolTip { background: @raised@; color: @text@; border: 1px solid @edge@; padding: 5px 7px; }
"""


def as_panel(widget: QWidget) -> None:
    """Give `widget` the rounded surface of a panel."""
    widget.setProperty("panel", True)
    widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)


def draw_focus_ring(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    """Draw the ring around a widget that paints for itself and has the keyboard."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.accent, 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), PANEL_RADIUS - 1, PANEL_RADIUS - 1)
    painter.restore()


# --- fonts -----------------------------------------------------------------------------------


def base_font(px: int = BASE_PX) -> QFont:
    """Return the face of all words, with figures of one width so that numbers stand still."""
    return _with_tabular_figures(QFont(_families()[0]), px)


def number_font(px: int, weight: QFont.Weight = QFont.Weight.DemiBold) -> QFont:
    """Return the face of a number that stands alone."""
    font = base_font(px)
    font.setWeight(weight)
    return font


def heading_font() -> QFont:
    """Return the face of a panel's heading: small, wide capitals."""
    font = number_font(HEADING_PX)
    font.setCapitalization(QFont.Capitalization.AllUppercase)
    font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 0.8)
    return font


def mono_font(px: int = BASE_PX - 1) -> QFont:
    """Return the face of digests and references."""
    font = QFont(_families()[1])
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setPixelSize(px)
    return font


def _with_tabular_figures(font: QFont, px: int) -> QFont:
    font.setPixelSize(px)
    font.setStyleHint(QFont.StyleHint.SansSerif)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def _families() -> tuple[str, str]:
    """Return the families of words and of digests; the system's where ours are missing."""
    if not _LOADED:
        found = _ours()
        words = [name for name in found if not QFontDatabase.isFixedPitch(name)]
        mono = [name for name in found if QFontDatabase.isFixedPitch(name)]
        system = QFontDatabase.systemFont
        _LOADED["words"] = min(
            words, key=len, default=system(QFontDatabase.SystemFont.GeneralFont).family()
        )
        _LOADED["mono"] = min(
            mono, key=len, default=system(QFontDatabase.SystemFont.FixedFont).family()
        )
    return _LOADED["words"], _LOADED["mono"]


_LOADED: dict[str, str] = {}


def _ours() -> Iterable[str]:
    families: list[str] = []
    for name in QDir(":/fonts").entryList(QDir.Filter.Files):
        number = QFontDatabase.addApplicationFont(f":/fonts/{name}")
        families += QFontDatabase.applicationFontFamilies(number)
    return families


# --- icons -----------------------------------------------------------------------------------


def icon(name: str, theme: Theme, colour: QColor | None = None) -> QIcon:
    """Return `:/icons/<name>.svg` in `colour`, or that of words, for every size and screen."""
    picture = QIcon()
    source = _read(f":/icons/{name}.svg")
    if source.isEmpty():
        return picture
    disabled = blend(theme.muted, theme.panel, 0.6)
    ratios = sorted({screen.devicePixelRatio() for screen in QGuiApplication.screens()} | {1.0})
    for side in (16, 20, 24):
        for ratio in ratios:
            picture.addPixmap(_tinted(source, side, ratio, colour or theme.text))
            picture.addPixmap(_tinted(source, side, ratio, disabled), QIcon.Mode.Disabled)
    return picture


def _read(path: str) -> QByteArray:
    file = QFile(path)
    return file.readAll() if file.open(QIODevice.OpenModeFlag.ReadOnly) else QByteArray()


def _tinted(source: QByteArray, side: int, ratio: float, colour: QColor) -> QPixmap:
    pixmap = QPixmap(QSize(side, side) * ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(source).render(painter)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(pixmap.rect(), colour)
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
