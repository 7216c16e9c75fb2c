"""The registry itself: two origins in one event loop, the registry and a "CDN" for redirects.

The handlers answer from the catalog. What a body looks like is decided in replies, how fast it
leaves in shaping; here it is sent.
"""

import asyncio
import math
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast

from aiohttp import web
from aiohttp.typedefs import Handler

from pullscope.lab.catalog import Blob, ByteSource, Catalog, Manifest, MemoryBlob, Repository
from pullscope.lab.config import (
    DIGEST_PATTERN,
    AuthScheme,
    Fault,
    FaultKind,
    FaultPlan,
    FaultTarget,
    LabConfig,
    Shaping,
    check_faults_fit,
)
from pullscope.lab.faults import FaultInjector
from pullscope.lab.replies import Ending, RegistryError, Reply, decide_reply
from pullscope.lab.shaping import Schedule, Shaper
from pullscope.lab.statistics import Counters
from pullscope.lab.tokens import (
    CATALOG_SCOPE,
    SERVICE,
    SignedLinks,
    Tokens,
    granted_scopes,
    parse_basic,
    parse_bearer,
    pull_scope,
)

_BACKLOG = 1024
_SHUTDOWN_TIMEOUT = 0.2
"""Seconds that replies under way get when the lab ends; a stalled one would never end."""

_QUOTA_WINDOW = 21600
"""Seconds, as the headers say; the lab's quota is for its life."""

_CONTROL = "control"


