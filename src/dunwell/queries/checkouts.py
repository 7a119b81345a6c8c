"""Checkouts as pages and the API show them: the list with sums, one with all that became of it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.crypto import constant_time_compare

from dunwell.models import Chargeback, Checkout, CheckoutRefund, Company, ProviderEvent
from dunwell.queries.link_tokens import link_token
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

PAYMENT_LINK = "payment_link"
"""What the token of a payment link opens."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckoutFilter:
    """Which checkouts; empty fields do not restrict. `search` finds number or customer."""

    status: str = ""
    purpose: str = ""
    customer_id: int | None = None
    provider_id: int | None = None
    search: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckoutRow:
    """One checkout, amounts in minor units of its currency."""

    id: int
    number: str
    customer_id: int
    customer_number: str
    customer_name: str
    provider: str
    currency: str
    amount_minor: int
    surcharge_minor: int
    method: str
    method_label: str
    purpose: str
    purpose_label: str
    status: str
    status_label: str
    error: str
    payment_id: int | None
    started_by: str
    recorded_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckoutTotal:
    """Sums of the checkouts of one currency under a filter, in minor units."""

    currency: str
    checkouts: int
    amount_minor: int
    paid_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckoutPart:
    """What of a checkout goes on an item."""

    item_id: int
    number: str
    due_on: date
    amount_minor: int
    discount_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ProviderEventRow:
    """One fact a provider told, and what became of it."""

    id: int
    event_id: str
    provider: str
    kind: str
    subject_id: str
    checkout_id: int | None
    checkout_number: str
    currency: str
    amount_minor: int
    reason: str
    state: str
    state_label: str
    error: str
    happened_at: datetime
    told_at: datetime
    applied_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckoutDetail:
    """A checkout with its parts, everything told of it, and what of it went back."""

    row: CheckoutRow
    external_id: str
    address: str
    expires_at: datetime
    attempts: int
    retry_at: datetime | None
    parts: tuple[CheckoutPart, ...]
    events: tuple[ProviderEventRow, ...]
    refunds: tuple[CheckoutRefund, ...]
    chargebacks: tuple[Chargeback, ...]
    receipt_number: str


def checkout_rows(
    company: Company, only: CheckoutFilter, *, cursor: str = "", limit: int = PAGE_SIZE
) -> Page[CheckoutRow]:
    """Return one page of checkouts, the newest first; one query."""
    limit = page_limit(limit)
    found = _found(company, only).select_related("customer", "provider").order_by("-id")
    rows = [_row(one) for one in found.filter(after(cursor, ("-id",), (int,)))[: limit + 1]]
    return page_of(rows, limit=limit, key=lambda row: (row.id,))


def checkout_totals(company: Company, only: CheckoutFilter) -> tuple[CheckoutTotal, ...]:
    """Return the sums of all checkouts under a filter by currency; one query."""
    found = (
        _found(company, only)
        .order_by()
        .values("currency")
        .annotate(
            n=Count("id"),
            minor=Sum("amount_minor") + Sum("surcharge_minor"),
            paid=Sum("payment__amount_minor"),
        )
    )
    return tuple(
        CheckoutTotal(
            currency=row["currency"],
            checkouts=row["n"],
            amount_minor=row["minor"],
            paid_minor=row["paid"] or 0,
        )
        for row in found.order_by("currency")
    )


def checkout_detail(company: Company, checkout_id: int) -> CheckoutDetail | None:
    """Return one checkout of the company with all that became of it; a fixed number of queries."""
    found = (
        Checkout.objects.filter(company=company, pk=checkout_id)
        .select_related("customer", "provider", "receipt")
        .first()
    )
    if found is None:
        return None
    lines = found.lines.select_related("item").order_by("item__due_on", "item_id")
    return CheckoutDetail(
        row=_row(found),
        external_id=found.external_id,
        address=found.address,
        expires_at=found.expires_at,
        attempts=found.attempts,
        retry_at=found.retry_at,
        parts=tuple(
            CheckoutPart(
                item_id=line.item_id,
                number=line.item.number,
                due_on=line.item.due_on,
                amount_minor=line.amount_minor,
                discount_minor=line.discount_minor,
            )
            for line in lines
        ),
        events=tuple(
            _event(one)
            for one in ProviderEvent.objects.filter(checkout=found)
            .select_related("provider", "checkout")
            .order_by("happened_at", "id")
        ),
        refunds=tuple(found.refunds.order_by("id")),
        chargebacks=tuple(found.chargebacks.order_by("id")),
        receipt_number=found.number if hasattr(found, "receipt") else "",
    )


