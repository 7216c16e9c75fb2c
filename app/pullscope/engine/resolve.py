"""From a reference to a plan: the manifests that it leads to, and the blobs that they name."""

import asyncio
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from pullscope.engine.digests import digest_of
from pullscope.engine.errors import BadReply, NotAnImage, NotFound, PlatformNotFound
from pullscope.engine.manifests import (
    LARGEST_CONFIG,
    ImageIndex,
    ImageManifest,
    parse_manifest,
)
from pullscope.engine.message import Message, words_of
from pullscope.engine.model import MIB, Document, Layer, PullPlan
from pullscope.engine.platforms import ALL_PLATFORMS, Platform
from pullscope.engine.registry import Registry

MOST_MANIFESTS = 1000
"""Manifests that may be asked for to resolve a reference; more are refused."""
MOST_BYTES = 64 * MIB
"""Bytes that they may have together: they are held in memory."""
DEEPEST = 4
"""Indexes that may lie in one another."""

_AT_ONCE = 8
_COSIGN_TAGS = ("sig", "att", "sbom")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Found:
    document: Document
    content: ImageManifest | ImageIndex


async def resolve(
    registry: Registry, platform: Platform | None, *, with_referrers: bool = False
) -> PullPlan:
    """Return what is to be pulled for the registry's reference.

    Args:
        registry: asked for the manifests.
        platform: the one to take from an index; None for the index with all that it names.
        with_referrers: also take what refers to the image: signatures, attestations, SBOMs.

    Raises:
        NotAnImage: the reference leads to something else.
        PlatformNotFound: the index holds nothing for the platform.
        RegistryError, BadReply, DigestMismatch: a manifest cannot be had, or contradicts another.
    """
    walk = _Walk(registry)
    root = await walk.fetch(registry.reference.manifest_name)
    chosen = ""
    index: Document | None = None
    children: list[_Found] = []
    if isinstance(root.content, ImageIndex):
        if platform is None:
            children = await walk.below(root.content, depth=1)
            chosen = ALL_PLATFORMS
        else:
            index = root.document
            root, chosen = await walk.choose(root.content, platform, depth=1)
    referrers: list[_Found] = []
    if with_referrers:
        for found in (root, *children):
            referrers += await walk.referrers(found.document.digest)
    return replace(_plan(registry, root, children, referrers, chosen), index=index)


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What a reference leads to.

    Attributes:
        index: None where it leads to a manifest.
        manifest: None where the index has none for the platform.
        platform: the entry of the index that was chosen; empty without one.
        problem: why there is no manifest, in words.
    """

    index: Document | None
    manifest: Document | None
    platform: str = ""
    problem: str = ""


async def look_up(registry: Registry, platform: Platform) -> LookedUp:
    """Return the manifest for a platform and the index it is chosen from; nothing else is fetched.

    Raises:
        PullError: as `resolve`, but an index that has nothing for the platform is an answer.
    """
    walk = _Walk(registry)
    root = await walk.fetch(registry.reference.manifest_name)
    if not isinstance(root.content, ImageIndex):
        return LookedUp(None, root.document)
    try:
        found, chosen = await walk.choose(root.content, platform, depth=1)
    except PlatformNotFound as error:
        return LookedUp(root.document, None, problem=words_of(error))
    return LookedUp(root.document, found.document, chosen)


class _Walk:
    """The way through the manifests of one pull; it ends where there are senselessly many."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._seen: set[str] = set()
        self._fetched = 0
        self._bytes = 0
        self._room = asyncio.Semaphore(_AT_ONCE)

    async def fetch(self, name: str) -> _Found:
        self._seen.add(name)
        self._fetched += 1
        if self._fetched > MOST_MANIFESTS:
            raise BadReply(
                Message("the index leads to more than {most} manifests", most=MOST_MANIFESTS)
            )
        async with self._room:
            fetched = await self._registry.manifest(name)
        self._bytes += len(fetched.body)
        if self._bytes > MOST_BYTES:
            raise BadReply(
                Message("the manifests of the index have more than {most} bytes", most=MOST_BYTES)
            )
        content = parse_manifest(fetched.body, fetched.content_type)
        digest = fetched.digest or digest_of(fetched.body)
        self._seen.add(digest)
        return _Found(Document(digest, content.media_type, fetched.body), content)

    async def choose(self, index: ImageIndex, platform: Platform, depth: int) -> tuple[_Found, str]:
        """Return the manifest for a platform and its name; indexes inside are looked at last."""
        if depth > DEEPEST:
            raise NotAnImage(Message("more than {most} indexes lie in one another", most=DEEPEST))
        try:
            entry = index.choose(platform)
        except PlatformNotFound:
            for nested in index.indexes:
                inner = (await self.fetch(nested.digest)).content
                if isinstance(inner, ImageIndex):
                    try:
                        return await self.choose(inner, platform, depth + 1)
                    except PlatformNotFound:
                        continue
            raise
        found = await self.fetch(entry.manifest.digest)
        if isinstance(found.content, ImageIndex):
            return await self.choose(found.content, platform, depth + 1)
        return found, str(entry.platform)

    async def below(self, index: ImageIndex, depth: int) -> list[_Found]:
        """Return all that an index names, in its order, each index before what it names."""
        if depth > DEEPEST:
            raise NotAnImage(Message("more than {most} indexes lie in one another", most=DEEPEST))
        digests = dict.fromkeys(entry.manifest.digest for entry in index.entries)
        new = [digest for digest in digests if digest not in self._seen]
        result = []
        for found in await _all(self.fetch(digest) for digest in new):
            result.append(found)
            if isinstance(found.content, ImageIndex):
                result += await self.below(found.content, depth + 1)
        return result

    async def referrers(self, digest: str) -> list[_Found]:
        """Return what refers to a manifest, with all that it names."""
        result = []
        named = [d for d in await self._registry.referrers(digest) if d not in self._seen]
        for found in await _all(self.fetch(name) for name in named):
            result.append(found)
            if isinstance(found.content, ImageIndex):
                result += await self.below(found.content, depth=1)
        for kind in _COSIGN_TAGS:  # where cosign puts it, unless told otherwise
            tag = f"{digest.replace(':', '-')}.{kind}"
            try:
                found = await self.fetch(tag)
            except NotFound:
                continue
            result.append(replace(found, document=replace(found.document, tag=tag)))
        return result


