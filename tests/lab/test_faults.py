from pullscope.lab.config import FaultKind, FaultPlan, FaultTarget
from pullscope.lab.faults import FaultInjector


def draw(
    injector: FaultInjector,
    target: FaultTarget = FaultTarget.BLOBS,
    ranged: bool = True,
    redirected: bool = False,
) -> FaultKind | None:
    return injector.draw(target, ranged=ranged, redirected=redirected)


def test_that_faults_hit_at_their_rate_and_repeat_by_the_seed() -> None:
    plans = [FaultPlan.of("reset=0.1", "503=0.2", seed=seed) for seed in (1, 1, 2)]
    hits = [[draw(injector) for _ in range(1000)] for injector in map(FaultInjector, plans)]

    assert hits[0] == hits[1] != hits[2]
    assert 60 <= hits[0].count(FaultKind.RESET) <= 140
    assert 130 <= hits[0].count(FaultKind.SERVICE_UNAVAILABLE) <= 230


def test_that_no_more_than_the_limit_are_injected() -> None:
    injector = FaultInjector(FaultPlan.of("reset=1", limit=2))

    assert [draw(injector) for _ in range(4)] == ["reset", "reset", None, None]


def test_that_range_faults_only_hit_ranges() -> None:
    injector = FaultInjector(FaultPlan.of("range-ignored=1"))

    assert draw(injector, ranged=False) is None
    assert draw(injector, ranged=True) is FaultKind.RANGE_IGNORED


def test_that_a_redirect_only_expires_behind_a_redirect() -> None:
    injector = FaultInjector(FaultPlan.of("expired-redirect=1"))

    assert draw(injector) is None
    assert draw(injector, redirected=True) is FaultKind.EXPIRED_REDIRECT


def test_that_faults_only_hit_their_target() -> None:
    injector = FaultInjector(FaultPlan.of("stall=1@manifests"))

    assert draw(injector) is None
    assert draw(injector, FaultTarget.MANIFESTS, ranged=False) is FaultKind.STALL
