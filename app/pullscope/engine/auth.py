"""Authorization towards one registry: reading its challenge, fetching and renewing tokens.

Bearer tokens: https://distribution.github.io/distribution/spec/auth/token/ and /oauth/. Challenges:
RFC 9110, section 11.6.1. Tokens and passwords live here and in `credentials`, nowhere else, and go
only to the registry's own origin and to the token service that it names.
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

import httpx

from pullscope.engine.credentials import Credential
from pullscope.engine.errors import AccessDenied, BadReply
from pullscope.engine.message import Message
from pullscope.engine.passport import token_lifetime
from pullscope.engine.reference import DOCKER_HUB_HOSTS
from pullscope.engine.transport import web_address

CLIENT_ID = "pullscope"
LARGEST_TOKEN_REPLY = 1024 * 1024

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 (a token of the HTTP grammar)
_SCHEME = re.compile(rf"[\s,]*({_TOKEN})(?:[\s,]+|$)", re.ASCII)
_PARAMETER = re.compile(
    rf'\s*({_TOKEN})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|({_TOKEN}))\s*(?:,|$)', re.ASCII
)
_PRINTABLE = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class Challenge:
    """One challenge of a WWW-Authenticate header; scheme and parameter names in lower case."""

    scheme: str
    parameters: dict[str, str]


def parse_challenges(header: str) -> list[Challenge]:
    """Read a WWW-Authenticate header; what is not in its grammar ends the reading."""
    challenges: list[Challenge] = []
    at = 0
    while at < len(header) and (scheme := _SCHEME.match(header, at)):
        at = scheme.end()
        parameters: dict[str, str] = {}
        while match := _PARAMETER.match(header, at):
            value = match[3] if match[2] is None else re.sub(r"\\(.)", r"\1", match[2])
            parameters.setdefault(match[1].lower(), value)
            at = match.end()
        challenges.append(Challenge(scheme[1].lower(), parameters))
    return challenges


def login_remedy(host: str) -> Message:
    """Return what to do where a registry denies access."""
    command = "docker login" if host in DOCKER_HUB_HOSTS else f"docker login {host}"
    return Message("check the name, or log in with: {command}", command=command)


class Authorizer:
    """Keeps the Authorization header for one repository of one registry, and renews it.

    Args:
        origin: "https://host[:port]" of the registry.
        repository: the one that is pulled from.
        find_credential: returns the user's login, or None; called at most once.
        fetch: sends a request of the token service, returns status and body (bounded).
    """

    def __init__(
        self,
        origin: str,
        repository: str,
        find_credential: Callable[[], Awaitable[Credential | None]],
        fetch: Callable[[httpx.Request], Awaitable[tuple[int, bytes]]],
    ) -> None:
        self._origin = origin
        self._repository = repository
        self._find_credential = find_credential
        self._fetch = fetch
        self._credential: Credential | None = None
        self._looked = False
        self._renewing = asyncio.Lock()
        self.header: str | None = None
        self.token_lifetime: float | None = None
        """Seconds that the newest token is good for, from when it was given."""

    async def renew(self, refused: str | None, www_authenticate: str) -> str:
        """Return a new Authorization header after a 401.

        Args:
            refused: the header that was refused, None when none was sent. Where another request
                has renewed it meanwhile, that newer one is returned.
            www_authenticate: the registry's challenge.

        Raises:
            AccessDenied: there is no way to satisfy the challenge.
            BadReply: the token service's reply, or the challenge, makes no sense.
        """
        async with self._renewing:
            if self.header is not None and self.header != refused:
                return self.header
            if not self._looked:
                self._credential = await self._find_credential()
                self._looked = True
            challenges = {c.scheme: c for c in reversed(parse_challenges(www_authenticate))}
            if "bearer" in challenges:
                token = await self._token(challenges["bearer"].parameters)
                self.header = f"Bearer {token}"
            elif "basic" in challenges:
                if self._credential is None or not self._credential.username:
                    raise self._denied(Message("it wants a login, and none was found for it"))
                if self._credential.basic == refused:
                    raise self._denied(Message("it refused the login that was found for it"))
                self.header = self._credential.basic
            else:
                raise self._denied(Message("HTTP 401 without a challenge that Pullscope knows"))
            return self.header

    async def _token(self, parameters: dict[str, str]) -> str:
        realm = self._checked_realm(parameters.get("realm", ""))
        scope = parameters.get("scope") or f"repository:{self._repository}:pull"
        query = {"service": parameters["service"]} if parameters.get("service") else {}
        query["scope"] = scope
        credential = self._credential
        if credential is not None and credential.identity_token:
            form = {
                **query,
                "grant_type": "refresh_token",
                "client_id": CLIENT_ID,
                "refresh_token": credential.identity_token,
            }
            status, body = await self._fetch(httpx.Request("POST", realm, data=form))
            if status not in (400, 401, 404, 405):
                return self._read_token(status, body, realm)
        joint = "&" if "?" in realm else "?"
        headers = {}
        if credential is not None and credential.username and credential.password:
            headers["Authorization"] = credential.basic
        request = httpx.Request("GET", f"{realm}{joint}{urlencode(query)}", headers=headers)
        status, body = await self._fetch(request)
        return self._read_token(status, body, realm)

    def _checked_realm(self, realm: str) -> str:
        url = web_address(realm)
        if url is None or url.userinfo:
            raise BadReply(
                Message(
                    "{origin} names a token service that is no web address", origin=self._origin
                )
            )
        if url.scheme == "http" and self._origin.startswith("https:"):
            raise BadReply(
                Message(
                    "{origin} names a token service on plain HTTP, {host}; nothing was sent there",
                    origin=self._origin,
                    host=url.host,
                )
            )
        return str(url)

    def _read_token(self, status: int, body: bytes, realm: str) -> str:
        host = urlsplit(realm).hostname
        if status in (401, 403):
            raise self._denied(
                Message("its token service {host} answered HTTP {status}", host=host, status=status)
            )
        if status != 200:
            raise BadReply(
                Message("the token service {host} answered HTTP {status}", host=host, status=status)
            )
        try:
            document = json.loads(body)
        except (ValueError, RecursionError):
            raise BadReply(
                Message("the token service {host} did not answer with JSON", host=host)
            ) from None
        token = None
        if isinstance(document, dict):
            token = document.get("token") or document.get("access_token")
        if not isinstance(token, str) or _PRINTABLE.fullmatch(token) is None:
            raise BadReply(Message("the token service {host} answered without a token", host=host))
        self.token_lifetime = token_lifetime(document)
        return token

    def _denied(self, came: str) -> AccessDenied:
        host = urlsplit(self._origin).netloc
        asked = Message("access to {repository} on {host}", repository=self._repository, host=host)
        return AccessDenied(asked, came, login_remedy(host), status=401)
