"""Entries (16) and summaries (03) of BAI2: type codes, funds types, references, tagged text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from dunwell.engine.money import LARGEST_MINOR
from dunwell.formats.bank.bai2_records import Record
from dunwell.formats.bank.fields import compact_day, quote
from dunwell.formats.bank.references import given, structured_reference
from dunwell.formats.bank.statement import Entry, StatementError

CREDITS, DEBITS = range(100, 400), range(400, 700)
CUSTOM_CREDITS, CUSTOM_DEBITS = range(920, 960), range(960, 1000)
"""Type codes of money in and out; loans (7xx), notes (890) and custom states move none."""
RETURNS = frozenset(
    ("252", "255", "257", "258", "261", "266", "552", "555", "557", "558", "561", "566")
)
"""Type codes of returned, rejected and reversed items."""
OUR_OWN_BACK = frozenset({"261", "266"})
"""Credits that bring our own payment back: the other side is its creditor."""
_TAGGED = re.compile(r"(?m)^([A-Z]{4}):[ \t]*(.*)$")
_REASON = re.compile(r'(?:Return )?Reason: "([^"]{1,60})"')
_OTHER_SIDE = re.compile(r"\b(?:From|To): ([^,\n]+)")
_INTEGER = re.compile(r"[+-]?\d{1,30}")


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryContext:
    """What an entry needs of its account and group."""

    file: str
    currency: str
    day: date
    is_money: bool


@dataclass(slots=True)
class _Cursor:
    """Takes field after field; lines that continue a record bring more fields when asked."""

    values: list[str]
    lines: list[str]
    at: int = 0

    def take(self) -> str:
        while self.at >= len(self.values) and self.lines:
            self.values.extend(self.lines.pop(0).split(","))
        value = self.values[self.at].strip() if self.at < len(self.values) else ""
        self.at += 1
        return value

    @property
    def is_left(self) -> bool:
        return self.at < len(self.values) or bool(self.lines)


def integer(text: str, *, file: str, place: str) -> int:
    """Return an amount that the file writes in minor units, with its sign; nothing is 0."""
    if not text:
        return 0
    if not (text.isascii() and _INTEGER.fullmatch(text)):
        raise StatementError(
            file,
            place,
            f"{quote(text)} is not an amount in minor units. Ask the bank for the file again",
        )
    value = int(text)
    if abs(value) > LARGEST_MINOR:
        raise StatementError(file, place, f"{quote(text)} is larger than this ledger can hold")
    return value


def summary_items(record: Record, file: str) -> Iterator[tuple[str, int]]:
    """Yield (type code, amount in minor units) of the balances and sums of an account (03)."""
    cursor = _Cursor(list(record.fields), list(record.continued), at=2)
    while cursor.is_left:
        code, amount, _ = cursor.take(), cursor.take(), cursor.take()
        _funds(cursor, file=file, place=record.place)
        if code:
            yield code, integer(amount, file=file, place=record.place)


def _funds(cursor: _Cursor, *, file: str, place: str) -> tuple[str, date | None]:
    """Take the funds type with what belongs to it; return it and the value day of type V."""
    funds = cursor.take().upper()
    day = None
    if funds == "S":
        for _ in range(3):
            cursor.take()
    elif funds == "V":
        text = cursor.take()
        cursor.take()
        day = compact_day(text, file=file, place=place) if text else None
    elif funds == "D":
        count = cursor.take()
        for _ in range(2 * int(count) if count.isdecimal() and len(count) <= 2 else 0):  # noqa: PLR2004
            cursor.take()
    return funds, day


def read_entry(record: Record, context: EntryContext) -> tuple[Entry, int]:
    """Return an entry (16) and its amount as written, for the control total."""
    file, place = context.file, record.place
    cursor = _Cursor(list(record.fields), list(record.continued))
    code = cursor.take()
    told = integer(cursor.take(), file=file, place=place)
    _, value_on = _funds(cursor, file=file, place=place)
    bank, customer = cursor.take(), cursor.take()
    text = _text(cursor)
    tags = {tag: value.strip() for tag, value in _TAGGED.findall(text)}
    sign = _sign(code)
    side = "D" if sign > 0 and code not in OUR_OWN_BACK else "C"
    end_to_end = given(tags.get("EREF", ""))
    remittance = tags.get("REMI", "")
    reason = _REASON.search(text)
    named = _OTHER_SIDE.search(text)
    entry = Entry(
        value_on=value_on or context.day,
        booked_on=context.day,
        amount_minor=told * (sign or 1),
        currency=context.currency,
        counterparty=(named[1].strip() if named else "")
        or tags.get("DBNM" if side == "D" else "CRNM", ""),
        counterparty_account=tags.get(f"{side}ACT", ""),
        counterparty_bank=tags.get(f"{side}BIC", "") or tags.get(f"{side}ABA", ""),
        reference=structured_reference(remittance) or end_to_end or given(customer),
        end_to_end=end_to_end,
        bank_reference=given(bank),
        cheque_number=tags.get("CHKN", ""),
        text=text,
        code=code,
        return_reason=reason[1] if reason else "",
        is_reversal=code in RETURNS,
        status="booked" if sign and context.is_money else "information",
        place=place,
        details=(("customer reference", customer),) if given(customer) else (),
    )
    return entry, told


def _sign(code: str) -> int:
    """Return 1 for money in, -1 for money out, 0 for codes that move none."""
    number = int(code) if code.isascii() and code.isdigit() else 0
    if number in CREDITS or number in CUSTOM_CREDITS:
        return 1
    return -1 if number in DEBITS or number in CUSTOM_DEBITS else 0


def _text(cursor: _Cursor) -> str:
    """Return the text behind the references: one line, or lines where the bank tags them."""
    first = ",".join(cursor.values[cursor.at :])
    lines = [" ".join(line.split()) for line in (first, *cursor.lines)]
    is_tagged = any(_TAGGED.match(line) for line in lines)
    return ("\n" if is_tagged else " ").join(line for line in lines if line)
