"""Provisions in every state, an assessment that waits and one in force, a held part, draws."""

from dataclasses import replace
from datetime import timedelta

from dunwell.actions.financing_draws import disburse_draw, propose_draw, sanction_draw
from dunwell.actions.financing_facilities import add_facility, add_terms, open_facility
from dunwell.actions.gate import system
from dunwell.actions.items import add_item
from dunwell.actions.loss_assessments import ask_assessment, decide_assessment
from dunwell.actions.provisions import draw_provision, post_provision, review_provision
from dunwell.actions.retentions import hold_retention
from dunwell.models import FinancingItem
from tests.conftest import add_customer

FIGURES = {"advance_ppm": 800_000, "rate_ppm": 60_000, "fee_ppm": 5_000, "recourse_days": 0}
RULES = {"past_due_days": None, "concentration_ppm": None, "cross_ppm": None}


def month_end(today, back):
    """The last day of the month so many months ago."""
    day = today.replace(day=1) - timedelta(days=1)
    for _ in range(back - 1):
        day = day.replace(day=1) - timedelta(days=1)
    return day


def keep_provisions(company, tag="", *, today, at):
    """Keep runs, assessments and retentions; return path parameter -> key."""
    actor, customer = system(company), add_customer(company, f"PV{tag}", "Slow Payer")
    second = replace(actor, name="second")
    on = {"as_of": today, "at": at}
    item = add_item(
        actor=actor, customer=customer, number=f"PV{tag}-1", kind="invoice", currency="EUR",
        amount_minor=100_000, issued_on=today - timedelta(days=300),
        due_on=today - timedelta(days=270), **on,
    )  # fmt: skip
    runs = []
    for back in (4, 3, 2):
        run = draw_provision(actor=actor, on=month_end(today, back), **on)
        if back > 2:
            review_provision(actor=second, run=run, at=at)
        if back == 4:
            post_provision(actor=second, run=run, **on)
        runs.append(run.pk)
    told = {
        "actor": actor, "loss_ppm": 500_000, "flows": (), "currency": "", "discount_ppm": 0,
        "reason": "insolvent", "evidence": "IN 1/26", "from_on": today, **on,
    }  # fmt: skip
    waits = ask_assessment(customer=customer, item=None, **told)
    held = ask_assessment(customer=customer, item=item, **told)
    decide_assessment(actor=second, assessment=held, is_approved=True, at=at)
    part = hold_retention(
        actor=actor, item=item, kind="defects", amount_minor=10_000,
        due_on=today + timedelta(days=700), event="two years", at=at,
    )  # fmt: skip
    return {
        "provision_id": runs[2],
        "reviewed_provision_id": runs[1],
        "posted_provision_id": runs[0],
        "loss_assessment_id": waits.pk,
        "assessment_id": waits.pk,
        "held_assessment_id": held.pk,
        "retention_id": part.pk,
        "provision_customer_id": customer.pk,
        "provision_item_id": item.pk,
        **keep_financing(company, tag, today=today, at=at),
    }


def keep_financing(company, tag="", *, today, at):
    """Keep a facility in use, an offer, and a draw of each state; return parameter -> key."""
    actor, customer = system(company), add_customer(company, f"FN{tag}", "Good Payer")
    second = replace(actor, name="second")
    on = {"as_of": today, "at": at}
    items = [
        add_item(
            actor=actor, customer=customer, number=f"FN{tag}-{n}", kind="invoice", currency="EUR",
            amount_minor=50_000, issued_on=today - timedelta(days=40),
            due_on=today - timedelta(days=10), **on,
        )
        for n in range(4)
    ]  # fmt: skip
    facility, offer = (
        add_facility(
            actor=actor, name=f"{name}{tag}", lender="Bank", kind="recourse",
            limit_minor=10_000_000, from_on=today, until_on=None, at=at,
        )
        for name in ("Line", "Offer")
    )  # fmt: skip
    for one in (facility, offer):
        add_terms(
            actor=actor, facility=one, valid_from=today, figures=FIGURES, rules=RULES,
            source="contract", at=at,
        )  # fmt: skip
    open_facility(actor=second, facility=facility, at=at)
    draws = [
        propose_draw(actor=actor, facility=facility, items=[item.pk], **on) for item in items[:3]
    ]
    for draw in draws[1:]:
        sanction_draw(actor=second, draw=draw, **on)
    disburse_draw(actor=actor, draw=draws[2], reference="B1", **on)
    row = FinancingItem.objects.get(draw=draws[2])
    return {
        "facility_id": facility.pk,
        "offer_facility_id": offer.pk,
        "draw_id": draws[0].pk,
        "sanctioned_draw_id": draws[1].pk,
        "disbursed_draw_id": draws[2].pk,
        "draw_item_id": row.pk,
        "financing_item_id": items[3].pk,
    }
