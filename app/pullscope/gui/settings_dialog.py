"""The settings dialog: what is set once and holds for all pulls. Each change holds at once.

It shows the general settings, the settings file's registries, what other programs' files say of
mirrors and logins (never a login itself), and the user's store.
"""

from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from pullscope.engine.hosts import Places
from pullscope.gui import language
from pullscope.gui import theme as themes
from pullscope.gui.general_settings import GeneralSettings
from pullscope.gui.registries_page import RegistriesPage
from pullscope.gui.storage_page import StoragePage
from pullscope.tuning.general import MOST_PULLS, OnClose, ThemeChoice
from pullscope.tuning.profiles import SettingsFile

_SIZE = QSize(760, 520)
_LIST_ROW = 28
_LIST_WIDTH = 150


class SettingsDialog(QDialog):
    """To be opened with `show`: the window goes on beside it. It is deleted when it is closed."""

    def __init__(
        self,
        general: GeneralSettings,
        file: SettingsFile,
        parent: QWidget | None = None,
        *,
        hosts_dir: Path | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("settings_dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(_SIZE)
        self._general = general
        self._file = file
        self._places = Places.of_this_machine(hosts_dir)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(16, 16, 16, 12)
        self._whole: QWidget | None = None
        self._fill(0)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language, once whoever chose it has returned."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            row = self.pages.currentRow()
            QTimer.singleShot(0, self, lambda: self._fill(row))

    def _fill(self, row: int) -> None:
        """Make all that stands in the dialog, and show the page with this number."""
        before, self._whole = self._whole, QWidget()
        if before is not None:
            self._rows.removeWidget(before)
            before.hide()
            before.setParent(None)
            before.deleteLater()
        self.setWindowTitle(self.tr("Settings"))
        self.registries = RegistriesPage(self._file, self._places)
        self.storage = StoragePage(self._general)
        self.pages = QListWidget()
        self.pages.setObjectName("settings_pages")
        self.pages.setAccessibleName(self.tr("Pages of the settings"))
        self.pages.setFixedWidth(_LIST_WIDTH)
        self._stack = QStackedWidget()
        for title, page in (
            (self.tr("General"), GeneralPage(self._general)),
            (self.tr("Registries"), self.registries),
            (self.tr("Storage"), self.storage),
            (self.tr("Appearance"), AppearancePage(self._general)),
            (self.tr("Language"), LanguagePage(self._general)),
        ):
            self.pages.addItem(title)
            # The padding of the style sheet comes too late for the rows that are laid out first.
            self.pages.item(self.pages.count() - 1).setSizeHint(QSize(0, _LIST_ROW))
            self._stack.addWidget(page)
        self.pages.currentRowChanged.connect(self._show_page)
        close = QPushButton(self.tr("Close"))
        close.setObjectName("close_settings")
        close.clicked.connect(self.accept)

        columns = QHBoxLayout()
        columns.setSpacing(16)
        columns.addWidget(self.pages)
        columns.addWidget(self._stack, 1)
        foot = QHBoxLayout()
        foot.addWidget(_muted(self.tr("Kept in {0}").format(self._file.path)), 1)
        foot.addWidget(close)
        rows = QVBoxLayout(self._whole)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(12)
        rows.addLayout(columns, 1)
        rows.addLayout(foot)
        self._rows.addWidget(self._whole)
        self.pages.setCurrentRow(row)

    def _show_page(self, row: int) -> None:
        self._stack.setCurrentIndex(row)
        page = self._stack.currentWidget()
        if isinstance(page, RegistriesPage | StoragePage):
            page.refresh()


class GeneralPage(QWidget):
    """What the window does on its own."""

    def __init__(self, general: GeneralSettings) -> None:
        super().__init__()
        at_once = QSpinBox()
        at_once.setObjectName("pulls_at_once")
        at_once.setAccessibleName(self.tr("Pulls at once"))
        at_once.setRange(1, MOST_PULLS)
        at_once.setValue(general.value.pulls_at_once)
        at_once.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        at_once.setFixedWidth(72)
        at_once.setToolTip(self.tr("The others wait in the list"))
        at_once.valueChanged.connect(lambda count: general.change(pulls_at_once=count))
        closing = QComboBox()
        closing.setObjectName("on_close")
        closing.setAccessibleName(self.tr("Closing during a pull"))
        for words, choice in (
            (self.tr("ask what to do"), OnClose.ASK),
            (self.tr("stop it and keep what was received"), OnClose.STOP),
        ):
            closing.addItem(words, choice.value)
        closing.setCurrentIndex(closing.findData(general.value.on_close.value))
        closing.activated.connect(lambda _: general.change(on_close=closing.currentData()))
        notify = QCheckBox(self.tr("Tell when a pull has ended and the window is not looked at"))
        notify.setObjectName("notifications")
        notify.setChecked(general.value.notifications)
        notify.toggled.connect(lambda on: general.change(notifications=on))
        form = _form(self)
        form.addRow(self.tr("Pulls at once"), at_once)
        form.addRow(self.tr("Closing during a pull"), closing)
        form.addRow("", notify)


class AppearancePage(QWidget):
    """How the window looks."""

    def __init__(self, general: GeneralSettings) -> None:
        super().__init__()
        box = QComboBox()
        box.setObjectName("theme")
        box.setAccessibleName(self.tr("Theme"))
        for words, choice in (
            (self.tr("as the desktop"), ThemeChoice.SYSTEM),
            (self.tr("light"), ThemeChoice.LIGHT),
            (self.tr("dark"), ThemeChoice.DARK),
        ):
            box.addItem(words, choice.value)
        box.setCurrentIndex(box.findData(general.value.theme.value))
        box.activated.connect(lambda _: general.change(theme=box.currentData()))
        _form(self).addRow(self.tr("Theme"), box)


class LanguagePage(QWidget):
    """How the window speaks."""

    def __init__(self, general: GeneralSettings) -> None:
        super().__init__()
        box = QComboBox()
        box.setObjectName("language")
        box.setAccessibleName(self.tr("Language"))
        box.addItem(self.tr("as the desktop"), language.SYSTEM)
        for code, name in language.LANGUAGES.items():
            box.addItem(name, code)
        box.setCurrentIndex(max(0, box.findData(general.value.language)))
        box.activated.connect(lambda _: general.change(language=box.currentData()))
        _form(self).addRow(self.tr("Language"), box)


def _form(page: QWidget) -> QFormLayout:
    form = QFormLayout(page)
    form.setContentsMargins(0, 0, 0, 0)
    form.setHorizontalSpacing(16)
    form.setVerticalSpacing(10)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return form


def _muted(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", "muted")
    label.setFont(themes.base_font(12))
    label.setWordWrap(True)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label
