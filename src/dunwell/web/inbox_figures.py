"""Figures of the inbox: first-contact resolution, time to the answer, backlog, the classifier."""

from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from dunwell import clock
from dunwell.engine.contact_resolution import CHOICES, PPM, FigureLine
from dunwell.formats.exports import Value
from dunwell.queries.contact_resolution import (
    GROUPS,
    figure_rows,
    inbox_figures,
    reading_lines,
)
from dunwell.templatetags.inbox import intent_name
from dunwell.web.exports import file_response
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

PERIODS = (7, 30, 90, 365)
"""Days that the page looks back."""
USUAL_DAYS = 30
COLUMNS = (
    _("Group"),
    _("Name"),
    _("Conversations"),
    _("Judged"),
    _("At the first contact"),
    _("Share"),
    _("Answered"),
    _("Minutes of work until the answer"),
    _("In time"),
    _("Waits for us"),
)
FIGURES = {
    "conversations": _("Conversations"),
    "resolved": _("Judged"),
    "first": _("Resolved at the first contact"),
    "answered": _("Answered"),
    "timed": _("Answered or late"),
    "in_time": _("Answered in time"),
    "backlog": _("Waits for us"),
}


@require_GET
def inbox_figures_show(request: StaffRequest) -> HttpResponse:
    """Show the figures by label and by person, with the classifier's beside them."""
    first_on, last_on, days = _period(request)
    figures = inbox_figures(
        request.actor.company, first_on=first_on, last_on=last_on, at=clock.now()
    )
    context = {
        "figures": figures,
        "bars": _bars(figures.by_label),
        "groups": (
            ("label", gettext("By what it is about"), figures.by_label),
            ("person", gettext("By person"), figures.by_person),
        ),
        "readings": reading_lines(request.actor.company, first_on=first_on, last_on=last_on),
        "periods": PERIODS,
        "days": days,
    }
    return render(request, "web/inbox_figures.html", context)


@needs("timeline.words")
@require_GET
def inbox_figure_rows(request: StaffRequest) -> HttpResponse:
    """List the conversations that sum to a figure."""
    asked = request.GET
    which, group, name = asked.get("which", ""), asked.get("group", ""), asked.get("name", "")
    if which not in CHOICES or group not in {"", *GROUPS}:
        raise Http404
    first_on, last_on, days = _period(request)
    rows = figure_rows(
        request.actor.company,
        first_on=first_on,
        last_on=last_on,
        at=clock.now(),
        which=which,
        group=group,
        name=name,
    )
    context = {
        "rows": rows,
        "heading": FIGURES[which],
        "group": group,
        "name": name,
        "days": days,
        "first_on": first_on,
        "last_on": last_on,
    }
    return render(request, "web/inbox_figure_rows.html", context)


@require_GET
def figures_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return the figures of the page."""
    first_on, last_on, _days = _period(request)
    figures = inbox_figures(
        request.actor.company, first_on=first_on, last_on=last_on, at=clock.now()
    )
    rows = [_cells("", figures.total)]
    rows += [_cells("label", one) for one in figures.by_label]
    rows += [_cells("person", one) for one in figures.by_person]
    return file_response(
        kind,
        name=f"inbox-figures-{last_on.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=rows,
    )


def _period(request: StaffRequest) -> tuple[date, date, int]:
    """Return the first and last day looked at, and how many days that is."""
    text = request.GET.get("days", "")
    days = int(text) if text in {str(one) for one in PERIODS} else USUAL_DAYS
    return request.as_of - timedelta(days=days - 1), request.as_of, days


def _bars(lines: tuple[FigureLine, ...]) -> list[dict[str, Any]]:
    """Return first-contact resolution by label as bars of a chart."""
    return [
        {
            "label": intent_name(one.name) if one.name else gettext("Not said yet"),
            "name": one.name,
            "width": f"{one.first_ppm * 100 / PPM:.1f}%",
            "share_ppm": one.first_ppm,
            "resolved": one.resolved,
        }
        for one in lines
        if one.first_ppm is not None
    ]


def _cells(group: str, one: FigureLine) -> tuple[Value, ...]:
    share = None if one.first_ppm is None else round(one.first_ppm / PPM, 4)
    return (
        group,
        intent_name(one.name) if group == "label" and one.name else one.name,
        one.conversations,
        one.resolved,
        one.first,
        "" if share is None else f"{share:.4f}",
        one.answered,
        one.answer_minutes,
        one.in_time,
        one.backlog,
    )
