"""A pull that is killed outright, at any moment, goes on with what it had."""

import asyncio
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

from pullscope.engine.model import KIB, MIB, Settings
from pullscope.lab.config import Shaping, SyntheticImage

KILLS = 10


def start_pull(reference: str, output: Path, settings: Settings) -> subprocess.Popen[bytes]:
    code = f"""
import asyncio
from pathlib import Path
from pullscope.engine.model import Settings
from pullscope.session import PullOptions, Session

async def main():
    session = Session()
    await session.new_pull({reference!r}, PullOptions(output=Path({str(output)!r})),
                           Settings(**{settings.as_dict()!r})).run()
    await session.close()

asyncio.run(main())
"""
    return subprocess.Popen([sys.executable, "-c", code])


async def test_that_a_pull_killed_ten_times_fetches_hardly_a_byte_twice(
    start_lab_process: Any, puller: Any
) -> None:
    image = SyntheticImage("demo/app", "1", (192 * MIB, 128 * MIB, 64 * MIB, 16 * MIB))
    lab = start_lab_process(
        images=(image,), shaping=Shaping(rate_per_connection=2 * MIB, rate_total=32 * MIB)
    )
    settings = Settings(layers=3, parallelism=8, connections=16, chunk_size=4 * MIB)
    moments = random.Random(8)
    for _ in range(KILLS):
        process = start_pull(lab.references[0], puller.output, settings)
        before = lab.statistics().blob_bytes_sent
        # The moment is counted in bytes, so that a slow machine is killed at work too.
        goal = before + moments.randrange(4 * MIB, 20 * MIB)
        while lab.statistics().blob_bytes_sent < goal:
            assert process.poll() is None
            await asyncio.sleep(0.01)
        process.kill()
        process.wait()
    lab.reshape(shaping=Shaping())
    snapshot = await puller.new(lab.references[0], Settings(chunk_size=512 * KIB)).run()
    puller.assert_image_is_whole()
    size = sum(image.layer_sizes)
    assert snapshot.reused > 80 * MIB
    assert lab.statistics().blob_bytes_sent <= 1.05 * size
