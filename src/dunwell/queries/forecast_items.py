"""Which items a week of the cash forecast is made of, read from the day's log of predictions."""

import io
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from dunwell.engine.calendars import day_number
from dunwell.ml.cash_sums import whole_shares
from dunwell.ml.curves import LEVELS
from dunwell.ml.history import Floats, Ints
from dunwell.ml.predictions import QUANTILES
from dunwell.models import CashForecast, Company, Item
from dunwell.queries.pages import PAGE_SIZE, Page, page_limit, page_of, read_cursor
from dunwell.queries.predictions import logged_content

PPM = 1_000_000
WEEK_DAYS = 7
CHUNK = 50_000
"""Items whose chances are read at a time; bounds memory."""

TAIL_DAYS = 45
"""What is left after the last quantile fades with this time constant."""

KNOWN = {
    "soon": (WEEK_DAYS, "p_soon_ppm"),
    "fortnight": (2 * WEEK_DAYS, "p_unpaid_14_ppm"),
}
"""Days ahead of which the log holds the chance itself."""

LATE = {0: "p_late_ppm", 7: "p_late_7_ppm", 30: "p_late_30_ppm"}
"""Days after the due day of which the log holds the chance of later payment."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WeekItem:
    """One item of a week: the chance that it is paid in it, and what it adds to the week's sum."""

    item_id: int
    item_number: str
    customer_id: int
    customer_name: str
    due_on: date
    open_minor: int
    chance_ppm: int
    expected_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class WeekItems:
    """A week of the forecast with its items, the largest share first.

    `items` counts all with a share; the shares of all of them add up to `expected_minor`.
    """

    currency: str
    week: int
    as_of: date
    starts_on: date
    ends_on: date
    expected_minor: int
    p10_minor: int
    p90_minor: int
    items: int
    open_minor: int
    page: Page[WeekItem]


