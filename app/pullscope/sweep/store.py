"""Sweeps that are kept: their plans, trials and outcomes in a database, their traces beside it.

All trials are written when a sweep is planned, and each outcome when it is there, so that a sweep
that was interrupted goes on with those that have none.
"""

import json
import secrets
import shutil
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import platformdirs

from pullscope.database import Database, unicode_text
from pullscope.engine.files import PositionalFile
from pullscope.engine.message import Message
from pullscope.sweep.plan import (
    Candidate,
    PlannedTrial,
    SweepError,
    SweepPlan,
    TrialKind,
)
from pullscope.sweep.results import Outcome, Trial
from pullscope.sweep.settings import TrialSettings

_MIGRATIONS = (
    """
    CREATE TABLE sweeps (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        key TEXT NOT NULL,
        created_at REAL NOT NULL,
        plan TEXT NOT NULL,
        cancelled INTEGER NOT NULL DEFAULT 0
    );
    CREATE TABLE trials (
        sweep INTEGER NOT NULL REFERENCES sweeps (number),
        position INTEGER NOT NULL,
        kind TEXT NOT NULL,
        block INTEGER NOT NULL,
        driver TEXT NOT NULL,
        destination TEXT NOT NULL,
        layers INTEGER NOT NULL,
        parallelism INTEGER NOT NULL,
        chunk_size INTEGER NOT NULL,
        started_at REAL,
        wall REAL,
        pull REAL,
        network REAL,
        cpu REAL,
        memory INTEGER,
        requests INTEGER,
        wasted INTEGER,
        received INTEGER,
        trace TEXT,
        error TEXT,
        PRIMARY KEY (sweep, position)
    );
    """,
)
_TRIES, _PAUSE = 5, 0.05  # seconds between them
_OUTCOME = tuple(field.name for field in fields(Outcome))


@dataclass(frozen=True, slots=True)
class StoredSweep:
    """A sweep that is kept.

    Attributes:
        key: a name that no other sweep has, on any machine.
        created_at: POSIX time in seconds.
        cancelled: it was ended for good before it was complete.
        trials, done, failed: how many there are, have an outcome, and failed.
        running: whether a program is at it.
    """

    number: int
    key: str
    created_at: float
    plan: SweepPlan
    cancelled: bool
    trials: int
    done: int
    failed: int
    running: bool

    @property
    def state(self) -> str:
        """ "running", "complete", "cancelled" or "paused"."""
        if self.running:
            return "running"
        if self.done == self.trials:
            return "complete"
        return "cancelled" if self.cancelled else "paused"


def default_folder() -> Path:
    """Return where sweeps are kept."""
    return Path(platformdirs.user_state_dir("pullscope")) / "sweeps"


