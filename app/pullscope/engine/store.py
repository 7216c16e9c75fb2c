"""Where images end up: an OCI image layout directory, and the parts of blobs on their way there.

Layout: https://github.com/opencontainers/image-spec/blob/main/image-layout.md. Below it,
`.ingest/` holds for each unfinished blob a part file of the blob's full size and a journal that
says which runs of it are written, with a checksum of each. The journal is what makes a pull
resumable: a run counts only when its bytes still have their checksum, whatever happened since
(kill, power loss, another program). Blocking; call it from threads.

Who may do what at the same time:

- A part is written by whoever holds its lock. Another pull of the blob waits until the blob is
  there or the lock is free, and then takes the part over.
- `index.json` is changed, and garbage collected, by whoever holds the lock on `oci-layout`.
- Each pull has a lease in `.ingest/`, a locked file with the digests of its image. It is made under
  the lock on `oci-layout`, before the pull looks which blobs are there: garbage is collected before
  that, or spares them. A lease that nobody has locked is left from a killed pull.

All locks end with their process. On a file system without locks, pull into a place once at a time
and collect garbage when no pull runs.

What is kept:

- When the process is killed, at any step: everything written. Blobs and `index.json` get their
  names by rename, when they are complete; nobody ever finds half of one under its name.
- When the machine loses power, what `Durability` says. It rests on fsync, so on what the file
  system and the disk promise by it: a disk that lies about its cache, or macOS, where fsync does
  not reach beyond it, keeps less.
"""

import errno
import json
import os
import re
import secrets
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import xxhash

from pullscope.engine import inventory
from pullscope.engine.errors import InvalidReference, StoreError
from pullscope.engine.files import (
    PositionalFile,
    is_temporary_of,
    replace_file,
    sync_directory,
    sync_file,
    temporary_beside,
)
from pullscope.engine.inventory import FULL_NAME, REF_NAME, SOURCE, StoredImage
from pullscope.engine.manifests import OCI_INDEX, as_oci
from pullscope.engine.message import Message, words_of
from pullscope.engine.model import Document, Layer, PullPlan
from pullscope.engine.reference import Reference, is_digest, parse_reference
from pullscope.engine.transport import Piece

INGEST = ".ingest"
READ_SIZE = 256 * 1024
"""Bytes read at a time when a file is hashed: they stay in the processor's cache."""

_JOURNAL_LINE = re.compile(rb"([0-9]{1,19}) ([0-9]{1,19}) ([0-9a-f]{16})")
_LAYOUT = b'{"imageLayoutVersion":"1.0.0"}'
_LEASE = ".lease"
_JOURNAL = ".journal"
_PAUSE = 0.05
"""Seconds between two looks at what another process holds."""


class Durability(StrEnum):
    """What a loss of power leaves of a store."""

    NONE = "none"
    """Nothing is promised: a blob of the right name and size may hold zeros. For stores that are
    thrown away."""
    IMAGE = "image"
    """Once a pull is done, its image. Blobs stay parts until all are there; what an interrupted
    pull brought counts as far as its checksums still agree."""
    BLOB = "blob"
    """Once a pull is done, its image; until then each blob that was verified."""


@dataclass(frozen=True, slots=True)
class Garbage:
    """What no image and no running pull needs: blobs and parts, and the bytes they take."""

    blobs: int
    parts: int
    size: int


