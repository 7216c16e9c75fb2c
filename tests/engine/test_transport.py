import asyncio
import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st
from pyreqwest import exceptions

from pullscope.engine.errors import PullError
from pullscope.engine.message import Message, translated, words_of
from pullscope.engine.transport import (
    READ_BUFFER_EXTENSION,
    TRANSPORTS,
    USER_AGENT,
    ClientCertificate,
    PyreqwestBody,
    Tls,
    body_of,
    connecting_of,
    let_go,
    new_client,
    peer_of,
    protocol_of,
    web_address,
)

SECRET = "sig=s3cret"


class Server:
    """A server that answers each connection with the next of its replies, byte for byte."""

    def __init__(self) -> None:
        self.heads: list[bytes] = []
        self.asked = asyncio.Event()
        self.replies: list[list[bytes | None]] = []
        self.released = asyncio.Event()
        self.port = 0

    def will_send(self, *pieces: bytes | None) -> None:
        """Add a reply; `None` waits until the test releases the server."""
        self.replies.append(list(pieces))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/blob?{SECRET}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            self.heads.append(await reader.readuntil(b"\r\n\r\n"))
            self.asked.set()
            for piece in self.replies.pop(0):
                if piece is None:
                    await self.released.wait()
                else:
                    writer.write(piece)
                    await writer.drain()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    yield server
    server.released.set()
    listening.close()
    await listening.wait_closed()


@pytest.fixture(params=TRANSPORTS)
async def client(request: pytest.FixtureRequest) -> AsyncIterator[httpx.AsyncClient]:
    async with new_client(request.param, proxies=False) as client:
        yield client


