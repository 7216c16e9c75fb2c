import json
from pathlib import Path

import pytest

from pullscope.gui.recents import Recents, without_credentials


def test_that_the_newest_reference_stands_first_and_once(tmp_path: Path) -> None:
    recents = Recents(tmp_path / "recents.json")
    for reference in ("alpine:3", "busybox:1", "alpine:3"):
        recents.add(reference)
    assert recents.references == ("alpine:3", "busybox:1")


def test_that_recents_are_there_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "state" / "recents.json"
    Recents(path).add("ghcr.io/team/app:1")
    assert Recents(path).references == ("ghcr.io/team/app:1",)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("user:secret@ghcr.io/team/app:1", "ghcr.io/team/app:1"),
        ("https://user:secret@ghcr.io/team/app:1", "ghcr.io/team/app:1"),
        ("user:secret@alpine", "alpine"),
        ("alpine@sha256:" + "a" * 64, "alpine@sha256:" + "a" * 64),
        ("ghcr.io/team/app@sha256:" + "a" * 64, "ghcr.io/team/app@sha256:" + "a" * 64),
    ],
)
def test_that_credentials_are_not_kept(tmp_path: Path, typed: str, kept: str) -> None:
    path = tmp_path / "recents.json"
    Recents(path).add(typed)
    assert without_credentials(typed) == kept
    assert json.loads(path.read_text())["references"] == [kept]


@pytest.mark.parametrize("content", ["", "[]", "{", '{"references": 3}', '{"references": [3]}'])
def test_that_a_damaged_file_is_an_empty_list(tmp_path: Path, content: str) -> None:
    path = tmp_path / "recents.json"
    path.write_text(content)
    assert Recents(path).references == ()


def test_that_traces_are_kept_beside_the_references(tmp_path: Path) -> None:
    path = tmp_path / "recents.json"
    recents = Recents(path)
    recents.add("alpine:3")
    for name in ("a.jsonl", "b.pullscope", "a.jsonl"):
        recents.add_trace(tmp_path / name)
    assert Recents(path).traces == (tmp_path / "a.jsonl", tmp_path / "b.pullscope")
    assert Recents(path).references == ("alpine:3",)
    recents.clear()
    assert (Recents(path).traces, Recents(path).references) == ((), ())


def test_that_a_place_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    recents = Recents(tmp_path / "file" / "recents.json")
    recents.add("alpine:3")
    assert recents.references == ("alpine:3",)
