"""Training and scoring the pay-date model, on a book made for the size: no database.

The closed items of a training and the open items of a scoring are as many as the size says.
"""

import numpy as np
import polars as pl

from bench.cost import Meter
from bench.measures import Result
from bench.workload import AS_OF, Workload
from dunwell.engine.calendars import day_number
from dunwell.ml.curves import GRID_DAYS, ITEM_COLUMNS
from dunwell.ml.history import HISTORY_ITEMS, History
from dunwell.ml.pay_date import QUICK_ITEMS, fit

LEARNED_FROM = 100_000
"""Closed items a model is fitted to before it scores a book."""

ITEMS_EACH = 10
"""Items per customer."""


def train_model(load: Workload) -> Result:
    """Fit the learned model to as many closed items as the size says."""
    past = book(opened=load.size // 20, closed=load.size)
    with Meter() as meter:
        model = fit(past, "hazard")
    result = Result(meter.cost())
    result.expect("paid_items", past.paid_items, load.size)
    result.expect("model", model.name, "hazard")
    return result


def score_items(load: Workload) -> Result:
    """Give every open item its curve and read chances, expected day and range from it."""
    past = book(opened=load.size, closed=min(load.size, LEARNED_FROM))
    model = fit(past, "hazard")
    requests = past.open.select(*ITEM_COLUMNS)
    with Meter() as meter:
        curves = model.curves(past, requests)
        late = curves.late(0)
        days = [curves.quantile(level) for level in (0.1, 0.5, 0.9)]
        expected = curves.expected()
    result = Result(meter.cost())
    result.expect("items", len(curves), load.size)
    ordered = (days[0] <= days[1]) & (days[1] <= days[2]) & (expected > past.as_of)
    result.expect("in_order", int(ordered.sum()), load.size)
    result.counts |= {"is_quick": load.size > QUICK_ITEMS, "late": round(float(late.sum()))}
    return result


def order_rows(load: Workload) -> Result:
    """Sort the book by customer and day of payment: the least a training looks at."""
    items = book(opened=load.size // 20, closed=load.size).items
    customer = items["customer_id"].to_numpy()
    paid = items["paid_day"].fill_null(0).to_numpy()
    with Meter() as meter:
        order = np.lexsort((paid, customer))
    return Result(meter.cost(), {"rows": len(order)})


def multiply_out(load: Workload) -> Result:
    """Turn log-odds of every item and day into a curve, with nothing to work them out from."""
    odds = np.full((10_000, GRID_DAYS), -3.0, np.float32)
    with Meter() as meter:
        for _ in range(0, load.size, len(odds)):
            curve = np.cumprod(1 / (1 + np.exp(odds)), axis=1)
    return Result(meter.cost(), {"days": curve.shape[1]})


def book(*, opened: int, closed: int, seed: int = 1) -> History:
    """Return a seeded book: customers with a habit of their own, three terms, two currencies."""
    chance = np.random.default_rng(seed)
    count, as_of = opened + closed, day_number(AS_OF)
    customers = max(count // ITEMS_EACH, 1)
    customer = chance.integers(1, customers + 1, count)
    habit = chance.normal(8, 12, customers + 1)
    is_open = np.arange(count) < opened
    issued = as_of - np.where(
        is_open, chance.integers(0, 60, count), chance.integers(90, 720, count)
    )
    due = issued + chance.choice([14, 30, 45], count)
    late = np.rint(habit[customer] + chance.normal(0, 6, count)).astype(np.int64)
    paid = np.clip(due + late, issued, as_of)
    amount = np.rint(np.exp(chance.normal(11, 1, count))).astype(np.int64)
    ended = pl.when(pl.col("open_minor") == 0).then(pl.col("paid_day"))
    items = pl.DataFrame(
        {
            "item_id": np.arange(1, count + 1),
            "customer_id": customer,
            "currency": np.where(customer % 3 == 0, "USD", "EUR").tolist(),
            "amount_minor": amount,
            "open_minor": np.where(is_open, amount, 0),
            "issued_day": issued,
            "due_day": due,
            "paid_day": paid,
        }
    ).with_columns(paid_day=ended, ended_day=ended)
    none = {"item_id": pl.Int64, "day": pl.Int32}
    return History(
        as_of=as_of,
        items=items.select(*HISTORY_ITEMS).cast(pl.Schema(HISTORY_ITEMS)),
        parts=pl.DataFrame(schema=none | {"amount_minor": pl.Int64}),
        disputes=pl.DataFrame(
            schema={"item_id": pl.Int64, "opened_day": pl.Int32, "closed_day": pl.Int32}
        ),
        promises=pl.DataFrame(
            schema={
                "item_id": pl.Int64,
                "made_day": pl.Int32,
                "due_day": pl.Int32,
                "withdrawn_day": pl.Int32,
            }
        ),
        contacts=pl.DataFrame(schema=none | {"customer_id": pl.Int64}),
        countries=pl.DataFrame(schema={"customer_id": pl.Int64, "country": pl.String}),
    )


MEASURES = {"train_model": train_model, "score_items": score_items}
FLOORS = {"train_model": order_rows, "score_items": multiply_out}
"""Each measure and its floor by name."""
