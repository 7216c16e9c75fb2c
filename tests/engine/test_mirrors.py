import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from pullscope.engine import registry as registry_module
from pullscope.engine.credentials import Credential
from pullscope.engine.errors import AccessDenied, DigestMismatch, NotFound, RegistryError
from pullscope.engine.hosts import Host
from pullscope.engine.message import translated, words_of
from pullscope.engine.mirrors import FIRST_REST, LONGEST_REST, Health, MirroredRegistry
from pullscope.engine.model import Layer
from pullscope.engine.ranges import Asked
from pullscope.engine.reference import parse_reference
from pullscope.engine.registry import ATTEMPTS, OutOfReach, Passing, Registry

BLOB = b"0123456789"
LAYER = Layer("sha256:" + hashlib.sha256(BLOB).hexdigest(), len(BLOB), "")
OTHER = Layer("sha256:" + "0" * 64, len(BLOB), "")
WHOLE = Asked(0, 9, len(BLOB), whole=True)
MANIFEST = b"{}"
MIRROR, ITSELF = "mirror.test", "registry.test"

Answer = Callable[[httpx.Request], httpx.Response] | Exception


def status(code: int, **headers: str) -> Answer:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: httpx.Response(code, headers=fields, content=stream(b""))


def body(content: bytes) -> Answer:
    return lambda _: httpx.Response(200, content=stream(content))


async def stream(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def silence() -> AsyncIterator[bytes]:
    yield BLOB[:1]
    await asyncio.Event().wait()


class Hosts:
    """A registry and its mirror in memory, each with the answer it gives."""

    def __init__(self, health: dict[str, Health], stall_timeout: float, **fields: object) -> None:
        self.answers: dict[str, Answer] = {MIRROR: body(BLOB), ITSELF: body(BLOB)}
        self.requests: list[httpx.Request] = []
        self.client = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))
        reference = parse_reference(f"{ITSELF}/app:1")
        mirror = Host(f"https://{MIRROR}/v2", "app", ITSELF, is_mirror=True, **fields)  # type: ignore[arg-type]
        self.registry = MirroredRegistry(
            reference,
            Host(f"https://{ITSELF}/v2", "app"),
            lambda _: self.client,
            find_credential=self._no_login,
            mirrors=[
                Registry(reference, mirror, lambda _: self.client, find_credential=self._no_login)
            ],
            health=health,
            stall_timeout=stall_timeout,
        )

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers[request.url.host]
        if isinstance(answer, Exception):
            raise answer
        return answer(request)

    @staticmethod
    async def _no_login() -> Credential | None:
        return None

    @property
    def asked(self) -> list[str]:
        return [request.url.host for request in self.requests]

    async def open(self, layer: Layer = LAYER) -> tuple[int, str]:
        """Open a blob and read it; return the status and the host."""
        reply = await self.registry.open_blob(layer, WHOLE, 65536)
        while await reply.body.read() is not None:
            pass
        await reply.close()
        return reply.status, reply.host


@pytest.fixture
async def health() -> dict[str, Health]:
    return {}


@pytest.fixture
async def hosts(health: dict[str, Health]) -> AsyncIterator[Hosts]:
    hosts = Hosts(health, 15.0)
    yield hosts
    await hosts.client.aclose()


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    sleep = asyncio.sleep
    monkeypatch.setattr(registry_module.asyncio, "sleep", lambda _: sleep(0))


# Health


def test_that_a_host_rests_longer_with_each_failure_in_a_row() -> None:
    health, now, rests = Health(), 100.0, []
    for _ in range(9):
        health.failed(now)
        rests.append(health.rest(now, 1.0))
        now += rests[-1]
    assert rests[:3] == [FIRST_REST, 2 * FIRST_REST, 4 * FIRST_REST]
    assert rests[-1] == LONGEST_REST
    health.succeeded()
    health.failed(now)
    assert health.rest(now, 1.0) == FIRST_REST


def test_that_failures_of_one_moment_count_once() -> None:
    health = Health()
    for _ in range(20):
        health.failed(100.0)
    assert health.rest(100.0, 1.0) == FIRST_REST


def test_that_a_wait_that_was_asked_for_is_a_rest() -> None:
    health = Health()
    health.failed(100.0, 60.0)
    assert health.rest(100.0, 1.0) == 60.0


