import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pullscope.engine import registry as registry_module
from pullscope.engine.credentials import Credential
from pullscope.engine.errors import (
    AccessDenied,
    BadReply,
    DigestMismatch,
    NotFound,
    PullError,
    RegistryError,
)
from pullscope.engine.hosts import Places, find_hosts
from pullscope.engine.manifests import ACCEPT, LARGEST_MANIFEST
from pullscope.engine.message import translated, words_of
from pullscope.engine.model import Layer, Protocol
from pullscope.engine.ranges import Asked
from pullscope.engine.reference import parse_reference
from pullscope.engine.registry import ATTEMPTS, Answered, Registry, redacted, refusal, words

HOME = "https://registry.test"
MANIFESTS = f"{HOME}/v2/team/app/manifests"
MANIFEST = b'{"schemaVersion": 2}'
DIGEST = "sha256:" + hashlib.sha256(MANIFEST).hexdigest()
BLOB = b"0123456789"
LAYER = Layer("sha256:" + hashlib.sha256(BLOB).hexdigest(), len(BLOB), "")
BLOBS = f"{HOME}/v2/team/app/blobs/{LAYER.digest}"
PART = Asked(2, 5, len(BLOB))
WHOLE = Asked(0, 9, len(BLOB), whole=True)
CDN = "https://cdn.test/blob?sig=s3cret"
CHALLENGE = {"www-authenticate": 'Bearer realm="https://auth.test/token",service="registry.test"'}
LOGIN = Credential("alice", "pass-s3cret")

Handler = Callable[[httpx.Request], httpx.Response]


def streamed(response: httpx.Response) -> httpx.Response:
    """Return a response whose body comes in pieces, as from a network."""
    if not response.is_stream_consumed:
        return response

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(response.content), 65536):
            yield response.content[start : start + 65536]

    fields = [pair for pair in response.headers.raw if pair[0].lower() != b"content-length"]
    return httpx.Response(response.status_code, headers=fields, content=pieces())


class Network:
    """Answers requests by their URL, from lists; the last answer of a list stays."""

    def __init__(self) -> None:
        self.answers: dict[str, list[httpx.Response | Handler | Exception]] = {}
        self.requests: list[httpx.Request] = []
        self.pauses: list[float] = []

    def at(self, url: str, *answers: httpx.Response | Handler | Exception) -> None:
        self.answers[url] = list(answers)

    def handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        url = str(request.url)
        answers = self.answers.get(url) or self.answers.get(url.partition("?")[0])
        if not answers:
            return httpx.Response(404)
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            raise answer
        return streamed(answer if isinstance(answer, httpx.Response) else answer(request))

    @property
    def urls(self) -> list[str]:
        return [str(request.url) for request in self.requests]

    def sent_to(self, host: str) -> list[httpx.Request]:
        return [request for request in self.requests if request.url.host == host]


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    """A network in memory on which nobody waits."""
    network = Network()
    sleep = asyncio.sleep

    async def no_sleep(seconds: float) -> None:
        network.pauses.append(seconds)
        await sleep(0)

    monkeypatch.setattr(registry_module.asyncio, "sleep", no_sleep)
    return network


@pytest.fixture
async def client(network: Network) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        transport=httpx.MockTransport(network.handle),
        headers={"User-Agent": "pullscope/test", "Accept-Encoding": "identity"},
    ) as client:
        yield client


NewRegistry = Callable[..., Registry]


@pytest.fixture
def new_registry(client: httpx.AsyncClient) -> NewRegistry:
    """Makes registries by a reference."""

    def new(
        text: str = "registry.test/team/app:1",
        credential: Credential | None = None,
        plain_http: bool = False,
    ) -> Registry:
        async def find() -> Credential | None:
            return credential

        reference = parse_reference(text)
        [host] = find_hosts(reference, Places(), plain_http=plain_http)
        return Registry(reference, host, lambda _: client, find_credential=find)

    return new


def ok(body: bytes = MANIFEST, **headers: str) -> httpx.Response:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(200, content=body, headers=fields)


def redirect(location: str, status: int = 307) -> httpx.Response:
    return httpx.Response(status, headers=[(b"location", location.encode("latin-1", "ignore"))])


