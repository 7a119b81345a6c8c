"""What rules of segments and pools look at, read for one company and day."""

# what is put together here are our own pieces of SQL and whole numbers
# ruff: noqa: S608

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.engine.calendars import day_number
from dunwell.engine.items import open_items
from dunwell.engine.segments_facts import (
    BILLED,
    BILLED_DAYS,
    DISPUTED,
    JUDGED_PROMISES,
    OWED_SUMS,
    PROFILES,
    PROMISE_DAYS,
    customer_facts,
    owed_at_home,
    owed_sums,
)
from dunwell.engine.segments_facts import owed_totals as totals_of
from dunwell.formats.frames import kept
from dunwell.models import Company
from dunwell.queries.frames import day, fx_frame, read_frame
from dunwell.queries.kept_sums import MANY_CUSTOMERS, kept_frame
from dunwell.queries.ledgers import Books
from dunwell.queries.reminders import native


@dataclass(frozen=True, kw_only=True, slots=True)
class HomeOwed:
    """What a customer owes in home minor units; None where an exchange rate is missing."""

    owed_minor: int | None = 0
    overdue_minor: int | None = 0


NOTHING = HomeOwed()


def facts_frame(books: Books, *, as_of: date) -> nw.LazyFrame:
    """Return the facts of every customer on a day, in columns CUSTOMER_FACTS.

    Scores and habits are those the last cycle kept.
    """
    company, rates = books.company, kept(fx_frame(books.company))
    ledger = books.still_open(as_of=as_of)
    owed = owed_sums(open_items(ledger.items, ledger.allocations, as_of=as_of))
    return _facts(
        company,
        owed_at_home(owed, rates, home=company.currency, as_of=as_of),
        rates,
        as_of=as_of,
    )


def facts_now(company: Company, *, as_of: date) -> nw.LazyFrame:
    """Return the facts of every customer by what is open now, in columns CUSTOMER_FACTS.

    What `facts_frame` returns for the present day, without reading what is open anew.
    """
    owed = nw.from_native(owed_frame(company, as_of=as_of).lazy())
    return _facts(company, owed, kept(fx_frame(company)), as_of=as_of)


def _facts(
    company: Company, owed: nw.LazyFrame, rates: nw.LazyFrame, *, as_of: date
) -> nw.LazyFrame:
    year_ago = as_of - timedelta(days=BILLED_DAYS)
    return kept(
        customer_facts(
            _profiles(company),
            owed,
            _billed(company, year_ago, as_of),
            _promises(company, as_of - timedelta(days=PROMISE_DAYS), as_of),
            _disputed(company, year_ago, as_of),
            rates,
            home=company.currency,
            as_of=as_of,
        )
    )


def owed_now(company: Company, *, as_of: date, customers: Sequence[int]) -> Mapping[int, HomeOwed]:
    """Return what each of some customers owes now in the home currency; two queries.

    Who owes nothing is left out.
    """
    found = _owed(company, f"AND o.customer_id IN ({_keys(customers)})", as_of=as_of)
    return {
        key: HomeOwed(owed_minor=owed, overdue_minor=overdue)
        for key, owed, overdue in found.select(
            "customer_id", "owed_minor", "overdue_minor"
        ).iter_rows()
    }


def owed_frame(company: Company, *, as_of: date) -> pl.DataFrame:
    """Return what each customer owes now in the home currency, in columns OWED.

    Who owes nothing is left out. Told again for many customers until something is recorded.
    """
    return kept_frame(
        company,
        ("owed_frame", as_of),
        lambda: _owed(company, "", as_of=as_of),
        is_worth=lambda found: found.height >= MANY_CUSTOMERS,
    )


def owed_totals(rows: pl.DataFrame, owed: pl.DataFrame, *by: str) -> pl.DataFrame:
    """Return rows with a `customer_id` summed by columns, with what their customers owe.

    As `engine.segments_facts.owed_totals`, of what was read.
    """
    return native(totals_of(nw.from_native(rows.lazy()), nw.from_native(owed.lazy()), *by))


def _owed(company: Company, only: str, *, as_of: date) -> pl.DataFrame:
    sums = read_frame(
        "SELECT o.customer_id, o.currency, CAST(SUM(o.open_minor) AS bigint), "
        "CAST(SUM(CASE WHEN o.due_on < %s THEN o.open_minor ELSE 0 END) AS bigint), "
        f"COALESCE({day_number(as_of)} - "
        f"{day('MIN(CASE WHEN o.due_on < %s AND o.open_minor > 0 THEN o.due_on END)')}, 0) "
        f"FROM dunwell_openitem o WHERE o.company_id = %s {only} "
        "GROUP BY o.customer_id, o.currency",
        [as_of, as_of, company.pk],
        OWED_SUMS,
    )
    return native(owed_at_home(sums, fx_frame(company), home=company.currency, as_of=as_of))


def _keys(customers: Sequence[int]) -> str:
    return ", ".join(str(int(key)) for key in customers) or "NULL"


def _profiles(company: Company) -> nw.LazyFrame:
    return read_frame(
        "SELECT c.id, c.segment, c.country, c.party, c.language, c.terms, s.score, "
        "COALESCE(s.band, ''), COALESCE(h.label, ''), h.median_days_late, "
        "CASE WHEN h.n_settled > 0 THEN h.share_late_ppm END "
        "FROM dunwell_customer c LEFT JOIN dunwell_customerscore s ON s.customer_id = c.id "
        "LEFT JOIN dunwell_habit h ON h.customer_id = c.id WHERE c.company_id = %s",
        [company.pk],
        PROFILES,
    )


def _billed(company: Company, after_on: date, as_of: date) -> nw.LazyFrame:
    return read_frame(
        f"SELECT i.customer_id, i.currency, MIN({day('i.issued_on')}), "
        "CAST(SUM(CASE WHEN i.issued_on > %s THEN i.amount_minor ELSE 0 END) AS bigint), "
        "SUM(CASE WHEN i.issued_on > %s AND i.amount_minor > 0 THEN 1 ELSE 0 END) "
        "FROM dunwell_item i WHERE i.company_id = %s AND i.issued_on <= %s "
        "GROUP BY i.customer_id, i.currency",
        [after_on, after_on, company.pk, as_of],
        BILLED,
    )


def _promises(company: Company, after_on: date, as_of: date) -> nw.LazyFrame:
    return read_frame(
        "SELECT p.customer_id, COUNT(*), SUM(CASE WHEN p.outcome = 'kept' THEN 1 ELSE 0 END) "
        "FROM dunwell_promise p WHERE p.company_id = %s AND p.settled_on > %s "
        "AND p.settled_on <= %s AND p.outcome IN ('kept', 'partially_kept', 'broken') "
        "GROUP BY p.customer_id",
        [company.pk, after_on, as_of],
        JUDGED_PROMISES,
    )


def _disputed(company: Company, after_on: date, as_of: date) -> nw.LazyFrame:
    return read_frame(
        "SELECT i.customer_id, COUNT(DISTINCT d.item_id) FROM dunwell_dispute d "
        "JOIN dunwell_item i ON i.id = d.item_id WHERE d.company_id = %s "
        "AND d.opened_on <= %s AND i.issued_on > %s AND i.amount_minor > 0 "
        "GROUP BY i.customer_id",
        [company.pk, as_of, after_on],
        DISPUTED,
    )
