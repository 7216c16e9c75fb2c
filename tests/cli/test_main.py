import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import pullscope.cli.pull
import pullscope.lab.process
from pullscope import __version__
from pullscope.engine.model import MIB, Settings
from pullscope.lab.demo import DEMO_SETTINGS
from pullscope.lab.process import LabError
from pullscope.main import main
from pullscope.session import PullOptions

NAME = "registry.example/demo/app:1"


@pytest.fixture
def no_display(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def jobs(monkeypatch):
    """The pulls that were asked for in the terminal; none is run."""
    asked = []
    monkeypatch.setattr(pullscope.cli.pull, "run", lambda job, *_: asked.append(job) or 0)
    return asked


@pytest.fixture
def starts(monkeypatch):
    """What the window was started with; none is opened."""
    asked = []

    class Start:
        def __init__(self, **values):
            self.__dict__ = {"notice": "", "lab": False} | values

    application = ModuleType("pullscope.gui.application")
    application.Start = Start
    application.run = lambda start: asked.append(start) or 0
    monkeypatch.setitem(sys.modules, "pullscope.gui.application", application)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    return asked


@pytest.fixture
def lab(monkeypatch):
    """A lab that serves nothing; `running` tells whether it was started and stopped."""

    class Lab:
        running = False
        error = None

        def __init__(self, config):
            self.references = [f"127.0.0.1:5000/{config.images[0].repository}:1"]

        def start(self):
            if Lab.error is not None:
                raise Lab.error
            Lab.running = True

        def stop(self):
            Lab.running = False

    monkeypatch.setattr(pullscope.lab.process, "LabProcess", Lab)
    return Lab


def python(*arguments: str, **options) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=False, **options
    )


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["pull", "--help"]])
def test_help_needs_neither_qt_nor_an_http_client(arguments):
    script = (
        "import sys\n"
        "from pullscope.main import main\n"
        "try:\n"
        f"    main({arguments!r})\n"
        "finally:\n"
        "    heavy = {'PySide6', 'httpx', 'numpy', 'aiohttp', 'pyreqwest'}\n"
        "    print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )

    ended = python("-c", script)

    assert ended.stderr == "[]\n"
    assert ended.returncode == 0


def test_the_package_can_be_run():
    assert python("-m", "pullscope", "--version").stdout == f"pullscope {__version__}\n"


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell with true")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_left_causes_no_traceback(unbuffered):
    ended = python(
        "-c",
        "import os, sys\n"
        "read, write = os.pipe()\n"
        "os.close(read)\n"
        "os.dup2(write, 1)\n"
        "from pullscope.main import main\n"
        "sys.exit(main(['pull', '--help']))\n",
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
    )

    assert ended.stderr == ""
    assert ended.returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell with true")
def test_a_reader_that_leaves_in_between_causes_no_traceback():
    ended = python(
        "-u",  # each line goes out at once, as those beyond the first few KiB do
        "-c",
        "import os, sys\n"
        "read, write = os.pipe()\n"
        "os.close(read)\n"
        "os.dup2(write, 1)\n"
        "from pullscope.main import main\n"
        "sys.exit(main(['trace', 'schema']))\n",
    )

    assert ended.stderr == ""
    assert ended.returncode == 1


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["pull", "example.com/UPPER"], "UPPER"),
        (["pull", NAME, "--parallelism", "0"], "parallelism is 0; it must be between 1 and 128"),
        (["pull", NAME, "--chunk-size", "1"], "chunk size is 1; it must be between"),
        (["pull", NAME, "--trace", "pull.txt"], "one of .pullscope, .jsonl, .pftrace"),
        (["pull", NAME, "--trace", "none/pull.json"], "there is no folder none"),
        (["pull", NAME, "--otlp", "localhost:4318"], "begins with http:// or https://"),
        (["gui", "example.com/UPPER"], "UPPER"),
        (["gui", "--layers", "99"], "layers is 99"),
        (["gui", "alpine:3", "pull.pullscope"], "one image, or traces"),
        (["demo", "--connections", "0"], "connections is 0"),
        (
            ["trace", "export", "pull.json", "pull.csv"],
            "only .pullscope and .jsonl traces",
        ),
        (["trace", "export", "pull.jsonl", "pull.txt"], "one of .pullscope, .jsonl, .pftrace"),
    ],
)
def test_what_cannot_be_asked_for_is_wrong_usage(
    words, reason, capsys, tmp_path, monkeypatch, jobs, starts
):
    monkeypatch.chdir(tmp_path)

    assert main(words) == 2

    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("pullscope: error: ")
    assert reason in err
    assert err.count("\n") == 1
    assert jobs == starts == []


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["push"], "invalid choice: 'push'"),
        (["pull"], "the following arguments are required: REF"),
        (["pull", NAME, "--parallel", "3"], "unrecognized arguments: --parallel"),
        (["pull", NAME, "--layers", "many"], "invalid int value: 'many'"),
        (["pull", NAME, "--chunk-size", "16MiX"], "is not a size"),
        (["pull", NAME, "--platform", "linux"], "is not a platform"),
        (["pull", NAME, "--transport", "pigeon"], "invalid choice: 'pigeon'"),
        (["trace"], "required: COMMAND"),
    ],
)
def test_a_line_that_cannot_be_read_is_wrong_usage(words, reason, capsys):
    with pytest.raises(SystemExit) as ended:
        main(words)

    assert ended.value.code == 2
    assert reason in capsys.readouterr().err


