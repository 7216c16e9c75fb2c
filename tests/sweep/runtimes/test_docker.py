import json

import pytest

from pullscope.engine.model import MIB
from pullscope.sweep.runtimes.docker import configure
from pullscope.sweep.runtimes.runtime_config import RuntimeConfigError
from pullscope.sweep.settings import TrialSettings

BEST = TrialSettings(layers=5, parallelism=8, chunk_size=16 * MIB)


def test_that_only_the_layers_have_a_setting_and_that_is_said() -> None:
    draft = configure(BEST, None, "")
    assert json.loads(draft.text) == {"max-concurrent-downloads": 5}
    assert "one connection" in draft.notes[0]
    assert "one connection" not in configure(TrialSettings(5, 1, 0), None, "").notes[0]


def test_that_the_value_before_is_told() -> None:
    [change] = configure(BEST, None, '{"max-concurrent-downloads": 3}').changes
    assert (change.before, change.value) == ("3", "5")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{}", "Where Docker uses"),
        ('{"features": {"containerd-snapshotter": true}}', "turns Docker's containerd"),
        ('{"features": 3}', "Where Docker uses"),
    ],
)
def test_that_the_store_that_may_not_hold_the_limit_is_warned_of(text: str, words: str) -> None:
    [warning] = configure(BEST, None, text).warnings
    assert words in warning


def test_that_the_older_store_needs_no_warning() -> None:
    text = '{"features": {"containerd-snapshotter": false}}'
    assert not configure(BEST, None, text).warnings


def test_that_what_is_no_object_is_refused() -> None:
    with pytest.raises(RuntimeConfigError):
        configure(BEST, None, "[1]")
