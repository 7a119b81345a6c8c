"""Covenants: where each stands today, where it is heading, and what its tests said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dunwell.engine.covenants import (
    Standing,
    breach_on,
    cover_ppm,
    days_of_tests,
    next_test_on,
    share_ppm,
    standing,
)
from dunwell.engine.money import part
from dunwell.models import CashPeriod, Company, Covenant, CovenantTest, CovenantWaiver, KpiValue
from dunwell.queries.cash_outlook import CashOutlook, cash_outlook
from dunwell.queries.liquidity import Liquidity, liquidity
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

Measure = Covenant.Measure
BUCKETS = {0: "aging_not_due", 30: "aging_1-30", 60: "aging_31-60", 90: "aging_61-90"}
"""Ageing sums the cycle keeps, by the days past due up to which they reach."""
UNITS = {
    Measure.DSO: "days_x100",
    Measure.OVERDUE_SHARE: "ppm",
    Measure.LIQUIDITY: "minor",
    Measure.CONCENTRATION: "ppm",
    Measure.BORROWING_BASE: "ppm",
}
Answer = tuple[int | None, dict[str, int | str]]
"""What a measure comes to, and the inputs that made it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Book:
    """The figures the cycle kept of each currency's book on a day, and the liquidity."""

    as_of: date | None
    figures: Mapping[tuple[str, str], tuple[str, Mapping[str, int]]]
    liquidity: Liquidity
    outlook: CashOutlook | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CovenantRow:
    """A covenant today: `course` is what the forecast makes of it by the end of each week.

    `breach_on` is the first day of that on which it would be broken; `waived_until` the last day
    of a waiver that covers the next test.
    """

    id: int
    name: str
    lender: str
    measure: str
    unit: str
    currency: str
    every_months: int
    first_test_on: date
    next_test_on: date
    now: Standing
    inputs: Mapping[str, int | str]
    course: tuple[tuple[date, int | None], ...]
    expected: Standing
    breach_on: date | None
    waived_until: date | None
    note: str
    ended_on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CovenantTestRow:
    """A frozen test of a covenant."""

    id: int
    covenant_id: int
    name: str
    measure: str
    unit: str
    currency: str
    on: date
    measured: int | None
    threshold: int
    is_met: bool | None
    waived: str
    inputs: Mapping[str, int | str]
    recorded_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CovenantTestDue:
    """A test that the cycle freezes today."""

    covenant_id: int
    on: date
    measured: int | None
    inputs: Mapping[str, int | str]


def read_book(company: Company, *, as_of: date) -> Book:
    """Return what covenants are measured on; a fixed number of queries."""
    kept = KpiValue.objects.filter(company=company, as_of__lte=as_of, kpi="dso")
    day = kept.order_by("-as_of").values_list("as_of", flat=True).first()
    rows = KpiValue.objects.filter(
        company=company,
        as_of=day or as_of,
        kpi__in=("dso", "receivables", "overdue", "concentration", *BUCKETS.values()),
    ).values_list("currency", "kpi", "value", "inputs")
    return Book(
        as_of=day or as_of,
        figures={(code, kpi): (value, inputs) for code, kpi, value, inputs in rows},
        liquidity=liquidity(company, as_of=as_of),
        outlook=cash_outlook(company, as_of=as_of, scope=CashPeriod.Scope.ALL),
    )


def covenant_rows(
    company: Company, *, as_of: date, ids: Sequence[int] = (), book: Book | None = None
) -> tuple[CovenantRow, ...]:
    """Return the covenants with where they stand, those that have ended last."""
    found = Covenant.objects.filter(company=company)
    if ids:
        found = found.filter(pk__in=ids)
    rows = list(found.order_by("ended_on", "lender", "name", "id"))
    if not rows:
        return ()
    known = book or read_book(company, as_of=as_of)
    waivers = CovenantWaiver.objects.filter(covenant__in=rows).order_by("until_on")
    until: dict[int, list[tuple[date, date]]] = {}
    for key, first, last in waivers.values_list("covenant_id", "from_on", "until_on"):
        until.setdefault(key, []).append((first, last))
    return tuple(_row(row, known, until.get(row.pk, []), as_of=as_of) for row in rows)


def covenant_tests_due(company: Company, *, as_of: date) -> tuple[CovenantTestDue, ...]:
    """Return tests of today that are not frozen yet; a day without the cycle is not made up."""
    live = [
        row
        for row in Covenant.objects.filter(
            company=company, ended_on=None, first_test_on__lte=as_of
        ).order_by("id")
        if days_of_tests(
            row.first_test_on, row.every_months, after=as_of - timedelta(days=1), until=as_of
        )
    ]
    done = CovenantTest.objects.filter(covenant__in=live, on=as_of)
    had = set(done.values_list("covenant_id", flat=True))
    due = [row for row in live if row.pk not in had]
    if not due:
        return ()
    book = read_book(company, as_of=as_of)
    found = []
    for row in due:
        measured, inputs = measure(row, book)
        found.append(
            CovenantTestDue(covenant_id=row.pk, on=as_of, measured=measured, inputs=inputs)
        )
    return tuple(found)


