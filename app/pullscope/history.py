"""The history: what pulls of this user did, in a database that several programs may write to.

Beside the database is a folder with the traces that the program keeps by itself. They go with their
pulls; traces that the user saved elsewhere stay. With each pull that is added the history forgets
what is beyond `USUALLY_KEPT`.
"""

import json
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, fields
from enum import Enum
from pathlib import Path
from typing import Any

import platformdirs

from pullscope.database import Database, unicode_text
from pullscope.engine.errors import PullError
from pullscope.engine.message import Message, with_message
from pullscope.engine.model import GIB, Snapshot
from pullscope.engine.reference import parse_reference

LONGEST_TAG = 40
_DAY = 86_400.0
_AT_ONCE = 500  # numbers in one statement: older SQLite takes no more than 999

# Each brings a database from the version of its place to the next one. Never change one: add one.
_MIGRATIONS = (
    """
    CREATE TABLE pulls (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        reference TEXT NOT NULL,
        digest TEXT NOT NULL,
        registry TEXT NOT NULL,
        platform TEXT NOT NULL,
        started_at REAL NOT NULL,
        seconds REAL NOT NULL,
        state TEXT NOT NULL,
        error TEXT NOT NULL,
        settings TEXT NOT NULL,
        total INTEGER NOT NULL,
        reused INTEGER NOT NULL,
        network INTEGER NOT NULL,
        wasted INTEGER NOT NULL,
        requests INTEGER NOT NULL,
        retries INTEGER NOT NULL,
        hedges INTEGER NOT NULL,
        verdict TEXT NOT NULL,
        trace TEXT NOT NULL
    );
    CREATE INDEX pulls_started_at ON pulls (started_at);
    """,
    """
    ALTER TABLE pulls ADD COLUMN options TEXT NOT NULL DEFAULT '{}';
    CREATE TABLE tags (
        pull INTEGER NOT NULL REFERENCES pulls (number) ON DELETE CASCADE,
        tag TEXT NOT NULL COLLATE NOCASE,
        PRIMARY KEY (pull, tag)
    ) WITHOUT ROWID;
    CREATE INDEX tags_tag ON tags (tag);
    """,
    """
    ALTER TABLE pulls ADD COLUMN messages TEXT NOT NULL DEFAULT '{}';
    """,
)

_SAID = ("error", "verdict")
"""Words that are kept in English, and as messages besides, to be said in another language."""


class HistoryError(Exception):
    """The history cannot be read or written. `str()` is one line for people."""


_TAGS = "(SELECT group_concat(tag, ',') FROM tags WHERE pull = number)"
_WORDS = " || ' ' || ".join(
    ("reference", "digest", "platform", "state", "error", "verdict", f"coalesce({_TAGS}, '')")
)


class Order(Enum):
    """By what pulls are sorted. The values are SQL."""

    STARTED = "started_at"
    REFERENCE = "lower(reference)"
    STATE = "state"
    SECONDS = "seconds"
    NETWORK = "network"
    RATE = "network / max(seconds, 0.001)"
    RETRIES = "retries"
    VERDICT = "lower(coalesce(nullif(error, ''), verdict))"
    TAGS = f"lower(coalesce({_TAGS}, ''))"


@dataclass(frozen=True, slots=True)
class Kept:
    """What the history does not forget; all of it must hold.

    Attributes:
        days: since a pull began.
        pulls: how many, the newest.
        trace_bytes: how much of the traces that the program keeps, those of the newest pulls.
    """

    days: float = 365
    pulls: int = 10_000
    trace_bytes: int = GIB


