"""The page of levels: what sits on which level now, what comes next and why, as of any day."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from dunwell.engine.dunning import STATES
from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.jobs.day_plans import DayPlan, day_plan, worked_out
from dunwell.models import Customer
from dunwell.queries.levels import (
    NONE,
    LevelFilter,
    LevelRow,
    level_rows,
    level_totals,
    levels_in,
    levels_of,
)
from dunwell.queries.pages import every_row
from dunwell.templatetags.levels import level_key, level_next, level_now, state_label
from dunwell.templatetags.reasons import channel_label
from dunwell.templatetags.strategies import block_label, template_label
from dunwell.web.answers import REFUSED
from dunwell.web.day_plans import made_of, plan_of, plan_waits
from dunwell.web.exports import file_response
from dunwell.web.keys import read_key
from dunwell.web.lists import page_asked
from dunwell.web.staff import StaffRequest

FIRST_DAY = date(1970, 1, 2)
AHEAD = timedelta(days=31)
"""So far ahead the levels of a coming day may be asked for."""

HIGHEST = 1_000
COLUMNS = (
    _("Item"),
    _("Customer number"),
    _("Customer"),
    _("Strategy"),
    _("Due"),
    _("Days past due"),
    _("Currency"),
    _("Open"),
    _("To collect"),
    _("Level"),
    _("Last contact"),
    _("Next level"),
    _("Channel"),
    _("Wording"),
    _("Stands"),
    _("Reasons"),
    _("As of"),
)


@require_GET
def level_list(request: StaffRequest) -> HttpResponse:
    """Show the book by level, and the items under a choice of level, next level and state."""
    as_of, only = _as_of(request), _only(request)
    found = day_plan(request.actor.company, as_of=as_of)
    if (waiting := plan_waits(request, found, heading=gettext("Levels"))) is not None:
        return waiting
    if isinstance(found, DayPlan) and found.error:
        failed = {"heading": gettext("Levels"), "error": found.error}
        return render(request, "web/day_plan.html", failed, status=REFUSED)
    made, plan = made_of(found)
    book = made.once("levels", lambda: levels_in(plan))
    page = page_asked(request, lambda cursor: level_rows(book, only, cursor=cursor))
    customer = None
    if only.customer_id is not None:
        customer = Customer.objects.filter(
            company=request.actor.company, pk=only.customer_id
        ).first()
        if customer is None:
            raise Http404
    context = {
        "levels": made.once("level sums", lambda: levels_of(book)),
        "page": page,
        "total": made.once(("level total", only), lambda: level_totals(book, only)),
        "only": only,
        "has_filter": only != LevelFilter(),
        "now_key": "" if only.level is None else level_key(_shown(only.level)),
        "next_key": "" if only.next_level is None else level_key(_shown(only.next_level)),
        "customer": customer,
        "day_of": as_of,
        "is_past": as_of != request.as_of,
    }
    return render(request, "web/levels.html", context)


@require_GET
def levels_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every item under the page's filter."""
    as_of = _as_of(request)
    book = levels_in(plan_of(worked_out(request.actor.company, as_of=as_of)))
    found = every_row(partial(level_rows, book, _only(request)))
    return file_response(
        kind,
        name=f"levels-{as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_row(row, as_of) for row in found),
    )


def _only(request: StaffRequest) -> LevelFilter:
    """Return the filter of the address; what is wrong falls back to everything."""
    state = request.GET.get("state", "")
    return replace(
        LevelFilter(),
        level=_level(request.GET.get("level", "")),
        next_level=_level(request.GET.get("next", "")),
        state=state if state in STATES else "",
        customer_id=read_key(request.GET.get("customer", "")),
    )


def _level(text: str) -> int | None:
    if text == "none":
        return NONE
    number = read_key(text) if text != "0" else 0
    return number if number is not None and number <= HIGHEST else None


def _shown(level: int) -> int | None:
    return None if level == NONE else level


def _as_of(request: StaffRequest) -> date:
    """Return the day of the address; one that is wrong or far ahead is today."""
    try:
        day = date.fromisoformat(request.GET.get("as_of", ""))
    except ValueError:
        return request.as_of
    return day if FIRST_DAY <= day <= request.as_of + AHEAD else request.as_of


def _row(row: LevelRow, as_of: date) -> tuple[Value, ...]:
    return (
        row.item,
        row.customer_number,
        row.customer_name,
        row.strategy,
        row.due_on,
        row.days_past_due,
        row.currency,
        from_minor(row.owed_minor, row.currency),
        from_minor(row.collect_minor, row.currency),
        level_now(row.level),
        row.told_on,
        level_next(row.next_level),
        channel_label(row.channel) if row.channel else "",
        template_label(row.template),
        state_label(row.state),
        ", ".join(block_label(reason) for reason in row.reasons),
        as_of,
    )
