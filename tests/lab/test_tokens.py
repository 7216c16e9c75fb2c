import base64

import pytest

from pullscope.lab.config import Auth, AuthScheme
from pullscope.lab.tokens import (
    SignedLinks,
    Tokens,
    granted_scopes,
    parse_basic,
    parse_bearer,
)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_that_a_link_is_good_for_its_lifetime(clock: Clock) -> None:
    links = SignedLinks(10, clock)
    query = links.query_for("sha256:1")

    clock.now += 9
    assert links.refusal("GET", "sha256:1", query) is None
    clock.now += 1
    assert links.refusal("GET", "sha256:1", query) == "the link has expired"


def test_that_a_link_is_good_for_nothing_else(clock: Clock) -> None:
    links = SignedLinks(10, clock)
    query = links.query_for("sha256:1")

    for method, digest, changed in [
        ("HEAD", "sha256:1", query),
        ("GET", "sha256:2", query),
        ("GET", "sha256:1", query | {"expires": "9999999999"}),
        ("GET", "sha256:1", {}),
        ("GET", "sha256:1", {"sig": "é", "expires": "x"}),
    ]:
        assert links.refusal(method, digest, changed) == "the signature does not match"
    assert SignedLinks(10, clock).refusal("GET", "sha256:1", query) is not None


def test_that_a_token_grants_its_scopes_until_it_expires(clock: Clock) -> None:
    tokens = Tokens(Auth(AuthScheme.BEARER, token_lifetime=60), clock)
    token = tokens.issue(["repository:demo:pull"])

    assert tokens.grants(token, "repository:demo:pull") is True
    assert tokens.grants(token, None) is True
    assert tokens.grants(token, "repository:other:pull") is False
    clock.now += 60
    assert tokens.grants(token, "repository:demo:pull") is None


@pytest.mark.parametrize("token", ["", "a", "a.b", "é.é", "."])
def test_that_a_forged_token_grants_nothing(clock: Clock, token: str) -> None:
    tokens = Tokens(Auth(AuthScheme.BEARER), clock)

    assert tokens.grants(token, None) is None
    assert not tokens.is_refresh(token)


def test_that_access_and_refresh_tokens_are_not_taken_for_each_other(clock: Clock) -> None:
    tokens = Tokens(Auth(AuthScheme.BEARER), clock)

    assert tokens.is_refresh(tokens.issue_refresh())
    assert not tokens.is_refresh(tokens.issue([]))
    assert tokens.grants(tokens.issue_refresh(), None) is None


def test_that_only_the_user_is_known() -> None:
    tokens = Tokens(Auth(AuthScheme.BEARER, "me", "secret"))

    assert tokens.knows("me", "secret")
    for user, password in [("me", "other"), ("you", "secret"), (None, None), ("me", "é")]:
        assert not tokens.knows(user, password)


def test_that_without_a_user_anyone_is_known() -> None:
    assert Tokens(Auth(AuthScheme.BEARER)).knows(None, None)


def test_that_only_pulling_is_granted() -> None:
    asked = ["repository:a/b:pull,push repository:c:push", "registry:catalog:*", "repository:d:*"]

    assert granted_scopes(asked) == [
        "repository:a/b:pull",
        "registry:catalog:*",
        "repository:d:pull",
    ]


def test_that_basic_credentials_are_read() -> None:
    encoded = base64.b64encode(b"me:a:b").decode()

    assert parse_basic(f"Basic {encoded}") == ("me", "a:b")
    for header in ["", "Basic", "Basic !", "Bearer x", "Basic " + base64.b64encode(b"me").decode()]:
        assert parse_basic(header) is None


def test_that_a_bearer_token_is_read() -> None:
    assert parse_bearer("bearer abc") == "abc"
    assert parse_bearer("Basic abc") is None
