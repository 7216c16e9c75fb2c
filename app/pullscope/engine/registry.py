"""One repository of one registry, over HTTP: manifests, small blobs, and blobs in parts.

Protocol: https://github.com/opencontainers/distribution-spec, the pull part. Redirects are followed
here, so that an Authorization header never reaches another origin; the address that a blob was
redirected to is kept for its next chunks until it is refused.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from pullscope.engine.auth import LARGEST_TOKEN_REPLY, Authorizer, login_command
from pullscope.engine.credentials import Credential
from pullscope.engine.digests import verify
from pullscope.engine.errors import AccessDenied, BadReply, DigestMismatch, NotFound, RegistryError
from pullscope.engine.manifests import ACCEPT, LARGEST_MANIFEST
from pullscope.engine.model import Layer
from pullscope.engine.ranges import Asked, backoff, may_pass, retry_after
from pullscope.engine.reference import Reference
from pullscope.engine.transport import (
    READ_BUFFER_EXTENSION,
    Body,
    body_of,
    protocol_of,
    web_address,
)

ATTEMPTS = 6
"""How often a manifest, token or small blob is asked for, where the failure may pass."""

REPLY_TIMEOUT = 30.0
"""Seconds for the whole reply to a small request."""

_MOST_REDIRECTS = 8
_REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class Answered:
    """A small request was answered: what `events.RequestSent` tells, times by the loop's clock."""

    kind: str
    host: str
    status: int
    began: float


@dataclass(frozen=True, slots=True)
class FetchedManifest:
    """A manifest's bytes, verified when they were asked for by digest."""

    body: bytes
    content_type: str
    digest: str


class BlobReply:
    """The reply to a request for a blob's bytes; close it."""

    def __init__(self, response: httpx.Response, redirected: bool) -> None:
        self._response = response
        self.status = response.status_code
        self.headers = response.headers
        self.host = response.request.url.netloc.decode("ascii", "replace")
        self.protocol = protocol_of(response)
        self.redirected = redirected
        self.body: Body = body_of(response)

    async def close(self) -> None:
        """Give the connection back, or hang up when the body was not read to its end."""
        await self._response.aclose()


