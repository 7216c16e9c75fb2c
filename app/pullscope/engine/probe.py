"""A probe: a few small requests that find out how a registry answers, for its passport.

It asks for the headers of a manifest, for the manifest, and for some bytes of the image's smallest
layer in every form of range. Nothing is written, and no body of a layer is read beyond
`_MOST_READ`: where a registry sends more than was asked for, the probe hangs up.

The counterpart is `passport`, which judges the replies.
"""

import asyncio
import logging
import random
import ssl
import time
import urllib.request
from collections.abc import Callable

import httpx

from pullscope.engine.errors import BadReply, NotAnImage, PlatformNotFound, RegistryError
from pullscope.engine.manifests import ImageIndex, ImageManifest, parse_manifest
from pullscope.engine.message import Message
from pullscope.engine.model import KIB, Layer
from pullscope.engine.passport import (
    Passport,
    RangeAnswer,
    RangeReply,
    judge_closed,
    judge_open,
    judge_several,
    median,
    read_keep_alive,
    shown_host,
    tells_size,
)
from pullscope.engine.platforms import Platform
from pullscope.engine.ranges import Asked, backoff, may_pass, retry_after
from pullscope.engine.registry import BlobReply, Registry, connection_error, refusal

LOGGER = logging.getLogger(__name__)

_ASKED = KIB
_MOST_READ = 4 * KIB
_TIMED = 3
_ATTEMPTS = 3
_REPLY_TIMEOUT = 30.0
_HANDSHAKE_TIMEOUT = 5.0
_PROTOCOLS = {"h2": "HTTP/2", "http/1.1": "HTTP/1.1"}


async def probe(
    registry: Registry,
    platform: Platform,
    *,
    proxies: bool = True,
    clock: Callable[[], float] = time.monotonic,
    wall_clock: Callable[[], float] = time.time,
) -> Passport:
    """Return the passport of the registry that serves `registry`'s reference.

    About ten requests of at most some KiB each; two or three of them are manifest GETs and count
    against a quota.

    Args:
        registry: asked; it serves this probe alone.
        platform: taken from an index; any other where the index has none for it.
        proxies: whether the environment's proxies are in use: a handshake of our own cannot tell
            then what the registry offers.
        clock: monotonic seconds.
        wall_clock: Unix time.

    Raises:
        PullError: the manifest, or the first bytes of a layer, cannot be had.
    """
    name = registry.reference.manifest_name
    head = await _head_answered(registry, name)
    layer = _smallest(await _manifest(registry, name, platform))
    ranges = _RangeProbe(registry, layer, clock, wall_clock)
    await ranges.run()
    offered = ""
    if ranges.address is not None and not (proxies and urllib.request.getproxies()):
        offered = await offered_protocol(*ranges.address)
    return Passport(
        host=registry.reference.domain,
        at=wall_clock(),
        closed=ranges.closed,
        open=ranges.open,
        several=ranges.several,
        beyond=ranges.beyond,
        beyond_tells_size=ranges.beyond_tells_size,
        redirected=ranges.redirected,
        redirect_host=ranges.redirect_host,
        redirect_lifetime=ranges.redirect_lifetime,
        protocol=ranges.protocol,
        offered=offered,
        keep_alive=ranges.keep_alive,
        keep_alive_timeout=ranges.keep_alive_timeout,
        first_byte=median(ranges.waits),
        token_lifetime=registry.token_lifetime,
        head=head,
        quota=registry.quota,
        spent=registry.manifests_spent,
    )


async def offered_protocol(host: str, port: int) -> str:
    """Return the best protocol that a TLS server takes, as "HTTP/2"; empty when it says nothing.

    A handshake and nothing more: no request is sent, so the certificate does not matter.
    """
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(list(_PROTOCOLS))
    try:
        async with asyncio.timeout(_HANDSHAKE_TIMEOUT):
            _, writer = await asyncio.open_connection(host, port, ssl=context)
            try:
                chosen = writer.get_extra_info("ssl_object").selected_alpn_protocol()
            finally:
                writer.transport.abort()
    except (OSError, TimeoutError) as error:
        LOGGER.debug("no TLS handshake with %s: %s", host, type(error).__name__)
        return ""
    return _PROTOCOLS.get(chosen or "", "")


