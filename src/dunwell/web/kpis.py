"""Pages of figures: all of them, one with its course and its parts, and the same as files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from dunwell.engine.kpi_catalogue import FAMILIES, KPIS, Kpi
from dunwell.engine.kpi_tables import KPI_INPUTS, PARAMETERS, WINDOW_DAYS
from dunwell.formats.exports import Value
from dunwell.queries.kpi_courses import Course, kept_days, latest_kept_day, part_courses
from dunwell.queries.kpi_inputs import is_big
from dunwell.queries.kpi_parts import DIMENSIONS
from dunwell.queries.kpi_slices import KpiSlice, SliceFigures, kpi_slices, part_figures
from dunwell.templatetags.kpi_inputs import dimension_label, slice_label
from dunwell.web.exports import file_response
from dunwell.web.kpi_choice import WINDOWS, KpiChoice, kpi_choice
from dunwell.web.staff import StaffRequest

SORTS = ("-value", "value", "label")
SHOWN = 100
"""Parts on a page; the file has them all."""

FIGURE_COLUMNS = (
    _("Figure"),
    _("Currency"),
    _("Value"),
    _("Unit"),
    _("As of"),
    _("Formula"),
    _("Formula version"),
    _("Source"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class FigureLine:
    """A figure with its value now (None: not applicable), the one before, and its course."""

    about: Kpi
    currency: str
    value: str
    before: str
    before_on: date | None
    course: Sequence[tuple[date, str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class InputLine:
    """An input of a figure; `has_rows`: it can be opened."""

    name: str
    value: int
    currency: str
    has_rows: bool


@require_GET
def kpis(request: StaffRequest) -> HttpResponse:
    """Show every figure of the book or a part of it, with its definition and its course."""
    choice = kpi_choice(request)
    lines = {} if choice.is_heavy else _lines(request, choice)
    families = [
        (name, [lines[kpi] for kpi in members if kpi in lines])
        for name, members in FAMILIES.items()
    ]
    context = {
        "choice": choice,
        "windows": WINDOWS,
        "families": families if lines else [],
        "has_values": any(line.value for line in lines.values()),
    }
    return render(request, "web/kpis.html", context)


@require_GET
def kpis_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every figure with its formula as a file."""
    choice = kpi_choice(request)
    lines = _lines(request, choice)
    return file_response(
        kind,
        name=f"figures-{choice.asked.as_of.isoformat()}",
        columns=[str(name) for name in FIGURE_COLUMNS],
        rows=[
            (
                gettext(line.about.name),
                line.currency,
                Decimal(line.value) if line.value else None,
                line.about.unit,
                choice.asked.as_of,
                line.about.formula,
                line.about.formula_id,
                line.about.source,
            )
            for line in lines.values()
        ],
    )


@require_GET
def kpi(request: StaffRequest, kpi_id: str) -> HttpResponse:
    """Show one figure: what it means, what it was made of, its course, and its parts."""
    about = _about(kpi_id)
    choice = kpi_choice(request)
    dimension, sort = _by(request), _sort(request)
    found = [] if choice.is_heavy else _figures(request, choice)
    currency = choice.currency if about.has_currency else ""
    mine = next((one for one in found if one.currency == currency), None)
    on = _slices_on(request, choice, dimension)
    slices = [] if on is None else _slices(request, choice, about, dimension, sort, on)
    context = {
        "choice": choice,
        "windows": WINDOWS,
        "about": about,
        "currency": currency,
        "value": mine.values.get(about.id, "") if mine else "",
        "inputs": _inputs(about, mine),
        "course": _texts(_courses(request, choice, [about.id], currency)[about.id]),
        "dimensions": [one for one in DIMENSIONS if one != "company"],
        "by": dimension,
        "sort": sort,
        "slices": slices[:SHOWN],
        "slices_on": on,
        "more": max(len(slices) - SHOWN, 0),
    }
    return render(request, "web/kpi.html", context)


@require_GET
def kpi_slices_export(request: StaffRequest, kpi_id: str, kind: str) -> HttpResponse:
    """Return a figure of every part of a dimension, with its inputs, as a file."""
    about, choice, dimension = _about(kpi_id), kpi_choice(request), _by(request)
    names = KPI_INPUTS[about.id]
    on = _slices_on(request, choice, dimension) or choice.asked.as_of
    rows: list[Sequence[Value]] = [
        (
            slice_label(dimension, one.key, one.label),
            one.currency,
            one.value,
            *[one.inputs[name] for name in names],
            on,
        )
        for one in _slices(request, choice, about, dimension, _sort(request), on)
    ]
    return file_response(
        kind,
        name=f"{about.id}-{dimension}-{choice.asked.as_of.isoformat()}",
        columns=[
            dimension_label(dimension),
            gettext("Currency"),
            gettext(about.name),
            *names,
            gettext("As of"),
        ],
        rows=rows,
    )


