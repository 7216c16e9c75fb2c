"""The page that plans a sweep: nothing is pulled."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QPushButton
from sweeps_that_are_played import DRIVERS

from pullscope.engine.errors import PullError
from pullscope.engine.model import MIB
from pullscope.engine.topology import Topology, TopologyLayer
from pullscope.gui.sweep_plan_page import SweepPlanPage
from pullscope.sweep.plan import PlannedTrial, SweepPlan

IMAGE = "registry.example/team/app:1"


class Registry:
    """Says what images are made of."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.error: Exception | None = None
        self.sizes = (256 * MIB, 64 * MIB)

    async def look_up(self, reference: str) -> Topology:
        self.asked.append(reference)
        if self.error is not None:
            raise self.error
        layers = tuple(
            TopologyLayer(f"sha256:{n:064x}", size, "layer") for n, size in enumerate(self.sizes)
        )
        return Topology(reference, "sha256:" + "b" * 64, layers=layers, platform="linux/amd64")


@pytest.fixture
def registry() -> Registry:
    return Registry()


@pytest.fixture
def page(qtbot: Any, registry: Registry) -> SweepPlanPage:
    page = SweepPlanPage(DRIVERS, registry.look_up, lambda: False)
    qtbot.addWidget(page)
    page.show()
    return page


@pytest.fixture
def ready(page: SweepPlanPage, run_async: Any, until: Any) -> Callable[..., None]:
    """Open the page for an image, wait until all is known, and run what a test does then."""

    def run(story: Callable[[], Awaitable[None]] | None = None, reference: str = IMAGE) -> None:
        async def whole() -> None:
            page.open(reference)
            await until(lambda: not page.busy)
            if story is not None:
                await story()

        run_async(whole())

    return run


def part(page: SweepPlanPage, kind: type, name: str) -> Any:
    found = page.findChild(kind, name)
    assert found is not None, name
    return found


def words(page: SweepPlanPage, name: str) -> str:
    return str(part(page, QLabel, name).text())


def test_that_what_the_sweep_will_cost_is_told(page: SweepPlanPage, ready: Any) -> None:
    ready()
    page.parallelism.set_values((1, 4))
    page.chunk_size.set_values((4 * MIB, 16 * MIB))
    page.layers.set_values((2,))
    page.repeat.setValue(2)
    page.reckon()
    assert page.estimate is not None
    trials = page.estimate.trials  # 4 settings twice, and warm-ups and controls
    assert trials == 12
    cost = words(page, "sweep_cost")
    assert cost.startswith(f"{trials} trials · about ")
    assert cost.endswith(f" · 3.75 GiB to receive · {trials} requests for manifests")
    assert words(page, "sweep_notes").startswith("If it comes at 50 MB/s.")
    assert words(page, "sweep_image") == "2 layers, 320 MiB · linux/amd64"


def test_that_the_estimate_follows_what_is_typed(
    page: SweepPlanPage, ready: Any, until: Any
) -> None:
    async def story() -> None:
        before = page.estimate
        assert before is not None
        page.parallelism.field.setText("1, 2, 4, 8, 16, 32")
        await until(lambda: page.estimate and page.estimate.trials > before.trials)
        page.parallelism.field.setText("1, one")
        await until(lambda: page.estimate is None)
        assert words(page, "sweep_notes") == "Parallelism: one is not understood; write it as 16"
        assert not part(page, QPushButton, "begin_sweep").isEnabled()

    ready(story)


