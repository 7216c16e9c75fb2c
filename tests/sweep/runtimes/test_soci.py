import tomllib
from typing import Any

import pytest

from pullscope.engine.model import KIB, MIB
from pullscope.sweep.runtimes.runtime_config import Draft, RuntimeConfigError
from pullscope.sweep.runtimes.soci import configure
from pullscope.sweep.settings import TrialSettings

BEST = TrialSettings(layers=3, parallelism=8, chunk_size=16 * MIB)
MODE = "[pull_modes.parallel_pull_unpack]\n"


def made(text: str, settings: TrialSettings = BEST, layers: int | None = None) -> Draft:
    return configure(settings, layers, text)


def mode(draft: Draft) -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads(draft.text)["pull_modes"]["parallel_pull_unpack"]
    return found


def test_that_the_mode_is_turned_on_with_the_connections_of_one_image() -> None:
    draft = made("")
    assert mode(draft) == {
        "enable": True,
        "max_concurrent_downloads_per_image": 24,
        "concurrent_download_chunk_size": "16mb",
    }
    assert tomllib.loads(draft.text)["content_store"] == {"type": "containerd"}
    assert not draft.warnings


@pytest.mark.parametrize(
    ("size", "text"), [(8 * MIB, "8mb"), (96 * KIB, "96kb"), (100 * KIB + 1, "102401b")]
)
def test_that_sizes_are_written_as_soci_reads_them(size: int, text: str) -> None:
    found = mode(made("", TrialSettings(1, 2, size)))
    assert found["concurrent_download_chunk_size"] == text


def test_that_whole_layers_have_an_empty_size_and_a_warning_of_the_time_limit() -> None:
    draft = made("[http]\nRequestTimeoutMsec = 60000\n", TrialSettings(4, 8, 0), layers=2)
    assert mode(draft)["concurrent_download_chunk_size"] == ""
    assert mode(draft)["max_concurrent_downloads_per_image"] == 2
    assert "60 s" in draft.warnings[0]


def test_that_the_limit_of_all_images_is_not_less_than_that_of_one() -> None:
    assert mode(made(f"{MODE}max_concurrent_downloads = 10\n"))["max_concurrent_downloads"] == 24
    assert mode(made(f"{MODE}max_concurrent_downloads = 50\n"))["max_concurrent_downloads"] == 50
    assert mode(made(f"{MODE}max_concurrent_downloads = -1\n"))["max_concurrent_downloads"] == -1


def test_that_a_store_with_which_soci_would_not_start_is_warned_of_and_left() -> None:
    draft = made("[content_store]\ntype = 'soci'\n")
    assert tomllib.loads(draft.text)["content_store"] == {"type": "soci"}
    assert "does not start" in draft.warnings[0]


def test_that_layers_that_are_discarded_need_no_store() -> None:
    draft = made(f"{MODE}discard_unpacked_layers = true\n")
    assert "content_store" not in tomllib.loads(draft.text)
    assert not draft.warnings
    assert not made(f"{draft.text}[content_store]\ntype = 'soci'\n").warnings


def test_that_limits_of_unpacking_that_contradict_each_other_are_warned_of() -> None:
    text = f"{MODE}max_concurrent_unpacks = 2\nmax_concurrent_unpacks_per_image = 10\n"
    assert "max_concurrent_unpacks" in made(text).warnings[0]


@pytest.mark.parametrize("text", ["pull_modes = 1\n", "content_store = 'x'\n", "a"])
def test_that_a_file_that_cannot_hold_them_is_refused(text: str) -> None:
    with pytest.raises(RuntimeConfigError):
        made(text)
