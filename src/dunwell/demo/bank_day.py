"""The demo's bank statement: a day's money in, as payers and banks write it.

Some of it matching posts by itself, some a clerk has to decide: several items in one payment,
references without their letters, short payments with a reason, somebody nobody knows.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from xml.etree import ElementTree as ET

from dunwell.engine.money import from_minor

ACCOUNT = "DE02120300000000202051"
"""Our account in the demo (the sample IBAN of a German bank's own documentation)."""
CURRENCY = "EUR"
NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
PATTERNS = (
    *("reference",) * 14,
    *("two_items",) * 4,
    *("bare_number",) * 3,
    *("name_only",) * 3,
    *("short",) * 2,
    *("part",) * 2,
    *("stranger", "over", "twice"),
)
"""How the day's payments are written, one customer each."""
DEDUCTED_PERCENT = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Owed:
    """An open item the day may pay; `open_minor` > 0 in EUR."""

    customer: str
    number: str
    open_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """One booking: money in > 0 with what the payer says."""

    amount_minor: int
    payer: str
    text: str


def bank_day(
    owed: Sequence[Sequence[Owed]],
    *,
    first_on: date,
    last_on: date,
    opening_minor: int,
    seed: int,
) -> bytes:
    """Return a camt.053 statement of some days; `owed` holds each customer's open items, in order.

    The oldest come first. The same items, days and seed give the same bytes.
    """
    chance = random.Random(f"{seed} {last_on.isoformat()}")  # noqa: S311  an invented day
    moves = [*_received(owed, chance), *_ours(chance)]
    closing = opening_minor + sum(move.amount_minor for move in moves)
    return _camt(moves, first_on, last_on, opening_minor, closing)


def _received(owed: Sequence[Sequence[Owed]], chance: random.Random) -> Iterator[Move]:
    several = [items for items in owed if len(items) > 1]
    single = [items for items in owed if len(items) == 1]
    first: Move | None = None
    for pattern in PATTERNS:
        source = several if pattern == "two_items" or not single else single
        if not source and pattern not in {"stranger", "twice"}:
            continue
        if pattern == "stranger":
            yield Move(
                amount_minor=chance.randint(200, 900) * 100 + 37,
                payer="QX Trading BV",
                text="transfer as agreed",
            )
        elif pattern == "twice":
            if first is not None:
                yield first
        else:
            move = _move(pattern, source.pop(0), chance)
            first = first or move
            yield move


def _move(pattern: str, items: Sequence[Owed], chance: random.Random) -> Move:
    one = items[0]
    digits = "".join(letter for letter in one.number if letter.isdigit()) or one.number
    amount, text = one.open_minor, f"Invoice {one.number}"
    if pattern == "two_items":
        amount += items[1].open_minor
        text = f"{one.number} and {items[1].number}"
    elif pattern == "bare_number":
        text = f"inv {digits} thank you"
    elif pattern == "name_only":
        text = "payment"
    elif pattern == "short":
        amount -= amount * DEDUCTED_PERCENT // 100
        text = f"{one.number} less {DEDUCTED_PERCENT} % damaged goods"
    elif pattern == "part":
        amount = max(amount // 200_00 * 100_00, amount // 2)
        text = "on account"
    elif pattern == "over":
        amount += 10_00
        text = f"{one.number} incl. fee"
    payer = one.customer.upper() if chance.random() < 1 / 3 else one.customer
    return Move(amount_minor=amount, payer=payer[:70], text=text)


def _ours(chance: random.Random) -> Iterator[Move]:
    """Yield what is not from customers: the bank's fee, a supplier's invoice."""
    yield Move(amount_minor=-12_50, payer="", text="Account fees")
    yield Move(
        amount_minor=-chance.randint(1_000, 4_000) * 100,
        payer="Paper & Post Supplies",
        text="Your invoice, thank you",
    )


def _camt(
    moves: Sequence[Move], first_on: date, last_on: date, opening: int, closing: int
) -> bytes:
    root = ET.Element("Document", {"xmlns": NAMESPACE})
    whole = ET.SubElement(root, "BkToCstmrStmt")
    head = ET.SubElement(whole, "GrpHdr")
    _say(head, "MsgId", f"DEMO-{last_on:%Y%m%d}")
    _say(head, "CreDtTm", f"{last_on.isoformat()}T20:00:00")
    statement = ET.SubElement(whole, "Stmt")
    _say(statement, "Id", f"DEMO-{last_on:%Y%m%d}")
    _say(statement, "ElctrncSeqNb", str(last_on.toordinal()))
    _say(statement, "CreDtTm", f"{last_on.isoformat()}T20:00:00")
    account = ET.SubElement(statement, "Acct")
    _say(ET.SubElement(account, "Id"), "IBAN", ACCOUNT)
    _say(account, "Ccy", CURRENCY)
    _balance(statement, "OPBD", opening, first_on)
    _balance(statement, "CLBD", closing, last_on)
    for number, move in enumerate(moves, 1):
        _entry(statement, move, last_on, f"D{last_on:%Y%m%d}{number:03}")
    ET.indent(root)
    content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def _balance(statement: ET.Element, code: str, amount_minor: int, on: date) -> None:
    balance = ET.SubElement(statement, "Bal")
    _say(ET.SubElement(ET.SubElement(balance, "Tp"), "CdOrPrtry"), "Cd", code)
    _amount(balance, amount_minor)
    _say(ET.SubElement(balance, "Dt"), "Dt", on.isoformat())


def _entry(statement: ET.Element, move: Move, on: date, reference: str) -> None:
    entry = ET.SubElement(statement, "Ntry")
    _amount(entry, move.amount_minor)
    _say(ET.SubElement(entry, "Sts"), "Cd", "BOOK")
    _say(ET.SubElement(entry, "BookgDt"), "Dt", on.isoformat())
    _say(ET.SubElement(entry, "ValDt"), "Dt", on.isoformat())
    _say(entry, "AcctSvcrRef", reference)
    code = ET.SubElement(ET.SubElement(entry, "BkTxCd"), "Domn")
    _say(code, "Cd", "PMNT" if move.payer else "ACMT")
    family = ET.SubElement(code, "Fmly")
    _say(family, "Cd", "RCDT" if move.amount_minor > 0 else "ICDT" if move.payer else "MDOP")
    _say(family, "SubFmlyCd", "ESCT" if move.payer else "CHRG")
    details = ET.SubElement(ET.SubElement(entry, "NtryDtls"), "TxDtls")
    if move.payer:
        side = "Dbtr" if move.amount_minor > 0 else "Cdtr"
        party = ET.SubElement(ET.SubElement(details, "RltdPties"), side)
        _say(ET.SubElement(party, "Pty"), "Nm", move.payer)
    _say(ET.SubElement(details, "RmtInf"), "Ustrd", move.text)


def _amount(parent: ET.Element, amount_minor: int) -> None:
    amount = ET.SubElement(parent, "Amt", {"Ccy": CURRENCY})
    amount.text = str(from_minor(abs(amount_minor), CURRENCY))
    _say(parent, "CdtDbtInd", "CRDT" if amount_minor >= 0 else "DBIT")


def _say(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = text
