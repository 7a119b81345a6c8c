"""Consents of all customers: what was said yes to, where it can be seen, and when it ended."""

from dataclasses import dataclass
from datetime import date, datetime

from dunwell.models import Company, Consent
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsentProof:
    """One consent with whose it is; `withdrawn_on` is empty while it stands."""

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    contact: str
    channel: str
    purpose: str
    given_on: date
    withdrawn_on: date | None
    source: str
    recorded_by: str
    recorded_at: datetime


def consent_proofs(
    company: Company,
    *,
    channel: str = "",
    only_standing: bool = False,
    customer_id: int | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[ConsentProof]:
    """Return one page of consents, the newest first; one query."""
    found = Consent.objects.filter(company=company)
    if channel:
        found = found.filter(channel=channel)
    if only_standing:
        found = found.filter(withdrawn_on=None)
    if customer_id is not None:
        found = found.filter(customer=customer_id)
    limit = page_limit(limit)
    rows = (
        found.filter(after(cursor, ("-id",), (int,)))
        .select_related("customer", "contact")
        .order_by("-id")[: limit + 1]
    )
    return page_of([_proof(one) for one in rows], limit=limit, key=lambda row: (row.id,))


def _proof(one: Consent) -> ConsentProof:
    return ConsentProof(
        id=one.pk,
        customer_id=one.customer_id,
        customer_number=one.customer.number,
        customer_name=one.customer.name,
        contact=str(one.contact) if one.contact else "",
        channel=one.channel,
        purpose=one.purpose,
        given_on=one.given_on,
        withdrawn_on=one.withdrawn_on,
        source=one.source,
        recorded_by=one.recorded_by,
        recorded_at=one.recorded_at,
    )
