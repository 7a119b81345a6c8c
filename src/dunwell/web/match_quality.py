"""How good matching is week by week, how old unapplied cash is, and the queue as a file."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import partial

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.queries.cash_policies import cash_policy_in_force
from dunwell.queries.match_cases import CaseRow, case_rows
from dunwell.queries.match_quality import (
    AGES,
    QualityRow,
    UnappliedRow,
    match_quality,
    unapplied_aging,
)
from dunwell.queries.pages import PAGE_SIZE, Page, every_row, page_of, read_cursor
from dunwell.templatetags.cash import case_reason, tier_words
from dunwell.web.cash import case_filter
from dunwell.web.exports import file_response
from dunwell.web.lists import page_asked
from dunwell.web.staff import StaffRequest

WEEKS = (4, 13, 26, 52)
"""Spans the quality page offers, in weeks."""
QUEUE_COLUMNS = (
    *(_("Payment"), _("Value date"), _("Status"), _("Why"), _("Payer"), _("Payment text")),
    *(_("Customer number"), _("Customer"), _("Currency"), _("Amount"), _("Left")),
)
UNAPPLIED_COLUMNS = (
    *(_("Payment"), _("Value date"), _("Days"), _("Age"), _("Customer number"), _("Customer")),
    *(_("Currency"), _("Amount"), _("Unapplied")),
)
QUALITY_COLUMNS = (
    *(_("Week"), _("Tier"), _("Payments"), _("Posted by itself"), _("Decided"), _("Waiting")),
    *(_("Judged"), _("Right"), _("Seconds of people")),
)


@require_GET
def quality(request: StaffRequest) -> HttpResponse:
    """Show the straight-through rate, precision and minutes per exception, by week and tier."""
    weeks = _weeks(request)
    from_on = _first_day(request.as_of, weeks)
    company = request.actor.company
    found = match_quality(company, from_on=from_on, to_on=request.as_of)
    policy = cash_policy_in_force(company, as_of=request.as_of)
    return render(
        request,
        "web/match_quality.html",
        {
            "found": found,
            "weeks": weeks,
            "spans": WEEKS,
            "from_on": from_on,
            "wanted_ppm": policy.matching.min_precision_ppm,
        },
    )


@require_GET
def quality_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return the rows of the quality page, one per week and tier."""
    from_on = _first_day(request.as_of, _weeks(request))
    found = match_quality(request.actor.company, from_on=from_on, to_on=request.as_of)
    columns = [str(one) for one in QUALITY_COLUMNS]
    return file_response(
        kind, name="match-quality", columns=columns, rows=map(_quality, found.rows)
    )


@require_GET
def unapplied(request: StaffRequest) -> HttpResponse:
    """Show unapplied cash by age; a customer, currency or age opens the payments behind it."""
    rows = unapplied_aging(request.actor.company, as_of=request.as_of)
    currency, age = request.GET.get("currency", ""), request.GET.get("age", "")
    sums: dict[str, list[int]] = {}
    for row in rows:
        total = sums.setdefault(row.currency, [0] * (len(AGES) + 1))
        for place, amount in enumerate((*row.buckets, row.unapplied_minor)):
            total[place] += amount
    names = [name for name, _, _ in AGES]
    shown = [row for row in rows if currency in {"", row.currency}]
    payments = [
        (row, one)
        for row in shown
        for one in row.payments
        if age in {"", one.bucket} and request.GET.get("customer", "") in {"", _who(row)}
    ]
    is_open = bool(currency or age or request.GET.get("customer", ""))
    page = page_asked(request, lambda cursor: _listed(shown, cursor))
    return render(
        request,
        "web/unapplied.html",
        {
            "rows": [
                (row, _who(row), list(zip(names, row.buckets, strict=True)))
                for _, row in page.rows
            ],
            "page": page,
            "sums": [
                (code, zip(names, total[:-1], strict=True), total[-1])
                for code, total in sums.items()
            ],
            "names": names,
            "payments": payments if is_open else [],
            "payments_minor": sum(one.unapplied_minor for _, one in payments),
            "currency": currency,
            "age": age,
        },
    )


def _listed(rows: Sequence[UnappliedRow], cursor: str) -> Page[tuple[int, UnappliedRow]]:
    """Return one page of the customers in their order, each with its place."""
    (last,) = read_cursor(cursor, (int,)) if cursor else (-1,)
    beyond = [(place, row) for place, row in enumerate(rows) if place > int(str(last))]
    return page_of(beyond, limit=PAGE_SIZE, key=lambda one: (one[0],))


@require_GET
def unapplied_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every payment with unapplied cash."""
    rows = unapplied_aging(request.actor.company, as_of=request.as_of)
    columns = [str(one) for one in UNAPPLIED_COLUMNS]
    return file_response(kind, name="unapplied-cash", columns=columns, rows=_unapplied(rows))


@require_GET
def cash_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every case under the queue's filter."""
    return file_response(
        kind,
        name="cash-application",
        columns=[str(one) for one in QUEUE_COLUMNS],
        rows=map(_case, _all_cases(request)),
    )


def _weeks(request: StaffRequest) -> int:
    told = request.GET.get("weeks", "")
    return int(told) if told in map(str, WEEKS) else WEEKS[1]


def _first_day(as_of: date, weeks: int) -> date:
    """Return the Monday that begins the span of so many weeks up to the day's own."""
    return as_of - timedelta(days=as_of.weekday() + 7 * (weeks - 1))


def _who(row: UnappliedRow) -> str:
    return str(row.customer_id) if row.customer_id else "none"


def _all_cases(request: StaffRequest) -> Iterator[CaseRow]:
    return every_row(partial(case_rows, request.actor.company, **case_filter(request)))


def _case(row: CaseRow) -> Sequence[Value]:
    return (
        row.payment,
        row.value_on,
        gettext(row.status_label),
        case_reason(row.reason) if row.reason else tier_words(row.tier),
        row.payer,
        row.reference,
        row.customer_number,
        row.customer_name,
        row.currency,
        from_minor(row.amount_minor, row.currency),
        from_minor(row.left_minor, row.currency),
    )


def _unapplied(rows: Iterable[UnappliedRow]) -> Iterator[Sequence[Value]]:
    for row in rows:
        for one in row.payments:
            yield (
                one.number,
                one.value_on,
                one.age_days,
                one.bucket,
                row.customer_number,
                row.customer_name,
                row.currency,
                from_minor(one.amount_minor, row.currency),
                from_minor(one.unapplied_minor, row.currency),
            )


def _quality(row: QualityRow) -> Sequence[Value]:
    return (
        row.week_on,
        tier_words(row.tier),
        row.payments,
        row.posted,
        row.decided,
        row.waiting,
        row.posting.judged,
        row.posting.right,
        row.seconds,
    )
