"""Remittance advices as pages and the API show them, with the payments they may speak of."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet, Sum

from dunwell.models import Company, Remittance, RemittanceLine
from dunwell.queries.bank_statements import FoundRow, found_rows
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of
from dunwell.queries.remittance_links import fits, money_near, open_claims

SCOPES = ("open", "linked", "all")
"""Lists of advices: without a payment, with one, every one."""
MOST_OFFERED = 20
"""So many payments are offered for an advice, the best first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RemittanceRow:
    """One advice; amounts in minor units of `currency`, which is empty where none is told."""

    id: int
    name: str
    part: int
    format: str
    payer: str
    reference: str
    currency: str
    total_minor: int | None
    lines_minor: int | None
    lines: int
    paid_on: date | None
    payment_id: int | None
    payment_number: str
    by: str
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class AdvisedLine:
    """One document of an advice, as the payer tells it."""

    place: int
    item_ref: str
    paid_minor: int | None
    gross_minor: int | None
    discount_minor: int | None
    deduction_minor: int | None
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PaymentOffer:
    """A payment an advice may speak of, and what speaks for it."""

    id: int
    number: str
    payer: str
    currency: str
    amount_minor: int
    value_on: date
    has_reference: bool
    has_payer: bool
    has_total: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class RemittanceCard:
    """An advice with its lines, its findings, and the payments it may speak of."""

    row: RemittanceRow
    lines: tuple[AdvisedLine, ...]
    findings: tuple[FoundRow, ...]
    offers: tuple[PaymentOffer, ...]


def remittance_rows(
    company: Company, *, scope: str = "all", cursor: str = "", limit: int = PAGE_SIZE
) -> Page[RemittanceRow]:
    """Return one page of advices, the newest first.

    Raises ValueError for an unknown scope, CursorError for a cursor of another list.
    """
    if scope not in SCOPES:
        raise ValueError(f"There is no list of {scope} advices; use {', '.join(SCOPES)}.")
    found = _summed(Remittance.objects.filter(company=company))
    if scope != "all":
        found = found.filter(payment__isnull=scope == "open")
    limit = page_limit(limit)
    rows = found.filter(after(cursor, ("-id",), (int,))).order_by("-id")[: limit + 1]
    return page_of([_row(one) for one in rows], limit=limit, key=lambda row: (row.id,))


def remittance_counts(company: Company) -> dict[str, int]:
    """Return how many advices are open, linked, and there at all."""
    told = Remittance.objects.filter(company=company).aggregate(
        open=Count("id", filter=Q(payment=None)), all=Count("id")
    )
    return {"open": told["open"], "linked": told["all"] - told["open"], "all": told["all"]}


def remittance_card(company: Company, remittance_id: int) -> RemittanceCard | None:
    """Return one advice of the company, or None; payments are offered while it has none."""
    found = _summed(Remittance.objects.filter(company=company, pk=remittance_id)).first()
    if found is None:
        return None
    lines = RemittanceLine.objects.filter(remittance=found).order_by("place")
    return RemittanceCard(
        row=_row(found),
        lines=tuple(
            AdvisedLine(
                place=line.place,
                item_ref=line.item_ref,
                paid_minor=line.paid_minor,
                gross_minor=line.gross_minor,
                discount_minor=line.discount_minor,
                deduction_minor=line.deduction_minor,
                text=line.text,
            )
            for line in lines
        ),
        findings=found_rows(found.findings),
        offers=_offers(company, found) if found.payment_id is None else (),
    )


def _offers(company: Company, remittance: Remittance) -> tuple[PaymentOffer, ...]:
    claims = open_claims(company, ids=[remittance.pk])
    found = [fit for claim in claims for fit in fits(claim, money_near(company, claims))]
    return tuple(
        PaymentOffer(
            id=fit.money.id,
            number=fit.money.number,
            payer=fit.money.payer,
            currency=fit.money.currency,
            amount_minor=fit.money.amount_minor,
            value_on=fit.money.value_on,
            has_reference=fit.has_reference,
            has_payer=fit.has_payer,
            has_total=fit.has_total,
        )
        for fit in found[:MOST_OFFERED]
    )


def _summed(found: QuerySet[Remittance]) -> QuerySet[Remittance]:
    return found.select_related("payment", "user").annotate(
        line_count=Count("lines"), lines_minor=Sum("lines__paid_minor")
    )


def _row(one: Remittance) -> RemittanceRow:
    extra = vars(one)
    return RemittanceRow(
        id=one.pk,
        name=one.name,
        part=one.part,
        format=one.format,
        payer=one.payer,
        reference=one.reference,
        currency=one.currency,
        total_minor=one.total_minor,
        lines_minor=extra["lines_minor"],
        lines=extra["line_count"],
        paid_on=one.paid_on,
        payment_id=one.payment_id,
        payment_number=one.payment.number if one.payment else "",
        by=one.user.username if one.user else "",
        recorded_at=one.recorded_at,
    )
