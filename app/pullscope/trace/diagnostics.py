"""Diagnostics of a pull, as text to paste where help is asked for.

It tells versions, reference, settings, the error and the last events. What could be a secret is
taken out of all of it, also where it should never have come: user parts and queries of addresses,
authorization headers, tokens.
"""

import platform
import re
import sys
from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version

from pullscope import __version__
from pullscope.engine.events import PullEvent, Sampled
from pullscope.engine.model import Snapshot

MOST_EVENTS = 40
"""Events that are told, the newest ones."""
_LONGEST_LINE = 400
_LIBRARIES = ("httpx", "pyreqwest", "PySide6-Essentials")
_GONE = "[removed]"
_SECRETS = (
    # A header's value, whatever its scheme is, to the end of the line or its quotes.
    (re.compile(r"(?i)((?:proxy-)?authorization[\"']?\s*[:=]\s*[\"']?)[^\"'\n]+"), r"\1" + _GONE),
    (re.compile(r"(?i)((?:set-)?cookie[\"']?\s*[:=]\s*[\"']?)[^\"'\n]+"), r"\1" + _GONE),
    (re.compile(r"(?i)\b(bearer|basic|token)\s+[A-Za-z0-9+/_.~=-]{6,}"), r"\1 " + _GONE),
    (re.compile(r"(?i)\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)*"), _GONE),  # a JWT
    (re.compile(r"(?i)([a-z][a-z0-9+.-]*://)[^/\s@\"']*@"), r"\1"),
    (re.compile(r"(?<!\S)[^\s/@:]+:[^\s/@]+@(?=[^\s/]+/)"), ""),  # user:password@host/repository
    (re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*://[^\s?#\"']*)[?#][^\s\"')]*"), r"\1"),
    (
        re.compile(
            r"(?i)\b([\w-]*(?:password|passwd|secret|token|signature|api[_-]?key|credential)[\w-]*)"
            r"([\"']?\s*[=:]\s*[\"']?)[^\s\"'&;,)]+"
        ),
        r"\1\2" + _GONE,
    ),
)


def diagnostics(snapshot: Snapshot, events: Sequence[PullEvent]) -> str:
    """Return what is known of a pull, a fact a line, without secrets."""
    lines = [
        f"Pullscope {__version__}, Python {platform.python_version()}, "
        f"{platform.system()} {platform.release()} {platform.machine()}, {sys.platform}",
        ", ".join(_versions()),
        f"reference: {snapshot.reference}",
        f"manifest: {snapshot.digest or 'not known'}",
        f"platform: {snapshot.platform or 'not known'}",
        f"state: {snapshot.state.value} after {snapshot.at:.2f} s",
        f"bytes: {snapshot.received} of {snapshot.total} received, {snapshot.written} written, "
        f"{snapshot.hashed} hashed, {snapshot.wasted} wasted",
        f"requests: {snapshot.requests}, retries: {snapshot.retries}",
        "settings: " + ", ".join(f"{k} = {v}" for k, v in snapshot.settings.as_dict().items()),
        f"error: {snapshot.error or 'none'}",
    ]
    if (failure := snapshot.failure) is not None:
        lines += [f"  asked: {failure.asked}", f"  came: {failure.came}", f"  do: {failure.remedy}"]
    lines += [
        f"layer {layer.index}: {layer.digest}, {layer.state.value}: {layer.error}"
        for layer in snapshot.layers
        if layer.error
    ]
    told = [event for event in events if not isinstance(event, Sampled)][-MOST_EVENTS:]
    lines.append(f"last {len(told)} events:")
    lines += (_line(event) for event in told)
    # Cut last: half a secret is not known for one.
    return "\n".join(without_secrets(" ".join(line.split()))[:_LONGEST_LINE] for line in lines)


def without_secrets(text: str) -> str:
    """Return a text without what looks like a secret in it."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


def _versions() -> Iterable[str]:
    for name in _LIBRARIES:
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            yield f"{name} not installed"


def _line(event: PullEvent) -> str:
    values = (
        f"{name}={getattr(event, name)!s}"
        for name in event.__struct_fields__
        if name not in ("at", "layers", "settings", "old", "new", "output")
    )
    return f"{event.at:9.3f} {type(event).__name__} {' '.join(values)}"
