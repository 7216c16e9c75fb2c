"""A registry that means harm, byte by byte: every pull ends soon, in words, and commits nothing."""

import asyncio
import gc
import gzip
import hashlib
import json
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from pullscope.engine import ranges
from pullscope.engine.errors import PullError
from pullscope.engine.manifests import LARGEST_LAYER, OCI_CONFIG, OCI_MANIFEST
from pullscope.engine.model import KIB, MIB, Layer, PullState, Settings, Snapshot
from pullscope.engine.store import Part, Store
from pullscope.engine.transport import TRANSPORTS

pytestmark = [
    pytest.mark.parametrize("transport", TRANSPORTS),
]

LONGEST = 30.0
"""Seconds after which a pull counts as hanging."""
MOST_SENT = 16 * MIB
"""Bytes that one connection may be made to take, sockets' buffers included."""
SETTINGS = Settings(layers=2, parallelism=2, connections=4, chunk_size=64 * KIB)

CONFIG = b'{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}'
LAYER = bytes(range(256)) * 1000


def digest_of(body: bytes) -> str:
    return "sha256:" + hashlib.sha256(body).hexdigest()


def descriptor(body: bytes, **changes: Any) -> dict[str, Any]:
    return {"mediaType": "x/layer", "digest": digest_of(body), "size": len(body), **changes}


def manifest(*layers: dict[str, Any], **changes: Any) -> bytes:
    document = {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": descriptor(CONFIG, mediaType=OCI_CONFIG),
        "layers": list(layers) or [descriptor(LAYER)],
    }
    return json.dumps({**document, **changes}).encode()


Answer = Callable[[Any, str], Awaitable[None]]


def sends(*parts: bytes, close: bool = False) -> Answer:
    """Answer with exactly these bytes."""

    async def answer(writer: asyncio.StreamWriter, _: str) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
        if close:
            writer.close()

    return answer


def sends_on(head: bytes, forever: bytes, pause: float = 0.0) -> Answer:
    """Answer with `head`, then with the same bytes again and again."""

    async def answer(writer: asyncio.StreamWriter, _: str) -> None:
        writer.write(head)
        while True:
            writer.write(forever)
            await writer.drain()
            await asyncio.sleep(pause)

    return answer


async def silence(writer: asyncio.StreamWriter, _: str) -> None:
    await asyncio.Event().wait()


def reply(body: bytes = b"", status: str = "200 OK", *fields: str, length: bool = True) -> bytes:
    """Return a reply with these header fields and, unless told not to, its right length."""
    lines = [f"HTTP/1.1 {status}", *fields]
    if length:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def chunked(*parts: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)


def redirect(location: str, status: str = "307 Temporary Redirect") -> Answer:
    return sends(reply(b"", status, f"Location: {location}"))


CHUNKED = "Transfer-Encoding: chunked"
TYPE = f"Content-Type: {OCI_MANIFEST}"


