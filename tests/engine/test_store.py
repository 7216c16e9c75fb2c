import errno
import hashlib
import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import xxhash
from hypothesis import given
from hypothesis import strategies as st

from pullscope.engine.digests import digest_of
from pullscope.engine.errors import StoreError
from pullscope.engine.files import PositionalFile
from pullscope.engine.inventory import REF_NAME
from pullscope.engine.manifests import (
    DOCKER_CONFIG,
    DOCKER_MANIFEST,
    OCI_CONFIG,
    OCI_INDEX,
    OCI_MANIFEST,
)
from pullscope.engine.message import Message, translated, words_of
from pullscope.engine.model import Document, Layer, PullPlan
from pullscope.engine.reference import parse_reference
from pullscope.engine.store import INGEST, Durability, Part, Store, store_error

BODY = bytes(range(200)) * 5
LAYER = Layer(digest_of(BODY), len(BODY), "application/vnd.oci.image.layer.v1.tar")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "out")
    store.prepare()
    return store


def part_path(store: Store) -> Path:
    return store.root / INGEST / LAYER.digest.replace(":", "-")


def journal_path(store: Store) -> Path:
    path = part_path(store)
    return path.with_name(path.name + ".journal")


def plan(
    reference: str = "registry.test/app:1", media_type: str = OCI_MANIFEST, platform: str = ""
) -> PullPlan:
    docker = media_type == DOCKER_MANIFEST
    config = Layer(digest_of(b"{}"), 2, DOCKER_CONFIG if docker else OCI_CONFIG)
    document = {
        "schemaVersion": 2,
        "mediaType": media_type,
        "config": {"mediaType": config.media_type, "digest": config.digest, "size": 2},
        "layers": [{"mediaType": "x", "digest": LAYER.digest, "size": LAYER.size}],
        "annotations": {"for": reference},
    }
    body = json.dumps(document).encode()
    return PullPlan(
        reference,
        Document(digest_of(body), media_type, body),
        (LAYER,),
        (config,),
        platform=platform,
    )


def add(store: Store, text: str, **fields: str) -> PullPlan:
    made = plan(text, **fields)
    store.add_blob(made.configs[0].digest, b"{}")
    store.add_blob(LAYER.digest, BODY)
    store.add_image(made, parse_reference(text))
    return made


def opened(store: Store, layer: Layer = LAYER) -> Part:
    part = store.open_part(layer)
    assert part is not None
    return part


def index(store: Store) -> dict[str, Any]:
    document = json.loads((store.root / "index.json").read_bytes())
    assert isinstance(document, dict)
    return document


def names(store: Store) -> list[str | None]:
    return [entry.get("annotations", {}).get(REF_NAME) for entry in index(store)["manifests"]]


# The layout


def test_that_the_layout_is_written_as_its_specification_says(store: Store) -> None:
    part = opened(store)
    part.write(0, [BODY])
    store.commit(part, LAYER.digest)
    made = add(store, "registry.test/app:1", platform="linux/arm/v7")
    assert json.loads((store.root / "oci-layout").read_bytes()) == {"imageLayoutVersion": "1.0.0"}
    assert index(store) == {
        "schemaVersion": 2,
        "mediaType": OCI_INDEX,
        "manifests": [
            {
                "mediaType": OCI_MANIFEST,
                "digest": made.digest,
                "size": len(made.manifest.body),
                "platform": {"os": "linux", "architecture": "arm", "variant": "v7"},
                "annotations": {
                    REF_NAME: "1",
                    "io.containerd.image.name": "registry.test/app:1",
                },
            }
        ],
    }
    assert sorted(path.name for path in store.root.iterdir()) == [
        "blobs",
        "index.json",
        "oci-layout",
    ]
    for blob in (store.root / "blobs" / "sha256").iterdir():
        assert hashlib.sha256(blob.read_bytes()).hexdigest() == blob.name


def test_that_blobs_stand_under_their_algorithm(store: Store) -> None:
    digest = f"sha512:{hashlib.sha512(BODY).hexdigest()}"
    store.add_blob(digest, BODY)
    path = store.root / "blobs" / "sha512" / digest.partition(":")[2]
    assert path.read_bytes() == BODY
    assert store.blob_path(digest) == path


def test_that_an_image_whose_platform_is_unknown_names_none(store: Store) -> None:
    add(store, "registry.test/app:1")
    assert "platform" not in index(store)["manifests"][0]


