"""My day: what there is to reach, whom to work on first, what waits, and what is done so far."""

from collections.abc import Iterator
from functools import partial

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from dunwell import clock
from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.queries.dispute_cases import my_case_count
from dunwell.queries.inbox import my_new_count
from dunwell.queries.local_times import local_times
from dunwell.queries.my_day import MyDay, last_contacts, my_day
from dunwell.queries.pages import every_row
from dunwell.queries.worklist import WorklistRow, worklist_rows
from dunwell.templatetags.reasons import rank_sentence
from dunwell.web.exports import file_response
from dunwell.web.staff import StaffRequest

FIRST = 15
"""Customers of the ranked list shown; the worklist has the rest."""

COLUMNS = (
    _("Rank"),
    _("Customer number"),
    _("Customer"),
    _("Currency"),
    _("Due"),
    _("Promised"),
    _("Disputed"),
    _("Dunned"),
    _("To collect"),
    _("Expected extra cash"),
    _("Minutes"),
    _("Oldest, days past due"),
    _("Why"),
)


@require_GET
def my_day_show(request: StaffRequest) -> HttpResponse:
    """Show one's own day; htmx asks again for the figures while calls go on."""
    company, as_of = request.actor.company, request.as_of
    context: dict[str, object] = {"day": _day(request)}
    if request.htmx and request.htmx.target == "progress-today":
        return render(request, "web/my_day.html#figures", context)
    show = _show(context["day"])
    page = worklist_rows(
        company, as_of=as_of, user_id=request.actor.user_id, show=show, limit=FIRST
    )
    customers = [row.customer_id for row in page.rows]
    times = local_times(company, customers, at=clock.now())
    last = last_contacts(customers)
    context |= {
        "rows": [(row, times[row.customer_id], last.get(row.customer_id)) for row in page.rows],
        "show": show,
        "more": bool(page.next),
        "my_cases": my_case_count(company, user_id=request.actor.user_id, as_of=request.as_of),
        "my_messages": my_new_count(company, user_id=request.actor.user_id),
    }
    return render(request, "web/my_day.html", context)


@require_GET
def my_day_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return the whole ranked list of the day as a file."""
    read = partial(
        worklist_rows,
        request.actor.company,
        as_of=request.as_of,
        user_id=request.actor.user_id,
        show=_show(_day(request)),
    )
    return file_response(
        kind,
        name=f"my-day-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=_values(every_row(read)),
    )


def _day(request: StaffRequest) -> MyDay:
    actor = request.actor
    return my_day(
        actor.company,
        user_id=actor.user_id,
        person=actor.name,
        roles=actor.roles,
        as_of=request.as_of,
    )


def _show(day: object) -> str:
    """Return the view of the worklist: what fits into the day, or all of mine without a plan."""
    return "plan" if isinstance(day, MyDay) and day.plan.customers else "mine"


def _values(rows: Iterator[WorklistRow]) -> Iterator[tuple[Value, ...]]:
    for row in rows:
        amounts = (
            *(row.due_minor, row.promised_minor, row.disputed_minor, row.dunned_minor),
            *(row.to_collect_minor, row.expected_extra_minor),
        )
        yield (
            row.rank,
            row.customer_number,
            row.customer_name,
            row.currency,
            *(from_minor(amount, row.currency) for amount in amounts),
            row.minutes,
            row.oldest_days,
            rank_sentence(row.reasons, 0, row.oldest_days, row.currency),
        )