def part(request: httpx.Request) -> httpx.Response:
    """Serve the range of the blob that was asked for."""
    first, last = map(int, request.headers["range"].removeprefix("bytes=").split("-"))
    content_range = f"bytes {first}-{last}/{len(BLOB)}"
    return httpx.Response(
        206, content=BLOB[first : last + 1], headers={"content-range": content_range}
    )


def behind_token(token: str, answer: Handler) -> Handler:
    """Answer those who have the token, and challenge the others."""

    def handle(request: httpx.Request) -> httpx.Response:
        if request.headers.get("authorization") != f"Bearer {token}":
            return httpx.Response(401, headers=CHALLENGE)
        return answer(request)

    return handle


async def read(registry: Registry, asked: Asked = PART) -> bytes:
    reply = await registry.open_blob(LAYER, asked, 65536)
    body = b""
    while (piece := await reply.body.read()) is not None:
        body += bytes(piece)
    await reply.close()
    return body


# Manifests


async def test_that_a_manifest_is_asked_for_in_every_type_that_is_read(
    network: Network, new_registry: NewRegistry
) -> None:
    network.at(f"{MANIFESTS}/1", ok(content_type="a/b", docker_content_digest=DIGEST))
    fetched = await new_registry().manifest("1")
    assert (fetched.body, fetched.content_type, fetched.digest) == (MANIFEST, "a/b", DIGEST)
    [request] = network.requests
    assert request.headers["accept"] == ACCEPT
    assert request.headers["accept-encoding"] == "identity"
    assert request.headers["user-agent"] == "pullscope/test"
    assert "range" not in request.headers
    assert "authorization" not in request.headers


async def test_that_a_manifest_by_digest_is_verified(
    network: Network, new_registry: NewRegistry
) -> None:
    network.at(f"{MANIFESTS}/{DIGEST}", ok(), ok(b"{}"))
    registry = new_registry()
    assert (await registry.manifest(DIGEST)).digest == DIGEST
    with pytest.raises(DigestMismatch, match=DIGEST):
        await registry.manifest(DIGEST)


@pytest.mark.parametrize(
    ("claimed", "error"),
    [("sha256:" + "0" * 64, DigestMismatch), ("sha256:", BadReply), ("md5:" + "0" * 32, BadReply)],
)
async def test_that_a_claimed_digest_must_be_that_of_the_body(
    claimed: str, error: type[PullError], network: Network, new_registry: NewRegistry
) -> None:
    network.at(f"{MANIFESTS}/1", ok(docker_content_digest=claimed))
    with pytest.raises(error):
        await new_registry().manifest("1")


async def test_that_a_registry_need_not_claim_a_digest(
    network: Network, new_registry: NewRegistry
) -> None:
    network.at(f"{MANIFESTS}/1", ok())
    assert (await new_registry().manifest("1")).digest == ""


async def test_that_a_manifest_may_be_as_large_as_allowed_and_no_larger(
    network: Network, new_registry: NewRegistry
) -> None:
    network.at(f"{MANIFESTS}/1", ok(b" " * LARGEST_MANIFEST), ok(b" " * (LARGEST_MANIFEST + 1)))
    registry = new_registry()
    assert len((await registry.manifest("1")).body) == LARGEST_MANIFEST
    with pytest.raises(BadReply, match="larger than"):
        await registry.manifest("1")


async def test_that_a_body_without_end_is_not_read_to_it(
    network: Network, new_registry: NewRegistry
) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 65536

    network.at(f"{MANIFESTS}/1", lambda _: httpx.Response(200, content=endless()))
    with pytest.raises(BadReply, match="larger than"):
        await new_registry().manifest("1")


async def test_that_the_config_is_verified_and_no_larger_than_said(
    network: Network, new_registry: NewRegistry
) -> None:
    bad = ok(b"123456789_")
    network.at(BLOBS, ok(BLOB), bad, ok(BLOB), bad, bad, ok(BLOB + b"!"))
    registry = new_registry()
    assert await registry.small_blob(LAYER) == BLOB
    assert await registry.small_blob(LAYER) == BLOB  # asked once more
    with pytest.raises(DigestMismatch):
        await registry.small_blob(LAYER)
    with pytest.raises(BadReply, match="larger than the 10 bytes"):
        await registry.small_blob(LAYER)


