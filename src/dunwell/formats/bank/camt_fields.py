"""Single fields of ISO 20022 messages: days, signed amounts, accounts, bank transaction codes."""

import re
from datetime import date

from dunwell.formats.bank.fields import calendar_day, known_currency, minor_amount, quote
from dunwell.formats.bank.references import plain
from dunwell.formats.bank.statement import StatementError
from dunwell.formats.bank.xml_tree import Node

_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T Z+-].*)?", re.DOTALL)


def iso_day(text: str, *, file: str, place: str) -> date:
    """Return the day of an ISO date or moment, in the zone the bank wrote it in."""
    match = _DAY.fullmatch(text.strip())
    if not match:
        raise StatementError(
            file, place, f"{quote(text)} is not a day. Ask the bank for the file again"
        )
    year, month, day = (int(part) for part in match.groups())
    return calendar_day(text, year, month, day, file=file, place=place)


def amount_of(node: Node, *, file: str, place: str) -> tuple[int, str]:
    """Return an `Amt` element as (minor units, currency), without a sign."""
    currency = known_currency(node.attributes.get("Ccy", ""), file=file, place=place)
    amount = minor_amount(node.text, currency, file=file, place=place)
    return amount, currency


def marked_amount(node: Node, mark: str, *, file: str, place: str) -> tuple[int, str]:
    """Return an amount with the sign of its CRDT or DBIT mark: money in > 0."""
    amount, currency = amount_of(node, file=file, place=place)
    if mark == "CRDT":
        return amount, currency
    if mark == "DBIT":
        return -amount, currency
    raise StatementError(
        file,
        place,
        f"the mark {quote(mark)} is neither CRDT nor DBIT, so nobody knows whether money came in "
        "or went out. Ask the bank for the file again",
    )


def told_amount(node: Node | None) -> tuple[int, str] | None:
    """Return an amount that is only told beside the money, or None where it cannot be read."""
    if node is None:
        return None
    try:
        return amount_of(node, file="", place="")
    except StatementError:
        return None


def account_id(node: Node | None) -> str:
    """Return the IBAN or other number of an account element, without spaces where an IBAN."""
    if node is None:
        return ""
    if iban := node.value("Id/IBAN"):
        return plain(iban)
    return node.value("Id/Othr/Id", "Id/PrtryAcct/Id", "Id/BBAN", "Id/UPIC", "Prxy/Id")


def transaction_code(node: Node | None) -> str:
    """Return domain-family-subfamily (PMNT-RCDT-ESCT), or the bank's own code."""
    if node is None:
        return ""
    parts = (
        node.value("Domn/Cd"),
        node.value("Domn/Fmly/Cd"),
        node.value("Domn/Fmly/SubFmlyCd"),
    )
    return "-".join(part for part in parts if part) or node.value("Prtry/Cd")
