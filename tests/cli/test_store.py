import json
from pathlib import Path
from typing import Any

import pytest

from pullscope.cli.store import garbage_text
from pullscope.engine.model import MIB
from pullscope.engine.store import INGEST, Garbage
from pullscope.main import main
from pullscope.session import default_store


@pytest.fixture
async def reference(start_lab_process: Any, puller: Any) -> str:
    """An image in the user's store."""
    reference = str(start_lab_process().references[0])
    await puller.new(reference, output=None).run()
    return reference


def test_that_an_empty_store_has_no_images(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["store", "ls"]) == 0
    assert main(["store", "ls", "--json"]) == 0
    assert main(["store", "gc"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["IMAGE", "PLATFORM", "MiB", "DIGEST"]
    assert lines[1:] == ["[]", "nothing to remove"]
    assert not default_store().exists()


def test_that_images_are_listed_in_full(reference: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["store", "ls"]) == 0
    _, line = capsys.readouterr().out.splitlines()
    name, platform, size, digest = line.split()
    assert (name, platform, size) == (reference, "-", "10.0")
    assert main(["store", "ls", "--json"]) == 0
    [image] = json.loads(capsys.readouterr().out)
    assert image.pop("bytes") > 10 * MIB
    assert image == {"name": reference, "digest": digest, "platform": "", "complete": True}


def test_that_an_image_is_removed_and_its_space_freed(
    reference: str, capsys: pytest.CaptureFixture[str]
) -> None:
    blobs = default_store() / "blobs" / "sha256"
    assert main(["store", "gc"]) == 0
    assert main(["store", "rm", reference]) == 0
    assert main(["store", "gc", "--dry-run"]) == 0
    assert len(list(blobs.iterdir())) == 6
    assert main(["store", "gc"]) == 0
    assert list(blobs.iterdir()) == []
    assert capsys.readouterr().out.splitlines() == [
        "nothing to remove",
        f"removed {reference}",
        "`pullscope store gc` frees the space.",
        "would remove 6 blobs, 10.0 MiB",
        "removed 6 blobs, 10.0 MiB",
    ]


def test_that_an_image_that_is_missing_a_blob_is_said_to_be_incomplete(
    reference: str, capsys: pytest.CaptureFixture[str]
) -> None:
    largest = max((default_store() / "blobs" / "sha256").iterdir(), key=lambda p: p.stat().st_size)
    largest.unlink()
    assert main(["store", "ls"]) == 0
    assert capsys.readouterr().out.splitlines()[1].endswith(" incomplete")


def test_that_an_unknown_image_is_an_error(
    reference: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["store", "rm", reference, "nope"]) == 1
    assert "no image 'nope'; `pullscope store ls`" in capsys.readouterr().err
    assert main(["store", "rm", reference]) == 0


def test_that_any_layout_can_be_looked_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / INGEST).mkdir()
    assert main(["store", "ls", "--layout", str(tmp_path)]) == 0
    (tmp_path / "notes").write_text("x")
    for command in ("ls", "gc"):
        assert main(["store", command, "--layout", str(tmp_path)]) == 1
        assert "is no OCI image layout" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("garbage", "text"),
    [
        (Garbage(0, 0, 0), "nothing to remove"),
        (Garbage(1, 0, MIB), "removed 1 blob, 1.0 MiB"),
        (Garbage(0, 2, 0), "removed 2 unfinished blobs, 0.0 MiB"),
        (Garbage(2, 1, 5 * MIB // 2), "removed 2 blobs and 1 unfinished blob, 2.5 MiB"),
    ],
)
def test_that_garbage_is_told_in_words(garbage: Garbage, text: str) -> None:
    assert garbage_text(garbage, dry_run=False) == text
    would = text if text.startswith("nothing") else text.replace("removed", "would remove")
    assert garbage_text(garbage, dry_run=True) == would


def test_that_an_archive_is_pulled(
    reference: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "x.tar"
    for kind in ("oci-archive", "docker-archive"):
        arguments = ["pull", reference, "-o", f"{kind}:{target}", "--durability", "none", "--json"]
        assert main(arguments) == 0
        assert json.loads(capsys.readouterr().out)["output"] == str(target)
        assert target.stat().st_size > 10 * MIB
        target.unlink()


@pytest.mark.parametrize("output", ["oci-archive:", "docker-archive:"])
def test_that_an_archive_needs_a_name(output: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["pull", "demo/app:1", "-o", output])
    assert ended.value.code == 2
    assert "name a file for the archive" in capsys.readouterr().err
