"""Image references, read as Docker reads them.

Grammar: https://github.com/distribution/reference (``[domain/]path[:tag][@digest]``). A first
component is a domain when it holds a dot, a colon or an upper-case letter, or is ``localhost``;
otherwise the domain is docker.io, where a single component means ``library/<component>``.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from pullscope.engine.errors import InvalidReference
from pullscope.engine.message import Message

DOCKER_HUB = "docker.io"
DOCKER_HUB_HOSTS = ("index.docker.io", "registry-1.docker.io", DOCKER_HUB)

_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_PATH = re.compile(rf"{_COMPONENT}(?:/{_COMPONENT})*", re.ASCII)
_DOMAIN = re.compile(rf"({_LABEL}(?:\.{_LABEL})*|\[[0-9a-fA-F:]+\])(?::([0-9]{{1,5}}))?", re.ASCII)
_NUMERIC_HOST = re.compile(r"(?:.*\.)?(?:[0-9]+|0[xX][0-9a-fA-F]*)", re.ASCII)
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}", re.ASCII)
_ALGORITHM = re.compile(r"(?:sha|md|blake)[0-9a-z]+:")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}", re.ASCII)
_LOOPBACK = re.compile(r"(?:localhost|\[::1\]|127(?:\.\d{1,3}){3})(?::\d+)?", re.ASCII)
_LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class Reference:
    """The name of an image in a registry.

    Attributes:
        domain: host, with its port when one was given.
        repository: path below the host.
        tag: None when only a digest was given.
        digest: None when only a tag was given.
    """

    domain: str
    repository: str
    tag: str | None
    digest: str | None

    @property
    def name(self) -> str:
        """Domain and repository."""
        return f"{self.domain}/{self.repository}"

    @property
    def manifest_name(self) -> str:
        """What to ask the registry for: the digest when there is one, else the tag."""
        return self.digest or self.tag or "latest"

    @property
    def api_host(self) -> str:
        """The host that serves the registry API."""
        return "registry-1.docker.io" if self.domain == DOCKER_HUB else self.domain

    @property
    def is_loopback(self) -> bool:
        """Whether the registry is on this machine."""
        return _LOOPBACK.fullmatch(self.domain) is not None

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        digest = f"@{self.digest}" if self.digest else ""
        return f"{self.name}{tag}{digest}"


def is_digest(text: object) -> bool:
    """Whether `text` is a digest that can be verified here; safe as part of a file's name then."""
    return isinstance(text, str) and _DIGEST.fullmatch(text) is not None


def parse_reference(text: str) -> Reference:
    """Read a reference.

    Raises:
        InvalidReference: it is not one; the message says where it goes wrong.
    """
    rest = text.strip()
    shown = _shown(text)
    if not rest:
        raise InvalidReference(Message("an image reference is missing, such as alpine:3.20"))
    if "://" in rest:
        scheme, _, tail = rest.partition("://")
        if scheme != "docker":
            raise InvalidReference(
                Message("{shown} starts with a scheme", shown=shown),
                Message("write registry/repository:tag without it"),
            )
        rest = tail
    rest, at, digest = rest.partition("@")
    if at and not is_digest(digest):
        raise InvalidReference(
            Message(
                "{shown} has a digest that is neither sha256: nor sha512: and its hex digits",
                shown=shown,
            )
        )
    domain, path = _split_domain(rest)
    path, colon, tag = path.partition(":")
    if colon and _TAG.fullmatch(tag) is None:
        raise InvalidReference(
            Message("{shown} has a tag that holds a character no tag can have", shown=shown)
        )
    if not _is_domain(domain):
        raise InvalidReference(
            Message("{shown} has no valid registry host before the first /", shown=shown)
        )
    if path != path.lower():
        raise InvalidReference(
            Message("{shown} has upper-case letters in its repository", shown=shown)
        )
    if _PATH.fullmatch(path) is None:
        raise InvalidReference(
            Message("{shown} is not an image reference, such as ghcr.io/team/app:1", shown=shown)
        )
    if domain == DOCKER_HUB and "/" not in path:
        path = f"library/{path}"
    if len(domain) + 1 + len(path) > _LONGEST_NAME:
        raise InvalidReference(
            Message(
                "{shown} has a name of more than {most} characters", shown=shown, most=_LONGEST_NAME
            )
        )
    return Reference(domain, path, tag or (None if digest else "latest"), digest or None)


def _shown(text: str) -> str:
    """Return a text for a message, without what may be a password before a host."""
    before, at, behind = text.rpartition("@")
    if at and ("@" in before or _ALGORITHM.match(behind) is None):
        text = f"...@{behind}"
    return repr(text if len(text) <= 100 else text[:97] + "...")


def _is_domain(text: str) -> bool:
    match = _DOMAIN.fullmatch(text)
    if match is None or (match[2] and not 1 <= int(match[2]) <= 65535):
        return False
    try:
        if match[1].startswith("["):
            IPv6Address(match[1][1:-1])
        elif _NUMERIC_HOST.fullmatch(match[1]):  # everything that ends in a number is an address
            IPv4Address(match[1])
    except ValueError:
        return False
    return True


def _split_domain(name: str) -> tuple[str, str]:
    first, slash, rest = name.partition("/")
    is_domain = slash and (
        "." in first or ":" in first or first == "localhost" or first != first.lower()
    )
    domain, path = (first, rest) if is_domain else (DOCKER_HUB, name)
    return (DOCKER_HUB if domain == "index.docker.io" else domain), path
