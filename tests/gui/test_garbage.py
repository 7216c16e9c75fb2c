import gc
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from pullscope.gui.garbage import Collector


class Cycle:
    """Garbage that notes the thread in which it is freed."""

    freed_in: list[int] = []  # noqa: RUF012 (cleared by each test)

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        self.freed_in.append(threading.get_ident())


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    enabled, thresholds = gc.isenabled(), gc.get_threshold()
    gc.collect()
    Cycle.freed_in.clear()
    yield
    gc.set_threshold(*thresholds)
    (gc.enable if enabled else gc.disable)()


def litter() -> None:
    for _ in range(5000):
        Cycle()


def test_that_garbage_of_other_threads_is_collected_in_the_windows(qapp: Any, qtbot: Any) -> None:
    collector = Collector()
    thread = threading.Thread(target=litter)
    thread.start()
    thread.join()
    assert Cycle.freed_in == []
    qtbot.waitUntil(lambda: len(Cycle.freed_in) == 5000)
    assert set(Cycle.freed_in) == {threading.get_ident()}
    collector.stop()
    assert gc.isenabled()
    collector.deleteLater()


def test_that_without_it_any_thread_collects(qapp: Any) -> None:
    gc.enable()
    thread = threading.Thread(target=litter)
    thread.start()
    thread.join()
    assert set(Cycle.freed_in) - {threading.get_ident()}


def test_that_few_objects_are_left_alone(qapp: Any) -> None:
    collector = Collector()
    gc.set_threshold(100_000, 10, 10)
    Cycle()
    collector.collect_what_is_due()
    assert Cycle.freed_in == []
    gc.set_threshold(1, 10, 10)
    kept = [Cycle() for _ in range(10)]
    collector.collect_what_is_due()
    assert len(Cycle.freed_in) == 1
    assert len(kept) == 10
    collector.stop()


def test_that_full_collections_take_a_small_share_of_the_time(
    qapp: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]
    monkeypatch.setattr("pullscope.gui.garbage.perf_counter", lambda: clock[0])
    collected: list[int] = []

    def collect(generation: int = 2) -> None:
        collected.append(generation)
        clock[0] += 0.1

    monkeypatch.setattr("gc.collect", collect)
    monkeypatch.setattr("gc.get_count", lambda: (0, 0, 99))
    collector = Collector()
    for _ in range(2):
        collector.collect_what_is_due()
    assert collected == [2]
    monkeypatch.setattr("gc.get_count", lambda: (0, 99, 99))
    collector.collect_what_is_due()
    assert collected == [2, 1]  # the young ones go all the same
    clock[0] += 20
    collector.collect_what_is_due()
    assert collected == [2, 1, 2]
    monkeypatch.undo()
    collector.stop()