def test_a_pull_gets_what_the_line_says(jobs, tmp_path):
    main(
        [
            "pull", NAME, "-o", "my images", "--layers", "4", "--parallelism", "16",
            "--connections", "64", "--chunk-size", "4MiB", "--platform", "linux/arm64",
            "--plain-http", "--tls-skip-verify", "--transport", "httpx",
            "--trace", str(tmp_path / "pull.csv"), "--json", "--quiet",
        ]
    )  # fmt: skip

    (job,) = jobs
    assert job.reference == NAME
    assert job.settings == Settings(layers=4, parallelism=16, connections=64, chunk_size=4 * MIB)
    assert job.options == PullOptions(
        output=Path("my images"),
        platform="linux/arm64",
        plain_http=True,
        tls_verify=False,
        transport="httpx",
    )
    assert job.recordings.trace == tmp_path / "pull.csv"
    assert (job.json, job.quiet) == (True, True)
    assert job.again.startswith(f"pullscope pull {NAME} -o 'my images' --layers 4")


@pytest.mark.parametrize("command", [["pull", NAME], ["gui", NAME]])
def test_a_collector_and_a_folder_for_traces_are_understood(
    command, jobs, starts, tmp_path, monkeypatch
):
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-key=abc")
    main([*command, "--trace", str(tmp_path), "--redact", "--otlp", "http://localhost:4318/"])

    (job,) = [*jobs, *starts]
    recordings = job.recordings
    assert (recordings.trace, recordings.redact) == (tmp_path, True)
    assert recordings.otlp == "http://localhost:4318"


def test_headers_that_cannot_be_read_are_refused_before_the_pull(monkeypatch, capsys):
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "s3cret")

    assert main(["pull", NAME, "--otlp", "http://localhost:4318"]) == 2
    assert capsys.readouterr().err == (
        "pullscope: error: OTEL_EXPORTER_OTLP_HEADERS is not a list of name=value\n"
    )


def test_a_pull_without_options_has_the_usual_settings(jobs):
    main(["pull", NAME])

    (job,) = jobs
    assert (job.settings, job.options) == (Settings(), PullOptions())
    recordings = job.recordings
    assert (recordings.trace, recordings.redact, recordings.otlp) == (None, False, "")


def test_chunk_size_0_asks_for_whole_layers(jobs):
    main(["pull", NAME, "--chunk-size", "0"])

    assert jobs[0].settings.chunk_size == 0


def test_without_a_command_the_window_opens(starts):
    assert main([]) == 0

    assert starts[0].reference is None


def test_the_window_gets_what_the_line_says(starts, tmp_path):
    main(
        [
            "gui", NAME, "--layers", "2", "-o", "images", "--exit-when-done",
            "--screenshot", "pull.png", "--trace", str(tmp_path / "pull.json"),
        ]
    )  # fmt: skip

    (start,) = starts
    assert start.reference == NAME
    assert start.settings == Settings(layers=2)
    assert start.options == PullOptions(output=Path("images"))
    assert start.exit_when_done
    assert start.screenshot == Path("pull.png")
    assert start.recordings.trace == tmp_path / "pull.json"
    assert not start.lab


def test_the_window_gets_traces(starts, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("plain.jsonl").write_text("")
    Path(NAME.rpartition("/")[2]).write_text("an image may be named as a file is")

    main(["gui", "none/slow.pullscope", "plain.jsonl"])
    main(["gui", "plain.jsonl"])
    main(["gui", NAME.rpartition("/")[2]])

    slow, plain = Path("none/slow.pullscope"), Path("plain.jsonl")
    assert [start.traces for start in starts] == [(slow, plain), (plain,), ()]
    assert [bool(start.reference) for start in starts] == [False, False, True]


@pytest.mark.parametrize("words", [[], ["gui"], ["gui", NAME]])
def test_without_a_display_the_terminal_is_named(words, no_display, capsys):
    assert main(words) == 1

    assert "`pullscope pull REF`" in capsys.readouterr().err


def test_a_trace_is_exported_by_extension(tmp_path, capsys):
    source = tmp_path / "pull.jsonl"
    source.write_text('{"format": "pullscope-trace", "version": 1}\n')

    assert main(["trace", "export", str(source), str(tmp_path / "pull.csv")]) == 0

    assert (tmp_path / "pull.csv").read_text().startswith("layer_digest,")
    assert capsys.readouterr() == ("", "")


def test_the_schema_of_a_trace_is_printed(capsys):
    assert main(["trace", "schema"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "A line of a Pullscope trace"


def test_a_corrupt_trace_is_a_failure(tmp_path, capsys):
    source = tmp_path / "pull.jsonl"
    source.write_text("{}\n")

    assert main(["trace", "export", str(source), str(tmp_path / "pull.csv")]) == 1

    assert capsys.readouterr().err.startswith(f"pullscope: error: {source}, line 1: ")


def test_the_demo_opens_the_window_on_an_image_from_the_lab(starts, lab):
    assert main(["demo", "--exit-when-done", "--screenshot", "demo.png"]) == 0

    (start,) = starts
    assert start.reference == "127.0.0.1:5000/demo/app:1"
    assert start.settings == DEMO_SETTINGS
    assert start.lab
    assert (start.exit_when_done, start.screenshot) == (True, Path("demo.png"))
    assert not start.options.output.exists()
    assert not lab.running


def test_the_demo_runs_in_the_terminal_where_there_is_no_display(jobs, lab, no_display, capsys):
    assert main(["demo", "--parallelism", "16"]) == 0

    (job,) = jobs
    assert job.settings == DEMO_SETTINGS.changed(parallelism=16)
    assert job.again == ""
    assert not job.options.output.exists()
    assert capsys.readouterr().err == "No display: pulling in the terminal instead.\n"


def test_a_demo_whose_lab_does_not_start_fails(lab, starts, capsys):
    lab.error = LabError("the lab did not start: no port")

    assert main(["demo"]) == 1

    assert capsys.readouterr().err == "pullscope: error: the lab did not start: no port\n"
    assert starts == []
