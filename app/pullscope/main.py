"""The composition root: reads the command line and starts what it asks for.

Each command imports what it needs when it runs, so that `pullscope --help` waits for neither Qt
nor an HTTP client.
"""

import argparse
import os
import shlex
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pullscope import __doc__ as DESCRIPTION  # noqa: N812 - a text, not a module
from pullscope import __version__
from pullscope.cli.messages import tell, tell_error
from pullscope.engine.errors import PullError, SettingsError
from pullscope.engine.model import LayerOrder, Protocol, Settings, WriteMode
from pullscope.engine.platforms import ALL_PLATFORMS, parse_platform
from pullscope.engine.reference import Reference, parse_reference
from pullscope.engine.units import parse_size, size_text
from pullscope.lab.command import add_arguments as add_lab_arguments
from pullscope.lab.demo import DEMO_SETTINGS

if TYPE_CHECKING:
    from pullscope.session import PullOptions

_FAILED, _WRONG_USAGE, _INTERRUPTED = 1, 2, 130
_ARCHIVES = ("oci-archive", "docker-archive")
_DEMO_NOTICE = "Demo: a registry on this computer, 4 MiB/s per connection."


class _WrongUsage(Exception):
    """What the command line asks for cannot be: exit status 2."""


class _Failed(Exception):
    """A command failed: exit status 1."""


