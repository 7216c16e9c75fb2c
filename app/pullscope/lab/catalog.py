"""What the lab serves: repositories with their tags, manifests and blobs.

A catalog is built once, before the server starts. Every digest that it will answer to is known
by then, so that a digest in a URL is looked up and never becomes a path.
"""

import hashlib
import io
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, Self

from pullscope.lab.config import (
    DIGEST_PATTERN,
    TAG_PATTERN,
    LabConfig,
    Layout,
    SyntheticImage,
)
from pullscope.lab.synthetic import DigestCache, SyntheticLayer

OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
OCI_LAYER = "application/vnd.oci.image.layer.v1.tar"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_INDEX = "application/vnd.docker.distribution.manifest.list.v2+json"
DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json"
DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar"
IN_TOTO = "application/vnd.in-toto+json"

_INDEXES = {OCI_INDEX, DOCKER_INDEX}
_MANIFESTS = {OCI_MANIFEST, DOCKER_MANIFEST}
_PLATFORMS: tuple[dict[str, str], ...] = (
    {"architecture": "amd64", "os": "linux"},
    {"architecture": "arm64", "os": "linux", "variant": "v8"},
)
_REF_NAME = "org.opencontainers.image.ref.name"

JsonObject = dict[str, Any]


class ByteSource(Protocol):
    """An open blob, read from its place on."""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes, at most `size`; none at the end."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *exception: Any) -> object: ...


class Blob(Protocol):
    """Bytes of a known size (bytes) that can be read from any offset (bytes) on."""

    @property
    def size(self) -> int: ...

    def open_at(self, offset: int) -> ByteSource: ...


@dataclass(frozen=True, slots=True)
class MemoryBlob:
    """A small blob held in memory: a manifest or an image's config."""

    body: bytes

    @property
    def size(self) -> int:
        """Its bytes."""
        return len(self.body)

    def open_at(self, offset: int) -> ByteSource:
        """Return a reader from `offset` on."""
        source = io.BytesIO(self.body)
        source.seek(offset)
        return source


