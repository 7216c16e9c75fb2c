"""Opening traces in the window, and what can be done with them there."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFileDialog,
    QLabel,
    QListWidget,
    QMenu,
    QPushButton,
    QSlider,
    QSpinBox,
)

from pullscope.engine.model import PullState, Settings
from pullscope.gui.compare_view import CompareView
from pullscope.gui.main_window import MainWindow
from pullscope.gui.plot_canvas import PlotCanvas
from pullscope.gui.pull_run import RunState


def child(window: MainWindow, kind: Any, name: str) -> Any:
    found = window.findChild(kind, name)
    assert found is not None
    return found


@pytest.fixture
def opened(window: MainWindow, new_trace: Any, run_async: Any, until: Any) -> Any:
    """Open traces, and run what a test does then."""

    def run(story: Any = None, **how: Any) -> None:
        async def whole() -> None:
            window.open_trace(new_trace(**how))
            await until(lambda: not window.trace_opening.busy)
            if story is not None:
                await story()

        run_async(whole())

    return run


def test_that_a_trace_shows_in_the_views_of_a_pull(window: MainWindow, opened: Any) -> None:
    opened()
    run = window.controller.shown
    assert run.state is RunState.TRACE
    assert window.windowTitle() == "done – one.pullscope – Pullscope"
    assert window.layer_table.model().rowCount() == 2
    assert window.chunk_map.accessible_summary
    assert window.timeline.time_range() == (0.0, 3.0)
    assert not window.timeline.following
    assert window.plots.throughput.visible_range() == (0.0, 3.0)
    assert window.plots.throughput.measurements is run.measurements
    assert [mark.text for mark in window.plots.throughput.marks()] == ["parallelism 8 → 9"]
    assert "Done" in window.headline.text()
    assert "32 MiB" in window.headline.text()
    assert window.image.topology is not None
    assert len(window.image.topology.layers) == 2


def test_that_the_plots_follow_the_timeline_where_nothing_runs(
    window: MainWindow, opened: Any
) -> None:
    opened()
    canvas = window.plots.throughput.findChild(PlotCanvas)
    assert canvas is not None
    window.timeline.set_range(1.0, 2.0)
    assert canvas.view.viewRange()[0] == pytest.approx([1.0, 2.0])
    window.plots.throughput.range_wanted.emit(0.5, 1.5)
    assert canvas.view.viewRange()[0] == pytest.approx([0.5, 1.5])


def test_that_its_settings_are_shown_and_cannot_be_changed(window: MainWindow, opened: Any) -> None:
    before = window.tuning.settings
    opened(settings=Settings(parallelism=19))
    slider, words = (
        child(window, QSlider, "parallelism"),
        child(window, QLabel, "recorded_settings"),
    )
    box = child(window, QSpinBox, "parallelism_box")
    assert (box.value(), box.isEnabled(), slider.isEnabled()) == (20, False, False)
    assert words.isVisibleTo(window)
    assert not window.actions_by_id["undo_tuning"].isEnabled()
    window.tuning.choose_preset(Settings(parallelism=2))
    assert (window.tuning.settings, window.controller.settings) == (before, before)

    window.controller.remove(window.controller.shown)
    assert (box.value(), box.isEnabled(), slider.isEnabled()) == (before.parallelism, True, True)
    assert not words.isVisibleTo(window)


def test_that_a_trace_is_never_pulled_and_not_kept(
    window: MainWindow, session: Any, opened: Any, run_async: Any
) -> None:
    opened()
    run, actions = window.controller.shown, window.actions_by_id
    for name in ("pause", "cancel", "retry_pull", "discard_pull", "resume_all", "compare"):
        assert not actions[name].isEnabled(), name
    for name in ("export_trace", "remove_pull", "copy_reference"):
        assert actions[name].isEnabled(), name

    async def story() -> None:
        window.controller.queue([run])
        window.controller.start_again(run)

    run_async(story())
    assert (run.state, session.pulls) == (RunState.TRACE, [])
    actions["remove_pull"].trigger()
    assert window.controller.runs == []


@pytest.mark.parametrize(
    ("state", "title"), [(PullState.FAILED, "Failed"), (PullState.CANCELLED, "Cancelled")]
)
def test_that_a_trace_of_a_pull_that_stopped_offers_no_retry(
    state: PullState, title: str, window: MainWindow, opened: Any
) -> None:
    opened(state=state)
    assert title in window.headline.text()
    assert "had been received when the trace ends" in window.headline.text()
    assert not child(window, QPushButton, "retry").isVisible()
    assert not child(window, QPushButton, "retry_failed").isVisible()
    assert window.error_panel.isVisible() == (state is PullState.FAILED)
    assert not child(window, QLabel, "error_remedy").isVisible()


def test_that_a_trace_without_an_end_is_told_as_such(
    window: MainWindow, new_trace: Any, run_async: Any, until: Any
) -> None:
    path = new_trace("cut.jsonl")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:25]) + lines[25][:30])

    async def story() -> None:
        window.open_trace(path)
        await until(lambda: not window.trace_opening.busy)

    run_async(story())
    assert "Unfinished" in window.headline.text()
    assert child(window, QListWidget, "pull_list").item(0).text() == "cut.jsonl"
    assert window.timeline.time_range()[1] > 1.0


def test_that_the_same_file_stands_once(
    window: MainWindow, new_trace: Any, run_async: Any, until: Any
) -> None:
    path = new_trace()

    async def story() -> None:
        for _ in range(2):
            window.open_trace(path)
            await until(lambda: not window.trace_opening.busy)

    run_async(story())
    assert [run.trace for run in window.controller.runs] == [path]
    assert window.controller.shown is window.controller.runs[0]


def test_that_a_broken_trace_leaves_what_is_shown(
    window: MainWindow, opened: Any, tmp_path: Path, until: Any
) -> None:
    broken = tmp_path / "broken.pullscope"
    broken.write_bytes(b"no trace\n")

    async def story() -> None:
        window.open_trace(broken)
        await until(lambda: not window.trace_opening.busy)

    opened(story)
    assert "broken.pullscope, line 1: not JSON" in child(window, QLabel, "error_bar_words").text()
    assert [run.name for run in window.controller.runs] == ["one.pullscope"]


def test_that_traces_are_chosen_in_a_dialog_and_offered_again(
    window: MainWindow, new_trace: Any, recents: Any, run_async: Any, until: Any
) -> None:
    path = new_trace("a & b.jsonl")

    async def story() -> None:
        window.actions_by_id["open_trace"].trigger()
        dialog = child(window, QFileDialog, "open_trace_dialog")
        dialog.filesSelected.emit([str(path)])
        dialog.close()
        await until(lambda: window.controller.runs)
        window.controller.remove(window.controller.shown)
        (menu,) = [m for m in window.findChildren(QMenu) if m.title() == "Open recent trace"]
        menu.aboutToShow.emit()
        (action,) = menu.actions()
        assert action.text() == "a && b.jsonl"
        action.trigger()
        await until(lambda: window.controller.runs)

    run_async(story())
    assert window.controller.shown.trace == path
    assert recents.traces == (path,)


def test_that_two_traces_opened_at_once_are_compared(
    window: MainWindow, new_trace: Any, run_async: Any, until: Any
) -> None:
    paths = [new_trace("a.pullscope"), new_trace("b.pullscope", seconds=5.0)]

    async def story() -> None:
        window.open_trace(*paths)
        await until(lambda: window.findChild(CompareView) is not None)
        view = child(window, CompareView, "compare_view")
        await until(lambda: not view.busy)
        assert view.shown is not None
        assert [run.trace for run in view.shown] == paths
        view.reject()

    run_async(story())


def test_that_one_of_two_that_is_broken_leaves_nothing_to_compare(
    window: MainWindow, new_trace: Any, run_async: Any, until: Any, tmp_path: Path
) -> None:
    broken = tmp_path / "b.jsonl"
    broken.write_text("no trace")

    async def story() -> None:
        window.open_trace(new_trace("a.jsonl"), broken)
        await until(lambda: not window.trace_opening.busy)
        new_trace("b.jsonl")  # which is mended later, and opened alone
        window.open_trace(broken)
        await until(lambda: not window.trace_opening.busy)

    run_async(story())
    assert len(window.controller.runs) == 2
    assert window.findChild(CompareView) is None


def test_that_two_that_are_selected_in_the_list_are_compared(
    window: MainWindow, new_trace: Any, run_async: Any, until: Any, qtbot: Any
) -> None:
    async def story() -> None:
        for name in ("a", "b", "c"):
            window.open_trace(new_trace(f"{name}.pullscope"))
        await until(lambda: not window.trace_opening.busy)
        listed = child(window, QListWidget, "pull_list")
        window.controller.show(window.controller.runs[0])
        place = listed.visualItemRect(listed.item(2)).center()
        modifier = Qt.KeyboardModifier.ControlModifier
        qtbot.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, modifier, place)
        window.actions_by_id["compare"].trigger()
        view = child(window, CompareView, "compare_view")
        assert view.shown is not None
        assert [run.name for run in view.shown] == ["a.pullscope", "c.pullscope"]
        await until(lambda: not view.busy)
        view.reject()

    run_async(story())