def test_that_a_docker_manifest_is_kept_and_named_in_its_oci_form(store: Store) -> None:
    made = add(store, "registry.test/app:1", media_type=DOCKER_MANIFEST)
    [entry] = index(store)["manifests"]
    assert store.blob_path(made.digest).read_bytes() == made.manifest.body
    body = store.blob_path(entry["digest"]).read_bytes()
    assert (entry["mediaType"], entry["size"]) == (OCI_MANIFEST, len(body))
    assert digest_of(body) == entry["digest"]
    document = json.loads(body)
    assert document["mediaType"] == OCI_MANIFEST
    assert document["config"]["mediaType"] == OCI_CONFIG
    assert document["layers"] == json.loads(made.manifest.body)["layers"]


def test_that_preparing_again_changes_nothing(store: Store) -> None:
    add(store, "registry.test/app:1")
    before = index(store)
    store.prepare()
    assert index(store) == before


def test_that_directories_are_made_as_needed(tmp_path: Path) -> None:
    store = Store(tmp_path / "a" / "b" / "c")
    store.prepare()
    assert (store.root / "oci-layout").exists()


@pytest.mark.parametrize("names", [["notes.txt"], ["blobs", "notes.txt"], ["src", "index.json"]])
def test_that_a_directory_of_something_else_is_refused_and_untouched(
    names: list[str], tmp_path: Path
) -> None:
    for name in names:
        (tmp_path / name).mkdir()
    with pytest.raises(StoreError, match="choose an empty or a new directory"):
        Store(tmp_path).prepare()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)


@pytest.mark.parametrize("names", [[], [INGEST], ["blobs"], ["blobs", "index.json", INGEST]])
def test_that_a_layout_that_was_begun_is_gone_on_with(names: list[str], tmp_path: Path) -> None:
    for name in names:
        (tmp_path / name).mkdir()
    Store(tmp_path).prepare()
    assert (tmp_path / "oci-layout").exists()


def test_that_a_place_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for root in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(StoreError, match="cannot write to"):
            Store(root).prepare()


# What is there


def test_that_a_blob_is_there_when_its_size_is_right(store: Store) -> None:
    assert not store.has(LAYER)
    store.add_blob(LAYER.digest, BODY[:-1])
    assert not store.has(LAYER)
    store.add_blob(LAYER.digest, BODY)
    assert store.has(LAYER)


def test_that_a_directory_is_no_blob(store: Store) -> None:
    store.blob_path(LAYER.digest).mkdir(parents=True)
    assert not store.has(LAYER)


def test_that_a_blob_that_cannot_be_looked_at_is_a_store_error(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path) -> bool:
        raise PermissionError(errno.EACCES, "denied")

    monkeypatch.setattr(Path, "is_file", refuse)
    with pytest.raises(StoreError, match="that you may write to"):
        store.has(LAYER)


# index.json


def test_that_an_image_replaces_the_one_of_its_name_only(store: Store) -> None:
    first = add(store, "registry.test/app:1")
    add(store, "registry.test/app:2")
    again = add(store, "registry.test/app:1", platform="linux/arm64")
    assert names(store) == ["2", "1"]
    assert index(store)["manifests"][1]["platform"]["architecture"] == "arm64"
    assert first.digest == again.digest


def test_that_the_latest_image_of_a_tag_has_it_and_none_is_lost(store: Store) -> None:
    for repository in ("app", "other", "third"):
        add(store, f"registry.test/{repository}:1")
    assert names(store) == ["registry.test/app:1", "registry.test/other:1", "1"]
    add(store, "registry.test/app:1")
    assert names(store) == ["registry.test/other:1", "registry.test/third:1", "1"]
    assert len({entry["digest"] for entry in index(store)["manifests"]}) == 3


def test_that_an_entry_by_others_without_a_full_name_gives_way_to_its_name(store: Store) -> None:
    theirs = {"digest": LAYER.digest, "annotations": {REF_NAME: "1"}}
    (store.root / "index.json").write_text(json.dumps({"manifests": [theirs]}))
    made = add(store, "registry.test/app:1")
    assert [entry["digest"] for entry in index(store)["manifests"]] == [made.digest]


def test_that_an_image_without_a_tag_has_no_name_and_stands_once(store: Store) -> None:
    text = f"registry.test/app@{LAYER.digest}"
    add(store, "registry.test/app:1")
    for _ in range(2):
        add(store, text)
    assert names(store) == ["1", None]


