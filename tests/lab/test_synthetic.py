import hashlib
import io
import json
import tarfile
import threading
import zlib
from concurrent.futures import CancelledError
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullscope.lab.synthetic import BLOCK_SIZE, SMALLEST_TAR, DigestCache, SyntheticLayer


def read(layer: SyntheticLayer, start: int = 0, stop: int | None = None) -> bytes:
    wanted = (layer.size if stop is None else stop) - start
    parts = []
    with layer.open_at(start) as reader:
        while wanted and (part := reader.read(wanted)):
            parts.append(part)
            wanted -= len(part)
    return b"".join(parts)


@given(st.data())
def test_that_any_range_is_the_slice_of_the_whole(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 5000) | st.integers(BLOCK_SIZE, BLOCK_SIZE + 3000))
    layer = SyntheticLayer(data.draw(st.integers(0, 3)), data.draw(st.integers(0, 3)), size)
    start = data.draw(st.integers(0, size))
    stop = data.draw(st.integers(start, size))

    assert read(layer, start, stop) == read(layer)[start:stop]


@pytest.mark.parametrize("size", [1, SMALLEST_TAR - 1, SMALLEST_TAR, 2049, 4095, 300_000])
def test_that_a_layer_has_exactly_the_size_asked_for(size: int) -> None:
    layer = SyntheticLayer(0, 0, size)

    assert len(read(layer)) == size
    assert read(layer, size) == b""


@pytest.mark.parametrize("size", [SMALLEST_TAR, 2049, 2560, 300_001])
def test_that_a_layer_is_a_tar_of_one_file(size: int) -> None:
    content = read(SyntheticLayer(0, 3, size))

    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        [member] = archive.getmembers()
    assert member.name == "data/layer-3.bin"
    assert size - 2048 <= member.size <= size - 1536
    assert content[512 + member.size :] == bytes(size - 512 - member.size)


def test_that_a_layer_of_100_gb_can_be_read_at_its_end() -> None:
    layer = SyntheticLayer(0, 0, 100 * 10**9)

    assert len(read(layer, layer.size - 5000)) == 5000
    assert tarfile.TarInfo.frombuf(layer.header(), "utf-8", "strict").size > 99 * 10**9


def test_that_layers_differ_and_do_not_compress() -> None:
    contents = {read(SyntheticLayer(seed, index, 100_000)) for seed in (0, 1) for index in (0, 1)}

    assert len(contents) == 4
    assert all(len(zlib.compress(content)) > 97_000 for content in contents)


def test_that_the_same_layer_is_the_same_at_every_time() -> None:
    assert SyntheticLayer(1, 2, 4096).compute_digest() == (
        "sha256:a7602984fdd5cece3f19d32c470ee7db763ab880a25057c752be236b3ec1a299"
    )


def test_that_computing_a_digest_can_be_cancelled() -> None:
    cancelled = threading.Event()
    cancelled.set()

    with pytest.raises(CancelledError):
        SyntheticLayer(0, 0, 10**12).compute_digest(cancelled)


def test_that_digests_are_computed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    layer = SyntheticLayer(0, 0, 5000)
    expected = f"sha256:{hashlib.sha256(read(layer)).hexdigest()}"
    assert DigestCache(tmp_path).missing_bytes({layer}) == 5000
    assert DigestCache(tmp_path).digests_of({layer}) == {layer: expected}

    monkeypatch.delattr(SyntheticLayer, "compute_digest")
    assert DigestCache(tmp_path).missing_bytes({layer}) == 0
    assert DigestCache(tmp_path).digests_of({layer}) == {layer: expected}


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"1/0/0/5000": 3}', '{"1/0/0/5000": "x"}'])
def test_that_a_damaged_cache_is_computed_again(tmp_path: Path, damage: str) -> None:
    (tmp_path / "lab-digests.json").write_text(damage)
    layer = SyntheticLayer(0, 0, 5000)

    assert DigestCache(tmp_path).digests_of({layer}) == {layer: layer.compute_digest()}
    assert (
        layer.compute_digest() in json.loads((tmp_path / "lab-digests.json").read_text()).values()
    )


def test_that_a_cache_that_cannot_be_written_only_costs_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    layer = SyntheticLayer(0, 0, 5000)

    cache = DigestCache(tmp_path / "file" / "below")

    assert cache.digests_of({layer}) == {layer: layer.compute_digest()}


def test_that_two_caches_keep_what_each_other_found(tmp_path: Path) -> None:
    first, second = DigestCache(tmp_path), DigestCache(tmp_path)
    layers = SyntheticLayer(0, 0, 5000), SyntheticLayer(0, 1, 5000)
    first.digests_of({layers[0]})
    second.digests_of({layers[1]})

    assert DigestCache(tmp_path).missing_bytes(set(layers)) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["lab-digests.json"]
