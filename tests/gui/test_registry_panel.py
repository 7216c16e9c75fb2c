import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QScrollArea, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from pullscope.engine.errors import RegistryError
from pullscope.engine.model import Settings
from pullscope.engine.passport import Passport, RangeAnswer, RangeReply
from pullscope.gui.main_window import MainWindow
from pullscope.gui.registry_panel import RegistryPanel
from pullscope.tuning.profiles import SettingsFile, default_path

KNOWN = Passport(
    "docker.io",
    closed=RangeReply(RangeAnswer.SERVED, 206),
    redirected=True,
    redirect_host="production.cloudflare.docker.com",
    redirect_lifetime=300.0,
    first_byte=0.0384,
)

Until = Callable[..., Awaitable[None]]


@pytest.fixture
def panel(qtbot: QtBot) -> RegistryPanel:
    panel = RegistryPanel()
    qtbot.addWidget(panel)
    panel.resize(240, 200)
    return panel


def told(panel: QWidget) -> dict[str, str]:
    """Return what each fact says, as a screen reader has it."""
    names = ("closed", "redirect", "first_byte", "quota")
    labels = {name: panel.findChild(QLabel, f"registry_{name}") for name in names}
    return {n: label.accessibleName().partition(": ")[2] for n, label in labels.items() if label}


def keep_button(panel: QWidget) -> QPushButton:
    found = panel.findChild(QPushButton, "keep_settings")
    assert isinstance(found, QPushButton)
    return found


def forget_button(panel: QWidget) -> QToolButton:
    found = panel.findChild(QToolButton, "forget_settings")
    assert isinstance(found, QToolButton)
    return found


def test_that_nothing_is_shown_without_a_registry(panel: RegistryPanel) -> None:
    assert panel.isHidden()
    panel.show_host("docker.io")
    assert not panel.isHidden()
    assert set(told(panel).values()) == {"–"}


def test_that_known_facts_stand_in_their_rows(panel: RegistryPanel) -> None:
    panel.show_host("docker.io")
    panel.show_passport(KNOWN)
    assert told(panel) == {
        "closed": "closed, 206",
        "redirect": "production.cloudflare.docker.com, 5 min",
        "first_byte": "38.4 ms median",
        "quota": "–",
    }
    redirect = panel.findChild(QLabel, "registry_redirect")
    assert redirect is not None
    assert "5 min" in redirect.toolTip()
    panel.show_passport(replace(KNOWN, first_byte=0.02))
    assert told(panel)["first_byte"] == "20 ms median"
    panel.show_host("ghcr.io")
    assert set(told(panel).values()) == {"–"}


def test_that_a_long_host_is_shortened_in_its_middle_and_read_in_full(
    panel: RegistryPanel,
) -> None:
    host = "registry." + "very-long-name." * 6 + "example"
    panel.show_host(host)
    panel.show()
    shown = keep_button(panel)
    assert "…" in shown.text()
    assert shown.fontMetrics().horizontalAdvance(shown.text()) <= panel.width()
    assert host in shown.accessibleName()


def test_that_a_button_with_no_room_for_a_host_names_none(panel: RegistryPanel) -> None:
    panel.show_host("registry.example.com")
    panel.show()
    panel.resize(210, panel.height())
    shown = keep_button(panel)
    assert shown.text() == "Keep for this registry"
    assert "registry.example.com" in shown.accessibleName()


def test_that_the_button_says_whether_the_settings_are_kept(panel: RegistryPanel) -> None:
    panel.show_host("docker.io")
    keep, forget = keep_button(panel), forget_button(panel)
    assert (keep.text(), keep.isEnabled()) == ("Use for docker.io from now on", True)
    assert forget.isHidden()
    panel.show_kept(kept=True, same=True)
    assert (keep.text(), keep.isEnabled()) == ("Used for docker.io", False)
    assert not forget.isHidden()
    panel.show_kept(kept=True, same=False)
    assert (keep.text(), keep.isEnabled()) == ("Use for docker.io", True)


def test_that_nothing_can_be_kept_for_a_registry_that_is_gone_tomorrow(
    panel: RegistryPanel,
) -> None:
    panel.show_host("127.0.0.1:41234", keepable=False)
    panel.show_kept(kept=False, same=False)
    assert keep_button(panel).isHidden()
    assert forget_button(panel).isHidden()


