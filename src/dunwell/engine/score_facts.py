"""What a behavioural score rests on: facts per customer, each with the number of rows behind it.

Every fact only gets worse when money comes later: items are judged by their due day, an
unpaid item by its lateness so far, and nothing is measured against the customer's own
past (change against the past is `early_warnings`). Amounts are compared within their
currency only. A disputed item says nothing about lateness and counts as disputed instead.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.contact_answers import EFFECT_DAYS, contact_answers, item_money
from dunwell.engine.items import open_items, settled_items, total
from dunwell.engine.ledger import Ledger
from dunwell.engine.money import share
from dunwell.engine.pattern_facts import disputed_items, pattern_facts
from dunwell.engine.promises import assess_promises
from dunwell.engine.schema import Column, Frame

SCORE_DAYS = 365
"""How far back the facts look."""

EARLIEST_DAYS, LATEST_DAYS = -30, 180
"""An item counts as at most so early and at most so late."""

FAR_LATE_DAYS = 30
"""More days late than this is far late."""

RECENT_ITEMS = 10
"""Number of items last due that count as recent."""

PPM = 1_000_000


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: its group, its unit, what exactly it counts, and whether more of it is worse."""

    group: str
    unit: str
    meaning: str
    is_more_worse: bool = True


GROUPS = ("history", "responsiveness", "pattern")

FACTS: Mapping[str, Fact] = {
    "late_days": Fact("history", "days", "mean days late, weighted by amount in a currency"),
    "late_ppm": Fact("history", "ppm", "share of items late"),
    "far_late_ppm": Fact("history", "ppm", "share of items more than 30 days late"),
    "recent_late_days": Fact("history", "days", "mean days late of the 10 items last due"),
    "nine_in_ten_days": Fact("history", "days", "nine in ten items are at most so late"),
    "answer_days": Fact("responsiveness", "days", "mean days from a contact to an answer"),
    "without_effect_ppm": Fact(
        "responsiveness", "ppm", "share of contacts without money or promise in 14 days"
    ),
    "kept_ppm": Fact(
        "responsiveness", "ppm", "share of judged promises that were kept", is_more_worse=False
    ),
    "overdue_ppm": Fact("pattern", "ppm", "overdue now against a month's billing"),
    "order_drop_ppm": Fact("pattern", "ppm", "fewer items in 90 days than usual, share lost"),
    "growth_ppm": Fact("pattern", "ppm", "more billed in 90 days than usual, share gained"),
    "disputed_ppm": Fact("pattern", "ppm", "share of items disputed"),
    "returned_ppm": Fact("pattern", "ppm", "returned payments per item due"),
    "whole_ppm": Fact(
        "pattern", "ppm", "share of items due that one payment day settled", is_more_worse=False
    ),
}

SCORE_FACTS: Frame = {
    "customer_id": Column(nw.Int64, "key of the customer"),
    "judged_items": Column(nw.Int64, "items due in the last year that lateness is judged by"),
    **{
        name: Column(
            nw.Int64, f"{fact.meaning}; {fact.unit}, empty without evidence", nullable=True
        )
        for name, fact in FACTS.items()
    },
    **{
        f"{name}_rows": Column(nw.Int64, f"items, contacts or promises behind {name}")
        for name in FACTS
    },
}
JUDGED_ITEMS: Frame = {
    "customer_id": Column(nw.Int64, "who owes it"),
    "item_id": Column(nw.Int64, "key of the item"),
    "currency": Column(nw.String, "ISO 4217 code"),
    "amount_minor": Column(nw.Int64, "amount of the item, > 0"),
    "due_day": Column(nw.Int32, "due day"),
    "paid_day": Column(nw.Int32, "day of the last money, empty while open", nullable=True),
    "days_late": Column(nw.Int64, "days late, for an open item so far; early < 0"),
}


