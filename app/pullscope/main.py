"""The composition root: reads the command line and starts what it asks for.

Each command imports what it needs when it runs, so that `pullscope --help` waits for neither Qt
nor an HTTP client.
"""

import argparse
import json
import os
import shlex
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pullscope import __doc__ as DESCRIPTION  # noqa: N812 - a text, not a module
from pullscope import __version__
from pullscope.cli.messages import tell, tell_error
from pullscope.cli.sweep_arguments import add_arguments as add_sweep_arguments
from pullscope.cli.sweep_arguments import with_run
from pullscope.engine.errors import PullError, SettingsError
from pullscope.engine.model import LayerOrder, Protocol, Settings, WriteMode
from pullscope.engine.platforms import ALL_PLATFORMS, parse_platform
from pullscope.engine.reference import Reference, parse_reference
from pullscope.engine.units import parse_size, size_text
from pullscope.lab.command import add_arguments as add_lab_arguments
from pullscope.lab.demo import DEMO_SETTINGS

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

    from pullscope.engine.events import PullEvent
    from pullscope.history import History
    from pullscope.session import PullOptions, Session
    from pullscope.trace.recording import Recordings

_FAILED, _WRONG_USAGE, _INTERRUPTED = 1, 2, 130
_ARCHIVES = ("oci-archive", "docker-archive")
_TRACE_FORMATS = (
    ".pullscope, Pullscope's own, or .jsonl; .pftrace for Perfetto; .json for chrome://tracing; "
    ".html, a report; .svg, a picture; .otlp.json for OpenTelemetry; .har; .csv or .parquet, a row "
    "per request; .prom for Prometheus"
)
_PICTURES = (".svg", ".png")


class _WrongUsage(Exception):
    """What the command line asks for cannot be: exit status 2."""


class _Failed(Exception):
    """A command failed: exit status 1."""


