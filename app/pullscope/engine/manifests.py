"""Manifests and indexes: from hostile bytes to values.

Formats: https://github.com/opencontainers/image-spec (manifest.md, image-index.md) and Docker's
image manifest version 2, schema 2.
"""

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pullscope.engine.digests import digest_of, verify
from pullscope.engine.errors import BadReply, NotAnImage, PlatformNotFound
from pullscope.engine.message import Message
from pullscope.engine.model import Document, Layer
from pullscope.engine.platforms import Platform, normalised
from pullscope.engine.reference import is_digest
from pullscope.engine.transport import web_address

OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json"

ACCEPT = ", ".join((OCI_MANIFEST, OCI_INDEX, DOCKER_MANIFEST, DOCKER_LIST))
LARGEST_MANIFEST = 4 * 1024 * 1024
"""Bytes: what is larger is refused, as registries do."""
LARGEST_CONFIG = 8 * 1024 * 1024
"""Bytes of the largest image config that is accepted."""
LARGEST_LAYER = 2**50
"""Bytes: a descriptor that claims more is refused."""

_DOCKER_LAYER = "application/vnd.docker.image.rootfs"
_OCI_LAYER = "application/vnd.oci.image.layer"
_OCI_TYPES = {
    DOCKER_CONFIG: OCI_CONFIG,
    f"{_DOCKER_LAYER}.diff.tar": f"{_OCI_LAYER}.v1.tar",
    f"{_DOCKER_LAYER}.diff.tar.gzip": f"{_OCI_LAYER}.v1.tar+gzip",
    f"{_DOCKER_LAYER}.diff.tar.zstd": f"{_OCI_LAYER}.v1.tar+zstd",
    f"{_DOCKER_LAYER}.foreign.diff.tar.gzip": f"{_OCI_LAYER}.nondistributable.v1.tar+gzip",
}

_MOST_URLS = 8

_INDEXES = (OCI_INDEX, DOCKER_LIST)
_MANIFESTS = (OCI_MANIFEST, DOCKER_MANIFEST)
_SHOWN_PLATFORM = re.compile(r"[a-z0-9_./-]{1,40}", re.ASCII)
_GENERIC = ("", "application/json", "text/plain", "application/octet-stream", "text/html")


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """One manifest of an index."""

    manifest: Layer
    platform: Platform | None


@dataclass(frozen=True, slots=True)
class ImageIndex:
    """Manifests by platform, in the order of the index."""

    media_type: str
    entries: tuple[IndexEntry, ...]

    @property
    def indexes(self) -> tuple[Layer, ...]:
        """The entries that are indexes themselves and name no platform."""
        return tuple(
            entry.manifest
            for entry in self.entries
            if entry.platform is None and entry.manifest.media_type in _INDEXES
        )

    def choose(self, wanted: Platform) -> IndexEntry:
        """Return the first entry with the best variant that runs on `wanted`.

        Raises:
            PlatformNotFound: there is none; the message lists what there is.
        """
        for variant in wanted.acceptable_variants():
            fitting = Platform(wanted.os, wanted.architecture, variant)
            for entry in self.entries:
                if entry.platform == fitting:
                    return entry
        named = {str(e.platform) for e in self.entries if e.platform} - {"unknown/unknown"}
        there = sorted(name for name in named if _SHOWN_PLATFORM.fullmatch(name))
        if there:
            came = Message(
                "the image has no manifest for {wanted}; it has {there}",
                wanted=wanted,
                there=", ".join(there[:20]),
            )
        else:
            came = Message("the image has no manifest for {wanted}; it has none", wanted=wanted)
        raise PlatformNotFound(came, Message("choose one, or all, with --platform"))


@dataclass(frozen=True, slots=True)
class ImageManifest:
    """Config and layers of an image or of another artifact; a blob named twice stands once.

    Attributes:
        is_image: the config is that of an image.
        embedded: contents of blobs that stand in their descriptors, by digest; verified.
        urls: web addresses of blobs, by digest; not from hosts that anyone vouches for.
    """

    media_type: str
    config: Layer
    layers: tuple[Layer, ...]
    is_image: bool = True
    embedded: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    urls: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)