def provider_event_rows(
    company: Company, *, state: str = "", cursor: str = "", limit: int = PAGE_SIZE
) -> Page[ProviderEventRow]:
    """Return one page of what providers told, the newest first; one query."""
    limit = page_limit(limit)
    found = ProviderEvent.objects.filter(provider__company=company)
    if state in ProviderEvent.State.values:
        found = found.filter(state=state)
    chosen = found.filter(after(cursor, ("-id",), (int,))).select_related("provider", "checkout")
    rows = [_event(one) for one in chosen.order_by("-id")[: limit + 1]]
    return page_of(rows, limit=limit, key=lambda row: (row.id,))


def link_of(checkout: Checkout) -> str:
    """Return the token of the payment link of a checkout; it opens nothing else."""
    return f"{checkout.pk}-{link_token(PAYMENT_LINK, checkout.pk, checkout.provider.nonce)}"


def checkout_of_token(token: str) -> Checkout | None:
    """Return the checkout a payment link is for; None for a wrong link."""
    key, _, _ = token.partition("-")
    if not key.isascii() or not key.isdigit() or len(key) > len(str(2**31)):
        return None
    found = (
        Checkout.objects.filter(pk=int(key), purpose=Checkout.Purpose.LINK)
        .select_related("company", "customer", "provider", "payment")
        .first()
    )
    if found is None or not constant_time_compare(token, link_of(found)):
        return None
    return found


def _found(company: Company, only: CheckoutFilter) -> QuerySet[Checkout]:
    found = Checkout.objects.filter(company=company)
    exact = {
        "status": only.status,
        "purpose": only.purpose,
        "customer": only.customer_id,
        "provider": only.provider_id,
    }
    found = found.filter(**{name: value for name, value in exact.items() if value})
    if text := only.search.strip():
        found = found.filter(
            Q(number__icontains=text)
            | Q(customer__name__icontains=text)
            | Q(customer__number__icontains=text)
            | Q(external_id=text)
        )
    return found


def _row(one: Checkout) -> CheckoutRow:
    return CheckoutRow(
        id=one.pk,
        number=one.number,
        customer_id=one.customer_id,
        customer_number=one.customer.number,
        customer_name=one.customer.name,
        provider=one.provider.name,
        currency=one.currency,
        amount_minor=one.amount_minor,
        surcharge_minor=one.surcharge_minor,
        method=one.method,
        method_label=str(one.get_method_display()),
        purpose=one.purpose,
        purpose_label=str(one.get_purpose_display()),
        status=one.status,
        status_label=str(one.get_status_display()),
        error=one.error,
        payment_id=one.payment_id,
        started_by=one.started_by,
        recorded_at=one.recorded_at,
        closed_at=one.closed_at,
    )


def _event(one: ProviderEvent) -> ProviderEventRow:
    told: dict[str, Any] = one.payload  # what is sealed is not shown
    return ProviderEventRow(
        id=one.pk,
        event_id=one.event_id,
        provider=one.provider.name,
        kind=one.kind,
        subject_id=one.subject_id,
        checkout_id=one.checkout_id,
        checkout_number=one.checkout.number if one.checkout else "",
        currency=told.get("currency", ""),
        amount_minor=told.get("amount_minor", 0),
        reason=told.get("reason", ""),
        state=one.state,
        state_label=str(one.get_state_display()),
        error=one.error,
        happened_at=one.happened_at,
        told_at=one.told_at,
        applied_at=one.applied_at,
    )
