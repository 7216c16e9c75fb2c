"""The native trace file: JSON Lines, a header and then an object per event, plain or compressed.

See FORMAT.md. Writing and reading are inverse: what `write_trace` or `write_compressed` wrote,
`read_trace` returns. A reader of one version knows less than a later writer of the same version may
tell, so it skips events and fields that it does not know; a change that such a reader would
misunderstand gets a new version.
"""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, BinaryIO, Union, get_args, get_type_hints

import msgspec
import zstandard
from msgspec import structs

from pullscope import __version__
from pullscope.engine.errors import SettingsError
from pullscope.engine.events import PullEvent
from pullscope.engine.message import Message, words_of
from pullscope.engine.model import (
    CHOICES,
    LARGEST_NUMBER,
    LARGEST_WHOLE,
    Layer,
    PullState,
    Settings,
)
from pullscope.engine.waits import Waited

FORMAT = "pullscope-trace"
VERSION = 1
NATIVE = (".pullscope", ".jsonl")
"""Extensions of native traces, compressed and plain."""

_MAGIC = b"\x28\xb5\x2f\xfd"  # that zstd frames begin with
_FRAME = 1 << 20  # bytes of text in one of them: each has a checksum of its own
_READ = 1 << 10  # bytes at a time; at worst 32,000 times as many come of them
_BLOCK = 1 << 18  # bytes of text that are decoded at once
_LONGEST_LINE = 1 << 26
_LARGEST_WINDOW = 1 << 25


class TraceError(Exception):
    """A trace cannot be read or written. `str()` is one line for people."""


class _Corrupt(Exception):
    """A line is not what FORMAT.md says. Becomes a `TraceError` that names file and line.

    `line` is how many lines of those that were looked at together come before it.
    """

    line = 0


def header_line() -> bytes:
    """Return the first line of a trace."""
    header = {"format": FORMAT, "version": VERSION, "program": __version__}
    return f"{json.dumps(header)}\n".encode("ascii")


def event_line(event: PullEvent) -> bytes:
    """Return the line of an event, in ASCII."""
    line = {"event": type(event).__name__, **_plain(event)}
    return f"{_ENCODER.encode(line)}\n".encode("ascii")


