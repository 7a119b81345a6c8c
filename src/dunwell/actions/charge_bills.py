"""Billing charges: one item of interest and one of fees per customer, currency and billing month.

The items are numbered, booked with balanced entries, and the charges on them are billed for good:
only a waiver, which reverses the item, takes them back.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl
from django.db import transaction
from django.db.models import Q

from dunwell.actions.balances import refresh_open_items
from dunwell.actions.charges import keep_accrued
from dunwell.actions.entries import post_entries
from dunwell.actions.events import Fact, record_events
from dunwell.actions.gate import Actor, Refused, open_customer
from dunwell.engine.calendars import day_date, day_number
from dunwell.engine.charges_policy import BILL, ChargeGroup, ChargesPolicy
from dunwell.formats.terms import due_days
from dunwell.models import Charge, Company, Customer, Item
from dunwell.queries.charge_law import charges_in_force
from dunwell.queries.charges_due import charges_due

Status, Kind = Charge.Status, Charge.Kind

PREFIXES: Mapping[str, str] = {Item.Kind.INTEREST: "INT", Item.Kind.FEE: "FEE"}
"""What the numbers of bills begin with."""

_DEFAULT = ChargeGroup(name="none")


@dataclass(frozen=True, slots=True)
class _Bill:
    """The charges that become one item."""

    customer: Customer
    kind: str
    currency: str
    charges: tuple[Charge, ...]

    @property
    def amount_minor(self) -> int:
        return sum(charge.amount_minor for charge in self.charges)


@transaction.atomic
def bill_charges(
    *, actor: Actor, customer: Customer, until_on: date, as_of: date, at: datetime
) -> tuple[Item, ...]:
    """Bill what a customer owes for time up to a day, and return the items.

    What is owed is worked out anew first. One item of interest and one of fees and compensation a
    currency, due by the customer's terms. Raises Refused for a day that has not come, another
    company's customer, and when nothing is left to bill.
    """
    actor.require("charge.bill")
    company = actor.company
    if not Customer.objects.filter(company=company, pk=customer.pk).exists():
        raise Refused(f"Customer {customer.number} does not belong to {company.name}.")
    open_customer(actor, customer)
    if until_on > as_of:
        raise Refused(f"{until_on} has not come yet; bill up to {as_of} at most.")
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    due = charges_due(company, as_of=as_of, customer_id=customer.pk)
    if due is not None and due.item_ids.len():
        keep_accrued(company=company, due=due, as_of=as_of, at=at)
    policy = charges_in_force(company, as_of=as_of).policy
    bills = _bills(_locked(Q(company=company, customer=customer, until_on__lte=until_on)))
    if not bills:
        raise Refused(
            f"{customer.name} owes no interest or fees up to {until_on} that is not billed yet."
        )
    return _write(actor, bills, policy, until_on=until_on, as_of=as_of, at=at)


@transaction.atomic
def bill_due_charges(*, actor: Actor, as_of: date, at: datetime) -> int:
    """Bill the months gone by where the policy says so; return how many items were made.

    A bill smaller than the policy's minimum waits for the next month. Run again, it finds nothing.
    """
    actor.require("cycle.run")
    policy = charges_in_force(actor.company, as_of=as_of).policy
    if all(group.mode != BILL for group in policy.groups):
        return 0
    until_on = as_of.replace(day=1) - timedelta(days=1)
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    found = _locked(Q(company=actor.company, until_on__lte=until_on))
    bills = [
        bill
        for bill in _bills(found)
        if (group := _group(policy, bill.customer)).mode == BILL
        and bill.amount_minor >= max(group.min_bill_minor, 1)
    ]
    return len(_write(actor, bills, policy, until_on=until_on, as_of=as_of, at=at))


def _locked(which: Q) -> Sequence[Charge]:
    return list(
        Charge.objects.select_for_update(no_key=True, of=("self",))
        .filter(which, status=Status.ACCRUED, amount_minor__gt=0)
        .select_related("customer")
        .order_by("customer_id", "currency", "pk")
    )


def _bills(charges: Iterable[Charge]) -> list[_Bill]:
    grouped: dict[tuple[int, str, str], list[Charge]] = {}
    for charge in charges:
        kind = Item.Kind.INTEREST if charge.kind == Kind.INTEREST else Item.Kind.FEE
        grouped.setdefault((charge.customer_id, charge.currency, kind), []).append(charge)
    return [
        _Bill(rows[0].customer, kind, currency, tuple(rows))
        for (_, currency, kind), rows in sorted(grouped.items(), key=lambda pair: pair[0])
    ]


def _group(policy: ChargesPolicy, customer: Customer) -> ChargeGroup:
    found = policy.group_of(
        segment=customer.segment, country=customer.country, party=customer.party
    )
    return found or _DEFAULT


def _write(
    actor: Actor,
    bills: Sequence[_Bill],
    policy: ChargesPolicy,
    *,
    until_on: date,
    as_of: date,
    at: datetime,
) -> tuple[Item, ...]:
    if not bills:
        return ()
    company = actor.company
    due = _due_on(bills, policy, as_of=as_of)
    numbers = {kind: iter(_numbers(company, kind, bills)) for kind in PREFIXES}
    items = Item.objects.bulk_create(
        [
            Item(
                company=company,
                customer=bill.customer,
                number=next(numbers[bill.kind]),
                kind=bill.kind,
                currency=bill.currency,
                amount_minor=bill.amount_minor,
                issued_on=as_of,
                due_on=day,
                reference=_reference(bill, until_on),
                recorded_on=as_of,
                recorded_at=at,
            )
            for bill, day in zip(bills, due, strict=True)
        ]
    )
    keys = [item.pk for item in items]
    post_entries(company=company, items=keys)
    refresh_open_items(company=company, items=keys)
    for bill, item in zip(bills, items, strict=True):
        for charge in bill.charges:
            charge.status, charge.billed_item, charge.as_of = Status.BILLED, item, as_of
    Charge.objects.bulk_update(
        [charge for bill in bills for charge in bill.charges],
        ["status", "billed_item", "as_of"],
        batch_size=500,
    )
    record_events(
        actor,
        [
            Fact(
                verb="charges.billed",
                subject="item",
                subject_id=item.pk,
                customer_id=bill.customer.pk,
                data={
                    "number": item.number,
                    "kind": item.kind,
                    "currency": item.currency,
                    "amount_minor": item.amount_minor,
                    "charges": len(bill.charges),
                    "until_on": until_on.isoformat(),
                    "due_on": item.due_on.isoformat(),
                },
            )
            for bill, item in zip(bills, items, strict=True)
        ],
        at=at,
    )
    return tuple(items)


def _reference(bill: _Bill, until_on: date) -> str:
    what = "Interest" if bill.kind == Item.Kind.INTEREST else "Fees and compensation"
    count = len({charge.item_id for charge in bill.charges})
    return f"{what} until {until_on.isoformat()}, {count} {'item' if count == 1 else 'items'}"


def _due_on(bills: Sequence[_Bill], policy: ChargesPolicy, *, as_of: date) -> list[date]:
    """Return when each bill is due: by the customer's terms, else by the policy's days."""
    issued = day_number(as_of)
    read = due_days(
        pl.Series([bill.customer.terms for bill in bills], dtype=pl.String),
        pl.Series([issued] * len(bills), dtype=pl.Int32),
    )
    return [
        day_date(max(day, issued))
        if day is not None
        else as_of + timedelta(days=_group(policy, bill.customer).due_days)
        for bill, day in zip(bills, read, strict=True)
    ]


def _numbers(company: Company, kind: str, bills: Collection[_Bill]) -> list[str]:
    """Return the next numbers of a kind, without a gap; one already in the ledger is left out."""
    wanted = sum(1 for bill in bills if bill.kind == kind)
    prefix = PREFIXES[kind]
    known = (
        set(
            Item.objects.filter(
                company=company, kind=kind, number__startswith=f"{prefix}-", reverses=None
            ).values_list("number", flat=True)
        )
        if wanted
        else set()
    )
    numbers: list[str] = []
    place = len(known)
    while len(numbers) < wanted:
        place += 1
        if (number := f"{prefix}-{place}") not in known:
            numbers.append(number)
    return numbers