def test_that_one_request_tries_a_host_after_its_rest_and_the_others_wait_for_it() -> None:
    health = Health()
    health.failed(100.0)
    later = 100.0 + FIRST_REST
    assert health.rest(later, 1.0) == 0
    health.begin(later)
    assert health.rest(later, 1.0) > 0
    health.succeeded()
    assert health.rest(later, 1.0) == 0
    health.begin(later)
    assert health.rest(later, 1.0) == 0


# Blobs


async def test_that_a_mirror_is_told_for_whom_it_stands_and_the_registry_is_not(
    hosts: Hosts,
) -> None:
    hosts.answers[MIRROR] = status(404)
    assert await hosts.open() == (200, ITSELF)
    assert [str(request.url) for request in hosts.requests] == [
        f"https://{MIRROR}/v2/app/blobs/{LAYER.digest}?ns={ITSELF}",
        f"https://{ITSELF}/v2/app/blobs/{LAYER.digest}",
    ]
    assert hosts.registry.requests == 2


async def test_that_a_mirror_is_not_asked_again_for_what_it_has_not_got(hosts: Hosts) -> None:
    hosts.answers[MIRROR] = status(404)
    await hosts.open()
    await hosts.open()
    assert hosts.asked == [MIRROR, ITSELF, ITSELF]
    hosts.answers[MIRROR] = body(BLOB)
    assert await hosts.open(OTHER) == (200, MIRROR)


@pytest.mark.parametrize(
    "trouble",
    [status(500), status(503), status(429), httpx.ConnectError("refused"), status(302)],
    ids=["500", "503", "429", "down", "redirected to nowhere"],
)
async def test_that_a_mirror_in_trouble_rests(hosts: Hosts, trouble: Answer) -> None:
    hosts.answers[MIRROR] = trouble
    assert await hosts.open() == (200, ITSELF)
    assert await hosts.open(OTHER) == (200, ITSELF)
    assert hosts.asked == [MIRROR, ITSELF, ITSELF]


async def test_that_a_mirror_that_rests_is_asked_where_the_registry_fails(hosts: Hosts) -> None:
    hosts.answers[MIRROR] = status(503)
    await hosts.open()
    hosts.answers |= {MIRROR: body(BLOB), ITSELF: status(503)}
    assert await hosts.open() == (200, MIRROR)


@pytest.mark.parametrize(
    ("at_mirror", "at_registry", "ends"),
    [
        (status(503), status(404), 503),
        (status(404), status(503), 503),
        (status(404), status(403), 403),
        (status(403), status(404), 404),
        (status(503), httpx.ConnectError("invalid peer certificate"), 503),
        (httpx.ConnectError("invalid peer certificate"), status(404), 404),
    ],
)
async def test_that_where_nobody_serves_what_may_pass_is_preferred_to_the_registrys_word(
    hosts: Hosts, at_mirror: Answer, at_registry: Answer, ends: int
) -> None:
    hosts.answers = {MIRROR: at_mirror, ITSELF: at_registry}
    assert (await hosts.open())[0] == ends


async def test_that_no_reply_at_all_is_an_error_of_the_transport(hosts: Hosts) -> None:
    hosts.answers = {MIRROR: httpx.ConnectError("a"), ITSELF: httpx.ConnectError("b")}
    with pytest.raises(httpx.ConnectError):
        await hosts.open()


async def test_that_a_body_that_is_too_short_is_a_failure_of_its_host(hosts: Hosts) -> None:
    hosts.answers[MIRROR] = body(BLOB[:5])
    assert await hosts.open() == (200, MIRROR)
    assert await hosts.open() == (200, ITSELF)


async def test_that_a_host_that_is_silent_is_asked_last(health: dict[str, Health]) -> None:
    hosts = Hosts(health, stall_timeout=0.02)
    hosts.answers[MIRROR] = lambda _: httpx.Response(200, content=silence())
    reply = await hosts.registry.open_blob(LAYER, WHOLE, 65536)
    assert await reply.body.read() == BLOB[:1]
    reading = asyncio.create_task(reply.body.read())  # type: ignore[arg-type]
    assert (await hosts.registry.open_blob(LAYER, WHOLE, 65536)).host == MIRROR  # not silent yet
    async with asyncio.timeout(5):
        while (await hosts.registry.open_blob(LAYER, WHOLE, 65536)).host == MIRROR:
            await asyncio.get_running_loop().run_in_executor(None, lambda: None)
    reading.cancel()
    await asyncio.wait([reading])
    assert (await hosts.open())[1] == ITSELF  # it was cut: now the mirror rests
    await hosts.client.aclose()


