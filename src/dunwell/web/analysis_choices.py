"""What the address of an analysis page chooses: days, currency, slice; and what it shows."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from dunwell.engine.book_slices import ALL, DIMENSIONS
from dunwell.jobs.analyses import start_analysis
from dunwell.models import Analysis
from dunwell.queries.analyses import ShownAnalysis, shown_analysis
from dunwell.web.keys import read_day
from dunwell.web.staff import StaffRequest


@dataclass(frozen=True, kw_only=True, slots=True)
class AnalysisChoice:
    """The analysis shown, the currency and the slice; `query` carries them on."""

    shown: ShownAnalysis
    currencies: tuple[str, ...]
    currency: str
    dimension: str
    key: str
    is_dated: bool

    @property
    def query(self) -> str:
        """Return the choice as an address's query."""
        told = {"currency": self.currency, "by": self.dimension, "key": self.key}
        if self.is_dated:
            told["as_of"] = self.shown.as_of.isoformat()
            if self.shown.since != self.shown.as_of:
                told["since"] = self.shown.since.isoformat()
        return urlencode({name: value for name, value in told.items() if value})

    @property
    def days_query(self) -> str:
        """Return the days alone."""
        if not self.is_dated:
            return ""
        told = {"as_of": self.shown.as_of.isoformat()}
        if self.shown.since != self.shown.as_of:
            told["since"] = self.shown.since.isoformat()
        return urlencode(told)


def analysis_choice(
    request: StaffRequest, kind: str, section: str, *, dimension: str = ALL
) -> AnalysisChoice:
    """Return what the address asks for, else the latest analysis and the home currency.

    An analysis whose process died is begun again by the page that waits for it.
    """
    as_of, since = (read_day(request.GET.get(name, "")) for name in ("as_of", "since"))
    company = request.actor.company
    shown = shown_analysis(company, kind=kind, today=request.as_of, as_of=as_of, since=since)
    if shown.is_under_way and shown.analysis_id and "analysis.order" in request.actor.rights:
        start_analysis(Analysis.objects.get(pk=shown.analysis_id))
    currencies = shown.currencies(section) if shown.is_there else []
    asked = request.GET.get("currency", "")
    home = company.currency if company.currency in currencies else ""
    currency = asked if asked in currencies else home or next(iter(currencies), "")
    by = request.GET.get("by", "")
    chosen = by if by in DIMENSIONS else dimension
    return AnalysisChoice(
        shown=shown,
        currencies=tuple(currencies),
        currency=currency,
        dimension=chosen,
        key=request.GET.get("key", "")[:200] if chosen != ALL else "",
        is_dated=as_of is not None,
    )


def days_context(choice: AnalysisChoice, page: str) -> dict[str, Any]:
    """Return what the card of days and currency shows on every page of an analysis."""
    return {
        "choice": choice,
        "shown": choice.shown,
        "currency": choice.currency,
        "page": page,
        "is_comparison": choice.shown.kind != Analysis.Kind.BOOK,
    }
