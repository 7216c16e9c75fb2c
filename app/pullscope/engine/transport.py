"""How bytes come from the network: the one place that knows which HTTP implementation is used.

httpx is the interface everywhere else. Its own transport runs in the event loop, where every
wake-up costs (most of all in a window's loop); the default here is pyreqwest's client, whose bytes
move in threads of its own, behind a thin `httpx.AsyncBaseTransport`. The stock transport stays
selectable. Both raise `httpx.TransportError`s only, with messages that never carry a URL: those of
the underlying client may quote a signed one.
"""

import asyncio
import importlib.util
import logging
import os
import re
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import reduce
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Any, Protocol
from urllib.request import getproxies

import httpx
import truststore
from pyreqwest import exceptions
from pyreqwest.bytes import Bytes
from pyreqwest.client import Client, ClientBuilder
from pyreqwest.http import HeaderMap
from pyreqwest.request import StreamRequest
from pyreqwest.response import ResponseBodyReader

from pullscope import __version__
from pullscope.engine.errors import PullError
from pullscope.engine.message import Message
from pullscope.engine.model import RANGES
from pullscope.engine.peers import Peers, address_text

LOGGER = logging.getLogger(__name__)

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

_STREAM_WINDOW = 4 * 1024 * 1024
_CONNECTION_WINDOW = 16 * 1024 * 1024
"""Bytes that an HTTP/2 server may send ahead. All chunks share one connection, so this bounds the
memory, and the rate at a given round trip: 400 MB/s at 40 ms."""

_SMALL_BODY = 16 * 1024

_LARGEST_PEM = 4 * 1024 * 1024
_CERTIFICATE = re.compile(
    rb"-----BEGIN (?:TRUSTED )?CERTIFICATE-----.*?-----END (?:TRUSTED )?CERTIFICATE-----", re.DOTALL
)
_KEY = re.compile(rb"-----BEGIN ([A-Z]+ )?PRIVATE KEY-----.{0,80}", re.DOTALL)

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


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """What we show to a host that wants to know us: PEM files; without `key` one holds both."""

    certificate: Path
    key: Path | None = None


@dataclass(frozen=True, slots=True)
class Tls:
    """How a host is trusted, and how it knows us. Clients are shared by what is equal here.

    Attributes:
        verify: whether its certificate is checked, against the system's trust store and the file
            that `SSL_CERT_FILE` names.
        authorities: PEM files with certificates that are trusted besides.
        clients: certificates of our own; the first is shown.
    """

    verify: bool = True
    authorities: tuple[Path, ...] = ()
    clients: tuple[ClientCertificate, ...] = ()


def new_client(
    transport: str,
    *,
    tls: Tls = Tls(),
    proxies: bool = True,
    http2: bool = False,
    connect_timeout: float = CONNECT_TIMEOUT,
) -> httpx.AsyncClient:
    """Return an HTTP client on the named transport. Redirects and retries are the engine's.

    Args:
        transport: one of `TRANSPORTS`.
        tls: of all hosts that it is for.
        proxies: whether `HTTP_PROXY` and its kin are honoured.
        http2: whether HTTP/2 is offered in TLS; it puts all requests to a host on one connection.
        connect_timeout: seconds.

    Raises:
        ValueError: an unknown transport.
        PullError: a file that `tls` names cannot be used, or HTTP/2 not be had.
    """
    if transport not in TRANSPORTS:
        raise ValueError(
            Message(
                "no transport is called {transport!r}; there are {transports}",
                transport=transport,
                transports=", ".join(TRANSPORTS),
            )
        )
    stock = transport == "httpx"
    if stock and http2 and importlib.util.find_spec("h2") is None:
        raise PullError(
            Message("the transport httpx has no HTTP/2 without the package h2"),
            Message("install it, or take the transport pyreqwest"),
        )
    if len(tls.clients) > 1:
        LOGGER.warning("of several client certificates %s is shown", tls.clients[0].certificate)
    # httpx makes its own transport, since only then it takes the environment's proxies.
    transport_of_ours = None if stock else PyreqwestTransport(tls, proxies, http2, connect_timeout)
    verification = stock_verification(tls) if stock else False
    try:
        return httpx.AsyncClient(
            transport=transport_of_ours,
            verify=verification,
            http2=http2 and stock,
            limits=_STOCK_LIMITS,
            trust_env=proxies,
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity"},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            follow_redirects=False,
            timeout=httpx.Timeout(None, connect=connect_timeout),
            event_hooks={"request": [_watch_connection]} if stock else None,
        )
    except (httpx.InvalidURL, ValueError):  # whose words may quote a proxy's password
        raise PullError(
            Message("the proxy that HTTP_PROXY, HTTPS_PROXY or ALL_PROXY names is no web address")
        ) from None


