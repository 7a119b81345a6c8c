"""What a camt transaction says of itself: amounts, parties, references, remittance, charges."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from dunwell.formats.bank.camt_fields import account_id, iso_day, told_amount
from dunwell.formats.bank.references import given, structured_reference
from dunwell.formats.bank.statement import RemittedItem, StatementError
from dunwell.formats.bank.xml_tree import Node

OTHER_REFERENCES = (
    "MsgId",
    "PmtInfId",
    "InstrId",
    "TxId",
    "UETR",
    "ClrSysRef",
    "AcctOwnrTxId",
    "AcctSvcrTxId",
    "MktInfrstrctrTxId",
    "PrcgId",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Party:
    """The other side of a transaction."""

    name: str = ""
    account: str = ""
    bank: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Details:
    """One `TxDtls`; `amount` is (minor units without sign, currency), or None where not told."""

    amount: tuple[int, str] | None
    original: tuple[int, str] | None
    mark: str
    party: Party
    reference: str
    end_to_end: str
    bank_reference: str
    mandate: str
    cheque_number: str
    remittance: str
    note: str
    code: str
    return_reason: str
    charges: Node | None
    items: tuple[RemittedItem, ...]
    details: tuple[tuple[str, str], ...]


def joined(*texts: str) -> str:
    """Return the texts one per line, each once, empty ones left out."""
    return "\n".join(dict.fromkeys(text for text in texts if text))


def read_details(node: Node, *, is_credit: bool, account: str, owner: str, code: str) -> Details:
    """Return a transaction; the party is the one that is not the holder of the account."""
    end_to_end = given(node.value("Refs/EndToEndId"))
    remittance = " ".join(_texts(node, "RmtInf/Ustrd"))
    structured = [text for text in _texts(node, "RmtInf/Strd/CdtrRefInf/Ref") if given(text)]
    additional = list(_texts(node, "RmtInf/Strd/AddtlRmtInf"))
    reference = (
        (structured[0] if structured else "")
        or structured_reference(remittance)
        or end_to_end
        or given(node.value("Refs/InstrId"))
        or given(node.value("Refs/TxId"))
    )
    amount = told_amount(
        node.first("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt", "AmtDtls/CntrValAmt/Amt")
    )
    return Details(
        amount=amount,
        original=told_amount(node.first("AmtDtls/InstdAmt/Amt")),
        mark=node.value("CdtDbtInd"),
        party=_party(node, is_credit=is_credit, account=account, owner=owner),
        reference=reference,
        end_to_end=end_to_end,
        bank_reference=given(node.value("Refs/AcctSvcrRef")),
        mandate=given(node.value("Refs/MndtId")),
        cheque_number=node.value("Refs/ChqNb"),
        remittance=joined(remittance, *additional),
        note=" ".join(node.value("AddtlTxInf").split()),
        code=code,
        return_reason=node.value("RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry", "RtrInf/RtrRsn/Cd"),
        charges=node.first("Chrgs"),
        items=tuple(_items(node)),
        details=tuple(_others(node, structured[1:])),
    )


def _texts(node: Node, path: str) -> Iterator[str]:
    """Yield the texts at a path, white space settled, empty ones left out."""
    for found in node.all(path):
        if text := " ".join(found.text.split()):
            yield text


def _named(parties: Node, role: str) -> str:
    return parties.value(
        f"{role}/Nm", f"{role}/Pty/Nm", f"{role}/Agt/FinInstnId/Nm", f"{role}/FinInstnId/Nm"
    )


def _party(node: Node, *, is_credit: bool, account: str, owner: str) -> Party:
    """Return the other side: the debtor of money in, the creditor of money out.

    Returns keep the roles of the payment they return, so a party that is the holder of the
    account itself gives way to the other one.
    """
    roles = ("Dbtr", "Cdtr") if is_credit else ("Cdtr", "Dbtr")
    parties = node.first("RltdPties") or Node("RltdPties")
    agents = node.first("RltdAgts") or Node("RltdAgts")
    found = []
    for role in roles:
        name = _named(parties, role) or _named(parties, f"Ultmt{role}")
        number = account_id(parties.first(f"{role}Acct"))
        bank = agents.value(
            f"{role}Agt/FinInstnId/BICFI",
            f"{role}Agt/FinInstnId/BIC",
            f"{role}Agt/FinInstnId/ClrSysMmbId/MmbId",
        )
        found.append(Party(name=" ".join(name.split()), account=number, bank=bank))
    first, second = found
    is_holder = bool(account) and first.account == account
    is_holder = is_holder or (bool(owner) and first.name.casefold() == owner.casefold())
    is_other = second.name and (not second.account or second.account != account)
    if (is_holder and is_other) or (not (first.name or first.account) and is_other):
        return second
    return first


def _items(node: Node) -> Iterator[RemittedItem]:
    """Yield the documents a structured remittance names, with the amounts told for them."""
    for block in node.all("RmtInf/Strd"):
        for document in block.all("RfrdDocInf"):
            number = document.value("Nb", "RfrdDocNb")
            if not number:
                continue
            paid = told_amount(block.first("RfrdDocAmt/RmtdAmt"))
            gross = told_amount(block.first("RfrdDocAmt/DuePyblAmt"))
            discount = told_amount(
                block.first("RfrdDocAmt/DscntApldAmt/Amt", "RfrdDocAmt/DscntApldAmt")
            )
            credit = told_amount(block.first("RfrdDocAmt/CdtNoteAmt"))
            kind = document.value("Tp/CdOrPrtry/Cd", "Tp/CdOrPrtry/Prtry", "Tp/Cd")
            paid_minor = paid[0] if paid else None
            if credit and (kind == "CREN" or paid_minor is None):
                paid_minor = -credit[0]
            money = paid or credit or gross or discount
            yield RemittedItem(
                reference=number,
                currency=money[1] if money else "",
                paid_minor=paid_minor,
                gross_minor=gross[0] if gross else None,
                discount_minor=discount[0] if discount else None,
                issued_on=_told_day(document.value("RltdDt", "RltdDt/Dt")),
                kind=kind,
                text=" ".join(_texts(block, "AddtlRmtInf")),
            )


def _told_day(text: str) -> date | None:
    """Return a day that is only told beside the money, or None where it cannot be read."""
    try:
        return iso_day(text, file="", place="") if text else None
    except StatementError:
        return None


def _others(node: Node, structured: list[str]) -> Iterator[tuple[str, str]]:
    """Yield what is kept without a field of its own."""
    parties = node.first("RltdPties") or Node("RltdPties")
    references = node.first("Refs") or Node("Refs")
    found = [("CdtrRefInf", text) for text in structured]
    found += [(name, given(references.value(name))) for name in OTHER_REFERENCES]
    found += [
        (proprietary.value("Tp") or "Prtry", given(proprietary.value("Ref")))
        for proprietary in references.all("Prtry")
    ]
    found += [(role, _named(parties, role)) for role in ("UltmtDbtr", "UltmtCdtr", "InitgPty")]
    found += [
        ("Purp", node.value("Purp/Cd")),
        (
            "XchgRate",
            node.value("AmtDtls/CntrValAmt/CcyXchg/XchgRate", "AmtDtls/TxAmt/CcyXchg/XchgRate"),
        ),
        ("AddtlInf", node.value("RtrInf/AddtlInf")),
    ]
    for name, text in found:
        if text:
            yield name, " ".join(text.split())