@dataclass(frozen=True, slots=True)
class LabAddresses:
    """Where a started lab listens and what it serves there."""

    host: str
    """The registry as "host:port", the form that references begin with."""
    cdn_host: str | None
    """The second origin, in redirect mode."""
    references: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the addresses as a JSON object."""
        return {"host": self.host, "cdn_host": self.cdn_host, "references": self.references}


class Lab:
    """A registry on the running event loop. Its state is its listeners and its counters."""

    def __init__(self, config: LabConfig, catalog: Catalog) -> None:
        self._config = config
        self._catalog = catalog
        self._counters = Counters()
        self._shaper = Shaper(config.shaping, config.faults.seed)
        self._faults = FaultInjector(config.faults)
        self._tokens = Tokens(config.auth) if config.auth else None
        self._links = SignedLinks(config.redirect_lifetime) if config.redirect_lifetime else None
        self._runners: list[web.AppRunner] = []
        self._listeners: list[asyncio.Server] = []
        self._cdn_port = 0
        self._quota_left = config.quota

    async def start(self) -> LabAddresses:
        """Listen and return where; OSError when an address cannot be had."""
        config, counters = self._config, self._counters

        def count_connection() -> None:
            counters.connections += 1

        def count_cdn_connection() -> None:
            counters.cdn_connections += 1

        if self._links is not None:
            self._cdn_port = await self._listen(
                self._cdn_routes(), config.cdn_port, count_cdn_connection
            )
        port = await self._listen(self._registry_routes(), config.port, count_connection)
        host = f"[{config.host}]" if ":" in config.host else config.host
        return LabAddresses(
            f"{host}:{port}",
            f"{host}:{self._cdn_port}" if self._links is not None else None,
            tuple(f"{host}:{port}/{name}:{tag}" for name, tag in self._catalog.tagged()),
        )

    async def stop(self) -> None:
        """Stop listening and end the connections, those with a reply under way as well."""
        for listener in self._listeners:
            listener.close()
        for runner in self._runners:
            await runner.cleanup()
        self._listeners, self._runners = [], []

    async def _listen(
        self, routes: list[web.RouteDef], port: int, count_connection: Callable[[], None]
    ) -> int:
        app = web.Application(middlewares=[self._answer])
        app.add_routes(routes)
        app.on_response_prepare.append(self._count_status)
        # A client that hangs up ends its handler, also one that stalls and never writes again.
        runner = web.AppRunner(
            app, handler_cancellation=True, access_log=None, shutdown_timeout=_SHUTDOWN_TIMEOUT
        )
        await runner.setup()
        self._runners.append(runner)
        server = runner.server
        assert server is not None  # noqa: S101 - set up above

        def accept() -> asyncio.Protocol:
            count_connection()
            return cast("asyncio.Protocol", server())

        listener = await asyncio.get_running_loop().create_server(
            accept, self._config.host, port, ssl=_tls(self._config), backlog=_BACKLOG
        )
        self._listeners.append(listener)
        return int(listener.sockets[0].getsockname()[1])

    def _registry_routes(self) -> list[web.RouteDef]:
        return [
            web.get("/v2/", self._get_base, name="base"),
            web.get("/v2/_catalog", self._get_catalog, name="catalog"),
            web.get("/v2/{name:.+}/tags/list", self._get_tags, name="tags"),
            web.get("/v2/{name:.+}/manifests/{reference}", self._get_manifest, name="manifest"),
            web.get("/v2/{name:.+}/blobs/{digest}", self._get_blob, name="blob"),
            web.get("/token", self._get_token, name="token"),
            web.post("/token", self._post_token),
            web.get("/lab/statistics", self._get_statistics, name=_CONTROL),
            web.post("/lab/shaping", self._post_shaping),
            web.route("*", "/{path:.*}", _refuse_unknown),
        ]

    def _cdn_routes(self) -> list[web.RouteDef]:
        return [
            web.get("/blobs/{digest}", self._get_cdn_blob, name="cdn"),
            web.route("*", "/{path:.*}", _refuse_unknown),
        ]

    # What every request goes through.

    @web.middleware
    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        kind = _kind_of(request)
        try:
            if kind != _CONTROL:
                self._count_request(kind, request)
                await self._shaper.wait_for_first_byte()
                self._check_authorization(kind, request)
            return await handler(request)
        except RegistryError as error:
            return _error_response(error)

    def _count_request(self, kind: str, request: web.Request) -> None:
        self._counters.requests[kind] += 1
        if request.method == "HEAD":
            self._counters.head_requests[kind] += 1
        if "Range" in request.headers:
            self._counters.range_requests += 1

    async def _count_status(self, request: web.Request, response: web.StreamResponse) -> None:
        if _kind_of(request) != _CONTROL:
            self._counters.statuses[response.status] += 1

    def _check_authorization(self, kind: str, request: web.Request) -> None:
        if self._tokens is None or self._config.auth is None or kind in {"cdn", "token"}:
            return
        header = request.headers.get("Authorization", "")
        if self._config.auth.scheme is AuthScheme.BASIC:
            if not self._tokens.knows(*(parse_basic(header) or (None, None))):
                raise _unauthorized(f'Basic realm="{SERVICE}"')
            return
        scope = None
        if kind == "catalog":
            scope = CATALOG_SCOPE
        elif "name" in request.match_info:
            scope = pull_scope(request.match_info["name"])
        challenge = f'Bearer realm="{request.url.origin()}/token",service="{SERVICE}"'
        if scope is not None:
            challenge += f',scope="{scope}"'
        token = parse_bearer(header)
        if token is None:
            raise _unauthorized(challenge)
        granted = self._tokens.grants(token, scope)
        if granted is None:
            raise _unauthorized(f'{challenge},error="invalid_token"')
        if not granted:
            raise _unauthorized(f'{challenge},error="insufficient_scope"')

    # The specification's paths.

    async def _get_base(self, request: web.Request) -> web.Response:
        headers = {"Docker-Distribution-Api-Version": "registry/2.0"}
        return web.json_response({}, headers=headers)

    async def _get_catalog(self, request: web.Request) -> web.Response:
        names, headers = _page(sorted(self._catalog.repositories), request)
        return web.json_response({"repositories": names}, headers=headers)

    async def _get_tags(self, request: web.Request) -> web.Response:
        tags, headers = _page(sorted(self._repository(request).tags), request)
        return web.json_response(
            {"name": request.match_info["name"], "tags": tags}, headers=headers
        )

    async def _get_manifest(self, request: web.Request) -> web.StreamResponse:
        reference = request.match_info["reference"]
        if ":" in reference:
            _check_digest(reference)
        manifest = self._repository(request).manifest(reference)
        if manifest is None:
            raise RegistryError(404, "MANIFEST_UNKNOWN", f"there is no manifest {reference}")
        if request.method == "HEAD":
            headers = {**_manifest_headers(manifest), **self._quota_headers()}
            return _head(len(manifest.body), headers)
        fault = self._draw_fault(FaultTarget.MANIFESTS, ranged=False, redirected=False)
        body = MemoryBlob(manifest.body)
        reply = self._decide(body, None, fault)
        self._spend_quota()
        headers = {**_manifest_headers(manifest), **self._quota_headers()}
        return await self._send(request, body, reply, headers)

    def _spend_quota(self) -> None:
        if self._quota_left is None:
            return
        if self._quota_left == 0:
            message = "no manifest is left of the quota"
            raise RegistryError(429, "TOOMANYREQUESTS", message, self._quota_headers())
        self._quota_left -= 1

    def _quota_headers(self) -> dict[str, str]:
        """Return what Docker Hub tells beside a manifest."""
        if self._quota_left is None:
            return {}
        return {
            "ratelimit-limit": f"{self._config.quota};w={_QUOTA_WINDOW}",
            "ratelimit-remaining": f"{self._quota_left};w={_QUOTA_WINDOW}",
        }

    async def _get_blob(self, request: web.Request) -> web.StreamResponse:
        digest = _check_digest(request.match_info["digest"])
        blob = self._repository(request).blobs.get(digest)
        if blob is None:
            raise _no_blob(digest)
        if request.method == "HEAD":
            return _head(blob.size, _blob_headers(digest))
        self._check_rate()
        if self._links is not None:
            link = request.url.with_port(self._cdn_port).with_path(f"/blobs/{digest}")
            location = str(link.with_query(self._links.query_for(digest)))
            return web.Response(status=307, headers={"Location": location})
        return await self._send_blob(request, digest, blob, redirected=False)

    async def _get_cdn_blob(self, request: web.Request) -> web.StreamResponse:
        digest = _check_digest(request.match_info["digest"])
        if "Authorization" in request.headers:
            self._counters.cdn_authorizations += 1
            raise RegistryError(400, "UNSUPPORTED", "a signed link takes no Authorization header")
        assert self._links is not None  # noqa: S101 - there is no such origin without links
        refusal = self._links.refusal(request.method, digest, request.query)
        if refusal is not None:
            raise RegistryError(403, "DENIED", refusal)
        blob = self._catalog.find_blob(digest)
        if blob is None:
            raise _no_blob(digest)
        self._check_rate()
        return await self._send_blob(request, digest, blob, redirected=True)

    def _check_rate(self) -> None:
        wait = self._shaper.refusal()
        if wait > 0:
            message = "too many requests per second"
            raise RegistryError(
                429, "TOOMANYREQUESTS", message, {"Retry-After": str(math.ceil(wait))}
            )

    def _repository(self, request: web.Request) -> Repository:
        name = request.match_info["name"]
        repository = self._catalog.repositories.get(name)
        if repository is None:
            raise RegistryError(404, "NAME_UNKNOWN", f"there is no repository {name}")
        return repository

    # Tokens.

    async def _get_token(self, request: web.Request) -> web.Response:
        header = request.headers.get("Authorization", "")
        self._check_credentials(*(parse_basic(header) or (None, None)))
        with_refresh = request.query.get("offline_token") == "true"
        return self._token_response(request.query.getall("scope", []), with_refresh=with_refresh)

    async def _post_token(self, request: web.Request) -> web.Response:
        form = {key: str(value) for key, value in (await request.post()).items()}
        match form.get("grant_type"):
            case "password":
                self._check_credentials(form.get("username"), form.get("password"))
            case "refresh_token":
                if not self._issuer.is_refresh(form.get("refresh_token", "")):
                    raise RegistryError(401, "UNAUTHORIZED", "the refresh token is not known")
            case other:
                raise RegistryError(400, "UNSUPPORTED", f"there is no grant {other!r}")
        return self._token_response([form.get("scope", "")], with_refresh=True)

    @property
    def _issuer(self) -> Tokens:
        if self._tokens is None:
            raise RegistryError(404, "UNSUPPORTED", "this lab gives no tokens")
        return self._tokens

    def _check_credentials(self, user: str | None, password: str | None) -> None:
        if not self._issuer.knows(user, password):
            raise RegistryError(401, "UNAUTHORIZED", "the user or the password is wrong")

    def _token_response(self, scopes: list[str], *, with_refresh: bool) -> web.Response:
        assert self._config.auth is not None  # noqa: S101 - there is no issuer without auth
        token = self._issuer.issue(granted_scopes(scopes))
        document: dict[str, Any] = {
            "token": token,
            "access_token": token,
            "expires_in": max(1, int(self._config.auth.token_lifetime)),
        }
        if with_refresh:
            document["refresh_token"] = self._issuer.issue_refresh()
        return web.json_response(document)

    # The lab's own paths.

    async def _get_statistics(self, request: web.Request) -> web.Response:
        return web.json_response(self._counters.snapshot().to_json())

    async def _post_shaping(self, request: web.Request) -> web.Response:
        try:
            document = await request.json()
            if "shaping" in document:
                self._shaper.shaping = Shaping(**document["shaping"])
            if "faults" in document:
                self._faults = FaultInjector(self._read_plan(document["faults"]))
        except (TypeError, ValueError) as error:
            raise RegistryError(400, "UNSUPPORTED", str(error)) from error
        return web.Response(status=204)

    def _read_plan(self, document: dict[str, Any]) -> FaultPlan:
        faults = tuple(Fault.parse(text) for text in document["faults"])
        plan = FaultPlan(**{**document, "faults": faults})
        check_faults_fit(self._config, plan)
        return plan

    # Bodies.

    def _draw_fault(
        self, target: FaultTarget, *, ranged: bool, redirected: bool
    ) -> FaultKind | None:
        fault = self._faults.draw(target, ranged=ranged, redirected=redirected)
        if fault is not None:
            self._counters.faults[fault] += 1
        return fault

    def _decide(self, blob: Blob, range_header: str | None, fault: FaultKind | None) -> Reply:
        faults = self._faults
        return decide_reply(blob.size, range_header, fault, faults.plan.retry_after, faults.random)

    async def _send_blob(
        self, request: web.Request, digest: str, blob: Blob, *, redirected: bool
    ) -> web.StreamResponse:
        range_header = request.headers.get("Range")
        fault = self._draw_fault(
            FaultTarget.BLOBS, ranged=range_header is not None, redirected=redirected
        )
        reply = self._decide(blob, range_header, fault)
        self._counters.body_began()
        try:
            return await self._send(
                request, blob, reply, _blob_headers(digest), self._count_blob_bytes
            )
        finally:
            self._counters.body_ended()

    def _count_blob_bytes(self, size: int) -> None:
        self._counters.blob_bytes_sent += size

    async def _send(
        self,
        request: web.Request,
        blob: Blob,
        reply: Reply,
        headers: dict[str, str],
        count: Callable[[int], None] = lambda size: None,
    ) -> web.StreamResponse:
        response = web.StreamResponse(status=reply.status, headers={**headers, **reply.headers})
        response.content_length = reply.stop - reply.start
        # A client may hang up at any time; that is no fault of the lab, and not logged.
        with _open(blob, reply.start) as source, suppress(ConnectionError):
            await response.prepare(request)
            await self._send_body(source, reply, response.write, count)
            if reply.ending is not None:
                await _end_early(request, reply.ending)
        return response

    async def _send_body(
        self,
        source: ByteSource,
        reply: Reply,
        write: Callable[[bytes], Awaitable[None]],
        count: Callable[[int], None],
    ) -> None:
        connection = Schedule.starting_now()
        position, stop = reply.start, reply.stop if reply.cut is None else reply.cut
        while position < stop:
            block = source.read(min(self._shaper.slice_size(), stop - position))
            if not block:
                raise _BlobShrankError(f"a blob ends at {position} instead of {stop}")
            if reply.wrong_byte is not None:
                block = _with_wrong_byte(block, reply.wrong_byte - position)
            await self._shaper.wait_to_send(connection, len(block))
            await write(block)
            position += len(block)
            count(len(block))


class _BlobShrankError(Exception):
    """Raised when a layout's file has changed: logged, and the connection is cut."""