def test_that_a_store_of_many_names_images_in_full(tmp_path: Path) -> None:
    store = Store(tmp_path, names_in_full=True)
    store.prepare()
    for text in (
        "alpine",
        "ghcr.io/alpine",
        f"alpine@{LAYER.digest}",
        "docker.io/library/alpine:latest",
    ):
        add(store, text)
    assert names(store) == [
        "ghcr.io/alpine:latest",
        f"docker.io/library/alpine@{LAYER.digest}",
        "docker.io/library/alpine:latest",
    ]


def test_that_what_others_wrote_into_the_index_stays(store: Store) -> None:
    theirs: dict[str, Any] = {
        "schemaVersion": 2,
        "annotations": {"made": "by others"},
        "manifests": [
            {"digest": "sha256:0", "annotations": {"x": "y"}},
            "odd",
            None,
            {"annotations": 5},
        ],
    }
    (store.root / "index.json").write_text(json.dumps(theirs))
    add(store, "registry.test/app:1")
    document = index(store)
    assert document["annotations"] == {"made": "by others"}
    assert document["manifests"][:4] == theirs["manifests"]
    assert len(document["manifests"]) == 5


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b"{}", b'{"manifests": {}}', b"\xff\xfe", b"[" * 100_000],
    ids=lambda body: repr(body[:20]),
)
def test_that_a_damaged_index_is_not_overwritten(body: bytes, store: Store) -> None:
    (store.root / "index.json").write_bytes(body)
    with pytest.raises(StoreError, match="is damaged; move it away"):
        add(store, "registry.test/app:1")
    assert (store.root / "index.json").read_bytes() == body


# Parts


def kept(store: Store, size: int = LAYER.size) -> list[tuple[int, int]]:
    part = opened(store, Layer(LAYER.digest, size, ""))
    try:
        return part.kept()
    finally:
        part.close()


def write(store: Store, *runs: tuple[int, int]) -> None:
    """Write runs of the layer into its part, and leave it for a later pull."""
    part = opened(store)
    for offset, end in runs:
        middle = (offset + end) // 2
        part.write(offset, [BODY[offset:middle], BODY[middle:end]])
    part.close()


def test_that_a_new_part_has_the_size_of_its_layer_and_no_byte(store: Store) -> None:
    part = opened(store)
    part.reserve()
    assert part_path(store).stat().st_size == LAYER.size
    assert part.kept() == []
    part.close()


def test_that_a_part_without_a_byte_is_removed_on_close(store: Store) -> None:
    opened(store).close()
    assert list((store.root / INGEST).iterdir()) == []


def test_that_a_part_with_bytes_is_left_for_a_later_pull(store: Store) -> None:
    write(store, (100, 250), (0, 40), (990, 1000))
    assert kept(store) == [(0, 40), (100, 150), (990, 10)]
    part = opened(store)
    buffer = memoryview(bytearray(150))
    assert part.read_into(buffer, 100) == 150
    assert bytes(buffer) == BODY[100:250]
    part.close()


def test_that_runs_that_overlap_are_kept_once(store: Store) -> None:
    write(store, (0, 100), (50, 150), (60, 70), (0, 100), (0, 20), (150, 160))
    assert kept(store) == [(0, 160)]


def test_that_a_run_with_a_flipped_bit_is_not_kept(store: Store) -> None:
    write(store, (0, 100), (100, 200), (200, 300))
    with part_path(store).open("r+b") as file:
        file.seek(150)
        file.write(bytes([BODY[150] ^ 1]))
    assert kept(store) == [(0, 100), (200, 100)]


def test_that_a_run_whose_bytes_never_reached_the_disk_is_not_kept(store: Store) -> None:
    write(store, (0, 100), (100, 200))
    with part_path(store).open("r+b") as file:
        file.truncate(100)
        file.truncate(LAYER.size)  # zeros, as after a loss of power
    assert kept(store) == [(0, 100)]


def test_that_a_run_beyond_the_end_is_not_kept(store: Store) -> None:
    write(store, (0, 100))
    line = f"900 200 {xxhash.xxh3_64_hexdigest(bytes(100))}\n"
    with journal_path(store).open("a") as file:
        file.write(line)
    assert kept(store) == [(0, 100)]


