"""What one decision on a payment writes: allocations, nettings, discounts, write-offs, deductions.

The person's decision and the one that posts by itself come through here; both are planned
first, checked under locks, and written set-based. What is written is named in the case's
event, so that it can be taken back together (`actions.match_undo`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from dunwell.actions.allocations import (
    LockedItem,
    check_day,
    items_of_keys,
    money_text,
    netting_rows,
    write_allocations,
)
from dunwell.actions.dispute_deductions import Deducted, dispute_deductions
from dunwell.actions.gate import Refused
from dunwell.models import Adjustment, Allocation, Company, Customer, Item, Payment

CHUNK = 2_000
"""Rows locked or written by one statement; both databases bound their parameters."""

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Deduction:
    """A part of an item the payer refuses, in minor units above 0: a dispute is opened for it."""

    item_id: int
    amount_minor: int
    reason: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Money of the payment on an item; `paid_minor` only where the currencies differ."""

    item_id: int
    amount_minor: int
    paid_minor: int | None

    @property
    def used_minor(self) -> int:
        """Return what of the payment it uses, in the payment's currency."""
        return self.amount_minor if self.paid_minor is None else self.paid_minor


@dataclass(frozen=True, slots=True)
class Netting:
    """A part of a credit item put on a debit item of the same customer."""

    credit_id: int
    debit_id: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A part of a debit item taken off the books as a discount, small balance or rate gap."""

    item_id: int
    kind: str
    amount_minor: int
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """Everything one decision on a payment writes; `payer_id`: whose payment it turned out."""

    payment: Payment
    parts: Sequence[Part]
    nettings: Sequence[Netting] = ()
    given_up: Sequence[GivenUp] = ()
    deductions: Sequence[Deduction] = ()
    payer_id: int | None = None

    @property
    def used_minor(self) -> int:
        """Return what of the payment it uses."""
        return sum(part.used_minor for part in self.parts)

    def item_ids(self) -> set[int]:
        """Return the keys of every item it touches."""
        touched = {part.item_id for part in self.parts}
        touched |= {key for one in self.nettings for key in (one.credit_id, one.debit_id)}
        touched |= {one.item_id for one in self.given_up}
        return touched | {one.item_id for one in self.deductions}


@dataclass(slots=True)
class Written:
    """Keys of the rows a decision wrote."""

    allocations: list[int] = field(default_factory=list)
    adjustments: list[int] = field(default_factory=list)
    disputes: list[int] = field(default_factory=list)

    def data(self) -> dict[str, Any]:
        """Return the keys as an event keeps them."""
        return {
            "allocations": self.allocations,
            "adjustments": self.adjustments,
            "disputes": self.disputes,
        }


def planned(
    amounts: Mapping[int, int],
    paid: Mapping[int, int],
    *,
    items: Mapping[int, Item],
    payment: Payment,
) -> tuple[list[Part], list[Netting]]:
    """Return what amounts per item mean: credits (below 0) are netted, the rest is paid.

    `paid` says what of the payment an item of another currency uses. Raises Refused for an
    amount of 0 or of the wrong sign, a credit that finds no item of its customer, and a
    missing or needless `paid`.
    """
    for key, amount in amounts.items():
        if amount * items[key].amount_minor <= 0:
            sign = "below" if items[key].amount_minor < 0 else "above"
            raise Refused(f"The amount for {items[key].number} must be {sign} 0.")
    left = {key: amount for key, amount in amounts.items() if amount > 0}
    nettings = []
    for key in _oldest_first((key for key, amount in amounts.items() if amount < 0), items):
        nettings += _netted(items[key], -amounts[key], left, items)
    parts = [
        _part(items[key], amount, paid.get(key), payment)
        for key, amount in sorted(left.items())
        if amount
    ]
    if needless := sorted(paid.keys() - {part.item_id for part in parts}):
        raise Refused(f"Nothing of the payment goes on {items[needless[0]].number}.")
    return parts, nettings


def _oldest_first(keys: Iterable[int], items: Mapping[int, Item]) -> list[int]:
    return sorted(keys, key=lambda key: (items[key].due_on, key))


def _netted(
    credit: Item, amount: int, left: dict[int, int], items: Mapping[int, Item]
) -> list[Netting]:
    """Return where a credit goes, oldest items first, and take that off what is left of them."""
    found = []
    for key in _oldest_first(left, items):
        item = items[key]
        if (item.customer_id, item.currency) != (credit.customer_id, credit.currency):
            continue
        if taken := min(amount, left[key]):
            found.append(Netting(credit.pk, key, taken))
            left[key] -= taken
            amount -= taken
    if amount:
        raise Refused(
            f"{money_text(amount, credit.currency)} of {credit.number} finds no item: a credit "
            "lowers only what is settled of the same customer and currency in this decision."
        )
    return found


def _part(item: Item, amount: int, paid: int | None, payment: Payment) -> Part:
    if item.currency == payment.currency:
        if paid not in {None, amount}:
            raise Refused(
                f"{item.number} is in {item.currency} like the payment: it uses what is put on it."
            )
        return Part(item.pk, amount, None)
    if not paid or paid < 0:
        raise Refused(
            f"{item.number} is in {item.currency}: say what of the {payment.currency} it uses."
        )
    return Part(item.pk, amount, paid)


def chunks(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield the rows in pieces of CHUNK."""
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]


def locked_by_key(*, company: Company, keys: Iterable[int]) -> dict[int, LockedItem]:
    """Lock items in the order of their keys, however many; raise Refused for one of others."""
    locked: dict[int, LockedItem] = {}
    wanted = sorted(set(keys))
    for chunk in chunks(wanted):
        locked |= items_of_keys(company=company, keys=chunk)
    if missing := [key for key in wanted if key not in locked]:
        raise Refused(f"Item {missing[0]} does not belong to {company.name}.")
    return locked


