"""The window for who uses no mouse, or no eyes, or other eyes than most.

The accessible tree is walked as a screen reader walks it: what can have the keyboard has a name and
a role, and Tab comes by.
"""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QObject, QRect, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface, QImage, QPainter
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QMenu,
    QTabBar,
    QWidget,
)
from sweeps_that_are_played import add_sweep

from pullscope.engine.model import MIB
from pullscope.gui import theme as themes
from pullscope.gui.compare_view import CompareView
from pullscope.gui.legend import paint_mark
from pullscope.gui.main_window import MainWindow
from pullscope.gui.settings_dialog import SettingsDialog
from pullscope.gui.trace_opening import run_of_trace
from pullscope.gui.trials_dialog import TrialsDialog

View = Callable[[], Awaitable[None]]


def interfaces(root: QWidget) -> Iterator[QAccessibleInterface]:
    """Yield what a screen reader finds below `root`, without what cannot be seen."""
    waiting = [QAccessible.queryAccessibleInterface(root)]
    while waiting:
        interface = waiting.pop()
        if interface is None or not interface.isValid() or interface.state().invisible:
            continue
        yield interface
        waiting += [interface.child(place) for place in range(interface.childCount())]


def tab_stops(window: QWidget) -> set[QWidget]:
    """Return the widgets that Tab comes by, as Qt looks for them."""
    stops: set[QWidget] = set()
    widget = window.nextInFocusChain()
    while widget is not window:
        if (
            widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            and widget.isVisibleTo(window)
            and widget.isEnabledTo(window)
        ):
            stops.add(widget.focusProxy() or widget)
        widget = widget.nextInFocusChain()
    return stops


def is_part(widget: QObject) -> bool:
    """Whether `widget` belongs to one that is reached itself: the field of a box, a list in it."""
    parent = widget.parent()
    while parent is not None and not parent.isWindowType():
        if isinstance(parent, QComboBox | QAbstractSpinBox):
            return True
        parent = parent.parent()
    return False


def faults(window: QWidget) -> list[str]:
    """Return what a user without a mouse or without eyes would stumble over."""
    stops = tab_stops(window)
    found = []
    for interface in interfaces(window):
        widget = interface.object()
        if not isinstance(widget, QWidget) or not interface.state().focusable:
            continue
        about = (
            f"{type(widget).__name__} {widget.objectName()!r} in {type(widget.parent()).__name__}"
        )
        if not interface.text(QAccessible.Text.Name):
            found.append(f"{about} has no name")
        if interface.role() is QAccessible.Role.NoRole:
            found.append(f"{about} has no role")
        reached = widget in stops or is_part(widget) or not widget.isEnabled()
        if not (reached or isinstance(widget, QTabBar)):
            found.append(f"{about} is not reached by Tab")
    return found


def test_that_whatever_takes_the_keyboard_is_named_and_reached(
    window: MainWindow, run_async: Any, view: View
) -> None:
    found: list[str] = []

    async def story() -> None:
        await view()
        QApplication.processEvents()
        found.extend(faults(window))
        await window.controller.finish(5)

    run_async(story())
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", ["shortcuts", "command_palette"])
def test_that_dialogs_are_named_and_reached(window: MainWindow, name: str) -> None:
    window.actions_by_id[name].trigger()
    [dialog] = [each for each in window.findChildren(QDialog) if each.isVisible()]
    assert dialog.windowTitle()
    assert faults(dialog) == []
    dialog.close()


@pytest.mark.parametrize("page", [0, 1, 3, 4])
def test_that_the_pages_of_the_settings_are_named_and_reached(
    window: MainWindow, page: int
) -> None:
    window.actions_by_id["settings"].trigger()
    [dialog] = window.findChildren(SettingsDialog)
    dialog.pages.setCurrentRow(page)
    QApplication.processEvents()
    assert faults(dialog) == []
    dialog.close()


