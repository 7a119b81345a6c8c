"""Mandates as pages and the API show them, with what has become of them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from dunwell.engine.debits import is_lapsed
from dunwell.models import Company, Debit, Mandate
from dunwell.queries.debit_notices import hidden_account
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of
from dunwell.queries.prepared import prepared

PRESENTED = Q(debits__status__in=("sent", "paid", "returned", "refused"))


@dataclass(frozen=True, kw_only=True, slots=True)
class MandateRow:
    """One mandate; `account` shows only the ends of the IBAN, which stands whole in `iban`.

    `used_on` is the day of the last debit presented under it, `is_lapsed` says that 36 months
    went by without one.
    """

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    reference: str
    scheme: str
    scheme_label: str
    is_recurring: bool
    debtor: str
    account: str
    iban: str
    bic: str
    status: str
    status_label: str
    signed_on: date | None
    ended_on: date | None
    reason: str
    used_on: date | None
    debits: int
    returns: int
    is_lapsed: bool


def mandate_rows(
    company: Company,
    *,
    as_of: date,
    status: str = "",
    customer_id: int | None = None,
    search: str = "",
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[MandateRow]:
    """Return one page of mandates, the newest first; `search` is a reference or a customer."""
    found = Q(company=company)
    if status:
        found &= Q(status=status)
    if customer_id is not None:
        found &= Q(customer=customer_id)
    if text := search.strip().replace("\0", ""):
        found &= Q(reference=text) | Q(customer__number=text) | Q(customer__name__icontains=text)
    limit = page_limit(limit)
    rows = _rows(found & after(cursor, ("-id",), (int,)), limit=limit)
    return page_of([_row(row, as_of) for row in rows], limit=limit, key=lambda row: (row.id,))


@prepared
def _rows(condition: Q, *, limit: int) -> QuerySet[Any]:
    found = Mandate.objects.filter(condition).annotate(
        used_on=Max("debits__run__collect_on", filter=PRESENTED),
        uses=Count("debits", filter=PRESENTED),
        returns=Count("debits", filter=Q(debits__status=Debit.Status.RETURNED)),
    )
    return found.select_related("customer").order_by("-id")[: limit + 1]


def mandate_counts(company: Company) -> dict[str, int]:
    """Return how many mandates there are of each status."""
    return dict(
        Mandate.objects.filter(company=company)
        .order_by("status")
        .values_list("status")
        .annotate(found=Count("pk"))
    )


def _row(mandate: Mandate, as_of: date) -> MandateRow:
    used_on: date | None = getattr(mandate, "used_on", None)
    signed_on = mandate.signed_on
    return MandateRow(
        id=mandate.pk,
        customer_id=mandate.customer_id,
        customer_number=mandate.customer.number,
        customer_name=mandate.customer.name,
        reference=mandate.reference,
        scheme=mandate.scheme,
        scheme_label=str(Mandate.Scheme(mandate.scheme).label),
        is_recurring=mandate.is_recurring,
        debtor=mandate.debtor,
        account=hidden_account(mandate.iban),
        iban=mandate.iban,
        bic=mandate.bic,
        status=mandate.status,
        status_label=str(Mandate.Status(mandate.status).label),
        signed_on=signed_on,
        ended_on=mandate.ended_on,
        reason=mandate.reason,
        used_on=used_on,
        debits=int(getattr(mandate, "uses", 0)),
        returns=int(getattr(mandate, "returns", 0)),
        is_lapsed=signed_on is not None
        and mandate.status != Mandate.Status.ENDED
        and is_lapsed(signed_on=signed_on, used_on=used_on, on=as_of),
    )
