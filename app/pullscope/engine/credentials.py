"""Credentials that Docker's and Podman's logins left on this machine.

Sources, first match wins: `$REGISTRY_AUTH_FILE`, `$XDG_RUNTIME_DIR/containers/auth.json`,
`~/.config/containers/auth.json`, `$DOCKER_CONFIG/config.json` or `~/.docker/config.json`. Formats:
containers-auth.json(5) and Docker's config.json (`auths`, `credHelpers`, `credsStore`). Blocking;
call it from a thread.
"""

import base64
import json
import logging
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pullscope.engine.reference import DOCKER_HUB, Reference

LOGGER = logging.getLogger(__name__)

_HELPER_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}", re.ASCII)
_HELPER_TIMEOUT = 30.0
_MOST_LOGINS = 500
_LONGEST_KEY = 200
_HUB_KEYS = ("https://index.docker.io/v1/", "index.docker.io", "registry-1.docker.io")


@dataclass(frozen=True, slots=True)
class Credential:
    """A login. Either a name and a password, or an identity (refresh) token."""

    username: str = ""
    password: str = field(default="", repr=False)
    identity_token: str = field(default="", repr=False)

    @property
    def basic(self) -> str:
        """The value of an Authorization header for the Basic scheme (RFC 7617)."""
        pair = f"{self.username}:{self.password}".encode(errors="replace")
        return "Basic " + base64.b64encode(pair).decode("ascii")


@dataclass(frozen=True, slots=True)
class KnownLogin:
    """That there is a login, and where it comes from; never the login itself.

    Attributes:
        registry: as the file writes it; "*" for all that a helper may know.
        file: where it is said.
        helper: the program that keeps it; empty where the file itself does.
    """

    registry: str
    file: Path
    helper: str = ""


def known_logins() -> tuple[KnownLogin, ...]:
    """Return which logins the files tell of, in the order in which they are looked at.

    No helper is asked: some of them open a window to do so.
    """
    found = []
    for path in _files():
        document = _read(path)
        if document is not None:
            found += list(_logins(document, path))
    return tuple(found)


def _logins(document: dict[str, Any], path: Path) -> Iterator[KnownLogin]:
    for key, helper in list(_mapping(document, "credHelpers").items())[:_MOST_LOGINS]:
        if isinstance(helper, str):
            yield KnownLogin(_shown_key(key), path, _shown_key(helper))
    store = document.get("credsStore")
    helper = _shown_key(store) if isinstance(store, str) else ""
    for key, entry in list(_mapping(document, "auths").items())[:_MOST_LOGINS]:
        held = isinstance(entry, dict) and bool(
            {"auth", "identitytoken", "username"} & {name for name, value in entry.items() if value}
        )
        if held or helper:
            yield KnownLogin(_shown_key(key), path, "" if held else helper)
    if helper:
        yield KnownLogin("*", path, helper)


def _shown_key(key: str) -> str:
    """Return a registry or helper as it may be shown: someone may have put a login into a URL."""
    bare = _normalised_key(key)
    host, slash, rest = bare.partition("/")
    return "".join(sign for sign in host.rpartition("@")[2] + slash + rest if sign.isprintable())[
        :_LONGEST_KEY
    ]


def find_credential(reference: Reference) -> Credential | None:
    """Return the login for a reference's registry; for Podman's files the most specific one.

    Files that cannot be read are skipped with a warning that names the file only.
    """
    for path in _files():
        document = _read(path)
        if document is None:
            continue
        credential = _from_document(document, reference, path)
        if credential is not None:
            return credential
    return None


def _files() -> Iterator[Path]:
    with suppress(RuntimeError):  # a user without a home directory
        yield from _places()


def _places() -> Iterator[Path]:
    if explicit := os.environ.get("REGISTRY_AUTH_FILE"):
        yield Path(explicit)
    if runtime := os.environ.get("XDG_RUNTIME_DIR"):
        yield Path(runtime) / "containers" / "auth.json"
    config = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    yield Path(config) / "containers" / "auth.json"
    docker = os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker"
    yield Path(docker) / "config.json"


def _read(path: Path) -> dict[str, Any] | None:
    try:
        document = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        LOGGER.warning("skipped %s: %s", path, type(error).__name__)
        return None
    return document if isinstance(document, dict) else None


def _from_document(document: dict[str, Any], reference: Reference, path: Path) -> Credential | None:
    keys = list(_keys(reference))
    helpers = _mapping(document, "credHelpers")
    for key in keys:
        if isinstance(helper := helpers.get(key), str):
            return _ask_helper(helper, key)
    auths = _mapping(document, "auths")
    by_key = {_normalised_key(key): value for key, value in auths.items()}
    for key in keys:
        if isinstance(entry := by_key.get(_normalised_key(key)), dict):
            credential = _from_entry(entry, path)
            if credential is not None:
                return credential
    store = document.get("credsStore")
    if isinstance(store, str) and store:
        for key in keys:
            if (credential := _ask_helper(store, key)) is not None:
                return credential
    return None


def _keys(reference: Reference) -> Iterator[str]:
    parts = reference.repository.split("/")
    for length in range(len(parts), 0, -1):
        yield f"{reference.domain}/{'/'.join(parts[:length])}"
    yield reference.domain
    if reference.domain == DOCKER_HUB:
        yield from _HUB_KEYS


def _normalised_key(key: str) -> str:
    """Docker also writes hosts as URLs: https://host/v1/ and https://host mean host."""
    bare = re.sub(r"^https?://", "", key)
    return re.sub(r"/(v1|v2)?/?$", "", bare) if key != bare or bare.endswith("/") else bare


def _mapping(document: dict[str, Any], key: str) -> dict[str, Any]:
    value = document.get(key)
    return value if isinstance(value, dict) else {}


def _from_entry(entry: dict[str, Any], path: Path) -> Credential | None:
    username, password = entry.get("username"), entry.get("password")
    identity = entry.get("identitytoken")
    identity = identity if isinstance(identity, str) else ""
    if isinstance(auth := entry.get("auth"), str) and auth:
        try:
            decoded = base64.b64decode(auth, validate=True).decode()
        except ValueError:  # no base64, or no text in it
            LOGGER.warning("skipped a damaged login in %s", path)
            return None
        username, _, password = decoded.partition(":")
        password = password.rstrip("\0")
    if identity:
        return Credential(username if isinstance(username, str) else "", "", identity)
    if isinstance(username, str) and isinstance(password, str) and username:
        return Credential(username, password)
    return None


def _ask_helper(name: str, key: str) -> Credential | None:
    """Run docker-credential-NAME. Protocol: github.com/docker/docker-credential-helpers."""
    if _HELPER_NAME.fullmatch(name) is None:
        LOGGER.warning("ignored a credential helper with an impossible name")
        return None
    try:
        done = subprocess.run(  # noqa: S603 (the user's own configuration names the program)
            [f"docker-credential-{name}", "get"],
            input=key.encode(),
            capture_output=True,
            timeout=_HELPER_TIMEOUT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        LOGGER.warning("docker-credential-%s failed: %s", name, type(error).__name__)
        return None
    if done.returncode != 0:
        return None  # also its way to say that it has no login for this host
    try:
        answer = json.loads(done.stdout)
        username, secret = answer["Username"], answer["Secret"]
    except (ValueError, KeyError, TypeError):
        LOGGER.warning("docker-credential-%s answered with something else than a login", name)
        return None
    if not isinstance(username, str) or not isinstance(secret, str) or not secret:
        return None
    if username == "<token>":
        return Credential(identity_token=secret)
    return Credential(username, secret)
