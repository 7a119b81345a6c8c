"""Anomalies as pages and the API show them: what looks wrong, how far off, what was said."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count

from dunwell.models import Anomaly, Company
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of


@dataclass(frozen=True, kw_only=True, slots=True)
class AnomalyRow:
    """One finding. Its subject is an item or a payment, `other` what it is compared with.

    `measured` and `usual` are in `unit`: minor units of `currency`, days, or a count.
    """

    id: int
    kind: str
    severity: int
    status: str
    status_label: str
    customer_id: int | None
    customer_number: str
    customer_name: str
    item_id: int | None
    item_number: str
    payment_id: int | None
    payment_number: str
    other_item_id: int | None
    other_item_number: str
    other_payment_id: int | None
    other_payment_number: str
    currency: str
    measured: int | None
    usual: int | None
    unit: str
    facts: Mapping[str, object]
    found_on: date
    decided_by: str
    decided_at: datetime | None
    reason: str


def anomaly_rows(
    company: Company,
    *,
    status: str = Anomaly.Status.OPEN,
    kind: str = "",
    customer_id: int | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[AnomalyRow]:
    """Return one page of findings, the most severe first; an empty `status` shows all."""
    found = Anomaly.objects.filter(company=company)
    if status:
        found = found.filter(status=status)
    if kind:
        found = found.filter(kind=kind)
    if customer_id is not None:
        found = found.filter(customer=customer_id)
    limit = page_limit(limit)
    rows = (
        found.filter(after(cursor, ("-severity", "-id"), (int, int)))
        .select_related("customer", "item", "payment", "other_item", "other_payment")
        .order_by("-severity", "-id")[: limit + 1]
    )
    return page_of(
        [_row(anomaly) for anomaly in rows],
        limit=limit,
        key=lambda row: (row.severity, row.id),
    )


def anomaly_counts(company: Company) -> dict[str, int]:
    """Return how many open findings there are of each kind."""
    return dict(
        Anomaly.objects.filter(company=company, status=Anomaly.Status.OPEN)
        .order_by("kind")
        .values_list("kind")
        .annotate(found=Count("id"))
    )


def _row(anomaly: Anomaly) -> AnomalyRow:
    customer, subject = anomaly.customer, anomaly.item or anomaly.payment
    return AnomalyRow(
        id=anomaly.pk,
        kind=anomaly.kind,
        severity=anomaly.severity,
        status=anomaly.status,
        status_label=str(Anomaly.Status(anomaly.status).label),
        customer_id=anomaly.customer_id,
        customer_number=customer.number if customer else "",
        customer_name=customer.name if customer else "",
        item_id=anomaly.item_id,
        item_number=anomaly.item.number if anomaly.item else "",
        payment_id=anomaly.payment_id,
        payment_number=anomaly.payment.number if anomaly.payment else "",
        other_item_id=anomaly.other_item_id,
        other_item_number=anomaly.other_item.number if anomaly.other_item else "",
        other_payment_id=anomaly.other_payment_id,
        other_payment_number=anomaly.other_payment.number if anomaly.other_payment else "",
        currency=subject.currency if subject else "",
        measured=anomaly.measured,
        usual=anomaly.usual,
        unit=anomaly.unit,
        facts=anomaly.facts,
        found_on=anomaly.found_on,
        decided_by=anomaly.decided_by,
        decided_at=anomaly.decided_at,
        reason=anomaly.reason,
    )
