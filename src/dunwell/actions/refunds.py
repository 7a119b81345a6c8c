"""Giving money back: proposed by one person, approved by a second, paid out, or taken back.

Approval writes an item of kind refund and settles it at once with the payment's unapplied
cash or the credit, so that what is given back cannot be used again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from django.db import transaction
from django.db.models import Q, Sum

from dunwell.actions.allocations import (
    live,
    locked_items,
    locked_payment,
    money_text,
    netting_rows,
    reversal_of,
    write_allocations,
)
from dunwell.actions.events import record_event
from dunwell.actions.four_eyes import own_approval
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.items import book_item, offset_item
from dunwell.actions.texts import fitting
from dunwell.formats.sealing import hinted
from dunwell.models import Allocation, Company, Item, Payee, Payment, Refund

Status = Refund.Status

LONGEST_REASON = 300
NETTING = "netting"
"""Method of a payment that is netting with what we owe: no money came."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Source:
    """The payment or the credit item a refund is made of, locked, and what is left of it."""

    row: Payment | Item
    left_minor: int
    not_before: date


@transaction.atomic
def propose_refund(
    *,
    actor: Actor,
    source: Payment | Item,
    payee: Payee,
    amount_minor: int,
    reason: str,
    as_of: date,
    at: datetime,
) -> Refund:
    """Propose to give back a part of a payment's unapplied cash or of an open credit.

    Raises Refused, with the figures, when less is left after other proposals, for a payment
    whose customer is not known, for another customer's payee, and without a reason.
    """
    actor.require("refund.propose")
    why = _reason(reason, "Say why the money is given back.")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    locked = _locked_source(actor.company, source)
    row = locked.row
    if row.customer_id is None:
        raise Refused(f"Whose payment {row.number} is, is not known yet; find that out first.")
    payee = _locked_payee(payee, customer_id=row.customer_id, company=actor.company)
    if payee.status == Payee.Status.RETIRED:
        raise Refused(f"Payee {payee.name} is no longer used; propose another account.")
    others = _proposed_minor(row)
    _check_amount(amount_minor, locked.left_minor - others, row=row, others=others)
    refund = Refund.objects.create(
        company=actor.company,
        customer_id=row.customer_id,
        payee=payee,
        payment=row if isinstance(row, Payment) else None,
        credit=row if isinstance(row, Item) else None,
        number=f"RF-{Refund.objects.filter(company=actor.company).count() + 1}",
        currency=row.currency,
        amount_minor=amount_minor,
        reason=why,
        author=actor.name,
        proposed_on=as_of,
        recorded_at=at,
    )
    told = hinted(payee.account)
    _record(actor, "refund.proposed", refund, at=at, payee=payee.name, account=told)
    return refund


@transaction.atomic
def approve_refund(*, actor: Actor, refund: Refund, as_of: date, at: datetime) -> Item:
    """Approve a refund: its item is written and settled by what it gives back, at once.

    Returns the item. The author may not approve, except where nobody else works. Raises
    Refused for that, for a payee that is not approved, and when what is left is too little now.
    """
    actor.require("refund.approve")
    refund = _locked_refund(actor, refund, Status.APPROVED)
    override = own_approval(
        actor,
        author=refund.author,
        refusal="You proposed this refund; somebody else has to approve it.",
    )
    locked = _locked_source(actor.company, _source_of(refund))
    payee = _locked_payee(refund.payee, customer_id=refund.customer_id, company=actor.company)
    if payee.status != Payee.Status.APPROVED:
        raise Refused(
            f"Payee {payee.name} is marked: {payee.get_status_display().lower()}. "
            "Somebody has to approve the account first."
        )
    _check_amount(refund.amount_minor, locked.left_minor, row=locked.row, others=0)
    item = Item.objects.create(
        company=actor.company,
        customer_id=refund.customer_id,
        number=refund.number,
        kind=Item.Kind.REFUND,
        currency=refund.currency,
        amount_minor=refund.amount_minor,
        issued_on=as_of,
        due_on=as_of,
        reference=locked.row.number,
        recorded_on=as_of,
        recorded_at=at,
    )
    book_item(item)
    write_allocations(company=actor.company, rows=_settling(locked, item, as_of=as_of, at=at))
    _move(refund, Status.APPROVED, item=item, approver=actor.name, decided_on=as_of)
    _record(actor, "refund.approved", refund, at=at, author=refund.author, override=override)
    return item