def _open(blob: Blob, offset: int) -> ByteSource:
    try:
        return blob.open_at(offset)
    except OSError as error:
        raise RegistryError(404, "BLOB_UNKNOWN", f"the layout has lost it: {error}") from error


async def _end_early(request: web.Request, ending: Ending) -> None:
    if ending is Ending.STALLED:
        # Until the client hangs up, which cancels this handler, or the lab ends.
        await asyncio.Event().wait()
    transport = request.transport
    if transport is None:
        return
    if ending is Ending.CLOSED:
        transport.close()
        return
    connection = transport.get_extra_info("socket")
    if connection is not None:
        # Without lingering a close is a reset.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _head(size: int, headers: dict[str, str]) -> web.StreamResponse:
    response = web.StreamResponse(headers=headers)
    response.content_length = size
    return response


async def _refuse_unknown(request: web.Request) -> web.StreamResponse:
    if request.method not in {"GET", "HEAD"}:
        raise RegistryError(405, "UNSUPPORTED", f"the lab does not take {request.method}")
    raise RegistryError(404, "NOT_FOUND", f"there is nothing at {request.path}")


def _kind_of(request: web.Request) -> str:
    if request.path == "/token":
        return "token"
    if request.path.startswith("/lab/"):
        return _CONTROL
    return request.match_info.route.name or "other"


