"""What an OCI image layout holds: its images, the blobs they need, and the blobs there are.

Reads what others may have written, and takes none of it on trust. `store` holds the locks.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pullscope.engine.errors import StoreError
from pullscope.engine.files import is_temporary_of
from pullscope.engine.manifests import LARGEST_MANIFEST
from pullscope.engine.message import Message
from pullscope.engine.reference import is_digest

REF_NAME = "org.opencontainers.image.ref.name"
FULL_NAME = "io.containerd.image.name"
"""The whole reference: containerd and Docker take an image's name from here."""
SOURCE = "pullscope.source.digest"
"""The digest of a Docker manifest whose OCI form is named."""

_ALGORITHMS = ("sha256", "sha512")


@dataclass(frozen=True, slots=True)
class StoredImage:
    """An image in a layout.

    Attributes:
        position: of its entry in `index.json`.
        name: in the layout; empty for an image without one.
        full_name: the whole reference it was pulled by, as far as known.
        digest: of its manifest.
        platform: "os/architecture[/variant]", empty where the index does not say.
        size: bytes of its blobs; those that several images share count for each.
        complete: whether all of them are there.
        source: the digest of the Docker manifest that was made an OCI one, where it was.
    """

    position: int
    name: str
    full_name: str
    digest: str
    platform: str
    size: int
    complete: bool
    source: str = ""


def blob_path(layout: Path, digest: str) -> Path:
    """Return where a blob belongs."""
    algorithm, _, encoded = digest.partition(":")
    return layout / "blobs" / algorithm / encoded


def blobs(layout: Path) -> Iterator[tuple[str, Path]]:
    """Yield digest and path of every blob; files with other names are not ours to touch."""
    for algorithm in _ALGORITHMS:
        directory = layout / "blobs" / algorithm
        if directory.is_dir():
            for path in sorted(directory.iterdir()):
                digest = f"{algorithm}:{path.name}"
                if is_digest(digest) and path.is_file():
                    yield digest, path


def leftovers(layout: Path) -> list[tuple[str, Path]]:
    """Return digest and path of the temporary files of blobs: a pull writes them, or was killed."""
    found = []
    for algorithm in _ALGORITHMS:
        directory = layout / "blobs" / algorithm
        if directory.is_dir():
            for path in directory.iterdir():
                encoded = path.name[1:].partition(".")[0]
                digest = f"{algorithm}:{encoded}"
                if is_digest(digest) and is_temporary_of(path, encoded):
                    found.append((digest, path))
    return found


def annotation(entry: Any, key: str) -> str:
    """Return an annotation of an entry of an index; empty where there is none."""
    annotations = entry.get("annotations") if isinstance(entry, dict) else None
    value = annotations.get(key) if isinstance(annotations, dict) else None
    return value if isinstance(value, str) else ""


def images(layout: Path, index: dict[str, Any]) -> tuple[StoredImage, ...]:
    """Return the images that `index` names.

    Raises:
        OSError: a manifest cannot be read.
    """
    found = []
    for position, entry in enumerate(index["manifests"]):
        if not isinstance(entry, dict) or not is_digest(entry.get("digest")):
            continue
        digest = str(entry["digest"])
        sizes, complete = _measure(layout, digest)
        found.append(
            StoredImage(
                position=position,
                name=annotation(entry, REF_NAME),
                full_name=annotation(entry, FULL_NAME),
                digest=digest,
                platform=_platform(entry.get("platform")),
                size=sum(sizes.values()),
                complete=complete,
                source=annotation(entry, SOURCE),
            )
        )
    return tuple(found)


def owners(layout: Path, index: dict[str, Any]) -> dict[str, tuple[StoredImage, ...]]:
    """Return the images that need a blob and have it, by the blob's digest.

    Raises:
        OSError: a manifest cannot be read.
    """
    found: dict[str, list[StoredImage]] = {}
    for image in images(layout, index):
        sizes, _ = _measure(layout, image.digest)
        for digest in sizes:
            found.setdefault(digest, []).append(image)
    return {digest: tuple(images_of) for digest, images_of in found.items()}


def reachable(layout: Path, index: dict[str, Any]) -> set[str]:
    """Return the digests of all blobs that the images of `index` need.

    Every digest that a manifest mentions counts, wherever it stands in it: what others put into
    their manifests is kept.

    Raises:
        StoreError: a manifest is there, but damaged.
        OSError: one cannot be read.
    """
    kept = set(_digests(index))
    manifests = _manifests(index)
    manifests += [
        source for entry in index["manifests"] if is_digest(source := annotation(entry, SOURCE))
    ]
    seen: set[str] = set()
    while manifests:
        digest = manifests.pop()
        if digest not in seen:
            seen.add(digest)
            body = _manifest_body(layout, digest)
            if body is None:
                continue
            document = _parsed(body)
            if document is None:
                raise StoreError(
                    Message(
                        "the manifest {digest} is damaged, and what it needs unknown",
                        digest=digest,
                    ),
                    Message("remove its image (pullscope store rm) or pull it again"),
                )
            kept.update(_digests(document))
            manifests += _manifests(document)
    return kept


def _measure(layout: Path, digest: str) -> tuple[dict[str, int], bool]:
    """Return the bytes of a manifest and of all that it names, by digest, and whether all of it is
    there."""
    sizes: dict[str, int] = {}
    complete = True
    manifests = [digest]
    while manifests:
        current = manifests.pop()
        if current in sizes:
            continue
        body = _manifest_body(layout, current)
        document = None if body is None else _parsed(body)
        if body is None or document is None:
            complete = False
            continue
        sizes[current] = len(body)
        manifests += _manifests(document)
        layers = document.get("layers")
        for blob in (document.get("config"), *(layers if isinstance(layers, list) else ())):
            name = blob.get("digest") if isinstance(blob, dict) else None
            if isinstance(blob, dict) and is_digest(name):
                path = blob_path(layout, str(name))
                there = path.stat().st_size if path.is_file() else -1
                complete = complete and there == blob.get("size")
                if there >= 0:
                    sizes[str(name)] = there
    return sizes, complete


def _manifest_body(layout: Path, digest: str) -> bytes | None:
    """Read a manifest; None for one that is not there. An over-long one is cut, so damaged."""
    try:
        with blob_path(layout, digest).open("rb") as file:
            return file.read(LARGEST_MANIFEST + 1)
    except FileNotFoundError:
        return None


def _parsed(body: bytes) -> dict[str, Any] | None:
    try:
        document = json.loads(body) if len(body) <= LARGEST_MANIFEST else None
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _manifests(document: dict[str, Any]) -> list[str]:
    entries = document.get("manifests")
    if not isinstance(entries, list):
        return []
    digests = [entry.get("digest") for entry in entries if isinstance(entry, dict)]
    return [str(digest) for digest in digests if is_digest(digest)]


def _digests(document: object) -> Iterator[str]:
    """Yield every digest in a JSON document."""
    pending = [document]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            pending += [*value.values(), *value.keys()]
        elif isinstance(value, list):
            pending += value
        elif isinstance(value, str) and is_digest(value):
            yield value


def _platform(value: object) -> str:
    if not isinstance(value, dict):
        return ""
    parts = [value.get(key) for key in ("os", "architecture", "variant")]
    return "/".join(part for part in parts if isinstance(part, str) and part)
