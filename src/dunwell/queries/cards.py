"""One customer at a glance: balances, limit, habit, last and next contact."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from dunwell.engine.exposure import PPM
from dunwell.models import (
    Company,
    Contact,
    Customer,
    Habit,
    Message,
    Note,
    Payment,
    Snooze,
)
from dunwell.queries.balances import Balance, account_balances
from dunwell.queries.customer_merges import is_merged, survivor_of
from dunwell.queries.exposures import Scope, exposures
from dunwell.queries.holds import HoldRow, hold_rows
from dunwell.queries.limits import limits_in_force
from dunwell.queries.prepared import prepared
from dunwell.queries.tasks import TaskRow, task_rows
from dunwell.queries.worklist import worklist_entry


@dataclass(frozen=True, kw_only=True, slots=True)
class Credit:
    """The limit in force and how much of it is used, in the company's currency.

    `used_minor` is the exposure: open items, delivered not billed and approved orders, less money
    on account and covers. It and `used_ppm` are empty when a rate is missing; `missing_rates`
    names it.
    """

    currency: str
    limit_minor: int | None
    used_minor: int | None
    used_ppm: int | None
    missing_rates: tuple[str, ...]
    is_suspended: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactRow:
    """One contact of a customer."""

    id: int
    role: str
    role_label: str
    name: str
    email: str
    phone: str
    language: str
    is_primary: bool
    bounced_on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class HabitRow:
    """How the customer pays, as of the last cycle; days late, share in ppm."""

    as_of: date
    label: str
    settled: int
    expected_days_late: int
    median_days_late: int | None
    share_late_ppm: int
    trend_days: int | None
    broken_promises: int
    last_payment_on: date | None
    details: Mapping[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class LastPayment:
    """The newest payment that was not returned."""

    number: str
    value_on: date
    amount_minor: int
    currency: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LastContact:
    """The newest call, note or message sent."""

    at: datetime
    kind: str
    text: str
    next_on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerCard:
    """Everything the customer page shows above its lists."""

    id: int
    number: str
    name: str
    segment: str
    country: str
    language: str
    currency: str
    terms: str
    vat_id: str
    address: str
    parent_id: int | None
    parent: str
    merged_into_id: int | None
    """The record to go on at, where this one was merged into another."""
    merged_into: str
    """Its number; empty for a record that is open."""
    collector_id: int | None
    collector: str
    is_opted_out: bool
    balances: tuple[Balance, ...]
    credit: Credit
    contacts: tuple[ContactRow, ...]
    habit: HabitRow | None
    last_payment: LastPayment | None
    last_contact: LastContact | None
    tasks: tuple[TaskRow, ...]
    holds: tuple[HoldRow, ...]
    rank: int | None
    reasons: Mapping[str, object]
    blocked: tuple[object, ...]
    snoozed_until: date | None


def customer_card(company: Company, customer_id: int, *, as_of: date) -> CustomerCard | None:
    """Return one customer of the company at a glance, or None."""
    customer = next(iter(_customers(company.pk, customer_id)), None)
    if customer is None:
        return None
    into = survivor_of(customer) if customer.is_closed else None
    balances = account_balances(customer, as_of)
    entry = worklist_entry(company, customer.pk)
    snooze = next(iter(_snoozes(customer.pk, as_of)), None)
    return CustomerCard(
        id=customer.pk,
        number=customer.number,
        name=customer.name,
        segment=customer.segment,
        country=customer.country,
        language=customer.language,
        currency=customer.currency,
        terms=customer.terms,
        vat_id=customer.vat_id,
        address=customer.address,
        parent_id=customer.parent_id,
        parent=customer.parent.name if customer.parent else "",
        merged_into_id=into.pk if into else None,
        merged_into=into.number if into else "",
        collector_id=customer.collector_id,
        collector=customer.collector.username if customer.collector else "",
        is_opted_out=customer.is_opted_out,
        balances=balances,
        credit=credit_in_use(company, customer, as_of),
        contacts=contact_rows(company, customer.pk),
        habit=_habit(customer),
        last_payment=_last_payment(customer),
        last_contact=_last_contact(customer),
        tasks=task_rows(company, as_of=as_of, customer_id=customer.pk).rows,
        holds=hold_rows(company, as_of=as_of, customer_id=customer.pk).rows,
        rank=entry.rank if entry else None,
        reasons=entry.reasons if entry else {},
        blocked=tuple(entry.blocked) if entry else (),
        snoozed_until=snooze.until_on if snooze else None,
    )


@prepared
def _customers(company_id: int, customer_id: int) -> QuerySet[Any]:
    found = Customer.objects.filter(company=company_id, pk=customer_id)
    return found.annotate(is_closed=is_merged("pk")).select_related("parent", "collector")


@prepared
def _snoozes(customer_id: int, as_of: date) -> QuerySet[Snooze]:
    found = Snooze.objects.filter(customer=customer_id, until_on__gt=as_of)
    return found.order_by("pk")[:1]


def contact_rows(company: Company, customer_id: int) -> tuple[ContactRow, ...]:
    """Return a customer's contacts by role, the primary one first."""
    return tuple(
        ContactRow(
            id=contact.pk,
            role=contact.role,
            role_label=str(Contact.Role(contact.role).label),
            name=contact.name,
            email=contact.email,
            phone=contact.phone,
            language=contact.language,
            is_primary=contact.is_primary,
            bounced_on=contact.bounced_on,
        )
        for contact in _contacts(company.pk, customer_id)
    )


