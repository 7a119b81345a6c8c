"""Pages of analyses of the book: course, DSO bridge, causes; ordered for any day."""

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from dunwell import clock
from dunwell.actions.analyses import order_analysis
from dunwell.actions.gate import Refused
from dunwell.engine.book_slices import ALL, SLICED
from dunwell.engine.dso_bridge import PARTS
from dunwell.jobs.analyses import start_analysis
from dunwell.models import Analysis
from dunwell.queries.analyses import kept_analyses
from dunwell.queries.cause_trees import cause_items, cause_tree_rows
from dunwell.queries.dso_bridge import UNITS, bridge_customers, bridge_rows
from dunwell.queries.figure_courses import course_kpis, figure_course
from dunwell.web.analysis_choices import analysis_choice, days_context
from dunwell.web.answers import done, refused
from dunwell.web.keys import read_day
from dunwell.web.staff import StaffRequest

Kind = Analysis.Kind
MODES = {"overdue": _("Overdue now"), "change": _("Change of overdue")}
PAGES = {
    Kind.BOOK: "analysis-rolls",
    Kind.BRIDGE: "analysis-bridge",
    Kind.CAUSES: "analysis-causes",
}


@require_GET
def analysis_home(request: StaffRequest) -> HttpResponse:
    """Show what the latest analyses say in a few words, and lead to each."""
    company = request.actor.company
    book = analysis_choice(request, Kind.BOOK, "course")
    bridge = analysis_choice(request, Kind.BRIDGE, "levels")
    causes = analysis_choice(request, Kind.CAUSES, "overdue")
    context = {
        **days_context(book, "analysis-home"),
        "course": figure_course(company, book.shown, kpi="dso", currency=book.currency),
        "bridge": bridge_rows(bridge.shown, currency=bridge.currency, dimension=ALL, unit="days"),
        "bridge_shown": bridge.shown,
        "causes": cause_tree_rows(causes.shown, mode="overdue", currency=causes.currency),
        "kept": kept_analyses(company),
    }
    return render(request, "web/analysis_home.html", context)


@require_GET
def analysis_course(request: StaffRequest) -> HttpResponse:
    """Show a figure by month taken apart: trend, season, breaks, months that stand out."""
    company = request.actor.company
    choice = analysis_choice(request, Kind.BOOK, "course")
    kpis = course_kpis(company, until=choice.shown.as_of)
    kpi = request.GET.get("kpi", "")
    kpi = kpi if kpi in kpis else "dso"
    course = figure_course(company, choice.shown, kpi=kpi, currency=choice.currency)
    context = {**days_context(choice, "analysis-course"), "kpis": kpis, "kpi": kpi}
    return render(request, "web/analysis_course.html", {**context, "course": course})


@require_GET
def analysis_bridge(request: StaffRequest) -> HttpResponse:
    """Show what made DSO, or receivables, change between two days."""
    choice = analysis_choice(request, Kind.BRIDGE, "levels", dimension="segment")
    unit = _unit(request)
    rows = bridge_rows(
        choice.shown, currency=choice.currency, dimension=choice.dimension, unit=unit
    )
    context = {
        **days_context(choice, "analysis-bridge"),
        "rows": rows,
        "unit": unit,
        "units": UNITS,
        "parts": PARTS,
        "dimensions": (ALL, *SLICED),
    }
    return render(request, "web/analysis_bridge.html", context)


@require_GET
def analysis_bridge_customers(request: StaffRequest) -> HttpResponse:
    """Show the customers behind one part of one slice; they sum to it."""
    choice = analysis_choice(request, Kind.BRIDGE, "levels", dimension="segment")
    unit, part = _unit(request), request.GET.get("part", "")
    found = bridge_customers(
        request.actor.company,
        choice.shown,
        currency=choice.currency,
        dimension=choice.dimension,
        unit=unit,
        key=choice.key,
        part=part,
    )
    if found is None:
        raise Http404
    context = {**days_context(choice, "analysis-bridge"), "found": found, "unit": unit}
    return render(request, "web/analysis_bridge_customers.html", context)


@require_GET
def analysis_causes(request: StaffRequest) -> HttpResponse:
    """Show where overdue money, or its change, comes from."""
    mode = _mode(request)
    choice = analysis_choice(request, Kind.CAUSES, mode)
    tree = cause_tree_rows(choice.shown, mode=mode, currency=choice.currency)
    context = {**days_context(choice, "analysis-causes"), "tree": tree}
    return render(
        request, "web/analysis_causes.html", {**context, "mode": mode, "modes": MODES.items()}
    )


@require_GET
def analysis_cause_items(request: StaffRequest) -> HttpResponse:
    """Show the items behind one node of a cause tree."""
    mode = _mode(request)
    choice = analysis_choice(request, Kind.CAUSES, mode)
    found = cause_items(
        request.actor.company,
        choice.shown,
        mode=mode,
        currency=choice.currency,
        at=request.GET.get("at", ""),
    )
    if found is None:
        raise Http404
    row, path, items = found
    context: dict[str, Any] = {**days_context(choice, "analysis-causes"), "mode": mode}
    context |= {"row": row, "path": [*path[1:], row] if path else [], "behind": items}
    return render(request, "web/analysis_items.html", {**context, "title": MODES[mode]})


@require_POST
def analysis_order(request: StaffRequest) -> HttpResponse:
    """Order an analysis of the days in the form, and go to its page."""
    kind = request.POST.get("kind", "")
    page = PAGES.get(Kind(kind) if kind in Kind.values else Kind.BOOK, "analysis-home")
    as_of = read_day(request.POST.get("as_of", "")) or request.as_of
    since = read_day(request.POST.get("since", "")) or as_of
    back = reverse(page)
    try:
        found = order_analysis(
            actor=request.actor,
            kind=kind,
            as_of=as_of,
            since=since,
            today=request.as_of,
            at=clock.now(),
        )
    except Refused as refusal:
        return refused(request, refusal, back=back)
    start_analysis(found)
    return done(
        request,
        gettext("The analysis is being worked out; load the page again in a moment."),
        back=f"{back}?{_days(found.as_of, found.since_on)}",
    )


def _days(as_of: date, since: date) -> str:
    told = f"as_of={as_of.isoformat()}"
    return told if since == as_of else f"{told}&since={since.isoformat()}"


def _unit(request: StaffRequest) -> str:
    unit = request.GET.get("unit", "")
    return unit if unit in UNITS else "days"


def _mode(request: StaffRequest) -> str:
    mode = request.GET.get("mode", "")
    return mode if mode in MODES else "overdue"
