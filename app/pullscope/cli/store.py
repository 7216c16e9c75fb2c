"""What is in a store of images, and getting rid of it: `pullscope store`.

Results go to stdout, for people or as JSON; errors are for the caller to tell.
"""

import json
from collections.abc import Sequence
from pathlib import Path

from pullscope.cli.table import table_lines
from pullscope.engine.inventory import StoredImage
from pullscope.engine.model import MIB
from pullscope.engine.store import Garbage, Store

_UNNAMED = "(no name)"


def list_images(root: Path, *, as_json: bool) -> None:
    """Print the images of the store in `root`: name, platform, size, digest.

    Raises:
        StoreError: the store cannot be read.
    """
    images = Store(root).images()
    if as_json:
        print(json.dumps([_as_dict(image) for image in images], indent=2))
        return
    rows = [("IMAGE", "PLATFORM", "MiB", "DIGEST"), *map(_row, images)]
    for line in table_lines(rows, words=(0, 1, 3)):
        print(line)


def remove_images(root: Path, names: Sequence[str]) -> None:
    """Remove images by name from the store in `root`, and print what was removed.

    Raises:
        StoreError: one is not there, or the store cannot be written.
    """
    for image in Store(root).remove(names):
        print(f"removed {image.full_name or image.name or image.digest}")
    print("`pullscope store gc` frees the space.")


def collect_garbage(root: Path, *, dry_run: bool) -> None:
    """Remove from the store in `root` what no image and no running pull needs; print how much.

    Raises:
        StoreError: the store cannot be read or written.
    """
    print(garbage_text(Store(root).collect_garbage(dry_run=dry_run), dry_run=dry_run))


def garbage_text(garbage: Garbage, *, dry_run: bool) -> str:
    """Return what was removed, or would be, in words."""
    if not garbage.blobs and not garbage.parts:
        return "nothing to remove"
    what = [
        f"{count} {noun}" if count == 1 else f"{count} {noun}s"
        for count, noun in ((garbage.blobs, "blob"), (garbage.parts, "unfinished blob"))
        if count
    ]
    done = "would remove" if dry_run else "removed"
    return f"{done} {' and '.join(what)}, {mib(garbage.size)} MiB"


def mib(size: int) -> str:
    """Return bytes as MiB, to a tenth."""
    return f"{size / MIB:.1f}"


def _row(image: StoredImage) -> tuple[str, str, str, str]:
    return (
        image.full_name or image.name or _UNNAMED,
        image.platform or "-",
        mib(image.size),
        image.digest if image.complete else f"{image.digest} incomplete",
    )


def _as_dict(image: StoredImage) -> dict[str, object]:
    return {
        "name": image.full_name or image.name,
        "digest": image.digest,
        "platform": image.platform,
        "bytes": image.size,
        "complete": image.complete,
    }
