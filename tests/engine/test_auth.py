import asyncio
import base64
import json
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pullscope.engine.auth import Authorizer, Challenge, parse_challenges
from pullscope.engine.credentials import Credential
from pullscope.engine.errors import AccessDenied, BadReply, PullError
from pullscope.engine.message import translated, words_of

ORIGIN = "https://registry.test"
REALM = "https://auth.test/token"
BEARER = f'Bearer realm="{REALM}",service="registry.test",scope="repository:team/app:pull"'
PASSWORD = "pass-s3cret"
REFRESH = "refresh-s3cret"
LOGIN = Credential("alice", PASSWORD)
IDENTITY = Credential("alice", "", REFRESH)


class TokenService:
    """Answers token requests from a list, and keeps them."""

    def __init__(self, *replies: tuple[int, Any]) -> None:
        self.replies = list(replies)
        self.requests: list[httpx.Request] = []
        self.asked = asyncio.Event()

    async def fetch(self, request: httpx.Request) -> tuple[int, bytes]:
        self.requests.append(request)
        self.asked.set()
        await asyncio.sleep(0)
        status, body = self.replies.pop(0)
        return status, body if isinstance(body, bytes) else json.dumps(body).encode()


def authorizer(
    service: TokenService, credential: Credential | None = None, origin: str = ORIGIN
) -> Authorizer:
    async def find() -> Credential | None:
        return credential

    return Authorizer(origin, "team/app", find, service.fetch)


def query(request: httpx.Request) -> dict[str, str]:
    return dict(request.url.params)


def form(request: httpx.Request) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(request.content.decode()).items()}


# Challenges


@pytest.mark.parametrize(
    ("header", "challenges"),
    [
        ("", []),
        ("Basic", [("basic", {})]),
        ('Basic realm="x"', [("basic", {"realm": "x"})]),
        ('BEARER Realm="X", SERVICE=y', [("bearer", {"realm": "X", "service": "y"})]),
        (
            'Bearer realm="https://a/t",service="s",scope="repository:a:pull,push"',
            [
                (
                    "bearer",
                    {"realm": "https://a/t", "service": "s", "scope": "repository:a:pull,push"},
                )
            ],
        ),
        (
            'Bearer realm="a", Basic realm="b"',
            [("bearer", {"realm": "a"}), ("basic", {"realm": "b"})],
        ),
        ('Negotiate, Basic realm="b"', [("negotiate", {}), ("basic", {"realm": "b"})]),
        (
            'Negotiate, NTLM, Basic realm="b"',
            [("negotiate", {}), ("ntlm", {}), ("basic", {"realm": "b"})],
        ),
        (', ,Basic realm="b",,', [("basic", {"realm": "b"})]),
        (
            r'Basic realm="a \"quoted\\ one\", Bearer x=y"',
            [("basic", {"realm": 'a "quoted\\ one", Bearer x=y'})],
        ),
        ('Basic realm = "x" , charset = UTF-8', [("basic", {"realm": "x", "charset": "UTF-8"})]),
        ('Basic realm="x", realm="y"', [("basic", {"realm": "x"})]),
        ('Basic realm=""', [("basic", {"realm": ""})]),
        ('Basic realm="unterminated', [("basic", {})]),
        ('Basic realm="x" Bearer realm="y"', [("basic", {})]),
        ('="x"', []),
        ('"Basic" realm="x"', []),
    ],
)
def test_that_challenges_are_read_in_their_order(
    header: str, challenges: list[tuple[str, dict[str, str]]]
) -> None:
    assert parse_challenges(header) == [Challenge(*challenge) for challenge in challenges]


PIECES = st.sampled_from(
    [
        "Bearer",
        "Basic",
        " ",
        ",",
        "=",
        '"',
        "\\",
        "realm",
        "scope",
        "https://a/t",
        "\t",
        "é",
        "\0",
        "==",
    ]
)


@given(st.one_of(st.text(), st.lists(PIECES).map("".join)))
@example("Bearer " + 'a="' * 2000)
@example("a " * 5000)
@example("a=" * 5000)
@example(" " * 20_000 + "x")
@example('Bearer a="' + "\\" * 9999)
def test_that_any_header_is_read_to_its_end(header: str) -> None:
    for challenge in parse_challenges(header):
        assert challenge.scheme == challenge.scheme.lower()
        assert challenge.scheme.isascii()


# Tokens


async def test_that_a_token_is_fetched_without_a_login() -> None:
    service = TokenService((200, {"token": "t1"}))
    header = await authorizer(service).renew(None, BEARER)
    assert header == "Bearer t1"
    [request] = service.requests
    assert request.method == "GET"
    assert str(request.url).startswith(REALM + "?")
    assert query(request) == {"service": "registry.test", "scope": "repository:team/app:pull"}
    assert "authorization" not in request.headers


async def test_that_a_login_is_sent_to_the_token_service() -> None:
    service = TokenService((200, {"access_token": "t1"}))
    assert await authorizer(service, LOGIN).renew(None, BEARER) == "Bearer t1"
    assert service.requests[0].headers["authorization"] == LOGIN.basic


