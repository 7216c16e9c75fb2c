import tomllib
from typing import Any

import pytest

from pullscope.engine.message import translated, words_of
from pullscope.engine.model import MIB
from pullscope.sweep.runtimes.containerd import configure
from pullscope.sweep.runtimes.runtime_config import Draft, RuntimeConfigError
from pullscope.sweep.settings import TrialSettings

BEST = TrialSettings(layers=3, parallelism=8, chunk_size=16 * MIB)
TRANSFER = "io.containerd.transfer.v1.local"
CRI_IMAGES = "io.containerd.cri.v1.images"
CRI = "io.containerd.grpc.v1.cri"


def made(text: str, settings: TrialSettings = BEST, layers: int | None = None) -> Draft:
    return configure(settings, layers, text)


def plugins(draft: Draft) -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads(draft.text)["plugins"]
    return found


def images(lines: str) -> str:
    return f"version = 3\n[plugins.'{CRI_IMAGES}']\n{lines}\n"


def test_that_all_connections_together_are_the_limit() -> None:
    draft = made("")
    assert plugins(draft) == {
        TRANSFER: {"max_concurrent_downloads": 24, "concurrent_layer_fetch_buffer": 16 * MIB}
    }
    assert tomllib.loads(draft.text)["version"] == 3
    assert draft.memory_bytes == 2 * 24 * 16 * MIB
    assert not draft.warnings


def test_that_no_more_is_counted_on_than_the_image_has_layers() -> None:
    assert plugins(made("", layers=2))[TRANSFER]["max_concurrent_downloads"] == 16


@pytest.mark.parametrize(
    "settings", [TrialSettings(3, 8, 0), TrialSettings(3, 1, 16 * MIB), TrialSettings(3, 1, 0)]
)
def test_that_where_no_layer_is_split_layers_are_the_limit(settings: TrialSettings) -> None:
    assert plugins(made("", settings))[TRANSFER] == {
        "max_concurrent_downloads": 3,
        "concurrent_layer_fetch_buffer": 0,
    }


def test_that_cris_own_limit_is_set_to_what_leaves_the_pull_to_the_transfer_service() -> None:
    draft = made(images("max_concurrent_downloads = 10 # ours"))
    assert plugins(draft)[CRI_IMAGES] == {"max_concurrent_downloads": 3}
    assert plugins(draft)[TRANSFER]["max_concurrent_downloads"] == 24
    assert "max_concurrent_downloads = 3 # ours" in draft.text
    [change] = [change for change in draft.changes if CRI_IMAGES in change.name]
    assert (change.before, change.value) == ("10", "3")
    assert "by itself" in change.meaning


def test_that_cris_own_limit_is_left_where_it_is_the_default() -> None:
    assert plugins(made(images("max_concurrent_downloads = 3")))[CRI_IMAGES] == {
        "max_concurrent_downloads": 3
    }
    assert len(made(images("max_concurrent_downloads = 3")).changes) == 2


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("use_local_image_pull = true", "use_local_image_pull = true"),
        ("discard_unpacked_layers = true", "discard_unpacked_layers = true"),
        ("image_pull_with_sync_fs = true", "image_pull_with_sync_fs = true"),
        ("disable_snapshot_annotations = false", "disable_snapshot_annotations = false"),
        (
            f"[plugins.'{CRI_IMAGES}'.registry.configs.'a.example'.auth]\npassword = 'hush'",
            "registry.configs",
        ),
        (f"[plugins.'{CRI_IMAGES}'.registry.mirrors.x]\nendpoint = []", "registry.mirrors"),
    ],
)
def test_that_where_cri_pulls_by_itself_its_own_settings_are_set(lines: str, reason: str) -> None:
    draft = made(images(lines))
    assert TRANSFER not in plugins(draft)
    assert plugins(draft)[CRI_IMAGES]["max_concurrent_downloads"] == 24
    assert plugins(draft)[CRI_IMAGES]["concurrent_layer_fetch_buffer"] == 16 * MIB
    [warning] = draft.warnings
    assert reason in warning
    assert "hush" not in warning


