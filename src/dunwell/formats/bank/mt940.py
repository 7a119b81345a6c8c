"""MT940 and MT942 in the dialects of many banks: statements from tagged lines."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from dunwell.engine.money import UNKNOWN_CURRENCY
from dunwell.formats.bank.fields import compact_day, known_currency, minor_amount
from dunwell.formats.bank.identities import identified_statements
from dunwell.formats.bank.mt940_details import Narrative, narrative
from dunwell.formats.bank.mt940_lines import Balance, Line, read_balance, read_line
from dunwell.formats.bank.mt940_tags import Field, Message, messages
from dunwell.formats.bank.references import given
from dunwell.formats.bank.statement import (
    BankFile,
    Entry,
    Statement,
    StatementError,
    StatementFinding,
)
from dunwell.formats.bank.text import bank_text, head
from dunwell.formats.bank.unstated import NO_CURRENCY

_SNIFF = re.compile(r"(?m)^(?:\{.*)?:(?:20|25|28C?|60[FM]|61):")
_ACCOUNT = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}|P?\d{7,10}")
_ACCOUNT_AND_NAME = re.compile(r"(?P<account>P?\d{7,10}|NONREF)\s{2,}(?P<name>\S.*)")
_FLOOR = re.compile(r"([A-Z]{3})[CD]?\d")
_SUMS = re.compile(r"(\d{1,5})([A-Z]{3})(\d[\d,.]*)")


@dataclass(slots=True)
class _Movement:
    """A `:61:` with the texts that follow it."""

    line: Field
    texts: list[str] = field(default_factory=list)
    national: list[str] = field(default_factory=list)


def is_mt940(content: bytes, name: str) -> bool:  # noqa: ARG001  the registry's signature
    """Return whether the beginning holds tags of an MT940 or MT942 message."""
    first = head(content).replace("\r", "\n")
    return _SNIFF.search(first) is not None or first.lstrip().startswith(":NS:")


def read_mt940(content: bytes, name: str) -> BankFile:
    """Return the statements of an MT940 or MT942 file.

    Raises StatementError naming the line for what is no statement line, day, balance or amount.
    """
    statements: list[Statement] = []
    for message in messages(bank_text(content, name=name)):
        tags = {found.tag for found in message.fields}
        if not tags & {"20", "25", "60F", "60M", "61"}:
            continue
        if "20" not in tags and statements and "25" not in tags:
            statements[-1] = _continued(statements[-1], message, name)
            continue
        statements.append(_statement(message, name))
    if not statements:
        raise StatementError(
            name, "whole file", "the file holds no MT940 statement. Fetch it from the bank again"
        )
    interim = [statement.kind == "interim" for statement in statements]
    return BankFile(
        format="mt942" if all(interim) else "mt940",
        statements=identified_statements(statements, is_numbered=True),
    )


def _statement(message: Message, name: str) -> Statement:
    opening, closing = message.first("60F", "60M"), message.first("62F", "62M")
    currency = _currency(message, name)
    begins = _balance(opening, currency, name)
    ends = _balance(closing, currency, name)
    is_interim = (
        opening is None
        and closing is None
        and message.first("34F", "90C", "90D", "13D") is not None
    )
    known = ends or begins
    fallback = known.day if known else _made_on(message, name)
    entries, findings = [], []
    for movement in _movements(message):
        entry, found = _entry(movement, currency=currency, name=name)
        entries.append(entry)
        findings.extend(found)
    place = f"line {message.fields[0].line}"
    if currency == UNKNOWN_CURRENCY and entries:
        findings.append(StatementFinding(code="no_currency", place=place, reason=NO_CURRENCY))
    findings.extend(_sums(message, entries, currency, name))
    days = [entry.booked_on for entry in entries]
    reference, number = message.first("20"), message.first("28C", "28")
    sequence = number.lines[0].strip() if number else ""
    return Statement(
        id=reference.lines[0].strip() if reference else "",
        account=_account(message, currency),
        currency="" if currency == UNKNOWN_CURRENCY and not entries else currency,
        opening_minor=begins.amount_minor if begins else None,
        closing_minor=ends.amount_minor if ends else None,
        opening_on=begins.day if begins else min(days, default=None),
        closing_on=ends.day if ends else (fallback or max(days, default=None)),
        sequence=sequence,
        identity=sequence if sequence.strip("0/ ") else "",
        kind="interim" if is_interim else "statement",
        entries=tuple(entries),
        findings=tuple(findings),
    )


def _continued(statement: Statement, message: Message, name: str) -> Statement:
    """Return the statement with lines that came after its end and name no other statement."""
    currency = statement.currency or UNKNOWN_CURRENCY
    entries, findings = [], []
    for movement in _movements(message):
        entry, found = _entry(movement, currency=currency, name=name)
        entries.append(entry)
        findings.extend(found)
    findings.append(
        StatementFinding(
            code="after_end",
            place=f"line {message.fields[0].line}",
            reason="lines follow after the statement's end without a statement of their own; "
            "they were counted to it. Ask the bank for the file again",
        )
    )
    return replace(
        statement,
        entries=(*statement.entries, *entries),
        findings=(*statement.findings, *findings),
    )


def _currency(message: Message, name: str) -> str:
    """Return the statement's currency: from a balance, or the floor limit of an MT942."""
    for found in message.fields:
        text = "".join(found.lines[0].split())
        code = ""
        if found.tag in {"60F", "60M", "62F", "62M", "64"}:
            code = text[7:10] if text[7:10].isalpha() else ""
        elif found.tag == "34F" and (match := _FLOOR.match(text)):
            code = match[1]
        elif found.tag in {"90C", "90D"} and (match := _SUMS.match(text)):
            code = match[2]
        if code:
            return known_currency(code, file=name, place=f"line {found.line}")
    return UNKNOWN_CURRENCY


