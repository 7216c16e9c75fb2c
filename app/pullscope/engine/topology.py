"""What an image is made of: its layers in order, its config, its annotations, its platforms.

It is put together from documents that are there already; `resolve` and `registry` fetch them.
Everything in it is bounded and plain, whoever wrote it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pullscope.engine.errors import StoreError
from pullscope.engine.image_config import (
    MOST_ENTRIES,
    HistoryLine,
    ImageConfig,
    parse_config,
    plain,
    plain_pairs,
)
from pullscope.engine.inventory import StoredImage
from pullscope.engine.manifests import (
    LARGEST_CONFIG,
    ImageIndex,
    ImageManifest,
    parse_manifest,
)
from pullscope.engine.model import Document, Layer, PullPlan
from pullscope.engine.platforms import ALL_PLATFORMS
from pullscope.engine.store import Store

UNKNOWN_PLATFORM = "unknown/unknown"
"""What builders write for entries that are no images: attestations."""


@dataclass(frozen=True, slots=True)
class TopologyLayer:
    """A layer of an image.

    Attributes:
        made_by: the step of the build that made it; None where that is not known.
        shared_with: names of the other images in the store that have it, too.
    """

    digest: str
    size: int
    media_type: str
    made_by: HistoryLine | None = None
    shared_with: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlatformEntry:
    """An entry of an index. `platform` is empty where the index does not say."""

    platform: str
    digest: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Topology:
    """An image, or another artifact, and the index it was chosen from.

    Attributes:
        reference: the reference in full.
        digest: of the manifest; empty when the index has none for the platform.
        platform: the one that was chosen, else what the config says.
        config: None while it is not known, or where there is none.
        annotations: of the index, then of the manifest, each with its name and value.
        platforms: of the index, in its order; empty without an index.
        problem: why something is missing here, in words.
    """

    reference: str
    digest: str = ""
    media_type: str = ""
    platform: str = ""
    layers: tuple[TopologyLayer, ...] = ()
    config: ImageConfig | None = None
    annotations: tuple[tuple[str, str], ...] = ()
    platforms: tuple[PlatformEntry, ...] = ()
    problem: str = ""

    @property
    def size(self) -> int:
        """Bytes of all layers; one that is named twice counts once."""
        return sum({layer.digest: layer.size for layer in self.layers}.values())

    @property
    def choices(self) -> tuple[str, ...]:
        """The platforms of the index that can be pulled, each once, in its order."""
        named = (entry.platform for entry in self.platforms)
        return tuple(dict.fromkeys(p for p in named if p and p != UNKNOWN_PLATFORM))


def topology_of(
    reference: str,
    *,
    index: Document | None = None,
    manifest: Document | None = None,
    platform: str = "",
    config: bytes | None = None,
    owners: Mapping[str, tuple[StoredImage, ...]] | None = None,
    problem: str = "",
) -> Topology:
    """Return what documents say of an image.

    Args:
        index: the index that names the manifest; None where the reference leads to a manifest.
        manifest: None when the index has none for the platform.
        platform: the entry of the index that was chosen.
        config: the bytes of its config; None when they are not there.
        owners: the images of a store that have a blob, by its digest.
        problem: why something is missing, in words.

    Raises:
        PullError: a document is not what it should be.
    """
    entries: tuple[PlatformEntry, ...] = ()
    annotations: tuple[tuple[str, str], ...] = ()
    if index is not None:
        content = parse_manifest(index.body, index.media_type)
        if isinstance(content, ImageIndex):
            entries = tuple(
                PlatformEntry(
                    plain(str(entry.platform)) if entry.platform else "",
                    entry.manifest.digest,
                    plain(entry.manifest.media_type),
                )
                for entry in content.entries[:MOST_ENTRIES]
            )
        annotations += _annotations(index)
    if manifest is None:
        return Topology(
            reference, annotations=annotations, platforms=entries, platform="", problem=problem
        )
    parsed = None if config is None else parse_config(config)
    layers = _layers(manifest)
    made = parsed.made(len(layers)) if parsed is not None else (None,) * len(layers)
    own = {reference, manifest.digest, *([index.digest] if index is not None else [])}
    return Topology(
        reference,
        manifest.digest,
        plain(manifest.media_type),
        platform or (parsed.platform if parsed is not None else ""),
        tuple(
            TopologyLayer(
                layer.digest,
                layer.size,
                plain(layer.media_type),
                step,
                _others((owners or {}).get(layer.digest, ()), own),
            )
            for layer, step in zip(layers[:MOST_ENTRIES], made, strict=False)
        ),
        parsed,
        annotations + _annotations(manifest),
        entries,
        problem,
    )


def topology_of_plan(plan: PullPlan, store: Store) -> Topology:
    """Return what a pull brings, from what is in its store by now. Blocking.

    Of an index with all platforms, the first image is shown.

    Raises:
        PullError: a document is not what it should be.
    """
    index, manifest = plan.index, plan.manifest
    platform = plan.platform
    if platform == ALL_PLATFORMS:
        index, platform = plan.manifest, ""
        images = (child for child in plan.children if config_of(child) is not None)
        manifest = next(images, plan.manifest)
    blob = config_of(manifest)
    return topology_of(
        plan.reference,
        index=index,
        manifest=manifest,
        platform=platform,
        config=None if blob is None else _stored(store, blob, plan),
        owners=owners_in(store),
    )


def owners_in(store: Store) -> dict[str, tuple[StoredImage, ...]]:
    """Return the images that have a blob, by its digest. A store that cannot be read has none."""
    try:
        return store.owners()
    except StoreError:  # said when something is written to it
        return {}


def _stored(store: Store, blob: Layer, plan: PullPlan) -> bytes | None:
    """Return a config that is here already."""
    if blob.digest in plan.embedded:
        return plan.embedded[blob.digest]
    try:
        with store.blob_path(blob.digest).open("rb") as file:
            body = file.read(LARGEST_CONFIG)
    except OSError:
        return None
    return body if len(body) == blob.size else None


def config_of(manifest: Document) -> Layer | None:
    """Return the descriptor of an image's config; None where the manifest is no image's.

    Raises:
        PullError: the manifest is not what it should be.
    """
    content = parse_manifest(manifest.body, manifest.media_type)
    if isinstance(content, ImageManifest) and content.is_image:
        return content.config
    return None


def _layers(manifest: Document) -> list[Layer]:
    """Return the layers as the manifest lists them: one that stands in it twice is there twice."""
    content = parse_manifest(manifest.body, manifest.media_type)
    if not isinstance(content, ImageManifest):
        return []
    by_digest = {layer.digest: layer for layer in content.layers}
    listed = json.loads(manifest.body)["layers"]
    return [by_digest[descriptor["digest"]] for descriptor in listed]


def _annotations(document: Document) -> tuple[tuple[str, str], ...]:
    content: Any = json.loads(document.body)
    return plain_pairs(content.get("annotations"))


def _others(owners: tuple[StoredImage, ...], own: set[str]) -> tuple[str, ...]:
    names = (
        plain(image.full_name or image.name) or image.digest
        for image in owners
        if not own & {image.digest, image.source, image.full_name}
    )
    return tuple(dict.fromkeys(names))
