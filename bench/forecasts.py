"""The outlook of cash: 13 weeks and 12 months, from a scored book."""

from collections.abc import Callable

import polars as pl

from bench.cost import Meter
from bench.desk import the_company
from bench.measures import WORK_DAY, Result
from bench.workload import Workload
from dunwell import clock
from dunwell.actions.gate import system
from dunwell.jobs.model_day import ModelDay
from dunwell.ml.cash_claims import COMPONENTS
from dunwell.queries.ledgers import Books


def forecast(load: Workload) -> Result:
    """Read the history, score the open book by the model that serves, and work out the cash."""
    company = the_company()
    day = ModelDay(actor=system(company), books=Books(company), as_of=WORK_DAY, at=clock.now())
    with Meter() as meter:
        outlook = day.outlook
    result = Result(meter.cost(), {"items": load.size})
    if outlook is None or day.scored is None:
        result.problems.append("no model serves: the cycle has not trained one")
        return result
    rows = outlook.rows.filter(~pl.col("is_consolidated"))
    parts = pl.sum_horizontal(*(f"{name}_minor" for name in COMPONENTS))
    result.expect("apart", rows.filter(parts != pl.col("expected_minor")).height, 0)
    result.expect("missing_rates", list(outlook.missing_rates), [])
    result.expect("scored", day.scored.book.items.height, load.oracle()["debits"])
    result.counts |= {"rows": rows.height, "currencies": rows["currency"].n_unique()}
    return result


MEASURES: dict[str, Callable[[Workload], Result]] = {"forecast": forecast}
"""By its name."""
