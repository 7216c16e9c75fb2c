"""What is dropped on the window."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QLabel

from pullscope.gui.drops import DropKind, drop_of
from pullscope.gui.main_window import MainWindow


def text(words: str) -> QMimeData:
    data = QMimeData()
    data.setText(words)
    return data


def url(address: str) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl(address)])
    return data


@pytest.mark.parametrize(
    ("data", "reference"),
    [
        (text("alpine:3.20"), "alpine:3.20"),
        (text("  ghcr.io/team/app:1\n"), "ghcr.io/team/app:1"),
        (text("docker://ghcr.io/team/app:1"), "ghcr.io/team/app:1"),
        (url("docker://ghcr.io/team/app"), "ghcr.io/team/app"),
    ],
)
def test_that_references_are_known_by_their_look(data: QMimeData, reference: str) -> None:
    drop = drop_of(data)
    assert (drop.kind, drop.text, drop.words) == (DropKind.REFERENCE, reference, "")


def test_that_traces_are_told_from_what_is_made_for_other_tools(tmp_path: Path) -> None:
    paths = (tmp_path / "trace.jsonl", tmp_path / "Trace.PULLSCOPE")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in (tmp_path / "x.png", *paths)])
    drop = drop_of(data)
    assert (drop.kind, drop.traces, drop.words) == (DropKind.TRACE, paths, "")
    drop = drop_of(url(QUrl.fromLocalFile(str(tmp_path / "trace.json")).toString()))
    assert (drop.kind, drop.traces) == (DropKind.EXPORT, ())
    assert "trace.json is made for other tools" in drop.words


@pytest.mark.parametrize(
    ("data", "kind", "said"),
    [
        (url("file:///tmp/photo.png"), DropKind.FILE, "photo.png is a file"),
        (url("https://ghcr.io/team/app"), DropKind.OTHER, "starts with a scheme"),
        (text("two words"), DropKind.OTHER, "Not a reference"),
        (text("Team/App"), DropKind.OTHER, "upper-case"),
        (text(""), DropKind.OTHER, "Not a reference"),
    ],
)
def test_that_anything_else_is_told_what_it_is(data: QMimeData, kind: DropKind, said: str) -> None:
    drop = drop_of(data)
    assert drop.kind is kind
    assert said in drop.words


@pytest.mark.parametrize("words", ["ann:s3cret@ghcr.io/a", "x " * 10_000, "https://a:s3cret@b/c"])
def test_that_no_password_and_no_book_is_repeated(words: str) -> None:
    said = drop_of(text(words)).words
    assert "s3cret" not in said
    assert len(said) < 300


def dropped(window: MainWindow, data: QMimeData) -> None:
    copy, left, none = (
        Qt.DropAction.CopyAction,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    enter = QDragEnterEvent(QPoint(300, 300), copy, data, left, none)
    window.dragEnterEvent(enter)
    assert enter.isAccepted()
    window.dropEvent(QDropEvent(QPointF(300, 300), copy, data, left, none))


def test_that_the_window_takes_a_reference_and_explains_the_rest(window: MainWindow) -> None:
    notice = window.findChild(QLabel, "notice")
    assert notice is not None
    dropped(window, text("ghcr.io/team/app:1"))
    assert window.bar.text == "ghcr.io/team/app:1"
    assert not notice.isVisible()
    dropped(window, url("file:///tmp/pull.json"))
    assert window.bar.text == "ghcr.io/team/app:1"
    assert "pull.json is made for other tools" in notice.text()
    assert notice.isVisible()
    dropped(window, text("alpine"))
    assert window.bar.text == "alpine"
    assert not notice.isVisible()
