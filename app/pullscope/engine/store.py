"""Where images end up: an OCI image layout directory, and the parts of blobs on their way there.

Layout: https://github.com/opencontainers/image-spec/blob/main/image-layout.md. Below it,
`.ingest/` holds for each unfinished blob a part file of the blob's full size and a journal that
says which runs of it are written, with a checksum of each. The journal is what makes a pull
resumable: a run counts only when its bytes still have their checksum, whatever happened since
(kill, power loss, another program). Blocking; call it from threads.
"""

import errno
import json
import os
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import xxhash

from pullscope.engine.digests import digest_of
from pullscope.engine.errors import StoreError
from pullscope.engine.files import PositionalFile, replace_durably, sync_directory
from pullscope.engine.manifests import OCI_INDEX, OCI_MANIFEST, as_oci
from pullscope.engine.model import Layer, PullPlan
from pullscope.engine.reference import Reference
from pullscope.engine.transport import Piece

INGEST = ".ingest"
READ_SIZE = 256 * 1024
"""Bytes read at a time when a file is hashed: they stay in the processor's cache."""

_REF_NAME = "org.opencontainers.image.ref.name"
_JOURNAL_LINE = re.compile(rb"([0-9]{1,19}) ([0-9]{1,19}) ([0-9a-f]{16})")
_LAYOUT = b'{"imageLayoutVersion":"1.0.0"}'


