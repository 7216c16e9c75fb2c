import argparse
import os
import signal
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import pullscope
from pullscope.lab.command import add_arguments, read_config, run, write_arguments
from pullscope.lab.config import (
    Auth,
    AuthScheme,
    FaultPlan,
    LabConfig,
    Layout,
    Shaping,
    SyntheticImage,
)

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(pullscope.__file__).parent.parent)}


def parse(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(arguments)


def test_that_without_options_a_demo_image_of_1_gib_is_served() -> None:
    [image] = read_config(parse()).images

    assert (image.repository, image.tag) == ("demo/app", "1")
    assert sum(image.layer_sizes) == 2**30


def test_that_a_written_command_line_reads_as_the_same_lab(tmp_path: Path) -> None:
    (tmp_path / "index.json").write_text("{}")
    plain = LabConfig(images=(SyntheticImage("demo", "1", (1, 2), seed=-3),))
    full = LabConfig(
        images=(*plain.images, SyntheticImage("app", "2", (3,), seed=9)),
        layouts=(Layout("base", tmp_path),),
        docker_types=True,
        multi_platform=True,
        shaping=Shaping(
            rate_per_connection=10,
            rate_total=20,
            latency=0.5,
            jitter=0.25,
            requests_per_second=0.5,
            request_burst=3,
        ),
        faults=FaultPlan.of("reset=0.5", "503=1@manifests", limit=0, seed=4, retry_after=None),
        auth=Auth(AuthScheme.BEARER, "-me", "a b", 7.0),
        quota=7,
        redirect_lifetime=3.5,
        tls_certificate=tmp_path / "cert",
        tls_key=tmp_path / "key",
        host="::1",
        port=5000,
        cdn_port=5001,
        cache_directory=tmp_path,
    )

    for config in (plain, full, replace(plain, auth=Auth(AuthScheme.BEARER))):
        assert read_config(parse(*write_arguments(config))) == config


def test_that_a_seed_is_for_all_images_without_their_own() -> None:
    config = read_config(parse("--image=a:1=5", "--image=b:1=5@7", "--seed=3"))

    assert [image.seed for image in config.images] == [3, 7]


@pytest.mark.parametrize("option", ["--image=x", "--fault=x=1", "--rate-total=x", "--auth=basic"])
def test_that_a_wrong_option_ends_with_status_2_and_a_reason(
    capsys: pytest.CaptureFixture[str], option: str
) -> None:
    assert run(parse(option)) == 2
    assert capsys.readouterr().err.startswith("pullscope lab: ")


def test_that_the_help_names_every_option_and_fault() -> None:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    shown = parser.format_help()

    for word in (
        "--rate-per-connection",
        "--fault",
        "short-body",
        "--redirect",
        "--token-lifetime",
    ):
        assert word in shown


def test_that_importing_the_command_loads_no_server() -> None:
    code = (
        "import sys, pullscope.lab.command; print({'aiohttp', 'cryptography'} & set(sys.modules))"
    )
    output = subprocess.run(
        [sys.executable, "-c", code], env=ENVIRONMENT, capture_output=True, text=True, check=True
    )

    assert output.stdout.strip() == "set()"


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_that_a_lab_prints_its_references_and_ends_by_signal(
    tmp_path: Path, number: signal.Signals
) -> None:
    command = [sys.executable, "-m", "pullscope.lab", "--image=demo:1=5000,100"]
    with subprocess.Popen(
        [*command, f"--cache-directory={tmp_path}"],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        lines = []
        while "Ctrl+C" not in (line := process.stdout.readline()):
            assert line
            lines.append(line.strip())
        process.send_signal(number)
        _, errors = process.communicate(timeout=10)

    host = lines[0].removeprefix("The lab listens on http://")
    assert f"{host}/demo:1  (2 layers, 4.98 KiB)" in lines
    assert (process.returncode, errors) == (0, "")


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_that_computing_digests_can_be_interrupted(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pullscope.lab", "--image=demo:1=1TB,5000"]
    with subprocess.Popen(
        [*command, f"--cache-directory={tmp_path}"],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("Computing digests of 931 GiB")
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=10)

    assert (process.returncode, errors) == (0, "")


def test_that_a_port_in_use_is_a_failure(tmp_path: Path) -> None:
    arguments = ["--image=demo:1=5", f"--cache-directory={tmp_path}"]
    with socket.create_server(("127.0.0.1", 0)) as taken:
        arguments.append(f"--port={taken.getsockname()[1]}")
        lab = subprocess.run(
            [sys.executable, "-m", "pullscope.lab", *arguments],
            env=ENVIRONMENT,
            capture_output=True,
            text=True,
            check=False,
        )

    assert lab.returncode == 1
    assert "address already in use" in lab.stderr
