"""OFX 1.x and 2.x and Quicken's QFX: bank, credit card and investment cash statements."""

import re
from collections.abc import Iterator
from datetime import date

from dunwell.engine.money import UNKNOWN_CURRENCY
from dunwell.formats.bank.fields import calendar_day, known_currency, minor_amount, quote
from dunwell.formats.bank.identities import identified_statements
from dunwell.formats.bank.ofx_tree import ofx_tree
from dunwell.formats.bank.references import given, structured_reference
from dunwell.formats.bank.statement import (
    BankFile,
    Entry,
    Statement,
    StatementError,
    StatementFinding,
)
from dunwell.formats.bank.text import bank_text, head
from dunwell.formats.bank.unstated import NO_CURRENCY
from dunwell.formats.bank.xml_tree import Node

STATEMENTS = {"STMTRS": "BANKACCTFROM", "CCSTMTRS": "CCACCTFROM", "INVSTMTRS": "INVACCTFROM"}
"""Element of a statement -> element of its account."""
INVESTMENT = "INVSTMTRS"
_CHARSET = re.compile(r"(?m)^\s*CHARSET\s*:\s*([\w-]+)")
_XML_ENCODING = re.compile(r"<\?xml[^>]*encoding=[\"']([\w.-]+)[\"']")
_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{2,6})?(?:[.:]\d+)?\s*(?:\[[^\]]*\]?)?")


def is_ofx(content: bytes, name: str) -> bool:  # noqa: ARG001  the registry's signature
    """Return whether the beginning holds an OFX header or element."""
    first = head(content).upper()
    return "OFXHEADER" in first or re.search(r"<OFX\s*>", first) is not None


def read_ofx(content: bytes, name: str) -> BankFile:
    """Return the statements of an OFX or QFX file.

    A file of another kind (sign-on, list of accounts, an error of the bank) has no statement and
    a finding that says so. Raises StatementError for damaged amounts and days, with the line.
    """
    root = ofx_tree(bank_text(content, name=name, encoding=_encoding(content)), name)
    findings = list(_bank_errors(root))
    statements = [_statement(node, name) for node in _found(root, frozenset(STATEMENTS))]
    if not statements:
        findings.append(
            StatementFinding(
                code="no_statement",
                place="",
                reason="the file is OFX but holds no statement of an account",
            )
        )
    return BankFile(
        format="ofx",
        statements=identified_statements(statements, is_numbered=False),
        findings=tuple(findings),
    )


def _encoding(content: bytes) -> str:
    """Return the code page the header names, where the bytes are that and no UTF-8."""
    first = head(content)
    told = _CHARSET.search(first) or _XML_ENCODING.search(first)
    for code in ("utf-8", _codec(told[1]) if told else ""):
        try:
            content.decode(code or "utf-8")
        except (UnicodeDecodeError, LookupError):
            continue
        return "" if code in {"", "utf-8"} else code
    return ""


def _codec(told: str) -> str:
    """Return Python's name of a code page as OFX headers write it; Latin 1 holds Windows signs."""
    if told.isdigit():
        return f"cp{told}"
    return "cp1252" if told.upper() in {"ISO-8859-1", "LATIN1", "8859-1"} else told


