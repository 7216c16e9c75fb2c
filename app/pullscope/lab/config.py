"""What a lab is asked to be: its images, shaping, faults, auth and addresses.

Everything here is a frozen value that validates itself with ValueError. The module imports plain
values alone, so that a program can describe a lab without loading a server.
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pullscope.engine.units import parse_size

REPOSITORY_PATTERN = re.compile(
    r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*"
)
TAG_PATTERN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
DIGEST_PATTERN = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")


def parse_layer_sizes(text: str) -> tuple[int, ...]:
    """Return the layer sizes in bytes that a list names: "512MiB,8x64MiB,4096".

    Raises ValueError when an entry is not a size.
    """
    sizes: list[int] = []
    for entry in text.split(","):
        count, times, size = entry.rpartition("x")
        if times and not count.strip().isdigit():
            raise ValueError(f"{entry!r} does not say how many layers; write it as 8x64MiB")
        sizes += [parse_size(size)] * (int(count) if times else 1)
    return tuple(sizes)


@dataclass(frozen=True, slots=True)
class SyntheticImage:
    """An image made up on the spot: layers of `layer_sizes` bytes, the same for the same `seed`."""

    repository: str
    tag: str
    layer_sizes: tuple[int, ...]
    seed: int = 0

    def __post_init__(self) -> None:
        _check_repository(self.repository)
        if TAG_PATTERN.fullmatch(self.tag) is None:
            raise ValueError(f"{self.tag!r} is not a tag")
        if not self.layer_sizes or min(self.layer_sizes) < 1:
            raise ValueError(f"{self.repository}:{self.tag} needs layers of at least one byte")

    @classmethod
    def parse(cls, text: str, seed: int = 0) -> "SyntheticImage":
        """Return the image that "NAME:TAG=SIZES" or "NAME:TAG=SIZES@SEED" names.

        Raises ValueError when the text has another form.
        """
        name, equals, sizes = text.partition("=")
        repository, colon, tag = name.partition(":")
        if not (equals and colon):
            raise ValueError(f"{text!r} is not an image; write it as demo/app:1=512MiB,8x64MiB")
        sizes, at, own_seed = sizes.partition("@")
        return cls(repository, tag, parse_layer_sizes(sizes), int(own_seed) if at else seed)

    def __str__(self) -> str:
        return f"{self.repository}:{self.tag}={','.join(map(str, self.layer_sizes))}@{self.seed}"


@dataclass(frozen=True, slots=True)
class Layout:
    """An OCI image layout in `directory`, served as `repository`."""

    repository: str
    directory: Path

    def __post_init__(self) -> None:
        _check_repository(self.repository)
        if not (self.directory / "index.json").is_file():
            raise ValueError(f"{self.directory} is not an OCI layout: it has no index.json")

    @classmethod
    def parse(cls, text: str) -> "Layout":
        """Return the layout that "NAME=DIR" names; ValueError when the text has another form."""
        repository, equals, directory = text.partition("=")
        if not equals:
            raise ValueError(f"{text!r} is not a layout; write it as demo/base=DIR")
        return cls(repository, Path(directory))

    def __str__(self) -> str:
        return f"{self.repository}={self.directory}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shaping:
    """How slow the lab is. Rates are bytes/s (None is as fast as it goes), times are seconds."""

    rate_per_connection: int | None = None
    rate_total: int | None = None
    latency: float = 0.0
    """Time to the first byte of every reply."""
    jitter: float = 0.0
    """The latency varies by as much, evenly, to either side."""
    requests_per_second: float | None = None
    """GETs of blobs that are let in; those beyond get 429 with Retry-After. None lets all in."""
    request_burst: int = 10
    """How many of them may come at once after a rest."""

    def __post_init__(self) -> None:
        if self.requests_per_second is not None and not 0 < self.requests_per_second < math.inf:
            raise ValueError(f"{self.requests_per_second} requests/s cannot be allowed")
        if self.request_burst < 1:
            raise ValueError(f"a burst of {self.request_burst} requests would let none through")
        for rate in (self.rate_per_connection, self.rate_total):
            if rate is not None and rate < 1:
                raise ValueError(f"a rate of {rate} bytes/s would never send anything")
        for seconds in (self.latency, self.jitter):
            if not 0 <= seconds < math.inf:
                raise ValueError(f"a latency of {seconds} seconds is not possible")


class FaultKind(StrEnum):
    """What can go wrong with a GET of a blob (or, for some, of a manifest)."""

    TOO_MANY_REQUESTS = "429"
    SERVER_ERROR = "500"
    SERVICE_UNAVAILABLE = "503"
    RESET = "reset"
    SHORT_BODY = "short-body"
    STALL = "stall"
    WRONG_BYTES = "wrong-bytes"
    WRONG_CONTENT_RANGE = "wrong-content-range"
    NO_CONTENT_RANGE = "no-content-range"
    RANGE_IGNORED = "range-ignored"
    RANGE_REFUSED = "range-refused"
    RANGE_400 = "range-400"
    EXPIRED_REDIRECT = "expired-redirect"

    @property
    def needs_range(self) -> bool:
        """Whether only a request with a Range header can be hit."""
        return self in _RANGE_FAULTS


_RANGE_FAULTS = frozenset(
    {
        FaultKind.WRONG_CONTENT_RANGE,
        FaultKind.NO_CONTENT_RANGE,
        FaultKind.RANGE_IGNORED,
        FaultKind.RANGE_REFUSED,
        FaultKind.RANGE_400,
    }
)

FAULT_MEANINGS = {
    FaultKind.TOO_MANY_REQUESTS: "429 with Retry-After",
    FaultKind.SERVER_ERROR: "500",
    FaultKind.SERVICE_UNAVAILABLE: "503 with Retry-After",
    FaultKind.RESET: "the connection is reset inside the body",
    FaultKind.SHORT_BODY: "the connection is closed before Content-Length is reached",
    FaultKind.STALL: "the body stops, the connection stays open",
    FaultKind.WRONG_BYTES: "one byte of the body is wrong",
    FaultKind.WRONG_CONTENT_RANGE: "the Content-Range names other bytes than asked for",
    FaultKind.NO_CONTENT_RANGE: "206 without a Content-Range",
    FaultKind.RANGE_IGNORED: "200 and the whole blob for a range",
    FaultKind.RANGE_REFUSED: "416 for a range that could be served",
    FaultKind.RANGE_400: "400 for a range",
    FaultKind.EXPIRED_REDIRECT: "403 behind a redirect, as if its signature had expired",
}


class FaultTarget(StrEnum):
    """Which requests a fault hits."""

    BLOBS = "blobs"
    MANIFESTS = "manifests"


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault that hits a share `rate` (0 to 1) of the GET requests for `target`."""

    kind: FaultKind
    rate: float
    target: FaultTarget = FaultTarget.BLOBS

    def __post_init__(self) -> None:
        if not 0 <= self.rate <= 1:
            raise ValueError(f"the rate of {self.kind} is {self.rate}; it must be from 0 to 1")
        blobs_only = self.kind.needs_range or self.kind is FaultKind.EXPIRED_REDIRECT
        if blobs_only and self.target is not FaultTarget.BLOBS:
            raise ValueError(f"{self.kind} can only hit blobs")

    @classmethod
    def parse(cls, text: str) -> "Fault":
        """Return the fault that "KIND=RATE" or "KIND=RATE@manifests" names.

        Raises ValueError when the text has another form or the kind is unknown.
        """
        kind, equals, rate = text.partition("=")
        rate, at, target = rate.partition("@")
        if not equals:
            raise ValueError(f"{text!r} is not a fault; write it as reset=0.1")
        return cls(FaultKind(kind), float(rate), FaultTarget(target) if at else FaultTarget.BLOBS)

    def __str__(self) -> str:
        return f"{self.kind}={self.rate}@{self.target}"


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """The faults to inject; at most `limit` in all, so that a pull can come to its end."""

    faults: tuple[Fault, ...] = ()
    limit: int | None = None
    seed: int = 0
    retry_after: int | None = 1
    """Seconds in the Retry-After of a 429 or 503; None sends none."""

    def __post_init__(self) -> None:
        if self.limit is not None and self.limit < 0:
            raise ValueError(f"{self.limit} is not a number of faults")
        if self.retry_after is not None and self.retry_after < 0:
            raise ValueError(f"Retry-After cannot be {self.retry_after} seconds")

    @classmethod
    def of(
        cls,
        *faults: str,
        limit: int | None = None,
        seed: int = 0,
        retry_after: int | None = 1,
    ) -> "FaultPlan":
        """Return a plan of faults written as on the command line: `of("reset=0.1", limit=3)`.

        Raises ValueError when one cannot be read.
        """
        return cls(tuple(map(Fault.parse, faults)), limit, seed, retry_after)


