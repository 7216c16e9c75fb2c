"""The end of a layer, when fewer chunks are left than could be in flight. Pure.

A chunk that one slow connection still has to bring can be shared: it keeps its beginning, and idle
connections ask for the rest. The connection that had it all is hung up when it reaches its new end,
which costs a new connection and what was on its way, so pieces must be worth that.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pullscope.engine.model import KIB

LEAST_PIECE = 256 * KIB
"""Bytes: smaller pieces are not worth a request."""

LEAST_SECONDS = 0.4
"""Seconds: what is left of a chunk is shared when its connection needs longer for it."""


@dataclass(frozen=True, slots=True)
class Remainder:
    """What is left of a chunk in flight: bytes, and the bytes/s at which they come."""

    left: int
    rate: float

    @property
    def least_piece(self) -> float:
        """Bytes of the smallest piece that is worth a request."""
        return max(LEAST_PIECE, self.rate * LEAST_SECONDS / 2)


def plan_splits(remainders: Sequence[Remainder], idle: int) -> list[int]:
    """Return for each remainder how many of `idle` connections should share it.

    The largest piece is divided first, again and again, so that all end up of about one size.
    """
    pieces = [1] * len(remainders)
    for _ in range(idle):
        sizes = [
            remainder.left / count if _worth_sharing(remainder, count) else 0.0
            for remainder, count in zip(remainders, pieces, strict=True)
        ]
        largest = max(sizes, default=0.0)
        if largest == 0.0:
            break
        pieces[sizes.index(largest)] += 1
    return [count - 1 for count in pieces]


def _worth_sharing(remainder: Remainder, pieces: int) -> bool:
    return (
        remainder.left > remainder.rate * LEAST_SECONDS
        and remainder.left / (pieces + 1) >= remainder.least_piece
    )
