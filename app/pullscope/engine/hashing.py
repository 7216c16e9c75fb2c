"""The digest of a layer, computed behind the writes.

The hasher follows the layer's frontier (the bytes in the file without a gap from the start) in a
thread, so that the digest is known soon after the last byte and not a whole read later. Bytes that
come in order are hashed from memory by the thread that wrote them; those that came before their
turn are read again, from the page cache as a rule.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor

from pullscope.engine.digests import new_hash
from pullscope.engine.message import Message
from pullscope.engine.store import READ_SIZE, Part
from pullscope.engine.transport import Piece

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
        self._step: asyncio.Future[None] | None = None
        self._step_end = 0
        self._told = 0
        self._untold_since: float | None = None

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
        self._step_end = min(frontier, self.hashed + _MOST)
        loop = asyncio.get_running_loop()
        self._note_begin(loop.time())
        self._step = loop.run_in_executor(
            self._executor, self._hash_between, self.hashed, self._step_end
        )
        self._step.add_done_callback(self._stepped)

    def wants(self, offset: int) -> bool:
        """Whether bytes from `offset` are the next to hash and no thread hashes now."""
        free = self._step is None and self.error is None and not self._settled
        return free and offset == self.hashed

    def write_and_hash(
        self, writers: Executor, offset: int, pieces: Sequence[Piece]
    ) -> asyncio.Future[None]:
        """Write the bytes that are wanted next, then hash them; call it on the loop.

        A write that fails is the hasher's error too.
        """
        loop = asyncio.get_running_loop()
        write = loop.run_in_executor(writers, self._write_and_hash, offset, pieces)
        self._step_end = offset + sum(map(len, pieces))
        self._step = write
        self._note_begin(loop.time())
        write.add_done_callback(self._stepped)
        return write

    def untold_since(self) -> float | None:
        """Return when the hashing began of what was not told yet, by the loop's clock.

        From then on that is told. None while it is too little to speak of.
        """
        if self.hashed - self._told < (_LEAST if self.hashed < self._size else 1):
            return None
        since, self._untold_since, self._told = self._untold_since, None, self.hashed
        return since

    async def settle(self) -> None:
        """Return when no thread touches the part any more; nothing more is hashed."""
        self._settled = True
        if self._step is not None:
            await asyncio.wait([self._step])

    def _note_begin(self, now: float) -> None:
        if self._untold_since is None:
            self._untold_since = now

    def _write_and_hash(self, offset: int, pieces: Sequence[Piece]) -> None:
        self._part.write(offset, pieces)
        for piece in pieces:
            self._hash.update(memoryview(piece))

    def _hash_between(self, start: int, end: int) -> None:
        # Not kept from step to step: layers that wait or are done hold none.
        buffer = memoryview(bytearray(min(READ_SIZE, end - start)))
        while start < end:
            count = self._part.read_into(buffer[: end - start], start)
            if count == 0:
                raise OSError(Message("the part file ends at byte {end}", end=start))
            self._hash.update(buffer[:count])
            start += count

    def _stepped(self, step: asyncio.Future[None]) -> None:
        self._step = None
        if step.cancelled():
            return
        self.error = step.exception()
        if self.error is None:
            self.hashed = self._step_end
        self._on_progress()
        if self.error is None:
            self.follow(self._frontier)
