import os
import stat
from pathlib import Path

import pytest

from pullscope.engine.message import translated, words_of
from pullscope.sweep.runtimes.runtime_config import LARGEST_FILE, RuntimeConfigError
from pullscope.sweep.runtimes.user_file import read_text, replace_text


def test_that_a_file_is_replaced_with_a_copy_kept_and_its_permissions(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b"a = 1\r\n")
    file.chmod(0o640)
    backup = replace_text(file, read_text(file), "a = 2\r\n")
    assert backup is not None
    assert backup.read_bytes() == b"a = 1\r\n"
    assert file.read_bytes() == b"a = 2\r\n"
    assert [stat.S_IMODE(path.stat().st_mode) for path in (file, backup)] == [0o640, 0o640]
    assert backup.suffix == ".bak"
    assert sorted(tmp_path.iterdir()) == [file, backup]


def test_that_a_second_copy_does_not_replace_the_first(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("1")
    first = replace_text(file, "1", "2")
    second = replace_text(file, "2", "3")
    assert first is not None
    assert second is not None
    assert (first.read_text(), second.read_text(), file.read_text()) == ("1", "2", "3")


def test_that_a_new_file_has_no_copy(tmp_path: Path) -> None:
    file = tmp_path / "daemon.json"
    assert read_text(file) == ""
    assert replace_text(file, "", "{}") is None
    assert file.read_text() == "{}"


def test_that_what_a_link_names_is_replaced(tmp_path: Path) -> None:
    file, link = tmp_path / "real", tmp_path / "link"
    file.write_text("1")
    link.symlink_to(file)
    replace_text(link, "1", "2")
    assert link.is_symlink()
    assert file.read_text() == "2"


def test_that_a_file_that_changed_meanwhile_is_left(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("changed")
    with pytest.raises(RuntimeConfigError, match="changed meanwhile"):
        replace_text(file, "before", "after")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["changed"]


def test_that_what_cannot_be_written_is_said_and_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "config.toml"
    file.write_text("1")

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(RuntimeConfigError, match="No space left"):
        replace_text(file, "1", "2")
    assert file.read_text() == "1"
    assert {path.suffix for path in tmp_path.iterdir()} == {".toml", ".bak"}


def test_that_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b"\xff")
    with pytest.raises(RuntimeConfigError, match="not UTF-8"):
        read_text(file)
    file.write_bytes(b"a" * (LARGEST_FILE + 1))
    with pytest.raises(RuntimeConfigError, match="larger"):
        read_text(file)
    with pytest.raises(RuntimeConfigError, match="directory"):
        read_text(tmp_path)


def test_that_a_copy_that_cannot_be_made_is_told_in_another_language_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "daemon.json"
    path.write_text("{}")

    def there_already(*_: object) -> int:
        raise FileExistsError

    monkeypatch.setattr("pullscope.sweep.runtimes.user_file.os.open", there_already)
    with pytest.raises(RuntimeConfigError) as caught:
        replace_text(path, "{}", "{ }")
    said = translated(words_of(caught.value), lambda _, text: f"[{text}]")
    assert said == f"[{path}: it cannot be written: [there are too many copies of it]]"
