"""Traces that are safe to share: hosts, repositories, folders and addresses get other names.

The same name is always replaced by the same pseudonym, numbered in the order of their appearance,
so that two traces of the same pull can still be compared. Digests, tags, sizes and times stay.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

from msgspec import structs

from pullscope.engine.errors import PullError
from pullscope.engine.events import PullEvent, PullStarted
from pullscope.engine.reference import parse_reference

_TEXTS = ("error", "reason")
# In words of others: addresses with a scheme, addresses of machines, names of hosts, and paths.
_TELLING = re.compile(
    r"""
    (?P<url> [a-z][a-z0-9+.-]*://[^\s'"<>]+ )
    | (?P<v6> \[?(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?:%\w+)?\]?(?::\d+)?(?![\w]) )
    | (?P<v4> (?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?(?![\w.]) )
    | (?P<host> (?<![\w.-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9](?::\d+)?
        | (?<![\w.-])localhost(?::\d+)? )
    | (?P<path> (?<![\w])(?:[a-z]:)?[/\\][^\s'",;]+ )
    """,
    re.IGNORECASE | re.VERBOSE,
)


class Redactor:
    """Replaces names in events, one after the other."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._counts: dict[str, int] = {}

    def __call__(self, event: PullEvent) -> PullEvent:
        """Return `event` without the names of hosts, repositories, folders and addresses."""
        changed: dict[str, Any] = {}
        if isinstance(event, PullStarted):
            changed["reference"] = self._reference(event.reference)
            changed["output"] = self._name(event.output, "folder")
        for name in event.__struct_fields__:
            value = getattr(event, name)
            if name == "host":
                changed["host"] = self._host(value)
            elif name == "peer":
                changed["peer"] = self._name(value.rpartition(":")[0], "peer")
            elif name in _TEXTS:
                changed[name] = self._words(value)
        return structs.replace(event, **changed) if changed else event

    def _reference(self, text: str) -> str:
        with suppress(PullError):
            reference = parse_reference(text)
            host = self._host(reference.domain)
            if reference.api_host != reference.domain:
                self._known[reference.api_host] = host
            repository = self._name(reference.repository, "repository")
            return str(replace(reference, domain=host, repository=repository))
        return self._name(text, "reference")

    def _host(self, host: str) -> str:
        if host in self._known or not host:
            return self._known.get(host, "")
        name, colon, port = host.rpartition(":")
        if colon and port.isdecimal():  # on whichever port, it is the same host
            self._known[host] = self._host(name)
            return self._known[host]
        self._counts["host"] = self._counts.get("host", 0) + 1
        self._known[host] = f"host-{self._counts['host']}.example"
        return self._known[host]

    def _name(self, name: str, kind: str) -> str:
        if not name:
            return ""
        if name not in self._known:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._known[name] = f"{kind}-{self._counts[kind]}"
        return self._known[name]

    def _words(self, text: str) -> str:
        """Return words that another program said: first without known names, the longest first."""
        known = sorted((name for name in self._known if name in text), key=len, reverse=True)
        if not known:
            return self._unknown(text)
        parts = re.split(f"({'|'.join(map(re.escape, known))})", text)
        return "".join(
            self._known[part] if number % 2 else self._unknown(part)
            for number, part in enumerate(parts)
        )

    def _unknown(self, text: str) -> str:
        def pseudonym(found: re.Match[str]) -> str:
            name = found.group()
            match found.lastgroup:
                case "v4" | "v6" | "host":
                    return self._host(name)
                case "url":
                    return self._name(name, "address")
                case _:
                    return self._name(name, "path")

        return _TELLING.sub(pseudonym, text)


def redacted(events: Iterable[PullEvent]) -> Iterator[PullEvent]:
    """Return `events` with pseudonyms for hosts, repositories, folders and addresses."""
    return map(Redactor(), events)
