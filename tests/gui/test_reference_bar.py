"""The reference bar's outputs and options; what the window does with them is in its own tests."""

import tarfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton

from pullscope.engine.archive import ArchiveFormat
from pullscope.engine.model import PullState
from pullscope.gui.main_window import MainWindow
from pullscope.session import Session


def entries(window: MainWindow) -> list[str]:
    menu = window.bar.output.menu()
    assert menu is not None
    menu.aboutToShow.emit()
    return [action.text() for action in menu.actions() if action.text()]


@pytest.mark.parametrize(
    ("action", "archive", "name"),
    [
        ("choose_oci_archive", ArchiveFormat.OCI, "app-1.oci.tar"),
        ("choose_docker_archive", ArchiveFormat.DOCKER, "app-1.docker.tar"),
    ],
)
def test_that_an_archive_can_be_chosen(
    window: MainWindow, tmp_path: Path, action: str, archive: ArchiveFormat, name: str
) -> None:
    window.bar.set_reference("ghcr.io/team/app:1")
    window.actions_by_id[action].trigger()
    dialog = window.findChild(QFileDialog, "choose_archive_dialog")
    assert dialog is not None
    assert [Path(path).name for path in dialog.selectedFiles()] == [name]
    dialog.fileSelected.emit(str(tmp_path / name))
    dialog.close()
    options = window.bar.options
    assert (options.output, options.archive) == (tmp_path / name, archive)
    assert archive.value in window.bar.output.toolTip()
    assert f"{archive.value}: {tmp_path / name}" in entries(window)
    window.bar.set_output(tmp_path)
    assert window.bar.options.archive is None


def test_that_what_refers_to_the_image_can_be_pulled_too(window: MainWindow) -> None:
    assert not window.bar.options.referrers
    assert "With signatures and SBOMs" in entries(window)
    window.actions_by_id["referrers"].trigger()
    assert window.bar.options.referrers


def test_that_the_output_of_the_command_line_is_among_the_choices(
    new_window: Any, session: Any, tmp_path: Path
) -> None:
    path = tmp_path / "a & b.tar"
    window = new_window(session, output=path, archive=ArchiveFormat.OCI, referrers=True)
    assert f"oci-archive: {path}".replace("&", "&&") in entries(window)
    assert window.actions_by_id["referrers"].isChecked()


def test_that_an_archive_is_written_from_the_window(
    new_window: Any,
    start_lab_process: Any,
    run_async: Any,
    until: Callable[..., Awaitable[None]],
    tmp_path: Path,
) -> None:
    lab = start_lab_process()
    path = tmp_path / "app.tar"

    async def story() -> None:
        session = Session()
        window = new_window(session)
        window.bar.set_output(path, ArchiveFormat.DOCKER)
        assert window.pull(lab.references[0])
        await until(lambda: not window.controller.running)
        assert window.controller.snapshot.state is PullState.DONE
        await window.inspector.close()
        await session.close()

    run_async(story())
    QApplication.processEvents()
    with tarfile.open(path) as archive:
        assert "manifest.json" in archive.getnames()


def test_that_all_platforms_can_be_chosen_in_any_language(window: MainWindow) -> None:
    box = window.bar.platform
    box.setCurrentIndex(box.count() - 1)
    assert box.currentText() == "all platforms"
    assert window.bar.options.platform == "all"
    window.set_language("de")
    QApplication.processEvents()
    assert window.bar.options.platform == "all"
    window.bar.offer_platforms(("linux/arm64",))
    assert window.bar.options.platform == "all"
    window.set_language("en")


def test_that_the_platforms_of_the_command_line_are_chosen(new_window: Any, session: Any) -> None:
    assert new_window(session, platform="all").bar.options.platform == "all"
    assert new_window(session, platform="plan9/amd64").bar.options.platform == "plan9/amd64"


def test_that_a_narrow_bar_leaves_the_reference_its_room(window: MainWindow) -> None:
    window.bar.set_output(Path("/somewhere/images"))
    export = window.findChild(QPushButton, "export_trace_button")
    assert export is not None
    window.resize(1300, 800)
    QApplication.processEvents()
    assert export.text() == "Export trace"
    assert window.bar.output.text().startswith("To ")
    room = window.bar.reference.width()
    window.resize(1024, 700)
    QApplication.processEvents()
    assert export.text() == ""
    assert not export.icon().isNull()
    assert export.accessibleName() == "Export trace"
    assert "images" in window.bar.output.text()
    assert window.bar.reference.width() > room - (1300 - 1024)
    window.resize(1300, 800)
    QApplication.processEvents()
    assert export.text() == "Export trace"
    assert window.bar.reference.width() == room
