"""containerd's config.toml, from containerd 2.1 on, which splits layers.

What is said here is that of its `plugins/transfer`, `internal/cri/config` and
`core/remotes/docker/fetcher.go`.

Two parts of it pull. The transfer service does for `ctr`, `nerdctl` and, unless one of several
settings keeps it from that, for CRI, which is Kubernetes. Where such a setting is there, CRI pulls
by itself, with settings of its own: then those are the ones that count.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pullscope.engine.message import Message
from pullscope.engine.model import KIB
from pullscope.engine.units import size_text
from pullscope.sweep.runtimes.limits import connections
from pullscope.sweep.runtimes.runtime_config import Change, Draft, RuntimeConfigError
from pullscope.sweep.runtimes.toml_file import Path, Value, parse_toml, value_at, with_values
from pullscope.sweep.settings import TrialSettings
from pullscope.tuning.translate import Translate, untranslated

USUAL_PATH = "/etc/containerd/config.toml"
APPLY = "systemctl restart containerd"

_NEWEST_VERSION = 4
_VERSION_WRITTEN = 3  # every containerd 2 reads it
_LARGE = 16  # connections, from which on registries that count requests may refuse some

_TRANSFER: Path = ("plugins", "io.containerd.transfer.v1.local")
_CRI_IMAGES: Path = ("plugins", "io.containerd.cri.v1.images")
_CRI: Path = ("plugins", "io.containerd.grpc.v1.cri")
"""The table of CRI in files of version 2; containerd 2 moves what it finds there."""

_DOWNLOADS = "max_concurrent_downloads"
_BUFFER = "concurrent_layer_fetch_buffer"
_CRI_DOWNLOADS = 3
"""The default; with any other value CRI pulls by itself."""

_KEEPS_FROM_TRANSFER: Mapping[str, Value | None] = {
    "use_local_image_pull": True,
    "discard_unpacked_layers": True,
    "image_pull_with_sync_fs": True,
    "disable_snapshot_annotations": False,
    "registry.mirrors": None,
    "registry.configs": None,
    "registry.auths": None,
}
"""The settings by which CRI pulls by itself, with the value that does; None stands for any."""

_MEANS_VERSION = untranslated("runtimes", "The form of the file, for every containerd 2.")
_MEANS_DOWNLOADS = untranslated(
    "runtimes",
    "Requests at once, of all layers and all pulls together, manifests included (default 3). There "
    "is no limit for layers: every layer may have as many.",
)
_MEANS_DEFAULT = untranslated(
    "runtimes",
    "Any other value makes CRI pull by itself, past the transfer service and its settings, with a "
    "warning in the log alone.",
)
_MEANS_BUFFER = untranslated(
    "runtimes", "Bytes of a request for a part of a layer (default 0, whole layers)."
)
_MEANS_NO_BUFFER = untranslated("runtimes", "Layers are fetched whole.")

_OWN_SNAPSHOTTERS = (
    "blockfile", "btrfs", "devmapper", "erofs", "native", "overlayfs", "windows", "zfs",
)  # fmt: skip
_CHUNKS_HELD = 2
"""Chunks in memory for each connection, as containerd 2.4 was measured to hold: 128 MiB above idle
with 4 connections and chunks of 16 MiB, 256 MiB with 8."""
_PER_STREAM = 64 * KIB  # bytes that are on their way where a layer comes in one piece


def configure(
    settings: TrialSettings,
    image_layers: int | None,
    text: str,
    translate: Translate = untranslated,
) -> Draft:
    """Put settings into a config.toml of containerd.

    Args:
        settings: of the pull.
        image_layers: how many layers the image has; None where it is not known.
        text: of the file; empty where there is none.
        translate: brings words into the user's language.

    Raises:
        RuntimeConfigError: it is no TOML, of a version without these settings, or what should be a
            table is none.
    """
    document = parse_toml(text)
    version = _version(document)
    split = settings.chunk_size > 0 and settings.parallelism > 1
    downloads = connections(settings, image_layers, split=split)
    buffer = settings.chunk_size if split else 0
    off = _cri_is_off(document)
    reasons = () if off else tuple(_reasons_for_local_pull(document))
    wanted: dict[Path, tuple[Value, str]] = {}
    if version is None:
        wanted[("version",)] = (_VERSION_WRITTEN, _MEANS_VERSION)
    table = _CRI_IMAGES if reasons else _TRANSFER
    wanted[(*table, _DOWNLOADS)] = (downloads, _MEANS_DOWNLOADS)
    wanted[(*table, _BUFFER)] = (buffer, _MEANS_BUFFER if split else _MEANS_NO_BUFFER)
    # containerd 2 takes what a file of version 2 has there over the other.
    for other in (_CRI_IMAGES, _CRI):
        path = (*other, _DOWNLOADS)
        if reasons:
            if other == _CRI and value_at(document, path) is not None:
                wanted[path] = (downloads, _MEANS_DOWNLOADS)
        elif not off and value_at(document, path) not in (None, _CRI_DOWNLOADS):
            wanted[path] = (_CRI_DOWNLOADS, _MEANS_DEFAULT)
    if split:
        memory = _CHUNKS_HELD * downloads * buffer
        memory_words = translate(
            "runtimes",
            "{0} x {1} connections x {2}, for a chunk that comes and one that waits for its turn. "
            "It is no bound: where one is late, or the disk slower than the network, more wait, up "
            "to the whole layer",
        ).format(_CHUNKS_HELD, downloads, size_text(buffer))
    else:
        memory = downloads * _PER_STREAM
        memory_words = translate("runtimes", "{0} layers x {1} of buffers").format(
            downloads, size_text(_PER_STREAM)
        )
    return Draft(
        text=with_values(text, {path: value for path, (value, _) in wanted.items()}),
        changes=tuple(
            Change(
                _name(path),
                str(value),
                "" if (before := value_at(document, path)) is None else str(before),
                translate("runtimes", meaning),
            )
            for path, (value, meaning) in wanted.items()
        ),
        notes=tuple(_notes(downloads, split, translate)),
        warnings=tuple(_warnings(document, version, reasons, translate)),
        memory_bytes=memory,
        memory_words=memory_words,
    )


def _version(document: Mapping[str, Any]) -> int | None:
    """Return the version of the file; None where there is nothing in it."""
    if not document:
        return None
    version = document.get("version", 1)
    if isinstance(version, bool) or not isinstance(version, int):
        raise RuntimeConfigError(
            Message("its version is {version!r}, not a number", version=str(version)[:40])
        )
    if version < 2:
        raise RuntimeConfigError(
            Message(
                "it is of version 1, as a file without a version is, and has no place for these "
                "settings"
            ),
            Message("`containerd config migrate` makes a newer one of it"),
        )
    return version


def _reasons_for_local_pull(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield the settings, as the file names them, by which CRI does not use the transfer service.

    Not the number of its downloads, which is set to what it must be.
    """
    for table in (_CRI_IMAGES, _CRI, (*_CRI, "containerd")):
        for name, which in _KEEPS_FROM_TRANSFER.items():
            path = (*table, *name.split("."))
            found = value_at(document, path)
            if found is which if which is not None else bool(found):
                yield _name(path) if which is None else f"{_name(path)} = {str(found).lower()}"


