"""Credit notes asked of billing, and what may happen to their case meanwhile."""

import pytest

from dunwell.actions.credit_requests import refuse_request, settle_request
from dunwell.actions.dispute_cases import DisputedPart, merge_cases, open_case, split_case
from dunwell.actions.dispute_moves import withdraw_case
from dunwell.actions.dispute_resolutions import ResolvedPart, propose_resolution
from dunwell.actions.gate import Refused
from dunwell.models import Dispute
from tests.actions.desk import acting
from tests.actions.dispute_rows import case_over, on, resolve
from tests.actions.ledger_rows import invoice
from tests.conftest import add_user


def refused(action, **named):
    with pytest.raises(Refused) as refusal:
        action(**named)
    return str(refusal.value)


def test_of_two_credits_asked_the_second_is_answered_before_the_case_ends_anew(
    company, customer, clerk
):
    resolver = acting(add_user(company, "dora", "resolver"))
    item = invoice(customer, "R1", 5_000_00)
    other = invoice(customer, "R2", 800_00)
    case = open_case(
        actor=resolver, customer=customer, reason="price", source="staff", **on(),
        parts=[
            DisputedPart(item=item, amount_minor=300_00),
            DisputedPart(item=other, amount_minor=200_00),
        ],
    )  # fmt: skip
    parts = [
        ResolvedPart(dispute=one, credit_minor=one.amount_minor)
        for one in Dispute.objects.filter(case=case)
    ]
    proposing = {"actor": resolver, "reason": "agreed", "missing_evidence": "none kept"}
    found = propose_resolution(case=case, parts=parts, **proposing, **on())
    first, second = found.credit_requests.order_by("pk")
    refuse_request(actor=acting(clerk), request=first, reason="no such price", **on(1))
    case.refresh_from_db()
    assert case.status == "in_review"

    still = f"{second.number} is still asked of billing; have it refused or settled first."
    alone = case_over(invoice(customer, "R3", 100_00), 50_00)
    asking = {"actor": resolver, **on(1)}
    assert refused(propose_resolution, case=case, parts=parts, **proposing, **on(1)) == still
    assert refused(merge_cases, case=case, into=alone, **asking) == still
    assert refused(merge_cases, case=alone, into=case, **asking) == still
    assert refused(split_case, case=case, disputes=[first.dispute], **asking) == still
    assert refused(withdraw_case, case=case, reason="gives in", **asking) == still

    arrived = invoice(customer, "G1", -200_00, **on(1))
    settle_request(actor=acting(clerk), request=second, credit_item=arrived, **on(1))
    resolve(case, resolver, denied=300_00, days=2)
    case.refresh_from_db()
    assert case.status == "resolved"
