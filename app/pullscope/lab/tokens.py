"""Who is let in: basic auth, bearer tokens with scopes, and signed links to the second origin.

Tokens and links carry their own expiry under a signature, so there is nothing to remember or to
clean up. The key lives as long as the process.
"""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pullscope.lab.config import Auth

SERVICE = "lab"


class Signer:
    """Signs texts with a key of its own."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def sign(self, text: str) -> str:
        """Return the signature of `text`, in hexadecimal."""
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()

    def verify(self, text: str, signature: str) -> bool:
        """Return whether `signature` is that of `text`."""
        return hmac.compare_digest(self.sign(text).encode(), signature.encode())


class SignedLinks:
    """Links to blobs that are good for `lifetime` seconds and for GET alone."""

    def __init__(self, lifetime: float, clock: Callable[[], float] = time.time) -> None:
        self._lifetime = lifetime
        self._clock = clock
        self._signer = Signer()

    def query_for(self, digest: str) -> dict[str, str]:
        """Return the query that opens the blob of `digest` from now on."""
        expires = f"{self._clock() + self._lifetime:.3f}"
        return {"expires": expires, "sig": self._signer.sign(f"GET {digest} {expires}")}

    def refusal(self, method: str, digest: str, query: Mapping[str, str]) -> str | None:
        """Return why a request is refused, or None when its link is good."""
        expires, signature = query.get("expires", ""), query.get("sig", "")
        if not self._signer.verify(f"{method} {digest} {expires}", signature):
            return "the signature does not match"
        if self._clock() >= float(expires):
            return "the link has expired"
        return None


class Tokens:
    """Issues and checks bearer tokens."""

    def __init__(self, auth: Auth, clock: Callable[[], float] = time.time) -> None:
        self._auth = auth
        self._clock = clock
        self._signer = Signer()

    def knows(self, user: str | None, password: str | None) -> bool:
        """Return whether these credentials are let in; without a configured user all are."""
        if self._auth.user is None or self._auth.password is None:
            return True
        return _same(user, self._auth.user) and _same(password, self._auth.password)

    def issue(self, scopes: Iterable[str]) -> str:
        """Return an access token for `scopes` that expires after the token lifetime."""
        expires = self._clock() + self._auth.token_lifetime
        return self._seal({"expires": expires, "scopes": sorted(set(scopes))})

    def issue_refresh(self) -> str:
        """Return a refresh token; it does not expire."""
        return self._seal({"refresh": True})

    def is_refresh(self, token: str) -> bool:
        """Return whether `token` is a refresh token of this lab."""
        return self._unseal(token).get("refresh") is True

    def grants(self, token: str, scope: str | None) -> bool | None:
        """Return whether `token` grants `scope`; None when it is forged, or has expired."""
        claims = self._unseal(token)
        if self._clock() >= claims.get("expires", 0.0):
            return None
        return scope is None or scope in claims["scopes"]

    def _seal(self, claims: dict[str, Any]) -> str:
        body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode()
        return f"{body}.{self._signer.sign(body)}"

    def _unseal(self, token: str) -> dict[str, Any]:
        body, _, signature = token.partition(".")
        if not self._signer.verify(body, signature):
            return {}
        claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body))
        return claims


def parse_basic(header: str) -> tuple[str, str] | None:
    """Return the user and the password of an Authorization header, if it is a basic one."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, colon, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (user, password) if colon else None


def parse_bearer(header: str) -> str | None:
    """Return the token of an Authorization header, if it is a bearer one."""
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def pull_scope(repository: str) -> str:
    """Return the scope that pulling from `repository` needs."""
    return f"repository:{repository}:pull"


CATALOG_SCOPE = "registry:catalog:*"


def granted_scopes(asked: Iterable[str]) -> list[str]:
    """Return what is granted of the scopes asked for: pulling, and the list of repositories."""
    granted = []
    for text in asked:
        for scope in text.split():
            kind, _, rest = scope.partition(":")
            name, _, actions = rest.rpartition(":")
            if kind == "repository" and {"pull", "*"} & set(actions.split(",")):
                granted.append(pull_scope(name))
            elif scope == CATALOG_SCOPE:
                granted.append(scope)
    return granted


def _same(given: str | None, expected: str) -> bool:
    return given is not None and hmac.compare_digest(given.encode(), expected.encode())
