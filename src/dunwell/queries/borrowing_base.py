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
    OpenItem,
    Retention,
)


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
        pool_items(company, as_of=as_of),
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


def pool_items(company: Company, *, as_of: date) -> list[PoolItem]:
    """Return every open item above 0 as a lender looks at it; four queries."""
    assigned = set(
        FinancingItem.objects.filter(
            draw__company=company, status=FinancingItem.Status.ASSIGNED
        ).values_list("item_id", flat=True)
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
            is_assigned=row[0] in assigned,
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
