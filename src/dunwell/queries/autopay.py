"""Standing orders and saved ways to pay: their texts, their rows, and what they would charge."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from dunwell.engine.autopay import Order, Payable
from dunwell.formats.autopay_words import agreement_text, autopay_language
from dunwell.models import (
    Autopay,
    AutopayCharge,
    AutopayLine,
    Company,
    Customer,
    Dispute,
    Item,
    OpenItem,
    PaymentPlan,
    PlanInstalment,
    SavedMethod,
)
from dunwell.queries.agreements import bound_items
from dunwell.queries.holds import active_holds
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of
from dunwell.queries.payables import LIVE_INSTALMENTS, instalment_amounts
from dunwell.queries.prepared import prepared
from dunwell.queries.wordings import money_text

NOTICE_DAYS = 3
"""Days between the notice and the charge."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AutopayTerms:
    """What is agreed to, and its SHA-256, which is what a page sends back."""

    text: str
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AutopayRow:
    """A standing order as staff see it; amounts in minor units of its currency."""

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    method: str
    expires: str
    covers: str
    covers_label: str
    currency: str
    cap_minor: int | None
    day_offset: int
    status: str
    status_label: str
    reason: str
    agreed_by: str
    agreed_on: date
    ended_on: date | None
    paid: int
    declined: int
    paid_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class AutopayChargeRow:
    """One charge with the numbers of its items."""

    id: int
    autopay_id: int
    customer_id: int
    customer_number: str
    customer_name: str
    charge_on: date
    attempt: int
    currency: str
    amount_minor: int
    status: str
    status_label: str
    reason: str
    retry_on: date | None
    checkout: str
    items: tuple[str, ...]


def method_label(method: SavedMethod) -> str:
    """Return how a saved way to pay is called: Visa •••• 4242."""
    brand = method.brand.replace("_", " ").capitalize() or str(SavedMethod.Kind(method.kind).label)
    return f"{brand} •••• {method.last4}" if method.last4 else brand


