"""No credit beyond authority: every role, act, risk, source and amount to the minor unit."""

from itertools import product

import pytest

from dunwell.actions.authority import authorise
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.role_rights import ROLE_RIGHTS
from dunwell.engine.authority import CREDIT_ACTS, RISKS, SOURCES
from dunwell.models import CreditRating
from dunwell.queries.policy_documents import standard_document
from tests.conftest import AT, TODAY, add_customer

ROLES = ("collector", "admin", "credit_analyst", "credit_manager", "finance_director")
"""The ladder and one role that is not on it; the engine's own grid has the others."""

PARTS = ("alone", "approves")


def grants():
    return [row for row in standard_document("authority")["authority"]["grants"]
            if row["act"] in CREDIT_ACTS]  # fmt: skip


def amounts(act):
    """Every boundary of an act with a minor unit less and more."""
    bounds = {row[part]["amount_minor"] for row in grants() if row["act"] == act
              for part in PARTS if part in row}  # fmt: skip
    return sorted({bound + step for bound in bounds - {"any"} for step in (-1, 0, 1)} | {0})


def spans(act):
    """Every boundary of months with one more."""
    bounds = {row[part]["months"] for row in grants() if row["act"] == act
              for part in PARTS if part in row}  # fmt: skip
    return sorted(bounds | {bound + 1 for bound in bounds})


def covered(row, part, amount, months):
    limits = row.get(part)
    return (
        limits is not None
        and (limits["amount_minor"] == "any" or amount <= limits["amount_minor"])
        and months <= limits["months"]
    )


def expected(act, role, risk, source, amount, months):
    """The answer by the document as it is written, read without the engine."""
    if source != "staff":
        return "never"
    rows = [row for row in grants()
            if row["act"] == act and risk in row.get("risks", RISKS)]  # fmt: skip
    if any(row["role"] == role and covered(row, "alone", amount, months) for row in rows):
        return "allowed"
    if any(covered(row, "approves", amount, months) for row in rows):
        return "needs_approval"
    return "never"


@pytest.fixture
def customers(company):
    """A customer rated at each risk."""
    found = {}
    for risk in RISKS:
        found[risk] = add_customer(company, risk)
        CreditRating.objects.create(
            company=company, customer=found[risk], as_of=TODAY, risk_class="X", risk=risk,
            outcome="refer", digest="x", by="t", recorded_at=AT,
        )  # fmt: skip
    return found


def acting_as(company, role):
    return Actor(company=company, name=role, user_id=1, roles=frozenset({role}),
                 rights=frozenset(ROLE_RIGHTS[role]))  # fmt: skip


def answer(actor, customer, act, source, amount, months):
    try:
        return authorise(
            actor=actor, customer=customer, act=act, currency="EUR", amount_minor=amount,
            months=months, source=source, as_of=TODAY,
        ).status  # fmt: skip
    except Refused:
        return "never"


@pytest.mark.parametrize("act", CREDIT_ACTS, ids=lambda act: f"of {act}")
def test_every_role_risk_source_and_amount_is_answered_as_it_is_written(company, customers, act):
    tried = 0
    for role, risk in product(ROLES, RISKS):
        actor = acting_as(company, role)
        for amount, months in product(amounts(act), spans(act)):
            found = answer(actor, customers[risk], act, "staff", amount, months)
            assert found == expected(act, role, risk, "staff", amount, months), (
                role, risk, amount, months,
            )  # fmt: skip
            tried += 1
        for source in SOURCES[1:]:
            assert answer(actor, customers[risk], act, source, 1, 0) == "never"
    assert tried >= 300


def test_who_is_not_rated_is_judged_as_the_strictest_and_an_applicant_by_its_proposal(company):
    nobody = add_customer(company, "NEW")
    analyst = acting_as(company, "credit_analyst")
    ask = {"actor": analyst, "act": "limit", "currency": "EUR", "amount_minor": 1_000_00,
           "as_of": TODAY}  # fmt: skip
    assert authorise(customer=nobody, **ask).needs_role == "credit_manager"
    assert authorise(customer=nobody, proposed_risk="low", **ask).is_allowed
    assert authorise(customer=None, proposed_risk="low", **ask).is_allowed
    assert authorise(customer=None, proposed_risk="luck", **ask).needs_approval
    # what was found for credit says nothing of other concessions
    plan = authorise(customer=None, proposed_risk="low", **{**ask, "act": "plan"})
    assert plan.ask.risk == ""
