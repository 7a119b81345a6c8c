"""Analyses as CSV or XLSX: the same choice of days, currency and slice as the page."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from django.http import Http404, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from dunwell.engine.dso_bridge import MILLI, PARTS
from dunwell.engine.money import from_minor
from dunwell.engine.vintages import AGES, CURVES
from dunwell.formats.exports import Value
from dunwell.models import Analysis
from dunwell.queries.benchmarks import industry_rows
from dunwell.queries.cause_trees import cause_tree_rows
from dunwell.queries.dso_bridge import bridge_rows
from dunwell.queries.figure_courses import course_kpis, figure_course
from dunwell.queries.roll_rates import roll_matrix
from dunwell.queries.vintages import month_curves, slice_curves, vintage_rows
from dunwell.templatetags.analysis import (
    dimension_label,
    figure_label,
    part_label,
    slice_label,
    state_label,
)
from dunwell.web.analysis_choices import AnalysisChoice, analysis_choice
from dunwell.web.benchmarks import benchmark_choice
from dunwell.web.exports import file_response
from dunwell.web.keys import read_day
from dunwell.web.staff import StaffRequest

Kind = Analysis.Kind
Table = tuple[list[str], Iterable[list[Value]]]


def _ppm(share_ppm: int | None) -> Value:
    """Return a share in percent."""
    return None if share_ppm is None else Decimal(share_ppm).scaleb(-4)


def _course(request: StaffRequest, choice: AnalysisChoice) -> Table:
    kpi = request.GET.get("kpi", "")
    kpis = course_kpis(request.actor.company, until=choice.shown.as_of)
    course = figure_course(
        request.actor.company,
        choice.shown,
        kpi=kpi if kpi in kpis else "dso",
        currency=choice.currency,
    )
    columns = [
        gettext("Month"),
        gettext("Figure"),
        gettext("Unit"),
        gettext("Currency"),
        gettext("Value"),
        gettext("Trend"),
        gettext("Season"),
        gettext("Rest"),
        gettext("Break"),
        gettext("Stands out"),
    ]
    if course is None:
        return columns, []

    def number(value: float) -> Value:
        if course.unit == "minor":
            return from_minor(round(value), course.currency)
        return round(Decimal(value), 3)

    return columns, (
        [
            month.month_end,
            figure_label(course.kpi),
            course.unit,
            course.currency,
            number(month.value),
            number(month.trend),
            number(month.season),
            number(month.rest),
            month.is_break,
            month.is_outlier,
        ]
        for month in course.months
    )


def _bridge(request: StaffRequest, choice: AnalysisChoice) -> Table:
    unit = "minor" if request.GET.get("unit") == "minor" else "days"
    rows = bridge_rows(
        choice.shown, currency=choice.currency, dimension=choice.dimension, unit=unit
    )
    columns = [
        dimension_label(choice.dimension),
        gettext("Unit"),
        gettext("Currency"),
        *(part_label(part) for part in PARTS),
        gettext("In all"),
    ]
    if rows is None:
        return columns, []

    def number(value: int) -> Value:
        if unit == "minor":
            return from_minor(value, choice.currency)
        return Decimal(value) / MILLI

    whole = [amount for _, amount in rows.parts]
    lines = [
        *((slice_label(choice.dimension, one.key), one.parts, one.total) for one in rows.slices),
        (gettext("In all"), whole, rows.change),
    ]
    return columns, (
        [name, unit, choice.currency, *(number(part) for part in parts), number(total)]
        for name, parts, total in lines
    )


def _causes(request: StaffRequest, choice: AnalysisChoice) -> Table:
    mode = "change" if request.GET.get("mode") == "change" else "overdue"
    tree = cause_tree_rows(choice.shown, mode=mode, currency=choice.currency)
    columns = [
        gettext("Level"),
        gettext("Cause"),
        gettext("Value"),
        gettext("Currency"),
        gettext("Overdue"),
        gettext("Open") if mode == "overdue" else gettext("Overdue before"),
        gettext("Expected"),
        gettext("Items"),
    ]
    currency = choice.currency
    return columns, (
        [
            row.depth,
            dimension_label(row.name) if row.name else "",
            gettext("all others") if row.is_rest else slice_label(row.name, row.value),
            currency,
            from_minor(row.amount_minor, currency),
            from_minor(row.base_minor, currency),
            from_minor(row.expected_minor, currency),
            row.items,
        ]
        for row in (tree.rows if tree else ())
    )


def _rolls(request: StaffRequest, choice: AnalysisChoice) -> Table:
    matrix = roll_matrix(
        choice.shown,
        currency=choice.currency,
        dimension=choice.dimension,
        key=choice.key,
        month=read_day(request.GET.get("month", "")),
    )
    columns = [gettext("Month"), gettext("From"), gettext("To"), gettext("Currency")]
    columns += [gettext("Amount"), gettext("Share, %")]
    if matrix is None:
        return columns, []
    return columns, (
        [
            matrix.month_end,
            state_label(row.state),
            state_label(cell.state),
            matrix.currency,
            from_minor(cell.amount_minor, matrix.currency),
            _ppm(cell.share_ppm),
        ]
        for row in matrix.rows
        for cell in row.cells
    )


def _vintages(request: StaffRequest, choice: AnalysisChoice) -> Table:  # noqa: ARG001
    rows = vintage_rows(
        choice.shown, currency=choice.currency, dimension=choice.dimension, key=choice.key
    )
    columns = [gettext("Month"), gettext("Currency"), gettext("Billed"), gettext("Invoices")]
    for age in AGES:
        columns.append(gettext("Unpaid after %(n)s days, %%") % {"n": age})
        columns.append(gettext("of it that old, %% (%(n)s days)") % {"n": age})
    columns += [gettext("Written off"), gettext("At risk, %")]
    return columns, (
        [
            row.month_end,
            choice.currency,
            from_minor(row.billed_minor, choice.currency),
            row.items,
            *(
                value
                for point in row.points
                for value in (
                    _ppm(point.share_ppm),
                    round(Decimal(100 * point.observed_minor) / row.billed_minor, 1),
                )
            ),
            from_minor(row.lost_minor, choice.currency),
            _ppm(row.risk.share_ppm),
        ]
        for row in rows
    )


def _curves(request: StaffRequest, choice: AnalysisChoice) -> Table:
    basis = request.GET.get("basis", "")
    basis = basis if basis in CURVES else "issue"
    currency, dimension = choice.currency, choice.dimension
    if dimension != "all" and "key" not in request.GET:
        curves = slice_curves(choice.shown, currency=currency, dimension=dimension, basis=basis)
    else:
        curves = month_curves(
            choice.shown, currency=currency, dimension=dimension, basis=basis, key=choice.key
        )
    columns = [gettext("Month"), dimension_label(dimension), gettext("Currency")]
    columns += [gettext("Age, days"), gettext("That old"), gettext("Collected")]
    columns += [gettext("Share, %"), gettext("Low, %"), gettext("High, %"), gettext("Complete")]
    return columns, (
        [
            curve.month_end,
            slice_label(dimension, curve.label or choice.key) if dimension != "all" else "",
            currency,
            point.age,
            from_minor(point.observed_minor, currency),
            from_minor(point.amount_minor, currency),
            _ppm(point.share_ppm),
            _ppm(point.low_ppm),
            _ppm(point.high_ppm),
            point.is_complete,
        ]
        for curve in curves
        if not curve.is_few
        for point in curve.cohort.points
    )


def _industry(request: StaffRequest) -> Table:
    _currencies, currency = benchmark_choice(request)
    columns = ["kpi", "value", "industry", "region", "period", "source", "published_on"]
    columns += ["unit", "own", "own_on", "currency", "by"]
    rows = industry_rows(request.actor.company, currency=currency, until=request.as_of)
    return columns, (
        [
            row.kpi,
            row.value,
            row.industry,
            row.region,
            row.period,
            row.source,
            row.published_on,
            row.unit,
            row.own,
            row.own_on,
            row.currency,
            row.by,
        ]
        for row in rows
    )


TABLES: Mapping[str, tuple[str, str, Callable[[StaffRequest, AnalysisChoice], Table]]] = {
    "course": (Kind.BOOK, "course", _course),
    "bridge": (Kind.BRIDGE, "levels", _bridge),
    "causes": (Kind.CAUSES, "overdue", _causes),
    "rolls": (Kind.BOOK, "rolls", _rolls),
    "vintages": (Kind.BOOK, "cohorts", _vintages),
    "curves": (Kind.BOOK, "cohorts", _curves),
}
INDUSTRY = "industry"


@require_GET
def analysis_export(request: StaffRequest, what: str, kind: str) -> HttpResponse:
    """Return one analysis as a file; 404 for one that is not there."""
    if what == INDUSTRY:
        columns, rows = _industry(request)
        name = INDUSTRY
    elif what in TABLES:
        analysis, section, table = TABLES[what]
        by = "segment" if what == "bridge" else "all"
        choice = analysis_choice(request, analysis, section, dimension=by)
        columns, rows = table(request, choice)
        name = f"{what}-{choice.shown.as_of.isoformat()}"
    else:
        raise Http404
    return file_response(kind, name=name, columns=columns, rows=rows)