class RawRegistry:
    """Speaks the bytes it is told to, and an honest image's where it is told nothing."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.heads: list[str] = []
        self.host = ""
        self._most_sent = 0
        self._connections: set[asyncio.Task[None]] = set()
        self.honest_manifest = manifest()

    @property
    def most_sent(self) -> int:
        """Bytes that the greediest connection took."""
        return self._most_sent

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.host = f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await self._serve(reader, writer)  # until the client hangs up, or `stop`
        finally:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        counted = _Counted(writer, self)
        while not writer.is_closing():
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            self.heads.append(head)
            counted.sent = 0
            path = head.split(" ")[1]
            for part, answer in self.answers.items():
                if part in path:
                    await answer(counted, head)
                    break
            else:
                counted.write(self._honest_answer(path, head))
                await counted.drain()

    def _honest_answer(self, path: str, head: str) -> bytes:
        if "/manifests/" in path:
            return reply(self.honest_manifest, "200 OK", TYPE)
        if path.endswith(digest_of(CONFIG)):
            return reply(CONFIG)
        if not path.endswith(digest_of(LAYER)):
            return reply(b"", "404 Not Found")
        first, last = asked_range(head)
        return reply(LAYER[first : last + 1], "206 Partial", content_range(first, last))


class _Counted:
    """A writer that counts."""

    def __init__(self, writer: asyncio.StreamWriter, registry: RawRegistry) -> None:
        self._writer = writer
        self._registry = registry
        self.sent = 0

    def write(self, data: bytes) -> None:
        self.sent += len(data)
        self._registry._most_sent = max(self._registry._most_sent, self.sent)
        self._writer.write(data)

    async def drain(self) -> None:
        await self._writer.drain()

    def close(self) -> None:
        self._writer.close()


def asked_range(head: str) -> tuple[int, int]:
    for line in head.split("\r\n"):
        name, _, value = line.partition(":")
        if name.lower() == "range":
            first, _, last = value.strip().removeprefix("bytes=").partition("-")
            return int(first), int(last)
    return 0, len(LAYER) - 1


def content_range(first: int, last: int, size: int = len(LAYER)) -> str:
    return f"Content-Range: bytes {first}-{last}/{size}"


@pytest.fixture
async def registry() -> AsyncIterator[RawRegistry]:
    registry = RawRegistry()
    await registry.start()
    yield registry
    await registry.stop()
    gc.collect()  # here, where the sockets above are expected


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait as the engine does, in a fiftieth of the time."""

    def backoff(failures: int, asked_to_wait: float | None, jitter: float) -> float:
        return ranges.backoff(failures, asked_to_wait, jitter) / 50

    monkeypatch.setattr("pullscope.engine.pull.backoff", backoff)
    monkeypatch.setattr("pullscope.engine.registry.backoff", backoff)
    monkeypatch.setattr("pullscope.engine.registry.ATTEMPTS", 2)
    monkeypatch.setattr("pullscope.engine.registry.REPLY_TIMEOUT", 0.4)
    monkeypatch.setattr("pullscope.engine.transport.READ_TIMEOUT", 1.0)


def assert_blobs_are_true(output: Path) -> None:
    for path in output.glob("blobs/*/*"):
        assert path.name == hashlib.sha256(path.read_bytes()).hexdigest()


async def pulled(
    puller: Any, host: str, transport: str, output: Path | None = None
) -> Snapshot | PullError:
    """Run a pull to its end, whichever, and check what must hold after any."""
    output = output or puller.output
    pull = puller.new(
        f"{host}/demo/app:1",
        SETTINGS,
        output=output,
        transport=transport,
        stall_timeout=0.4,
        attempts=3,
    )
    came: Snapshot | PullError
    async with asyncio.timeout(LONGEST):
        try:
            came = await pull.run()
        except PullError as error:
            came = error
    assert_blobs_are_true(output)
    if isinstance(came, PullError):
        said = str(came)
        assert said.isprintable()
        assert 20 < len(said) < 500
        assert "unexpected" not in said
        assert not (output / "index.json").exists()
        assert pull.snapshot().state is PullState.FAILED
    return came


async def refused(
    cases: dict[str, dict[str, Answer]],
    puller: Any,
    transport: str,
    check: Callable[[RawRegistry, Path], None],
) -> None:
    """Pull from a registry for each case, some at once: they wait more than they do."""
    at_once = asyncio.Semaphore(12)

    async def refuse(what: str, answers: dict[str, Answer], output: Path) -> None:
        registry = RawRegistry()
        registry.answers = answers
        async with at_once:
            await registry.start()
            try:
                came = await pulled(puller, registry.host, transport, output)
                assert isinstance(came, PullError)
                assert registry.most_sent < MOST_SENT
                check(registry, output)
            except BaseException as error:
                error.add_note(f"the case: {what}")
                raise
            finally:
                await registry.stop()

    async with asyncio.TaskGroup() as group:
        for number, (what, answers) in enumerate(cases.items()):
            group.create_task(refuse(what, answers, puller.output / str(number)))
    async with asyncio.timeout(LONGEST):  # threads end on their own once they have nothing to do
        while any(t.name.startswith("pullscope-") for t in threading.enumerate()):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert asyncio.all_tasks() == {asyncio.current_task()}
    gc.collect()  # here, where the sockets above are expected


