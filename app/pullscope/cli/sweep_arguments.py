"""The command line of `pullscope sweep`. It loads little of what a sweep needs to run."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from pullscope.engine.units import parse_size
from pullscope.sweep.plan import Destination

COMMANDS = ("run", "ls", "show", "export", "resume", "rm", "drivers")
"""What a sweep can be told; whatever else comes first is the image of a new one."""

MAPPED = ("total", "network", "cpu", "memory", "requests", "wasted", "received")
AXES = ("parallelism", "chunk_size", "layers", "connections", "destination", "driver")

T = TypeVar("T")

_DESCRIPTION = """\
Pull an image again and again with different settings, each time cold and in a process of its own,
and tell which settings are best. An image that is named like one of the commands below is swept by
`pullscope sweep run NAME`.
"""
_EPILOG = """\
The order is random within blocks that hold every setting once. A control, the setting in the
middle, is repeated all along and tells how noisy the sweep was. Ctrl+C pauses; `pullscope sweep
resume NUMBER` goes on.
"""


def with_run(words: Sequence[str]) -> list[str]:
    """Return a command line in which `pullscope sweep REF` is `pullscope sweep run REF`."""
    if words[:1] != ["sweep"] or len(words) < 2 or words[1] in (*COMMANDS, "-h", "--help"):
        return list(words)
    return ["sweep", "run", *words[1:]]


def add_arguments(sweep: argparse.ArgumentParser, run: Callable[[argparse.Namespace], int]) -> None:
    """Add the commands of `pullscope sweep`, all of which `run` runs."""
    sweep.usage = "%(prog)s REF [options]\n       %(prog)s {ls,show,export,resume,rm,drivers} ..."
    sweep.description = _DESCRIPTION
    commands = sweep.add_subparsers(
        title="commands", metavar="COMMAND", required=True, prog="pullscope sweep"
    )
    begin = commands.add_parser(
        "run",
        help="sweep an image; the word may be left out",
        usage="pullscope sweep REF [options]",
        description=_DESCRIPTION,
        epilog=_EPILOG,
    )
    _add_run_arguments(begin)
    ls = commands.add_parser("ls", help="list the sweeps, newest first")
    ls.add_argument("--json", action="store_true", help="print a JSON list")
    show = commands.add_parser("show", help="show what a sweep found, and what it recommends")
    _add_number(show)
    show.add_argument("--json", action="store_true", help="print a JSON object, sizes in bytes")
    show.add_argument("--trials", action="store_true", help="list each trial with its trace")
    show.add_argument(
        "--heat-map",
        choices=MAPPED,
        default="total",
        metavar="MEASURE",
        help=f"what the heat map tells: {', '.join(MAPPED)} (default: total)",
    )
    show.add_argument(
        "--over",
        nargs=2,
        choices=AXES,
        default=["parallelism", "chunk_size"],
        metavar=("ACROSS", "DOWN"),
        help=f"over what: {', '.join(AXES)} (default: parallelism chunk_size)",
    )
    export = commands.add_parser("export", help="write what a sweep found to a file")
    _add_number(export)
    export.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help="the format by its extension: .csv or .parquet, for programs; .md or .html, for "
        "people",
    )
    export.add_argument(
        "--trials",
        action="store_true",
        help="a row per trial, as measured, instead of one per setting",
    )
    resume = commands.add_parser("resume", help="go on with a sweep that was interrupted")
    _add_number(resume)
    resume.add_argument(
        "--retry-failed", action="store_true", help="also run the trials again that failed"
    )
    rm = commands.add_parser("rm", help="remove sweeps with their traces")
    rm.add_argument("numbers", type=int, nargs="+", metavar="NUMBER", help="as ls prints them")
    drivers = commands.add_parser(
        "drivers", help="list the programs that can pull, and what brings those that are missing"
    )
    drivers.add_argument("--json", action="store_true", help="print a JSON list")
    parsers = (begin, ls, show, export, resume, rm, drivers)
    for name, parser in zip(COMMANDS, parsers, strict=True):
        parser.set_defaults(run=run, sweep_command=name)


def _add_number(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("number", type=int, metavar="NUMBER", help="as ls prints it")


def _add_run_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("reference", metavar="REF", help="the image, as ghcr.io/team/app:1")
    tried = parser.add_argument_group("what is tried, each with all others")
    tried.add_argument(
        "--parallelism",
        type=_several(int),
        default=(1, 4, 16, 64),
        metavar="N,...",
        help="chunks of one layer at once (default: 1,4,16,64)",
    )
    tried.add_argument(
        "--chunk-size",
        type=_several(parse_size),
        default=(16 * 1024 * 1024,),
        metavar="SIZE,...",
        help="of a chunk, as 4MiB,32MiB; 0 asks for a whole layer at once (default: 16MiB)",
    )
    tried.add_argument(
        "--layers",
        type=_several(int),
        default=(3,),
        metavar="N,...",
        help="layers at once (default: 3)",
    )
    tried.add_argument(
        "--dst",
        action="append",
        type=_one(Destination.parse),
        metavar="NAME=DIR",
        help="a folder to pull to, as tmpfs=/dev/shm/x; may be repeated (default: where images are "
        "kept)",
    )
    tried.add_argument(
        "--driver",
        type=_several(str),
        default=("pullscope",),
        metavar="NAME,...",
        help="the programs that pull: pullscope, pullscope-stream, skopeo, crane, ctr, podman, "
        "aria2c (default: pullscope)",
    )
    how = parser.add_argument_group("how")
    how.add_argument(
        "--repeat", type=int, default=5, metavar="N", help="trials of each (default: 5)"
    )
    how.add_argument("--seed", type=int, metavar="N", help="of the order (default: any)")
    how.add_argument(
        "--traces",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="keep the trace of each of Pullscope's trials (default: yes)",
    )
    how.add_argument(
        "--max-bytes",
        type=_one(parse_size),
        default=0,
        metavar="SIZE",
        help="receive no more than this in all (default: no limit)",
    )
    how.add_argument(
        "--platform", metavar="OS/ARCH[/VARIANT]", help="which image (default: this machine's)"
    )
    how.add_argument(
        "--plain-http",
        action="store_true",
        help="HTTP without TLS; registries on this machine need no telling",
    )
    how.add_argument("--yes", action="store_true", help="begin without asking")


def _one(read: Callable[[str], T]) -> Callable[[str], T]:
    def value(text: str) -> T:
        try:
            return read(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return value


def _several(read: Callable[[str], T]) -> Callable[[str], tuple[T, ...]]:
    one = _one(read)
    return lambda text: tuple(one(part.strip()) for part in text.split(","))
