import json

import pytest

from pullscope.engine.errors import InvalidReference, RegistryError
from pullscope.engine.model import MIB, Settings
from pullscope.engine.passport import Passport, Quota, RangeAnswer, RangeReply
from pullscope.lab.config import FaultPlan
from pullscope.main import main
from pullscope.tuning.passport_lines import lines, short_lines, time_text
from pullscope.tuning.profiles import SettingsFile, default_path

EVERYTHING = Passport(
    "registry.test",
    1.0,
    RangeReply(RangeAnswer.SERVED, 206),
    RangeReply(RangeAnswer.REFUSED, 416),
    RangeReply(RangeAnswer.IGNORED, 200),
    416,
    True,
    True,
    "cdn.test",
    300.0,
    "HTTP/1.1",
    "HTTP/2",
    True,
    75.0,
    0.0384,
    300.0,
    True,
    Quota(100, 71, 21600, "192.0.2.1"),
    2,
)


def test_a_probe_prints_a_line_for_each_fact_and_what_it_means(start_lab_process, capsys):
    lab = start_lab_process(redirect_lifetime=300.0, quota=10)

    status = main(["probe", lab.references[0]])

    said = capsys.readouterr()
    assert (status, said.err) == (0, "")
    host, *rows = said.out.splitlines()
    assert host == lab.host
    facts = {row[:19].strip(): row[19:].strip() for row in rows}
    assert facts["Closed range"].startswith("served, 206 ")
    assert facts["Closed range"].endswith(" layers come in parts, over several connections")
    assert f"{lab.cdn_host}, 5 min" in facts["Redirect"]
    assert "9 of 10 left" in facts["Quota"]
    assert "1 manifest GET" in facts["Spent"]


def test_a_probe_prints_json_for_scripts(start_lab_process, capsys):
    lab = start_lab_process(faults=FaultPlan.of("range-400=1"))

    assert main(["probe", "--json", lab.references[0]]) == 0

    found = json.loads(capsys.readouterr().out)
    assert found["host"] == lab.host
    assert found["closed"] == {"answer": "refused", "status": 400}
    assert Passport.from_json(found).beyond == 400


def test_a_probe_that_fails_says_why_in_one_line(start_lab_process, capsys):
    lab = start_lab_process()

    assert main(["probe", f"{lab.host}/demo/app:none"]) == 1

    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("pullscope: error: ")
    assert said.err.count("\n") == 1
    assert "404" in said.err


def test_a_probe_of_what_is_no_reference_is_wrong_usage(capsys):
    assert main(["probe", "UPPER"]) == 2
    assert capsys.readouterr().err.startswith("pullscope: error: ")


@pytest.mark.parametrize(
    ("error", "status"), [(RegistryError("a", "b"), 1), (InvalidReference("c"), 2)]
)
def test_errors_of_a_probe_have_the_exit_statuses_of_a_pull(error, status, capsys):
    from pullscope.cli.probe import ProbeJob, run
    from pullscope.session import PullOptions

    class Session:
        closed = False

        async def probe(self, reference, options):
            raise error

        async def close(self):
            Session.closed = True

    assert run(ProbeJob("a/b", PullOptions()), Session) == status
    assert Session.closed
    assert str(error) in capsys.readouterr().err


def test_every_fact_has_its_line():
    told = {line.id: line.value for line in lines(EVERYTHING)}

    assert told == {
        "closed": "served, 206",
        "open": "refused, 416",
        "several": "ignored, 200",
        "beyond": "HTTP 416",
        "redirect": "cdn.test, 5 min",
        "protocol": "HTTP/1.1; HTTP/2 offered",
        "keep_alive": "yes, 75 s idle",
        "first_byte": "38.4 ms median",
        "token": "5 min",
        "head": "answered",
        "quota": "71 of 100 left",
        "spent": "2 manifest GETs",
    }
    assert all(line.meaning for line in lines(EVERYTHING))


def test_what_is_not_known_has_no_line():
    assert lines(Passport("registry.test")) == ()
    assert {line.value for line in short_lines(Passport("registry.test"))} == {"–"}


@pytest.mark.parametrize("answer", [a for a in RangeAnswer if a is not RangeAnswer.UNKNOWN])
def test_every_answer_to_a_range_has_words(answer):
    reply = RangeReply(answer)
    passport = Passport("registry.test", closed=reply, open=reply, several=reply)

    assert len({line.value for line in lines(passport)} & {""}) == 0
    assert len(lines(passport)) == 3
    assert short_lines(passport)[0].value != "–"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0384, "38.4 ms"),
        (0.9999, "1.00 s"),
        (1.25, "1.2 s"),
        (60, "60 s"),
        (300, "5 min"),
        (299.9, "5 min"),
        (21600, "6 h"),
        (604800, "7 days"),
    ],
)
def test_durations_stand_in_a_unit_of_their_own(seconds, text):
    assert time_text(seconds) == text


@pytest.fixture
def jobs(monkeypatch):
    """The pulls that were asked for in the terminal; none is run."""
    import pullscope.cli.pull

    asked = []
    monkeypatch.setattr(pullscope.cli.pull, "run", lambda job, *_: asked.append(job) or 0)
    return asked


def test_a_pull_begins_with_what_is_kept_for_its_registry_unless_an_option_says_otherwise(jobs):
    kept = Settings(layers=2, parallelism=3, connections=4, chunk_size=8 * MIB)
    SettingsFile(default_path()).keep("*.example", kept)

    for words in ([], ["--parallelism", "8"]):
        assert main(["pull", "registry.example/demo/app:1", *words]) == 0
    assert main(["pull", "registry.test/demo/app:1"]) == 0

    assert [job.settings for job in jobs] == [kept, kept.changed(parallelism=8), Settings()]


def test_a_settings_file_that_cannot_be_understood_is_wrong_usage(jobs, capsys):
    default_path().parent.mkdir(parents=True)
    default_path().write_text("layers 3\n")

    assert main(["pull", "registry.example/demo/app:1"]) == 2

    assert str(default_path()) in capsys.readouterr().err
    assert jobs == []
