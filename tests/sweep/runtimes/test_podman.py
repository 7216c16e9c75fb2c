import tomllib

import pytest

from pullscope.engine.model import MIB
from pullscope.sweep.runtimes.podman import configure
from pullscope.sweep.runtimes.runtime_config import RuntimeConfigError
from pullscope.sweep.settings import TrialSettings

BEST = TrialSettings(layers=5, parallelism=8, chunk_size=16 * MIB)


def test_that_only_the_layers_have_a_setting_and_that_is_said() -> None:
    draft = configure(BEST, None, "[engine]\n# ours\nimage_parallel_copies = 3 # slow line\n")
    assert draft.text == "[engine]\n# ours\nimage_parallel_copies = 5 # slow line\n"
    assert draft.changes[0].before == "3"
    assert "one connection" in draft.notes[0]
    assert not draft.warnings


def test_that_the_setting_in_a_table_where_it_is_not_read_is_warned_of() -> None:
    draft = configure(BEST, None, "[containers]\nimage_parallel_copies = 3\n")
    assert tomllib.loads(draft.text)["engine"] == {"image_parallel_copies": 5}
    assert "[containers]" in draft.warnings[0]


def test_that_an_engine_that_is_no_table_is_refused() -> None:
    with pytest.raises(RuntimeConfigError, match="engine is not a table"):
        configure(BEST, None, "engine = 3\n")
