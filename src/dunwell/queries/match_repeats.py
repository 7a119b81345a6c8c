"""Earlier payments that look the same: what a payment nobody can place may repeat."""

# every value is a parameter; what is put together here are our own pieces of SQL
# ruff: noqa: S608

from bisect import insort
from dataclasses import dataclass, field

import polars as pl

from dunwell.models import Company
from dunwell.queries.frames import date_of, day, read_rows

Sameness = tuple[str | int, int, str]
"""The payer's name, else the customer; minor units and currency."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Money:
    """A payment as it came: `payer` as told, the customer where it is known, all of its amount."""

    id: int
    number: str
    value_day: int
    payer: str
    customer_id: int | None
    whole_minor: int
    currency: str

    @property
    def same(self) -> Sameness | None:
        """Return what it shares with a payment it repeats, None when nobody knows the payer."""
        payer = self.payer or self.customer_id
        return (payer, self.whole_minor, self.currency) if payer else None


@dataclass(slots=True)
class Repeats:
    """Payments that are matched, by what one that repeats them shares with them.

    A payment repeats an earlier one, or one of its day, when no more than `days` lie between.
    """

    days: int
    _known: dict[Sameness, list[tuple[int, int, str]]] = field(default_factory=dict)

    def note(self, money: Money) -> None:
        """Know a payment that another may repeat; the same again changes nothing."""
        if money.same:
            these, one = self._known.setdefault(money.same, []), (*_when(money), money.number)
            if one not in these:
                insort(these, one)

    def earlier(self, money: Money) -> str:
        """Return the number of the last payment this one may repeat, empty when there is none."""
        these = self._known.get(money.same, ()) if money.same else ()
        found = [
            number
            for value_day, key, number in these
            if 0 <= money.value_day - value_day <= self.days and key != money.id
        ]
        return found[-1] if found else ""


def _when(money: Money) -> tuple[int, int]:
    return money.value_day, money.id


def repeats(company: Company, payments: pl.DataFrame, *, days: int) -> Repeats:
    """Return the payments that those of the frame may repeat, none of themselves.

    `payments` have id, value_day, whole_minor and currency.
    """
    known = Repeats(days)
    if not payments.height:
        return known
    first = int(payments["value_day"].min())  # type: ignore[arg-type]  # a day, for there are rows
    rows = read_rows(
        f"SELECT p.id, p.number, {day('p.value_on')}, p.payer, p.customer_id, p.amount_minor, "
        "p.currency "
        "FROM dunwell_payment p LEFT JOIN dunwell_payment r ON r.reverses_id = p.id "
        f"WHERE p.company_id = %(company)s AND p.value_on >= {date_of('first')} "
        "AND p.reverses_id IS NULL AND r.id IS NULL",
        {"company": company.pk, "first": first - days},
        {
            "id": pl.Int64,
            "number": pl.String,
            "value_day": pl.Int32,
            "payer": pl.String,
            "customer_id": pl.Int64,
            "whole_minor": pl.Int64,
            "currency": pl.String,
        },
    )
    amounts = payments.select("whole_minor", "currency").unique()
    others = rows.join(payments, on="id", how="anti").join(
        amounts, on=["whole_minor", "currency"], how="semi"
    )
    for row in others.iter_rows(named=True):
        known.note(Money(**row))
    return known
