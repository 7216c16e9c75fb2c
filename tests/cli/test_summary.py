import json
from dataclasses import replace
from pathlib import Path

from pullscope.cli.summary import peak_rss, summary, summary_line
from pullscope.engine.model import MIB, PullState, Timeline
from pullscope.trace.own_cost import CostMeter
from pullscope.tuning.limits import Limits


def test_the_object_has_the_fields_that_scripts_rely_on(snapshot):
    done = replace(snapshot, state=PullState.DONE)
    about = json.loads(json.dumps(summary(done, Path("images"), Limits(), CostMeter().cost)))

    assert about.pop("peak_rss_bytes") > MIB
    assert about.pop("cpu_seconds") > 0
    layers = about.pop("layers")
    assert about == {
        "reference": "registry.example/demo/app:1",
        "digest": "sha256:" + "d" * 64,
        "output": "images",
        "status": "done",
        "bytes_total": 400 * MIB,
        "bytes_from_network": 110 * MIB,
        "bytes_reused": 100 * MIB,
        "bytes_wasted": 10 * MIB,
        "requests": 7,
        "retries": 2,
        "hedges": 0,
        "timeline": {
            "resolved": 0.25,
            "first_byte": 0.5,
            "last_byte": None,
            "verified": None,
            "committed": None,
        },
        "network_seconds": None,
        "loop_lag": {"max": 0.0, "p99": 0.0},
        "limit": {"kind": "unknown", "words": "Too short to tell what limited it", "seconds": {}},
        "settings": {
            "layers": 3,
            "parallelism": 8,
            "connections": 24,
            "chunk_size": 16 * MIB,
            "rate_limit": 0,
            "memory_limit": 64 * MIB,
            "write": "in-place",
            "layer_order": "manifest",
            "request_limit": 0,
            "protocol": "http/1.1",
        },
    }
    assert layers[2] == {
        "digest": "sha256:" + "c" * 64,
        "size": 100 * MIB,
        "status": "existing",
        "attempts": 3,
    }


def test_that_network_time_is_from_the_first_request_to_the_last_byte(snapshot):
    received = replace(snapshot, timeline=Timeline(first_byte=0.75, last_byte=2.5, committed=4.0))
    about = summary(received, Path(), Limits(), CostMeter().cost, first_request=0.5)

    assert about["network_seconds"] == 2.0


def test_a_pull_that_is_not_done_says_why(snapshot):
    about = summary(
        replace(snapshot, state=PullState.FAILED),
        Path("images"),
        Limits(),
        CostMeter().cost,
        "no such image",
    )

    assert about["status"] == "failed"
    assert about["error"] == "no such image"


def test_the_line_tells_bytes_time_rate_and_place(snapshot):
    assert summary_line(snapshot, Path("images")) == (
        "registry.example/demo/app:1: 110 MiB in 2.0 s (57.7 MB/s), 100 MiB reused, 2 retries, "
        "in images"
    )


def test_the_line_names_no_place_where_nothing_is_kept(snapshot):
    assert summary_line(replace(snapshot, retries=1), None).endswith("reused, 1 retry")


def test_no_rate_is_told_when_nothing_was_fetched(snapshot):
    assert "0 B in 2.0 s, 100 MiB" in summary_line(replace(snapshot, network=0), None)


def test_peak_memory_is_at_least_what_was_just_held():
    held = bytearray(64 * MIB)

    assert peak_rss() > len(held)
