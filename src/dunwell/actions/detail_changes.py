"""Confirming, or not, the changes of details that customers ask for in the portal."""

from datetime import datetime

from django.db import transaction

from dunwell.actions.contacts import edit_contact, edit_customer
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, Stale, check_status, own
from dunwell.actions.texts import fitting, needed
from dunwell.models import DetailChange

Status = DetailChange.Status


@transaction.atomic
def decide_detail_change(
    *, actor: Actor, change: DetailChange, status: str, reason: str = "", at: datetime
) -> None:
    """Take a change over, or say why not; the customer is written to outside of it.

    A customer's own details need customer.edit as well. Raises Refused for one
    that was decided and for a no without a reason, Stale where the details changed meanwhile.
    """
    actor.require("contact.edit")
    if change.contact_id is None:
        actor.require("customer.edit")
    own(actor, change, "change")
    change = (
        DetailChange.objects.select_for_update(no_key=True, of=("self",))
        .select_related("customer", "contact__customer")
        .get(pk=change.pk)
    )
    check_status(
        DetailChange.MOVES,
        Status(change.status),
        status,
        "This change",
        f" by {change.decided_by}",
    )
    told = fitting(text=reason, most=300, what="reason")
    if status == Status.DECLINED:
        told = needed(text=reason, most=300, what="reason", missing="Say why it is not done.")
    else:
        _apply(actor, change, at=at)
    rows = DetailChange.objects.filter(pk=change.pk, status=Status.OPEN)
    if rows.update(status=status, decided_by=actor.name, decided_at=at, reason=told) != 1:
        raise Refused("Somebody else has just decided about this; load the page again.")
    record_event(
        actor, f"detail_change.{status}", change, at=at, customer_id=change.customer_id,
        fields=sorted(change.after), reason=told,
    )  # fmt: skip


def _apply(actor: Actor, change: DetailChange, *, at: datetime) -> None:
    record = change.contact or change.customer
    now = {name: getattr(record, name) for name in change.before}
    if now != change.before:
        raise Stale("The details changed since this was asked for; decline it and ask again.")
    if change.contact is not None:
        edit_contact(actor=actor, contact=change.contact, changes=change.after, at=at)
    else:
        edit_customer(actor=actor, customer=change.customer, changes=change.after, at=at)
