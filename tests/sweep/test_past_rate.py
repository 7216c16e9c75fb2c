import time

from pullscope.history import History, PastPull, default_path
from pullscope.sweep.past_rate import past_rate


def pulled(registry, network, seconds, state="done"):
    """Put a pull into the user's history."""
    History(default_path()).add(
        PastPull(
            reference=f"{registry}/team/app:1",
            digest="",
            registry=registry,
            platform="linux/amd64",
            started_at=time.time(),
            seconds=seconds,
            state=state,
            error="",
            settings={},
            total=network,
            reused=0,
            network=network,
            wasted=0,
            requests=3,
            retries=0,
            hedges=0,
            verdict="",
            trace="",
        )
    )


def test_nothing_is_known_of_a_registry_that_was_never_pulled_from():
    assert past_rate("registry.example/team/app:1") is None


def test_the_median_of_earlier_pulls_from_the_same_registry_counts():
    for network, seconds in ((1000, 1.0), (3000, 1.0), (2000, 1.0)):
        pulled("registry.example", network, seconds)
    pulled("other.example", 10**9, 1.0)
    pulled("registry.example", 10**9, 1.0, state="failed")
    pulled("registry.example", 0, 1.0)
    assert past_rate("registry.example/other:2") == 2000
