"""Entries of camt messages: one bank line in, one entry per transaction out where they add up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from dunwell.formats.bank.camt_details import Details, joined, read_details
from dunwell.formats.bank.camt_fields import iso_day, marked_amount, told_amount, transaction_code
from dunwell.formats.bank.references import given
from dunwell.formats.bank.statement import Entry, Part, StatementError
from dunwell.formats.bank.xml_tree import Node

STATUS = {"BOOK": "booked", "PDNG": "pending", "FUTR": "pending", "INFO": "information"}
MOST_TRANSACTIONS = 100_000


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryContext:
    """What an entry needs of its statement: the day stands in where the entry has none."""

    file: str
    place: str
    account: str
    owner: str
    day: date | None


def read_entries(node: Node, context: EntryContext) -> list[Entry]:
    """Return a bank line as entries.

    One transaction, or none: one entry. Several whose amounts add up to the line (or miss it by
    exactly the line's charges): one entry each, sharing `group_id`, the charges as an entry of
    their own. Otherwise one entry with `parts`. Raises StatementError.
    """
    line = _line(node, context)
    mark = node.value("CdtDbtInd")
    transactions = [*node.all("NtryDtls/TxDtls"), *node.all("TxDtls")]
    if len(transactions) > MOST_TRANSACTIONS:
        raise StatementError(
            context.file, context.place, f"it holds more than {MOST_TRANSACTIONS} transactions"
        )
    read = [
        read_details(
            transaction,
            is_credit=mark == "CRDT",
            account=context.account,
            owner=context.owner,
            code=transaction_code(transaction.first("BkTxCd")),
        )
        for transaction in transactions
    ]
    if not read:
        return [line]
    if len(read) == 1:
        return [_single(line, read[0])]
    return _split(line, read, mark) or [_collective(line, read, mark)]


def _line(node: Node, context: EntryContext) -> Entry:
    """Return the bank line itself, without its transactions."""
    file, place = context.file, context.place
    money = node.first("Amt")
    if money is None:
        raise StatementError(file, place, "it has no amount. Ask the bank for the file again")
    amount_minor, currency = marked_amount(money, node.value("CdtDbtInd"), file=file, place=place)
    booked, valued = node.value("BookgDt/Dt", "BookgDt/DtTm"), node.value("ValDt/Dt", "ValDt/DtTm")
    days = [iso_day(text, file=file, place=place) for text in (booked, valued) if text]
    if not days and context.day:
        days = [context.day]
    if not days:
        raise StatementError(
            file, place, "neither it nor its statement has a day. Ask the bank for the file again"
        )
    batch = [
        (name, text)
        for name in ("MsgId", "PmtInfId", "NbOfTxs")
        if (text := node.value(f"NtryDtls/Btch/{name}", f"Btch/{name}"))
    ]
    reference = given(node.value("NtryRef"))
    status = node.value("Sts/Cd", "Sts/Prtry", "Sts")
    return Entry(
        booked_on=days[0],
        value_on=days[-1],
        amount_minor=amount_minor,
        currency=currency,
        bank_reference=given(node.value("AcctSvcrRef")) or reference,
        text=" ".join(node.value("AddtlNtryInf").split()),
        code=transaction_code(node.first("BkTxCd")),
        is_reversal=node.value("RvslInd") in {"true", "1"},
        status=STATUS.get(status, "booked" if not status else "information"),
        charges_minor=_charges(node.all("Chrgs"), currency),
        place=place,
        details=tuple(batch + ([("NtryRef", reference)] if reference else [])),
    )


def _charges(blocks: Iterable[Node], currency: str) -> int:
    """Return what the bank charged in the entry's currency; given back < 0."""
    total = 0
    for block in blocks:
        records = [*block.all("Rcrd")] or [block]
        found = 0
        for record in records:
            money = told_amount(record.first("Amt"))
            if money and money[1] == currency:
                found += -money[0] if record.value("CdtDbtInd") == "CRDT" else money[0]
        whole = told_amount(block.first("TtlChrgsAndTaxAmt"))
        if not found and whole and whole[1] == currency:
            found = whole[0]
        total += found
    return total


def _enriched(line: Entry, found: Details, *, text: str) -> Entry:
    """Return the line with what its transaction says; the money stays the line's."""
    blocks = [found.charges] if found.charges is not None else []
    original = found.original
    if original is None and found.amount and found.amount[1] != line.currency:
        original = found.amount
    is_other = original is not None and original != (abs(line.amount_minor), line.currency)
    return replace(
        line,
        counterparty=found.party.name,
        counterparty_account=found.party.account,
        counterparty_bank=found.party.bank,
        reference=found.reference,
        end_to_end=found.end_to_end,
        bank_reference=found.bank_reference or line.bank_reference,
        mandate=found.mandate,
        cheque_number=found.cheque_number,
        text=text,
        code=line.code or found.code,
        return_reason=found.return_reason,
        charges_minor=_charges(blocks, line.currency) or line.charges_minor,
        original_minor=original[0] if original and is_other else None,
        original_currency=original[1] if original and is_other else "",
        items=found.items,
        details=(*line.details, *_own_code(line, found), *found.details),
    )


def _own_code(line: Entry, found: Details) -> tuple[tuple[str, str], ...]:
    """Return the transaction's code where the bank line has another."""
    return (("BkTxCd", found.code),) if found.code and found.code != line.code else ()


def _single(line: Entry, found: Details) -> Entry:
    return _enriched(line, found, text=joined(found.remittance, found.note, line.text))


def _signed(read: Sequence[Details], currency: str, mark: str) -> list[list[int]]:
    """Return the amounts of all transactions under each possible reading of their signs.

    The line's sign for all, then each transaction's own mark; nothing where an amount is missing
    or of another currency.
    """
    amounts = [found.amount for found in read]
    if any(money is None or money[1] != currency for money in amounts):
        return []
    plain = [money[0] for money in amounts if money]
    sign = 1 if mark == "CRDT" else -1
    own = [
        amount * {"CRDT": 1, "DBIT": -1}.get(found.mark, sign)
        for amount, found in zip(plain, read, strict=True)
    ]
    return [[amount * sign for amount in plain], own]


def _split(line: Entry, read: Sequence[Details], mark: str) -> list[Entry]:
    """Return one entry per transaction, or nothing where the amounts do not add up."""
    for amounts in _signed(read, line.currency, mark):
        rest = line.amount_minor - sum(amounts)
        if rest and rest != -line.charges_minor:
            continue
        group = replace(line, charges_minor=0, group_id=line.bank_reference or line.place)
        entries = [
            replace(
                _enriched(
                    replace(group, amount_minor=amount),
                    found,
                    text=joined(found.remittance, found.note, line.text),
                ),
                place=f"{line.place}, transaction {number}",
            )
            for number, (amount, found) in enumerate(zip(amounts, read, strict=True), 1)
        ]
        if rest:
            text = joined("Bank charges", line.text)
            entries.append(
                replace(group, amount_minor=rest, text=text, place=f"{line.place}, charges")
            )
        return entries
    return []


def _collective(line: Entry, read: Sequence[Details], mark: str) -> Entry:
    """Return one entry whose transactions are kept as parts; what all share is the entry's."""
    marks = {found.mark for found in read}
    sign = 1 if mark == "CRDT" else -1
    parts = []
    for found in read:
        own = {"CRDT": 1, "DBIT": -1}.get(found.mark, sign) if len(marks) > 1 else sign
        parts.append(
            Part(
                amount_minor=found.amount[0] * own if found.amount else None,
                currency=found.amount[1] if found.amount else line.currency,
                counterparty=found.party.name,
                counterparty_account=found.party.account,
                reference=found.reference,
                end_to_end=found.end_to_end,
                bank_reference=found.bank_reference,
                mandate=found.mandate,
                return_reason=found.return_reason,
                text=joined(found.remittance, found.note),
                items=found.items,
            )
        )

    def shared(values: Iterable[str]) -> str:
        different = set(values)
        return different.pop() if len(different) == 1 else ""

    return replace(
        line,
        counterparty=shared(part.counterparty for part in parts),
        counterparty_account=shared(part.counterparty_account for part in parts),
        reference=shared(part.reference for part in parts),
        end_to_end=shared(part.end_to_end for part in parts),
        text=joined(*(part.text for part in parts), line.text),
        parts=tuple(parts),
    )