class Store:
    """An OCI image layout. An object serves one pull.

    Args:
        root: its directory; made when it is first written to.
        names_in_full: whether images are named by their whole reference, as a store of many
            needs; otherwise by their tag, as `skopeo copy` to a layout does.
        durability: what a loss of power leaves.
        layout: where the layout is, when `root` is something else that is made of it.

    Attributes:
        root: what the user named; errors name it.
        layout: the layout's directory.
        slow_to_commit: whether `add_image` copies the image once more, which `stop` ends.
    """

    slow_to_commit = False

    def __init__(
        self,
        root: Path,
        *,
        names_in_full: bool = False,
        durability: Durability = Durability.BLOB,
        layout: Path | None = None,
    ) -> None:
        self.root = root
        self.layout = layout or root
        self._names_in_full = names_in_full
        self._durability = durability
        self._durable = durability is not Durability.NONE
        self._lease: tuple[Path, PositionalFile] | None = None
        self._deferred: dict[Layer, tuple[int, int]] = {}
        self._synced: set[str] = set()
        self._stopped = threading.Event()
        self._working = threading.Lock()

    def prepare(self) -> None:
        """Make the directories.

        Raises:
            StoreError: they cannot be made, or the place holds something else.
        """
        with in_words(self.root):
            layout = self.layout / "oci-layout"
            if self.layout.is_dir() and not layout.exists():
                strangers = {
                    path.name
                    for path in self.layout.iterdir()
                    if path.name != INGEST and not is_temporary_of(path, layout.name)
                }
                others = not {"blobs", "index.json"} >= strangers
                if others and not layout.exists():  # another pull may have made it just now
                    raise StoreError(
                        Message(
                            "{root} holds other files and is no OCI image layout", root=self.root
                        ),
                        Message("choose an empty or a new directory"),
                    )
            (self.layout / INGEST).mkdir(parents=True, exist_ok=True)
            if not layout.exists():
                try:
                    replace_file(layout, _LAYOUT, durable=self._durable)
                except FileNotFoundError:
                    if not layout.exists():  # another pull made it, and tidied up
                        raise

    def lease(self, plan: PullPlan) -> None:
        """Keep the blobs of an image from the garbage collection, until `release`.

        What killed pulls left and no pull can use is removed.

        Raises:
            StoreError: as `prepare`.
        """
        digests = [document.digest for document in plan.documents]
        digests += [blob.digest for blob in plan.blobs]
        with self._working, in_words(self.root), self._locked():
            if self._stopped.is_set():
                return
            ingest = self.layout / INGEST
            ingest.mkdir(exist_ok=True)
            self._tidy_up(ingest)
            path = ingest / f"{secrets.token_hex(8)}{_LEASE}"
            file = PositionalFile(path)
            self._lease = path, file
            file.lock()
            file.write(0, ["\n".join(digests).encode("ascii")])

    def stop(self) -> None:
        """Let what takes long in another thread end early, with a `StoreError`."""
        self._stopped.set()

    def release(self) -> None:
        """End what is under way, and the lease; to be called when the pull has ended."""
        self.stop()
        with self._working:
            if self._lease is not None:
                _, file = self._lease
                with suppress(OSError), self._locked():  # the store may be gone
                    self._end_lease()
                file.close()
                self._lease = None

    def blob_path(self, digest: str) -> Path:
        """Return where a blob belongs."""
        return inventory.blob_path(self.layout, digest)

    def has(self, blob: Layer) -> bool:
        """Whether a blob is there in its full size; blobs enter the store verified."""
        with in_words(self.root):
            path = self.blob_path(blob.digest)
            return path.is_file() and path.stat().st_size == blob.size

    def open_part(self, layer: Layer) -> "Part | None":
        """Open the part of a layer, new or left by an earlier pull, for this pull alone.

        None when another pull has it, or has just made it a blob: look again whether the store
        `has` it.

        Raises:
            StoreError: there is no room or no right.
        """
        with in_words(self.root):
            path = self.layout / INGEST / layer.digest.replace(":", "-")
            path.parent.mkdir(exist_ok=True)
            try:
                part = Part(path, layer.size)
            except BlockingIOError:
                return None
            if self.has(layer):
                part.restart()
                part.close()
                return None
            return part

    def discard_parts(self, blobs: Iterable[Layer]) -> int:
        """Remove what earlier pulls left of these blobs; return the bytes they took on disk.

        Parts that a pull has open, and blobs that are whole, stay.

        Raises:
            StoreError: there is no right.
        """
        ingest = self.layout / INGEST
        freed = 0
        with in_words(self.root):
            for blob in blobs:
                path = ingest / blob.digest.replace(":", "-")
                if path.is_file():
                    freed += _remove_part(path, dry_run=False) or 0
            with suppress(OSError):  # other pulls may have something in it
                ingest.rmdir()
        return freed

    def commit(self, part: "Part", digest: str) -> None:
        """Make a verified part a blob: durable first, then under its name; the part is closed.

        Raises:
            StoreError: as `open_part`.
        """
        with in_words(self.root):
            if self._durability is Durability.IMAGE and part.size:
                self._deferred[Layer(digest, part.size, "")] = part.mark()
                part.close()
            else:
                self._place(part, digest)

    def fill(self, part: "Part", digest: str, body: bytes) -> None:
        """Make small, verified bytes a blob by way of its part, which is closed in any case.

        Raises:
            StoreError: as `open_part`.
        """
        with in_words(self.root):
            try:
                part.write(0, [body])
                self._place(part, digest)
            finally:
                part.close()

    def add_blob(self, digest: str, body: bytes) -> None:
        """Store small, verified bytes as a blob.

        Raises:
            StoreError: as `open_part`.
        """
        with in_words(self.root):
            replace_file(self._room_for(digest), body, durable=self._durable)
            self._synced.add(digest)

    def add_image(self, plan: PullPlan, reference: Reference) -> None:
        """Store an image's manifest and name it in `index.json`, the last step of a pull.

        An entry of the same name is replaced. Where images are named by their tags and another
        repository's image has this one, that one goes by its whole reference from now on. A Docker
        manifest is kept as it is, and named in its OCI form.

        Raises:
            StoreError: as `open_part`, or `index.json` is damaged, or a blob was removed.
        """
        with self._working, in_words(self.root):
            self._place_deferred()
            self._settle_blobs(plan)
            with self._locked():
                entry, converted = index_entry(plan, reference, self._name(reference))
                for document in (*plan.documents, *converted):
                    self.add_blob(document.digest, document.body)
                if self._durable:
                    sync_directory(self.layout / "blobs")
                self._add_to_index(entry, *self._referrer_entries(plan, reference))
                if not self.slow_to_commit:
                    self._end_lease()

    # What is there

    def images(self) -> tuple[StoredImage, ...]:
        """Return the images, in the order of `index.json`.

        Raises:
            StoreError: the place cannot be read or holds something else.
        """
        with in_words(self.root, reading=True):
            return inventory.images(self.layout, self._index()) if self._is_there() else ()

    def owners(self) -> dict[str, tuple[StoredImage, ...]]:
        """Return the images that have a blob, by its digest; raises as `images`."""
        with in_words(self.root, reading=True):
            return inventory.owners(self.layout, self._index()) if self._is_there() else {}

    def remove(self, names: Sequence[str]) -> tuple[StoredImage, ...]:
        """Remove images by their names; those without one by their digest. Blobs stay.

        Returns what was removed. An image is found by its name in the index, by any way to write
        its reference, or by the digest of its manifest.

        Raises:
            StoreError: one is not there, and none is removed then; or as `images`.
        """
        with in_words(self.root):
            if not self._is_there():
                raise _no_image(names[0])
            with self._locked():
                index = self._index()
                images = inventory.images(self.layout, index)
                gone: set[int] = set()
                for name in names:
                    found = {n for n, image in enumerate(images) if _is_called(image, name)}
                    if not found:
                        raise _no_image(name)
                    gone |= found
                removed = tuple(images[number] for number in sorted(gone))
                entries = {image.position for image in removed}
                index["manifests"] = [
                    entry
                    for position, entry in enumerate(index["manifests"])
                    if position not in entries
                ]
                self._write_index(index)
                return removed

    def collect_garbage(self, *, dry_run: bool = False) -> Garbage:
        """Remove the blobs that no image names and no running pull needs, and abandoned parts.

        Args:
            dry_run: only say what would be removed.

        Raises:
            StoreError: as `images`, or a manifest is damaged: what belongs to it is not known.
        """
        with in_words(self.root):
            if not self._is_there():
                return Garbage(0, 0, 0)
            with self._locked():
                ingest = self.layout / INGEST
                leased = self._leased(ingest)
                kept = inventory.reachable(self.layout, self._index()) | leased
                blobs = [
                    path for digest, path in inventory.blobs(self.layout) if digest not in kept
                ]
                parts = [path for path in _parts(ingest) if _digest_of_part(path) not in leased]
                size = sum(path.stat().st_size for path in blobs)
                held = 0
                for path in parts:
                    freed = _remove_part(path, dry_run=dry_run)
                    held += freed is None
                    size += freed or 0
                if not dry_run:
                    for path in blobs:
                        path.unlink()
                    for digest, path in inventory.leftovers(self.layout):
                        if digest not in leased:
                            path.unlink(missing_ok=True)
                    self._tidy_up(ingest)
                    with suppress(OSError):
                        ingest.rmdir()
                return Garbage(len(blobs), len(parts) - held, size)

    # How

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the lock on `oci-layout`."""
        while True:
            file = PositionalFile(self.layout / "oci-layout", create=False)
            try:
                file.lock(wait=True)
                if file.in_place:  # two that prepare at once may have made two of it
                    yield
                    return
            finally:
                file.close()

    def _is_there(self) -> bool:
        if (self.layout / "oci-layout").is_file():
            return True
        if self.layout.exists() and not self.layout.is_dir():
            raise StoreError(Message("{root} is no directory", root=self.root))
        if self.layout.is_dir() and any(path.name != INGEST for path in self.layout.iterdir()):
            raise StoreError(
                Message("{root} is no OCI image layout: it has no oci-layout", root=self.root)
            )
        return False

    def _room_for(self, digest: str) -> Path:
        """Return where a blob belongs, its directory made; not the root, which was there."""
        target = self.blob_path(digest)
        for directory in (target.parent.parent, target.parent):
            directory.mkdir(exist_ok=True)
        return target

    def _place(self, part: "Part", digest: str) -> None:
        target = self._room_for(digest)
        part.commit(target, durable=self._durable)
        if self._durable:
            sync_directory(target.parent)
            sync_directory(target.parent.parent)
        self._synced.add(digest)

    def _place_deferred(self) -> None:
        for blob, mark in self._deferred.items():
            while not self.has(blob):
                part = self.open_part(blob)
                if part is None:  # another pull looks at it
                    if self._stopped.wait(_PAUSE):
                        raise StoreError(Message("stopped"))
                    continue
                try:
                    if part.mark() != mark:
                        raise self._blob_is_gone(blob)
                    self._place(part, blob.digest)
                finally:
                    part.close()

    def _settle_blobs(self, plan: PullPlan) -> None:
        """Check that every blob is there, and make durable those that earlier pulls left."""
        directories = set()
        for blob in plan.blobs:
            if not self.has(blob):
                raise self._blob_is_gone(blob)
            if self._durable and blob.digest not in self._synced:
                sync_file(self.blob_path(blob.digest))
                directories.add(self.blob_path(blob.digest).parent)
        for directory in directories:
            sync_directory(directory)

    def _blob_is_gone(self, blob: Layer) -> StoreError:
        return StoreError(
            Message(
                "{digest} was removed from {root} during the pull",
                digest=blob.digest,
                root=self.root,
            ),
            Message("pull again"),
        )

    def _end_lease(self) -> None:
        """Remove this pull's lease; `.ingest` too where nothing is left in it."""
        if self._lease is not None:
            path, file = self._lease
            self._lease = None
            file.close()
            path.unlink(missing_ok=True)
        with suppress(OSError):  # other pulls may have something in it
            (self.layout / INGEST).rmdir()

    def _tidy_up(self, ingest: Path) -> None:
        """Remove what killed pulls left and no pull can use. The lock must be held."""
        for path in ingest.glob(f"*{_LEASE}"):
            if _lease_is_dead(path):
                path.unlink(missing_ok=True)
        for path in ingest.glob(f"*{_JOURNAL}"):
            if not path.with_suffix("").exists():
                path.unlink(missing_ok=True)
        for path in self.layout.iterdir():
            if is_temporary_of(path, "oci-layout") or is_temporary_of(path, "index.json"):
                path.unlink(missing_ok=True)

    def _leased(self, ingest: Path) -> set[str]:
        """Return the digests that running pulls need. The lock must be held."""
        digests: set[str] = set()
        for path in ingest.glob(f"*{_LEASE}"):
            if not _lease_is_dead(path):
                with suppress(FileNotFoundError):
                    digests.update(path.read_text("ascii", "replace").splitlines())
        return digests

    def _referrer_entries(self, plan: PullPlan, reference: Reference) -> list[dict[str, Any]]:
        names = {
            document.digest: self._name(replace(reference, tag=document.tag, digest=None))
            for document in plan.referrers
            if document.tag
        }
        return referrer_entries(plan, names)

    def _add_to_index(self, *entries: dict[str, Any]) -> None:
        """Name images in `index.json`, all at once."""
        index = self._index()
        for entry in entries:
            self._insert(index, entry)
        self._write_index(index)

    def _insert(self, index: dict[str, Any], entry: dict[str, Any]) -> None:
        name, full = inventory.annotation(entry, REF_NAME), inventory.annotation(entry, FULL_NAME)
        others = []
        for other in index["manifests"]:
            other_name = inventory.annotation(other, REF_NAME)
            other_full = inventory.annotation(other, FULL_NAME)
            if other_full and other_full == full:
                continue
            if other_name != name or (not name and other.get("digest") != entry["digest"]):
                others.append(other)
            elif name and other_full and other_full != name:
                renamed = dict(other["annotations"])
                renamed[REF_NAME] = other_full
                others.append(other | {"annotations": renamed})
        index["manifests"] = [*others, entry]

    def _write_index(self, index: dict[str, Any]) -> None:
        body = json.dumps(index, indent=2).encode() + b"\n"
        replace_file(self.layout / "index.json", body, durable=self._durable)

    def _name(self, reference: Reference) -> str:
        if self._names_in_full:
            return str(reference)
        return reference.tag or ""

    def _index(self) -> dict[str, Any]:
        path = self.layout / "index.json"
        try:
            index = json.loads(path.read_bytes())
        except FileNotFoundError:
            return {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": []}
        except (ValueError, RecursionError):
            index = None
        if not isinstance(index, dict) or not isinstance(index.get("manifests"), list):
            raise StoreError(
                Message("{path} is damaged", path=path),
                Message("move it away and pull again"),
            )
        return index


def index_entry(
    plan: PullPlan, reference: Reference, name: str
) -> tuple[dict[str, Any], tuple[Document, ...]]:
    """Return an image's entry in an `index.json`, and the manifests that it needs.

    Args:
        plan: the image.
        reference: its whole name, which containerd and Docker read.
        name: what readers of layouts call it; empty for none.
    """
    root, children = as_oci(plan.manifest, plan.children)
    digest = root.digest
    entry: dict[str, Any] = {"mediaType": root.media_type, "digest": digest, "size": len(root.body)}
    if plan.platform and not plan.children:
        parts = plan.platform.split("/")
        entry["platform"] = dict(zip(("os", "architecture", "variant"), parts, strict=False))
    annotations = {}
    if not name and plan.referrers:  # which of them is the image could not be told otherwise
        name = digest.replace(":", "-")
    if name:
        annotations = {REF_NAME: name, FULL_NAME: str(reference)}
    if digest != plan.digest:
        annotations[SOURCE] = plan.digest
    if annotations:
        entry["annotations"] = annotations
    return entry, (root, *children)


def referrer_entries(plan: PullPlan, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return entries for what refers to an image: readers look for it among all that is named.

    Args:
        plan: the image.
        names: of those that have one, by digest.
    """
    entries = []
    for document in plan.referrers:
        entry: dict[str, Any] = {
            "mediaType": document.media_type,
            "digest": document.digest,
            "size": len(document.body),
        }
        if name := names.get(document.digest):
            entry["annotations"] = {REF_NAME: name}
        entries.append(entry)
    return entries


class Part:
    """A blob on its way: its bytes in place, and the journal of what is written.

    Args:
        path: of the part file; the journal stands beside it.
        size: bytes of the blob.

    Attributes:
        size: bytes of the blob.

    Raises:
        OSError: from every method; `BlockingIOError` when another has it open.
    """

    def __init__(self, path: Path, size: int) -> None:
        self._path = path
        self._journal_path = path.with_name(path.name + _JOURNAL)
        self.size = size
        self._file = PositionalFile(path)
        try:
            # Before the lock was free its owner may have made the file a blob, or removed it.
            if not self._file.lock() or not self._file.in_place:
                raise BlockingIOError(errno.EWOULDBLOCK, f"{path.name} is locked")
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
        self._file.reserve(self.size)

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
            entry = _journal_entry(line, self.size)
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

    def mark(self) -> tuple[int, int]:
        """Return what stays the same as long as nobody removes the part or writes to it."""
        return self._path.stat().st_ino, self._journal.seek(0, os.SEEK_END)

    def commit(self, target: Path, *, durable: bool = True) -> None:
        """Give the bytes their final name, once they are on disk; the part is closed then.

        Args:
            target: the path of the blob.
            durable: whether to wait for the disk.
        """
        if durable:
            self._file.sync()
        try:
            os.replace(self._path, target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            self._move_to_other_device(target, durable=durable)
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

    def _move_to_other_device(self, target: Path, *, durable: bool) -> None:
        temporary = temporary_beside(target)
        file = PositionalFile(temporary)
        try:
            file.copy_from(self._path, 0, 0, self.size)
            if durable:
                file.sync()
            os.replace(temporary, target)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
        finally:
            file.close()
        self._path.unlink()

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


class in_words:  # noqa: N801 (reads as the statement it is)
    """Turns an `OSError` into a `StoreError` that says what to do.

    Args:
        place: what was read or written.
        reading: whether it was to be read only.
    """

    def __init__(self, place: Path, *, reading: bool = False) -> None:
        self._place = place
        self._reading = reading

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError):
            raise store_error(error, self._place, reading=self._reading) from error


_MAKE_ROOM = Message("make room and pull again: what is there is kept")
_CHOOSE_ANOTHER = Message("choose a directory that you may write to")
_TROUBLES: Mapping[int, tuple[str, str]] = {
    errno.ENOSPC: (Message("No space left on device"), _MAKE_ROOM),
    errno.EDQUOT: (Message("Disk quota exceeded"), _MAKE_ROOM),
    errno.EACCES: (Message("Permission denied"), _CHOOSE_ANOTHER),
    errno.EPERM: (Message("Operation not permitted"), _CHOOSE_ANOTHER),
    errno.EROFS: (Message("Read-only file system"), _CHOOSE_ANOTHER),
    errno.EMFILE: (
        Message("Too many open files"),
        Message("raise the limit of open files (ulimit -n) or pull fewer layers at once"),
    ),
    errno.EFBIG: (
        Message("File too large"),
        Message(
            "choose a file system that holds larger files, or raise the limit of their "
            "size (ulimit -f)"
        ),
    ),
    errno.ENFILE: (
        Message("Too many open files in system; too many files are open on this machine"),
        Message("close programs and pull again"),
    ),
    errno.ENOENT: (
        Message("No such file or directory; the directory was removed"),
        Message("pull again"),
    ),
    errno.EIO: (Message("Input/output error"), ""),
}
"""What the system says of an error, in its own words, and what can be done about it."""


def store_error(error: OSError, place: Path, *, reading: bool = False) -> StoreError:
    """Return the words for what the file system said about `place`."""
    said = os.strerror(error.errno) if error.errno else words_of(error)
    said, remedy = _TROUBLES.get(error.errno or 0, (said, ""))
    if reading:
        came = Message("cannot read {place}: {said}", place=place, said=said)
    else:
        came = Message("cannot write to {place}: {said}", place=place, said=said)
    return StoreError(came, remedy)


def _lease_is_dead(path: Path) -> bool:
    """Whether nobody holds a lease any more; where locks are not known, it counts as held."""
    try:
        file = PositionalFile(path, create=False)
    except FileNotFoundError:
        return True
    try:
        return file.lock() and file.has_lock
    finally:
        file.close()


def _parts(ingest: Path) -> list[Path]:
    if not ingest.is_dir():
        return []
    return sorted(path for path in ingest.iterdir() if is_digest(_digest_of_part(path)))


def _digest_of_part(path: Path) -> str:
    return path.name.replace("-", ":", 1)


def _remove_part(path: Path, *, dry_run: bool) -> int | None:
    """Remove a part that nobody has open, and return the bytes it took; None when one has."""
    file = PositionalFile(path, create=False)
    try:
        if not file.lock() or not file.has_lock:
            return None
        status = path.stat()
        # A part has its full size from the start; what it takes grows.
        taken = min(status.st_size, getattr(status, "st_blocks", status.st_size) * 512)
        if not dry_run:
            path.unlink()
            path.with_name(path.name + _JOURNAL).unlink(missing_ok=True)
        return taken
    finally:
        file.close()


def _is_called(image: StoredImage, text: str) -> bool:
    names = {image.name, image.full_name, image.digest} - {""}
    if text in names:
        return True
    try:
        return str(parse_reference(text)) in names
    except InvalidReference:
        return False


def _no_image(name: str) -> StoreError:
    return StoreError(
        Message("there is no image {name!r}", name=name),
        Message("`pullscope store ls` lists what there is"),
    )


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
