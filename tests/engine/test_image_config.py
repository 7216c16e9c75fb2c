import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullscope.engine.errors import BadReply
from pullscope.engine.image_config import (
    LONGEST_TEXT,
    MOST_ENTRIES,
    HistoryLine,
    ImageConfig,
    parse_config,
    plain,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
KEYS = ("created", "author", "os", "architecture", "variant", "config", "history")
RUN_KEYS = (
    "User", "WorkingDir", "Entrypoint", "Cmd", "Env", "ExposedPorts", "Volumes", "StopSignal",
    "Labels",
)  # fmt: skip
STEP = st.fixed_dictionaries(
    {},
    optional={
        "created_by": JSON,
        "created": JSON,
        "comment": JSON,
        "empty_layer": st.booleans() | JSON,
    },
)
DOCUMENTS = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(KEYS, JSON),
        "config": st.fixed_dictionaries({}, optional=dict.fromkeys(RUN_KEYS, JSON)) | JSON,
        "history": st.lists(STEP, max_size=5) | JSON,
    },
)


def parsed(**document: Any) -> ImageConfig:
    return parse_config(json.dumps(document).encode())


def texts(config: ImageConfig) -> list[str]:
    found = [
        config.created, config.author, config.platform, config.user, config.workdir,
        config.stop_signal, *config.entrypoint, *config.cmd, *config.env, *config.ports,
        *config.volumes,
    ]  # fmt: skip
    found += [text for pair in config.labels for text in pair]
    for line in config.history:
        found += [line.created_by, line.created, line.comment]
    return found


def test_that_a_usual_config_is_read() -> None:
    config = parsed(
        created="2024-05-01T10:00:00Z",
        os="linux",
        architecture="arm64",
        variant="v8",
        config={
            "User": "app",
            "WorkingDir": "/srv",
            "Entrypoint": ["/bin/app", "--serve"],
            "Cmd": ["8080"],
            "Env": ["PATH=/bin", "MODE=a b"],
            "ExposedPorts": {"8080/tcp": {}},
            "Volumes": {"/data": {}},
            "StopSignal": "SIGTERM",
            "Labels": {"z": "1", "a": "2"},
        },
        history=[
            {"created_by": "/bin/sh -c #(nop) ADD file", "created": "2024-05-01T09:00:00Z"},
            {"created_by": "ENV MODE", "empty_layer": True},
        ],
    )
    assert config == ImageConfig(
        created="2024-05-01T10:00:00Z",
        platform="linux/arm64/v8",
        user="app",
        workdir="/srv",
        entrypoint=("/bin/app", "--serve"),
        cmd=("8080",),
        env=("PATH=/bin", "MODE=a b"),
        ports=("8080/tcp",),
        volumes=("/data",),
        stop_signal="SIGTERM",
        labels=(("a", "2"), ("z", "1")),
        history=(
            HistoryLine("/bin/sh -c #(nop) ADD file", "2024-05-01T09:00:00Z"),
            HistoryLine("ENV MODE", empty=True),
        ),
    )


def test_that_steps_without_a_layer_are_passed_over() -> None:
    config = parsed(
        history=[
            {"created_by": "one"},
            {"created_by": "none", "empty_layer": True},
            {"created_by": "two"},
        ]
    )
    assert [line.created_by if line else None for line in config.made(2)] == ["one", "two"]


def test_that_a_history_that_does_not_fit_the_layers_tells_of_none() -> None:
    config = parsed(history=[{"created_by": "one"}])
    assert config.made(2) == (None, None)
    assert config.made(0) == ()


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"[" * 100_000, b'"x"'])
def test_that_what_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(BadReply, match="the image's config is not"):
        parse_config(body)


def test_that_texts_lose_what_cannot_be_seen_and_stay_on_one_line() -> None:
    assert plain("a\nb\tc\x1b[31m\u202egnp.exe\x00\u2028d") == "a b c[31mgnp.exe d"
    assert plain("<b>x</b>") == "<b>x</b>"
    assert plain(7) == ""


def test_that_long_texts_and_lists_are_cut() -> None:
    assert plain("x" * (LONGEST_TEXT + 1)) == "x" * LONGEST_TEXT + "…"
    config = parsed(config={"Env": ["A=1"] * (MOST_ENTRIES + 5)}, history=[{}] * 3000)
    assert len(config.env) == MOST_ENTRIES
    assert len(config.history) == MOST_ENTRIES


@given(DOCUMENTS)
def test_that_any_object_becomes_short_plain_values(document: dict[str, Any]) -> None:
    config = parse_config(json.dumps(document).encode())
    for text in texts(config):
        assert len(text) <= LONGEST_TEXT + 1
        assert text.isprintable()
        assert text == text.strip()


@given(st.binary(max_size=200))
def test_that_any_bytes_are_read_or_refused(body: bytes) -> None:
    with suppress(BadReply):
        parse_config(body)
