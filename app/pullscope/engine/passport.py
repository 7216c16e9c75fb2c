"""A registry's passport: what is known of how it answers. Pure: no I/O, no clock.

`judge_*` read the replies to a probe's requests (`probe` sends them), `PassportLearner` reads the
events of an ordinary pull, and `passport_file` keeps what both found. No passport holds an address
with its query: of a signed link only its host and its lifetime are kept.

Quota headers: https://docs.docker.com/docker-hub/usage/pulls/. Lifetimes of signed links are read
as Amazon S3, CloudFront, Google Cloud Storage and Azure's shared access signatures write them.
"""

import math
import re
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from pullscope.engine.events import (
    ChunkStarted,
    FirstByte,
    PullEvent,
    RangeUnusable,
)
from pullscope.engine.ranges import Asked, Judgement, Verdict, judge

GOOD_FOR = 30 * 24 * 3600.0
"""Seconds after which what is known is too old to rely on."""

QUOTA_HEADERS = ("ratelimit-limit", "ratelimit-remaining")
DEFAULT_TOKEN_LIFETIME = 60.0
"""Seconds that a token lives whose reply does not say so, by the token specification."""

_LONGEST_LIFETIME = 10 * 365 * 24 * 3600.0
_KEPT_SAMPLES = 64
_SHOWN_HOST = re.compile(r"[A-Za-z0-9.:\[\]_-]{1,255}", re.ASCII)
_SHOWN_SOURCE = re.compile(r"[A-Za-z0-9.:_-]{1,80}", re.ASCII)
_COUNT = re.compile(r"\s*([0-9]{1,12})\s*(?:;\s*w\s*=\s*([0-9]{1,12})\s*)?", re.ASCII)
_UNSATISFIED = re.compile(r"bytes\s+\*/([0-9]{1,19})", re.ASCII | re.IGNORECASE)
_STAMP = re.compile(r"[0-9]{8}T[0-9]{6}Z", re.ASCII)


class RangeAnswer(Enum):
    """How a registry answers requests with a Range of one form."""

    UNKNOWN = "unknown"
    SERVED = "served"  # exactly the bytes that were asked for
    MERGED = "merged"  # several ranges asked, one came that covers them
    IGNORED = "ignored"  # 200 and the whole blob
    REFUSED = "refused"  # 400, 416 or another error
    WRONG = "wrong"  # other bytes, or no word on which
    UNSTEADY = "unsteady"  # served and not served, by turns


@dataclass(frozen=True, slots=True)
class RangeReply:
    """An answer, and the HTTP status it came with; None where that is not known."""

    answer: RangeAnswer = RangeAnswer.UNKNOWN
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Quota:
    """How many manifests may be asked for.

    Attributes:
        limit: manifests in each `window`.
        remaining: of those.
        window: seconds; None where the registry does not say.
        source: what is counted, such as the address or account; empty where it is not said.
    """

    limit: int | None
    remaining: int | None
    window: int | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Passport:
    """What is known of a registry. None, empty and UNKNOWN mean that it was not seen.

    Attributes:
        host: the registry, as references name it.
        at: Unix time of the newest reply to a range.
        closed: "bytes=0-99", what pulls ask with.
        open: "bytes=100-".
        several: "bytes=0-0,2-2".
        beyond: status of the reply to a range behind the blob's end; should be 416.
        beyond_tells_size: whether that reply's Content-Range names the blob's size.
        redirect_host: where blobs come from; empty when the registry serves them itself.
        redirected: whether blobs are redirected to another origin.
        redirect_lifetime: seconds that a signed link is good for.
        protocol: what the bytes of blobs came by, as "HTTP/1.1".
        offered: the best protocol that the blobs' host offers in its TLS handshake.
        keep_alive: whether the blobs' host keeps connections open for the next request.
        keep_alive_timeout: seconds without a request after which it closes them.
        first_byte: seconds from asking for a range to the begin of the reply, median.
        token_lifetime: seconds that an access token is good for; None without tokens.
        head: whether a manifest's HEAD is answered.
        quota: when the newest manifest came.
        spent: manifest GETs of the newest pull or probe: what counts against a quota.
    """

    host: str
    at: float = 0.0
    closed: RangeReply = RangeReply()
    open: RangeReply = RangeReply()
    several: RangeReply = RangeReply()
    beyond: int | None = None
    beyond_tells_size: bool = False
    redirected: bool | None = None
    redirect_host: str = ""
    redirect_lifetime: float | None = None
    protocol: str = ""
    offered: str = ""
    keep_alive: bool | None = None
    keep_alive_timeout: float | None = None
    first_byte: float | None = None
    token_lifetime: float | None = None
    head: bool | None = None
    quota: Quota | None = None
    spent: int | None = None

    def serves_ranges(self, now: float) -> bool:
        """Whether a pull may ask for ranges at once, without trying one first.

        `now`: Unix time; what is older than `GOOD_FOR` is not relied on.
        """
        return self.closed.answer is RangeAnswer.SERVED and 0 <= now - self.at <= GOOD_FOR

    def to_json(self) -> dict[str, Any]:
        """Return the passport as a JSON object."""
        document = asdict(self)
        for name in ("closed", "open", "several"):
            document[name]["answer"] = document[name]["answer"].value
        return document

    @classmethod
    def from_json(cls, document: object) -> "Passport":
        """Return the passport that `to_json` wrote; fields that it does not know are left out.

        Raises:
            ValueError: a field holds something impossible.
        """
        if not isinstance(document, dict):
            raise ValueError("a passport is a JSON object")
        values = {name: document[name] for name in _READERS if document.get(name) is not None}
        if "host" not in values:
            raise ValueError("a passport names its host")
        return cls(**{name: _READERS[name](value) for name, value in values.items()})