def test_that_earlier_pulls_say_how_fast_it_will_be(
    page: SweepPlanPage, ready: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pullscope.gui.sweep_plan_page.past_rate", lambda _: 200e6)
    ready()
    assert words(page, "sweep_notes").startswith("At 200 MB/s, as earlier pulls came.")


def test_that_settings_that_would_do_the_same_are_left_out(
    page: SweepPlanPage, registry: Registry, ready: Any
) -> None:
    registry.sizes = (2 * MIB,)
    ready()
    assert "of the settings would do the same as others" in words(page, "sweep_notes")


def test_that_programs_that_are_absent_are_listed_with_the_reason(
    page: SweepPlanPage, ready: Any
) -> None:
    boxes = {name: part(page, QCheckBox, f"program_{name}") for name in DRIVERS}
    assert not any(box.isEnabled() for box in boxes.values())
    ready()
    assert {name: box.isEnabled() for name, box in boxes.items()} == {
        "pullscope": True,
        "crane": False,
        "ctr": True,
    }
    assert boxes["crane"].text() == "crane"
    assert boxes["crane"].accessibleDescription() == "cannot be used here; install some package"
    assert boxes["ctr"].text() == "ctr 1.2.3"
    assert "&lt;b&gt;" in boxes["ctr"].toolTip()
    assert page.programs.chosen == ("pullscope",)


def test_that_an_image_that_cannot_be_found_is_told(
    page: SweepPlanPage, registry: Registry, ready: Any, until: Any
) -> None:
    registry.error = PullError("registry.example: answered 404")

    async def story() -> None:
        assert words(page, "sweep_notes") == "registry.example: answered 404"
        registry.error = None
        page.look_up()  # as Enter does
        await until(lambda: page.estimate is not None)

    ready(story)
    assert registry.asked == [IMAGE, IMAGE]


def test_that_an_image_is_asked_for_once(
    page: SweepPlanPage, registry: Registry, ready: Any
) -> None:
    async def story() -> None:
        page.look_up()
        page.open("")

    ready(story)
    assert registry.asked == [IMAGE]


def test_that_without_an_image_none_is_asked_for(
    page: SweepPlanPage, registry: Registry, ready: Any
) -> None:
    ready(reference="")
    assert words(page, "sweep_notes") == "Name the image to pull"
    assert registry.asked == []


def test_that_a_preset_fills_in_the_values(page: SweepPlanPage, ready: Any) -> None:
    ready()
    box = part(page, QComboBox, "sweep_preset")
    box.setCurrentText("Whole layers or chunks")
    box.activated.emit(box.currentIndex())
    assert page.chunk_size.field.text() == "0, 8MiB"
    assert (page.layers.values, page.parallelism.values) == ((1, 3, 8), (1, 8))


def test_that_destinations_are_added_and_removed(page: SweepPlanPage, ready: Any) -> None:
    ready()
    rows = page.destinations.rows
    assert [row.name.text() for row in rows] == ["data"]
    assert not rows[0].remove.isEnabled()
    page.destinations.add("disk", "/var/tmp/sweep")
    page.reckon()
    assert page.estimate is not None
    page.destinations.add("disk", "/var/tmp/other")
    page.reckon()
    assert words(page, "sweep_notes") == "two destinations have the same name"
    rows[-1].folder.setText("")
    page.reckon()
    assert words(page, "sweep_notes") == "A destination needs a name and a folder"
    rows[-1].remove.click()
    page.reckon()
    assert page.estimate is not None
    assert [str(place.path) for place in page.destinations.destinations()][1] == "/var/tmp/sweep"


def test_that_a_plan_is_handed_on_as_it_is_shown(page: SweepPlanPage, ready: Any) -> None:
    asked: list[tuple[SweepPlan, tuple[PlannedTrial, ...]]] = []
    page.begin_asked.connect(lambda *plan: asked.append(plan))
    ready()
    page.parallelism.set_values((2, 4))
    page.traces.setChecked(False)
    page.destinations.rows[0].folder.setText("~/sweep")
    part(page, QPushButton, "begin_sweep").click()  # before the estimate has followed
    [(plan, trials)] = asked
    assert plan.parallelism == (2, 4)
    assert plan.image.reference == IMAGE
    assert plan.traces is False
    assert plan.destinations[0].path == Path.home() / "sweep"
    assert page.estimate is not None
    assert len(trials) == page.estimate.trials


def test_that_no_sweep_begins_that_would_receive_more_than_is_allowed(
    page: SweepPlanPage, ready: Any
) -> None:
    asked: list[SweepPlan] = []
    page.begin_asked.connect(lambda plan, _: asked.append(plan))
    ready()
    assert page.estimate is not None
    received = page.estimate.received
    page.most.set_amount(received // 2)
    page.reckon()
    assert "more than the" in words(page, "sweep_notes")
    assert not part(page, QPushButton, "begin_sweep").isEnabled()
    page.most.set_amount(2 * received)
    page.reckon()
    part(page, QPushButton, "begin_sweep").click()
    assert [plan.max_bytes for plan in asked] == [2 * received]


def test_that_none_begins_while_another_runs(page: SweepPlanPage, ready: Any) -> None:
    ready()
    page.block("A sweep is running")
    assert not part(page, QPushButton, "begin_sweep").isEnabled()
    assert words(page, "sweep_notes") == "A sweep is running"
    page.block("")
    assert part(page, QPushButton, "begin_sweep").isEnabled()