def _found(root: Node, names: frozenset[str]) -> Iterator[Node]:
    """Yield elements of the names at any depth, in the order of the file."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.name in names:
            yield node
        else:
            waiting.extend(reversed(node.children))


def _bank_errors(root: Node) -> Iterator[StatementFinding]:
    """Yield the errors the bank answers instead of a statement."""
    for status in _found(root, frozenset({"STATUS"})):
        if status.value("SEVERITY").upper() == "ERROR":
            message = " ".join(status.value("MESSAGE").split()) or "no message"
            yield StatementFinding(
                code="bank_error",
                place=f"line {status.line}",
                reason=f"the bank answered error {status.value('CODE') or 'without a number'}: "
                f"{message[:200]}",
                severity="error",
            )


def _statement(node: Node, name: str) -> Statement:
    place = f"line {node.line}"
    told = node.value("CURDEF")
    currency = known_currency(told, file=name, place=place) if told else ""
    account = node.first(STATEMENTS[node.name]) or Node("")
    movements = list(_found(node, frozenset({"STMTTRN"})))
    entries: list[Entry] = []
    findings: list[StatementFinding] = []
    for number, movement in enumerate(movements, 1):
        where = f"transaction {number} (line {movement.line})"
        try:
            entries.append(_entry(movement, currency=currency, file=name, place=where))
        except StatementError as error:
            if node.name != INVESTMENT:
                raise
            findings.append(_left_out(where, error))
    if not currency:
        currencies = {entry.currency for entry in entries}
        currency = currencies.pop() if len(currencies) == 1 else UNKNOWN_CURRENCY
    if currency == UNKNOWN_CURRENCY:
        findings.append(StatementFinding(code="no_currency", place=place, reason=NO_CURRENCY))
    findings.extend(_corrections(movements))
    closing, closing_on = _balance(node.first("LEDGERBAL"), currency, name, findings)
    begins, ends = _told_day(node, "DTSTART"), _told_day(node, "DTEND")
    days = [entry.booked_on for entry in entries]
    return Statement(
        id="",
        account=account.value("ACCTID"),
        currency=currency,
        closing_minor=closing,
        opening_on=begins or min(days, default=None),
        closing_on=closing_on or ends or max(days, default=None),
        entries=tuple(entries),
        findings=tuple(findings),
    )


def _left_out(place: str, error: StatementError) -> StatementFinding:
    return StatementFinding(
        code="entry_refused",
        place=place,
        reason=f"the cash movement of an investment account was left out: {error.reason}",
        severity="error",
    )


def _corrections(movements: list[Node]) -> Iterator[StatementFinding]:
    """Yield where the bank replaces or deletes a transaction it sent before."""
    for movement in movements:
        if action := movement.value("CORRECTACTION"):
            yield StatementFinding(
                code="correction",
                place=f"line {movement.line}",
                reason=f"the bank asks to {action.lower()[:20]} the transaction "
                f"{quote(movement.value('CORRECTFITID'))} it sent before",
                severity="error",
            )


def _day(text: str, *, file: str, place: str) -> date:
    """Return the day of an OFX moment, in the zone the bank wrote it in."""
    match = _DAY.fullmatch(text)
    if not match:
        raise StatementError(
            file, place, f"{quote(text)} is not a day. Ask the bank for the file again"
        )
    year, month, day = (int(part) for part in match.groups())
    return calendar_day(text, year, month, day, file=file, place=place)


def _told_day(node: Node, name: str) -> date | None:
    """Return a day of the statement's period, or None where it cannot be read."""
    for found in _found(node, frozenset({name})):
        try:
            return _day(found.text.strip(), file="", place="")
        except StatementError:
            return None
    return None


def _money(text: str, currency: str, *, file: str, place: str) -> int:
    """Return an amount; OFX allows a decimal comma."""
    plain = text.strip()
    decimal = "," if plain.count(",") == 1 and "." not in plain else "."
    return minor_amount(plain, currency, file=file, place=place, decimal=decimal)


def _balance(
    node: Node | None, currency: str, name: str, findings: list[StatementFinding]
) -> tuple[int | None, date | None]:
    """Return the ledger balance and its day; an empty one is a finding."""
    if node is None:
        return None, None
    place = f"line {node.line}"
    amount, day = node.value("BALAMT"), node.value("DTASOF")
    if not amount:
        findings.append(
            StatementFinding(
                code="no_balance", place=place, reason="the ledger balance is empty in the file"
            )
        )
        return None, None
    return (
        _money(amount, currency, file=name, place=place),
        _day(day, file=name, place=place) if day else None,
    )


def _entry(node: Node, *, currency: str, file: str, place: str) -> Entry:
    own = node.value("CURRENCY/CURSYM")
    currency = known_currency(own, file=file, place=place) if own else currency
    currency = currency or UNKNOWN_CURRENCY
    posted, available = node.value("DTPOSTED"), node.value("DTAVAIL")
    if not posted:
        raise StatementError(file, place, "it has no day (DTPOSTED). Export the file again")
    booked_on = _day(posted, file=file, place=place)
    amount = node.value("TRNAMT")
    if not amount:
        raise StatementError(file, place, "it has no amount (TRNAMT). Export the file again")
    memo = " ".join(node.value("MEMO").split())
    reference = given(node.value("REFNUM"))
    check = node.value("CHECKNUM")
    return Entry(
        value_on=_day(available, file=file, place=place) if available else booked_on,
        booked_on=booked_on,
        amount_minor=_money(amount, currency, file=file, place=place),
        currency=currency,
        counterparty=" ".join(node.value("NAME", "PAYEE/NAME", "EXTDNAME").split()),
        counterparty_account=node.value("BANKACCTTO/ACCTID", "CCACCTTO/ACCTID"),
        counterparty_bank=node.value("BANKACCTTO/BANKID"),
        reference=structured_reference(memo) or reference,
        bank_reference=given(node.value("FITID")),
        cheque_number=check if check.strip("0") else "",
        text=memo,
        code=node.value("TRNTYPE").upper(),
        place=place,
        details=tuple(_details(node)),
    )


def _details(node: Node) -> Iterator[tuple[str, str]]:
    for name in ("DTUSER", "SRVRTID", "SIC", "CORRECTFITID", "CORRECTACTION", "PAYEEID"):
        if text := node.value(name):
            yield name, text
    if rate := node.value("CURRENCY/CURRATE", "ORIGCURRENCY/CURRATE"):
        yield "CURRATE", rate
    if symbol := node.value("ORIGCURRENCY/CURSYM"):
        yield "ORIGCURRENCY", symbol