def _about(kpi_id: str) -> Kpi:
    if kpi_id not in KPIS:
        raise Http404
    return KPIS[kpi_id]


def _by(request: StaffRequest) -> str:
    asked = request.GET.get("by", "segment")
    return asked if asked in DIMENSIONS and asked != "company" else "segment"


def _sort(request: StaffRequest) -> str:
    asked = request.GET.get("sort", SORTS[0])
    return asked if asked in SORTS else SORTS[0]


def _figures(request: StaffRequest, choice: KpiChoice) -> list[SliceFigures]:
    asked = choice.asked
    return part_figures(
        request.actor.company,
        as_of=asked.as_of,
        dimension=asked.dimension,
        key=asked.key,
        window_days=asked.window_days,
        known_at=asked.known_at,
    )


def _lines(request: StaffRequest, choice: KpiChoice) -> dict[str, FigureLine]:
    """Return the line of every figure in the chosen currency, or without one, by its id."""
    found = {one.currency: one.values for one in _figures(request, choice)}
    lines: dict[str, FigureLine] = {}
    for currency in (choice.currency, ""):
        wanted = [one for one in KPIS.values() if one.has_currency == bool(currency)]
        courses = _courses(request, choice, [one.id for one in wanted], currency)
        for one in wanted:
            course = courses[one.id]
            earlier = [point for point in course if point[0] < choice.asked.as_of]
            before_on, before = earlier[-1] if earlier else (None, None)
            lines[one.id] = FigureLine(
                about=one,
                currency=currency,
                value=found.get(currency, {}).get(one.id, ""),
                before="" if before is None else str(before),
                before_on=before_on,
                course=_texts(course),
            )
    return {kpi_id: lines[kpi_id] for kpi_id in KPIS}


def _courses(
    request: StaffRequest, choice: KpiChoice, kpi_ids: Sequence[str], currency: str
) -> dict[str, Course]:
    return part_courses(
        request.actor.company,
        kpis=kpi_ids,
        dimension=choice.asked.dimension,
        key=choice.asked.key,
        currency=currency,
        until=choice.asked.as_of,
    )


def _slices_on(request: StaffRequest, choice: KpiChoice, dimension: str) -> date | None:
    """Return the day the parts are shown for: of a big book the last one they are kept for.

    None where nothing is kept and nobody agreed to wait.
    """
    company, as_of = request.actor.company, choice.asked.as_of
    held = "company" if dimension == "currency" else dimension
    if choice.is_kept and kept_days(company, [as_of], dimension=held):
        return as_of
    if request.GET.get("work") == "1" or not is_big(company):
        return as_of
    if choice.asked.window_days != WINDOW_DAYS or choice.asked.known_at is not None:
        return None
    return latest_kept_day(company, until=as_of, dimension=held)


def _slices(
    request: StaffRequest, choice: KpiChoice, about: Kpi, dimension: str, sort: str, on: date
) -> list[KpiSlice]:
    """Return the parts of a dimension for one figure, sorted; the not applicable come last."""
    asked = choice.asked
    found = [
        one
        for one in kpi_slices(
            request.actor.company,
            as_of=on,
            dimension=dimension,
            window_days=asked.window_days,
            known_at=asked.known_at,
        )
        if one.kpi == about.id
        and (dimension == "currency" or one.currency in {choice.currency, ""})
    ]
    found.sort(key=lambda one: (one.label.casefold(), one.key, one.currency))
    if sort == "label":
        return found
    told = [(one.value, one) for one in found if one.value is not None]
    told.sort(key=lambda pair: pair[0], reverse=sort == "-value")
    return [one for _, one in told] + [one for one in found if one.value is None]


def _inputs(about: Kpi, mine: SliceFigures | None) -> list[InputLine]:
    if mine is None:
        return []
    return [
        InputLine(
            name=name,
            value=mine.inputs[name],
            currency=mine.currency,
            has_rows=name not in PARAMETERS,
        )
        for name in KPI_INPUTS[about.id]
    ]


def _texts(course: Course) -> list[tuple[date, Any]]:
    return [(on, "" if value is None else str(value)) for on, value in course]
