"""Playing the cases of a credit policy: facts of a customer, and what should come out."""

from dunwell.engine.case_answers import CaseValues
from dunwell.engine.credit_decision import Subject, decide
from dunwell.engine.credit_policy import CreditPolicy


def play_credit_cases(policy: CreditPolicy) -> tuple[CaseValues, ...]:
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
            CaseValues(
                case=case,
                found={name: "" if value is None else value for name, value in told.items()},
            )
        )
    return tuple(results)
