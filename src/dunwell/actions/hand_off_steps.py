"""What nobody took on in time is escalated, where the protocol has rungs for it."""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.escalations import put_higher
from dunwell.actions.gate import Actor, Refused
from dunwell.models import Company, Escalation, HandOff
from dunwell.queries.playbooks import playbooks_in_force

KIND = Escalation.Kind.HAND_OFF
SUBJECT = "hand_off"
MOST_AT_ONCE = 200
"""Hand-offs looked at in one transaction; the next run goes on."""


@transaction.atomic
def escalate_hand_offs(*, actor: Actor, as_of: date, at: datetime) -> int:
    """Escalate every hand-off that was not taken on in time, once; return how many were.

    Of two of one customer the second waits until the first escalation is resolved. Without rungs
    for hand-offs nothing is escalated. Safe to call every minute.
    """
    actor.require("cycle.run")
    company = actor.company
    told = Escalation.objects.filter(company=company, subject=SUBJECT, kind=KIND)
    late = (
        HandOff.objects.filter(company=company, status=HandOff.Status.ASKED, answer_by_at__lte=at)
        .exclude(pk__in=told.values("subject_id"))
        .exclude(
            customer__in=Escalation.objects.filter(company=company, kind=KIND)
            .exclude(status=Escalation.Status.RESOLVED)
            .values("customer")
        )
    )
    if not late.exists() or playbooks_in_force(company, as_of=as_of).line(KIND) is None:
        return 0
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    raised = 0
    for hand_off in late.select_related("customer").order_by("id")[:MOST_AT_ONCE]:
        desk = HandOff.Desk(hand_off.to_desk).label
        try:
            put_higher(
                actor,
                hand_off.customer,
                kind=KIND,
                reason=f"{desk} did not take on: {hand_off.what}"[:300],
                subject=SUBJECT,
                subject_id=hand_off.pk,
                as_of=as_of,
                at=at,
            )
        except Refused:
            # another hand-off of the same customer was just put higher; it comes first
            continue
        raised += 1
    return raised
