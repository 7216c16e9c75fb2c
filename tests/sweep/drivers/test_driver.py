from pathlib import Path

import pytest

from pullscope.engine.errors import InvalidReference
from pullscope.sweep.drivers.driver import (
    first_words,
    output_of,
    speaks_http,
    version_in,
    write_tls_hosts,
)

from .conftest import Play


@pytest.mark.parametrize(
    ("line", "version"),
    [
        ("skopeo version 1.9.3 commit: x", "1.9.3"),
        ("containerd github.com/containerd/containerd/v2 v2.1.4 75cb2b7", "2.1.4"),
        ("containerd github.com/containerd/containerd 1.6.20~ds1 1.6.20~ds1-1", "1.6.20~ds1"),
        ("0.20.2", "0.20.2"),
        ("(devel)", "(devel)"),
        ("no number " * 9, ("no number " * 9)[:40]),
        (None, None),
    ],
)
def test_that_versions_are_found_in_what_programs_say(
    line: str | None, version: str | None
) -> None:
    assert version_in(line) == version


def test_that_a_program_that_is_not_there_or_fails_says_nothing(
    play: Play,
) -> None:
    play("broken", "echo 1.0; exit 3")
    play("silent", "true")
    play("long", "printf 'x%.0s' $(seq 100); echo; echo more")
    assert output_of("not-there-at-all") is None
    assert first_words("broken") is None
    assert first_words("silent") is None
    assert first_words("long") == "x" * 100


def test_that_registries_on_this_machine_speak_http_unless_told_otherwise() -> None:
    assert speaks_http("127.0.0.1:5000/a/b:1", None)
    assert not speaks_http("127.0.0.1:5000/a/b:1", False)
    assert not speaks_http("ghcr.io/a/b:1", None)
    assert speaks_http("ghcr.io/a/b:1", True)
    with pytest.raises(InvalidReference):
        speaks_http("HTTP://x", None)


def test_that_hosts_name_the_registry_with_tls(tmp_path: Path) -> None:
    write_tls_hosts("localhost:5000/a/b:1", tmp_path)
    text = (tmp_path / "localhost:5000" / "hosts.toml").read_text()
    assert 'server = "https://localhost:5000"' in text