@transaction.atomic
def reject_refund(*, actor: Actor, refund: Refund, reason: str, as_of: date, at: datetime) -> None:
    """Refuse a proposed refund, with the reason; what it asked for is free again."""
    actor.require("refund.approve")
    why = _reason(reason, "Say why the refund is rejected.")
    refund = _locked_refund(actor, refund, Status.REJECTED)
    _move(refund, Status.REJECTED, approver=actor.name, decision=why, decided_on=as_of)
    _record(actor, "refund.rejected", refund, at=at, reason=why)


@transaction.atomic
def withdraw_refund(
    *, actor: Actor, refund: Refund, reason: str, as_of: date, at: datetime
) -> None:
    """Take a proposal back before anybody decided about it."""
    actor.require("refund.propose")
    why = _reason(reason, "Say why the proposal is taken back.")
    refund = _locked_refund(actor, refund, Status.REJECTED)
    _move(refund, Status.REJECTED, decision=why, decided_on=as_of)
    _record(actor, "refund.withdrawn", refund, at=at, reason=why)


@transaction.atomic
def mark_refunds_paid(
    *, actor: Actor, refunds: Sequence[Refund], paid_on: date, as_of: date, at: datetime
) -> int:
    """Note that approved refunds have left our account; return how many were not noted before.

    Raises Refused for one that is not approved and for a day that has not come or lies before
    its approval; then none is noted.
    """
    actor.require(_paying_right(actor))
    if paid_on > as_of:
        raise Refused(f"{paid_on} has not come yet; note the refunds when the money has left.")
    noted = 0
    for told in sorted(set(refunds), key=lambda one: one.pk):
        refund = _locked_refund(actor, told)
        if refund.status == Status.PAID:
            continue
        _check_move(refund, Status.PAID)
        if refund.decided_on is not None and paid_on < refund.decided_on:
            raise Refused(f"{refund.number} was approved on {refund.decided_on}, not before.")
        _move(refund, Status.PAID, paid_on=paid_on)
        _record(actor, "refund.paid", refund, at=at, paid_on=paid_on.isoformat())
        noted += 1
    return noted


@transaction.atomic
def fail_refund(*, actor: Actor, refund: Refund, reason: str, as_of: date, at: datetime) -> None:
    """Take an approved or paid refund back: the payout did not happen, or came back.

    Its item is reversed, and the payment's money or the credit is free again. Raises Refused
    without a reason, and for a refund that is neither approved nor paid.
    """
    actor.require(_paying_right(actor))
    why = _reason(reason, "Say why the payout failed.")
    refund = _locked_refund(actor, refund, Status.FAILED)
    item, source = cast("Item", refund.item), _source_of(refund)
    if isinstance(source, Payment):
        Payment.objects.select_for_update(no_key=True).get(pk=source.pk)
    locked_items(
        company=actor.company, items=[item] if isinstance(source, Payment) else [item, source]
    )
    rows = live(Allocation.objects.filter(_between(refund)).select_related("item"))
    if rows:
        write_allocations(
            company=actor.company, rows=[reversal_of(row, as_of=as_of, at=at) for row in rows]
        )
    locked = locked_items(company=actor.company, items=[item])[item.pk]
    offset_item(locked=locked, as_of=as_of, at=at)
    _move(refund, Status.FAILED, decision=why)
    _record(actor, "refund.failed", refund, at=at, reason=why)


def _between(refund: Refund) -> Q:
    """Return the condition of what was booked between a refund's item and its source."""
    if refund.payment_id is not None:
        return Q(item=refund.item_id, payment=refund.payment_id)
    return Q(item=refund.item_id, counter_item=refund.credit_id) | Q(
        item=refund.credit_id, counter_item=refund.item_id
    )


def _source_of(refund: Refund) -> Payment | Item:
    """Return what a refund is made of; a constraint of the table says that it is one of both."""
    return cast("Payment | Item", refund.payment or refund.credit)


