"""Words for people that can still be said in another language.

A `Message` is the English sentence, a string like any other: printed, logged, compared and written
to files as it is. It also knows the template it was made of and what stands in its fields, so that
a window says it in the user's language with `translated`. `resources/translate` finds the templates
where messages are made, so a template stands there as one literal.
"""

from collections.abc import Callable
from contextlib import suppress

CONTEXT = "messages"
"""What the templates belong to in the catalogues of words."""


class Message(str):
    """An English sentence, made by `str.format` of a template and the values of its fields.

    A value may be a message itself, or an exception that was raised with one; it is then translated
    with the whole.
    """

    __slots__ = ("arguments", "template", "values")

    template: str
    values: tuple[object, ...]
    arguments: dict[str, object]

    def __new__(cls, template: str, /, *values: object, **arguments: object) -> "Message":
        message = super().__new__(cls, template.format(*values, **arguments))
        message.template = template
        message.values = tuple(map(_told, values))
        message.arguments = {name: _told(value) for name, value in arguments.items()}
        return message

    def __getnewargs_ex__(self) -> tuple[tuple[object, ...], dict[str, object]]:
        return (self.template, *self.values), self.arguments

    def as_json(self) -> dict[str, object]:
        """Return what `message_of` makes the same message of, out of JSON's types alone."""
        return {
            "template": self.template,
            "values": [_as_json(value) for value in self.values],
            "arguments": {name: _as_json(value) for name, value in self.arguments.items()},
        }


def message_of(told: object) -> Message:
    """Return the message that `Message.as_json` told.

    Raises:
        ValueError: it tells none.
    """
    match told:
        case {"template": str(template), "values": list(values), "arguments": dict(arguments)}:
            try:
                return Message(
                    template,
                    *map(_of_json, values),
                    **{name: _of_json(value) for name, value in arguments.items()},
                )
            except (LookupError, AttributeError, ValueError) as error:
                raise ValueError(f"not a message: {error}") from None
    raise ValueError("not a message")


def with_message(words: str, told: object) -> str:
    """Return the message that `told` tells, where it says `words` in English; else `words`."""
    with suppress(ValueError, RecursionError):
        message = message_of(told)
        if message == words:
            return message
    return words


def _told(value: object) -> object:
    return words_of(value) if isinstance(value, BaseException) else value


def _as_json(value: object) -> object:
    if isinstance(value, Message):
        return value.as_json()
    return value if isinstance(value, str | int | float) else str(value)


def _of_json(value: object) -> object:
    return message_of(value) if isinstance(value, dict) else value


def words_of(error: BaseException) -> str:
    """Return what an exception says: the message it was raised with, where it was."""
    first = error.args[0] if error.args else None
    return first if isinstance(first, Message) else str(error)


def translated(words: str, translate: Callable[[str, str], str]) -> str:
    """Return the words of a message by `translate`; any other string as it is.

    Args:
        words: what is to be said.
        translate: gets a context and a text, and returns the text in the user's language.
    """
    if not isinstance(words, Message):
        return words
    values = [_translated(value, translate) for value in words.values]
    arguments = {name: _translated(each, translate) for name, each in words.arguments.items()}
    return translate(CONTEXT, words.template).format(*values, **arguments)


def _translated(value: object, translate: Callable[[str, str], str]) -> object:
    return translated(value, translate) if isinstance(value, Message) else value
