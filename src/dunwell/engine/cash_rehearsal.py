"""Playing the cases of a cash policy: what it answers to a small difference and to a return."""

from dataclasses import dataclass
from datetime import date

from dunwell.engine.cash_cases import (
    ABOVE_BUDGET,
    ABOVE_ITEM,
    ABOVE_SHARE,
    WRITTEN_OFF,
    CashCase,
)
from dunwell.engine.cash_policy import CashPolicy, WriteOffPolicy
from dunwell.engine.debits import after_return

PPM = 1_000_000
SOME_DAY = date(2026, 1, 5)
"""A return of any day; cases ask for the step and the days, not for the date."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CashCaseResult:
    """A case and what the policy answers; `found_days` for a retry."""

    case: CashCase
    found: str
    found_days: int | None = None

    @property
    def is_passed(self) -> bool:
        """Return whether the answer is the expected one."""
        days = self.case.after_days
        return self.found == self.case.expect and (days is None or days == self.found_days)

    def message(self) -> str:
        """Return the name with what was expected and what came out."""
        expected = _words(self.case.expect, self.case.after_days)
        return (
            f"{self.case.name}: expected {expected}, found {_words(self.found, self.found_days)}"
        )


def play_cash_cases(policy: CashPolicy) -> tuple[CashCaseResult, ...]:
    """Return what the policy answers to each of its own cases, in order."""
    return tuple(_played(policy, case) for case in policy.cases)


def difference_answer(
    policy: WriteOffPolicy, *, difference_minor: int, item_minor: int, spent_minor: int
) -> str:
    """Return one of DIFFERENCE_ANSWERS for giving up a difference without a second person.

    All amounts in minor units of the company's currency: the difference, the item's amount,
    and what was given up in the same calendar month before.
    """
    if difference_minor > policy.item_minor:
        return ABOVE_ITEM
    if difference_minor * PPM > item_minor * policy.item_ppm:
        return ABOVE_SHARE
    if spent_minor + difference_minor > policy.month_minor:
        return ABOVE_BUDGET
    return WRITTEN_OFF


def _played(policy: CashPolicy, case: CashCase) -> CashCaseResult:
    if case.returned:
        act = after_return(
            policy.debit, reason_code=case.returned, attempt=case.attempt, returned_on=SOME_DAY
        ).act
        days = policy.debit.retry_days[case.attempt - 1] if act == "retry" else None
        return CashCaseResult(case=case, found=act, found_days=days)
    found = difference_answer(
        policy.write_off,
        difference_minor=case.difference_minor,
        item_minor=case.item_minor,
        spent_minor=case.spent_minor,
    )
    return CashCaseResult(case=case, found=found)


def _words(answer: str, days: int | None) -> str:
    return answer if days is None else f"{answer} after {days} days"
