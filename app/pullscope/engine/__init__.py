"""The puller: references, registries, ledgers, files. It knows asyncio and httpx, never Qt."""