def body_of(response: httpx.Response) -> Body:
    """Return the body of a response that was opened with `stream=True`."""
    stream = response.extensions.get("pullscope_body")
    return stream if isinstance(stream, PyreqwestBody) else _StockBody(response)


async def let_go(response: httpx.Response) -> None:
    """Close a response whose body nobody wants.

    The stock transport gives up a connection whose body was not read, so one that is small is.
    """
    length = response.headers.get("content-length", "")
    if length.isascii() and length.isdecimal() and int(length[:9]) <= _SMALL_BODY:
        body = body_of(response)
        with suppress(httpx.TransportError):
            while await body.read() is not None:
                pass
    await response.aclose()


def protocol_of(response: httpx.Response) -> str:
    """Return the protocol the response really came by: "HTTP/1.1" or "HTTP/2"."""
    version = response.extensions.get("http_version", b"")
    text = version.decode("ascii", "replace") if isinstance(version, bytes) else str(version)
    return text.removesuffix(".0") if text != "HTTP/1.0" else text


def peer_of(response: httpx.Response) -> str:
    """Return address and port that a response came from; empty where that is not known."""
    stream = response.extensions.get("network_stream")
    if stream is None:
        return str(response.extensions.get("pullscope_peer", ""))
    address = stream.get_extra_info("server_addr")
    known = isinstance(address, tuple) and len(address) >= 2
    return address_text((str(address[0]), int(address[1]))) if known else ""


def connecting_of(response: httpx.Response) -> tuple[float, ...] | None:
    """Return when the connection of a response began to be made and when it stood, TLS included.

    Times are by the loop's clock; there are none where the connection was there before. None where
    the transport does not tell.
    """
    watch = response.request.extensions.get("trace")
    return watch.times if isinstance(watch, _ConnectionWatch) else None


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

    def __init__(self, tls: Tls, proxies: bool, http2: bool, connect_timeout: float) -> None:
        builder = (
            ClientBuilder()
            .follow_redirects(False)
            .referer(False)
            .gzip(False)
            .brotli(False)
            .zstd(False)
            .deflate(False)
            .user_agent(USER_AGENT)
            .connect_timeout(timedelta(seconds=connect_timeout))
            .read_timeout(timedelta(seconds=READ_TIMEOUT))
            .pool_max_idle_per_host(RANGES["connections"].greatest)
        )
        if not proxies:
            builder = builder.no_proxy()
        if http2:
            builder = (
                builder.http2(True)
                .http2_initial_stream_window_size(_STREAM_WINDOW)
                .http2_initial_connection_window_size(_CONNECTION_WINDOW)
            )
        if not tls.verify:
            builder = builder.danger_accept_invalid_certs(True)
        elif (extra := os.environ.get("SSL_CERT_FILE")) and Path(extra).is_file():
            builder = builder.add_root_certificate_pem(Path(extra).read_bytes())
        files = list(tls.authorities) if tls.verify else []
        try:
            for path in tls.authorities if tls.verify else ():
                builder = builder.add_root_certificate_pem(_certificates(path))
            if tls.clients:
                files += _files_of(tls.clients[0])
                builder = builder.identity_pem(_identity(tls.clients[0]))
            self._client: Client = builder.build()
            # Behind a proxy, its address would be all that is known.
            self._peers = None if proxies and getproxies() else Peers()
        except ValueError as error:
            raise _unusable(files, error) from None

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
                "pullscope_peer": self._peer_of(request.url),
            },
        )

    def _peer_of(self, url: httpx.URL) -> str:
        if self._peers is None:
            return ""
        return self._peers.of(url.host, url.port or (443 if url.scheme == "https" else 80))

    async def aclose(self) -> None:
        await self._client.close()
        del self._client  # it keeps its idle connections for 90 s otherwise
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


