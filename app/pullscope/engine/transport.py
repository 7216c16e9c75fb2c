"""How bytes come from the network: the one place that knows which HTTP implementation is used.

httpx is the interface everywhere else. Its own transport runs in the event loop, where every
wake-up costs (most of all in a window's loop); the default here is pyreqwest's client, whose bytes
move in threads of its own, behind a thin `httpx.AsyncBaseTransport`. The stock transport stays
selectable. Both raise `httpx.TransportError`s only, with messages that never carry a URL: those of
the underlying client may quote a signed one.
"""

import asyncio
import logging
import os
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Protocol

import httpx
import truststore
from pyreqwest import exceptions
from pyreqwest.bytes import Bytes
from pyreqwest.client import Client, ClientBuilder
from pyreqwest.http import HeaderMap
from pyreqwest.request import StreamRequest
from pyreqwest.response import ResponseBodyReader

from pullscope import __version__
from pullscope.engine.model import RANGES

Piece = bytes | Bytes
"""A run of received bytes; has a length and the buffer protocol."""

TRANSPORTS = ("pyreqwest", "httpx")
USER_AGENT = f"pullscope/{__version__}"

CONNECT_TIMEOUT = 15.0
"""Seconds until a connection attempt is given up."""

READ_TIMEOUT = 60.0
"""Seconds after which pyreqwest itself gives up on a silent connection. The engine cuts it long
before; but a request that is cancelled before its head came stays open until then."""

READ_BUFFER_EXTENSION = "pullscope_read_buffer"
"""Request extension: bytes of a body that may wait in pyreqwest for their reader. It hands a body
over in batches of about this size, so it is also how late progress is seen on a slow connection."""

_DEFAULT_READ_BUFFER = 64 * 1024

_HOST = re.compile(rb"[A-Za-z0-9._:-]+")

_SETTLE = 0.05
"""Seconds that pyreqwest's threads get to drop their last Python objects after it is closed: they
abort the interpreter when it finalizes under them (seen with 0.15.1, in 1 of 30 exits)."""


class Body(Protocol):
    """A response's body as it arrives."""

    async def read(self) -> Piece | None:
        """Return the bytes that are there, waiting for at least one; None at the end.

        Raises:
            httpx.TransportError: the body broke off.
        """


# httpx logs every URL at INFO, signed ones too; httpcore and hpack log headers at DEBUG.
for _name in ("httpx", "httpcore", "hpack"):
    logging.getLogger(_name).setLevel(logging.WARNING)


def new_client(
    transport: str, *, tls_verify: bool = True, proxies: bool = True
) -> httpx.AsyncClient:
    """Return an HTTP client on the named transport. Redirects and retries are the engine's.

    Args:
        transport: one of `TRANSPORTS`.
        tls_verify: whether certificates are checked against the system's trust store (and against
            the file that `SSL_CERT_FILE` names).
        proxies: whether `HTTP_PROXY` and its kin are honoured.

    Raises:
        ValueError: an unknown transport.
    """
    if transport not in TRANSPORTS:
        raise ValueError(f"no transport is called {transport!r}; there are {', '.join(TRANSPORTS)}")
    stock = transport == "httpx"
    # httpx makes its own transport, since only then it takes the environment's proxies.
    return httpx.AsyncClient(
        transport=None if stock else PyreqwestTransport(tls_verify, proxies),
        verify=_stock_verification(tls_verify) if stock else False,
        limits=_STOCK_LIMITS,
        trust_env=proxies,
        headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity"},
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        follow_redirects=False,
        timeout=httpx.Timeout(None, connect=CONNECT_TIMEOUT),
    )


def body_of(response: httpx.Response) -> Body:
    """Return the body of a response that was opened with `stream=True`."""
    stream = response.extensions.get("pullscope_body")
    return stream if isinstance(stream, PyreqwestBody) else _StockBody(response)


def protocol_of(response: httpx.Response) -> str:
    """Return the protocol the response really came by, as "HTTP/1.1"."""
    version = response.extensions.get("http_version", b"")
    return version.decode("ascii", "replace") if isinstance(version, bytes) else str(version)


def web_address(text: str) -> httpx.URL | None:
    """Return an http or https URL, without its fragment; None where no request can be sent."""
    try:
        url = httpx.URL(text).copy_with(fragment=None)
        sendable = _HOST.fullmatch(url.raw_host) and url.port != 0 and (url.port or 1) < 65536
    except (httpx.InvalidURL, UnicodeError, ValueError):
        return None
    return url if sendable and url.scheme in ("http", "https") else None


