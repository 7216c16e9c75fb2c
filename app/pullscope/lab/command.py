"""The lab's command line: its options, and running the lab until it is told to end.

The server is imported when it is started, so that showing the options is quick.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from pullscope.engine.model import GIB
from pullscope.engine.units import parse_size, size_text
from pullscope.lab.config import (
    FAULT_MEANINGS,
    Auth,
    AuthScheme,
    Fault,
    FaultPlan,
    LabConfig,
    Layout,
    Shaping,
    SyntheticImage,
)

if TYPE_CHECKING:
    from pullscope.lab.catalog import Catalog
    from pullscope.lab.server import LabAddresses

DEMO_IMAGE = "demo/app:1=512MiB,256MiB,128MiB,64MiB,32MiB,16MiB,12MiB,4MiB"
DESCRIPTION = (
    "Serve a container registry on this machine, with images made up on the spot, at the speed "
    "and with the faults of your choice. It prints the references that it serves."
)
_EXIT_OK, _EXIT_FAILED, _EXIT_USAGE = 0, 1, 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the lab's options to `parser`."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = DESCRIPTION
    parser.epilog = _epilog()
    _add_content_arguments(parser.add_argument_group("what it serves"))
    _add_address_arguments(parser.add_argument_group("where"))
    _add_shaping_arguments(parser.add_argument_group("how fast"))
    _add_fault_arguments(parser.add_argument_group("what goes wrong"))
    _add_auth_arguments(parser.add_argument_group("who may pull"))


def _add_content_arguments(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--image",
        action="append",
        default=[],
        metavar="NAME:TAG=SIZES",
        help="a synthetic image by the sizes of its layers, e.g. demo/app:1=512MiB,8x64MiB; "
        "may be repeated (without any image or layout, a demo image of 1 GiB)",
    )
    group.add_argument(
        "--seed",
        type=int,
        default=0,
        help="the content of synthetic layers (default 0); NAME:TAG=SIZES@SEED for one image",
    )
    group.add_argument(
        "--layout",
        action="append",
        default=[],
        metavar="NAME=DIR",
        help="an OCI image layout on disk, served as repository NAME; may be repeated",
    )
    group.add_argument(
        "--docker", action="store_true", help="give synthetic images Docker's media types"
    )
    group.add_argument(
        "--index",
        action="store_true",
        help="make each synthetic image an index of linux/amd64, linux/arm64/v8 and an attestation",
    )
    group.add_argument(
        "--cache-directory",
        type=Path,
        metavar="DIR",
        help="where digests of synthetic layers are kept (default: the user's cache directory)",
    )


def _add_address_arguments(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    group.add_argument("--port", type=int, default=0, help="port to listen on (default: any free)")
    group.add_argument(
        "--redirect",
        action="store_true",
        help="redirect blobs to signed links on a second port, which refuses Authorization",
    )
    group.add_argument(
        "--redirect-lifetime",
        type=float,
        default=300.0,
        metavar="SECONDS",
        help="how long a signed link is good for (default 300)",
    )
    group.add_argument(
        "--cdn-port", type=int, default=0, help="port for redirected blobs (default: any free)"
    )
    group.add_argument("--tls-cert", type=Path, metavar="FILE", help="serve https: PEM certificate")
    group.add_argument("--tls-key", type=Path, metavar="FILE", help="serve https: PEM private key")
    group.add_argument(
        "--announce-json",
        action="store_true",
        help="for programs: print one line of JSON when ready, and end when standard input ends",
    )


def _add_shaping_arguments(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--rate-per-connection", metavar="SIZE", help="bytes/s of each connection, e.g. 20MiB"
    )
    group.add_argument("--rate-total", metavar="SIZE", help="bytes/s of all connections together")
    group.add_argument(
        "--latency", type=float, default=0.0, metavar="SECONDS", help="time to the first byte"
    )
    group.add_argument(
        "--jitter",
        type=float,
        default=0.0,
        metavar="SECONDS",
        help="how far the latency varies to either side",
    )
    group.add_argument(
        "--requests-per-second",
        type=float,
        metavar="N",
        help="answer no more GETs of blobs, and those beyond with 429",
    )
    group.add_argument(
        "--request-burst",
        type=int,
        default=10,
        metavar="N",
        help="how many of them may come at once after a rest (default 10)",
    )


def _add_fault_arguments(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="KIND=RATE",
        help="hit a share (0 to 1) of the GETs of blobs, or of manifests with KIND=RATE@manifests; "
        "may be repeated; the kinds are listed below",
    )
    group.add_argument("--fault-limit", type=int, metavar="N", help="at most N faults in all")
    group.add_argument("--fault-seed", type=int, default=0, help="which requests are hit")
    group.add_argument(
        "--retry-after",
        type=int,
        default=1,
        metavar="SECONDS",
        help="Retry-After of a 429 or 503 (default 1; -1 sends none)",
    )


def _add_auth_arguments(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--auth", choices=[scheme.value for scheme in AuthScheme])
    group.add_argument(
        "--user", metavar="NAME", help="the only user (bearer without a user: tokens for anyone)"
    )
    group.add_argument("--password", metavar="SECRET", help="that user's password")
    group.add_argument(
        "--token-lifetime",
        type=float,
        default=300.0,
        metavar="SECONDS",
        help="when a bearer token expires (default 300)",
    )
    group.add_argument(
        "--quota",
        type=int,
        metavar="N",
        help="answer N GETs of manifests, tell how many are left, and refuse what is beyond",
    )


def _epilog() -> str:
    kinds = "\n".join(f"  {kind:<20} {meaning}" for kind, meaning in FAULT_MEANINGS.items())
    return f"kinds of fault:\n{kinds}\n\nsizes: 4096, 4kB, 4MB (10^6), 4MiB (2^20), 1.5GiB"


def read_config(arguments: argparse.Namespace) -> LabConfig:
    """Return what the parsed `arguments` ask for.

    Raises ValueError when one cannot be read or they do not fit together.
    """
    images = arguments.image
    if not images and not arguments.layout:
        images = [DEMO_IMAGE]
    auth = None
    if arguments.auth is not None:
        auth = Auth(
            AuthScheme(arguments.auth),
            arguments.user,
            arguments.password,
            arguments.token_lifetime,
        )
    return LabConfig(
        images=tuple(SyntheticImage.parse(image, arguments.seed) for image in images),
        layouts=tuple(map(Layout.parse, arguments.layout)),
        docker_types=arguments.docker,
        multi_platform=arguments.index,
        shaping=Shaping(
            rate_per_connection=_read_rate(arguments.rate_per_connection),
            rate_total=_read_rate(arguments.rate_total),
            latency=arguments.latency,
            jitter=arguments.jitter,
            requests_per_second=arguments.requests_per_second,
            request_burst=arguments.request_burst,
        ),
        faults=FaultPlan(
            tuple(map(Fault.parse, arguments.fault)),
            arguments.fault_limit,
            arguments.fault_seed,
            None if arguments.retry_after < 0 else arguments.retry_after,
        ),
        auth=auth,
        quota=arguments.quota,
        redirect_lifetime=arguments.redirect_lifetime if arguments.redirect else None,
        tls_certificate=arguments.tls_cert,
        tls_key=arguments.tls_key,
        host=arguments.host,
        port=arguments.port,
        cdn_port=arguments.cdn_port,
        cache_directory=arguments.cache_directory,
    )


def write_arguments(config: LabConfig) -> list[str]:
    """Return the command line for a program to start a lab of `config` with."""
    shaping, faults, auth = config.shaping, config.faults, config.auth
    options: list[tuple[str, object]] = [
        *(("--image", image) for image in config.images),
        *(("--layout", layout) for layout in config.layouts),
        ("--docker", config.docker_types),
        ("--index", config.multi_platform),
        ("--rate-per-connection", shaping.rate_per_connection),
        ("--rate-total", shaping.rate_total),
        ("--latency", shaping.latency),
        ("--jitter", shaping.jitter),
        ("--requests-per-second", shaping.requests_per_second),
        ("--request-burst", shaping.request_burst),
        *(("--fault", fault) for fault in faults.faults),
        ("--fault-limit", faults.limit),
        ("--fault-seed", faults.seed),
        ("--retry-after", -1 if faults.retry_after is None else faults.retry_after),
        ("--quota", config.quota),
        ("--redirect", config.redirect_lifetime is not None),
        ("--redirect-lifetime", config.redirect_lifetime),
        ("--tls-cert", config.tls_certificate),
        ("--tls-key", config.tls_key),
        ("--host", config.host),
        ("--port", config.port),
        ("--cdn-port", config.cdn_port),
        ("--cache-directory", config.cache_directory),
    ]
    if auth is not None:
        options += [
            ("--auth", auth.scheme),
            ("--user", auth.user),
            ("--password", auth.password),
            ("--token-lifetime", auth.token_lifetime),
        ]
    written = ["--announce-json"]
    for option, value in options:
        if value is True:
            written.append(option)
        elif value is not None and value is not False:
            # In one word, so that a value may begin with a dash.
            written.append(f"{option}={value}")
    return written


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM and return the exit status: 0, 1 (failed), 2 (usage)."""
    as_json: bool = arguments.announce_json
    if as_json:
        # Whoever started this decides when it ends; a Ctrl+C meant for them is not for it.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        threading.Thread(target=_end_with_standard_input, daemon=True).start()
    try:
        config = read_config(arguments)
        catalog = _build_catalog(config, quiet=as_json)
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(_serve(config, catalog, as_json=as_json))
    except KeyboardInterrupt:
        # While digests were computed: nothing listened yet that would have to be ended.
        return _EXIT_OK
    except ValueError as error:
        return _fail(str(error), _EXIT_USAGE, as_json=as_json)
    except OSError as error:
        return _fail(str(error), _EXIT_FAILED, as_json=as_json)
    return _EXIT_OK