def _page(names: list[str], request: web.Request) -> tuple[list[str], dict[str, str]]:
    """Return the names that the query's `n` and `last` ask for, and the Link to the next ones."""
    last, count = request.query.get("last", ""), request.query.get("n")
    names = [name for name in names if name > last]
    if count is None:
        return names, {}
    if not count.isdigit():
        raise RegistryError(400, "PAGINATION_NUMBER_INVALID", f"{count!r} is not a number")
    page = names[: int(count)]
    if not page or len(page) == len(names):
        return page, {}
    following = request.rel_url.with_query({"n": count, "last": page[-1]})
    return page, {"Link": f'<{following}>; rel="next"'}


def _manifest_headers(manifest: Manifest) -> dict[str, str]:
    return {"Content-Type": manifest.media_type, "Docker-Content-Digest": manifest.digest}


def _blob_headers(digest: str) -> dict[str, str]:
    return {
        "Content-Type": "application/octet-stream",
        "Docker-Content-Digest": digest,
        "Accept-Ranges": "bytes",
    }


def _check_digest(text: str) -> str:
    if DIGEST_PATTERN.fullmatch(text) is None:
        raise RegistryError(400, "DIGEST_INVALID", f"{text!r} is not a digest")
    return text


def _no_blob(digest: str) -> RegistryError:
    return RegistryError(404, "BLOB_UNKNOWN", f"there is no blob {digest}")


def _unauthorized(challenge: str) -> RegistryError:
    return RegistryError(
        401, "UNAUTHORIZED", "authentication is required", {"WWW-Authenticate": challenge}
    )


def _error_response(error: RegistryError) -> web.Response:
    document = {"errors": [{"code": error.code, "message": error.message}]}
    return web.json_response(document, status=error.status, headers=error.headers)


def _with_wrong_byte(block: bytes, place: int) -> bytes:
    if not 0 <= place < len(block):
        return block
    return block[:place] + bytes([block[place] ^ 1]) + block[place + 1 :]


def _tls(config: LabConfig) -> ssl.SSLContext | None:
    if config.tls_certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(config.tls_certificate, config.tls_key)
    context.set_alpn_protocols(["http/1.1"])
    return context
