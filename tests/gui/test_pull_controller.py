import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from pullscope.engine.events import PullEnded, PullStarted
from pullscope.engine.model import MIB, Settings
from pullscope.gui.pull_controller import PullController
from pullscope.gui.pull_run import PullRun, RunState
from pullscope.history import History, default_path
from pullscope.session import PullOptions
from pullscope.trace.file import TraceError, read_trace
from pullscope.trace.recording import Recording, Recordings

RunAsync = Callable[[Coroutine[Any, Any, Any]], Any]
Until = Callable[..., Awaitable[None]]
OPTIONS = PullOptions(output=Path("/out"))


@pytest.fixture
def controller(qapp: Any, session: Any) -> Iterator[PullController]:
    controller = PullController(session, Settings())
    yield controller
    controller.deleteLater()  # not by a collector of garbage, which may run in another thread
    qapp.processEvents()


def start(controller: PullController, *names: str) -> list[PullRun]:
    for name in names:
        assert controller.start(f"ghcr.io/team/{name}:1", OPTIONS)
    return controller.runs[-len(names) :]


def states(controller: PullController) -> list[RunState]:
    return [run.state for run in controller.runs]


def test_that_pulls_beyond_those_at_once_wait_and_begin_in_order(
    controller: PullController, session: Any, run_async: RunAsync, until: Until
) -> None:
    async def story() -> None:
        runs = start(controller, "a", "b", "c", "d")
        assert states(controller) == [RunState.RUNNING] * 2 + [RunState.QUEUED] * 2
        assert controller.shown is runs[3]
        await until(lambda: all(run.snapshot for run in runs[:1]))
        controller.move(runs[3], 2)
        await until(lambda: session.pulls[0]._ending)
        session.pulls[0].finish()
        await until(lambda: runs[0].state is RunState.DONE)
        assert runs[3].state is RunState.RUNNING
        assert runs[2].state is RunState.QUEUED
        assert controller.running  # it is the one that is shown
        await controller.finish(5)
        assert runs[2].state is RunState.QUEUED  # nothing begins while the window is left

    run_async(story())


def test_that_a_paused_pull_leaves_its_place_to_the_next(
    controller: PullController, session: Any, run_async: RunAsync
) -> None:
    async def story() -> None:
        first, _, third = start(controller, "a", "b", "c")
        controller.pause(first)
        assert first.state is RunState.PAUSED
        assert third.state is RunState.RUNNING
        controller.resume(first)
        assert first.state is RunState.RUNNING
        await controller.finish(5)

    run_async(story())


def test_that_one_that_waits_can_be_begun_at_once_cancelled_and_begun_again(
    controller: PullController, session: Any, run_async: RunAsync
) -> None:
    async def story() -> None:
        *_, third = start(controller, "a", "b", "c")
        controller.cancel(third)
        assert third.state is RunState.CANCELLED
        controller.start_again(third)
        assert third.state is RunState.RUNNING
        await controller.finish(5)

    run_async(story())


def test_that_the_same_pull_is_not_begun_twice(
    controller: PullController, session: Any, run_async: RunAsync
) -> None:
    async def story() -> None:
        first, second = start(controller, "a", "b")
        assert controller.shown is second
        start(controller, "a")
        assert controller.shown is first
        assert len(controller.runs) == 2
        await controller.finish(5)

    run_async(story())


def test_that_what_is_shown_belongs_to_its_pull(
    controller: PullController, session: Any, run_async: RunAsync, until: Until
) -> None:
    async def story() -> None:
        controller.set_watched(True)
        first, second = start(controller, "a", "b")
        frames: list[str] = []
        controller.frame.connect(lambda snapshot: frames.append(snapshot.reference))
        session.pulls[0].advance(1, 10 * MIB)
        session.pulls[1].advance(1, 20 * MIB)
        await until(lambda: second.received == 20 * MIB)
        assert set(frames) == {second.reference}
        await until(lambda: first.received == 10 * MIB)  # for the list
        frames.clear()
        controller.show(first)
        assert set(frames) == {first.reference}
        assert controller.attempts is first.attempts
        assert controller.measurements is first.measurements
        await controller.finish(5)

    run_async(story())


def test_that_limits_in_all_hold_for_every_pull_and_others_for_the_shown_one(
    controller: PullController, session: Any, run_async: RunAsync, until: Until
) -> None:
    async def story() -> None:
        _, second, third = start(controller, "a", "b", "c")
        controller.show(second)
        controller.set_settings(Settings(parallelism=5, connections=7, rate_limit=MIB))
        await until(lambda: session.pulls[1].settings.connections == 7)
        assert session.pulls[1].settings.parallelism == 5
        assert session.pulls[0].settings == Settings(connections=7, rate_limit=MIB)
        assert third.settings == Settings(connections=7, rate_limit=MIB)
        await controller.finish(5)

    run_async(story())


def test_that_a_removed_pull_is_cancelled_and_its_neighbour_shown(
    controller: PullController, session: Any, run_async: RunAsync, until: Until
) -> None:
    async def story() -> None:
        first, second, third = start(controller, "a", "b", "c")
        controller.show(second)
        controller.remove(second)
        assert controller.shown is third
        await until(lambda: second.state is RunState.CANCELLED)
        await until(lambda: third.state is RunState.RUNNING)
        controller.remove(third)
        assert controller.shown is first
        controller.remove(first)
        assert controller.shown.reference == ""
        assert controller.runs == []
        await controller.finish(5)

    run_async(story())


