"""The finished extents of a pull in columns, taken in as they come."""

from collections.abc import Iterable

import numpy as np

from pullscope.engine.model import Extent, LayerSnapshot, LayerState
from pullscope.gui.extents import Extents


def layer(index: int, *extents: Extent, generation: int = 0, digest: str = "") -> LayerSnapshot:
    return LayerSnapshot(
        index, digest or f"sha256:{index}", 1000, "", LayerState.RECEIVING,
        0, 0, 0, 0, 0, 0, generation, extents, (),
    )  # fmt: skip


def rows(extents: Extents) -> list[tuple[int, int, int, int]]:
    columns = (extents.layer, extents.start, extents.end, extents.chunk)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def new() -> Extents:
    def rows_of(chunks: Iterable[int]) -> np.ndarray:
        return np.array([chunk * 10 for chunk in chunks], np.int64)

    return Extents(rows_of)


def test_that_only_what_is_new_is_appended() -> None:
    extents = new()
    one, two = Extent(0, 10, 1), Extent(10, 10, 2)
    extents.follow((layer(0, one), layer(1)))
    version = extents.version
    extents.follow((layer(0, one, two), layer(1, Extent(5, 5, 3, 4))))
    assert rows(extents) == [(0, 0, 10, 1), (0, 10, 20, 2), (1, 5, 10, 3)]
    assert extents.attempts.tolist() == [1, 1, 4]
    assert extents.row.tolist() == [10, 20, 30]
    assert extents.version == version


def test_that_a_layer_begun_anew_starts_over() -> None:
    extents = new()
    extents.follow((layer(0, Extent(0, 10, 1)), layer(1, Extent(0, 5, 2))))
    version = extents.version
    extents.follow((layer(0, generation=1), layer(1, Extent(0, 5, 2))))
    assert rows(extents) == [(1, 0, 5, 2)]
    assert extents.version > version


def test_that_layers_of_another_image_are_not_taken_for_the_same() -> None:
    extents = new()
    extents.follow((layer(0, Extent(0, 10, 1)),))
    extents.follow((layer(0, Extent(0, 10, 1), Extent(10, 5, 2), digest="sha256:other"),))
    assert rows(extents) == [(0, 0, 10, 1), (0, 10, 15, 2)]
    extents.follow(())
    assert extents.count == 0


def test_that_columns_grow_with_a_large_pull() -> None:
    extents = new()
    many = tuple(Extent(n, 1, n) for n in range(5000))
    for count in (10, 2000, 5000):
        extents.follow((layer(0, *many[:count]),))
    assert extents.chunk.tolist() == list(range(5000))