async def test_that_docker_hub_is_asked_at_its_own_host(
    network: Network, new_registry: NewRegistry
) -> None:
    url = "https://registry-1.docker.io/v2/library/alpine/manifests/latest"
    network.at(url, ok())
    await new_registry("alpine").manifest("latest")
    assert network.urls == [url]


async def test_that_a_registry_on_plain_http_is_asked_so(
    network: Network, new_registry: NewRegistry
) -> None:
    network.at("http://localhost:5000/v2/app/manifests/1", ok())
    await new_registry("localhost:5000/app:1", plain_http=True).manifest("1")


# Failures that may pass


@pytest.mark.parametrize(
    "failure",
    [
        httpx.Response(429),
        httpx.Response(408),
        httpx.Response(500),
        httpx.Response(503),
        httpx.ConnectError("refused"),
        httpx.ReadError("reset"),
        httpx.RemoteProtocolError("closed"),
    ],
    ids=repr,
)
async def test_that_what_may_pass_is_asked_again(
    failure: httpx.Response | Exception, network: Network, new_registry: NewRegistry
) -> None:
    network.at(f"{MANIFESTS}/1", *[failure] * (ATTEMPTS - 1), ok())
    registry = new_registry()
    assert (await registry.manifest("1")).body == MANIFEST
    assert registry.requests == len(network.requests) == ATTEMPTS
    assert len(network.pauses) == ATTEMPTS - 1


async def test_that_a_wait_that_was_asked_for_is_kept(
    network: Network, new_registry: NewRegistry
) -> None:
    busy = httpx.Response(429, headers={"retry-after": "30"})
    network.at(f"{MANIFESTS}/1", busy, ok())
    await new_registry().manifest("1")
    assert network.pauses == [30.0]


async def test_that_a_failure_that_stays_ends_in_a_registry_error(
    network: Network, new_registry: NewRegistry
) -> None:
    network.at(f"{MANIFESTS}/1", httpx.Response(429))
    with pytest.raises(RegistryError) as caught:
        await new_registry().manifest("1")
    assert str(caught.value) == f"GET {MANIFESTS}/1: HTTP 429, too many requests; wait, or log in"
    said = translated(words_of(caught.value), lambda _, template: f"<{template}>")
    assert said == f"<<GET {MANIFESTS}/1: <HTTP 429, too many requests>>; <wait, or log in>>"
    assert caught.value.status == 429
    assert len(network.requests) == ATTEMPTS


async def test_that_no_reply_ends_in_a_registry_error(
    network: Network, new_registry: NewRegistry
) -> None:
    network.at(f"{MANIFESTS}/1", httpx.ConnectError("Name or service not known"))
    with pytest.raises(RegistryError) as caught:
        await new_registry().manifest("1")
    assert str(caught.value) == (
        f"GET {MANIFESTS}/1: cannot connect (Name or service not known); "
        "check the name and the network"
    )
    assert caught.value.status is None


