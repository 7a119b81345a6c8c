"""The charges of one item, day by day: for the cases of a policy, and as a second opinion.

Nothing here is shared with the frames of `interest`: tests hold one against the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dunwell.engine.calendars import day_number, month_number
from dunwell.engine.charges.compounding import Stretch, compound_sums
from dunwell.engine.charges.late_rules import NOTICE, THIRTY_360, YEAR_DAYS
from dunwell.engine.charges.reference_rates import PPM
from dunwell.engine.charges.terms import ChargeTerms
from dunwell.engine.money import part

DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class SingleItem:
    """One debt: what settled it as (value day, amount); `noticed_on` is the first reminder."""

    amount_minor: int
    issued_on: date
    due_on: date
    paid: tuple[tuple[date, int], ...] = ()
    noticed_on: date | None = None

    def open_minor(self, day: date) -> int:
        """Return what is open for a day; money counts from the day after it reached us."""
        return self.amount_minor - sum(amount for on, amount in self.paid if on < day)


def default_on(item: SingleItem, terms: ChargeTerms) -> date | None:
    """Return the first day late under the terms, None before a notice they ask for."""
    due = item.due_on
    if terms.rule.starts == NOTICE:
        days = [due + timedelta(days=terms.told_days)] if terms.told_days else []
        if item.noticed_on is not None and item.noticed_on > due:
            days.append(item.noticed_on)
        return min(days) + DAY if days else None
    if terms.rule.terms_cap_days is not None:
        due = min(due, item.issued_on + timedelta(days=terms.rule.terms_cap_days))
    return due + DAY


def interest_minor(item: SingleItem, terms: ChargeTerms, *, as_of: date) -> int:
    """Return the interest up to and including a day, rounded once, within the cap of the terms."""
    default = default_on(item, terms)
    if default is None or not _is_late(item, terms, default, as_of):
        return 0
    start = max(default, terms.since_on)
    stretches = _stretches(item, terms, start=start, as_of=as_of)
    if terms.rule.has_monthly_rests:
        sums = compound_sums(stretches, start_day=day_number(start))
        found = max(sums.values(), default=0)
    else:
        exact = sum(s.base_minor * s.rate_ppm * _counted(s, terms.year) for s in stretches)
        found = part(exact, 1, YEAR_DAYS[terms.year] * PPM)
    if terms.cap_ppm is not None:
        found = min(found, part(item.amount_minor, terms.cap_ppm, PPM))
    return found


def compensation_minor(
    item: SingleItem, terms: ChargeTerms, *, letter_counts_on: date | None = None, as_of: date
) -> int:
    """Return the compensation owed by a day, in the currency of the rule's schedule.

    `letter_counts_on` is the first day of a letter's waiting period, where the rule asks for one.
    """
    default, schedule = default_on(item, terms), terms.rule.compensation
    if default is None or schedule is None or not terms.with_compensation:
        return 0
    if not _is_late(item, terms, default, as_of):
        return 0
    claim = default
    if terms.rule.letter is not None:
        if letter_counts_on is None:
            return 0
        claim = letter_counts_on + timedelta(days=terms.rule.letter.wait_days)
    if not terms.since_on <= claim <= as_of:
        return 0
    return schedule.amount_minor(item.open_minor(claim))


def _is_late(item: SingleItem, terms: ChargeTerms, default: date, as_of: date) -> bool:
    tested = default + timedelta(days=terms.grace_days)
    return tested <= as_of and item.open_minor(tested) > 0


def _stretches(
    item: SingleItem, terms: ChargeTerms, *, start: date, as_of: date
) -> Sequence[Stretch]:
    found, day = [], start
    while day <= as_of:
        span, opened = terms.span_on(day), item.open_minor(day)
        if span is not None and span.rate_ppm and opened > 0:
            number = day_number(day)
            found.append(
                Stretch(
                    month_no=month_number(day),
                    from_day=number,
                    until_day=number + 1,
                    rate_ppm=span.rate_ppm,
                    base_minor=opened,
                )
            )
        day += DAY
    return found


def _counted(stretch: Stretch, year: str) -> int:
    """Return how many days one calendar day counts: the 31st none, February's last the rest."""
    if year != THIRTY_360:
        return 1
    day = date(1970, 1, 1) + timedelta(days=stretch.from_day)
    after = day + DAY
    return _thirty(after) - _thirty(day)


def _thirty(on: date) -> int:
    return 360 * on.year + 30 * on.month + min(on.day, 30)
