import json

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pullscope.engine.message import translated, words_of
from pullscope.sweep.runtimes.json_file import parse_object, with_member
from pullscope.sweep.runtimes.runtime_config import RuntimeConfigError

NAME = "max-concurrent-downloads"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{}", f'{{\n  "{NAME}": 9\n}}'),
        ("{ }\n", f'{{\n  "{NAME}": 9\n}}\n'),
        (f'{{"{NAME}": 3}}', f'{{"{NAME}": 9}}'),
        ('{"a": {"b": [1, 2]}}', f'{{"a": {{"b": [1, 2]}},"{NAME}": 9}}'),
        (
            f'{{\r\n\t"a"  :  1,\r\n\t"{NAME}" : 3 ,\r\n\t"z": "}}"\r\n}}\r\n',
            f'{{\r\n\t"a"  :  1,\r\n\t"{NAME}" : 9 ,\r\n\t"z": "}}"\r\n}}\r\n',
        ),
        (
            '{\n    "log-driver": "local",\n    "z": {}\n}\n',
            f'{{\n    "log-driver": "local",\n    "z": {{}},\n    "{NAME}": 9\n}}\n',
        ),
    ],
)
def test_that_a_member_is_set_in_its_place_or_added_as_the_others_are(
    before: str, after: str
) -> None:
    assert with_member(before, NAME, 9) == after


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ('{"a": 1,}', "not JSON"),
        ('{"a": 1 // c\n}', "not JSON"),
        ('{"a": 1, "a": 2}', "twice"),
        ("[" * 100_000, "not JSON"),
        ("[]", "no JSON object"),
        ("3", "no JSON object"),
    ],
)
def test_that_what_is_no_object_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(RuntimeConfigError, match=complaint):
        with_member(text, NAME, 9)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(
    st.dictionaries(st.text(max_size=6) | st.just(NAME), JSON, max_size=5),
    st.sampled_from([None, 0, 1, 4, "\t"]),
    st.booleans(),
)
@hypothesis_settings(max_examples=40, deadline=None)
def test_that_order_and_everything_else_stay(
    document: dict[str, object], indent: int | str | None, ascii_only: bool
) -> None:
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_only)
    changed = with_member(text, NAME, 9)
    assert list(parse_object(changed).items()) == list({**document, NAME: 9}.items())
    if NAME not in document:
        kept = text.rstrip("}").rstrip()
        assert changed.startswith(kept if document else "{")


def test_that_a_complaint_can_be_told_in_another_language() -> None:
    with pytest.raises(RuntimeConfigError) as caught:
        with_member('{"a": 1, "a": 2}', NAME, 9)
    said = translated(words_of(caught.value), lambda _, text: f"[{text}]")
    assert said == "[it is not JSON: ['a' is there twice]]"
