"""A day's log of predictions whose chances are known by heart: paid evenly over twenty days."""

import io

import polars as pl

from dunwell.engine.calendars import day_number
from dunwell.jobs.score import LOGGED
from dunwell.ml.predictions import QUANTILES
from tests.actions.test_predictions import row
from tests.conftest import TODAY


def evenly(items, as_of=TODAY, **fields):
    """The log of items due on day 10, each paid with 5 % on every one of the next 20 days."""
    day = day_number(as_of)
    said = [
        {
            **{name: value for name, value in row(item).items() if name in LOGGED},
            "issued_day": day_number(item.issued_on),
            "as_of_day": day,
            "due_day": day + 10,
            "p_soon_ppm": 350_000,
            "p_unpaid_14_ppm": 300_000,
            "p_late_ppm": 500_000,
            "p_late_7_ppm": 150_000,
            "p_late_30_ppm": 0,
            **{name: day + number for number, name in enumerate(QUANTILES, 1)},
            **fields,
        }
        for item in items
    ]
    out = io.BytesIO()
    pl.DataFrame(said).select(*LOGGED).write_parquet(out)
    return out.getvalue()
