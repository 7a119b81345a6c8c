"""Small differences given up without a second person: at most so much an item, and a month."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection

from dunwell.actions.allocations import money_text
from dunwell.actions.bulk import is_postgresql
from dunwell.actions.gate import Refused
from dunwell.engine.calendars import day_number
from dunwell.engine.cash_policy import WriteOffPolicy
from dunwell.engine.matching.foreign import Rates, read_rates
from dunwell.engine.matching.policy import PPM
from dunwell.models import Company, Item
from dunwell.queries.frames import fx_frame
from dunwell.queries.small_differences import spent_in_month

SPENT = "dunwell small differences"
"""Name of the advisory lock on a company's budget."""


@dataclass(slots=True)
class Budget:
    """What may still be given up in the month of a day, in home minor units.

    Nobody else spends from it until the transaction ends.
    """

    policy: WriteOffPolicy
    rates: Rates
    as_of: date
    left_minor: int

    def take(self, gone: Iterable[tuple[Item, int]]) -> None:
        """Take amounts given up on items together; raise Refused, with the figures, above it.

        Amounts are above 0, in the item's currency.
        """
        total = sum(self._checked(item, amount) for item, amount in gone)
        if total > self.left_minor:
            home = self.rates.home
            raise Refused(
                f"{money_text(total, home)} is more than the "
                f"{money_text(max(self.left_minor, 0), home)} left of the "
                f"{money_text(self.policy.month_minor, home)} of small differences for "
                f"{self.as_of:%Y-%m}. Open a deduction, or ask for a write-off."
            )
        self.left_minor -= total

    def _checked(self, item: Item, amount: int) -> int:
        """Return the amount in home minor units; raise Refused when it is too much of the item."""
        home = self.in_home(amount, item.currency)
        by_share = abs(item.amount_minor) * self.policy.item_ppm // PPM
        if home > self.policy.item_minor or amount > by_share:
            most = money_text(self.policy.item_minor, self.rates.home)
            raise Refused(
                f"{money_text(amount, item.currency)} of {item.number} is no small difference: "
                f"at most {most} and {money_text(by_share, item.currency)}, "
                f"{self.policy.item_ppm / 10_000:g} percent of it, are. "
                "Open a deduction, or ask for a write-off."
            )
        return home

    def in_home(self, amount: int, currency: str) -> int:
        """Return an amount in home minor units; raise Refused where there is no rate."""
        day = day_number(self.as_of)
        home = self.rates.convert(amount, currency, to=self.rates.home, day=day)
        if home is None:
            raise Refused(
                f"There is no exchange rate for {currency} on {self.as_of}; "
                "without one a difference cannot be weighed. Enter the rate."
            )
        return home


def small_differences(*, company: Company, policy: WriteOffPolicy, as_of: date) -> Budget:
    """Return the month's budget, held for this transaction alone.

    Call it after everything else is locked, and before rows are written: who holds the end of
    the chain of events must never wait for it. SQLite has one writer and needs no lock.
    """
    if is_postgresql():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s), %s)", [SPENT, company.pk])
    rates = read_rates(fx_frame(company), company.currency)
    budget = Budget(policy=policy, rates=rates, as_of=as_of, left_minor=policy.month_minor)
    for currency, minor in spent_in_month(company, as_of=as_of).items():
        budget.left_minor -= budget.in_home(minor, currency)
    return budget
