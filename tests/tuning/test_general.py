from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullscope.engine.errors import SettingsError
from pullscope.tuning.general import MOST_PULLS, General, OnClose, ThemeChoice, parse_general
from pullscope.tuning.profiles import VERSION, ProfilesError, SettingsFile

CHANGED = General(
    theme=ThemeChoice.DARK,
    language="de",
    pulls_at_once=3,
    on_close=OnClose.STOP,
    notifications=False,
    output='/data/"images"\n',
)


@pytest.fixture
def file(tmp_path: Path) -> SettingsFile:
    return SettingsFile(tmp_path / "config" / "settings.toml")


def test_that_without_a_file_the_usual_settings_are_read(file: SettingsFile) -> None:
    assert file.read_general() == General()
    file.keep_general(General())
    assert not file.path.exists()


def test_that_what_is_kept_is_read_again(file: SettingsFile) -> None:
    file.keep_general(CHANGED)
    assert file.read_general() == CHANGED
    assert file.read().profiles == ()


def test_that_only_what_differs_is_written(file: SettingsFile) -> None:
    file.keep_general(General(theme=ThemeChoice.LIGHT))
    text = file.path.read_text()
    assert 'theme = "light"' in text
    assert "language" not in text
    file.keep_general(General())  # back to the usual, which must be said from now on
    assert 'theme = "system"' in file.path.read_text()


def test_that_a_file_of_version_1_keeps_its_comments_and_profiles(file: SettingsFile) -> None:
    file.path.parent.mkdir()
    old = (
        '# mine\nversion = 1\n\n# slow one\n[registries."docker.io"]\nparallelism = 3 # not more\n'
    )
    file.path.write_text(old)
    file.keep_general(CHANGED)
    text = file.path.read_text()
    for comment in ("# mine", "# slow one", "# not more"):
        assert comment in text
    assert f"version = {VERSION}" in text
    assert file.read_general() == CHANGED
    assert file.read().values_for("docker.io") == {"parallelism": 3}
    assert file.path.with_name("settings.toml.version-1").read_text() == old


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("general = 5", "general is not a table"),
        ('[general]\ntheme = "pink"', "general.theme is 'pink'; it can be system, light, dark"),
        ("[general]\npulls_at_once = 0", f"it can be 1 to {MOST_PULLS}"),
        ("[general]\npulls_at_once = true", "general.pulls_at_once is 'True'"),
        ("[general]\nnotifications = 1", "it can be true or false"),
        ("[general]\noutput = 7", "general.output is '7'; it is a text"),
        ("[general]\nsize = 1", "there is no setting 'size'"),
    ],
)
def test_that_what_cannot_be_understood_is_named_and_never_written_over(
    file: SettingsFile, text: str, said: str
) -> None:
    file.path.parent.mkdir()
    file.path.write_text(f"version = {VERSION}\n{text}\n")
    with pytest.raises(ProfilesError, match=r"settings\.toml: ") as error:
        file.read_general()
    assert said in str(error.value)
    with pytest.raises(ProfilesError):
        file.keep_general(CHANGED)
    assert text in file.path.read_text()


@given(
    st.dictionaries(
        st.sampled_from([*General().as_dict(), "other"]),
        st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.lists(st.integers()),
    )
)
def test_that_any_table_is_read_or_refused(table: dict[str, Any]) -> None:
    try:
        general = parse_general(table)
    except SettingsError:
        assert table
    else:
        assert {name: general.as_dict()[name] for name in table} == table


def test_that_a_profile_may_name_some_settings_only(file: SettingsFile) -> None:
    file.keep_values("*.example.com", {"parallelism": 4, "chunk_size": 1024 * 1024})
    assert file.read().values_for("a.example.com") == {"parallelism": 4, "chunk_size": 1024 * 1024}
    file.keep_values("*.example.com", {"connections": 9})
    assert file.read().values_for("a.example.com") == {"connections": 9}


@pytest.mark.parametrize(
    ("pattern", "values"), [("a b", {}), ("", {}), ("host", {"parallelism": 0}), ("[x", {})]
)
def test_that_a_profile_that_cannot_be_read_again_is_not_written(
    file: SettingsFile, pattern: str, values: dict[str, int | str]
) -> None:
    with pytest.raises(ProfilesError):
        file.keep_values(pattern, values)
    assert not file.path.exists()