MANIFESTS: dict[str, Answer] = {
    "of 5 MB": sends(reply(b" " * 5_000_000 + manifest(), "200 OK", TYPE)),
    "endless": sends_on(reply(b"", "200 OK", TYPE, length=False), b" " * 65536),
    "endless in chunks": sends_on(
        reply(b"", "200 OK", TYPE, CHUNKED, length=False), chunked(b" " * 65536)
    ),
    "absurd length": sends_on(
        reply(b"", "200 OK", TYPE, f"Content-Length: {2**62}", length=False), b" " * 65536
    ),
    "deep lists": sends(reply(b"[" * 100_000, "200 OK", TYPE)),
    "deep objects": sends(reply(b'{"a":' * 100_000, "200 OK", TYPE)),
    "a number of many digits": sends(reply(b'{"a":' + b"9" * 100_000 + b"}", "200 OK", TYPE)),
    "not JSON": sends(reply(b"\x00\xff" * 100, "200 OK", TYPE)),
    "cut, then closed": sends(
        reply(b"", "200 OK", TYPE, "Content-Length: 900", length=False), b"{", close=True
    ),
    "longer than promised": sends(
        reply(b"", "200 OK", TYPE, "Content-Length: 10", length=False), manifest()
    ),
    "chunks without a size": sends(
        reply(b"", "200 OK", TYPE, CHUNKED, length=False), b"zz\r\n" + manifest(), close=True
    ),
    "chunks of a negative size": sends(
        reply(b"", "200 OK", TYPE, CHUNKED, length=False), b"-5\r\n" + manifest(), close=True
    ),
    "two lengths": sends(reply(manifest()[:10], "200 OK", TYPE, "Content-Length: 7"), close=True),
    "compressed": sends(reply(gzip.compress(manifest()), "200 OK", "Content-Encoding: gzip")),
    "compressed bomb": sends(
        reply(gzip.compress(b" " * 50_000_000), "200 OK", "Content-Encoding: gzip")
    ),
    "status 101": sends(reply(b"", "101 Switching", "Upgrade: x", "Connection: upgrade")),
    "status 100 for ever": sends_on(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.001),
    "status 103 for ever": sends_on(b"", b"HTTP/1.1 103 Early\r\nLink: <x>\r\n\r\n", 0.001),
    "status 204": sends(reply(b"", "204 None", length=False)),
    "status 206": sends(reply(manifest(), "206 Partial", TYPE)),
    "status 300": sends(reply(manifest(), "300 Choices", TYPE)),
    "status 304": sends(reply(b"", "304 Same", length=False)),
    "status 418": sends(reply(b"", "418 Teapot")),
    "status 999": sends(reply(b"", "999 What")),
    "status 20": sends(reply(b"", "20 What"), close=True),
    "redirect loop": redirect("/v2/demo/app/manifests/1"),
    "redirect without a place": sends(reply(b"", "307 Temporary")),
    "redirect to ftp": redirect("ftp://127.0.0.1/x"),
    "redirect to a file": redirect("file:///etc/passwd"),
    "redirect to a script": redirect("javascript:alert(1)"),
    "redirect to port 0": redirect("http://127.0.0.1:0/x"),
    "redirect to port 99999": redirect("http://127.0.0.1:99999/x"),
    "redirect to a port where nobody is": redirect("http://127.0.0.1:1/x"),
    "redirect with a control character": redirect("http://127.0.0.1\x01/\x02"),
    "redirect to a name in no alphabet": redirect("http://\xff\xfe/x"),
    "bare CR in a field": sends(
        b"HTTP/1.1 200 OK\r\nX-A: b\rSet-Cookie: c\r\nContent-Length: 0\r\n\r\n", close=True
    ),
    "NUL in a field": sends(b"HTTP/1.1 200 OK\r\nX-A: b\x00c\r\nContent-Length: 0\r\n\r\n"),
    "field without a colon": sends(b"HTTP/1.1 200 OK\r\nnonsense\r\n\r\n", close=True),
    "field that goes on": sends(
        b"HTTP/1.1 200 OK\r\nX-A: b\r\n c\r\nContent-Length: 0\r\n\r\n", close=True
    ),
    "digest that is a path": sends(
        reply(manifest(), "200 OK", TYPE, "Docker-Content-Digest: sha256:../../../x")
    ),
    "digest with control characters": sends(
        reply(manifest(), "200 OK", TYPE, "Docker-Content-Digest: \x1b[31msha256:0\x07")
    ),
    "digest of something else": sends(
        reply(manifest(), "200 OK", TYPE, f"Docker-Content-Digest: {digest_of(b'')}")
    ),
    "10,000 fields": sends(
        reply(b"", "200 OK", TYPE, *(f"X-{n}: {'v' * 50}" for n in range(10_000))), close=True
    ),
    "fields without an end": sends_on(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n" * 1000),
    "a field without an end": sends_on(b"HTTP/1.1 200 OK\r\nX-A: ", b"b" * 65536),
    "media type of control characters": sends(
        reply(manifest(mediaType="\x1b]0;x\x07" * 50), "200 OK", "Content-Type: text/plain")
    ),
    "media type of a megabyte": sends(reply(manifest(mediaType="x" * MIB), "200 OK")),
    "closed before the head": sends(close=True),
    "closed in the head": sends(b"HTTP/1.1 200 OK\r\nConte", close=True),
    "garbage": sends(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 100, close=True),
    "HTTP/0.9": sends(b"<html>hello</html>\r\n\r\n", close=True),
    "silence": silence,
    "one byte of the head at a time": sends_on(b"", b"H", 0.05),
    "one byte of a field at a time": sends_on(b"HTTP/1.1 200 OK\r\nX-A: ", b"b", 0.05),
    "one byte of the body at a time": sends_on(
        reply(b"", "200 OK", "Content-Length: 99999", length=False), b" ", 0.05
    ),
    "negative size": sends(reply(manifest(descriptor(LAYER, size=-1)), "200 OK", TYPE)),
    "absurd size": sends(reply(manifest(descriptor(LAYER, size=2**63)), "200 OK", TYPE)),
    "the largest size": sends(
        reply(manifest(descriptor(LAYER, size=LARGEST_LAYER)), "200 OK", TYPE)
    ),
    "size of many digits": sends(reply(manifest(descriptor(LAYER, size=10**400)), "200 OK", TYPE)),
    "size that is a fraction": sends(reply(manifest(descriptor(LAYER, size=1.5)), "200 OK", TYPE)),
    "size that is true": sends(reply(manifest(descriptor(LAYER, size=True)), "200 OK", TYPE)),
    "size that is a list": sends(reply(manifest(descriptor(LAYER, size=[1])), "200 OK", TYPE)),
    "layer whose digest is a path": sends(
        reply(manifest(descriptor(LAYER, digest="sha256:../../../../tmp/x")), "200 OK", TYPE)
    ),
    "layer whose digest is a long path": sends(
        reply(manifest(descriptor(LAYER, digest="../" * 30_000)), "200 OK", TYPE)
    ),
    "layer whose digest is an object": sends(
        reply(manifest(descriptor(LAYER, digest={})), "200 OK", TYPE)
    ),
    "two sizes for a layer": sends(
        reply(manifest(descriptor(LAYER), descriptor(LAYER, size=1)), "200 OK", TYPE)
    ),
    "30,000 layers that are not there": sends(
        reply(
            manifest(*({"digest": f"sha256:{n:064x}", "size": 1} for n in range(30_000))),
            "200 OK",
            TYPE,
        )
    ),
    "config of a gigabyte": sends(
        reply(manifest(config=descriptor(CONFIG, mediaType=OCI_CONFIG, size=2**30)), "200 OK", TYPE)
    ),
    "index of itself": sends(
        reply(b'{"schemaVersion":2,"manifests":[{"digest":"x","size":-1}]}', "200 OK")
    ),
}


async def test_that_a_hostile_manifest_ends_the_pull_in_words(puller: Any, transport: str) -> None:
    def check(_: RawRegistry, output: Path) -> None:
        committed = {path.name for path in output.glob("blobs/*/*")}
        assert committed <= {digest_of(CONFIG).removeprefix("sha256:")}
        assert len(list(output.glob(".ingest/*"))) < 20

    cases = {what: {"/manifests/": answer} for what, answer in MANIFESTS.items()}
    await refused(cases, puller, transport, check)


def ranged(make: Callable[[bytes, int, int], tuple[bytes, ...]]) -> Answer:
    """Answer a range by what `make` says of its bytes, its first and its last."""

    async def answer(writer: asyncio.StreamWriter, head: str) -> None:
        first, last = asked_range(head)
        for part in make(LAYER[first : last + 1], first, last):
            writer.write(part)
            await writer.drain()

    return answer


def ranged_on(forever: bytes, pause: float = 0.0, *, framed: bool = False) -> Answer:
    """Answer a range with a right head and then the same bytes again and again."""

    async def answer(writer: asyncio.StreamWriter, head: str) -> None:
        first, last = asked_range(head)
        field = CHUNKED if framed else f"Content-Length: {last - first + 1}"
        fields = ("206 Partial", content_range(first, last), field)
        await sends_on(reply(b"", *fields, length=False), forever, pause)(writer, head)

    return answer


def partial(body: bytes, first: int, last: int, *fields: str, length: bool = True) -> bytes:
    return reply(body, "206 Partial", content_range(first, last), *fields, length=length)


LAYERS: dict[str, Answer] = {
    "more than promised": ranged(lambda body, a, b: (partial(body + b"x" * 99, a, b),)),
    "more than promised in chunks": ranged(
        lambda body, a, b: (
            partial(b"", a, b, CHUNKED, length=False),
            chunked(body, b"x" * 99, b""),
        )
    ),
    "chunks without an end": ranged_on(chunked(b"x" * 4096), framed=True),
    "less than promised": ranged(lambda body, a, b: (partial(body[:-1], a, b),)),
    "nothing in chunks": ranged(
        lambda body, a, b: (partial(b"", a, b, CHUNKED, length=False), chunked(b""))
    ),
    "other bytes": ranged(lambda body, a, b: (partial(b"x" * len(body), a, b),)),
    "compressed": ranged(
        lambda body, a, b: (partial(gzip.compress(body), a, b, "Content-Encoding: gzip"),)
    ),
    "range of absurd numbers": ranged(
        lambda body, a, b: (reply(body, "206 Partial", f"Content-Range: bytes {'9' * 5000}-{b}/*"),)
    ),
    "range with control characters": ranged(
        lambda body, a, b: (reply(body, "206 Partial", "Content-Range: \x1b[2J"),)
    ),
    "whole blob of another size": sends(reply(LAYER + b"x", "200 OK")),
    "whole blob without an end": sends_on(reply(b"", "200 OK", length=False), b"x" * 65536),
    "many parts": sends(
        reply(b"--x\r\n\r\n--x--", "206 Partial", "Content-Type: multipart/byteranges; boundary=x")
    ),
    "status 101": sends(reply(b"", "101 Switching", "Upgrade: x", "Connection: upgrade")),
    "status 103 for ever": sends_on(b"", b"HTTP/1.1 103 Early\r\nLink: <x>\r\n\r\n", 0.001),
    "status 204": sends(reply(b"", "204 None", length=False)),
    "status 304": sends(reply(b"", "304 Same", length=False)),
    "status 416": sends(reply(b"", "416 Range")),
    "status 503 that asks to wait less than nothing": sends(
        reply(b"", "503 Busy", "Retry-After: -1")
    ),
    "an error without an end": sends_on(reply(b"", "500 Error", length=False), b"x" * 65536),
    "redirect to ftp": redirect("ftp://127.0.0.1/x"),
    "redirect to a file": redirect("file:///etc/passwd"),
    "redirect to a port where nobody is": redirect("http://127.0.0.1:1/x"),
    "login without an end": sends(
        reply(b"", "401 Who", 'WWW-Authenticate: Bearer realm="http://127.0.0.1:1/"')
    ),
    "closed before the head": sends(close=True),
    "garbage": sends(b"\x00" * 1000, close=True),
    "silence": silence,
    "silence in the body": ranged(lambda body, a, b: (partial(body, a, b)[:-5],)),
    "one byte of a field at a time": sends_on(b"HTTP/1.1 206 OK\r\nX-A: ", b"b", 0.05),
    "one byte of the body at a time": ranged_on(b"x", 0.05),
    "one byte of a chunk at a time": ranged_on(chunked(b"x"), 0.05, framed=True),
}


async def test_that_a_hostile_layer_ends_the_pull_in_words(puller: Any, transport: str) -> None:
    def check(registry: RawRegistry, output: Path) -> None:
        assert not (output / "blobs" / digest_of(LAYER).replace(":", "/")).exists()
        assert len(registry.heads) < 60

    cases = {what: {digest_of(LAYER): answer} for what, answer in LAYERS.items()}
    await refused(cases, puller, transport, check)


async def test_that_bytes_behind_a_whole_reply_are_no_part_of_the_layer(
    registry: RawRegistry, puller: Any, transport: str
) -> None:
    registry.answers[digest_of(LAYER)] = ranged(lambda body, a, b: (partial(body, a, b), b"x" * 99))
    came = await pulled(puller, registry.host, transport)
    # They make the connection useless for the next request, which may be retried too often.
    if isinstance(came, Snapshot):
        puller.assert_image_is_whole()
    else:
        assert "times in a row" in str(came)


CONFIGS: dict[str, Answer] = {
    "more than promised": sends(reply(CONFIG + b" ", "200 OK")),
    "endless": sends_on(reply(b"", "200 OK", length=False), b" " * 65536),
    "endless in chunks": sends_on(reply(b"", "200 OK", CHUNKED, length=False), chunked(b" " * 99)),
    "other bytes": sends(reply(b"x" * len(CONFIG), "200 OK")),
    "compressed": sends(reply(gzip.compress(CONFIG), "200 OK", "Content-Encoding: gzip")),
    "one byte at a time": sends_on(
        reply(b"", "200 OK", f"Content-Length: {len(CONFIG)}", length=False), b"x", 0.05
    ),
    "silence": silence,
}


async def test_that_a_hostile_config_ends_the_pull_in_words(puller: Any, transport: str) -> None:
    def check(_: RawRegistry, output: Path) -> None:
        assert not (output / "blobs" / digest_of(CONFIG).replace(":", "/")).exists()

    cases = {what: {digest_of(CONFIG): answer} for what, answer in CONFIGS.items()}
    await refused(cases, puller, transport, check)


TOKENS: dict[str, Answer] = {
    "endless": sends_on(reply(b"", "200 OK", length=False), b" " * 65536),
    "of 2 MB": sends(reply(b" " * 2_000_000 + b'{"token":"t"}')),
    "deep": sends(reply(b"[" * 100_000)),
    "with a line break": sends(reply(b'{"token":"a\\r\\nX-Evil: 1"}')),
    "of another alphabet": sends(reply('{"token":"\u00fc"}'.encode())),
    "that is a number": sends(reply(b'{"token":1}')),
    "compressed": sends(reply(gzip.compress(b'{"token":"t"}'), "200 OK", "Content-Encoding: gzip")),
    "moved": redirect("http://127.0.0.1:1/token"),
    "silent": silence,
}


def challenges(realm: str | None = None) -> Answer:
    """Answer 401 and name a token service, this host's own unless told otherwise."""

    async def answer(writer: asyncio.StreamWriter, head: str) -> None:
        host = next(line for line in head.split("\r\n") if line.lower().startswith("host:"))[5:]
        named = f"http://{host.strip()}/token" if realm is None else realm
        writer.write(reply(b"", "401 Who", f'WWW-Authenticate: Bearer realm="{named}"'))
        await writer.drain()

    return answer


async def test_that_a_hostile_token_ends_the_pull_in_words(puller: Any, transport: str) -> None:
    def check(registry: RawRegistry, _: Path) -> None:
        assert any("/token" in head for head in registry.heads)
        assert not [head for head in registry.heads if "evil" in head.lower()]

    cases = {
        what: {"/token": answer, "/manifests/": challenges()} for what, answer in TOKENS.items()
    }
    await refused(cases, puller, transport, check)


REALMS = (
    "", "ftp://127.0.0.1/", "file:///etc/passwd", "http://user:pw@127.0.0.1/", "//x", "http://",
    "http://127.0.0.1:0/", "http://127.0.0.1:99999/", "http://a b/", "http://[::1", "\x01",
)  # fmt: skip


async def test_that_a_hostile_realm_is_asked_nothing(puller: Any, transport: str) -> None:
    def check(registry: RawRegistry, _: Path) -> None:
        assert all("/v2/" in head for head in registry.heads)
        assert len(registry.heads) <= 2

    cases = {repr(realm): {"/manifests/": challenges(realm)} for realm in REALMS}
    await refused(cases, puller, transport, check)


async def test_that_the_registry_of_these_tests_can_be_pulled_from(
    registry: RawRegistry, puller: Any, transport: str
) -> None:
    assert isinstance(await pulled(puller, registry.host, transport), Snapshot)
    puller.assert_image_is_whole()


async def test_that_a_refusal_behind_a_redirect_is_asked_anew_for_the_config_too(
    registry: RawRegistry, puller: Any, transport: str
) -> None:
    elsewhere = RawRegistry()
    await elsewhere.start()
    refusals = 0

    async def refuse_once(writer: asyncio.StreamWriter, _: str) -> None:
        nonlocal refusals
        refusals += 1
        writer.write(reply(b"", "403 Expired") if refusals == 1 else reply(CONFIG))
        await writer.drain()

    elsewhere.answers["/signed"] = refuse_once
    registry.answers[digest_of(CONFIG)] = redirect(f"http://{elsewhere.host}/signed?secret=s3cret")
    try:
        assert isinstance(await pulled(puller, registry.host, transport), Snapshot)
        elsewhere.answers["/signed"] = sends(reply(b"", "403 Expired"))
        puller.output = puller.output.with_name("second")
        came = await pulled(puller, registry.host, transport)
        assert "HTTP 403 from 127.0.0.1, where it redirected to" in str(came)
        assert "s3cret" not in str(came)
        assert "login" not in str(came)
    finally:
        await elsewhere.stop()


async def test_that_a_host_that_hangs_up_is_not_said_to_be_out_of_reach(
    registry: RawRegistry, puller: Any, transport: str
) -> None:
    registry.answers[digest_of(LAYER)] = sends(close=True)
    came = await pulled(puller, registry.host, transport)
    assert "the connection broke off" in str(came)
    assert "3 times in a row" in str(came)


async def test_that_a_part_that_is_being_opened_when_the_pull_fails_is_closed(
    registry: RawRegistry, puller: Any, transport: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The largest size fails while the config's part is opened, here slowly."""
    open_part = Store.open_part

    def open_slowly(store: Store, layer: Layer) -> Part | None:
        if layer.digest == digest_of(CONFIG):
            time.sleep(0.3)
        return open_part(store, layer)

    monkeypatch.setattr(Store, "open_part", open_slowly)
    registry.answers["/manifests/"] = MANIFESTS["the largest size"]
    assert isinstance(await pulled(puller, registry.host, transport), PullError)
    gc.collect()  # a file that was left open is an error here
    open_files = [file.path for file in psutil.Process().open_files()]
    assert not [path for path in open_files if f"{puller.output}/" in path]
