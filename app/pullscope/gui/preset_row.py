"""Where the settings come from: a preset or the registry's profile, and whether they were changed.

Once the user moves a slider, the name stays and "changed" stands beside it: choosing the name again
takes the changes back.
"""

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication, QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QWidget

from pullscope.engine.model import Settings
from pullscope.gui import theme as themes
from pullscope.gui.effects import change_text
from pullscope.tuning.presets import PRESETS, Preset, preset_of

_PROFILE = len(PRESETS)  # the place of the registry's profile, behind all presets
_DEFAULT = next(n for n, preset in enumerate(PRESETS) if preset.settings == Settings())


class PresetRow(QWidget):
    """Names what the settings are based on.

    Signals:
        chosen: the `Settings` that the user wants.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = Settings()
        self._host = ""
        self._profile: Mapping[str, int | str] | None = None
        self._base = _DEFAULT  # the place of what the settings are based on
        self._list = QComboBox()
        self._list.setObjectName("preset")
        self._list.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        for preset in PRESETS:
            self._list.addItem("", preset.settings)
        self._list.activated.connect(self._choose)
        self._changed = QLabel()
        self._changed.setObjectName("changed")
        self._changed.setFont(themes.base_font(12))
        self._changed.setTextFormat(Qt.TextFormat.PlainText)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._list, 1)
        row.addWidget(self._changed)
        self._set_texts()

    def show_settings(self, settings: Settings) -> None:
        """Show what these settings are based on."""
        self._settings = settings
        self._show()

    def show_profile(self, host: str, profile: Mapping[str, int | str] | None) -> None:
        """Offer the settings that are kept for a registry; None for a registry without."""
        self._host, self._profile = host, profile
        if self._list.count() > _PROFILE:
            self._list.removeItem(_PROFILE)
        if profile is not None:
            self._list.addItem("", None)
        elif self._base == _PROFILE:
            self._base = _DEFAULT
        self._set_texts()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._set_texts()

    def _choose(self, place: int) -> None:
        settings = self._settings_of(place)
        self._base = place
        if settings is not None:
            self.chosen.emit(settings)
        self._show()

    def _settings_of(self, place: int) -> Settings | None:
        """Return what a place of the list stands for."""
        if 0 <= place < _PROFILE:
            return PRESETS[place].settings
        if place == _PROFILE and self._profile is not None:
            return self._settings.changed(**self._profile)
        return None

    def _show(self) -> None:
        preset = preset_of(self._settings)
        if self._settings_of(self._base) != self._settings:
            if self._settings_of(_PROFILE) == self._settings:
                self._base = _PROFILE
            elif preset is not None:
                self._base = PRESETS.index(preset)
        based_on = self._settings_of(self._base)
        changed = based_on is not None and based_on != self._settings
        with QSignalBlocker(self._list):
            self._list.setCurrentIndex(self._base)
        self._changed.setVisible(changed)
        words = change_text(based_on, self._settings) if changed and based_on is not None else ""
        self._changed.setToolTip(words)
        self._changed.setAccessibleDescription(words)

    def _set_texts(self) -> None:
        self._list.setAccessibleName(self.tr("Preset"))
        for index, preset in enumerate(PRESETS):
            name, purpose = preset_texts(preset)
            self._list.setItemText(index, name)
            self._list.setItemData(index, purpose, Qt.ItemDataRole.ToolTipRole)
        if self._list.count() > _PROFILE:
            self._list.setItemText(_PROFILE, self.tr("{0} profile").format(self._host))
            self._list.setItemData(
                _PROFILE,
                self.tr("The settings that you kept for this registry"),
                Qt.ItemDataRole.ToolTipRole,
            )
        self._changed.setText(self.tr("changed"))
        self._changed.setAccessibleName(self.tr("The settings were changed"))
        self._show()


def preset_texts(preset: Preset) -> tuple[str, str]:
    """Return the name of a preset and when to choose it, in the language in force."""
    translate = QCoreApplication.translate
    return translate("presets", preset.name), translate("presets", preset.purpose)
