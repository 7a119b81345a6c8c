"""Legal matters as pages and the API show them: the board, the list, one matter."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Sum

from dunwell.models import Company, LegalEntry, LegalMatter, LegalMatterItem, OpenItem
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

Status = LegalMatter.Status
SOON_DAYS = 14
PPM = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class LegalRow:
    """One matter; amounts in minor units. `days_left` counts to the deadline while it runs."""

    id: int
    number: str
    customer_id: int
    customer_name: str
    kind: str
    kind_label: str
    status: str
    status_label: str
    currency: str
    items: int
    claim_minor: int
    interest_minor: int
    quota_ppm: int | None
    cost_minor: int
    dividend_minor: int
    opened_on: date
    file_by_on: date | None
    filed_on: date | None
    closed_on: date | None
    days_left: int | None
    lawyer: str

    @property
    def expected_minor(self) -> int | None:
        """Return what the quota promises of the claim with its interest, None without one."""
        if self.quota_ppm is None:
            return None
        return (self.claim_minor + self.interest_minor) * self.quota_ppm // PPM

    @property
    def is_late(self) -> bool:
        """Return whether the deadline has passed and nothing was filed."""
        return self.days_left is not None and self.days_left < 0


@dataclass(frozen=True, kw_only=True, slots=True)
class LegalLineRow:
    """An item claimed, with the interest on it and what is open on it now."""

    item_id: int
    number: str
    issued_on: date
    due_on: date
    amount_minor: int
    interest_minor: int
    open_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class LegalEntryRow:
    """A cost or a dividend."""

    id: int
    kind: str
    kind_label: str
    amount_minor: int
    on: date
    payment_id: int | None
    payment: str
    note: str
    by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LegalDetail:
    """One matter with its items, costs and dividends; `moves` are the statuses it may take."""

    row: LegalRow
    court: str
    reference: str
    lawyer_id: int | None
    result: str
    by: str
    version: int
    moves: tuple[str, ...]
    lines: tuple[LegalLineRow, ...]
    entries: tuple[LegalEntryRow, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class LegalTotal:
    """Matters of a status and currency, in minor units."""

    status: str
    currency: str
    matters: int
    claim_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class LegalColumn:
    """A column of the board: a status, its sums, and its matters with the nearest deadline."""

    status: str
    label: str
    totals: tuple[LegalTotal, ...]
    rows: tuple[LegalRow, ...]

    @property
    def matters(self) -> int:
        """Return how many matters the status has."""
        return sum(total.matters for total in self.totals)


def legal_rows(
    company: Company,
    *,
    as_of: date,
    status: str = "",
    kind: str = "",
    customer_id: int | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[LegalRow]:
    """Return one page of matters, the newest first; `open` shows all that run."""
    limit = page_limit(limit)
    found = (
        _found(company, status, kind, customer_id)
        .filter(after(cursor, ("-id",), (int,)))
        .order_by("-id")[: limit + 1]
    )
    rows = [_row(matter, as_of=as_of) for matter in found]
    return page_of(rows, limit=limit, key=lambda row: (row.id,))


def legal_totals(company: Company) -> tuple[LegalTotal, ...]:
    """Return the sums of all matters by status and currency."""
    sums = (
        LegalMatter.objects.filter(company=company)
        .order_by("status", "currency")
        .values_list("status", "currency")
        .annotate(matters=Count("id"), claim=Sum("claim_minor"))
    )
    return tuple(
        LegalTotal(status=status, currency=code, matters=matters, claim_minor=int(claim))
        for status, code, matters, claim in sums
    )


def legal_board(company: Company, *, as_of: date, most: int = 50) -> tuple[LegalColumn, ...]:
    """Return the statuses that run, each with its matters by deadline; two queries."""
    totals = legal_totals(company)
    found = _found(company, "running", "", None).order_by(
        F("file_by_on").asc(nulls_last=True), "pk"
    )
    rows = [_row(matter, as_of=as_of) for matter in found[: most * 4]]
    return tuple(
        LegalColumn(
            status=status.value,
            label=str(status.label),
            totals=tuple(one for one in totals if one.status == status),
            rows=tuple(row for row in rows if row.status == status)[:most],
        )
        for status in Status
        if status != Status.CLOSED
    )


def legal_detail(company: Company, matter_id: int, *, as_of: date) -> LegalDetail | None:
    """Return one matter of the company, or None."""
    matter = _found(company, "", "", None).filter(pk=matter_id).first()
    if matter is None:
        return None
    lines = (
        LegalMatterItem.objects.filter(matter=matter)
        .select_related("item")
        .order_by("item__due_on", "item")
    )
    opened = dict(
        OpenItem.objects.filter(item__legal_lines__matter=matter).values_list("item", "open_minor")
    )
    entries = matter.entries.select_related("payment").order_by("on", "pk")
    return LegalDetail(
        row=_row(matter, as_of=as_of),
        court=matter.court,
        reference=matter.reference,
        lawyer_id=matter.lawyer_id,
        result=matter.result,
        by=matter.by,
        version=matter.version,
        moves=tuple(s.value for s in Status if s in LegalMatter.MOVES[Status(matter.status)]),
        lines=tuple(
            LegalLineRow(
                item_id=line.item_id,
                number=line.item.number,
                issued_on=line.item.issued_on,
                due_on=line.item.due_on,
                amount_minor=line.amount_minor,
                interest_minor=line.interest_minor,
                open_minor=opened.get(line.item_id, 0),
            )
            for line in lines
        ),
        entries=tuple(
            LegalEntryRow(
                id=entry.pk,
                kind=entry.kind,
                kind_label=str(LegalEntry.Kind(entry.kind).label),
                amount_minor=entry.amount_minor,
                on=entry.on,
                payment_id=entry.payment_id,
                payment=entry.payment.number if entry.payment else "",
                note=entry.note,
                by=entry.by,
            )
            for entry in entries
        ),
    )


def _found(
    company: Company, status: str, kind: str, customer_id: int | None
) -> QuerySet[LegalMatter]:
    found = LegalMatter.objects.filter(company=company).select_related("customer", "lawyer")
    if status == "running":
        found = found.exclude(status=Status.CLOSED)
    elif status:
        found = found.filter(status=status)
    if kind:
        found = found.filter(kind=kind)
    if customer_id is not None:
        found = found.filter(customer=customer_id)
    return found.annotate(
        items=Count("lines", distinct=True),
        cost=_sum(LegalEntry.Kind.COST),
        dividend=_sum(LegalEntry.Kind.DIVIDEND),
    )


def _sum(kind: LegalEntry.Kind) -> Any:
    """Return the sum of a matter's entries of a kind, apart from its lines."""
    sums = (
        LegalEntry.objects.filter(matter=OuterRef("pk"), kind=kind)
        .order_by()
        .values("matter")
        .annotate(minor=Sum("amount_minor"))
    )
    return Subquery(sums.values("minor"))


def _row(matter: Any, *, as_of: date) -> LegalRow:
    """Return a matter with its sums (annotations of `_found`) as a row."""
    is_due = matter.status == Status.OPEN and matter.file_by_on is not None
    return LegalRow(
        id=matter.pk,
        number=matter.number,
        customer_id=matter.customer_id,
        customer_name=matter.customer.name,
        kind=matter.kind,
        kind_label=str(LegalMatter.Kind(matter.kind).label),
        status=matter.status,
        status_label=str(Status(matter.status).label),
        currency=matter.currency,
        items=matter.items,
        claim_minor=matter.claim_minor,
        interest_minor=matter.interest_minor,
        quota_ppm=matter.quota_ppm,
        cost_minor=int(matter.cost or 0),
        dividend_minor=int(matter.dividend or 0),
        opened_on=matter.opened_on,
        file_by_on=matter.file_by_on,
        filed_on=matter.filed_on,
        closed_on=matter.closed_on,
        days_left=(matter.file_by_on - as_of).days if is_due else None,
        lawyer=matter.lawyer.name if matter.lawyer else "",
    )