def test_that_the_registry_of_the_reference_in_the_bar_is_shown(window: MainWindow) -> None:
    window.bar.set_reference("ghcr.io/team/app:1")
    assert window.tuning.registry.host == "ghcr.io"
    window.bar.set_reference("alpine")
    assert window.tuning.registry.host == "docker.io"
    window.bar.set_reference("ghcr.io/UPPER")
    assert window.tuning.registry.isHidden()


def test_that_settings_are_kept_for_a_registry_and_forgotten(window: MainWindow) -> None:
    file = SettingsFile(default_path())
    settings = Settings(parallelism=3)
    window.bar.set_reference("ghcr.io/team/app:1")
    window.tuning.show_settings(settings)
    keep_button(window).click()
    assert file.read().values_for("ghcr.io") == settings.as_dict()
    assert keep_button(window).text() == "Used for ghcr.io"
    forget_button(window).click()
    assert file.read().profiles == ()
    assert keep_button(window).isEnabled()


def test_that_a_pull_begins_with_the_settings_of_its_registry(
    window: MainWindow, session: Any, run_async: Callable[..., Any], until: Until
) -> None:
    SettingsFile(default_path()).keep("ghcr.io", Settings(parallelism=3))

    async def story() -> None:
        for reference, parallelism in (("ghcr.io/a/b:1", 3), ("quay.io/a/b:1", 8)):
            window.pull(reference)
            await until(lambda: window.layer_table.model().rowCount() == 3)
            assert session.pull.settings.parallelism == parallelism
            assert window.tuning.settings.parallelism == parallelism
            session.pull.finish()
            await until(lambda: not window.controller.running)

    run_async(story())


def test_that_the_demo_takes_no_profile_and_keeps_none(
    window: MainWindow, session: Any, run_async: Callable[..., Any], until: Until
) -> None:
    SettingsFile(default_path()).keep("*", Settings(parallelism=3))

    async def story() -> None:
        window.pull("127.0.0.1:5000/demo/app:1", remember=False)
        await until(lambda: window.layer_table.model().rowCount() == 3)
        assert session.pull.settings == Settings()
        assert keep_button(window).isHidden()
        session.pull.finish()
        await until(lambda: not window.controller.running)

    run_async(story())


def test_that_a_settings_file_that_cannot_be_read_is_said_and_the_pull_goes_on(
    window: MainWindow, session: Any, run_async: Callable[..., Any], until: Until
) -> None:
    default_path().parent.mkdir(parents=True)
    default_path().write_text("layers 3\n")

    async def story() -> None:
        window.pull("ghcr.io/a/b:1")
        await until(lambda: window.layer_table.model().rowCount() == 3)
        said = " ".join(label.text() for label in window.findChildren(QLabel))
        assert str(default_path()) in said
        keep_button(window).click()
        assert default_path().read_text() == "layers 3\n"
        session.pull.finish()
        await until(lambda: not window.controller.running)

    run_async(story())


def test_that_a_probe_shows_what_it_finds(
    window: MainWindow, session: Any, run_async: Callable[..., Any], until: Until
) -> None:
    probe = window.findChild(QToolButton, "probe")
    assert probe is not None
    window.bar.set_reference("ghcr.io/team/app:1")

    async def story() -> None:
        probe.click()
        await until(lambda: session.probed and probe.isEnabled())
        assert told(window)["closed"] == "closed and open, 206"
        assert told(window)["quota"] == "71 of 100 left"
        session.probe_error = RegistryError("GET https://ghcr.io/v2/", "HTTP 503")
        probe.click()
        await until(lambda: len(session.probed) == 2 and probe.isEnabled())
        await asyncio.sleep(0)
        said = " ".join(label.text() for label in window.findChildren(QLabel))
        assert "HTTP 503" in said

    run_async(story())


@pytest.mark.parametrize("size", [(1440, 900), (1024, 700)])
def test_that_the_dock_scrolls_to_the_panel_at_any_size(
    window: MainWindow, qtbot: QtBot, size: tuple[int, int]
) -> None:
    window.bar.set_reference("ghcr.io/team/app:1")
    window.resize(*size)
    qtbot.wait(50)
    scroll = window.findChild(QScrollArea, "tuning_scroll")
    assert scroll is not None
    button = keep_button(window)
    scroll.ensureWidgetVisible(button)
    qtbot.wait(20)
    assert button.visibleRegion().boundingRect().size() == button.size()