class Store:
    """An OCI image layout.

    Args:
        root: its directory; made when it is first written to.
        names_in_full: whether images are named by their whole reference, as a store of many
            needs; otherwise by their tag, as `skopeo copy` to a layout does.
    """

    def __init__(self, root: Path, *, names_in_full: bool = False) -> None:
        self.root = root
        self._names_in_full = names_in_full

    def prepare(self) -> None:
        """Make the directories.

        Raises:
            StoreError: they cannot be made, or the place holds something else.
        """
        with _in_words(self.root):
            if self.root.is_dir() and not (self.root / "oci-layout").exists():
                strangers = [e.name for e in self.root.iterdir() if e.name != INGEST]
                if strangers and not {"blobs", "index.json"} >= set(strangers):
                    raise StoreError(
                        f"{self.root} holds other files and is no OCI image layout; "
                        "choose an empty or a new directory"
                    )
            (self.root / INGEST).mkdir(parents=True, exist_ok=True)
            layout = self.root / "oci-layout"
            if not layout.exists():
                replace_durably(layout, _LAYOUT)

    def blob_path(self, digest: str) -> Path:
        """Return where a blob belongs."""
        algorithm, _, encoded = digest.partition(":")
        return self.root / "blobs" / algorithm / encoded

    def has(self, blob: Layer) -> bool:
        """Whether a blob is there in its full size; blobs enter the store verified."""
        with _in_words(self.root):
            path = self.blob_path(blob.digest)
            return path.is_file() and path.stat().st_size == blob.size

    def open_part(self, layer: Layer) -> "Part":
        """Open the part of a layer, new or left by an earlier pull, for this process alone.

        Raises:
            StoreError: there is no room or no right, or another process is pulling it.
        """
        with _in_words(self.root):
            path = self.root / INGEST / layer.digest.replace(":", "-")
            path.parent.mkdir(exist_ok=True)  # another pull may have ended, and removed it
            return Part(path, layer.size)

    def commit(self, part: "Part", digest: str) -> None:
        """Make a verified part a blob: durable first, then under its name.

        Raises:
            StoreError: as `open_part`.
        """
        with _in_words(self.root):
            target = self.blob_path(digest)
            target.parent.mkdir(parents=True, exist_ok=True)
            part.commit(target)
            sync_directory(target.parent)
            sync_directory(target.parent.parent)

    def add_blob(self, digest: str, body: bytes) -> None:
        """Store small, verified bytes as a blob.

        Raises:
            StoreError: as `open_part`.
        """
        with _in_words(self.root):
            target = self.blob_path(digest)
            target.parent.mkdir(parents=True, exist_ok=True)
            replace_durably(target, body)

    def add_image(self, plan: PullPlan, reference: Reference) -> None:
        """Store an image's manifest and name it in `index.json`, the last step of a pull.

        An entry of the same name is replaced. A Docker manifest is kept as it is, and named in its
        OCI form.

        Raises:
            StoreError: as `open_part`, or `index.json` is damaged.
        """
        with _in_words(self.root):
            self.add_blob(plan.digest, plan.manifest)
            manifest, digest = as_oci(plan.manifest, plan.media_type), plan.digest
            if manifest != plan.manifest:
                digest = digest_of(manifest)
                self.add_blob(digest, manifest)
            entry: dict[str, Any] = {
                "mediaType": OCI_MANIFEST,
                "digest": digest,
                "size": len(manifest),
            }
            if plan.platform:
                parts = plan.platform.split("/")
                entry["platform"] = dict(
                    zip(("os", "architecture", "variant"), parts, strict=False)
                )
            if name := self._name(reference):
                entry["annotations"] = {_REF_NAME: name}
            self._add_to_index(entry, name)
            with suppress(OSError):  # other pulls may have parts in it
                (self.root / INGEST).rmdir()

    def _add_to_index(self, entry: dict[str, Any], name: str) -> None:
        layout = PositionalFile(self.root / "oci-layout")
        try:
            layout.lock(wait=True)  # another pull may be adding its image at this moment
            path = self.root / "index.json"
            index = self._index(path)
            others = [
                other
                for other in index["manifests"]
                if not _same_entry(other, entry["digest"], name)
            ]
            index["manifests"] = [*others, entry]
            replace_durably(path, json.dumps(index, indent=2).encode() + b"\n")
        finally:
            layout.close()

    def _name(self, reference: Reference) -> str:
        if self._names_in_full:
            return str(reference)
        return reference.tag or ""

    def _index(self, path: Path) -> dict[str, Any]:
        if not path.exists():
            return {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": []}
        try:
            index = json.loads(path.read_bytes())
        except (ValueError, RecursionError):
            index = None
        if not isinstance(index, dict) or not isinstance(index.get("manifests"), list):
            raise StoreError(f"{path} is damaged; move it away and pull again")
        return index


class Part:
    """A blob on its way: its bytes in place, and the journal of what is written.

    Args:
        path: of the part file; the journal stands beside it.
        size: bytes of the blob.

    Raises:
        OSError: from every method; `StoreError` when another process has it open.
    """

    def __init__(self, path: Path, size: int) -> None:
        self._path = path
        self._journal_path = path.with_name(path.name + ".journal")
        self._size = size
        self._file = PositionalFile(path)
        try:
            if not self._file.lock():
                raise StoreError(
                    f"another pull is fetching {path.name} into the same place; wait for it"
                )
            if path.stat().st_size != size:
                self._journal_path.unlink(missing_ok=True)
            self._file.resize(size)
            self._journal = self._journal_path.open("a+b", buffering=0)
        except BaseException:
            self._file.close()
            raise
        self._journal_lock = threading.Lock()
        self._abandoned = False

    def abandon(self) -> None:
        """Let `kept` end at once: what it finds is not wanted any more."""
        self._abandoned = True

    def reserve(self) -> None:
        """Reserve the blob's space on disk; bytes may be written meanwhile."""
        self._file.reserve(self._size)

    def kept(self) -> list[tuple[int, int]]:
        """Return the runs (offset, length) of an earlier pull whose bytes are still right."""
        self._journal.seek(0)
        journal = self._journal.read()
        if journal and not journal.endswith(b"\n"):
            self._journal.write(b"\n")  # what follows shall not join a torn line
        runs: dict[int, int] = {}
        buffer = memoryview(bytearray(READ_SIZE))
        for line in journal.splitlines():
            if self._abandoned:
                break
            entry = _journal_entry(line, self._size)
            if entry is not None and self._checksum(entry[0], entry[1], buffer) == entry[2]:
                runs[entry[0]] = max(entry[1], runs.get(entry[0], 0))
        return list(_disjoint(sorted(runs.items())))

    def write(self, offset: int, pieces: Sequence[Piece]) -> None:
        """Write pieces in place, then note them in the journal."""
        self._file.write(offset, pieces)
        checksum = xxhash.xxh3_64()
        length = 0
        for piece in pieces:
            checksum.update(memoryview(piece))
            length += len(piece)
        line = f"{offset} {length} {checksum.hexdigest()}\n".encode("ascii")
        with self._journal_lock:
            self._journal.write(line)

    def read_into(self, buffer: memoryview, offset: int) -> int:
        """Fill `buffer` from `offset`; return the bytes read."""
        return self._file.read_into(buffer, offset)

    def restart(self) -> None:
        """Forget every byte."""
        self._journal.truncate(0)

    def commit(self, target: Path) -> None:
        """Make the bytes durable and give them their final name; the part is closed then."""
        self._file.sync()
        os.replace(self._path, target)
        self._journal.close()
        self._journal_path.unlink(missing_ok=True)
        self._file.close()

    def close(self) -> None:
        """Leave the part for a later pull; one without a byte is removed."""
        empty = not self._journal.closed and self._journal.seek(0, os.SEEK_END) == 0
        if empty:
            self._path.unlink(missing_ok=True)
            self._journal_path.unlink(missing_ok=True)
        self._journal.close()
        self._file.close()

    def _checksum(self, offset: int, length: int, buffer: memoryview) -> str:
        checksum = xxhash.xxh3_64()
        while length:
            count = self.read_into(buffer[:length], offset)
            if count == 0:
                break
            checksum.update(buffer[:count])
            offset += count
            length -= count
        return checksum.hexdigest()


class _in_words:  # noqa: N801 (reads as the statement it is)
    """Turns an `OSError` into a `StoreError` that says what to do."""

    def __init__(self, place: Path) -> None:
        self._place = place

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError):
            raise store_error(error, self._place) from error


