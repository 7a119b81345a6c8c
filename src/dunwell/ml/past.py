"""What was known of every customer on any day: habits by binary search, no loop per customer.

Events lie sorted by (customer, day); a running sum up to a position less the sum up to the
customer's first position answers "so far", so hundreds of thousands of (customer, day)
questions cost a few array operations.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from dunwell.ml.dates import WEEK, month_place, weekday_of
from dunwell.ml.history import Days, Floats, History, Ints, codes, day_array

SHIFT = 1 << 21
"""More than any day number: customer * SHIFT + day sorts by customer, then day."""

WINDOW = 20
"""Number of latest paid items whose quantiles are the customer's level and spread."""

RUNS = 6
"""Number of latest distances between days of payment that tell a customer's rhythm."""

FADING = 0.85
"""Weight of the item before in the fading mean."""

EARLIEST_LATE, LATEST_LATE = -60, 90
"""Days late beyond these are cut for means, so that one forgotten item does not rule them."""

PRIOR_ITEMS = 5.0
"""Weight of the portfolio in shrunk means and rates, in items."""

FIRST_ITEMS = 3
"""A new customer is like the first three items of other customers, not like the portfolio."""

MONTH_FIRST, MONTH_LAST = 2, 3
"""The first and the last days of a month around which month-end payers pay."""

CUSTOMER_FACTS = (
    "n",
    "mean",
    "sd",
    "share_late",
    "share_late7",
    "fading",
    "fading_late",
    "median",
    "low",
    "high",
    "mean5",
    "last",
    "before_last",
    "amount_lateness",
    "recency",
    "tenure",
    "n_open",
    "open_ratio",
    "n_overdue",
    "overdue_ratio",
    "oldest",
    "portfolio_recent",
    "portfolio_late",
    "weekday_peak",
    "weekday_share",
    "month_end_share",
    "run_days",
    "run_spread",
    "run_size",
)


@dataclass(frozen=True, slots=True)
class Portfolio:
    """What is assumed of a customer of whom nothing is known, fixed when a model is fitted."""

    late_rate: float
    mean_late: float
    new_rate: float
    new_mean: float
    new_median: float
    new_low: float
    new_high: float
    weekdays: tuple[float, ...]


