import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pullscope.engine.errors import SettingsError
from pullscope.engine.message import translated, words_of
from pullscope.engine.model import KIB, MIB, Settings
from pullscope.tuning.profiles import (
    VERSION,
    Profile,
    Profiles,
    ProfilesError,
    ProfileUse,
    SettingsFile,
    default_path,
    migrate,
)

HAND_WRITTEN = """\
# mine
[registries."*"]
connections = 8   # for all

[registries."Docker.io"]  # the hub
# it counts requests
parallelism = 2
chunk_size = "64 MiB"
"""


@pytest.fixture
def file(tmp_path: Path) -> SettingsFile:
    return SettingsFile(tmp_path / "config" / "settings.toml")


def write(file: SettingsFile, text: str) -> None:
    file.path.parent.mkdir(parents=True, exist_ok=True)
    file.path.write_text(text)


def test_that_settings_are_in_the_users_config_directory(home: Path) -> None:
    assert home in default_path().parents


def test_that_without_a_file_there_are_no_profiles(file: SettingsFile) -> None:
    assert file.read() == Profiles()
    file.forget("docker.io")
    assert not file.path.exists()


def test_that_what_is_kept_is_read_again(file: SettingsFile) -> None:
    hub = Settings(2, 4, 6, 8 * MIB)
    odd = Settings(chunk_size=100 * KIB + 1)
    whole = Settings(chunk_size=0)
    for pattern, settings in (("docker.io", hub), ("[::1]:5000", odd), ("*.test", whole)):
        file.keep(pattern, settings)
    profiles = file.read()
    assert profiles.of("docker.io") == Profile("docker.io", hub.as_dict())
    assert profiles.values_for("[::1]:5000") == odd.as_dict()
    assert profiles.values_for("a.test") == whole.as_dict()
    assert f"version = {VERSION}" in file.path.read_text()
    assert 'chunk_size = "8MiB"' in file.path.read_text()


@given(size=st.integers(64 * KIB, 1024 * MIB))
@hypothesis_settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_that_a_chunk_size_is_kept_to_the_byte(file: SettingsFile, size: int) -> None:
    file.keep("docker.io", Settings(chunk_size=size))
    assert file.read().values_for("docker.io")["chunk_size"] == size


def test_that_keeping_changes_what_is_kept_and_nothing_else(file: SettingsFile) -> None:
    write(file, HAND_WRITTEN)
    file.keep("docker.io", Settings(parallelism=3))
    text = file.path.read_text()
    for kept in ("# mine", "connections = 8   # for all", "# the hub", "# it counts requests"):
        assert kept in text
    assert "parallelism = 3" in text
    assert "parallelism = 2" not in text
    assert [p.pattern for p in file.read().profiles] == ["*", "Docker.io"]


def test_that_forgetting_removes_only_the_registrys_own_profile(file: SettingsFile) -> None:
    write(file, HAND_WRITTEN)
    file.forget("DOCKER.IO")
    assert [p.pattern for p in file.read().profiles] == ["*"]
    assert "# mine" in file.path.read_text()


def test_that_a_file_without_a_version_is_copied_before_it_is_brought_up_to_date(
    file: SettingsFile,
) -> None:
    write(file, HAND_WRITTEN)
    assert file.read().values_for("docker.io")["parallelism"] == 2
    assert file.path.read_text() == HAND_WRITTEN, "reading changes nothing"
    file.keep("ghcr.io", Settings())
    copy = file.path.with_name("settings.toml.version-0")
    assert copy.read_text() == HAND_WRITTEN
    assert file.path.read_text().startswith(f"version = {VERSION}\n")
    copy.unlink()
    file.keep("ghcr.io", Settings(layers=2))
    assert not copy.exists(), "a file that is up to date is not copied"


def test_that_migrations_run_one_after_the_other_from_the_files_version() -> None:
    def rename(document: dict[str, Any]) -> None:
        document["second"] = document.pop("first")

    def double(document: dict[str, Any]) -> None:
        document["second"] *= 2

    old, newer = {"first": 2}, {"second": 2}
    migrate(old, 0, (rename, double))
    migrate(newer, 1, (rename, double))
    assert old == newer == {"second": 4}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x =\n", "line 1"),
        ("version = 99", "newer Pullscope"),
        ('version = "1"', "version"),
        ("registries = 3", "not a table"),
        ("[registries]\n'docker.io' = 3", "not a table"),
        ("[registries.docker.io]\nlayers = 3", "needs quotes"),
        ("[registries.'a*b']\nlayers = 3", "neither a host"),
        ("[registries.'docker.io/team']\nlayers = 3", "neither a host"),
        ("[registries.'*']\nthreads = 3", "no setting 'threads'"),
        ("[registries.'*']\nlayers = 300", "between"),
        ("[registries.'*']\nlayers = true", "whole number"),
        ("[registries.'*']\nlayers = '3'", "whole number"),
        ("[registries.'*']\nchunk_size = 'big'", "size"),
        ("[registries.'*']\nchunk_size = 1.5", "16MiB"),
    ],
)
def test_that_what_cannot_be_understood_is_named_and_never_written_over(
    file: SettingsFile, text: str, reason: str
) -> None:
    write(file, text)
    for act in (file.read, lambda: file.keep("x.test", Settings())):
        with pytest.raises(ProfilesError, match=reason) as raised:
            act()
        assert str(file.path) in str(raised.value)
    assert file.path.read_text() == text
    assert isinstance(raised.value, SettingsError)


