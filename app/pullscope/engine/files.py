"""Positional file I/O, and making it durable. The only place with calls that POSIX alone has.

Each has a portable way beside it, taken where the system lacks the call.
"""

import ctypes
import errno
import os
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from pullscope.engine.transport import Piece

if sys.platform != "win32":
    import fcntl

HAS_POSITIONAL_IO = hasattr(os, "pwritev") and hasattr(os, "preadv")

_RESERVED_AT_ONCE = 256 * 1024 * 1024
_MOST_BUFFERS = 512  # IOV_MAX is 1024 on Linux and macOS


class PositionalFile:
    """A file that several threads read and write at given offsets.

    Args:
        path: opened for reading and writing, made where it does not exist.

    Raises:
        OSError: from every method, as the system reports it.
    """

    def __init__(self, path: Path) -> None:
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
        self._fd = os.open(path, flags, 0o644)
        self._seek_lock = threading.Lock()

    def lock(self, *, wait: bool = False) -> bool:
        """Lock the file against other processes until it is closed; False when one has it.

        Where the file system knows no locks, nobody is kept out.
        """
        if sys.platform != "win32":
            try:
                fcntl.flock(self._fd, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except OSError as error:
                if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
                    return False
                if error.errno not in (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP):
                    raise
        return True

    def resize(self, size: int) -> None:
        """Make the file exactly `size` bytes."""
        os.ftruncate(self._fd, size)

    def reserve(self, size: int) -> None:
        """Reserve the space on disk for `size` bytes, where the file system can.

        In steps: a file system in memory clears the pages, and lets nobody write meanwhile.
        """
        allocate = _allocation()
        if allocate is None:
            return
        for offset in range(0, size, _RESERVED_AT_ONCE):
            try:
                allocate(self._fd, offset, min(_RESERVED_AT_ONCE, size - offset))
            except OSError as error:
                if error.errno in (errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS):
                    return
                raise

    def write(self, offset: int, pieces: Sequence[Piece]) -> None:
        """Write `pieces`, one behind the other, from `offset`."""
        views = [memoryview(piece) for piece in pieces]
        while views:
            count = self._write_some(views[:_MOST_BUFFERS], offset)
            offset += count
            while views and count >= len(views[0]):
                count -= len(views.pop(0))
            if views and count:
                views[0] = views[0][count:]

    def read_into(self, buffer: memoryview, offset: int) -> int:
        """Fill `buffer` from `offset`; return the bytes read, 0 at the end of the file."""
        if HAS_POSITIONAL_IO:
            return os.preadv(self._fd, [buffer], offset)
        with self._seek_lock:
            os.lseek(self._fd, offset, os.SEEK_SET)
            data = os.read(self._fd, len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def sync(self) -> None:
        """Return when the file's bytes are on stable storage, as far as the system promises it."""
        os.fsync(self._fd)

    def close(self) -> None:
        """Close the file; closing again does nothing."""
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)

    def _write_some(self, views: list[memoryview], offset: int) -> int:
        if HAS_POSITIONAL_IO:
            return os.pwritev(self._fd, views, offset)
        with self._seek_lock:
            os.lseek(self._fd, offset, os.SEEK_SET)
            return os.write(self._fd, views[0])


def _allocation() -> Callable[[int, int, int], None] | None:
    """Return what reserves `length` bytes from `offset` in a file, None where nothing does.

    On Linux it is fallocate(2) itself. Where the file system cannot reserve, glibc's
    posix_fallocate writes a zero into every block that reads as zero, also over what another
    thread has written there in between.
    """
    if sys.platform != "linux":
        return getattr(os, "posix_fallocate", None)
    libc = ctypes.CDLL(None, use_errno=True)
    function = getattr(libc, "fallocate64", None) or getattr(libc, "fallocate", None)
    if function is None:
        return None

    def allocate(fd: int, offset: int, length: int) -> None:
        while function(fd, 0, ctypes.c_int64(offset), ctypes.c_int64(length)) != 0:
            code = ctypes.get_errno()
            if code != errno.EINTR:
                raise OSError(code, os.strerror(code))

    return allocate


def sync_directory(path: Path) -> None:
    """Make renames in a directory durable, where directories can be synced."""
    if os.name != "posix":
        return
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def replace_durably(path: Path, body: bytes) -> None:
    """Write a small file so that a reader, also after a crash, finds the old or the new one."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}")
    try:
        with temporary.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError:
        with suppress(OSError):
            temporary.unlink()
        raise
    sync_directory(path.parent)
