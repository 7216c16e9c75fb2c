"""Fuzzy search: the letters of a query within a text, in order, the better the closer together."""

_WORD_START = 8.0
_NEXT = 10.0
_GAP = 0.15  # per letter skipped
_LENGTH = 0.01  # per letter of the text: of two equal matches, the shorter text


def match(query: str, text: str) -> tuple[float, tuple[int, ...]] | None:
    """Return how well `query` fits `text`, and where its letters are; None where it does not.

    The words of the query are looked for one by one, in any order and whatever their case.
    """
    low = text.lower()
    if len(low) != len(text):  # a few letters are two in lower case: places would be wrong
        low = text
    score, places = -_LENGTH * len(text), set[int]()
    for word in query.lower().split():
        found = _match_word(word, low)
        if found is None:
            return None
        score += found[0]
        places.update(found[1])
    return score, tuple(sorted(places))


def _match_word(word: str, text: str) -> tuple[float, tuple[int, ...]] | None:
    """Return the best of all ways to find the letters of `word` in `text`, in order."""
    # By place of the letter that was found last: the score so far and the places.
    ways: dict[int, tuple[float, tuple[int, ...]]] = {}
    for number, letter in enumerate(word):
        longer: dict[int, tuple[float, tuple[int, ...]]] = {}
        for place, other in enumerate(text):
            if other != letter:
                continue
            gain = 1.0 + (_WORD_START if _begins_word(text, place) else 0.0)
            if number == 0:
                longer[place] = (gain, (place,))
                continue
            before = [
                (score + (_NEXT if last == place - 1 else -_GAP * (place - last)), places)
                for last, (score, places) in ways.items()
                if last < place
            ]
            if before:
                score, places = max(before)
                longer[place] = (score + gain, (*places, place))
        ways = longer
        if not ways:
            return None
    return max(ways.values(), default=None)


def _begins_word(text: str, place: int) -> bool:
    return place == 0 or not text[place - 1].isalnum()
