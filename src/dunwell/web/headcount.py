"""What if the team were larger or smaller: cash reached, who waits, a fair mix to hand over."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from dunwell import clock
from dunwell.actions.contacts import assign_collector
from dunwell.actions.gate import Refused
from dunwell.engine.headcount import MOST_DAYS, Staffing
from dunwell.engine.money import from_minor
from dunwell.queries.headcount import (
    MOST_PEOPLE,
    HandOverRow,
    TurnRow,
    turn_rows,
    usual_staffing,
    what_if,
)
from dunwell.templatetags.escalations import action_label
from dunwell.web.answers import colleague_or_404, done, refused
from dunwell.web.exports import file_response
from dunwell.web.keys import read_key
from dunwell.web.staff import StaffRequest

EFFORTS = ("call", "letter", "email")
"""Actions whose minutes can be asked about."""

SHOWN = 200
"""Customers on the page behind a figure; the file has them all."""

COLUMNS = (
    _("Customer number"),
    _("Customer"),
    _("Collector"),
    _("What to do"),
    _("Minutes"),
    _("Currency"),
    _("Expected extra cash"),
    _("To collect"),
    _("Working day"),
)


class WhatIfForm(forms.Form):
    """The team to suppose; what is left empty is as it is today."""

    people = forms.IntegerField(label=_("People"), min_value=0, max_value=MOST_PEOPLE)
    minutes = forms.IntegerField(label=_("Minutes a person a day"), min_value=1, max_value=600)
    hours = forms.IntegerField(label=_("Hours a day for calls"), min_value=0, max_value=24)
    call = forms.IntegerField(label=_("Minutes a call"), min_value=1, max_value=240)
    letter = forms.IntegerField(label=_("Minutes a letter"), min_value=1, max_value=240)
    email = forms.IntegerField(label=_("Minutes an e-mail"), min_value=1, max_value=240)


@require_GET
def headcount(request: StaffRequest) -> HttpResponse:
    """Show what a team of a size would reach; nothing is changed."""
    form, staffing, is_changed = _asked(request)
    found = what_if(request.actor.company, staffing, as_of=request.as_of)
    largest = max((row.week_minor for row in found.headcounts), default=0) or 1
    context = {
        "form": form,
        "found": found,
        "people": staffing.people,
        "query": urlencode(_values(staffing)),
        "rest": urlencode(
            {name: value for name, value in _values(staffing).items() if name != "people"}
        ),
        "bars": [(row, round(100 * row.week_minor / largest, 2)) for row in found.headcounts],
        "given": _by_taker(found.moves),
        "is_changed": is_changed,
    }
    return render(request, "web/headcount.html", context)


@require_GET
def headcount_customers(request: StaffRequest) -> HttpResponse:
    """Show the customers behind a figure of the what-if; they sum to it."""
    _form, staffing, _is_changed = _asked(request)
    rows = _rows(request, staffing)
    span = {"from": request.GET.get("from", "1"), "to": request.GET.get("to", "")}
    context = {
        "rows": rows[:SHOWN],
        "customers": len(rows),
        "minutes": sum(row.minutes for row in rows),
        "extra": sum(row.extra_minor for row in rows),
        "owed": sum(row.owed_minor for row in rows),
        "is_cut": len(rows) > SHOWN,
        "query": urlencode({**_values(staffing), **span}),
        "back": f"{reverse('headcount')}?{urlencode(_values(staffing))}",
    }
    return render(request, "web/headcount_customers.html", context)


@require_GET
def headcount_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return the customers behind a figure of the what-if as a file."""
    _form, staffing, _is_changed = _asked(request)
    code = request.actor.company.currency
    return file_response(
        kind,
        name=f"headcount-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(
            (
                row.customer_number,
                row.customer_name,
                row.collector,
                action_label(row.action),
                row.minutes,
                code,
                from_minor(row.extra_minor, code),
                from_minor(row.owed_minor, code),
                row.day,
            )
            for row in _rows(request, staffing)
        ),
    )


@require_POST
def headcount_give(request: StaffRequest) -> HttpResponse:
    """Give the customers of a proposal to one collector: the same hand-over as ever."""
    back = reverse("headcount")
    ids = [key for text in request.POST.getlist("id") if (key := read_key(text)) is not None]
    taker = colleague_or_404(request, read_key(request.POST.get("to", "")))
    try:
        moved = assign_collector(actor=request.actor, ids=ids, collector=taker, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    text = ngettext("%(n)d customer changed hands.", "%(n)d customers changed hands.", moved) % {
        "n": moved
    }
    return done(request, text, back=back)


def _asked(request: StaffRequest) -> tuple[forms.Form, Staffing, bool]:
    """Return the form, the team asked about, and whether it is another than the team of today.

    What is wrong or missing is as it is today.
    """
    usual = usual_staffing(request.actor.company, as_of=request.as_of)
    start = _values(usual)
    told = {name: request.GET.get(name, start[name]) for name in start}
    form = WhatIfForm(told)
    form.is_valid()
    values = {name: form.cleaned_data.get(name, start[name]) for name in start}
    staffing = Staffing(
        people=values["people"],
        minutes=values["minutes"],
        hours=values["hours"],
        efforts={**usual.efforts, **{name: values[name] for name in EFFORTS}},
    )
    return form, staffing, staffing != usual


def _values(staffing: Staffing) -> dict[str, Any]:
    return {
        "people": staffing.people,
        "minutes": staffing.minutes,
        "hours": staffing.hours,
        **{name: staffing.efforts[name] for name in EFFORTS},
    }


def _rows(request: StaffRequest, staffing: Staffing) -> tuple[TurnRow, ...]:
    """Return the customers of the span of working days in the address."""
    most = MOST_DAYS * MOST_PEOPLE
    from_day = read_key(request.GET.get("from", "")) or 1
    to_day = read_key(request.GET.get("to", ""))
    return turn_rows(
        request.actor.company,
        staffing,
        as_of=request.as_of,
        from_day=from_day,
        to_day=None if to_day is None else min(to_day, most),
    )


def _by_taker(moves: tuple[HandOverRow, ...]) -> list[tuple[int, str, list[HandOverRow], str]]:
    """Return the moves of each person who takes: key, name, moves, and a sentence."""
    takers: dict[tuple[int, str], list[HandOverRow]] = {}
    for move in moves:
        takers.setdefault((move.to_id, move.to_name), []).append(move)
    return [
        (
            key,
            name,
            found,
            gettext("Give %(n)d to %(name)s") % {"n": len(found), "name": name},
        )
        for (key, name), found in sorted(takers.items(), key=lambda one: one[0][1])
    ]
