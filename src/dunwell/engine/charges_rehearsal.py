"""Playing the cases of a charges policy: an item, its payment, and what it would cost."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from dunwell.engine.case_answers import CaseValues
from dunwell.engine.charge_terms import group_terms
from dunwell.engine.charges.late_rules import LateRule
from dunwell.engine.charges.reference_rates import ReferenceTable
from dunwell.engine.charges.single_item import (
    SingleItem,
    compensation_minor,
    default_on,
    interest_minor,
)
from dunwell.engine.charges_policy import OFF, ChargesCase, ChargesPolicy


def play_charges_cases(
    policy: ChargesPolicy,
    *,
    rules: Sequence[LateRule],
    tables: Mapping[str, ReferenceTable],
) -> tuple[CaseValues, ...]:
    """Return what the policy answers to each of its own cases, in order.

    The rules its groups name must exist.
    """
    return tuple(_played(policy, case, rules, tables) for case in policy.cases)


def _played(
    policy: ChargesPolicy,
    case: ChargesCase,
    rules: Sequence[LateRule],
    tables: Mapping[str, ReferenceTable],
) -> CaseValues:
    group = policy.group_of(segment=case.segment, country=case.country, party=case.party)
    answers: dict[str, str | int] = {
        "mode": group.mode if group else OFF,
        "rule": "",
        "interest_minor": 0,
        "compensation_minor": 0,
    }
    item = SingleItem(
        amount_minor=case.amount_minor,
        issued_on=case.issued_on,
        due_on=case.due_on,
        paid=((case.paid_on, case.paid_minor),) if case.paid_on else (),
        noticed_on=case.noticed_on,
    )
    dated = (
        group_terms(
            group,
            rules=rules,
            tables=tables,
            country=case.country,
            party=case.party,
            last=case.as_of,
        )
        if group
        else ()
    )
    for one in dated:
        default = default_on(item, one.terms)
        if default is not None and one.from_on <= default < one.until_on:
            letter = one.terms.rule.letter
            counts = None
            if letter is not None and case.noticed_on is not None:
                counts = case.noticed_on + timedelta(days=letter.email_days)
            schedule = one.terms.rule.compensation
            answers["rule"] = one.terms.rule.id
            answers["interest_minor"] = interest_minor(item, one.terms, as_of=case.as_of)
            if schedule is not None and schedule.currency == case.currency:
                answers["compensation_minor"] = compensation_minor(
                    item, one.terms, letter_counts_on=counts, as_of=case.as_of
                )
    return CaseValues(case=case, found={name: answers[name] for name in case.expect})