class CompressedLines:
    """Writes lines to `file`, compressed with zstd, in frames that can each be checked."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._compressor = zstandard.ZstdCompressor(level=3, write_checksum=True)
        self._frame: zstandard.ZstdCompressionObj | None = None
        self._size = 0

    def write(self, line: bytes) -> None:
        """Take a line; it may wait in memory for those that follow."""
        if self._frame is None:
            self._frame = self._compressor.compressobj()
        self._file.write(self._frame.compress(line))
        self._size += len(line)
        if self._size >= _FRAME:
            self.close()

    def flush(self) -> None:
        """Write out what was taken, so that a reader finds it when nothing more follows."""
        if self._frame is not None:
            self._file.write(self._frame.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK))
        self._file.flush()

    def close(self) -> None:
        """End the frame."""
        if self._frame is not None:
            self._file.write(self._frame.flush(zstandard.COMPRESSOBJ_FLUSH_FINISH))
        self._frame, self._size = None, 0


def write_trace(events: Iterable[PullEvent], file: BinaryIO) -> None:
    """Write header and events to `file`, uncompressed.

    Raises:
        OSError: `file` cannot be written.
    """
    file.write(header_line())
    for event in events:
        file.write(event_line(event))


def write_compressed(events: Iterable[PullEvent], file: BinaryIO) -> None:
    """Write header and events to `file`, compressed.

    Raises:
        OSError: `file` cannot be written.
    """
    lines = CompressedLines(file)
    lines.write(header_line())
    for event in events:
        lines.write(event_line(event))
    lines.close()


def read_trace(path: Path) -> list[PullEvent]:
    """Return the events of the trace at `path`, be it compressed or not.

    What was cut off in the middle of the last line is left out: a pull that is killed leaves such.

    Raises:
        TraceError: the file cannot be read, is no trace, has another version, or a line is
            corrupt; the message names file, line and reason.
    """
    return list(iterate_trace(path))


def iterate_trace(path: Path) -> Iterator[PullEvent]:
    """Return the events of the trace at `path` one by one, in bounded memory.

    Raises:
        TraceError: as `read_trace`, where the reading comes to it.
    """
    for batch in iterate_batches(path):
        yield from batch.events


@dataclass(frozen=True, slots=True)
class Batch:
    """Events that follow each other in a trace, and the share of the file that is read by then."""

    events: list[PullEvent]
    share: float


def iterate_batches(path: Path) -> Iterator[Batch]:
    """Return the events of the trace at `path` some thousands at a time.

    Raises:
        TraceError: as `read_trace`, where the reading comes to it.
    """
    number = 1  # of the first line that is not read yet
    try:
        with path.open("rb") as file:
            size = max(1, os.fstat(file.fileno()).st_size)
            for block in _blocks(file):
                rest = block
                if number == 1:
                    header, _, rest = block.partition(b"\n")
                    _check_header(_parse(header))
                    number += 1
                whole, end, torn = rest.rpartition(b"\n")
                events = _events_of(whole) if end else []
                number += rest.count(b"\n")
                if torn and (event := _event_or_torn(torn)) is not None:
                    events.append(event)
                yield Batch(events, min(1.0, file.tell() / size))
            if number == 1:
                _check_header(_parse(b""))
    except _Corrupt as error:
        number += error.line
        raise TraceError(
            Message("{path}, line {number}: {error}", path=path, number=number, error=error)
        ) from None
    except zstandard.ZstdError as error:
        raise TraceError(
            Message(
                "{path}, line {number}: the compressed data is damaged", path=path, number=number
            )
        ) from error
    except OSError as error:
        raise TraceError(
            Message("{path}: {error}", path=path, error=error.strerror or error)
        ) from error


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    """Return the text of a trace in blocks of whole lines; only the last may end within one."""
    held: list[bytes] = []
    size = 0
    try:
        for piece in _pieces(file):
            held.append(piece)
            size += len(piece)
            if size >= _BLOCK and b"\n" in piece:
                whole, end, rest = b"".join(held).rpartition(b"\n")
                yield whole + end
                held, size = [rest], len(rest)
            elif size >= _LONGEST_LINE + _BLOCK:
                raise _Corrupt(Message("too long"))
    except (_Corrupt, zstandard.ZstdError):
        whole, end, _ = b"".join(held).rpartition(b"\n")
        if end:
            yield whole + end
        raise
    if size:
        yield b"".join(held)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    """Return the text of a trace, be it compressed or not, up to where it is cut off."""
    piece = file.read(_READ)
    if not piece.startswith(_MAGIC):
        while piece:
            yield piece
            piece = file.read(_BLOCK)
        return
    # The stream reader of `zstandard` loses what it has not given yet where the file is cut off.
    decompressor = zstandard.ZstdDecompressor(max_window_size=_LARGEST_WINDOW)
    frames = decompressor.decompressobj(read_across_frames=True)
    while piece:
        yield frames.decompress(piece)
        piece = file.read(_READ)


def _events_of(lines: bytes) -> list[PullEvent]:
    """Return the events that whole lines tell.

    Ten times as fast as line by line: they are decoded in one go, in C. Where that fails, because
    a line is corrupt, or tells what this decoder reads otherwise or not at all, each half of the
    lines is looked at by itself.

    Raises:
        _Corrupt: a line is; its place among `lines` is in the error.
    """
    count = lines.count(b"\n") + 1
    if count == 1:
        event = _event(_parse(lines))
        return [] if event is None else [event]
    with suppress(msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        events = _FAST.decode(b"[%b]" % lines.replace(b"\n", b",\n"))
        if len(events) == count:
            return events
    middle = lines.find(b"\n", len(lines) // 2)
    if middle < 0:
        middle = lines.rfind(b"\n")
    first = _events_of(lines[:middle])
    try:
        return first + _events_of(lines[middle + 1 :])
    except _Corrupt as error:
        error.line += lines.count(b"\n", 0, middle) + 1
        raise


def _event_or_torn(line: bytes) -> PullEvent | None:
    """Return the event that the last line tells, which has no end; None where it is torn off."""
    try:
        return _event(_parse(line))
    except _Corrupt:
        if len(line) >= _LONGEST_LINE:
            raise _Corrupt(Message("too long")) from None
        return None


def _plain(value: object) -> Any:
    """Return the fields of a struct or dataclass; `asdict` would copy all that is within."""
    if isinstance(value, PullState):
        return value.value
    if isinstance(value, msgspec.Struct):
        return {name: getattr(value, name) for name in value.__struct_fields__}
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    raise TypeError(f"{value!r} has no place in a trace")


_ENCODER = json.JSONEncoder(default=_plain, allow_nan=False)


def _parse(line: bytes) -> Mapping[str, object]:
    try:
        value = _DECODER.decode(line.decode())
    except json.JSONDecodeError as error:  # its own words name a line, too: always the first
        raise _Corrupt(
            Message(
                "not JSON: {error}, at character {position}",
                error=error.msg,
                position=error.pos + 1,
            )
        ) from None
    except (ValueError, RecursionError) as error:
        raise _Corrupt(Message("not JSON: {error}", error=error)) from None
    if not isinstance(value, dict):
        raise _Corrupt(Message("not a JSON object"))
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(Message("{value} is not a number", value=name))


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def _check_header(header: Mapping[str, object]) -> None:
    if header.get("format") != FORMAT:
        raise _Corrupt(
            Message('not a Pullscope trace: there is no "format": "{format}"', format=FORMAT)
        )
    version = header.get("version")
    if type(version) is not int or version != VERSION:
        raise _Corrupt(
            Message(
                "version {version!r} is unknown; this program reads version {known}",
                version=version,
                known=VERSION,
            )
        )


def _event(line: Mapping[str, object]) -> PullEvent | None:
    """Return the event that `line` tells, None for an event of a later program."""
    name = line.get("event")
    if not isinstance(name, str):
        raise _Corrupt(Message('there is no "{name}"', name="event"))
    if name not in _EVENTS:
        return None
    kind, needed, later = _EVENTS[name]
    told = {field: read for field, read in later.items() if field in line}
    return kind(**_values(line, {**needed, **told}))


def _values(source: Mapping[str, object], readers: Mapping[str, "_Reader"]) -> dict[str, Any]:
    """Return the fields that `readers` names, each read by its reader."""
    values = {}
    for name, read in readers.items():
        if name not in source:
            raise _Corrupt(Message('there is no "{name}"', name=name))
        try:
            values[name] = read(source[name])
        except _Corrupt as error:
            raise _Corrupt(Message('"{name}": {error}', name=name, error=error)) from None
    return values


_Reader = Callable[[object], object]


def _int(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _Corrupt(Message("{value} is not a whole number", value=_shown(value)))
    if abs(value) > LARGEST_WHOLE:
        raise _Corrupt(Message("{value} is too large", value=_shown(value)))
    return value


def _float(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _Corrupt(Message("{value} is not a number", value=_shown(value)))
    if abs(value) > LARGEST_NUMBER:
        raise _Corrupt(Message("{value} is too large", value=_shown(value)))
    return float(value)


def _str(value: object) -> str:
    if not isinstance(value, str):
        raise _Corrupt(Message("{value} is not a text", value=_shown(value)))
    return value


def _or_none(read: _Reader) -> _Reader:
    return lambda value: None if value is None else read(value)


def _state(value: object) -> PullState:
    try:
        return PullState(value)
    except ValueError:
        raise _Corrupt(Message("{value} is not the state of a pull", value=_shown(value))) from None


FIRST_SETTINGS = frozenset({"layers", "parallelism", "connections", "chunk_size"})
"""Traces of earlier programs have no others; they ran with what is the default now."""


def _settings(value: object) -> Settings:
    if not isinstance(value, dict):
        raise _Corrupt(Message("{value} is not an object", value=_shown(value)))
    known = {
        field.name: _str if field.name in CHOICES else _int
        for field in fields(Settings)
        if field.name in value or field.name in FIRST_SETTINGS
    }
    try:
        return Settings(**_values(value, known))
    except SettingsError as error:
        raise _Corrupt(words_of(error)) from None


def _layers(value: object) -> tuple[Layer, ...]:
    if not isinstance(value, list):
        raise _Corrupt(Message("{value} is not a list", value=_shown(value)))
    return tuple(_layer(entry) for entry in value)


def _layer(value: object) -> Layer:
    if not isinstance(value, dict):
        raise _Corrupt(Message("{value} is not an object", value=_shown(value)))
    known: dict[str, _Reader] = {"digest": _str, "size": _int, "media_type": _str}
    return Layer(**_values(value, known))


def _waited(value: object) -> Waited:
    if not isinstance(value, dict):
        raise _Corrupt(Message("{value} is not an object", value=_shown(value)))
    known = {name: _float for name in Waited.__struct_fields__ if name in value}
    return Waited(**_values(value, known))


def _floats(value: object) -> tuple[float, ...]:
    if not isinstance(value, list):
        raise _Corrupt(Message("{value} is not a list", value=_shown(value)))
    return tuple(map(_float, value)) if value else ()


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
    Waited: _waited,
    tuple[Layer, ...]: _layers,
    tuple[float, ...]: _floats,
    tuple[float, ...] | None: _or_none(_floats),
}


def _readers(
    kind: type[PullEvent],
) -> tuple[type[PullEvent], Mapping[str, _Reader], Mapping[str, _Reader]]:
    """Return a kind of event with how its fields are read, those that may be missing apart."""
    readers = {name: _READERS[hint] for name, hint in get_type_hints(kind).items()}
    came_later = later_fields(kind)
    needed = {name: read for name, read in readers.items() if name not in came_later}
    later = {name: read for name, read in readers.items() if name in came_later}
    return kind, needed, later


def later_fields(kind: type[PullEvent]) -> set[str]:
    """Return the fields of an event that traces of earlier programs do not tell.

    What has a default came later.
    """
    return {field.name for field in structs.fields(kind) if not field.required}


# Looked up when this module is imported, so that an event with a field of a new type cannot be
# added without saying how it is read.
_EVENTS = {kind.__name__: _readers(kind) for kind in get_args(PullEvent)}

# Of settings and layers, more is to be checked than this decoder knows; there are few of them.
_FAST: msgspec.json.Decoder[list[PullEvent]] = msgspec.json.Decoder(
    list[  # type: ignore[misc]
        Union[  # noqa: UP007 (of a tuple)
            tuple(
                kind
                for kind in get_args(PullEvent)
                if not {Settings, tuple[Layer, ...]} & set(get_type_hints(kind).values())
            )
        ]
    ]
)