class Past:
    """The dated events of a history, ready for questions about any day up to its own."""

    def __init__(self, history: History, portfolio: Portfolio | None = None) -> None:
        items = history.items
        self.customer_codes, self.customer_ids = codes(items["customer_id"])
        self.customers = len(self.customer_ids)
        issued, due = day_array(items, "issued_day"), day_array(items, "due_day")
        paid, ended = day_array(items, "paid_day"), day_array(items, "ended_day")
        amount = _relative_amounts(history)
        is_paid = items["paid_day"].is_not_null().to_numpy()
        self._paid(self.customer_codes[is_paid], due[is_paid], paid[is_paid], amount[is_paid])
        self.portfolio = portfolio or self._portfolio()
        self._derive()
        # an item due before it was issued is overdue from its issue on, not before
        self._book(self.customer_codes, issued, np.maximum(due, issued - 1), ended, amount)

    def _paid(self, customer: Ints, due: Days, paid: Days, amount: Floats) -> None:
        """Sort what was paid by customer and day and keep the running sums."""
        order = np.lexsort((due, paid, customer))
        customer, due, paid, amount = customer[order], due[order], paid[order], amount[order]
        self.paid_customer, self.paid_day = customer, paid
        self.late = (paid - due).astype(np.float64)
        cut = np.clip(self.late, EARLIEST_LATE, LATEST_LATE)
        self.cut = cut
        self.paid_key = customer * SHIFT + paid
        self.paid_start = np.searchsorted(customer, np.arange(self.customers + 1))
        self.sums = {
            "late": running(cut),
            "square": running(cut * cut),
            "is_late": running(self.late > 0),
            "is_late7": running(self.late > WEEK),
            "amount": running(amount),
            "amount_late": running(amount * cut),
            "month_end": running(_is_month_end(paid)),
        }
        weekday = weekday_of(paid)
        self.weekday_sums = [running(weekday == day) for day in range(WEEK)]
        self._runs(customer, paid)
        by_day = np.argsort(paid, kind="stable")
        self.all_day = paid[by_day]
        self.all_late = running(cut[by_day])
        self.all_is_late = running((self.late > 0)[by_day])

    def _runs(self, customer: Ints, paid: Days) -> None:
        """Keep the days on which a customer paid, and its rhythm after each of them."""
        first = np.ones(len(paid), bool)
        first[1:] = (customer[1:] != customer[:-1]) | (paid[1:] != paid[:-1])
        at = np.flatnonzero(first)
        self.run_customer, self.run_day = customer[at], paid[at].astype(np.int64)
        self.run_key = self.run_customer * SHIFT + self.run_day
        start = np.searchsorted(self.run_customer, np.arange(self.customers + 1))
        self.run_start = start
        place = np.arange(len(at)) - start[self.run_customer]
        window = np.full((len(at), RUNS), np.inf, np.float32)
        for step in range(RUNS):
            has = np.flatnonzero(place > step)
            window[has, step] = self.run_day[has - step] - self.run_day[has - step - 1]
        size = np.minimum(place, RUNS)
        ranked = np.sort(window, axis=1)
        known = size > 0
        middle = _quantile(ranked, np.maximum(size, 1), 0.5)
        wide = _quantile(ranked, np.maximum(size, 1), 0.9)
        narrow = _quantile(ranked, np.maximum(size, 1), 0.1)
        self.run_days = np.where(known, middle, np.nan)
        self.run_spread = np.where(size > 1, wide - narrow, np.nan)

    def _run_facts(self, code: Ints, day: Ints, known: np.ndarray) -> dict[str, Floats]:
        """Return the rhythm of payment days known on each day, empty without one."""
        if not len(self.run_key):
            none = np.full(len(code), np.nan)
            return {"run_days": none, "run_spread": none, "run_size": none}
        start = self.run_start[code]
        end = np.searchsorted(self.run_key, code * SHIFT + day, side="right")
        runs = np.where(known, end - start, 0)
        at = np.maximum(end - 1, 0)
        paid_end, paid_start = self._position(code, day, known)
        return {
            "run_days": np.where(runs > 0, self.run_days[at], np.nan),
            "run_spread": np.where(runs > 0, self.run_spread[at], np.nan),
            "run_size": np.where(runs > 0, (paid_end - paid_start) / np.maximum(runs, 1), np.nan),
        }

    def _portfolio(self) -> Portfolio:
        """Return the portfolio's habits, and those of the first items of new customers."""
        if not len(self.late):
            flat = (0.2,) * 5 + (0.0, 0.0)
            return Portfolio(0.4, 3.0, 0.4, 3.0, 2.0, -5.0, 20.0, flat)
        place = np.arange(len(self.late)) - self.paid_start[self.paid_customer]
        first = self.cut[place < FIRST_ITEMS]
        share = np.array([sums[-1] for sums in self.weekday_sums]) / len(self.late)
        low, median, high = np.quantile(first, (0.1, 0.5, 0.9))
        return Portfolio(
            late_rate=float((self.late > 0).mean()),
            mean_late=float(self.cut.mean()),
            new_rate=float((first > 0).mean()),
            new_mean=float(first.mean()),
            new_median=float(median),
            new_low=float(low),
            new_high=float(high),
            weekdays=tuple(float(one) for one in share),
        )

    def _derive(self) -> None:
        """Keep level, spread and fading means after every paid item of a customer."""
        count = len(self.late)
        place = np.arange(count) - self.paid_start[self.paid_customer]
        back = np.arange(WINDOW)
        window = np.full((count, WINDOW), np.nan, np.float32)
        for step in back:
            has = place >= step
            window[has, step] = self.cut[np.flatnonzero(has) - step]
        # a last row for who has not paid yet
        self.delays = np.concatenate([window, np.full((1, WINDOW), np.nan, np.float32)])
        weight = np.power(FADING, back)
        seen = ~np.isnan(window)
        filled = np.where(seen, window, 0.0)
        left = np.power(FADING, np.minimum(place + 1, WINDOW))
        self.fading = (filled @ weight) * (1 - FADING) + left * self.portfolio.mean_late
        is_late = (filled > 0) & seen
        self.fading_late = (is_late @ weight) * (1 - FADING) + left * self.portfolio.late_rate
        five = seen[:, :5].sum(axis=1)
        self.mean5 = filled[:, :5].sum(axis=1) / np.maximum(five, 1)
        ranked = np.sort(np.where(seen, window, np.inf), axis=1)
        size = np.minimum(place + 1, WINDOW)
        self.median, self.low, self.high = (
            _quantile(ranked, size, level) for level in (0.5, 0.1, 0.9)
        )

    def _book(self, customer: Ints, issued: Days, due: Days, ended: Days, amount: Floats) -> None:
        """Keep what was issued, fell due and was settled, each sorted by customer and day."""

        def lane(days: Days) -> tuple[Ints, Floats, Days]:
            key = customer * SHIFT + days
            order = np.argsort(key, kind="stable")
            return key[order], running(amount[order]), days[order]

        self.issued = lane(issued)
        self.due = lane(due)
        self.ended = lane(ended)
        # an item leaves the overdue ones when it is settled after its due day
        self.left = lane(np.maximum(due + 1, ended))
        starts = np.searchsorted(np.sort(customer), np.arange(self.customers + 1))
        self.book_start = starts
        # of a history without items too, one row can be looked up: that of a stranger
        firsts = self.issued[2][starts[:-1]] if len(issued) else np.zeros(1, np.int32)
        self.first_issued = firsts

    def code_of(self, customer_ids: Ints) -> Ints:
        """Return each customer's code, -1 for one the history does not hold."""
        if not self.customers:
            return np.full(len(customer_ids), -1, np.int64)
        known = self.customer_ids.to_numpy()
        place = np.minimum(np.searchsorted(known, customer_ids), len(known) - 1)
        return np.where(known[place] == customer_ids, place, -1).astype(np.int64)

    def facts(self, code: Ints, day: Ints) -> tuple[dict[str, Floats], Floats]:
        """Return CUSTOMER_FACTS known at the end of each day, and weekday shares (n, 7)."""
        known = code >= 0
        safe = np.maximum(code, 0)
        found = self._habit_facts(safe, day, known) | self._book_facts(safe, day, known)
        found |= self._portfolio_facts(day) | self._run_facts(safe, day, known)
        weekdays = self._weekdays(safe, day, known)
        found["weekday_peak"] = weekdays.argmax(axis=1).astype(np.float64)
        found["weekday_share"] = weekdays.max(axis=1)
        return {name: found[name] for name in CUSTOMER_FACTS}, weekdays

    def last_delays(self, code: Ints, day: Ints) -> tuple[np.ndarray, Ints]:
        """Return the last WINDOW delays known on each day, latest first, and where they stand.

        Without a paid item all are empty; the same place means the same delays.
        """
        end, start = self._position(np.maximum(code, 0), day, code >= 0)
        place = np.where(end > start, end - 1, -1)
        return self.delays[place], place

    def amount_means(self, code: Ints, day: Ints) -> Floats:
        """Return the mean of the relative amounts paid so far, nothing known: empty."""
        known = code >= 0
        end, start = self._position(np.maximum(code, 0), day, known)
        total = self.sums["amount"][end] - self.sums["amount"][start]
        return np.where(end > start, total / np.maximum(end - start, 1), np.nan)

    def _position(self, code: Ints, day: Ints, known: np.ndarray) -> tuple[Ints, Ints]:
        """Return the positions after the last and at the first paid item known on the day."""
        if not len(self.paid_key):
            zero = np.zeros(len(code), np.int64)
            return zero, zero
        start = self.paid_start[code]
        end = np.searchsorted(self.paid_key, code * SHIFT + day, side="right")
        return np.where(known, end, start), start

    def _habit_facts(self, code: Ints, day: Ints, known: np.ndarray) -> dict[str, Floats]:
        end, start = self._position(code, day, known)
        n = (end - start).astype(np.float64)
        some = np.maximum(n, 1)
        total = {name: sums[end] - sums[start] for name, sums in self.sums.items()}
        assumed, prior = self.portfolio, PRIOR_ITEMS
        mean = total["late"] / some
        at = np.maximum(end - 1, 0)

        def after(values: Floats, otherwise: float = np.nan) -> Floats:
            return (
                np.where(n > 0, values[at], otherwise)
                if len(values)
                else np.full(len(n), otherwise)
            )

        before = np.maximum(end - 2, 0)
        return {
            "n": n,
            "mean": (total["late"] + prior * assumed.new_mean) / (n + prior),
            "sd": np.sqrt(np.maximum(total["square"] / some - mean * mean, 0)),
            "share_late": (total["is_late"] + prior * assumed.new_rate) / (n + prior),
            "share_late7": (total["is_late7"] + prior * 0.1) / (n + prior),
            "fading": after(self.fading, assumed.new_mean),
            "fading_late": after(self.fading_late, assumed.new_rate),
            "median": after(self.median, assumed.new_median),
            "low": after(self.low, assumed.new_low),
            "high": after(self.high, assumed.new_high),
            "mean5": after(self.mean5),
            "last": after(self.late),
            "before_last": np.where(
                n > 1, self.late[before] if len(self.late) else np.nan, np.nan
            ),
            "amount_lateness": total["amount_late"] / np.maximum(total["amount"], 1e-9),
            "recency": np.where(
                n > 0, day - (self.paid_day[at] if len(self.paid_day) else 0), np.nan
            ),
            "month_end_share": (total["month_end"] + 3 * 0.25) / (n + 3),
        }

    def _book_facts(self, code: Ints, day: Ints, known: np.ndarray) -> dict[str, Floats]:
        def so_far(
            lane: tuple[Ints, Floats, Days], side: Literal["left", "right"]
        ) -> tuple[Floats, Floats, Ints]:
            keys, sums, _ = lane
            start = self.book_start[code]
            end = np.searchsorted(keys, code * SHIFT + day, side=side)
            end = np.where(known, end, start)
            return (end - start).astype(np.float64), sums[end] - sums[start], end

        issued, issued_amount, _ = so_far(self.issued, "right")
        ended, ended_amount, _ = so_far(self.ended, "right")
        due, due_amount, _ = so_far(self.due, "left")
        left, left_amount, place = so_far(self.left, "right")
        n_overdue = np.maximum(due - left, 0)
        usual = np.where(issued > 0, issued_amount / np.maximum(issued, 1), 1.0)
        days = self.due[2]
        # as if the oldest were paid first; exact enough to tell a week from a year
        oldest = days[np.minimum(place, max(len(days) - 1, 0))] if len(days) else day
        return {
            "tenure": np.where(known & (issued > 0), day - self.first_issued[code], np.nan),
            "n_open": issued - ended,
            "open_ratio": (issued_amount - ended_amount) / usual,
            "n_overdue": n_overdue,
            "overdue_ratio": np.maximum(due_amount - left_amount, 0) / usual,
            "oldest": np.where(n_overdue > 0, day - oldest, 0.0).astype(np.float64),
        }

    def _portfolio_facts(self, day: Ints) -> dict[str, Floats]:
        """Return how late the whole portfolio paid in the four weeks before."""
        now = np.searchsorted(self.all_day, day, side="right")
        before = np.searchsorted(self.all_day, day - 4 * WEEK, side="right")
        count = np.maximum(now - before, 1)
        return {
            "portfolio_recent": (self.all_late[now] - self.all_late[before]) / count,
            "portfolio_late": (self.all_is_late[now] - self.all_is_late[before]) / count,
        }

    def _weekdays(self, code: Ints, day: Ints, known: np.ndarray) -> Floats:
        end, start = self._position(code, day, known)
        n = (end - start).astype(np.float64)
        prior = 3.0
        shares = [
            (sums[end] - sums[start] + prior * usual) / (n + prior)
            for sums, usual in zip(self.weekday_sums, self.portfolio.weekdays, strict=True)
        ]
        return np.stack(shares, axis=1)


