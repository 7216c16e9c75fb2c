"""One repository of one registry, over HTTP: manifests, small blobs, and blobs in parts.

Protocol: https://github.com/opencontainers/distribution-spec, the pull part. Redirects are followed
here, so that an Authorization header never reaches another origin; the address that a blob was
redirected to is kept for its next chunks until it is refused.
"""

import asyncio
import math
import random
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote, urljoin, urlsplit

import httpx

from pullscope.engine.auth import LARGEST_TOKEN_REPLY, Authorizer, login_remedy
from pullscope.engine.credentials import Credential
from pullscope.engine.digests import verify
from pullscope.engine.errors import AccessDenied, BadReply, DigestMismatch, NotFound, RegistryError
from pullscope.engine.hosts import Host
from pullscope.engine.manifests import ACCEPT, LARGEST_MANIFEST, OCI_INDEX, parse_referrers
from pullscope.engine.message import Message, words_of
from pullscope.engine.model import Layer, Protocol
from pullscope.engine.passport import Quota, read_quota, signed_lifetime
from pullscope.engine.ranges import Asked, backoff, may_pass, retry_after
from pullscope.engine.reference import Reference
from pullscope.engine.transport import (
    READ_BUFFER_EXTENSION,
    Body,
    body_of,
    connecting_of,
    let_go,
    peer_of,
    protocol_of,
    web_address,
)

ATTEMPTS = 6
"""How often a manifest, token or small blob is asked for, where the failure may pass."""

REPLY_TIMEOUT = 30.0
"""Seconds for the whole reply to a small request."""

SLOWEST_RETRY = 5
"""Failures after which the waits grow no further, so that a network that is back is used soon."""

OUTAGE = 120.0
"""Seconds since its last reply for which a host that cannot be reached is expected back."""

T = TypeVar("T")

_MOST_REDIRECTS = 8
_REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class Answered:
    """A small request was answered: what `events.RequestSent` tells, times by the loop's clock."""

    kind: str
    host: str
    status: int
    began: float
    error: str = ""
    quota_left: int | None = None
    peer: str = ""
    connecting: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class FetchedManifest:
    """A manifest's bytes, verified when they were asked for by digest."""

    body: bytes
    content_type: str
    digest: str


class Passing(Exception):
    """An attempt failed in a way that may pass.

    Args:
        error: what to raise where it does not.
        wait: seconds that the registry asked to wait.
        out_of_reach: as `OutOfReach`.
    """

    def __init__(
        self, error: RegistryError, wait: float | None = None, *, out_of_reach: bool = False
    ) -> None:
        super().__init__(words_of(error))
        self.error = error
        self.wait = wait
        self.out_of_reach = out_of_reach


class OutOfReach(httpx.ConnectError):
    """A host that answered less than `OUTAGE` ago cannot be reached: the network is away.

    It does not count against the attempts of whoever asks, so that a pull goes on by itself when
    the network is back.
    """


class BlobReply:
    """The reply to a request for a blob's bytes; close it."""

    def __init__(
        self, response: httpx.Response, redirected: bool, on_close: Callable[[], None]
    ) -> None:
        self._response = response
        self._on_close = on_close
        self.status = response.status_code
        self.headers = response.headers
        self.host = response.request.url.netloc.decode("ascii", "replace")
        self.protocol = protocol_of(response)
        self.peer = peer_of(response)
        self.connecting = connecting_of(response)
        self.redirected = redirected
        self.body: Body = body_of(response)

    @property
    def tls_address(self) -> tuple[str, int] | None:
        """Host and port that the reply came from; None where it came by plain HTTP."""
        url = self._response.request.url
        return (url.host, url.port or 443) if url.scheme == "https" else None

    def lifetime(self, now: float) -> float | None:
        """Return for how many seconds from `now` (Unix time) the reply's signed address is good."""
        return signed_lifetime(dict(self._response.request.url.params), now)

    async def close(self) -> None:
        """Give the connection back, or hang up when the body was not read to its end."""
        self._on_close()
        await self._response.aclose()


