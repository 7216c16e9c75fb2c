"""What the databases of this user have in common: several programs may use one at once.

A database comes to be with its first use and knows its version, so that an older one is brought up
to date and one of a later version of the program is left alone.
"""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from pullscope.engine.message import Message

_PATIENCE = 1.0  # seconds to wait for another program that writes
_PAUSE = 0.005  # seconds


class Database:
    """The database at `path`.

    Args:
        migrations: each a script that brings a database from the version of its place to the next
            one. Never change one: add one.
        trouble: what is raised, with one line for people, when the database cannot be used.
    """

    def __init__(self, path: Path, migrations: Sequence[str], trouble: type[Exception]) -> None:
        self.path = path
        self._migrations = migrations
        self._trouble = trouble

    @contextmanager
    def open(self) -> Iterator[sqlite3.Connection]:
        """Open the database, bring it up to date, and commit what is done with it."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.path, timeout=_PATIENCE)) as database:
                database.row_factory = sqlite3.Row
                _write_ahead(database)
                database.execute("PRAGMA synchronous = NORMAL")
                database.execute("PRAGMA foreign_keys = ON")
                self._migrate(database)
                with database:
                    yield database
        except (sqlite3.Error, OSError) as error:
            message = Message("{path}: {error}", path=self.path, error=error)
            raise self._trouble(message) from error

    def _migrate(self, database: sqlite3.Connection) -> None:
        if _version(database) == len(self._migrations):
            return
        database.execute("BEGIN EXCLUSIVE")  # two programs may begin at once
        with database:
            version = _version(database)
            if version > len(self._migrations):
                message = Message("{path}: a later version of the program wrote it", path=self.path)
                raise self._trouble(message)
            for number, script in enumerate(self._migrations[version:], start=version + 1):
                for statement in script.split(";"):
                    database.execute(statement)
                database.execute(f"PRAGMA user_version = {number}")


def _write_ahead(database: sqlite3.Connection) -> None:
    """Let readers and a writer work at once. SQLite itself does not wait for others to do this."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            database.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE)


def unicode_text(text: str) -> str:
    """Return `text` as a database can keep it."""
    return text.encode("utf-8", "backslashreplace").decode()


def _version(database: sqlite3.Connection) -> int:
    (version,) = database.execute("PRAGMA user_version").fetchone()
    return int(version)
