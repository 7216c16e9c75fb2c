"""The config blob of an image: from hostile bytes to short, plain values.

Formats: https://github.com/opencontainers/image-spec/blob/main/config.md and Docker's image
specification 1.2. Whoever made the image wrote this, so nothing in it is relied upon: what has
another form than it should is left out, texts lose their control characters and what is longer than
`LONGEST_TEXT`, lists what is beyond `MOST_ENTRIES`.
"""

import json
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pullscope.engine.errors import BadReply
from pullscope.engine.message import Message

LONGEST_TEXT = 4096
"""Characters of a text that are kept."""
MOST_ENTRIES = 1024
"""Entries of a list or table that are kept."""

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories of what has no picture, or turns the picture of others around."""


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """What one step of the build did.

    Attributes:
        created_by: its command, as the builder wrote it down.
        created: when, as RFC 3339 writes it; empty where it is not said.
        empty: it made no layer.
    """

    created_by: str
    created: str = ""
    comment: str = ""
    empty: bool = False


@dataclass(frozen=True, slots=True)
class ImageConfig:
    """What an image says of itself. What it does not say is empty.

    Attributes:
        created: when, as RFC 3339 writes it.
        env: "NAME=value" each.
        labels: names with their values, by name.
        history: from the first step to the last.
    """

    created: str = ""
    author: str = ""
    platform: str = ""
    user: str = ""
    workdir: str = ""
    entrypoint: tuple[str, ...] = ()
    cmd: tuple[str, ...] = ()
    env: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    stop_signal: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    history: tuple[HistoryLine, ...] = ()

    def made(self, layers: int) -> tuple[HistoryLine | None, ...]:
        """Return which step made each of `layers` layers; None where that is not known.

        It is known when as many steps made a layer as there are layers: a history may be left out,
        or cut short, and a guess would be worse than nothing.
        """
        steps = tuple(line for line in self.history if not line.empty)
        return steps if len(steps) == layers else (None,) * layers


def parse_config(body: bytes) -> ImageConfig:
    """Read an image's config.

    Raises:
        BadReply: it is no JSON object.
    """
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadReply(
            Message("the image's config is not JSON ({error})", error=type(error).__name__)
        ) from None
    if not isinstance(document, dict):
        raise BadReply(Message("the image's config is not a JSON object"))
    inner = document.get("config")
    run = inner if isinstance(inner, dict) else {}
    platform = (plain(document.get(key)) for key in ("os", "architecture", "variant"))
    return ImageConfig(
        created=plain(document.get("created")),
        author=plain(document.get("author")),
        platform="/".join(part for part in platform if part),
        user=plain(run.get("User")),
        workdir=plain(run.get("WorkingDir")),
        entrypoint=_texts(run.get("Entrypoint")),
        cmd=_texts(run.get("Cmd")),
        env=_texts(run.get("Env")),
        ports=_names(run.get("ExposedPorts")),
        volumes=_names(run.get("Volumes")),
        stop_signal=plain(run.get("StopSignal")),
        labels=plain_pairs(run.get("Labels")),
        history=tuple(_history(document.get("history"))),
    )


def plain(value: object) -> str:
    """Return a text on one line without what cannot be seen; empty for what is no text."""
    if not isinstance(value, str):
        return ""
    kept = value[:LONGEST_TEXT]
    shown = "".join(
        " " if sign.isspace() else sign
        for sign in kept
        if sign.isspace() or unicodedata.category(sign) not in _HIDDEN
    )
    return shown.strip() + ("…" if len(value) > len(kept) else "")


def plain_pairs(value: object) -> tuple[tuple[str, str], ...]:
    """Return the names and values of a table of texts, by name."""
    if not isinstance(value, dict):
        return ()
    pairs = [(plain(name), plain(text)) for name, text in list(value.items())[:MOST_ENTRIES]]
    return tuple(sorted(pair for pair in pairs if pair[0]))


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):  # Docker once allowed it
        return (plain(value),)
    if not isinstance(value, list):
        return ()
    return tuple(plain(text) for text in value[:MOST_ENTRIES] if isinstance(text, str))


def _names(value: object) -> tuple[str, ...]:
    """Return the keys of a table whose values say nothing."""
    if not isinstance(value, dict):
        return ()
    return tuple(name for key in list(value)[:MOST_ENTRIES] if (name := plain(key)))


def _history(value: object) -> Iterator[HistoryLine]:
    lines: list[Any] = value[:MOST_ENTRIES] if isinstance(value, list) else []
    for line in lines:
        step = line if isinstance(line, dict) else {}
        yield HistoryLine(
            created_by=plain(step.get("created_by")),
            created=plain(step.get("created")),
            comment=plain(step.get("comment")),
            empty=step.get("empty_layer") is True,
        )
