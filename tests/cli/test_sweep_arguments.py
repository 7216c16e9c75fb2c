import argparse

import pytest

from pullscope.cli.sweep_arguments import add_arguments, with_run
from pullscope.engine.model import MIB
from pullscope.sweep.drivers.programs import DRIVERS
from pullscope.sweep.plan import Destination


def parse(*words):
    parser = argparse.ArgumentParser(allow_abbrev=False)
    commands = parser.add_subparsers()
    add_arguments(commands.add_parser("sweep"), run=lambda _: 0)
    return parser.parse_args(with_run(["sweep", *words]))


def test_a_reference_begins_a_sweep(tmp_path):
    told = parse(
        "team/app:1", "--parallelism", "1,4", "--chunk-size", "4MiB,0", "--layers", "2",
        "--dst", f"tmpfs={tmp_path}", "--repeat", "3", "--driver", "pullscope,skopeo",
        "--max-bytes", "1GiB", "--no-traces", "--seed", "7", "--yes",
    )  # fmt: skip

    assert (told.sweep_command, told.reference) == ("run", "team/app:1")
    assert (told.parallelism, told.chunk_size, told.layers) == ((1, 4), (4 * MIB, 0), (2,))
    assert told.dst == [Destination("tmpfs", tmp_path)]
    assert (told.repeat, told.driver, told.seed) == (3, ("pullscope", "skopeo"), 7)
    assert (told.max_bytes, told.traces, told.yes) == (1024 * MIB, False, True)


def test_options_may_come_before_the_reference():
    assert parse("--repeat", "2", "team/app:1").reference == "team/app:1"


@pytest.mark.parametrize("name", ["ls", "show", "export", "resume", "rm", "run"])
def test_an_image_that_is_named_like_a_command_needs_the_word_run(name):
    assert parse("run", name).reference == name


def test_commands_are_found():
    assert parse("ls").sweep_command == "ls"
    assert parse("show", "3").number == 3
    assert parse("rm", "3", "4").numbers == [3, 4]


@pytest.mark.parametrize(
    "words",
    [
        ["a", "--parallelism", "x"],
        ["a", "--parallelism", "1,,2"],
        ["a", "--chunk-size", "big"],
        ["a", "--dst", "tmpfs="],
        [],
        ["export", "1"],
    ],
)
def test_what_cannot_be_read_is_wrong_usage(words):
    with pytest.raises(SystemExit) as ended:
        parse(*words)

    assert ended.value.code == 2


def test_help_is_not_an_image(capsys):
    with pytest.raises(SystemExit) as ended:
        parse("--help")

    assert ended.value.code == 0
    assert "sweep REF [options]" in capsys.readouterr().out


def test_help_names_every_program(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "500")
    with pytest.raises(SystemExit):
        parse("run", "--help")

    assert f"the programs that pull: {', '.join(DRIVERS)} (default" in capsys.readouterr().out
