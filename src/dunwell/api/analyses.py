"""/analyses: the book taken apart by day: course, DSO bridge, causes, rolls, vintages, curves."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Query, Router, Schema
from pydantic import Field

from dunwell.actions.analyses import order_analysis
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import AnyCurrency, Body, Created, Day, Plain, answers
from dunwell.api.writes import once
from dunwell.engine.calendars import months_after
from dunwell.jobs.analyses import start_analysis
from dunwell.models import Analysis
from dunwell.queries.analyses import ShownAnalysis, kept_analyses, shown_analysis
from dunwell.queries.cause_trees import CauseTree, cause_tree_rows
from dunwell.queries.dso_bridge import (
    BridgeCustomers,
    BridgeRows,
    bridge_customers,
    bridge_rows,
)
from dunwell.queries.figure_courses import FigureCourse, figure_course
from dunwell.queries.roll_rates import RollMatrix, roll_matrix
from dunwell.queries.vintages import (
    Curve,
    Vintage,
    month_curves,
    slice_curves,
    vintage_rows,
)

router = Router(tags=["analyses"])

Kind = Analysis.Kind
Dimension = Literal["all", "segment", "country", "collector", "strategy"]
SliceKey = Annotated[Plain, Field(max_length=200)]
Unit = Literal["days", "minor"]
Part = Literal["volume", "timing", "terms", "lateness", "disputes", "mix"]


class AnalysisIn(Body):
    """An analysis to work out; `since` is the earlier day of a comparison, else a month before."""

    kind: Literal["book", "bridge", "causes"]
    as_of: Day
    since: Day | None = None


class AnalysisOut(Schema):
    """An analysis and whether it is there: done, live (worked out now), waiting, missing ...

    Where it is not there every result is empty; order it with POST /analyses.
    """

    kind: str
    as_of: date
    since: date
    status: str
    finished_at: datetime | None
    error: str
    currency: str = ""


class CourseOut(AnalysisOut):
    """A figure by month: value = trend + season + rest, in its unit."""

    course: FigureCourse | None


class BridgeOut(AnalysisOut):
    """The change taken apart: thousandths of a day, or minor units; parts sum to it."""

    bridge: BridgeRows | None


class BridgeCustomersOut(AnalysisOut):
    """The customers behind one part of one slice; they sum to it."""

    customers: BridgeCustomers | None


class CausesOut(AnalysisOut):
    """The tree of causes from the root down; each level sums to the one above."""

    tree: CauseTree | None


class RollsOut(AnalysisOut):
    """The roll matrix of a month; rows sum to what was there."""

    matrix: RollMatrix | None


class VintagesOut(AnalysisOut):
    """What of each month's invoices is unpaid by age."""

    vintages: list[Vintage]


class CurvesOut(AnalysisOut):
    """Share collected by age, of months or of slices."""

    curves: list[Curve]


class Days(Schema):
    """The days and the currency; empty: the latest analysis, the company's currency."""

    as_of: Day | None = None
    since: Day | None = None
    currency: AnyCurrency = ""


class Slices(Days):
    """A slice as well."""

    by: Dimension = "all"
    key: SliceKey = ""


@router.get("", response=answers(list[AnalysisOut]))
def list_analyses(request: ApiRequest) -> list[dict[str, Any]]:
    """List the fifty newest analyses that are kept or under way."""
    request.actor.require("ledger.view")
    return [_told(one, "") for one in kept_analyses(request.actor.company)]


@router.post("", response=answers(Created, 201))
@once
def new_analysis(request: ApiRequest, body: AnalysisIn) -> tuple[int, dict[str, Any]]:
    """Work an analysis out in the background, also one that is there: the books moved."""
    found = order_analysis(
        actor=request.actor,
        kind=body.kind,
        as_of=body.as_of,
        since=body.since or (body.as_of if body.kind == "book" else months_after(body.as_of, -1)),
        today=request.as_of,
        at=request.at,
    )
    start_analysis(found)
    return 201, {"id": found.pk}


