from hypothesis import given
from hypothesis import strategies as st

from pullscope.engine.model import Settings
from pullscope.engine.shared_limits import Share, SharedLimits


class Pulls:
    """Pulls that take as many connections as they want and may."""

    def __init__(self, count: int, connections: int) -> None:
        self.limits = SharedLimits(lambda: 0.0)
        self.wanted = [0] * count
        self.shares = [
            Share(connections, lambda number=number: self.take(number)) for number in range(count)
        ]
        for share in self.shares:
            self.limits.join(share)

    def want(self, number: int, wanted: int) -> None:
        self.wanted[number] = wanted
        self.take(number)

    def take(self, number: int) -> None:
        share = self.shares[number]
        while share.busy < self.wanted[number] and self.limits.room(share):
            self.limits.take(share)
        share.hungry = share.busy < self.wanted[number]
        self.limits.offer(share)

    def end_one(self, number: int) -> None:
        if self.shares[number].busy:
            self.shares[number].busy -= 1
            self.take(number)

    @property
    def busy(self) -> list[int]:
        return [share.busy for share in self.shares]


def test_that_one_pull_alone_may_use_every_connection() -> None:
    pulls = Pulls(2, 8)
    pulls.want(0, 100)
    assert pulls.busy == [8, 0]


def test_that_a_second_pull_gets_its_fair_share_as_connections_end() -> None:
    pulls = Pulls(2, 8)
    pulls.want(0, 100)
    pulls.want(1, 100)
    assert pulls.busy == [8, 0]
    for _ in range(20):
        pulls.end_one(0)
    assert pulls.busy == [4, 4]


def test_that_what_one_pull_leaves_the_others_use() -> None:
    pulls = Pulls(3, 9)
    for number, wanted in enumerate((100, 1, 100)):
        pulls.want(number, wanted)
    for _ in range(20):
        for number in (0, 2):
            pulls.end_one(number)
    assert pulls.busy[1] == 1
    assert sum(pulls.busy) == 9
    pulls.want(2, 0)
    while pulls.shares[2].busy:
        pulls.end_one(2)
    assert pulls.busy == [8, 1, 0]


def test_that_pulls_take_turns_where_there_is_one_connection() -> None:
    pulls = Pulls(2, 1)
    pulls.want(0, 5)
    pulls.want(1, 5)
    turns = []
    for _ in range(4):
        turns.append(pulls.busy.index(1))
        pulls.end_one(turns[-1])
    assert turns == [0, 1, 0, 1]


def test_that_a_pull_that_left_takes_nothing_from_the_others() -> None:
    pulls = Pulls(2, 8)
    pulls.want(0, 100)
    pulls.want(1, 100)
    for _ in range(8):
        pulls.end_one(0)
    pulls.limits.leave(pulls.shares[1])
    pulls.take(0)
    assert pulls.busy[0] == 8


def test_that_memory_is_shared_by_those_that_use_connections() -> None:
    pulls = Pulls(3, 8)
    assert pulls.limits.memory(pulls.shares[0], 64) == 64
    pulls.want(0, 2)
    pulls.want(1, 2)
    assert pulls.limits.memory(pulls.shares[0], 64) == 32
    assert pulls.limits.memory(pulls.shares[2], 64) == 21


def test_that_the_newest_limits_of_rate_and_requests_hold() -> None:
    limits = SharedLimits(lambda: 0.0)
    assert limits.rate.wait_for(1000) == 0.0
    limits.apply(Settings(rate_limit=100_000))
    assert limits.rate.seconds_until(limits.rate.wait_for(1_000_000)) > 9
    limits.apply(Settings(request_limit=1))
    assert [limits.requests.take() for _ in range(2)] == [True, False]


@given(
    st.integers(1, 12),
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 20) | st.none()), max_size=60),
)
def test_that_together_they_never_use_more_and_none_that_is_hungry_starves(
    connections: int, steps: list[tuple[int, int | None]]
) -> None:
    pulls = Pulls(4, connections)
    for number, wanted in steps:
        if wanted is None:
            pulls.end_one(number)
        else:
            pulls.want(number, wanted)
        assert sum(pulls.busy) <= connections
        assert not any(share.hungry for share in pulls.shares) or sum(pulls.busy)
    for _ in range(30 * connections):
        for number in range(4):
            pulls.end_one(number)
    fair = connections // 4
    assert all(
        share.busy >= min(wanted, fair)
        for share, wanted in zip(pulls.shares, pulls.wanted, strict=True)
    )
