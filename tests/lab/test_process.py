import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import httpx
import pytest
import trustme

from pullscope.engine.message import translated, words_of
from pullscope.lab.config import FaultPlan, LabConfig, Shaping, SyntheticImage
from pullscope.lab.process import LabError, LabProcess

IMAGES = (SyntheticImage("demo/app", "1", (5000,)),)


def test_that_a_lab_runs_in_a_process_of_its_own(tmp_path: Path) -> None:
    with LabProcess(LabConfig(images=IMAGES, cache_directory=tmp_path)) as lab:
        assert lab.references == [f"{lab.host}/demo/app:1"]
        assert lab.cdn_host is None
        response = httpx.get(f"{lab.url}/v2/demo/app/manifests/1", trust_env=False)
        assert response.status_code == 200
        assert lab.statistics().requests == {"manifest": 1}

        lab.reshape(shaping=Shaping(latency=0.001), faults=FaultPlan.of("500=1@manifests"))
        response = httpx.get(f"{lab.url}/v2/demo/app/manifests/1", trust_env=False)
        assert response.status_code == 500
        assert lab.statistics().statuses == {200: 1, 500: 1}
        with pytest.raises(LabError, match="needs the redirect mode"):
            lab.reshape(faults=FaultPlan.of("expired-redirect=1"))
        url = lab.url

    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/v2/", trust_env=False)
    lab.stop()


async def test_that_a_lab_runs_beside_a_running_loop(tmp_path: Path) -> None:
    config = LabConfig(images=IMAGES, redirect_lifetime=60.0, cache_directory=tmp_path)
    with LabProcess(config) as lab:
        async with httpx.AsyncClient(trust_env=False, follow_redirects=True) as client:
            manifest = (await client.get(f"{lab.url}/v2/demo/app/manifests/1")).json()
            [layer] = manifest["layers"]
            blob = await client.get(f"{lab.url}/v2/demo/app/blobs/{layer['digest']}")

        assert len(blob.content) == 5000
        assert f"{blob.url.host}:{blob.url.port}" == lab.cdn_host
        assert lab.statistics().cdn_connections == 1


def test_that_a_lab_with_tls_can_be_asked_too(tmp_path: Path) -> None:
    certificate = trustme.CA().issue_cert("127.0.0.1")
    certificate.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    certificate.private_key_pem.write_to_path(tmp_path / "key.pem")
    config = LabConfig(
        images=IMAGES,
        tls_certificate=tmp_path / "cert.pem",
        tls_key=tmp_path / "key.pem",
        cache_directory=tmp_path,
    )

    with LabProcess(config) as lab:
        assert lab.url.startswith("https://127.0.0.1:")
        assert lab.statistics().requests == {}


def test_that_clients_that_hang_up_leave_no_trace(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    image = SyntheticImage("demo/app", "1", (20_000_000,))
    with LabProcess(LabConfig(images=(image,), cache_directory=tmp_path)) as lab:
        manifest = httpx.get(f"{lab.url}/v2/demo/app/manifests/1", trust_env=False).json()
        path = f"/v2/demo/app/blobs/{manifest['layers'][0]['digest']}"
        for received in (0, 1, 1000, 100_000, 1_000_000, 5_000_000):
            hang_up(lab.host, path, received)
        deadline = time.monotonic() + 10
        while lab.statistics().bodies_now and time.monotonic() < deadline:
            time.sleep(0.01)
        assert lab.statistics().bodies_now == 0

    assert capfd.readouterr().err == ""


def hang_up(host: str, path: str, received: int) -> None:
    """Ask for a blob and close the connection after some of its bytes."""
    address, port = host.split(":")
    with socket.create_connection((address, int(port))) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        while received > 0 and (data := connection.recv(min(received, 65536))):
            received -= len(data)


def test_that_a_lab_that_cannot_start_says_why(tmp_path: Path) -> None:
    with LabProcess(LabConfig(images=IMAGES, cache_directory=tmp_path)) as lab:
        port = int(lab.host.rpartition(":")[2])
        config = LabConfig(images=IMAGES, cache_directory=tmp_path, port=port)
        with (
            pytest.raises(LabError, match="address already in use") as caught,
            LabProcess(config),
        ):
            pass
    said = translated(words_of(caught.value), lambda _, text: text.replace("the lab", "LAB"))
    assert said.startswith("LAB did not start: ")


def test_that_a_lab_dies_with_its_parent(tmp_path: Path) -> None:
    code = f"""
import os, pathlib
from pullscope.lab.config import LabConfig, SyntheticImage
from pullscope.lab.process import LabProcess
lab = LabProcess(LabConfig(
    images=(SyntheticImage("demo", "1", (100,)),), cache_directory=pathlib.Path({str(tmp_path)!r})
))
lab.start()
print(lab.url, flush=True)
os._exit(1)
"""
    # The lab holds the same standard error: it is closed when both have ended.
    parent = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": ":".join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )

    assert parent.returncode == 1
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"{parent.stdout.strip()}/v2/", timeout=5)