def saved_methods(customer: Customer) -> list[SavedMethod]:
    """Return the ways to pay a customer has saved, the newest first."""
    found = SavedMethod.objects.filter(customer=customer, removed_at=None)
    return list(found.select_related("provider").order_by("-pk"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Ways:
    """What a customer has saved, each with its label, and its standing orders."""

    methods: tuple[tuple[SavedMethod, str], ...]
    orders: tuple[AutopayRow, ...]


def ways_of(company: Company, *, customer_id: int) -> Ways:
    """Return a customer's saved ways to pay and standing orders; two queries."""
    orders = autopay_rows(company, customer_id=customer_id)
    return Ways(
        methods=tuple((one, method_label(one)) for one in _methods(company.pk, customer_id)),
        orders=tuple(orders.rows),
    )


@prepared
def _methods(company_id: int, customer_id: int) -> QuerySet[SavedMethod]:
    found = SavedMethod.objects.filter(company=company_id, customer=customer_id, removed_at=None)
    return found.order_by("-pk")


def methods_to_forget(company: Company) -> list[SavedMethod]:
    """Return the removed ways to pay that the provider still keeps."""
    found = SavedMethod.objects.filter(
        company=company, removed_at__isnull=False, forgotten_at=None
    )
    return list(found.select_related("provider", "customer").order_by("pk"))


def autopay_terms(
    customer: Customer,
    method: SavedMethod,
    *,
    covers: str,
    currency: str,
    cap_minor: int | None,
    day_offset: int,
) -> AutopayTerms:
    """Return the text a customer agrees to for its choices, in its language."""
    language = autopay_language(customer.language or customer.company.language)
    text = agreement_text(
        language,
        company=customer.company.name,
        method=method_label(method),
        covers=covers,
        currency=currency,
        cap=money_text(cap_minor, currency, language) if cap_minor else "",
        day_offset=day_offset,
        notice_days=NOTICE_DAYS,
    )
    return AutopayTerms(text=text, sha256=hashlib.sha256(text.encode()).hexdigest())


def order_of(autopay: Autopay) -> Order:
    """Return a standing order as the engine plans it."""
    return Order(
        covers=autopay.covers,
        cap_minor=autopay.cap_minor,
        day_offset=autopay.day_offset,
        notice_days=autopay.notice_days,
        agreed_on=autopay.agreed_on,
    )


def chargeable(autopay: Autopay, *, as_of: date, beside: int | None = None) -> list[Payable]:
    """Return what a standing order may charge as of a day; nothing is asked for twice.

    Left out: items with any open dispute or hold, those in a plan, settlement or placement (a
    plan's instalments come by themselves), and what another charge is about to pay. `beside` is
    the charge whose own lines do not count.
    """
    customer = autopay.customer
    held = set(
        active_holds(autopay.company, as_of=as_of)
        .filter(customer=customer)
        .values_list("item_id", flat=True)
    )
    if None in held:
        return []
    lines = AutopayLine.objects.filter(
        charge__autopay__customer=customer, charge__status__in=AutopayCharge.LIVE
    ).exclude(charge=beside)
    busy: set[tuple[int, int | None]] = set(lines.values_list("item_id", "instalment_id"))
    rows = list(
        OpenItem.objects.filter(
            customer=customer, currency=autopay.currency, open_minor__gt=0
        ).order_by("due_on", "item_id")
    )
    keys = [row.item_id for row in rows]
    out = held | set(bound_items(keys)) | _disputed(keys)
    found = [
        Payable(item_id=row.item_id, due_on=row.due_on, free_minor=row.open_minor)
        for row in rows
        if row.item_id not in out and (row.item_id, None) not in busy
    ]
    return found + _instalments(autopay, busy)


def waiting_charges(company: Company, *, as_of: date) -> list[AutopayCharge]:
    """Return the announced charges whose day has come, the oldest first."""
    found = AutopayCharge.objects.filter(
        autopay__company=company, status=AutopayCharge.Status.PLANNED, charge_on__lte=as_of
    )
    return list(found.order_by("charge_on", "pk"))


def taken_charges(company: Company) -> list[AutopayCharge]:
    """Return the charges whose checkout may have ended meanwhile."""
    found = AutopayCharge.objects.filter(
        autopay__company=company, status=AutopayCharge.Status.TAKEN
    )
    return list(found.select_related("checkout", "autopay").order_by("pk"))


def autopay_rows(
    company: Company,
    *,
    status: str = "",
    customer_id: int | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[AutopayRow]:
    """Return one page of standing orders, the newest first."""
    found = Q(company=company)
    if status:
        found &= Q(status=status)
    if customer_id is not None:
        found &= Q(customer=customer_id)
    limit = page_limit(limit)
    rows = _rows(found & after(cursor, ("-id",), (int,)), limit=limit)
    return page_of([_row(row) for row in rows], limit=limit, key=lambda row: (row.id,))


@prepared
def _rows(condition: Q, *, limit: int) -> QuerySet[Any]:
    is_paid = Q(charges__status=AutopayCharge.Status.PAID)
    found = Autopay.objects.filter(condition).annotate(
        n_paid=Count("charges", filter=is_paid),
        n_declined=Count("charges", filter=Q(charges__status=AutopayCharge.Status.DECLINED)),
        sum_paid=Sum("charges__amount_minor", filter=is_paid),
    )
    return found.select_related("customer", "method").order_by("-id")[: limit + 1]


def autopay_charge_rows(
    company: Company,
    *,
    status: str = "",
    customer_id: int | None = None,
    autopay_id: int | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[AutopayChargeRow]:
    """Return one page of charges of standing orders, the newest first."""
    found = AutopayCharge.objects.filter(autopay__company=company)
    if status:
        found = found.filter(status=status)
    if customer_id is not None:
        found = found.filter(autopay__customer=customer_id)
    if autopay_id is not None:
        found = found.filter(autopay=autopay_id)
    limit = page_limit(limit)
    rows = (
        found.filter(after(cursor, ("-id",), (int,)))
        .select_related("autopay__customer", "checkout")
        .prefetch_related("lines__item")
        .order_by("-id")[: limit + 1]
    )
    return page_of([_charge(row) for row in rows], limit=limit, key=lambda row: (row.id,))


def _instalments(autopay: Autopay, busy: Collection[tuple[int, int | None]]) -> list[Payable]:
    found = (
        PlanInstalment.objects.filter(
            plan__customer=autopay.customer,
            plan__currency=autopay.currency,
            plan__status__in=PaymentPlan.LIVE,
            status__in=LIVE_INSTALMENTS,
        )
        .select_related("plan")
        .order_by("due_on", "pk")
    )
    taken = {instalment for _, instalment in busy if instalment is not None}
    return [
        Payable(item_id=item.pk, due_on=one.due_on, free_minor=amount, instalment_id=one.pk)
        for one in found
        if one.pk not in taken and one.amount_minor > one.paid_minor
        for item, amount in instalment_amounts(
            one, left_minor=one.amount_minor - one.paid_minor
        ).items()
    ]


def _disputed(keys: Collection[int]) -> set[int]:
    found = Dispute.objects.filter(item__in=keys, closed_on=None)
    return set(found.values_list("item_id", flat=True))


def _row(autopay: Autopay) -> AutopayRow:
    return AutopayRow(
        id=autopay.pk,
        customer_id=autopay.customer_id,
        customer_number=autopay.customer.number,
        customer_name=autopay.customer.name,
        method=method_label(autopay.method),
        expires=autopay.method.expires,
        covers=autopay.covers,
        covers_label=str(Autopay.Covers(autopay.covers).label),
        currency=autopay.currency,
        cap_minor=autopay.cap_minor,
        day_offset=autopay.day_offset,
        status=autopay.status,
        status_label=str(Autopay.Status(autopay.status).label),
        reason=autopay.reason,
        agreed_by=autopay.agreed_by,
        agreed_on=autopay.agreed_on,
        ended_on=autopay.ended_on,
        paid=int(getattr(autopay, "n_paid", 0)),
        declined=int(getattr(autopay, "n_declined", 0)),
        paid_minor=int(getattr(autopay, "sum_paid", 0) or 0),
    )


def _charge(charge: AutopayCharge) -> AutopayChargeRow:
    customer: Customer = charge.autopay.customer
    items: list[Item] = [line.item for line in charge.lines.all()]
    return AutopayChargeRow(
        id=charge.pk,
        autopay_id=charge.autopay_id,
        customer_id=customer.pk,
        customer_number=customer.number,
        customer_name=customer.name,
        charge_on=charge.charge_on,
        attempt=charge.attempt,
        currency=charge.autopay.currency,
        amount_minor=charge.amount_minor,
        status=charge.status,
        status_label=str(AutopayCharge.Status(charge.status).label),
        reason=charge.reason,
        retry_on=charge.retry_on,
        checkout=charge.checkout.number if charge.checkout else "",
        items=tuple(item.number for item in items),
    )
