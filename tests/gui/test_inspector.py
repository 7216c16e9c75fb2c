"""The image view in the window: an image is looked up, chosen from, pulled."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from PySide6.QtWidgets import QApplication, QLabel

from pullscope.engine.digests import digest_of
from pullscope.engine.errors import NotFound
from pullscope.engine.image_config import ImageConfig
from pullscope.engine.manifests import OCI_INDEX
from pullscope.engine.model import Document, PullPlan
from pullscope.engine.topology import PlatformEntry, Topology, TopologyLayer
from pullscope.gui.main_window import MainWindow
from pullscope.session import Session

Until = Callable[..., Awaitable[None]]
INDEXED = Topology(
    "ghcr.io/team/app:1",
    "sha256:" + "f" * 64,
    platforms=(
        PlatformEntry("linux/amd64", "sha256:a", "m"),
        PlatformEntry("linux/arm64", "sha256:b", "m"),
    ),
)


def offered(window: MainWindow) -> list[str]:
    box = window.bar.platform
    return [box.itemText(place) for place in range(box.count())]


def test_that_inspecting_shows_the_image_and_offers_its_platforms(
    window: MainWindow, session: Any, run_async: Any, until: Until
) -> None:
    session.topology = INDEXED
    usual = offered(window)

    async def story() -> None:
        window.bar.set_reference("ghcr.io/team/app:1")
        window.actions_by_id["inspect"].trigger()
        await until(lambda: window.image.topology)
        assert window.image.isVisible()
        assert session.pulls == []
        assert offered(window) == ["this machine", "linux/amd64", "linux/arm64", "all platforms"]
        window.image.platform_chosen.emit("linux/arm64")
        assert window.bar.options.platform == "linux/arm64"
        window.bar.set_reference("ghcr.io/team/other:1")
        assert offered(window) == usual
        assert window.bar.options.platform == "linux/arm64"

    run_async(story())


def test_that_this_machine_stays_chosen_when_platforms_are_offered(window: MainWindow) -> None:
    assert window.bar.options.platform is None
    window.bar.offer_platforms(("linux/arm64",))
    assert window.bar.options.platform is None


def test_that_an_image_that_is_not_there_is_told(
    window: MainWindow, session: Any, run_async: Any, until: Until
) -> None:
    session.topology = NotFound("GET https://ghcr.io/v2/", "404", "check the name", status=404)

    async def story() -> None:
        window.bar.set_reference("ghcr.io/team/app:1")
        window.actions_by_id["inspect"].trigger()
        words = window.findChild(QLabel, "error_bar_words")
        assert words is not None
        await until(lambda: "check the name" in words.text())
        assert window.actions_by_id["inspect"].isEnabled()

    run_async(story())


def test_that_a_layer_selected_in_the_image_is_selected_in_the_table_and_back(
    window: MainWindow, session: Any, run_async: Any, until: Until
) -> None:
    async def story() -> None:
        window.pull("ghcr.io/team/app:1")
        await until(lambda: window.controller.snapshot and window.controller.snapshot.layers)
        assert window.controller.snapshot is not None
        digests = [layer.digest for layer in window.controller.snapshot.layers]
        layers = tuple(TopologyLayer(digest, 1, "m") for digest in digests)
        window.image.show_topology(Topology("r", "sha256:x", layers=layers, config=ImageConfig()))
        await until(lambda: len(window.layer_table.selected_layers()) == 0)
        window.image.layers.selectRow(2)
        assert [layer.index for layer in window.layer_table.selected_layers()] == [2]
        window.selection.select(1, -1)
        rows = window.image.layers.selectionModel().selectedRows()
        assert [index.row() for index in rows] == [1]
        await window.controller.finish(5)

    run_async(story())


def test_that_a_pull_shows_its_image_without_asking_for_more(
    new_window: Any, start_lab_process: Any, run_async: Any, until: Until
) -> None:
    lab = start_lab_process(multi_platform=True)

    async def story() -> None:
        session = Session()
        window = new_window(session)
        assert window.pull(lab.references[0])
        await until(lambda: not window.controller.running)
        await until(lambda: window.image.topology and window.image.topology.config)
        QApplication.processEvents()
        shown = window.image.topology
        assert [layer.size for layer in shown.layers][-1] == 100
        assert "linux/arm64" in shown.choices
        assert lab.statistics().requests["manifest"] == 2  # the index and the image
        await window.inspector.close()
        await session.close()

    run_async(story())


def test_that_a_pull_that_has_no_image_yet_shows_none_of_another(
    window: MainWindow, session: Any, run_async: Any, until: Until
) -> None:
    async def story() -> None:
        window.image.show_topology(INDEXED)
        window.pull("ghcr.io/team/app:1")
        assert window.image.topology is INDEXED
        window.pull("ghcr.io/team/other:1")
        window.controller.show(window.controller.runs[-1])
        assert window.controller.shown.reference == "ghcr.io/team/other:1"
        assert window.image.topology is None
        await window.controller.finish(5)

    run_async(story())


def test_that_an_image_inspected_during_a_pull_stays(
    window: MainWindow, session: Any, run_async: Any, until: Until
) -> None:
    body = json.dumps({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": []}).encode()
    plan = PullPlan("ghcr.io/team/other:1", Document(digest_of(body), OCI_INDEX, body), ())
    session.topology = INDEXED

    async def story() -> None:
        window.pull("ghcr.io/team/other:1")
        await until(lambda: window.controller.snapshot and window.controller.snapshot.layers)
        session.pull.plan = plan
        session.pull.advance(3, 1000)
        await until(lambda: window.image.topology)
        assert window.image.topology is not None
        assert window.image.topology.reference == "ghcr.io/team/other:1"
        window.bar.set_reference("ghcr.io/team/app:1")
        window.actions_by_id["inspect"].trigger()
        await until(lambda: window.image.topology is INDEXED)
        session.pull.finish()
        await until(lambda: not window.controller.running)
        await window.inspector.close()
        assert window.image.topology is INDEXED

    run_async(story())
