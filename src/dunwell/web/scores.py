"""Behavioural scores and early warnings: who pays worse than before, and who moved where."""

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from dunwell.formats.exports import Value
from dunwell.models import CustomerScore
from dunwell.queries.pages import every_row
from dunwell.queries.score_moves import score_moves
from dunwell.queries.scores import ScoreRow, band_counts, score_rows
from dunwell.templatetags.scores import warning_label
from dunwell.web.exports import file_response
from dunwell.web.lists import page_asked
from dunwell.web.staff import StaffRequest

SHOWS = (
    ("", _("All")),
    ("alarms", _("Fell sharply")),
    ("warnings", _("Early warnings")),
)
COLUMNS = (
    _("Customer number"),
    _("Customer"),
    _("Score"),
    _("Band"),
    _("30 days ago"),
    _("Band 30 days ago"),
    _("Fell sharply"),
    _("Few items"),
    _("Early warnings"),
    _("As of"),
)


@require_GET
def score_list(request: StaffRequest) -> HttpResponse:
    """List customers by score, the lowest first, beside how they moved between the bands."""
    company = request.actor.company
    only = _only(request)
    page = page_asked(request, lambda cursor: score_rows(company, cursor=cursor, **only))
    moves = score_moves(company)
    counts = band_counts(company)
    bands = list(counts)
    context = {
        "page": page,
        "counts": [(band, _label(band), counts[band]) for band in bands],
        "bands": bands,
        "moves": moves,
        "matrix": [
            (before, [move for move in moves.moves if move.before == before])
            for before in (*bands, "")
        ],
        "show": request.GET.get("show", ""),
        "shows": SHOWS,
        "band": only["band"],
        "before": only["band_before"],
        "search": only["search"],
        "as_of_scores": page.rows[0].as_of if page.rows else None,
    }
    return render(request, "web/scores.html", context)


@require_GET
def scores_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every score under the page's filter."""
    found = every_row(partial(score_rows, request.actor.company, **_only(request)))
    rows = (_row(row) for row in found)
    return file_response(
        kind,
        name=f"scores-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=rows,
    )


def _only(request: StaffRequest) -> dict[str, Any]:
    """Return the filter of the address; wrong values filter nothing."""
    asked = request.GET
    band, before, show = (asked.get(name, "") for name in ("band", "before", "show"))
    known = CustomerScore.Band.values
    return {
        "band": band if band in known else "",
        "band_before": before if before in known else "",
        "only_alarms": show == "alarms",
        "only_warned": show == "warnings",
        "search": asked.get("q", "")[:80],
    }


def _label(band: str) -> str:
    return str(CustomerScore.Band(band).label)


def _row(row: ScoreRow) -> tuple[Value, ...]:
    return (
        row.customer_number,
        row.customer_name,
        row.score,
        row.band,
        row.score_before,
        row.band_before,
        row.is_alarm,
        row.is_thin,
        ", ".join(warning_label(str(one["code"])) for one in row.warnings),
        row.as_of,
    )
