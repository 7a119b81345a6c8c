"""Home: where the money stands, what changed since yesterday, what to do first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from dunwell.actions.gate import Refused
from dunwell.engine.kpi_catalogue import KPIS, Kpi
from dunwell.jobs.cycle import run_cycle
from dunwell.jobs.cycle_steps import LAST_STEP
from dunwell.queries.escalations import (
    MINE,
    EscalationRow,
    escalation_rows,
    has_open_escalations,
)
from dunwell.queries.home import CurrencyFigures, KpiFigure, Movement, home_figures
from dunwell.queries.messages import message_counts
from dunwell.queries.runs import run_rows
from dunwell.queries.worklist import worklist_rows
from dunwell.queries.worklist_sums import worklist_counts
from dunwell.templatetags.events import LOOKS
from dunwell.web.answers import done, refused
from dunwell.web.escalations import reader_for
from dunwell.web.staff import StaffRequest

TOP = 5
MOST_HAPPENED = 8
"""Kinds of events named on the page; the first day of a company has more than a hundred."""


@dataclass(frozen=True, slots=True)
class Trend:
    """One KPI of the chosen currency: its definition, its course, its value before the last."""

    about: Kpi
    figure: KpiFigure
    before: str
    before_on: date | None


@dataclass(frozen=True, slots=True)
class Change:
    """How a sum of one currency moved between the last two cycles, in minor units."""

    movement: Movement
    change_minor: int


@require_GET
def home(request: StaffRequest) -> HttpResponse:
    """Show the day at a glance."""
    company, as_of = request.actor.company, request.as_of
    zone = ZoneInfo(company.zone)
    since = datetime.combine(as_of - timedelta(days=1), time(), zone)
    figures = home_figures(company, as_of=as_of, since=since)
    currency = _currency(request, figures.currencies)
    user_id = request.actor.user_id
    counts = worklist_counts(company, as_of=as_of, user_id=user_id)
    show = "mine" if counts.mine else "all"
    top = worklist_rows(company, as_of=as_of, user_id=user_id, show=show, limit=TOP)
    runs = run_rows(company, last_step=LAST_STEP, limit=1)
    context = {
        "figures": figures,
        "currency": currency,
        "trends": [_trend(figure) for figure in figures.kpis if figure.currency == currency],
        "changes": [
            Change(movement, movement.now_minor - movement.before_minor)
            for movement in figures.movements
        ],
        **_happened(figures.happened),
        "counts": counts,
        "show": show,
        "top": top.rows,
        "outbox": message_counts(company),
        "raised": _raised(request),
        "run": runs[0] if runs else None,
        "is_run_due": not runs or runs[0].as_of < as_of,
        "stale": [feed for feed in figures.feeds if feed.is_stale],
    }
    return render(request, "web/home.html", context)


@require_POST
def cycle_run(request: StaffRequest) -> HttpResponse:
    """Run the day's cycle now, missed days included."""
    try:
        request.actor.require("cycle.run")
        cycle = run_cycle(request.actor.company.pk)
    except Refused as refusal:
        return refused(request, refusal, back=reverse("home"))
    text = ngettext(
        "The day's cycle has run: %(days)d day, changes: %(changed)d.",
        "The day's cycle has run: %(days)d days, changes: %(changed)d.",
        len(cycle.days),
    ) % {
        "days": len(cycle.days),
        "changed": cycle.changed,
    }
    return done(request, text, back=reverse("home"))


def _happened(counts: Sequence[tuple[str, int]]) -> dict[str, Sequence[tuple[str, int]]]:
    """Return the kinds of events to name at once, and those that stand behind a fold.

    Named are those about records one can open, the most frequent first.
    """
    known = [line for line in counts if line[0] in LOOKS and LOOKS[line[0]].page]
    named = sorted(known, key=lambda line: (-line[1], line[0]))[:MOST_HAPPENED]
    return {"named": named, "folded": [line for line in counts if line not in named]}


def _raised(request: StaffRequest) -> tuple[EscalationRow, ...]:
    """Return the escalations that wait for this person; one query where there is none."""
    if not has_open_escalations(request.actor.company):
        return ()
    return escalation_rows(reader_for(request), scope=MINE, limit=TOP).rows


def _currency(request: StaffRequest, currencies: Sequence[CurrencyFigures]) -> str:
    """Return the currency asked for, the company's own, or the first there is."""
    known = [line.currency for line in currencies]
    asked = request.GET.get("currency", "")
    own = request.actor.company.currency
    if asked in known:
        return asked
    return own if own in known or not known else known[0]


def _trend(figure: KpiFigure) -> Trend:
    earlier = figure.trend[:-1]
    before_on, before = earlier[-1] if earlier else (None, "")
    return Trend(KPIS[figure.kpi], figure, before, before_on)