def _balance(found: Field | None, currency: str, name: str) -> Balance | None:
    if found is None:
        return None
    return read_balance(found.lines[0], currency=currency, file=name, place=f"line {found.line}")


def _made_on(message: Message, name: str) -> date | None:
    """Return the day an MT942 was made (:13D: or :13:), where it tells one."""
    found = message.first("13D", "13")
    text = found.lines[0].strip()[:6] if found else ""
    return compact_day(text, file=name, place=f"line {found.line}") if found and text else None


def _account(message: Message, currency: str) -> str:
    """Return the account without the currency that some banks write behind it."""
    found = message.first("25", "25P")
    account = found.lines[0].strip() if found else ""
    bare = account.removesuffix(currency).rstrip(" /")
    return bare if any(character.isdigit() for character in bare) else account


def _movements(message: Message) -> Iterator[_Movement]:
    """Yield the statement lines with the texts behind each, without texts of the statement."""
    movement: _Movement | None = None
    for found in message.fields:
        if found.tag == "61":
            if movement:
                yield movement
            movement = _Movement(line=found)
        elif movement and found.tag == "86":
            movement.texts.extend(found.lines)
        elif movement and found.tag == "NS":
            movement.national.extend(found.lines)
        elif movement:
            yield movement
            movement = None
    if movement:
        yield movement


