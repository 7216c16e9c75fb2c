import copy
import json
import pickle

import pytest

from pullscope.engine.message import (
    CONTEXT,
    Message,
    message_of,
    translated,
    with_message,
    words_of,
)

GERMAN = {
    "{asked}: {came}": "auf {asked}: {came}",
    "no reply in {seconds:.1f} s": "{seconds:.1f} s keine Antwort",
}


def in_german(context: str, text: str) -> str:
    assert context == CONTEXT
    return GERMAN.get(text, text)


def no_reply() -> Message:
    came = Message("no reply in {seconds:.1f} s", seconds=2.25)
    return Message("{asked}: {came}", asked="GET {x}", came=came)


def test_that_a_message_is_its_english_words() -> None:
    assert no_reply() == "GET {x}: no reply in 2.2 s"
    assert json.dumps(no_reply()) == '"GET {x}: no reply in 2.2 s"'


def test_that_a_message_is_said_in_another_language_with_the_messages_in_it() -> None:
    assert translated(no_reply(), in_german) == "auf GET {x}: 2.2 s keine Antwort"


def test_that_an_exception_in_a_message_is_translated_and_copied_as_its_words() -> None:
    message = Message("{asked}: {came}", asked="x", came=ValueError(no_reply()))
    assert "keine Antwort" in translated(copy.deepcopy(message), in_german)


def test_that_braces_in_other_words_stay() -> None:
    assert translated("{seconds}", in_german) == "{seconds}"


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_that_a_copy_can_be_translated_too(copied: object) -> None:
    assert callable(copied)
    assert translated(copied(no_reply()), in_german) == translated(no_reply(), in_german)


def test_that_an_exception_says_the_message_it_was_raised_with() -> None:
    assert isinstance(words_of(ValueError(no_reply())), Message)
    assert words_of(ValueError("plain")) == "plain"
    assert words_of(ValueError()) == ""
    assert words_of(KeyError("x")) == "'x'"


def test_that_a_message_is_read_back_from_json() -> None:
    message = Message("{0} of {n:.1f}: {why}", "a {b}", n=2.25, why=no_reply())
    read = message_of(json.loads(json.dumps(message.as_json())))
    assert read == message
    assert translated(read, in_german) == translated(message, in_german)
    assert "keine Antwort" in translated(read, in_german)


@pytest.mark.parametrize(
    "told",
    [
        None,
        "words",
        {},
        {"template": "{0}", "values": [], "arguments": {}},
        {"template": "{a.b}", "values": [], "arguments": {"a": 1}},
        {"template": "{", "values": [], "arguments": {}},
        {"template": "{0}", "values": [{"template": 1}], "arguments": {}},
    ],
)
def test_that_words_stay_as_they_are_where_no_message_tells_them(told: object) -> None:
    with pytest.raises(ValueError, match="not a message"):
        message_of(told)
    assert type(with_message("words", told)) is str


def test_that_a_message_that_says_something_else_is_not_taken() -> None:
    assert type(with_message("words", no_reply().as_json())) is str
    assert isinstance(with_message(str(no_reply()), no_reply().as_json()), Message)