def test_that_the_window_of_sweeps_is_named_and_reached(
    window: MainWindow, run_async: Any, until: Any
) -> None:
    """The plan, a sweep with its table, and its heat map."""
    found: list[str] = []

    async def story() -> None:
        number = add_sweep(window.sweeps.runner.store)
        window.actions_by_id["sweep"].trigger()
        view = window.sweeps.view
        assert view is not None
        await until(lambda: not view.plan.busy)
        found.extend(faults(view))
        view.show_sweep(number)
        for page in (view.page.table, view.page.heat):
            view.page.views.bring(page)
            QApplication.processEvents()
            found.extend(faults(view))
        view.page.list_trials(view.page.current)  # type: ignore[arg-type]
        [dialog] = view.findChildren(TrialsDialog)
        found.extend(faults(dialog))
        dialog.close()
        await window.sweeps.close_down()

    run_async(story())
    assert not found, "\n".join(found)


def test_that_the_walk_finds_a_fault(window: MainWindow) -> None:
    nameless = QWidget(window)
    nameless.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    nameless.show()
    assert faults(window) == [
        "QWidget '' in MainWindow has no name",
        "QWidget '' in MainWindow is not reached by Tab",
    ]


def test_that_tab_comes_by_in_the_order_of_reading(window: MainWindow) -> None:
    """The bar is before the views, and within the bar the reference before the buttons."""
    names = []
    widget = window.nextInFocusChain()
    while widget is not window:
        names.append(widget.objectName())
        widget = widget.nextInFocusChain()
    order = ["reference", "platform", "output", "pull_button", "cancel_button", "more"]
    places = [names.index(name) for name in order]
    assert places == sorted(places)
    assert names.index("layer_table") < names.index("throughput")


def test_that_every_menu_entry_has_words(window: MainWindow) -> None:
    menu = window.bar.more.menu()
    assert menu is not None
    entries = [action for sub in (menu, *menu.findChildren(QMenu)) for action in sub.actions()]
    assert len(entries) > 20
    assert [a for a in entries if not a.isSeparator() and not a.text()] == []


def test_that_map_and_plots_have_a_summary_in_words(
    window: MainWindow, session: Any, run_async: Any, until: Any
) -> None:
    async def story() -> None:
        window.pull("ghcr.io/team/app:1")
        await until(lambda: window.controller.snapshot and window.controller.snapshot.layers)
        session.pull.advance(3, 40 * MIB)
        await until(lambda: "40 % received" in window.chunk_map.accessibleDescription())
        assert "3 layers" in window.chunk_map.accessibleDescription()
        await window.controller.finish(5)

    run_async(story())


def in_grey(state: str, theme: themes.Theme) -> list[int]:
    """Return the brightness of every pixel of a state's mark."""
    picture = QImage(20, 20, QImage.Format.Format_RGB32)
    with QPainter(picture) as painter:
        paint_mark(painter, QRect(0, 0, 20, 20), state, theme)
    return [picture.pixelColor(x, y).lightness() for x in range(20) for y in range(20)]


@pytest.mark.parametrize("theme", [themes.DARK, themes.LIGHT], ids=lambda theme: theme.name)
def test_that_what_went_wrong_is_told_without_colours(
    qapp: QApplication, theme: themes.Theme
) -> None:
    marks = {
        state: in_grey(state, theme)
        for state in ("pending", "waiting", "receiving", "written", "hashed", "retried", "failed")
    }
    textured = {state for state, pixels in marks.items() if len(set(pixels)) > 1}
    assert textured == {"retried", "failed"}
    stripes = {
        state: [pixel == max(set(marks[state]), key=marks[state].count) for pixel in marks[state]]
        for state in textured
    }
    assert stripes["retried"] != stripes["failed"]


def test_that_the_comparison_of_two_pulls_is_reached_and_named(
    qtbot: Any, new_trace: Any, run_async: Any, until: Any
) -> None:
    runs = [run_of_trace(new_trace(name)) for name in ("a.jsonl", "b.jsonl")]
    view = CompareView()
    view.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(view)
    view.show()

    async def story() -> None:
        view.offer(runs)
        view.compare(*runs)
        await until(lambda: not view.busy)

    run_async(story())
    assert faults(view) == []