async def test_that_a_reply_that_takes_too_long_is_given_up(
    network: Network, new_registry: NewRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silent() -> AsyncIterator[bytes]:
        await asyncio.Event().wait()
        yield b""

    monkeypatch.setattr(registry_module, "REPLY_TIMEOUT", 0)
    network.at(f"{MANIFESTS}/1", lambda _: httpx.Response(200, content=silent()))
    with pytest.raises(RegistryError, match="no reply in time"):
        await new_registry().manifest("1")
    assert len(network.requests) <= ATTEMPTS


@pytest.mark.parametrize(
    ("status", "error", "said"),
    [
        (401, AccessDenied, "docker login registry.test"),
        (403, AccessDenied, "docker login registry.test"),
        (404, NotFound, "no such manifest; check the name and the tag"),
        (400, RegistryError, "HTTP 400"),
        (206, RegistryError, "HTTP 206"),
        (204, RegistryError, "HTTP 204"),
        (304, RegistryError, "HTTP 304"),
    ],
)
async def test_that_what_will_not_pass_is_asked_once(
    status: int,
    error: type[RegistryError],
    said: str,
    network: Network,
    new_registry: NewRegistry,
) -> None:
    network.at(f"{MANIFESTS}/1", httpx.Response(status))
    with pytest.raises(error, match=said) as caught:
        await new_registry().manifest("1")
    assert caught.value.status == status
    assert len(network.requests) == 1


async def test_that_every_small_request_is_told(
    network: Network, new_registry: NewRegistry
) -> None:
    network.at(f"{MANIFESTS}/1", behind_token("t1", lambda _: ok()))
    network.at("https://auth.test/token", httpx.Response(503), ok(b'{"token": "t1"}'))
    network.at(BLOBS, behind_token("t1", lambda _: ok(BLOB)))
    told: list[Answered] = []
    registry = new_registry()
    registry.on_answer = told.append
    await registry.manifest("1")
    await registry.small_blob(LAYER)
    assert [(answer.kind, answer.host, answer.status) for answer in told] == [
        ("challenge", "registry.test", 401),
        ("token", "auth.test", 503),
        ("token", "auth.test", 200),
        ("manifest", "registry.test", 200),
        ("config", "registry.test", 200),
    ]
    assert registry.requests == len(network.requests) == len(told) == 5


async def test_that_a_small_request_without_a_reply_is_told_with_its_reason(
    network: Network, new_registry: NewRegistry
) -> None:
    network.at(f"{MANIFESTS}/1", httpx.ConnectError("refused"), ok())
    told: list[Answered] = []
    registry = new_registry()
    registry.on_answer = told.append
    await registry.manifest("1")
    assert [(answer.host, answer.status, answer.error) for answer in told] == [
        ("registry.test", 0, "cannot connect (refused)"),
        ("registry.test", 200, ""),
    ]
    said = translated(told[0].error, lambda _, template: f"<{template}>")
    assert said == "<<cannot connect> (refused)>"


async def test_that_a_reply_that_breaks_off_is_told_once(
    network: Network, new_registry: NewRegistry
) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"{"
        raise httpx.ReadError("reset")

    network.at(f"{MANIFESTS}/1", lambda _: httpx.Response(200, content=broken()), ok())
    told: list[Answered] = []
    registry = new_registry()
    registry.on_answer = told.append
    await registry.manifest("1")
    assert [(answer.status, answer.error) for answer in told] == [(200, ""), (200, "")]


async def test_that_what_a_manifest_leaves_of_the_quota_is_told(
    network: Network, new_registry: NewRegistry
) -> None:
    reply = httpx.Response(200, content=MANIFEST, headers={"ratelimit-remaining": "97;w=21600"})
    network.at(f"{MANIFESTS}/1", reply)
    told: list[Answered] = []
    registry = new_registry()
    registry.on_answer = told.append
    await registry.manifest("1")
    assert [answer.quota_left for answer in told] == [97]


# Parts of blobs


async def test_that_a_part_is_asked_for_by_a_closed_range(
    network: Network, new_registry: NewRegistry
) -> None:
    network.at(BLOBS, part)
    reply = await new_registry().open_blob(LAYER, PART, 65536)
    assert (reply.status, reply.host, reply.redirected) == (206, "registry.test", False)
    assert reply.headers["Content-Range"] == "bytes 2-5/10"
    assert await reply.body.read() == b"2345"
    assert await reply.body.read() is None
    await reply.close()
    assert network.requests[0].headers["range"] == "bytes=2-5"


async def test_that_the_whole_is_asked_for_without_a_range(
    network: Network, new_registry: NewRegistry
) -> None:
    network.at(BLOBS, ok(BLOB))
    assert await read(new_registry(), WHOLE) == BLOB
    assert "range" not in network.requests[0].headers


@pytest.mark.parametrize("status", [404, 416, 429, 500])
async def test_that_a_reply_is_returned_whatever_its_status(
    status: int, network: Network, new_registry: NewRegistry
) -> None:
    network.at(BLOBS, httpx.Response(status))
    reply = await new_registry().open_blob(LAYER, PART, 65536)
    assert reply.status == status
    await reply.close()


async def test_that_no_reply_is_an_error_of_the_transport(
    network: Network, new_registry: NewRegistry
) -> None:
    network.at(BLOBS, httpx.ConnectError("refused"))
    with pytest.raises(httpx.ConnectError):
        await new_registry().open_blob(LAYER, PART, 65536)


# Authorization


async def test_that_a_challenge_is_met_with_a_token(
    network: Network, new_registry: NewRegistry
) -> None:
    network.at(BLOBS, behind_token("t1", part))
    network.at("https://auth.test/token", ok(b'{"token": "t1"}'))
    registry = new_registry(credential=LOGIN)
    assert await read(registry) == b"2345"
    assert await read(registry) == b"2345"
    assert [r.url.host for r in network.requests] == [
        "registry.test",
        "auth.test",
        "registry.test",
        "registry.test",
    ]
    assert network.sent_to("auth.test")[0].headers["authorization"] == LOGIN.basic


async def test_that_a_token_that_expires_is_renewed_once_for_all(
    network: Network, new_registry: NewRegistry
) -> None:
    network.at(BLOBS, behind_token("t1", part))
    network.at("https://auth.test/token", ok(b'{"token": "t1"}'), ok(b'{"token": "t2"}'))
    registry = new_registry()
    assert await read(registry) == b"2345"
    network.at(BLOBS, behind_token("t2", part))
    assert await asyncio.gather(*[read(registry) for _ in range(10)]) == [b"2345"] * 10
    assert len(network.sent_to("auth.test")) == 2


async def test_that_a_new_token_that_is_refused_is_not_renewed_again(
    network: Network, new_registry: NewRegistry
) -> None:
    network.at(f"{MANIFESTS}/1", httpx.Response(401, headers=CHALLENGE))
    network.at("https://auth.test/token", ok(b'{"token": "t1"}'))
    with pytest.raises(AccessDenied):
        await new_registry().manifest("1")
    assert len(network.requests) == 3


async def test_that_a_token_service_in_trouble_is_asked_again(
    network: Network, new_registry: NewRegistry
) -> None:
    network.at(BLOBS, behind_token("t1", part))
    network.at(
        "https://auth.test/token",
        httpx.Response(429),
        httpx.ConnectError("refused"),
        ok(b'{"token": "t1"}'),
    )
    assert await read(new_registry()) == b"2345"
    assert len(network.pauses) == 2


async def test_that_a_token_service_that_stays_in_trouble_is_an_error(
    network: Network, new_registry: NewRegistry
) -> None:
    network.at(BLOBS, behind_token("t1", part))
    network.at("https://auth.test/token", httpx.Response(503))
    with pytest.raises(RegistryError, match=r"GET https://auth\.test/token: HTTP 503"):
        await new_registry().open_blob(LAYER, PART, 65536)
    assert len(network.sent_to("auth.test")) == ATTEMPTS


async def test_that_a_token_larger_than_a_token_is_refused(
    network: Network, new_registry: NewRegistry
) -> None:
    network.at(BLOBS, behind_token("t1", part))
    network.at("https://auth.test/token", ok(b" " * (1024 * 1024 + 1)))
    with pytest.raises(BadReply, match="larger than"):
        await new_registry().open_blob(LAYER, PART, 65536)


# Redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_that_redirects_are_followed_with_the_range(
    status: int, network: Network, new_registry: NewRegistry
) -> None:
    network.at(BLOBS, redirect(CDN, status))
    network.at(CDN, part)
    registry = new_registry()
    told: list[Answered] = []
    registry.on_answer = told.append
    reply = await registry.open_blob(LAYER, PART, 65536)
    assert (reply.host, reply.redirected) == ("cdn.test", True)
    await reply.close()
    assert network.requests[1].headers["range"] == "bytes=2-5"
    assert network.urls == [BLOBS, CDN]
    assert [(each.kind, each.host, each.status) for each in told] == [
        ("redirect", "registry.test", status)
    ]


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://cdn.test/blob",
        "https://registry.test:8443/blob",
        "https://registry.test.evil.com/blob",
        "https://sub.registry.test/blob",
        "https://registry.test@evil.com/blob",
        "https://x@registry.test:444/blob",
        "//evil.com/blob",
        r"https://evil.com\.registry.test/blob",
    ],
)
async def test_that_authorization_reaches_no_other_origin(
    elsewhere: str, network: Network, new_registry: NewRegistry
) -> None:
    network.at(BLOBS, behind_token("t1", lambda _: redirect(elsewhere)))
    network.at("https://auth.test/token", ok(b'{"token": "t1"}'))
    try:
        reply = await new_registry().open_blob(LAYER, PART, 65536)
        await reply.close()
    except BadReply:
        pass
    for request in network.requests:
        if str(request.url) != BLOBS:
            assert "t1" not in request.headers.get("authorization", "")


