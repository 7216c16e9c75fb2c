"""Pulls with two labs, a mirror and the registry itself, each with its own users."""

import base64
import json
import socket
from pathlib import Path
from typing import Any

import pytest
import trustme

from pullscope.engine.errors import AccessDenied, NotFound, PullError
from pullscope.engine.events import ChunkDone, FirstByte, LayerDiscarded, RequestSent
from pullscope.engine.model import KIB, MIB, PullState, Settings
from pullscope.engine.store import Store
from pullscope.engine.transport import TRANSPORTS
from pullscope.lab.config import Auth, AuthScheme, FaultPlan, SyntheticImage
from pullscope.lab.process import LabProcess

SMALL_IMAGE = SyntheticImage("demo/app", "1", (6 * MIB, 3 * MIB, MIB + 17, 100))
SIZE = sum(SMALL_IMAGE.layer_sizes)
OTHER_IMAGE = SyntheticImage("demo/other", "1", (1000,))


@pytest.fixture
def hosts_dir(tmp_path: Path) -> Path:
    return tmp_path / "certs.d"


def configure(hosts_dir: Path, upstream: LabProcess, text: str) -> Path:
    """Write the registry's hosts.toml; return its directory."""
    directory = hosts_dir / f"{upstream.host.replace(':', '_')}_"
    directory.mkdir(parents=True)
    (directory / "hosts.toml").write_text(text)
    return directory


def mirror_at(url: str, *lines: str) -> str:
    return "\n".join([f'[host."{url}"]', *lines])


def log_in(home: Path, **users: str) -> None:
    auths = {
        host: {"auth": base64.b64encode(login.encode()).decode()} for host, login in users.items()
    }
    (home / ".docker").mkdir(exist_ok=True)
    (home / ".docker" / "config.json").write_text(json.dumps({"auths": auths}))


def assert_each_byte_came_once(*labs: LabProcess) -> None:
    sent = sum(lab.statistics().blob_bytes_sent for lab in labs)
    assert SIZE < sent < SIZE + 4 * KIB  # the config blob


# The mirror serves


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_that_a_mirror_that_serves_is_the_only_one_asked(
    start_lab_process: Any, puller: Any, hosts_dir: Path, transport: str
) -> None:
    mirror, upstream = start_lab_process(), start_lab_process()
    configure(hosts_dir, upstream, mirror_at(mirror.url))
    pull = puller.new(upstream.references[0], hosts_dir=hosts_dir, transport=transport)
    snapshot = await pull.run()
    assert snapshot.network == snapshot.total == SIZE
    puller.assert_image_is_whole()
    assert not upstream.statistics().requests
    assert sum(mirror.statistics().requests.values()) == snapshot.requests
    assert {event.host for event in puller.of_type(FirstByte)} == {mirror.host}
    assert {event.kind for event in puller.of_type(RequestSent)} == {"manifest", "config"}


