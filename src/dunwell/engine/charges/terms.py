"""Under which terms an item is charged: a rule, a company's own bounds, the rates by day.

A `ChargeTerms` is what a group of the policy makes of one rule. The frames made here are small:
a row per terms, and a row per terms and day or cut for equi-joins.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_date, day_number, month_number
from dunwell.engine.charges.late_rules import THIRTY_360, YEAR_DAYS, LateRule
from dunwell.engine.charges.reference_rates import RateSpan
from dunwell.engine.schema import Column, Frame, table

FOREVER = date(9000, 1, 1)
LONG_AGO = date(1970, 1, 1)

TERMS: Frame = {
    "terms_no": Column(nw.Int32, "number of the terms in this calculation"),
    "rule": Column(nw.String, "id of the rule"),
    "year_days": Column(nw.Int64, "days of the year interest is divided by"),
    "is_thirty": Column(nw.Boolean, "months count 30 days"),
    "has_rests": Column(nw.Boolean, "interest bears interest, month by month"),
    "cap_ppm": Column(nw.Int64, "interest is at most this share of the item", nullable=True),
    "since_day": Column(nw.Int32, "first day that may be charged"),
    "grace_days": Column(nw.Int32, "nothing is charged unless it is late for more days"),
    "terms_cap_days": Column(nw.Int32, "longest term the law accepts", nullable=True),
    "is_on_notice": Column(nw.Boolean, "default begins with a reminder"),
    "told_days": Column(nw.Int32, "or so many days after the due date, 0 = never"),
    "pauses_disputed": Column(nw.Boolean, "the disputed part bears no interest"),
    "with_compensation": Column(nw.Boolean, "a fixed compensation is charged"),
    "wait_days": Column(nw.Int32, "days after the letter, empty: no letter", nullable=True),
}
RATE_DAYS: Frame = {
    "terms_no": Column(nw.Int32, "number of the terms"),
    "day": Column(nw.Int32, "day number"),
    "rate_ppm": Column(nw.Int64, "yearly rate of the day, empty: not known", nullable=True),
}
DAYS: Frame = {
    "day": Column(nw.Int32, "day number"),
    "month_no": Column(nw.Int32, "months since January 1970"),
    "thirty_day": Column(nw.Int32, "days in months of 30 (30E/360)"),
}
CUTS: Frame = {
    "terms_no": Column(nw.Int32, "number of the terms"),
    "start_month": Column(nw.Int32, "month number in which an item begins to be late"),
    "day": Column(nw.Int32, "first day of a month or of a rate after that"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargeTerms:
    """One rule as one group of the policy applies it.

    `spans` are yearly rates without a gap; an empty rate is not known. `wait_days` of None: the
    compensation needs no letter. Shares in ppm, times in days.
    """

    group: str
    rule: LateRule
    spans: tuple[RateSpan, ...]
    year: str
    since_on: date
    grace_days: int = 0
    cap_ppm: int | None = None
    pauses_disputed: bool = False
    with_compensation: bool = True
    told_days: int = 0
    is_billed: bool = False

    @property
    def unknown_from(self) -> date | None:
        """Return the first day whose rate is not known, None when all are."""
        return next((span.from_on for span in self.spans if span.rate_ppm is None), None)

    def span_on(self, day: date) -> RateSpan | None:
        """Return the span a day lies in."""
        return next((s for s in self.spans if s.from_on <= day < s.until_on), None)


@dataclass(frozen=True, slots=True)
class Timetable:
    """The small frames of one calculation: TERMS, RATE_DAYS, DAYS and CUTS."""

    terms: nw.LazyFrame
    rates: nw.LazyFrame
    days: nw.LazyFrame
    cuts: nw.LazyFrame


def timetable(terms: Sequence[ChargeTerms], *, first: date, last: date) -> Timetable:
    """Return the frames for items that are late from `first` to `last`; place = `terms_no`."""
    days = range(day_number(first), day_number(last) + 2)
    return Timetable(
        terms=table([_terms_row(number, one) for number, one in enumerate(terms)], TERMS),
        rates=table([row for n, one in enumerate(terms) for row in _rates(n, one)], RATE_DAYS),
        days=table([(day, month_number(on), _thirty(on)) for day, on in _dated(days)], DAYS),
        cuts=table(
            [row for n, one in enumerate(terms) for row in _cuts(n, one, first=first, last=last)],
            CUTS,
        ),
    )


def _terms_row(number: int, terms: ChargeTerms) -> tuple[object, ...]:
    rule = terms.rule
    return (
        number,
        rule.id,
        YEAR_DAYS[terms.year],
        terms.year == THIRTY_360,
        rule.has_monthly_rests,
        terms.cap_ppm,
        day_number(terms.since_on),
        terms.grace_days,
        rule.terms_cap_days,
        rule.starts == "notice",
        terms.told_days,
        terms.pauses_disputed,
        terms.with_compensation and rule.compensation is not None,
        rule.letter.wait_days if rule.letter else None,
    )


def _rates(number: int, terms: ChargeTerms) -> list[tuple[object, ...]]:
    return [
        (number, day, span.rate_ppm)
        for span in terms.spans
        for day in range(day_number(span.from_on), day_number(span.until_on))
    ]


def _dated(days: range) -> list[tuple[int, date]]:
    return [(day, day_date(day)) for day in days]


def _thirty(on: date) -> int:
    """Return a running number of days in which every month has 30 (30E/360)."""
    return 360 * on.year + 30 * on.month + min(on.day, 30)


def _cuts(number: int, terms: ChargeTerms, *, first: date, last: date) -> list[tuple[object, ...]]:
    """Return the days at which a month or a rate begins, after each month an item may start in."""
    starts = {span.from_on for span in terms.spans if first < span.from_on <= last}
    month = first.replace(day=1)
    months = []
    while month <= last:
        months.append(month)
        month = (month + timedelta(days=32)).replace(day=1)
    days = sorted({*starts, *months})
    return [
        (number, month_number(start), day_number(day))
        for start in months
        for day in days
        if day > start
    ]
