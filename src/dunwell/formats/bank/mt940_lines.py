"""The statement line `:61:` and the balances of MT940: days, signs, amounts, references."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from dunwell.formats.bank.fields import (
    calendar_day,
    compact_day,
    known_currency,
    minor_amount,
    quote,
    short_year,
)
from dunwell.formats.bank.statement import StatementError

_LINE = re.compile(
    r"(?P<value>\d{6})(?P<entry>\d{4}|\s{4})?\s*(?P<mark>E[CD]|R[CD]|[CD])(?P<funds>[A-Z])?\s*"
    r"(?P<amount>\d[\d.]*,?\d*)(?P<rest>.*)",
    re.DOTALL,
)
_TYPE = re.compile(r"(?P<code>[A-Z][A-Z0-9 ]{3})(?P<reference>.*)")
_BALANCE = re.compile(r"(?P<mark>[CD])(?P<day>\d{6})(?P<currency>[A-Z]{3})?(?P<amount>\d[\d,.]*)")
SIGNS = {"C": 1, "D": -1, "RC": -1, "RD": 1, "EC": 1, "ED": -1}
"""RC takes a credit back, RD a debit; EC and ED are expected and not booked yet."""
FEBRUARY, LAST_OF_A_BANK_MONTH = 2, 30
HALF_YEAR = 183


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One `:61:` as told; `is_moved` where its value day was 30 February or the like."""

    value_on: date
    booked_on: date
    amount_minor: int
    mark: str
    code: str
    customer_reference: str
    bank_reference: str
    supplement: tuple[str, ...]
    is_moved: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Balance:
    """A balance with the sign of money owed to us > 0."""

    amount_minor: int
    currency: str
    day: date


def read_line(lines: list[str], *, currency: str, file: str, place: str) -> Line:
    """Return a statement line; its second line is the supplement. Raises StatementError."""
    head, rest = lines[0], lines[1:]
    match = _LINE.fullmatch(head)
    if not match and rest:
        match = _LINE.fullmatch(head + rest[0])
        rest = rest[1:]
    if not match:
        raise StatementError(
            file,
            place,
            f"{quote(head)} is no statement line (:61:). Ask the bank for the file again",
        )
    value_on, is_moved = _value_day(match["value"], file=file, place=place)
    entry = (match["entry"] or "").strip()
    amount = minor_amount(match["amount"], currency, file=file, place=place, decimal=",")
    code, customer, bank = _references(match["rest"])
    return Line(
        value_on=value_on,
        booked_on=_entry_day(entry, value_on, file=file, place=place) if entry else value_on,
        amount_minor=amount * SIGNS[match["mark"]],
        mark=match["mark"],
        code=code,
        customer_reference=customer,
        bank_reference=bank,
        supplement=tuple(line for line in rest if line.strip()),
        is_moved=is_moved,
    )


def _references(rest: str) -> tuple[str, str, str]:
    """Return (transaction type, reference for us, the bank's reference)."""
    match = _TYPE.match(rest)
    code, reference = (match["code"], match["reference"]) if match else ("", rest)
    customer, _, bank = reference.partition("//")
    return code.strip(), customer.strip(), " ".join(bank.split())


def _value_day(text: str, *, file: str, place: str) -> tuple[date, bool]:
    """Return the value day; 30 February of banks that count months of 30 days is its last day."""
    year, month, day = short_year(int(text[:2])), int(text[2:4]), int(text[4:])
    if month == FEBRUARY and day <= LAST_OF_A_BANK_MONTH:
        last = monthrange(year, month)[1]
        if day > last:
            return calendar_day(text, year, month, last, file=file, place=place), True
    return calendar_day(text, year, month, day, file=file, place=place), False


def _entry_day(text: str, value_on: date, *, file: str, place: str) -> date:
    """Return the booking day of MMDD, in the year that brings it next to the value day."""
    month, day = int(text[:2]), int(text[2:])
    found = []
    for year in (value_on.year - 1, value_on.year, value_on.year + 1):
        try:
            found.append(date(year, month, day))
        except ValueError:
            continue
    near = [one for one in found if abs((one - value_on).days) <= HALF_YEAR] or found
    if not near:
        return calendar_day(text, value_on.year, month, day, file=file, place=place)
    return min(near, key=lambda one: abs((one - value_on).days))


def read_balance(text: str, *, currency: str, file: str, place: str) -> Balance:
    """Return a balance; `currency` stands in where it names none. Raises StatementError."""
    match = _BALANCE.fullmatch("".join(text.split()))
    if not match:
        raise StatementError(
            file, place, f"{quote(text)} is no balance. Ask the bank for the file again"
        )
    money = match["currency"] or currency
    if money != currency or not currency:
        money = known_currency(money, file=file, place=place)
    amount = minor_amount(match["amount"], money, file=file, place=place, decimal=",")
    return Balance(
        amount_minor=-amount if match["mark"] == "D" else amount,
        currency=money,
        day=compact_day(match["day"], file=file, place=place),
    )
