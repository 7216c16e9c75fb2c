import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from pullscope.database import Database, unicode_text
from pullscope.engine.message import translated, words_of

FIRST = "CREATE TABLE things (name TEXT NOT NULL); CREATE INDEX things_name ON things (name)"
SECOND = "ALTER TABLE things ADD COLUMN tag TEXT NOT NULL DEFAULT ''"


class Trouble(Exception):
    pass


def things(path: Path, migrations: Sequence[str] = (FIRST,)) -> Database:
    return Database(path / "state" / "things.sqlite", migrations, Trouble)


def add(database: Database, name: str) -> None:
    with database.open() as connection:
        connection.execute("INSERT INTO things (name) VALUES (?)", (name,))


@pytest.mark.parametrize("_", range(20))  # who is first differs
def test_several_programs_may_write_at_once(
    _: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pullscope.database._PATIENCE", 60.0)  # disks stall

    def write() -> None:
        for _ in range(10):
            add(things(tmp_path), "a")

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    with things(tmp_path).open() as connection:
        assert connection.execute("SELECT count(*) FROM things").fetchone()[0] == 40
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def test_a_database_of_an_earlier_version_is_brought_up_to_date(tmp_path: Path) -> None:
    add(things(tmp_path), "old")

    with things(tmp_path, (FIRST, SECOND)).open() as connection:
        rows = [tuple(row) for row in connection.execute("SELECT name, tag FROM things")]
        assert connection.execute("PRAGMA user_version").fetchone()[0] == 2
    assert rows == [("old", "")]


def test_a_database_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    add(things(tmp_path, (FIRST, SECOND)), "new")

    with pytest.raises(Trouble, match="a later version of the program wrote it"):
        add(things(tmp_path), "old")


def test_what_is_no_database_is_refused_with_its_path(tmp_path: Path) -> None:
    database = things(tmp_path)
    database.path.parent.mkdir()
    database.path.write_text("not a database, but long enough to be taken for one" * 20)

    with pytest.raises(Trouble, match=r"things\.sqlite: file is not a database"):
        add(database, "a")


def test_what_fails_changes_nothing(tmp_path: Path) -> None:
    database = things(tmp_path)
    add(database, "kept")

    def add_and_fail() -> None:
        with database.open() as connection:
            connection.execute("INSERT INTO things (name) VALUES ('lost')")
            raise sqlite3.OperationalError("disk full")

    with pytest.raises(Trouble, match="disk full"):
        add_and_fail()

    with database.open() as connection:
        assert [row["name"] for row in connection.execute("SELECT * FROM things")] == ["kept"]


def test_what_is_no_unicode_is_escaped() -> None:
    assert unicode_text("a\udcff") == "a\\udcff"


def test_that_what_is_wrong_can_be_told_in_another_language(tmp_path: Path) -> None:
    add(things(tmp_path, (FIRST, SECOND)), "new")

    with pytest.raises(Trouble) as caught:
        add(things(tmp_path), "old")
    words = translated(words_of(caught.value), lambda _, text: text.replace("a later", "LATER"))
    assert words.endswith("things.sqlite: LATER version of the program wrote it")
