"""What a reply to a request for a blob's bytes means. Pure; nothing is believed.

Range requests: RFC 9110, section 14. A reply to "bytes=a-b" is usable in part when it is 206, its
Content-Range names exactly a, b and the layer's size, and its length agrees.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum

from pullscope.engine.message import Message

_CONTENT_RANGE = re.compile(
    r"bytes\s+(\d{1,19})-(\d{1,19})/(\d{1,19}|\*)", re.ASCII | re.IGNORECASE
)
_RETRYABLE = frozenset({408, 425, 429})

LONGEST_WAIT = 120.0
"""Seconds: no Retry-After is honoured beyond this."""


class Verdict(Enum):
    """What to do with a reply."""

    PART = "part"  # it is the bytes that were asked for
    WHOLE = "whole"  # it is the whole blob
    RANGE_REFUSED = "range refused"  # ask for the whole blob instead
    RETRY = "retry"  # may pass
    REFUSED = "refused"  # will not pass


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, and why, in words that name both sides."""

    verdict: Verdict
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """The bytes asked for: `first` to `last`, both included; `whole`: without a range."""

    first: int
    last: int
    size: int
    whole: bool = False

    @property
    def length(self) -> int:
        """Bytes asked for."""
        return self.last - self.first + 1

    @property
    def words(self) -> Message:
        """What is asked for, for people."""
        if self.whole:
            return Message("the whole blob")
        return Message("bytes {first}-{last}", first=self.first, last=self.last)


def judge(asked: Asked, status: int, headers: Mapping[str, str]) -> Judgement:
    """Return what a reply with this status and these headers is good for."""
    if status in (200, 206):
        encoding = headers.get("content-encoding", "identity").strip().lower()
        if encoding not in ("", "identity"):
            reason = Message(
                "the reply is encoded as {encoding!r}; byte ranges of it mean nothing",
                encoding=encoding[:20],
            )
            return Judgement(Verdict.REFUSED, reason)
    if status == 206 and not asked.whole:
        return _judge_part(asked, headers)
    if status == 200:
        return _judge_whole(asked, headers)
    if status in (400, 416) and not asked.whole:
        return Judgement(Verdict.RANGE_REFUSED, Message("HTTP {status} to a range", status=status))
    if may_pass(status):
        return Judgement(Verdict.RETRY, f"HTTP {status}")
    return Judgement(Verdict.REFUSED, f"HTTP {status}")


def may_pass(status: int) -> bool:
    """Whether a refusal with this status may be none a little later."""
    return status in _RETRYABLE or 500 <= status <= 599


def _judge_part(asked: Asked, headers: Mapping[str, str]) -> Judgement:
    text = headers.get("content-range", "")
    match = _CONTENT_RANGE.fullmatch(text.strip())
    if match is None:
        reason = (
            Message(
                "asked {asked}, got 206 with Content-Range {range!r}",
                asked=asked.words,
                range=text[:60],
            )
            if text
            else Message("asked {asked}, got 206 with no Content-Range", asked=asked.words)
        )
        return Judgement(Verdict.RANGE_REFUSED, reason)
    if (int(match[1]), int(match[2])) != (asked.first, asked.last):
        reason = Message(
            "asked {asked}, got 206 for bytes {first}-{last}",
            asked=asked.words,
            first=match[1],
            last=match[2],
        )
        return Judgement(Verdict.RANGE_REFUSED, reason)
    if match[3] != str(asked.size):
        reason = Message(
            "asked {asked} of {size}, got 206 of {found}",
            asked=asked.words,
            size=asked.size,
            found=match[3],
        )
        return Judgement(Verdict.RANGE_REFUSED, reason)
    if (length := _content_length(headers)) not in (None, asked.length):
        reason = Message(
            "asked {asked} bytes, got Content-Length {length}", asked=asked.length, length=length
        )
        return Judgement(Verdict.RANGE_REFUSED, reason)
    return Judgement(Verdict.PART)


def _judge_whole(asked: Asked, headers: Mapping[str, str]) -> Judgement:
    if (length := _content_length(headers)) not in (None, asked.size):
        reason = Message(
            "the manifest says {size} bytes, the registry sends a blob of {length}",
            size=asked.size,
            length=length,
        )
        return Judgement(Verdict.REFUSED, reason)
    if asked.whole:
        return Judgement(Verdict.WHOLE)
    return Judgement(Verdict.WHOLE, Message("HTTP {status} to a range", status=200))


def _content_length(headers: Mapping[str, str]) -> int | None:
    text = headers.get("content-length", "").strip()
    return int(text) if re.fullmatch(r"[0-9]{1,19}", text) else None


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Return the seconds that a Retry-After header asks for, at most `LONGEST_WAIT`.

    None where the header is missing or in no known form (some registries send free text).
    """
    text = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", text):
        return min(float(text), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    seconds = (moment - (now or datetime.now(UTC))).total_seconds()
    return min(max(seconds, 0.0), LONGEST_WAIT)


def backoff(failures: int, asked_to_wait: float | None, jitter: float) -> float:
    """Return the seconds to wait after a number of failures in a row.

    Doubles from 0.25 s up to 20 s, times 0.5 to 1 by `jitter` (0 to 1), and never less than the
    registry asked for.
    """
    wait: float = min(0.25 * 2 ** (failures - 1), 20.0) * (0.5 + jitter / 2)
    return max(wait, asked_to_wait or 0.0)
