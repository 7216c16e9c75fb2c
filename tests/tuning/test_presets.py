from pullscope.engine.model import Settings
from pullscope.tuning.presets import PRESETS, preset_of


def test_that_presets_differ_in_id_name_and_settings() -> None:
    for field in ("id", "name", "settings"):
        assert len({getattr(preset, field) for preset in PRESETS}) == len(PRESETS)


def test_that_one_stream_per_layer_asks_for_whole_layers() -> None:
    [preset] = [preset for preset in PRESETS if preset.id == "one-stream"]
    assert (preset.settings.parallelism, preset.settings.chunk_size) == (1, 0)


def test_that_the_preset_of_settings_is_found() -> None:
    for preset in PRESETS:
        assert preset_of(preset.settings) is preset
    assert preset_of(Settings(parallelism=7)) is None


def test_that_no_preset_is_held_back_by_its_own_connections() -> None:
    for preset in PRESETS:
        settings = preset.settings
        assert settings.parallelism * settings.layers <= settings.connections
