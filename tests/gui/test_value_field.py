"""The field for several values."""

from typing import Any

import pytest

from pullscope.engine.model import MIB
from pullscope.gui.value_field import ValueField


@pytest.fixture
def new_field(qtbot: Any) -> Any:
    def make(setting: str, values: tuple[int, ...] = (1,)) -> ValueField:
        field = ValueField(setting, values)
        field.set_words("Values", "a hint")
        qtbot.addWidget(field)
        return field

    return make


@pytest.mark.parametrize(
    ("setting", "text", "values"),
    [
        ("parallelism", "1, 4,16 ", (1, 4, 16)),
        ("layers", "32", (32,)),
        ("chunk_size", "4MiB, 16 MiB,0", (4 * MIB, 16 * MIB, 0)),
    ],
)
def test_that_values_are_read(
    new_field: Any, setting: str, text: str, values: tuple[int, ...]
) -> None:
    field = new_field(setting)
    field.field.setText(text)
    assert (field.values, field.problem) == (values, "")


@pytest.mark.parametrize(
    ("setting", "text", "problem"),
    [
        ("parallelism", "1,,4", "write values with commas between them"),
        ("parallelism", "1, x", "x is not understood; write it as 16"),
        ("parallelism", "0", "0 is not between 1 and 128"),
        ("parallelism", "4, 4", "4 is there twice"),
        ("layers", "33", "33 is not between 1 and 32"),
        ("chunk_size", "4 elephants", "4 elephants is not understood; write it as 16MiB"),
        ("chunk_size", "1KiB", "1KiB is not between 64KiB and 1GiB"),
    ],
)
def test_that_what_is_wrong_is_said_at_once(
    new_field: Any, setting: str, text: str, problem: str
) -> None:
    field = new_field(setting)
    told: list[str] = []
    field.changed.connect(lambda: told.append(field.problem))
    field.field.setText(text)
    assert (field.values, field.problem) == ((), problem)
    assert told[-1] == problem
    assert field.field.accessibleDescription() == problem


def test_that_values_are_written_as_they_are_read(new_field: Any) -> None:
    field = new_field("chunk_size")
    field.set_values((0, 64 * 1024, 4 * MIB))
    assert field.field.text() == "0, 64KiB, 4MiB"
    assert field.values == (0, 64 * 1024, 4 * MIB)
    assert field.field.accessibleDescription() == "a hint"