async def _all(fetches: Iterable[Awaitable[T]]) -> list[T]:
    """Return all results in order; the first failure ends the others."""
    tasks = [asyncio.ensure_future(fetch) for fetch in fetches]
    try:
        return list(await asyncio.gather(*tasks))
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise


def _plan(
    registry: Registry,
    root: _Found,
    children: list[_Found],
    referrers: list[_Found],
    platform: str,
) -> PullPlan:
    layers: dict[str, Layer] = {}
    configs: dict[str, Layer] = {}
    embedded: dict[str, bytes] = {}
    urls: dict[str, tuple[str, ...]] = {}
    for found in (root, *children, *referrers):
        manifest = found.content
        if isinstance(manifest, ImageIndex):
            continue
        # What an artifact calls its config may be of any size.
        small = manifest.config.size <= LARGEST_CONFIG
        _add(configs if small else layers, manifest.config)
        for layer in manifest.layers:
            _add(layers, layer)
        embedded.update(manifest.embedded)
        for digest, addresses in manifest.urls.items():
            urls[digest] = tuple(dict.fromkeys((*urls.get(digest, ()), *addresses)))
    for digest in layers.keys() & configs.keys():
        _add(layers, configs.pop(digest))
    content = root.content
    return PullPlan(
        reference=str(registry.reference),
        manifest=root.document,
        layers=tuple(layers.values()),
        configs=tuple(configs.values()),
        children=tuple(found.document for found in children),
        referrers=tuple(found.document for found in referrers),
        platform=platform,
        is_image=isinstance(content, ImageManifest) and content.is_image,
        embedded=embedded,
        urls=urls,
    )


def _add(blobs: dict[str, Layer], blob: Layer) -> None:
    if blobs.setdefault(blob.digest, blob).size != blob.size:
        raise BadReply(Message("the manifests give two sizes for {digest}", digest=blob.digest))