def test_that_a_torn_last_line_costs_its_own_run_only(store: Store) -> None:
    for torn in (1, 5, 17):
        write(store, (0, 100), (100, 200))
        with journal_path(store).open("r+b") as file:
            file.truncate(journal_path(store).stat().st_size - torn)
        expected = [(0, 100)] if torn > 1 else [(0, 200)]
        part = opened(store)
        assert part.kept() == expected
        part.write(300, [BODY[300:400]])
        part.close()
        assert kept(store) == [*expected, (300, 100)]
        part = opened(store)
        part.restart()
        part.close()


def test_that_a_part_begun_anew_keeps_nothing(store: Store) -> None:
    write(store, (0, 100))
    part = opened(store)
    part.restart()
    assert part.kept() == []
    part.write(200, [BODY[200:300]])
    part.close()
    assert kept(store) == [(200, 100)]


@pytest.mark.parametrize("size", [LAYER.size - 1, LAYER.size + 1, 0])
def test_that_a_part_of_another_size_keeps_nothing(size: int, store: Store) -> None:
    write(store, (0, 100))
    assert kept(store, size) == []


def test_that_a_part_without_its_file_keeps_nothing(store: Store) -> None:
    write(store, (0, 100))
    part_path(store).unlink()
    assert kept(store) == []


JOURNAL_PIECES = st.sampled_from(
    [
        b"0",
        b"100",
        b"999",
        b"1000",
        b"-1",
        b" ",
        b"\n",
        b"\r\n",
        b"0" * 16,
        b"f" * 16,
        b"9" * 5000,
        b"\xff",
        b"\xd9\xa3",
        b"\x00",
        b"1e3",
        b"+5",
        b"_1",
    ]
)


@given(st.one_of(st.binary(), st.lists(JOURNAL_PIECES, max_size=30).map(b"".join)))
def test_that_any_journal_keeps_only_what_has_its_checksum(
    tmp_path_factory: pytest.TempPathFactory, journal: bytes
) -> None:
    path = tmp_path_factory.mktemp("any") / "part"
    part = Part(path, LAYER.size)
    part.write(0, [BODY[:100]])
    part.close()
    with path.with_name("part.journal").open("ab") as file:
        file.write(journal)
    part = Part(path, LAYER.size)
    assert part.kept() == [(0, 100)]
    part.close()


@given(st.lists(st.tuples(st.integers(0, 999), st.integers(1, 300)), max_size=12))
def test_that_whatever_is_written_is_kept(
    tmp_path_factory: pytest.TempPathFactory, runs: list[tuple[int, int]]
) -> None:
    path = tmp_path_factory.mktemp("any") / "part"
    part = Part(path, LAYER.size)
    covered: set[int] = set()
    for offset, length in runs:
        part.write(offset, [BODY[offset : offset + length]])
        covered.update(range(offset, min(offset + length, LAYER.size)))
    runs_kept = part.kept()
    assert {
        byte for offset, length in runs_kept for byte in range(offset, offset + length)
    } == covered
    assert sum(length for _, length in runs_kept) == len(covered)
    part.close()


def test_that_a_part_is_open_once(store: Store) -> None:
    part = opened(store)
    part.write(0, [BODY[:100]])
    assert store.open_part(LAYER) is None
    assert part.kept() == [(0, 100)]
    part.close()
    assert kept(store) == [(0, 100)]


def test_that_a_part_can_be_opened_after_another_pull_tidied_up(store: Store) -> None:
    add(store, "registry.test/app:1")
    assert not (store.root / INGEST).exists()
    store.blob_path(LAYER.digest).unlink()
    opened(store).close()


def test_that_a_pull_that_ends_leaves_the_parts_of_others(store: Store) -> None:
    write(store, (0, 100))
    add(store, "registry.test/app:1")
    store.blob_path(LAYER.digest).unlink()
    assert kept(store) == [(0, 100)]


# Commit


def test_that_a_part_becomes_a_blob(store: Store) -> None:
    part = opened(store)
    part.write(500, [BODY[500:]])
    part.write(0, [BODY[:500]])
    store.commit(part, LAYER.digest)
    assert store.blob_path(LAYER.digest).read_bytes() == BODY
    assert list((store.root / INGEST).iterdir()) == []
    part.close()
    assert store.has(LAYER)


def test_that_a_layer_of_no_bytes_becomes_a_blob(store: Store) -> None:
    empty = Layer(digest_of(b""), 0, "")
    part = opened(store, empty)
    part.reserve()
    assert part.kept() == []
    store.commit(part, empty.digest)
    assert store.has(empty)


