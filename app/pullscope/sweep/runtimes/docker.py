"""dockerd's daemon.json. It has a limit for layers, and splits none.

What is said here is that of the dockerd reference and of moby's `distribution/xfer` and
`daemon/containerd`.
"""

from pullscope.engine.units import size_text
from pullscope.sweep.runtimes.json_file import parse_object, with_member
from pullscope.sweep.runtimes.limits import whole_layers_only
from pullscope.sweep.runtimes.runtime_config import Change, Draft
from pullscope.sweep.settings import TrialSettings
from pullscope.tuning.translate import Translate, untranslated

USUAL_PATH = "/etc/docker/daemon.json"
APPLY = "systemctl reload docker"

_SETTING = "max-concurrent-downloads"
_DEFAULT = 3
_PER_LAYER = 64 * 1024
"""Bytes that dockerd holds of a layer that comes: it goes to a temporary file through buffers of
32 KiB."""


def configure(
    settings: TrialSettings,
    image_layers: int | None,
    text: str,
    translate: Translate = untranslated,
) -> Draft:
    """Put settings into a daemon.json.

    Args:
        settings: of the pull.
        image_layers: how many layers the image has; None where it is not known.
        text: of the file; empty where there is none.
        translate: brings words into the user's language.

    Raises:
        RuntimeConfigError: it is no JSON object.
    """
    text = text if text.strip() else "{}\n"
    document = parse_object(text)
    layers = max(1, settings.layers)
    before = document.get(_SETTING)
    meaning = translate(
        "runtimes",
        "Layers that are downloaded at once, of all pulls together, each over one connection "
        "(default {0}).",
    )
    on_command_line = translate(
        "runtimes",
        "dockerd does not start when the same option is given on its command line too; look at "
        "`systemctl cat docker`.",
    )
    memory_words = translate("runtimes", "{0} layers x {1} of buffers; layers go to files")
    return Draft(
        text=with_member(text, _SETTING, layers),
        changes=(
            Change(
                _SETTING,
                str(layers),
                "" if before is None else str(before),
                meaning.format(_DEFAULT),
            ),
        ),
        notes=(*whole_layers_only("docker", settings, translate), on_command_line),
        warnings=_warnings(document, translate),
        memory_bytes=layers * _PER_LAYER,
        memory_words=memory_words.format(layers, size_text(_PER_LAYER)),
    )


def _warnings(document: dict[str, object], translate: Translate) -> tuple[str, ...]:
    features = document.get("features")
    store = features.get("containerd-snapshotter") if isinstance(features, dict) else None
    if store is False:
        return ()
    if store:
        text = translate(
            "runtimes",
            "This file turns Docker's containerd image store on; there versions before July 2026 "
            "do not hold this limit (moby#46610). `docker info` tells the version.",
        )
    else:
        text = translate(
            "runtimes",
            "Where Docker uses the containerd image store, as new installations do since 29, "
            "versions before July 2026 do not hold this limit (moby#46610). `docker info` tells "
            "the store and the version.",
        )
    return (text,)
