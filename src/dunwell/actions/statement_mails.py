"""Mailing statements of account: through the outbox, once a statement and contact."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.statements import MOST_AT_ONCE
from dunwell.formats.statement_mail_words import statement_mail
from dunwell.models import AccountStatement, Company, Contact, Message
from dunwell.queries.debit_notices import BY_STATEMENT, STATEMENT
from dunwell.queries.statement_mails import NEVER_LEFT
from dunwell.queries.wordings import day_text

STRATEGY = "statement of account"
"""What stands in place of a strategy: such a mail follows from none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MailedStatements:
    """How many were put into the outbox, and (statement number, why not) of the others."""

    mailed: int
    left_out: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Past:
    """What was mailed before: how often each statement, to whom, and channels used today."""

    turns: dict[int, int]
    sent: set[tuple[int, str]]
    channels: dict[int, set[str]]

    def against(self, one: AccountStatement, contact: Contact | None) -> str:
        """Return why a statement is not mailed to a contact, empty where nothing is against it."""
        if contact is None or not contact.email:
            return "the customer has no payables contact with an address"
        if contact.bounced_on is not None:
            return f"mail to {contact.email} bounced"
        if (one.pk, contact.email) in self.sent:
            return f"it was mailed to {contact.email} before"
        if len(self.channels.get(one.customer_id, ())) >= len(BY_STATEMENT):
            return f"{len(BY_STATEMENT)} statements were mailed today"
        return ""

    def next_turn(self, one: AccountStatement, contact: Contact) -> tuple[str, int]:
        """Return channel and turn of the mail, which count as used from now on."""
        used = self.channels.setdefault(one.customer_id, set())
        channel = next(name for name in BY_STATEMENT if name not in used)
        used.add(channel)
        self.sent.add((one.pk, contact.email))
        turn = self.turns.get(one.pk, 0)
        self.turns[one.pk] = turn + 1
        return channel, turn


@transaction.atomic
def mail_statements(
    *, actor: Actor, statements: Sequence[AccountStatement], as_of: date, at: datetime
) -> MailedStatements:
    """Mail statements to the payables contacts of their customers, the PDF attached.

    A statement goes to a contact once; one that was given up or cancelled may be mailed again.
    Left out with the reason are customers without an address, with one that bounced, and a
    fourth mail to one customer on a day. The number of queries does not grow with them. Raises
    Refused for another company's statement, and for more than MOST_AT_ONCE.
    """
    actor.require("statement.make")
    if len(statements) > MOST_AT_ONCE:
        raise Refused(f"Mail at most {MOST_AT_ONCE} statements at once.")
    # one at a time in a company, so that nothing is mailed twice
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    if strangers := [one.number for one in statements if one.company_id != company.pk]:
        raise Refused(f"Statement {strangers[0]} does not belong to {company.name}.")
    customers = [one.customer_id for one in statements]
    contacts = {
        contact.customer_id: contact
        for contact in Contact.objects.filter(
            customer__in=customers, role=Contact.Role.PAYABLES, is_primary=True
        ).select_related("customer")
    }
    past = _past(customers, as_of=as_of)
    written: list[Message] = []
    left_out: list[tuple[str, str]] = []
    for one in statements:
        contact = contacts.get(one.customer_id)
        reason = past.against(one, contact)
        if contact is None or reason:
            left_out.append((one.number, reason))
            continue
        written.append(
            _message(actor, company, one, contact, past.next_turn(one, contact), as_of, at)
        )
    Message.objects.bulk_create(written, batch_size=500)
    if written:
        numbers = [str(message.decision["statement"]) for message in written]
        record_event(actor, "statements.mailed", company, at=at, statements=numbers)
    return MailedStatements(mailed=len(written), left_out=tuple(left_out))


def _past(customers: Sequence[int], *, as_of: date) -> _Past:
    past = _Past(turns={}, sent=set(), channels={})
    for row in Message.objects.filter(customer__in=customers, template=STATEMENT).only(
        "customer_id", "decision", "to", "status", "channel", "as_of"
    ):
        key = (int(row.decision["statement_id"]), row.to)
        past.turns[key[0]] = past.turns.get(key[0], 0) + 1
        if row.status not in NEVER_LEFT:
            past.sent.add(key)
        if row.as_of == as_of:
            past.channels.setdefault(row.customer_id, set()).add(row.channel)
    return past


def _message(
    actor: Actor,
    company: Company,
    one: AccountStatement,
    contact: Contact,
    place: tuple[str, int],
    as_of: date,
    at: datetime,
) -> Message:
    channel, turn = place
    text = statement_mail(
        one.language,
        {
            "number": one.number,
            "name": contact.name or contact.customer.name,
            "company": company.name,
            "customer": contact.customer.number,
            "first": day_text(one.from_on, one.language),
            "last": day_text(one.to_on, one.language),
            "reply_to": company.reply_to or settings.DEFAULT_FROM_EMAIL,
        },
    )
    return Message(
        company=company,
        customer_id=one.customer_id,
        channel=channel,
        status=Message.Status.READY,
        strategy=STRATEGY,
        level=0,
        template=STATEMENT,
        language=one.language,
        to=contact.email,
        subject=text.subject[:200],
        body=text.body,
        body_sha256=hashlib.sha256(text.body.encode()).hexdigest(),
        message_id=f"<statement-{one.pk}.{turn}@dunwell>",
        decision={
            "as_of": as_of.isoformat(),
            "statement": one.number,
            "statement_id": one.pk,
            "sha256": one.sha256,
            "asked_by": actor.name,
            "demand_minor": {},
        },
        as_of=as_of,
        recorded_at=at,
    )
