"""Playing the cases of a credit policy: facts of a customer, and what should come out."""

from collections.abc import Mapping
from dataclasses import dataclass

from dunwell.engine.credit_decision import Subject, decide
from dunwell.engine.credit_policy import CreditCase, CreditPolicy


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditCaseResult:
    """A case and what the policy answers to what it asks."""

    case: CreditCase
    found: Mapping[str, str | int]

    @property
    def is_passed(self) -> bool:
        """Return whether every answer asked for is the expected one."""
        return dict(self.found) == dict(self.case.expect)

    def message(self) -> str:
        """Return the name with what was expected and what came out."""
        return f"{self.case.name}: expected {_words(self.case.expect)}, found {_words(self.found)}"


def play_credit_cases(policy: CreditPolicy) -> tuple[CreditCaseResult, ...]:
    """Return what the policy answers to each of its own cases, in order, by its own card."""
    subjects = {
        number: Subject(facts=case.facts, asked_minor=case.asked_minor)
        for number, case in enumerate(policy.cases)
    }
    found = decide(subjects, policy, policy.card, with_reasons=False)
    results = []
    for number, case in enumerate(policy.cases):
        one = found[number]
        answers: dict[str, str | int | None] = {
            "class": one.risk_class,
            "risk": one.risk,
            "outcome": one.outcome,
            "limit_minor": one.limit_minor,
            "days": one.terms_days,
            "deposit_ppm": one.deposit_ppm,
            "points": one.points,
            "pd_ppm": one.pd_ppm,
        }
        told = {name: answers[name] for name in case.expect}
        # without a score there are no points to compare
        results.append(
            CreditCaseResult(
                case=case,
                found={name: "" if value is None else value for name, value in told.items()},
            )
        )
    return tuple(results)


def _words(answers: Mapping[str, str | int]) -> str:
    return ", ".join(f"{name} {value}" for name, value in answers.items())
