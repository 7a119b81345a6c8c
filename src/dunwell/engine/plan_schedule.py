"""The schedule of a payment plan: which amount is due on which day, and what deferring costs.

The instalments add up to covered + interest + fee - concession to the minor unit: they are of one
level amount, and the last one takes what rounding leaves, so that it is never the largest.

Days are counted from the first one (the anchor), never from a shifted one, so that a holiday moves
one instalment and not those after it. Interest is charged on what is still owed between due days,
act/365, beginning on the first due day: what is paid on that day bears none.

* `flat`: simple interest on the amount after the deposit, from the first to the last due day;
* `declining`: interest on the balance of each span, rounded half up per span, level instalments
  (an annuity over uneven spans; the level amount is searched for in whole minor units).
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from dunwell.engine.calendars import add_business_days, is_business_day
from dunwell.engine.money import part

FREQUENCIES = ("weekly", "fortnightly", "monthly", "quarterly")
METHODS = ("none", "flat", "declining")
SHIFTS = ("none", "following", "modified_following", "preceding")
"""A due day on a closed day stays, moves on, moves on within its month, or moves back."""

DAYS = {"weekly": 7, "fortnightly": 14}
MONTHS = {"monthly": 1, "quarterly": 3}
YEAR_DAYS = 365
PPM = 1_000_000
MOST_INSTALMENTS = 120


class ScheduleError(ValueError):
    """No schedule follows from the terms; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanTerms:
    """What is agreed: `number` regular instalments, before them a deposit if there is one.

    Amounts in minor units, `rate_ppm` a year. The fee is due with the first payment. With
    `at_month_end` a plan that begins on the last day of a month stays on last days.
    """

    frequency: str
    number: int
    first_on: date
    deposit_minor: int = 0
    method: str = "none"
    rate_ppm: int = 0
    fee_minor: int = 0
    concession_minor: int = 0
    shift: str = "following"
    at_month_end: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Instalment:
    """What is due on one day, in minor units; interest and fee are parts of the amount."""

    number: int
    due_on: date
    amount_minor: int
    interest_minor: int = 0
    fee_minor: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """All instalments of a plan, and the sums they prove."""

    terms: PlanTerms
    covered_minor: int
    interest_minor: int
    instalments: tuple[Instalment, ...]

    @property
    def total_minor(self) -> int:
        """Return the sum of the instalments: covered + interest + fee - concession."""
        return sum(one.amount_minor for one in self.instalments)

    @property
    def charges_minor(self) -> int:
        """Return what deferring costs: interest and fee."""
        return self.interest_minor + self.terms.fee_minor

    @property
    def level_minor(self) -> int:
        """Return the largest regular instalment, the fee included: what a period costs at most."""
        regular = self.instalments[1:] if self.terms.deposit_minor else self.instalments
        return max(one.amount_minor for one in regular)

    @property
    def last_on(self) -> date:
        """Return the day of the last instalment."""
        return self.instalments[-1].due_on


def schedule(terms: PlanTerms, *, covered_minor: int, country: str) -> Schedule:
    """Return the schedule of the terms over an amount, on business days of the country.

    Raises ScheduleError for terms that name no plan, and where an instalment would be 0.
    """
    _check(terms, covered_minor)
    deposits = int(terms.deposit_minor > 0)
    days = due_days(terms, count=terms.number + deposits, country=country)
    owed = covered_minor - terms.concession_minor - terms.deposit_minor
    regular = days[deposits:]
    # what is owed bears interest from the first due day on, also while the deposit is paid
    spans = [(day - before).days for before, day in pairwise([days[0], *regular])]
    amounts, interests = _regular(terms, owed, spans)
    rows = [terms.deposit_minor] * deposits + amounts
    charged = [0] * deposits + interests
    instalments = tuple(
        Instalment(
            number=n,
            due_on=day,
            amount_minor=amount + (terms.fee_minor if n == 1 else 0),
            interest_minor=interest,
            fee_minor=terms.fee_minor if n == 1 else 0,
        )
        for n, (day, amount, interest) in enumerate(zip(days, rows, charged, strict=True), 1)
    )
    return Schedule(
        terms=terms,
        covered_minor=covered_minor,
        interest_minor=sum(interests),
        instalments=instalments,
    )


def due_days(terms: PlanTerms, *, count: int, country: str) -> list[date]:
    """Return the due days in order: counted from the first day, then moved off closed days."""
    return [shifted(_nth_day(terms, n), shift=terms.shift, country=country) for n in range(count)]


