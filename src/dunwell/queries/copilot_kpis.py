"""A figure now and at the month end kept before it, with what both were made of."""

from dataclasses import dataclass
from datetime import date

from dunwell.engine.copilot_explanations import KpiPoint
from dunwell.engine.kpi_catalogue import Kpi
from dunwell.engine.kpi_tables import KPI_INPUTS
from dunwell.models import Company
from dunwell.queries.kpi_courses import kpi_course
from dunwell.queries.kpi_slices import kept_figures, part_figures


@dataclass(frozen=True, slots=True)
class KpiPair:
    """A figure on a day and the newest kept month end before it (None: none is kept)."""

    now: KpiPoint
    before: KpiPoint | None


def kpi_pair(company: Company, about: Kpi, *, currency: str, as_of: date) -> KpiPair | None:
    """Return a figure of the whole book now and before; None where the book has no such currency.

    Of the day before only what the cycle kept is read, so nothing old is worked out for it.
    """
    found = part_figures(company, as_of=as_of, dimension="company", key="")
    mine = next((one for one in found if one.currency == currency), None)
    if mine is None:
        return None
    now = KpiPoint(
        on=as_of,
        value=mine.values.get(about.id, ""),
        inputs={name: mine.inputs[name] for name in KPI_INPUTS[about.id]},
    )
    course = kpi_course(company, kpi=about.id, currency=currency, until=as_of)
    earlier = [(on, value) for on, value in course if on < as_of]
    if not earlier:
        return KpiPair(now, None)
    on, value = earlier[-1]
    kept = kept_figures(company, as_of=on, dimension="company")
    then = next((one for one in kept if one.currency == currency), None)
    inputs = {} if then is None else {name: then.inputs[name] for name in KPI_INPUTS[about.id]}
    text = ("" if value is None else str(value)) if then is None else then.values[about.id]
    return KpiPair(now, KpiPoint(on=on, value=text, inputs=inputs))