@pytest.mark.parametrize(
    "lines",
    [
        "use_local_image_pull = false",
        "discard_unpacked_layers = false",
        "disable_snapshot_annotations = true",
        f"[plugins.'{CRI_IMAGES}'.registry]\nconfig_path = '/etc/containerd/certs.d'",
        f"[plugins.'{CRI_IMAGES}'.registry.mirrors]",
    ],
)
def test_that_defaults_leave_the_pull_to_the_transfer_service(lines: str) -> None:
    draft = made(images(lines))
    assert TRANSFER in plugins(draft)
    assert not draft.warnings


def test_that_without_cri_its_settings_count_for_nothing() -> None:
    draft = made(
        f"version = 3\ndisabled_plugins = ['{CRI}']\n[plugins.'{CRI_IMAGES}']\n"
        "discard_unpacked_layers = true\nmax_concurrent_downloads = 10\nsnapshotter = 'soci'\n"
    )
    assert plugins(draft)[CRI_IMAGES]["max_concurrent_downloads"] == 10
    assert TRANSFER in plugins(draft)
    assert not draft.warnings


def test_that_a_file_of_version_2_is_said_to_be_one_and_its_own_names_are_known() -> None:
    draft = made(
        f'version = 2\n[plugins."{CRI}"]\nmax_concurrent_downloads = 10\n'
        f'[plugins."{CRI}".containerd]\nsnapshotter = "overlayfs"\n'
    )
    assert plugins(draft)[CRI]["max_concurrent_downloads"] == 3
    assert "version 2" in draft.warnings[0]

    local = made(
        f'version = 2\n[plugins."{CRI}"]\nmax_concurrent_downloads = 10\n'
        f'[plugins."{CRI}".containerd]\ndiscard_unpacked_layers = true\n'
    )
    assert plugins(local)[CRI]["max_concurrent_downloads"] == 24
    assert plugins(local)[CRI_IMAGES]["concurrent_layer_fetch_buffer"] == 16 * MIB


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"version = 3\ndisabled_plugins = ['{TRANSFER}']\n", "without it"),
        ("version = 3\nimports = ['/etc/containerd/conf.d/*.toml']\n", "imports"),
        (images("snapshotter = 'soci'"), "soci"),
        ("version = 9\n", "version 9"),
    ],
)
def test_that_what_keeps_the_settings_from_their_effect_is_warned_of(text: str, words: str) -> None:
    assert words in " ".join(made(text).warnings)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("root = '/x'\n", "version 1"),
        ("version = 1\n", "version 1"),
        ("version = '3'\n", "not a number"),
        ("version = true\n", "not a number"),
        ("version = 3\nplugins = 1\n", "not a table"),
        (f"version = 3\n[plugins]\n'{CRI_IMAGES}' = 1\n", "not a table"),
        ("version =", "not TOML"),
    ],
)
def test_that_a_file_that_cannot_hold_them_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(RuntimeConfigError, match=complaint):
        made(text)


def test_that_odd_values_in_the_file_are_no_reason_to_fail() -> None:
    draft = made(
        f"version = 3\ndisabled_plugins = 3\n[plugins.'{CRI_IMAGES}']\nsnapshotter = 3\n"
        "max_concurrent_downloads = 'many'\n"
    )
    assert plugins(draft)[CRI_IMAGES]["max_concurrent_downloads"] == 3


def test_that_a_limit_for_all_requests_is_taken_as_it_is() -> None:
    told_so = TrialSettings(layers=0, parallelism=12, chunk_size=16 * MIB)
    whole = TrialSettings(layers=0, parallelism=4, chunk_size=0)
    assert plugins(made("", told_so))[TRANSFER]["max_concurrent_downloads"] == 12
    assert plugins(made("", whole, layers=3))[TRANSFER]["max_concurrent_downloads"] == 3


def test_that_a_file_of_version_1_is_refused_with_what_helps() -> None:
    with pytest.raises(RuntimeConfigError) as caught:
        made("version = 1\n")
    assert caught.value.remedy == "`containerd config migrate` makes a newer one of it"
    said = translated(words_of(caught.value), lambda _, text: f"[{text}]")
    assert said.endswith("; [`containerd config migrate` makes a newer one of it]]")
