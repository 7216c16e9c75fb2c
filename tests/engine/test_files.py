import errno
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pullscope.engine import files
from pullscope.engine.files import PositionalFile, replace_file, sync_directory


@pytest.fixture(params=["positional", "portable"], autouse=True)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways of writing at an offset."""
    if request.param == "portable":
        monkeypatch.setattr(files, "HAS_POSITIONAL_IO", False)
    elif not files.HAS_POSITIONAL_IO:
        pytest.skip("this system has no positional I/O")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "part"


def read(file: PositionalFile, offset: int, size: int) -> bytes:
    buffer = memoryview(bytearray(size))
    return bytes(buffer[: file.read_into(buffer, offset)])


def test_that_pieces_are_written_at_their_offset(path: Path) -> None:
    file = PositionalFile(path)
    file.resize(12)
    file.write(4, [b"ab", b"", bytearray(b"c"), memoryview(b"def")])
    file.write(0, [b"1234"])
    file.write(5, [])
    assert read(file, 0, 100) == b"1234abcdef\0\0"
    assert read(file, 6, 3) == b"cde"
    assert read(file, 12, 3) == b""
    file.close()
    assert path.read_bytes() == b"1234abcdef\0\0"


@pytest.mark.parametrize("count", [511, 512, 513, 3000])
def test_that_many_pieces_are_written_in_order(count: int, path: Path) -> None:
    pieces = [b"%d," % number for number in range(count)]
    file = PositionalFile(path)
    file.write(3, pieces)
    file.close()
    assert path.read_bytes()[3:] == b"".join(pieces)


@pytest.mark.parametrize("most", [1, 2, 3, 7])
def test_that_short_writes_are_gone_on_with(
    most: int, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, pwritev = os.write, getattr(os, "pwritev", None)

    def short_write(fd: int, data: memoryview) -> int:
        return write(fd, data[:most])

    def short_pwritev(fd: int, views: Sequence[memoryview], offset: int) -> int:
        assert pwritev is not None
        return int(pwritev(fd, [b"".join(views)[:most]], offset))

    monkeypatch.setattr(os, "write", short_write)
    monkeypatch.setattr(os, "pwritev", short_pwritev, raising=False)
    file = PositionalFile(path)
    file.write(1, [b"abc", b"", b"d", b"efgh"])
    file.close()
    assert path.read_bytes() == b"\0abcdefgh"


def test_that_threads_do_not_write_into_each_other(path: Path) -> None:
    file = PositionalFile(path)
    size = 8192
    blocks = [bytes([number]) * size for number in range(64)]
    with ThreadPoolExecutor(8) as threads:
        written = [
            threads.submit(file.write, number * size, [block[:1000], block[1000:]])
            for number, block in enumerate(blocks)
        ]
        seen = [threads.submit(read, file, number * size, size) for number in range(64)]
        for future in [*written, *seen]:
            future.result()
    assert [read(file, number * size, size) for number in range(64)] == blocks
    file.close()


def test_that_a_second_opener_does_not_get_the_lock(path: Path) -> None:
    first, second = PositionalFile(path), PositionalFile(path)
    assert first.lock()
    assert not second.lock()
    first.close()
    assert second.lock()
    second.close()


def test_that_a_file_knows_whether_it_has_its_lock_and_its_place(path: Path) -> None:
    first, second = PositionalFile(path), PositionalFile(path)
    assert first.lock()
    assert first.has_lock
    assert not second.lock()
    assert not second.has_lock
    assert first.in_place
    path.rename(path.with_name("blob"))
    assert not first.in_place
    third = PositionalFile(path)
    assert third.in_place
    assert not first.in_place
    for file in (first, second, third):
        file.close()


def test_that_no_lock_is_claimed_where_the_file_system_knows_none(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: int) -> None:
        raise OSError(errno.ENOLCK, "no locks")

    monkeypatch.setattr(files.fcntl, "flock", refuse)
    file = PositionalFile(path)
    assert file.lock()
    assert not file.has_lock
    file.close()


def test_that_a_file_is_made_only_when_asked(path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        PositionalFile(path, create=False)
    assert not path.exists()


@pytest.mark.parametrize("code", [None, errno.EXDEV, errno.ENOSYS, errno.EINVAL])
def test_that_bytes_are_copied_from_another_file(
    code: int | None, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if code is not None:

        def refuse(*_: int) -> int:
            raise OSError(code, "refused")

        monkeypatch.setattr(os, "copy_file_range", refuse, raising=False)
    source = tmp_path / "source"
    body = bytes(range(256)) * 10_000
    source.write_bytes(body)
    file = PositionalFile(path)
    file.copy_from(source, 1000, 512, 2_000_001)
    assert path.read_bytes() == bytes(512) + body[1000 : 1000 + 2_000_001]
    with pytest.raises(OSError, match="ends at byte 2560000 of 2560001"):
        file.copy_from(source, 2_559_000, 0, 1001)
    file.close()


def test_that_a_file_is_resized_both_ways(path: Path) -> None:
    file = PositionalFile(path)
    file.write(0, [b"0123456789"])
    for size in (4, 20, 0):
        file.resize(size)
        assert path.stat().st_size == size
    file.close()


def test_that_reserved_space_is_taken_and_reads_as_zeros(path: Path) -> None:
    file = PositionalFile(path)
    file.resize(1024 * 1024)
    file.reserve(1024 * 1024)
    assert path.stat().st_size == 1024 * 1024
    assert read(file, 1024 * 1024 - 4, 4) == b"\0" * 4
    file.close()


def test_that_reserving_loses_nothing_and_goes_in_steps(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_RESERVED_AT_ONCE", 1000)
    file = PositionalFile(path)
    file.resize(3500)
    file.write(0, [b"kept"])
    file.reserve(3500)
    assert read(file, 0, 4) == b"kept"
    assert path.stat().st_size == 3500
    file.close()


def test_that_a_large_file_is_reserved_in_part(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reserved: list[tuple[int, int]] = []
    monkeypatch.setattr(files, "MOST_RESERVED", 2500)
    monkeypatch.setattr(files, "_RESERVED_AT_ONCE", 1000)
    monkeypatch.setattr(files, "_allocation", lambda: lambda _, *at: reserved.append(at))
    file = PositionalFile(path)
    file.reserve(9000)
    assert reserved == [(0, 1000), (1000, 1000), (2000, 500)]
    file.close()


def test_that_more_than_the_disk_has_is_refused_before_any_of_it_is_taken(path: Path) -> None:
    file = PositionalFile(path)
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        file.reserve(2**50)
    file.close()
    assert path.stat().st_blocks == 0


@pytest.mark.parametrize("code", [errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS])
def test_that_a_file_system_need_not_reserve(
    code: int, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: int) -> None:
        raise OSError(code, "refused")

    file = PositionalFile(path)
    for allocation in (refuse, None):
        monkeypatch.setattr(files, "_allocation", lambda found=allocation: found)
        file.reserve(1000)
        assert path.stat().st_size == 0
    file.close()


def test_that_a_full_disk_is_noticed_when_reserving(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(files, "_allocation", lambda: refuse)
    file = PositionalFile(path)
    with pytest.raises(OSError, match="full"):
        file.reserve(1000)
    file.close()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems reserve in another way")
def test_that_space_is_not_reserved_by_writing_zeros(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # glibc's posix_fallocate does that where the file system cannot reserve, and would overwrite
    # what another thread writes at the same moment.
    def refuse(*_: int) -> None:
        raise AssertionError("posix_fallocate may write")

    monkeypatch.setattr(os, "posix_fallocate", refuse)
    file = PositionalFile(path)
    file.reserve(1000)
    file.close()


def test_that_a_closed_file_refuses_to_be_used(path: Path) -> None:
    file = PositionalFile(path)
    file.close()
    file.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        file.write(0, [b"x"])


# Small files


def test_that_a_small_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "index.json"
    for body in (b"old and long", b"new"):
        replace_file(path, body)
        assert path.read_bytes() == body
    assert [entry.name for entry in tmp_path.iterdir()] == ["index.json"]


def test_that_a_file_that_cannot_be_replaced_stays_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "index.json"
    replace_file(path, b"old")

    def refuse(_: int) -> None:
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match="broken"):
        replace_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["index.json"]


def test_that_the_new_file_is_on_disk_before_its_name_and_the_name_before_return(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened: list[str] = []
    fsync, replace = os.fsync, os.replace

    def note_sync(fd: int) -> None:
        happened.append("sync directory" if os.path.isdir(f"/proc/self/fd/{fd}") else "sync file")
        fsync(fd)

    def note_replace(source: Path, target: Path) -> None:
        happened.append("rename")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", note_sync)
    monkeypatch.setattr(os, "replace", note_replace)
    replace_file(tmp_path / "index.json", b"new")
    if os.path.isdir("/proc/self/fd"):
        assert happened == ["sync file", "rename", "sync directory"]


def test_that_what_need_not_be_durable_is_not_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: int) -> None:
        raise AssertionError("synced")

    monkeypatch.setattr(os, "fsync", refuse)
    replace_file(tmp_path / "index.json", b"new", durable=False)
    assert (tmp_path / "index.json").read_bytes() == b"new"


def test_that_a_temporary_name_is_known_again(tmp_path: Path) -> None:
    temporary = files.temporary_beside(tmp_path / "index.json")
    assert files.is_temporary_of(temporary, "index.json")
    for name in (
        "index.json",
        ".index.json",
        ".index.json.x-1",
        ".other.json.1-1",
        ".index.json.1",
    ):
        assert not files.is_temporary_of(tmp_path / name, "index.json")


def test_that_a_directory_that_is_gone_cannot_be_synced(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        sync_directory(tmp_path / "gone")


def test_that_reserving_never_touches_bytes_that_are_written_meanwhile(path: Path) -> None:
    """glibc's posix_fallocate writes zeros where a file system cannot reserve."""
    file = PositionalFile(path)
    file.resize(4096)
    file.write(0, [b"x" * 4096])
    file.reserve(4096)
    assert path.read_bytes() == b"x" * 4096
    file.close()