class SweepStore:
    """The sweeps in a folder; it comes to be with the first one.

    Every method raises SweepError where the database cannot be read or written, and those that take
    a number where there is no such sweep.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._database = Database(folder / "sweeps.sqlite", _MIGRATIONS, SweepError)

    def add(self, plan: SweepPlan, trials: Sequence[PlannedTrial]) -> int:
        """Add a sweep with its trials, and return its number."""
        with self._database.open() as database:
            number = database.execute(
                "INSERT INTO sweeps (key, created_at, plan) VALUES (?, ?, ?)",
                (secrets.token_hex(6), time.time(), json.dumps(plan.to_json())),
            ).lastrowid
            database.executemany(
                "INSERT INTO trials (sweep, position, kind, block, driver, destination, layers, "
                "parallelism, chunk_size) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        number,
                        trial.position,
                        trial.kind.value,
                        trial.block,
                        trial.candidate.driver,
                        trial.candidate.destination,
                        trial.candidate.settings.layers,
                        trial.candidate.settings.parallelism,
                        trial.candidate.settings.chunk_size,
                    )
                    for trial in trials
                ],
            )
        return number or 0

    def sweeps(self) -> list[StoredSweep]:
        """Return the sweeps, newest first."""
        if not self._database.path.exists():
            return []
        with self._database.open() as database:
            rows = database.execute(_SELECT + " GROUP BY number ORDER BY number DESC").fetchall()
        return [self._stored(row) for row in rows]

    def sweep(self, number: int) -> StoredSweep:
        """Return a sweep by its number."""
        row = None
        if self._database.path.exists():
            with self._database.open() as database:
                row = database.execute(
                    _SELECT + " WHERE number = ? GROUP BY number", (number,)
                ).fetchone()
        if row is None:
            raise SweepError(Message("there is no sweep {number}", number=number))
        return self._stored(row)

    def trials(self, number: int) -> list[Trial]:
        """Return the trials of a sweep in their order, with the outcomes that there are."""
        self.sweep(number)
        with self._database.open() as database:
            rows = database.execute(
                "SELECT * FROM trials WHERE sweep = ? ORDER BY position", (number,)
            ).fetchall()
        return [_trial(row) for row in rows]

    def record(self, number: int, position: int, outcome: Outcome) -> None:
        """Write the outcome of a trial."""
        values = {
            n: unicode_text(v) if isinstance(v, str) else v for n, v in asdict(outcome).items()
        }
        columns = ", ".join(f"{name} = :{name}" for name in _OUTCOME)
        with self._database.open() as database:
            database.execute(
                f"UPDATE trials SET {columns} WHERE sweep = :sweep AND position = :position",  # noqa: S608
                {**values, "sweep": number, "position": position},
            )

    def forget_failures(self, number: int) -> None:
        """Let the trials that failed be tried again."""
        columns = ", ".join(f"{name} = NULL" for name in _OUTCOME)
        with self._database.open() as database:
            database.execute(
                f"UPDATE trials SET {columns} WHERE sweep = ? AND error != ''",  # noqa: S608
                (number,),
            )

    def set_cancelled(self, number: int, *, cancelled: bool) -> None:
        """Note that a sweep is ended for good, or that it is not."""
        with self._database.open() as database:
            database.execute(
                "UPDATE sweeps SET cancelled = ? WHERE number = ?", (cancelled, number)
            )

    def remove(self, number: int) -> None:
        """Remove a sweep with its traces, unless a program is at it."""
        with self.holding(number) as sweep:
            shutil.rmtree(self.folder_of(sweep), ignore_errors=True)
            with self._database.open() as database:
                database.execute("DELETE FROM trials WHERE sweep = ?", (number,))
                database.execute("DELETE FROM sweeps WHERE number = ?", (number,))

    def folder_of(self, sweep: StoredSweep) -> Path:
        """Return the folder that holds the traces of a sweep; it need not exist."""
        return self.folder / sweep.key

    @contextmanager
    def holding(self, number: int) -> Iterator[StoredSweep]:
        """Keep other programs from running or removing a sweep.

        Raises:
            SweepError: one is at it already.
        """
        sweep = self.sweep(number)
        try:
            lock = PositionalFile(self._lock_of(sweep.key))
        except OSError as error:
            raise SweepError(
                Message("{path}: {error}", path=error.filename, error=error.strerror or error)
            ) from error
        with closing(lock):
            if not _patiently(lock):
                raise SweepError(
                    Message("another program is running sweep {number}", number=number)
                )
            yield sweep
            if not self._is_kept(number):
                self._lock_of(sweep.key).unlink(missing_ok=True)

    def _is_kept(self, number: int) -> bool:
        with self._database.open() as database:
            row = database.execute("SELECT 1 FROM sweeps WHERE number = ?", (number,)).fetchone()
        return row is not None

    def _lock_of(self, key: str) -> Path:
        return self.folder / f"{key}.lock"

    def _is_running(self, key: str) -> bool:
        try:
            lock = PositionalFile(self._lock_of(key), create=False)
        except OSError:
            return False
        with closing(lock):
            return not lock.lock()

    def _stored(self, row: sqlite3.Row) -> StoredSweep:
        try:
            plan = SweepPlan.from_json(json.loads(row["plan"]))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise SweepError(
                Message("sweep {number}: its plan is damaged", number=row["number"])
            ) from error
        return StoredSweep(
            number=row["number"],
            key=row["key"],
            created_at=row["created_at"],
            plan=plan,
            cancelled=bool(row["cancelled"]),
            trials=row["trials"],
            done=row["done"],
            failed=row["failed"],
            running=self._is_running(row["key"]),
        )


def _patiently(lock: PositionalFile) -> bool:
    """Lock, although a program that lists the sweeps may have it for a moment."""
    for _ in range(_TRIES):
        if lock.lock():
            return True
        time.sleep(_PAUSE)
    return False


_SELECT = (
    "SELECT sweeps.*, count(position) AS trials, count(started_at) AS done, "
    "count(CASE WHEN error != '' THEN 1 END) AS failed "
    "FROM sweeps LEFT JOIN trials ON sweep = number"
)


def _trial(row: sqlite3.Row) -> Trial:
    settings = TrialSettings(row["layers"], row["parallelism"], row["chunk_size"])
    candidate = Candidate(row["driver"], row["destination"], settings)
    planned = PlannedTrial(row["position"], TrialKind(row["kind"]), row["block"], candidate)
    if row["started_at"] is None:
        return Trial(planned)
    return Trial(planned, Outcome(**{name: row[name] for name in _OUTCOME}))
