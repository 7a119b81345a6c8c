"""Confirmations of promises: their words, and what stands against one that has not gone out.

A confirmation asks for nothing and stands and falls with its promise. It is a contact all the
same: the contact rules are asked before it goes, and it is kept as one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import narwhals.stable.v2 as nw
import polars as pl
from django.conf import settings
from django.db.models import CharField, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat

from dunwell.engine.rendering import render
from dunwell.engine.wording import Facts
from dunwell.models import Company, Contact, Message, Promise, User
from dunwell.queries.contact_rules import ContactVerdict, delivery_rules
from dunwell.queries.portal_links import told_door
from dunwell.queries.wordings import (
    HOW_TO_PAY,
    day_text,
    language_of,
    money_text,
    wordings_in_force,
)

CONFIRMATION = "promise_confirmation"
"""Template of a confirmation."""

BY_CONFIRMATION = ("confirm", "confirm2", "confirm3")
"""Channels of confirmations, all of them mail: three a customer and day, and none meets the
day's reminder, since a customer gets one message per channel and day."""

LONGEST_WAIT = timedelta(days=5)
"""A confirmation that has not gone out by then says nothing new."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ConfirmationText:
    """One confirmation in words."""

    language: str
    subject: str
    body: str
    wording: int | None = None
    variant: str = ""


def confirmation_id(promise_id: int) -> str:
    """Return the message id of a promise's confirmation: there is one, whatever runs twice."""
    return f"<promise-{promise_id}.confirmation@dunwell>"


def confirmed_by(field: str) -> Subquery:
    """Return a field of the message that confirms the promise of an outer query, NULL for none."""
    begin, end = confirmation_id(0).split("0")
    own = Concat(Value(begin), Cast(OuterRef("pk"), CharField()), Value(end))
    return Subquery(Message.objects.filter(message_id=own).values(field)[:1])


def is_confirmation(message: Message) -> bool:
    """Return whether a message confirms a promise."""
    return message.channel in BY_CONFIRMATION


def confirmation_text(
    promise: Promise, contact: Contact, *, amount_minor: int, currency: str, as_of: date
) -> ConfirmationText:
    """Return what a customer is told of its promise; raise WordingError where a fact is too long.

    `promise` brings its customer along, and the customer its collector.
    """
    customer, company = promise.customer, promise.company
    collector = customer.collector
    language = language_of(contact.language, customer.language, company.language)
    facts = Facts(
        values={
            "contact_name": contact.name or customer.name,
            "customer_name": customer.name,
            "company_name": company.name,
            "collector_name": _writer(collector) or company.name,
            "reply_to": company.reply_to or settings.DEFAULT_FROM_EMAIL,
            "how_to_pay": company.pay_to or HOW_TO_PAY[language],
            "pay_link": told_door(),
            "reference": customer.number,
            "today": day_text(as_of, language),
            "promise_day": day_text(promise.due_on, language),
            "promise_amount": money_text(amount_minor, currency, language),
        }
    )
    now = wordings_in_force(company, language, as_of=as_of)
    chosen = now.chosen(CONFIRMATION, segment=customer.segment, customer_id=customer.pk)
    subject, body = render(chosen.wording, facts)
    return ConfirmationText(
        language=language,
        subject=subject,
        body=body,
        wording=now.version_id,
        variant=chosen.variant,
    )


def _writer(person: User | None) -> str:
    return "" if person is None else person.get_full_name().strip() or person.username


def confirmation_reasons(
    company: Company, messages: Sequence[Message], *, as_of: date, at: datetime
) -> dict[int, tuple[set[str], ContactVerdict | None]]:
    """Return what stands against each confirmation, and the word of the contact rules, by key.

    Nothing: it may go. The promise must still be open, the address the contact's own, and the
    contact rules must allow a mail now; what they lift by themselves makes it wait.
    """
    if not messages:
        return {}
    customers = sorted({message.customer_id for message in messages})
    standing = open_promises(messages)
    contacts = {
        contact.customer_id: contact
        for contact in Contact.objects.filter(
            customer__in=customers, role=Contact.Role.PAYABLES, is_primary=True
        ).select_related("customer")
    }
    asked = pl.DataFrame(
        {"customer_id": customers, "channel": ["email"] * len(customers)},
        schema={"customer_id": pl.Int64, "channel": pl.String},
    )
    _, rules = delivery_rules(company, nw.from_native(asked.lazy()), as_of=as_of, at=at)
    return {
        message.pk: (
            _against(message, contacts, rules, is_open=message.pk in standing, as_of=as_of),
            rules.get(message.customer_id),
        )
        for message in messages
    }


def open_promises(messages: Sequence[Message]) -> set[int]:
    """Return the keys of the confirmations whose promise is still open."""
    promises = {message.pk: int(message.decision["promise"]) for message in messages}
    alive = set(
        Promise.objects.filter(pk__in=promises.values(), outcome=Promise.Outcome.OPEN).values_list(
            "pk", flat=True
        )
    )
    return {key for key, promise in promises.items() if promise in alive}


def _against(
    message: Message,
    contacts: Mapping[int, Contact],
    rules: Mapping[int, ContactVerdict],
    *,
    is_open: bool,
    as_of: date,
) -> set[str]:
    found = set[str]()
    contact, rule = contacts.get(message.customer_id), rules.get(message.customer_id)
    if not is_open:
        found.add("promise_ended")
    if as_of - message.as_of > LONGEST_WAIT:
        found.add("too_old")
    if contact is None or contact.email != message.to:
        found.add("address_changed")
    elif contact.bounced_on is not None:
        found.add("address_bounced")
    if contact is not None and contact.customer.is_opted_out:
        found.add("opted_out")
    if rule is None or not rule.is_allowed:
        found.add("contact_rule")
        if rule is None or rule.next_at is None:
            found.add("contact_forbidden")
    return found