def test_that_a_file_that_is_no_text_is_refused(file: SettingsFile) -> None:
    write(file, "")
    file.path.write_bytes(b"\xff\xfe")
    with pytest.raises(ProfilesError, match="UTF-8"):
        file.read()


def test_that_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("a file where a folder should be")
    file = SettingsFile(tmp_path / "config" / "settings.toml")
    with pytest.raises(ProfilesError, match=r"settings\.toml"):
        file.keep("docker.io", Settings())


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_that_a_link_to_the_file_stays_a_link_and_its_mode_stays(
    file: SettingsFile, tmp_path: Path
) -> None:
    real = tmp_path / "dotfiles" / "settings.toml"
    real.parent.mkdir()
    real.write_text("version = 1\n")
    real.chmod(0o600)
    file.path.parent.mkdir()
    file.path.symlink_to(real)
    file.keep("docker.io", Settings())
    assert file.path.is_symlink()
    assert "docker.io" in real.read_text()
    assert real.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("pattern", "host", "fits"),
    [
        ("docker.io", "docker.io", True),
        ("Docker.IO", "docker.io", True),
        ("docker.io", "ghcr.io", False),
        ("registry.test", "registry.test:5000", True),
        ("registry.test:5000", "registry.test:5000", True),
        ("registry.test:5000", "registry.test:5001", False),
        ("registry.test:5000", "registry.test", False),
        ("*.example.com", "a.example.com", True),
        ("*.example.com", "a.b.example.com:5000", True),
        ("*.example.com", "example.com", False),
        ("*.example.com", "badexample.com", False),
        ("*.example.com:5000", "a.example.com:5000", True),
        ("*.example.com:5000", "a.example.com", False),
        ("[::1]", "[::1]:5000", True),
        ("[::1]:5000", "[::1]:5000", True),
        ("*", "anything:1", True),
    ],
)
def test_that_patterns_fit_hosts(pattern: str, host: str, fits: bool) -> None:
    assert bool(Profile(pattern, {}).closeness(host)) is fits


def test_that_closer_patterns_replace_single_settings_of_wider_ones() -> None:
    patterns = ("a.b.test", "*", "*.b.test", "a.b.test:5000", "*.test")
    profiles = Profiles(
        tuple(
            Profile(pattern, {"layers": 1 + place, f"only_{place}": place})
            for place, pattern in enumerate(patterns)
        )
    )
    assert profiles.values_for("a.b.test:5000")["layers"] == 4
    assert profiles.values_for("a.b.test")["layers"] == 1
    assert profiles.values_for("c.b.test:1")["layers"] == 3
    assert profiles.values_for("c.test")["layers"] == 5
    assert profiles.values_for("c.b.test") == {"layers": 3, "only_1": 1, "only_2": 2, "only_4": 4}
    assert profiles.values_for("other") == {"layers": 2, "only_1": 1}


PROFILES = Profiles((Profile("a.test", {"parallelism": 2}), Profile("b.test", {"layers": 5})))


def test_that_each_registry_is_pulled_from_with_its_own_settings() -> None:
    use = ProfileUse({})
    at_a = use.settings_for("a.test", PROFILES, Settings())
    assert at_a == Settings(parallelism=2)
    at_b = use.settings_for("b.test", PROFILES, at_a)
    assert at_b == Settings(layers=5)
    assert use.settings_for("c.test", PROFILES, at_b) == Settings()


def test_that_what_the_user_changes_meanwhile_stays() -> None:
    use = ProfileUse({})
    changed = use.settings_for("a.test", PROFILES, Settings()).changed(connections=7)
    assert use.settings_for("a.test", PROFILES, changed) == changed
    assert use.settings_for("c.test", PROFILES, changed) == changed


def test_that_no_profile_replaces_what_was_given_on_the_command_line() -> None:
    use = ProfileUse({"parallelism": 16})
    assert use.settings_for("a.test", PROFILES, Settings(parallelism=16)).parallelism == 16


def test_that_a_wrong_file_can_be_told_in_another_language(file: SettingsFile) -> None:
    def marked(_: str, text: str) -> str:
        return f"[{text}]"

    write(file, "version = 2\n[registries.x]\nconnections = 'many'\n")
    with pytest.raises(ProfilesError) as caught:
        file.read()
    words = translated(words_of(caught.value), marked)
    assert words == f"[{file.path}: [x: connections: ['many' is not a whole number]]]"

    write(file, "version = 2\n[general]\nnotifications = 3\n")
    with pytest.raises(ProfilesError) as caught:
        file.read_general()
    words = translated(words_of(caught.value), marked)
    assert words == (f"[{file.path}: [[general.notifications is '3']; [it can be true or false]]]")
