"""Telling customers of debits to come: by mail where there is an address, else by post.

The amount in the message is the debit's, to the cent. A message that was stopped or given up
is written anew on request, for another day's notice.
"""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Prefetch

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.engine.wording import WordingError
from dunwell.models import Contact, Debit, DebitItem, DebitRun, Message, MessageItem, Task
from dunwell.queries.cash_policies import cash_policy_in_force
from dunwell.queries.debit_notices import BY_MAIL, BY_POST, NOTICE, notice_text

STRATEGY = "direct debit"
"""What stands in place of a strategy: a pre-notification follows from none."""

Status = Message.Status
OPEN = (Status.DRAFT, Status.READY, Status.FAILED, Status.DEAD)
"""Messages that can still be stopped."""


@transaction.atomic
def tell_again(*, actor: Actor, run: DebitRun, as_of: date, at: datetime) -> int:
    """Write new pre-notifications for debits whose own never went out; return how many.

    Raises Refused unless the run is approved and not handed over yet.
    """
    actor.require("debit.approve")
    run = _approved(actor, run)
    missing = [
        debit
        for debit in told_debits(run)
        if debit.notice is None or debit.notice.status in {Status.CANCELLED, Status.DEAD}
    ]
    write_notices(actor, missing, as_of=as_of, at=at)
    record_event(actor, "debits.told", run, at=at, debits=len(missing), number=run.number)
    return len(missing)


@transaction.atomic
def letters_posted(*, actor: Actor, run: DebitRun, at: datetime) -> int:
    """Note that the letters of an approved run were posted; return how many.

    Raises Refused when there is none left to post.
    """
    actor.require("debit.prepare")
    run = _approved(actor, run)
    letters = Message.objects.filter(
        debits__run=run, debits__status=Debit.Status.PLANNED, channel__in=BY_POST
    )
    keys = list(letters.filter(status=Status.READY).order_by("pk").values_list("pk", flat=True))
    # the two moves of a message that a worker hands over, made by the person who did it
    waiting = Message.objects.filter(pk__in=keys, status=Status.READY)
    taken = waiting.update(status=Status.CLAIMED, claimed_at=at, attempts=F("attempts") + 1)
    if not taken:
        raise Refused("No letter of this run waits to be posted.")
    Message.objects.filter(pk__in=keys, status=Status.CLAIMED, claimed_at=at).update(
        status=Status.SENT, sent_at=at
    )
    Task.objects.filter(message__in=keys, status=Task.Status.OPEN).update(
        status=Task.Status.DONE, done_at=at, done_by=actor.name
    )
    record_event(actor, "debits.posted", run, at=at, number=run.number, messages=keys)
    return taken


def told_debits(run: DebitRun) -> list[Debit]:
    """Return the planned debits of a run with all that a notice says of them, by key."""
    return list(
        Debit.objects.filter(run=run, status=Debit.Status.PLANNED)
        .select_related("run__account", "run__company", "customer", "mandate", "notice")
        .prefetch_related(Prefetch("lines", DebitItem.objects.select_related("item")))
        .order_by("pk")
    )


