"""camt.052, camt.053 and camt.054 of every version: statements from the XML of ISO 20022."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date

from dunwell.formats.bank.camt_entries import EntryContext, read_entries
from dunwell.formats.bank.camt_fields import account_id, iso_day, marked_amount
from dunwell.formats.bank.fields import known_currency
from dunwell.formats.bank.identities import identified_statements
from dunwell.formats.bank.statement import (
    BankFile,
    Entry,
    Statement,
    StatementError,
    StatementFinding,
)
from dunwell.formats.bank.text import head
from dunwell.formats.bank.xml_tree import Node, read_xml

CONTAINERS = {
    "Rpt": ("camt.052", "interim"),
    "Stmt": ("camt.053", "statement"),
    "Ntfctn": ("camt.054", "notification"),
}
"""Element that holds one statement -> message and kind of statement."""
MESSAGES = ("BkToCstmrAcctRpt", "BkToCstmrStmt", "BkToCstmrDbtCdtNtfctn")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Balance:
    """A balance as the file tells it."""

    code: str
    amount_minor: int
    currency: str
    day: date | None


def is_camt(content: bytes, name: str) -> bool:  # noqa: ARG001  the registry's signature
    """Return whether the file begins as a camt.052, camt.053 or camt.054 message."""
    first = head(content)
    return first.lstrip().startswith("<") and (
        "BkToCstmr" in first or any(f"camt.05{digit}" in first for digit in "234")
    )


def read_camt(content: bytes, name: str) -> BankFile:
    """Return the statements of a camt file; the namespace and its version are not judged.

    Collective entries become one entry per transaction where the transactions add up to them;
    see `camt_entries`. Raises StatementError with the line or the statement and entry.
    """
    entries: dict[int, list[Entry]] = defaultdict(list)
    counts: dict[int, int] = defaultdict(int)
    contexts: dict[int, EntryContext] = {}

    def entry_ended(node: Node, ancestors: tuple[Node, ...]) -> None:
        parent = ancestors[-1] if ancestors else None
        if parent is None or parent.name not in CONTAINERS:
            return
        key = id(parent)
        counts[key] += 1
        if key not in contexts:
            contexts[key] = _context(parent, name)
        context = contexts[key]
        place = f"{context.place}, entry {counts[key]}"
        entries[key].extend(read_entries(node, replace(context, place=place)))

    root = read_xml(content, name, taken="Ntry", handed=entry_ended)
    statements = []
    messages = set()
    for message in _messages(root):
        for node in message.children:
            if node.name in CONTAINERS:
                kind = CONTAINERS[node.name]
                messages.add(kind[0])
                statements.append(
                    _statement(node, message, kind[1], entries.get(id(node), []), name)
                )
    if not statements:
        raise StatementError(
            name,
            "whole file",
            "the camt file holds no statement, report or notification. Fetch it from the bank "
            "again",
        )
    return BankFile(
        format=" and ".join(sorted(messages)),
        statements=identified_statements(statements, is_numbered=True),
    )


def _messages(root: Node) -> list[Node]:
    """Return the message elements at any depth: alone, in a Document, or in an envelope."""
    found = []
    waiting = [root]
    while waiting:
        node = waiting.pop(0)
        if node.name.startswith(MESSAGES):
            found.append(node)
        else:
            waiting.extend(node.children)
    return found


def _context(node: Node, name: str) -> EntryContext:
    """Return what an entry needs of its statement, as far as the file has told it by then."""
    place = f"statement {node.value('Id') or node.line}"
    fallback = node.value("Bal/Dt/Dt", "Bal/Dt/DtTm", "FrToDt/ToDtTm", "FrToDt/ToDt", "CreDtTm")
    return EntryContext(
        file=name,
        place=place,
        account=account_id(node.first("Acct")),
        owner=node.value("Acct/Ownr/Nm", "Acct/Ownr/Pty/Nm"),
        day=iso_day(fallback, file=name, place=place) if fallback else None,
    )


def _balances(node: Node, name: str, place: str) -> list[_Balance]:
    found = []
    for number, balance in enumerate(node.all("Bal"), 1):
        where = f"{place}, balance {number}"
        money = balance.first("Amt")
        code = balance.value("Tp/CdOrPrtry/Cd", "Tp/Cd", "Tp/CdOrPrtry/Prtry")
        day = balance.value("Dt/Dt", "Dt/DtTm")
        if money is None or not money.text.strip():
            continue
        amount_minor, currency = marked_amount(
            money, balance.value("CdtDbtInd"), file=name, place=where
        )
        found.append(
            _Balance(
                code=code,
                amount_minor=amount_minor,
                currency=currency,
                day=iso_day(day, file=name, place=where) if day else None,
            )
        )
    return found


def _picked(balances: list[_Balance]) -> tuple[_Balance | None, _Balance | None]:
    """Return the opening and closing balance.

    OPBD or the closing of the day before (PRCD); CLBD. A page of a longer statement begins or
    ends with an interim balance (ITBD) instead.
    """
    first = {
        code: next((b for b in balances if b.code == code), None) for code in ("OPBD", "PRCD")
    }
    opening = first["OPBD"] or first["PRCD"]
    closing = next((b for b in reversed(balances) if b.code == "CLBD"), None)
    interim = [b for b in balances if b.code == "ITBD"]
    if interim and opening is None and closing is not None:
        opening = interim[0]
    elif interim and closing is None and opening is not None:
        closing = interim[-1]
    return opening, closing


def _statement(node: Node, message: Node, kind: str, entries: list[Entry], name: str) -> Statement:
    id_ = node.value("Id") or message.value("GrpHdr/MsgId")
    place = f"statement {id_ or node.line}"
    told = node.value("Acct/Ccy")
    balances = _balances(node, name, place)
    opening, closing = _picked(balances)
    if told:
        currency = known_currency(told, file=name, place=place)
    else:
        candidates = [b.currency for b in (opening, closing) if b]
        candidates += [entry.currency for entry in entries] + [b.currency for b in balances]
        currency = candidates[0] if candidates else ""
    findings = []
    for label, balance in (("opening", opening), ("closing", closing)):
        if balance and balance.currency != currency:
            findings.append(
                StatementFinding(
                    code="balance_currency",
                    place=place,
                    reason=f"the {label} balance is in {balance.currency} and the account in "
                    f"{currency}, so it was left out. Ask the bank",
                )
            )
    if opening and opening.currency != currency:
        opening = None
    if closing and closing.currency != currency:
        closing = None
    if node.value("CpyDplctInd"):
        findings.append(
            StatementFinding(
                code="copy",
                place=place,
                reason="the bank marks this as a copy or duplicate of a statement",
                severity="info",
            )
        )
    pages = node.value("StmtPgntn/PgNb", "RptPgntn/PgNb", "NtfctnPgntn/PgNb")
    number = node.value("LglSeqNb", "ElctrncSeqNb")
    return Statement(
        id=id_,
        account=account_id(node.first("Acct")),
        currency=currency,
        opening_minor=opening.amount_minor if opening else None,
        closing_minor=closing.amount_minor if closing else None,
        opening_on=_edge(opening, node, ("FrToDt/FrDtTm", "FrToDt/FrDt"), name, place),
        closing_on=_edge(closing, node, ("FrToDt/ToDtTm", "FrToDt/ToDt", "CreDtTm"), name, place),
        sequence="/".join(part for part in (number, pages) if part),
        kind=kind,
        entries=tuple(entries),
        findings=tuple(findings),
    )


def _edge(
    balance: _Balance | None, node: Node, paths: tuple[str, ...], name: str, place: str
) -> date | None:
    if balance and balance.day:
        return balance.day
    text = node.value(*paths)
    return iso_day(text, file=name, place=place) if text else None