def _locked_source(company: Company, source: Payment | Item) -> _Source:
    """Lock a refund's source; raise Refused for one that nothing can be given back of."""
    if isinstance(source, Payment):
        payment = locked_payment(company=company, payment=source)
        if payment.payment.method == NETTING:
            raise Refused(
                f"{source.number} is netted with what we owe, no money came; take the offset back."
            )
        return _Source(
            row=payment.payment,
            left_minor=payment.unapplied_minor,
            not_before=payment.not_before,
        )
    credit = locked_items(company=company, items=[source])[source.pk]
    if credit.item.amount_minor > 0:
        raise Refused(f"{source.number} is not a credit.")
    return _Source(row=credit.item, left_minor=-credit.open_minor, not_before=credit.not_before)


def _proposed_minor(row: Payment | Item) -> int:
    """Return what other proposals already ask for of the same payment or credit."""
    same = Q(payment=row.pk) if isinstance(row, Payment) else Q(credit=row.pk)
    found = Refund.objects.filter(same, status=Status.PROPOSED)
    return found.aggregate(minor=Sum("amount_minor"))["minor"] or 0


def _check_amount(amount_minor: int, free_minor: int, *, row: Payment | Item, others: int) -> None:
    if amount_minor <= 0:
        raise Refused("The amount of a refund must be more than 0.")
    if amount_minor > free_minor:
        asked = f", as {money_text(others, row.currency)} is proposed already" if others else ""
        raise Refused(
            f"{money_text(amount_minor, row.currency)} is more than the "
            f"{money_text(max(free_minor, 0), row.currency)} free of {row.number}{asked}."
        )


def _settling(source: _Source, item: Item, *, as_of: date, at: datetime) -> list[Allocation]:
    """Return the rows that settle the refund's item, not yet written."""
    row = source.row
    if as_of < source.not_before:
        raise Refused(
            f"Nothing of {row.number} can be given back before {source.not_before}: it came, or "
            "a part of it was taken back, on that day."
        )
    if isinstance(row, Item):
        return netting_rows(
            credit=row, debit=item, amount_minor=item.amount_minor, as_of=as_of, at=at
        )
    return [
        Allocation(
            company_id=item.company_id,
            item=item,
            source=Allocation.Source.PAYMENT,
            payment=row,
            amount_minor=item.amount_minor,
            value_on=row.value_on,
            applied_on=as_of,
            recorded_on=as_of,
            recorded_at=at,
        )
    ]


def _locked_payee(payee: Payee, *, customer_id: int, company: Company) -> Payee:
    """Return the payee as it is, kept from being retired meanwhile; it is of the customer."""
    found = (
        Payee.objects.select_for_update(no_key=True).filter(company=company, pk=payee.pk).first()
    )
    if found is None or found.customer_id != customer_id:
        raise Refused(f"Payee {payee.name} is an account of another customer.")
    return found


def _paying_right(actor: Actor) -> str:
    """Return the right to say what became of a payout: who proposes may, and who approves."""
    return "refund.propose" if "refund.propose" in actor.rights else "refund.approve"


def _reason(text: str, sentence: str) -> str:
    why = fitting(text=text, most=LONGEST_REASON, what="reason")
    if not why:
        raise Refused(sentence)
    return why


def _locked_refund(actor: Actor, refund: Refund, status: Status | None = None) -> Refund:
    """Lock a refund and return it as it is now; raise Refused when it cannot take the status."""
    found = (
        Refund.objects.select_for_update(no_key=True, of=("self",))
        .select_related("payee", "payment", "credit", "item")
        .filter(company=actor.company, pk=refund.pk)
        .first()
    )
    if found is None:
        raise Refused(f"Refund {refund.number} does not belong to {actor.company.name}.")
    if status is not None:
        _check_move(found, status)
    return found


def _check_move(refund: Refund, status: Status) -> None:
    before = Status(refund.status)
    if status not in Refund.MOVES[before]:
        raise Refused(f"{refund.number} is marked: {before.label.lower()}.")


def _move(refund: Refund, status: Status, **fields: Item | str | date) -> None:
    rows = Refund.objects.filter(pk=refund.pk, status=refund.status)
    if rows.update(status=status, **fields) != 1:
        raise Refused(
            f"Somebody else has just decided about {refund.number}; load the page again."
        )


def _record(actor: Actor, verb: str, refund: Refund, *, at: datetime, **data: str) -> None:
    record_event(
        actor,
        verb,
        refund,
        at=at,
        customer_id=refund.customer_id,
        number=refund.number,
        currency=refund.currency,
        amount_minor=refund.amount_minor,
        **data,
    )
