"""Ready-made settings, as data. Views offer them by name; a pull only ever sees the settings."""

from dataclasses import dataclass

from pullscope.engine.model import MIB, Settings, WriteMode


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
        "containerd-sequential",
        "containerd, sequential",
        "One request for each whole layer, three at once: what containerd does untold",
        Settings(layers=3, parallelism=1, connections=3, chunk_size=0, write=WriteMode.STREAM),
    ),
    Preset(
        "containerd-multipart",
        "containerd, multipart",
        "As with max_concurrent_downloads 8 and concurrent_layer_fetch_buffer 8 MiB",
        Settings(
            layers=8, parallelism=8, connections=8, chunk_size=8 * MIB, write=WriteMode.STREAM
        ),
    ),
    Preset(
        "in-place",
        "In place",
        "As containerd, multipart, but each chunk is written at once, where it belongs",
        Settings(layers=8, parallelism=8, connections=8, chunk_size=8 * MIB),
    ),
)


def preset_of(settings: Settings) -> Preset | None:
    """Return the preset that stands for `settings`, None when they are the user's own."""
    return next((preset for preset in PRESETS if preset.settings == settings), None)
