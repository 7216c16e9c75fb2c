import json

import pytest

from pullscope.main import main


def test_that_programs_are_listed_with_what_they_can_be_told_or_what_brings_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    assert main(["sweep", "drivers"]) == 0
    text = capsys.readouterr().out
    assert "sweeps layers, parallelism, chunk size" in text
    assert "crane is not here; install crane (" in text

    assert main(["sweep", "drivers", "--json"]) == 0
    first, _, *others = json.loads(capsys.readouterr().out)
    assert (first["name"], first["settings"]) == (
        "pullscope",
        ["layers", "parallelism", "chunk_size"],
    )
    assert {about["version"] for about in others} == {None}
    assert all(about["about"] and about["package"] for about in others)
