"""The cash policy in force, the text a draft starts from, and what is used of its budget."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from django.db.models import Count, Sum

from dunwell.engine.calendars import day_number
from dunwell.engine.cash_policy import STANDARD_CASH, CashPolicy, read_cash_policy
from dunwell.engine.matching.foreign import read_rates
from dunwell.models import Adjustment, Company, PolicyVersion
from dunwell.queries.frames import fx_frame

MOST_ROWS = 500
"""So many small differences of a month are listed, the newest first; all are summed."""

PPM = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class SmallDifference:
    """A small difference given up, or taken back (the other sign), in minor units."""

    id: int
    item_id: int
    item: str
    customer_id: int
    customer_name: str
    currency: str
    amount_minor: int
    given_up_on: date
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SpentIn:
    """What was given up in one currency; `home_minor` is empty where there is no rate."""

    currency: str
    count: int
    amount_minor: int
    home_minor: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class BudgetUse:
    """Small differences of a calendar month against the budget, in home minor units.

    `rows` are the newest MOST_ROWS; `spent` sums all of them, currency by currency.
    """

    from_on: date
    currency: str
    budget_minor: int
    spent_minor: int
    spent: tuple[SpentIn, ...]
    rows: tuple[SmallDifference, ...]

    @property
    def left_minor(self) -> int:
        """Return what may still be given up this month, never below 0."""
        return max(self.budget_minor - self.spent_minor, 0)

    @property
    def used_ppm(self) -> int:
        """Return the share of the budget that is used, between nothing and the whole."""
        if self.budget_minor <= 0:
            return PPM if self.spent_minor > 0 else 0
        return max(min(self.spent_minor * PPM // self.budget_minor, PPM), 0)


def cash_policy_in_force(company: Company, *, as_of: date) -> CashPolicy:
    """Return what the company decided about cash as of a day; the standard where it did not."""
    version = cash_version_in_force(company, as_of=as_of)
    if version is None:
        return STANDARD_CASH
    return read_cash_policy(version.document)


def cash_version_in_force(company: Company, *, as_of: date) -> PolicyVersion | None:
    """Return the published version with the greatest valid_from not after a day, or None.

    Of two from one day the one written later applies.
    """
    return (
        PolicyVersion.objects.filter(
            company=company,
            kind=PolicyVersion.Kind.CASH,
            status=PolicyVersion.Status.PUBLISHED,
            valid_from__lte=as_of,
        )
        .order_by("-valid_from", "-id")
        .first()
    )


@cache
def shipped_cash_text() -> str:
    """Return the standard as a document with comments, for a first draft."""
    path = files("dunwell") / "policies" / "cash_standard.yaml"
    return path.read_text(encoding="utf-8")


def budget_use(company: Company, *, as_of: date) -> BudgetUse:
    """Return what was given up as small differences in the calendar month of a day.

    Counted as the budget itself does: every row of the month, what was taken back with the
    other sign, converted per currency at the rate in force on the day.
    """
    found = Adjustment.objects.filter(
        company=company,
        kind=Adjustment.Kind.SMALL_BALANCE,
        effective_on__year=as_of.year,
        effective_on__month=as_of.month,
    )
    rates, day = read_rates(fx_frame(company), company.currency), day_number(as_of)
    spent = tuple(
        SpentIn(
            currency=currency,
            count=count,
            amount_minor=int(minor),
            home_minor=rates.convert(int(minor), currency, to=company.currency, day=day),
        )
        for currency, count, minor in found.order_by("item__currency")
        .values_list("item__currency")
        .annotate(count=Count("id"), minor=Sum("amount_minor"))
    )
    rows = found.select_related("item__customer").order_by("-effective_on", "-id")[:MOST_ROWS]
    return BudgetUse(
        from_on=as_of.replace(day=1),
        currency=company.currency,
        budget_minor=cash_policy_in_force(company, as_of=as_of).write_off.month_minor,
        spent_minor=sum(one.home_minor or 0 for one in spent),
        spent=spent,
        rows=tuple(_difference(row) for row in rows),
    )


def _difference(row: Adjustment) -> SmallDifference:
    return SmallDifference(
        id=row.pk,
        item_id=row.item_id,
        item=row.item.number,
        customer_id=row.item.customer_id,
        customer_name=row.item.customer.name,
        currency=row.item.currency,
        amount_minor=row.amount_minor,
        given_up_on=row.effective_on,
        reason=row.reason,
    )