def test_that_the_bytes_are_on_disk_before_their_name(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened: list[str] = []
    sync, replace = PositionalFile.sync, os.replace

    def note_sync(file: PositionalFile) -> None:
        happened.append("sync")
        sync(file)

    def note_replace(source: Path, target: Path) -> None:
        happened.append("rename")
        replace(source, target)

    monkeypatch.setattr(PositionalFile, "sync", note_sync)
    monkeypatch.setattr(os, "replace", note_replace)
    monkeypatch.setattr(
        "pullscope.engine.store.sync_directory", lambda path: happened.append(f"sync {path.name}")
    )
    part = opened(store)
    part.write(0, [BODY])
    store.commit(part, LAYER.digest)
    assert happened == ["sync", "rename", "sync sha256", "sync blobs"]


def test_that_a_commit_that_fails_leaves_the_part(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: PositionalFile) -> None:
        raise OSError(errno.ENOSPC, "full")

    part = opened(store)
    part.write(0, [BODY])
    monkeypatch.setattr(PositionalFile, "sync", refuse)
    with pytest.raises(StoreError, match="make room and pull again"):
        store.commit(part, LAYER.digest)
    part.close()
    assert not store.has(LAYER)
    assert kept(store) == [(0, LAYER.size)]


# Words


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (errno.ENOSPC, "No space left on device; make room and pull again"),
        (errno.EACCES, "Permission denied; choose a directory"),
        (errno.EROFS, "Read-only file system; choose a directory"),
        (errno.EMFILE, "Too many open files; raise the limit"),
        (errno.EPERM, "Operation not permitted; choose a directory"),
        (errno.EDQUOT, "Disk quota exceeded; make room and pull again"),
        (errno.EFBIG, "File too large; choose a file system"),
        (
            errno.ENFILE,
            "Too many open files in system; too many files are open on this machine; close",
        ),
        (errno.ENOENT, "No such file or directory; the directory was removed; pull again"),
        (errno.EIO, "Input/output error"),
        (errno.EBUSY, "Device or resource busy"),
    ],
)
def test_that_an_error_of_the_file_system_has_a_remedy(code: int, said: str) -> None:
    error = store_error(OSError(code, "x"), Path("/place"))
    assert str(error).startswith(f"cannot write to /place: {said}")


def test_that_an_error_without_a_number_is_told_in_its_own_words() -> None:
    said = Message("the part file ends at byte {end}", end=5)
    error = store_error(OSError(said), Path("/place"))
    assert str(error) == "cannot write to /place: the part file ends at byte 5"
    assert translated(words_of(error), lambda _, text: f"<{text}>") == (
        "<cannot write to /place: <the part file ends at byte 5>>"
    )


def test_that_an_error_of_the_file_system_is_translated_with_all_that_is_in_it() -> None:
    error = store_error(OSError(errno.ENOSPC, "x"), Path("/place"), reading=True)
    assert str(error) == (
        "cannot read /place: No space left on device; make room and pull again: what is there is "
        "kept"
    )
    assert translated(words_of(error), lambda _, text: f"<{text}>") == (
        "<<cannot read /place: <No space left on device>>; "
        "<make room and pull again: what is there is kept>>"
    )


def test_that_images_added_at_the_same_time_are_both_named(tmp_path: Path) -> None:
    body = b"{}"
    config = Layer(digest_of(body), len(body), "")
    reference = parse_reference("host.example/app:1")

    def add(number: int) -> None:
        document = Document(f"sha256:{number:064}", OCI_MANIFEST, body)
        plan = PullPlan("r", document, (), (config,))
        Store(tmp_path).add_image(plan, replace(reference, tag=str(number)))

    store = Store(tmp_path)
    store.prepare()
    store.add_blob(config.digest, body)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(24)))
    index = json.loads((tmp_path / "index.json").read_bytes())
    assert len(index["manifests"]) == 24


# Two pulls of one blob


