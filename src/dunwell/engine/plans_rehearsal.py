"""Playing the cases of a plans policy: its answers to a wish, a purse and late instalments."""

from dataclasses import dataclass
from datetime import date, timedelta

from dunwell.engine.plan_cases import ALLOWED, PlanCase
from dunwell.engine.plan_offers import PlanWish, affordable, offers, refusals
from dunwell.engine.plans import has_failed
from dunwell.engine.plans_policy import PlansPolicy

SOME_DAY = date(2026, 1, 5)
"""A Monday without holidays nearby; cases ask for rules, not for dates."""

COUNTRY = "TARGET"


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanCaseResult:
    """A case and what the policy answers, as text."""

    case: PlanCase
    found: str

    @property
    def expected(self) -> str:
        """Return the expected answer as text."""
        if self.case.kind == "afford":
            return _instalments(self.case.expect_number)
        return self.case.expect

    @property
    def is_passed(self) -> bool:
        """Return whether the answer is the expected one."""
        return self.found == self.expected

    def message(self) -> str:
        """Return the name with what was expected and what came out."""
        return f"{self.case.name}: expected {self.expected}, found {self.found}"


def play_plan_cases(policy: PlansPolicy) -> tuple[PlanCaseResult, ...]:
    """Return what the policy answers to each of its own cases, in order."""
    return tuple(PlanCaseResult(case=case, found=_answer(policy, case)) for case in policy.cases)


def _answer(policy: PlansPolicy, case: PlanCase) -> str:
    if case.kind == "state":
        is_default = has_failed(
            policy.default.missed,
            policy.default.days,
            missed=case.missed,
            days_late=case.days_late,
        )
        return "default" if is_default else "running"
    if case.kind == "afford":
        found = offers(
            policy,
            covered_minor=case.covered_minor,
            first_on=SOME_DAY,
            as_of=SOME_DAY,
            country=COUNTRY,
        )
        fit = affordable(found, payable_minor=case.payable_minor)
        numbers = [one.terms.number for one in fit if one.terms.frequency == case.frequency]
        return _instalments(numbers[0] if numbers else 0)
    wish = PlanWish(
        frequency=case.frequency,
        number=case.number,
        first_on=SOME_DAY + timedelta(days=case.first_in_days),
        deposit_minor=case.deposit_minor,
        concession_minor=case.concession_minor,
    )
    found_rules = refusals(
        policy, wish, covered_minor=case.covered_minor, as_of=SOME_DAY, country=COUNTRY
    )
    return found_rules[0].rule if found_rules else ALLOWED


def _instalments(number: int) -> str:
    return f"{number} instalments" if number else "no plan"
