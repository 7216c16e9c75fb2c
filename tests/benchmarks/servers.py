"""Registries to measure pulls from: Debian's docker-registry, or the lab where a rate is capped.

Both hold the same images and keep their data in the directory they are given, which belongs on a
file system in memory. With TLS they show a certificate of an authority made up for the occasion.
"""

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme

from pullscope.lab.config import LabConfig, Shaping, SyntheticImage
from pullscope.lab.process import LabProcess

_HOST = "127.0.0.1"
_TRUSTED = "SSL_CERT_FILE"


@dataclass(frozen=True, slots=True)
class Authority:
    """Who vouches for a registry.

    Attributes:
        directory: holds its certificate alone, as skopeo wants it.
        certificate: that file.
        chain: the registry's certificate and key, in one file.
    """

    directory: Path
    certificate: Path
    chain: Path


@dataclass(frozen=True, slots=True)
class Registry:
    """A registry that runs.

    Attributes:
        host: "127.0.0.1:PORT".
        authority: who vouches for it; None where it speaks plain HTTP.
        lab: the process, where it is a lab, which counts what it sends.
    """

    host: str
    authority: Authority | None
    lab: LabProcess | None

    @property
    def url(self) -> str:
        """Its address with the scheme."""
        return f"{'http' if self.authority is None else 'https'}://{self.host}"

    def reference(self, image: SyntheticImage) -> str:
        """Return the reference of an image that it holds."""
        return f"{self.host}/{image.repository}:{image.tag}"

    def blob_bytes_sent(self) -> int | None:
        """Return the bytes of blobs sent so far; None where nobody counts them."""
        return None if self.lab is None else self.lab.statistics().blob_bytes_sent


@contextmanager
def serve(
    directory: Path, images: Sequence[SyntheticImage], *, tls: bool, cap: int | None
) -> Iterator[Registry]:
    """Run a registry that holds `images`, and end it. Meanwhile programs trust its authority.

    Args:
        directory: for its data and certificates; whoever made it removes it.
        cap: bytes/s of each connection, which takes the lab; None takes docker-registry.

    Raises:
        LabError: the lab does not start.
        SystemExit: docker-registry does not start.
        subprocess.CalledProcessError: skopeo could not fill docker-registry.
    """
    authority = _make_authority(directory) if tls else None
    os.environ.pop(_TRUSTED, None)
    if authority is not None:
        os.environ[_TRUSTED] = str(authority.certificate)
    if cap is None:
        with _docker_registry(directory, images, authority) as host:
            yield Registry(host, authority, None)
        return
    chain = authority.chain if authority else None
    config = LabConfig(
        images=tuple(images),
        shaping=Shaping(rate_per_connection=cap),
        tls_certificate=chain,
        tls_key=chain,
    )
    with LabProcess(config) as lab:
        yield Registry(lab.host, authority, lab)


def _make_authority(directory: Path) -> Authority:
    trusted = directory / "trusted"
    trusted.mkdir()
    made = Authority(trusted, trusted / "ca.crt", directory / "registry.pem")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(made.certificate)
    certificate = authority.issue_cert(_HOST)
    certificate.private_key_and_cert_chain_pem.write_to_path(made.chain)
    return made


@contextmanager
def _docker_registry(
    directory: Path, images: Sequence[SyntheticImage], authority: Authority | None
) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        host = f"{_HOST}:{probe.getsockname()[1]}"
    config = directory / "config.yml"
    config.write_text(
        f"version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: {directory / 'registry'}\n"
        f"log:\n  level: error\nhttp:\n  addr: {host}\n"
    )
    if authority is not None:
        with config.open("a") as text:
            text.write(f"  tls:\n    certificate: {authority.chain}\n    key: {authority.chain}\n")
    process = subprocess.Popen(
        ["docker-registry", "serve", str(config)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(host)
        _fill(host, images, authority)
        yield host
    finally:
        process.terminate()
        process.wait()


def _fill(host: str, images: Sequence[SyntheticImage], authority: Authority | None) -> None:
    trust = (
        "--dest-tls-verify=false" if authority is None else f"--dest-cert-dir={authority.directory}"
    )
    with LabProcess(LabConfig(images=tuple(images))) as lab:
        for image in images:
            name = f"{image.repository}:{image.tag}"
            subprocess.run(
                [
                    "skopeo", "copy", "-q", "--preserve-digests", "--src-tls-verify=false", trust,
                    f"docker://{lab.host}/{name}", f"docker://{host}/{name}",
                ],
                check=True,
            )  # fmt: skip


def _wait_for(host: str) -> None:
    name, _, port = host.partition(":")
    for _ in range(200):
        try:
            socket.create_connection((name, int(port)), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("docker-registry did not start")