def parse_manifest(body: bytes, content_type: str) -> ImageManifest | ImageIndex:
    """Read a manifest or an index.

    Args:
        body: the bytes, verified against their digest where one was asked for.
        content_type: of the reply.

    Raises:
        NotAnImage: it is something else, named in the message.
        BadReply: it contradicts its Content-Type, or a field is impossible.
        DigestMismatch: what is embedded in it is not what its digest says.
    """
    document = _json_object(body)
    media_type = _media_type(document, content_type.partition(";")[0].strip().lower())
    if media_type in _INDEXES:
        entries = _list(document, "manifests")
        return ImageIndex(media_type, tuple(_index_entries(entries)))
    if media_type not in _MANIFESTS:
        raise NotAnImage(
            Message(
                "the registry holds {media_type!r} under this name, not an image",
                media_type=media_type[:100],
            )
        )
    config = _descriptor(document.get("config"), Message("the config"))
    is_image = config.media_type in (OCI_CONFIG, DOCKER_CONFIG)
    if is_image and config.size > LARGEST_CONFIG:
        raise BadReply(
            Message(
                "the image config claims {size} bytes; at most {most} do",
                size=config.size,
                most=LARGEST_CONFIG,
            )
        )
    layers: dict[str, Layer] = {}
    for number, entry in enumerate(_list(document, "layers"), 1):
        layer = _descriptor(entry, Message("layer {number}", number=number))
        if layers.setdefault(layer.digest, layer).size != layer.size:
            raise BadReply(
                Message("the manifest gives two sizes for {digest}", digest=layer.digest)
            )
    descriptors = [document["config"], *document["layers"]]
    return ImageManifest(
        media_type,
        config,
        tuple(layers.values()),
        is_image,
        dict(_embedded(descriptors)),
        dict(_urls(descriptors)),
    )


def parse_referrers(body: bytes) -> tuple[str, ...]:
    """Return the digests of the manifests that a registry lists as referring to another.

    Raises:
        BadReply: it is no such list.
    """
    entries = _list(_json_object(body), "manifests")
    return tuple(
        _descriptor(entry, Message("referrer {number}", number=number)).digest
        for number, entry in enumerate(entries, 1)
    )


def as_oci(
    root: Document, children: Sequence[Document] = ()
) -> tuple[Document, tuple[Document, ...]]:
    """Return a manifest, or an index with what it leads to, in OCI's media types.

    Readers of layouts (skopeo, umoci) find no image behind Docker's media types. The blobs are the
    same in both; the digests of the manifests are not, so neither are those of their indexes. What
    is OCI's already stays as it is.

    Args:
        root: the manifest or index.
        children: what it leads to, each index before what it names.
    """
    changed: dict[str, Document] = {}
    for document in reversed((root, *children)):
        converted = _as_oci(document, changed)
        if converted is not document:
            changed[document.digest] = converted
    return (
        changed.get(root.digest, root),
        tuple(changed.get(child.digest, child) for child in children),
    )


def _as_oci(document: Document, changed: Mapping[str, Document]) -> Document:
    if document.media_type == DOCKER_MANIFEST:
        content = _json_object(document.body)
        for descriptor in (content["config"], *content["layers"]):
            theirs = descriptor.get("mediaType", "")
            descriptor["mediaType"] = _OCI_TYPES.get(theirs, theirs)
        return _rewritten(content, OCI_MANIFEST)
    if document.media_type not in _INDEXES:
        return document
    content = _json_object(document.body)
    entries = [entry for entry in content["manifests"] if entry["digest"] in changed]
    for entry in entries:
        new = changed[entry["digest"]]
        entry.update(mediaType=new.media_type, digest=new.digest, size=len(new.body))
        entry.pop("data", None)
    if not entries and document.media_type == OCI_INDEX:
        return document
    return _rewritten(content, OCI_INDEX)


