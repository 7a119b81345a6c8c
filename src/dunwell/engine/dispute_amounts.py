"""What became of the disputed amount of each case: it always adds up, as of any day.

    original = open + credited + paid + written off + cleared + removed

Credit notes, write-offs and other clearings on a disputed item count for its disputed part first,
for that is what they are made for; money counts for the undisputed part first. What is no longer
disputed without having been settled (denied, withdrawn) is removed from the case: it is owed
again. Amounts are Int64 minor units in the item's currency, all of them at least 0.
"""

from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.items import total
from dunwell.engine.schema import Column, Frame

MILLI = 1_000

CREDITED = ("credit",)
WRITTEN_OFF = ("write_off", "small_balance", "recovery")
PAID = ("payment",)
"""Sources of allocations by what they are to a dispute; all others clear it."""

CLAIMS: Frame = {
    "dispute_id": Column(nw.Int64, "key of the disputed part"),
    "case_id": Column(nw.Int64, "case it belongs to"),
    "item_id": Column(nw.Int64, "disputed item"),
    "currency": Column(nw.String, "ISO 4217 code of the item"),
    "item_minor": Column(nw.Int64, "amount of the item, > 0"),
    "amount_minor": Column(nw.Int64, "disputed part, > 0"),
    "opened_day": Column(nw.Int32, "day it was opened"),
    "closed_day": Column(nw.Int32, "day it was closed, empty while open", nullable=True),
    "parent_id": Column(nw.Int64, "the part it goes on from", nullable=True),
}
SETTLED: Frame = {
    "dispute_id": Column(nw.Int64, "disputed part"),
    "source": Column(nw.String, "as in ALLOCATIONS"),
    "amount_minor": Column(nw.Int64, "booked on the item"),
    "applied_day": Column(nw.Int32, "day it was booked"),
    "is_since": Column(nw.Boolean, "booked after the part was opened"),
    "is_until": Column(nw.Boolean, "booked before the part went on as another one"),
}
CASE_AMOUNTS: Frame = {
    "case_id": Column(nw.Int64, "case"),
    "currency": Column(nw.String, "ISO 4217 code"),
    "original_minor": Column(nw.Int64, "sum of what was ever disputed"),
    "open_minor": Column(nw.Int64, "still disputed, and open on the items"),
    "credited_minor": Column(nw.Int64, "settled by credit notes"),
    "paid_minor": Column(nw.Int64, "paid after all"),
    "written_off_minor": Column(nw.Int64, "written off, less what was recovered"),
    "cleared_minor": Column(nw.Int64, "settled otherwise: discount, concession, rate difference"),
    "removed_minor": Column(nw.Int64, "no longer disputed and owed again"),
}
_SUMS = ("all", "credited", "written", "paid", "cleared")


def case_amounts(claims: nw.LazyFrame, settled: nw.LazyFrame, *, as_of: date) -> nw.LazyFrame:
    """Return the amounts of every case and currency as of a day, in columns CASE_AMOUNTS.

    `claims` in columns CLAIMS, `settled` in columns SETTLED (a row per part and allocation of
    its item). Cases opened later are left out.
    """
    parts = claim_amounts(claims, settled, as_of=as_of)
    return (
        parts.group_by("case_id", "currency")
        .agg(*(total(name).alias(name) for name in CASE_AMOUNTS if name.endswith("_minor")))
        .select(*CASE_AMOUNTS)
    )


def claim_amounts(claims: nw.LazyFrame, settled: nw.LazyFrame, *, as_of: date) -> nw.LazyFrame:
    """Return the amounts of every disputed part as of a day: `dispute_id`, then CASE_AMOUNTS.

    The original of a part that goes on from another one is only what was added to it.
    """
    held = _settled(_opened(claims, as_of), settled)
    came = _came(held)
    carried = (
        came.select(dispute_id=nw.col("parent_id"), carried_minor=nw.col("came_minor"))
        .group_by("dispute_id")
        .agg(carried_minor=total("carried_minor"))
    )
    nothing = nw.lit(0, nw.Int64)
    return (
        held.join(came.select("dispute_id", "came_minor"), on="dispute_id", how="left")
        .join(carried, on="dispute_id", how="left")
        .with_columns(
            original_minor=nw.col("amount_minor") - nw.col("came_minor").fill_null(0),
            open_minor=nw.when(nw.col("is_open")).then(nw.col("left_minor")).otherwise(nothing),
            removed_minor=nw.when(nw.col("is_open"))
            .then(nothing)
            .otherwise(nw.col("left_minor") - nw.col("carried_minor").fill_null(0)),
        )
        .select("dispute_id", *CASE_AMOUNTS)
    )


