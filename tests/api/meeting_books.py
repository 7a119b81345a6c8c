"""A meeting with a point and a decision, a suggestion and a customer's words, for calls."""

from datetime import timedelta

from dunwell.actions.gate import Actor
from dunwell.actions.meetings import decide_in_meeting, hold_meeting
from dunwell.actions.role_rights import ROLE_RIGHTS
from dunwell.engine.stuck_money import StuckPoint
from dunwell.models import Promise, Survey, Voice
from tests.actions.ledger_rows import invoice
from tests.conftest import add_customer


def keep_meetings(company, owner, tag="", *, today, at):
    """Add what a meeting needs; return the keys."""
    on = {"as_of": today, "at": at}
    role = "credit_manager"
    lead = Actor(company=company, name="lead", roles=frozenset({role}), rights=ROLE_RIGHTS[role])
    customer = add_customer(company, f"MEET{tag}")
    item = invoice(
        customer, f"M-1{tag}", 5_000_00, issued_on=today - timedelta(days=70),
        due_on=today - timedelta(days=40), as_of=today, at=at,
    )  # fmt: skip
    Promise.objects.create(
        company=company, customer=customer, made_on=today, due_on=today, outcome="broken",
        settled_on=today, level="customer", currency="EUR", amount_minor=1, recorded_at=at,
    )  # fmt: skip
    point = StuckPoint(
        customer_id=customer.pk, reason="broken", currency="EUR", stuck_minor=5_000_00,
        since_on=today, weight=0, items=((item.pk, 5_000_00),),
    )  # fmt: skip
    name = f"Stuck money {tag}".strip()
    meeting = hold_meeting(actor=lead, name=name, points=[point], **on)
    decision = decide_in_meeting(
        actor=lead, meeting=meeting, point=meeting.points.get(), text="visit them", owner=owner,
        due_on=today, **on,
    )  # fmt: skip
    voice = Voice.objects.create(
        company=company, text="fewer forms", said_on=today, recorded_at=at
    )
    told = Survey.objects.create(
        company=company, customer=customer, kind="csat", occasion="payment", subject_id=item.pk,
        nonce="n", token_hash=f"told{tag}", asked_on=today, until_on=today, score=2,
        comment="Your invoices come late.", answered_at=at, recorded_at=at,
    )  # fmt: skip
    return {
        "meeting_customer_id": customer.pk,
        "meeting_id": meeting.pk,
        "meeting_point_id": meeting.points.get().pk,
        "meeting_decision_id": decision.pk,
        "voice_id": voice.pk,
        "told_survey_id": told.pk,
    }