def _rewritten(content: dict[str, Any], media_type: str) -> Document:
    content["mediaType"] = media_type
    body = json.dumps(content, separators=(",", ":")).encode()
    return Document(digest_of(body), media_type, body)


def _embedded(descriptors: list[dict[str, Any]]) -> Iterator[tuple[str, bytes]]:
    for descriptor in descriptors:
        data, digest = descriptor.get("data"), descriptor["digest"]
        if data is None:
            continue
        try:
            body = base64.b64decode(data, validate=True)
        except (ValueError, TypeError):
            raise BadReply(
                Message("the data within the manifest for {digest} is not base64", digest=digest)
            ) from None
        verify(digest, body, Message("the data within the manifest"))
        if len(body) != descriptor["size"]:
            raise BadReply(
                Message(
                    "the data within the manifest for {digest} is {size} bytes",
                    digest=digest,
                    size=len(body),
                )
            )
        yield digest, body


def _urls(descriptors: list[dict[str, Any]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for descriptor in descriptors:
        urls = descriptor.get("urls")
        if isinstance(urls, list):
            texts = [url for url in urls[:_MOST_URLS] if isinstance(url, str)]
            addresses = tuple(url for url in texts if web_address(url) is not None)
            if addresses:
                yield descriptor["digest"], addresses


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadReply(
            Message("the manifest is not JSON ({error})", error=type(error).__name__)
        ) from None
    if not isinstance(document, dict):
        raise BadReply(Message("the manifest is not a JSON object"))
    return document


def _media_type(document: dict[str, Any], content_type: str) -> str:
    inside = document.get("mediaType", "")
    if not isinstance(inside, str):
        raise BadReply(Message("the manifest's mediaType is not text"))
    if document.get("schemaVersion") == 1 or "docker.distribution.manifest.v1+" in content_type:
        raise NotAnImage(
            Message("the image has only a schema 1 manifest, which is obsolete"),
            Message("push it anew"),
        )
    if document.get("schemaVersion") != 2:
        raise NotAnImage(
            Message("the registry's reply is not an image manifest: schemaVersion is not 2")
        )
    generic = content_type in _GENERIC
    if inside and not generic and inside != content_type:
        raise BadReply(
            Message(
                "the manifest is {inside!r}, its Content-Type {content_type!r}",
                inside=inside[:100],
                content_type=content_type[:100],
            )
        )
    if inside or not generic:
        return inside or content_type
    return OCI_INDEX if "manifests" in document else OCI_MANIFEST


def _index_entries(entries: list[Any]) -> Iterator[IndexEntry]:
    for number, entry in enumerate(entries, 1):
        manifest = _descriptor(entry, Message("entry {number} of the index", number=number))
        platform = entry.get("platform")
        if not isinstance(platform, dict):
            yield IndexEntry(manifest, None)
            continue
        parts = [platform.get(key) or "" for key in ("os", "architecture", "variant")]
        if not all(isinstance(part, str) for part in parts):
            raise BadReply(
                Message("the platform of entry {number} of the index is not text", number=number)
            )
        yield IndexEntry(manifest, normalised(*parts))


def _list(document: dict[str, Any], key: str) -> list[Any]:
    value = document.get(key)
    if not isinstance(value, list):
        raise BadReply(Message("the manifest has no list of {key}", key=key))
    return value


def _descriptor(value: Any, what: Message) -> Layer:
    if not isinstance(value, dict):
        raise BadReply(Message("{what} is not a descriptor", what=what))
    digest, size, media_type = value.get("digest"), value.get("size"), value.get("mediaType", "")
    if not is_digest(digest):
        raise BadReply(
            Message(
                "{what} has the digest {digest!r}, which is no sha256 or sha512",
                what=what,
                digest=str(digest)[:80],
            )
        )
    if not isinstance(size, int) or isinstance(size, bool) or not 0 <= size <= LARGEST_LAYER:
        raise BadReply(
            Message("{what} claims a size of {size} bytes", what=what, size=str(size)[:40])
        )
    if not isinstance(media_type, str):
        raise BadReply(Message("{what} has a media type that is not text", what=what))
    return Layer(str(digest), size, media_type)
