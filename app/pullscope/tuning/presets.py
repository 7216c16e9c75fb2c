"""Ready-made settings, as data. Views offer them by name; a pull only ever sees the settings."""

from dataclasses import dataclass

from pullscope.engine.model import MIB, Settings


@dataclass(frozen=True, slots=True)
class Preset:
    """Settings with a name.

    Attributes:
        id: stable, for files and scripts.
        name: for people.
        purpose: one line: when to choose it.
        settings: what it stands for.
    """

    id: str
    name: str
    purpose: str
    settings: Settings


PRESETS: tuple[Preset, ...] = (
    Preset(
        "careful",
        "Careful",
        "Few connections and little memory: for a shared link or a registry that counts requests",
        Settings(layers=2, parallelism=2, connections=4, chunk_size=8 * MIB),
    ),
    Preset(
        "default",
        "Default",
        "Right for most registries and links",
        Settings(),
    ),
    Preset(
        "fast-link",
        "Fast link",
        "Many large chunks: for object storage behind a wide link",
        Settings(layers=4, parallelism=24, connections=96, chunk_size=32 * MIB),
    ),
    Preset(
        "one-stream",
        "One stream per layer",
        "One request for each whole layer, as most runtimes pull",
        Settings(layers=3, parallelism=1, connections=3, chunk_size=0),
    ),
)


def preset_of(settings: Settings) -> Preset | None:
    """Return the preset that stands for `settings`, None when they are the user's own."""
    return next((preset for preset in PRESETS if preset.settings == settings), None)
