"""Covers and their deadlines as pages and the API show them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Min, Q, QuerySet

from dunwell.models import Company, Cover, CoverNotice
from dunwell.queries.customers import customers_searched
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

Status = Cover.Status
Notice = CoverNotice.Status
EXPIRING_DAYS = 60
"""What ends within so many days is expiring, in lists."""

SCOPES = ("standing", "expiring", "requested", "over", "all")
"""Granted and not over; of these ending soon; asked for; over, refused or ended; every one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CoverRow:
    """One cover. Amounts are minor units of `currency`, `share_ppm` of them counts.

    `days_left` until its last day (negative: over; None: no last day); `open_notices` deadlines
    to meet, the next by `next_due_on`, and `missed`.
    """

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    kind: str
    kind_label: str
    effect: str
    effect_label: str
    status: str
    status_label: str
    provider: str
    number: str
    currency: str
    asked_minor: int
    amount_minor: int
    share_ppm: int
    conditions: Mapping[str, int]
    requested_on: date
    granted_on: date | None
    from_on: date | None
    until_on: date | None
    days_left: int | None
    ended_on: date | None
    end_reason: str
    note: str
    by: str
    approved_by: str
    open_notices: int
    missed: int
    next_due_on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeRow:
    """One deadline of a cover; `days_left` until its day, negative when it has passed.

    `amount_minor` is in `currency`, the item's or the cover's.
    """

    id: int
    cover_id: int
    provider: str
    cover_number: str
    customer_id: int
    customer_number: str
    customer_name: str
    item_id: int | None
    item_number: str
    kind: str
    kind_label: str
    status: str
    status_label: str
    due_on: date
    days_left: int
    currency: str
    amount_minor: int
    found_on: date
    done_on: date | None
    is_late: bool
    by: str
    note: str


