"""Setting a value in a JSON file, of which nothing else changes: neither order nor spaces."""

import json
import re
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any

from pullscope.engine.message import Message
from pullscope.sweep.runtimes.runtime_config import RuntimeConfigError

_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


def parse_object(text: str) -> dict[str, Any]:
    """Return the object that a JSON text is.

    Raises:
        RuntimeConfigError: it is none, or it says something twice.
    """
    try:
        parsed = json.loads(text, object_pairs_hook=_without_doubles)
    except (ValueError, RecursionError) as error:
        raise RuntimeConfigError(Message("it is not JSON: {error}", error=error)) from error
    if not isinstance(parsed, dict):
        raise RuntimeConfigError(Message("it holds no JSON object"))
    return parsed


def with_member(text: str, name: str, value: int) -> str:
    """Return a JSON object with a member set; it is replaced in its place, or added as the last.

    Raises:
        RuntimeConfigError: `text` is no JSON object.
    """
    wanted = {**parse_object(text), name: value}
    found = _Members(text)
    if (span := found.spans.get(name)) is not None:
        changed = text[: span[0]] + str(value) + text[span[1] :]
    else:
        member = f"{json.dumps(name)}: {value}"
        if not found.spans:
            changed = f"{text[: found.begin]}\n{' ' * 2}{member}\n{text[found.end :]}"
        else:
            comma = f",{found.between}"
            changed = text[: found.last] + comma + member + text[found.last :]
    if parse_object(changed) != wanted:
        raise RuntimeConfigError(Message("it cannot be changed without changing something else"))
    return changed


class _Members:
    """Where things are in the text of a JSON object that can be parsed.

    Attributes:
        begin: behind its opening brace.
        end: of its closing brace.
        spans: of the values, by name.
        last: behind the last value.
        between: the space in front of the last name.
    """

    def __init__(self, text: str) -> None:
        at = _skip(text, 0) + 1
        self.begin = self.last = at
        self.between = ""
        self.spans: dict[str, tuple[int, int]] = {}
        while True:
            name_at = _skip(text, at)
            if text[name_at] == "}":
                self.end = name_at
                return
            self.between = text[at:name_at]
            name, at = scanstring(text, name_at + 1, True)
            value_at = _skip(text, _skip(text, at) + 1)
            _, at = _DECODER.raw_decode(text, value_at)
            self.spans[name] = (value_at, at)
            self.last = at
            at = _skip(text, at)
            if text[at] == ",":
                at += 1


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(Message("{name!r} is there twice", name=name[:40]))
        found[name] = value
    return found
