"""The statements of a bank sheet: rows grouped by account and currency, balances proved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from dunwell.engine.money import UNKNOWN_CURRENCY, from_minor
from dunwell.formats.bank.sheet_cells import (
    AmountColumns,
    Days,
    amount_columns,
    day_columns,
    margin_amount,
    order_question,
    place_of,
)
from dunwell.formats.bank.sheet_columns import AMOUNTS, DATES, SheetColumns
from dunwell.formats.bank.sheet_currency import read_codes, row_currencies
from dunwell.formats.bank.sheet_entries import TEXTS, SheetRow, sheet_entry
from dunwell.formats.bank.sheet_margins import Margins
from dunwell.formats.bank.sheet_profile import SheetProfile
from dunwell.formats.bank.sheet_signs import (
    Chain,
    Reading,
    chain,
    first_break,
    proved_reading,
    readings,
)
from dunwell.formats.bank.sheet_words import CREDIT_SIDES, DEBIT_SIDES
from dunwell.formats.bank.statement import Entry, Statement, StatementError, StatementFinding
from dunwell.formats.bank.undecided import UndecidedError
from dunwell.formats.bank.unstated import NO_CURRENCY
from dunwell.formats.decisions import Decision
from dunwell.formats.grid import Table
from dunwell.formats.words import plain_words

BOOKED = tuple(name for name in AMOUNTS if name != "original_amount")
"""Amounts in the currency of the row; the original one has its own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """A sheet with its columns known and only rows of entries left."""

    table: Table
    columns: SheetColumns
    profile: SheetProfile
    told: Margins
    cells: Mapping[str, Sequence[str | None]]
    """The table's cells by column, as lists: rows are read one by one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Lines:
    """The rows of one account and currency, with everything about them decided."""

    rows: Sequence[int]
    amounts: AmountColumns
    days: Mapping[str, list[date | None]]
    reading: Reading
    originals: Sequence[tuple[int, str] | None]


def sheet_statements(sheet: Sheet) -> list[Statement]:
    """Return the statements of the sheet, or raise with every question that is open."""
    table, columns, profile = sheet.table, sheet.columns, sheet.profile
    currencies, notes = row_currencies(table, columns, profile, sheet.told)
    amounts, decisions = amount_columns(
        table,
        {name: columns.one(name) for name in BOOKED if columns.one(name)},
        currencies,
        decimal=profile.decimal,
    )
    days = day_columns(
        table,
        {name: columns.one(name) for name in DATES if columns.one(name)},
        order=profile.date_order,
        is_comma=amounts.decimal == "," and not decisions,
    )
    if decisions:
        open_order = [order_question(table, days)] if len(days.by_order) > 1 else []
        raise UndecidedError(table.name, [*decisions, *open_order])
    accounts = _accounts(sheet)
    groups: dict[tuple[str, str], list[int]] = {}
    for row, key in enumerate(zip(accounts, currencies, strict=True)):
        groups.setdefault(key, []).append(row)
    reading = _reading(sheet, amounts, list(groups.values()))
    balances = amounts.minor.get("balance")
    order = _day_order(sheet, days, reading, groups, balances)
    originals = _originals(sheet, amounts.decimal)
    made = []
    for (account, currency), rows in groups.items():
        lines = _Lines(
            rows=rows,
            amounts=amounts,
            days=days.by_order[order],
            reading=reading,
            originals=originals,
        )
        statement = _statement(sheet, lines, account=account, currency=currency)
        found = [note for note in notes if note.place in {"whole file", currency}]
        if days.is_by_comma:
            found.append(_comma_finding(days))
        if currency == UNKNOWN_CURRENCY:
            found.append(StatementFinding(code="no_currency", place=account, reason=NO_CURRENCY))
        made.append(replace(statement, findings=(*statement.findings, *found)))
    return made


def _comma_finding(days: Days) -> StatementFinding:
    return StatementFinding(
        code="date_order",
        place="whole file",
        reason=f"dates such as {days.example} were read as day-month-year: amounts have a decimal "
        "comma, and no country that writes one puts the month first",
        severity="info",
    )


def _originals(sheet: Sheet, decimal: str) -> list[tuple[int, str] | None]:
    """Return per row the amount before exchange, without sign, and its currency; else None."""
    table, columns = sheet.table, sheet.columns
    amount, currency = columns.one("original_amount"), columns.one("original_currency")
    if not (amount and currency):
        return [None] * table.cells.height
    codes = read_codes(table, currency)
    read, _ = amount_columns(table, {"original": amount}, codes, decimal=decimal)
    return [
        (abs(minor), code) if minor and code else None
        for minor, code in zip(read.minor["original"], codes, strict=True)
    ]


def _accounts(sheet: Sheet) -> list[str]:
    """Return our account per row: its column, else the margins, else the profile.

    A column only called IBAN is ours where it never changes; otherwise it is the other side's.
    """
    table, column = sheet.table, sheet.columns.one("account")
    told = sheet.told.account or sheet.profile.account
    if not column:
        return [told] * table.cells.height
    cells = table.cells.get_column(column)
    if plain_words(column) == "iban" and cells.drop_nulls().n_unique() > 1:
        return [told] * table.cells.height
    return [(cell or told).replace(" ", "") for cell in cells]


def _reading(sheet: Sheet, amounts: AmountColumns, groups: Sequence[Sequence[int]]) -> Reading:
    """Return how signs are read: as the profile says, as balances prove, else as usual."""
    table, columns = sheet.table, sheet.columns
    column = columns.one("side")
    sides = [_side(cell or "") for cell in table.cells.get_column(column)] if column else None
    minor = amounts.minor
    options = readings(minor.get("amount"), minor.get("debit"), minor.get("credit"), sides)
    named = {option.name: option for option in options}
    if sheet.profile.signs:
        return named[sheet.profile.signs]
    found = proved_reading(options, groups, minor.get("balance"))
    if found is not None:
        return found
    if named["side"].amounts == named["signed"].amounts:
        return named["side"]
    used = [
        columns.one(name) for name in ("amount", "debit", "credit", "side") if columns.one(name)
    ]
    raise UndecidedError(
        table.name,
        [
            Decision(
                file=table.name,
                part=table.part,
                code="sign",
                columns=tuple(used),
                options=("side", "signed", "reversed"),
                question=f"Columns {', '.join(map(repr, used))} hold both signs, and no running "
                "balance tells what a minus means. Choose in the profile: side (debit or credit "
                "alone says the direction), signed (a minus turns it round) or reversed (debit "
                "is money in).",
            )
        ],
    )


def _side(cell: str) -> str:
    words = plain_words(cell) or cell.strip()
    if words in DEBIT_SIDES:
        return "debit"
    return "credit" if words in CREDIT_SIDES else ""


def _day_order(
    sheet: Sheet,
    days: Days,
    reading: Reading,
    groups: dict[tuple[str, str], list[int]],
    balances: Sequence[int | None] | None,
) -> str:
    """Return the order of day and month; where the file leaves it open, balances may prove it.

    Running balances prove the order of the rows; an order of day and month under which days then
    go back in time is wrong. Raises UndecidedError where both still fit.
    """
    fitting = list(days.by_order)
    if len(fitting) > 1 and balances is not None:
        for rows in groups.values():
            found = chain([reading.amounts[row] for row in rows], [balances[row] for row in rows])
            if found is None or not found.is_proof:
                continue
            ordered = rows[::-1] if found.is_descending else rows
            fitting = [
                order
                for order in fitting
                if _is_sorted([days.by_order[order]["booked"][row] for row in ordered])
            ]
    if len(fitting) == 1:
        return fitting[0]
    raise UndecidedError(sheet.table.name, [order_question(sheet.table, days)])


def _is_sorted(days: Sequence[date | None]) -> bool:
    told = [day for day in days if day is not None]
    return all(before <= after for before, after in pairwise(told))


def _statement(sheet: Sheet, lines: _Lines, *, account: str, currency: str) -> Statement:
    """Return one statement; newest-first rows are turned round."""
    rows, reading = lines.rows, lines.reading
    moved = [reading.amounts[row] for row in rows]
    told = lines.amounts.minor.get("balance")
    balances = [told[row] for row in rows] if told is not None else [None] * len(rows)
    found = chain(moved, balances)
    booked = lines.days["booked"]
    is_descending = found.is_descending if found else _goes_back([booked[row] for row in rows])
    entries = [_entry(sheet, lines, row, currency) for row in rows]
    if is_descending:
        entries.reverse()
    days = [entry.booked_on for entry in entries]
    opening, closing = _balances(sheet, lines, found, balances, currency=currency)
    findings = []
    if found is None and any(balance is not None for balance in balances):
        findings += _broken(sheet, lines, balances, currency, is_descending=is_descending)
    if reading.name != "side" and not sheet.profile.signs:
        findings.append(
            StatementFinding(
                code="signs_proved",
                place=account,
                reason=f"signs were read as '{reading.name}': only then do the running balances "
                "fit the amounts",
                severity="info",
            )
        )
    return Statement(
        id="",
        account=account,
        currency=currency,
        opening_minor=opening,
        closing_minor=closing,
        opening_on=min(days, default=None),
        closing_on=max(days, default=None),
        entries=tuple(entries),
        findings=tuple(findings),
    )


def _goes_back(days: Sequence[date | None]) -> bool:
    told = [day for day in days if day is not None]
    return len(told) > 1 and told[0] > told[-1]


def _balances(
    sheet: Sheet,
    lines: _Lines,
    found: Chain | None,
    balances: Sequence[int | None],
    *,
    currency: str,
) -> tuple[int | None, int | None]:
    """Return opening and closing: what stands around the table, else by the running balances.

    Running balances that do not fit give the ends they show, so that the gap is seen.
    """
    decimal = lines.amounts.decimal
    opening, closing = (
        margin_amount(text, currency, decimal=decimal) if text else None
        for text in (sheet.told.opening, sheet.told.closing)
    )
    if found is not None:
        first, last = found.opening_minor, found.closing_minor
        return (first if opening is None else opening), (last if closing is None else closing)
    known = [at for at, balance in enumerate(balances) if balance is not None]
    if not known:
        return opening, closing
    moved = [lines.reading.amounts[row] for row in lines.rows]
    booked = lines.days["booked"]
    if _goes_back([booked[row] for row in lines.rows]):
        known = known[::-1]
    start, end = known[0], known[-1]
    first = (balances[start] or 0) - moved[start]
    return (first if opening is None else opening), (balances[end] if closing is None else closing)


def _broken(
    sheet: Sheet,
    lines: _Lines,
    balances: Sequence[int | None],
    currency: str,
    *,
    is_descending: bool,
) -> list[StatementFinding]:
    """Return where running balances stop to fit the amounts, naming both figures."""
    step = -1 if is_descending else 1
    rows, told = lines.rows[::step], balances[::step]
    at, balance, expected = first_break([lines.reading.amounts[row] for row in rows], told)
    if at < 0:
        return []
    return [
        StatementFinding(
            code="running_balance",
            place=place_of(sheet.table, int(sheet.table.rows[rows[at]])),
            reason=f"the balance is {from_minor(balance, currency)} {currency}, the rows before "
            f"and its amount make {from_minor(expected, currency)} {currency}",
            severity="error",
        )
    ]


def _entry(sheet: Sheet, lines: _Lines, row: int, currency: str) -> Entry:
    table, columns = sheet.table, sheet.columns
    booked = lines.days["booked"][row]
    valued = lines.days.get("valued", lines.days["booked"])[row]
    day = booked or valued
    if day is None:
        raise StatementError(
            table.name,
            place_of(table, int(table.rows[row])),
            "the row has an amount but no day. Fill in the day, or remove the row",
        )
    minor = lines.amounts.minor
    fee = minor["fee"][row] if "fee" in minor else None
    original = lines.originals[row]
    return sheet_entry(
        SheetRow(
            place=place_of(table, int(table.rows[row])),
            booked_on=day,
            value_on=valued or day,
            amount_minor=lines.reading.amounts[row],
            currency=currency,
            texts={
                name: sheet.cells[columns.one(name)][row] or ""
                for name in TEXTS
                if columns.one(name)
            },
            notes=[sheet.cells[one][row] or "" for one in columns.fields.get("text", ())],
            details=[(one, cell) for one in columns.rest if (cell := sheet.cells[one][row])],
            charges_minor=abs(fee or 0),
            original_minor=original[0] if original else None,
            original_currency=original[1] if original else "",
        )
    )