def reply(body: bytes = b"", *headers: bytes, length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    lines = [b"HTTP/1.1 200 OK", b"Content-Length: %d" % size, b"Connection: close", *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


async def send(client: httpx.AsyncClient, url: str, buffer: int = 65536) -> httpx.Response:
    request = client.build_request("GET", url, extensions={READ_BUFFER_EXTENSION: buffer})
    return await client.send(request, stream=True)


async def read(response: httpx.Response) -> list[bytes]:
    body = body_of(response)
    pieces = []
    while (piece := await body.read()) is not None:
        pieces.append(bytes(piece))
    await response.aclose()
    return pieces


async def test_that_a_body_comes_in_pieces_and_ends(
    client: httpx.AsyncClient, server: Server
) -> None:
    body = bytes(range(256)) * 4096
    server.will_send(reply(body))
    response = await send(client, server.url)
    pieces = await read(response)
    assert b"".join(pieces) == body
    assert len(pieces) > 1
    assert all(pieces)
    assert protocol_of(response) == "HTTP/1.1"


async def test_that_bytes_are_seen_before_the_body_ends(
    client: httpx.AsyncClient, server: Server
) -> None:
    first = b"a" * 4096
    server.will_send(reply(first, length=len(first) + 4), None, b"last")
    response = await send(client, server.url, buffer=1024)
    body = body_of(response)
    seen = b""
    while len(seen) < len(first):
        piece = await body.read()
        assert piece is not None
        seen += bytes(piece)
    assert seen == first
    server.released.set()
    assert bytes(await body.read() or b"") == b"last"
    assert await body.read() is None
    await response.aclose()


async def test_that_an_empty_body_ends_at_once(client: httpx.AsyncClient, server: Server) -> None:
    server.will_send(reply())
    assert await read(await send(client, server.url)) == []


async def test_that_a_chunked_body_is_read_to_its_end(
    client: httpx.AsyncClient, server: Server
) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    server.will_send(head + b"5\r\nhello\r\n4\r\n you\r\n0\r\n\r\n")
    assert b"".join(await read(await send(client, server.url))) == b"hello you"


async def test_that_an_encoded_body_is_left_as_it_is(
    client: httpx.AsyncClient, server: Server
) -> None:
    server.will_send(reply(b"not gzip", b"Content-Encoding: gzip"))
    response = await send(client, server.url)
    assert response.headers["content-encoding"] == "gzip"
    assert await read(response) == [b"not gzip"]


async def test_that_redirects_are_not_followed(client: httpx.AsyncClient, server: Server) -> None:
    server.will_send(b"HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n")
    response = await send(client, server.url)
    assert (response.status_code, response.headers["location"]) == (302, "/other")
    await response.aclose()
    assert len(server.heads) == 1


async def test_that_a_form_is_posted(client: httpx.AsyncClient, server: Server) -> None:
    server.will_send(reply(b"ok"))
    request = client.build_request("POST", server.url, data={"a": "b"})
    assert await read(await client.send(request, stream=True)) == [b"ok"]
    assert server.heads[0].startswith(b"POST ")
    assert b"application/x-www-form-urlencoded" in server.heads[0]


# What is sent and what is not


async def test_that_a_request_names_the_program_and_wants_plain_bytes(
    client: httpx.AsyncClient, server: Server
) -> None:
    server.will_send(reply())
    await read(await send(client, server.url))
    request, *lines = server.heads[0].decode("ascii").strip().split("\r\n")
    fields = [line.lower().split(": ") for line in lines]
    assert request == f"GET /blob?{SECRET} HTTP/1.1"
    assert fields.count(["accept-encoding", "identity"]) == 1
    assert fields.count(["user-agent", USER_AGENT]) == 1
    assert fields.count(["host", f"127.0.0.1:{server.port}"]) == 1
    names = [name for name, _ in fields]
    assert len(names) == len(set(names))
    assert not {"referer", "cookie", "authorization"} & set(names)


async def test_that_cookies_are_not_sent_back(client: httpx.AsyncClient, server: Server) -> None:
    for _ in range(2):
        server.will_send(reply(b"", b"Set-Cookie: session=1; Path=/", b"Set-Cookie: other=2"))
        await read(await send(client, server.url))
    assert b"cookie" not in server.heads[1].lower()
    assert not client.cookies


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_that_no_signed_url_is_logged(
    transport: str, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.will_send(reply(b"x"))
    server.will_send(reply(b"x", length=9))
    async with new_client(transport) as client:
        await read(await send(client, server.url))
        with pytest.raises(httpx.TransportError):
            await read(await send(client, server.url))
    assert "s3cret" not in caplog.text


# Headers


async def test_that_a_header_given_twice_is_kept_twice(
    client: httpx.AsyncClient, server: Server
) -> None:
    server.will_send(reply(b"", b"WWW-Authenticate: Negotiate", b"WWW-Authenticate: Basic a=b"))
    response = await send(client, server.url)
    assert response.headers.get_list("www-authenticate") == ["Negotiate", "Basic a=b"]
    assert response.headers["www-authenticate"] == "Negotiate, Basic a=b"
    await response.aclose()


async def test_that_headers_beyond_ascii_do_not_hide_the_reply(
    client: httpx.AsyncClient, server: Server
) -> None:
    odd = [b"X-Latin: caf\xe9", b"X-Utf8: caf\xc3\xa9", b"X-Twice: a", b"X-Twice: \xff"]
    server.will_send(reply(b"body", *odd, b"Content-Range: bytes 0-3/4", b"X-Tab: a\tb"))
    response = await send(client, server.url)
    assert response.headers["content-range"] == "bytes 0-3/4"
    assert response.headers["x-tab"] == "a\tb"
    assert await read(response) == [b"body"]


# Failures


def assert_no_secret(error: BaseException | None) -> None:
    while error is not None:
        assert "s3cret" not in f"{error} {error!r}"
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


async def test_that_a_refused_connection_is_a_connect_error(client: httpx.AsyncClient) -> None:
    unused = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = unused.sockets[0].getsockname()[1]
    unused.close()
    await unused.wait_closed()
    with pytest.raises(httpx.ConnectError) as caught:
        await send(client, f"http://127.0.0.1:{port}/blob?{SECRET}")
    assert_no_secret(caught.value)


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"HTTP/1.1 200",
        b"SSH-2.0-x\r\n\r\n",
        b"HTTP/1.1 two hundred\r\n\r\n",
        b"\x15\x03\x01\x00\x02\x02\x46",
    ],
)
async def test_that_a_reply_that_is_none_is_a_transport_error(
    broken: bytes, client: httpx.AsyncClient, server: Server
) -> None:
    server.will_send(broken)
    with pytest.raises(httpx.TransportError) as caught:
        await send(client, server.url)
    assert_no_secret(caught.value)


@pytest.mark.parametrize("sent", [0, 10, 300_000])
async def test_that_a_body_that_breaks_off_is_a_transport_error(
    sent: int, client: httpx.AsyncClient, server: Server
) -> None:
    server.will_send(reply(b"x" * sent, length=400_000))
    with pytest.raises(httpx.TransportError) as caught:
        await read(await send(client, server.url))
    assert_no_secret(caught.value)


async def test_that_what_came_before_a_body_broke_off_is_read(
    client: httpx.AsyncClient, server: Server
) -> None:
    server.will_send(reply(b"x" * 300_000, length=400_000))
    response = await send(client, server.url, buffer=4096)
    body = body_of(response)
    received = 0
    with suppress(httpx.TransportError):
        while (piece := await body.read()) is not None:
            received += len(piece)
    await response.aclose()
    assert 0 < received <= 300_000


async def test_that_a_bad_chunk_is_a_transport_error(
    client: httpx.AsyncClient, server: Server
) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    server.will_send(head + b"5\r\nhello\r\nxyz\r\n")
    with pytest.raises(httpx.TransportError) as caught:
        await read(await send(client, server.url))
    assert_no_secret(caught.value)


async def test_that_a_read_that_is_cancelled_leaves_the_client_usable(
    client: httpx.AsyncClient, server: Server
) -> None:
    first = b"a" * 4096
    server.will_send(reply(first, length=1_000_000), None)
    server.will_send(reply(b"second"))
    response = await send(client, server.url, buffer=1024)
    body = body_of(response)
    received = 0
    while received < len(first):
        piece = await body.read()
        assert piece is not None
        received += len(piece)
    reading = asyncio.ensure_future(body.read())
    await asyncio.sleep(0)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    await response.aclose()
    assert await read(await send(client, server.url)) == [b"second"]


async def test_that_a_request_that_is_cancelled_leaves_the_client_usable(
    client: httpx.AsyncClient, server: Server
) -> None:
    server.will_send(None)
    server.will_send(reply(b"second"))
    sending = asyncio.ensure_future(send(client, server.url))
    await server.asked.wait()
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert await read(await send(client, server.url)) == [b"second"]


async def test_that_a_body_left_unread_can_be_closed(
    client: httpx.AsyncClient, server: Server
) -> None:
    server.will_send(reply(b"a", length=1_000_000), None)
    response = await send(client, server.url, buffer=1)
    await response.aclose()
    await response.aclose()


# Addresses


def test_that_an_unknown_transport_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="'curl'; there are pyreqwest, httpx"):
        new_client("curl")