def score_facts(
    ledger: Ledger,
    *,
    as_of: date,
    contacts: nw.LazyFrame | None = None,
    replies: nw.LazyFrame | None = None,
    calendar: nw.LazyFrame | None = None,
) -> nw.LazyFrame:
    """Return one row per customer with an item issued by `as_of`, in columns SCORE_FACTS.

    `contacts` has columns CONTACTS, `replies` REPLIES, `calendar` CALENDAR (promises are
    then judged by business days). What FACTS calls a share is in ppm; days are whole.
    """
    judged = judged_items(ledger, days=SCORE_DAYS, as_of=as_of)
    known = (
        ledger.items.filter(nw.col("issued_day") <= day_number(as_of))
        .select("customer_id")
        .unique()
    )
    answers = contact_answers(
        ledger,
        contacts=contacts,
        replies=replies,
        calendar=calendar,
        days=SCORE_DAYS,
        as_of=as_of,
    )
    joined = known
    for facts in (
        _history(judged, ledger, as_of=as_of),
        _responses(answers, day_number(as_of)),
        _kept(ledger, calendar, as_of=as_of),
        pattern_facts(ledger, known, days=SCORE_DAYS, as_of=as_of),
    ):
        joined = joined.join(facts, on="customer_id", how="left")
    returned, judged_rows = nw.col("returned_payments"), nw.col("judged_items")
    rows = nw.max_horizontal(returned, judged_rows)
    filled = joined.with_columns(
        nw.col(
            "returned_payments",
            "judged_items",
            *[f"{name}_rows" for name in FACTS if name != "returned_ppm"],
        ).fill_null(0)
    ).with_columns(returned_ppm_rows=rows)
    returned_ppm = nw.when(rows > 0).then(returned * PPM // rows)
    return filled.with_columns(returned_ppm=returned_ppm).select(*SCORE_FACTS)


def judged_items(ledger: Ledger, *, days: int, as_of: date) -> nw.LazyFrame:
    """Return the debit items lateness is judged by, in columns JUDGED_ITEMS.

    Due in the `days` up to `as_of`, never disputed by then, and either settled with
    money or still open. Items settled by credit or adjustment alone have no lateness.
    """
    day = day_number(as_of)
    keys = ("customer_id", "item_id", "currency", "amount_minor", "due_day")
    debit = nw.col("amount_minor") > 0
    paid = settled_items(ledger.items, ledger.allocations, as_of=as_of).filter(
        debit, ~nw.col("paid_day").is_null()
    )
    opened = open_items(ledger.items, ledger.allocations, as_of=as_of).filter(
        debit, nw.col("open_minor") > 0
    )
    both = nw.concat(
        [
            # a cheque may be dated ahead; what is not here yet is at least so late
            paid.select(*keys, paid_day=nw.min_horizontal("paid_day", nw.lit(day, nw.Int32))),
            opened.select(*keys, paid_day=nw.lit(None, nw.Int32)),
        ],
        how="vertical",
    )
    late = nw.col("paid_day").fill_null(day) - nw.col("due_day")
    return (
        both.filter(nw.col("due_day") > day - days, nw.col("due_day") <= day)
        .join(disputed_items(ledger, as_of=as_of), on="item_id", how="anti")
        .with_columns(days_late=late.cast(nw.Int64))
        .select(*JUDGED_ITEMS)
    )


def _history(judged: nw.LazyFrame, ledger: Ledger, *, as_of: date) -> nw.LazyFrame:
    """Return the facts of payment history and `whole_ppm` per customer."""
    money = (
        item_money(ledger.allocations, as_of=as_of)
        .group_by("item_id")
        .agg(first_money_day=nw.col("value_day").min(), last_money_day=nw.col("value_day").max())
    )
    one, zero = nw.lit(1, nw.Int64), nw.lit(0, nw.Int64)
    late, amount = nw.col("days_late"), nw.col("amount_minor").cast(nw.Int128)
    weight = amount * nw.col("currency_items") * PPM // nw.col("currency_minor")
    order = {"recent_so_far": ["due_day", "item_id"], "late_so_far": ["days_late", "item_id"]}
    is_recent = nw.col("recent_so_far") > nw.col("items") - RECENT_ITEMS
    is_top = nw.col("late_so_far") * 10 >= nw.col("items") * 9
    is_whole = ~nw.col("paid_day").is_null() & (
        nw.col("first_money_day") == nw.col("last_money_day")
    )
    counted = {
        "judged_items": one,
        "weights": nw.col("weight"),
        "weighted_sum": nw.col("weight") * late,
        "late_items": nw.when(late > 0).then(one).otherwise(zero),
        "far_items": nw.when(late > FAR_LATE_DAYS).then(one).otherwise(zero),
        "recent_items": nw.when(is_recent).then(one).otherwise(zero),
        "recent_sum": nw.when(is_recent).then(late).otherwise(zero),
        "whole_items": nw.when(is_whole).then(one).otherwise(zero),
    }
    sums = (
        judged.with_columns(days_late=late.clip(EARLIEST_DAYS, LATEST_DAYS), one=one)
        .join(money, on="item_id", how="left")
        .with_columns(
            items=nw.col("one").sum().over("customer_id"),
            currency_items=nw.col("one").sum().over("customer_id", "currency"),
            currency_minor=nw.col("amount_minor").sum().over("customer_id", "currency"),
            **{
                name: nw.col("one").cum_sum().over("customer_id", order_by=by)
                for name, by in order.items()
            },
        )
        .with_columns(weight=weight.cast(nw.Int64), top_days=nw.when(is_top).then(late))
        .with_columns(**counted)
        .group_by("customer_id")
        .agg(
            *[total(name).alias(name) for name in counted],
            nine_in_ten_days=nw.col("top_days").min(),
        )
    )
    items = nw.col("judged_items")
    shares = {"late_ppm": "late_items", "far_late_ppm": "far_items", "whole_ppm": "whole_items"}
    return sums.with_columns(
        late_days=share(nw.col("weighted_sum"), one, nw.col("weights")),
        recent_late_days=share(nw.col("recent_sum"), one, nw.col("recent_items")),
        recent_late_days_rows=nw.col("recent_items"),
        late_days_rows=items,
        nine_in_ten_days_rows=items,
        **{name: nw.col(part) * PPM // items for name, part in shares.items()},
        **{f"{name}_rows": items for name in shares},
    ).select(
        "customer_id",
        "judged_items",
        *[name for name, fact in FACTS.items() if fact.group == "history"],
        *[f"{name}_rows" for name, fact in FACTS.items() if fact.group == "history"],
        "whole_ppm",
        "whole_ppm_rows",
    )


def _responses(answers: nw.LazyFrame, day: int) -> nw.LazyFrame:
    """Return the facts about contacts; one younger than EFFECT_DAYS is not judged by effect."""
    one, zero = nw.lit(1, nw.Int64), nw.lit(0, nw.Int64)
    is_judged = nw.col("contacted_day") <= day - EFFECT_DAYS
    effect_days = nw.col("effect_day") - nw.col("contacted_day")
    is_without = is_judged & (effect_days.fill_null(EFFECT_DAYS + 1) > EFFECT_DAYS)
    counted = {
        "answer_days_rows": one,
        "without_effect_ppm_rows": nw.when(is_judged).then(one).otherwise(zero),
        "without": nw.when(is_without).then(one).otherwise(zero),
        "waited": nw.col("wait_days"),
    }
    sums = (
        answers.with_columns(**counted)
        .group_by("customer_id")
        .agg(*[total(name).alias(name) for name in counted])
    )
    judged = nw.col("without_effect_ppm_rows")
    below = nw.when(judged > 0).then(judged).otherwise(one)
    return sums.with_columns(
        answer_days=share(nw.col("waited"), one, nw.col("answer_days_rows")),
        without_effect_ppm=nw.when(judged > 0).then(nw.col("without") * PPM // below),
    ).drop("without", "waited")


def _kept(ledger: Ledger, calendar: nw.LazyFrame | None, *, as_of: date) -> nw.LazyFrame:
    """Return the share of kept promises among those judged in the last year."""
    one = nw.lit(1, nw.Int64)
    is_kept = nw.col("outcome") == "kept"
    return (
        assess_promises(
            ledger.promises, ledger.allocations, ledger.items, as_of=as_of, calendar=calendar
        )
        .filter(
            nw.col("judged_day") > day_number(as_of) - SCORE_DAYS,
            nw.col("outcome").is_in(["kept", "partially_kept", "broken"]),
        )
        .with_columns(one=one, kept=nw.when(is_kept).then(one).otherwise(0))
        .group_by("customer_id")
        .agg(kept_ppm_rows=total("one"), kept=total("kept"))
        .with_columns(kept_ppm=nw.col("kept") * PPM // nw.col("kept_ppm_rows"))
        .drop("kept")
    )