def _build_catalog(config: LabConfig, *, quiet: bool) -> "Catalog":
    from pullscope.lab.catalog import Catalog, layers_of
    from pullscope.lab.synthetic import DigestCache

    cache = DigestCache(config.cache_directory)
    missing = cache.missing_bytes(layers_of(config))
    if missing >= GIB and not quiet:
        print(
            f"Computing digests of {size_text(missing)}; they are kept.",
            file=sys.stderr,
            flush=True,
        )
    return Catalog.build(config, cache)


async def _serve(config: LabConfig, catalog: "Catalog", *, as_json: bool) -> None:
    from pullscope.lab.server import Lab

    stop = asyncio.Event()
    _call_on_signal(signal.SIGTERM, stop.set)
    if not as_json:
        _call_on_signal(signal.SIGINT, stop.set)
    lab = Lab(config, catalog)
    try:
        addresses = await lab.start()
        if as_json:
            print(json.dumps(addresses.to_json()), flush=True)
        else:
            print(_announcement(config, addresses), flush=True)
        await stop.wait()
    finally:
        await lab.stop()


def _announcement(config: LabConfig, addresses: "LabAddresses") -> str:
    lines = [f"The lab listens on {config.scheme}://{addresses.host}"]
    if addresses.cdn_host is not None:
        lines.append(f"and redirects blobs to {config.scheme}://{addresses.cdn_host}")
    sizes = {f"{image.repository}:{image.tag}": image.layer_sizes for image in config.images}
    lines += ["", "It serves:"]
    for reference in addresses.references:
        layers = sizes.get(reference.removeprefix(f"{addresses.host}/"))
        if layers is None:
            lines.append(f"  {reference}")
        else:
            count = "1 layer" if len(layers) == 1 else f"{len(layers)} layers"
            lines.append(f"  {reference}  ({count}, {size_text(sum(layers))})")
    return "\n".join([*lines, "", "Ctrl+C ends it."])


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        # There is none for Windows.
        return None
    return uvloop.new_event_loop


def _call_on_signal(number: signal.Signals, callback: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    try:
        loop.add_signal_handler(number, callback)
    except NotImplementedError:
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(callback))


def _end_with_standard_input() -> None:
    # os.read, because a thread inside sys.stdin holds a lock that the interpreter's exit wants.
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _fail(message: str, status: int, *, as_json: bool) -> int:
    if as_json:
        print(json.dumps({"error": message}), flush=True)
    else:
        print(f"pullscope lab: {message}", file=sys.stderr)
    return status


def _read_rate(text: str | None) -> int | None:
    return None if text is None else parse_size(text)