@prepared
def _contacts(company_id: int, customer_id: int) -> QuerySet[Contact]:
    found = Contact.objects.filter(customer=customer_id, customer__company=company_id)
    return found.order_by("role", "-is_primary", "id")


def credit_in_use(company: Company, customer: Customer, as_of: date) -> Credit:
    """Return the limit in force and what is used of it, as order checks and lists say it."""
    only = Scope(company, [customer.pk])
    limit = limits_in_force(company, as_of=as_of, only=only)[customer.pk]
    used = exposures(company, as_of=as_of, only=only)[customer.pk]
    share = None
    if limit.limit_minor and used.exposure_minor is not None:
        share = used.exposure_minor * PPM // limit.limit_minor
    return Credit(
        currency=company.currency,
        limit_minor=limit.limit_minor,
        used_minor=used.exposure_minor,
        used_ppm=share,
        missing_rates=used.missing_rates,
        is_suspended=limit.is_suspended,
    )


def _habit(customer: Customer) -> HabitRow | None:
    habit = next(iter(_habits(customer.pk)), None)
    if habit is None:
        return None
    return HabitRow(
        as_of=habit.as_of,
        label=habit.label,
        settled=habit.n_settled,
        expected_days_late=habit.expected_days_late,
        median_days_late=habit.median_days_late,
        share_late_ppm=habit.share_late_ppm,
        trend_days=habit.trend_days,
        broken_promises=habit.broken_promises,
        last_payment_on=habit.last_payment_on,
        details=habit.details,
    )


@prepared
def _habits(customer_id: int) -> QuerySet[Habit]:
    return Habit.objects.filter(customer=customer_id).order_by("pk")[:1]


def _last_payment(customer: Customer) -> LastPayment | None:
    payment = next(iter(_last_payments(customer.pk)), None)
    if payment is None:
        return None
    return LastPayment(
        number=payment.number,
        value_on=payment.value_on,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
    )


@prepared
def _last_payments(customer_id: int) -> QuerySet[Payment]:
    found = Payment.objects.filter(customer=customer_id, reverses=None, reversed_by=None)
    return found.order_by("-value_on", "-id")[:1]


@prepared
def _last_notes(customer_id: int) -> QuerySet[Note]:
    return Note.objects.filter(customer=customer_id).order_by("-at", "-id")[:1]


@prepared
def _last_messages(customer_id: int) -> QuerySet[Message]:
    found = Message.objects.filter(customer=customer_id, status__in=Message.HANDED_OVER)
    return found.defer("body", "decision").order_by("-sent_at", "-id")[:1]


def _last_contact(customer: Customer) -> LastContact | None:
    note = next(iter(_last_notes(customer.pk)), None)
    message = next(iter(_last_messages(customer.pk)), None)
    said = note and LastContact(
        at=note.at,
        kind=note.kind,
        text=note.text or str(Note.Result(note.result).label),
        next_on=note.next_on,
    )
    sent = (
        LastContact(at=message.sent_at, kind=message.channel, text=message.subject, next_on=None)
        if message and message.sent_at
        else None
    )
    return max((c for c in (said, sent) if c), key=lambda contact: contact.at, default=None)
