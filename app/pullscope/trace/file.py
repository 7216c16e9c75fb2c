"""The native trace file: JSON Lines, a header and then an object per event. See FORMAT.md.

Writing and reading are inverse: what `write_trace` wrote, `read_trace` returns. A reader of one
version knows less than a later writer of the same version may tell, so it skips events and fields
that it does not know; a change that such a reader would misunderstand gets a new version.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, TextIO, get_args, get_type_hints

from pullscope import __version__
from pullscope.engine.errors import SettingsError
from pullscope.engine.events import PullEvent
from pullscope.engine.model import CHOICES, Layer, PullState, Settings

FORMAT = "pullscope-trace"
VERSION = 1

# Whoever computes with what was read need not fear an overflow.
_LARGEST_INT = 2**63 - 1
_LARGEST_FLOAT = 1e15


class TraceError(Exception):
    """A trace cannot be read or written. `str()` is one line for people."""


class _Corrupt(Exception):
    """A line is not what FORMAT.md says. Becomes a `TraceError` that names file and line."""


def write_trace(events: Iterable[PullEvent], file: TextIO) -> None:
    """Write header and events to `file`. Only ASCII is written.

    Raises:
        OSError: `file` cannot be written.
    """
    header = {"format": FORMAT, "version": VERSION, "program": __version__}
    file.write(json.dumps(header) + "\n")
    for event in events:
        line = {"event": type(event).__name__, **asdict(event)}
        file.write(json.dumps(line, default=_state_name, allow_nan=False) + "\n")


def read_trace(path: Path) -> list[PullEvent]:
    """Return the events of the trace at `path`.

    A last line that was cut off in the middle is left out: a pull that is killed leaves one.

    Raises:
        TraceError: the file cannot be read, is no trace, has another version, or a line is
            corrupt; the message names file, line and reason.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise TraceError(f"{path}: {error.strerror or error}") from error
    *lines, torn = content.split(b"\n")
    if not lines:
        lines, torn = [torn], b""  # a header alone; there is nothing to save without it
    events = []
    for number, line in enumerate(lines, start=1):
        try:
            if number == 1:
                _check_header(_parse(line))
            elif (event := _event(_parse(line))) is not None:
                events.append(event)
        except _Corrupt as error:
            raise TraceError(f"{path}, line {number}: {error}") from None
    if torn:
        try:
            event = _event(_parse(torn))
        except _Corrupt:
            event = None
        if event is not None:
            events.append(event)
    return events


def _state_name(value: object) -> str:
    if isinstance(value, PullState):
        return value.value
    raise TypeError(f"{value!r} has no place in a trace")


def _parse(line: bytes) -> Mapping[str, object]:
    try:
        value = json.loads(line.decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise _Corrupt(f"not JSON: {error}") from None
    if not isinstance(value, dict):
        raise _Corrupt("not a JSON object")
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number")


def _check_header(header: Mapping[str, object]) -> None:
    if header.get("format") != FORMAT:
        raise _Corrupt(f'not a Pullscope trace: there is no "format": "{FORMAT}"')
    version = header.get("version")
    if type(version) is not int or version != VERSION:
        raise _Corrupt(f"version {version!r} is unknown; this program reads version {VERSION}")


def _event(line: Mapping[str, object]) -> PullEvent | None:
    """Return the event that `line` tells, None for an event of a later program."""
    name = line.get("event")
    if not isinstance(name, str):
        raise _Corrupt('there is no "event"')
    if name not in _EVENTS:
        return None
    kind, readers = _EVENTS[name]
    return kind(**_values(line, readers))


def _values(source: Mapping[str, object], readers: Mapping[str, "_Reader"]) -> dict[str, Any]:
    """Return the fields that `readers` names, each read by its reader."""
    values = {}
    for name, read in readers.items():
        if name not in source:
            raise _Corrupt(f'there is no "{name}"')
        try:
            values[name] = read(source[name])
        except _Corrupt as error:
            raise _Corrupt(f'"{name}": {error}') from None
    return values


_Reader = Callable[[object], object]


def _int(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _Corrupt(f"{_shown(value)} is not a whole number")
    if abs(value) > _LARGEST_INT:
        raise _Corrupt(f"{_shown(value)} is too large")
    return value


def _float(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _Corrupt(f"{_shown(value)} is not a number")
    if abs(value) > _LARGEST_FLOAT:
        raise _Corrupt(f"{_shown(value)} is too large")
    return float(value)


def _str(value: object) -> str:
    if not isinstance(value, str):
        raise _Corrupt(f"{_shown(value)} is not a text")
    return value


def _or_none(read: _Reader) -> _Reader:
    return lambda value: None if value is None else read(value)


def _state(value: object) -> PullState:
    try:
        return PullState(value)
    except ValueError:
        raise _Corrupt(f"{_shown(value)} is not the state of a pull") from None


# Traces of earlier programs have no others; they ran with what is the default now.
_FIRST_SETTINGS = frozenset({"layers", "parallelism", "connections", "chunk_size"})


def _settings(value: object) -> Settings:
    if not isinstance(value, dict):
        raise _Corrupt(f"{_shown(value)} is not an object")
    known = {
        field.name: _str if field.name in CHOICES else _int
        for field in fields(Settings)
        if field.name in value or field.name in _FIRST_SETTINGS
    }
    try:
        return Settings(**_values(value, known))
    except SettingsError as error:
        raise _Corrupt(str(error)) from None


def _layers(value: object) -> tuple[Layer, ...]:
    if not isinstance(value, list):
        raise _Corrupt(f"{_shown(value)} is not a list")
    return tuple(_layer(entry) for entry in value)


def _layer(value: object) -> Layer:
    if not isinstance(value, dict):
        raise _Corrupt(f"{_shown(value)} is not an object")
    known: dict[str, _Reader] = {"digest": _str, "size": _int, "media_type": _str}
    return Layer(**_values(value, known))


def _shown(value: object) -> str:
    text = ascii(value)
    return text if len(text) <= 40 else text[:37] + "..."


_READERS: Mapping[object, _Reader] = {
    int: _int,
    float: _float,
    str: _str,
    int | None: _or_none(_int),
    float | None: _or_none(_float),
    PullState: _state,
    Settings: _settings,
    tuple[Layer, ...]: _layers,
}
# Looked up when this module is imported, so that an event with a field of a new type cannot be
# added without saying how it is read.
_EVENTS: Mapping[str, tuple[type[PullEvent], Mapping[str, _Reader]]] = {
    kind.__name__: (
        kind,
        {name: _READERS[hint] for name, hint in get_type_hints(kind).items()},
    )
    for kind in get_args(PullEvent)
}
