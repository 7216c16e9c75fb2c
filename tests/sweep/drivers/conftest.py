"""Programs that play the parts of others, for the tests of drivers."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

Play = Callable[[str, str], None]


@pytest.fixture
def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Play:
    """Return what makes the only program of a name do what a shell script says."""
    stage = tmp_path / "stage"
    stage.mkdir()
    monkeypatch.setenv("PATH", f"{stage}{os.pathsep}/usr/bin{os.pathsep}/bin")

    def make(name: str, script: str) -> None:
        program = stage / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)

    return make


@pytest.fixture
def destination(tmp_path: Path) -> Path:
    """Return a directory that exists and is empty."""
    made = tmp_path / "destination"
    made.mkdir()
    return made