class Registry:
    """The repository that a reference names.

    Args:
        reference: what is pulled.
        client: an HTTP client of `transport.new_client`; not closed here.
        plain_http: whether to use http.
        find_credential: returns the login for the registry or None.

    Attributes:
        requests: HTTP requests sent, of every kind.
        on_answer: called after each request for something else than a layer's bytes.
    """

    def __init__(
        self,
        reference: Reference,
        client: httpx.AsyncClient,
        *,
        plain_http: bool,
        find_credential: Callable[[], Awaitable[Credential | None]],
    ) -> None:
        scheme = "http" if plain_http else "https"
        self.reference = reference
        self.origin = _origin_of(f"{scheme}://{reference.api_host}")
        self.requests = 0
        self._base = f"{self.origin}/v2/{reference.repository}"
        self._client = client
        self.on_answer: Callable[[Answered], None] = lambda _: None
        self._redirected: dict[str, str] = {}
        self._authorizer = Authorizer(
            self.origin, reference.repository, find_credential, self._fetch_token
        )

    def blob_url(self, digest: str) -> str:
        """Return where the registry's API serves a blob."""
        return f"{self._base}/blobs/{digest}"

    async def manifest(self, name: str) -> FetchedManifest:
        """Fetch a manifest or index by tag or digest.

        Raises:
            RegistryError, BadReply, DigestMismatch: it cannot be had.
        """
        url = f"{self._base}/manifests/{name}"
        headers, body = await self._small("manifest", url, LARGEST_MANIFEST, ACCEPT)
        asked = name if ":" in name else ""
        if asked:
            verify(asked, body, f"the manifest from {self.reference.domain}")
        elif claimed := headers.get("docker-content-digest", ""):
            verify(claimed, body, f"the manifest from {self.reference.domain}")
        return FetchedManifest(body, headers.get("content-type", ""), asked or claimed)

    async def small_blob(self, blob: Layer) -> bytes:
        """Fetch a blob that fits in memory, the image's config, and verify it.

        Raises:
            RegistryError, BadReply, DigestMismatch: it cannot be had.
        """
        what = f"the config blob from {self.reference.domain}"
        url = self.blob_url(blob.digest)
        _, body = await self._small("config", url, blob.size, "*/*")
        try:
            verify(blob.digest, body, what)
        except DigestMismatch:  # once more, as for a layer
            _, body = await self._small("config", url, blob.size, "*/*")
            verify(blob.digest, body, what)
        return body

    async def open_blob(self, layer: Layer, asked: Asked, read_buffer: int) -> BlobReply:
        """Ask for bytes of a blob, following redirects and renewing a refused token once.

        `read_buffer`: bytes that may wait in the transport before they are seen here.

        Returns the reply whatever its status; `ranges.judge` tells what it is good for.

        Raises:
            httpx.TransportError: no reply came.
            AccessDenied, BadReply: as `Authorizer.renew`; a redirect leads nowhere.
        """
        headers = {"Accept": "*/*"}
        if not asked.whole:
            headers["Range"] = f"bytes={asked.first}-{asked.last}"
        extensions = {READ_BUFFER_EXTENSION: read_buffer}
        known = self._redirected.get(layer.digest)
        if known is not None:
            request = httpx.Request("GET", known, headers=headers, extensions=extensions)
            try:
                response = await self._send(request)
            except httpx.TransportError:
                self._forget_redirect(layer, known)
                raise
            if not _address_refused(response.status_code):
                return BlobReply(response, redirected=True)
            await response.aclose()
            self._forget_redirect(layer, known)
        response = await self._get(self.blob_url(layer.digest), headers, extensions)
        final = str(response.request.url)
        redirected = _origin_of(final) != self.origin
        if redirected and response.status_code in (200, 206):
            self._redirected[layer.digest] = final
        return BlobReply(response, redirected)

    def _forget_redirect(self, layer: Layer, address: str) -> None:
        if self._redirected.get(layer.digest) == address:  # and not a newer one
            del self._redirected[layer.digest]

    async def _small(
        self, kind: str, url: str, limit: int, accept: str
    ) -> tuple[httpx.Headers, bytes]:
        status, headers, body = await self._patiently(
            kind, "GET", url, limit, lambda: self._get(url, {"Accept": accept})
        )
        if status != 200:
            raise refusal("GET", url, status, kind)
        return headers, body

    async def _fetch_token(self, request: httpx.Request) -> tuple[int, bytes]:
        status, _, body = await self._patiently(
            "token",
            request.method,
            str(request.url),
            LARGEST_TOKEN_REPLY,
            lambda: self._send(request),
        )
        return status, body

    async def _patiently(
        self,
        kind: str,
        method: str,
        url: str,
        limit: int,
        send: Callable[[], Awaitable[httpx.Response]],
    ) -> tuple[int, httpx.Headers, bytes]:
        """Send a small request until it has a reply that will not change; return that."""
        loop = asyncio.get_running_loop()
        asked = f"{method} {redacted(url)}"
        failures = 0
        while True:
            began = loop.time()
            wait: float | None = None
            try:
                async with asyncio.timeout(REPLY_TIMEOUT):
                    response = await send()
                    try:
                        status, host = response.status_code, response.request.url.host
                        self.on_answer(Answered(kind, host, status, began))
                        body = await _read_bounded(response, limit, kind, host)
                    finally:
                        await response.aclose()
                if not may_pass(status):
                    return status, response.headers, body
                wait = retry_after(response.headers)
                error = refusal(method, url, status, kind)
            except TimeoutError:
                error = RegistryError(asked, "no reply in time", _NETWORK)
            except httpx.TransportError as broken:
                error, passing = connection_error(asked, broken)
                if not passing:
                    raise error from None
            failures += 1
            if failures == ATTEMPTS:
                raise error
            await asyncio.sleep(backoff(failures, wait, random.random()))  # noqa: S311

    async def _get(
        self, url: str, headers: dict[str, str], extensions: dict[str, Any] | None = None
    ) -> httpx.Response:
        """GET with the registry's authorization, which redirects to other origins do not get."""
        renewed = False
        hops = 0
        target = url
        while True:
            request = httpx.Request(
                "GET", target, headers=headers, extensions=dict(extensions or {})
            )
            at_home = _origin_of(target) == self.origin
            sent = self._authorizer.header if at_home else None
            if sent is not None:
                request.headers["Authorization"] = sent
            response = await self._send(request)
            if response.status_code == 401 and at_home and not renewed:
                challenge = response.headers.get("www-authenticate", "")
                await response.aclose()
                await self._authorizer.renew(sent, challenge)
                renewed = True
                continue
            if response.status_code not in _REDIRECTS:
                return response
            location = response.headers.get("location", "")
            await response.aclose()
            hops += 1
            if hops > _MOST_REDIRECTS:
                raise BadReply(f"GET {redacted(url)}: more than {_MOST_REDIRECTS} redirects")
            target = self._checked_redirect(target, location)

    def _checked_redirect(self, url: str, location: str) -> str:
        try:
            parsed = web_address(urljoin(url, location))
        except ValueError:
            parsed = None
        if not location or parsed is None:
            raise BadReply(f"GET {redacted(url)}: redirected to something that is no web address")
        if parsed.scheme == "http" and url.startswith("https:"):
            raise BadReply(
                f"GET {redacted(url)}: redirected from https to plain http on {parsed.host}; "
                "nothing was asked there"
            )
        return str(parsed)

    async def _send(self, request: httpx.Request) -> httpx.Response:
        self.requests += 1
        # A request of our own, not `client.build_request`: the client's default headers are its
        # identity; it has no Authorization, cookie or parameter that could travel.
        for name, value in self._client.headers.items():
            request.headers.setdefault(name, value)
        try:
            return await self._client.send(request, stream=True)
        except httpx.InvalidURL:  # httpx reads a Location also where it is not to follow it
            asked = f"{request.method} {redacted(str(request.url))}"
            raise BadReply(f"{asked}: redirected to something that is no web address") from None