@pytest.mark.parametrize(
    "text",
    [
        "https://a.test",
        "http://a.test:8080/b?c=d",
        "https://[::1]:5000/",
        "https://u:p@a.test/",
        "https://1.2.3.4/",
        "HTTPS://A.test/",
    ],
)
def test_that_a_web_address_is_one(text: str) -> None:
    url = web_address(text)
    assert url is not None
    assert httpx.URL(text) == url


def test_that_a_fragment_is_no_part_of_a_web_address() -> None:
    assert str(web_address("https://a.test/b?c#d")) == "https://a.test/b?c"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.test",
        "/b",
        "//a.test/b",
        "ftp://a.test",
        "https:",
        "https://",
        "https://a b/",
        "https://1.2.3.999/",
        "https://[::1",
        "https://a.test:0/",
        "https://a.test:99999/",
        "https://a.test:x/",
        "https://a.test/\n",
    ],
)
def test_that_anything_else_is_none(text: str) -> None:
    assert web_address(text) is None


@given(st.text())
def test_that_any_text_is_a_web_address_or_none(text: str) -> None:
    url = web_address(text)
    assert url is None or url.scheme in ("http", "https")


class BrokenReader:
    """A reader of pyreqwest's that fails."""

    def __init__(self, *causes: str) -> None:
        self.causes = [{"message": cause} for cause in causes]

    async def read_chunk(self) -> None:
        raise exceptions.ReadError("error for url", {"causes": self.causes})