class _Parser(argparse.ArgumentParser):
    def __init__(self, **options: Any) -> None:
        # An abbreviation in a script would break when a later version adds an option.
        super().__init__(allow_abbrev=False, **options)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that `argv` (by default the process's arguments) names.

    Returns the exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted. Raises SystemExit
    where argparse does: after `--help` and `--version`, and for a line it cannot read.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        arguments = _parser().parse_args(words or ["gui"])
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

    gui = commands.add_parser("gui", help="open the window, and pull REF in it if given")
    gui.add_argument("reference", nargs="?", metavar="REF", help="the image, as ghcr.io/team/app:1")
    _add_pull_options(gui)
    _add_setting_options(gui, Settings())
    _add_trace_option(gui)
    _add_window_options(gui)
    gui.set_defaults(run=_run_window)

    pull = commands.add_parser("pull", help="pull an image in the terminal")
    pull.add_argument("reference", metavar="REF", help="the image, as ghcr.io/team/app:1")
    _add_pull_options(pull)
    _add_setting_options(pull, Settings())
    _add_trace_option(pull)
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

    _add_store_commands(commands.add_parser("store", help="list and remove pulled images"))

    trace = commands.add_parser("trace", help="convert traces of pulls")
    trace_commands = trace.add_subparsers(title="commands", metavar="COMMAND", required=True)
    export = trace_commands.add_parser(
        "export", help="convert a .jsonl trace to the format that the extension of OUT names"
    )
    export.add_argument("source", type=Path, metavar="IN", help="a trace, .jsonl")
    export.add_argument(
        "target",
        type=Path,
        metavar="OUT",
        help=".json for Perfetto and chrome://tracing, .csv for a row per request, .jsonl",
    )
    export.set_defaults(run=_run_export)

    lab = commands.add_parser("lab", help="serve a registry on this machine, to pull from")
    add_lab_arguments(lab)
    lab.set_defaults(run=_run_lab)

    demo = commands.add_parser("demo", help="watch a made-up image being pulled from the lab")
    _add_setting_options(demo, DEMO_SETTINGS)
    _add_trace_option(demo)
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


def _add_trace_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--trace",
        type=Path,
        metavar="FILE",
        help="write a trace: .jsonl, .json for Perfetto and chrome://tracing, or .csv",
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


def _platform(text: str) -> str:
    if text == ALL_PLATFORMS:
        return text
    try:
        return str(parse_platform(text))
    except PullError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _run_window(arguments: argparse.Namespace) -> int:
    if arguments.reference is not None:
        _check_reference(arguments.reference)
    settings = _settings(arguments)
    _check_trace(arguments.trace)
    if arguments.output[1] is not None:
        raise _WrongUsage("the window writes OCI image layouts; `pullscope pull` writes archives")
    from pullscope.gui.display import has_display

    if not has_display():
        raise _Failed(
            "there is no display to open a window on; `pullscope pull REF` pulls in the terminal"
        )
    from pullscope.gui.application import Start, run

    return run(
        Start(
            reference=arguments.reference,
            options=_options(arguments),
            settings=settings,
            exit_when_done=arguments.exit_when_done,
            screenshot=arguments.screenshot,
            trace=arguments.trace,
            given=_given(arguments),
        )
    )


def _run_pull(arguments: argparse.Namespace) -> int:
    settings = _settings(arguments, _kept_values(_check_reference(arguments.reference)))
    _check_trace(arguments.trace)
    from pullscope.cli.pull import PullJob, run

    return run(
        PullJob(
            arguments.reference,
            _options(arguments),
            settings,
            trace=arguments.trace,
            json=arguments.json,
            quiet=arguments.quiet,
            again=shlex.join(["pullscope", *arguments.words]),
        )
    )


def _run_probe(arguments: argparse.Namespace) -> int:
    _check_reference(arguments.reference)
    from pullscope.cli.probe import ProbeJob, run
    from pullscope.session import PullOptions

    options = PullOptions(
        plain_http=True if arguments.plain_http else None,
        tls_verify=not arguments.tls_skip_verify,
        hosts_dir=arguments.hosts_dir,
    )
    return run(ProbeJob(arguments.reference, options, json=arguments.json))


def _run_store(arguments: argparse.Namespace) -> int:
    from pullscope.cli import store
    from pullscope.session import default_store

    root = default_store() if arguments.layout is None else arguments.layout
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


def _run_export(arguments: argparse.Namespace) -> int:
    from pullscope.trace.export import export_trace
    from pullscope.trace.file import TraceError, read_trace

    if arguments.source.suffix.lower() != ".jsonl":
        raise _WrongUsage(f"{arguments.source}: only .jsonl traces can be converted")
    _check_trace(arguments.target)
    try:
        export_trace(read_trace(arguments.source), arguments.target)
    except TraceError as error:
        raise _Failed(str(error)) from error
    return 0


def _run_lab(arguments: argparse.Namespace) -> int:
    from pullscope.lab.command import run

    return run(arguments)


def _run_demo(arguments: argparse.Namespace) -> int:
    settings = _settings(arguments)
    _check_trace(arguments.trace)
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
                return _demo_in_window(arguments, reference, options, settings)
            tell("No display: pulling in the terminal instead.")
            return _demo_in_terminal(arguments, reference, options, settings)
    finally:
        lab.stop()


def _demo_in_window(
    arguments: argparse.Namespace, reference: str, options: "PullOptions", settings: Settings
) -> int:
    from pullscope.gui.application import Start, run

    return run(
        Start(
            reference=reference,
            options=options,
            settings=settings,
            exit_when_done=arguments.exit_when_done,
            screenshot=arguments.screenshot,
            trace=arguments.trace,
            notice=_DEMO_NOTICE,
            lab=True,
        )
    )


def _demo_in_terminal(
    arguments: argparse.Namespace, reference: str, options: "PullOptions", settings: Settings
) -> int:
    from pullscope.cli.pull import PullJob, run

    return run(PullJob(reference, options, settings, trace=arguments.trace))


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


def _check_reference(text: str) -> Reference:
    try:
        return parse_reference(text)
    except PullError as error:
        raise _WrongUsage(str(error)) from error


def _check_trace(path: Path | None) -> None:
    """Refuse a trace that could not be written before anything is pulled."""
    if path is None:
        return
    from pullscope.trace.export import check_target
    from pullscope.trace.file import TraceError

    try:
        check_target(path)
    except TraceError as error:
        raise _WrongUsage(str(error)) from error
