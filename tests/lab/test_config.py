from pathlib import Path

import pytest

from pullscope.lab.config import (
    Auth,
    AuthScheme,
    Fault,
    FaultKind,
    FaultPlan,
    FaultTarget,
    LabConfig,
    Layout,
    Shaping,
    SyntheticImage,
    parse_layer_sizes,
)


def test_that_layer_sizes_may_be_repeated() -> None:
    assert parse_layer_sizes("2x64KiB,5,3x1") == (65536, 65536, 5, 1, 1, 1)


def test_that_an_image_reads_what_it_writes() -> None:
    image = SyntheticImage.parse("demo/app:1=2x4KiB,100@7", seed=3)

    assert image == SyntheticImage("demo/app", "1", (4096, 4096, 100), 7)
    assert SyntheticImage.parse(str(image)) == image


def test_that_an_image_without_a_seed_takes_the_given_one() -> None:
    assert SyntheticImage.parse("demo/app:1=100", seed=3).seed == 3


@pytest.mark.parametrize(
    "text",
    ["demo/app", "demo/app:1", "demo/app=4", "Demo:1=4", "demo:1=0", "demo:.=4", "demo:1=ax4"],
)
def test_that_what_is_not_an_image_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        SyntheticImage.parse(text)


def test_that_a_fault_reads_what_it_writes() -> None:
    fault = Fault.parse("reset=0.25@manifests")

    assert fault == Fault(FaultKind.RESET, 0.25, FaultTarget.MANIFESTS)
    assert Fault.parse(str(fault)) == fault


@pytest.mark.parametrize("text", ["reset", "reset=2", "flood=0.1", "range-400=1@manifests"])
def test_that_what_is_not_a_fault_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Fault.parse(text)


@pytest.mark.parametrize(
    "make",
    [
        lambda: LabConfig(),
        lambda: LabConfig(images=(SyntheticImage("a", "1", (1,)),) * 2),
        lambda: LabConfig(images=(SyntheticImage("a", "1", (1,)),), tls_key=Path("key")),
        lambda: LabConfig(images=(SyntheticImage("a", "1", (1,)),), redirect_lifetime=0),
        lambda: LabConfig(
            images=(SyntheticImage("a", "1", (1,)),), faults=FaultPlan.of("expired-redirect=1")
        ),
        lambda: Shaping(rate_total=0),
        lambda: Shaping(jitter=-1),
        lambda: Shaping(requests_per_second=0),
        lambda: Shaping(request_burst=0),
        lambda: Auth(AuthScheme.BASIC),
        lambda: Auth(AuthScheme.BEARER, user="me"),
        lambda: Auth(AuthScheme.BEARER, token_lifetime=0),
        lambda: FaultPlan(limit=-1),
        lambda: FaultPlan(retry_after=-1),
        lambda: Layout("a", Path("nowhere")),
    ],
)
def test_that_parts_that_do_not_fit_are_refused(make: type) -> None:
    with pytest.raises(ValueError, match=r".+"):
        make()
