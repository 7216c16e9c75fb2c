import base64
import logging
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from pullscope.engine.errors import InvalidReference, PullError
from pullscope.engine.events import FirstByte
from pullscope.engine.model import Protocol, Settings
from pullscope.engine.transport import TRANSPORTS
from pullscope.lab.config import Auth, AuthScheme, FaultPlan
from pullscope.session import PullOptions, Session, default_store
from pullscope.trace.export import FORMATS, export_trace
from pullscope.trace.recorder import Recorder

PASSWORD = "correct-horse-battery"


async def test_that_pulls_of_a_session_share_its_connections(
    start_lab_process: Any, puller: Any
) -> None:
    lab = start_lab_process()
    one = Settings(layers=1, parallelism=1, connections=1, chunk_size=0)
    await puller.new(lab.references[0], one).run()
    before = lab.statistics().connections
    await puller.new(lab.references[0], one, output=puller.output.with_name("again")).run()
    # The config blob is fetched beside the first layer.
    assert lab.statistics().connections <= before + 1


async def test_that_wrong_usage_is_refused_before_anything_is_asked() -> None:
    session = Session()
    with pytest.raises(InvalidReference):
        session.new_pull("not an image")
    with pytest.raises(PullError, match="platform"):
        session.new_pull("alpine", PullOptions(platform="amd64"))
    await session.close()


def test_that_the_store_is_in_the_users_data_directory(home: Path) -> None:
    assert home in default_store().parents


def read_all(paths: Iterable[Path]) -> str:
    return "".join(path.read_text() for path in paths)


@pytest.mark.parametrize("scheme", list(AuthScheme))
@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_that_no_secret_reaches_a_log_a_trace_or_an_error(
    start_lab_process: Any,
    puller: Any,
    home: Path,
    tmp_path: Path,
    scheme: AuthScheme,
    transport: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore", "pullscope"):
        assert logging.getLogger(name).getEffectiveLevel() >= logging.DEBUG
    lab = start_lab_process(
        auth=Auth(scheme, "ann", PASSWORD, token_lifetime=0.3),
        redirect_lifetime=60.0,
        faults=FaultPlan.of("reset=0.2", "expired-redirect=0.2", "503=0.1", limit=9, retry_after=0),
    )
    login = base64.b64encode(f"ann:{PASSWORD}".encode()).decode()
    (home / ".docker").mkdir()
    (home / ".docker" / "config.json").write_text(
        f'{{"auths": {{"{lab.host}": {{"auth": "{login}"}}}}}}'
    )
    errors = []
    recorder = Recorder()
    pull = puller.new(lab.references[0], transport=transport)
    pull.observe(recorder)
    await pull.run()
    lab.reshape(faults=FaultPlan.of("expired-redirect=1"))
    failing = puller.new(
        lab.references[0], transport=transport, attempts=2, output=tmp_path / "failing"
    )
    failing.observe(recorder)
    with pytest.raises(PullError) as raised:
        await failing.run()
    errors.append(str(raised.value))
    for extension in FORMATS:
        export_trace(recorder.events, tmp_path / f"trace{extension}")
    told = caplog.text + "".join(errors)
    told += read_all(tmp_path / f"trace{extension}" for extension in FORMATS)
    assert lab.host in told
    for secret in (PASSWORD, login, "sig=", "signature=", "Bearer ", "Basic "):
        assert secret not in told


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