@dataclass(frozen=True, slots=True)
class FileBlob:
    """A blob in a layout on disk."""

    path: Path
    size: int

    def open_at(self, offset: int) -> ByteSource:
        """Return a reader from `offset` on; OSError when the file has gone."""
        # Unbuffered: the server reads whole blocks, a buffer would copy each once more.
        source = self.path.open("rb", buffering=0)
        source.seek(offset)
        return source


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest or an index as it goes over the wire."""

    digest: str
    media_type: str
    body: bytes


@dataclass(slots=True)
class Repository:
    """One repository: digests by tag, and manifests and blobs by digest."""

    tags: dict[str, str] = field(default_factory=dict)
    manifests: dict[str, Manifest] = field(default_factory=dict)
    blobs: dict[str, Blob] = field(default_factory=dict)

    def manifest(self, reference: str) -> Manifest | None:
        """Return the manifest that a tag or a digest names, if there is one."""
        return self.manifests.get(self.tags.get(reference, reference))


class Catalog:
    """All repositories of a lab, by name."""

    def __init__(self) -> None:
        self.repositories: dict[str, Repository] = {}

    @classmethod
    def build(cls, config: LabConfig, cache: DigestCache) -> "Catalog":
        """Return the catalog of `config`; reads layouts and computes the digests not yet known.

        Raises OSError when a layout cannot be read and ValueError when it is damaged.
        """
        catalog = cls()
        digests = cache.digests_of(layers_of(config))
        for image in config.images:
            repository = catalog._repository(image.repository)
            _add_image(repository, image, digests, config)
        for layout in config.layouts:
            _add_layout(catalog._repository(layout.repository), layout)
        return catalog

    def tagged(self) -> list[tuple[str, str]]:
        """Return each repository name with each of its tags, sorted."""
        return sorted(
            (name, tag) for name, repository in self.repositories.items() for tag in repository.tags
        )

    def find_blob(self, digest: str) -> Blob | None:
        """Return the blob of `digest` from whichever repository has it."""
        for repository in self.repositories.values():
            if digest in repository.blobs:
                return repository.blobs[digest]
        return None

    def _repository(self, name: str) -> Repository:
        return self.repositories.setdefault(name, Repository())


def layers_of(config: LabConfig) -> set[SyntheticLayer]:
    """Return every synthetic layer that a lab of `config` serves."""
    return {layer for image in config.images for layer in _layers(image)}


def _layers(image: SyntheticImage) -> list[SyntheticLayer]:
    return [SyntheticLayer(image.seed, index, size) for index, size in enumerate(image.layer_sizes)]


def _add_image(
    repository: Repository,
    image: SyntheticImage,
    digests: dict[SyntheticLayer, str],
    config: LabConfig,
) -> None:
    layers = _layers(image)
    repository.blobs.update({digests[layer]: layer for layer in layers})
    layer_digests = [digests[layer] for layer in layers]
    layer_type = DOCKER_LAYER if config.docker_types else OCI_LAYER
    descriptors = [
        {"mediaType": layer_type, "digest": digests[layer], "size": layer.size} for layer in layers
    ]
    platforms = _PLATFORMS if config.multi_platform else _PLATFORMS[:1]
    entries = []
    for platform in platforms:
        image_config = _image_config(platform, layer_digests, image.seed)
        manifest = _add_manifest(
            repository,
            DOCKER_MANIFEST if config.docker_types else OCI_MANIFEST,
            {
                "config": _add_blob(
                    repository,
                    DOCKER_CONFIG if config.docker_types else OCI_CONFIG,
                    _encode(image_config),
                ),
                "layers": descriptors,
            },
        )
        entries.append(manifest | {"platform": platform})
    if not config.multi_platform:
        repository.tags[image.tag] = entries[0]["digest"]
        return
    entries.append(_add_attestation(repository, entries[0]["digest"]))
    index_type = DOCKER_INDEX if config.docker_types else OCI_INDEX
    index = _add_manifest(repository, index_type, {"manifests": entries})
    repository.tags[image.tag] = index["digest"]


def _image_config(platform: dict[str, str], diff_ids: list[str], seed: int) -> JsonObject:
    return {
        "created": "1970-01-01T00:00:00Z",
        **platform,
        "config": {"Labels": {"pullscope.lab.seed": str(seed)}},
        # The layers are not compressed: what is pulled is what is unpacked.
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
        "history": [
            {"created": "1970-01-01T00:00:00Z", "created_by": f"synthetic layer {index}"}
            for index in range(len(diff_ids))
        ],
    }


def _add_attestation(repository: Repository, subject: str) -> JsonObject:
    """Add what build tools put beside an image, an entry that no platform may ever pick."""
    statement = _encode({"_type": "https://in-toto.io/Statement/v0.1", "subject": [subject]})
    statement_descriptor = _add_blob(repository, IN_TOTO, statement)
    image_config = {
        "architecture": "unknown",
        "os": "unknown",
        "rootfs": {"type": "layers", "diff_ids": [statement_descriptor["digest"]]},
    }
    manifest = _add_manifest(
        repository,
        OCI_MANIFEST,
        {
            "config": _add_blob(repository, OCI_CONFIG, _encode(image_config)),
            "layers": [statement_descriptor],
        },
    )
    return manifest | {
        "platform": {"architecture": "unknown", "os": "unknown"},
        "annotations": {
            "vnd.docker.reference.type": "attestation-manifest",
            "vnd.docker.reference.digest": subject,
        },
    }


def _add_blob(repository: Repository, media_type: str, body: bytes) -> JsonObject:
    digest = _digest(body)
    repository.blobs[digest] = MemoryBlob(body)
    return {"mediaType": media_type, "digest": digest, "size": len(body)}


def _add_manifest(repository: Repository, media_type: str, document: JsonObject) -> JsonObject:
    body = _encode({"schemaVersion": 2, "mediaType": media_type, **document})
    digest = _digest(body)
    repository.manifests[digest] = Manifest(digest, media_type, body)
    return {"mediaType": media_type, "digest": digest, "size": len(body)}


def _add_layout(repository: Repository, layout: Layout) -> None:
    index = _read_json((layout.directory / "index.json").read_bytes(), "index.json")
    entries = _descriptors(index, "manifests")
    for entry in entries:
        _add_layout_manifest(repository, layout, entry)
        tag = _tag_of(entry, alone=len(entries) == 1)
        if tag is not None:
            repository.tags[tag] = entry["digest"]


def _tag_of(entry: JsonObject, *, alone: bool) -> str | None:
    name = (entry.get("annotations") or {}).get(_REF_NAME)
    if name is None:
        return "latest" if alone else None
    # Some tools write the whole reference where the specification wants the tag.
    tag = str(name).rpartition(":")[2]
    return tag if TAG_PATTERN.fullmatch(tag) else None


def _add_layout_manifest(repository: Repository, layout: Layout, descriptor: JsonObject) -> None:
    path = _blob_path(layout, descriptor)
    digest, media_type = str(descriptor["digest"]), str(descriptor.get("mediaType", OCI_MANIFEST))
    # A layout may hold one platform of many; the others are then not found.
    if digest in repository.manifests or not path.is_file():
        return
    body = path.read_bytes()
    repository.manifests[digest] = Manifest(digest, media_type, body)
    if media_type in _INDEXES:
        for entry in _descriptors(_read_json(body, digest), "manifests"):
            _add_layout_manifest(repository, layout, entry)
    elif media_type in _MANIFESTS:
        document = _read_json(body, digest)
        for described in [document.get("config"), *_descriptors(document, "layers")]:
            if isinstance(described, dict):
                _add_layout_blob(repository, layout, described)


def _add_layout_blob(repository: Repository, layout: Layout, descriptor: JsonObject) -> None:
    path = _blob_path(layout, descriptor)
    if path.is_file():
        repository.blobs[str(descriptor["digest"])] = FileBlob(path, path.stat().st_size)


def _blob_path(layout: Layout, descriptor: JsonObject) -> Path:
    digest = str(descriptor.get("digest"))
    if DIGEST_PATTERN.fullmatch(digest) is None:
        raise ValueError(f"{layout.directory}: {digest!r} is not a digest")
    algorithm, _, encoded = digest.partition(":")
    return layout.directory / "blobs" / algorithm / encoded


def _descriptors(document: JsonObject, key: str) -> list[JsonObject]:
    entries = document.get(key) or []
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ValueError(f"{key} is not a list of descriptors")
    return entries


def _read_json(body: bytes, what: str) -> JsonObject:
    document = json.loads(body)
    if not isinstance(document, dict):
        raise ValueError(f"{what} is not a JSON object")
    return document


def _encode(document: JsonObject) -> bytes:
    return json.dumps(document, indent=2).encode()


def _digest(body: bytes) -> str:
    return f"sha256:{hashlib.sha256(body).hexdigest()}"
