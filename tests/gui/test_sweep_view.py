"""The window of sweeps: what it shows of a sweep, and what is asked for there."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QGuiApplication, Qt
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFileDialog,
    QLabel,
    QMenu,
    QProgressBar,
    QPushButton,
    QTreeWidget,
    QWidget,
)
from sweeps_that_are_played import DRIVERS, IMAGE, Player, add_sweep

from pullscope.engine.model import MIB
from pullscope.engine.topology import Topology, TopologyLayer
from pullscope.gui import language
from pullscope.gui import theme as themes
from pullscope.gui.sweep_runner import SweepRunner
from pullscope.gui.sweep_table import ROW_ROLE
from pullscope.gui.sweep_view import SweepView
from pullscope.gui.trials_dialog import TrialsDialog
from pullscope.sweep.plan import Destination
from pullscope.sweep.results import Row
from pullscope.sweep.store import SweepStore

Story = Callable[[], Awaitable[None]]


async def look_up(reference: str) -> Topology:
    layers = tuple(
        TopologyLayer(f"sha256:{n:064x}", size, "layer") for n, size in enumerate(IMAGE.layer_sizes)
    )
    return Topology(reference, IMAGE.digest, layers=layers, platform="linux/amd64")


@pytest.fixture
def player() -> Player:
    """Plays the trials that the view runs."""
    return Player()


@pytest.fixture
def runner(tmp_path: Path, player: Player) -> SweepRunner:
    return SweepRunner(SweepStore(tmp_path / "sweeps"), DRIVERS, lambda: player)


@pytest.fixture
def view(qapp: QApplication, qtbot: Any, runner: SweepRunner) -> SweepView:
    themes.apply(qapp, themes.Scheme.DARK)
    view = SweepView(runner, look_up, lambda: False)
    qtbot.addWidget(view, before_close_func=lambda _: view.hide())
    return view


@pytest.fixture
def tell(view: SweepView, runner: SweepRunner, run_async: Any) -> Callable[[Story], None]:
    """Run what happens in the window; end it in order."""

    def run(story: Story) -> None:
        async def whole() -> None:
            try:
                await story()
            finally:
                await view.close_down()
                await runner.close()

        run_async(whole())

    return run


def part(view: QWidget, kind: type, name: str) -> Any:
    found = view.findChild(kind, name)
    assert found is not None, name
    return found


def words(view: QWidget, name: str) -> str:
    return str(part(view, QLabel, name).text())


def cells(view: SweepView) -> list[dict[str, str]]:
    model = view.page.table.model()
    across = Qt.Orientation.Horizontal
    return [
        {
            str(model.headerData(n, across)): str(model.index(row, n).data())
            for n in range(model.columnCount())
        }
        for row in range(model.rowCount())
    ]


def shown(view: SweepView, number: int) -> None:
    view.refresh()
    view.show_sweep(number)
    view.show()


def select(view: SweepView, parallelism: int, chunk_size: int) -> None:
    model = view.page.table.model()
    for place in range(model.rowCount()):
        row: Row = model.index(place, 0).data(ROW_ROLE)
        settings = row.candidate.settings
        if (settings.parallelism, settings.chunk_size) == (parallelism, chunk_size):
            view.page.table.selectRow(place)


# --- planning and running --------------------------------------------------------------------


def test_that_a_sweep_is_planned_run_and_shown(
    view: SweepView, runner: SweepRunner, player: Player, tell: Any, until: Any
) -> None:
    player.waits = 4

    async def story() -> None:
        view.open_for("registry.example/team/app:1")
        await until(lambda: not view.plan.busy and view.plan.estimate)
        view.plan.parallelism.set_values((1, 4))
        view.plan.repeat.setValue(2)
        part(view, QPushButton, "begin_sweep").click()
        await until(lambda: runner.progress and runner.progress.done == 4)
        await until(lambda: "4 of" in words(view, "sweep_state"))
        assert words(view, "sweep_now").startswith("Now: pullscope → data, 3 layers, ")
        assert part(view, QProgressBar, "sweep_progress").value() == 4
        assert part(view, QPushButton, "pause_sweep").isVisibleTo(view)
        assert not part(view, QPushButton, "resume_sweep").isVisibleTo(view)
        assert "running" in view.sweeps.item(0).text()
        player.go_on.set()
        await until(lambda: not runner.number)
        assert view.page.sweep is not None
        assert view.page.sweep.state == "complete"
        assert not part(view, QProgressBar, "sweep_progress").isVisibleTo(view)
        assert "complete" in view.sweeps.item(0).text()
        assert words(view, "sweep_advice") == "3 layers, parallelism 4, chunks of 32 MiB"

    tell(story)


def test_that_enter_in_a_field_is_for_the_field(
    view: SweepView, runner: SweepRunner, tell: Any, until: Any, qtbot: Any
) -> None:
    """And presses no button: it looks the image up."""
    add_sweep(runner.store)
    pressed: list[str] = []
    for button in view.findChildren(QPushButton):
        button.clicked.connect(lambda _=False, each=button: pressed.append(each.objectName()))

    async def story() -> None:
        view.open_for("")
        await until(lambda: not view.plan.busy)
        view.plan.reference.setText("registry.example/team/app:1")
        qtbot.keyClick(view.plan.reference, Qt.Key.Key_Return)
        await until(lambda: view.plan.estimate)
        qtbot.keyClick(view.plan.parallelism.field, Qt.Key.Key_Return)
        assert pressed == []

    tell(story)


def test_that_a_paused_sweep_is_resumed(
    view: SweepView, runner: SweepRunner, player: Player, tell: Any, until: Any
) -> None:
    player.waits = 6
    number = add_sweep(runner.store, most=5)

    async def story() -> None:
        shown(view, number)
        assert "paused · 5/" in words(view, "sweep_state")
        part(view, QPushButton, "resume_sweep").click()
        await until(lambda: runner.progress and runner.progress.done == 6)
        part(view, QPushButton, "pause_sweep").click()
        await until(lambda: not runner.number)
        assert "paused · 6/" in words(view, "sweep_state")
        assert part(view, QPushButton, "resume_sweep").isEnabled()

    tell(story)


def test_that_a_closed_window_lets_the_sweep_go_on(
    view: SweepView, runner: SweepRunner, player: Player, tell: Any, until: Any
) -> None:
    player.waits = 6
    number = add_sweep(runner.store, most=2)

    async def story() -> None:
        runner.start(number)
        await until(lambda: runner.progress and runner.progress.done == 6)
        view.open_for("other.example/app:1")
        assert view.page.sweep is not None  # what runs is shown, not the plan of another
        assert view.page.sweep.number == number
        view.close()
        assert not view.isVisible()
        assert runner.number == number
        player.go_on.set()
        await until(lambda: not runner.number)
        assert runner.store.sweep(number).state == "complete"

    tell(story)


def test_that_it_is_said_why_a_sweep_stopped(
    view: SweepView, runner: SweepRunner, player: Player, tell: Any, until: Any
) -> None:
    player.fails = lambda _: True
    number = add_sweep(runner.store, most=2)

    async def story() -> None:
        shown(view, number)
        part(view, QPushButton, "resume_sweep").click()
        await until(lambda: "stopped: 5 trials in a row failed" in words(view, "sweep_state"))
        player.fails = lambda _: False
        part(view, QPushButton, "retry_trials").click()
        await until(lambda: runner.progress and runner.progress.failed == 0)
        await until(lambda: not runner.number)
        assert "stopped" not in words(view, "sweep_state")
        assert runner.store.sweep(number).failed == 0

    tell(story)


# --- results ---------------------------------------------------------------------------------


def test_that_the_table_tells_all_of_each_setting(view: SweepView, runner: SweepRunner) -> None:
    shown(view, add_sweep(runner.store))
    rows = cells(view)
    assert len(rows) == 6
    first = rows[0]
    assert (first["PARALLELISM"], first["CHUNK SIZE"], first["LAYERS"]) == ("1", "4 MiB", "2")
    assert first["COUNT"] == "3"
    assert first["MEAN S"].startswith("102.")
    assert first["95% INTERVAL"].startswith("102.")
    assert first["NETWORK S"].startswith("92.")
    assert (first["CPU S"], first["MEMORY"]) == ("1.50", "42 MiB")
    assert (first["REQUESTS"], first["WASTED"]) == ("1024", "0 B")
    assert first["DESTINATION"] == "disk"
    assert view.page.table.isColumnHidden(0)  # one program


def test_that_words_of_the_table_are_whole(view: SweepView, runner: SweepRunner) -> None:
    place = Destination("a disk that is far", Path("/var/tmp/x"))
    shown(view, add_sweep(runner.store, drivers=("pullscope", "ctr"), destinations=(place,)))
    table = view.page.table
    assert any("recommended" in row["CHOICE"] for row in cells(view))
    for column in range(table.model().columnCount()):
        assert table.columnWidth(column) >= table.sizeHintForColumn(column), column


def test_that_the_table_is_sorted_by_amounts(view: SweepView, runner: SweepRunner) -> None:
    shown(view, add_sweep(runner.store))
    view.page.table.sortByColumn(2, Qt.SortOrder.DescendingOrder)
    assert [row["PARALLELISM"] for row in cells(view)] == ["16", "16", "4", "4", "1", "1"]


def test_that_the_recommendation_is_told_with_its_reasons(
    view: SweepView, runner: SweepRunner
) -> None:
    shown(view, add_sweep(runner.store, parallelism=(1, 4, 8, 16)))
    assert words(view, "sweep_advice") == "2 layers, parallelism 8, chunks of 32 MiB"
    assert "others are as fast, but with at least" in words(view, "sweep_reasons") or (
        "it needs the least memory" in words(view, "sweep_reasons")
    )
    assert words(view, "sweep_noise").startswith("Steady: ")
    choices = {row["CHOICE"] for row in cells(view)}
    assert choices == {"◆ recommended", "◆", ""}
    [chosen] = [row for row in cells(view) if row["CHOICE"].endswith("recommended")]
    assert (chosen["PARALLELISM"], chosen["CHUNK SIZE"]) == ("8", "32 MiB")


def test_that_too_noisy_is_said_plainly(view: SweepView, runner: SweepRunner) -> None:
    shown(view, add_sweep(runner.store, Player(noise=1.0), repeat=6))
    assert words(view, "sweep_noise").startswith("Too noisy: ")
    assert "Too noisy" not in words(view, "sweep_reasons")  # once is enough


def test_that_each_program_and_destination_has_its_own(
    view: SweepView, runner: SweepRunner
) -> None:
    places = (Destination("disk", Path("/var/tmp/x")), Destination("tmpfs", Path("/dev/shm/x")))
    shown(view, add_sweep(runner.store, drivers=("pullscope", "ctr"), destinations=places))
    groups = part(view, QComboBox, "sweep_groups")
    assert [groups.itemText(n) for n in range(groups.count())] == [
        "pullscope → disk",
        "pullscope → tmpfs",
        "ctr → disk",
        "ctr → tmpfs",
    ]
    groups.setCurrentIndex(3)
    groups.activated.emit(3)
    assert view.page.recommendation is not None
    assert view.page.recommendation.driver == "ctr"
    assert not part(view, QPushButton, "use_settings").isEnabled()  # they are ctr's
    assert part(view, QPushButton, "export_runtime").isEnabled()
    assert not view.page.table.isColumnHidden(0)


def test_that_nothing_is_recommended_before_there_is_a_trial(
    view: SweepView, runner: SweepRunner
) -> None:
    shown(view, add_sweep(runner.store, most=0))
    assert words(view, "sweep_advice") == "Nothing yet"
    for name in ("use_settings", "keep_settings", "export_runtime", "list_trials"):
        assert not part(view, QPushButton, name).isEnabled(), name


def test_that_hostile_errors_stay_text(view: SweepView, runner: SweepRunner) -> None:
    number = add_sweep(runner.store, Player(fails=lambda trial: trial.position % 2 == 0))
    shown(view, number)
    model = view.page.table.model()
    tips = [
        str(model.index(row, 0).data(Qt.ItemDataRole.ToolTipRole))
        for row in range(model.rowCount())
    ]
    assert any("500" in tip for tip in tips)
    assert not any(Qt.mightBeRichText(tip) for tip in tips)


# --- what is asked for there -----------------------------------------------------------------


def test_that_settings_are_asked_for(view: SweepView, runner: SweepRunner) -> None:
    shown(view, add_sweep(runner.store))
    used: list[Row] = []
    kept: list[tuple[str, Row]] = []
    view.settings_asked.connect(used.append)
    view.keep_asked.connect(lambda *told: kept.append(told))
    part(view, QPushButton, "use_settings").click()
    assert used[0].candidate.settings.parallelism == 16  # the recommended one
    select(view, 4, 4 * MIB)
    assert words(view, "sweep_subject") == "With 2 layers, parallelism 4, chunks of 4 MiB:"
    part(view, QPushButton, "use_settings").click()
    assert used[1].candidate.settings.parallelism == 4
    keep = part(view, QPushButton, "keep_settings")
    assert keep.text() == "Keep for registry.example"
    keep.click()
    assert kept[0][0] == IMAGE.reference
    assert kept[0][1].candidate.settings.chunk_size == 4 * MIB


def test_that_a_row_leads_to_its_traces(
    view: SweepView, runner: SweepRunner, tmp_path: Path, qtbot: Any
) -> None:
    trace = tmp_path / "one.pullscope"
    trace.write_bytes(b"")
    shown(view, add_sweep(runner.store, Player(trace=str(trace))))
    asked: list[list[Path]] = []
    view.traces_asked.connect(asked.append)
    select(view, 1, 4 * MIB)
    qtbot.keyClick(view.page.table, Qt.Key.Key_Return)
    dialog = part(view, TrialsDialog, "trials_dialog")
    assert part(dialog, QTreeWidget, "trials").topLevelItemCount() == 3
    assert dialog.trials.topLevelItem(0).text(1).startswith("102.")
    part(dialog, QPushButton, "open_trial_trace").click()
    assert asked == [[trace]]
    assert not dialog.isVisible()


def test_that_a_trial_without_a_trace_opens_none(view: SweepView, runner: SweepRunner) -> None:
    shown(view, add_sweep(runner.store, Player(trace="/nowhere/one.pullscope")))
    select(view, 1, 4 * MIB)
    part(view, QPushButton, "list_trials").click()
    dialog = part(view, TrialsDialog, "trials_dialog")
    assert dialog.trials.topLevelItem(0).text(4) == "the trace is gone"
    assert not part(dialog, QPushButton, "open_trial_trace").isEnabled()


def test_that_the_context_menu_offers_the_same(view: SweepView, runner: SweepRunner) -> None:
    shown(view, add_sweep(runner.store))
    select(view, 4, 4 * MIB)
    table = view.page.table
    table.customContextMenuRequested.emit(table.rect().center())
    menu = part(view, QMenu, "sweep_menu")
    texts = [action.text() for action in menu.actions()]
    assert texts == [
        "Trials…",
        "Use these settings",
        "Keep for registry.example",
        "For a runtime…",
    ]
    used: list[Row] = []
    view.settings_asked.connect(used.append)
    menu.actions()[1].trigger()
    assert used[0].candidate.settings.parallelism == 4
    menu.close()


def test_that_rows_are_copied(view: SweepView, runner: SweepRunner, qtbot: Any) -> None:
    shown(view, add_sweep(runner.store))
    select(view, 4, 4 * MIB)
    view.page.table.copy()
    line = QGuiApplication.clipboard().text().split("\t")
    assert line[:4] == ["disk", "4", "4 MiB", "2"]


def test_that_a_sweep_is_exported(view: SweepView, runner: SweepRunner, tmp_path: Path) -> None:
    shown(view, add_sweep(runner.store))
    part(view, QPushButton, "export_sweep").click()
    dialog = part(view, QFileDialog, "export_sweep_dialog")
    for ending in (".csv", ".parquet", ".md", ".html", ".png", ".svg"):
        assert any(f"*{ending}" in name for name in dialog.nameFilters()), ending
        dialog.fileSelected.emit(str(tmp_path / f"sweep{ending}"))
        assert (tmp_path / f"sweep{ending}").stat().st_size > 200, ending
    dialog.selectNameFilter("CSV, a row per trial (*.csv)")
    dialog.fileSelected.emit(str(tmp_path / "trials.csv"))
    dialog.close()
    assert view.page.sweep is not None
    lines = (tmp_path / "trials.csv").read_text().splitlines()
    assert len(lines) == 1 + view.page.sweep.trials
    assert len((tmp_path / "sweep.csv").read_text().splitlines()) == 1 + 6


def test_that_a_file_that_cannot_be_written_is_told(
    view: SweepView, runner: SweepRunner, tmp_path: Path
) -> None:
    shown(view, add_sweep(runner.store))
    for ending in (".csv", ".png"):
        view.page.export(tmp_path / "nowhere" / f"sweep{ending}")
        assert "The sweep was not exported: " in words(view, "error_bar_words")


# --- the list --------------------------------------------------------------------------------


def test_that_sweeps_are_listed_opened_and_deleted(
    view: SweepView, runner: SweepRunner, tell: Any
) -> None:
    add_sweep(runner.store)
    last = add_sweep(runner.store, most=3)

    async def story() -> None:
        shown(view, last)
        lines = [view.sweeps.item(n).text().splitlines()[:2] for n in range(2)]
        assert lines == [["app:1", f"paused · 3/{_trials(last)}"], lines[1]]
        assert lines[1][1].startswith("complete")
        view.sweeps.setCurrentRow(1)
        assert view.page.sweep is not None
        assert view.page.sweep.state == "complete"
        remove = part(view, QPushButton, "remove_sweep")
        remove.click()
        assert remove.text() == "Really delete?"
        assert len(runner.store.sweeps()) == 2
        remove.click()
        assert [sweep.number for sweep in runner.store.sweeps()] == [last]
        assert view.sweeps.count() == 1

    def _trials(number: int) -> int:
        return runner.store.sweep(number).trials

    tell(story)


def test_that_another_choice_takes_the_question_back(view: SweepView, runner: SweepRunner) -> None:
    numbers = [add_sweep(runner.store), add_sweep(runner.store)]
    shown(view, numbers[1])
    remove = part(view, QPushButton, "remove_sweep")
    remove.click()
    view.sweeps.setCurrentRow(1)
    assert remove.text() == "Delete"
    assert len(runner.store.sweeps()) == 2


def test_that_it_speaks_the_language_in_force(
    view: SweepView, runner: SweepRunner, qapp: QApplication
) -> None:
    shown(view, add_sweep(runner.store))
    try:
        language.apply(qapp, "de")
        qapp.processEvents()
        assert view.windowTitle() == "Messreihen"
        assert words(view, "sweep_advice") == "2 Layer, Parallelität 16, Chunks von 32 MiB"
        assert "kaum" in words(view, "sweep_reasons") or "Sie " in words(view, "sweep_reasons")
        assert cells(view)[0]["SPEICHER"] == "42 MiB"
        assert view.page.heat.title().startswith("Gesamtzeit über Parallelität")
    finally:
        language.apply(qapp, "en")
        qapp.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
