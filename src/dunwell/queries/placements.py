"""Placements as pages, partners and the API show them: the list, the board, one of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from dunwell.engine.placement_scores import cohort_days, cohort_of
from dunwell.models import AgencyReport, Company, Event, Placement
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

Status = Placement.Status
BOARD = (
    Status.PROPOSED,
    Status.APPROVED,
    Status.TRANSMITTED,
    Status.ACCEPTED,
    Status.LEGAL,
)
"""Columns of the board; what has ended and waits for money is one more column."""
ENDED = (Status.REFUSED, Status.PAID, Status.SETTLED, Status.RETURNED, Status.RECALLED)
"""Statuses of placements that have ended and are not closed yet."""
ON_BOARD = 12
"""Placements shown in one column of the board; the rest is in the list."""
MOST_EVENTS = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacementRow:
    """One placement; amounts in minor units of `currency`, collected = net + commission."""

    id: int
    number: str
    status: str
    status_label: str
    ended_as: str
    customer_id: int
    customer_number: str
    customer_name: str
    agency_id: int
    agency_name: str
    currency: str
    placed_minor: int
    collected_minor: int
    commission_minor: int
    commission_ppm: int
    age_days: int
    cohort: str
    items: int
    reference: str
    proposed_by: str
    proposed_on: date
    transmitted_on: date | None
    ended_on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacementFilter:
    """Which placements are shown; empty means all of them.

    `state` is a status, "ended" (and not closed), or "handed" over and not refused.
    """

    state: str = ""
    agency_id: int | None = None
    customer_id: int | None = None
    cohort: str = ""
    currency: str = ""
    ended_as: str = ""

    def rows(self, company: Company) -> QuerySet[Placement]:
        """Return the placements of a company under the filter."""
        found = Placement.objects.filter(company=company)
        if self.state == "ended":
            found = found.filter(status__in=ENDED)
        elif self.state == "handed":
            found = found.exclude(transmitted_on=None).exclude(ended_as=Status.REFUSED)
        elif self.state:
            found = found.filter(status=self.state)
        if self.agency_id is not None:
            found = found.filter(agency=self.agency_id)
        if self.customer_id is not None:
            found = found.filter(customer=self.customer_id)
        if self.currency:
            found = found.filter(currency=self.currency)
        if self.ended_as:
            found = found.filter(ended_as=self.ended_as)
        if (days := cohort_days(self.cohort)) is not None:
            found = found.filter(age_days__gte=days[0])
            if days[1] is not None:
                found = found.filter(age_days__lte=days[1])
        return found


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacementTotal:
    """What the placements under a filter come to in one currency."""

    currency: str
    placements: int
    placed_minor: int
    collected_minor: int
    commission_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacementLine:
    """An item of a placement: placed, and open now."""

    item_id: int
    number: str
    due_on: date
    amount_minor: int
    open_now_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportRow:
    """Money of a placement: gross = net + commission; `payment_number` once it is reconciled."""

    id: int
    kind: str
    kind_label: str
    reference: str
    gross_minor: int
    commission_minor: int
    net_minor: int
    reported_on: date
    payment_id: int | None
    payment_number: str
    by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacementMoment:
    """Something that happened to a placement; `text` is a reason, reference or note."""

    at: datetime
    verb: str
    by: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacementDetail:
    """One placement with its checks, items, money and history."""

    row: PlacementRow
    reason: str
    ending: str
    approved_by: str
    approved_on: date | None
    accepted_on: date | None
    transport: str
    batch_id: int | None
    batch_number: str
    batch_status: str
    pack_sha256: str
    checks: tuple[Mapping[str, Any], ...]
    lines: tuple[PlacementLine, ...]
    reports: tuple[ReportRow, ...]
    moments: tuple[PlacementMoment, ...]

    @property
    def net_minor(self) -> int:
        """Return what is left of what was collected."""
        return self.row.collected_minor - self.row.commission_minor

    @property
    def open_now_minor(self) -> int:
        """Return what is open on its items now."""
        return sum(line.open_now_minor for line in self.lines)


@dataclass(frozen=True, kw_only=True, slots=True)
class BoardColumn:
    """One column of the board: its first placements, and how many there are in all."""

    state: str
    label: str
    count: int
    rows: tuple[PlacementRow, ...]


def placement_rows(
    company: Company,
    only: PlacementFilter,
    *,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[PlacementRow]:
    """Return one page of placements, the newest first."""
    return placements_page(only.rows(company), cursor=cursor, limit=limit)


def placements_page(found: QuerySet[Placement], *, cursor: str, limit: int) -> Page[PlacementRow]:
    """Return one page of some placements, the newest first."""
    limit = page_limit(limit)
    rows = _counted(found.filter(after(cursor, ("-id",), (int,)))).order_by("-id")[: limit + 1]
    return page_of([_row(one) for one in rows], limit=limit, key=lambda row: (row.id,))


def placement_totals(company: Company, only: PlacementFilter) -> tuple[PlacementTotal, ...]:
    """Return what the placements under the filter come to, per currency; two queries."""
    found = only.rows(company)
    placed = (
        found.order_by("currency")
        .values("currency")
        .annotate(n=Count("id"), placed=Sum("placed_minor"))
    )
    money = {
        row["placement__currency"]: (row["gross"], row["commission"])
        for row in AgencyReport.objects.filter(placement__in=found.values("pk"))
        .order_by("placement__currency")
        .values("placement__currency")
        .annotate(gross=Sum("gross_minor"), commission=Sum("commission_minor"))
    }
    return tuple(
        PlacementTotal(
            currency=row["currency"],
            placements=row["n"],
            placed_minor=row["placed"],
            collected_minor=money.get(row["currency"], (0, 0))[0],
            commission_minor=money.get(row["currency"], (0, 0))[1],
        )
        for row in placed
    )


def placement_board(company: Company, *, agency_id: int | None = None) -> tuple[BoardColumn, ...]:
    """Return the board: a column per state with its newest placements."""
    only = PlacementFilter(agency_id=agency_id)
    counts = dict(
        only.rows(company).order_by("status").values_list("status").annotate(n=Count("id"))
    )
    columns = []
    for state, label in (*((one.value, str(one.label)) for one in BOARD), ("ended", "Ended")):
        statuses = ENDED if state == "ended" else (state,)
        number = sum(counts.get(status, 0) for status in statuses)
        rows: Sequence[PlacementRow] = ()
        if number:
            shown = PlacementFilter(agency_id=agency_id, state=state)
            rows = placement_rows(company, shown, limit=ON_BOARD).rows
        columns.append(BoardColumn(state=state, label=label, count=number, rows=tuple(rows)))
    return tuple(columns)


def placement_detail(company: Company, placement_id: int) -> PlacementDetail | None:
    """Return one placement of the company with everything about it, or None; four queries."""
    found = (
        _counted(Placement.objects.filter(company=company, pk=placement_id))
        .select_related("batch")
        .first()
    )
    if found is None:
        return None
    lines = found.lines.select_related("item__open_now").order_by("item__due_on", "item")
    reports = found.reports.select_related("payment").order_by("reported_on", "pk")
    return PlacementDetail(
        row=_row(found),
        reason=found.reason,
        ending=found.ending,
        approved_by=found.approved_by,
        approved_on=found.approved_on,
        accepted_on=found.accepted_on,
        transport=found.agency.transport,
        batch_id=found.batch_id,
        batch_number=found.batch.number if found.batch else "",
        batch_status=found.batch.status if found.batch else "",
        pack_sha256=found.pack_sha256,
        checks=tuple(found.checks),
        lines=tuple(
            PlacementLine(
                item_id=line.item_id,
                number=line.item.number,
                due_on=line.item.due_on,
                amount_minor=line.amount_minor,
                open_now_minor=(
                    line.item.open_now.open_minor if hasattr(line.item, "open_now") else 0
                ),
            )
            for line in lines
        ),
        reports=tuple(_report(report) for report in reports),
        moments=_moments(found),
    )


def _counted(found: QuerySet[Placement]) -> QuerySet[Any]:
    """Return placements with their agency, customer, number of items and money."""
    return found.select_related("customer", "agency").annotate(
        n_items=Count("lines"),
        gross=_sum_of("gross_minor"),
        commission_sum=_sum_of("commission_minor"),
    )


def _sum_of(column: str) -> Coalesce:
    """Return the sum of a column over a placement's reports as a query of its own."""
    reports = AgencyReport.objects.filter(placement=OuterRef("pk")).order_by().values("placement")
    return Coalesce(Subquery(reports.annotate(s=Sum(column)).values("s")), 0)


