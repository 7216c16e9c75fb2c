import pytest

from pullscope.engine.errors import SettingsError
from pullscope.engine.message import translated, words_of
from pullscope.engine.model import MIB
from pullscope.sweep.settings import UNTOLD, TrialSettings


def test_that_connections_are_bounded_by_the_layers_of_the_image() -> None:
    assert TrialSettings(4, 16, MIB).connections(2) == 32
    assert TrialSettings(4, 16, MIB).connections(10) == 64


def test_that_a_program_that_cannot_be_told_counts_as_one_connection() -> None:
    assert TrialSettings(0, 0, 0).connections(8) == 1


def test_that_unknown_knobs_are_left_out() -> None:
    assert TrialSettings(4, 16, MIB).only({"layers"}) == TrialSettings(4, 0, UNTOLD)


@pytest.mark.parametrize("values", [(33, 1, 0), (1, 129, 0), (1, 1, 5), (-1, 1, 0), (1, 1, -2)])
def test_that_impossible_values_are_refused(values: tuple[int, int, int]) -> None:
    with pytest.raises(SettingsError):
        TrialSettings(*values)


def test_that_a_wrong_value_is_told_in_parts_that_can_be_translated() -> None:
    with pytest.raises(SettingsError) as caught:
        TrialSettings(1, 129, 0)
    error = caught.value
    assert str(error) == "parallelism is 129; it must be between 1 and 128"
    assert error.remedy == "it must be between 1 and 128"
    said = translated(words_of(error), lambda _, text: f"[{text}]")
    assert said == "[[[parallelism] is 129]; [it must be between 1 and 128]]"
