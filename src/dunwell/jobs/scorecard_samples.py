"""What a scorecard learns from: a file of outcomes, or the company's own books of the past.

From the books: at each of several days gone by every customer with a history is a row. Inputs
are its payment habits as of that day; it went bad when an item became more than 90 days late
within the twelve months after. Who was that late already on the day is no row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from dunwell.actions.gate import Refused
from dunwell.engine.calendars import day_number
from dunwell.engine.credit_fact_names import NUMBER, OWN
from dunwell.engine.late_outcomes import FAR_LATE_DAYS, late_outcomes
from dunwell.formats.findings import TableError
from dunwell.formats.scoring_rows import read_scoring_rows
from dunwell.ml.history import Ints
from dunwell.ml.scorecards.samples import Inputs, Sample, UnusableSample, inputs_of, sample
from dunwell.models import Company
from dunwell.queries.credit_facts import credit_facts_frame
from dunwell.queries.ledgers import Books
from dunwell.queries.reminders import native

OUTCOME_DAYS = 365
"""So long after a day it is known what became of a customer."""

STEP_DAYS, SNAPSHOTS = 91, 8
"""A quarter lies between two days asked about; at most so many are."""

HABITS = tuple(name for name, fact in OWN.items() if fact.kind == NUMBER)
"""The facts of `engine.credit_fact_names` that are learned from."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CardSample:
    """Rows with their outcome, protected columns beside, and whose each is (None: its own)."""

    rows: Sample
    protected: Inputs
    whose: Ints | None = None


def file_sample(
    content: bytes,
    *,
    name: str,
    target: str,
    bad: str,
    leave_out: Sequence[str] = (),
    protected: Sequence[str] = (),
) -> CardSample:
    """Return the rows of a file; raise Refused with the place for what cannot be learned from."""
    try:
        table = read_scoring_rows(content, name=name)
        missing = [column for column in (*leave_out, *protected) if column not in table.columns]
        if missing:
            raise Refused(f"{name}: there is no column {missing[0]!r}; check its spelling.")
        return CardSample(
            rows=sample(table, target=target, bad=bad, leave_out=[*leave_out, *protected]),
            protected=inputs_of(table.select(protected)),
        )
    except (TableError, UnusableSample) as error:
        raise Refused(str(error)) from error


def books_sample(company: Company, *, as_of: date) -> CardSample:
    """Return the rows of the company's own past up to a day, oldest first.

    Raises Refused where the books do not reach back far enough to know an outcome.
    """
    books = Books(company)
    late = native(late_outcomes(books.whole()))
    first = native(books.whole().items)["issued_day"].min()
    days = [
        as_of - timedelta(days=OUTCOME_DAYS + STEP_DAYS * number) for number in range(SNAPSHOTS)
    ]
    past = [day for day in reversed(days) if isinstance(first, int) and first < day_number(day)]
    if not past:
        raise Refused(
            f"The books of {company.name} do not reach back {OUTCOME_DAYS} days before {as_of}, "
            "so what became of anybody is not known; learn from a file instead."
        )
    parts = [_rows_of(company, books, late, day) for day in past]
    table = pl.concat(parts)
    if not table.height:
        raise Refused(f"No customer of {company.name} had a history by {past[-1]}.")
    whose = table["customer_id"].to_numpy().astype(np.int64)
    outcome = table.select(*HABITS, "outcome")
    try:
        return CardSample(
            rows=sample(outcome, target="outcome", bad="1"), protected={}, whose=whose
        )
    except UnusableSample as error:
        raise Refused(
            f"The books of {company.name} hold {int(table['outcome'].sum())} customers that went "
            f"bad of {table.height} rows; learn from a file instead ({error})."
        ) from error


def _rows_of(company: Company, books: Books, late: pl.DataFrame, day: date) -> pl.DataFrame:
    """Return one day's rows: the key, HABITS, and `outcome` 1 for gone bad."""
    start = day_number(day)
    bad = (
        late.filter(pl.col("late_day").is_between(start + 1, start + OUTCOME_DAYS))
        .select("customer_id")
        .unique()
        .with_columns(outcome=pl.lit(1, pl.Int64))
    )
    facts = credit_facts_frame(company, as_of=day, books=books)
    return (
        facts.filter(
            pl.col("own_months_known").is_not_null()
            & (pl.col("own_oldest_days").fill_null(0) <= FAR_LATE_DAYS)
        )
        .select("customer_id", *HABITS)
        .join(bad, on="customer_id", how="left")
        .with_columns(pl.col("outcome").fill_null(0))
        .sort("customer_id")
    )
