"""The settings in words, and the fields in which they are changed."""

from collections.abc import Iterable, Mapping
from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QSpinBox

from pullscope.engine.model import RANGES, ZERO_ALLOWED, Settings
from pullscope.gui.amount_box import RATE, SIZE, AmountBox
from pullscope.gui.effects import (
    layer_order_texts,
    protocol_texts,
    setting_names,
    value_text,
    write_texts,
)

_AMOUNTS = {"chunk_size": SIZE, "rate_limit": RATE, "memory_limit": SIZE}
_MAIN = ("parallelism", "chunk_size", "layers", "connections")


def setting_texts() -> dict[str, tuple[str, str]]:
    """Return the title and the purpose of each setting."""
    translate = QCoreApplication.translate
    return {
        "parallelism": (
            translate("Setting", "Parallelism per layer"),
            translate("Setting", "Chunks of one layer in flight at once"),
        ),
        "chunk_size": (
            translate("Setting", "Chunk size"),
            translate("Setting", "Bytes of the next chunk to be asked"),
        ),
        "layers": (
            translate("Setting", "Layers at once"),
            translate("Setting", "Layers that receive bytes at once"),
        ),
        "connections": (
            translate("Setting", "Connections in all"),
            translate("Setting", "Requests for chunks at once, of all layers"),
        ),
        "rate_limit": (
            translate("Setting", "Rate limit"),
            translate("Setting", "Bytes per second of all connections together, in MB/s"),
        ),
        "request_limit": (
            translate("Setting", "Requests per second"),
            translate("Setting", "Requests for chunks, of all layers"),
        ),
        "memory_limit": (
            translate("Setting", "Memory limit"),
            translate("Setting", "Bytes on their way to the disk"),
        ),
        "layer_order": (
            translate("Setting", "Layer order"),
            translate("Setting", "Which layers come first"),
        ),
        "write": (
            translate("Setting", "Write"),
            translate(
                "Setting", "As a stream: one chunk behind the other, the others wait in memory"
            ),
        ),
        "protocol": (
            translate("Setting", "Protocol"),
            translate(
                "Setting", "The newest that is offered; HTTP/2 puts all chunks on one connection"
            ),
        ),
    }


def words_for_0() -> dict[str, str]:
    """Return how 0 reads, for the settings that can be 0."""
    translate = QCoreApplication.translate
    return {
        "chunk_size": translate("Setting", "whole layer"),
        "rate_limit": translate("Setting", "none"),
        "request_limit": translate("Setting", "none"),
    }


def choice_texts(name: str) -> Mapping[Any, str]:
    """Return the values of a setting that is chosen from a list, in words."""
    match name:
        case "layer_order":
            return layer_order_texts()
        case "write":
            return write_texts()
        case _:
            return protocol_texts()


def settings_text(settings: Settings, which: Iterable[str] = ()) -> str:
    """Return settings in words: "parallelism 8, chunk 16 MiB".

    `which` names them; without it those that matter most, and what is other than usual.
    """
    values, usual = settings.as_dict(), Settings().as_dict()
    names = set(which) or {n for n in values if n in _MAIN or values[n] != usual[n]}
    words = setting_names()
    return ", ".join(f"{words[n]} {value_text(n, settings)}" for n in words if n in names)


def new_number_box(name: str) -> QSpinBox:
    """Return a box for a setting that is a number, with its unit and within its range."""
    allowed = RANGES[name]
    if name in _AMOUNTS:
        return AmountBox(_AMOUNTS[name], allowed, words_for_0().get(name, ""))
    box = QSpinBox()
    box.setRange(0 if name in ZERO_ALLOWED else allowed.least, allowed.greatest)
    return box


def show_number(box: QSpinBox, value: int) -> None:
    """Show a value in a box made by `new_number_box`."""
    if isinstance(box, AmountBox):
        box.set_amount(value)
    else:
        box.setValue(value)


def number_in(box: QSpinBox) -> int:
    """Return the value of a box made by `new_number_box`."""
    return box.amount if isinstance(box, AmountBox) else box.value()


def name_0(box: QSpinBox, word: str) -> None:
    """Let 0 read as `word`, as another language has it."""
    if isinstance(box, AmountBox):
        box.set_word_for_0(word)
    else:
        box.setSpecialValueText(word)
