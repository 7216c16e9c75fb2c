"""The content of synthetic layers and the digests of that content.

A layer is never held whole: any part of it is made when it is read, from the keystream of a
cipher, which does not compress and can be entered at any place.
"""

import hashlib
import json
import os
import tarfile
import tempfile
import threading
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import platformdirs
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes

from pullscope.lab.config import DIGEST_PATTERN

CONTENT_VERSION = 1
"""Goes up when the same layer would have other bytes, so that no digest outlives its content."""

BLOCK_SIZE = 256 * 1024
"""Bytes made at a time: enough to reach full speed, little enough per connection."""

SMALLEST_TAR = 2048

_TAR_BLOCK = 512
_TAR_END = 2 * _TAR_BLOCK
_CIPHER_BLOCK = 16
_ZEROS = memoryview(bytes(BLOCK_SIZE))


@dataclass(frozen=True, slots=True)
class SyntheticLayer:
    """Layer `index` of the images of `seed`: exactly `size` bytes, the same at every time.

    From SMALLEST_TAR bytes up it is an uncompressed tar with one file, so that runtimes can
    unpack it. Below that it is noise.
    """

    seed: int
    index: int
    size: int

    def open_at(self, offset: int) -> "SyntheticReader":
        """Return a reader of the layer's bytes from `offset` (bytes) on."""
        return SyntheticReader(self, offset)

    def compute_digest(self, cancelled: threading.Event | None = None) -> str:
        """Return the layer's SHA-256 digest; takes about a second per GB.

        Raises CancelledError when `cancelled` is set meanwhile.
        """
        checksum = hashlib.sha256()
        with self.open_at(0) as reader:
            while block := reader.read(BLOCK_SIZE):
                if cancelled is not None and cancelled.is_set():
                    raise CancelledError
                checksum.update(block)
        return f"sha256:{checksum.hexdigest()}"

    def header(self) -> bytes:
        """Return what stands before the noise: a tar header, or nothing in a small layer."""
        if self.size < SMALLEST_TAR:
            return b""
        member = tarfile.TarInfo(f"data/layer-{self.index}.bin")
        member.size = (self.size - _TAR_BLOCK - _TAR_END) // _TAR_BLOCK * _TAR_BLOCK
        # GNU's format writes a size of 8 GiB and more into the same single block.
        return member.tobuf(format=tarfile.GNU_FORMAT)

    def noise_end(self) -> int:
        """Return the offset (bytes) behind the noise, where a tar's closing zeros begin."""
        if self.size < SMALLEST_TAR:
            return self.size
        return (self.size - _TAR_END) // _TAR_BLOCK * _TAR_BLOCK


class SyntheticReader:
    """Reads a synthetic layer from an offset on. Its state is the place reached."""

    def __init__(self, layer: SyntheticLayer, offset: int) -> None:
        self._layer = layer
        self._header = layer.header()
        self._noise_end = layer.noise_end()
        self._position = offset
        self._keystream: CipherContext | None = None

    def read(self, size: int) -> bytes:
        """Return the next bytes, at most `size`; fewer at seams, none at the layer's end."""
        position = self._position
        size = min(size, BLOCK_SIZE, self._layer.size - position)
        if size <= 0:
            return b""
        if position < len(self._header):
            block = self._header[position : position + size]
        elif position < self._noise_end:
            block = self._read_noise(position, min(size, self._noise_end - position))
        else:
            block = bytes(size)
        self._position += len(block)
        return block

    def _read_noise(self, position: int, size: int) -> bytes:
        if self._keystream is None:
            self._keystream = self._enter_keystream(position - len(self._header))
        return self._keystream.update(_ZEROS[:size])

    def _enter_keystream(self, offset: int) -> CipherContext:
        name = f"pullscope lab {CONTENT_VERSION} {self._layer.seed} {self._layer.index}"
        key = hashlib.sha256(name.encode()).digest()[:16]
        counter, skipped = divmod(offset, _CIPHER_BLOCK)
        mode = modes.CTR(counter.to_bytes(_CIPHER_BLOCK, "big"))
        keystream = Cipher(algorithms.AES(key), mode).encryptor()
        keystream.update(_ZEROS[:skipped])
        return keystream

    def close(self) -> None:
        """Let go of the cipher."""
        self._keystream = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class DigestCache:
    """The digests of synthetic layers, each computed once and kept in one JSON file.

    A damaged or unwritable file costs time, nothing else: the digests are computed again.
    """

    def __init__(self, directory: Path | None = None) -> None:
        if directory is None:
            directory = Path(platformdirs.user_cache_dir("pullscope"))
        self._path = directory / "lab-digests.json"
        self._digests = self._load()

    def digests_of(self, layers: set[SyntheticLayer]) -> dict[SyntheticLayer, str]:
        """Return the digest of each layer; the unknown ones are computed, in threads."""
        unknown = [layer for layer in layers if _cache_key(layer) not in self._digests]
        # Largest first, so that the last thread at work has a small one.
        unknown.sort(key=lambda layer: layer.size, reverse=True)
        if unknown:
            self._compute(unknown)
        return {layer: self._digests[_cache_key(layer)] for layer in layers}

    def _compute(self, layers: list[SyntheticLayer]) -> None:
        cancelled = threading.Event()
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            try:
                computed = threads.map(lambda layer: layer.compute_digest(cancelled), layers)
                for layer, digest in zip(layers, computed, strict=True):
                    self._digests[_cache_key(layer)] = digest
            finally:
                # On Ctrl+C the threads end soon, and what they have done is not lost.
                cancelled.set()
                self._save()

    def missing_bytes(self, layers: set[SyntheticLayer]) -> int:
        """Return how many bytes must be digested before all of `layers` are known."""
        return sum(layer.size for layer in layers if _cache_key(layer) not in self._digests)

    def _load(self) -> dict[str, str]:
        try:
            stored = json.loads(self._path.read_bytes())
        except (OSError, ValueError):
            return {}
        if not isinstance(stored, dict):
            return {}
        return {
            key: digest
            for key, digest in stored.items()
            if isinstance(digest, str) and DIGEST_PATTERN.fullmatch(digest)
        }

    def _save(self) -> None:
        # Another lab may have written meanwhile; what it found is kept.
        self._digests = self._load() | self._digests
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            file, name = tempfile.mkstemp(dir=self._path.parent, prefix="lab-digests-")
            try:
                with os.fdopen(file, "w") as stream:
                    json.dump(self._digests, stream, indent=0, sort_keys=True)
                Path(name).replace(self._path)
            except OSError:
                Path(name).unlink(missing_ok=True)
                raise


def _cache_key(layer: SyntheticLayer) -> str:
    return f"{CONTENT_VERSION}/{layer.seed}/{layer.index}/{layer.size}"
