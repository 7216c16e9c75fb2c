"""The configuration of the SOCI snapshotter, in its parallel mode.

What is said here is that of its docs/parallel-mode.md and docs/config.md, and of its `config` and
`fs`.
"""

from collections.abc import Iterator
from typing import Any

from pullscope.engine.model import KIB, MIB
from pullscope.engine.units import size_text
from pullscope.sweep.runtimes.limits import connections
from pullscope.sweep.runtimes.runtime_config import Change, Draft
from pullscope.sweep.runtimes.toml_file import Path, Value, parse_toml, value_at, with_values
from pullscope.sweep.settings import TrialSettings
from pullscope.tuning.translate import Translate, untranslated

USUAL_PATH = "/etc/soci-snapshotter-grpc/config.toml"
APPLY = "systemctl restart soci-snapshotter"

_MODE: Path = ("pull_modes", "parallel_pull_unpack")
_ENABLE: Path = (*_MODE, "enable")
_PER_IMAGE: Path = (*_MODE, "max_concurrent_downloads_per_image")
_IN_ALL: Path = (*_MODE, "max_concurrent_downloads")
_CHUNK: Path = (*_MODE, "concurrent_download_chunk_size")
_DISCARD: Path = (*_MODE, "discard_unpacked_layers")
_UNPACKS: Path = (*_MODE, "max_concurrent_unpacks")
_UNPACKS_PER_IMAGE: Path = (*_MODE, "max_concurrent_unpacks_per_image")
_STORE: Path = ("content_store", "type")
_TIMEOUT: Path = ("http", "RequestTimeoutMsec")

_USUAL_TIMEOUT = 300  # seconds

_PER_CONNECTION = 64 * KIB
"""Bytes: what a connection is read through goes to its place in a file by buffers of 32 KiB."""


def configure(
    settings: TrialSettings,
    image_layers: int | None,
    text: str,
    translate: Translate = untranslated,
) -> Draft:
    """Put settings into a config.toml of the SOCI snapshotter.

    Args:
        settings: of the pull.
        image_layers: how many layers the image has; None where it is not known.
        text: of the file; empty where there is none.
        translate: brings words into the user's language.

    Raises:
        RuntimeConfigError: it is no TOML, or what should be a table is none.
    """
    document = parse_toml(text)
    split = settings.chunk_size > 0 and settings.parallelism > 1
    requests = connections(settings, image_layers, split=split)
    values: dict[Path, Value] = {
        _ENABLE: True,
        _PER_IMAGE: requests,
        _CHUNK: _size(settings.chunk_size) if split else "",
    }
    in_all = value_at(document, _IN_ALL)
    if isinstance(in_all, int) and 0 < in_all < requests:
        values[_IN_ALL] = requests
    store = value_at(document, _STORE)
    if store is None and value_at(document, _DISCARD) is not True:
        values[_STORE] = "containerd"
    changes = tuple(
        Change(
            ".".join(path),
            _shown(value),
            "" if (before := value_at(document, path)) is None else _shown(before),
            translate("runtimes", _MEANINGS[path]),
        )
        for path, value in values.items()
    )
    return Draft(
        text=with_values(text, values),
        changes=changes,
        notes=tuple(translate("runtimes", text) for text in _NOTES),
        warnings=tuple(_warnings(document, split, translate)),
        memory_bytes=requests * _PER_CONNECTION,
        memory_words=translate(
            "runtimes",
            "{0} connections x {1} of buffers for each image that is pulled at once; chunks go to "
            "a file of the layer's size",
        ).format(requests, size_text(_PER_CONNECTION)),
    )


def _size(size: int) -> str:
    """Return bytes as SOCI reads them: its units are powers of 1024, and it knows no "MiB"."""
    if size % MIB == 0:
        return f"{size // MIB}mb"
    return f"{size // KIB}kb" if size % KIB == 0 else f"{size}b"


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value).replace("'", '"')


_MEANINGS = {
    _ENABLE: untranslated(
        "runtimes",
        "Layers are fetched and unpacked before the start, in parallel, not on demand.",
    ),
    _PER_IMAGE: untranslated(
        "runtimes", "Requests at once for one image, of all its layers together (default 3)."
    ),
    _CHUNK: untranslated(
        "runtimes", "Bytes of a request, 1 mb being 1 MiB (default empty, a whole layer)."
    ),
    _IN_ALL: untranslated(
        "runtimes",
        "Requests at once for all images; SOCI does not start when one image may have more "
        "(default -1, no limit).",
    ),
    _STORE: untranslated(
        "runtimes",
        "Where layers are kept. SOCI does not start in this mode with a store of its own, unless "
        "it discards layers.",
    ),
}

_NOTES = (
    untranslated(
        "runtimes",
        "The mode is there from SOCI 0.11 on. containerd must use the snapshotter: "
        'proxy_plugins.soci, snapshotter = "soci" and disable_snapshot_annotations = false in '
        "its configuration.",
    ),
    untranslated(
        "runtimes",
        "Unpacking has limits of its own, max_concurrent_unpacks and "
        "max_concurrent_unpacks_per_image (default 1), which a pull does not measure.",
    ),
    untranslated(
        "runtimes",
        "On a disk that takes less than 600 MiB/s this mode may be slower than containerd alone.",
    ),
)


def _warnings(document: dict[str, Any], split: bool, translate: Translate) -> Iterator[str]:
    store, discards = value_at(document, _STORE), value_at(document, _DISCARD) is True
    if store not in (None, "containerd") and not discards:
        yield translate(
            "runtimes",
            "content_store.type is {0}: in parallel mode SOCI does not start with it, unless "
            "discard_unpacked_layers is true; containerd would do.",
        ).format(repr(str(store)[:40]))
    total, each = value_at(document, _UNPACKS), value_at(document, _UNPACKS_PER_IMAGE)
    if isinstance(total, int) and isinstance(each, int) and 0 < total < each:
        yield translate("runtimes", "{0} is less than {1}: SOCI does not start.").format(
            _UNPACKS[-1], _UNPACKS_PER_IMAGE[-1]
        )
    if not split:
        timeout = value_at(document, _TIMEOUT)
        seconds = timeout // 1000 if isinstance(timeout, int) and timeout > 0 else _USUAL_TIMEOUT
        yield translate(
            "runtimes",
            "Layers are fetched whole: one that takes longer than {0} s fails "
            "(http.RequestTimeoutMsec).",
        ).format(seconds)
