"""How payments of the demo are booked: applied, unapplied or unidentified; and their frames."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from dunwell.demo.arrays import BoolArray, IntArray, TextArray, take
from dunwell.demo.chance import chosen, happens, quota, whole
from dunwell.demo.days import later
from dunwell.demo.habits import NEVER
from dunwell.demo.payments import Payments
from dunwell.demo.scene import Scene

STYLES = {"numbers": 0.62, "digits": 0.18, "named": 0.12, "vague": 0.05, "empty": 0.03}
"""How payers write the remittance text."""
METHODS = ("bank_transfer", "direct_debit", "cheque", "card")


@dataclass(frozen=True, slots=True)
class Booking:
    """What the desk made of each payment: payer known, allocated and when, money too much."""

    is_unknown: BoolArray
    is_applied: BoolArray
    applied: IntArray
    extra: IntArray
    style: TextArray


def draw_booking(scene: Scene, payments: Payments) -> Booking:
    """Return bookings zero to two business days after the money.

    A payment booked after the last day, held back, or not yet identified
    leaves unapplied cash instead of allocations.
    """
    rng = scene.stream("bookings")
    count = payments.count
    is_sound = payments.reversed == NEVER
    is_unknown = _unknown(scene, rng, payments, is_sound=is_sound)
    is_late = payments.day >= scene.as_of_day - 6
    is_waiting = is_sound & is_late & happens(rng, 0.06, count)
    applied = later(
        payments.day, rng.choice(np.arange(3), count, p=[0.6, 0.3, 0.1]), scene.calendar
    )
    is_over = is_sound & happens(rng, 0.004, count)
    return Booking(
        is_unknown=is_unknown,
        is_applied=~is_unknown & ~is_waiting & (applied <= scene.as_of_day),
        applied=applied,
        extra=np.where(is_over, whole(rng, 1, 400, count) * 50, 0),
        style=take(tuple(STYLES), quota(rng, STYLES, count)),
    )


def plain_booking(payments: Payments) -> Booking:
    """Return every payment known, exact, and applied on its value day."""
    count = payments.count
    none = np.zeros(count, dtype=np.bool_)
    zero = np.zeros(count, dtype=np.int64)
    return Booking(none, ~none, payments.day, zero, np.full(count, "numbers"))


def payment_frames(
    scene: Scene,
    payments: Payments,
    booking: Booking,
    *,
    item_numbers: pl.Series,
    customers: pl.DataFrame,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the frames `payments` and payment `allocations`, both in order of value day."""
    order = np.lexsort((payments.customer, payments.day))
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    total = np.zeros(payments.count, dtype=np.int64)
    np.add.at(total, payments.payment, payments.parts.amount)
    booked = pl.DataFrame(
        {
            "rank": rank[payments.payment],
            "item_number": item_numbers[payments.parts.item],
            "amount_minor": payments.parts.amount,
        }
    ).sort("rank", "item_number")
    money = pl.DataFrame(
        {
            "rank": rank,
            "customer": payments.customer,
            "unknown": booking.is_unknown,
            "amount_minor": total + booking.extra,
            "value_day": payments.day,
            "reversed_day": payments.reversed,
            "applied_day": booking.applied,
            "is_applied": booking.is_applied,
            "style": booking.style,
            "method": _methods(scene.stream("methods"), customers)[payments.customer],
        }
    ).sort("rank")
    return _payments(money, booked, customers), _allocations(money, booked)


def _unknown(
    scene: Scene,
    rng: np.random.Generator,
    payments: Payments,
    *,
    is_sound: BoolArray,
) -> BoolArray:
    """Return which payments nobody has recognised yet: some recent ones, hardly any old one."""
    unknown = np.zeros(payments.count, dtype=np.bool_)
    is_recent = payments.day >= scene.as_of_day - 25
    recent = np.flatnonzero(is_recent & is_sound)
    unknown[chosen(rng, recent, max(1, round(0.035 * len(recent))))] = True
    return unknown | (is_sound & ~is_recent & (happens(rng, 0.0004, payments.count)))


def _methods(rng: np.random.Generator, customers: pl.DataFrame) -> TextArray:
    """Return how each customer pays; cheques only where they are still written."""
    draw = rng.random(customers.height)
    position = np.searchsorted(np.array([0.78, 0.93, 0.96]), draw, side="right")
    has_cheques = customers["country"].is_in(["US", "GB", "IE"]).to_numpy()
    return np.asarray(METHODS)[
        np.where((position == METHODS.index("cheque")) & ~has_cheques, 0, position)
    ]


def _payments(money: pl.DataFrame, booked: pl.DataFrame, customers: pl.DataFrame) -> pl.DataFrame:
    """Return the payments frame in order of value day, with texts as payers write them."""
    texts = booked.group_by("rank", maintain_order=True).agg(
        numbers=pl.col("item_number").head(12).str.join(" ")
    )
    payer = customers.select("name", "currency", customer_number="number").with_columns(
        customer=pl.int_range(pl.len(), dtype=pl.Int64)
    )
    digits = pl.col("numbers").str.replace_all("[A-Z]+-", "")
    reference = (
        pl.when("unknown")
        .then(pl.lit("PAYMENT THANK YOU"))
        .when(pl.col("style") == "numbers")
        .then("numbers")
        .when(pl.col("style") == "digits")
        .then(pl.format("Inv. {}", digits))
        .when(pl.col("style") == "named")
        .then(pl.format("{} {}", "numbers", pl.col("name").str.to_uppercase()))
        .when(pl.col("style") == "vague")
        .then(pl.lit("Invoice settlement"))
    )
    shown = pl.col("name").str.to_uppercase()
    return (
        money.join(texts, on="rank", how="left", maintain_order="left")
        .join(payer, on="customer", how="left", maintain_order="left")
        .select(
            payment_number=_number(),
            customer_number=pl.when(~pl.col("unknown")).then("customer_number"),
            currency="currency",
            amount_minor="amount_minor",
            value_day=pl.col("value_day").cast(pl.Int32),
            reversed_day=pl.when(pl.col("reversed_day") < NEVER)
            .then("reversed_day")
            .cast(pl.Int32),
            payer_name=pl.when("unknown").then(shown.str.head(10)).otherwise(shown),
            reference=reference,
            method="method",
        )
    )


def _allocations(money: pl.DataFrame, booked: pl.DataFrame) -> pl.DataFrame:
    """Return one row per applied part."""
    applied = money.filter("is_applied").select("rank", "value_day", "applied_day")
    return booked.join(applied, on="rank", how="inner", maintain_order="left").select(
        source=pl.lit("payment"),
        payment_number=_number(),
        credit_item_number=pl.lit(None, dtype=pl.String),
        item_number="item_number",
        amount_minor="amount_minor",
        value_day=pl.col("value_day").cast(pl.Int32),
        applied_day=pl.col("applied_day").cast(pl.Int32),
    )


def _number() -> pl.Expr:
    """Return the payment's number, running in order of value day."""
    return pl.format("PAY-{}", pl.col("rank") + 500_001)
