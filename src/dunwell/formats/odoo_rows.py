"""Records of Odoo as rows of a pull: moves, receivable lines, partial reconciliations, partners.

Fields as in the source of Odoo's `addons/account` and `base`; an empty text is false there, a link
is a pair of id and name.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from dunwell.formats.connection_rows import (
    OutsideAllocation,
    OutsideCustomer,
    OutsideItem,
    OutsideOpen,
    OutsidePayment,
)

DOCUMENTS = {"out_invoice": 1, "out_receipt": 1, "out_refund": -1}
"""Kinds of moves that are documents, and how they move the balance; other moves are money."""
PARTNER = (
    "id", "name", "ref", "email", "phone", "country_code", "lang", "vat", "street", "zip", "city",
)  # fmt: skip
MOVE = (
    "id", "name", "move_type", "state", "commercial_partner_id", "currency_id", "amount_total",
    "invoice_date", "invoice_date_due", "payment_reference", "write_date",
)  # fmt: skip
LINE = (
    "id", "move_id", "move_name", "move_type", "partner_id", "currency_id", "amount_currency",
    "date", "ref", "write_date",
)  # fmt: skip
PARTIAL = ("id", "debit_move_id", "credit_move_id", "debit_amount_currency", "max_date")
ENDS = ("debit_move_id", "credit_move_id")


def item(one: Mapping[str, Any]) -> OutsideItem:
    """Return a document of its move."""
    due = one["invoice_date_due"]
    return OutsideItem(
        number=str(one["name"]),
        customer=key(one["commercial_partner_id"]),
        currency=code(one["currency_id"]),
        amount=amount(one["amount_total"]) * DOCUMENTS[one["move_type"]],
        issued=date.fromisoformat(one["invoice_date"]),
        due=date.fromisoformat(due) if due else None,
        reference=plain(one["payment_reference"]),
        is_void=one["state"] == "cancel",
    )


def payment(one: Mapping[str, Any], owners: Mapping[str, str]) -> OutsidePayment:
    """Return money of its receivable line; `owners` leads from partners to who owes."""
    return OutsidePayment(
        number=line_number(one),
        customer=owners.get(key(one["partner_id"]), ""),
        currency=code(one["currency_id"]),
        amount=-amount(one["amount_currency"]),
        received=date.fromisoformat(one["date"]),
        reference=plain(one["ref"]),
    )


def allocations(
    partials: Iterable[Mapping[str, Any]], lines: Mapping[int, Mapping[str, Any]]
) -> tuple[OutsideAllocation, ...]:
    """Return what is on each pair of documents, summed over their lines."""
    summed: dict[tuple[str, str], tuple[Decimal, date]] = {}
    for one in partials:
        debit, credit = (lines[int(one[end][0])] for end in ENDS)
        if debit["move_type"] not in DOCUMENTS:
            continue
        is_document = credit["move_type"] in DOCUMENTS
        source = str(credit["move_name"]) if is_document else line_number(credit)
        pair = (source, str(debit["move_name"]))
        applied = date.fromisoformat(one["max_date"])
        had, last = summed.get(pair, (Decimal(0), applied))
        summed[pair] = (had + amount(one["debit_amount_currency"]), max(last, applied))
    return tuple(
        OutsideAllocation(source=source, item=number, amount=total, applied=applied)
        for (source, number), (total, applied) in summed.items()
        if total
    )


def open_rows(lines: Iterable[Mapping[str, Any]], owners: Mapping[str, str]) -> list[OutsideOpen]:
    """Return what is open by document, instalments summed."""
    summed: dict[tuple[str, str, str, bool], Decimal] = defaultdict(Decimal)
    for line in lines:
        is_money = line["move_type"] not in DOCUMENTS
        number = line_number(line) if is_money else str(line["move_name"])
        owner = owners.get(key(line["partner_id"]), "")
        place = (number, owner, code(line["currency_id"]), is_money)
        summed[place] += amount(line["amount_residual_currency"])
    return [
        OutsideOpen(
            number=number, customer=owner, currency=currency, open=total, is_payment=is_money
        )
        for (number, owner, currency, is_money), total in summed.items()
        if total
    ]


def customer(one: Mapping[str, Any]) -> OutsideCustomer:
    """Return a partner; without a reference its id is its number."""
    return OutsideCustomer(
        key=str(one["id"]),
        number=plain(one["ref"]) or str(one["id"]),
        name=plain(one["name"]) or str(one["id"]),
        email=plain(one["email"]),
        phone=plain(one["phone"]),
        country=plain(one["country_code"]),
        language=plain(one["lang"])[:2],
        vat_number=plain(one["vat"]),
        street=plain(one["street"]),
        postcode=plain(one["zip"]),
        city=plain(one["city"]),
    )


def line_number(line: Mapping[str, Any]) -> str:
    """Return the number of money on a receivable line: its entry may have several such lines."""
    return f"{line['move_name']}/{line['id']}"


def amount(value: object) -> Decimal:
    """Return a number; false is 0."""
    return Decimal(str(value or 0))


def plain(value: object) -> str:
    """Return a text; Odoo writes an empty one as false."""
    return str(value).strip() if value else ""


def key(pair: Any) -> str:
    """Return the id of a link, empty for none."""
    return str(pair[0]) if pair else ""


def code(pair: Any) -> str:
    """Return the name of a link: a currency's is its code."""
    return str(pair[1])
