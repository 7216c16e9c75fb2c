"""Words in the user's language, made where there is no Qt.

Functions that make words take a `Translate`: Qt's where there is a window, `untranslated` where
there is none. Words in tables are marked by `untranslated` itself, for `resources/translate`.
"""

from collections.abc import Callable

Translate = Callable[[str, str], str]
"""Gets a context and a text, and returns the text in the user's language."""


def untranslated(context: str, text: str) -> str:
    """Return `text` as it is."""
    return text