USUALLY_KEPT = Kept()


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was forgotten, or would be.

    Attributes:
        pulls: how many.
        oldest, newest: when the first and the last of them began, POSIX time in seconds; 0 for
            none.
        traces, trace_bytes: files that the program kept, those of other pulls too.
    """

    pulls: int = 0
    oldest: float = 0.0
    newest: float = 0.0
    traces: int = 0
    trace_bytes: int = 0


@dataclass(frozen=True, slots=True)
class PastPull:
    """A pull that has ended. Sizes in bytes.

    Attributes:
        registry: host, with its port where it has one.
        started_at: POSIX time in seconds.
        seconds: that it took.
        state, error: how it ended, and why where it failed.
        settings: at its end, by name.
        total, reused, network, wasted: as in `model.Snapshot`.
        verdict: what limited it, in words.
        trace: file of its trace; empty where there is none.
        options: where to and how, by name; empty for pulls of earlier versions.
        tags: of the user, in alphabetical order.
        number: in the history; 0 before it is there.
    """

    reference: str
    digest: str
    registry: str
    platform: str
    started_at: float
    seconds: float
    state: str
    error: str
    settings: dict[str, int | str]
    total: int
    reused: int
    network: int
    wasted: int
    requests: int
    retries: int
    hedges: int
    verdict: str
    trace: str
    options: Mapping[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    number: int = 0

    @property
    def rate(self) -> float:
        """Bytes/s that came over the network, on average."""
        return self.network / self.seconds if self.seconds else 0.0


def past_pull(
    snapshot: Snapshot,
    verdict: str,
    options: Mapping[str, Any],
    trace: Path | None = None,
) -> PastPull:
    """Return a pull that has just ended, from its last snapshot, for the history."""
    try:
        registry = parse_reference(snapshot.reference).domain
    except PullError:
        registry = ""
    return PastPull(
        reference=snapshot.reference,
        digest=snapshot.digest,
        registry=registry,
        platform=snapshot.platform,
        started_at=time.time() - snapshot.at,
        seconds=snapshot.at,
        state=snapshot.state.value,
        error=snapshot.error,
        settings=snapshot.settings.as_dict(),
        total=snapshot.total,
        reused=snapshot.reused,
        network=snapshot.network,
        wasted=snapshot.wasted,
        requests=snapshot.requests,
        retries=snapshot.retries,
        hedges=snapshot.hedges,
        verdict=verdict,
        trace="" if trace is None else str(trace.absolute()),
        options=options,
    )


def read_tags(text: str) -> tuple[str, ...]:
    """Return the tags that a person typed, separated by commas.

    Raises:
        HistoryError: one is too long, or has signs that are not printed.
    """
    tags = tuple(dict.fromkeys(tag for part in text.split(",") if (tag := part.strip())))
    for tag in tags:
        if len(tag) > LONGEST_TAG or not tag.isprintable():
            shown = tag[:LONGEST_TAG]
            raise HistoryError(
                Message(
                    "{tag!r} is no tag: at most {longest} printed characters",
                    tag=shown,
                    longest=LONGEST_TAG,
                )
            )
    return tags


def default_path() -> Path:
    """Return where the history is kept."""
    return Path(platformdirs.user_state_dir("pullscope")) / "history.sqlite"


class History:
    """The history in the database at `path`; it comes to be with the first pull.

    Attributes:
        traces: the folder of the traces that the program keeps.
    """

    def __init__(self, path: Path) -> None:
        self._database = Database(path, _MIGRATIONS, HistoryError)
        self.traces = path.parent / "traces"

    def add(self, pull: PastPull) -> int:
        """Add a pull, forget what is too old, and return the pull's number.

        Raises:
            HistoryError: the history cannot be written.
        """
        values = asdict(pull)
        said = {name: getattr(pull, name) for name in _SAID}
        values["messages"] = {
            name: words.as_json() for name, words in said.items() if isinstance(words, Message)
        }
        for name in ("settings", "options", "messages"):
            values[name] = json.dumps(values[name])
        tags = values.pop("tags")
        del values["number"]
        told = {n: unicode_text(v) if isinstance(v, str) else v for n, v in values.items()}
        names = ", ".join(told)
        marks = ", ".join(f":{name}" for name in told)
        with self._database.open() as database:
            cursor = database.execute(f"INSERT INTO pulls ({names}) VALUES ({marks})", told)  # noqa: S608
            number = cursor.lastrowid or 0
            _tag(database, [number], tags)
        with suppress(HistoryError):  # the pull is there; what stays now goes with the next one
            self.prune(USUALLY_KEPT)
        return number

    def find(
        self,
        search: str = "",
        *,
        tags: Sequence[str] = (),
        order: Order = Order.STARTED,
        descending: bool = True,
    ) -> list[int]:
        """Return the numbers of pulls, sorted; those that are equal stand as they began.

        Args:
            search: words that reference, digest, platform, state, error, verdict or tags contain.
            tags: that a pull must have, all of them.

        Raises:
            HistoryError: the history cannot be read.
        """
        if not self._database.path.exists():
            return []
        where, values = _condition(search, tags)
        way = "DESC" if descending else "ASC"
        statement = (
            f"SELECT number FROM pulls WHERE {where} "  # noqa: S608
            f"ORDER BY {order.value} {way}, started_at {way}, number {way}"
        )
        with self._database.open() as database:
            return [row["number"] for row in database.execute(statement, values)]

    def read(self, numbers: Sequence[int]) -> list[PastPull]:
        """Return the pulls with these numbers, in this order, without those that are not there.

        Raises:
            HistoryError: the history cannot be read.
        """
        if not self._database.path.exists():
            return []
        found: dict[int, sqlite3.Row] = {}
        with self._database.open() as database:
            for some in _shared(numbers):
                marks = ", ".join("?" * len(some))
                statement = f"SELECT *, {_TAGS} AS tags FROM pulls WHERE number IN ({marks})"  # noqa: S608
                found.update((row["number"], row) for row in database.execute(statement, some))
        return [_past_pull(found[number]) for number in numbers if number in found]

    def pulls(self, search: str = "", *, tags: Sequence[str] = ()) -> list[PastPull]:
        """Return the pulls that `find` finds, newest first.

        Raises:
            HistoryError: the history cannot be read.
        """
        return self.read(self.find(search, tags=tags))

    def pull(self, number: int) -> PastPull:
        """Return the pull with this number.

        Raises:
            HistoryError: there is none, or the history cannot be read.
        """
        for pull in self.read([number]):
            return pull
        raise _missing(number)

    def remove(self, numbers: Sequence[int]) -> None:
        """Remove pulls, with their traces that the program kept; other traces and images stay.

        Raises:
            HistoryError: one is not there, which removes none, or the history cannot be written.
        """
        with self._changed(numbers) as database:
            traces = _delete(database, numbers)
        self._delete_traces(traces)

    def tag(self, numbers: Sequence[int], tags: Iterable[str]) -> None:
        """Give pulls tags, besides those they have.

        Raises:
            HistoryError: a pull is not there, or the history cannot be written.
        """
        with self._changed(numbers) as database:
            _tag(database, numbers, tags)

    def untag(self, numbers: Sequence[int], tags: Iterable[str]) -> None:
        """Take tags from pulls; those that they do not have are no error.

        Raises:
            HistoryError: a pull is not there, or the history cannot be written.
        """
        pairs = [(number, tag) for number in numbers for tag in tags]
        with self._changed(numbers) as database:
            database.executemany("DELETE FROM tags WHERE pull = ? AND tag = ?", pairs)

    def tags(self) -> list[str]:
        """Return all tags, in alphabetical order.

        Raises:
            HistoryError: the history cannot be read.
        """
        if not self._database.path.exists():
            return []
        with self._database.open() as database:
            rows = database.execute("SELECT min(tag) AS tag FROM tags GROUP BY tag ORDER BY tag")
            return [row["tag"] for row in rows]

    def prune(self, kept: Kept, *, dry_run: bool = False) -> Pruned:
        """Forget what is beyond `kept`, or only tell what that is.

        Raises:
            HistoryError: the history cannot be read or written.
        """
        if not self._database.path.exists():
            return Pruned()
        found = self._traces_found()
        sizes = {path: size for path, (size, _) in found.items()}
        with self._database.open() as database:
            rows = database.execute(
                "SELECT number, started_at, trace FROM pulls ORDER BY started_at DESC, number DESC"
            ).fetchall()
            since = time.time() - kept.days * _DAY
            left = [row for row in rows[: kept.pulls] if row["started_at"] >= since]
            gone = rows[len(left) :]
            beyond, size = [], 0
            for row in left:
                size += sizes.get(row["trace"], 0)
                if row["trace"] in sizes and size > kept.trace_bytes:
                    beyond.append(row)
            lost = {row["trace"] for row in (*gone, *beyond) if row["trace"] in sizes}
            lost |= _orphans(found, {row["trace"] for row in rows})
            pruned = Pruned(
                pulls=len(gone),
                oldest=gone[-1]["started_at"] if gone else 0.0,
                newest=gone[0]["started_at"] if gone else 0.0,
                traces=len(lost),
                trace_bytes=sum(sizes[trace] for trace in lost),
            )
            if not dry_run:
                _delete(database, [row["number"] for row in gone])
                numbers = [(row["number"],) for row in beyond]
                database.executemany("UPDATE pulls SET trace = '' WHERE number = ?", numbers)
        if not dry_run:
            self._delete_traces(lost)
        return pruned

    def _traces_found(self) -> dict[str, tuple[int, float]]:
        """Return the traces that the program keeps: by path, size in bytes, time of change."""
        try:
            with os.scandir(self.traces.absolute()) as entries:
                stats = {entry.path: entry.stat() for entry in entries if entry.is_file()}
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except OSError as error:
            raise HistoryError(
                Message("{path}: {error}", path=self.traces, error=error.strerror)
            ) from error
        return {path: (stat.st_size, stat.st_mtime) for path, stat in stats.items()}

    def _delete_traces(self, traces: Iterable[str]) -> None:
        """Delete those of the traces that the program keeps."""
        folder = self.traces.absolute()
        for trace in traces:
            if Path(trace).parent == folder:
                try:
                    Path(trace).unlink(missing_ok=True)
                except OSError as error:
                    raise HistoryError(
                        Message("{path}: {error}", path=trace, error=error.strerror)
                    ) from error

    @contextmanager
    def _changed(self, numbers: Sequence[int]) -> Iterator[sqlite3.Connection]:
        """Open the database to change pulls that must all be there."""
        if not self._database.path.exists():
            raise _missing(numbers[0])
        with self._database.open() as database:
            known = {row["number"] for row in database.execute("SELECT number FROM pulls")}
            for number in numbers:
                if number not in known:
                    raise _missing(number)
            yield database


def _missing(number: int) -> HistoryError:
    return HistoryError(Message("there is no pull {number} in the history", number=number))


def _orphans(found: Mapping[str, tuple[int, float]], known: set[str]) -> set[str]:
    """Return the traces of pulls that never ended, because their program was killed."""
    idle_since = time.time() - _DAY
    return {path for path, (_, at) in found.items() if path not in known and at < idle_since}


def _condition(search: str, tags: Sequence[str]) -> tuple[str, list[str]]:
    """Return what a pull must fulfil to be found, in SQL, and the values in it."""
    words = unicode_text(search).split()
    conditions = [f"instr(lower({_WORDS}), lower(?))"] * len(words)
    conditions += ["EXISTS (SELECT 1 FROM tags WHERE pull = number AND tag = ?)"] * len(tags)
    return " AND ".join(conditions) or "1", [*words, *map(unicode_text, tags)]


def _tag(database: sqlite3.Connection, numbers: Sequence[int], tags: Iterable[str]) -> None:
    pairs = [(number, unicode_text(tag)) for tag in tags for number in numbers]
    database.executemany("INSERT OR IGNORE INTO tags (pull, tag) VALUES (?, ?)", pairs)


def _shared(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield the numbers, as many at a time as a statement takes."""
    for first in range(0, len(numbers), _AT_ONCE):
        yield numbers[first : first + _AT_ONCE]


