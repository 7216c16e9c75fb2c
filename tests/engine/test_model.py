from dataclasses import fields
from typing import Any

import pytest

from pullscope.engine.errors import SettingsError, failure_of
from pullscope.engine.message import translated
from pullscope.engine.model import SETTING_NAMES, Settings


def test_that_every_setting_has_a_name() -> None:
    names = {field.name: field.name.replace("_", " ") for field in fields(Settings)}
    assert names == SETTING_NAMES


@pytest.mark.parametrize(
    ("name", "value", "came", "remedy"),
    [
        ("chunk_size", 1, "chunk size is 1", "it must be between 65536 and 1073741824"),
        ("write", "twice", "write is 'twice'", "it must be in-place or stream"),
    ],
)
def test_that_a_value_that_cannot_be_is_told_with_those_that_can(
    name: str, value: Any, came: str, remedy: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings(**{name: value})
    failure = failure_of(caught.value)
    assert (failure.came, failure.remedy) == (came, remedy)


def test_that_a_wrong_value_is_told_in_another_language_down_to_the_names() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings().changed(layer_order="none")
    said = translated(failure_of(caught.value).words, lambda _, text: f"<{text}>")
    assert said == "<<<layer order> is 'none'>; <it must be <manifest or largest-first>>>"