def cover_rows(
    company: Company,
    *,
    as_of: date,
    scope: str = "standing",
    kind: str = "",
    search: str = "",
    customer_id: int | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[CoverRow]:
    """Return one page of covers, the latest entered first; one query."""
    found = _scope(Cover.objects.filter(company=company), scope, as_of=as_of)
    if kind:
        found = found.filter(kind=kind)
    if customer_id is not None:
        found = found.filter(customer=customer_id)
    if search:
        text = search.replace("\0", "")
        found = found.filter(
            customers_searched(company, text, path="customer__")
            | Q(provider__icontains=text)
            | Q(number__istartswith=text)
        )
    limit = page_limit(limit)
    rows = _counted(found).filter(after(cursor, ("-id",), (int,))).order_by("-id")[: limit + 1]
    return page_of(
        [_row(cover, as_of=as_of) for cover in rows], limit=limit, key=lambda row: (row.id,)
    )


def cover_counts(company: Company, *, as_of: date) -> dict[str, int]:
    """Return how many covers each scope has; one query."""
    standing = _standing(as_of)
    return Cover.objects.filter(company=company).aggregate(
        standing=Count("id", filter=standing),
        expiring=Count("id", filter=standing & _expiring(as_of)),
        requested=Count("id", filter=Q(status=Status.REQUESTED)),
        over=Count("id", filter=_over(as_of)),
        all=Count("id"),
    )


def cover_row(company: Company, cover_id: int, *, as_of: date) -> CoverRow | None:
    """Return one cover of the company, or None."""
    found = _counted(Cover.objects.filter(company=company, pk=cover_id)).first()
    return None if found is None else _row(found, as_of=as_of)


def notice_rows(
    company: Company,
    *,
    as_of: date,
    status: str = Notice.OPEN,
    kind: str = "",
    cover_id: int | None = None,
    customer_id: int | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[NoticeRow]:
    """Return one page of told deadlines, the soonest first; an empty status shows all."""
    found = CoverNotice.objects.filter(company=company)
    for name, value in (("status", status), ("kind", kind)):
        if value:
            found = found.filter(**{name: value})
    if cover_id is not None:
        found = found.filter(cover=cover_id)
    if customer_id is not None:
        found = found.filter(cover__customer=customer_id)
    limit = page_limit(limit)
    rows = (
        found.filter(after(cursor, ("due_on", "id"), (date, int)))
        .select_related("cover__customer", "item")
        .order_by("due_on", "id")[: limit + 1]
    )
    return page_of(
        [_notice(row, as_of=as_of) for row in rows],
        limit=limit,
        key=lambda row: (row.due_on, row.id),
    )


def notice_counts(company: Company) -> dict[str, int]:
    """Return how many told deadlines there are of each status; one query."""
    return dict(
        CoverNotice.objects.filter(company=company)
        .order_by("status")
        .values_list("status")
        .annotate(n=Count("id"))
    )


def _standing(as_of: date) -> Q:
    return Q(status=Status.GRANTED) & (Q(until_on=None) | Q(until_on__gte=as_of))


def _expiring(as_of: date) -> Q:
    return Q(until_on__lte=as_of + timedelta(days=EXPIRING_DAYS))


def _over(as_of: date) -> Q:
    return Q(status__in=(Status.REFUSED, Status.ENDED)) | Q(
        status=Status.GRANTED, until_on__lt=as_of
    )


def _scope(found: QuerySet[Cover], scope: str, *, as_of: date) -> QuerySet[Cover]:
    if scope == "requested":
        return found.filter(status=Status.REQUESTED)
    if scope == "expiring":
        return found.filter(_standing(as_of) & _expiring(as_of))
    if scope == "over":
        return found.filter(_over(as_of))
    return found if scope == "all" else found.filter(_standing(as_of))


def _counted(found: QuerySet[Cover]) -> QuerySet[Cover]:
    still = Q(notices__status=Notice.OPEN)
    return found.select_related("customer").annotate(
        n_open=Count("notices", filter=still),
        n_missed=Count("notices", filter=Q(notices__status=Notice.MISSED)),
        next_due=Min("notices__due_on", filter=still),
    )


def _row(cover: Cover, *, as_of: date) -> CoverRow:
    n_open: int = getattr(cover, "n_open", 0)
    n_missed: int = getattr(cover, "n_missed", 0)
    next_due: date | None = getattr(cover, "next_due", None)
    return CoverRow(
        id=cover.pk,
        customer_id=cover.customer_id,
        customer_number=cover.customer.number,
        customer_name=cover.customer.name,
        kind=cover.kind,
        kind_label=str(Cover.Kind(cover.kind).label),
        effect=cover.effect,
        effect_label=str(Cover.Effect(cover.effect).label),
        status=cover.status,
        status_label=str(Status(cover.status).label),
        provider=cover.provider,
        number=cover.number,
        currency=cover.currency,
        asked_minor=cover.asked_minor,
        amount_minor=cover.amount_minor,
        share_ppm=cover.share_ppm,
        conditions=cover.conditions,
        requested_on=cover.requested_on,
        granted_on=cover.granted_on,
        from_on=cover.from_on,
        until_on=cover.until_on,
        days_left=(cover.until_on - as_of).days if cover.until_on else None,
        ended_on=cover.ended_on,
        end_reason=cover.end_reason,
        note=cover.note,
        by=cover.by,
        approved_by=cover.approved_by,
        open_notices=n_open,
        missed=n_missed,
        next_due_on=next_due,
    )


def _notice(row: CoverNotice, *, as_of: date) -> NoticeRow:
    cover = row.cover
    return NoticeRow(
        id=row.pk,
        cover_id=cover.pk,
        provider=cover.provider,
        cover_number=cover.number,
        customer_id=cover.customer_id,
        customer_number=cover.customer.number,
        customer_name=cover.customer.name,
        item_id=row.item_id,
        item_number=row.item.number if row.item else "",
        kind=row.kind,
        kind_label=str(CoverNotice.Kind(row.kind).label),
        status=row.status,
        status_label=str(Notice(row.status).label),
        due_on=row.due_on,
        days_left=(row.due_on - as_of).days,
        currency=row.item.currency if row.item else cover.currency,
        amount_minor=row.amount_minor,
        found_on=row.found_on,
        done_on=row.done_on,
        is_late=row.is_late,
        by=row.by,
        note=row.note,
    )