def _entry(
    movement: _Movement, *, currency: str, name: str
) -> tuple[Entry, list[StatementFinding]]:
    place = f"line {movement.line.line}"
    line = read_line(movement.line.lines, currency=currency, file=name, place=place)
    told = narrative(movement.texts, national=movement.national, customer=line.customer_reference)
    supplement = " ".join(" ".join(line.supplement).split())
    if line.supplement and line.supplement[0].startswith("/"):
        extra = narrative(["".join(line.supplement)])
        told = replace(
            told,
            original=told.original if told.original[0] else extra.original,
            charges=told.charges if told.charges[0] else extra.charges,
        )
    original = _told_money(told.original)
    if original == (abs(line.amount_minor), currency):
        original = None
    charges = _told_money(told.charges)
    account, name = _party(line, told)
    customer = given(line.customer_reference)
    if _is_word(customer) or name or customer == account:
        customer = ""
    entry = Entry(
        value_on=line.value_on,
        booked_on=line.booked_on,
        amount_minor=line.amount_minor,
        currency=currency,
        counterparty=told.counterparty or name,
        counterparty_account=told.counterparty_account or account,
        counterparty_bank=told.counterparty_bank,
        reference=told.reference or customer,
        end_to_end=told.end_to_end,
        bank_reference=given(line.bank_reference),
        mandate=told.mandate,
        text=told.text or supplement,
        code=told.code or line.code,
        return_reason=told.return_reason,
        is_reversal=line.mark in {"RC", "RD"},
        status="pending" if line.mark in {"EC", "ED"} else "booked",
        charges_minor=charges[0] if charges and charges[1] == currency else 0,
        original_minor=original[0] if original else None,
        original_currency=original[1] if original else "",
        place=place,
        details=(*_line_details(line, supplement), *told.details),
    )
    return entry, _line_findings(line, place)


def _party(line: Line, told: Narrative) -> tuple[str, str]:
    """Return the other side's account and name where the statement line itself holds them.

    Rabobank wrote account, spaces and name into the reference; others put the account into the
    supplement, or into the reference and again into the text.
    """
    if match := _ACCOUNT_AND_NAME.fullmatch(line.customer_reference):
        account = "" if match["account"] == "NONREF" else match["account"]
        return account, " ".join(match["name"].split())
    if line.supplement and _ACCOUNT.fullmatch(line.supplement[0].strip()):
        return line.supplement[0].strip(), ""
    return told.counterparty_account, ""


def _is_word(reference: str) -> bool:
    """Return whether the customer reference is only the name of a field (EREF, NONREF, MARF)."""
    return reference.upper() in {"EREF", "MARF", "PREF", "KREF", "NONREF", "SALA"}


def _line_details(line: Line, supplement: str) -> Iterator[tuple[str, str]]:
    for name, text in (
        ("transaction type", line.code),
        ("customer reference", line.customer_reference),
        ("supplement", supplement),
    ):
        if text:
            yield name, text


def _line_findings(line: Line, place: str) -> list[StatementFinding]:
    if not line.is_moved:
        return []
    return [
        StatementFinding(
            code="value_day_moved",
            place=place,
            reason="the value day does not exist in the calendar (the bank counts months of 30 "
            f"days); {line.value_on} was taken",
            severity="info",
        )
    ]


def _told_money(told: tuple[str, str]) -> tuple[int, str] | None:
    """Return an amount told beside the money as (minor units, currency), where it can be read."""
    currency, amount = told
    try:
        code = known_currency(currency, file="", place="")
        return minor_amount(amount, code, file="", place="", decimal=","), code
    except StatementError:
        return None


def _sums(
    message: Message, entries: list[Entry], currency: str, name: str
) -> Iterator[StatementFinding]:
    """Yield where count or sum of debits (:90D:) and credits (:90C:) differ from the entries."""
    for tag, sign in (("90D", -1), ("90C", 1)):
        found = message.first(tag)
        match = _SUMS.fullmatch("".join(found.lines[0].split())) if found else None
        if not found or not match:
            continue
        place = f"line {found.line}"
        total = minor_amount(match[3], currency, file=name, place=place, decimal=",")
        amounts = [e.amount_minor * sign for e in entries if e.amount_minor * sign > 0]
        if (len(amounts), sum(amounts)) != (int(match[1]), total):
            yield StatementFinding(
                code="control_total",
                place=place,
                reason=f"the file tells {int(match[1])} {'credits' if sign > 0 else 'debits'} of "
                f"{total} minor units, and holds {len(amounts)} of {sum(amounts)}",
            )