async def test_that_a_read_that_is_cut_early_is_no_failure(hosts: Hosts) -> None:
    hosts.answers[MIRROR] = lambda _: httpx.Response(200, content=silence())
    reply = await hosts.registry.open_blob(LAYER, WHOLE, 65536)
    await reply.body.read()
    reading = asyncio.create_task(reply.body.read())  # type: ignore[arg-type]
    await asyncio.sleep(0)
    reading.cancel()
    await asyncio.wait([reading])
    hosts.answers[MIRROR] = body(BLOB)
    assert await hosts.open() == (200, MIRROR)


async def test_that_a_layer_with_a_wrong_digest_is_asked_of_the_registry_alone(
    hosts: Hosts,
) -> None:
    hosts.registry.distrust(LAYER)
    assert await hosts.open() == (200, ITSELF)
    assert await hosts.open(OTHER) == (200, MIRROR)
    assert hosts.asked == [ITSELF, MIRROR]


# Manifests and the config


async def test_that_a_mirrors_wrong_bytes_are_replaced_by_the_registrys(hosts: Hosts) -> None:
    hosts.answers[MIRROR] = body(b"9876543210")
    assert await hosts.registry.small_blob(LAYER) == BLOB
    assert hosts.asked == [MIRROR, ITSELF]
    hosts.answers[ITSELF] = body(b"9876543210")
    with pytest.raises(DigestMismatch):
        await hosts.registry.small_blob(LAYER)


async def test_that_both_are_asked_in_turn_until_what_may_pass_has_passed(hosts: Hosts) -> None:
    hosts.answers = {MIRROR: status(503), ITSELF: status(503)}
    with pytest.raises(RegistryError) as caught:
        await hosts.registry.manifest("1")
    assert sorted(hosts.asked) == [MIRROR] * ATTEMPTS + [ITSELF] * ATTEMPTS
    assert str(caught.value) == (
        f"GET https://{ITSELF}/v2/app/manifests/1: HTTP 503; asked before, {MIRROR}: HTTP 503"
    )


async def test_that_the_registry_has_the_last_word_on_its_tags(hosts: Hosts) -> None:
    hosts.answers = {MIRROR: status(503), ITSELF: status(404)}
    with pytest.raises(NotFound):
        await hosts.registry.manifest("1")
    assert hosts.asked == [MIRROR, ITSELF]


async def test_that_a_registry_out_of_reach_does_not_end_what_its_mirror_may_serve(
    hosts: Hosts,
) -> None:
    answers = [status(503), body(MANIFEST)]

    def recovering(request: httpx.Request) -> httpx.Response:
        answer = answers.pop(0)
        assert not isinstance(answer, Exception)
        return answer(request)

    hosts.answers = {MIRROR: recovering, ITSELF: status(403)}
    assert (await hosts.registry.manifest("1")).body == MANIFEST


async def test_that_a_refusal_by_all_is_the_registrys(hosts: Hosts) -> None:
    hosts.answers = {MIRROR: status(404), ITSELF: status(403)}
    with pytest.raises(AccessDenied) as caught:
        await hosts.registry.manifest("1")
    error = caught.value
    assert str(error) == (
        f"GET https://{ITSELF}/v2/app/manifests/1: HTTP 403; asked before, {MIRROR}: HTTP 404; "
        f"check the name, or log in with: docker login {ITSELF}"
    )
    assert error.came == f"HTTP 403; asked before, {MIRROR}: HTTP 404"
    assert error.status == 403


async def test_that_what_each_host_did_can_be_translated(hosts: Hosts) -> None:
    hosts.answers = {MIRROR: status(302, location="ftp://x.test/"), ITSELF: status(404)}
    with pytest.raises(NotFound) as caught:
        await hosts.registry.manifest("1")
    said = translated(words_of(caught.value), lambda _, template: f"<{template}>")
    itself, mirror = (f"GET https://{host}/v2/app/manifests/1" for host in (ITSELF, MIRROR))
    no_address = "<redirected to something that is no web address>"
    assert said == (
        f"<<{itself}: <<HTTP 404, no such manifest>; asked before, "
        f"<{MIRROR}: <{mirror}: {no_address}>>>>; <check the name and the tag>>"
    )


