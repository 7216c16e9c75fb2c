"""asyncio on Qt's event loop: order, threads, cancellation, and Qt's own events in between."""

import asyncio
import threading
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import pytest
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from pullscope.gui.event_loop import WindowLoop

RunAsync = Callable[..., Any]


def test_that_callbacks_run_in_order_and_not_at_once(run_async: RunAsync) -> None:
    async def story() -> list[object]:
        loop, ran = asyncio.get_running_loop(), list[object]()
        loop.call_soon(ran.append, 1)
        loop.call_soon_threadsafe(ran.append, 2)
        loop.call_soon(ran.append, 3).cancel()
        loop.call_soon(ran.append, 4)
        assert ran == []
        await asyncio.sleep(0.01)
        return ran

    assert run_async(story()) == [1, 2, 4]


def test_that_threads_wake_the_loop(run_async: RunAsync) -> None:
    async def story() -> int:
        loop, done = asyncio.get_running_loop(), asyncio.Event()
        came = 0

        def count() -> None:
            nonlocal came
            came += 1
            if came == 4000:
                done.set()

        def send() -> None:
            for _ in range(1000):
                loop.call_soon_threadsafe(count)

        threads = [threading.Thread(target=send) for _ in range(4)]
        for thread in threads:
            thread.start()
        await asyncio.wait_for(done.wait(), 30)
        for thread in threads:
            thread.join()
        return came

    assert run_async(story()) == 4000


def test_that_results_of_threads_arrive(run_async: RunAsync) -> None:
    async def story() -> list[int]:
        loop = asyncio.get_running_loop()
        return await asyncio.gather(
            *(loop.run_in_executor(None, lambda n=n: n * n) for n in range(50))
        )

    assert run_async(story()) == [n * n for n in range(50)]


def test_that_qts_timers_fire_while_callbacks_never_end(run_async: RunAsync) -> None:
    async def story() -> int:
        turns, fired = 0, asyncio.Event()
        QTimer.singleShot(20, fired.set)
        while not fired.is_set():
            await asyncio.sleep(0)
            turns += 1
        return turns

    assert run_async(story()) > 1


def test_that_a_loop_within_a_callback_runs_the_rest(run_async: RunAsync) -> None:
    async def story() -> list[str]:
        loop, ran = asyncio.get_running_loop(), list[str]()

        def dialog() -> None:
            inner = QEventLoop()
            loop.call_soon(ran.append, "while the dialog is open")
            loop.call_soon(inner.quit)
            inner.exec()
            ran.append("closed")

        loop.call_soon(dialog)
        loop.call_soon(ran.append, "after the dialog was opened")
        await asyncio.sleep(0.05)
        return ran

    assert run_async(story()) == [
        "after the dialog was opened",
        "while the dialog is open",
        "closed",
    ]


def test_that_tasks_wait_while_another_lets_qt_process_events(run_async: RunAsync) -> None:
    ran: list[str] = []

    async def other() -> None:
        await asyncio.sleep(0)
        ran.append("other")

    async def story() -> None:
        waiting = asyncio.create_task(other())
        asyncio.get_running_loop().call_soon_threadsafe(ran.append, "from a thread")
        for _ in range(5):
            QApplication.processEvents()
        assert not ran
        await asyncio.wait_for(waiting, 30)

    run_async(story())
    assert ran == ["from a thread", "other"]


def test_that_an_error_reaches_the_loops_handler_and_hurts_nobody(run_async: RunAsync) -> None:
    async def story() -> list[object]:
        loop, told = asyncio.get_running_loop(), list[object]()
        loop.set_exception_handler(lambda _, about: told.append(about["exception"]))

        def fail() -> None:
            raise KeyError("missing")

        loop.call_soon(fail)
        loop.call_soon(told.append, "next")
        await asyncio.sleep(0.01)
        return told

    error, following = run_async(story())
    assert isinstance(error, KeyError)
    assert following == "next"


def test_that_a_callback_has_the_context_it_was_given(run_async: RunAsync) -> None:
    name: ContextVar[str] = ContextVar("name", default="nobody")

    async def story() -> list[str]:
        loop, seen = asyncio.get_running_loop(), list[str]()
        name.set("somebody")
        loop.call_soon(lambda: seen.append(name.get()))
        loop.call_soon_threadsafe(lambda: seen.append(name.get()))
        name.set("somebody else")
        await asyncio.sleep(0.01)
        return seen

    assert run_async(story()) == ["somebody", "somebody"]


def test_that_nothing_runs_once_the_loop_is_closed(qapp: QApplication) -> None:
    loop, ran = WindowLoop(qapp), list[int]()
    loop.call_soon(ran.append, 1)
    loop.close()
    qapp.processEvents()
    assert ran == []


@pytest.mark.parametrize("tasks", [1, 50])
def test_that_tasks_of_a_run_end_with_it(run_async: RunAsync, tasks: int) -> None:
    async def story() -> int:
        async def one(n: int) -> int:
            for _ in range(n):
                await asyncio.sleep(0)
            return n

        return sum(await asyncio.gather(*(one(n) for n in range(tasks))))

    assert run_async(story()) == tasks * (tasks - 1) // 2