def _report(report: AgencyReport) -> ReportRow:
    return ReportRow(
        id=report.pk,
        kind=report.kind,
        kind_label=str(AgencyReport.Kind(report.kind).label),
        reference=report.reference,
        gross_minor=report.gross_minor,
        commission_minor=report.commission_minor,
        net_minor=report.net_minor,
        reported_on=report.reported_on,
        payment_id=report.payment_id,
        payment_number=report.payment.number if report.payment else "",
        by=report.by,
    )


def _moments(placement: Placement) -> tuple[PlacementMoment, ...]:
    """Return what happened to a placement, the newest first; of a long story the newest part."""
    events = Event.objects.filter(
        company=placement.company_id,
        customer_id=placement.customer_id,
        subject="placement",
        subject_id=placement.pk,
    ).order_by("-seq")[:MOST_EVENTS]
    return tuple(
        PlacementMoment(
            at=event.at,
            verb=event.verb.partition(".")[2],
            by=event.actor,
            text=str(
                event.data.get("reason")
                or event.data.get("text")
                or event.data.get("reference")
                or event.data.get("batch")
                or ""
            ),
        )
        for event in events
    )


def _row(one: Any) -> PlacementRow:
    return PlacementRow(
        id=one.pk,
        number=one.number,
        status=one.status,
        status_label=str(Status(one.status).label),
        ended_as=one.ended_as,
        customer_id=one.customer_id,
        customer_number=one.customer.number,
        customer_name=one.customer.name,
        agency_id=one.agency_id,
        agency_name=one.agency.name,
        currency=one.currency,
        placed_minor=one.placed_minor,
        collected_minor=one.gross,
        commission_minor=one.commission_sum,
        commission_ppm=one.commission_ppm,
        age_days=one.age_days,
        cohort=cohort_of(one.age_days),
        items=one.n_items,
        reference=one.reference,
        proposed_by=one.proposed_by,
        proposed_on=one.proposed_on,
        transmitted_on=one.transmitted_on,
        ended_on=one.ended_on,
    )