async def test_that_a_mirror_without_the_right_is_not_asked_for_a_tag(
    health: dict[str, Health],
) -> None:
    hosts = Hosts(health, 15.0, resolves=False)
    hosts.answers[ITSELF] = body(MANIFEST)
    await hosts.registry.manifest("1")
    assert hosts.asked == [ITSELF]
    digest = "sha256:" + hashlib.sha256(MANIFEST).hexdigest()
    hosts.answers[MIRROR] = body(MANIFEST)
    await hosts.registry.manifest(digest)
    assert hosts.asked == [ITSELF, MIRROR]
    await hosts.client.aclose()


async def test_that_a_mirrors_headers_reach_it_and_no_other_origin(
    health: dict[str, Health],
) -> None:
    hosts = Hosts(health, 15.0, headers=(("X-Key", "s3cret"), ("User-Agent", "own/1")))
    hosts.answers[MIRROR] = status(307, location="https://cdn.test/blob")
    hosts.answers["cdn.test"] = status(404)
    await hosts.open()
    told = {request.url.host: request.headers.get("x-key") for request in hosts.requests}
    assert told == {MIRROR: "s3cret", "cdn.test": None, ITSELF: None}
    assert hosts.requests[0].headers.get_list("user-agent") == ["own/1"]
    assert "own/1" not in {r.headers.get("user-agent") for r in hosts.requests[1:]}
    await hosts.client.aclose()


async def test_that_what_is_known_of_a_host_outlives_a_pull(health: dict[str, Health]) -> None:
    first, second = Hosts(health, 15.0), Hosts(health, 15.0)
    first.answers[MIRROR] = status(503)
    await first.open()
    assert await second.open() == (200, ITSELF)
    for hosts in (first, second):
        await hosts.client.aclose()


# What mirrors do wrong in the middle of a body


async def read_all(hosts: Hosts) -> bytes:
    reply = await hosts.registry.open_blob(LAYER, WHOLE, 65536)
    content = b""
    while (piece := await reply.body.read()) is not None:
        content += bytes(piece)
    return content


async def test_that_a_mirror_that_sends_too_much_is_not_asked_for_the_blob_again(
    hosts: Hosts,
) -> None:
    hosts.answers[MIRROR] = body(BLOB + b"!")
    with pytest.raises(httpx.RemoteProtocolError, match="more bytes came"):
        await read_all(hosts)
    assert await hosts.open() == (200, ITSELF)


async def test_that_the_registry_itself_may_send_too_much_for_others_to_judge(
    hosts: Hosts,
) -> None:
    hosts.answers = {MIRROR: status(404), ITSELF: body(BLOB + b"!")}
    assert await read_all(hosts) == BLOB + b"!"


async def drip() -> AsyncIterator[bytes]:
    for byte in BLOB:
        for _ in range(10):  # others have their turn; no single wait is long
            await asyncio.wait([asyncio.create_task(asyncio.Event().wait())], timeout=0.01)
        yield bytes([byte])


async def test_that_a_drip_that_is_cut_is_a_failure_of_its_host(health: dict[str, Health]) -> None:
    hosts = Hosts(health, stall_timeout=0.4)
    hosts.answers[MIRROR] = lambda _: httpx.Response(200, content=drip())
    reading = asyncio.create_task(read_all(hosts))
    await asyncio.wait([reading], timeout=0.5)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert await hosts.open() == (200, ITSELF)
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
    await hosts.client.aclose()


# Outages


@pytest.mark.parametrize("small", [True, False])
async def test_that_an_outage_is_one_beside_a_mirror_that_was_never_there(
    hosts: Hosts, small: bool
) -> None:
    nobody = httpx.ConnectError("refused")
    hosts.answers[MIRROR] = nobody
    assert await hosts.open() == (200, ITSELF)
    hosts.answers[ITSELF] = nobody
    if small:
        with pytest.raises(Passing) as passing:
            await hosts.registry._anywhere(LAYER.digest, lambda host: host.try_blob(LAYER))
        assert passing.value.out_of_reach
    else:
        with pytest.raises(OutOfReach):
            await hosts.open()