def judge_closed(asked: Asked, status: int, headers: Mapping[str, str]) -> RangeReply:
    """Return what the reply to a closed range says."""
    return RangeReply(_answer_of(judge(asked, status, headers)), status)


def judge_open(asked: Asked, status: int, headers: Mapping[str, str]) -> RangeReply:
    """Return what the reply to "bytes=FIRST-" says; `asked` ends with the blob's last byte."""
    return judge_closed(asked, status, headers)


def judge_several(size: int, status: int, headers: Mapping[str, str]) -> RangeReply:
    """Return what the reply to two ranges at once says; `size` of the blob in bytes."""
    if status != 206:
        return RangeReply(_answer_of(judge(Asked(0, size - 1, size), status, headers)), status)
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/byteranges":
        return RangeReply(RangeAnswer.SERVED, status)
    # RFC 9110 lets a server answer with one range that covers both, and it must say which.
    merged = judge(Asked(0, 2, size), status, headers).verdict is Verdict.PART
    return RangeReply(RangeAnswer.MERGED if merged else RangeAnswer.WRONG, status)


def tells_size(size: int, headers: Mapping[str, str]) -> bool:
    """Whether a 416's Content-Range names the blob's `size` in bytes."""
    match = _UNSATISFIED.fullmatch(headers.get("content-range", "").strip())
    return match is not None and int(match[1]) == size


def read_keep_alive(protocol: str, headers: Mapping[str, str]) -> tuple[bool, float | None]:
    """Return whether a reply lets its connection stay open, and for how many idle seconds.

    RFC 9112, section 9.3; HTTP/2 connections always stay. The seconds are those of the Keep-Alive
    header, None where there is none.
    """
    tokens = {token.strip().lower() for token in headers.get("connection", "").split(",")}
    stays = "keep-alive" in tokens if protocol.startswith("HTTP/1.0") else "close" not in tokens
    match = re.search(r"(?:^|[,\s])timeout\s*=\s*([0-9]{1,6})", headers.get("keep-alive", ""))
    return stays, float(match[1]) if match and stays else None


def read_quota(headers: Mapping[str, str]) -> Quota | None:
    """Return the quota that the headers of a manifest's reply tell, None when they do not."""
    limit, remaining = (_COUNT.fullmatch(headers.get(name, "")) for name in QUOTA_HEADERS)
    if limit is None and remaining is None:
        return None
    window = next((int(match[2]) for match in (limit, remaining) if match and match[2]), None)
    source = headers.get("docker-ratelimit-source", "").strip()
    return Quota(
        int(limit[1]) if limit else None,
        int(remaining[1]) if remaining else None,
        window,
        source if _SHOWN_SOURCE.fullmatch(source) else "",
    )


def signed_lifetime(query: Mapping[str, str], now: float) -> float | None:
    """Return the seconds from `now` (Unix time) for which a signed link's query says it is good.

    None where the query has no expiry in a form that is known. Nothing of it is kept.
    """
    names = {name.lower(): value for name, value in query.items()}
    for prefix in ("x-amz", "x-goog"):
        lifetime, since = names.get(f"{prefix}-expires", ""), names.get(f"{prefix}-date", "")
        if lifetime.isascii() and lifetime.isdigit() and _STAMP.fullmatch(since):
            return _bounded(_moment(since, "%Y%m%dT%H%M%SZ") + float(lifetime[:12]) - now)
    if end := names.get("se"):
        with_zone = end if end.endswith("Z") else f"{end}Z"
        for form in ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%MZ", "%Y-%m-%dZ"):
            if not math.isnan(moment := _moment(with_zone, form)):
                return _bounded(moment - now)
    if re.fullmatch(r"[0-9]{9,11}(\.[0-9]{1,6})?", end := names.get("expires", ""), re.ASCII):
        return _bounded(float(end) - now)
    return None


def token_lifetime(document: Mapping[str, Any]) -> float:
    """Return the seconds that the token in a token service's reply is good for."""
    seconds = document.get("expires_in")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return DEFAULT_TOKEN_LIFETIME
    lifetime = _bounded(seconds)
    return float(lifetime) if lifetime else DEFAULT_TOKEN_LIFETIME


def shown_host(text: str) -> str:
    """Return a host for showing and keeping; empty where it holds what no host can."""
    return text if _SHOWN_HOST.fullmatch(text) else ""