def _cri_is_off(document: Mapping[str, Any]) -> bool:
    return bool({"cri", _CRI[1], _CRI_IMAGES[1]} & _disabled(document))


def _disabled(document: Mapping[str, Any]) -> set[str]:
    found = document.get("disabled_plugins")
    return {name for name in found if isinstance(name, str)} if isinstance(found, list) else set()


def _name(path: Path) -> str:
    return ".".join(name if name.replace("_", "").isalnum() else f'"{name}"' for name in path)


def _notes(downloads: int, split: bool, translate: Translate) -> Iterator[str]:
    yield translate(
        "runtimes",
        "containerd 2.1 and newer know these settings; older ones ignore "
        "concurrent_layer_fetch_buffer.",
    )
    if split:
        yield translate(
            "runtimes",
            "It joins a layer's chunks in their order; Pullscope pulls so with --write stream.",
        )
        yield translate(
            "runtimes",
            "containerd asks for all bytes from a chunk's start on and hangs up at its end: each "
            "chunk takes a new connection, and some bytes come for nothing. Larger chunks waste "
            "less.",
        )
    if downloads >= _LARGE:
        yield translate(
            "runtimes",
            "containerd repeats a request that a registry refused with 429 at once, without the "
            "wait that it was told. Stay below what the registry allows.",
        )
    yield translate(
        "runtimes",
        "kubelet pulls one image at a time, unless its serializeImagePulls is false; then the "
        "limit is shared by all of them.",
    )


def _warnings(
    document: Mapping[str, Any],
    version: int | None,
    reasons: tuple[str, ...],
    translate: Translate,
) -> Iterator[str]:
    if reasons:
        yield translate(
            "runtimes",
            "CRI pulls by itself because of {0}; the settings of the transfer service would count "
            "for nothing there. So they are set where CRI reads them, and not for ctr and nerdctl.",
        ).format(", ".join(reasons))
    if version == 2:
        yield translate(
            "runtimes",
            "The file is of version 2, as those of containerd 1 are: containerd 1 splits no layer. "
            "containerd 2.1 or newer reads the file as it is.",
        )
    elif version is not None and version > _NEWEST_VERSION:
        yield translate(
            "runtimes", "The file is of version {0}; what is known here ends at {1}."
        ).format(version, _NEWEST_VERSION)
    if _TRANSFER[1] in _disabled(document):
        yield translate(
            "runtimes", "disabled_plugins names {0}: without it these settings have no effect."
        ).format(_TRANSFER[1])
    if document.get("imports"):
        yield translate(
            "runtimes", "The files that it imports are read after it: what they set counts."
        )
    if _cri_is_off(document):
        return
    for path in ((*_CRI_IMAGES, "snapshotter"), (*_CRI, "containerd", "snapshotter")):
        name = value_at(document, path)
        if isinstance(name, str) and name not in ("", *_OWN_SNAPSHOTTERS):
            yield translate(
                "runtimes",
                "CRI's snapshotter is {0}. One that fetches layers itself, as soci, stargz and "
                "nydus do, has settings of its own.",
            ).format(repr(name[:40]))
