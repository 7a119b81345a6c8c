"""A mention, hand-offs, a duty, an override of duties and a review, for calls that need one."""

from datetime import timedelta

from dunwell.actions.case_comments import comment_case
from dunwell.actions.gate import Actor
from dunwell.actions.hand_offs import ask_hand_off
from dunwell.actions.role_rights import ROLE_RIGHTS
from dunwell.models import AccessReview, Duty, DutyOverride, HandOff, Mention
from tests.conftest import add_customer


def keep_shared(company, boss, tag="", *, today, at):
    """Add what colleagues share; return the keys."""
    on = {"as_of": today, "at": at}
    role = "credit_manager"
    asker = Actor(company=company, name="asker", roles=frozenset({role}), rights=ROLE_RIGHTS[role])
    customer = add_customer(company, f"SHARE{tag}")
    comment_case(actor=asker, customer=customer, text=f"@{boss.username} look", **on)
    works = [
        ask_hand_off(actor=asker, customer=customer, to_desk="collections", what=what, **on)
        for what in ("call them", "visit them")
    ]
    HandOff.objects.filter(pk=works[1].pk).update(status="taken", taken_by="asker", taken_at=at)
    duty = Duty.objects.create(
        company=company, role="collector", user=boss, from_on=today, until_on=today, by="asker",
        recorded_at=at,
    )  # fmt: skip
    allowed = DutyOverride.objects.create(
        company=company, user=boss, pair="cash_credit", reason="a small team", by="asker",
        granted_at=at, ends_at=at + timedelta(days=30),
    )  # fmt: skip
    review = AccessReview.objects.create(
        company=company, user=boss, roles=["admin"], outcome="kept", by="asker",
        reviewed_on=today, due_on=today + timedelta(days=90), recorded_at=at,
    )  # fmt: skip
    return {
        "mention_id": Mention.objects.get(customer=customer).pk,
        "hand_off_id": works[0].pk,
        "taken_hand_off_id": works[1].pk,
        "duty_id": duty.pk,
        "duty_override_id": allowed.pk,
        "access_review_id": review.pk,
    }
