"""aria2, a downloader that splits files; it knows nothing of registries."""

import os
import urllib.error
import urllib.request
from http.client import HTTPException
from pathlib import Path

from pullscope.engine.digests import verify
from pullscope.engine.errors import PullError
from pullscope.engine.manifests import (
    ACCEPT,
    LARGEST_MANIFEST,
    ImageIndex,
    ImageManifest,
    parse_manifest,
)
from pullscope.engine.message import Message
from pullscope.engine.model import Layer
from pullscope.engine.platforms import this_machine
from pullscope.engine.reference import Reference, parse_reference
from pullscope.sweep.drivers.driver import (
    DriverError,
    DriverRun,
    first_words,
    speaks_http,
    version_in,
)
from pullscope.sweep.settings import TrialSettings
from pullscope.tuning.translate import untranslated

_MOST_CONNECTIONS = 16  # to one server; it refuses a larger number
_DEEPEST = 4
_ANSWERS_WITHIN = 30.0  # seconds


class Aria2cDriver:
    """`aria2c` with the addresses of the layers, which it checks against their digests."""

    name = "aria2c"
    package = "aria2 (Debian, Fedora, Homebrew)"
    about = untranslated(
        "sweeps",
        "Pulls the layers alone, from registries that ask for no token; their addresses are "
        "looked up before its time begins. At most 16 connections per layer; pieces are of 1 MiB.",
    )
    knobs = frozenset({"layers", "parallelism"})

    def found(self) -> str | None:
        """Return its version."""
        return version_in(first_words("aria2c", "--version"))

    def command(
        self,
        reference: str,
        settings: TrialSettings,
        destination: Path,
        *,
        insecure: bool | None = None,
    ) -> DriverRun:
        """See `Driver.command`."""
        parsed = parse_reference(reference)
        scheme = "http" if speaks_http(reference, insecure) else "https"
        jobs = destination / "layers.txt"

        def prepare() -> None:
            repository = f"{scheme}://{parsed.api_host}/v2/{parsed.repository}"
            layers = _layers(repository, parsed)
            jobs.write_text("".join(_job(repository, layer) for layer in layers), encoding="utf-8")

        connections = min(max(1, settings.parallelism), _MOST_CONNECTIONS)
        arguments = [
            "aria2c", "--quiet", "--no-conf", f"--input-file={jobs}",
            f"--dir={destination / 'image'}",
            f"--max-concurrent-downloads={max(1, settings.layers)}",
            f"--max-connection-per-server={connections}", f"--split={connections}",
            "--min-split-size=1M", "--file-allocation=none",
        ]  # fmt: skip
        if authorities := os.environ.get("SSL_CERT_FILE"):
            arguments.append(f"--ca-certificate={authorities}")
        return DriverRun(arguments, prepare=prepare)


def _job(repository: str, layer: Layer) -> str:
    algorithm, _, value = layer.digest.partition(":")
    checksum = f"{algorithm.replace('sha', 'sha-')}={value}"
    return f"{repository}/blobs/{layer.digest}\n  out={value}\n  checksum={checksum}\n"


def _layers(repository: str, reference: Reference) -> tuple[Layer, ...]:
    """Return the layers of the image for this machine.

    Raises:
        DriverError: the registry wants a token, cannot be asked, or holds no such image.
    """
    try:
        content = _manifest(repository, reference.manifest_name)
        for _ in range(_DEEPEST):
            if isinstance(content, ImageManifest):
                return content.layers
            entry = content.choose(this_machine()).manifest
            content = _manifest(repository, entry.digest)
    except PullError as error:
        raise DriverError(Message("aria2c: {error}", error=error)) from error
    raise DriverError(Message("aria2c: {reference} is an index of indexes", reference=reference))


def _manifest(repository: str, name: str) -> ImageManifest | ImageIndex:
    request = urllib.request.Request(  # noqa: S310 - http or https
        f"{repository}/manifests/{name}", headers={"Accept": ACCEPT}
    )
    try:
        with urllib.request.urlopen(request, timeout=_ANSWERS_WITHIN) as reply:  # noqa: S310
            body = reply.read(LARGEST_MANIFEST)
            content_type = reply.headers.get("Content-Type", "")
    except urllib.error.HTTPError as error:
        with error:
            if error.code == 401:
                raise DriverError(
                    Message("the registry asks for a token, which it cannot get")
                ) from None
            raise DriverError(
                Message("the registry answered {status} to a manifest", status=error.code)
            ) from None
    except (OSError, HTTPException) as error:
        raise DriverError(Message("no manifest could be had: {error}", error=error)) from error
    if ":" in name:
        verify(name, body, Message("the manifest"))
    return parse_manifest(body, content_type)
