"""What is copied as a command line."""

import shlex
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QListWidget

from pullscope.engine.events import ChunkStarted
from pullscope.engine.model import MIB, Settings
from pullscope.gui.attempts import Attempts
from pullscope.gui.copy_as import COPY_AS, Subject, line_of, part_of
from pullscope.gui.main_window import MainWindow
from pullscope.session import PullOptions

REFERENCE = "ghcr.io/team/app:1"
DIGEST = "sha256:" + "00" + "ab" * 31


def copied(window: MainWindow, name: str) -> list[str]:
    window.actions_by_id[name].trigger()
    return shlex.split(QGuiApplication.clipboard().text())


def test_that_what_stands_in_the_field_is_copied_before_any_pull(window: MainWindow) -> None:
    for name in COPY_AS:
        assert not window.actions_by_id[name].isEnabled()
    window.bar.set_reference(REFERENCE)
    assert copied(window, "copy_as_ctr") == ["ctr", "images", "pull", REFERENCE]
    assert copied(window, "copy_as_pullscope")[:3] == ["pullscope", "pull", REFERENCE]
    assert copied(window, "copy_as_skopeo")[:3] == ["skopeo", "copy", f"docker://{REFERENCE}"]
    assert copied(window, "copy_as_curl")[-1] == "https://ghcr.io/v2/team/app/manifests/1"


def test_that_curl_asks_for_what_is_selected(
    window: MainWindow, session: Any, run_async: Any, until: Any
) -> None:
    async def story() -> None:
        window.pull(REFERENCE)
        await until(lambda: window.controller.snapshot and window.controller.snapshot.layers)
        session.pull.emit(ChunkStarted(0.1, 0, 7, 1, 8 * MIB, MIB, 0, 0.1))
        assert copied(window, "copy_as_curl")[-1].endswith("/manifests/1")
        window.layer_table.select_layer(0)
        words = copied(window, "copy_as_curl")
        assert words[-1].endswith(f"/blobs/{DIGEST}")
        assert "--range" not in words
        window.chunk_map.chunk_selected.emit(0, 7)
        words = copied(window, "copy_as_curl")
        assert words[words.index("--range") + 1] == f"{8 * MIB}-{9 * MIB - 1}"
        window.layer_table.select_layer(1)
        assert "--range" not in copied(window, "copy_as_curl")
        await window.controller.finish(5)

    run_async(story())


def test_that_settings_that_are_kept_need_no_telling() -> None:
    subject = Subject(REFERENCE, PullOptions(), Settings(parallelism=3), {"parallelism": 3})
    assert "--parallelism" not in line_of("copy_as_pullscope", subject)


@pytest.mark.parametrize("name", COPY_AS)
def test_that_no_line_is_made_of_what_is_no_reference(name: str) -> None:
    assert line_of(name, Subject("no reference at all", PullOptions(), Settings())) == ""


def test_that_the_last_request_for_a_chunk_says_where_it_is() -> None:
    attempts = Attempts()
    attempts(ChunkStarted(0.1, 0, 3, 1, 100, 50, 0, 0.1))
    attempts(ChunkStarted(0.2, 0, 3, 2, 120, 30, 0, 0.2))
    assert part_of(attempts, 3) == (120, 30)
    assert part_of(attempts, 4) is None


def test_that_the_output_is_part_of_the_line(window: MainWindow, tmp_path: Path) -> None:
    window.bar.set_reference(REFERENCE)
    window.bar.set_output(tmp_path / "my images")
    assert str(tmp_path / "my images") in copied(window, "copy_as_pullscope")


def test_that_the_menus_of_all_views_copy(window: MainWindow) -> None:
    wanted = {window.actions_by_id[name] for name in COPY_AS}
    [pulls] = window.pulls.findChildren(QListWidget)
    for view in (window.layer_table, window.chunk_map, window.timeline, pulls):
        assert wanted <= set(view.actions())
