"""Fuzzy search."""

import pytest

from pullscope.gui.fuzzy import match


def best(query: str, *texts: str) -> str:
    found = [(match(query, text), text) for text in texts]
    return max((hit[0], text) for hit, text in found if hit is not None)[1]


@pytest.mark.parametrize(
    ("query", "text", "places"),
    [
        ("pull", "Pull the demo image", (0, 1, 2, 3)),
        ("ptd", "Pull the demo image", (0, 5, 9)),
        ("demo pull", "Pull the demo image", (0, 1, 2, 3, 9, 10, 11, 12)),
        ("IMG", "Pull the demo image", (14, 15, 17)),
        ("", "Quit", ()),
    ],
)
def test_that_letters_are_found_in_order(query: str, text: str, places: tuple[int, ...]) -> None:
    found = match(query, text)
    assert found is not None
    assert found[1] == places


@pytest.mark.parametrize("query", ["x", "llup", "quit now", "quitt"])
def test_that_what_is_not_there_is_not_found(query: str) -> None:
    assert match(query, "Quit") is None


def test_that_words_begun_and_letters_together_are_worth_more() -> None:
    assert best("sl", "Switch light and dark", "Reset layout") == "Switch light and dark"
    assert best("dark", "Dark", "Switch light and dark") == "Dark"
    assert best("co", "Copy reference", "Chunk map over time") == "Copy reference"


def test_that_a_letter_with_two_in_lower_case_does_no_harm() -> None:
    assert match("quit", "İ Quit") is None or match("Q", "İ Quit") is not None
    assert match("uit", "İ Quit") == (pytest.approx(match("uit", "İ Quit")[0]), (3, 4, 5))  # type: ignore[index]