def write_notices(actor: Actor, debits: Sequence[Debit], *, as_of: date, at: datetime) -> None:
    """Write the pre-notification of each debit and put it into the outbox; no event.

    Raises Refused when a customer was told of several others that day, or a text cannot be
    written.
    """
    customers = [debit.customer_id for debit in debits]
    contacts = {
        contact.customer_id: contact
        for contact in Contact.objects.filter(
            customer__in=customers, role=Contact.Role.PAYABLES, is_primary=True
        )
    }
    taken: dict[int, set[str]] = {}
    for customer_id, channel in Message.objects.filter(
        customer__in=customers, as_of=as_of, template=NOTICE
    ).values_list("customer_id", "channel"):
        taken.setdefault(customer_id, set()).add(channel)
    retry_days = cash_policy_in_force(actor.company, as_of=as_of).debit.retry_days
    written, letters = [], []
    for debit in debits:
        contact = contacts.get(debit.customer_id)
        is_mail = contact is not None and bool(contact.email) and contact.bounced_on is None
        free = [
            name
            for name in (BY_MAIL if is_mail else BY_POST)
            if name not in taken.get(debit.customer_id, ())
        ]
        if not free:
            raise Refused(
                f"{debit.customer.name} was told of {len(BY_MAIL)} other debits today; go on "
                "tomorrow."
            )
        debit.notice = _message(
            debit, contact, channel=free[0], retry_days=retry_days, as_of=as_of, at=at
        )
        written.append(debit.notice)
        taken.setdefault(debit.customer_id, set()).add(free[0])
        if not is_mail:
            letters.append(_letter_task(debit.notice, as_of=as_of, at=at))
    Message.objects.bulk_create(written, batch_size=500)
    MessageItem.objects.bulk_create(
        (
            MessageItem(
                message=debit.notice, item=line.item, level=0, open_minor=line.amount_minor
            )
            for debit in debits
            for line in debit.lines.all()
        ),
        batch_size=500,
    )
    Debit.objects.bulk_update(debits, ["notice"], batch_size=500)
    Task.objects.bulk_create(letters, ignore_conflicts=True)


def stop_notices(actor: Actor, debits: Sequence[Debit], *, reason: str, at: datetime) -> None:
    """Stop what was not sent yet of debits that are taken out, with its tasks; no event."""
    keys = [debit.notice_id for debit in debits if debit.notice_id is not None]
    Message.objects.filter(pk__in=keys, status__in=OPEN).update(
        status=Status.CANCELLED, error=reason[:500]
    )
    Task.objects.filter(message__in=keys, status=Task.Status.OPEN).update(
        status=Task.Status.CANCELLED, done_at=at, done_by=actor.name
    )


def _approved(actor: Actor, run: DebitRun) -> DebitRun:
    found = (
        DebitRun.objects.select_for_update(no_key=True)
        .filter(company=actor.company, pk=run.pk)
        .first()
    )
    if found is None:
        raise Refused("This run belongs to another company.")
    if found.status != DebitRun.Status.APPROVED:
        label = DebitRun.Status(found.status).label.lower()
        raise Refused(
            f"Run {found.number} is: {label}. Only customers of an approved run are told."
        )
    return found


def _message(
    debit: Debit,
    contact: Contact | None,
    *,
    channel: str,
    retry_days: Sequence[int],
    as_of: date,
    at: datetime,
) -> Message:
    try:
        text = notice_text(debit, contact, retry_days=retry_days, as_of=as_of)
    except WordingError as error:
        raise Refused(f"{debit.customer.name} cannot be told: {error}") from error
    return Message(
        company=debit.run.company,
        customer=debit.customer,
        channel=channel,
        status=Status.READY,
        strategy=STRATEGY,
        level=0,
        template=NOTICE,
        language=text.language,
        to=text.to if channel in BY_MAIL else "",
        subject=text.subject[:200],
        body=text.body,
        body_sha256=hashlib.sha256(text.body.encode()).hexdigest(),
        message_id=f"<{debit.end_to_end}.{as_of.isoformat()}.{channel}@dunwell>",
        decision={
            "as_of": as_of.isoformat(),
            "debit": debit.end_to_end,
            "run": debit.run.number,
            "collect_on": debit.run.collect_on.isoformat(),
            "mandate": debit.mandate.reference,
            "approved_by": debit.run.approver,
            "demand_minor": {debit.run.account.currency: debit.amount_minor},
        },
        as_of=as_of,
        recorded_at=at,
    )


def _letter_task(message: Message, *, as_of: date, at: datetime) -> Task:
    return Task(
        company_id=message.company_id,
        customer_id=message.customer_id,
        message=message,
        kind=Task.Kind.LETTER,
        reason=f"Post: {message.subject}"[:300],
        due_on=as_of,
        as_of=as_of,
        recorded_at=at,
    )
