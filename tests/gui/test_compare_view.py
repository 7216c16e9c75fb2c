"""Two pulls over one another."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt, QTranslator
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QLabel, QPushButton, QToolButton

from pullscope.engine.events import PullEvent
from pullscope.engine.model import Settings
from pullscope.gui import compare_view
from pullscope.gui.compare_view import CompareView
from pullscope.gui.pull_run import PullRun
from pullscope.gui.trace_opening import run_of_trace
from pullscope.trace.explain import Explanation, explain


@pytest.fixture
def runs(new_trace: Any) -> list[PullRun]:
    return [
        run_of_trace(new_trace("slow.pullscope", seconds=8.0, settings=Settings(parallelism=2))),
        run_of_trace(new_trace("fast.pullscope", seconds=4.0, settings=Settings(parallelism=8))),
        run_of_trace(new_trace("again.pullscope", seconds=4.0)),
    ]


@pytest.fixture
def view(qtbot: Any, runs: list[PullRun]) -> CompareView:
    view = CompareView()
    view.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(view)
    view.show()
    return view


@pytest.fixture
def compared(view: CompareView, runs: list[PullRun], run_async: Any, until: Any) -> Any:
    """Compare the first two, and run what a test does then."""

    def run(story: Any = None) -> None:
        async def whole() -> None:
            view.offer(runs)
            view.compare(runs[0], runs[1])
            await until(lambda: not view.busy)
            if story is not None:
                await story()

        run_async(whole())

    return run


def rows(view: CompareView) -> dict[tuple[str, str], tuple[str, str, float | None]]:
    return {
        (group, row.name): (row.before, row.after, row.change)
        for group, found in view.table.groups()
        for row in found
    }


def test_that_differences_are_told_per_phase_with_the_settings(
    view: CompareView, compared: Any
) -> None:
    compared()
    found = rows(view)
    assert found["Settings that differ", "parallelism"] == ("2", "8", None)
    assert found["The whole pull", "time"] == ("8.0 s", "4.0 s", -0.5)
    assert found["Milestones, from the beginning", "first byte"][:2] == ("220.0 ms", "220.0 ms")
    phases = "Phases of all requests for chunks"
    for measure in ("in all", "p50", "p90", "p99"):
        assert found[phases, f"receiving, {measure}"][0].endswith("ms")
    assert found[phases, "receiving, share"][0].endswith("%")
    assert found["Bytes", "wasted in all"][:2] == ("0 B", "0 B")
    assert found["Requests", "retries"] == ("1", "1", 0.0)


class Marked(QTranslator):
    """Puts every text between marks, so that those are found that nobody translated."""

    def translate(
        self, context: str, text: str, disambiguation: str | None = None, n: int = -1
    ) -> str:
        return f"‹{text}›"

    def isEmpty(self) -> bool:  # noqa: N802 - Qt's name
        return False


def test_that_every_measure_has_a_name_in_the_users_language(
    view: CompareView, compared: Any, qapp: QApplication
) -> None:
    compared()
    translator = Marked()
    qapp.installTranslator(translator)
    try:
        names = {part for _, name in rows(view) for part in name.split(", ")}
    finally:
        qapp.removeTranslator(translator)
    assert {name for name in names if not name.startswith("‹")} == {"CPU", "p50", "p90", "p99"}


def test_that_both_curves_share_one_time_from_the_beginning(
    view: CompareView, runs: list[PullRun], compared: Any
) -> None:
    compared()
    assert view.plot.visible_range() == (0.0, 8.0)
    (when, *curves) = view.plot.reading(1.0)
    assert when == (None, "1.0 s")
    assert [text.split()[:2] for _, text in curves] == [
        ["A", "slow.pullscope"],
        ["B", "fast.pullscope"],
    ]
    assert [text.split()[0] for _, text in view.plot.reading(6.0)[1:]] == ["A"]  # B has ended
    marks = [(mark.text, round(mark.at, 2)) for mark in view.plot.marks()]
    assert marks == [
        ("A first byte · B first byte", 0.22),
        ("B last byte", 3.36),
        ("B committed", 4.0),
        ("A last byte", 6.86),
        ("A committed", 8.0),
    ]
    view.plot.range_wanted.emit(0.0, 100.0)
    assert [mark.text for mark in view.plot.marks()][1:2] == ["B last byte · B committed"]
    view.plot.period_wanted.emit(12.0)
    assert view.plot.visible_range() == (0.0, 8.0)


def test_that_a_and_b_can_be_swapped_and_chosen(
    view: CompareView, runs: list[PullRun], compared: Any, until: Any
) -> None:
    async def story() -> None:
        swap, which = view.findChild(QToolButton, "swap"), view.findChild(QComboBox, "compared_b")
        assert swap is not None
        assert which is not None
        swap.click()
        await until(lambda: not view.busy)
        assert view.shown == (runs[1], runs[0])
        assert rows(view)["The whole pull", "time"] == ("4.0 s", "8.0 s", 1.0)
        which.setCurrentIndex(2)
        which.activated.emit(2)
        await until(lambda: not view.busy)
        assert view.shown == (runs[1], runs[2])
        view.offer(runs[1:])  # one that is not compared has left the list
        assert view.shown == (runs[1], runs[2])
        view.offer(runs[:1])  # and now those that are
        assert view.shown == (runs[1], runs[2])
        await until(lambda: not view.busy)
        assert which.count() == 3

    compared(story)


def test_that_pulls_that_are_alike_differ_in_no_setting(
    view: CompareView, runs: list[PullRun], compared: Any, until: Any
) -> None:
    async def story() -> None:
        view.compare(runs[1], runs[2])
        await until(lambda: not view.busy)

    compared(story)
    assert rows(view)["Settings that differ", "none"] == ("", "", None)


def test_that_all_can_be_exported(view: CompareView, compared: Any, tmp_path: Path) -> None:
    compared()
    table, values = tmp_path / "table.csv", tmp_path / "values.csv"
    view.export(table)
    view.plot.export(values)
    for ending in ("png", "svg"):
        view.plot.export(tmp_path / f"plot.{ending}")
        assert (tmp_path / f"plot.{ending}").stat().st_size > 500
    told = list(csv.DictReader(table.read_text().splitlines()))
    assert [(row["a"], row["b"]) for row in told if row["measure"] == "parallelism"] == [("2", "8")]
    lines = [line.split(",") for line in values.read_text().splitlines()]
    assert lines[0] == ["seconds", "a_MB_per_s", "b_MB_per_s"]
    assert [bool(cell) for cell in lines[1]] == [True, True, True]
    assert [bool(cell) for cell in lines[-1]] == [True, True, False]  # B has ended


def test_that_a_file_that_cannot_be_written_is_told(
    view: CompareView, compared: Any, tmp_path: Path
) -> None:
    compared()
    words: list[str] = []
    view.failed.connect(words.append)
    save = view.findChild(QPushButton, "save_comparison")
    assert save is not None
    menu = save.menu()
    assert menu is not None
    (action,) = [each for each in menu.actions() if each.objectName() == "export_differences"]
    action.trigger()
    dialog = view.findChild(QFileDialog, "export_comparison_dialog")
    assert dialog is not None
    dialog.fileSelected.emit(str(tmp_path / "no" / "folder.csv"))
    dialog.close()
    assert len(words) == 1
    assert "folder.csv" in words[0]


def test_that_the_table_is_copied_as_it_stands(view: CompareView, compared: Any) -> None:
    compared()
    view.table.copy()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "Settings that differ"
    assert "time\t8.0 s\t4.0 s\t−50 %" in lines


def test_that_a_trace_is_explained_once_however_often_it_is_compared(
    view: CompareView,
    runs: list[PullRun],
    compared: Any,
    until: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    explained: list[str] = []

    def watched(events: Sequence[PullEvent]) -> Explanation:
        found = explain(events)
        explained.append(found.reference)
        return found

    monkeypatch.setattr(compare_view, "explain", watched)

    async def story() -> None:
        view.swap()
        view.compare(runs[1], runs[2])
        view.swap()  # while one of them is still looked at
        await until(lambda: not view.busy)
        assert view.shown == (runs[2], runs[1])

    compared(story)
    assert len(explained) == 3


def test_that_nothing_is_compared_before_two_are_chosen(
    view: CompareView, runs: list[PullRun], run_async: Any
) -> None:
    async def story() -> None:
        view.offer(runs)
        assert not view.busy

    run_async(story())


def test_that_it_follows_the_language_and_closes_while_it_looks(
    view: CompareView, runs: list[PullRun], run_async: Any
) -> None:
    async def story() -> None:
        view.offer(runs)
        view.compare(runs[0], runs[1])
        assert view.busy
        QApplication.sendEvent(view, QEvent(QEvent.Type.LanguageChange))
        busy = view.findChild(QLabel, "comparison_busy")
        assert busy is not None
        assert busy.text() == "Looking for differences…"
        view.reject()

    run_async(story())
    assert not view.busy