def test_that_a_blob_made_while_its_lock_was_waited_for_is_not_opened_as_a_part(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = opened(store)
    first.write(0, [BODY])
    lock = PositionalFile.lock

    def lock_late(file: PositionalFile, *, wait: bool = False) -> bool:
        monkeypatch.setattr(PositionalFile, "lock", lock)
        store.commit(first, LAYER.digest)  # after the second has opened the file
        return lock(file, wait=wait)

    monkeypatch.setattr(PositionalFile, "lock", lock_late)
    assert store.open_part(LAYER) is None
    assert store.blob_path(LAYER.digest).read_bytes() == BODY
    assert store.open_part(LAYER) is None
    assert list((store.root / INGEST).iterdir()) == []


# Durability


def syncs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    happened: list[str] = []
    fsync = os.fsync

    def note(fd: int) -> None:
        happened.append(Path(os.readlink(f"/proc/self/fd/{fd}")).name)
        fsync(fd)

    monkeypatch.setattr(os, "fsync", note)
    return happened


needs_proc = pytest.mark.skipif(
    not os.path.isdir("/proc/self/fd"), reason="this system does not name open files in /proc"
)


@needs_proc
@pytest.mark.parametrize("durability", list(Durability))
def test_that_a_pull_syncs_what_its_durability_promises(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, durability: Durability
) -> None:
    happened = syncs(monkeypatch)
    store = Store(tmp_path, durability=durability)
    made = plan()
    store.prepare()
    store.lease(made)
    part = opened(store)
    part.write(0, [BODY])
    store.commit(part, LAYER.digest)
    committed = list(happened)
    config = opened(store, made.configs[0])
    store.fill(config, made.configs[0].digest, b"{}")
    store.add_image(made, parse_reference(made.reference))
    store.release()
    part_name = LAYER.digest.replace(":", "-")
    assert (part_name in committed) is (durability is Durability.BLOB)
    assert (part_name in happened) is (durability is not Durability.NONE)
    if durability is Durability.NONE:
        assert happened == []
    else:
        assert happened[-1] == tmp_path.name  # the name of the index, after all else
        last = len(happened) - 1 - happened[::-1].index("blobs")
        assert happened.index(part_name) < last < len(happened) - 1
    assert store.blob_path(LAYER.digest).read_bytes() == BODY
    assert not (tmp_path / INGEST).exists()


@needs_proc
def test_that_blobs_of_a_less_careful_pull_are_made_durable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    careless = Store(tmp_path, durability=Durability.NONE)
    careless.prepare()
    made = add(careless, "registry.test/app:1")
    happened = syncs(monkeypatch)
    Store(tmp_path).add_image(made, parse_reference(made.reference))
    assert {path.name for path in (tmp_path / "blobs" / "sha256").iterdir()} >= {
        name for name in happened if len(name) == 64
    }
    assert LAYER.digest.partition(":")[2] in happened


def test_that_a_deferred_blob_that_was_touched_is_not_committed(tmp_path: Path) -> None:
    store = Store(tmp_path, durability=Durability.IMAGE)
    store.prepare()
    store.add_blob(plan().configs[0].digest, b"{}")
    part = opened(store)
    part.write(0, [BODY])
    store.commit(part, LAYER.digest)
    assert not store.has(LAYER)
    part_path(store).unlink()
    with pytest.raises(StoreError, match="was removed from"):
        store.add_image(plan(), parse_reference("registry.test/app:1"))
    assert not store.has(LAYER)
    assert not (tmp_path / "index.json").exists()


def test_that_deferred_blobs_of_a_pull_that_ended_early_are_resumed(tmp_path: Path) -> None:
    store = Store(tmp_path, durability=Durability.IMAGE)
    store.prepare()
    part = opened(store)
    part.write(0, [BODY])
    store.commit(part, LAYER.digest)
    store.release()
    assert kept(Store(tmp_path)) == [(0, LAYER.size)]


def test_that_an_image_whose_blob_was_removed_is_not_named(store: Store) -> None:
    store.add_blob(plan().configs[0].digest, b"{}")
    with pytest.raises(StoreError, match="pull again"):
        store.add_image(plan(), parse_reference("registry.test/app:1"))
    assert not (store.root / "index.json").exists()


# Listing, removing, garbage


def garbage(store: Store) -> tuple[int, int]:
    would = Store(store.root).collect_garbage(dry_run=True)
    found = Store(store.root).collect_garbage()
    assert found == would
    return found.blobs, found.parts


def test_that_images_are_listed_with_their_size(store: Store) -> None:
    assert store.images() == ()
    made = add(store, "registry.test/app:1", platform="linux/arm/v7")
    [image] = store.images()
    assert (image.name, image.full_name) == ("1", "registry.test/app:1")
    assert (image.digest, image.platform, image.complete) == (made.digest, "linux/arm/v7", True)
    assert image.size == len(made.manifest.body) + 2 + len(BODY)
    store.blob_path(LAYER.digest).unlink()
    assert not store.images()[0].complete


def test_that_listing_makes_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path / "none")
    assert store.images() == ()
    assert garbage(store) == (0, 0)
    with pytest.raises(StoreError, match="no image 'x'"):
        store.remove(["x"])
    assert list(tmp_path.iterdir()) == []