class _Parser(argparse.ArgumentParser):
    def __init__(self, **options: Any) -> None:
        # An abbreviation in a script would break when a later version adds an option.
        super().__init__(allow_abbrev=False, **options)

    def _print_message(self, message: str, file: "SupportsWrite[str] | None" = None) -> None:
        with suppress(BrokenPipeError):  # of which later versions of Python think nothing either
            super()._print_message(message, file)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that `argv` (by default the process's arguments) names.

    Returns the exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted. Raises SystemExit
    where argparse does: after `--help` and `--version`, and for a line it cannot read.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        arguments = _parser().parse_args(with_run(words) or ["gui"])
        arguments.words = words
        command: Callable[[argparse.Namespace], int] = arguments.run
        return command(arguments)
    except _WrongUsage as error:
        tell_error(error)
        return _WRONG_USAGE
    except _Failed as error:
        tell_error(error)
        return _FAILED
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:  # whoever reads stdout has seen enough
        return _FAILED
    finally:
        _let_stdout_go()


def _let_stdout_go() -> None:
    """Write out what stdout holds; when its reader has left, let the interpreter not mind."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="pullscope", description=DESCRIPTION)
    parser.epilog = "Without a command, the window opens."
    parser.add_argument("--version", action="version", version=f"pullscope {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    gui = commands.add_parser("gui", help="open the window; pull REF in it, or show traces")
    gui.add_argument(
        "what",
        nargs="*",
        metavar="REF|TRACE",
        help="an image, as ghcr.io/team/app:1, or traces (.pullscope, .jsonl); two are compared",
    )
    _add_pull_options(gui)
    _add_setting_options(gui, Settings())
    _add_recording_options(gui)
    _add_window_options(gui)
    gui.set_defaults(run=_run_window)

    pull = commands.add_parser("pull", help="pull an image in the terminal")
    pull.add_argument("reference", metavar="REF", help="the image, as ghcr.io/team/app:1")
    _add_pull_options(pull)
    _add_setting_options(pull, Settings())
    _add_recording_options(pull)
    pull.add_argument("--json", action="store_true", help="print a JSON object on stdout, last")
    pull.add_argument("--quiet", action="store_true", help="print nothing but errors")
    pull.set_defaults(run=_run_pull)

    probe = commands.add_parser("probe", help="find out how a registry answers")
    probe.description = (
        "Ask for a manifest and for some bytes of its smallest layer in every way, about ten "
        "requests of a few KiB, and say what the registry did. What is found is remembered for "
        "the next pull."
    )
    probe.add_argument("reference", metavar="REF", help="an image in it, as ghcr.io/team/app:1")
    _add_connection_options(probe)
    probe.add_argument("--json", action="store_true", help="print a JSON object")
    probe.set_defaults(run=_run_probe)

    inspect = commands.add_parser("inspect", help="show what an image is made of, without a pull")
    inspect.add_argument("reference", metavar="REF", help="the image, as ghcr.io/team/app:1")
    inspect.add_argument(
        "--platform",
        type=_platform,
        metavar="OS/ARCH[/VARIANT]",
        help="which image of a multi-platform one (default: this machine's)",
    )
    _add_connection_options(inspect)
    inspect.add_argument("--json", action="store_true", help="print a JSON object, sizes in bytes")
    inspect.set_defaults(run=_run_inspect)

    _add_store_commands(commands.add_parser("store", help="list and remove pulled images"))

    _add_history_commands(commands.add_parser("history", help="tell of earlier pulls"))

    _add_export_config_options(
        commands.add_parser("export-config", help="give a runtime the settings that were best")
    )

    trace = commands.add_parser("trace", help="convert and explain traces of pulls")
    trace_commands = trace.add_subparsers(title="commands", metavar="COMMAND", required=True)
    export = trace_commands.add_parser(
        "export", help="convert a trace to the format that the extension of OUT names"
    )
    export.add_argument("source", type=Path, metavar="IN", help="a trace, .pullscope or .jsonl")
    export.add_argument(
        "target",
        type=Path,
        metavar="OUT",
        help=f"{_TRACE_FORMATS}; .png, a picture as well",
    )
    export.add_argument(
        "--view",
        choices=("timeline", "throughput", "map"),
        help="what a picture, .svg or .png, shows (default: timeline)",
    )
    export.add_argument("--dark", action="store_true", help="a dark picture")
    _add_redact_option(export)
    export.set_defaults(run=_run_export)
    show = trace_commands.add_parser(
        "show", help="tell where the time and the bytes of a pull went"
    )
    show.add_argument("trace", type=Path, metavar="FILE", help="a trace, .pullscope or .jsonl")
    show.add_argument("--json", action="store_true", help="print a JSON object")
    show.set_defaults(run=_run_show)
    diff = trace_commands.add_parser("diff", help="tell in what two pulls differ")
    diff.add_argument("before", type=Path, metavar="A", help="a trace, .pullscope or .jsonl")
    diff.add_argument("after", type=Path, metavar="B", help="another one")
    diff.add_argument(
        "--fail-if-slower",
        type=_percentage,
        metavar="PERCENT",
        help="exit with 1 when B took longer than A by more than that, as 10%%, or is not done",
    )
    diff.add_argument("--json", action="store_true", help="print a JSON object")
    diff.set_defaults(run=_run_diff)
    schema = trace_commands.add_parser(
        "schema", help="print the JSON Schema of a line of a .jsonl trace"
    )
    schema.set_defaults(run=_run_schema)

    sweep = commands.add_parser("sweep", help="find out which settings pull an image best")
    add_sweep_arguments(sweep, _run_sweep)

    lab = commands.add_parser("lab", help="serve a registry on this machine, to pull from")
    add_lab_arguments(lab)
    lab.set_defaults(run=_run_lab)

    demo = commands.add_parser("demo", help="watch a made-up image being pulled from the lab")
    _add_setting_options(demo, DEMO_SETTINGS)
    _add_recording_options(demo)
    _add_window_options(demo)
    demo.set_defaults(run=_run_demo)
    return parser


def _add_store_commands(store: argparse.ArgumentParser) -> None:
    commands = store.add_subparsers(title="commands", metavar="COMMAND", required=True)
    ls = commands.add_parser("ls", help="list the images")
    ls.add_argument("--json", action="store_true", help="print a JSON list, sizes in bytes")
    rm = commands.add_parser("rm", help="remove images; gc then frees their space")
    rm.add_argument("names", nargs="+", metavar="NAME", help="as ls prints it, or the digest")
    gc = commands.add_parser(
        "gc", help="remove what no image and no running pull needs, and unfinished pulls"
    )
    gc.add_argument("--dry-run", action="store_true", help="only say what would be removed")
    for name, parser in (("ls", ls), ("rm", rm), ("gc", gc)):
        parser.add_argument(
            "--layout",
            type=Path,
            metavar="DIR",
            help="an OCI image layout (default: the store in your data directory)",
        )
        parser.set_defaults(run=_run_store, store_command=name)


def _add_history_commands(history: argparse.ArgumentParser) -> None:
    commands = history.add_subparsers(title="commands", metavar="COMMAND", required=True)
    ls = commands.add_parser("ls", help="list the pulls, newest first")
    ls.add_argument(
        "search",
        nargs="?",
        default="",
        metavar="TEXT",
        help="words in the reference, digest, platform, state, error, limit or tags",
    )
    ls.add_argument(
        "--tag", action="append", default=[], metavar="TAG", help="only with this tag; repeatable"
    )
    ls.add_argument("--json", action="store_true", help="print a JSON list, sizes in bytes")
    show = commands.add_parser("show", help="tell all that is known of a pull")
    show.add_argument("number", type=int, metavar="NUMBER", help="as ls prints it")
    show.add_argument("--json", action="store_true", help="print a JSON object, sizes in bytes")
    rm = commands.add_parser("rm", help="remove pulls from the history")
    rm.description = (
        "Remove pulls by number, or all that is beyond some bounds. Traces that the window kept by "
        "itself go with their pulls; other traces, and images, stay."
    )
    rm.add_argument("numbers", nargs="*", type=int, metavar="NUMBER", help="as ls prints them")
    rm.add_argument("--older-than", type=_whole, metavar="DAYS", help="those that began before")
    rm.add_argument("--keep", type=_whole, metavar="N", help="all but the newest N")
    rm.add_argument(
        "--traces",
        type=_size,
        metavar="SIZE",
        help="the oldest traces that the window kept, beyond SIZE in all; their pulls stay",
    )
    rm.add_argument("--dry-run", action="store_true", help="only say what the bounds would remove")
    tag = commands.add_parser("tag", help="give pulls tags")
    untag = commands.add_parser("untag", help="take tags from pulls")
    for each in (tag, untag):
        each.add_argument("tags", metavar="TAGS", help="one, or several with commas between")
        each.add_argument("numbers", nargs="+", type=int, metavar="NUMBER", help="as ls prints it")
    for name, parser in (("ls", ls), ("show", show), ("rm", rm), ("tag", tag), ("untag", untag)):
        parser.set_defaults(run=_run_history, history_command=name)


def _add_export_config_options(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Make settings of a pull into the configuration of a container runtime, show what changes "
        "in your file, what it does there, and what in the file would keep it from that."
    )
    sweep = parser.add_argument_group("the settings, as a sweep recommends them")
    sweep.add_argument(
        "--from", type=_whole, dest="sweep", metavar="SWEEP", help="its number, as sweep ls prints"
    )
    sweep.add_argument(
        "--driver", metavar="NAME", help="the program that pulled (default: pullscope)"
    )
    sweep.add_argument(
        "--destination", metavar="NAME", help="what was pulled to, where there were several"
    )
    own = parser.add_argument_group("or as you choose them")
    for name, about in (
        ("layers", "layers at once"),
        ("parallelism", "chunks of one layer at once"),
    ):
        own.add_argument(f"--{name}", type=_whole, metavar="N", help=about)
    own.add_argument(
        "--chunk-size", type=_size, metavar="SIZE", help="of a chunk, as 16MiB; 0 for whole layers"
    )
    own.add_argument(
        "--image-layers",
        type=_whole,
        metavar="N",
        help="how many layers the image has: no more are counted on",
    )
    parser.add_argument(
        "--for",
        required=True,
        dest="runtime",
        choices=("containerd", "soci", "docker", "podman"),
        help="whose configuration",
    )
    parser.add_argument(
        "--into", type=Path, metavar="FILE", help="your file, for a diff against it"
    )
    parser.add_argument(
        "--write", action="store_true", help="replace that file, and keep a copy of it beside it"
    )
    parser.add_argument("--json", action="store_true", help="print a JSON object")
    parser.set_defaults(run=_run_export_config)


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number")
    return int(text)


def _add_pull_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("the pull")
    group.add_argument(
        "-o",
        "--output",
        type=_output,
        default=(None, None),
        metavar="DIR|FORMAT:FILE",
        help="an OCI image layout to add to, or an archive: oci-archive:FILE or "
        "docker-archive:FILE, a tar (default: a store in your data directory)",
    )
    group.add_argument(
        "--durability",
        choices=("none", "image", "blob"),
        default="blob",
        help="what a loss of power leaves: nothing certain, the image once it is complete, or each "
        "blob as soon as it is verified as well (default: %(default)s)",
    )
    group.add_argument(
        "--platform",
        type=_platform,
        metavar="OS/ARCH[/VARIANT]",
        help="which image of a multi-platform one, or all with their index (default: this "
        "machine's)",
    )
    group.add_argument(
        "--referrers",
        action="store_true",
        help="also pull what refers to the image: signatures, attestations, SBOMs",
    )
    _add_connection_options(group)
    group.add_argument(
        "--transport",
        choices=("pyreqwest", "httpx"),
        default="pyreqwest",
        help="the HTTP client underneath (default: %(default)s)",
    )


def _add_connection_options(group: argparse._ActionsContainer) -> None:
    group.add_argument(
        "--hosts-dir",
        type=Path,
        metavar="DIR",
        help="a directory per registry with its hosts.toml, as containerd reads them (default: "
        "containerd's own, and Podman's registries.conf)",
    )
    group.add_argument(
        "--plain-http",
        action="store_true",
        help="HTTP without TLS; registries on this machine need no telling",
    )
    group.add_argument(
        "--tls-skip-verify", action="store_true", help="accept any certificate of the registry"
    )


def _add_setting_options(parser: argparse.ArgumentParser, defaults: Settings) -> None:
    group = parser.add_argument_group("settings")
    parser.set_defaults(default_settings=defaults)
    for name, about in (
        ("layers", "layers at once"),
        ("parallelism", "chunks of one layer at once"),
        ("connections", "requests at once, in all"),
    ):
        group.add_argument(
            f"--{name}",
            type=int,
            metavar="N",
            help=f"{about} (default: {defaults.as_dict()[name]})",
        )
    group.add_argument(
        "--chunk-size",
        type=_size,
        metavar="SIZE",
        help="of a chunk, as 16MiB; 0 asks for the rest of the layer at once "
        f"(default: {size_text(defaults.chunk_size)})",
    )
    group.add_argument(
        "--rate-limit",
        type=_size,
        metavar="RATE",
        help="bytes/s of all connections together, as 20MB; 0 is none (default: none)",
    )
    group.add_argument(
        "--memory-limit",
        type=_size,
        metavar="SIZE",
        help=f"of what is on its way to the disk (default: {size_text(defaults.memory_limit)})",
    )
    group.add_argument(
        "--request-limit",
        type=int,
        metavar="N",
        help="requests for chunks per second; 0 is none (default: none)",
    )
    group.add_argument(
        "--protocol",
        choices=[*Protocol],
        help="the newest that is offered to registries that speak TLS; with http/2 all chunks "
        f"share one connection (default: {defaults.protocol})",
    )
    group.add_argument(
        "--write",
        choices=[*WriteMode],
        help="each chunk at once, where it belongs, or one behind the other, as runtimes do that "
        f"join a layer's chunks to a stream (default: {defaults.write})",
    )
    group.add_argument(
        "--layer-order",
        choices=[*LayerOrder],
        help=f"which layers come first (default: {defaults.layer_order})",
    )


def _add_recording_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("what is recorded")
    group.add_argument(
        "--trace",
        type=Path,
        metavar="FILE|DIR",
        help="write a trace while the pull runs, in a folder under a name of its own: "
        f"{_TRACE_FORMATS}",
    )
    group.add_argument(
        "--otlp",
        metavar="URL",
        help="send spans and metrics to an OpenTelemetry collector while the pull runs, as "
        "http://localhost:4318, with the headers of OTEL_EXPORTER_OTLP_HEADERS",
    )
    _add_redact_option(group)


def _add_redact_option(parser: argparse._ActionsContainer) -> None:
    parser.add_argument(
        "--redact",
        action="store_true",
        help="pseudonyms in what is recorded for hosts, repositories, folders and addresses",
    )


def _add_window_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("the window")
    group.add_argument(
        "--exit-when-done", action="store_true", help="close it when the pull has ended"
    )
    group.add_argument(
        "--screenshot", type=Path, metavar="FILE", help="save a picture of it when it closes"
    )


def _output(text: str) -> tuple[Path, str | None]:
    """Return the path that an output names, and the format where it is an archive."""
    prefix, colon, path = text.partition(":")
    if colon and prefix in _ARCHIVES:
        if not path:
            raise argparse.ArgumentTypeError(f"name a file for the archive, as {text}image.tar")
        return Path(path), prefix
    return Path(text), None


def _size(text: str) -> int:
    try:
        return parse_size(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _percentage(text: str) -> float:
    """Return a percentage as a share."""
    try:
        value = float(text.removesuffix("%"))
    except ValueError:
        value = -1.0
    if not 0 <= value <= 10_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a percentage, as 10%")
    return value / 100


def _platform(text: str) -> str:
    if text == ALL_PLATFORMS:
        return text
    try:
        return str(parse_platform(text))
    except PullError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _run_window(arguments: argparse.Namespace) -> int:
    reference, traces = _reference_or_traces(arguments.what)
    settings = _settings(arguments)
    recordings = _recordings(arguments)
    from pullscope.gui.display import has_display

    if not has_display():
        raise _Failed(
            "there is no display to open a window on; `pullscope pull REF` pulls in the terminal"
        )
    from pullscope.gui.application import Start, run

    return run(
        Start(
            reference=reference,
            traces=traces,
            options=_options(arguments),
            settings=settings,
            exit_when_done=arguments.exit_when_done,
            screenshot=arguments.screenshot,
            recordings=recordings,
            given=_given(arguments),
        )
    )


def _reference_or_traces(words: Sequence[str]) -> tuple[str | None, tuple[Path, ...]]:
    """Return what the window begins with: a reference to pull, or traces to show."""
    from pullscope.trace.export import extension_of
    from pullscope.trace.file import NATIVE

    endings = {word: extension_of(Path(word)) for word in words}
    traces = tuple(
        Path(word)
        for word in words
        # An image may be named as a plain trace is.
        if endings[word] == NATIVE[0] or (endings[word] in NATIVE and Path(word).is_file())
    )
    if len(traces) == len(words):
        return None, traces
    if len(words) > 1:
        raise _WrongUsage("name one image, or traces that are there")
    _check_reference(words[0])
    return words[0], ()


def _run_pull(arguments: argparse.Namespace) -> int:
    settings = _settings(arguments, _kept_values(_check_reference(arguments.reference)))
    recordings = _recordings(arguments)
    from pullscope.cli.pull import PullJob, run

    return run(
        PullJob(
            arguments.reference,
            _options(arguments),
            settings,
            recordings=recordings,
            json=arguments.json,
            quiet=arguments.quiet,
            again=shlex.join(["pullscope", *arguments.words]),
        ),
        _sessions(),
    )


def _run_probe(arguments: argparse.Namespace) -> int:
    _check_reference(arguments.reference)
    from pullscope.cli.probe import ProbeJob, run

    options = _connection_options(arguments)
    return run(ProbeJob(arguments.reference, options, json=arguments.json), _sessions())


def _run_inspect(arguments: argparse.Namespace) -> int:
    _check_reference(arguments.reference)
    from pullscope.cli.inspect import InspectJob, run

    options = replace(_connection_options(arguments), platform=arguments.platform)
    return run(InspectJob(arguments.reference, options, json=arguments.json), _sessions())


def _run_store(arguments: argparse.Namespace) -> int:
    from pullscope.cli import store

    root = _user_store() if arguments.layout is None else arguments.layout
    try:
        match arguments.store_command:
            case "ls":
                store.list_images(root, as_json=arguments.json)
            case "rm":
                store.remove_images(root, arguments.names)
            case _:
                store.collect_garbage(root, dry_run=arguments.dry_run)
    except PullError as error:
        raise _Failed(str(error)) from error
    return 0


def _run_history(arguments: argparse.Namespace) -> int:
    from pullscope.cli import history as command
    from pullscope.history import History, HistoryError, default_path

    history = History(default_path())
    try:
        match arguments.history_command:
            case "ls":
                command.list_pulls(history, arguments.search, arguments.tag, as_json=arguments.json)
            case "show":
                command.show_pull(history, arguments.number, as_json=arguments.json)
            case "rm":
                _remove_from_history(arguments, history)
            case name:
                off = name == "untag"
                command.tag_pulls(history, arguments.numbers, arguments.tags, off=off)
    except HistoryError as error:
        raise _Failed(str(error)) from error
    return 0


def _run_export_config(arguments: argparse.Namespace) -> int:
    if arguments.write and arguments.into is None:
        raise _WrongUsage("--write needs --into, the file that is written")
    own = (arguments.layers, arguments.parallelism, arguments.chunk_size)
    if None in own if arguments.sweep is None else own != (None, None, None):
        raise _WrongUsage("give --from SWEEP, or --layers, --parallelism and --chunk-size")
    from pullscope.cli.export_config import ExportJob, Winner, run, winner_of
    from pullscope.sweep.plan import SweepError
    from pullscope.sweep.runtimes.runtime_config import Runtime, RuntimeConfigError
    from pullscope.sweep.settings import TrialSettings
    from pullscope.sweep.store import SweepStore, default_folder

    try:
        if arguments.sweep is not None:
            best = winner_of(
                SweepStore(default_folder()),
                arguments.sweep,
                driver=arguments.driver,
                destination=arguments.destination,
            )
        else:
            best = Winner(TrialSettings(*own), arguments.image_layers, ())
    except SettingsError as error:
        raise _WrongUsage(str(error)) from error
    except SweepError as error:
        raise _Failed(str(error)) from error
    try:
        run(
            ExportJob(
                Runtime(arguments.runtime),
                best.settings,
                image_layers=best.image_layers,
                found_by=best.words,
                into=arguments.into,
                write=arguments.write,
                json=arguments.json,
            )
        )
    except RuntimeConfigError as error:
        raise _Failed(str(error)) from error
    return 0


def _remove_from_history(arguments: argparse.Namespace, history: "History") -> None:
    from pullscope.cli import history as command
    from pullscope.history import Kept

    bounds = {
        "days": arguments.older_than,
        "pulls": arguments.keep,
        "trace_bytes": arguments.traces,
    }
    given = {name: value for name, value in bounds.items() if value is not None}
    if bool(given) == bool(arguments.numbers):
        raise _WrongUsage("name either pulls by number, or bounds such as --older-than")
    if given:
        command.prune(history, Kept(**given), dry_run=arguments.dry_run)
    elif arguments.dry_run:
        raise _WrongUsage("--dry-run goes with bounds")
    else:
        command.remove_pulls(history, arguments.numbers)


def _run_export(arguments: argparse.Namespace) -> int:
    from pullscope.trace.export import export_trace, extension_of
    from pullscope.trace.file import NATIVE, TraceError, read_trace
    from pullscope.trace.redact import redacted

    if extension_of(arguments.source) not in NATIVE:
        known = " and ".join(NATIVE)
        raise _WrongUsage(f"{arguments.source}: only {known} traces can be converted")
    picture = arguments.target.suffix.lower() in _PICTURES
    if not picture:
        if arguments.view or arguments.dark:
            raise _WrongUsage("--view and --dark are for pictures, .svg and .png")
        _check_trace(arguments.target)
    try:
        events = read_trace(arguments.source)
        if arguments.redact:
            events = list(redacted(events))
        if picture:
            _write_picture(events, arguments.view or "timeline", arguments.target, arguments.dark)
        else:
            export_trace(events, arguments.target)
    except TraceError as error:
        raise _Failed(str(error)) from error
    return 0


def _write_picture(events: Sequence["PullEvent"], view: str, path: Path, dark: bool) -> None:
    from pullscope.trace.export import write_whole
    from pullscope.trace.pictures import DARK, LIGHT, svg
    from pullscope.trace.recorded import RecordedPull

    drawn = svg(RecordedPull(events), view, DARK if dark else LIGHT)
    if path.suffix.lower() == ".svg":
        content = drawn.encode()
    else:
        from pullscope.gui.picture import png_of

        content = png_of(drawn)
    write_whole(path, lambda file: file.write(content))


def _run_show(arguments: argparse.Namespace) -> int:
    from pullscope.cli.traces import show
    from pullscope.trace.file import TraceError

    try:
        show(arguments.trace, as_json=arguments.json)
    except TraceError as error:
        raise _Failed(str(error)) from error
    return 0


def _run_diff(arguments: argparse.Namespace) -> int:
    from pullscope.cli.traces import diff
    from pullscope.trace.file import TraceError

    try:
        well = diff(
            arguments.before,
            arguments.after,
            fail_if_slower=arguments.fail_if_slower,
            as_json=arguments.json,
        )
    except TraceError as error:
        raise _Failed(str(error)) from error
    return 0 if well else _FAILED


def _run_schema(arguments: argparse.Namespace) -> int:
    from pullscope.trace.schema import trace_schema

    print(json.dumps(trace_schema(), indent=2))
    return 0


def _run_sweep(arguments: argparse.Namespace) -> int:
    from pullscope.cli.sweep import run

    if arguments.sweep_command == "run":
        _check_reference(arguments.reference)
    return run(arguments)


def _run_lab(arguments: argparse.Namespace) -> int:
    from pullscope.lab.command import run

    return run(arguments)


def _run_demo(arguments: argparse.Namespace) -> int:
    settings = _settings(arguments)
    recordings = _recordings(arguments)
    from pullscope.gui.display import has_display
    from pullscope.lab.demo import demo_config
    from pullscope.lab.process import LabError, LabProcess
    from pullscope.session import PullOptions

    lab = LabProcess(demo_config())
    try:
        lab.start()
    except LabError as error:
        raise _Failed(str(error)) from error
    try:
        with tempfile.TemporaryDirectory(
            prefix="pullscope-demo-", ignore_cleanup_errors=True
        ) as folder:
            (reference,) = lab.references
            options = PullOptions(output=Path(folder))
            if has_display():
                return _demo_in_window(arguments, reference, options, settings, recordings)
            tell("No display: pulling in the terminal instead.")
            return _demo_in_terminal(reference, options, settings, recordings)
    finally:
        lab.stop()


def _demo_in_window(
    arguments: argparse.Namespace,
    reference: str,
    options: "PullOptions",
    settings: Settings,
    recordings: "Recordings",
) -> int:
    from pullscope.gui.application import Start, run

    return run(
        Start(
            reference=reference,
            options=options,
            settings=settings,
            exit_when_done=arguments.exit_when_done,
            screenshot=arguments.screenshot,
            recordings=recordings,
            lab=True,
        )
    )


def _demo_in_terminal(
    reference: str, options: "PullOptions", settings: Settings, recordings: "Recordings"
) -> int:
    from pullscope.cli.pull import PullJob, run

    return run(PullJob(reference, options, settings, recordings=recordings))


def _connection_options(arguments: argparse.Namespace) -> "PullOptions":
    from pullscope.session import PullOptions

    return PullOptions(
        plain_http=True if arguments.plain_http else None,
        tls_verify=not arguments.tls_skip_verify,
        hosts_dir=arguments.hosts_dir,
    )


def _options(arguments: argparse.Namespace) -> "PullOptions":
    from pullscope.engine.archive import ArchiveFormat
    from pullscope.engine.store import Durability
    from pullscope.session import PullOptions

    output, archive = arguments.output
    return PullOptions(
        output=output,
        archive=ArchiveFormat(archive) if archive else None,
        durability=Durability(arguments.durability),
        platform=arguments.platform,
        referrers=arguments.referrers,
        plain_http=True if arguments.plain_http else None,
        tls_verify=not arguments.tls_skip_verify,
        hosts_dir=arguments.hosts_dir,
        transport=arguments.transport,
    )


def _settings(
    arguments: argparse.Namespace, kept: Mapping[str, int | str] | None = None
) -> Settings:
    """Return the settings: the options given, else what is `kept` for the registry, else the
    defaults."""
    defaults: Settings = arguments.default_settings
    try:
        return defaults.changed(**{**(kept or {}), **_given(arguments)})
    except SettingsError as error:
        raise _WrongUsage(str(error)) from error


def _given(arguments: argparse.Namespace) -> dict[str, int | str]:
    names = arguments.default_settings.as_dict()
    return {name: value for name in names if (value := getattr(arguments, name)) is not None}


def _kept_values(reference: Reference) -> dict[str, int | str]:
    """Return the settings that the user keeps for a reference's registry."""
    from pullscope.tuning.profiles import ProfilesError, SettingsFile, default_path

    try:
        return SettingsFile(default_path()).read().values_for(reference.domain)
    except ProfilesError as error:
        raise _WrongUsage(str(error)) from error


def _user_store() -> Path:
    """Return where the user keeps images."""
    from pullscope.tuning.profiles import ProfilesError, SettingsFile, default_path

    try:
        return SettingsFile(default_path()).read_general().store_place
    except ProfilesError as error:
        raise _WrongUsage(str(error)) from error


def _sessions() -> "Callable[[], Session]":
    """Return what opens sessions that use the user's store."""
    from pullscope.session import Session

    return partial(Session, _user_store())


def _check_reference(text: str) -> Reference:
    try:
        return parse_reference(text)
    except PullError as error:
        raise _WrongUsage(str(error)) from error


def _recordings(arguments: argparse.Namespace) -> "Recordings":
    """Return what records the pulls; what could not be written or sent is refused before."""
    path: Path | None = arguments.trace
    if path is not None and not path.is_dir():
        _check_trace(path)
    from pullscope.trace.otlp_live import OtlpError, collector_address, configured_headers
    from pullscope.trace.recording import Recordings

    if arguments.otlp is None:
        return Recordings(path, redact=arguments.redact)
    try:
        url, headers = collector_address(arguments.otlp), configured_headers()
    except OtlpError as error:
        raise _WrongUsage(str(error)) from error
    return Recordings(path, redact=arguments.redact, otlp=url, headers=headers)


def _check_trace(path: Path) -> None:
    """Refuse a trace that could not be written before anything is pulled."""
    from pullscope.trace.export import check_target
    from pullscope.trace.file import TraceError

    try:
        check_target(path)
    except TraceError as error:
        raise _WrongUsage(str(error)) from error