@pytest.mark.parametrize("near", ["/elsewhere?x=1", "https://registry.test/elsewhere?x=1"])
async def test_that_authorization_goes_along_within_the_origin(
    near: str, network: Network, new_registry: NewRegistry
) -> None:
    network.at(BLOBS, behind_token("t1", lambda _: redirect(near)))
    network.at("https://auth.test/token", ok(b'{"token": "t1"}'))
    network.at(f"{HOME}/elsewhere", behind_token("t1", part))
    assert await read(new_registry()) == b"2345"


@pytest.mark.parametrize(
    "text",
    ["Registry.Test/team/app:1", "registry.test:443/team/app:1", "REGISTRY.test:443/team/app:1"],
)
async def test_that_an_origin_is_the_same_in_every_spelling(
    text: str, network: Network, new_registry: NewRegistry
) -> None:
    network.at(BLOBS, behind_token("t1", lambda _: redirect("/elsewhere")))
    network.at("https://auth.test/token", ok(b'{"token": "t1"}'))
    network.at(f"{HOME}/elsewhere", behind_token("t1", part))
    registry = new_registry(text)
    reply = await registry.open_blob(LAYER, PART, 65536)
    assert (reply.status, reply.redirected) == (206, False)
    await reply.close()


async def test_that_a_401_of_another_origin_gets_no_token(
    network: Network, new_registry: NewRegistry
) -> None:
    network.at(BLOBS, redirect(CDN))
    network.at(CDN, httpx.Response(401, headers=CHALLENGE))
    reply = await new_registry(credential=LOGIN).open_blob(LAYER, PART, 65536)
    assert (reply.status, reply.redirected) == (401, True)
    await reply.close()
    assert not network.sent_to("auth.test")


