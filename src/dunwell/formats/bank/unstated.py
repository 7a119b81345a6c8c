"""Files that tell no currency (QIF, some MT940): read under XXX until somebody says which."""

from dataclasses import replace

from dunwell.engine.money import UNKNOWN_CURRENCY, from_minor, to_minor
from dunwell.formats.bank.statement import BankFile, Entry, Statement, StatementError

NO_CURRENCY = (
    "the file tells no currency, so its amounts are counted with two decimals under XXX. Choose "
    "the currency of the account before the entries are used"
)


def in_currency(file: BankFile, currency: str, *, name: str) -> BankFile:
    """Return the file with amounts of unknown currency read as `currency`, exactly.

    Statements that tell their currency stay as they are. Raises StatementError where an amount
    has more decimals than the currency.
    """
    return replace(
        file, statements=tuple(_statement(one, currency, name) for one in file.statements)
    )


def _amount(amount_minor: int, currency: str, *, name: str, place: str) -> int:
    try:
        return to_minor(from_minor(amount_minor, UNKNOWN_CURRENCY), currency)
    except ValueError as error:
        raise StatementError(
            name, place, f"{error}. Choose the right currency of the account"
        ) from error


def _statement(statement: Statement, currency: str, name: str) -> Statement:
    if statement.currency not in {"", UNKNOWN_CURRENCY}:
        return statement
    place = statement.entries[0].place if statement.entries else ""

    def balance(amount_minor: int | None) -> int | None:
        if amount_minor is None:
            return None
        return _amount(amount_minor, currency, name=name, place=place)

    return replace(
        statement,
        currency=currency,
        opening_minor=balance(statement.opening_minor),
        closing_minor=balance(statement.closing_minor),
        entries=tuple(_entry(entry, currency, name) for entry in statement.entries),
        findings=tuple(found for found in statement.findings if found.code != "no_currency"),
    )


def _entry(entry: Entry, currency: str, name: str) -> Entry:
    """Return the entry in the currency; its identity stays, for the money is the same."""
    if entry.currency != UNKNOWN_CURRENCY:
        return entry
    return replace(
        entry,
        currency=currency,
        amount_minor=_amount(entry.amount_minor, currency, name=name, place=entry.place),
        charges_minor=_amount(entry.charges_minor, currency, name=name, place=entry.place),
    )
