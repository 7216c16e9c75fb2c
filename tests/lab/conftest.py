import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from pullscope.lab.catalog import Catalog
from pullscope.lab.config import LabConfig, SyntheticImage
from pullscope.lab.server import Lab, LabAddresses
from pullscope.lab.statistics import LabStatistics
from pullscope.lab.synthetic import DigestCache

IMAGE = SyntheticImage("demo/app", "1", (300_000, 5000, 100))


@dataclass(frozen=True)
class RunningLab:
    """A lab on the test's own loop, with a client of its registry."""

    lab: Lab
    client: httpx.AsyncClient
    addresses: LabAddresses
    catalog: Catalog

    def blob(self, index: int = 0) -> tuple[str, bytes]:
        """The path and the content of a layer of the first image."""
        [(name, tag), *_] = self.catalog.tagged()
        repository = self.catalog.repositories[name]
        manifest = repository.manifest(tag)
        assert manifest is not None
        digest = httpx.Response(200, content=manifest.body).json()["layers"][index]["digest"]
        content = repository.blobs[digest]
        with content.open_at(0) as source:
            return f"/v2/{name}/blobs/{digest}", b"".join(iter(lambda: source.read(65536), b""))

    async def statistics(self) -> LabStatistics:
        return LabStatistics.from_json((await self.client.get("/lab/statistics")).json())

    async def wait_for_bodies(self, count: int) -> None:
        """Wait until the lab is sending `count` bodies."""
        async with asyncio.timeout(5):
            # Asked again and again, because the lab tells over the wire alone.
            while (await self.statistics()).bodies_now != count:  # noqa: ASYNC110
                await asyncio.sleep(0.005)


StartLab = Callable[..., Awaitable[RunningLab]]


@pytest.fixture
async def start_lab(tmp_path: Path) -> AsyncIterator[StartLab]:
    """Starts labs by the fields of LabConfig and ends them after the test."""
    async with AsyncExitStack() as stack:

        async def start(verify: Any = True, **fields: Any) -> RunningLab:
            fields.setdefault("images", (IMAGE,))
            config = replace(LabConfig(images=(IMAGE,)), **fields, cache_directory=tmp_path)
            catalog = Catalog.build(config, DigestCache(tmp_path))
            lab = Lab(config, catalog)
            addresses = await lab.start()
            stack.push_async_callback(lab.stop)
            client = httpx.AsyncClient(
                base_url=f"{config.scheme}://{addresses.host}", verify=verify, trust_env=False
            )
            await stack.enter_async_context(client)
            return RunningLab(lab, client, addresses, catalog)

        yield start