class Registry:
    """The repository that a reference names, at one host.

    Args:
        reference: what is pulled.
        host: who serves it.
        client_for: returns the HTTP client (of `transport.new_client`) for that host by protocol;
            not closed here.
        find_credential: returns the login for the host or None.
        reply_timeout: seconds for the whole reply to a small request; None for `REPLY_TIMEOUT`.

    Attributes:
        origin: scheme, host and port.
        on_answer: called after each request that brought no bytes of a layer.
        quota: what the newest reply for a manifest told; None where none did.
        manifests_spent: manifests that came by GET, which is what registries count.
        also_at: web addresses of blobs that the registry itself need not have, by digest.
    """

    def __init__(
        self,
        reference: Reference,
        host: Host,
        client_for: Callable[[Protocol], httpx.AsyncClient],
        *,
        find_credential: Callable[[], Awaitable[Credential | None]],
        reply_timeout: float | None = None,
    ) -> None:
        self.reference = reference
        self.host = host
        self.quota: Quota | None = None
        self.manifests_spent = 0
        self.also_at: Mapping[str, tuple[str, ...]] = {}
        self.on_answer: Callable[[Answered], None] = lambda _: None
        self._client_for = client_for
        self._protocol = Protocol.HTTP_1
        self._find_credential = find_credential
        self._reply_timeout = reply_timeout
        self._sent = 0
        self._redirected: dict[str, str] = {}
        self._heard: dict[str, float] = {}  # by origin, when it last answered
        self._schemes = ("https", "http") if host.insecure else ()  # to be tried
        self._settling = asyncio.Lock()
        self._namespace = f"?ns={quote(host.namespace, safe='')}" if host.namespace else ""
        self._move_to(host.base)

    def _move_to(self, base: str) -> None:
        self.origin = _origin_of(base)
        path = urlsplit(base).path
        self._base = f"{self.origin}{path}/{self.host.repository}"
        self._authorizer = Authorizer(
            self.origin, self.host.repository, self._find_credential, self._fetch_token
        )

    def speak(self, protocol: Protocol) -> None:
        """Offer a protocol from the next request on."""
        self._protocol = protocol

    @property
    def requests(self) -> int:
        """HTTP requests sent, of every kind."""
        return self._sent

    def blob_url(self, digest: str) -> str:
        """Return where the registry's API serves a blob."""
        return f"{self._base}/blobs/{digest}{self._namespace}"

    def _manifest_url(self, name: str) -> str:
        return f"{self._base}/manifests/{name}{self._namespace}"

    @property
    def token_lifetime(self) -> float | None:
        """Seconds that the newest access token is good for; None while there is none."""
        return self._authorizer.token_lifetime

    async def head_manifest(self, name: str) -> int:
        """Ask for the headers of a manifest, which spends no quota, and return the HTTP status.

        Raises:
            RegistryError, BadReply: there is no answer.
        """
        await self._settle_scheme()
        url = self._manifest_url(name)
        headers = {"Accept": ACCEPT}
        status, _, _ = await self._patiently(
            lambda: self._once(
                "manifest",
                "HEAD",
                url,
                LARGEST_MANIFEST,
                lambda: self._get(url, headers, method="HEAD"),
            )
        )
        return status

    async def manifest(self, name: str) -> FetchedManifest:
        """Fetch a manifest or index by tag or digest.

        Raises:
            RegistryError, BadReply, DigestMismatch: it cannot be had.
        """
        return await self._patiently(
            lambda: self._anywhere(name, lambda registry: registry.try_manifest(name))
        )

    async def small_blob(self, blob: Layer) -> bytes:
        """Fetch a blob that fits in memory, the image's config, and verify it.

        Raises:
            RegistryError, BadReply, DigestMismatch: it cannot be had.
        """

        async def fetch() -> bytes:
            return await self._anywhere(blob.digest, lambda registry: registry.try_blob(blob))

        try:
            return await self._patiently(fetch)
        except DigestMismatch:  # once more, as for a layer
            return await self._patiently(fetch)

    async def try_manifest(self, name: str) -> FetchedManifest:
        """Ask this host for a manifest, once.

        Raises:
            Passing: it may come when asked again.
            RegistryError, BadReply, DigestMismatch: it will not.
        """
        await self._settle_scheme()
        url = self._manifest_url(name)
        headers, body = await self._small("manifest", url, LARGEST_MANIFEST, ACCEPT)
        asked = name if ":" in name else ""
        claimed = headers.get("docker-content-digest", "")
        if asked or claimed:
            what = Message("the manifest from {host}", host=self._shown_name)
            verify(asked or claimed, body, what)
        return FetchedManifest(body, headers.get("content-type", ""), asked or claimed)

    async def referrers(self, digest: str) -> tuple[str, ...]:
        """Return the digests of the manifests that refer to one, as far as the registry tells.

        Raises:
            RegistryError, BadReply, DigestMismatch: it does not answer.
        """
        try:
            return await self._patiently(
                lambda: self._anywhere(digest, lambda registry: registry.try_referrers(digest))
            )
        except RegistryError as error:
            if error.status not in _NOT_OFFERED:
                raise
        try:  # where clients keep the list for a registry that does not
            fetched = await self.manifest(digest.replace(":", "-"))
        except NotFound:
            return ()
        return parse_referrers(fetched.body)

    async def try_referrers(self, digest: str) -> tuple[str, ...]:
        """Ask this host what refers to a manifest, once; raises as `try_manifest`."""
        await self._settle_scheme()
        digests: tuple[str, ...] = ()
        url = f"{self._base}/referrers/{digest}{self._namespace}"
        for _ in range(_MOST_PAGES):
            headers, body = await self._small("referrers", url, LARGEST_MANIFEST, OCI_INDEX)
            digests += parse_referrers(body)
            following = _NEXT_PAGE.search(headers.get("link", ""))
            if following is None:
                return digests
            url = self._checked_redirect(url, following[1])
            if _origin_of(url) != self.origin:
                break
        raise BadReply(
            Message(
                "the list of what refers to {digest} has no end on {host}",
                digest=digest,
                host=self._shown_name,
            )
        )

    async def try_blob(self, blob: Layer) -> bytes:
        """Ask this host for a blob that fits in memory, once; raises as `try_manifest`."""
        await self._settle_scheme()
        _, body = await self._small("config", self.blob_url(blob.digest), blob.size, "*/*")
        what = Message("the config blob from {host}", host=self._shown_name)
        verify(blob.digest, body, what)
        return body

    async def _anywhere(self, _: str, fetch: "Callable[[Registry], Awaitable[T]]") -> T:
        """Fetch what is named by a tag or digest; `MirroredRegistry` asks its mirrors, too."""
        return await fetch(self)

    @property
    def _shown_name(self) -> str:
        return self.host.name if self.host.is_mirror else self.reference.domain

    async def open_blob(self, layer: Layer, asked: Asked, read_buffer: int) -> BlobReply:
        """Ask for bytes of a blob, following redirects and renewing a refused token once.

        `read_buffer`: bytes that may wait in the transport before they are seen here.

        Returns the reply whatever its status; `ranges.judge` tells what it is good for.

        Raises:
            httpx.TransportError: no reply came.
            AccessDenied, BadReply: as `Authorizer.renew`; a redirect leads nowhere.
        """
        wanted = "" if asked.whole else f"bytes={asked.first}-{asked.last}"
        return await self.open_ranges(layer, wanted, read_buffer)

    async def open_ranges(self, layer: Layer, ranges: str, read_buffer: int) -> BlobReply:
        """Do as `open_blob` with a Range header of any form; empty asks for the whole blob."""
        headers = {"Accept": "*/*"}
        if ranges:
            headers["Range"] = ranges
        extensions = {READ_BUFFER_EXTENSION: read_buffer}
        await self._settle_scheme()
        known = self._redirected.get(layer.digest)
        if known is not None:
            request = httpx.Request("GET", known, headers=headers, extensions=extensions)
            try:
                response = await self._send(request)
            except httpx.TransportError:
                self._forget_redirect(layer, known)
                raise
            if not _address_refused(response.status_code):
                return self._blob_reply(response, redirected=True)
            await let_go(response)
            self._forget_redirect(layer, known)
        response = await self._get(self.blob_url(layer.digest), headers, extensions)
        for address in self.also_at.get(layer.digest, ()):
            if response.status_code != 404:
                break
            await let_go(response)
            address = self._checked_redirect(self.blob_url(layer.digest), address)
            response = await self._get(address, headers, extensions)
        final = str(response.request.url)
        redirected = _origin_of(final) != self.origin
        if redirected and response.status_code in (200, 206):
            self._redirected[layer.digest] = final
        return self._blob_reply(response, redirected)

    def _blob_reply(self, response: httpx.Response, redirected: bool) -> BlobReply:
        origin = _origin_of(str(response.request.url))

        def heard() -> None:  # until now: a body may take longer than an outage
            self._heard[origin] = self._heard[self.origin] = asyncio.get_running_loop().time()

        return BlobReply(response, redirected, heard)

    def distrust(self, layer: Layer) -> None:
        """Ask elsewhere for a layer, where that can be: what came did not have its digest."""
        self._redirected.pop(layer.digest, None)

    def _forget_redirect(self, layer: Layer, address: str) -> None:
        if self._redirected.get(layer.digest) == address:  # and not a newer one
            del self._redirected[layer.digest]

    async def _settle_scheme(self) -> None:
        """Find out whether a host that may be asked by plain HTTP speaks TLS, as Podman does."""
        if not self._schemes:
            return
        async with self._settling:
            for scheme in self._schemes:
                base = f"{scheme}:{self.host.base.partition(':')[2]}"
                try:
                    async with asyncio.timeout(self._reply_timeout or REPLY_TIMEOUT):
                        response = await self._send(httpx.Request("GET", f"{base}/"))
                        await let_go(response)
                except (TimeoutError, httpx.TransportError):
                    continue
                self._move_to(base)
                self._schemes = ()
                return

    async def _small(
        self, kind: str, url: str, limit: int, accept: str
    ) -> tuple[httpx.Headers, bytes]:
        status, headers, body = await self._once(
            kind, "GET", url, limit, lambda: self._get(url, {"Accept": accept})
        )
        if status != 200:
            raise refusal("GET", url, status, kind)
        return headers, body

    async def _fetch_token(self, request: httpx.Request) -> tuple[int, bytes]:
        status, _, body = await self._patiently(
            lambda: self._once(
                "token",
                request.method,
                str(request.url),
                LARGEST_TOKEN_REPLY,
                lambda: self._send(request),
            ),
            # Sooner than that a mirror gets well, another host has the answer.
            attempts=1 if self.host.is_mirror else None,
        )
        return status, body

    async def _patiently(
        self, attempt: Callable[[], Awaitable[T]], attempts: int | None = None
    ) -> T:
        """Make an attempt until it ends in what will not change; return that."""
        tries = failures = 0
        while True:
            try:
                return await attempt()
            except Passing as failed:
                tries += 1
                failures += not failed.out_of_reach
                if failures >= (attempts or ATTEMPTS):
                    raise failed.error from None
                wait = backoff(min(tries, SLOWEST_RETRY), failed.wait, random.random())  # noqa: S311
            await asyncio.sleep(wait)

    async def _once(
        self,
        kind: str,
        method: str,
        url: str,
        limit: int,
        send: Callable[[], Awaitable[httpx.Response]],
    ) -> tuple[int, httpx.Headers, bytes]:
        """Send a small request and return its reply.

        Raises:
            Passing: there was none, or none that will stay the same.
        """
        began = asyncio.get_running_loop().time()
        asked = f"{method} {redacted(url)}"
        answered = False

        def note_silence(why: str) -> None:
            if not answered:
                self.on_answer(Answered(kind, httpx.URL(url).host, 0, began, why))

        try:
            async with asyncio.timeout(self._reply_timeout or REPLY_TIMEOUT):
                response = await send()
                answered = True
                try:
                    status, host = response.status_code, response.request.url.host
                    quota = read_quota(response.headers) if kind == "manifest" else None
                    self._tell(kind, response, began, quota)
                    if kind == "manifest":
                        self._note_quota(method, status, quota)
                    body = await _read_bounded(response, limit, kind, host)
                finally:
                    await response.aclose()
        except TimeoutError:
            came = Message("no reply in time")
            note_silence(came)
            raise Passing(RegistryError(asked, came, _NETWORK)) from None
        except httpx.TransportError as broken:
            note_silence(words(broken))
            error, passing = connection_error(asked, broken)
            away = isinstance(broken, OutOfReach)
            raise (Passing(error, out_of_reach=away) if passing else error) from None
        if may_pass(status):
            raise Passing(refusal(method, url, status, kind), retry_after(response.headers))
        if status >= 400 and _origin_of(str(response.request.url)) != _origin_of(url):
            # As for a layer: the registry may redirect anew.
            came = Message(
                "HTTP {status} from {host}, where it redirected to", status=status, host=host
            )
            raise Passing(RegistryError(asked, came))
        return status, response.headers, body

    def _tell(
        self, kind: str, response: httpx.Response, began: float, quota: Quota | None = None
    ) -> None:
        self.on_answer(
            Answered(
                kind,
                response.request.url.host,
                response.status_code,
                began,
                quota_left=quota.remaining if quota else None,
                peer=peer_of(response),
                connecting=connecting_of(response),
            )
        )

    def _note_quota(self, method: str, status: int, quota: Quota | None) -> None:
        self.quota = quota or self.quota
        if method == "GET" and status == 200:
            self.manifests_spent += 1

    async def _get(
        self,
        url: str,
        headers: dict[str, str],
        extensions: dict[str, Any] | None = None,
        method: str = "GET",
    ) -> httpx.Response:
        """GET with the registry's authorization, which redirects to other origins do not get."""
        renewed = False
        hops = 0
        target = url
        while True:
            request = httpx.Request(
                method, target, headers=headers, extensions=dict(extensions or {})
            )
            at_home = _origin_of(target) == self.origin
            if at_home:
                self._add_headers(request)
            sent = self._authorizer.header if at_home else None
            if sent is not None:
                request.headers["Authorization"] = sent
            began = asyncio.get_running_loop().time()
            response = await self._send(request)
            if response.status_code == 401 and at_home and not renewed:
                challenge = response.headers.get("www-authenticate", "")
                self._tell("challenge", response, began)
                await let_go(response)
                await self._authorizer.renew(sent, challenge)
                renewed = True
                continue
            if response.status_code not in _REDIRECTS:
                return response
            location = response.headers.get("location", "")
            self._tell("redirect", response, began)
            await let_go(response)
            hops += 1
            if hops > _MOST_REDIRECTS:
                came = Message("more than {most} redirects", most=_MOST_REDIRECTS)
                raise _bad_reply("GET", url, came)
            target = self._checked_redirect(target, location)

    def _add_headers(self, request: httpx.Request) -> None:
        """Add the headers that are configured for the host; other origins do not get them."""
        own = {name.lower() for name, _ in self.host.headers}
        kept = [pair for pair in request.headers.multi_items() if pair[0].lower() not in own]
        request.headers = httpx.Headers([*kept, *self.host.headers])

    def _checked_redirect(self, url: str, location: str) -> str:
        try:
            parsed = web_address(urljoin(url, location))
        except ValueError:
            parsed = None
        if not location or parsed is None:
            raise _bad_reply("GET", url, _NO_ADDRESS)
        if parsed.scheme == "http" and url.startswith("https:"):
            came = Message(
                "redirected from https to plain http on {host}; nothing was asked there",
                host=parsed.host,
            )
            raise _bad_reply("GET", url, came)
        return str(parsed)

    async def _send(self, request: httpx.Request) -> httpx.Response:
        self._sent += 1
        # A request of our own, not `client.build_request`: the client's default headers are its
        # identity; it has no Authorization, cookie or parameter that could travel.
        client = self._client_for(self._protocol)
        for name, value in client.headers.items():
            request.headers.setdefault(name, value)
        origin = _origin_of(str(request.url))
        loop = asyncio.get_running_loop()
        try:
            response = await client.send(request, stream=True)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            if loop.time() - self._heard.get(origin, -math.inf) < OUTAGE:
                raise OutOfReach(words_of(error), request=request) from None
            raise
        except (httpx.InvalidURL, httpx.RemoteProtocolError, ValueError) as error:
            # httpx reads a Location also where it is not to follow it, and quotes it; the parser
            # below it raises errors of its own.
            if isinstance(error, httpx.RemoteProtocolError) and _LOCATION not in str(error):
                raise
            raise _bad_reply(request.method, str(request.url), _NO_ADDRESS) from None
        # The network is there: a registry that only redirects is not heard of for long.
        self._heard[origin] = self._heard[self.origin] = loop.time()
        return response


