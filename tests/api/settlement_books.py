"""Settlements, requests, an incentive and a policy draft, in the states that calls need."""

from datetime import timedelta

from dunwell.actions.gate import Actor
from dunwell.actions.incentives import propose_incentive
from dunwell.actions.policies_by_kind import draft_document
from dunwell.actions.role_rights import ROLE_RIGHTS
from dunwell.actions.settlements import propose_settlement
from dunwell.engine.incentives import IncentiveTerms
from dunwell.models import ApprovalRequest, Incentive
from dunwell.queries.policy_documents import standard_text
from tests.actions.ledger_rows import invoice
from tests.conftest import add_customer


def policy(today):
    """A policy of authority that can be published today."""
    return standard_text("authority").replace("2026-01-01", str(today), 1)


def incentive_terms(today, name="Early birds"):
    """A rebate of one percent for three items in a row."""
    return {
        "name": name, "kind": "rebate", "streak": 3, "currency": "EUR", "budget_minor": 100_00,
        "reward_ppm": 10_000, "from_on": today, "until_on": today + timedelta(days=90),
    }  # fmt: skip


def keep_settlements(company, tag="", *, today, at):
    """Add an offer, a request of another and one of the caller's own; return their keys."""
    on = {"as_of": today, "at": at}
    customer = add_customer(company, f"SETTLE{tag}")

    def acting(name):
        role = "credit_manager"
        return Actor(company=company, name=name, roles=frozenset({role}), rights=ROLE_RIGHTS[role])

    keys = {}
    for name, who, pay in (
        ("settlement_id", "settler", 970_00),
        ("request_id", "settler", 600_00),
        ("own_request_id", "callie", 600_00),
    ):
        item = invoice(customer, name, 1_000_00, issued_on=today, due_on=today, **on)
        settlement = propose_settlement(
            actor=acting(who), customer=customer, items=[item], pay_minor=pay,
            pay_by_on=today + timedelta(days=14), reason="insolvency looms", **on,
        )  # fmt: skip
        asked = ApprovalRequest.objects.filter(subject_id=settlement.pk, subject="settlement")
        keys[name] = asked.get().pk if name.endswith("request_id") else settlement.pk
    incentive = propose_incentive(
        actor=acting("settler"),
        terms=IncentiveTerms(**incentive_terms(today, "Punctual")), reason="less lateness", **on,
    )  # fmt: skip
    version = draft_document(actor=acting("settler"), kind="authority", text=policy(today), at=at)
    assert incentive.status == Incentive.Status.PROPOSED
    free = invoice(customer, "free to settle", 1_000_00, issued_on=today, due_on=today, **on)
    return {
        **keys,
        "incentive_id": incentive.pk,
        "kind": "authority",
        "policy_kind": "authority",
        "policy_id": version.pk,
        "settled_customer_id": customer.pk,
        "settleable_id": free.pk,
        "pay_minor": 970_00,
        "pay_by_on": today + timedelta(days=14),
    }
