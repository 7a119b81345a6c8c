"""A book whose true pay-date distribution is known, predicted week by week.

Customers pay in runs: on some weeks a customer is slower or faster as a whole. A planted shift
lets everybody pay later from a day on, unknown to the model.
"""

import numpy as np
import polars as pl
from scipy.special import ndtr

from dunwell.ml.curves import LEVELS
from dunwell.ml.predictions import MATURED, PREDICTIONS, QUANTILES

FIRST_DAY = 18_000
LONGEST = 120
CUSTOMERS = 40


def predicted_weeks(seed=0, weeks=52, shift_week=None, shift_days=10, items_a_week=60):
    """Return matured rows (MATURED) of weekly predictions by the truth before any shift.

    Items are issued for 30 days; days late are normal with a level and spread per customer.
    """
    random = np.random.default_rng(seed)
    level, spread = random.normal(3, 4, CUSTOMERS), random.uniform(3, 7, CUSTOMERS)
    number = (weeks + 30) * items_a_week
    customer = random.integers(0, CUSTOMERS, number)
    issued = FIRST_DAY - 140 + np.sort(random.integers(0, (weeks + 20) * 7, number))
    due = issued + 30
    wait = 30 + level[customer] + spread[customer] * random.standard_normal(number)
    run = random.normal(0, 2, (CUSTOMERS, weeks + 60))
    wait += run[customer, np.maximum((issued - FIRST_DAY + 140) // 7, 0)]
    paid = issued + np.clip(np.ceil(wait), 1, LONGEST).astype(np.int64)
    if shift_week is not None:
        start = FIRST_DAY + 7 * shift_week
        paid = np.where(paid > start, paid + shift_days, paid)
    law = _law(level, np.sqrt(spread**2 + 4))
    parts = []
    for week in range(weeks):
        day = FIRST_DAY + 7 * week
        rows = np.flatnonzero((issued <= day) & (paid > day))
        parts.append(
            _told(law[customer[rows]], day, issued[rows], due[rows], customer[rows], rows)
        )
        last = FIRST_DAY + 7 * weeks
        parts[-1] = _with_outcome(parts[-1], paid[rows], last)
    return pl.concat(parts)


def _law(level, spread):
    """Return P(paid by n days after issue), n = 0 .. LONGEST, per customer."""
    days = np.arange(LONGEST + 1)
    law = ndtr((days - 30 - level[:, None]) / spread[:, None])
    law[:, 0], law[:, -1] = 0, 1
    return law


def _told(law, day, issued, due, customer, item):
    """Return the predictions (PREDICTIONS) of items known to be unpaid on the day."""
    rows, age = np.arange(len(item)), day - issued
    before = law[rows, age]

    def by(when):
        then = law[rows, np.clip(when - issued, 0, LONGEST)]
        return np.clip((then - before) / np.maximum(1 - before, 1e-12), 0, 1)

    data = {
        "item_id": item,
        "customer_id": customer,
        "currency": np.full(len(item), "EUR"),
        "as_of_day": np.full(len(item), day),
        "due_day": due,
        "history_items": np.full(len(item), 20),
        "soon": by(np.full(len(item), day + 7)),
    }
    for days in (0, 7, 30):
        data[f"late_{days}"] = 1 - by(due + days)
    ahead = np.stack([by(day + n + np.zeros(len(item), int)) for n in range(1, 121)], axis=1)
    for name, level in zip(QUANTILES, LEVELS, strict=True):
        data[name] = day + 1 + np.minimum((ahead < level - 1e-9).sum(axis=1), 119)
    return pl.DataFrame(data).select(*PREDICTIONS).cast(pl.Schema(PREDICTIONS))


def _with_outcome(told, paid, last):
    """Return MATURED rows as known on the day `last`."""
    day = told["as_of_day"].to_numpy()

    def after(border):
        known = pl.Series((border <= last) & (border > day))
        return pl.select(pl.when(known).then(pl.Series(paid > border))).to_series()

    columns = [
        after(told["due_day"].to_numpy() + days).alias(f"is_late_{days}") for days in (0, 7, 30)
    ]
    seen = np.where(paid <= last, paid, last + 1)
    is_seen = (told[QUANTILES[-1]] <= last).to_numpy()
    return (
        told.with_columns(
            *columns,
            (~after(day + 7)).alias("is_soon"),
            pl.Series("paid_day", [int(p) if p <= last else None for p in paid]),
            pl.Series(
                "seen_day", [int(d) if s else None for d, s in zip(seen, is_seen, strict=True)]
            ),
        )
        .select(*MATURED)
        .cast(pl.Schema(MATURED))
    )
