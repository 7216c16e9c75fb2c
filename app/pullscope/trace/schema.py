"""The JSON Schema of the lines of a native trace, out of the events themselves.

It says what this program writes. A reader that follows it ignores events and fields that it does
not know, so a trace of a later program is valid as well.
"""

from dataclasses import fields
from typing import Any, get_args, get_type_hints

from pullscope.engine.events import PullEvent
from pullscope.engine.model import CHOICES, Layer, PullState, Settings
from pullscope.engine.waits import Waited
from pullscope.trace.file import FIRST_SETTINGS, FORMAT, VERSION, later_fields

_Json = dict[str, Any]

_WHOLE: _Json = {"type": "integer", "minimum": -(2**63) + 1, "maximum": 2**63 - 1}
_NUMBER: _Json = {"type": "number", "minimum": -1e15, "maximum": 1e15}
_TEXT: _Json = {"type": "string"}


def trace_schema() -> _Json:
    """Return the schema of one line: the header, or an event."""
    kinds = get_args(PullEvent)
    names = [kind.__name__ for kind in kinds]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A line of a Pullscope trace",
        "description": "The first line is a header, each other line an event.",
        "oneOf": [
            {"$ref": "#/$defs/header"},
            *({"$ref": f"#/$defs/{name}"} for name in names),
            {
                "title": "An event of a later program",
                "type": "object",
                "required": ["event"],
                "properties": {"event": {"type": "string", "not": {"enum": names}}},
            },
        ],
        "$defs": {
            "header": {
                "type": "object",
                "required": ["format", "version"],
                "properties": {
                    "format": {"const": FORMAT},
                    "version": {"const": VERSION},
                    "program": _TEXT,
                },
            },
            **{kind.__name__: _event(kind) for kind in kinds},
        },
    }


def _event(kind: type[PullEvent]) -> _Json:
    hints = get_type_hints(kind)
    later = later_fields(kind)
    return {
        "type": "object",
        "description": " ".join((kind.__doc__ or "").split("\n\n")[0].split()),
        "required": ["event", *(name for name in hints if name not in later)],
        "properties": {
            "event": {"const": kind.__name__},
            **{name: _TYPES[hint] for name, hint in hints.items()},
        },
    }


def _settings() -> _Json:
    return {
        "type": "object",
        "required": sorted(FIRST_SETTINGS),
        "properties": {
            field.name: {"enum": [*CHOICES[field.name]]} if field.name in CHOICES else _WHOLE
            for field in fields(Settings)
        },
    }


def _list_of(items: _Json) -> _Json:
    return {"type": "array", "items": items}


# Looked up when this module is imported, so that an event with a field of a new type cannot be
# added without saying how it is described.
_TYPES: dict[object, _Json] = {
    int: _WHOLE,
    float: _NUMBER,
    str: _TEXT,
    int | None: {"anyOf": [_WHOLE, {"type": "null"}]},
    float | None: {"anyOf": [_NUMBER, {"type": "null"}]},
    PullState: {"enum": [state.value for state in PullState]},
    Settings: _settings(),
    Waited: {"type": "object", "properties": dict.fromkeys(Waited.__struct_fields__, _NUMBER)},
    tuple[float, ...]: _list_of(_NUMBER),
    tuple[float, ...] | None: {"anyOf": [_list_of(_NUMBER), {"type": "null"}]},
    tuple[Layer, ...]: _list_of(
        {
            "type": "object",
            "required": [field.name for field in fields(Layer)],
            "properties": {"digest": _TEXT, "size": _WHOLE, "media_type": _TEXT},
        }
    ),
}
