from pullscope.engine.model import Settings
from pullscope.tuning.presets import PRESETS, preset_of


def test_that_presets_differ_in_id_name_and_settings() -> None:
    for field in ("id", "name", "settings"):
        assert len({getattr(preset, field) for preset in PRESETS}) == len(PRESETS)


def test_that_the_presets_of_a_runtime_differ_in_one_thing_each() -> None:
    settings = {preset.id: preset.settings for preset in PRESETS}
    sequential, multipart = settings["containerd-sequential"], settings["containerd-multipart"]
    assert (sequential.parallelism, sequential.chunk_size) == (1, 0)
    assert multipart.changed(write="in-place") == settings["in-place"]


def test_that_the_preset_of_settings_is_found() -> None:
    for preset in PRESETS:
        assert preset_of(preset.settings) is preset
    assert preset_of(Settings(parallelism=7)) is None


def test_that_no_preset_of_ours_is_held_back_by_its_own_connections() -> None:
    for preset in PRESETS:
        settings = preset.settings
        if preset.id in ("careful", "default", "fast-link"):
            assert settings.parallelism * settings.layers <= settings.connections
