"""Sweeps and the window: what is found there is what is pulled with."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel, QPushButton
from sweeps_that_are_played import add_sweep

from pullscope.engine.model import MIB, WriteMode
from pullscope.gui.main_window import MainWindow
from pullscope.gui.runtime_dialog import RuntimeDialog
from pullscope.gui.sweep_actions import SweepActions
from pullscope.gui.sweep_view import SweepView
from pullscope.lab.config import SyntheticImage
from pullscope.session import Session
from pullscope.tuning.profiles import SettingsFile, default_path

Story = Callable[[SweepView], Awaitable[None]]


@pytest.fixture
def opened(window: MainWindow, run_async: Any, until: Any) -> Callable[[Story], None]:
    """Open the window of sweeps, wait until it knows all, tell a story, and end it in order."""

    def run(story: Story) -> None:
        async def whole() -> None:
            window.actions_by_id["sweep"].trigger()
            view = window.sweeps.view
            assert view is not None
            await until(lambda: not view.plan.busy)
            try:
                await story(view)
            finally:
                await window.sweeps.close_down()

        run_async(whole())

    return run


def press(view: SweepView, name: str) -> None:
    button = view.findChild(QPushButton, name)
    assert button is not None
    assert button.isEnabled()
    button.click()


def status(window: MainWindow) -> str:
    label = window.findChild(QLabel, "status")
    assert label is not None
    return label.text()


def test_that_the_reference_of_the_bar_is_planned_for(
    window: MainWindow, session: Any, opened: Any
) -> None:
    window.bar.set_reference("ghcr.io/team/app:1")

    async def story(view: SweepView) -> None:
        assert view.plan.reference.text() == "ghcr.io/team/app:1"
        assert [reference for reference, _ in session.inspected] == ["ghcr.io/team/app:1"]

    opened(story)


def test_that_the_next_pull_has_the_settings_that_were_found(
    window: MainWindow, session: Any, opened: Any, new_trace: Any, until: Any
) -> None:
    number = add_sweep(window.sweeps.runner.store)
    before = window.tuning.settings

    async def story(view: SweepView) -> None:
        window.open_trace(new_trace())  # also while a trace is shown, whose settings stand
        await until(lambda: window.controller.shown.trace is not None)
        view.show_sweep(number)
        press(view, "use_settings")

    opened(story)
    settings = window.tuning.settings
    assert (settings.layers, settings.parallelism, settings.chunk_size) == (2, 16, 32 * MIB)
    assert settings.connections == 32
    assert settings.write is WriteMode.IN_PLACE  # as the trials wrote
    assert settings.rate_limit == before.rate_limit
    assert status(window) == "The next pull begins with these settings"


def test_that_the_registry_keeps_the_settings_and_its_others(
    window: MainWindow, opened: Any
) -> None:
    file = SettingsFile(default_path())
    file.keep_values("registry.example", {"rate_limit": 5_000_000, "parallelism": 2})
    number = add_sweep(window.sweeps.runner.store)

    async def story(view: SweepView) -> None:
        view.show_sweep(number)
        press(view, "keep_settings")

    opened(story)
    profile = file.read().of("registry.example")
    assert profile is not None
    assert profile.values == {
        "rate_limit": 5_000_000,
        "parallelism": 16,
        "chunk_size": 32 * MIB,
        "layers": 2,
        "connections": 32,
        "write": "in-place",
    }
    assert "registry.example" in status(window)


def test_that_traces_are_opened_in_the_window(
    window: MainWindow, opened: Any, new_trace: Any, until: Any
) -> None:
    trace = new_trace()

    async def story(view: SweepView) -> None:
        view.traces_asked.emit([trace])
        await until(lambda: window.controller.shown.trace == trace)

    opened(story)


def test_that_a_runtime_gets_the_settings(window: MainWindow, opened: Any) -> None:
    number = add_sweep(window.sweeps.runner.store)

    async def story(view: SweepView) -> None:
        view.show_sweep(number)
        press(view, "export_runtime")
        [dialog] = view.findChildren(RuntimeDialog)
        assert "concurrent_layer_fetch_buffer = 33554432" in dialog.text.toPlainText()
        dialog.close()

    opened(story)


def test_that_leaving_hides_the_window_of_sweeps(window: MainWindow, opened: Any) -> None:
    async def story(view: SweepView) -> None:
        window.leave(0)
        assert not view.isVisible()

    opened(story)


def test_that_real_trials_are_run_and_paused_when_the_window_is_left(
    window: MainWindow,
    start_lab_process: Any,
    tmp_path: Any,
    run_async: Any,
    until: Any,
) -> None:
    """The trials are processes of their own; what the first told stands in the table."""
    lab = start_lab_process(images=(SyntheticImage("demo/app", "1", (2 * MIB, MIB)),))

    async def whole() -> None:
        session = Session()
        sweeps = SweepActions(
            session, window.bar, SettingsFile(default_path()), window.actions_by_id, window
        )
        window.bar.set_reference(lab.references[0])
        sweeps.open()
        view = sweeps.view
        assert view is not None
        await until(lambda: not view.plan.busy and view.plan.estimate)
        view.plan.parallelism.set_values((1, 2))
        view.plan.chunk_size.set_values((MIB,))
        view.plan.destinations.rows[0].folder.setText(str(tmp_path / "trials"))
        press(view, "begin_sweep")
        await until(lambda: sweeps.runner.progress and sweeps.runner.progress.done >= 1)
        await sweeps.close_down()
        [sweep] = sweeps.runner.store.sweeps()
        assert sweep.state == "paused"
        assert sweep.failed == 0
        [first, *_] = sweeps.runner.store.trials(sweep.number)
        assert first.outcome is not None
        assert first.outcome.requests
        await session.close()

    run_async(whole())
    assert not (tmp_path / "trials").exists()  # it was made for the sweep
