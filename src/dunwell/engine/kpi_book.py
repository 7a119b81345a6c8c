"""A ledger looked at on a day over a window: the frames that figures and their rows share."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_date, day_number, month_end, month_number
from dunwell.engine.items import REFUND, open_items, settled_items, total, unapplied
from dunwell.engine.ledger import Keep, Ledger, as_it_is, happened
from dunwell.engine.movements import SALES_KINDS
from dunwell.engine.promises import assess_promises
from dunwell.engine.standings import OPEN_THEN, SETTLED_THEN, opened, paid, standings

ROLL_DAYS = 30
"""Width of a bucket: an unpaid item moves on by exactly one bucket in this time."""

RISK_DAYS = 90
"""Days after the end of the month of billing from which what is unpaid counts as at risk."""


@dataclass(frozen=True)
class KpiBook:
    """A ledger, a day, and the `window_days` days that end with it.

    `keep` computes a frame that is used more than once. Without it an engine that works by SQL
    plans it anew for every use, and Polars for some.
    """

    ledger: Ledger
    as_of: date
    window_days: int
    keep: Keep = as_it_is

    @property
    def last(self) -> int:
        """The day's number."""
        return day_number(self.as_of)

    @property
    def first(self) -> int:
        """The number of the window's first day."""
        return self.last - self.window_days + 1

    @property
    def begin_on(self) -> date:
        """The day at whose end the window begins."""
        return self.as_of - timedelta(days=self.window_days)

    @property
    def risk_month(self) -> tuple[int, int]:
        """The first and last day number of the newest month that ended RISK_DAYS ago or more."""
        newest = month_number(self.as_of - timedelta(days=RISK_DAYS))
        while month_end(newest) + timedelta(days=RISK_DAYS) > self.as_of:
            newest -= 1
        return day_number(month_end(newest - 1)) + 1, day_number(month_end(newest))

    @property
    def is_for_one(self) -> bool:
        """Whether nothing is kept: then one frame is asked for, and it alone is cheapest."""
        return self.keep is as_it_is

    @cached_property
    def days(self) -> tuple[date, ...]:
        """The days whose open items are asked for, the day itself first."""
        _, last = self.risk_month
        risk_on = day_date(last) + timedelta(days=RISK_DAYS)
        earlier = (self.begin_on, self.as_of - timedelta(days=ROLL_DAYS), risk_on)
        return tuple(dict.fromkeys((self.as_of, *earlier)))

    @cached_property
    def standing(self) -> nw.LazyFrame:
        """The items open on one of the days or settled in the window, as `standings` has them."""
        items, allocations = self.ledger.items, self.ledger.allocations
        return self.keep(standings(items, allocations, days=self.days, since=self.first))

    @cached_property
    def opened(self) -> nw.LazyFrame:
        """What is open on the day, in columns OPEN_THEN."""
        return self._open(self.as_of)

    @cached_property
    def opened_at_begin(self) -> nw.LazyFrame:
        """What was open when the window began, in columns OPEN_THEN."""
        return self._open(self.begin_on)

    @cached_property
    def opened_earlier(self) -> nw.LazyFrame:
        """What was open one bucket ago, in columns OPEN_THEN."""
        return self._open(self.as_of - timedelta(days=ROLL_DAYS))

    @cached_property
    def at_risk(self) -> nw.LazyFrame:
        """What of the sales of the risk month was open RISK_DAYS after its end."""
        first, last = self.risk_month
        opened = self._open(day_date(last) + timedelta(days=RISK_DAYS))
        return opened.filter(
            nw.col("kind").is_in(SALES_KINDS), nw.col("issued_day").is_between(first, last)
        )

    @cached_property
    def paid(self) -> nw.LazyFrame:
        """What was settled with money in the window, in columns SETTLED_THEN."""
        if self.is_for_one:
            settled = settled_items(self.ledger.items, self.ledger.allocations, as_of=self.as_of)
            return settled.filter(
                nw.col("settled_day").is_between(self.first, self.last),
                ~nw.col("paid_day").is_null(),
                nw.col("amount_minor") > 0,
            ).select(*SETTLED_THEN)
        return self.keep(paid(self.standing, first=self.first, last=self.last))

    @cached_property
    def sales(self) -> nw.LazyFrame:
        """Every credit sale and credit note by the day, in columns ITEMS."""
        return self.ledger.items.filter(
            nw.col("kind").is_in(SALES_KINDS), nw.col("issued_day") <= self.last
        )

    @cached_property
    def booked(self) -> nw.LazyFrame:
        """The allocations booked by the day with their item's customer, kind and `booked_day`.

        What was booked on an item that was not issued yet counts from its issue.
        """
        items = self.ledger.items.filter(nw.col("issued_day") <= self.last).select(
            "item_id", "customer_id", "currency", "kind", "issued_day"
        )
        return (
            self.ledger.allocations.filter(nw.col("applied_day") <= self.last)
            .join(items, on="item_id", how="inner")
            .with_columns(booked_day=nw.max_horizontal("applied_day", "issued_day"))
        )

    @cached_property
    def collected(self) -> nw.LazyFrame:
        """The allocations of money booked in the window, refunds left out."""
        return self.booked.filter(
            nw.col("booked_day").is_between(self.first, self.last),
            nw.col("source") == "payment",
            nw.col("kind") != REFUND,
        )

    @cached_property
    def unapplied(self) -> nw.LazyFrame:
        """Unapplied cash on the day, in columns UNAPPLIED."""
        return unapplied(self.ledger.payments, self.ledger.allocations, as_of=self.as_of)

    @cached_property
    def assessed(self) -> nw.LazyFrame:
        """Every promise by the day with its outcome, in columns ASSESSED_PROMISES."""
        promises, allocations = self.ledger.promises, self.ledger.allocations
        return self.keep(
            assess_promises(promises, allocations, self.ledger.items, as_of=self.as_of)
        )

    @cached_property
    def judged(self) -> nw.LazyFrame:
        """The promises whose last day lies in the window and that were kept or not."""
        return self.assessed.filter(
            nw.col("judged_day").is_between(self.first, self.last),
            nw.col("outcome").is_in(["kept", "partially_kept", "broken"]),
        )

    @cached_property
    def disputed(self) -> nw.LazyFrame:
        """Open items under dispute on the day, with `disputed_minor`, at most what is open."""
        return self._disputed(self.opened, self.as_of)

    @cached_property
    def disputed_at_begin(self) -> nw.LazyFrame:
        """The same when the window began."""
        return self._disputed(self.opened_at_begin, self.begin_on)

    @cached_property
    def closed_disputes(self) -> nw.LazyFrame:
        """The disputes closed in the window with their item's currency and `cycle_days`."""
        currencies = self.ledger.items.select("item_id", "currency")
        return (
            happened(self.ledger.disputes, "opened_day", ends="closed_day", as_of=self.as_of)
            .filter(nw.col("closed_day").is_between(self.first, self.last))
            .join(currencies, on="item_id", how="inner")
            .with_columns(cycle_days=nw.col("closed_day") - nw.col("opened_day"))
        )

    @cached_property
    def to_collect(self) -> nw.LazyFrame:
        """What is overdue and not disputed, per item, as `to_collect_minor` above 0."""
        disputed = self.disputed.select("item_id", "disputed_minor")
        return (
            self.opened.filter(nw.col("days_past_due") > 0, nw.col("open_minor") > 0)
            .join(disputed, on="item_id", how="left")
            .with_columns(
                to_collect_minor=nw.col("open_minor") - nw.col("disputed_minor").fill_null(0)
            )
            .filter(nw.col("to_collect_minor") > 0)
        )

    @cached_property
    def promised_today(self) -> nw.LazyFrame:
        """What is promised and still to come, per customer, at most what is to collect there."""
        left = nw.col("promised_minor") - nw.col("paid_minor") - nw.col("credited_minor")
        by = ["customer_id", "currency"]
        promised = (
            self.assessed.filter(nw.col("outcome") == "open")
            .with_columns(left=left)
            .group_by(*by)
            .agg(left=total("left"))
        )
        asked = self.to_collect.group_by(*by).agg(asked=total("to_collect_minor"))
        return (
            promised.join(asked, on=by, how="inner")
            .with_columns(promised_open_minor=nw.min_horizontal("left", "asked"))
            .filter(nw.col("promised_open_minor") > 0)
        )

    @cached_property
    def owing(self) -> nw.LazyFrame:
        """The customers that owe more than they are owed, with `owed_minor`."""
        return (
            self.opened.group_by("currency", "customer_id")
            .agg(owed_minor=total("open_minor"))
            .filter(nw.col("owed_minor") > 0)
        )

    def _open(self, on: date) -> nw.LazyFrame:
        if self.is_for_one:
            items, allocations = self.ledger.items, self.ledger.allocations
            return open_items(items, allocations, as_of=on).select(*OPEN_THEN)
        return self.keep(opened(self.standing, days=self.days, on=on))

    def _disputed(self, opened: nw.LazyFrame, on: date) -> nw.LazyFrame:
        disputes = happened(self.ledger.disputes, "opened_day", ends="closed_day", as_of=on)
        return (
            disputes.filter(nw.col("closed_day").is_null())
            .group_by("item_id")
            .agg(disputed_minor=total("amount_minor"))
            .join(
                opened.select("item_id", "customer_id", "currency", "open_minor", "days_past_due"),
                on="item_id",
                how="inner",
            )
            .with_columns(disputed_minor=nw.min_horizontal("disputed_minor", "open_minor"))
        )
