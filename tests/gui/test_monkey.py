"""A short game with the real window; `tests/benchmarks/monkey.py` plays the long ones."""

import subprocess
import sys
from pathlib import Path

import pytest

import pullscope

SCRIPT = Path(__file__).parent.parent / "benchmarks" / "monkey.py"
APP = Path(pullscope.__file__).parent.parent


def test_that_ten_seconds_of_anything_at_all_do_no_harm(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(APP))
    played = subprocess.run(
        [sys.executable, str(SCRIPT), "--seconds", "10", "--seed", "1"],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert played.returncode == 0, played.stdout + played.stderr
    assert "wrong: 0" in played.stdout
