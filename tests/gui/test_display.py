import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from pullscope.gui.display import has_display


@pytest.fixture(autouse=True)
def nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(params=["desktop", "forwarded"])
def dead_display(request: pytest.FixtureRequest) -> str:
    return {"desktop": ":4711", "forwarded": "localhost:4711.0"}[request.param]


def test_that_no_variable_means_no_display() -> None:
    assert not has_display()


def test_that_a_display_that_does_not_answer_is_none(
    dead_display: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", dead_display)
    assert not has_display()


def test_that_a_display_that_answers_is_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "wayland-7"))
        server.listen()
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
        monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-7")
        assert has_display()
        monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-8")
        assert not has_display()


class Xcb:
    """The library that asks an X server, which lets somebody in or not."""

    def __init__(self, refused: int) -> None:
        self.xcb_connect = lambda *_: 1
        self.xcb_connection_has_error = lambda _: refused
        self.xcb_disconnect = lambda _: None


@pytest.mark.parametrize("refused", [0, 1])
def test_that_a_display_that_lets_nobody_in_is_none(
    refused: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":4711")
    monkeypatch.setattr("pullscope.gui.display._answers", lambda _: True)
    monkeypatch.setattr("ctypes.CDLL", lambda _: Xcb(refused))
    assert has_display() is (refused == 0)


def test_that_without_the_library_a_display_that_answers_is_enough(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def load(_: str) -> None:
        raise OSError

    monkeypatch.setenv("DISPLAY", ":4711")
    monkeypatch.setattr("pullscope.gui.display._answers", lambda _: True)
    monkeypatch.setattr("ctypes.CDLL", load)
    assert has_display()


def test_that_a_forwarded_display_is_asked_over_the_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[tuple[str, int], float]] = []

    def connect(address: tuple[str, int], timeout: float) -> socket.socket:
        asked.append((address, timeout))
        return socket.socket()

    monkeypatch.setattr("socket.create_connection", connect)
    monkeypatch.setattr("ctypes.CDLL", lambda _: Xcb(0))
    monkeypatch.setenv("DISPLAY", "far.example:10.0")
    assert has_display()
    assert [address for address, _ in asked] == [("far.example", 6010)]


@pytest.mark.parametrize(("platform", "there"), [("offscreen", True), ("xcb", False)])
def test_that_a_platform_without_a_display_needs_none(
    platform: str, there: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", platform)
    assert has_display() is there


@pytest.mark.parametrize("name", ["", "nonsense", ":x", "host:", "/tmp/x:0", ":99999999"])
def test_that_a_name_that_is_none_is_no_display(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", name)
    assert not has_display()


def test_that_qt_is_not_loaded_to_ask() -> None:
    code = "import sys, pullscope.gui.display; sys.exit('PySide6' in sys.modules)"
    path = os.pathsep.join(sys.path)
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": path})
