"""The demo: an image from a registry that is worth tuning, because each connection is slow."""

from pullscope.engine.model import MIB, Settings
from pullscope.lab.command import DEMO_IMAGE
from pullscope.lab.config import LabConfig, Shaping, SyntheticImage

RATE_PER_CONNECTION = 4 * MIB
"""Bytes/s: the image takes most of a minute with the settings below, seconds with better ones."""

DEMO_SETTINGS = Settings(parallelism=2, connections=64, chunk_size=32 * MIB)
"""What the demo begins with: much to gain from every slider."""


def demo_config() -> LabConfig:
    """Return the lab of the demo: one image of eight layers, 1 GiB in all."""
    return LabConfig(
        images=(SyntheticImage.parse(DEMO_IMAGE),),
        shaping=Shaping(rate_per_connection=RATE_PER_CONNECTION),
    )
