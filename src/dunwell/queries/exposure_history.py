"""What a customer owed and which limit applied at the ends of the last months.

Orders and covers that reduce exposure have no history of their own; what is told of days gone by
is what was owed: open items less money on account, by the dates of the ledger as known now.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Q

from dunwell.engine.exposure import PPM, ExposureRate, exchanged
from dunwell.engine.limits import NOTHING, Lift, granted, limit_in_force
from dunwell.engine.money import part
from dunwell.engine.trends import month_ends
from dunwell.models import Company, Cover, Customer, FxRate
from dunwell.queries.dated_rates import day_of
from dunwell.queries.limits import scoped_rows

MONTHS = 12

_MOVES = """
SELECT issued_on, currency, SUM(amount_minor) FROM dunwell_item
WHERE customer_id = %s GROUP BY issued_on, currency
UNION ALL
SELECT a.applied_on, i.currency, -SUM(a.amount_minor) FROM dunwell_allocation a
JOIN dunwell_item i ON i.id = a.item_id
WHERE i.customer_id = %s GROUP BY a.applied_on, i.currency
UNION ALL
SELECT value_on, currency, -SUM(amount_minor) FROM dunwell_payment
WHERE customer_id = %s GROUP BY value_on, currency
UNION ALL
SELECT a.applied_on, p.currency, SUM(COALESCE(a.paid_minor, a.amount_minor))
FROM dunwell_allocation a JOIN dunwell_payment p ON p.id = a.payment_id
WHERE p.customer_id = %s GROUP BY a.applied_on, p.currency
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class HistoryPoint:
    """A day: what was owed (None without a rate) and the limit (None: none was granted)."""

    on: date
    currency: str
    owed_minor: int | None
    limit_minor: int | None
    is_suspended: bool


def exposure_history(
    company: Company, *, customer_id: int, as_of: date, months: int = MONTHS
) -> tuple[HistoryPoint, ...]:
    """Return the ends of the last months and the day itself, the oldest first; five queries.

    Amounts in the company's currency at the rates of each day, never below 0.
    """
    days = month_ends(as_of=as_of, months=months + 1)
    customer = Customer.objects.get(pk=customer_id, company=company)
    rates = _Rates(company, as_of=as_of)
    owed = _owed(customer_id, days)
    limits = _limits(company, customer, days, rates)
    return tuple(
        HistoryPoint(
            on=day,
            currency=company.currency,
            owed_minor=rates.total(owed[day], on=day),
            limit_minor=limit,
            is_suspended=is_suspended,
        )
        for day, (limit, is_suspended) in zip(days, limits, strict=True)
    )


class _Rates:
    """Every rate of a company, to be asked for any day."""

    def __init__(self, company: Company, *, as_of: date) -> None:
        self._home = company.currency
        self._days: dict[str, list[date]] = defaultdict(list)
        self._rates: dict[str, list[int]] = defaultdict(list)
        found = FxRate.objects.filter(company=company, from_on__lte=as_of).order_by("from_on")
        for code, day, rate_ppm in found.values_list("currency", "from_on", "rate_ppm"):
            self._days[code].append(day)
            self._rates[code].append(rate_ppm)

    def home(self, amount_minor: int, currency: str, *, on: date) -> int | None:
        """Return an amount in home minor units, None without a rate on the day."""
        if currency == self._home or not amount_minor:
            return amount_minor
        at = bisect_right(self._days.get(currency, []), on)
        if not at:
            return None
        rate = ExposureRate(currency, self._rates[currency][at - 1], self._days[currency][at - 1])
        return exchanged(amount_minor, currency, {currency: rate}, to=self._home)

    def total(self, amounts: dict[str, int], *, on: date) -> int | None:
        """Return the sum of amounts by currency, never below 0; None without a rate."""
        found = [self.home(amount, currency, on=on) for currency, amount in amounts.items()]
        known = [amount for amount in found if amount is not None]
        return max(sum(known), 0) if len(known) == len(found) else None


def _owed(customer_id: int, days: Sequence[date]) -> dict[date, dict[str, int]]:
    """Return per day what was owed by currency: the sum of every move up to it."""
    with connection.cursor() as cursor:
        cursor.execute(_MOVES, [customer_id] * 4)
        moves = sorted((day_of(day), code, int(amount)) for day, code, amount in cursor.fetchall())
    owed: dict[date, dict[str, int]] = {}
    running: dict[str, int] = defaultdict(int)
    at = 0
    for day in days:
        while at < len(moves) and moves[at][0] <= day:
            running[moves[at][1]] += moves[at][2]
            at += 1
        owed[day] = dict(running)
    return owed


def _limits(
    company: Company, customer: Customer, days: Sequence[date], rates: _Rates
) -> list[tuple[int | None, bool]]:
    """Return per day the limit and whether it was suspended; the group's is not in it."""
    found = scoped_rows(
        company,
        customer_ids={customer.pk},
        segments={customer.segment} if customer.segment else set(),
    )
    own = found.get(("customer", customer.pk), [])
    common = found.get(("segment", customer.segment), [])
    covers = list(
        Cover.objects.filter(
            Q(status=Cover.Status.GRANTED)
            | Q(status=Cover.Status.ENDED, granted_on__isnull=False),
            customer=customer,
            effect=Cover.Effect.LIFTS_LIMIT,
        ).order_by("id")
    )
    told = []
    for day in days:
        limit = limit_in_force(
            granted(own, on=day) if own else NOTHING,
            granted(common, on=day) if common else NOTHING,
            currency=company.currency,
            stated_minor=customer.credit_limit_minor,
            lifts=[_lift(cover, rates, day) for cover in covers if _holds(cover, day)],
        )
        told.append((limit.limit_minor, limit.is_suspended))
    return told


def _holds(cover: Cover, day: date) -> bool:
    ends = [end for end in (cover.until_on, cover.ended_on) if end is not None]
    return (cover.from_on is None or cover.from_on <= day) and all(day <= end for end in ends)


def _lift(cover: Cover, rates: _Rates, day: date) -> Lift:
    most = rates.home(cover.amount_minor, cover.currency, on=day)
    return Lift(
        cover.pk,
        cover.currency,
        None if most is None else part(most, cover.share_ppm, PPM),
    )
