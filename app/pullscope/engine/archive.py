"""An image as one tar file: the pull goes into a layout beside it, which then becomes the tar.

- `oci-archive`: an OCI image layout in a tar, as `skopeo` and `podman` call it.
- `docker-archive`: the same with a `manifest.json`, which is what `docker save` writes
  (https://github.com/moby/docker-image-spec, "combined image JSON + filesystem changeset format").

The layout stands in `.NAME.pullscope/` beside the archive NAME until the archive has its name, so
that an interrupted pull goes on there. Layers go into the archive as the registry has them: readers
unpack what is compressed. The same image gives the same bytes.
"""

import json
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from pullscope.engine.errors import BadReply, StoreError
from pullscope.engine.files import PositionalFile, sync_directory
from pullscope.engine.manifests import OCI_INDEX
from pullscope.engine.message import Message
from pullscope.engine.model import PullPlan
from pullscope.engine.reference import DOCKER_HUB, Reference
from pullscope.engine.store import (
    INGEST,
    Durability,
    Store,
    in_words,
    index_entry,
    referrer_entries,
)

COPY_SIZE = 64 * 1024 * 1024
"""Bytes copied between two looks whether the pull was cancelled."""

_BLOCK = 512
_RECORD = 20 * _BLOCK
_LAYOUT = b'{"imageLayoutVersion":"1.0.0"}'


class ArchiveFormat(StrEnum):
    """What kind of tar file."""

    OCI = "oci-archive"
    DOCKER = "docker-archive"


@dataclass(frozen=True, slots=True)
class Member:
    """One file in an archive, or a directory, whose name ends in a slash.

    Attributes:
        content: its bytes, or the path of a file that holds them.
        size: bytes.
    """

    name: str
    content: bytes | Path
    size: int

    def header(self) -> bytes:
        """Return its tar header: the same for the same file, whoever packs it and when."""
        info = tarfile.TarInfo(self.name.rstrip("/"))
        info.size = self.size
        info.mode = 0o644
        if self.name.endswith("/"):
            info.type, info.mode = tarfile.DIRTYPE, 0o755
        # GNU's format has a header of one block for any size, and Go's reader knows it.
        return info.tobuf(format=tarfile.GNU_FORMAT)


