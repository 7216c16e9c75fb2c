"""Positional file I/O, and making it durable. The only place with calls that POSIX alone has.

Each has a portable way beside it, taken where the system lacks the call.
"""

import ctypes
import errno
import os
import shutil
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from pullscope.engine.message import Message
from pullscope.engine.transport import Piece

if sys.platform != "win32":
    import fcntl

HAS_POSITIONAL_IO = hasattr(os, "pwritev") and hasattr(os, "preadv")

MOST_RESERVED = 1024 * 1024 * 1024
"""Bytes. How large a layer is has only been said yet: a file system in memory would give all of
the machine's for it."""

_RESERVED_AT_ONCE = 256 * 1024 * 1024
_BLOCK = 512  # bytes, what POSIX counts st_blocks in
_MOST_BUFFERS = 512  # IOV_MAX is 1024 on Linux and macOS
_COPIED_AT_ONCE = 64 * 1024 * 1024
_READ_AT_ONCE = 1024 * 1024
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)
_NO_ALLOCATION = (errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS)
_NO_COPYING = (errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS, errno.EXDEV, errno.EPERM)


class PositionalFile:
    """A file that several threads read and write at given offsets.

    Args:
        path: opened for reading and writing.
        create: whether it is made where it does not exist.

    Attributes:
        has_lock: whether this object keeps others out; False also where the file system knows no
            locks.

    Raises:
        OSError: from every method, as the system reports it.
    """

    def __init__(self, path: Path, *, create: bool = True) -> None:
        flags = os.O_RDWR | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
        self._fd = os.open(path, flags | (os.O_CREAT if create else 0), 0o644)
        self._path = path
        self._seek_lock = threading.Lock()
        self.has_lock = False

    def lock(self, *, wait: bool = False) -> bool:
        """Lock the file against other openers until it is closed; False when one has it.

        Where the file system knows no locks, nobody is kept out.
        """
        if sys.platform != "win32":
            try:
                fcntl.flock(self._fd, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except OSError as error:
                if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
                    return False
                if error.errno not in _NO_LOCKS:
                    raise
            else:
                self.has_lock = True
        return True

    @property
    def in_place(self) -> bool:
        """Whether its path still leads to it: it was neither renamed nor removed since."""
        try:
            return os.path.samestat(os.stat(self._path), os.fstat(self._fd))
        except FileNotFoundError:
            return False

    def resize(self, size: int) -> None:
        """Make the file exactly `size` bytes."""
        os.ftruncate(self._fd, size)

    def reserve(self, size: int) -> None:
        """Reserve the space on disk for the first of `size` bytes, where the file system can.

        In steps: a file system in memory clears the pages, and lets nobody write meanwhile.

        Raises:
            OSError: also when there is not enough space for all `size` bytes.
        """
        self._check_space(size)
        allocate = _allocation()
        if allocate is None:
            return
        reserved = min(size, MOST_RESERVED)
        for offset in range(0, reserved, _RESERVED_AT_ONCE):
            try:
                allocate(self._fd, offset, min(_RESERVED_AT_ONCE, reserved - offset))
            except OSError as error:
                if error.errno in _NO_ALLOCATION:
                    return
                raise

    def _check_space(self, size: int) -> None:
        taken = getattr(os.fstat(self._fd), "st_blocks", 0) * _BLOCK
        disk = shutil.disk_usage(self._path.parent)
        if disk.total and size - taken > disk.free:  # some file systems know no size, and say 0
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

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

    def copy_from(self, source: Path, start: int, offset: int, size: int) -> None:
        """Copy `size` bytes of a file, from `start`, to `offset`, inside the system where it can.

        Raises:
            OSError: also when `source` holds fewer bytes.
        """
        fd = os.open(source, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0))
        try:
            done = self._copy_in_system(fd, start, offset, size)
            os.lseek(fd, start + done, os.SEEK_SET)
            while done < size:
                block = os.read(fd, min(_READ_AT_ONCE, size - done))
                if not block:
                    raise OSError(
                        Message(
                            "{file} ends at byte {end} of {size}",
                            file=source,
                            end=start + done,
                            size=start + size,
                        )
                    )
                self.write(offset + done, [block])
                done += len(block)
        finally:
            os.close(fd)

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

    def _copy_in_system(self, source: int, start: int, offset: int, size: int) -> int:
        """Copy what the system copies by itself; return how many bytes that were."""
        done = 0
        while sys.platform == "linux" and HAS_POSITIONAL_IO and done < size:
            most = min(_COPIED_AT_ONCE, size - done)
            try:
                count = os.copy_file_range(source, self._fd, most, start + done, offset + done)
            except OSError as error:
                if error.errno in _NO_COPYING:
                    break
                raise
            if count == 0:
                break
            done += count
        return done


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


def sync_file(path: Path) -> None:
    """Return when the bytes of a file that is there are on stable storage.

    Raises:
        OSError: as the system reports it.
    """
    fd = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def sync_directory(path: Path) -> None:
    """Make renames in a directory durable, where directories can be synced."""
    if os.name != "posix":
        return
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def replace_file(path: Path, body: bytes, *, durable: bool = True) -> None:
    """Write a small file so that a reader finds the old or the new one.

    Args:
        path: of the file.
        body: what it shall hold.
        durable: whether that is so after a loss of power too, and the new one is there for good
            on return.
    """
    temporary = temporary_beside(path)
    try:
        with temporary.open("wb") as file:
            file.write(body)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError:
        with suppress(OSError):
            temporary.unlink()
        raise
    if durable:
        sync_directory(path.parent)


def temporary_beside(path: Path) -> Path:
    """Return a name beside `path` that no other thread or process uses at this moment."""
    return path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}")


def is_temporary_of(path: Path, name: str) -> bool:
    """Whether `path` is named as `temporary_beside` names it for a file called `name`."""
    head, dot, tail = path.name.rpartition(".")
    process, dash, thread = tail.partition("-")
    return bool(head == f".{name}" and dot and dash and process.isdecimal() and thread.isdecimal())