def week_items(
    company: Company,
    *,
    currency: str,
    week: int,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> WeekItems | None:
    """Return the items of one week of the last forecast, None when there is no such week.

    Chances lie on a straight line between those the log holds (19 quantiles, within 7 and 14
    days, at the due day and 7 and 30 days later), and the shares are drawn to the week's
    sum, which the curves themselves gave: they add up to it to the last minor unit.
    """
    found = (
        CashForecast.objects.filter(company=company, currency=currency, week=week)
        .order_by("-as_of")
        .first()
    )
    if found is None:
        return None
    shares = _shares(company, found)
    limit = page_limit(limit)
    rows = shares
    if cursor:
        most, last = read_cursor(cursor, (int, int))
        share, key = pl.col("expected_minor"), pl.col("item_id")
        rows = shares.filter((share < most) | ((share == most) & (key > last)))
    return WeekItems(
        currency=currency,
        week=week,
        as_of=found.as_of,
        starts_on=found.starts_on,
        ends_on=found.starts_on + timedelta(days=WEEK_DAYS - 1),
        expected_minor=found.expected_minor,
        p10_minor=found.p10_minor,
        p90_minor=found.p90_minor,
        items=shares.height,
        open_minor=int(shares["open_minor"].sum()),
        page=page_of(
            named_items(company, rows.head(limit + 1)),
            limit=limit,
            key=lambda row: (row.expected_minor, row.item_id),
        ),
    )


def _shares(company: Company, found: CashForecast) -> pl.DataFrame:
    """Return the shares of the items of a week of the forecast."""
    content = logged_content(company, as_of=found.as_of)
    if content is None:
        return _empty()
    begin = day_number(found.starts_on)
    return item_shares(
        content,
        currency=found.currency,
        as_of=day_number(found.as_of),
        days=(begin, begin + WEEK_DAYS - 1),
        total_minor=found.expected_minor,
    )


def item_shares(
    content: bytes,
    *,
    currency: str,
    as_of: int,
    days: tuple[int, int],
    total_minor: int,
    without: pl.Series | None = None,
) -> pl.DataFrame:
    """Return item, open amount, due day, chance and share of every item that has a share.

    `content` is a day's log; the shares of the days from first to last add up to `total_minor`.
    Items in `without` are left out. Sorted by share, the largest first.
    """
    columns = ["item_id", "currency", "open_minor", "due_day", *QUANTILES]
    columns += [name for _, name in KNOWN.values()] + list(LATE.values())
    told = pl.read_parquet(io.BytesIO(content), columns=columns).filter(
        pl.col("currency") == currency
    )
    if without is not None:
        told = told.filter(~pl.col("item_id").is_in(without.implode()))
    first, last = days
    chance = np.concatenate(
        [
            np.zeros(0),
            *(
                _paid_by(part, as_of, last) - _paid_by(part, as_of, first - 1)
                for part in told.iter_slices(CHUNK)
            ),
        ]
    ).clip(0.0, 1.0)
    amount = told["open_minor"].to_numpy().astype(np.float64)
    return (
        told.select(
            "item_id",
            "open_minor",
            "due_day",
            chance_ppm=pl.Series(np.floor(chance * PPM + 0.5).astype(np.int64)),
            expected_minor=pl.Series(whole_shares(_weights(amount, chance), total_minor)),
        )
        .filter(pl.col("expected_minor") > 0)
        .sort("expected_minor", "item_id", descending=[True, False])
    )


def _paid_by(told: pl.DataFrame, today: int, day: int) -> Floats:
    """Return P(paid by a day) of every row, on straight lines between what the log holds."""
    if day <= today:
        return np.zeros(told.height)
    days = [np.full(told.height, today, np.int64)]
    chances = [np.zeros(told.height)]
    for name, level in zip(QUANTILES, LEVELS, strict=True):
        days.append(told[name].to_numpy().astype(np.int64))
        chances.append(np.full(told.height, level))
    for ahead, name in KNOWN.values():
        share = told[name].to_numpy() / PPM
        days.append(np.full(told.height, today + ahead, np.int64))
        chances.append(1 - share if name.startswith("p_unpaid") else share)
    for after, name in LATE.items():
        on = told["due_day"].to_numpy().astype(np.int64) + after
        days.append(np.maximum(on, today))
        chances.append(np.where(on > today, 1 - told[name].to_numpy() / PPM, 0.0))
    return _between(np.stack(days, axis=1), np.stack(chances, axis=1), day)


def _between(days: Ints, chances: Floats, day: int) -> Floats:
    """Return the chance at a day: the line between the nearest points before and after it."""
    is_before = days <= day
    before_day = np.where(is_before, days, days.min()).max(axis=1)
    before = np.where(is_before, chances, 0.0).max(axis=1)
    after_day = np.where(is_before, np.iinfo(np.int64).max, days).min(axis=1)
    is_inside = after_day < np.iinfo(np.int64).max
    # many may pay on one day: just before it no more is paid than its lowest level
    after = np.where(~is_before & (days == after_day[:, None]), chances, 1.0).min(axis=1)
    width = np.maximum(np.where(is_inside, after_day - before_day, 1), 1)
    inside = before + np.maximum(after - before, 0) * (day - before_day) / width
    beyond = 1 - (1 - before) * np.exp(-(day - before_day) / TAIL_DAYS)
    return np.asarray(np.where(is_inside, inside, beyond), np.float64)


def _weights(amount: Floats, chance: Floats) -> Floats:
    """Return what each item weighs in the week: its amount alone where all chances round to 0."""
    weights = amount * chance
    return weights if weights.sum() > 0 else amount


def named_items(company: Company, rows: pl.DataFrame) -> list[WeekItem]:
    """Return shares with the names of items and customers, one query."""
    items = (
        Item.objects.filter(company=company, pk__in=rows["item_id"].to_list())
        .select_related("customer")
        .only("number", "due_on", "customer__name")
    )
    by_id = {item.pk: item for item in items}
    return [
        WeekItem(
            item_id=row["item_id"],
            item_number=by_id[row["item_id"]].number,
            customer_id=by_id[row["item_id"]].customer_id,
            customer_name=by_id[row["item_id"]].customer.name,
            due_on=by_id[row["item_id"]].due_on,
            open_minor=row["open_minor"],
            chance_ppm=row["chance_ppm"],
            expected_minor=row["expected_minor"],
        )
        for row in rows.iter_rows(named=True)
    ]


def _empty() -> pl.DataFrame:
    names = ("item_id", "open_minor", "due_day", "chance_ppm", "expected_minor")
    return pl.DataFrame(schema=dict.fromkeys(names, pl.Int64))
