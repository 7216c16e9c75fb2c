"""A spin box for amounts with a unit: sizes and rates."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QValidator
from PySide6.QtWidgets import QSpinBox, QWidget

from pullscope.engine.model import MIB, SettingRange
from pullscope.engine.units import parse_size, rate_text, size_text

_BARE = 1024
"""A number without a unit up to this one means MiB, or MB/s."""


@dataclass(frozen=True, slots=True)
class AmountKind:
    """How an amount is counted, written and read.

    Attributes:
        text: an amount in words.
        grain: what the box counts in, bytes or bytes/s: a spin box ends at 2^31.
        bare: what a number without a unit counts.
    """

    text: Callable[[float], str]
    grain: int
    bare: int


SIZE = AmountKind(size_text, 1024, MIB)
RATE = AmountKind(rate_text, 1000, 1_000_000)


class AmountBox(QSpinBox):
    """A spin box that shows "16 MiB" or "20 MB/s", and takes "4MiB", "512 KiB" or its word for 0.

    Stepping halves and doubles. `amount` and `amount_changed` are bytes or bytes/s; `value` counts
    grains.

    Args:
        kind: sizes or rates.
        allowed: the least and the greatest amount.
        word_for_0: 0 is allowed too, and this is how it reads; empty where it is not allowed.

    Signals:
        amount_changed: the new amount. A Python int: it may be larger than Qt's.
    """

    amount_changed = Signal(object)

    def __init__(
        self,
        kind: AmountKind,
        allowed: SettingRange,
        word_for_0: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._kind = kind
        self._allowed = allowed
        self._word_for_0 = word_for_0
        least = 0 if word_for_0 else -(-allowed.least // kind.grain)
        self.setRange(least, allowed.greatest // kind.grain)
        self.setSpecialValueText(word_for_0)
        self.valueChanged.connect(lambda _: self.amount_changed.emit(self.amount))

    def set_word_for_0(self, word: str) -> None:
        """Read 0 by another word, as another language has it."""
        if self._word_for_0 and word:
            self._word_for_0 = word
            self.setSpecialValueText(word)

    @property
    def amount(self) -> int:
        """Bytes or bytes/s."""
        return self.value() * self._kind.grain

    def set_amount(self, amount: int) -> None:
        """Show an amount."""
        self.setValue(round(amount / self._kind.grain))

    def textFromValue(self, value: int) -> str:
        """Return `value` grains in words."""
        return self._kind.text(value * self._kind.grain) if value else self._word_for_0

    def valueFromText(self, text: str) -> int:
        """Return the grains that `text` names; the value as it is where it names none."""
        amount = self._parse(text)
        return self.value() if amount is None else round(amount / self._kind.grain)

    def validate(self, text: str, place: int) -> tuple[QValidator.State, str, int]:
        """Let the user type anything; only an amount within the range is accepted."""
        if self._parse(text) is not None:
            state = QValidator.State.Acceptable
        elif re.match(r"^[\d.]*\s*[a-zA-Z/]*\s*$", text) or self._word_for_0.startswith(
            text.strip().lower()
        ):
            state = QValidator.State.Intermediate
        else:
            state = QValidator.State.Invalid
        return state, text, place

    def fixup(self, text: str) -> str:
        """Return what stands for a text that was left unfinished: the value as it was."""
        return self.textFromValue(self.value())

    def stepBy(self, steps: int) -> None:
        """Double or halve, `steps` times."""
        amount = self.amount or self._allowed.greatest
        for _ in range(abs(steps)):
            amount = amount * 2 if steps > 0 else amount // 2
        self.set_amount(min(self._allowed.greatest, max(self._allowed.least, amount)))
        self.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Put the value back on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.lineEdit().setText(self.textFromValue(self.value()))
        else:
            super().keyPressEvent(event)

    def _parse(self, text: str) -> int | None:
        text = text.strip()
        if self._word_for_0 and text.lower() == self._word_for_0.lower():
            return 0
        try:
            amount = parse_size(text.removesuffix("/s"))
        except ValueError:
            return None
        if text.isdigit() and 0 < amount <= _BARE:
            amount *= self._kind.bare
        if amount == 0:
            return 0 if self._word_for_0 else None
        return amount if self._allowed.least <= amount <= self._allowed.greatest else None
