import os
import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pullscope import history as module
from pullscope.engine.errors import AccessDenied
from pullscope.engine.message import Message, translated, words_of
from pullscope.history import (
    History,
    HistoryError,
    Kept,
    Order,
    PastPull,
    Pruned,
    default_path,
    past_pull,
    read_tags,
)
from pullscope.trace.last_snapshot import last_snapshot

DAY = 86_400.0


def past(
    reference: str = "a.test/b:1", age: float = 0.0, state: str = "done", **values: Any
) -> PastPull:
    return PastPull(
        reference=reference,
        digest="sha256:" + "d" * 64,
        registry="a.test",
        platform="linux/amd64",
        started_at=time.time() - age,
        seconds=2.5,
        state=state,
        error=values.pop("error", ""),
        settings={"layers": 3, "write": "in-place"},
        total=10,
        reused=2,
        network=9,
        wasted=1,
        requests=5,
        retries=1,
        hedges=0,
        verdict="Limited by the disk",
        trace=values.pop("trace", ""),
        **values,
    )


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "state" / "history.sqlite")


def test_a_pull_is_kept_as_it_was(history: History) -> None:
    pull = past("\udcff.test/b", options={"output": "/out"}, tags=("a", "b"))
    number = history.add(pull)

    assert history.pulls() == [replace(pull, reference=r"\udcff.test/b", number=number)]
    assert history.pull(number).settings == {"layers": 3, "write": "in-place"}


def test_what_is_said_of_a_pull_can_still_be_translated(history: History) -> None:
    error = Message("no byte for {seconds:g} s", seconds=3.0)
    verdict = Message("{0}: {1}", Message("Paused"), Message("for {0} of {1}", "1 s", "2 s"))
    number = history.add(replace(past(error=error), verdict=verdict))
    pull = history.pull(number)

    assert (pull.error, pull.verdict) == ("no byte for 3 s", "Paused: for 1 s of 2 s")
    assert translated(pull.error, lambda _, text: f"!{text}") == "!no byte for 3 s"
    assert translated(pull.verdict, lambda _, text: text.upper()) == "PAUSED: FOR 1 s OF 2 s"


@pytest.mark.parametrize(
    "damage", ["", "[]", "null", '{"error": 1}', '{"error": {"template": "x"}}']
)
def test_damaged_messages_leave_the_english_words(history: History, damage: str) -> None:
    number = history.add(past(error=Message("no {0}", "way")))
    with closing(sqlite3.connect(history._database.path)) as database, database:
        database.execute("UPDATE pulls SET messages = ?", (damage,))

    assert type(history.pull(number).error) is str
    assert history.pull(number).error == "no way"


def test_the_newest_pull_comes_first(history: History) -> None:
    for reference, age in (("one", 20.0), ("two", 10.0), ("three", 30.0)):
        history.add(past(reference, age))

    assert [pull.reference for pull in history.pulls()] == ["two", "one", "three"]


@pytest.mark.parametrize("order", Order)
def test_pulls_are_sorted_by_each_column_and_found_again_by_number(
    history: History, order: Order
) -> None:
    small = past("a", age=9, state="cancelled", error="A", tags=("a",))
    large = past("B", state="failed", error="B", tags=("b",))
    large = replace(large, seconds=3.0, network=900, retries=2)
    history.add(large)
    history.add(small)

    numbers = history.find(order=order, descending=False)
    assert [pull.reference for pull in history.read(numbers)] == ["a", "B"]
    assert history.find(order=order) == numbers[::-1]
    assert history.read([numbers[1], 99]) == [history.pull(numbers[1])]