def _delete(database: sqlite3.Connection, numbers: Sequence[int]) -> list[str]:
    """Delete pulls, and return their traces."""
    traces = []
    for some in _shared(numbers):
        which = f"number IN ({', '.join('?' * len(some))})"
        found = database.execute(f"SELECT trace FROM pulls WHERE {which}", some)  # noqa: S608
        traces += [row["trace"] for row in found]
        database.execute(f"DELETE FROM pulls WHERE {which}", some)  # noqa: S608
    return traces


_DAMAGED = {"settings": Message("settings"), "options": Message("options")}
"""What a row holds as JSON, and its words."""


def _past_pull(row: sqlite3.Row) -> PastPull:
    values = {field.name: row[field.name] for field in fields(PastPull)}
    values["tags"] = tuple(sorted(filter(None, (values["tags"] or "").split(",")), key=str.lower))
    try:
        for name in _DAMAGED:
            values[name] = json.loads(values[name])
    except ValueError as error:
        raise HistoryError(
            Message(
                "pull {number}: its {what} are damaged", number=row["number"], what=_DAMAGED[name]
            )
        ) from error
    for name, words in zip(_SAID, _messages(row["messages"]), strict=True):
        values[name] = with_message(values[name], words)
    return PastPull(**values)


def _messages(text: str) -> list[object]:
    """Return what is kept of the words of `_SAID`; they stand in English in any case."""
    try:
        told = json.loads(text)
    except ValueError:
        told = None
    return [told.get(name) if isinstance(told, dict) else None for name in _SAID]
