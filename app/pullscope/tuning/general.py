"""The general settings: how the window behaves, looks and speaks, whatever it pulls.

They are the section `[general]` of the user's settings file, which `profiles` reads and writes:

    [general]
    theme = "dark"
    language = "de"
    pulls_at_once = 3
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from pullscope.engine.errors import SettingsError
from pullscope.engine.message import Message
from pullscope.session import default_store

MOST_PULLS = 8
_LONGEST = 4096


class OnClose(StrEnum):
    """What closing the window does while a pull runs."""

    ASK = "ask"
    STOP = "stop"  # what was received is kept


class ThemeChoice(StrEnum):
    """Which theme the window wears."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class General:
    """The general settings. Replaced whole, never mutated.

    Attributes:
        theme: the window's colours.
        language: a code as "de"; "system" for the desktop's.
        pulls_at_once: pulls that may run at the same time; the others wait.
        on_close: what closing the window does while a pull runs.
        notifications: whether a pull that ends is told of when the window is not looked at.
        keep_traces: whether the window keeps a trace of each pull, for the history.
        store: the folder of the user's store; empty for the usual one.
        output: the folder that images are written to; empty for the user's store.

    Raises:
        SettingsError: a value is of the wrong kind, or out of its range.
    """

    theme: ThemeChoice = ThemeChoice.SYSTEM
    language: str = "system"
    pulls_at_once: int = 2
    on_close: OnClose = OnClose.ASK
    notifications: bool = True
    keep_traces: bool = True
    store: str = ""
    output: str = ""

    def __post_init__(self) -> None:
        for name, kind in (("theme", ThemeChoice), ("on_close", OnClose)):
            value = getattr(self, name)
            try:
                object.__setattr__(self, name, kind(value))
            except ValueError:
                can_be = Message("it can be {choices}", choices=", ".join(kind))
                raise _wrong(name, value, can_be) from None
        for name in ("notifications", "keep_traces"):
            if not isinstance(getattr(self, name), bool):
                raise _wrong(name, getattr(self, name), Message("it can be true or false"))
        count = self.pulls_at_once
        if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MOST_PULLS:
            raise _wrong("pulls_at_once", count, Message("it can be 1 to {most}", most=MOST_PULLS))
        for name in ("language", "store", "output"):
            value = getattr(self, name)
            if not isinstance(value, str) or len(value) > _LONGEST or "\0" in value:
                raise _wrong(name, value, Message("it is a text"))

    @property
    def store_place(self) -> Path:
        """The folder of the user's store."""
        return Path(self.store) if self.store else default_store()

    def changed(self, **values: Any) -> "General":
        """Return these settings with some replaced; choices may be given by their value."""
        return replace(self, **values)

    def as_dict(self) -> dict[str, str | int | bool]:
        """Return the settings by name, choices by their value."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            name: value.value if isinstance(value, StrEnum) else value
            for name, value in values.items()
        }


def parse_general(table: object) -> General:
    """Read the section; what it does not name has its usual value.

    Raises:
        SettingsError: the section has a setting that there is not, or a value that cannot be.
    """
    if not isinstance(table, Mapping):
        raise SettingsError(Message("{name} is not a table", name="general"))
    names = [field.name for field in fields(General)]
    for name in table:
        if name not in names:
            raise SettingsError(
                Message(
                    "{section}: there is no setting {name!r}; there are {names}",
                    section="general",
                    name=str(name)[:40],
                    names=", ".join(names),
                )
            )
    return General(**table)


def _wrong(name: str, value: object, remedy: str) -> SettingsError:
    return SettingsError(
        Message("general.{name} is {value!r}", name=name, value=str(value)[:40]), remedy
    )
