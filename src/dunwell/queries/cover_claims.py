"""Claims under covers as pages and the API show them."""

from dataclasses import dataclass
from datetime import date

from dunwell.models import Company, CoverClaim
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimItemRow:
    """An item of a claim with what was open on it when the claim was drawn up."""

    item_id: int
    number: str
    open_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CoverClaimRow:
    """One claim under a cover; amounts are minor units of `currency`."""

    id: int
    cover_id: int
    provider: str
    cover_number: str
    customer_id: int
    customer_number: str
    customer_name: str
    status: str
    status_label: str
    currency: str
    items: tuple[ClaimItemRow, ...]
    open_minor: int
    amount_minor: int
    paid_minor: int | None
    reason: str
    reference: str
    pack_sha256: str
    drawn_on: date
    filed_on: date | None
    answered_on: date | None
    paid_on: date | None
    answer: str
    by: str
    filed_by: str


def claim_rows(
    company: Company,
    *,
    status: str = "",
    cover_id: int | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[CoverClaimRow]:
    """Return one page of claims, the newest first; an empty status shows all."""
    found = CoverClaim.objects.filter(company=company)
    if status:
        found = found.filter(status=status)
    if cover_id is not None:
        found = found.filter(cover=cover_id)
    limit = page_limit(limit)
    rows = (
        found.filter(after(cursor, ("-id",), (int,)))
        .select_related("cover__customer")
        .order_by("-id")[: limit + 1]
    )
    return page_of([_claim(row) for row in rows], limit=limit, key=lambda row: (row.id,))


def claim_row(company: Company, claim_id: int) -> CoverClaimRow | None:
    """Return one claim of the company, or None."""
    found = CoverClaim.objects.filter(company=company, pk=claim_id)
    claim = found.select_related("cover__customer").first()
    return None if claim is None else _claim(claim)


def _claim(claim: CoverClaim) -> CoverClaimRow:
    cover = claim.cover
    return CoverClaimRow(
        id=claim.pk,
        cover_id=cover.pk,
        provider=cover.provider,
        cover_number=cover.number,
        customer_id=cover.customer_id,
        customer_number=cover.customer.number,
        customer_name=cover.customer.name,
        status=claim.status,
        status_label=str(CoverClaim.Status(claim.status).label),
        currency=claim.currency,
        items=tuple(
            ClaimItemRow(
                item_id=line["item"], number=line["number"], open_minor=line["open_minor"]
            )
            for line in claim.items
        ),
        open_minor=claim.open_minor,
        amount_minor=claim.amount_minor,
        paid_minor=claim.paid_minor,
        reason=claim.reason,
        reference=claim.reference,
        pack_sha256=claim.pack_sha256,
        drawn_on=claim.drawn_on,
        filed_on=claim.filed_on,
        answered_on=claim.answered_on,
        paid_on=claim.paid_on,
        answer=claim.answer,
        by=claim.by,
        filed_by=claim.filed_by,
    )
