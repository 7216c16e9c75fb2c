import platform

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullscope.engine.errors import PullError
from pullscope.engine.platforms import Platform, normalised, parse_platform, this_machine


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("linux/amd64", Platform("linux", "amd64")),
        (" Linux/x86_64 ", Platform("linux", "amd64")),
        ("linux/aarch64", Platform("linux", "arm64")),
        ("linux/arm64/v8", Platform("linux", "arm64")),
        ("linux/arm", Platform("linux", "arm", "v7")),
        ("linux/arm/6", Platform("linux", "arm", "v6")),
        ("linux/armhf", Platform("linux", "arm", "v7")),
        ("linux/armv6l", Platform("linux", "arm", "v6")),
        ("linux/armel", Platform("linux", "armel", "v6")),
        ("linux/i686", Platform("linux", "386")),
        ("linux/amd64/v1", Platform("linux", "amd64")),
        ("linux/amd64/v3", Platform("linux", "amd64", "v3")),
        ("windows/amd64", Platform("windows", "amd64")),
        ("linux/s390x", Platform("linux", "s390x")),
    ],
)
def test_that_platforms_are_read_under_their_usual_names(text: str, read: Platform) -> None:
    assert parse_platform(text) == read


@pytest.mark.parametrize(
    "text", ["", "linux", "linux/", "/amd64", "linux/arm/v7/x", "linux/arm64/", "li nux/arm", "a/ñ"]
)
def test_that_what_is_no_platform_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(PullError, match="write os/architecture, as linux/arm64"):
        parse_platform(text)


@given(st.text())
def test_that_any_text_is_a_platform_or_a_pull_error(text: str) -> None:
    try:
        read = parse_platform(text)
    except PullError:
        return
    assert parse_platform(str(read)) == read


@given(
    *[st.sampled_from(["", "linux", "arm", "arm64", "amd64", "armhf", "v8", "7", "v1", "x"])] * 3
)
def test_that_a_usual_name_stays_as_it_is(os: str, architecture: str, variant: str) -> None:
    once = normalised(os, architecture, variant)
    assert normalised(once.os, once.architecture, once.variant) == once


@pytest.mark.parametrize(
    ("wanted", "variants"),
    [
        (Platform("linux", "amd64"), ("",)),
        (Platform("linux", "arm", "v7"), ("v7", "v6", "v5", "")),
        (Platform("linux", "arm", "v5"), ("v5", "")),
        (Platform("linux", "arm", "strange"), ("strange",)),
    ],
)
def test_that_older_arm_variants_run_on_newer_machines(
    wanted: Platform, variants: tuple[str, ...]
) -> None:
    assert wanted.acceptable_variants() == variants


@pytest.mark.parametrize(
    ("machine", "text"),
    [
        ("x86_64", "linux/amd64"),
        ("arm64", "linux/arm64"),
        ("armv7l", "linux/arm/v7"),
        ("", "linux/amd64"),
    ],
)
def test_that_this_machine_runs_linux_images_of_its_architecture(
    machine: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, "machine", lambda: machine)
    assert str(this_machine()) == text


def test_that_a_later_amd64_also_runs_what_an_earlier_one_does() -> None:
    assert normalised("linux", "amd64", "v3").acceptable_variants() == ("v3", "v2", "")
