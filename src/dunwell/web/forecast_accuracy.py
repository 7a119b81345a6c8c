"""How good the forecast was: our own beside simple rules, by how far ahead, down to the weeks."""

from collections.abc import Sequence

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET

from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.ml.cash_accuracy import CashScore
from dunwell.queries.cash_accuracy import CashAccuracy, cash_accuracy
from dunwell.web.exports import file_response
from dunwell.web.forecast_choice import choice_of
from dunwell.web.staff import StaffRequest

COLUMNS = (
    _("Forecast of"),
    _("Periods ahead"),
    pgettext_lazy("span of days", "From"),
    pgettext_lazy("span of days", "To"),
    _("Currency"),
    _("Expected"),
    _("10 %"),
    _("90 %"),
    _("Came"),
    _("Error"),
    _("Within the range of 80 %"),
)
PPM = 1_000_000
MOST_AHEAD = 13


@require_GET
def forecast_accuracy(request: StaffRequest) -> HttpResponse:
    """Show the league of the forecasts that are over, pooled and by horizon."""
    found = _found(request, None)
    choice = choice_of(request, found.currencies, found.currency, scope="all")
    context = {
        "found": found,
        "choice": choice,
        "rows": [
            (one, [_of(one.scores, name) for name in found.contenders]) for one in found.horizons
        ],
        "best": min(found.league, key=_error, default=None),
    }
    return render(request, "web/forecast_accuracy.html", context)


@require_GET
def forecast_judged(request: StaffRequest, ahead: int) -> HttpResponse:
    """Show the forecasts made so many periods ahead, one by one, beside what came."""
    if not 1 <= ahead <= MOST_AHEAD:
        raise Http404
    found = _found(request, ahead)
    choice = choice_of(request, found.currencies, found.currency, scope="all")
    came = sum(one.came_minor for one in found.periods)
    context = {
        "found": found,
        "choice": choice,
        "ahead": ahead,
        "expected_minor": sum(one.expected_minor for one in found.periods),
        "came_minor": came,
        "address": f"forecast-{found.kind}",
    }
    return render(request, "web/forecast_judged.html", context)


@require_GET
def forecast_accuracy_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every judged forecast of the choice."""
    found = _found(request, None)
    return file_response(
        kind,
        name=f"forecast-accuracy-{found.currency}-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=_rows(found),
    )


def _found(request: StaffRequest, ahead: int | None) -> CashAccuracy:
    asked = choice_of(request, (), "", scope="all")
    return cash_accuracy(
        request.actor.company,
        as_of=request.as_of,
        currency=request.GET.get("currency", ""),
        kind=asked.kind,
        scope=asked.scope,
        number=ahead,
    )


def _error(score: CashScore) -> int:
    return PPM * PPM if score.wape_ppm is None else score.wape_ppm


def _of(scores: Sequence[CashScore], name: str) -> CashScore | None:
    return next((one for one in scores if one.contender == name), None)


def _rows(found: CashAccuracy) -> list[tuple[Value, ...]]:
    return [
        (
            one.as_of,
            one.number,
            one.starts_on,
            one.ends_on,
            found.currency,
            from_minor(one.expected_minor, found.currency),
            from_minor(one.p10_minor, found.currency),
            from_minor(one.p90_minor, found.currency),
            from_minor(one.came_minor, found.currency),
            from_minor(one.error_minor, found.currency),
            one.is_held,
        )
        for one in found.periods
    ]