_LOCATION = "location header"
_NOT_OFFERED = (400, 404, 405, 501)
_MOST_PAGES = 50
_NEXT_PAGE = re.compile(r"""<([^<>]{1,2000})>\s*;\s*rel="?next"?""", re.IGNORECASE)

_NETWORK = Message("check the name and the network")
_NO_ADDRESS = Message("redirected to something that is no web address")
_NO_SUCH = {
    "manifest": Message("HTTP 404, no such manifest"),
    "config": Message("HTTP 404, no such config"),
    "blob": Message("HTTP 404, no such blob"),
    "referrers": Message("HTTP 404, no such referrers"),
}
_NAMED = {
    "manifest": Message("the manifest"),
    "config": Message("the config"),
    "referrers": Message("the referrers"),
    "token": Message("the token"),
}


def refusal(method: str, url: str, status: int, kind: str) -> RegistryError:
    """Return the error for a reply that will not do; `kind` of what was asked for."""
    asked = f"{method} {redacted(url)}"
    came = f"HTTP {status}"
    if status in (401, 403):
        host = urlsplit(url).netloc.rpartition("@")[2]
        return AccessDenied(asked, came, login_remedy(host), status=status)
    if status == 404:
        remedy = Message("check the name and the tag")
        return NotFound(asked, _NO_SUCH[kind], remedy, status=404)
    if status == 429:
        too_many = Message("HTTP 429, too many requests")
        return RegistryError(asked, too_many, Message("wait, or log in"), status=429)
    return RegistryError(asked, came, "", status=status)


