"""The containers.conf of podman, buildah and their kin. It has a limit for layers, and they split
none.

What is said here is that of containers.conf(5) and of containers/image's `copy`.
"""

from pullscope.engine.model import MIB
from pullscope.engine.units import size_text
from pullscope.sweep.runtimes.limits import whole_layers_only
from pullscope.sweep.runtimes.runtime_config import Change, Draft
from pullscope.sweep.runtimes.toml_file import Path, parse_toml, value_at, with_values
from pullscope.sweep.settings import TrialSettings
from pullscope.tuning.translate import Translate, untranslated

USUAL_PATH = "/etc/containers/containers.conf"
APPLY = ""  # the next pull reads it

_SETTING: Path = ("engine", "image_parallel_copies")
_DEFAULT = 6
_PER_LAYER = 3 * MIB
"""Bytes that podman 4.3 was measured to have resident for each more gzip layer at once."""


def configure(
    settings: TrialSettings,
    image_layers: int | None,
    text: str,
    translate: Translate = untranslated,
) -> Draft:
    """Put settings into a containers.conf.

    Args:
        settings: of the pull.
        image_layers: how many layers the image has; None where it is not known.
        text: of the file; empty where there is none.
        translate: brings words into the user's language.

    Raises:
        RuntimeConfigError: it is no TOML, or "engine" is not a table.
    """
    document = parse_toml(text)
    layers = max(1, settings.layers)
    before = value_at(document, _SETTING)
    meaning = translate(
        "runtimes",
        "Layers that are copied at once, of one pull, each over one connection (default {0}). "
        "Pushes take it too.",
    )
    later_files = translate(
        "runtimes",
        "Files in /etc/containers/containers.conf.d and in ~/.config/containers are read after it: "
        "what they set counts.",
    )
    elsewhere = translate("runtimes", "[{0}] {1} has no effect: podman reads it in [engine] alone.")
    memory_words = translate("runtimes", "{0} layers x {1} of buffers and decompression")
    return Draft(
        text=with_values(text, {_SETTING: layers}),
        changes=(
            Change(
                ".".join(_SETTING),
                str(layers),
                "" if before is None else str(before),
                meaning.format(_DEFAULT),
            ),
        ),
        notes=(*whole_layers_only("podman", settings, translate), later_files),
        warnings=tuple(
            elsewhere.format(table[:40], _SETTING[1])
            for table, values in document.items()
            if table != "engine" and isinstance(values, dict) and _SETTING[1] in values
        ),
        memory_bytes=layers * _PER_LAYER,
        memory_words=memory_words.format(layers, size_text(_PER_LAYER)),
    )
