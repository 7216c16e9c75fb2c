"""The programs that a sweep can pull with: those found here, and why the others cannot be used."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from pullscope.gui import theme as themes
from pullscope.gui.legend import plain_tip
from pullscope.gui.sweep_words import translate
from pullscope.sweep.drivers.driver import Driver

_OWN = "pullscope"


@dataclass(frozen=True, slots=True)
class _Found:
    version: str
    knobs: frozenset[str]


class ProgramList(QWidget):
    """A box for each program. They are looked for in a thread: each is asked for its version.

    Signals:
        changed: others are chosen, or it is known which can be.
    """

    changed = Signal()

    def __init__(self, drivers: Mapping[str, Driver], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drivers = drivers
        self._found: dict[str, _Found] = {}
        self._looked = False
        self._boxes: dict[str, QCheckBox] = {}
        self._reasons: dict[str, QLabel] = {}
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(2)
        for name in drivers:
            box = self._boxes[name] = QCheckBox()
            box.setObjectName(f"program_{name}")
            box.setChecked(name == _OWN)
            box.setEnabled(False)
            box.toggled.connect(lambda _: self.changed.emit())
            why = self._reasons[name] = QLabel()
            why.setTextFormat(Qt.TextFormat.PlainText)
            why.setProperty("role", "muted")
            why.setFont(themes.base_font(12))
            why.setWordWrap(True)
            why.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            row = QHBoxLayout()
            row.setSpacing(8)
            row.addWidget(box)
            row.addWidget(why, 1)
            rows.addLayout(row)
        self._set_texts()

    @property
    def chosen(self) -> tuple[str, ...]:
        """The names of those that shall pull."""
        return tuple(name for name, box in self._boxes.items() if box.isChecked())

    @property
    def knobs(self) -> Mapping[str, frozenset[str]]:
        """Which settings those that were found can be told."""
        return {name: found.knobs for name, found in self._found.items()}

    async def look(self) -> None:
        """Find out which are here."""
        self._found = await asyncio.to_thread(_look, self._drivers)
        self._looked = True
        for name, box in self._boxes.items():
            box.setEnabled(name in self._found)
            if name not in self._found:
                box.setChecked(False)
        self._set_texts()
        self.changed.emit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._set_texts()

    def _set_texts(self) -> None:
        for name, box in self._boxes.items():
            driver = self._drivers[name]
            words, why = name, self.tr("being looked for")
            if name in self._found:
                words, why = f"{name} {self._found[name].version}", ""
            elif self._looked:
                why = self.tr("cannot be used here; install {0}").format(driver.package)
            box.setText(words.replace("&", "&&"))
            box.setAccessibleDescription(why)
            self._reasons[name].setText(why)
            box.setToolTip(plain_tip(translate("sweeps", driver.about)))


def _look(drivers: Mapping[str, Driver]) -> dict[str, _Found]:
    versions = {name: driver.found() for name, driver in drivers.items()}
    return {
        name: _Found(version, drivers[name].knobs)
        for name, version in versions.items()
        if version is not None
    }