def _came(held: nw.LazyFrame) -> nw.LazyFrame:
    """Return dispute_id, parent_id, came_minor: what of a part was left of the one before it.

    Parts that go on from the same one share what was left, the earlier ones first; of a part
    of another case nothing came.
    """
    parents = held.select(
        parent_id=nw.col("dispute_id"),
        parent_case_id=nw.col("case_id"),
        parent_minor=nw.col("left_minor"),
    )
    until = nw.col("amount_minor").cum_sum().over("parent_id", order_by="dispute_id")
    return (
        held.select("dispute_id", "case_id", "parent_id", "amount_minor")
        .join(parents, on="parent_id", how="inner")
        .filter(nw.col("parent_case_id") == nw.col("case_id"))
        .with_columns(rest=nw.col("parent_minor") - until + nw.col("amount_minor"))
        .with_columns(
            came_minor=nw.min_horizontal(_at_least_zero(nw.col("rest")), nw.col("amount_minor"))
        )
        .select("dispute_id", "parent_id", "came_minor")
    )


def _opened(claims: nw.LazyFrame, as_of: date) -> nw.LazyFrame:
    """Return the parts opened by the day, whether they are open, and the last day that counts."""
    day = day_number(as_of)
    closed = nw.col("closed_day")
    is_open = closed.is_null() | (closed > day)
    return claims.filter(nw.col("opened_day") <= day).with_columns(
        is_open=is_open,
        last_day=nw.when(is_open).then(nw.lit(day, nw.Int32)).otherwise(closed),
    )


def _settled(parts: nw.LazyFrame, settled: nw.LazyFrame) -> nw.LazyFrame:
    """Return the parts with what settled them, and `left_minor` of them that is not settled."""
    bookings = (
        settled.join(
            parts.select("dispute_id", "is_open", "last_day"), on="dispute_id", how="inner"
        )
        .filter(
            nw.col("applied_day") <= nw.col("last_day"), nw.col("is_until") | nw.col("is_open")
        )
        .with_columns(**{f"sum_{name}": _booked(name) for name in _SUMS})
        .group_by("dispute_id")
        .agg(*(total(f"sum_{name}").alias(f"sum_{name}") for name in _SUMS))
    )
    level = _at_least_zero(nw.col("item_minor") - nw.col("sum_all").fill_null(0))
    amount, left = nw.col("amount_minor"), nw.col("left_minor")
    credited, written = nw.col("credited_minor"), nw.col("written_off_minor")
    return (
        parts.join(bookings, on="dispute_id", how="left")
        .with_columns(
            level=level,
            credited_minor=nw.min_horizontal(amount, _sum("credited")),
        )
        .with_columns(
            written_off_minor=nw.min_horizontal(amount - credited, _sum("written")),
        )
        .with_columns(
            cleared_minor=nw.min_horizontal(amount - credited - written, _sum("cleared")),
        )
        .with_columns(rest=amount - credited - written - nw.col("cleared_minor"))
        .with_columns(left_minor=nw.min_horizontal(nw.col("rest"), nw.col("level")))
        .with_columns(paid_minor=nw.min_horizontal(nw.col("rest") - left, _sum("paid")))
        .with_columns(
            # what was booked for a day before it was disputed, and only became known later
            cleared_minor=nw.col("cleared_minor") + nw.col("rest") - left - nw.col("paid_minor"),
        )
    )


def _booked(name: str) -> nw.Expr:
    """Return the amount of a booking where it is of a kind, since the part was opened."""
    amount, source, is_since = nw.col("amount_minor"), nw.col("source"), nw.col("is_since")
    kinds = {"credited": CREDITED, "written": WRITTEN_OFF, "paid": PAID}
    if name == "all":
        return amount
    if name == "cleared":
        others = ~source.is_in([*CREDITED, *WRITTEN_OFF, *PAID])
        return nw.when(is_since & others).then(amount).otherwise(0)
    return nw.when(is_since & source.is_in(list(kinds[name]))).then(amount).otherwise(0)


def _sum(name: str) -> nw.Expr:
    return _at_least_zero(nw.col(f"sum_{name}").fill_null(0))


def _at_least_zero(amount: nw.Expr) -> nw.Expr:
    return nw.when(amount > 0).then(amount).otherwise(0)


def line_amount(
    *,
    quantity_milli: int | None,
    disputed_quantity_milli: int | None,
    price_minor: int | None,
    claimed_price_minor: int | None,
) -> int | None:
    """Return what a disputed line is worth in minor units, None where its figures do not say.

    Too few or bad: disputed quantity x price. Too dear: quantity x (price - claimed price).
    Quantities are thousandths; half a minor unit is rounded up.
    """
    quantity = quantity_milli if disputed_quantity_milli is None else disputed_quantity_milli
    if quantity is None or price_minor is None:
        return None
    each = price_minor - (claimed_price_minor or 0)
    return (quantity * each + MILLI // 2) // MILLI
