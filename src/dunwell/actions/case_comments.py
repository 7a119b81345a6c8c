"""Remarks of colleagues beside a record of a customer; those called by name are told."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, open_customer
from dunwell.actions.mentions import call_mentioned
from dunwell.actions.texts import needed
from dunwell.models import CaseComment, Customer
from dunwell.queries.case_graph import stands

LONGEST = 2_000
SAID_TWICE_SECONDS = 60
"""The same words of the same person at the same place within this time are the same remark."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Commented:
    """A remark that was kept, and the user names of those it called."""

    comment: CaseComment
    called: tuple[str, ...]


@transaction.atomic
def comment_case(
    *,
    actor: Actor,
    customer: Customer,
    text: str,
    subject: str = "",
    subject_id: int | None = None,
    as_of: date,
    at: datetime,
) -> Commented:
    """Say something to colleagues about a customer or a record of it; the customer never reads it.

    Raises Refused without words, and for a record that is none of this customer.
    """
    actor.require("case.share")
    open_customer(actor, customer)
    told = needed(text=text, most=LONGEST, what="remark", missing="Write what you want to say.")
    check_subject(customer, subject, subject_id)
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    before = CaseComment.objects.filter(customer=customer, by=actor.name).order_by("-pk").first()
    if before is not None and _is_same(before, told, subject, subject_id, at):
        people = before.mentions.order_by("pk").values_list("user__username", flat=True)
        return Commented(comment=before, called=tuple(people))
    comment = CaseComment.objects.create(
        company=actor.company,
        customer=customer,
        subject=subject,
        subject_id=subject_id,
        text=told,
        on=as_of,
        by=actor.name,
        at=at,
    )
    called = call_mentioned(actor, comment, as_of=as_of, at=at)
    record_event(
        actor,
        "case.commented",
        comment,
        at=at,
        customer_id=customer.pk,
        about=subject,
        about_id=subject_id,
        called=list(called),
    )
    return Commented(comment=comment, called=called)


def check_subject(customer: Customer, subject: str, subject_id: int | None) -> None:
    """Raise Refused unless nothing is named, or a record of the customer that can be."""
    if not subject and subject_id is None:
        return
    if subject_id is None or not stands(customer, subject, subject_id):
        raise Refused(
            f"{customer.name} has no {subject or 'record'} {subject_id}; choose another."
        )


def _is_same(
    before: CaseComment, text: str, subject: str, subject_id: int | None, at: datetime
) -> bool:
    same = (before.text, before.subject, before.subject_id) == (text, subject, subject_id)
    return same and (at - before.at).total_seconds() <= SAID_TWICE_SECONDS