@pytest.mark.parametrize(
    ("causes", "said"),
    [
        ([f"error for url (https://a.test/?{SECRET})", "connection reset"], "connection reset"),
        (["connection reset", f"for https://a.test/?{SECRET}"], "connection reset"),
        ([f"for https://a.test/?{SECRET}"], "the connection broke"),
        ([], "the connection broke"),
    ],
)
async def test_that_an_error_has_the_words_of_its_innermost_cause_without_a_url(
    causes: list[str], said: str
) -> None:
    reader = cast("Any", BrokenReader(*causes))
    body = PyreqwestBody(cast("Any", None), reader, httpx.Request("GET", "https://a.test/"))
    with pytest.raises(httpx.ReadError) as caught:
        await body.read()
    assert str(caught.value) == said
    assert_no_secret(caught.value)


@pytest.mark.parametrize("name", TRANSPORTS)
@pytest.mark.parametrize("proxies", [True, False])
async def test_that_the_environments_proxy_is_used_where_it_may_be(
    name: str, proxies: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bytes] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readline())
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(proxy, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{port}")
    for variable in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(variable, raising=False)
    async with new_client(name, proxies=proxies) as client:
        request = httpx.Request("GET", "http://registry.invalid/v2/")
        if proxies:
            assert (await client.send(request)).status_code == 204
        else:
            with pytest.raises(httpx.TransportError):
                await client.send(request)
    assert asked == ([b"GET http://registry.invalid/v2/ HTTP/1.1\r\n"] if proxies else [])
    server.close()
    await server.wait_closed()


# TLS


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def issuer() -> trustme.CA:
    """Signs the certificates of clients."""
    return trustme.CA()


class TlsServer:
    """Speaks TLS, and HTTP/1.1 or just enough of HTTP/2 for one reply per connection."""

    def __init__(self, *protocols: str) -> None:
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.set_alpn_protocols(protocols)
        self.port = 0

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}/blob"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, OSError):
            if writer.get_extra_info("ssl_object").selected_alpn_protocol() == "h2":
                await self._serve_http2(reader, writer)
            else:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(reply(b"hello"))
                await writer.drain()
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    async def _serve_http2(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """RFC 9113: frames are a length, a type, flags and a stream, then the payload."""
        await reader.readexactly(len(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))
        writer.write(frame(4, 0, 0))  # SETTINGS
        kind = 0
        while kind != 1:  # HEADERS
            head = await reader.readexactly(9)
            size, kind, flags = int.from_bytes(head[:3], "big"), head[3], head[4]
            stream = int.from_bytes(head[5:], "big")
            await reader.readexactly(size)
            if kind == 4 and not flags & 1:
                writer.write(frame(4, 1, 0))
        writer.write(frame(1, 4, stream, b"\x88"))  # :status 200 of the static table
        writer.write(frame(0, 1, stream, b"hello"))
        await writer.drain()
        await reader.read()


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    return (
        len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload
    )


@asynccontextmanager
async def serving(tls: TlsServer, authority: trustme.CA) -> AsyncIterator[TlsServer]:
    authority.issue_cert("127.0.0.1").configure_cert(tls.context)
    listening = await asyncio.start_server(tls.serve, "127.0.0.1", 0, ssl=tls.context)
    tls.port = listening.sockets[0].getsockname()[1]
    try:
        yield tls
    finally:
        listening.close()
        await listening.wait_closed()
        await asyncio.sleep(0.05)  # what a failed handshake left is closed by the loop


@pytest.mark.parametrize(
    ("http2", "protocols", "version"),
    [
        (True, ["h2", "http/1.1"], "HTTP/2"),
        (True, ["http/1.1"], "HTTP/1.1"),
        (False, ["h2", "http/1.1"], "HTTP/1.1"),
    ],
)
async def test_that_the_protocol_that_was_really_used_is_told(
    authority: trustme.CA, http2: bool, protocols: list[str], version: str
) -> None:
    async with (
        serving(TlsServer(*protocols), authority) as server,
        new_client("pyreqwest", tls=Tls(verify=False), proxies=False, http2=http2) as client,
    ):
        response = await send(client, server.url)
        assert protocol_of(response) == version
        assert await read(response) == [b"hello"]


async def test_that_the_stock_transport_tells_the_peer_and_when_a_connection_stood(
    authority: trustme.CA,
) -> None:
    loop = asyncio.get_running_loop()
    async with (
        serving(TlsServer("http/1.1"), authority) as server,
        new_client("httpx", tls=Tls(verify=False), proxies=False) as client,
    ):
        before = loop.time()
        response = await send(client, server.url)
        began, stood = connecting_of(response) or ()
        assert before <= began < stood <= loop.time()
        assert peer_of(response) == f"127.0.0.1:{server.port}"
        await read(response)


@asynccontextmanager
async def answering(reply: bytes) -> AsyncIterator[tuple[str, list[Any]]]:
    """Give the same reply to each request; keep connections, and tell of those that were made."""
    served: list[Any] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.append(asyncio.current_task())
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while await reader.readuntil(b"\r\n\r\n"):
                writer.write(reply)
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/", served
        async with asyncio.timeout(20):  # a client that is closed leaves no connection behind
            await asyncio.gather(*served)
    finally:
        listening.close()
        await listening.wait_closed()


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_that_a_body_nobody_wants_costs_no_connection(transport: str) -> None:
    reply = b"HTTP/1.1 307 Temporary Redirect\r\nLocation: /b\r\nContent-Length: 5\r\n\r\nMoved"
    async with answering(reply) as (url, served):
        async with new_client(transport, proxies=False) as client:
            for _ in range(3):
                await let_go(await send(client, url))
        assert len(served) == 1


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_that_a_connection_that_was_there_took_no_time(transport: str) -> None:
    reply = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"
    async with answering(reply) as (url, served):
        async with new_client(transport, proxies=False) as client:
            told = []
            for _ in range(3):
                response = await send(client, url)
                await read(response)
                told.append(connecting_of(response))
        assert len(served) == 1
        if transport == "httpx":
            assert told[0]
            assert told[1:] == [(), ()]
        else:
            assert told == [None] * 3


async def test_that_the_peer_is_known_soon_where_the_client_hides_it() -> None:
    reply = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"
    async with answering(reply) as (url, _), new_client("pyreqwest", proxies=False) as client:
        async with asyncio.timeout(20):
            while not (peer := peer_of(response := await send(client, url))):
                await read(response)
            await read(response)
        assert peer == httpx.URL(url).netloc.decode()


async def test_that_behind_a_proxy_no_peer_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setattr("pullscope.engine.transport.Peers", lambda: pytest.fail("looked for"))
    reply = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"
    async with answering(reply) as (url, _), new_client("pyreqwest") as client:
        for _ in range(3):
            response = await send(client, url)
            await read(response)
            assert peer_of(response) == ""


def test_that_an_address_of_ipv6_stands_in_brackets() -> None:
    class Stream:
        def get_extra_info(self, _: str) -> tuple[str, int, int, int]:
            return ("2001:db8::7", 443, 0, 0)

    response = httpx.Response(200, extensions={"network_stream": Stream()})
    assert peer_of(response) == "[2001:db8::7]:443"


@pytest.mark.parametrize(
    ("version", "shown"),
    [(b"HTTP/2", "HTTP/2"), (b"HTTP/2.0", "HTTP/2"), (b"HTTP/1.0", "HTTP/1.0"), ("x", "x")],
)
def test_that_a_protocol_is_told_in_one_form(version: bytes | str, shown: str) -> None:
    assert protocol_of(httpx.Response(200, extensions={"http_version": version})) == shown


async def test_that_http2_without_its_package_is_refused_with_a_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(PullError, match=r"no HTTP/2 without the package h2; install it"):
        new_client("httpx", http2=True)


@pytest.fixture
def pems(tmp_path: Path, authority: trustme.CA, issuer: trustme.CA) -> Path:
    """A directory with ca.pem, both.pem, client.cert and client.key."""
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    client = issuer.issue_cert("client.test")
    client.private_key_and_cert_chain_pem.write_to_path(tmp_path / "both.pem")
    client.private_key_pem.write_to_path(tmp_path / "client.key")
    for blob in client.cert_chain_pems:
        blob.write_to_path(tmp_path / "client.cert", append=True)
    return tmp_path


@pytest.mark.parametrize("name", TRANSPORTS)
@pytest.mark.parametrize("verify", [True, False])
@pytest.mark.parametrize("files", [("both.pem",), ("client.cert", "client.key"), ()])
async def test_that_a_client_certificate_is_shown_to_who_asks_for_it(
    name: str, verify: bool, files: tuple[str, ...], pems: Path, authority: Any, issuer: Any
) -> None:
    server = TlsServer("http/1.1")
    issuer.configure_trust(server.context)
    server.context.verify_mode = ssl.CERT_REQUIRED
    clients = (ClientCertificate(*(pems / file for file in files)),) if files else ()
    tls = Tls(verify, (pems / "ca.pem",), clients)
    async with (
        serving(server, authority),
        new_client(name, tls=tls, proxies=False) as client,
    ):
        if files:
            assert await read(await send(client, server.url)) == [b"hello"]
        else:
            with pytest.raises(httpx.TransportError):
                await read(await send(client, server.url))


NO_KEY = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
LOCKED = (
    NO_KEY + "-----BEGIN ENCRYPTED PRIVATE KEY-----\ns3cret\n-----END ENCRYPTED PRIVATE KEY-----\n"
)
LOCKED_OLD = (
    NO_KEY
    + "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\ns3cret\n"
    + "-----END RSA PRIVATE KEY-----\n"
)
BROKEN = NO_KEY + "-----BEGIN PRIVATE KEY-----\ns3cret\n-----END PRIVATE KEY-----\n"


@pytest.mark.parametrize("name", TRANSPORTS)
@pytest.mark.parametrize(
    ("text", "as_authority", "said"),
    [
        (None, True, r"own\.pem: No such file"),
        (None, False, r"own\.pem: No such file"),
        ("s3cret", True, r"own\.pem: holds no certificate"),
        ("s3cret", False, r"own\.pem: holds no certificate"),
        (NO_KEY, True, r"own\.pem: cannot be used for TLS"),
        (NO_KEY, False, r"own\.pem: holds no private key"),
        (LOCKED, False, r"own\.pem: its key has a password"),
        (LOCKED_OLD, False, r"own\.pem: its key has a password"),
        (BROKEN, False, r"own\.pem: cannot be used for TLS"),
    ],
)
def test_that_a_file_that_is_no_use_for_tls_is_named_and_not_quoted(
    name: str, text: str | None, as_authority: bool, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "own.pem"
    if text is not None:
        path.write_text(text)
    tls = Tls(authorities=(path,)) if as_authority else Tls(clients=(ClientCertificate(path),))
    with pytest.raises(PullError, match=said) as caught:
        new_client(name, tls=tls)
    assert "s3cret" not in str(caught.value)
    assert isinstance(words_of(caught.value), Message)


def test_that_files_that_do_not_fit_together_are_both_named(tmp_path: Path) -> None:
    certificate, key = tmp_path / "own.pem", tmp_path / "own.key"
    certificate.write_text(NO_KEY)
    key.write_text(BROKEN.removeprefix(NO_KEY))
    with pytest.raises(PullError) as caught:
        new_client("httpx", tls=Tls(clients=(ClientCertificate(certificate, key),)))
    said = translated(words_of(caught.value), lambda _, template: f"<{template}>")
    assert said == f"<<{certificate} with {key}>: cannot be used for TLS>"