class AuthScheme(StrEnum):
    """How a client proves who it is."""

    BASIC = "basic"
    BEARER = "bearer"


@dataclass(frozen=True, slots=True)
class Auth:
    """Who may pull. Bearer without a user gives tokens to anyone."""

    scheme: AuthScheme
    user: str | None = None
    password: str | None = None
    token_lifetime: float = 300.0
    """Seconds until a bearer token is refused. Its reply says so in whole seconds, at least 1."""

    def __post_init__(self) -> None:
        if (self.user is None) != (self.password is None):
            raise ValueError("a user needs a password and a password needs a user")
        if self.scheme is AuthScheme.BASIC and self.user is None:
            raise ValueError("basic auth needs a user and a password")
        if self.token_lifetime <= 0:
            raise ValueError(f"a token cannot live {self.token_lifetime} seconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class LabConfig:
    """Everything a lab is started with. Raises ValueError when its parts do not fit together."""

    images: tuple[SyntheticImage, ...] = ()
    layouts: tuple[Layout, ...] = ()
    docker_types: bool = False
    """Synthetic images carry Docker's media types instead of OCI's."""
    multi_platform: bool = False
    """Each synthetic image is an index: linux/amd64, linux/arm64/v8 and an attestation."""
    shaping: Shaping = Shaping()
    faults: FaultPlan = FaultPlan()
    auth: Auth | None = None
    quota: int | None = None
    """Manifests that may be asked for by GET, in all; None counts nothing."""
    redirect_lifetime: float | None = None
    """Seconds that a signed link to the second origin is good for; None redirects nothing."""
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    host: str = "127.0.0.1"
    port: int = 0
    """0 takes any free port."""
    cdn_port: int = 0
    cache_directory: Path | None = None
    """Where digests of synthetic layers are kept; None is the user's cache directory."""

    def __post_init__(self) -> None:
        if not self.images and not self.layouts:
            raise ValueError("the lab has nothing to serve; give it an image or a layout")
        _check_distinct((f"{image.repository}:{image.tag}" for image in self.images), "image")
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ValueError("TLS needs both a certificate and a key")
        if self.redirect_lifetime is not None and self.redirect_lifetime <= 0:
            raise ValueError(f"a redirect cannot be good for {self.redirect_lifetime} seconds")
        if self.quota is not None and self.quota < 0:
            raise ValueError(f"{self.quota} is not a number of manifests")
        check_faults_fit(self, self.faults)

    @property
    def scheme(self) -> str:
        """The scheme of its addresses, "http" or "https"."""
        return "http" if self.tls_certificate is None else "https"


def check_faults_fit(config: LabConfig, plan: FaultPlan) -> None:
    """Raise ValueError when `plan` has a fault that a lab of `config` can never show."""
    kinds = {fault.kind for fault in plan.faults}
    if FaultKind.EXPIRED_REDIRECT in kinds and config.redirect_lifetime is None:
        raise ValueError("expired-redirect needs the redirect mode")


def _check_repository(name: str) -> None:
    if REPOSITORY_PATTERN.fullmatch(name) is None:
        raise ValueError(f"{name!r} is not a repository name")


def _check_distinct(names: Iterable[str], what: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"{what} {name} is given twice")
        seen.add(name)
