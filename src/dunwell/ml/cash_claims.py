"""Claims of the cash outlook that are no plain items, and the chance that each is paid by a day.

An amount of money stands in exactly one claim or is a plain item. The order decides: what a
plan holds is the plan's, what is disputed is the dispute's, what is promised is the promise's;
the rest of the book are plain items. Of a disputed or promised item the part that is not
disputed or promised stays with it, so that an item is never in two components.

Each claim is a mixture. With `keep` it is paid on its day, with `rest` after an exponential
wait from that day on, with `late` as invoices of its customer are paid around their due day,
with `base` as the pay-date model says of its item; what is left of 1 is never paid.
"""

import numpy as np
import polars as pl

from dunwell.ml.history import Floats
from dunwell.ml.pay_delays import PayDelays

ITEMS, PROMISES, PLANS, DISPUTES = "items", "promises", "plans", "disputes"
RECURRING, DELIVERED, NEW = "recurring", "delivered", "new_business"
COMPONENTS = (ITEMS, PROMISES, PLANS, DISPUTES, RECURRING, DELIVERED, NEW)
BOOK = (ITEMS, PROMISES, PLANS, DISPUTES)
"""Components of money that is owed already."""

PPM = 1_000_000

CLAIMS: dict[str, type[pl.DataType]] = {
    "component": pl.String,
    "subject": pl.String,
    "subject_id": pl.Int64,
    "item_id": pl.Int64,
    "customer_id": pl.Int64,
    "currency": pl.String,
    "open_minor": pl.Int64,
    "label": pl.String,
    "at_day": pl.Int32,
    "keep_ppm": pl.Int64,
    "rest_ppm": pl.Int64,
    "wait_days": pl.Int64,
    "late_ppm": pl.Int64,
    "base_ppm": pl.Int64,
}
"""`subject` and `subject_id` say which record it is; `item_id` is set where it is about one item.
The four chances add up to 1,000,000 at most."""


def no_claims() -> pl.DataFrame:
    """Return an empty frame of claims."""
    return pl.DataFrame(schema=CLAIMS)


def by_priority(claims: pl.DataFrame, planned: pl.Series) -> pl.DataFrame:
    """Return the claims with every item in one component.

    `planned` are the items that live plans hold: their instalments stand for them. An item both
    disputed and promised is the dispute's.
    """
    disputed = claims.filter(pl.col("component") == DISPUTES)["item_id"].unique()
    item, component = pl.col("item_id"), pl.col("component")
    is_held = item.is_in(planned.implode()).fill_null(value=False)
    is_disputed = item.is_in(disputed.implode()).fill_null(value=False)
    is_out = (component == PROMISES) & is_disputed
    return claims.filter(~is_held & ~is_out)


def paid_chances(
    claims: pl.DataFrame,
    ends: tuple[int, ...],
    *,
    as_of: int,
    base: Floats,
    delays: PayDelays,
) -> Floats:
    """Return P(paid by each day of `ends`), a row per claim and a column per day.

    `base` holds the model's chances of each claim's item, 0 where it has none.
    """
    days = np.asarray(ends, np.int64)[None, :]
    at = claims["at_day"].to_numpy().astype(np.int64)[:, None]
    keep, rest, late, own = (
        claims[f"{name}_ppm"].to_numpy()[:, None] / PPM
        for name in ("keep", "rest", "late", "base")
    )
    waits = np.maximum(claims["wait_days"].to_numpy(), 1)[:, None]
    since = np.maximum(days - np.maximum(at, as_of), 0)
    shift = delays.shift_of(claims["customer_id"])[:, None]
    behind = delays.paid_by(as_of - at - shift)
    ahead = delays.paid_by(days - at - shift)
    # nothing of it came yet: the chance given that it was not paid by today
    left = np.where(behind < 1, (ahead - behind) / np.maximum(1 - behind, 1e-9), 1.0)
    paid = (
        keep * (days >= np.maximum(at, as_of + 1))
        + rest * (1 - np.exp(-since / waits))
        + late * np.clip(left, 0, 1)
        + own * base
    )
    return np.asarray(np.clip(paid, 0, 1), np.float64)