@pytest.mark.parametrize(
    ("realm", "own"),
    [(REALM, {}), (f"{REALM}?", {}), (f"{REALM}?a=b", {"a": "b"}), (f"{REALM}#x", {})],
)
async def test_that_a_missing_scope_and_service_are_made_up_for(
    realm: str, own: dict[str, str]
) -> None:
    service = TokenService((200, {"token": "t"}))
    await authorizer(service).renew(None, f'Bearer realm="{realm}"')
    assert query(service.requests[0]) == {**own, "scope": "repository:team/app:pull"}


async def test_that_an_identity_token_is_posted() -> None:
    service = TokenService((200, {"access_token": "t1"}))
    assert await authorizer(service, IDENTITY).renew(None, BEARER) == "Bearer t1"
    [request] = service.requests
    assert (request.method, str(request.url)) == ("POST", REALM)
    assert form(request) == {
        "grant_type": "refresh_token",
        "client_id": "pullscope",
        "refresh_token": REFRESH,
        "service": "registry.test",
        "scope": "repository:team/app:pull",
    }
    assert "authorization" not in request.headers


@pytest.mark.parametrize("status", [400, 401, 404, 405])
async def test_that_a_service_without_post_is_asked_by_get(status: int) -> None:
    service = TokenService((status, b""), (200, {"token": "t1"}))
    assert await authorizer(service, IDENTITY).renew(None, BEARER) == "Bearer t1"
    assert [request.method for request in service.requests] == ["POST", "GET"]
    assert REFRESH not in str(service.requests[1].url)
    assert "authorization" not in service.requests[1].headers


async def test_that_a_service_that_forbids_a_post_is_not_asked_again() -> None:
    service = TokenService((403, b""))
    with pytest.raises(AccessDenied):
        await authorizer(service, IDENTITY).renew(None, BEARER)


async def test_that_bearer_is_preferred_to_basic() -> None:
    service = TokenService((200, {"token": "t1"}))
    header = await authorizer(service, LOGIN).renew(None, f'Basic realm="r", {BEARER}')
    assert header == "Bearer t1"


async def test_that_a_basic_challenge_is_met_with_the_login() -> None:
    service = TokenService()
    assert await authorizer(service, LOGIN).renew(None, 'Basic realm="r"') == LOGIN.basic


async def test_that_a_registry_that_wants_a_login_is_denied_without_one() -> None:
    with pytest.raises(AccessDenied, match=r"docker login registry\.test") as caught:
        await authorizer(TokenService()).renew(None, 'Basic realm="r"')
    assert translated(words_of(caught.value), lambda _, template: f"<{template}>") == (
        "<<<access to team/app on registry.test>: <it wants a login, and none was found for it>>; "
        "<check the name, or log in with: docker login registry.test>>"
    )
    with pytest.raises(AccessDenied, match="none was found"):
        await authorizer(TokenService(), Credential("", "", REFRESH)).renew(None, "Basic")


async def test_that_a_refused_login_is_not_sent_again() -> None:
    auth = authorizer(TokenService(), LOGIN)
    header = await auth.renew(None, "Basic")
    with pytest.raises(AccessDenied, match="refused the login"):
        await auth.renew(header, "Basic")


@pytest.mark.parametrize("header", ["", "Negotiate", 'Digest realm="x"', "garbage===", "é"])
async def test_that_an_unknown_challenge_is_denied(header: str) -> None:
    with pytest.raises(AccessDenied, match="without a challenge"):
        await authorizer(TokenService(), LOGIN).renew(None, header)


# Renewal


async def test_that_many_refused_requests_share_one_new_token() -> None:
    service = TokenService((200, {"token": "t1"}), (200, {"token": "t2"}))
    auth = authorizer(service)
    assert (
        await asyncio.gather(*[auth.renew(None, BEARER) for _ in range(20)]) == ["Bearer t1"] * 20
    )
    expired = [auth.renew("Bearer t1", BEARER) for _ in range(20)]
    assert await asyncio.gather(*expired) == ["Bearer t2"] * 20
    assert len(service.requests) == 2
    assert auth.header == "Bearer t2"


async def test_that_a_request_that_was_late_gets_the_token_that_is_there() -> None:
    service = TokenService((200, {"token": "t1"}), (200, {"token": "t2"}))
    auth = authorizer(service)
    await auth.renew(None, BEARER)
    await auth.renew("Bearer t1", BEARER)
    assert await auth.renew("Bearer t1", BEARER) == "Bearer t2"
    assert await auth.renew(None, BEARER) == "Bearer t2"
    assert len(service.requests) == 2


async def test_that_the_login_is_looked_for_once() -> None:
    looked = []

    async def find() -> Credential | None:
        looked.append(1)
        return None

    service = TokenService((200, {"token": "t1"}), (200, {"token": "t2"}))
    auth = Authorizer(ORIGIN, "team/app", find, service.fetch)
    await auth.renew(None, BEARER)
    await auth.renew("Bearer t1", BEARER)
    assert len(looked) == 1