def store_error(error: OSError, place: Path) -> StoreError:
    """Return the words for what the file system said about `place`."""
    remedies = {
        errno.ENOSPC: "make room and pull again: what is there is kept",
        errno.EDQUOT: "make room and pull again: what is there is kept",
        errno.EACCES: "choose a directory that you may write to",
        errno.EPERM: "choose a directory that you may write to",
        errno.EROFS: "choose a directory that you may write to",
        errno.EMFILE: "raise the limit of open files (ulimit -n) or pull fewer layers at once",
        errno.EFBIG: "choose a file system that holds larger files",
        errno.ENOENT: "the directory was removed; pull again",
    }
    remedy = remedies.get(error.errno or 0, "")
    said = os.strerror(error.errno) if error.errno else str(error)
    return StoreError(f"cannot write to {place}: {said}" + (f"; {remedy}" if remedy else ""))


def _same_entry(entry: Any, digest: str, name: str) -> bool:
    if not isinstance(entry, dict):
        return False
    annotations = entry.get("annotations")
    other = annotations.get(_REF_NAME) if isinstance(annotations, dict) else None
    return other == name if name else (entry.get("digest") == digest and not other)


def _journal_entry(line: bytes, size: int) -> tuple[int, int, str] | None:
    """Read one line of a journal; None for one that was torn or damaged."""
    match = _JOURNAL_LINE.fullmatch(line)
    if match is None:
        return None
    offset, length = int(match[1]), int(match[2])
    if length == 0 or offset + length > size:
        return None
    return offset, length, match[3].decode("ascii")


def _disjoint(runs: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield sorted runs, those that touch or overlap as one."""
    begin = end = 0
    for offset, length in runs:
        if offset > end:
            if begin < end:
                yield begin, end - begin
            begin = offset
        end = max(end, offset + length)
    if begin < end:
        yield begin, end - begin
