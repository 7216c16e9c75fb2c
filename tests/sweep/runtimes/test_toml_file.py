import tomllib

import pytest
from hypothesis import HealthCheck, assume, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pullscope.sweep.runtimes.runtime_config import RuntimeConfigError
from pullscope.sweep.runtimes.toml_file import value_at, with_values

TABLE = ("plugins", "io.new")

COMMENTED = """\
# top
version = 3

[plugins]
  [plugins.'io.a'] # a's
    x = 1 # one

  # about b
  [plugins.'io.b'] # empty

# about z
[z]
q = 1
[plugins.'io.c'.d]
s = "a"
"""


def test_that_a_value_is_replaced_in_its_place_and_its_comment_stays() -> None:
    changed = with_values(COMMENTED, {("plugins", "io.a", "x"): 24})
    assert changed == COMMENTED.replace("x = 1 # one", "x = 24 # one")


def test_that_a_new_setting_stands_behind_those_of_its_table_not_behind_the_next_comment() -> None:
    changed = with_values(COMMENTED, {("plugins", "io.a", "y"): "16mb"})
    assert changed == COMMENTED.replace("x = 1 # one", 'x = 1 # one\n    y = "16mb"')


def test_that_an_empty_table_gets_its_first_setting_below_its_header() -> None:
    changed = with_values(COMMENTED, {("plugins", "io.b", "y"): True})
    assert changed == COMMENTED.replace("# empty", "# empty\n  y = true")


def test_that_a_new_table_comes_last() -> None:
    changed = with_values(COMMENTED, {(*TABLE, "y"): 5})
    assert changed == f"{COMMENTED}\n[plugins.'io.new']\ny = 5\n"


def test_that_a_table_that_only_its_tables_imply_gets_a_header() -> None:
    changed = with_values(COMMENTED, {("plugins", "io.c", "y"): 5})
    assert changed == f"{COMMENTED}\n[plugins.'io.c']\ny = 5\n"


def test_that_a_setting_of_the_whole_file_stands_before_the_tables() -> None:
    assert tomllib.loads(with_values(COMMENTED, {("top",): 5}))["top"] == 5
    assert with_values("# c\n", {("top",): 5}) == "# c\ntop = 5\n"


def test_that_nothing_changes_where_all_is_said_already() -> None:
    odd = "a = { b = 1 }   # c\r\n\r\n\r\nq=1"
    assert with_values(odd, {("a", "b"): 1, ("q",): 1}) == odd


def test_that_a_number_is_no_truth_value() -> None:
    assert with_values("[a]\nb = 1\n", {("a", "b"): True}) == "[a]\nb = true\n"


@pytest.mark.parametrize("text", ["a = 1\r\n[b]\r\nc = 2\r\n", "[b]\r\nc = 2", "a = 1\r\n"])
def test_that_a_file_keeps_its_kind_of_newline(text: str) -> None:
    changed = with_values(text, {("b", "d"): 3, ("e", "f"): 4})
    assert "\n" not in changed.replace("\r\n", "")
    assert tomllib.loads(changed)["b"]["d"] == 3


def test_that_inline_tables_are_added_to() -> None:
    changed = with_values("a = { b = 1 } # c\n", {("a", "d"): 2})
    assert tomllib.loads(changed) == {"a": {"b": 1, "d": 2}}
    assert changed.endswith("# c\n")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a = ", "not TOML"),
        ("[a]\n[a]\n", "not TOML"),
        ("a = 1\na = 2\n", "not TOML"),
        ("\x00", "not TOML"),
        ("[" * 5000, "not TOML"),
        ("plugins = 3\n", "plugins is not a table"),
        ("[[plugins]]\nx = 1\n", "plugins is not a table"),
        ("plugins = { x = 1 }\n", "cannot be"),
    ],
)
def test_that_what_cannot_be_changed_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(RuntimeConfigError, match=complaint):
        with_values(text, {(*TABLE, "y"): 5})


def test_that_a_value_is_found_or_not() -> None:
    document = tomllib.loads(COMMENTED)
    assert value_at(document, ("plugins", "io.a", "x")) == 1
    assert value_at(document, ("plugins", "io.none", "x")) is None
    with pytest.raises(RuntimeConfigError, match="q is not a table"):
        value_at(document, ("z", "q", "x"))


NAMES = st.sampled_from(["a", "b", "'io.x'", '"y z"', "x1"])
COMMENTS = st.text("abc #=[]'\"é", max_size=12).map(lambda text: f"# {text}")
VALUES = st.sampled_from(
    [
        "1",
        "true",
        '"s # no comment"',
        "[1, 2] ",
        "[\n  1, # one\n  2,\n]",
        "{ k = 1 }",
        "'''\n# t\n'''",
    ]
)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Write TOML as people do: tables in any order, comments anywhere, odd spaces."""
    lines: list[str] = []
    blank = st.sampled_from(["", "  ", "\t"])
    for header in [None, *draw(st.lists(st.lists(NAMES, min_size=1, max_size=3), max_size=5))]:
        indent = draw(blank)
        if header is not None:
            lines.append(f"{indent}[{'.'.join(header)}]{draw(st.sampled_from(['', ' # h']))}")
        for name in draw(st.lists(NAMES, max_size=3, unique=True)):
            tail = draw(st.one_of(st.just(""), COMMENTS.map(lambda text: f" {text}")))
            lines.append(f"{indent}{name} = {draw(VALUES)}{tail}")
        lines += draw(st.lists(st.one_of(st.just(""), COMMENTS), max_size=3))
    return draw(st.sampled_from(["\n", "\r\n"])).join(lines) + draw(st.sampled_from(["", "\n"]))


@given(documents(), st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=3), st.data())
@hypothesis_settings(max_examples=30, deadline=None, suppress_health_check=[*HealthCheck])
def test_that_whatever_is_set_every_other_line_stays(
    text: str, tables: list[tuple[str, str]], data: st.DataObject
) -> None:
    try:
        before = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        assume(False)
    values = {
        (*(name.strip("'\"") for name in table), "set"): data.draw(st.integers(0, 99))
        for table in tables
    }
    refusal = ""
    try:
        changed = with_values(text, values)
    except RuntimeConfigError as error:
        refusal = str(error)
    if refusal:
        assert "not a table" in refusal or "{" in text
        return
    for path, value in values.items():
        assert value_at(tomllib.loads(changed), path) == value
    for path in values:
        table = before
        for name in path[:-1]:
            table = table.setdefault(name, {})
        table["set"] = values[path]
    assert tomllib.loads(changed) == before
    rest = iter([line.strip() for line in changed.splitlines()])
    assert all(line.strip() in rest for line in text.splitlines() if "{" not in line)