async def test_that_a_failed_renewal_leaves_the_next_one_free() -> None:
    service = TokenService((500, b""), (200, {"token": "t1"}))
    auth = authorizer(service)
    with pytest.raises(BadReply):
        await auth.renew(None, BEARER)
    assert await auth.renew(None, BEARER) == "Bearer t1"


async def test_that_a_cancelled_renewal_leaves_the_next_one_free() -> None:
    service = TokenService((200, {"token": "t1"}))
    auth = authorizer(service)
    first = asyncio.create_task(auth.renew(None, BEARER))
    second = asyncio.create_task(auth.renew(None, BEARER))
    await service.asked.wait()
    first.cancel()
    assert await second == "Bearer t1"
    assert first.cancelled()


# What is trusted

HOSTILE_REALMS = [
    "",
    "token",
    "/token",
    "//auth.test/token",
    "ftp://auth.test/token",
    "file:///etc/passwd",
    "https://",
    "https:///token",
    "https://user:pw@auth.test/token",
    "https://registry.test@evil.test/token",
    "https://[::1/token",
    "https://1.2.3.999/token",
    "https://auth.test:port/token",
    "https://auth.test:99999/token",
    "https://auth.test/\r\nX: y",
    "https://a b/token",
    "javascript:alert(1)",
]


@pytest.mark.parametrize("realm", HOSTILE_REALMS)
@pytest.mark.parametrize("credential", [LOGIN, IDENTITY])
async def test_that_a_realm_that_is_no_web_address_gets_nothing(
    realm: str, credential: Credential
) -> None:
    service = TokenService()
    with pytest.raises(BadReply, match="no web address"):
        await authorizer(service, credential).renew(None, f'Bearer realm="{realm}"')
    assert not service.requests


@pytest.mark.parametrize("realm", ["http://auth.test/token", "HTTP://auth.test/token"])
async def test_that_a_registry_on_https_cannot_send_logins_over_plain_http(realm: str) -> None:
    service = TokenService()
    with pytest.raises(BadReply, match="nothing was sent there"):
        await authorizer(service, LOGIN).renew(None, f'Bearer realm="{realm}"')
    assert not service.requests


async def test_that_a_registry_on_plain_http_may_have_its_tokens_there() -> None:
    service = TokenService((200, {"token": "t"}))
    auth = authorizer(service, origin="http://localhost:5000")
    assert await auth.renew(None, 'Bearer realm="http://localhost:5001/token"') == "Bearer t"


@given(
    st.one_of(
        st.text(),
        st.lists(
            st.sampled_from(["https://", "a", ":", "/", "@", "[", "]", "%", "?", "#", "9", "."])
        ).map("".join),
    )
)
def test_that_any_realm_is_asked_itself_or_refused(realm: str) -> None:
    service = TokenService((200, {"token": "t"}))
    quoted = realm.replace("\\", "\\\\").replace('"', '\\"')
    said = ""
    try:
        asyncio.run(authorizer(service, LOGIN).renew(None, f'Bearer realm="{quoted}"'))
    except PullError as error:
        said = str(error)
    assert PASSWORD not in said
    assert LOGIN.basic not in said
    for request in service.requests:
        assert request.url.scheme == "https"
        assert not request.url.userinfo
        assert query(request)["scope"] == "repository:team/app:pull"


# What the token service answers


@pytest.mark.parametrize("status", [401, 403])
async def test_that_a_login_that_the_token_service_refuses_is_denied(status: int) -> None:
    with pytest.raises(AccessDenied, match=f"auth.test answered HTTP {status}"):
        await authorizer(TokenService((status, b"s3cret")), LOGIN).renew(None, BEARER)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (302, b""),
        (404, b""),
        (500, b""),
        (204, b""),
        (200, b""),
        (200, b"<html>"),
        (200, b"[" * 100_000),
        (200, b"\xff"),
        (200, []),
        (200, {}),
        (200, {"token": None}),
        (200, {"token": 5}),
        (200, {"token": ["s3cret"]}),
        (200, {"token": ""}),
        (200, {"token": "s3cret\r\nX-Evil: 1"}),
        (200, {"token": "s3cret token"}),
        (200, {"token": "s3crét"}),
    ],
)
async def test_that_an_answer_without_a_token_is_a_bad_reply_that_is_not_quoted(
    status: int, body: Any
) -> None:
    service = TokenService((status, body))
    with pytest.raises(BadReply) as caught:
        await authorizer(service, LOGIN).renew(None, BEARER)
    assert "auth.test" in str(caught.value)
    assert "s3cr" not in str(caught.value)


@pytest.mark.parametrize("credential", [LOGIN, IDENTITY])
@pytest.mark.parametrize("status", [200, 302, 401, 403, 404, 500])
async def test_that_no_error_holds_a_secret(credential: Credential, status: int) -> None:
    service = TokenService((status, b"{}"), (status, b"{}"))
    realm = 'Bearer realm="https://auth.test/token?key=realm-s3cret"'
    with pytest.raises(PullError) as caught:
        await authorizer(service, credential).renew(None, realm)
    shown = f"{caught.value} {caught.value!r} {caught.value.args}"
    assert "s3cret" not in shown
    assert base64.b64encode(f"alice:{PASSWORD}".encode()).decode() not in shown