class _ConnectionWatch:
    """What httpcore tells of a request's connection; a `trace` extension."""

    def __init__(self) -> None:
        self.times: tuple[float, ...] = ()

    async def __call__(self, name: str, _: Mapping[str, Any]) -> None:
        if name.endswith(".connect_tcp.started"):
            now = asyncio.get_running_loop().time()
            self.times = (now, now)
        elif name.endswith((".connect_tcp.complete", ".start_tls.complete")) and self.times:
            self.times = (self.times[0], asyncio.get_running_loop().time())


async def _watch_connection(request: httpx.Request) -> None:
    request.extensions["trace"] = _ConnectionWatch()


class _StockBody:
    def __init__(self, response: httpx.Response) -> None:
        self._pieces = response.aiter_raw()

    async def read(self) -> Piece | None:
        return await anext(self._pieces, None)


def stock_verification(tls: Tls) -> ssl.SSLContext | bool:
    """Return what a client of httpx is to check certificates with.

    Raises:
        PullError: a file that `tls` names cannot be used.
    """
    if not tls.verify and not tls.clients:
        return False
    context: ssl.SSLContext
    if tls.verify:
        context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if extra := os.environ.get("SSL_CERT_FILE"):
            context.load_verify_locations(extra)
    else:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    files: list[Path] = []
    try:
        for path in tls.authorities if tls.verify else ():
            files = [path]
            context.load_verify_locations(cadata=_certificates(path).decode("ascii", "replace"))
        if tls.clients:
            files = _files_of(tls.clients[0])
            _identity(tls.clients[0])
            # A password that is asked for on the terminal would stop a window.
            context.load_cert_chain(tls.clients[0].certificate, tls.clients[0].key, password="")
    except (ssl.SSLError, ValueError, OSError) as error:
        raise _unusable(files, error) from None
    return context


def _files_of(client: ClientCertificate) -> list[Path]:
    return [path for path in (client.certificate, client.key) if path is not None]


def _certificates(path: Path) -> bytes:
    """Return the certificates of a PEM file, without what stands between them."""
    blocks = _CERTIFICATE.findall(_read(path))
    if not blocks:
        raise _no_certificate(path)
    return b"\n".join(blocks) + b"\n"


def _identity(client: ClientCertificate) -> bytes:
    """Return certificate and key in one PEM text."""
    pem = b"\n".join(_read(path) for path in _files_of(client))
    if _CERTIFICATE.search(pem) is None:
        raise _no_certificate(client.certificate)
    path = client.key or client.certificate
    if (key := _KEY.search(pem)) is None:
        raise PullError(Message("{path}: holds no private key in PEM", path=path))
    if b"ENCRYPTED" in key[0]:
        raise PullError(Message("{path}: its key has a password", path=path))
    return pem


def _no_certificate(path: Path) -> PullError:
    return PullError(Message("{path}: holds no certificate in PEM", path=path))


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST_PEM)
    except OSError as error:
        raise PullError(
            Message("{asked}: {came}", asked=path, came=error.strerror or type(error).__name__)
        ) from None


def _unusable(files: list[Path], error: Exception) -> PullError:
    """Return the error for files that hold PEM which is none; the library's words may quote it."""
    LOGGER.debug("TLS files were refused: %s", type(error).__name__)
    named: str = Message("the certificates")
    if files:
        named = reduce(_with, map(str, files))
    return PullError(Message("{files}: cannot be used for TLS", files=named))


def _with(files: str, other: str) -> str:
    return Message("{files} with {other}", files=files, other=other)


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
    said = _innermost_cause(error)
    if kind is httpx.ConnectError and "closed before message completed" in said:
        kind = httpx.RemoteProtocolError  # somebody was there, and hung up instead of answering
    return kind(said, request=request)


def _innermost_cause(error: exceptions.PyreqwestError) -> str:
    """Return the operating system's or TLS library's words, without the client's (and its URL)."""
    details = getattr(error, "details", None)
    causes = details.get("causes") if isinstance(details, dict) else None
    for cause in reversed(causes or []):
        message = str(cause.get("message", ""))
        if message and "://" not in message:
            return message
    return Message("the connection broke")
