"""Which request is hit by which fault."""

import random
from collections import Counter

from pullscope.lab.config import Fault, FaultKind, FaultPlan, FaultTarget


class FaultInjector:
    """Draws faults by a plan. Its state is the generator and the count of faults drawn."""

    def __init__(self, plan: FaultPlan) -> None:
        self.plan = plan
        self.injected: Counter[FaultKind] = Counter()
        self.random = random.Random(plan.seed)  # noqa: S311 - repeatable, not secret

    def draw(self, target: FaultTarget, *, ranged: bool, redirected: bool) -> FaultKind | None:
        """Return the fault that hits this request, or None, and count it.

        The faults that could hit are tried in the plan's order; the first that hits is taken.
        """
        for fault in self.plan.faults:
            if self._spent():
                return None
            if _applies(fault, target, ranged=ranged, redirected=redirected) and (
                self.random.random() < fault.rate
            ):
                self.injected[fault.kind] += 1
                return fault.kind
        return None

    def _spent(self) -> bool:
        return self.plan.limit is not None and self.injected.total() >= self.plan.limit


def _applies(fault: Fault, target: FaultTarget, *, ranged: bool, redirected: bool) -> bool:
    if fault.target is not target:
        return False
    if fault.kind is FaultKind.EXPIRED_REDIRECT:
        return redirected
    return ranged or not fault.kind.needs_range
