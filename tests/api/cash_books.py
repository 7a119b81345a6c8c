"""What cash application needs in the API's books: cases that wait, are held, and are decided."""

from dunwell.actions.aliases import add_alias, add_relation
from dunwell.actions.match_cases import hold_case, park_case
from dunwell.actions.payments import record_payment
from dunwell.jobs.matching import match_open
from dunwell.models import MatchCase


def keep_cash(company, actor, customer, tag, *, today, at):
    """Three payments that matching leaves to a person; keys of their cases and of payers."""
    cases = {}
    for name, amount in (("wait", 2_51), ("held", 2_52), ("left", 2_53)):
        payment = record_payment(
            actor=actor, number=f"{tag}C-{name}", customer=None, currency="EUR",
            amount_minor=amount, value_on=today, payer=f"Nobody {name}", reference="thanks",
            as_of=today, at=at,
        )  # fmt: skip
        match_open(company_id=company.pk, as_of=today, at=at, payment_ids=[payment.pk])
        cases[name] = MatchCase.objects.get(payment=payment)
    hold_case(
        actor=actor, case=cases["held"], version=1, reason="odd", escalate_to="treasury", at=at
    )
    park_case(
        actor=actor, case=cases["left"], version=1, customer_id=customer.pk, reason="next order",
        as_of=today, at=at,
    )  # fmt: skip
    alias = add_alias(
        actor=actor, customer=customer, kind="name", text=f"Nobody {tag}", as_of=today, at=at
    )
    relation = add_relation(
        actor=actor, customer=customer, kind="factor", payer=f"Factor {tag}", at=at
    )
    return {
        "case_id": cases["wait"].pk,
        "held_case_id": cases["held"].pk,
        "left_case_id": cases["left"].pk,
        "alias_id": alias.pk,
        "relation_id": relation.pk,
    }