def running(values: np.ndarray) -> Floats:
    """Return running sums with a leading 0, so that a slice's sum is one difference."""
    return np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])


def _quantile(ranked: np.ndarray, size: Ints, level: float) -> Floats:
    """Return a quantile of the first `size` values of each sorted row, linear between values."""
    place = (size - 1) * level
    low = np.floor(place).astype(np.int64)
    high = np.minimum(low + 1, size - 1)
    row = np.arange(len(ranked))
    below, above = ranked[row, low], np.where(np.isfinite(ranked[row, high]), ranked[row, high], 0)
    below = np.where(np.isfinite(below), below, 0)
    return np.asarray(below + (above - below) * (place - low), np.float64)


def _is_month_end(days: Days) -> np.ndarray:
    """Return whether a day is among the last three or the first two of a month."""
    day_of_month, left, _ = month_place(days)
    return np.asarray((day_of_month <= MONTH_FIRST) | (left <= MONTH_LAST))


def _relative_amounts(history: History) -> Floats:
    """Return amounts as multiples of the mean item of their currency."""
    amount = history.items["amount_minor"].to_numpy().astype(np.float64)
    currency, distinct = codes(history.items["currency"])
    count = np.maximum(np.bincount(currency, minlength=len(distinct)), 1)
    usual = np.bincount(currency, weights=amount, minlength=len(distinct)) / count
    return amount / np.maximum(usual, 1)[currency] if len(amount) else amount