class PyreqwestTransport(httpx.AsyncBaseTransport):
    """httpx on pyreqwest, bodies unread and uncopied."""

    def __init__(self, tls_verify: bool, proxies: bool) -> None:
        builder = (
            ClientBuilder()
            .follow_redirects(False)
            .referer(False)
            .gzip(False)
            .brotli(False)
            .zstd(False)
            .deflate(False)
            .user_agent(USER_AGENT)
            .connect_timeout(timedelta(seconds=CONNECT_TIMEOUT))
            .read_timeout(timedelta(seconds=READ_TIMEOUT))
            .pool_max_idle_per_host(RANGES["connections"].greatest)
        )
        if not proxies:
            builder = builder.no_proxy()
        if not tls_verify:
            builder = builder.danger_accept_invalid_certs(True)
        elif (extra := os.environ.get("SSL_CERT_FILE")) and Path(extra).is_file():
            builder = builder.add_root_certificate_pem(Path(extra).read_bytes())
        self._client: Client = builder.build()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        builder = self._client.request(request.method, str(request.url))
        builder = builder.headers(
            [(name, value) for name, value in request.headers.multi_items() if name != "host"]
        )
        builder = builder.streamed_read_buffer_limit(
            request.extensions.get(READ_BUFFER_EXTENSION, _DEFAULT_READ_BUFFER)
        )
        if content := await request.aread():
            builder = builder.body_bytes(content)
        cancellations = _cancellations()
        try:
            stream = builder.build_streamed()
            response = await stream.__aenter__()
        except exceptions.PyreqwestError as error:
            raise _as_httpx(error, request) from None
        body = PyreqwestBody(stream, response.body_reader, request)
        if _cancellations() > cancellations:
            await body.aclose()
            raise asyncio.CancelledError
        return httpx.Response(
            response.status,
            headers=_headers_of(response.headers),
            stream=body,
            extensions={
                "http_version": response.version.encode("ascii", "replace"),
                "pullscope_body": body,
            },
        )

    async def aclose(self) -> None:
        await self._client.close()
        await asyncio.sleep(_SETTLE)


class PyreqwestBody(httpx.AsyncByteStream):
    """A body that pyreqwest receives."""

    def __init__(
        self, stream: StreamRequest, reader: ResponseBodyReader, request: httpx.Request
    ) -> None:
        self._stream = stream
        self._reader = reader
        self._request = request

    async def read(self) -> Piece | None:
        """Return the next piece, without copying it."""
        cancellations = _cancellations()
        try:
            piece = await self._reader.read_chunk()
        except exceptions.PyreqwestError as error:
            raise _as_httpx(error, self._request, reading=True) from None
        if _cancellations() > cancellations:
            raise asyncio.CancelledError
        return piece

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (piece := await self.read()) is not None:
            yield bytes(piece)

    async def aclose(self) -> None:
        await self._stream.__aexit__(None, None, None)


def _cancellations() -> int:
    """Return how often the running task was told to end.

    pyreqwest loses a cancellation that arrives together with what was waited for (seen with 0.15.1
    in 3 of 100 reads under load), so the count is compared before and after.
    """
    task = asyncio.current_task()
    return task.cancelling() if task is not None else 0


def _headers_of(headers: HeaderMap) -> list[tuple[str, str]]:
    """Return the headers, without those that pyreqwest refuses to give out: not in ASCII."""
    try:
        return list(headers.items())
    except ValueError:
        pairs = []
        for name in dict.fromkeys(headers):
            with suppress(ValueError):
                pairs += [(name, value) for value in headers.getall(name)]
        return pairs


class _StockBody:
    def __init__(self, response: httpx.Response) -> None:
        self._pieces = response.aiter_raw()

    async def read(self) -> Piece | None:
        return await anext(self._pieces, None)


def _stock_verification(tls_verify: bool) -> ssl.SSLContext | bool:
    if not tls_verify:
        return False
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if extra := os.environ.get("SSL_CERT_FILE"):
        context.load_verify_locations(extra)
    return context


# httpcore compares the keep-alive limit with all connections, busy ones included: a limit below the
# number of workers means a new connection for every request.
_MOST_CONNECTIONS = RANGES["connections"].greatest + 8
_STOCK_LIMITS = httpx.Limits(
    max_connections=_MOST_CONNECTIONS, max_keepalive_connections=_MOST_CONNECTIONS
)


_KINDS: tuple[tuple[type[exceptions.PyreqwestError], type[httpx.TransportError]], ...] = (
    (exceptions.ConnectTimeoutError, httpx.ConnectTimeout),
    (exceptions.ReadTimeoutError, httpx.ReadTimeout),
    (exceptions.PoolTimeoutError, httpx.PoolTimeout),
    (exceptions.RequestTimeoutError, httpx.ReadTimeout),
    (exceptions.ConnectError, httpx.ConnectError),
    (exceptions.WriteError, httpx.WriteError),
)


def _as_httpx(
    error: exceptions.PyreqwestError, request: httpx.Request, *, reading: bool = False
) -> httpx.TransportError:
    kind: type[httpx.TransportError] = httpx.ReadError if reading else httpx.RemoteProtocolError
    for theirs, ours in _KINDS:
        if isinstance(error, theirs):
            kind = ours
            break
    return kind(_innermost_cause(error), request=request)


def _innermost_cause(error: exceptions.PyreqwestError) -> str:
    """Return the operating system's or TLS library's words, without the client's (and its URL)."""
    details = getattr(error, "details", None)
    causes = details.get("causes") if isinstance(details, dict) else None
    for cause in reversed(causes or []):
        message = str(cause.get("message", ""))
        if message and "://" not in message:
            return message
    return "the connection broke"