def check_decision(
    decision: Decision,
    locked: Mapping[int, LockedItem],
    left: dict[int, int],
    *,
    as_of: date,
) -> None:
    """Raise Refused unless everything fits on its item as of the day; else lower `left` by it.

    `left` is what is open on each locked item, less what decisions before this one take.
    """
    taken: dict[int, int] = {}
    for part in decision.parts:
        taken[part.item_id] = taken.get(part.item_id, 0) + part.amount_minor
    for one in decision.nettings:
        taken[one.debit_id] = taken.get(one.debit_id, 0) + one.amount_minor
        taken[one.credit_id] = taken.get(one.credit_id, 0) - one.amount_minor
    for gone in decision.given_up:
        taken[gone.item_id] = taken.get(gone.item_id, 0) + gone.amount_minor
    for key, amount in sorted(taken.items()):
        check_day(locked[key], as_of=as_of)
        _check_fits(locked[key].item, amount, left[key])
    refused: dict[int, int] = {}
    for deduction in decision.deductions:
        key = deduction.item_id
        refused[key] = refused.get(key, 0) + deduction.amount_minor
        _check_fits(locked[key].item, refused[key] + taken.get(key, 0), left[key])
    for key, amount in taken.items():
        left[key] -= amount


def _check_fits(item: Item, amount: int, open_minor: int) -> None:
    is_credit = item.amount_minor < 0
    if (amount < open_minor) if is_credit else (amount > open_minor):
        raise Refused(
            f"{money_text(abs(amount), item.currency)} is more than the "
            f"{money_text(abs(open_minor), item.currency)} still open on {item.number}."
        )


def write_decisions(
    *,
    company: Company,
    decisions: Sequence[Decision],
    items: Mapping[int, Item],
    as_of: date,
    at: datetime,
) -> dict[int, Written]:
    """Write checked decisions inside the caller's transaction; return the keys by payment."""
    written = {decision.payment.pk: Written() for decision in decisions}
    rows: list[tuple[int, Allocation]] = []
    for decision in decisions:
        rows += [(decision.payment.pk, row) for row in _allocations(decision, items, as_of, at)]
    rows += _adjusted(company, decisions, items, written, as_of=as_of, at=at)
    for chunk in chunks(rows):
        done = write_allocations(company=company, rows=[row for _, row in chunk])
        for (payment_id, _), row in zip(chunk, done, strict=True):
            written[payment_id].allocations.append(row.pk)
    _dispute(company, decisions, items, written, as_of=as_of, at=at)
    return written


def _allocations(
    decision: Decision, items: Mapping[int, Item], as_of: date, at: datetime
) -> list[Allocation]:
    payment = decision.payment
    rows = [
        Allocation(
            company_id=payment.company_id,
            item=items[part.item_id],
            source=Allocation.Source.PAYMENT,
            payment=payment,
            amount_minor=part.amount_minor,
            paid_minor=part.paid_minor,
            value_on=payment.value_on,
            applied_on=as_of,
            recorded_on=as_of,
            recorded_at=at,
        )
        for part in decision.parts
    ]
    for one in decision.nettings:
        credit, debit = items[one.credit_id], items[one.debit_id]
        rows += netting_rows(
            credit=credit, debit=debit, amount_minor=one.amount_minor, as_of=as_of, at=at
        )
    return rows


def _adjusted(
    company: Company,
    decisions: Sequence[Decision],
    items: Mapping[int, Item],
    written: Mapping[int, Written],
    *,
    as_of: date,
    at: datetime,
) -> list[tuple[int, Allocation]]:
    """Write the adjustments and return the allocations that book them, by payment."""
    owners = [(one.payment.pk, gone) for one in decisions for gone in one.given_up]
    adjustments = Adjustment.objects.bulk_create(
        [
            Adjustment(
                company=company,
                item=items[gone.item_id],
                kind=gone.kind,
                amount_minor=gone.amount_minor,
                reason=gone.reason,
                effective_on=as_of,
                recorded_on=as_of,
                recorded_at=at,
            )
            for _, gone in owners
        ]
    )
    rows = []
    for (payment_id, _), adjustment in zip(owners, adjustments, strict=True):
        written[payment_id].adjustments.append(adjustment.pk)
        booking = Allocation(
            company=company,
            item=adjustment.item,
            source=Allocation.Source.ADJUSTMENT,
            adjustment=adjustment,
            amount_minor=adjustment.amount_minor,
            value_on=as_of,
            applied_on=as_of,
            recorded_on=as_of,
            recorded_at=at,
        )
        rows.append((payment_id, booking))
    return rows


def lock_disputed(*, company: Company, deductions: Iterable[Deduction]) -> None:
    """Lock the customers a deduction concerns, as everything about disputes does."""
    keys = sorted({one.item_id for one in deductions})
    if not keys:
        return
    owners = Customer.objects.filter(company=company, items__in=keys).values("pk")
    list(Customer.objects.select_for_update(no_key=True).filter(pk__in=owners).order_by("pk"))


def _dispute(
    company: Company,
    decisions: Sequence[Decision],
    items: Mapping[int, Item],
    written: Mapping[int, Written],
    *,
    as_of: date,
    at: datetime,
) -> None:
    """Dispute what payments leave out, each in its case."""
    opened = dispute_deductions(
        company,
        [
            Deducted(
                payment_id=one.payment.pk,
                item=items[gone.item_id],
                amount_minor=gone.amount_minor,
                reason=gone.reason,
                note=gone.note,
            )
            for one in decisions
            for gone in one.deductions
        ],
        as_of=as_of,
        at=at,
    )
    for payment_id, keys in opened.items():
        written[payment_id].disputes += keys