async def test_that_a_redirect_from_https_to_http_is_refused(
    network: Network, new_registry: NewRegistry
) -> None:
    network.at(BLOBS, redirect("http://cdn.test/blob?sig=s3cret"))
    with pytest.raises(BadReply, match=r"plain http on cdn\.test; nothing was asked") as caught:
        await new_registry().open_blob(LAYER, PART, 65536)
    assert "s3cret" not in str(caught.value)
    assert network.urls == [BLOBS]


async def test_that_redirects_in_a_circle_end(network: Network, new_registry: NewRegistry) -> None:
    network.at(BLOBS, redirect("/other?sig=s3cret"))
    network.at(f"{HOME}/other", redirect(BLOBS))
    with pytest.raises(BadReply, match="more than 8 redirects") as caught:
        await new_registry().open_blob(LAYER, PART, 65536)
    assert len(network.requests) == 9
    assert "s3cret" not in str(caught.value)


HOSTILE_LOCATIONS = [
    "",
    "ftp://cdn.test/blob",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "https://[::1/blob",
    "https://1.2.3.999/blob",
    "https://cdn.test:port/blob",
    "https://cdn.test:99999/blob",
    "https://a b/blob",
    "https://cdn.test/a\tb\x7f",
    "https://" + "a" * 70_000 + "/",
]


@pytest.mark.parametrize("location", HOSTILE_LOCATIONS, ids=lambda text: text[:30])
async def test_that_a_redirect_to_no_web_address_is_refused(
    location: str, network: Network, new_registry: NewRegistry
) -> None:
    network.at(BLOBS, redirect(location))
    with pytest.raises((BadReply, httpx.RemoteProtocolError)):
        await new_registry().open_blob(LAYER, PART, 65536)
    assert network.urls == [BLOBS]


