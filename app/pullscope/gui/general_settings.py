"""The general settings of the window: read once, written with each change."""

from typing import Any

from PySide6.QtCore import QObject, Signal

from pullscope.engine.errors import SettingsError
from pullscope.engine.message import words_of
from pullscope.gui.language import said
from pullscope.tuning.general import General
from pullscope.tuning.profiles import SettingsFile


class GeneralSettings(QObject):
    """The settings in force and their file.

    Signals:
        changed: the `General` settings in force, after a change.
        failed: the file cannot be read or written; the words say why.

    Attributes:
        value: the settings in force.
        problem: why the file was not read, in words; empty when it was.
    """

    changed = Signal(object)
    failed = Signal(str)

    def __init__(self, file: SettingsFile, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file = file
        self.value = General()
        self.problem = ""
        try:
            self.value = file.read_general()
        except SettingsError as error:
            self.problem = words_of(error)

    def change(self, **values: Any) -> None:
        """Put other settings in force, and keep them; in force they are in any case."""
        value = self.value.changed(**values)
        if value == self.value:
            return
        self.value = value
        try:
            self._file.keep_general(value)
        except SettingsError as error:
            self.failed.emit(said(error))
        self.changed.emit(value)
