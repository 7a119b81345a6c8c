"""Refunds as pages, the API and payment files show them, and what a refund can be made of."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from dunwell.engine.return_reasons import RETURN_REASONS
from dunwell.models import Allocation, Company, Event, Item, Payee, Payment, Refund
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of


@dataclass(frozen=True, kw_only=True, slots=True)
class RefundRow:
    """One refund. Its source is a payment or a credit item.

    `is_payable`: approved, its payee still is, and the money behind it has not come back out;
    `payee_is_approved` is what an approval waits for.
    """

    id: int
    number: str
    customer_id: int
    customer_number: str
    customer_name: str
    payment_id: int | None
    credit_id: int | None
    source: str
    item_id: int | None
    currency: str
    amount_minor: int
    reason: str
    status: str
    status_label: str
    payee_id: int
    payee: str
    account: str
    bic: str
    payee_is_approved: bool
    author: str
    approver: str
    decision: str
    proposed_on: date
    decided_on: date | None
    paid_on: date | None
    recorded_at: datetime
    is_payable: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class RefundTotal:
    """Sums of the refunds of one currency under a filter, in minor units."""

    currency: str
    refunds: int
    amount_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RefundSource:
    """A payment or credit and what of it can be given back, in minor units of its currency."""

    payment_id: int | None
    credit_id: int | None
    number: str
    customer_id: int
    customer_name: str
    currency: str
    left_minor: int
    proposed_minor: int

    @property
    def free_minor(self) -> int:
        """Return what is left after the proposals that wait."""
        return max(self.left_minor - self.proposed_minor, 0)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReturnNote:
    """Why a payment came back, as it was recorded: the code, what it means, what was said."""

    reason_code: str
    words: str
    reason: str
    fee: str
    at: datetime


def refund_rows(
    company: Company,
    *,
    status: str = "",
    customer_id: int | None = None,
    currency: str = "",
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[RefundRow]:
    """Return one page of refunds, the newest first; an empty `status` shows all."""
    limit = page_limit(limit)
    rows = (
        _with_all(_found(company, status, customer_id, currency))
        .filter(after(cursor, ("-id",), (int,)))
        .order_by("-id")[: limit + 1]
    )
    return page_of([_row(refund) for refund in rows], limit=limit, key=lambda row: (row.id,))


def refund_totals(
    company: Company, *, status: str = "", customer_id: int | None = None, currency: str = ""
) -> tuple[RefundTotal, ...]:
    """Return the sums of all refunds under the same filter, one per currency."""
    sums = (
        _found(company, status, customer_id, currency)
        .order_by("currency")
        .values_list("currency")
        .annotate(refunds=Count("id"), minor=Sum("amount_minor"))
    )
    return tuple(
        RefundTotal(currency=code, refunds=count, amount_minor=int(minor))
        for code, count, minor in sums
    )


def refund_counts(company: Company) -> dict[str, int]:
    """Return how many refunds have each status."""
    found = Refund.objects.filter(company=company).order_by("status").values_list("status")
    return dict(found.annotate(count=Count("id")))


def refund_row(company: Company, refund_id: int) -> RefundRow | None:
    """Return one refund of the company, or None."""
    found = _with_all(Refund.objects.filter(company=company, pk=refund_id)).first()
    return None if found is None else _row(found)


def payable_refunds(company: Company) -> tuple[RefundRow, ...]:
    """Return the refunds that can be paid out now, in the order of their numbers."""
    found = _with_all(_found(company, Refund.Status.APPROVED, None, "")).order_by("id")
    return tuple(row for row in map(_row, found) if row.is_payable)


def refund_source(
    company: Company, *, payment_id: int | None = None, credit_id: int | None = None
) -> RefundSource | None:
    """Return what can be given back of a payment or a credit; None for what is neither.

    A payment whose customer is not known, one that was returned, and netting with what we owe
    give nothing back.
    """
    if payment_id is not None:
        return _payment_source(company, payment_id)
    if credit_id is None:
        return None
    credit = (
        Item.objects.filter(company=company, pk=credit_id, amount_minor__lt=0)
        .select_related("customer", "open_now")
        .first()
    )
    if credit is None:
        return None
    open_now = getattr(credit, "open_now", None)
    return RefundSource(
        payment_id=None,
        credit_id=credit.pk,
        number=credit.number,
        customer_id=credit.customer_id,
        customer_name=credit.customer.name,
        currency=credit.currency,
        left_minor=max(-open_now.open_minor, 0) if open_now else 0,
        proposed_minor=_proposed(Q(credit=credit)),
    )


def return_note(company: Company, payment_id: int) -> ReturnNote | None:
    """Return why a payment came back, None where no reason code was recorded."""
    event = Event.objects.filter(
        company=company, subject="payment", subject_id=payment_id, verb="payment.returned"
    ).first()
    if event is None:
        return None
    return ReturnNote(
        reason_code=str(event.data["reason_code"]),
        words=RETURN_REASONS.get(str(event.data["reason_code"]), ""),
        reason=str(event.data["reason"]),
        fee=str(event.data.get("fee", "")),
        at=event.at,
    )


def _payment_source(company: Company, payment_id: int) -> RefundSource | None:
    payment = (
        Payment.objects.filter(
            company=company, pk=payment_id, reverses=None, reversed_by=None, amount_minor__gt=0
        )
        .exclude(customer=None)
        .exclude(method="netting")
        .select_related("customer")
        .first()
    )
    if payment is None or payment.customer is None:
        return None
    part = Coalesce("paid_minor", "amount_minor")
    used = Allocation.objects.filter(payment=payment).aggregate(minor=Sum(part))["minor"] or 0
    return RefundSource(
        payment_id=payment.pk,
        credit_id=None,
        number=payment.number,
        customer_id=payment.customer.pk,
        customer_name=payment.customer.name,
        currency=payment.currency,
        left_minor=payment.amount_minor - used,
        proposed_minor=_proposed(Q(payment=payment)),
    )


def _proposed(same: Q) -> int:
    found = Refund.objects.filter(same, status=Refund.Status.PROPOSED)
    return int(found.aggregate(minor=Sum("amount_minor"))["minor"] or 0)


def _found(
    company: Company, status: str, customer_id: int | None, currency: str
) -> QuerySet[Refund]:
    found = Refund.objects.filter(company=company)
    if status:
        found = found.filter(status=status)
    if customer_id is not None:
        found = found.filter(customer=customer_id)
    return found.filter(currency=currency) if currency else found


def _with_all(found: QuerySet[Refund]) -> QuerySet[Refund]:
    return found.select_related("customer", "payee", "payment", "credit", "item__open_now")


def _row(refund: Refund) -> RefundRow:
    payee, source = refund.payee, refund.payment or refund.credit
    is_approved = payee.status == Payee.Status.APPROVED
    is_settled = refund.item is not None and not hasattr(refund.item, "open_now")
    return RefundRow(
        id=refund.pk,
        number=refund.number,
        customer_id=refund.customer_id,
        customer_number=refund.customer.number,
        customer_name=refund.customer.name,
        payment_id=refund.payment_id,
        credit_id=refund.credit_id,
        source=source.number if source else "",
        item_id=refund.item_id,
        currency=refund.currency,
        amount_minor=refund.amount_minor,
        reason=refund.reason,
        status=refund.status,
        status_label=str(Refund.Status(refund.status).label),
        payee_id=payee.pk,
        payee=payee.name,
        account=payee.account,
        bic=payee.bic,
        payee_is_approved=is_approved,
        author=refund.author,
        approver=refund.approver,
        decision=refund.decision,
        proposed_on=refund.proposed_on,
        decided_on=refund.decided_on,
        paid_on=refund.paid_on,
        recorded_at=refund.recorded_at,
        is_payable=refund.status == Refund.Status.APPROVED and is_approved and is_settled,
    )