@router.get("/course", response=answers(CourseOut))
def show_course(
    request: ApiRequest, only: Query[Days], kpi: Annotated[Plain, Field(max_length=40)] = "dso"
) -> dict[str, Any]:
    """Return a figure by month taken apart; null below four months or for an unknown figure."""
    shown, currency = _shown(request, Kind.BOOK, "course", only)
    course = figure_course(request.actor.company, shown, kpi=kpi, currency=currency)
    return {**_told(shown, currency), "course": course}


@router.get("/bridge", response=answers(BridgeOut))
def show_bridge(
    request: ApiRequest, only: Query[Days], by: Dimension = "segment", unit: Unit = "days"
) -> dict[str, Any]:
    """Return what made DSO, or receivables, change between two days."""
    shown, currency = _shown(request, Kind.BRIDGE, "levels", only)
    rows = bridge_rows(shown, currency=currency, dimension=by, unit=unit)
    return {**_told(shown, currency), "bridge": rows}


@router.get("/bridge/customers", response=answers(BridgeCustomersOut))
def show_bridge_customers(
    request: ApiRequest, only: Query[Slices], part: Part = "lateness", unit: Unit = "days"
) -> dict[str, Any]:
    """Return the customers behind one part of one slice of the bridge."""
    shown, currency = _shown(request, Kind.BRIDGE, "levels", only)
    found = bridge_customers(
        request.actor.company,
        shown,
        currency=currency,
        dimension=only.by,
        unit=unit,
        key=only.key,
        part=part,
    )
    return {**_told(shown, currency), "customers": found}


@router.get("/causes", response=answers(CausesOut))
def show_causes(
    request: ApiRequest, only: Query[Days], mode: Literal["overdue", "change"] = "overdue"
) -> dict[str, Any]:
    """Return where overdue claims, or their change, come from."""
    shown, currency = _shown(request, Kind.CAUSES, mode, only)
    return {
        **_told(shown, currency),
        "tree": cause_tree_rows(shown, mode=mode, currency=currency),
    }


@router.get("/rolls", response=answers(RollsOut))
def show_rolls(
    request: ApiRequest, only: Query[Slices], month: Day | None = None
) -> dict[str, Any]:
    """Return the roll matrix of a month, the latest unless a month's last day is given."""
    shown, currency = _shown(request, Kind.BOOK, "rolls", only)
    matrix = roll_matrix(shown, currency=currency, dimension=only.by, key=only.key, month=month)
    return {**_told(shown, currency), "matrix": matrix}


@router.get("/vintages", response=answers(VintagesOut))
def show_vintages(request: ApiRequest, only: Query[Slices]) -> dict[str, Any]:
    """Return what of the invoices of each month is unpaid as they grow older."""
    shown, currency = _shown(request, Kind.BOOK, "cohorts", only)
    rows = vintage_rows(shown, currency=currency, dimension=only.by, key=only.key)
    return {**_told(shown, currency), "vintages": list(rows)}


@router.get("/curves", response=answers(CurvesOut))
def show_curves(
    request: ApiRequest,
    only: Query[Slices],
    basis: Literal["issue", "due"] = "issue",
    of: Literal["months", "slices"] = "months",
) -> dict[str, Any]:
    """Return the share collected by age: of the months of a slice, or of slices side by side."""
    shown, currency = _shown(request, Kind.BOOK, "cohorts", only)
    curves = (
        slice_curves(shown, currency=currency, dimension=only.by, basis=basis)
        if of == "slices"
        else month_curves(shown, currency=currency, dimension=only.by, key=only.key, basis=basis)
    )
    return {**_told(shown, currency), "curves": list(curves)}


def _shown(request: ApiRequest, kind: str, section: str, only: Days) -> tuple[ShownAnalysis, str]:
    request.actor.require("ledger.view")
    shown = shown_analysis(
        request.actor.company,
        kind=kind,
        today=request.as_of,
        as_of=only.as_of,
        since=only.since,
    )
    currencies = shown.currencies(section)
    home = request.actor.company.currency
    currency = only.currency or (home if home in currencies else next(iter(currencies), ""))
    return shown, currency


def _told(shown: ShownAnalysis, currency: str) -> dict[str, Any]:
    return {
        "kind": shown.kind,
        "as_of": shown.as_of,
        "since": shown.since,
        "status": shown.status,
        "finished_at": shown.finished_at,
        "error": shown.error,
        "currency": currency,
    }