def _bad_reply(method: str, url: str, came: Message) -> BadReply:
    return BadReply(Message("{asked}: {came}", asked=f"{method} {redacted(url)}", came=came))


def connection_error(asked: str, error: httpx.TransportError) -> tuple[RegistryError, bool]:
    """Return the error for a request without a reply, and whether another try may help."""
    said = words(error)
    if any(sign in said for sign in ("InvalidContentType", "WRONG_VERSION_NUMBER")):
        remedy = Message("if the registry speaks plain HTTP, say so with --plain-http")
        return RegistryError(asked, Message("no TLS on the other side"), remedy), False
    if "certificate" in said.lower():
        remedy = Message("trust its authority on this system, or accept any with --tls-skip-verify")
        return RegistryError(asked, said, remedy), False
    return RegistryError(asked, said, _NETWORK), True


def redacted(url: str) -> str:
    """Return a URL without what may be secret: its user part, query and fragment."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def words(error: httpx.RequestError) -> str:
    """Return a transport's error in words for people."""
    kinds = (
        (httpx.ConnectTimeout, Message("no connection in time")),
        (httpx.ConnectError, Message("cannot connect")),
        (httpx.TimeoutException, Message("no reply in time")),
        (httpx.RemoteProtocolError, Message("the connection broke off")),
        (httpx.NetworkError, Message("the connection broke")),
        (httpx.DecodingError, Message("the reply cannot be decoded")),
    )
    said = words_of(error)
    for kind, meaning in kinds:
        if isinstance(error, kind):
            if not said or "://" in said:
                return meaning
            return Message("{meaning} ({said})", meaning=meaning, said=said)
    return type(error).__name__


async def _read_bounded(response: httpx.Response, limit: int, kind: str, host: str) -> bytes:
    body = body_of(response)
    pieces = bytearray()
    while (piece := await body.read()) is not None:
        pieces += piece
        if len(pieces) > limit:
            raise BadReply(
                Message(
                    "{what} from {host} is larger than the {limit} bytes allowed",
                    what=_NAMED[kind],
                    host=host,
                    limit=limit,
                )
            )
    return bytes(pieces)


def _origin_of(url: str) -> str:
    parsed = httpx.URL(url)  # host in lower case, without the scheme's own port
    return f"{parsed.scheme}://{parsed.netloc.decode('ascii')}"


def _address_refused(status: int) -> bool:
    """Whether a kept redirect has expired, or its host is in trouble: ask the registry again."""
    return 300 <= status <= 399 or status in (400, 401, 403, 404, 410) or status >= 500
