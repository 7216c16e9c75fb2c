import asyncio
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pullscope.engine.archive import ArchiveFormat
from pullscope.engine.errors import InvalidReference, PullError
from pullscope.engine.events import FirstByte
from pullscope.engine.model import KIB, MIB, Protocol, PullState, Settings
from pullscope.engine.store import Durability
from pullscope.lab.config import Shaping
from pullscope.session import PullOptions, Session, default_store, read_options


async def test_that_pulls_of_a_session_share_its_connections(
    start_lab_process: Any, puller: Any
) -> None:
    lab = start_lab_process()
    one = Settings(layers=1, parallelism=1, connections=1, chunk_size=0)
    await puller.new(lab.references[0], one).run()
    for number in range(5):
        await puller.new(lab.references[0], one, output=puller.output / str(number)).run()
    # One for the layers and one for the config beside them; alone each pull would open two. What
    # was just given back may not be seen to be free yet.
    assert lab.statistics().connections <= 2 + 5


async def test_that_pulls_of_a_session_share_its_limits(
    start_lab_process: Any, puller: Any
) -> None:
    lab = start_lab_process(shaping=Shaping(rate_per_connection=MIB))
    settings = Settings(layers=4, parallelism=4, connections=6, chunk_size=256 * KIB)
    pulls = [
        puller.new(lab.references[0], settings, output=puller.output / str(number))
        for number in range(2)
    ]
    running = [asyncio.create_task(pull.run()) for pull in pulls]
    most = [0, 0]
    together = 0
    while not all(task.done() for task in running):
        in_flight = [pull.snapshot().in_flight for pull in pulls]
        together = max(together, sum(in_flight))
        most = [max(pair) for pair in zip(most, in_flight, strict=True)]
        await asyncio.sleep(0.005)
    assert [(await task).state for task in running] == [PullState.DONE] * 2
    assert together == 6
    assert min(most) >= 3


async def test_that_wrong_usage_is_refused_before_anything_is_asked() -> None:
    session = Session()
    with pytest.raises(InvalidReference):
        session.new_pull("not an image")
    with pytest.raises(PullError, match="platform"):
        session.new_pull("alpine", PullOptions(platform="amd64"))
    await session.close()


def test_that_a_pull_goes_to_the_store_of_its_session(tmp_path: Path) -> None:
    session = Session(tmp_path / "one")
    before = session.new_pull("alpine")
    session.store = tmp_path / "two"
    assert before.store.root == tmp_path / "one"
    assert session.new_pull("alpine").store.root == tmp_path / "two"
    assert session.new_pull("alpine", PullOptions(output=tmp_path)).store.root == tmp_path


@pytest.mark.parametrize(
    "options",
    [
        PullOptions(),
        PullOptions(
            output=Path("/out/a.tar"),
            archive=ArchiveFormat.DOCKER,
            durability=Durability.IMAGE,
            platform="linux/arm64",
            referrers=True,
            plain_http=False,
            tls_verify=False,
        ),
    ],
)
def test_that_options_are_read_as_they_were_written(options: PullOptions) -> None:
    base = PullOptions(transport="httpx")
    written = json.loads(json.dumps(options.as_dict()))
    assert read_options(written, base) == replace(options, transport="httpx")


def test_that_the_store_is_in_the_users_data_directory(home: Path) -> None:
    assert home in default_store().parents


def hosts_file(directory: Path, host: str, text: str) -> Path:
    path = directory / host / "hosts.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return path


async def test_that_a_damaged_file_of_hosts_is_refused_before_anything_is_asked(
    start_lab_process: Any, puller: Any, tmp_path: Path
) -> None:
    lab = start_lab_process()
    path = hosts_file(tmp_path, lab.host, "\nserver = 5\n")
    with pytest.raises(PullError) as raised:
        puller.new(lab.references[0], hosts_dir=tmp_path)
    assert str(raised.value) == f"{path}, line 2: server is no text"
    assert not lab.statistics().requests


async def test_that_hosts_are_found_in_the_users_own_directory(
    start_lab_process: Any, puller: Any
) -> None:
    mirror, lab = start_lab_process(), start_lab_process()
    own = Path(os.environ["XDG_CONFIG_HOME"]) / "containerd" / "certs.d"
    hosts_file(own, lab.host, f'[host."{mirror.url}"]')
    await puller.new(lab.references[0]).run()
    assert not lab.statistics().requests
    assert mirror.statistics().requests["manifest"] == 1


async def test_that_a_probe_asks_the_registry_itself(
    start_lab_process: Any, puller: Any, tmp_path: Path
) -> None:
    mirror, lab = start_lab_process(), start_lab_process()
    hosts_file(tmp_path, lab.host, f'[host."{mirror.url}"]')
    passport = await puller.session.probe(lab.references[0], PullOptions(hosts_dir=tmp_path))
    assert passport.host == lab.host
    assert lab.statistics().requests["manifest"] > 0
    assert not mirror.statistics().requests


async def test_that_http2_is_offered_and_need_not_be_taken(
    start_lab_process: Any, puller: Any
) -> None:
    lab = start_lab_process()
    await puller.new(lab.references[0], Settings(protocol=Protocol.HTTP_2)).run()
    puller.assert_image_is_whole()
    assert {event.protocol for event in puller.of_type(FirstByte)} == {"HTTP/1.1"}
