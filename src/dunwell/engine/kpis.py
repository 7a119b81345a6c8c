"""The figures of credit and collections, each as one exact formula.

Amounts are whole minor units of one currency, days are whole days. Answers are
exact fractions in the unit the registry names; `rounded` turns them into the
decimals a person reads. None means "not applicable": a denominator that is zero
or less never becomes a zero. Sales are credit sales, invoices less credit notes,
with tax in both receivables and sales.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class SalesMonth:
    """One month of sales: what was sold, what of it is still open, and its days."""

    sales_minor: int
    days: int
    open_minor: int = 0


def rounded(value: Fraction | None, digits: int = 2) -> Decimal | None:
    """Return the value with `digits` decimals, rounded half away from zero; None stays None."""
    if value is None:
        return None
    above, below = value.numerator, value.denominator
    # in whole numbers: half of the last digit is added, the rest dropped
    whole = (2 * abs(above) * 10**digits + below) // (2 * below)
    return _EXACT.scaleb(Decimal(-whole if above < 0 else whole), -digits)


def dso(*, receivables_minor: int, sales_minor: int, days: int) -> Fraction | None:
    """Return days sales outstanding in days: receivables / sales * days of the window."""
    return _ratio(receivables_minor * days, sales_minor)


def best_possible_dso(*, current_minor: int, sales_minor: int, days: int) -> Fraction | None:
    """Return the DSO if nothing were overdue, in days: current receivables / sales * days."""
    return _ratio(current_minor * days, sales_minor)


def average_days_delinquent(
    *, receivables_minor: int, current_minor: int, sales_minor: int, days: int
) -> Fraction | None:
    """Return DSO less best possible DSO, in days."""
    return _ratio((receivables_minor - current_minor) * days, sales_minor)


def countback_dso(*, receivables_minor: int, months: Sequence[SalesMonth]) -> Fraction | None:
    """Return DSO by exhaustion, in days; `months` run from the newest back.

    Each month's sales are taken off the receivables and its days counted; the
    month that does not fit counts in proportion. None when the sales known do not
    reach the receivables, or when receivables are negative.
    """
    left, days = receivables_minor, Fraction(0)
    if left < 0:
        return None
    for month in months:
        if left == 0:
            break
        if 0 < left < month.sales_minor:
            return days + Fraction(left * month.days, month.sales_minor)
        left -= month.sales_minor
        days += month.days
    return days if left == 0 else None


def sales_weighted_dso(months: Sequence[SalesMonth]) -> Fraction | None:
    """Return the sum over sale months of open / sales * days of the month, in days.

    A month without positive sales cannot be weighted and is left out; the table
    shows what it leaves uncovered. None when no month has sales.
    """
    weighed = [m for m in months if m.sales_minor > 0]
    if not weighed:
        return None
    still_open = [m for m in weighed if m.open_minor]
    return sum((Fraction(m.open_minor * m.days, m.sales_minor) for m in still_open), Fraction(0))


def cei(
    *, begin_minor: int, sales_minor: int, end_minor: int, end_current_minor: int, months: int = 1
) -> Fraction | None:
    """Return the collection effectiveness index in percent.

    (begin + sales / months - end) / (begin + sales / months - end current) * 100.
    `months` = 1 judges the whole window at once; the number of months in the
    window gives the monthly form. The two differ: say which is shown.
    """
    collectable = begin_minor * months + sales_minor
    return _ratio(
        100 * (collectable - end_minor * months), collectable - end_current_minor * months
    )


def recovery_rate(*, collected_minor: int, begin_minor: int, sales_minor: int) -> Fraction | None:
    """Return collected / (begin + sales) in percent."""
    return _ratio(100 * collected_minor, begin_minor + sales_minor)


def turnover(
    *, sales_minor: int, begin_minor: int, end_minor: int, days: int = 365
) -> Fraction | None:
    """Return how often receivables turn over in a year.

    Sales of the window brought to 365 days / mean of receivables at begin and end.
    """
    return _ratio(2 * sales_minor * 365, (begin_minor + end_minor) * days)


def turnover_days(
    *, sales_minor: int, begin_minor: int, end_minor: int, days: int = 365
) -> Fraction | None:
    """Return 365 / turnover, in days."""
    return _ratio((begin_minor + end_minor) * days, 2 * sales_minor)


def percent(*, part: int, whole: int) -> Fraction | None:
    """Return part / whole in percent; the form of every plain share."""
    return _ratio(100 * part, whole)


def weighted_mean(*, total: int, weight: int) -> Fraction | None:
    """Return the sum of weight * value over the sum of weights, in the value's unit."""
    return _ratio(total, weight)


def days_to_invoice(*, days: Sequence[int]) -> Fraction | None:
    """Return the mean of days from delivery (period's end, order) to issue, each invoice alike."""
    return _ratio(sum(days), len(days))


def mean_and_median(counts: Mapping[int, int]) -> tuple[Fraction | None, Fraction | None]:
    """Return the mean and the median of values given as value -> how often."""
    number = sum(counts.values())
    if number == 0:
        return None, None
    mean = Fraction(sum(value * times for value, times in counts.items()), number)
    middle = [_ranked(counts, (number - 1) // 2), _ranked(counts, number // 2)]
    return mean, Fraction(sum(middle), 2)


def concentration(amounts: Sequence[int]) -> Fraction | None:
    """Return the Herfindahl-Hirschman index in points: the sum of squared percent shares.

    10,000 is one customer owing everything. Customers in credit are left out.
    """
    owed = [amount for amount in amounts if amount > 0]
    return concentration_of_sums(squares=sum(a * a for a in owed), total=sum(owed))


def concentration_of_sums(*, squares: int, total: int) -> Fraction | None:
    """Return the same index from the sum of squares and the sum of what customers owe."""
    return _ratio(10_000 * squares, total * total)


def net_promoter_score(*, promoters: int, detractors: int, answers: int) -> Fraction | None:
    """Return percent of promoters less percent of detractors, in points."""
    return _ratio(100 * (promoters - detractors), answers)


def wape(*, actual: Sequence[int], forecast: Sequence[int]) -> Fraction | None:
    """Return the sum of absolute errors / the sum of actuals, in percent."""
    errors = sum(abs(a - f) for a, f in zip(actual, forecast, strict=True))
    return _ratio(100 * errors, sum(actual))


def forecast_bias(*, actual: Sequence[int], forecast: Sequence[int]) -> Fraction | None:
    """Return (forecast - actual) / actual over all rows, in percent; < 0 forecast too little."""
    return _ratio(100 * (sum(forecast) - sum(actual)), sum(actual))


def mape(*, actual: Sequence[int], forecast: Sequence[int]) -> Fraction | None:
    """Return the mean of absolute percent errors over the rows whose actual is not zero."""
    pairs = [(a, f) for a, f in zip(actual, forecast, strict=True) if a]
    errors = sum((abs(Fraction(a - f, a)) for a, f in pairs), Fraction(0))
    return 100 * errors / len(pairs) if pairs else None


def _ratio(above: int, below: int) -> Fraction | None:
    """Return above / below, or None when the denominator is zero or less."""
    return Fraction(above, below) if below > 0 else None


def _ranked(counts: Mapping[int, int], position: int) -> int:
    """Return the value at a position (from 0) of the sorted values."""
    seen = 0
    for value in sorted(counts):
        seen += counts[value]
        if seen > position:
            return value
    raise IndexError(position)
