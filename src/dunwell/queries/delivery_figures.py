"""How well invoices of a span arrived: the share in time, the days it took."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import polars as pl

from dunwell.engine.calendars import day_number
from dunwell.engine.delivery_ladder import known_facts, proven
from dunwell.engine.kpis import mean_and_median, percent
from dunwell.models import Company, Item
from dunwell.queries.delivery_facts import facts_frame
from dunwell.queries.delivery_ladders import ours
from dunwell.queries.reminders import native


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveryFigures:
    """Invoices of a span and what proves of them; share and days have one decimal and are
    empty without any.

    `judged` are those that are due or proven; `in_time` of them were proven by their due day.
    """

    invoices: int
    judged: int
    in_time: int
    in_time_percent: str
    median_days: str


def delivery_figures(company: Company, *, from_on: date, as_of: date) -> DeliveryFigures:
    """Return how invoices arrived that were issued here between two days and sent by us."""
    told = delivered(company, from_on=from_on, as_of=as_of)
    judged = told.filter(pl.col("is_judged"))
    in_time = told.filter(pl.col("is_in_time"))
    waited = told.filter(pl.col("days").is_not_null())
    _, median = mean_and_median(Counter(waited["days"].to_list()))
    return DeliveryFigures(
        invoices=told.height,
        judged=judged.height,
        in_time=in_time.height,
        in_time_percent=_told(percent(part=in_time.height, whole=judged.height)),
        median_days=_told(median),
    )


def delivered(company: Company, *, from_on: date, as_of: date) -> pl.DataFrame:
    """Return the invoices of a span with what proves their arrival, a row each.

    Columns: `item_id`, `customer_id`, `is_judged` (due or proven), `is_in_time` (proven by the
    due day), `days` from issue to the first proof, empty without one.
    """
    items = ours(
        company,
        Item.objects.filter(
            company=company,
            kind=Item.Kind.INVOICE,
            issued_on__gte=from_on,
            issued_on__lte=as_of,
        ),
    )
    proofs = native(proven(known_facts(facts_frame(company, items), as_of=as_of)))
    rows = [
        (key, customer_id, day_number(issued), day_number(due))
        for key, customer_id, issued, due in items.values_list(
            "pk", "customer_id", "issued_on", "due_on"
        )
    ]
    schema = {
        "item_id": pl.Int64,
        "customer_id": pl.Int64,
        "issued_day": pl.Int32,
        "due_day": pl.Int32,
    }
    told = pl.DataFrame(rows, schema=schema, orient="row").join(proofs, on="item_id", how="left")
    is_proven = pl.col("proof_day").is_not_null()
    waited = (pl.col("proof_day") - pl.col("issued_day")).clip(lower_bound=0)
    return told.select(
        "item_id",
        "customer_id",
        is_judged=is_proven | (pl.col("due_day") <= day_number(as_of)),
        is_in_time=is_proven & (pl.col("proof_day") <= pl.col("due_day")),
        days=pl.when(is_proven).then(waited),
    )


def _told(value: Fraction | None) -> str:
    return "" if value is None else f"{float(value):.1f}"
