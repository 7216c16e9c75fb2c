import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullscope.engine.message import translated, words_of
from pullscope.engine.units import duration_text, parse_size, rate_text, size_text


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0", 0),
        ("65536", 65536),
        ("16MiB", 16 * 1024**2),
        (" 16 mib ", 16 * 1024**2),
        ("1.5KiB", 1536),
        ("4 MB", 4_000_000),
        ("500k", 500_000),
        ("2GiB", 2 * 1024**3),
        ("1 TiB", 1024**4),
        ("12b", 12),
    ],
)
def test_that_sizes_are_read_with_their_units(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize(
    "text",
    ["", "MiB", "-1", "+1", "1e6", "1.", ".5", "1,5 MB", "16 MiB/s", "1 parsec", "٣", "0x10"],
)
def test_that_what_is_no_size_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="is not a size; write it as 16MiB") as caught:
        parse_size(text)
    assert translated(words_of(caught.value), lambda *_: "anders") == "anders"


@pytest.mark.parametrize("text", [str(2**63), "9999999999 GiB", "9" * 400])
def test_that_sizes_no_file_can_have_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="too large"):
        parse_size(text)


@given(st.text())
def test_that_any_text_is_a_size_or_a_value_error(text: str) -> None:
    try:
        size = parse_size(text)
    except ValueError:
        return
    assert 0 <= size < 2**63


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (512, "512 B"),
        (1023, "1023 B"),
        (1024, "1 KiB"),
        (1536, "1.5 KiB"),
        (16 * 1024**2, "16 MiB"),
        (1024**2 - 1, "1 MiB"),
        (8.02 * 1024**3, "8.02 GiB"),
        (5000 * 1024**4, "5000 TiB"),
    ],
)
def test_that_sizes_are_written_in_iec_units(size: float, text: str) -> None:
    assert size_text(size) == text


@given(st.integers(0, 2**60))
def test_that_a_written_size_is_read_back_within_half_a_percent(size: int) -> None:
    assert abs(parse_size(size_text(size)) - size) <= size * 0.005 + 1


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        (0, "0 kB/s"),
        (80_000, "80 kB/s"),
        (999_499, "999 kB/s"),
        (999_500, "1 MB/s"),
        (4_190_000, "4.19 MB/s"),
        (312e6, "312 MB/s"),
        (999_600_000, "1 GB/s"),
    ],
)
def test_that_rates_are_written_in_si_units(rate: float, text: str) -> None:
    assert rate_text(rate) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.00 s"),
        (0.42, "0.42 s"),
        (8.3, "8.3 s"),
        (59.94, "59.9 s"),
        (59.96, "1:00"),
        (62, "1:02"),
        (3599.6, "1:00:00"),
        (3723, "1:02:03"),
    ],
)
def test_that_durations_are_written_as_clocks_from_a_minute_on(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text
