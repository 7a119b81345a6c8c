"""One customer at a glance: balances, limit, habit, last and next contact."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from dunwell.engine.exposure import PPM
from dunwell.models import (
    Allocation,
    Company,
    Contact,
    Customer,
    Dispute,
    Habit,
    Message,
    Note,
    OpenItem,
    Payment,
    Snooze,
    WorklistEntry,
)
from dunwell.queries.customer_merges import is_merged, survivor_of
from dunwell.queries.exposures import exposures
from dunwell.queries.holds import HoldRow, hold_rows
from dunwell.queries.home import BucketFigure, bucket_figures, bucket_sums
from dunwell.queries.limits import limits_in_force
from dunwell.queries.promised_amounts import promised_sums
from dunwell.queries.tasks import TaskRow, task_rows


@dataclass(frozen=True, kw_only=True, slots=True)
class Balance:
    """What stands between the customer and us in one currency, in minor units."""

    currency: str
    open_minor: int
    overdue_minor: int
    unapplied_minor: int
    disputed_minor: int
    promised_minor: int
    items: int
    oldest_days: int
    buckets: tuple[BucketFigure, ...]


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
    customer = (
        Customer.objects.filter(company=company, pk=customer_id)
        .annotate(is_closed=is_merged("pk"))
        .select_related("parent", "collector")
        .first()
    )
    if customer is None:
        return None
    into = survivor_of(customer) if customer.is_closed else None
    balances = account_balances(customer, as_of)
    entry = WorklistEntry.objects.filter(customer=customer).first()
    snooze = Snooze.objects.filter(customer=customer, until_on__gt=as_of).first()
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


def contact_rows(company: Company, customer_id: int) -> tuple[ContactRow, ...]:
    """Return a customer's contacts by role, the primary one first."""
    contacts = Contact.objects.filter(customer=customer_id, customer__company=company)
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
        for contact in contacts.order_by("role", "-is_primary", "id")
    )


def account_balances(customer: Customer, as_of: date) -> tuple[Balance, ...]:
    """Return one balance per currency in which something is open or unapplied."""
    open_items = OpenItem.objects.filter(customer=customer).order_by("currency")
    aged = {
        row["currency"]: row
        for row in open_items.values("currency").annotate(
            oldest=Min("due_on", filter=Q(open_minor__gt=0)), **bucket_sums(as_of)
        )
    }
    disputes = Dispute.objects.filter(customer=customer, closed_on=None)
    promised = promised_sums(customer, as_of=as_of)
    parts = (_unapplied(customer), _by_currency(disputes), promised)
    return tuple(
        _balance(
            currency,
            aged.get(currency, {}),
            as_of,
            *(part.get(currency, 0) for part in parts),
        )
        for currency in sorted(aged.keys() | parts[0].keys())
    )


def _balance(
    currency: str,
    aged: Mapping[str, Any],
    as_of: date,
    unapplied_minor: int,
    disputed_minor: int,
    promised_minor: int,
) -> Balance:
    buckets = bucket_figures(aged)
    oldest = aged.get("oldest")
    return Balance(
        currency=currency,
        open_minor=sum(bucket.open_minor for bucket in buckets),
        overdue_minor=sum(bucket.open_minor for bucket in buckets[1:]),
        unapplied_minor=unapplied_minor,
        disputed_minor=disputed_minor,
        promised_minor=promised_minor,
        items=sum(bucket.items for bucket in buckets),
        oldest_days=max((as_of - oldest).days, 0) if oldest else 0,
        buckets=buckets,
    )


def _by_currency(lines: QuerySet[Dispute]) -> dict[str, int]:
    """Return the sum of the lines' amounts by the currency of their items."""
    return {
        currency: int(total)
        for currency, total in lines.order_by("item__currency")
        .values_list("item__currency")
        .annotate(total=Sum("amount_minor"))
    }


def _unapplied(customer: Customer) -> dict[str, int]:
    """Return what the customer paid and nothing was put on yet, where it is not 0."""
    paid = (
        Payment.objects.filter(customer=customer)
        .order_by("currency")
        .values_list("currency")
        .annotate(total=Sum("amount_minor"))
    )
    used = dict(
        Allocation.objects.filter(payment__customer=customer)
        .order_by("payment__currency")
        .values_list("payment__currency")
        .annotate(total=Sum(Coalesce("paid_minor", "amount_minor")))
    )
    left = {currency: int(total - used.get(currency, 0)) for currency, total in paid}
    return {currency: amount for currency, amount in left.items() if amount}


def credit_in_use(company: Company, customer: Customer, as_of: date) -> Credit:
    """Return the limit in force and what is used of it, as order checks and lists say it."""
    keys = [customer.pk]
    limit = limits_in_force(company, as_of=as_of, customer_ids=keys)[customer.pk]
    used = exposures(company, as_of=as_of, customer_ids=keys)[customer.pk]
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
    habit = Habit.objects.filter(customer=customer).first()
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


def _last_payment(customer: Customer) -> LastPayment | None:
    payment = (
        Payment.objects.filter(customer=customer, reverses=None, reversed_by=None)
        .order_by("-value_on", "-id")
        .first()
    )
    if payment is None:
        return None
    return LastPayment(
        number=payment.number,
        value_on=payment.value_on,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
    )


def _last_contact(customer: Customer) -> LastContact | None:
    note = Note.objects.filter(customer=customer).order_by("-at", "-id").first()
    message = (
        Message.objects.filter(customer=customer, status__in=Message.HANDED_OVER)
        .defer("body", "decision")
        .order_by("-sent_at", "-id")
        .first()
    )
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
