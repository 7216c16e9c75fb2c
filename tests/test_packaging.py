"""Whether ``packaging/test`` ends as its checks did: it is the command that everyone relies on."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

PACKAGING = Path(__file__).parents[1] / "packaging"
COMMANDS = ("ruff", "mypy", "lint-imports", "python", "xvfb-run", "pytest", "desktop-file-validate",
            "appstreamcli", "shellcheck")  # fmt: skip
ENVIRONMENT = """
root={root}
venv={root}/.venv
need_environment() {{ :; }}
need_qt_x11() {{ :; }}
need_command() {{ :; }}
get_missing() {{ :; }}
make_environment() {{ :; }}
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A tree in which every check passes, by commands that do nothing."""
    (tmp_path / "packaging").mkdir()
    shutil.copy(PACKAGING / "test", tmp_path / "packaging" / "test")
    environment = tmp_path / "packaging" / "environment.sh"
    environment.write_text(ENVIRONMENT.format(root=tmp_path))
    for script in (".ci/run", "packaging/lock", "packaging/run", "resources/compile"):
        (tmp_path / script).parent.mkdir(exist_ok=True)
        (tmp_path / script).write_text("#!/bin/sh\n")
        (tmp_path / script).chmod(0o755)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    for command in COMMANDS:
        replace(tmp_path, command, "exit 0")
    replace(tmp_path, "xvfb-run", 'while [ "$1" != pytest ]; do shift; done; exec "$@"')
    return tmp_path


def replace(checkout: Path, command: str, script: str) -> None:
    path = checkout / ".venv" / "bin" / command
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def run_checks(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    path = f"{checkout / '.venv' / 'bin'}:{os.environ['PATH']}"
    return subprocess.run(
        ["bash", str(checkout / "packaging" / "test"), *arguments],
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def last_line(run: subprocess.CompletedProcess[str]) -> str:
    return run.stdout.splitlines()[-1]


def test_all_passed(checkout: Path) -> None:
    run = run_checks(checkout)

    assert (run.returncode, last_line(run)) == (0, "packaging/test: all checks passed"), run


def test_all_passed_of_those_asked_for(checkout: Path) -> None:
    run = run_checks(checkout, "tests/engine")

    assert (run.returncode, last_line(run)) == (0, "packaging/test: all checks passed"), run


@pytest.mark.parametrize(
    ("command", "script", "named"),
    [
        ("mypy", "exit 1", "types"),
        ("pytest", 'case "$*" in tests/gui) exit 1;; esac', "tests of the window"),
        ("pytest", 'case "$*" in --ignore=tests/gui) exit 1;; esac', "tests"),
    ],
)
def test_a_check_that_failed_is_named_in_the_last_line(
    checkout: Path, command: str, script: str, named: str
) -> None:
    replace(checkout, command, script)

    run = run_checks(checkout)

    assert (run.returncode, last_line(run)) == (1, f"packaging/test: FAILED: {named}"), run
