"""One disputed part of one item, opened and closed by hand: the short way through a case."""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.dispute_intake import (
    LONGEST_NOTE,
    Claim,
    check_open,
    check_reason,
    disputed_already,
    enter_case,
)
from dunwell.actions.dispute_parts import (
    DECIDING,
    Status,
    close_parts,
    lock_customer,
    locked_case,
    move_case,
    responded,
)
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, own
from dunwell.actions.texts import fitting
from dunwell.models import CreditRequest, Dispute, DisputeCase, Item
from dunwell.queries.credit_requests import UNANSWERED
from dunwell.queries.dispute_policies import dispute_policy_in_force


@transaction.atomic
def open_dispute(
    *,
    actor: Actor,
    item: Item,
    amount_minor: int,
    reason: str,
    as_of: date,
    at: datetime,
    note: str = "",
) -> Dispute:
    """Record that a customer disputes a part of an item; the rest stays collectable.

    It has a case of its own, routed and with a clock. Raises Refused for an unknown reason, an
    amount that is not open, an item already disputed or of another company.
    """
    actor.require("dispute.open")
    own(actor, item, "item")
    in_force = dispute_policy_in_force(actor.company, as_of=as_of)
    check_reason(reason, in_force)
    customer = lock_customer(item.customer_id)
    told = fitting(text=note, most=LONGEST_NOTE, what="note")
    claim = Claim(item=item, amount_minor=amount_minor, note=told)
    check_open([claim])
    if disputed_already([item.pk]):
        raise Refused(f"{item.number} is already disputed; close that dispute first.")
    case = enter_case(
        actor, customer, [claim], in_force=in_force, reason=reason,
        source=DisputeCase.Source.STAFF, as_of=as_of, at=at,
    )  # fmt: skip
    dispute = Dispute.objects.get(case=case)
    record_event(
        actor,
        "dispute.opened",
        dispute,
        at=at,
        customer_id=item.customer_id,
        item=item.number,
        amount_minor=amount_minor,
        currency=item.currency,
        reason=reason,
    )
    return dispute


@transaction.atomic
def close_dispute(
    *, actor: Actor, dispute: Dispute, outcome: str, as_of: date, at: datetime
) -> None:
    """Close an open dispute with how it ended; its case ends with its last part.

    Raises Refused for one already closed, and while its case's resolution or credit is on its way.
    """
    actor.require("dispute.close")
    own(actor, dispute, "dispute")
    told = fitting(text=outcome, most=200, what="outcome")
    if not told:
        raise Refused("Say how the dispute ended.")
    if dispute.closed_on is not None:
        raise Refused(f"This dispute was closed on {dispute.closed_on.isoformat()}.")
    if as_of < dispute.opened_on:
        raise Refused(
            f"The dispute was opened on {dispute.opened_on.isoformat()}; it cannot end earlier."
        )
    case = _case(actor, dispute)
    close_parts([dispute], outcome=told, as_of=as_of)
    if case is not None and not case.disputes.filter(closed_on=None).exists():
        move_case(
            case, Status.RESOLVED, as_of=as_of, resolved_on=as_of, **responded(case, as_of=as_of)
        )
        move_case(case, Status.CLOSED, as_of=as_of, closed_on=as_of)
    record_event(
        actor,
        "dispute.closed",
        dispute,
        at=at,
        customer_id=dispute.customer_id,
        outcome=told,
    )


def _case(actor: Actor, dispute: Dispute) -> DisputeCase | None:
    """Return the dispute's case, locked; refuse while its end is being decided or carried out."""
    if not Dispute.objects.filter(pk=dispute.pk, closed_on=None).exists():
        raise Refused("Somebody else has just closed this dispute; load the page again.")
    key = Dispute.objects.values_list("case", flat=True).get(pk=dispute.pk)
    if key is None:
        lock_customer(dispute.customer_id)
        return None
    case = locked_case(actor, DisputeCase.objects.get(pk=key))
    if case.status in DECIDING:
        raise Refused(
            f"A resolution of {case.number} waits for a decision; decide or reject that first."
        )
    request = CreditRequest.objects.filter(dispute=dispute, status__in=UNANSWERED).first()
    if request is not None:
        raise Refused(f"{request.number} is asked of billing; have it refused or settled instead.")
    return case
