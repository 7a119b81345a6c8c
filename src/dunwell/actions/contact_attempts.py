"""Contacts that were made or refused: each is a row with the verdict of the contact rules."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, open_customer
from dunwell.engine.contact_rules.rules import CHANNELS, PURPOSES
from dunwell.models import (
    Company,
    Contact,
    ContactAttempt,
    Customer,
    Item,
    Message,
    Note,
    Task,
)
from dunwell.queries.contact_rules import ContactVerdict, customer_verdicts
from dunwell.queries.debit_notices import is_notice
from dunwell.queries.portal_messages import PORTAL_ANSWER
from dunwell.queries.promise_confirmations import is_confirmation
from dunwell.queries.trial_mails import is_test

Outcome = ContactAttempt.Outcome

MADE = tuple(value for value in Outcome.values if value != Outcome.REFUSED)
"""How a contact can go."""

CALL_OUTCOMES = {
    Note.Result.REACHED: Outcome.CONVERSATION,
    Note.Result.CALL_BACK: Outcome.CONVERSATION,
    Note.Result.REFUSES: Outcome.CONVERSATION,
    Note.Result.SAYS_PAID: Outcome.CONVERSATION,
    Note.Result.LEFT_MESSAGE: Outcome.VOICEMAIL,
    Note.Result.NO_ANSWER: Outcome.NO_ANSWER,
    Note.Result.WRONG_NUMBER: Outcome.NO_ANSWER,
}
"""How a call went, by the result of its note; a wrong number was a call to the customer."""


@transaction.atomic
def log_attempt(
    *,
    actor: Actor,
    customer: Customer,
    channel: str,
    outcome: str,
    as_of: date,
    at: datetime,
    purpose: str = "collection",
    contact: Contact | None = None,
    item: Item | None = None,
    is_inbound: bool = False,
) -> ContactAttempt:
    """Write down a contact with the verdict of the contact rules; a denied one is not made.

    What the rules deny or hold is kept with the outcome refused, so that it is known who
    asked: its `verdict` names the rule and the next allowed moment. What the customer begins
    is never refused. Raises Refused for an unknown channel, purpose or outcome, and for a
    contact or item of another customer.
    """
    actor.require("contact.log")
    _check(actor, customer, channel, purpose, outcome, contact, item)
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    verdict = _asked(
        customer,
        channel,
        as_of=as_of,
        at=at,
        purpose=purpose,
        contact=contact,
        item=item,
    )
    may = is_inbound or verdict.is_allowed
    attempt = ContactAttempt.objects.create(
        company=actor.company,
        customer=customer,
        contact=contact,
        item=item,
        channel=channel,
        purpose=purpose,
        is_inbound=is_inbound,
        outcome=outcome if may else Outcome.REFUSED,
        verdict=verdict.document(),
        by=actor.name,
        at=at,
    )
    record_event(
        actor,
        "contact.logged" if may else "contact.refused",
        attempt,
        at=at,
        customer_id=customer.pk,
        channel=channel,
        purpose=purpose,
        outcome=attempt.outcome,
        decision=verdict.decision,
        rule=verdict.rule_id,
    )
    return attempt


def attempt_of_note(note: Note, *, as_of: date) -> ContactAttempt | None:
    """Add the contact a note tells of, a call or a visit; None for a remark.

    It has happened, so it is kept whatever the rules say; its verdict says what they said.
    """
    if note.kind == Note.Kind.CALL:
        channel, outcome = "call", CALL_OUTCOMES[Note.Result(note.result)]
    elif note.kind == Note.Kind.VISIT:
        channel, outcome = "visit", Outcome.CONVERSATION
    else:
        return None
    verdict = _asked(note.customer, channel, as_of=as_of, at=note.at)
    return ContactAttempt.objects.create(
        company_id=note.company_id,
        customer_id=note.customer_id,
        channel=channel,
        outcome=outcome,
        verdict=verdict.document(),
        by=note.by,
        at=note.at,
    )


def attempt_of_task(task: Task, *, by: str, at: datetime) -> ContactAttempt | None:
    """Add the contact a completed task was: a letter that was posted, a call, a visit.

    How a call went is not said here, so it counts as what binds most: a conversation.
    """
    made = {
        Task.Kind.LETTER: ("letter", Outcome.WRITTEN),
        Task.Kind.CALL: ("call", Outcome.CONVERSATION),
        Task.Kind.VISIT: ("visit", Outcome.CONVERSATION),
    }.get(Task.Kind(task.kind))
    if made is None or (task.message is not None and is_notice(task.message)):
        return None
    channel, outcome = made
    if task.message is not None and task.kind == Task.Kind.CALL and task.message.channel == "sms":
        channel, outcome = "sms", Outcome.WRITTEN
    as_of = at.astimezone(ZoneInfo(task.company.zone)).date()
    verdict = _asked(task.customer, channel, as_of=as_of, at=at)
    return ContactAttempt.objects.create(
        company_id=task.company_id,
        customer_id=task.customer_id,
        message_id=task.message_id,
        task=task,
        channel=channel,
        outcome=outcome,
        verdict=verdict.document(),
        by=by,
        at=at,
    )


def attempt_of_message(
    message: Message, *, verdict: ContactVerdict | None, by: str, at: datetime
) -> ContactAttempt | None:
    """Add the contact a message was when it was handed over; telling of a debit, or of
    an answer in the portal, is none.

    `verdict` is what the rules said right before; without one nothing was asked.
    """
    if is_notice(message) or is_test(message) or message.template == PORTAL_ANSWER:
        return None
    return ContactAttempt.objects.create(
        company_id=message.company_id,
        customer_id=message.customer_id,
        message=message,
        channel="email" if is_confirmation(message) else message.channel,
        outcome=Outcome.WRITTEN,
        verdict={} if verdict is None else verdict.document(),
        by=by,
        at=at,
    )


def _asked(
    customer: Customer,
    channel: str,
    *,
    as_of: date,
    at: datetime,
    purpose: str = "collection",
    contact: Contact | None = None,
    item: Item | None = None,
) -> ContactVerdict:
    company: Company = customer.company
    (verdict,) = customer_verdicts(
        company,
        customer.pk,
        as_of=as_of,
        at=at,
        channels=(channel,),
        purpose=purpose,
        item_id=None if item is None else item.pk,
        contact_id=None if contact is None else contact.pk,
        role=None if contact is None else contact.role,
    )
    return verdict


def _check(
    actor: Actor,
    customer: Customer,
    channel: str,
    purpose: str,
    outcome: str,
    contact: Contact | None,
    item: Item | None,
) -> None:
    open_customer(actor, customer)
    for value, known, what in (
        (channel, CHANNELS, "channel"),
        (purpose, PURPOSES, "purpose"),
        (outcome, MADE, "outcome"),
    ):
        if value not in known:
            raise Refused(f"There is no {what} {value}; use {', '.join(known)}.")
    if contact is not None and contact.customer_id != customer.pk:
        raise Refused("This contact belongs to another customer.")
    if item is not None and item.customer_id != customer.pk:
        raise Refused("This item belongs to another customer.")
