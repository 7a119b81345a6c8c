"""Worklist order: expected extra cash per minute of work, explained.

rank = to collect * unpaid * uplift / minutes, where `to collect` is what is overdue
less what is promised, disputed, held, covered by credits or unapplied cash, or already
being reminded (SAP's "to be collected"), `unpaid` is the chance that it does not come
by itself within two weeks (from the pay-date curves; 1 where there are none), and
`uplift` is how much more likely a contact makes payment. Everything is whole numbers in
home minor units, ppm and minutes. The uplift table is a judgement until outcomes of the
desk replace it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.collectable import PPM, demands, in_home
from dunwell.engine.items import total
from dunwell.engine.money import share
from dunwell.engine.schema import Column, Frame

UNPAID: Frame = {
    "item_id": Column(nw.Int64, "key of the item"),
    "p_unpaid_14_ppm": Column(nw.Int64, "chance that it is unpaid 14 days on, see ml.curves"),
}

TOLD_OF_HABITS = (
    "customer_id",
    "expected_days_late",
    "late_ppm",
    "promises_broken",
    "settled_items",
    "habit",
)
"""Columns of `behaviour.HABITS` the order rests on."""

WORKLIST: Frame = {
    "customer_id": Column(nw.Int64, "key of the customer"),
    "overdue_minor": Column(nw.Int64, "overdue debit items, home minor units"),
    "disputed_minor": Column(nw.Int64, "part disputed"),
    "promised_minor": Column(nw.Int64, "part promised"),
    "held_minor": Column(nw.Int64, "part held"),
    "dunned_minor": Column(nw.Int64, "part named in a contact that still runs"),
    "covered_minor": Column(nw.Int64, "open credits and unapplied cash, up to the rest"),
    "to_collect_minor": Column(nw.Int64, "what is left to collect"),
    "unpaid_ppm": Column(
        nw.Int64, "chance that it stays unpaid for 14 days by itself, 1,000,000 without a model"
    ),
    "uplift_ppm": Column(nw.Int64, "how much likelier a contact makes payment"),
    "expected_extra_minor": Column(nw.Int64, "to collect * unpaid * uplift"),
    "minutes": Column(nw.Int32, "effort of the contact"),
    "score": Column(nw.Int64, "expected extra minor units per minute, rounded down"),
    "rank": Column(nw.Int64, "1 = first; unique"),
    "oldest_days_past_due": Column(nw.Int32, "oldest item that is to be collected"),
    "usual_days_late": Column(nw.Int32, "days late the customer usually pays, 0 if unknown"),
    "largest_item_id": Column(nw.Int64, "largest item that is to be collected"),
    "largest_item_minor": Column(nw.Int64, "what is to be collected of it, home minor units"),
    "item_count": Column(nw.Int64, "items that are to be collected"),
    "promises_broken": Column(nw.Int64, "promises broken so far"),
    "late_ppm": Column(nw.Int64, "share of settled items paid late", nullable=True),
    "settled_items": Column(nw.Int64, "settled items the habit rests on"),
    "habit": Column(nw.String, "one of behaviour.HABIT_LABELS, empty if unknown", nullable=True),
    "last_contact_day": Column(nw.Int32, "day of the last contact", nullable=True),
    "is_rate_missing": Column(nw.Boolean, "a currency has no rate and is not counted"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class PriorityPolicy:
    """What a contact brings and costs; every table must rise with its key.

    `uplift_ppm` maps "oldest item at least so many days later than usual" to the
    uplift; `broken_ppm` is added per broken promise up to `broken_most`, and
    `late_ppm` times the share of items paid late. `running_days`: an item named in
    a contact so few days ago is left to that contact.
    """

    uplift_ppm: Mapping[int, int] = field(
        default_factory=lambda: {
            -9_999: 10_000,
            1: 60_000,
            8: 100_000,
            15: 140_000,
            31: 170_000,
            61: 190_000,
        }
    )
    broken_ppm: int = 40_000
    broken_most: int = 3
    late_ppm: int = 50_000
    running_days: int = 7
    minutes: Mapping[str, int] = field(
        default_factory=lambda: {"call": 10, "letter": 6, "email": 4, "sms": 3, "portal": 2}
    )
    minutes_otherwise: int = 10

    def __post_init__(self) -> None:
        """Refuse tables that would let more lateness or more words lower the rank."""
        keys, values = list(self.uplift_ppm), list(self.uplift_ppm.values())
        if keys != sorted(set(keys)) or values != sorted(values) or not keys:
            raise ValueError("uplift_ppm must rise with the days; sort its rows and values")
        if min(values) < 0 or min(self.broken_ppm, self.broken_most, self.late_ppm) < 0:
            raise ValueError("uplifts must not be negative")
        if min([*self.minutes.values(), self.minutes_otherwise]) < 1:
            raise ValueError("minutes must be at least 1 for every channel")


def contact_uplift(policy: PriorityPolicy) -> nw.Expr:
    """Return how much likelier a call makes payment, ppm, from a customer's age and habits.

    Columns: oldest_days_past_due, usual_days_late, promises_broken and late_ppm (all known,
    late_ppm possibly empty).
    """
    excess = nw.col("oldest_days_past_due") - nw.col("usual_days_late")
    uplift = nw.lit(0)
    for days, ppm in policy.uplift_ppm.items():
        uplift = nw.when(excess >= days).then(nw.lit(ppm)).otherwise(uplift)
    broken = nw.col("promises_broken")
    counted = nw.when(broken > policy.broken_most).then(policy.broken_most).otherwise(broken)
    late = nw.col("late_ppm").fill_null(0) * policy.late_ppm // PPM
    return (uplift + counted * policy.broken_ppm + late).cast(nw.Int64)


def worklist(
    items: nw.LazyFrame,
    contacts: nw.LazyFrame,
    balances: nw.LazyFrame,
    habits: nw.LazyFrame,
    channels: nw.LazyFrame,
    rates: nw.LazyFrame,
    *,
    policy: PriorityPolicy,
    home: str,
    as_of: date,
    unpaid: nw.LazyFrame | None = None,
) -> nw.LazyFrame:
    """Return the customers with something to collect in the order of work, as WORKLIST.

    `items` is `collectable.collectable`, `habits` is `behaviour.habits`, `channels`
    holds (customer_id, channel) of the contact proposed, `rates` is
    `fx.rates_in_force`, `unpaid` (columns UNPAID) what the pay-date model says of items.
    Other things equal, the chance of payment among them, more money, an older item or a
    broken promise never lowers the rank; disputed and promised money never counts. Ties go
    to more money, then to the smaller key.
    """
    told = items.join(_last_contact(contacts, "item_id", as_of), on="item_id", how="left")
    is_running = day_number(as_of) - nw.col("last_contact_day") < policy.running_days
    running = nw.when(is_running).then(nw.col("collect_minor")).otherwise(0)
    overdue = (
        told.filter(nw.col("is_overdue"))
        .with_columns(dunned_minor=running)
        .with_columns(fresh_minor=nw.col("collect_minor") - nw.col("dunned_minor"))
        .drop("last_contact_day")
    )
    per_currency = _per_currency(overdue, items, balances, rates, home)
    scored = _scored(
        _per_customer(per_currency)
        .join(_items_told(overdue, rates, home, unpaid), on="customer_id", how="left")
        .join(habits.select(*TOLD_OF_HABITS), on="customer_id", how="left")
        .join(channels.select("customer_id", "channel"), on="customer_id", how="left")
        .join(_last_contact(contacts, "customer_id", as_of), on="customer_id", how="left"),
        policy,
    ).filter((nw.col("to_collect_minor") > 0) | nw.col("is_rate_missing"))
    return (
        scored.with_columns(
            down_score=0 - nw.col("score"), down_money=0 - nw.col("to_collect_minor")
        )
        .with_row_index("place", order_by=["down_score", "down_money", "customer_id"])
        .with_columns(rank=nw.col("place").cast(nw.Int64) + 1)
        .select(*WORKLIST)
    )


def _per_currency(
    overdue: nw.LazyFrame,
    items: nw.LazyFrame,
    balances: nw.LazyFrame,
    rates: nw.LazyFrame,
    home: str,
) -> nw.LazyFrame:
    """Return the parts of what is overdue per customer and currency, in home minor units."""
    keys = ["customer_id", "currency"]
    dunned = overdue.group_by(*keys).agg(dunned_minor=total("dunned_minor"))
    parts = (
        demands(overdue, items, balances, rates, home=home)
        .drop("home_minor")
        .join(dunned, on=keys, how="left")
        .join(rates.select("currency", "rate_ppm"), on="currency", how="left")
    )
    # Without knowledge of the unapplied cash nothing counts as collectable.
    cover = nw.col("credits_minor") + nw.col("unapplied_minor")
    rest = nw.col("collect_minor") - nw.col("dunned_minor")
    covered = nw.when(cover < rest).then(cover).otherwise(rest)
    counted = ("gross_minor", "disputed_minor", "promised_minor", "held_minor")
    return parts.with_columns(covered_minor=covered, to_collect_minor=rest - covered).select(
        "customer_id",
        *[
            in_home(nw.col(name), home=home).alias(name)
            for name in (*counted, "dunned_minor", "covered_minor", "to_collect_minor")
        ],
    )


def _per_customer(per_currency: nw.LazyFrame) -> nw.LazyFrame:
    """Return the sums over currencies; `is_rate_missing` when one could not be counted."""
    parts = ("disputed_minor", "promised_minor", "held_minor", "dunned_minor", "covered_minor")
    return per_currency.group_by("customer_id").agg(
        *[total(name).alias(name) for name in (*parts, "to_collect_minor")],
        overdue_minor=total("gross_minor"),
        is_rate_missing=nw.col("gross_minor").is_null().any(),
    )


def _items_told(
    overdue: nw.LazyFrame, rates: nw.LazyFrame, home: str, unpaid: nw.LazyFrame | None
) -> nw.LazyFrame:
    """Return the oldest and the largest item to be collected, and what stays unpaid of all."""
    if unpaid is not None:
        overdue = overdue.join(unpaid.select(*UNPAID), on="item_id", how="left")
    else:
        overdue = overdue.with_columns(p_unpaid_14_ppm=nw.lit(PPM, nw.Int64))
    fresh = (
        overdue.filter(nw.col("fresh_minor") > 0)
        .join(rates.select("currency", "rate_ppm"), on="currency", how="left")
        .with_columns(fresh_home=in_home(nw.col("fresh_minor"), home=home).fill_null(0))
        .with_columns(
            staying_home=share(nw.col("fresh_home"), nw.col("p_unpaid_14_ppm").fill_null(PPM), PPM)
        )
    )
    sums = fresh.group_by("customer_id").agg(
        oldest_days_past_due=nw.col("days_past_due").max(),
        largest_item_minor=nw.col("fresh_home").max(),
        fresh_home=total("fresh_home"),
        staying_home=total("staying_home"),
        item_count=nw.col("item_id").count().cast(nw.Int64),
    )
    largest = (
        fresh.join(sums, on="customer_id", how="inner")
        .filter(nw.col("fresh_home") == nw.col("largest_item_minor"))
        .group_by("customer_id")
        .agg(largest_item_id=nw.col("item_id").min())
    )
    return sums.join(largest, on="customer_id", how="left")


def _scored(customers: nw.LazyFrame, policy: PriorityPolicy) -> nw.LazyFrame:
    """Return the customers with uplift, expected extra cash, minutes and score."""
    some = nw.when(nw.col("fresh_home") > 0).then(nw.col("fresh_home"))
    unpaid = share(nw.col("staying_home"), nw.lit(PPM, nw.Int64), some).fill_null(PPM)
    minutes = nw.lit(policy.minutes_otherwise)
    for channel, needed in policy.minutes.items():
        minutes = nw.when(nw.col("channel") == channel).then(nw.lit(needed)).otherwise(minutes)
    return (
        customers.with_columns(
            nw.col("promises_broken", "settled_items", "to_collect_minor").fill_null(0),
            nw.col("largest_item_minor", "item_count", "oldest_days_past_due").fill_null(0),
            usual_days_late=nw.col("expected_days_late").fill_null(0).cast(nw.Int32),
            minutes=minutes.cast(nw.Int32),
        )
        .with_columns(
            uplift_ppm=contact_uplift(policy),
            unpaid_ppm=unpaid.cast(nw.Int64),
        )
        .with_columns(gained_ppm=share(nw.col("unpaid_ppm"), nw.col("uplift_ppm"), PPM))
        .with_columns(
            expected_extra_minor=share(nw.col("to_collect_minor"), nw.col("gained_ppm"), PPM)
        )
        .with_columns(score=nw.col("expected_extra_minor") // nw.col("minutes").cast(nw.Int64))
    )


def _last_contact(contacts: nw.LazyFrame, key: str, as_of: date) -> nw.LazyFrame:
    """Return the day of the last contact per item or customer, none after `as_of`."""
    past = contacts.filter(nw.col("contacted_day") <= day_number(as_of))
    return past.group_by(key).agg(last_contact_day=nw.col("contacted_day").max())