LOCATIONS = st.lists(
    st.sampled_from(
        [
            "https://",
            "//",
            "/",
            "a",
            "cdn.test",
            ":",
            "@",
            "[",
            "]",
            "%",
            "?",
            "#",
            "9",
            ".",
            "\\",
            "é",
        ]
    )
).map("".join)


@example(":A://[]")
@example("//[")
@given(st.one_of(st.text(st.characters(max_codepoint=255)), LOCATIONS))
def test_that_any_location_is_followed_or_refused(location: str) -> None:
    async def pull() -> None:
        network = Network()
        network.at(BLOBS, redirect(location))
        transport = httpx.MockTransport(network.handle)

        async def find() -> Credential | None:
            return LOGIN

        async with httpx.AsyncClient(transport=transport) as client:
            reference = parse_reference("registry.test/team/app")
            [host] = find_hosts(reference, Places())
            registry = Registry(reference, host, lambda _: client, find_credential=find)
            try:
                reply = await registry.open_blob(LAYER, PART, 65536)
                await reply.close()
            except (BadReply, httpx.RemoteProtocolError):
                pass
        for request in network.requests:
            assert request.url.scheme == "https"
            assert LOGIN.basic not in request.headers.values()

    asyncio.run(pull())


# The address of a redirect is kept


async def test_that_the_next_parts_are_asked_at_the_address_that_was_found(
    network: Network, new_registry: NewRegistry
) -> None:
    network.at(BLOBS, behind_token("t1", lambda _: redirect(CDN)))
    network.at("https://auth.test/token", ok(b'{"token": "t1"}'))
    network.at(CDN, part)
    registry = new_registry()
    for _ in range(3):
        assert await read(registry) == b"2345"
    assert network.urls.count(BLOBS) == 2
    assert all("authorization" not in request.headers for request in network.sent_to("cdn.test"))


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 500, 503, 302])
async def test_that_an_address_that_is_refused_is_asked_for_anew(
    status: int, network: Network, new_registry: NewRegistry
) -> None:
    network.at(BLOBS, redirect(CDN), redirect("https://cdn.test/new"))
    network.at(CDN, part, httpx.Response(status, headers={"location": "https://cdn.test/x"}))
    network.at("https://cdn.test/new", part)
    registry = new_registry()
    for _ in range(3):
        assert await read(registry) == b"2345"
    assert network.urls == [BLOBS, CDN, CDN, BLOBS] + ["https://cdn.test/new"] * 2


@pytest.mark.parametrize("status", [408, 416, 429])
async def test_that_an_address_that_is_only_busy_is_kept(
    status: int, network: Network, new_registry: NewRegistry
) -> None:
    network.at(BLOBS, redirect(CDN))
    network.at(CDN, part, httpx.Response(status), part)
    registry = new_registry()
    await read(registry)
    reply = await registry.open_blob(LAYER, PART, 65536)
    assert (reply.status, reply.redirected) == (status, True)
    await reply.close()
    assert await read(registry) == b"2345"
    assert network.urls.count(BLOBS) == 1


async def test_that_an_address_that_cannot_be_reached_is_asked_for_anew(
    network: Network, new_registry: NewRegistry
) -> None:
    network.at(BLOBS, redirect(CDN), redirect("https://other.test/blob"))
    network.at(CDN, part, httpx.ConnectError("refused"))
    network.at("https://other.test/blob", part)
    registry = new_registry()
    await read(registry)
    with pytest.raises(httpx.ConnectError):
        await read(registry)
    assert await read(registry) == b"2345"


async def test_that_an_address_that_did_not_serve_is_not_kept(
    network: Network, new_registry: NewRegistry
) -> None:
    network.at(BLOBS, redirect(CDN))
    network.at(CDN, httpx.Response(403), part)
    registry = new_registry()
    reply = await registry.open_blob(LAYER, PART, 65536)
    assert reply.status == 403
    await reply.close()
    assert await read(registry) == b"2345"
    assert network.urls.count(BLOBS) == 2