def test_that_a_directory_of_something_else_is_not_collected(tmp_path: Path) -> None:
    (tmp_path / "blobs").mkdir()
    for action in (Store(tmp_path).images, Store(tmp_path).collect_garbage):
        with pytest.raises(StoreError, match="no OCI image layout"):
            action()


@pytest.mark.parametrize("name", ["alpine", "docker.io/library/alpine:latest", "docker.io/alpine"])
def test_that_an_image_is_removed_by_any_way_to_write_its_name(tmp_path: Path, name: str) -> None:
    store = Store(tmp_path, names_in_full=True)
    store.prepare()
    add(store, "alpine")
    add(store, "ghcr.io/team/app:1")
    [gone] = store.remove([name])
    assert gone.name == "docker.io/library/alpine:latest"
    assert names(store) == ["ghcr.io/team/app:1"]


def test_that_nothing_is_removed_when_one_name_is_unknown(store: Store) -> None:
    add(store, "registry.test/app:1")
    with pytest.raises(StoreError, match="no image 'nope'"):
        store.remove(["1", "nope"])
    assert names(store) == ["1"]


def test_that_an_image_without_a_name_is_removed_by_its_digest(store: Store) -> None:
    made = add(store, f"registry.test/app@{LAYER.digest}")
    store.remove([made.digest])
    assert names(store) == []


def test_that_garbage_is_what_no_image_needs(store: Store) -> None:
    docker = add(store, "registry.test/app:1", media_type=DOCKER_MANIFEST)
    add(store, "registry.test/app:2")
    assert garbage(store) == (0, 0)
    store.add_blob(digest_of(b"stray"), b"stray")
    assert garbage(store) == (1, 0)
    assert not store.blob_path(digest_of(b"stray")).exists()
    assert store.blob_path(docker.digest).exists()  # kept beside its OCI form
    store.remove(["2"])
    assert garbage(store) == (1, 0)  # the manifest; the rest is shared
    store.remove(["1"])
    assert garbage(store) == (4, 0)
    assert list(store.blob_path(docker.digest).parent.iterdir()) == []


def test_that_files_that_are_no_blobs_are_left_alone(store: Store) -> None:
    add(store, "registry.test/app:1")
    strange = store.blob_path(LAYER.digest).with_name("notes.txt")
    strange.write_text("x")
    assert garbage(store) == (0, 0)
    assert strange.exists()


def test_that_what_a_nested_index_leads_to_is_kept(store: Store) -> None:
    made = add(store, "registry.test/app:1")
    nested = json.dumps(
        {"manifests": [{"digest": made.digest}, {"digest": digest_of(b"not here")}]}
    ).encode()
    store.add_blob(digest_of(nested), nested)
    (store.root / "index.json").write_text(
        json.dumps({"manifests": [{"digest": digest_of(nested)}, "odd", {"digest": "../../x"}]})
    )
    assert garbage(store) == (0, 0)
    assert store.has(LAYER)


@pytest.mark.parametrize("body", [b"{", b"[]", b"[" * 100_000, b" " * (4 * 1024 * 1024 + 1)])
def test_that_a_damaged_manifest_stops_the_collection(store: Store, body: bytes) -> None:
    made = add(store, "registry.test/app:1")
    store.blob_path(made.digest).write_bytes(body)
    with pytest.raises(StoreError, match="is damaged, and what it needs unknown"):
        store.collect_garbage()
    assert store.has(LAYER)
    assert not store.images()[0].complete
    store.remove(["1"])
    assert garbage(store) == (3, 0)


def test_that_abandoned_parts_are_garbage_and_open_ones_are_not(store: Store) -> None:
    write(store, (0, 100))
    part = opened(store)
    assert garbage(store) == (0, 0)
    part.close()
    assert part_path(store).exists()
    assert garbage(store) == (0, 1)
    assert not (store.root / INGEST).exists()


