import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pullscope.engine.events import PullEvent
from pullscope.engine.model import KIB, MIB, Settings
from pullscope.engine.pull import Pull
from pullscope.lab.config import LabConfig, SyntheticImage
from pullscope.lab.process import LabProcess
from pullscope.session import PullOptions, Session

SMALL_IMAGE = SyntheticImage("demo/app", "1", (6 * MIB, 3 * MIB, MIB + 17, 100))
SMALL_CHUNKS = Settings(layers=3, parallelism=4, connections=8, chunk_size=256 * KIB)


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep every test away from the user's logins, store, settings and proxies."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(home / name.lower()))
    for name in (
        "CONTAINERS_REGISTRIES_CONF",
        "DOCKER_CONFIG",
        "REGISTRY_AUTH_FILE",
        "SSL_CERT_FILE",
        "XDG_RUNTIME_DIR",
    ):
        monkeypatch.delenv(name, raising=False)
    return home


@pytest.fixture(scope="session")
def digest_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where labs keep the digests of synthetic layers, so that each is computed once a run."""
    return tmp_path_factory.mktemp("digests")


StartLabProcess = Callable[..., LabProcess]


@pytest.fixture
def start_lab_process(digest_cache: Path) -> Iterator[StartLabProcess]:
    """Starts labs in processes of their own, by the fields of LabConfig; ends them afterwards."""
    with ExitStack() as stack:

        def start(**fields: Any) -> LabProcess:
            fields.setdefault("images", (SMALL_IMAGE,))
            config = replace(
                LabConfig(images=(SMALL_IMAGE,)), cache_directory=digest_cache, **fields
            )
            return stack.enter_context(LabProcess(config))

        yield start


class Puller:
    """Makes pulls into a directory and keeps what happened in them."""

    def __init__(self, session: Session, output: Path) -> None:
        self.session = session
        self.output = output
        self.events: list[PullEvent] = []

    def new(self, reference: str, settings: Settings = SMALL_CHUNKS, **options: Any) -> Pull:
        """Return a pull whose events are kept; those of an earlier one are forgotten."""
        options.setdefault("output", self.output)
        pull = self.session.new_pull(reference, PullOptions(**options), settings)
        self.events = []
        pull.observe(self.events.append)
        return pull

    def of_type(self, *kinds: type) -> list[Any]:
        """Return the events of some kinds, in order."""
        return [event for event in self.events if isinstance(event, kinds)]

    def assert_image_is_whole(self, tag: str = "1", output: Path | None = None) -> None:
        """Check the layout from its index to the last byte, by means of its own."""
        root = output or self.output
        assert json.loads((root / "oci-layout").read_bytes()) == {"imageLayoutVersion": "1.0.0"}
        index = json.loads((root / "index.json").read_bytes())
        name = "org.opencontainers.image.ref.name"
        [entry] = [e for e in index["manifests"] if e.get("annotations", {}).get(name) == tag]
        manifest = json.loads(_blob(root, entry))
        for descriptor in (manifest["config"], *manifest["layers"]):
            _blob(root, descriptor)
        assert not (root / ".ingest").exists()


def _blob(root: Path, descriptor: dict[str, Any]) -> bytes:
    algorithm, _, encoded = descriptor["digest"].partition(":")
    body = (root / "blobs" / algorithm / encoded).read_bytes()
    assert len(body) == descriptor["size"]
    assert hashlib.new(algorithm, body).hexdigest() == encoded
    return body


@pytest.fixture
async def puller(tmp_path: Path) -> Any:
    """A `Puller` whose session is closed after the test."""
    session = Session()
    yield Puller(session, tmp_path / "out")
    await session.close()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how many cases the matrix of faults had: one test holds many."""
    counts: Counter[str] = Counter()
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            for name, value in report.user_properties:
                if name.startswith("matrix "):
                    counts[f"{name}, in tests that {outcome}"] += value
    for name, count in sorted(counts.items()):
        terminalreporter.write_line(f"{name}: {count}")
