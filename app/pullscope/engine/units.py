"""Sizes, rates and durations as people read and write them.

Sizes are IEC (KiB, MiB, GiB), network rates SI (MB/s), everywhere in the program.
"""

import math
import re

from pullscope.engine.message import Message

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?", re.ASCII)


def parse_size(text: str) -> int:
    """Return the bytes that `text` ("16MiB", "4 MB", "65536") names.

    Raises:
        ValueError: it is not a size.
    """
    match = _SIZE.fullmatch(text.strip().lower())
    if match is None or (match[3] and not match[2]):
        raise ValueError(
            Message("{text!r} is not a size; write it as 16MiB, 500kB or 65536", text=text)
        )
    base = 1024.0 if match[3] else 1000.0
    size: float = float(match[1]) * base ** float(" kmgt".index(match[2] or " "))
    if size >= 2**63:
        raise ValueError(Message("{text!r} is too large", text=text))
    return round(size)


def size_text(size: float) -> str:
    """Return bytes as "512 B", "1.5 KiB", "16 MiB", "8.02 GiB": three digits that count."""
    value, unit = float(size), "B"
    for unit in ("B", "KiB", "MiB", "GiB", "TiB"):
        if value < 1023.5 or unit == "TiB":
            break
        value /= 1024
    return f"{_three_digits(value)} {unit}"


def rate_text(rate: float) -> str:
    """Return bytes/s as "312 MB/s", "4.19 MB/s", "80 kB/s"."""
    if rate < 999_500:
        return f"{_three_digits(rate / 1000)} kB/s"
    if rate < 999_500_000:
        return f"{_three_digits(rate / 1e6)} MB/s"
    return f"{_three_digits(rate / 1e9)} GB/s"


def duration_text(seconds: float) -> str:
    """Return seconds as "0.42 s", "8.3 s", "1:02", "1:02:03"."""
    if seconds < 1:
        return f"{seconds:.2f} s"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def _three_digits(value: float) -> str:
    if value <= 0 or not math.isfinite(value):
        return "0"
    decimals = max(0, 2 - math.floor(math.log10(value)))
    text = f"{value:.{min(decimals, 2)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
