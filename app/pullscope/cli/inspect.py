"""What an image is made of, in the terminal: its layers, config, annotations and platforms."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

from pullscope.cli.messages import tell_error
from pullscope.cli.question import DONE, FAILED, ask, print_answer
from pullscope.engine.topology import Topology
from pullscope.engine.units import size_text
from pullscope.session import PullOptions, Session


@dataclass(frozen=True, slots=True)
class InspectJob:
    """What to inspect, and whether to print it as a JSON object."""

    reference: str
    options: PullOptions
    json: bool = False


def run(job: InspectJob, open_session: Callable[[], Session] = Session) -> int:
    """Inspect, print what was found, and return the exit status."""
    return ask(
        lambda session: session.inspect(job.reference, job.options),
        lambda topology: _tell(topology, as_json=job.json),
        open_session,
    )


def _tell(topology: Topology, *, as_json: bool) -> int:
    print_answer(json.dumps(asdict(topology)) if as_json else "\n".join(_lines(topology)))
    if topology.problem:
        tell_error(topology.problem)
        return FAILED
    return DONE


def _lines(topology: Topology) -> Iterator[str]:
    yield topology.reference
    for name, value in _facts(topology):
        yield f"  {name:<12}{value}"
    if topology.layers:
        yield ""
        yield f"  {'LAYER':<14}{'SIZE':>10}  MADE BY"
        for layer in topology.layers:
            short = layer.digest.partition(":")[2][:12]
            made_by = layer.made_by.created_by if layer.made_by is not None else ""
            shared = f"  (also in {', '.join(layer.shared_with)})" if layer.shared_with else ""
            yield f"  {short:<14}{size_text(layer.size):>10}  {made_by}{shared}".rstrip()


def _facts(topology: Topology) -> Iterator[tuple[str, str]]:
    if topology.digest:
        yield "digest", topology.digest
        yield "media type", topology.media_type
    if topology.platform:
        yield "platform", topology.platform
    if topology.choices:
        yield "platforms", ", ".join(topology.choices)
    if topology.layers:
        yield "layers", f"{len(topology.layers)}, {size_text(topology.size)}"
    if (config := topology.config) is not None:
        for name, values in (
            ("created", (config.created,)),
            ("user", (config.user,)),
            ("workdir", (config.workdir,)),
            ("entrypoint", (json.dumps(config.entrypoint),) if config.entrypoint else ()),
            ("cmd", (json.dumps(config.cmd),) if config.cmd else ()),
            ("env", config.env),
            ("label", tuple(f"{name}={text}" for name, text in config.labels)),
        ):
            yield from ((name, value) for value in values if value)
    yield from (("annotation", f"{name}={text}") for name, text in topology.annotations)