class ArchiveStore(Store):
    """A layout that becomes an archive when its image is complete.

    Args:
        target: the archive; one that is there is replaced, once the new one is complete.
        kind: its format.
        durability: what a loss of power leaves.
    """

    slow_to_commit = True

    def __init__(
        self,
        target: Path,
        kind: ArchiveFormat,
        *,
        durability: Durability = Durability.BLOB,
    ) -> None:
        super().__init__(target, durability=durability, layout=work_directory(target))
        self._kind = kind
        self._gone = self.layout.with_name(f"{self.layout.name}.done")

    def prepare(self) -> None:
        """Make the directories.

        Raises:
            StoreError: they cannot be made, or the archive's name is that of a directory.
        """
        if self.root.is_dir():
            raise StoreError(
                Message("{root} is a directory", root=self.root),
                Message("name a file for the archive"),
            )
        shutil.rmtree(self._gone, ignore_errors=True)  # a killed pull may have left it
        super().prepare()

    def lease(self, plan: PullPlan) -> None:
        """Keep the blobs of an image, as `Store.lease`.

        Raises:
            StoreError: also when the archive's format cannot hold it.
        """
        if self._kind is ArchiveFormat.DOCKER and not plan.is_image:
            raise StoreError(
                Message(
                    "{root}: a docker-archive holds images for one platform and nothing else",
                    root=self.root,
                ),
                Message("write an oci-archive"),
            )
        super().lease(plan)

    def add_image(self, plan: PullPlan, reference: Reference) -> None:
        """Complete the layout and write the archive, the last step of a pull.

        Raises:
            StoreError: the archive cannot be written; the layout is kept for the next pull.
        """
        super().add_image(plan, reference)
        with self._working, in_words(self.root):
            members = list(self._members(plan, reference))
            path = self.layout / "archive"
            file = self._open_alone(path)
            try:
                self._write(file, members)
                if self._durable:
                    file.sync()
                path.replace(self.root)
            finally:
                file.close()
            if self._durable:
                sync_directory(self.root.parent)
            self._remove_layout()

    def _members(self, plan: PullPlan, reference: Reference) -> Iterator[Member]:
        entry, documents = index_entry(plan, reference, reference.tag or "")
        tags = {document.digest: document.tag for document in plan.referrers}
        entries = [entry, *referrer_entries(plan, tags)]
        index = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": entries}
        yield _small("oci-layout", _LAYOUT)
        yield _small("index.json", _encoded(index))
        if self._kind is ArchiveFormat.DOCKER:
            manifest = documents[0].body
            config = self.blob_path(plan.configs[0].digest).read_bytes()
            yield _small("manifest.json", _encoded(docker_manifest(manifest, config, reference)))
        blobs = {
            document.digest: _small(_name(document.digest), document.body)
            for document in (*documents, *plan.referrers)
        }
        for blob in plan.blobs:
            path = self.blob_path(blob.digest)
            blobs.setdefault(blob.digest, Member(_name(blob.digest), path, blob.size))
        yield _small("blobs/", b"")
        for algorithm in sorted({digest.partition(":")[0] for digest in blobs}):
            yield _small(f"blobs/{algorithm}/", b"")
        yield from blobs.values()

    def _open_alone(self, path: Path) -> PositionalFile:
        """Open the unfinished archive once no other pull writes it; what it holds is dropped."""
        while True:
            self._go_on()
            file = PositionalFile(path)
            if file.lock() and file.in_place:
                file.resize(0)
                return file
            file.close()
            self._stopped.wait(0.05)

    def _write(self, file: PositionalFile, members: list[Member]) -> None:
        headers = [member.header() for member in members]
        size = sum(map(len, headers)) + sum(_padded(member.size) for member in members)
        size += -(size + 2 * _BLOCK) % _RECORD + 2 * _BLOCK
        file.resize(size)  # what is not written below reads as the zeros that tar wants there
        file.reserve(size)
        offset = 0
        for member, header in zip(members, headers, strict=True):
            file.write(offset, [header])
            offset += len(header)
            if isinstance(member.content, bytes):
                file.write(offset, [member.content])
            else:
                for start in range(0, member.size, COPY_SIZE):
                    self._go_on()
                    step = min(COPY_SIZE, member.size - start)
                    file.copy_from(member.content, start, offset + start, step)
            offset += _padded(member.size)

    def _go_on(self) -> None:
        if self._stopped.is_set():
            raise StoreError(
                Message("{root} was not written: the pull was cancelled", root=self.root)
            )

    def _remove_layout(self) -> None:
        """Remove the layout, unless another pull is at work in it; the archive is there."""
        with self._locked():
            self._end_lease()
            if self._leased(self.layout / INGEST):
                return
            # At once under another name, so that no pull begins in what is being removed.
            with suppress(OSError):  # it costs room, no more
                self.layout.rename(self._gone)
        shutil.rmtree(self._gone, ignore_errors=True)


def work_directory(target: Path) -> Path:
    """Return where the layout of an archive stands until it is complete."""
    return target.with_name(f".{target.name}.pullscope")


def docker_manifest(manifest: bytes, config: bytes, reference: Reference) -> list[dict[str, Any]]:
    """Return the `manifest.json` of a Docker archive.

    Raises:
        BadReply: config and manifest disagree on the layers, so that nothing could load it.
    """
    layers = [layer["digest"] for layer in json.loads(manifest)["layers"]]
    found = _diff_ids(config)
    if found != len(layers):
        raise BadReply(
            Message(
                "the image config names {found} layers, the manifest {named}: Docker cannot "
                "load that",
                found=found,
                named=len(layers),
            ),
            Message("write an oci-archive"),
        )
    return [
        {
            "Config": _name(json.loads(manifest)["config"]["digest"]),
            "RepoTags": [familiar_name(reference)] if reference.tag else None,
            "Layers": [_name(digest) for digest in layers],
        }
    ]


def familiar_name(reference: Reference) -> str:
    """Return a tagged reference as Docker shows it: without what it adds to a short one."""
    name = reference.repository
    if reference.domain != DOCKER_HUB:
        name = f"{reference.domain}/{name}"
    elif name.count("/") == 1:
        name = name.removeprefix("library/")
    return f"{name}:{reference.tag}"


def _diff_ids(config: bytes) -> int:
    try:
        document = json.loads(config)
    except (ValueError, RecursionError):
        return 0
    rootfs = document.get("rootfs") if isinstance(document, dict) else None
    ids = rootfs.get("diff_ids") if isinstance(rootfs, dict) else None
    return len(ids) if isinstance(ids, list) else 0


def _small(name: str, body: bytes) -> Member:
    return Member(name, body, len(body))


def _name(digest: str) -> str:
    return f"blobs/{digest.replace(':', '/')}"


def _padded(size: int) -> int:
    return -(-size // _BLOCK) * _BLOCK


def _encoded(document: object) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()
