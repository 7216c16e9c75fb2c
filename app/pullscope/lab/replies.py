"""What a GET of a body is answered with: its status, its bytes, and how it goes wrong.

Decided here without any I/O; the server carries it out.
"""

import random
import re
from dataclasses import dataclass, field
from enum import Enum

from pullscope.lab.config import FaultKind

_RANGE_PATTERN = re.compile(r"bytes=(\d*)-(\d*)")


class RegistryError(Exception):
    """Raised to answer a request with an error status and the specification's JSON body."""

    def __init__(
        self, status: int, code: str, message: str, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}


class Ending(Enum):
    """How a body that is cut comes to its end."""

    RESET = "reset"
    CLOSED = "closed"
    STALLED = "stalled"


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply with the bytes from `start` to before `stop`, in bytes from the blob's begin."""

    start: int
    stop: int
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    """Where the body breaks off, and `ending` how."""
    ending: Ending | None = None
    wrong_byte: int | None = None
    """Which byte is sent wrong."""


def parse_range(header: str | None, size: int) -> tuple[int, int] | None:
    """Return the start and stop (bytes) that a Range header asks of `size` bytes.

    None means the whole: there is no range, it is not understood, or there are several.
    Raises RegistryError (416) when the range lies outside.
    """
    match = _RANGE_PATTERN.fullmatch(header.replace(" ", "")) if header else None
    if match is None or match.group() == "bytes=-":
        return None
    first, last = match.groups()
    if not first:
        start, stop = max(0, size - int(last)), size
    else:
        start, stop = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < start:
            return None
    if start >= size:
        raise _unsatisfiable(size)
    return start, stop


def decide_reply(
    size: int,
    range_header: str | None,
    fault: FaultKind | None,
    retry_after: int | None,
    chance: random.Random,
) -> Reply:
    """Return the reply to a GET of `size` bytes that is hit by `fault`.

    Raises RegistryError when the reply is an error.
    """
    _raise_for(fault, size, retry_after)
    asked = None if fault is FaultKind.RANGE_IGNORED else parse_range(range_header, size)
    if asked is None:
        start, stop, status, headers = 0, size, 200, {}
    else:
        (start, stop), status = asked, 206
        headers = {"Content-Range": f"bytes {start}-{stop - 1}/{size}"}
    if fault is FaultKind.NO_CONTENT_RANGE:
        headers = {}
    elif fault is FaultKind.WRONG_CONTENT_RANGE:
        # As long as asked for, so that only a look at the numbers tells.
        headers = {"Content-Range": f"bytes {start + 1}-{stop}/{size}"}
    ending = _ENDINGS.get(fault) if fault is not None else None
    return Reply(
        start,
        stop,
        status,
        headers,
        # Behind the first byte, so that the client sees a reply begin, and before the last.
        cut=_pick(chance, max(start, min(start + 1, stop - 1)), stop)
        if ending is not None
        else None,
        ending=ending,
        wrong_byte=_pick(chance, start, stop) if fault is FaultKind.WRONG_BYTES else None,
    )


_ENDINGS = {
    FaultKind.RESET: Ending.RESET,
    FaultKind.SHORT_BODY: Ending.CLOSED,
    FaultKind.STALL: Ending.STALLED,
}


def _raise_for(fault: FaultKind | None, size: int, retry_after: int | None) -> None:
    wait = {} if retry_after is None else {"Retry-After": str(retry_after)}
    match fault:
        case FaultKind.TOO_MANY_REQUESTS:
            raise RegistryError(429, "TOOMANYREQUESTS", "too many requests (injected)", wait)
        case FaultKind.SERVICE_UNAVAILABLE:
            raise RegistryError(503, "UNAVAILABLE", "service unavailable (injected)", wait)
        case FaultKind.SERVER_ERROR:
            raise RegistryError(500, "UNKNOWN", "internal error (injected)")
        case FaultKind.RANGE_400:
            raise RegistryError(400, "UNSUPPORTED", "ranges are not welcome (injected)")
        case FaultKind.RANGE_REFUSED:
            raise _unsatisfiable(size)
        case FaultKind.EXPIRED_REDIRECT:
            raise RegistryError(403, "DENIED", "the link has expired (injected)")


def _unsatisfiable(size: int) -> RegistryError:
    return RegistryError(
        416,
        "RANGE_INVALID",
        f"the range lies outside of {size} bytes",
        {"Content-Range": f"bytes */{size}"},
    )


def _pick(chance: random.Random, low: int, high: int) -> int:
    return chance.randrange(low, high) if low < high else low
