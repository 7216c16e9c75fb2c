"""The list of pulls outlives the program, and a damaged file is told."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pullscope.engine.archive import ArchiveFormat
from pullscope.engine.message import Message, translated, words_of
from pullscope.engine.model import Settings
from pullscope.gui.pull_list import MOST, PullListError, PullListFile
from pullscope.gui.pull_run import PullRun, RunState
from pullscope.session import PullOptions

BASE = PullOptions(transport="httpx", stall_timeout=3.0)


@pytest.fixture
def file(tmp_path: Path) -> PullListFile:
    return PullListFile(tmp_path / "state" / "pulls.json")


def described(run: PullRun) -> tuple[object, ...]:
    return run.reference, run.options, run.settings, run.received, run.total, run.error


def test_that_no_file_is_an_empty_list(file: PullListFile) -> None:
    assert file.read(BASE) == ()


@pytest.mark.parametrize("state", [state for state in RunState if state is not RunState.TRACE])
def test_that_a_pull_comes_back_as_it_was(file: PullListFile, state: RunState) -> None:
    options = PullOptions(
        output=Path("/out/image.tar"),
        archive=next(iter(ArchiveFormat)),
        platform="linux/arm64",
        referrers=True,
        plain_http=True,
        tls_verify=False,
        transport="httpx",
        stall_timeout=3.0,
    )
    run = PullRun(
        "127.0.0.1:5000/team/app:1", options, Settings(parallelism=3, rate_limit=10**6),
        state=state, received=5, total=10, error="HTTP 403",
    )  # fmt: skip
    file.write([run])
    (again,) = file.read(BASE)
    assert described(again) == described(run)
    stopped = {RunState.RUNNING: RunState.INTERRUPTED, RunState.QUEUED: RunState.HELD}
    assert again.state is stopped.get(state, state)
    assert again.remembered


def test_that_the_error_of_a_pull_can_still_be_translated(file: PullListFile) -> None:
    error = Message("no byte for {seconds:g} s", seconds=3)
    file.write([PullRun("a.test/b:1", state=RunState.FAILED, error=error)])
    [run] = file.read(PullOptions())
    assert run.error == "no byte for 3 s"
    assert translated(run.error, lambda _, text: text.replace("no byte", "kein Byte")).startswith(
        "kein Byte"
    )
    entries = json.loads(file.path.read_text())
    entries["pulls"][0]["message"] = {"template": "something else", "values": [], "arguments": {}}
    file.path.write_text(json.dumps(entries))
    [run] = file.read(PullOptions())
    assert type(run.error) is str
    assert run.error == "no byte for 3 s"


def test_that_what_cannot_be_named_and_the_demo_are_not_written(file: PullListFile) -> None:
    secret = PullRun("https://user:hunter2@ghcr.io/team/app:1")
    demo = PullRun("127.0.0.1:5000/demo:1", remembered=False)
    file.write([secret, demo, PullRun("alpine")])
    assert "hunter2" not in file.path.read_text()
    assert [run.reference for run in file.read(BASE)] == ["alpine"]


def test_that_of_too_many_the_last_finished_ones_go(file: PullListFile) -> None:
    waiting = [PullRun(f"app:{n}") for n in range(10)]
    done = [PullRun(f"old:{n}", state=RunState.DONE) for n in range(MOST)]
    file.write([*done, *waiting])
    runs = file.read(BASE)
    assert len(runs) == MOST
    assert [run.reference for run in runs[-10:]] == [run.reference for run in waiting]
    assert runs[0].reference == "old:0"


def test_that_a_list_that_cannot_be_written_is_told_and_the_old_one_stays(
    file: PullListFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write([PullRun("alpine")])
    before = file.path.read_text()

    def refuse(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pullscope.gui.pull_list.os.replace", refuse)
    with pytest.raises(PullListError, match="No space left"):
        file.write([PullRun("debian")])
    assert file.path.read_text() == before


def good() -> dict[str, Any]:
    return {
        "version": 1,
        "pulls": [
            {
                "reference": "ghcr.io/team/app:1",
                "state": "paused",
                "received": 1,
                "total": 2,
                "error": "",
                "settings": {"parallelism": 4},
                "options": {
                    "output": None,
                    "archive": None,
                    "durability": "blob",
                    "platform": None,
                    "plain_http": None,
                    "referrers": False,
                    "tls_verify": True,
                },
            }
        ],
    }


def changed(path: tuple[Any, ...], value: Any) -> str:
    document: Any = good()
    place = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return json.dumps(document)


ENTRY: tuple[Any, ...] = ("pulls", 0)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        "[" * 100_000,
        changed(("version",), 2),
        changed(("pulls",), {}),
        changed(("pulls",), [None]),
        changed(("pulls",), good()["pulls"] * (MOST + 1)),
        changed((*ENTRY, "reference"), "UPPER"),
        changed((*ENTRY, "reference"), "a" * 5000),
        changed((*ENTRY, "reference"), 7),
        changed((*ENTRY, "state"), "exploded"),
        changed((*ENTRY, "state"), "trace"),
        changed((*ENTRY, "received"), -1),
        changed((*ENTRY, "total"), 2**70),
        changed((*ENTRY, "total"), 1.5),
        changed((*ENTRY, "settings"), {"parallelism": 10**9}),
        changed((*ENTRY, "settings"), {"parallelism": "4"}),
        changed((*ENTRY, "settings"), {"unheard": 1}),
        changed((*ENTRY, "options", "output"), "/out\0"),
        changed((*ENTRY, "options", "archive"), "rar"),
        changed((*ENTRY, "options", "durability"), "never"),
        changed((*ENTRY, "options", "platform"), "///"),
        changed((*ENTRY, "options", "tls_verify"), "no"),
        changed((*ENTRY, "options", "plain_http"), 1),
        changed((*ENTRY, "options"), []),
    ],
)
def test_that_a_damaged_file_is_told_and_set_aside(file: PullListFile, text: str) -> None:
    file.path.parent.mkdir()
    file.path.write_text(text)
    with pytest.raises(PullListError, match=r"pulls\.json"):
        file.read(BASE)
    assert file.path.with_name("pulls.json.damaged").read_text() == text
    assert file.read(BASE) == ()


def test_that_the_file_of_these_tests_is_good(file: PullListFile) -> None:
    file.path.parent.mkdir()
    file.path.write_text(json.dumps(good()))
    (run,) = file.read(BASE)
    assert run.state is RunState.PAUSED
    assert run.settings == Settings(parallelism=4)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
PLACES = st.sampled_from(
    [(key,) for key in good()]
    + [(*ENTRY, key) for key in good()["pulls"][0]]
    + [(*ENTRY, "options", key) for key in good()["pulls"][0]["options"]]
)


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(PLACES, JSON)
def test_that_whatever_stands_in_it_is_taken_or_told(
    file: PullListFile, place: tuple[Any, ...], value: Any
) -> None:
    file.path.parent.mkdir(exist_ok=True)
    file.path.write_text(changed(place, value))
    try:
        found = file.read(BASE)
    except PullListError:
        return
    file.write(found)
    assert [described(run) for run in file.read(BASE)] == [described(run) for run in found]


def test_that_a_damaged_file_can_be_told_in_another_language(file: PullListFile) -> None:
    file.path.parent.mkdir()
    file.path.write_text(changed((*ENTRY, "options", "plain_http"), 1))
    with pytest.raises(PullListError) as caught:
        file.read(BASE)
    said = translated(words_of(caught.value), lambda _, text: f"[{text}]")
    assert said == f"[{file.path}: [plain_http is neither yes nor no]]"