async def test_that_a_mirror_is_found_by_podmans_file_as_well(
    start_lab_process: Any, puller: Any, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror, upstream = start_lab_process(), start_lab_process()
    path = home / "registries.conf"
    path.write_text(
        f'[[registry]]\nlocation = "{upstream.host}"\n'
        f'[[registry.mirror]]\nlocation = "{mirror.host}"\ninsecure = true\n'
    )
    monkeypatch.setenv("CONTAINERS_REGISTRIES_CONF", str(path))
    await puller.new(upstream.references[0]).run()
    puller.assert_image_is_whole()
    assert not upstream.statistics().requests
    assert_each_byte_came_once(mirror)


async def test_that_a_mirror_without_the_right_to_resolve_serves_what_the_registry_named(
    start_lab_process: Any, puller: Any, hosts_dir: Path
) -> None:
    mirror, upstream = start_lab_process(), start_lab_process()
    configure(hosts_dir, upstream, mirror_at(mirror.url, 'capabilities = ["pull"]'))
    await puller.new(upstream.references[0], hosts_dir=hosts_dir).run()
    puller.assert_image_is_whole()
    assert upstream.statistics().requests == {"manifest": 1}
    assert_each_byte_came_once(mirror)


# It does not


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("fault", ["503=1", "429=1", "range-400=1", "503=1@manifests"])
async def test_that_the_registry_serves_what_a_mirror_refuses(
    start_lab_process: Any, puller: Any, hosts_dir: Path, fault: str, transport: str
) -> None:
    mirror = start_lab_process(faults=FaultPlan.of(fault, retry_after=60))
    upstream = start_lab_process()
    configure(hosts_dir, upstream, mirror_at(mirror.url))
    pull = puller.new(upstream.references[0], hosts_dir=hosts_dir, transport=transport)
    snapshot = await pull.run()
    assert snapshot.state is PullState.DONE
    assert snapshot.network == SIZE
    assert (snapshot.retries, snapshot.wasted) == (0, 0)
    puller.assert_image_is_whole()
    assert_each_byte_came_once(mirror, upstream)


async def test_that_the_registry_is_asked_for_what_a_mirror_damages(
    start_lab_process: Any, puller: Any, hosts_dir: Path
) -> None:
    mirror = start_lab_process(faults=FaultPlan.of("wrong-bytes=1"))
    upstream = start_lab_process()
    first = await puller.new(upstream.references[0]).run()
    for layer in first.layers:  # all but the config, so that the mirror is well when they begin
        Store(puller.output).blob_path(layer.digest).unlink()
    configure(hosts_dir, upstream, mirror_at(mirror.url))
    snapshot = await puller.new(upstream.references[0], hosts_dir=hosts_dir).run()
    assert puller.of_type(LayerDiscarded)
    assert 0 < snapshot.wasted <= SIZE
    assert snapshot.network == SIZE + snapshot.wasted
    puller.assert_image_is_whole()


async def test_that_a_mirror_in_trouble_is_left_alone_for_a_while(
    start_lab_process: Any, puller: Any, hosts_dir: Path
) -> None:
    mirror = start_lab_process(faults=FaultPlan.of("503=1", retry_after=60))
    upstream = start_lab_process()
    configure(hosts_dir, upstream, mirror_at(mirror.url))
    one = Settings(layers=1, parallelism=1, connections=1, chunk_size=64 * KIB)
    await puller.new(upstream.references[0], one, hosts_dir=hosts_dir).run()
    # The config and the first chunk may be asked side by side.
    assert 1 <= mirror.statistics().requests["blob"] <= 2


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_that_the_registry_serves_what_a_mirror_does_not_have(
    start_lab_process: Any, puller: Any, hosts_dir: Path, transport: str
) -> None:
    mirror = start_lab_process(images=(OTHER_IMAGE,))
    upstream = start_lab_process()
    configure(hosts_dir, upstream, mirror_at(mirror.url))
    pull = puller.new(upstream.references[0], hosts_dir=hosts_dir, transport=transport)
    snapshot = await pull.run()
    assert snapshot.network == SIZE
    puller.assert_image_is_whole()
    assert_each_byte_came_once(upstream)
    requests = mirror.statistics().requests
    # Each is asked for once, and by no more than what is in flight before the answer comes.
    assert requests["manifest"] == 1
    assert requests["blob"] <= 1 + 4 * 4


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_that_the_registry_serves_what_a_mirror_that_is_down_cannot(
    start_lab_process: Any, puller: Any, hosts_dir: Path, transport: str
) -> None:
    upstream = start_lab_process()
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    configure(hosts_dir, upstream, mirror_at(f"http://127.0.0.1:{port}"))
    pull = puller.new(upstream.references[0], hosts_dir=hosts_dir, transport=transport)
    snapshot = await pull.run()
    assert (snapshot.network, snapshot.retries) == (SIZE, 0)
    puller.assert_image_is_whole()


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("fault", ["stall=1", "reset=1", "short-body=1"])
async def test_that_the_registry_goes_on_where_a_mirrors_bytes_stop(
    start_lab_process: Any, puller: Any, hosts_dir: Path, fault: str, transport: str
) -> None:
    mirror, upstream = start_lab_process(), start_lab_process()
    configure(hosts_dir, upstream, mirror_at(mirror.url))
    pull = puller.new(
        upstream.references[0], hosts_dir=hosts_dir, transport=transport, stall_timeout=0.4
    )

    def break_mirror(event: object) -> None:
        if isinstance(event, ChunkDone) and len(puller.of_type(ChunkDone)) == 1:
            mirror.reshape(faults=FaultPlan.of(fault))

    pull.observe(break_mirror)
    snapshot = await pull.run()
    assert snapshot.state is PullState.DONE
    puller.assert_image_is_whole()
    assert {event.host for event in puller.of_type(FirstByte)} == {mirror.host, upstream.host}
    assert mirror.statistics().faults
    assert snapshot.network - snapshot.wasted == SIZE


async def test_that_a_mirror_that_is_silent_about_a_manifest_is_given_up(
    start_lab_process: Any, puller: Any, hosts_dir: Path
) -> None:
    mirror = start_lab_process(faults=FaultPlan.of("stall=1@manifests"))
    upstream = start_lab_process()
    configure(hosts_dir, upstream, mirror_at(mirror.url))
    await puller.new(upstream.references[0], hosts_dir=hosts_dir, stall_timeout=0.4).run()
    puller.assert_image_is_whole()
    assert_each_byte_came_once(upstream)


async def test_that_what_was_seen_of_a_mirror_is_known_to_the_next_pull(
    start_lab_process: Any, puller: Any, hosts_dir: Path
) -> None:
    mirror = start_lab_process(faults=FaultPlan.of("503=1@manifests", retry_after=60))
    upstream = start_lab_process()
    configure(hosts_dir, upstream, mirror_at(mirror.url))
    for output in ("one", "two"):
        pull = puller.new(
            upstream.references[0], hosts_dir=hosts_dir, output=puller.output.with_name(output)
        )
        await pull.run()
    assert mirror.statistics().requests == {"manifest": 1}


async def test_that_a_name_that_nobody_has_is_an_error_that_names_both_hosts(
    start_lab_process: Any, puller: Any, hosts_dir: Path
) -> None:
    mirror, upstream = start_lab_process(), start_lab_process()
    configure(hosts_dir, upstream, mirror_at(mirror.url))
    with pytest.raises(NotFound) as caught:
        await puller.new(f"{upstream.host}/demo/app:none", hosts_dir=hosts_dir).run()
    assert f"GET {upstream.url}/v2/demo/app/manifests/none: HTTP 404" in str(caught.value)
    assert f"asked before, {mirror.host}: HTTP 404" in str(caught.value)


# Who is told what


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("scheme", list(AuthScheme))
@pytest.mark.parametrize("mirror_serves", [True, False])
async def test_that_each_host_gets_its_own_login(
    start_lab_process: Any,
    puller: Any,
    hosts_dir: Path,
    home: Path,
    scheme: AuthScheme,
    mirror_serves: bool,
    transport: str,
) -> None:
    mirror = start_lab_process(
        auth=Auth(scheme, "mia", "mirror-s3cret"),
        faults=FaultPlan.of(*([] if mirror_serves else ["503=1"]), retry_after=60),
    )
    upstream = start_lab_process(auth=Auth(scheme, "ann", "upstream-s3cret"))
    log_in(home, **{mirror.host: "mia:mirror-s3cret", upstream.host: "ann:upstream-s3cret"})
    configure(hosts_dir, upstream, mirror_at(mirror.url))
    await puller.new(upstream.references[0], hosts_dir=hosts_dir, transport=transport).run()
    puller.assert_image_is_whole()
    # A login or token of the other host would have been refused: there is the one challenge only.
    challenges = [lab.statistics().statuses.get(401, 0) for lab in (mirror, upstream)]
    assert challenges == [1, 0] if mirror_serves else challenges[0] >= 1 and challenges[1] >= 1
    assert_each_byte_came_once(mirror, upstream)


async def test_that_a_mirror_without_a_login_of_its_own_does_not_get_the_registrys(
    start_lab_process: Any, puller: Any, hosts_dir: Path, home: Path
) -> None:
    # The same user at both: only what is sent tells them apart.
    users = Auth(AuthScheme.BASIC, "ann", "s3cret")
    mirror, upstream = start_lab_process(auth=users), start_lab_process(auth=users)
    log_in(home, **{upstream.host: "ann:s3cret"})
    configure(hosts_dir, upstream, mirror_at(mirror.url))
    await puller.new(upstream.references[0], hosts_dir=hosts_dir).run()
    statuses = mirror.statistics().statuses
    assert set(statuses) == {401}
    assert_each_byte_came_once(upstream)


async def test_that_a_registry_without_a_login_does_not_get_its_mirrors(
    start_lab_process: Any, puller: Any, hosts_dir: Path, home: Path
) -> None:
    users = Auth(AuthScheme.BEARER, "ann", "s3cret")
    mirror = start_lab_process(images=(OTHER_IMAGE,), auth=users)
    upstream = start_lab_process(auth=users)
    log_in(home, **{mirror.host: "ann:s3cret"})
    configure(hosts_dir, upstream, mirror_at(mirror.url))
    with pytest.raises(AccessDenied, match=f"docker login {upstream.host}") as caught:
        await puller.new(upstream.references[0], hosts_dir=hosts_dir).run()
    assert set(upstream.statistics().statuses) == {401}
    assert "s3cret" not in str(caught.value)


async def test_that_configured_headers_are_sent_to_their_host_alone(
    start_lab_process: Any, puller: Any, hosts_dir: Path
) -> None:
    users = Auth(AuthScheme.BASIC, "ann", "s3cret")
    mirror = start_lab_process(auth=users, redirect_lifetime=60.0)
    upstream = start_lab_process(auth=users, images=(SMALL_IMAGE, OTHER_IMAGE))
    basic = base64.b64encode(b"ann:s3cret").decode()
    header = f'header.Authorization = "Basic {basic}"'
    configure(hosts_dir, upstream, mirror_at(mirror.url, header))
    await puller.new(upstream.references[0], hosts_dir=hosts_dir).run()
    puller.assert_image_is_whole()
    assert mirror.statistics().cdn_authorizations == 0
    assert 401 not in mirror.statistics().statuses
    with pytest.raises(AccessDenied):  # the mirror has not got it; its header is its own
        await puller.new(f"{upstream.host}/demo/other:1", hosts_dir=hosts_dir).run()
    assert set(upstream.statistics().statuses) == {401}


# TLS and paths


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def tls_mirror(start_lab_process: Any, authority: trustme.CA, tmp_path: Path) -> Any:
    certificate = authority.issue_cert("127.0.0.1")
    certificate.private_key_and_cert_chain_pem.write_to_path(tmp_path / "mirror.pem")
    return start_lab_process(
        tls_certificate=tmp_path / "mirror.pem", tls_key=tmp_path / "mirror.pem"
    )


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("trust", ["ca", "skip_verify", "none", "other"])
async def test_that_a_mirror_is_trusted_as_its_section_says(
    start_lab_process: Any,
    puller: Any,
    hosts_dir: Path,
    tls_mirror: Any,
    authority: trustme.CA,
    trust: str,
    transport: str,
) -> None:
    upstream = start_lab_process()
    line = {
        "ca": 'ca = "ca.pem"',
        "skip_verify": "skip_verify = true",
        "none": "",
        "other": 'ca = "other.pem"',
    }[trust]
    directory = configure(hosts_dir, upstream, mirror_at(tls_mirror.url, line))
    # A bundle, as they are handed out: the one that counts is not the first.
    trustme.CA().cert_pem.write_to_path(directory / "ca.pem")
    authority.cert_pem.write_to_path(directory / "ca.pem", append=True)
    trustme.CA().cert_pem.write_to_path(directory / "other.pem")
    pull = puller.new(upstream.references[0], hosts_dir=hosts_dir, transport=transport)
    await pull.run()
    puller.assert_image_is_whole()
    served = tls_mirror if trust in ("ca", "skip_verify") else upstream
    assert_each_byte_came_once(served)


async def test_that_an_insecure_mirror_may_speak_tls_with_any_certificate(
    start_lab_process: Any,
    puller: Any,
    home: Path,
    tls_mirror: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    upstream = start_lab_process()
    path = home / "registries.conf"
    path.write_text(
        f'[[registry]]\nlocation = "{upstream.host}"\n'
        f'[[registry.mirror]]\nlocation = "{tls_mirror.host}"\ninsecure = true\n'
    )
    monkeypatch.setenv("CONTAINERS_REGISTRIES_CONF", str(path))
    await puller.new(upstream.references[0]).run()
    puller.assert_image_is_whole()
    assert_each_byte_came_once(tls_mirror)


async def test_that_a_damaged_certificate_ends_the_pull_before_anything_is_asked(
    start_lab_process: Any, puller: Any, hosts_dir: Path, tls_mirror: Any
) -> None:
    upstream = start_lab_process()
    directory = configure(hosts_dir, upstream, mirror_at(tls_mirror.url, 'ca = "ca.pem"'))
    with pytest.raises(PullError, match=r"ca\.pem: No such file"):
        puller.new(upstream.references[0], hosts_dir=hosts_dir)
    (directory / "ca.pem").write_text("not a certificate")
    with pytest.raises(PullError, match=r"ca\.pem: holds no certificate"):
        puller.new(upstream.references[0], hosts_dir=hosts_dir)
    assert not upstream.statistics().requests


async def test_that_a_mirror_may_serve_below_a_path_of_its_own(
    start_lab_process: Any, puller: Any, hosts_dir: Path
) -> None:
    # The lab has no such paths, but a repository whose name begins with one.
    image = SyntheticImage("proxy/demo/app", "1", (6 * MIB, 3 * MIB, MIB + 17, 100))
    mirror, upstream = start_lab_process(images=(image,)), start_lab_process()
    configure(hosts_dir, upstream, mirror_at(f"{mirror.url}/v2/proxy", "override_path = true"))
    await puller.new(upstream.references[0], hosts_dir=hosts_dir).run()
    puller.assert_image_is_whole()
    assert not upstream.statistics().requests
    assert_each_byte_came_once(mirror)
