"""Playing the cases of a dispute policy: which route and which days it gives."""

from dataclasses import dataclass

from dunwell.engine.dispute_policy import DisputePolicy
from dunwell.engine.dispute_policy_cases import PolicyCase
from dunwell.engine.dispute_routes import clock_of, route_of


@dataclass(frozen=True, kw_only=True, slots=True)
class DisputeCaseResult:
    """A case and what the policy answers, of what was asked."""

    case: PolicyCase
    expected: str
    found: str

    @property
    def is_passed(self) -> bool:
        """Return whether the answer is the expected one."""
        return self.found == self.expected

    def message(self) -> str:
        """Return the name with what was expected and what came out."""
        return f"{self.case.name}: expected {self.expected}, found {self.found}"


def play_dispute_cases(policy: DisputePolicy) -> tuple[DisputeCaseResult, ...]:
    """Return what the policy answers to each of its own cases, in order."""
    return tuple(_played(policy, case) for case in policy.cases)


def _played(policy: DisputePolicy, case: PolicyCase) -> DisputeCaseResult:
    route = route_of(policy.routes, case.facts)
    clock = clock_of(policy.clocks, case.facts)
    asked = (
        ("route", case.route, route.name if route else "no route"),
        ("days to respond", case.respond_days, clock.respond_days),
        ("days to resolve", case.resolve_days, clock.resolve_days),
    )
    stated = [(name, wanted, found) for name, wanted, found in asked if wanted is not None]
    return DisputeCaseResult(
        case=case,
        expected=", ".join(f"{name} {wanted}" for name, wanted, _ in stated),
        found=", ".join(f"{name} {found}" for name, _, found in stated),
    )