def covenant_test_rows(
    company: Company, *, covenant_id: int | None = None, cursor: str = "", limit: int = PAGE_SIZE
) -> Page[CovenantTestRow]:
    """Return one page of frozen tests, the newest first."""
    limit = page_limit(limit)
    found = CovenantTest.objects.filter(
        after(cursor, ("-on", "-id"), (date, int)), company=company
    )
    if covenant_id is not None:
        found = found.filter(covenant=covenant_id)
    rows = list(found.select_related("covenant").order_by("-on", "-id")[: limit + 1])
    waived = list(
        CovenantWaiver.objects.filter(covenant__in=[row.covenant_id for row in rows]).order_by(
            "id"
        )
    )
    return page_of(
        [
            CovenantTestRow(
                id=row.pk,
                covenant_id=row.covenant_id,
                name=row.covenant.name,
                measure=row.covenant.measure,
                unit=UNITS[Measure(row.covenant.measure)],
                currency=row.covenant.currency,
                on=row.on,
                measured=row.measured,
                threshold=row.threshold,
                is_met=row.is_met,
                waived=next(
                    (
                        one.granted_by
                        for one in waived
                        if one.covenant_id == row.covenant_id
                        and one.from_on <= row.on <= one.until_on
                    ),
                    "",
                ),
                inputs=row.inputs,
                recorded_by=row.recorded_by,
            )
            for row in rows
        ],
        limit=limit,
        key=lambda row: (row.on, row.id),
    )


def measure(row: Covenant, book: Book) -> Answer:
    """Return what a covenant's measure comes to on the day of the book, with its inputs."""
    code, at = row.currency, "" if book.as_of is None else book.as_of.isoformat()
    if row.measure == Measure.LIQUIDITY:
        opening = book.liquidity.opening_minor
        return opening, {"cash_minor": opening or 0, "as_of": str(book.liquidity.opening_on or "")}
    if row.measure == Measure.CONCENTRATION:
        told = book.figures.get((code, "concentration"), ("", {}))[1]
        owed = int(told.get("owed_minor") or 0)
        largest = int(told.get("largest_owed_minor") or 0)
        return share_ppm(largest, owed), {
            "largest_minor": largest, "owed_minor": owed, "as_of": at
        }  # fmt: skip
    if row.measure == Measure.BORROWING_BASE:
        eligible, drawn = _eligible(row, book), row.drawn_minor or 0
        cover = cover_ppm(
            eligible_minor=eligible, eligible_ppm=row.eligible_ppm or 0, drawn_minor=drawn
        )
        lent: dict[str, int | str] = {
            "eligible_minor": eligible,
            "drawn_minor": drawn,
            "as_of": at,
        }
        return (cover if book.as_of else None), lent
    owed = _sum(book, code, "receivables")
    if row.measure == Measure.OVERDUE_SHARE:
        late = _sum(book, code, "overdue")
        return share_ppm(late, owed), {"overdue_minor": late, "open_minor": owed, "as_of": at}
    inputs = book.figures.get((code, "dso"), ("", {}))[1]
    owed, sold = int(inputs.get("receivables_minor") or 0), int(inputs.get("sales_minor") or 0)
    days = int(inputs.get("days") or 0)
    value = part(owed * days, 100, sold) if sold > 0 else None
    return value, {"receivables_minor": owed, "sales_minor": sold, "days": days, "as_of": at}


def _row(
    row: Covenant, book: Book, waivers: Sequence[tuple[date, date]], *, as_of: date
) -> CovenantRow:
    measured, inputs = measure(row, book)
    course = _course(row, book, measured)
    following = next_test_on(row.first_test_on, row.every_months, as_of=as_of)
    worst = next((value for on, value in course if on >= following), None)
    return CovenantRow(
        id=row.pk,
        name=row.name,
        lender=row.lender,
        measure=row.measure,
        unit=UNITS[Measure(row.measure)],
        currency=row.currency,
        every_months=row.every_months,
        first_test_on=row.first_test_on,
        next_test_on=following,
        now=standing(row.measure, measured=measured, threshold=row.threshold),
        inputs=inputs,
        course=course,
        expected=standing(row.measure, measured=worst, threshold=row.threshold),
        breach_on=breach_on(row.measure, row.threshold, course),
        waived_until=next((last for first, last in waivers if first <= following <= last), None),
        note=row.note,
        ended_on=row.ended_on,
    )


def _course(
    row: Covenant, book: Book, measured: int | None
) -> tuple[tuple[date, int | None], ...]:
    """Return the measure by week: liquidity at P10, DSO and cover by expected receivables.

    Shares overdue and of the largest customer are not forecast; they have no course.
    """
    if row.measure == Measure.LIQUIDITY:
        return tuple((week.ends_on, week.p10_minor) for week in book.liquidity.rows)
    if row.measure not in {Measure.DSO, Measure.BORROWING_BASE} or book.outlook is None:
        return ()
    sums = dict(book.figures.get((row.currency, "dso"), ("", {}))[1])
    owed, sold = int(sums.get("receivables_minor") or 0), int(sums.get("sales_minor") or 0)
    days = int(sums.get("days") or 0)
    if owed <= 0 or not days or measured is None:
        return ()
    found: list[tuple[date, int | None]] = []
    left = owed
    for week in book.outlook.of(row.currency, "week"):
        span = (week.ends_on - week.starts_on).days + 1
        left += part(sold, span, days) - week.expected_minor
        if row.measure == Measure.DSO:
            found.append((week.ends_on, part(left * days, 100, sold) if sold > 0 else None))
        else:
            found.append((week.ends_on, part(measured, max(0, left), owed)))
    return tuple(found)


def _eligible(row: Covenant, book: Book) -> int:
    most = row.most_overdue_days or 0
    names = [name for days, name in BUCKETS.items() if days <= most]
    return sum(_sum(book, row.currency, name) for name in names)


def _sum(book: Book, code: str, kpi: str) -> int:
    value, _ = book.figures.get((code, kpi), ("", {}))
    return int(value) if value else 0
