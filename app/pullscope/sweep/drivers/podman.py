"""podman, with a store of its own."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

from pullscope.engine.reference import parse_reference
from pullscope.sweep.drivers.driver import (
    DriverRun,
    first_words,
    speaks_http,
    unmount_below,
    version_in,
)
from pullscope.sweep.drivers.skopeo import tag_or_digest
from pullscope.sweep.settings import TrialSettings
from pullscope.tuning.translate import untranslated


class PodmanDriver:
    """`podman pull` into a store below the destination."""

    name = "podman"
    package = "podman (Debian, Fedora, Homebrew)"
    about = untranslated(
        "sweeps",
        "One stream per layer. It keeps no blobs: each layer is unpacked as it comes, which the "
        "others leave to whoever starts the container, so its time holds more work.",
    )
    knobs = frozenset({"layers"})

    def found(self) -> str | None:
        """Return its version; None also where there is only a client for podman elsewhere."""
        if os.name != "posix" or os.uname().sysname != "Linux":
            return None
        return version_in(first_words("podman", "--version"))

    def command(
        self,
        reference: str,
        settings: TrialSettings,
        destination: Path,
        *,
        insecure: bool | None = None,
    ) -> DriverRun:
        """See `Driver.command`."""
        config, storage = destination / "containers.conf", destination / "storage.conf"
        root = destination / "root"
        # podman refuses a path of more than 50 characters for what it keeps while it runs.
        mark = hashlib.sha256(str(destination).encode("utf-8", "surrogateescape")).hexdigest()
        short = Path(tempfile.gettempdir(), f"pullscope-{mark[:12]}")

        def prepare() -> None:
            short.mkdir(mode=0o700)
            # No command line option sets it.
            limit = f"image_parallel_copies = {settings.layers}\n" if settings.layers else ""
            config.write_text(f"[engine]\n{limit}", encoding="utf-8")
            storage.write_text(
                f'[storage]\ndriver = "overlay"\nrunroot = {json.dumps(str(short))}\n'
                f"graphroot = {json.dumps(str(root))}\n",
                encoding="utf-8",
            )

        podman = [
            "podman", "--root", str(root), "--runroot", str(short),
            "--tmpdir", str(short / "tmp"), "--storage-driver=overlay",
        ]  # fmt: skip
        arguments = [*podman, "pull", "--quiet"]
        if speaks_http(reference, insecure):
            arguments.append("--tls-verify=false")
        environment = {
            "CONTAINERS_CONF": str(config),
            "CONTAINERS_STORAGE_CONF": str(storage),
            "TMPDIR": str(destination),
        }
        image = tag_or_digest(parse_reference(reference))
        return DriverRun(
            [*arguments, image],
            environment,
            prepare=prepare,
            clean=lambda: _clean(podman, root, short, environment),
        )


def _clean(podman: list[str], root: Path, short: Path, environment: dict[str, str]) -> None:
    if os.geteuid() == 0:
        unmount_below(root)
        unmount_below(short)
    else:
        # Without root, what it unpacked belongs to users of a name space of its own.
        subprocess.run(  # noqa: S603 - the paths are ours
            [*podman, "unshare", "rm", "-rf", str(root)],
            env={**os.environ, **environment},
            capture_output=True,
            check=False,
        )
        # A process keeps that name space for the next podman, of which there is none.
        for file in short.rglob("pause.pid"):
            with suppress(OSError, ValueError):
                os.kill(int(file.read_text()), signal.SIGTERM)
    shutil.rmtree(short, ignore_errors=True)
