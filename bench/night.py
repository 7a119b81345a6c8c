"""The set-based night of a desk: its ledger read through the mirror, decided, differences written.

The results of `dunwell.backends.nightly` (ageing, habits, what figures are made of, expected
cash, worklist, movements), for the day after one on which invoices and bank money came in. They go
into tables of the bench, since the desk keeps more beside its own; `cycle` is all of a night.
"""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import narwhals.stable.v2 as nw
import polars as pl
from django.db import connection, transaction

from bench.banking import import_bank, match_lines
from bench.cost import Meter
from bench.desk import the_company
from bench.floors import decode
from bench.invoices import post_invoices
from bench.measures import WORK_DAY, Result, open_by_currency
from bench.workload import Workload
from dunwell import clock
from dunwell.actions.bulk import quoted
from dunwell.actions.differences import write_differences
from dunwell.backends.local import Local
from dunwell.backends.nightly import KEYS, RESULTS, Night, results
from dunwell.jobs.mirror import refresh_mirror
from dunwell.models import Company
from dunwell.queries import frames
from dunwell.queries.ledgers import Books
from dunwell.queries.policies import strategies_in_force

KEY = "result_key"
SQL = {pl.Int64: "bigint", pl.Int32: "integer", pl.Float64: "double precision"}
"""Column types by type of polars, on both databases; the rest is text or boolean."""


class Desk(Local):
    """The embedded engine on the tables of a company's desk."""

    def __init__(self, company: Company) -> None:
        super().__init__(Path())
        self._company, self._books = company, Books(company)

    def read(self, name: str) -> nw.LazyFrame:
        """Return a table: of the ledger through its mirror, of all else from the database."""
        company = self._company
        match name:
            case "customers":
                return self._books.customers
            case "holds":
                return frames.holds_frame(company)
            case "contacts":
                return frames.contacts_frame(company)
            case "fx":
                return frames.fx_frame(company)
        found: nw.LazyFrame = getattr(self._books.whole(), name)
        return found


def night_results(load: Workload) -> Result:
    """Bring the mirror up to date, make the results and write what differs from the day before."""
    company = the_company()
    refresh_mirror(company, at=clock.now(), whole=True)
    before = _night(company, WORK_DAY)
    came = [work(load) for work in (post_invoices, import_bank, match_lines)]
    with Meter() as meter:
        read = refresh_mirror(company, at=clock.now())
        changed = _night(company, WORK_DAY + timedelta(days=1))
    result = Result(meter.cost(), {"first_night": before, "changed": changed})
    result.problems += [problem for one in came for problem in one.problems]
    result.counts["rows_read_anew"] = read.read
    result.expect("is_whole", read.is_whole, wanted=False)
    result.expect("written_again", _night(company, WORK_DAY + timedelta(days=1)), _none())
    result.expect("open_minor", _aged(), open_by_currency(company))
    return result


def _night(company: Company, as_of: date) -> dict[str, int]:
    """Make the results of a day and write their differences; return how many rows changed."""
    night = Night(
        as_of=as_of,
        home=company.currency,
        country=company.country,
        strategies=[one.strategy for one in strategies_in_force(company, as_of=as_of)],
    )
    made = results(Desk(company), night)
    rows = dict(zip(made, pl.collect_all([_native(one) for one in made.values()]), strict=True))
    with transaction.atomic():
        return {name: _write(company, name, found) for name, found in rows.items()}


def _write(company: Company, name: str, rows: pl.DataFrame) -> int:
    # a sum of 128 bits stands in no column of a database
    told = rows.with_columns(pl.selectors.by_dtype(pl.Int128).cast(pl.String))
    key = KEYS[name]
    keyed = told.with_columns(
        pl.concat_str(pl.col(key).fill_null(""), separator="|").alias(KEY)
        if len(key) > 1
        else pl.col(*key).alias(KEY),
        company_id=pl.lit(company.pk, pl.Int64),
    )
    _make_table(f"bench_{name}", keyed.schema)
    return write_differences(table=f"bench_{name}", rows=keyed, company_id=company.pk, key=KEY)


def _make_table(table: str, schema: pl.Schema) -> None:
    texts = {pl.String: "text", pl.Boolean: "boolean"}
    columns = ", ".join(
        f"{quoted(name)} {(SQL | texts)[dtype.base_type()]}{' PRIMARY KEY' * (name == KEY)}"
        for name, dtype in schema.items()
    )
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE IF NOT EXISTS {quoted(table)} ({columns})")


def _native(frame: nw.LazyFrame) -> pl.LazyFrame:
    rows: pl.LazyFrame = frame.to_native()
    return rows


def _none() -> dict[str, int]:
    return dict.fromkeys(RESULTS, 0)


def _aged() -> dict[str, int]:
    """Return what is owed by currency as it was written by age."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT currency, CAST(SUM(open_minor) AS bigint) FROM bench_aging "
            "GROUP BY currency ORDER BY currency"
        )
        return dict(cursor.fetchall())


MEASURES: dict[str, Callable[[Workload], Result]] = {"night_results": night_results}
FLOORS: dict[str, Callable[[Workload], Result]] = {"night_results": decode}
"""By the name of the measure."""