class _RangeProbe:
    """The requests for bytes of one layer, and what their replies said so far."""

    def __init__(
        self,
        registry: Registry,
        layer: Layer,
        clock: Callable[[], float],
        wall_clock: Callable[[], float],
    ) -> None:
        self._registry = registry
        self._layer = layer
        self._clock = clock
        self._wall_clock = wall_clock
        self.closed = RangeReply()
        self.open = RangeReply()
        self.several = RangeReply()
        self.beyond: int | None = None
        self.beyond_tells_size = False
        self.redirected = False
        self.redirect_host = ""
        self.redirect_lifetime: float | None = None
        self.protocol = ""
        self.address: tuple[str, int] | None = None
        self.keep_alive: bool | None = None
        self.keep_alive_timeout: float | None = None
        self.waits: list[float] = []

    async def run(self) -> None:
        size = self._layer.size
        few = min(_ASKED, max(1, size // 2))
        first = Asked(0, few - 1, size)
        reply = await self._ask(f"bytes=0-{few - 1}")
        self._note_address(reply)
        self.closed = judge_closed(first, reply.status, reply.headers)
        self._check_reachable(reply)
        # The first reply's wait has the redirect and the connection in it; these have not.
        self.waits.clear()
        for _ in range(_TIMED):
            again = await self._try(f"bytes=0-{few - 1}")
            if again is not None:
                later = judge_closed(first, again.status, again.headers)
                if later != self.closed:
                    self.closed = RangeReply(RangeAnswer.UNSTEADY, later.status)
        tail = await self._try(f"bytes={size - few}-")
        if tail is not None:
            asked = Asked(size - few, size - 1, size)
            self.open = judge_open(asked, tail.status, tail.headers)
        if size >= 3:
            several = await self._try("bytes=0-0,2-2")
            if several is not None:
                self.several = judge_several(size, several.status, several.headers)
        beyond = await self._try(f"bytes={size}-{size + few - 1}")
        if beyond is not None:
            self.beyond = beyond.status
            self.beyond_tells_size = beyond.status == 416 and tells_size(size, beyond.headers)

    def _note_address(self, reply: BlobReply) -> None:
        self.redirected = reply.redirected
        if reply.redirected:
            self.redirect_host = shown_host(reply.host)
            self.redirect_lifetime = reply.lifetime(self._wall_clock())
        self.protocol = reply.protocol
        self.keep_alive, self.keep_alive_timeout = read_keep_alive(reply.protocol, reply.headers)
        self.address = reply.tls_address

    def _check_reachable(self, reply: BlobReply) -> None:
        """Raise where the first reply is none to a range but that the blob cannot be had."""
        if reply.status in (200, 206, 400, 416):
            return
        raise refusal("GET", self._registry.blob_url(self._layer.digest), reply.status, "blob")

    async def _try(self, ranges: str) -> BlobReply | None:
        """Ask; None where no reply comes, as some servers do with ranges they do not like."""
        try:
            return await self._ask(ranges)
        except RegistryError as error:
            LOGGER.info("%s was not answered: %s", ranges, error)
            return None

    async def _ask(self, ranges: str) -> BlobReply:
        """Return the closed reply to a Range header, asking again where the failure may pass."""
        asked = f"GET {self._registry.blob_url(self._layer.digest)}, {ranges}"
        failures = 0
        while True:
            wait: float | None = None
            try:
                async with asyncio.timeout(_REPLY_TIMEOUT):
                    began = self._clock()
                    reply = await self._registry.open_ranges(self._layer, ranges, _MOST_READ)
                    try:
                        self.waits.append(self._clock() - began)
                        if not may_pass(reply.status):
                            await _read_little(reply)
                            return reply
                    finally:
                        await reply.close()
                wait = retry_after(reply.headers)
                error = RegistryError(asked, f"HTTP {reply.status}", status=reply.status)
            except TimeoutError:
                error = RegistryError(asked, Message("no reply in time"))
            except httpx.TransportError as broken:
                error, passing = connection_error(asked, broken)
                if not passing:
                    raise error from None
            failures += 1
            if failures == _ATTEMPTS:
                raise error
            await asyncio.sleep(backoff(failures, wait, random.random()))  # noqa: S311


async def _read_little(reply: BlobReply) -> None:
    """Read a body of a few KiB to its end, so that the connection can serve the next request."""
    read = 0
    while read <= _MOST_READ and (piece := await reply.body.read()) is not None:
        read += len(piece)


async def _head_answered(registry: Registry, name: str) -> bool:
    try:
        return await registry.head_manifest(name) == 200
    except (RegistryError, BadReply) as error:
        LOGGER.info("HEAD of the manifest was not answered: %s", error)
        return False


async def _manifest(registry: Registry, name: str, platform: Platform) -> ImageManifest:
    fetched = await registry.manifest(name)
    manifest = parse_manifest(fetched.body, fetched.content_type)
    if isinstance(manifest, ImageIndex):
        fetched = await registry.manifest(_any_digest(manifest, platform))
        manifest = parse_manifest(fetched.body, fetched.content_type)
        if isinstance(manifest, ImageIndex):
            raise NotAnImage(Message("the index leads to another index, not to an image"))
    return manifest


def _any_digest(index: ImageIndex, platform: Platform) -> str:
    try:
        return index.choose(platform).manifest.digest
    except PlatformNotFound:
        if not index.entries:
            raise
        return index.entries[0].manifest.digest


def _smallest(manifest: ImageManifest) -> Layer:
    """Return the smallest layer that is large enough for ranges to mean something."""
    layers = [layer for layer in manifest.layers if layer.size > 0]
    if not layers:
        raise NotAnImage(Message("the image has no layer to ask a range of"))
    fitting = [layer for layer in layers if layer.size >= 2 * _ASKED]
    return (
        min(fitting, key=lambda layer: layer.size)
        if fitting
        else max(layers, key=lambda layer: layer.size)
    )
