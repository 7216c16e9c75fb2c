"""The page of registries: their own settings, and what other programs' files say of them."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from pullscope.engine.credentials import known_logins
from pullscope.engine.errors import SettingsError
from pullscope.engine.hosts import Places, configured
from pullscope.engine.model import Settings
from pullscope.gui.language import said
from pullscope.gui.legend import plain_tip
from pullscope.gui.panel import heading
from pullscope.gui.profile_editor import ProfileEditor
from pullscope.gui.setting_fields import settings_text
from pullscope.tuning.profiles import SettingsFile


class RegistriesPage(QWidget):
    """Profiles to edit; mirrors and logins to look at."""

    def __init__(self, file: SettingsFile, places: Places) -> None:
        super().__init__()
        self._file = file
        self._places = places
        self.profiles = _list(
            "profiles",
            self.tr("Settings of registries"),
            [self.tr("REGISTRY"), self.tr("SETTINGS")],
        )
        self.profiles.itemSelectionChanged.connect(self._enable)
        self.profiles.itemActivated.connect(lambda _: self._edit())
        self.mirrors = _list(
            "mirrors",
            self.tr("Mirrors"),
            [self.tr("REGISTRY"), self.tr("ASKED IN THIS ORDER"), self.tr("FILE")],
        )
        self.logins = _list(
            "logins",
            self.tr("Logins"),
            [self.tr("REGISTRY"), self.tr("KEPT BY"), self.tr("FILE")],
        )
        self._problem = QLabel()
        self._problem.setObjectName("profiles_problem")
        self._problem.setTextFormat(Qt.TextFormat.PlainText)
        self._problem.setWordWrap(True)
        self._add_button = QPushButton(self.tr("Add…"))
        self._add_button.setObjectName("add_profile")
        self._add_button.clicked.connect(self._add)
        self._edit_button = QPushButton(self.tr("Edit…"))
        self._edit_button.setObjectName("edit_profile")
        self._edit_button.clicked.connect(self._edit)
        self._remove_button = QPushButton(self.tr("Remove"))
        self._remove_button.setObjectName("remove_profile")
        self._remove_button.clicked.connect(self._remove)
        buttons = QHBoxLayout()
        for button in (self._add_button, self._edit_button, self._remove_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(6)
        rows.addWidget(heading(self.tr("Settings of registries")))
        rows.addWidget(self.profiles, 3)
        rows.addWidget(self._problem)
        rows.addLayout(buttons)
        rows.addSpacing(6)
        rows.addWidget(heading(self.tr("Mirrors")))
        rows.addWidget(self.mirrors, 2)
        rows.addWidget(heading(self.tr("Logins")))
        rows.addWidget(self.logins, 2)

    def refresh(self) -> None:
        """Read the files anew: others write them, too."""
        self.profiles.clear()
        problem = ""
        try:
            for profile in self._file.read().profiles:
                settings = Settings().changed(**profile.values)
                words = settings_text(settings, profile.values) if profile.values else ""
                _add_row(self.profiles, (profile.pattern, words))
        except SettingsError as error:
            problem = said(error)
        self._show_problem(problem)
        self.mirrors.clear()
        for entry in configured(self._places):
            hosts = said(entry.problem) or ", ".join(entry.hosts)
            name = self.tr("all others") if entry.registry == "*" else entry.registry
            _add_row(self.mirrors, (name, hosts, str(entry.file)))
        self.logins.clear()
        for login in known_logins():
            name = self.tr("all others") if login.registry == "*" else login.registry
            keeper = (
                self.tr("the helper {0}").format(login.helper)
                if login.helper
                else self.tr("the file")
            )
            _add_row(self.logins, (name, keeper, str(login.file)))
        for view in (self.mirrors, self.logins):
            if not view.topLevelItemCount():
                _add_row(view, (self.tr("none"),))
        self._enable()

    def _selected(self) -> str:
        items = self.profiles.selectedItems()
        return items[0].text(0) if items else ""

    def _enable(self) -> None:
        for button in (self._edit_button, self._remove_button):
            button.setEnabled(bool(self._selected()))

    def _show_problem(self, words: str) -> None:
        self._problem.setText(words)
        self._problem.setVisible(bool(words))

    def _add(self) -> None:
        self._open("", {})

    def _edit(self) -> None:
        pattern = self._selected()
        profile = self._file.read().of(pattern) if pattern else None
        if profile is not None:
            self._open(pattern, profile.values)

    def _open(self, pattern: str, values: Mapping[str, int | str]) -> None:
        editor = ProfileEditor(self._file, pattern, values, self)
        editor.accepted.connect(self.refresh)
        editor.open()

    def _remove(self) -> None:
        try:
            self._file.forget(self._selected())
        except SettingsError as error:
            self._show_problem(said(error))
            return
        self.refresh()


def _list(name: str, words: str, columns: Sequence[str]) -> QTreeWidget:
    view = QTreeWidget()
    view.setHeaderLabels(list(columns))
    view.setObjectName(name)
    view.setAccessibleName(words)
    view.setRootIsDecorated(False)
    view.setUniformRowHeights(True)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    view.header().resizeSection(0, 150)
    view.header().resizeSection(1, 230)
    view.header().setStretchLastSection(True)
    view.setMinimumHeight(56)
    return view


def _add_row(view: QTreeWidget, texts: Sequence[str]) -> None:
    item = QTreeWidgetItem(list(texts))
    for column, text in enumerate(texts):
        item.setToolTip(column, plain_tip(text))
    view.addTopLevelItem(item)
