"""The digest of a layer, computed behind the writes.

The hasher follows the layer's frontier (the bytes in the file without a gap from the start) in a
thread, so that the digest is known soon after the last byte and not a whole read later.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor

from pullscope.engine.digests import new_hash
from pullscope.engine.store import READ_SIZE, Part

_LEAST = 1024 * 1024
"""Bytes worth a thread's wake-up, unless they are the last."""
_MOST = 16 * 1024 * 1024
"""Bytes hashed in one go: other layers get their turn, and progress is seen."""


class PrefixHasher:
    """Hashes a part from its start up to wherever `follow` says.

    Args:
        part: the file, written by others up to the frontier.
        digest: names the algorithm.
        size: bytes of the layer.
        executor: whose threads hash.
        on_progress: called on the loop after each step, also when one failed.
    """

    def __init__(
        self,
        part: Part,
        digest: str,
        size: int,
        executor: Executor,
        on_progress: Callable[[], None],
    ) -> None:
        self.hashed = 0
        self.error: BaseException | None = None
        self._part = part
        self._algorithm = digest.partition(":")[0]
        self._hash = new_hash(digest)
        self._size = size
        self._executor = executor
        self._on_progress = on_progress
        self._frontier = 0
        self._settled = False
        self._step: asyncio.Future[int] | None = None

    @property
    def idle(self) -> bool:
        """Whether no thread is hashing."""
        return self._step is None

    @property
    def finished(self) -> bool:
        """Whether every byte is hashed."""
        return self.hashed == self._size and self.idle

    @property
    def digest(self) -> str:
        """The digest of what is hashed."""
        return f"{self._algorithm}:{self._hash.hexdigest()}"

    def follow(self, frontier: int) -> None:
        """Hash up to `frontier`, soon. Call it on the loop; it does not block."""
        self._frontier = frontier
        ready = frontier - self.hashed
        if self._step is not None or self.error is not None or self._settled or ready <= 0:
            return
        if ready < _LEAST and frontier < self._size:
            return
        end = min(frontier, self.hashed + _MOST)
        loop = asyncio.get_running_loop()
        self._step = loop.run_in_executor(self._executor, self._hash_between, self.hashed, end)
        self._step.add_done_callback(self._stepped)

    async def settle(self) -> None:
        """Return when no thread touches the part any more; nothing more is hashed."""
        self._settled = True
        if self._step is not None:
            await asyncio.wait([self._step])

    def _hash_between(self, start: int, end: int) -> int:
        # Not kept from step to step: layers that wait or are done hold none.
        buffer = memoryview(bytearray(min(READ_SIZE, end - start)))
        while start < end:
            count = self._part.read_into(buffer[: end - start], start)
            if count == 0:
                raise OSError(f"the part file ends at byte {start}")
            self._hash.update(buffer[:count])
            start += count
        return end

    def _stepped(self, step: asyncio.Future[int]) -> None:
        self._step = None
        if step.cancelled():
            return
        self.error = step.exception()
        if self.error is None:
            self.hashed = step.result()
        self._on_progress()
        if self.error is None:
            self.follow(self._frontier)