def test_that_a_reference_that_cannot_be_read_is_refused_at_once(
    controller: PullController, session: Any, run_async: RunAsync
) -> None:
    async def story() -> None:
        words: list[str] = []
        controller.refused.connect(words.append)
        start(controller, "a", "b")
        assert not controller.start("ghcr.io/TEAM/c:1", OPTIONS)
        assert len(controller.runs) == 2
        assert "TEAM" in words[0]
        await controller.finish(5)

    run_async(story())


def test_that_one_that_fails_to_begin_does_not_keep_others_waiting(
    controller: PullController, session: Any, run_async: RunAsync, until: Until
) -> None:
    async def story() -> None:
        runs = start(controller, "a", "b", "c", "d")
        runs[2].reference = "ghcr.io/TEAM/c:1"  # as if a file it needs were damaged meanwhile
        await until(lambda: session.pulls[0]._ending)
        session.pulls[0].finish()
        await until(lambda: runs[3].state is RunState.RUNNING)
        assert runs[2].state is RunState.FAILED
        assert "TEAM" in runs[2].error
        await controller.finish(5)

    run_async(story())


def test_that_restored_pulls_begin_when_they_are_told_to(
    controller: PullController, session: Any, run_async: RunAsync
) -> None:
    async def story() -> None:
        old = PullRun("ghcr.io/team/a:1", OPTIONS, state=RunState.INTERRUPTED, received=5, total=9)
        controller.restore([old])
        assert not controller.running
        assert session.pulls == []
        controller.show(old)
        assert controller.snapshot is None
        controller.start_again(old)
        assert old.state is RunState.RUNNING
        assert controller.running
        await controller.finish(5)

    run_async(story())


def test_that_the_oldest_that_have_ended_are_forgotten(
    controller: PullController, session: Any, run_async: RunAsync, until: Until
) -> None:
    async def story() -> None:
        (waits,) = start(controller, "waits")
        for number in range(40):
            (run,) = start(controller, f"n{number}")
            await until(lambda: session.pull._ending)
            session.pull.finish()
            await until(lambda run=run: run.state is RunState.DONE)
        assert len(controller.runs) == 32  # the one that runs, the one that is shown, and 30
        assert controller.runs[0] is waits
        assert controller.runs[-1] is controller.shown
        assert controller.runs[1].reference == "ghcr.io/team/n9:1"
        await controller.finish(5)

    run_async(story())


def test_that_each_pull_is_recorded_while_it_runs_and_known_to_the_history(
    controller: PullController,
    session: Any,
    run_async: RunAsync,
    until: Until,
    tmp_path: Path,
) -> None:
    controller.recordings = Recordings(tmp_path)

    def told(name: str) -> list[Any]:
        try:
            return read_trace(tmp_path / f"{name}-1.pullscope")
        except TraceError:  # its first second
            return []

    async def story() -> None:
        runs = start(controller, "a", "b")
        await until(lambda: told("a") and told("b"))
        assert isinstance(told("a")[0], PullStarted)
        assert told("b")[0].reference == "ghcr.io/team/b:1"
        session.pulls[0].finish()
        await until(lambda: runs[0].state is RunState.DONE)
        assert await controller.recorded(runs[0]) == ""
        assert isinstance(told("a")[-1], PullEnded)
        await until(lambda: History(default_path()).pulls())
        await controller.finish(5)
        assert isinstance(told("b")[-1], PullEnded)

    run_async(story())
    traces = {past.trace for past in History(default_path()).pulls()}
    assert str(tmp_path / "a-1.pullscope") in traces


def test_that_a_recording_that_is_not_whole_is_told(
    controller: PullController, session: Any, run_async: RunAsync, until: Until, tmp_path: Path
) -> None:
    controller.recordings = Recordings(tmp_path / "none" / "x.jsonl", otlp="http://127.0.0.1:1")
    told: list[Recording] = []
    controller.unrecorded.connect(told.append)

    async def story() -> None:
        (run,) = start(controller, "a")
        await until(lambda: session.pulls and session.pulls[0]._ending)
        session.pulls[0].finish()
        await until(lambda: run.state is RunState.DONE)
        assert "No such file" in await controller.recorded(run)

    run_async(story())
    (recording,) = told
    assert "did not reach http://127.0.0.1:1" in recording.otlp_failure


def test_that_a_pull_whose_recording_takes_long_to_close_is_known_to_the_history(
    controller: PullController,
    run_async: RunAsync,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    controller.recordings = Recordings(tmp_path)
    slow, close = threading.Event(), Recording.close

    def close_late(recording: Recording) -> None:
        slow.wait(30)
        close(recording)

    monkeypatch.setattr(Recording, "close", close_late)

    async def story() -> None:
        (run,) = start(controller, "a")
        await asyncio.sleep(0)
        asyncio.get_running_loop().call_later(1, slow.set)
        await controller.finish(0.2)
        assert run.state is RunState.CANCELLED

    run_async(story())
    assert [past.state for past in History(default_path()).pulls()] == ["cancelled"]
    assert caplog.messages == []


def test_that_a_tick_painted_in_parts_is_paced_as_a_whole(
    controller: PullController, run_async: RunAsync
) -> None:
    async def story() -> None:
        start(controller, "a")
        for _ in range(50):
            for _ in range(3):
                controller.note_frame(0.004)
            controller._tick()
        assert controller._frames.interval() == pytest.approx(120, abs=30)
        await controller.finish(5)

    run_async(story())
