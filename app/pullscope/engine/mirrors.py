"""A registry and its mirrors: who is asked next, by how well each of them has done.

Hosts are asked in the order of their configuration, the registry itself last. One that fails rests
for a while, and what it should have served is asked of the next one; after its rest a single
request tries it, and only when that is served do the others follow. Bytes need no trust in a
mirror: all of them are verified by digest, and a tag is resolved by the hosts that may do so.

`registry` speaks to one host; `hosts` reads which there are.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import reduce
from typing import TypeVar

import httpx

from pullscope.engine.credentials import Credential
from pullscope.engine.errors import NotFound, PullError, RegistryError
from pullscope.engine.hosts import Host
from pullscope.engine.message import Message, words_of
from pullscope.engine.model import Layer, Protocol
from pullscope.engine.pace import Silence
from pullscope.engine.ranges import Asked, Verdict, judge, retry_after
from pullscope.engine.reference import Reference, is_digest
from pullscope.engine.registry import (
    Answered,
    BlobReply,
    OutOfReach,
    Passing,
    Registry,
    connection_error,
)
from pullscope.engine.transport import Body, Piece

T = TypeVar("T")

FIRST_REST = 5.0
"""Seconds that a host rests after a failure; each further failure in a row doubles them."""

LONGEST_REST = 300.0

SILENCE = 1.0
"""Seconds without a byte after which others are asked first. A request that is cut after as long
a silence is a failure of its host."""

_TRIAL = 30.0
"""Seconds for which the others wait for the one request that tries a host after its rest."""


class Health:
    """How well a host has done. It may serve several pulls, one behind the other or at once."""

    def __init__(self) -> None:
        self._failures = 0
        self._rests_until = 0.0
        self._tried_until = 0.0
        self._waiting: dict[object, float] = {}  # since when

    def rest(self, now: float, patience: float) -> float:
        """Return the seconds until it should be asked again; 0 where it is well."""
        if any(now - since > patience for since in self._waiting.values()):
            return SILENCE
        return max(0.0, self._rests_until - now, self._tried_until - now)

    def begin(self, now: float) -> None:
        """A request is sent to it; the first one after a rest is its trial."""
        if self._failures and now >= max(self._rests_until, self._tried_until):
            self._tried_until = now + _TRIAL

    def succeeded(self) -> None:
        """A request was served to its end."""
        self._failures = 0
        self._tried_until = 0.0

    def failed(self, now: float, asked_to_wait: float | None = None) -> None:
        """A request failed. What began before its rest counts as one failure with the first."""
        if now < self._rests_until:
            return
        rest = min(FIRST_REST * 2.0**self._failures, LONGEST_REST)
        self._failures = min(self._failures + 1, 16)
        self._rests_until = now + max(rest, asked_to_wait or 0.0)
        self._tried_until = 0.0

    async def watch(self, waiting: Awaitable[T], patience: float, waited: float = 0.0) -> T:
        """Wait for a reply or its next bytes. One that is cut after a long silence has failed.

        `waited`: seconds that the silence lasts already.
        """
        loop = asyncio.get_running_loop()
        key = object()
        began = self._waiting[key] = loop.time() - waited
        try:
            return await waiting
        except asyncio.CancelledError:
            if loop.time() - began > patience:
                self.failed(loop.time())
            raise
        finally:
            del self._waiting[key]


class _Member:
    """A host of the group: what it has not got, and how it is."""

    def __init__(self, registry: Registry, health: Health) -> None:
        self.registry = registry
        self.health = health
        self.refused: set[str] = set()


class MirroredRegistry(Registry):
    """A registry that is asked only for what its mirrors do not serve.

    Args:
        mirrors: in the order to ask them; they serve this pull alone.
        health: by `Host.base`; kept by whoever outlives a pull.
        stall_timeout: seconds without a byte after which connections are cut.
        others: as for `Registry`.
    """

    def __init__(
        self,
        reference: Reference,
        host: Host,
        client_for: Callable[[Protocol], httpx.AsyncClient],
        *,
        find_credential: Callable[[], Awaitable[Credential | None]],
        mirrors: Sequence[Registry],
        health: dict[str, Health],
        stall_timeout: float,
    ) -> None:
        super().__init__(reference, host, client_for, find_credential=find_credential)
        self._patience = min(SILENCE, stall_timeout / 2)
        self._members = [
            _Member(registry, health.setdefault(registry.host.base, Health()))
            for registry in (*mirrors, self)
        ]
        for mirror in mirrors:
            mirror.on_answer = self._pass_on

    @property
    def requests(self) -> int:
        """HTTP requests sent to all hosts."""
        return sum(member.registry._sent for member in self._members)

    def speak(self, protocol: Protocol) -> None:
        """Offer a protocol to all hosts from the next request on."""
        super().speak(protocol)
        for member in self._members[:-1]:
            member.registry.speak(protocol)

    def _pass_on(self, answer: Answered) -> None:
        self.on_answer(answer)

    def distrust(self, layer: Layer) -> None:
        """Ask no mirror for this layer any more: what came did not have its digest."""
        super().distrust(layer)
        for member in self._members[:-1]:
            member.refused.add(layer.digest)

    async def open_blob(self, layer: Layer, asked: Asked, read_buffer: int) -> BlobReply:
        """Do as `Registry.open_blob` at the first host that serves the bytes.

        Where none does, the failure that may pass is preferred to the one that will not.
        """
        loop = asyncio.get_running_loop()
        wanted = "" if asked.whole else f"bytes={asked.first}-{asked.last}"
        failures: list[tuple[int, BlobReply | Exception]] = []
        chosen: BlobReply | Exception | None = None
        try:
            for member in self._in_order(layer.digest):
                health = member.health
                health.begin(loop.time())
                outcome: BlobReply | Exception
                try:
                    opening = member.registry.open_ranges(layer, wanted, read_buffer)
                    outcome = await health.watch(opening, self._patience)
                except (httpx.TransportError, PullError) as error:
                    outcome = error
                if isinstance(outcome, BlobReply) and self._serves(outcome, asked):
                    expected = asked.size if outcome.status == 200 else asked.length
                    outcome.body = _WatchedBody(
                        outcome.body, expected, member, layer.digest, self._patience
                    )
                    chosen = outcome
                    return outcome
                self._note(member, layer.digest, outcome)
                failures.append((self._hope(member, asked, outcome), outcome))
            chosen = max(failures, key=lambda failure: failure[0])[1]
        finally:
            for _, outcome in failures:
                if isinstance(outcome, BlobReply) and outcome is not chosen:
                    await outcome.close()
        if isinstance(chosen, BlobReply):
            return chosen
        raise chosen

    @staticmethod
    def _serves(reply: BlobReply, asked: Asked) -> bool:
        verdict = judge(asked, reply.status, reply.headers).verdict
        return verdict in (Verdict.PART, Verdict.WHOLE)

    @staticmethod
    def _note(member: _Member, digest: str, outcome: BlobReply | Exception) -> None:
        wait = None
        if isinstance(outcome, BlobReply):
            if outcome.status in (401, 403, 404, 410):
                member.refused.add(digest)
                return
            wait = retry_after(outcome.headers)
        member.health.failed(asyncio.get_running_loop().time(), wait)

    def _hope(self, member: _Member, asked: Asked, outcome: BlobReply | Exception) -> int:
        """Return how good a failure is to end with: 3 is an outage, 2 may pass, 1 is the registry's
        own word."""
        own = int(member.registry is self)
        if isinstance(outcome, OutOfReach):
            return 3
        if isinstance(outcome, httpx.TransportError):
            return 2 if connection_error("", outcome)[1] else own
        if isinstance(outcome, BlobReply):
            verdict = judge(asked, outcome.status, outcome.headers).verdict
            return 2 if verdict is not Verdict.REFUSED or outcome.redirected else own
        return own

    def _in_order(self, name: str) -> list[_Member]:
        """Return the hosts to ask for what a tag or digest names: the well ones first."""
        now = asyncio.get_running_loop().time()
        able = [
            member
            for member in self._members
            if (member.registry.host.pulls if is_digest(name) else member.registry.host.resolves)
        ]
        left = [member for member in able if name not in member.refused] or able
        return sorted(left, key=lambda member: member.health.rest(now, self._patience))

    async def _anywhere(self, name: str, fetch: Callable[[Registry], Awaitable[T]]) -> T:
        loop = asyncio.get_running_loop()
        passing: list[Passing] = []
        errors: dict[Registry, PullError] = {}
        for member in self._in_order(name):
            registry = member.registry
            member.health.begin(loop.time())
            try:
                found = await member.health.watch(fetch(registry), self._patience)
            except Passing as failed:
                member.health.failed(loop.time(), failed.wait)
                passing.append(failed)
                errors[registry] = failed.error
            except PullError as error:
                member.refused.add(name)
                if not isinstance(error, NotFound):
                    member.health.failed(loop.time())
                errors[registry] = error
            else:
                member.health.succeeded()
                return found
        # Of its tags the registry itself knows best; of a blob that a mirror named, perhaps not.
        final = isinstance(errors.get(self), NotFound) and not is_digest(name)
        if passing and not final:
            wait = min(failed.wait or 0.0 for failed in passing)
            own = errors.get(self)
            error_to_end_with = own if isinstance(own, RegistryError) else passing[-1].error
            away = len(passing) == len(errors) and any(failed.out_of_reach for failed in passing)
            raise Passing(_with_others(error_to_end_with, errors), wait, out_of_reach=away)
        last = errors[self] if self in errors else list(errors.values())[-1]
        raise _with_others(last, errors)


E = TypeVar("E", bound=PullError)


def _with_others(error: E, errors: dict[Registry, PullError]) -> E:
    """Return an error that also says, in a few words, what the other hosts did."""
    others = [
        Message("{asked}: {came}", asked=registry.host.name, came=_in_short(other))
        for registry, other in errors.items()
        if other is not error
    ]
    if not others:
        return error
    came = Message(
        "{came}; asked before, {others}",
        came=error.came,
        others=reduce(lambda a, b: Message("{list}, {next}", list=a, next=b), others),
    )
    if isinstance(error, RegistryError):
        return type(error)(
            error.asked, came, error.remedy, status=error.status, retry_after=error.retry_after
        )
    return type(error)(came, error.remedy)


def _in_short(error: PullError) -> str:
    if isinstance(error, RegistryError) and error.status is not None:
        return f"HTTP {error.status}"
    return words_of(error)


class _WatchedBody:
    """A body whose end, or want of one, tells how its host is."""

    def __init__(
        self, body: Body, expected: int, member: _Member, digest: str, patience: float
    ) -> None:
        self._body = body
        self._left = expected
        self._member = member
        self._digest = digest
        self._patience = patience
        self._silence = Silence()

    async def read(self) -> Piece | None:
        """Return the next bytes, as `Body.read`."""
        loop = asyncio.get_running_loop()
        health, began = self._member.health, loop.time()
        try:
            piece = await health.watch(self._body.read(), self._patience, self._silence.waited)
        except httpx.TransportError:
            if self._left > 0:
                health.failed(loop.time())
            raise
        if piece is not None:
            self._left -= len(piece)
            self._silence.note(loop.time() - began, len(piece))
            if self._left < 0 and self._member.registry.host.is_mirror:
                self._member.refused.add(self._digest)
                health.failed(loop.time())
                raise httpx.RemoteProtocolError(Message("more bytes came than were asked for"))
        elif self._left > 0:
            health.failed(loop.time())
        else:
            health.succeeded()
        return piece