def median(seconds: Sequence[float]) -> float | None:
    """Return the median, None of nothing."""
    return statistics.median(seconds) if seconds else None


class PassportLearner:
    """Learns a registry's passport from what an ordinary pull sees by the way.

    Args:
        api_host: the host (with a port that is not its scheme's own) of the registry's API.
    """

    def __init__(self, api_host: str) -> None:
        self._api_host = api_host.lower()
        self._asked: dict[int, float] = {}
        self._waits: list[float] = []
        self._contradicted = False

    def learn(self, event: PullEvent, known: Passport, now: float) -> Passport:
        """Return the passport with what an event of the pull adds to it.

        Args:
            event: in the order of the pull.
            known: what is known before it, from wherever.
            now: Unix time.
        """
        match event:
            case ChunkStarted(at=at, chunk=chunk):
                self._asked[chunk] = at
            case FirstByte():
                return self._learn_from_reply(event, known, now)
            case RangeUnusable(reason=reason):
                # Ranges may have been served before it: the next pull tries one first again.
                self._contradicted = True
                status = 200 if reason.startswith("HTTP 200") else None
                served = known.closed.answer is RangeAnswer.SERVED
                answer = RangeAnswer.UNSTEADY if served else _unusable(reason)
                return replace(known, at=now, closed=RangeReply(answer, status))
            case _:
                pass
        return known

    def _learn_from_reply(self, event: FirstByte, known: Passport, now: float) -> Passport:
        asked = self._asked.pop(event.chunk, None)
        if asked is not None and len(self._waits) < _KEPT_SAMPLES:
            self._waits.append(max(0.0, event.at - asked))
        if event.status not in (200, 206):
            return known
        redirected = event.host.lower() != self._api_host
        closed = known.closed
        if event.status == 206 and not self._contradicted:
            closed = RangeReply(RangeAnswer.SERVED, 206)
        return replace(
            known,
            at=now,
            closed=closed,
            redirected=redirected,
            redirect_host=shown_host(event.host) if redirected else "",
            protocol=event.protocol,
            first_byte=median(self._waits),
        )


def with_manifests(known: Passport, quota: Quota | None, spent: int) -> Passport:
    """Return the passport with what the manifests of a pull told and cost.

    `quota`: None where no reply told one; `spent`: manifests that came by GET.
    """
    if quota is None and not spent:
        return known
    return replace(known, quota=quota, spent=spent)


def _answer_of(judgement: Judgement) -> RangeAnswer:
    match judgement.verdict:
        case Verdict.PART:
            return RangeAnswer.SERVED
        case Verdict.WHOLE:
            return RangeAnswer.IGNORED
        case Verdict.RANGE_REFUSED:
            return _unusable(judgement.reason)
        case _:
            return RangeAnswer.REFUSED


def _unusable(reason: str) -> RangeAnswer:
    """Return the answer that `ranges.judge` gave this reason for."""
    if reason.startswith("asked "):
        return RangeAnswer.WRONG
    return RangeAnswer.IGNORED if reason.startswith("HTTP 200") else RangeAnswer.REFUSED


def _moment(text: str, form: str) -> float:
    try:
        return datetime.strptime(text, form).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return math.nan


def _bounded(seconds: float) -> float | None:
    return seconds if 0 <= seconds <= _LONGEST_LIFETIME else None


# Reading a kept passport: the file is the user's own, and may still be damaged.


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > 300:
        raise ValueError(f"{str(value)[:40]!r} is not a short text")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{str(value)[:40]!r} is neither true nor false")
    return value


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e12:
        raise ValueError(f"{str(value)[:40]!r} is not a number of seconds")
    return float(value)


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10**12:
        raise ValueError(f"{str(value)[:40]!r} is not a count")
    return value


def _range_reply(value: object) -> RangeReply:
    if not isinstance(value, dict):
        raise ValueError("an answer is a JSON object")
    status = value.get("status")
    return RangeReply(RangeAnswer(value.get("answer")), None if status is None else _count(status))


def _quota(value: object) -> Quota:
    if not isinstance(value, dict):
        raise ValueError("a quota is a JSON object")
    counts = (value.get(name) for name in ("limit", "remaining", "window"))
    limit, remaining, window = (None if count is None else _count(count) for count in counts)
    return Quota(limit, remaining, window, _text(value.get("source", "")))


_READERS: Mapping[str, Any] = {
    "host": _text,
    "at": _seconds,
    "closed": _range_reply,
    "open": _range_reply,
    "several": _range_reply,
    "beyond": _count,
    "beyond_tells_size": _flag,
    "redirected": _flag,
    "redirect_host": _text,
    "redirect_lifetime": _seconds,
    "protocol": _text,
    "offered": _text,
    "keep_alive": _flag,
    "keep_alive_timeout": _seconds,
    "first_byte": _seconds,
    "token_lifetime": _seconds,
    "head": _flag,
    "quota": _quota,
    "spent": _count,
}