def test_that_a_running_pull_keeps_its_blobs(store: Store) -> None:
    made = plan()
    store.lease(made)
    write(store, (0, 100))
    for digest, body in ((made.configs[0].digest, b"{}"), (LAYER.digest, BODY)):
        store.add_blob(digest, body)
    assert garbage(store) == (0, 0)
    store.add_image(made, parse_reference(made.reference))
    store.release()
    assert garbage(store) == (0, 1)
    assert store.images()[0].complete


def test_that_the_lease_of_a_killed_pull_keeps_nothing(store: Store) -> None:
    made = plan()
    store.lease(made)
    store.add_blob(LAYER.digest, BODY)
    [lease] = (store.root / INGEST).glob("*.lease")
    left = lease.read_bytes()
    store.release()
    assert not lease.exists()
    lease.parent.mkdir()
    lease.write_bytes(left)  # as if its process had been killed
    assert garbage(store) == (1, 0)
    assert not lease.parent.exists()


def test_that_a_lease_counts_where_the_file_system_knows_no_locks(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PositionalFile, "lock", lambda file, wait=False: True)
    store.lease(plan())
    write(store, (0, 100))
    store.add_blob(LAYER.digest, BODY)
    assert garbage(store) == (0, 0)


def test_that_the_next_pull_removes_what_a_killed_one_left(store: Store) -> None:
    ingest = store.root / INGEST
    left = [
        store.root / ".index.json.123-456",
        store.root / ".oci-layout.123-456",
        ingest / "0123.lease",
        journal_path(store),
    ]
    for path in left:
        path.write_bytes(b"")
    store.lease(plan())
    store.release()
    assert not [path for path in left if path.exists()]
    assert not ingest.exists()


def test_that_a_layout_whose_first_file_was_not_finished_is_gone_on_with(tmp_path: Path) -> None:
    (tmp_path / ".oci-layout.123-456").write_bytes(b"")
    Store(tmp_path).prepare()
    assert (tmp_path / "oci-layout").exists()


def test_that_garbage_collection_spares_a_blob_on_its_way_to_another_device(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.prepare()
    store.lease(plan())
    part = opened(store)
    part.write(0, [BODY])
    replace_file = os.replace
    copy = PositionalFile.copy_from

    def across(source: Path, target: Path) -> None:
        if Path(source).parent.name == INGEST:
            raise OSError(errno.EXDEV, "another device")
        replace_file(source, target)

    def copy_beside_a_collection(self: PositionalFile, *arguments: Any) -> None:
        copy(self, *arguments)
        Store(store.root).collect_garbage()

    monkeypatch.setattr(os, "replace", across)
    monkeypatch.setattr(PositionalFile, "copy_from", copy_beside_a_collection)
    store.commit(part, LAYER.digest)
    assert store.has(LAYER)


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="descriptors cannot be counted")
def test_that_a_lease_is_closed_also_where_the_store_is_gone(store: Store) -> None:
    before = len(os.listdir("/proc/self/fd"))
    store.prepare()
    store.lease(plan())
    shutil.rmtree(store.root)
    store.release()
    assert len(os.listdir("/proc/self/fd")) == before


def test_that_parts_are_discarded_unless_a_pull_has_them_open(store: Store) -> None:
    other = Layer(digest_of(b"other"), 5, "x")
    part = store.open_part(LAYER)
    assert part is not None
    part.reserve()
    part.write(0, [BODY])
    part.mark()
    assert store.discard_parts([LAYER, other]) == 0
    assert part_path(store).is_file()
    part.close()
    assert store.discard_parts([LAYER, other]) > 0
    assert not part_path(store).exists()
    assert not journal_path(store).exists()
    assert store.discard_parts([LAYER]) == 0


def test_that_a_layout_that_another_pull_makes_meanwhile_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    layout = tmp_path / "layout"
    layout.mkdir()
    is_dir = Path.is_dir

    def made_meanwhile(path: Path) -> bool:
        if path == layout and not (layout / "oci-layout").exists():
            monkeypatch.setattr(Path, "is_dir", is_dir)
            look = layout / "oci-layout"
            exists = Path.exists

            def not_yet(path: Path, **options: bool) -> bool:
                if path != look:
                    return exists(path, **options)
                monkeypatch.setattr(Path, "exists", exists)
                Store(layout).prepare()
                (layout / "index.json").touch()
                return False

            monkeypatch.setattr(Path, "exists", not_yet)
        return is_dir(path)

    monkeypatch.setattr(Path, "is_dir", made_meanwhile)
    Store(layout).prepare()
    assert (layout / "oci-layout").is_file()
