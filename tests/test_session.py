import os
from pathlib import Path
from typing import Any

import pytest

from pullscope.engine.errors import InvalidReference, PullError
from pullscope.engine.events import FirstByte
from pullscope.engine.model import Protocol, Settings
from pullscope.session import PullOptions, Session, default_store


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


async def test_that_wrong_usage_is_refused_before_anything_is_asked() -> None:
    session = Session()
    with pytest.raises(InvalidReference):
        session.new_pull("not an image")
    with pytest.raises(PullError, match="platform"):
        session.new_pull("alpine", PullOptions(platform="amd64"))
    await session.close()


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
