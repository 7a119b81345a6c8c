"""Which of the open items a lender counts, and what may be borrowed on them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from dunwell.engine.financing_eligibility import (
    BorrowingBase,
    Judged,
    PoolItem,
    borrowing_base,
    judged,
    read_rules,
)
from dunwell.models import (
    Company,
    Dispute,
    EntryLine,
    FinancingFacility,
    FinancingItem,
    FinancingTerms,
    Item,
    OpenItem,
    Retention,
)
from dunwell.queries.pages import PAGE_SIZE, Page, page_limit, page_of, read_cursor


@dataclass(frozen=True, kw_only=True, slots=True)
class FacilityBase:
    """A facility under the terms of a day: every item as it is judged, and the report."""

    facility: FinancingFacility
    terms: FinancingTerms
    found: tuple[Judged, ...]
    base: BorrowingBase


def terms_on(facility: FinancingFacility, *, as_of: date) -> FinancingTerms | None:
    """Return the terms with the greatest first day not after a day; None before the first."""
    rows = FinancingTerms.objects.filter(facility=facility, valid_from__lte=as_of)
    return rows.order_by("-valid_from").first()


def facility_base(
    company: Company, facility: FinancingFacility, *, as_of: date
) -> FacilityBase | None:
    """Return the borrowing base of a facility today; None without terms. Nine queries."""
    terms = terms_on(facility, as_of=as_of)
    if terms is None:
        return None
    found = judged(
        pool_items(company, facility, as_of=as_of),
        read_rules(terms.rules),
        currency=facility.currency,
        owed_back=_owed_back(company, facility.currency),
        as_of=as_of,
    )
    base = borrowing_base(
        found,
        currency=facility.currency,
        advance_ppm=terms.advance_ppm,
        reserve_ppm=terms.reserve_ppm,
        limit_minor=facility.limit_minor,
        drawn_minor=drawn_minor(facility),
    )
    return FacilityBase(facility=facility, terms=terms, found=tuple(found), base=base)


def pool_items(company: Company, facility: FinancingFacility, *, as_of: date) -> list[PoolItem]:
    """Return every open item above 0 as a lender looks at it; four queries."""
    assigned = dict(
        FinancingItem.objects.filter(
            draw__company=company, status=FinancingItem.Status.ASSIGNED
        ).values_list("item_id", "draw__facility")
    )
    disputed = _sums(
        Dispute.objects.filter(company=company, closed_on=None)
        .order_by("item")
        .values_list("item")
        .annotate(minor=Sum("amount_minor"))
    )
    retained = _sums(
        Retention.objects.filter(company=company, status=Retention.Status.HELD, due_on__gt=as_of)
        .order_by("item")
        .values_list("item")
        .annotate(minor=Sum("amount_minor"))
    )
    rows = OpenItem.objects.filter(company=company, open_minor__gt=0).values_list(
        *("item_id", "customer_id", "currency", "open_minor", "item__issued_on", "due_on"),
        *("customer__country", "customer__segment"),
    )
    return [
        PoolItem(
            item_id=row[0],
            customer_id=row[1],
            currency=row[2],
            open_minor=row[3],
            issued_on=row[4],
            due_on=row[5],
            country=row[6],
            segment=row[7],
            disputed_minor=disputed.get(row[0], 0),
            retained_minor=retained.get(row[0], 0),
            is_assigned=assigned.get(row[0], facility.pk) != facility.pk,
            is_pledged=assigned.get(row[0]) == facility.pk,
        )
        for row in rows.order_by("item_id")
    ]


def drawn_minor(facility: FinancingFacility) -> int:
    """Return what is owed to the lender or promised by it on draws that are live."""
    live = FinancingItem.objects.filter(
        draw__facility=facility, status=FinancingItem.Status.ASSIGNED
    )
    return live.aggregate(minor=Sum("advance_minor"))["minor"] or 0


def _owed_back(company: Company, currency: str) -> dict[int, int]:
    """Return what each customer has in credit notes and unused money in a currency."""
    found: dict[int, int] = defaultdict(int)
    notes = (
        OpenItem.objects.filter(company=company, currency=currency, open_minor__lt=0)
        .order_by("customer")
        .values_list("customer")
        .annotate(minor=Sum("open_minor"))
    )
    for key, minor in notes:
        found[key] -= minor
    unused = (
        EntryLine.objects.filter(
            company=company,
            account=EntryLine.Account.UNAPPLIED,
            currency=currency,
            customer__isnull=False,
        )
        .order_by("customer")
        .values_list("customer")
        .annotate(minor=Sum("amount_minor"))
    )
    for key, minor in unused:
        found[key] += max(-minor, 0)
    return found


def _sums(rows: Iterable[tuple[int, int | None]]) -> dict[int, int]:
    return {key: minor or 0 for key, minor in rows}


@dataclass(frozen=True, kw_only=True, slots=True)
class BorrowingRow:
    """An item of the borrowing base: what counts of it, and by reason what does not."""

    item_id: int
    number: str
    customer_id: int
    customer_name: str
    currency: str
    issued_on: date
    due_on: date
    open_minor: int
    eligible_minor: int
    excluded: tuple[tuple[str, int], ...]
    amount_minor: int


def base_rows(
    found: FacilityBase, *, reason: str = "", cursor: str = "", limit: int | None = PAGE_SIZE
) -> Page[BorrowingRow]:
    """Return one page of the items behind a line of the report, by due day; None: all of them.

    `reason` is one of REASONS, "eligible" or empty for every item; `amount_minor` is what of the
    item stands in that line, so that the rows sum to it.
    """
    chosen = [(one, _amount(one, reason)) for one in found.found]
    chosen = [(one, minor) for one, minor in chosen if minor]
    chosen.sort(key=lambda pair: (pair[0].item.due_on, pair[0].item.item_id))
    if cursor:
        due_on, key = read_cursor(cursor, (date, int))
        chosen = [
            pair for pair in chosen if (pair[0].item.due_on, pair[0].item.item_id) > (due_on, key)
        ]
    if limit is not None:
        limit = page_limit(limit)
        chosen = chosen[: limit + 1]
    names = {
        key: (number, name)
        for key, number, name in Item.objects.filter(
            company=found.facility.company_id,
            **({} if limit is None else {"pk__in": [one.item.item_id for one, _ in chosen]}),
        ).values_list("pk", "number", "customer__name")
    }
    rows = [
        BorrowingRow(
            item_id=one.item.item_id,
            number=names[one.item.item_id][0],
            customer_id=one.item.customer_id,
            customer_name=names[one.item.item_id][1],
            currency=one.item.currency,
            issued_on=one.item.issued_on,
            due_on=one.item.due_on,
            open_minor=one.item.open_minor,
            eligible_minor=one.eligible_minor,
            excluded=tuple(one.excluded.items()),
            amount_minor=minor,
        )
        for one, minor in chosen
    ]
    return page_of(
        rows,
        limit=len(rows) if limit is None else limit,
        key=lambda row: (row.due_on, row.item_id),
    )


def _amount(one: Judged, reason: str) -> int:
    if not reason:
        return one.item.open_minor
    return one.eligible_minor if reason == "eligible" else one.excluded.get(reason, 0)
