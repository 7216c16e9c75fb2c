import json

import pytest

from pullscope.engine.model import MIB
from pullscope.lab.config import SyntheticImage
from pullscope.lab.process import LabProcess
from pullscope.main import main


def test_an_image_is_shown_and_none_of_its_layers_fetched(start_lab_process, capsys):
    lab: LabProcess = start_lab_process()

    assert main(["inspect", lab.references[0]]) == 0

    said = capsys.readouterr()
    assert said.err == ""
    reference, *rows = said.out.splitlines()
    assert reference == lab.references[0]
    assert "  layers      4, 10 MiB" in rows
    table = rows[rows.index("") + 1 :]
    assert table[0].split() == ["LAYER", "SIZE", "MADE", "BY"]
    assert [" ".join(row.split()[1:3]) for row in table[1:]] == [
        "6 MiB",
        "3 MiB",
        "1 MiB",
        "100 B",
    ]
    assert lab.statistics().blob_bytes_sent < 4096  # the config


def test_the_images_in_the_store_that_share_a_layer_are_named(start_lab_process, capsys):
    app = SyntheticImage("demo/app", "1", (2 * MIB, MIB))
    other = SyntheticImage("demo/other", "1", (2 * MIB, 100))  # its first layer is the same
    lab = start_lab_process(images=(app, other))
    first, second = sorted(lab.references)
    assert main(["pull", first, "--quiet"]) == 0

    assert main(["inspect", "--json", second]) == 0

    found = json.loads(capsys.readouterr().out)
    assert [layer["shared_with"] for layer in found["layers"]] == [[first], []]

    assert main(["inspect", "--json", first]) == 0

    found = json.loads(capsys.readouterr().out)
    assert [layer["shared_with"] for layer in found["layers"]] == [[], []]


def test_a_platform_that_is_missing_is_told_with_those_there_are(start_lab_process, capsys):
    lab = start_lab_process(multi_platform=True)

    status = main(["inspect", lab.references[0], "--platform", "plan9/amd64"])

    said = capsys.readouterr()
    assert status == 1
    assert "platforms   linux/amd64, linux/arm64" in said.out
    assert "no manifest for plan9/amd64" in said.err


@pytest.mark.parametrize(("reference", "status"), [("Not An Image", 2), ("127.0.0.1:1/a:1", 1)])
def test_what_cannot_be_inspected_is_told_in_a_line(reference, status, capsys):
    assert main(["inspect", reference]) == status
    assert capsys.readouterr().err.startswith("pullscope: error: ")
