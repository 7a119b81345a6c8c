"""The facts of `engine.credit_fact_names` for many customers: a fixed number of queries.

Everything that scores, decides, limits or replays asks here, so that a fact means the same
wherever it is used. A day gone by is answered from what was known by its business date.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import narwhals.stable.v2 as nw
import polars as pl
from django.db.models import Count, QuerySet

from dunwell.engine.behaviour import CALENDAR_LEAD, HISTORY_DAYS
from dunwell.engine.calendars import calendar_days
from dunwell.engine.credit_fact_names import (
    BUREAU,
    CUSTOMER,
    FACTS,
    FLAG,
    OWN,
    POINTS,
    STATEMENTS,
    Value,
    fits,
)
from dunwell.engine.fx import PPM, rates_in_force
from dunwell.engine.money import part
from dunwell.engine.own_history import own_history
from dunwell.engine.scoring import behaviour_scores
from dunwell.formats.frames import kept
from dunwell.models import Company, CreditDataPoint, Customer, CustomerScore, Debit
from dunwell.queries import frames
from dunwell.queries.bureau_reports import bureau_facts_of
from dunwell.queries.customer_ledgers import ledger_of
from dunwell.queries.financial_statements import statement_facts_of
from dunwell.queries.histories import replies_frame
from dunwell.queries.ledgers import Books
from dunwell.queries.planned_credit import own_history_of_few
from dunwell.queries.reminders import native
from dunwell.queries.runs import last_finished_day

SCORED = "score_customers"
"""The step of the cycle after which stored scores are those of the day."""

_TYPES = {"number": pl.Int64, "text": pl.String, FLAG: pl.Boolean}
SCHEMA: Mapping[str, type[pl.DataType]] = {
    "customer_id": pl.Int64,
    **{name: _TYPES[fact.kind] for name, fact in FACTS.items()},
}
"""Columns of `credit_facts_frame`: the key and every fact of the catalogue."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditFacts:
    """Facts as read: a row per customer in the columns SCHEMA, and points of any name by customer.

    The frame is sorted by customer and holds the points of the catalogue alone.
    """

    frame: pl.DataFrame
    points: Mapping[int, Mapping[str, Value]]

    def by_customer(self) -> dict[int, dict[str, Value]]:
        """Return every fact of each customer by its key, its points of any name among them."""
        found: dict[int, dict[str, Value]] = {}
        for row in self.frame.iter_rows(named=True):
            key = int(row.pop("customer_id"))
            found[key] = {**row, **self.points.get(key, {})}
        return found


def read_credit_facts(
    company: Company,
    *,
    as_of: date,
    customer_ids: Collection[int] | None = None,
    books: Books | None = None,
) -> CreditFacts:
    """Return the facts of everybody, or of some; other companies' customers are left out.

    `books` is a ledger that has been read already, for everybody.
    """
    points = _points(company, customer_ids, as_of)
    frame = _frame(company, as_of=as_of, customer_ids=customer_ids, points=points, books=books)
    return CreditFacts(frame=frame, points=points)


def credit_facts(
    company: Company, *, as_of: date, customer_ids: Collection[int] | None = None
) -> dict[int, dict[str, Value]]:
    """Return every fact of each customer by its key: those of the catalogue, points of any name.

    `customer_ids` narrows it to some; other companies' are left out. A fact that is not known is
    None, never 0.
    """
    return read_credit_facts(company, as_of=as_of, customer_ids=customer_ids).by_customer()


def credit_facts_frame(
    company: Company,
    *,
    as_of: date,
    customer_ids: Collection[int] | None = None,
    books: Books | None = None,
) -> pl.DataFrame:
    """Return a row per customer in the columns SCHEMA, sorted by customer.

    `books` is a ledger that has been read already, for everybody.
    """
    return read_credit_facts(company, as_of=as_of, customer_ids=customer_ids, books=books).frame


def _frame(
    company: Company,
    *,
    as_of: date,
    customer_ids: Collection[int] | None,
    points: Mapping[int, Mapping[str, Value]],
    books: Books | None = None,
) -> pl.DataFrame:
    fx = kept(frames.fx_frame(company))
    rates = _rates(fx, as_of)
    whose = None if customer_ids is None else sorted(set(customer_ids))
    statements = {
        key: _at_home_all(told, company, rates)
        for key, told in statement_facts_of(company, as_of=as_of, customer_ids=whose).items()
    }
    bureaus = bureau_facts_of(company, rates=rates, as_of=as_of, customer_ids=whose)
    frame = _customers(company, whose)
    # few customers have any of these, so that rows are made for them alone
    for facts, names in (
        (statements, tuple(STATEMENTS)),
        (bureaus, tuple(BUREAU)),
        (points, tuple(POINTS)),
        (_returned(company, whose, as_of), ("own_returned_debits",)),
    ):
        frame = frame.join(_told(facts, names), on="customer_id", how="left")
    own = _own(company, whose, fx, books=books, as_of=as_of)
    return (
        frame.join(own, on="customer_id", how="left")
        .with_columns(
            pl.when(pl.col("own_months_known").is_not_null())
            .then(pl.col("own_returned_debits").fill_null(0))
            .alias("own_returned_debits")
        )
        .sort("customer_id")
        .select(*SCHEMA)
    )