def shifted(day: date, *, shift: str, country: str) -> date:
    """Return the day itself when the country works on it or nothing is shifted, else the day
    the rule says."""
    if shift == "none" or is_business_day(day, country=country):
        return day
    if shift == "preceding":
        return add_business_days(day, -1, country=country)
    later = add_business_days(day, 1, country=country)
    if shift == "modified_following" and later.month != day.month:
        return add_business_days(day, -1, country=country)
    return later


def months_until(last_on: date, *, from_on: date) -> int:
    """Return the months from one day to another, a begun month as a whole one."""
    months = (last_on.year - from_on.year) * 12 + last_on.month - from_on.month
    return max(months + (last_on.day > from_on.day), 0)


def _check(terms: PlanTerms, covered_minor: int) -> None:
    known = (
        (terms.frequency, FREQUENCIES, "frequency"),
        (terms.method, METHODS, "interest method"),
        (terms.shift, SHIFTS, "shift"),
    )
    for word, words, what in known:
        if word not in words:
            raise ScheduleError(f"{word} is no {what}; use one of {', '.join(words)}.")
    if not 1 <= terms.number <= MOST_INSTALMENTS:
        raise ScheduleError(
            f"{terms.number} instalments are not possible; choose 1 to {MOST_INSTALMENTS}."
        )
    amounts = (terms.deposit_minor, terms.rate_ppm, terms.fee_minor, terms.concession_minor)
    if covered_minor <= 0 or min(amounts) < 0:
        raise ScheduleError("The amounts of a plan must not be below 0.")
    if terms.deposit_minor + terms.concession_minor >= covered_minor:
        raise ScheduleError(
            "Deposit and concession leave nothing for the instalments; lower one of them."
        )


def _nth_day(terms: PlanTerms, n: int) -> date:
    """Return the n-th day before it is shifted; the 31st of a short month is its last day."""
    first = terms.first_on
    if terms.frequency in DAYS:
        return first + timedelta(days=n * DAYS[terms.frequency])
    month = first.month - 1 + n * MONTHS[terms.frequency]
    year, month = first.year + month // 12, month % 12 + 1
    last = monthrange(year, month)[1]
    is_last = terms.at_month_end and first.day == monthrange(first.year, first.month)[1]
    return date(year, month, last if is_last else min(first.day, last))


def _regular(terms: PlanTerms, owed: int, spans: Sequence[int]) -> tuple[list[int], list[int]]:
    """Return amount and interest of each regular instalment; they sum to owed + interest."""
    number = len(spans)
    if terms.method == "declining" and terms.rate_ppm:
        level = _level(owed, spans, terms.rate_ppm)
        balance, amounts, interests = owed, [], []
        for n, days in enumerate(spans, 1):
            interest = _interest(balance, days, terms.rate_ppm)
            amount = level if n < number else balance + interest
            balance += interest - amount
            amounts.append(amount)
            interests.append(interest)
    else:
        is_flat = terms.method == "flat"
        charge = _interest(owed, sum(spans), terms.rate_ppm) if is_flat else 0
        level = -(-(owed + charge) // number)
        amounts = [level] * (number - 1)
        amounts.append(owed + charge - sum(amounts))
        sums = [part(charge, n, number) for n in range(number + 1)]
        interests = [after - before for before, after in pairwise(sums)]
    if min(amounts) <= 0:
        raise ScheduleError(
            f"{number} instalments are too many for this amount; choose fewer of them."
        )
    return amounts, interests


def _interest(balance: int, days: int, rate_ppm: int) -> int:
    """Return a year's rate on a balance over days, act/365, rounded half up."""
    return part(balance, rate_ppm * days, PPM * YEAR_DAYS)


def _level(owed: int, spans: Sequence[int], rate_ppm: int) -> int:
    """Return the smallest level amount after which the last instalment is not larger."""
    low, high = 0, owed + _interest(owed, sum(spans), rate_ppm) + len(spans)
    while low < high:
        middle = (low + high) // 2
        if _last(owed, spans, rate_ppm, level=middle) <= middle:
            high = middle
        else:
            low = middle + 1
    return low


def _last(owed: int, spans: Sequence[int], rate_ppm: int, *, level: int) -> int:
    """Return what the last instalment has to be when all before it are of the level."""
    balance = owed
    for days in spans[:-1]:
        balance += _interest(balance, days, rate_ppm) - level
    return balance + _interest(balance, spans[-1], rate_ppm)
