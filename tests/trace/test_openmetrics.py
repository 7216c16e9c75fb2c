import io

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from pullscope.engine.events import PullStarted
from pullscope.engine.model import MIB, Settings
from pullscope.trace.openmetrics import write_openmetrics


def read(events):
    file = io.BytesIO()
    write_openmetrics(events, file)
    families = text_string_to_metric_families(file.getvalue().decode())
    return {
        (sample.name, *(value for name, value in sorted(sample.labels.items()) if name != "le")): (
            sample.value
        )
        for family in families
        for sample in family.samples
        if family.type != "info"
    }


def test_bytes_requests_and_retries_are_counted(troubled):
    told = read(troubled)

    assert told["pullscope_image_bytes",] == 8 * MIB
    assert told["pullscope_layer_bytes_total", "received"] == 11 * MIB
    assert told["pullscope_layer_bytes_total", "discarded"] == 2 * MIB
    assert told["pullscope_layer_bytes_total", "given_up"] == MIB
    assert told["pullscope_chunk_attempts_total", "done"] == 5
    assert told["pullscope_chunk_attempts_total", "connection reset"] == 1
    assert (told["pullscope_retries_total",], told["pullscope_hedges_total",]) == (1, 1)
    assert told["pullscope_requests_total", "redirect", "307"] == 1
    assert told["pullscope_memory_peak_bytes",] == 95 * MIB
    assert told["pullscope_handshakes_total",] == 2
    assert told["pullscope_manifests_total",] == 1
    assert told["pullscope_quota_left",] == 97


def test_phases_are_histograms_in_seconds(story):
    told = read(story)

    assert told["pullscope_attempt_phase_seconds_count", "waiting"] == 4
    assert told["pullscope_attempt_phase_seconds_sum", "waiting"] == pytest.approx(0.8)
    assert told["pullscope_milestone_seconds", "resolved"] == 0.2
    assert told["pullscope_setting", "parallelism"] == 2


def test_words_of_others_cannot_make_lines_of_their_own():
    name = 'a"} 1\npullscope_fake{x="\\'
    file = io.BytesIO()
    write_openmetrics([PullStarted(0.0, name, "", Settings(), 0.0)], file)
    families = list(text_string_to_metric_families(file.getvalue().decode()))

    (info,) = next(family for family in families if family.name == "pullscope_pull").samples
    assert info.labels["reference"] == name
    assert not any(family.name == "pullscope_fake" for family in families)