def _told(facts: Mapping[int, Mapping[str, Value]], names: Sequence[str]) -> pl.DataFrame:
    """Return a row per customer with facts; what is not of its fact's kind is empty."""
    rows = [
        (
            key,
            *(told.get(name) if fits(name, told.get(name)) else None for name in names),
        )
        for key, told in facts.items()
    ]
    known = {name: SCHEMA[name] for name in ("customer_id", *names)}
    return pl.DataFrame(rows, schema=known, orient="row")


def _at_home_all(
    told: Mapping[str, Value], company: Company, rates: Mapping[str, int]
) -> dict[str, Value]:
    """Return facts of a statement with its amounts at home, empty where a rate is missing."""
    currency = str(told.get("fs_currency"))
    return {
        name: at_home(value, currency, company=company, rates=rates)
        if name.endswith("_minor")
        else value
        for name, value in told.items()
    }


def at_home(
    amount_minor: Value, currency: str, *, company: Company, rates: Mapping[str, int]
) -> int | None:
    """Return an amount in the company's currency, None for none and where a rate is missing."""
    if amount_minor is None:
        return None
    if currency == company.currency:
        return int(amount_minor)
    rate = rates.get(currency)
    return None if rate is None else part(int(amount_minor), rate, PPM)


def _rates(fx: nw.LazyFrame, as_of: date) -> dict[str, int]:
    """Return the rate of each currency on the day."""
    found = native(rates_in_force(fx, as_of=as_of))
    return dict(found.select("currency", "rate_ppm").iter_rows())


def _customers(company: Company, whose: list[int] | None) -> pl.DataFrame:
    """Return a row per customer with the facts customer_*."""
    found = Customer.objects.filter(company=company)
    if whose is not None:
        found = found.filter(pk__in=whose)
    columns = ("pk", "country", "party", "segment", "region", "vat_id")
    names = ("customer_id", *CUSTOMER)
    texts = pl.DataFrame(
        list(found.values_list(*columns)),
        schema={name: pl.String if name in CUSTOMER else pl.Int64 for name in names},
        orient="row",
    )
    told = pl.col(pl.String)
    return texts.with_columns(pl.when(told != "").then(told).name.keep()).with_columns(
        pl.col("customer_has_vat_id").is_not_null()
    )


def _points(
    company: Company, customer_ids: Collection[int] | None, as_of: date
) -> dict[int, dict[str, Value]]:
    """Return the latest value of each point, by `point_` and its name."""
    found = CreditDataPoint.objects.filter(company=company, as_of__lte=as_of)
    if customer_ids is not None:
        found = found.filter(customer__in=customer_ids)
    points: dict[int, dict[str, Value]] = {}
    # the latest comes last and stays
    rows = found.order_by("as_of", "pk").values_list("customer_id", "name", "value")
    for key, name, value in rows:
        points.setdefault(key, {})[f"point_{name}"] = value
    return points


def _returned(
    company: Company, whose: list[int] | None, as_of: date
) -> dict[int, dict[str, Value]]:
    """Return how many direct debits came back in the time that habits look at."""
    since = as_of - timedelta(days=HISTORY_DAYS)
    found: QuerySet[Debit] = Debit.objects.filter(
        customer__company=company,
        status=Debit.Status.RETURNED,
        returned_on__gt=since,
        returned_on__lte=as_of,
    )
    if whose is not None:
        found = found.filter(customer__in=whose)
    counted = found.order_by().values_list("customer_id").annotate(n=Count("pk"))
    return {key: {"own_returned_debits": count} for key, count in counted}


def _own(
    company: Company,
    whose: list[int] | None,
    fx: nw.LazyFrame,
    *,
    books: Books | None,
    as_of: date,
) -> pl.DataFrame:
    """Return the facts own_* but for returned debits, a row per customer with an item."""
    whole = None if whose is not None else (books or Books(company)).whole()
    ledger = whole or ledger_of(company, whose or ())
    calendar = calendar_days(
        company.country,
        first=as_of - CALENDAR_LEAD,
        last=as_of.replace(day=1) + timedelta(days=62),
    )
    if whole is not None:
        own = native(own_history(ledger, calendar, fx, home=company.currency, as_of=as_of))
    else:
        own = own_history_of_few(ledger, calendar, fx, home=company.currency, as_of=as_of)
    scored_on = last_finished_day(company, last_step=SCORED)
    if scored_on is None or scored_on <= as_of:
        scores = _stored_scores(company, whose)
    else:
        scores = native(
            behaviour_scores(
                ledger,
                as_of=as_of,
                contacts=kept(frames.contacts_frame(company)),
                replies=kept(replies_frame(company)),
                calendar=calendar,
            )
        ).select("customer_id", own_score="score", own_band="band")
    joined = own.join(scores, on="customer_id", how="left")
    names = [name for name in OWN if name != "own_returned_debits"]
    return joined.select("customer_id", *[pl.col(name).cast(SCHEMA[name]) for name in names])


def _stored_scores(company: Company, whose: list[int] | None) -> pl.DataFrame:
    found = CustomerScore.objects.filter(company=company)
    if whose is not None:
        found = found.filter(customer__in=whose)
    return pl.DataFrame(
        list(found.values_list("customer_id", "score", "band")),
        schema={"customer_id": pl.Int64, "own_score": pl.Int64, "own_band": pl.String},
        orient="row",
    )