def test_more_pulls_are_read_at_once_than_a_statement_takes(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_AT_ONCE", 2)
    numbers = [history.add(past(f"a:{n}", age=9 - n)) for n in range(5)]

    assert [pull.number for pull in history.read(numbers)] == numbers
    history.remove(numbers)
    assert history.find() == []


def test_pulls_are_found_by_reference_digest_and_state(history: History) -> None:
    history.add(past("a.test/Team/app:1"))
    history.add(past("a.test/x_y", state="failed"))

    def found(text: str) -> list[str]:
        return [pull.reference for pull in history.pulls(text)]

    assert found("team") == ["a.test/Team/app:1"]
    assert found("FAILED") == ["a.test/x_y"]
    assert len(found("dddd")) == 2
    assert found("%") == found("x%y") == found("' OR 1") == []
    assert found("disk x_y") == found("  X_Y  linux/amd64 ") == ["a.test/x_y"]
    assert found("app x_y") == []


def test_nothing_is_there_before_the_first_pull(history: History, tmp_path: Path) -> None:
    assert history.pulls() == []
    assert history.find() == history.read([1]) == history.tags() == []
    assert history.prune(Kept(days=0)) == Pruned()
    with pytest.raises(HistoryError, match="there is no pull 1"):
        history.tag([1], ["a"])
    assert list(tmp_path.iterdir()) == []


def test_pulls_are_removed_all_or_none(history: History) -> None:
    one, two = history.add(past()), history.add(past())

    with pytest.raises(HistoryError, match="there is no pull 99"):
        history.remove([one, 99])
    assert len(history.pulls()) == 2
    history.remove([one])
    assert [pull.number for pull in history.pulls()] == [two]
    with pytest.raises(HistoryError, match=f"there is no pull {one}"):
        history.pull(one)


def test_a_number_is_never_given_again(history: History) -> None:
    first = history.add(past())
    history.remove([first])

    assert history.add(past()) > first


def test_what_is_old_or_too_much_is_forgotten_and_told_before(history: History) -> None:
    for age in (0, 1, 2, 400):
        history.add(past(age=age * DAY))
    pulls = history.pulls()
    assert len(pulls) == 3  # with each that is added

    told = history.prune(Kept(days=1.5), dry_run=True)
    assert (told.pulls, told.oldest, told.newest) == (1, pulls[2].started_at, pulls[2].started_at)
    assert len(history.pulls()) == 3
    assert history.prune(Kept(days=1.5)) == told
    assert history.prune(Kept(pulls=1)).pulls == 1
    assert history.pulls() == pulls[:1]
    assert history.prune(Kept(pulls=0)).pulls == 1
    assert history.prune(Kept(pulls=0)) == Pruned()


def kept_trace(history: History, name: str, size: int) -> str:
    history.traces.mkdir(parents=True, exist_ok=True)
    path = history.traces / name
    path.write_bytes(b"x" * size)
    return str(path)


def test_traces_that_the_program_keeps_go_with_their_pulls_and_others_stay(
    history: History, tmp_path: Path
) -> None:
    own = tmp_path / "own.pullscope"
    own.write_bytes(b"y")
    traces = [kept_trace(history, f"{n}.pullscope", 10) for n in range(4)]
    numbers = [history.add(past(age=n, trace=trace)) for n, trace in enumerate([*traces, str(own)])]

    history.remove([numbers[0], numbers[4]])
    assert [Path(trace).exists() for trace in traces] == [False, True, True, True]
    assert own.exists()
    kept = Kept(trace_bytes=25)
    assert history.prune(kept, dry_run=True) == Pruned(traces=1, trace_bytes=10)
    assert Path(traces[3]).exists()
    assert history.prune(kept) == Pruned(traces=1, trace_bytes=10)
    assert [pull.trace for pull in history.pulls()] == [traces[1], traces[2], ""]
    pruned = history.prune(Kept(pulls=1))
    assert (pruned.pulls, pruned.traces, pruned.trace_bytes) == (2, 1, 10)
    assert [Path(trace).exists() for trace in traces] == [False, True, False, False]


def test_traces_of_killed_programs_go_a_day_later(history: History) -> None:
    history.add(past())
    old, new = kept_trace(history, "old.pullscope", 7), kept_trace(history, "new.pullscope", 7)
    yesterday = time.time() - 2 * DAY
    os.utime(old, (yesterday, yesterday))

    assert history.prune(Kept()) == Pruned(traces=1, trace_bytes=7)
    assert [Path(old).exists(), Path(new).exists()] == [False, True]


def test_pulls_are_tagged_and_found_by_their_tags(history: History) -> None:
    one, two = history.add(past("one", age=1)), history.add(past("two"))

    history.tag([one, two], ["Prod", "slow"])
    history.tag([one], ["prod"])  # it has it already
    history.untag([two], ["slow", "none"])
    assert [pull.tags for pull in history.pulls()] == [("Prod",), ("Prod", "slow")]
    assert history.tags() == ["Prod", "slow"]
    assert history.find(tags=["PROD"]) == [two, one]
    assert history.find(tags=["prod", "slow"]) == history.find("SLOW") == [one]
    with pytest.raises(HistoryError, match="there is no pull 99"):
        history.tag([one, 99], ["new"])
    history.remove([one])
    assert history.tags() == ["Prod"]


def test_tags_are_read_as_typed() -> None:
    assert read_tags(" prod, slow ,,prod, two words") == ("prod", "slow", "two words")
    for wrong in ("a" * 41, "a\nb", "\x1b[31m"):
        with pytest.raises(HistoryError, match="is no tag"):
            read_tags(wrong)


def test_a_database_of_the_first_version_is_brought_up_to_date(
    history: History, tmp_path: Path
) -> None:
    path = tmp_path / "state" / "history.sqlite"
    path.parent.mkdir()
    database = sqlite3.connect(path)
    database.executescript(
        """
        CREATE TABLE pulls (
            number INTEGER PRIMARY KEY AUTOINCREMENT, reference TEXT NOT NULL,
            digest TEXT NOT NULL, registry TEXT NOT NULL, platform TEXT NOT NULL,
            started_at REAL NOT NULL, seconds REAL NOT NULL, state TEXT NOT NULL,
            error TEXT NOT NULL, settings TEXT NOT NULL, total INTEGER NOT NULL,
            reused INTEGER NOT NULL, network INTEGER NOT NULL, wasted INTEGER NOT NULL,
            requests INTEGER NOT NULL, retries INTEGER NOT NULL, hedges INTEGER NOT NULL,
            verdict TEXT NOT NULL, trace TEXT NOT NULL
        );
        CREATE INDEX pulls_started_at ON pulls (started_at);
        PRAGMA user_version = 1;
        """
    )
    row = ("old", "sha256:d", "a.test", "linux/amd64", time.time() - 60, 2.5, "done", "")
    amounts = ('{"layers": 3}', 10, 2, 9, 1, 5, 1, 0, "Limited by the disk", "")
    marks = ", ".join("?" * 18)
    database.execute(f"INSERT INTO pulls VALUES (NULL, {marks})", (*row, *amounts))
    database.commit()
    database.close()

    assert history.find("old disk") == [1]
    number = history.add(past("new", options={"output": "/out"}))
    history.tag([1], ["kept"])

    new, old = history.pulls()
    assert (new.number, new.options) == (number, {"output": "/out"})
    assert (old.reference, old.settings, old.options) == ("old", {"layers": 3}, {})
    assert old.tags == ("kept",)
    database = sqlite3.connect(path)
    assert database.execute("PRAGMA user_version").fetchone() == (len(module._MIGRATIONS),)
    database.close()


def test_what_is_no_database_is_refused_with_its_path(history: History, tmp_path: Path) -> None:
    path = tmp_path / "state" / "history.sqlite"
    path.parent.mkdir()
    path.write_text("not a database, but long enough to be taken for one" * 20)

    with pytest.raises(HistoryError, match=r"history\.sqlite: file is not a database"):
        history.pulls()


def test_the_history_is_in_the_state_of_the_user(home: Path) -> None:
    assert default_path() == home / "xdg_state_home" / "pullscope" / "history.sqlite"


@pytest.mark.parametrize(("column", "what"), [("settings", "[settings]"), ("options", "[options]")])
def test_that_damage_can_be_told_in_another_language(
    history: History, tmp_path: Path, column: str, what: str
) -> None:
    number = history.add(past())
    with closing(sqlite3.connect(tmp_path / "state" / "history.sqlite")) as database, database:
        database.execute(f"UPDATE pulls SET {column} = '{{'")

    with pytest.raises(HistoryError, match=f"^pull {number}: its {column} are damaged$") as caught:
        history.pull(number)
    said = translated(words_of(caught.value), lambda _, text: f"[{text}]")
    assert said == f"[pull {number}: its {what} are damaged]"


def test_that_a_message_with_what_cannot_be_copied_in_its_fields_is_kept(history: History) -> None:
    denied = AccessDenied("GET https://r.test/v2/", "HTTP 401", status=401)
    ended = replace(last_snapshot([]), error=Message("layer 1: {error}", error=denied))
    number = history.add(past_pull(ended, "", {}))
    assert history.pull(number).error == "layer 1: GET https://r.test/v2/: HTTP 401"
