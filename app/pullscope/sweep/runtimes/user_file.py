"""The user's file of a runtime: read with a limit, and replaced at once, with a copy kept."""

import os
import shutil
import time
from contextlib import suppress
from pathlib import Path

from pullscope.engine.files import sync_directory, temporary_beside
from pullscope.engine.message import Message
from pullscope.sweep.runtimes.runtime_config import LARGEST_FILE, RuntimeConfigError


def read_text(path: Path) -> str:
    """Return what a file holds, newlines as they are; nothing where there is none.

    Raises:
        RuntimeConfigError: it cannot be read, is too large, or is not UTF-8.
    """
    try:
        with path.open("rb") as file:
            body = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise RuntimeConfigError(
            Message("{path}: {error}", path=path, error=error.strerror or error)
        ) from error
    if len(body) > LARGEST_FILE:
        raise RuntimeConfigError(
            Message("{path}: it is larger than {most} bytes", path=path, most=LARGEST_FILE)
        )
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise RuntimeConfigError(Message("{path}: it is not UTF-8", path=path)) from None


def replace_text(path: Path, before: str, after: str) -> Path | None:
    """Replace a file's text, and return the copy of the file as it was; None where there was none.

    A reader finds the old file or the new one. Owner and permissions stay. Where the path is a
    link, what it names is replaced.

    Raises:
        RuntimeConfigError: it no longer holds `before`, or cannot be written; it is as it was.
    """
    target = path.resolve()
    if read_text(target) != before:
        raise RuntimeConfigError(Message("{path}: it has changed meanwhile", path=path))
    temporary = temporary_beside(target)
    try:
        backup = _keep_copy(target) if target.exists() else None
        with temporary.open("xb") as file:
            if backup is not None:
                _make_alike(file.fileno(), target)
            file.write(after.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
        sync_directory(target.parent)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        raise RuntimeConfigError(
            Message("{path}: it cannot be written: {error}", path=path, error=error.strerror)
        ) from error
    return backup


def _keep_copy(target: Path) -> Path:
    stamp = time.strftime("%Y%m%d-%H%M%S")
    for number in range(1000):
        # Without the extension of the original: runtimes read every *.toml of a directory.
        suffix = f".{stamp}.bak" if number == 0 else f".{stamp}.{number}.bak"
        copy = target.with_name(target.name + suffix)
        try:
            os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            continue
        shutil.copy2(target, copy)
        return copy
    raise OSError(0, Message("there are too many copies of it"))


def _make_alike(fd: int, target: Path) -> None:
    """Give an open file the owner and the permissions of `target`."""
    about = target.stat()
    if os.name == "posix":
        with suppress(PermissionError):  # a file of another user stays readable to its group
            os.fchown(fd, about.st_uid, about.st_gid)
        os.fchmod(fd, about.st_mode & 0o7777)
