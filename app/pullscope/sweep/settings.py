"""The settings that a sweep varies, common to all programs that pull."""

from collections.abc import Set
from dataclasses import dataclass, replace

from pullscope.engine.model import RANGES, out_of_range

KNOBS = ("layers", "parallelism", "chunk_size")
"""Their names, in the order in which tables have them."""


UNTOLD = -1
"""The chunk size of a program that cannot be told one; 0 has a meaning of its own."""


@dataclass(frozen=True, slots=True, order=True)
class TrialSettings:
    """What one trial pulls with.

    Attributes:
        layers: layers that receive at once; 0 where the program cannot be told.
        parallelism: chunks of one layer at once; 0 where the program cannot be told.
        chunk_size: bytes of a chunk; 0 asks for a whole layer at once; `UNTOLD` where the program
            cannot be told.

    Raises:
        SettingsError: a value is one that no pull can have.
    """

    layers: int
    parallelism: int
    chunk_size: int

    def __post_init__(self) -> None:
        for name in KNOBS:
            value, allowed = getattr(self, name), RANGES[name]
            if name == "chunk_size" and value == UNTOLD:
                continue
            if value and not allowed.least <= value <= allowed.greatest:
                raise out_of_range(name, value)

    def connections(self, layers_in_image: int) -> int:
        """Return how many requests these settings have under way at most."""
        return max(1, self.parallelism) * max(1, min(self.layers, layers_in_image))

    def only(self, knobs: Set[str]) -> "TrialSettings":
        """Return these settings for a program that knows no others than `knobs`."""
        told = {name: UNTOLD if name == "chunk_size" else 0 for name in KNOBS if name not in knobs}
        return replace(self, **told)
