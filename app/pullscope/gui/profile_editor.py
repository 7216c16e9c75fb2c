"""The editor of the settings that are kept for a registry."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from pullscope.engine.errors import SettingsError
from pullscope.engine.model import CHOICES, Settings
from pullscope.gui.language import said
from pullscope.gui.setting_fields import (
    choice_texts,
    name_0,
    new_number_box,
    number_in,
    setting_texts,
    show_number,
    words_for_0,
)
from pullscope.tuning.profiles import SettingsFile, is_pattern

_FIELD_WIDTH = 176


class ProfileEditor(QDialog):
    """The settings of one registry: those that are ticked; the others stay as they are."""

    def __init__(
        self,
        file: SettingsFile,
        pattern: str,
        values: Mapping[str, int | str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("profile_editor")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Settings of a registry"))
        self._file = file
        self._before = pattern
        self.pattern = QLineEdit(pattern)
        self.pattern.setObjectName("pattern")
        self.pattern.setAccessibleName(self.tr("Registry"))
        self.pattern.setPlaceholderText("docker.io")
        self.pattern.textChanged.connect(lambda _: self._check())
        hint = QLabel(
            self.tr(
                "A host, with its port where it has one; *.example.com for all below it; * for "
                "all registries. What is not ticked stays as it is when a pull begins."
            )
        )
        hint.setProperty("role", "muted")
        hint.setWordWrap(True)
        self._problem = QLabel()
        self._problem.setObjectName("editor_problem")
        self._problem.setTextFormat(Qt.TextFormat.PlainText)
        self._problem.setWordWrap(True)
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(6)
        form.addRow(self.tr("Registry"), self.pattern)
        form.addRow(hint)
        self.ticks: dict[str, QCheckBox] = {}
        self.fields: dict[str, QSpinBox | QComboBox] = {}
        usual = Settings().as_dict()
        for name, (title, purpose) in setting_texts().items():
            self._add(form, name, title, purpose, values.get(name, usual[name]), name in values)
        self._buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel
        )
        for button in self._buttons.buttons():
            button.setIcon(QIcon())  # Fusion's are from another time
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(20, 16, 20, 16)
        rows.setSpacing(12)
        rows.addLayout(form)
        rows.addWidget(self._problem)
        rows.addWidget(self._buttons)
        self._check()

    @property
    def values(self) -> dict[str, int | str]:
        """The settings that are ticked, by name."""
        found: dict[str, int | str] = {}
        for name, field in self.fields.items():
            if not self.ticks[name].isChecked():
                continue
            if isinstance(field, QComboBox):
                found[name] = str(field.currentData())
            else:
                found[name] = number_in(field)
        return found

    def accept(self) -> None:
        """Keep what was chosen; what cannot be kept is told, and the dialog stays."""
        pattern = self.pattern.text().strip()
        try:
            self._file.keep_values(pattern, self.values)
            if self._before and self._before.lower() != pattern.lower():
                self._file.forget(self._before)
        except SettingsError as error:
            self._tell(said(error))
            return
        super().accept()

    def _add(
        self,
        form: QFormLayout,
        name: str,
        title: str,
        purpose: str,
        value: int | str,
        ticked: bool,
    ) -> None:
        tick = QCheckBox(title)
        tick.setObjectName(f"tick_{name}")
        tick.setAccessibleName(self.tr("{0}: of its own").format(title))
        field: QSpinBox | QComboBox
        if name in CHOICES:
            field = QComboBox()
            for choice, words in choice_texts(name).items():
                field.addItem(words, str(choice))
            field.setCurrentIndex(field.findData(value))
        else:
            field = new_number_box(name)
            field.setAlignment(Qt.AlignmentFlag.AlignRight)
            field.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
            name_0(field, words_for_0().get(name, ""))
            show_number(field, int(value))
        field.setObjectName(f"profile_{name}")
        field.setAccessibleName(title)
        field.setFixedWidth(_FIELD_WIDTH)
        field.setEnabled(ticked)
        for widget in (tick, field):
            widget.setToolTip(purpose)
        tick.setChecked(ticked)
        tick.toggled.connect(field.setEnabled)
        tick.toggled.connect(lambda _: self._check())
        form.addRow(tick, field)
        self.ticks[name], self.fields[name] = tick, field

    def _check(self) -> None:
        """Let nothing be saved that cannot be, and say why."""
        pattern = self.pattern.text().strip()
        words = ""
        if pattern and not is_pattern(pattern):
            words = self.tr("This is neither a host nor *.DOMAIN nor *.")
        elif pattern and not self.values:
            words = self.tr("Tick what this registry has settings of its own for.")
        self._tell(words)
        save = self._buttons.button(QDialogButtonBox.StandardButton.Save)
        save.setEnabled(bool(pattern) and not words)

    def _tell(self, words: str) -> None:
        self._problem.setText(words or " ")  # its line stays, so that nothing jumps