_NETWORK = "check the name and the network"


def refusal(method: str, url: str, status: int, what: str) -> RegistryError:
    """Return the error for a reply that will not do."""
    asked = f"{method} {redacted(url)}"
    came = f"HTTP {status}"
    if status in (401, 403):
        host = urlsplit(url).netloc.rpartition("@")[2]
        return AccessDenied(
            asked, came, f"check the name, or log in with: {login_command(host)}", status=status
        )
    if status == 404:
        return NotFound(asked, f"{came}, no such {what}", "check the name and the tag", status=404)
    if status == 429:
        return RegistryError(asked, f"{came}, too many requests", "wait, or log in", status=429)
    return RegistryError(asked, came, "", status=status)


def connection_error(asked: str, error: httpx.TransportError) -> tuple[RegistryError, bool]:
    """Return the error for a request without a reply, and whether another try may help."""
    said = words(error)
    if any(sign in said for sign in ("InvalidContentType", "WRONG_VERSION_NUMBER")):
        remedy = "if the registry speaks plain HTTP, say so with --plain-http"
        return RegistryError(asked, "no TLS on the other side", remedy), False
    if "certificate" in said.lower():
        remedy = "trust its authority on this system, or accept any with --tls-skip-verify"
        return RegistryError(asked, said, remedy), False
    return RegistryError(asked, said, _NETWORK), True


def redacted(url: str) -> str:
    """Return a URL without what may be secret: its user part, query and fragment."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def words(error: httpx.TransportError) -> str:
    """Return a transport's error in words for people."""
    kinds = (
        (httpx.ConnectTimeout, "no connection in time"),
        (httpx.ConnectError, "cannot connect"),
        (httpx.TimeoutException, "no reply in time"),
        (httpx.RemoteProtocolError, "the connection broke off"),
        (httpx.NetworkError, "the connection broke"),
    )
    said = str(error)
    for kind, meaning in kinds:
        if isinstance(error, kind):
            return f"{meaning} ({said})" if said and "://" not in said else meaning
    return type(error).__name__


async def _read_bounded(response: httpx.Response, limit: int, kind: str, host: str) -> bytes:
    body = body_of(response)
    pieces = bytearray()
    while (piece := await body.read()) is not None:
        pieces += piece
        if len(pieces) > limit:
            raise BadReply(f"the {kind} from {host} is larger than the {limit} bytes allowed")
    return bytes(pieces)


def _origin_of(url: str) -> str:
    parsed = httpx.URL(url)  # host in lower case, without the scheme's own port
    return f"{parsed.scheme}://{parsed.netloc.decode('ascii')}"


def _address_refused(status: int) -> bool:
    """Whether a kept redirect has expired, or its host is in trouble: ask the registry again."""
    return 300 <= status <= 399 or status in (400, 401, 403, 404, 410) or status >= 500