async def test_that_an_address_that_served_wrong_bytes_is_asked_for_anew(
    network: Network, new_registry: NewRegistry
) -> None:
    network.at(BLOBS, redirect(CDN), redirect("https://other.test/blob"))
    network.at(CDN, part)
    network.at("https://other.test/blob", part)
    registry = new_registry()
    await read(registry)
    registry.distrust(LAYER)
    await read(registry)
    assert network.urls == [BLOBS, CDN, BLOBS, "https://other.test/blob"]


# Words


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 503])
def test_that_a_refusal_names_the_request_without_its_secrets(status: int) -> None:
    url = "https://user:s3cret@registry.test/v2/app/blobs/x?sig=s3cret#s3cret"
    error = refusal("GET", url, status, "blob")
    assert "s3cret" not in f"{error} {error!r}"
    assert str(error).startswith(f"GET https://registry.test/v2/app/blobs/x: HTTP {status}")
    assert error.status == status


def test_that_a_redacted_url_keeps_scheme_host_port_and_path() -> None:
    assert redacted("https://u:p@h.test:8443/a/b?c=d#e") == "https://h.test:8443/a/b"
    assert redacted("http://[::1]:5000/v2/") == "http://[::1]:5000/v2/"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (httpx.ConnectError("refused"), "cannot connect (refused)"),
        (httpx.ConnectError(""), "cannot connect"),
        (httpx.ConnectTimeout("t"), "no connection in time (t)"),
        (httpx.ReadTimeout(""), "no reply in time"),
        (httpx.PoolTimeout(""), "no reply in time"),
        (httpx.ReadError("reset"), "the connection broke (reset)"),
        (httpx.WriteError(""), "the connection broke"),
        (httpx.RemoteProtocolError("x"), "the connection broke off (x)"),
        (httpx.UnsupportedProtocol("x"), "UnsupportedProtocol"),
        (httpx.ConnectError("for https://a/b?sig=s3cret"), "cannot connect"),
    ],
)
def test_that_an_error_of_the_transport_has_words_without_a_url(
    error: httpx.TransportError, said: str
) -> None:
    assert words(error) == said


async def test_that_no_error_of_a_pull_holds_a_secret(
    network: Network, new_registry: NewRegistry
) -> None:
    secret = f"{HOME}/v2/x?sig=s3cret"
    network.at(f"{MANIFESTS}/1", behind_token("t-s3cret", lambda _: redirect(secret)))
    network.at("https://auth.test/token", ok(b'{"token": "t-s3cret"}'))
    answers: list[Any] = [
        *[httpx.Response(status) for status in (400, 401, 403, 404, 429, 503)],
        redirect("http://cdn.test/?sig=s3cret"),
        redirect("ftp://cdn.test/?sig=s3cret"),
        redirect(secret),
        ok(b" " * (LARGEST_MANIFEST + 1)),
        ok(docker_content_digest="sha256:" + "0" * 64),
        httpx.ReadError(f"while reading {secret}"),
    ]
    for answer in answers:
        network.at(secret, answer)
        with pytest.raises(PullError) as caught:
            await new_registry(credential=LOGIN).manifest("1")
        assert "s3cret" not in f"{caught.value} {caught.value!r}"


async def test_that_the_client_for_the_protocol_of_the_moment_is_used(network: Network) -> None:
    asked: list[Protocol] = []
    network.at(f"{MANIFESTS}/1", ok())

    async def no_login() -> None:
        return None

    async with httpx.AsyncClient(transport=httpx.MockTransport(network.handle)) as client:

        def client_for(protocol: Protocol) -> httpx.AsyncClient:
            asked.append(protocol)
            return client

        reference = parse_reference("registry.test/team/app:1")
        [host] = find_hosts(reference, Places())
        registry = Registry(reference, host, client_for, find_credential=no_login)
        await registry.manifest("1")
        registry.speak(Protocol.HTTP_2)
        await registry.manifest("1")
    assert asked == [Protocol.HTTP_1, Protocol.HTTP_2]
