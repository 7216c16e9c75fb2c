"""Tables in the terminal, and the moments in them."""

from collections.abc import Container, Iterator, Sequence
from datetime import datetime


def table_lines(rows: Sequence[Sequence[str]], words: Container[int]) -> Iterator[str]:
    """Yield a table, its head first; the columns that hold `words` begin at the left."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (
            cell.ljust(width) if place in words else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join(cells).rstrip()


def moment_text(at: float) -> str:
    """Return a POSIX time in seconds as the clock on the wall here shows it."""
    return datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d %H:%M:%S")
