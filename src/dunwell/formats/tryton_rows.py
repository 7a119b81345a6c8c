"""Records of Tryton as rows of a pull: parties, invoices, receivable lines, what is on what.

Fields as in the source of Tryton's modules party, account and account_invoice (7.0 to 8.2). Money
is a line of a move on a receivable account that belongs to no customer invoice. A reconciliation
joins lines that come to 0; it does not say which of them settles which.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from dunwell.formats.connection_rows import (
    OutsideAllocation,
    OutsideCustomer,
    OutsideError,
    OutsideFault,
    OutsideItem,
    OutsideOpen,
    OutsidePayment,
)

PARTY = ("id", "name", "code", "email", "phone", "mobile", "lang.code", "tax_identifier.code")
ADDRESS = ("id", "party", "street", "postal_code", "city", "country.code", "invoice")
INVOICE = (
    "id", "number", "state", "party", "currency.code", "total_amount", "invoice_date", "reference",
    "move", "additional_moves", "cancel_move",
)  # fmt: skip
LINE = (
    "id", "move", "move.number", "move.description", "date", "maturity_date", "party", "debit",
    "credit", "second_currency.code", "amount_second_currency", "reconciliation",
    "invoice_payment",
)  # fmt: skip
VOID = "cancelled"
WATCHED = {
    "customers": ("party.party", "party.address", "party.contact_mechanism"),
    "invoices": ("account.invoice",),
    "lines": ("account.move.line",),
    "reconciliations": ("account.move.reconciliation",),
    "puts": ("account.invoice",),
}
"""What changes in each phase of a pull."""


def documents(company: int) -> list[Any]:
    """Return the domain of customer invoices and credit notes that were posted."""
    return [
        ["type", "=", "out"], ["state", "in", ["posted", "paid", VOID]], ["number", "!=", None],
        ["move", "!=", None], ["company", "=", company],
    ]  # fmt: skip


def receivables(company: int) -> list[Any]:
    """Return the domain of posted lines on receivable accounts."""
    return [
        ["account.type.receivable", "=", True], ["move.state", "=", "posted"],
        ["move.company", "=", company],
    ]  # fmt: skip


def customer(one: Mapping[str, Any], address: Mapping[str, Any]) -> OutsideCustomer:
    """Return a party with its address, which may be empty; without a code its id is its number."""
    return OutsideCustomer(
        key=str(one["id"]),
        number=plain(one["code"]) or str(one["id"]),
        name=plain(one["name"]) or plain(one["code"]) or str(one["id"]),
        email=plain(one["email"]),
        phone=plain(one["phone"]) or plain(one["mobile"]),
        country=plain(linked(address, "country", "code")),
        language=plain(linked(one, "lang", "code"))[:2],
        vat_number=plain(linked(one, "tax_identifier", "code")),
        street=", ".join(plain(address.get("street")).splitlines()),
        postcode=plain(address.get("postal_code")),
        city=plain(address.get("city")),
    )


def addresses(rows: Iterable[Mapping[str, Any]]) -> dict[int, Mapping[str, Any]]:
    """Return one address for each party: the first for invoices, else the first."""
    found: dict[int, Mapping[str, Any]] = {}
    for one in rows:
        had = found.get(one["party"])
        if had is None or (one["invoice"] and not had["invoice"]):
            found[one["party"]] = one
    return found


@dataclass(frozen=True, kw_only=True, slots=True)
class Bound:
    """Receivable lines, and the customer invoice that each move belongs to."""

    lines: tuple[Mapping[str, Any], ...]
    invoices: Mapping[int, Mapping[str, Any]]
    currency: str

    def invoice(self, line: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Return the document of a line; None for money."""
        return self.invoices.get(line["move"])

    def code(self, line: Mapping[str, Any]) -> str:
        """Return the currency a line is in: the second where it has one."""
        return linked(line, "second_currency", "code") or self.currency


def moves_of(invoice: Mapping[str, Any]) -> list[int]:
    """Return the moves of an invoice: its own, those that reschedule it, the one that cancels."""
    moves = [invoice["move"], *invoice["additional_moves"], invoice["cancel_move"]]
    return [one for one in moves if one is not None]


def check_numbers(invoices: Iterable[Mapping[str, Any]]) -> None:
    """Raise OutsideError where two documents have one number, since a number is all we know."""
    for number, often in Counter(one["number"] for one in invoices).items():
        if often > 1:
            raise OutsideError(
                OutsideFault.REFUSED,
                f"{often} documents in Tryton are numbered {number}; a number has to be of one "
                "document alone, such as with the year in it.",
            )


def item(invoice: Mapping[str, Any], lines: Iterable[Mapping[str, Any]]) -> OutsideItem:
    """Return a document; it is due when its last part is. Who owes is who its lines name."""
    own = [one for one in lines if one["move"] == invoice["move"]]
    dues = [one["maturity_date"] for one in own if one["maturity_date"]]
    owes = own[0]["party"] if own and own[0]["party"] else invoice["party"]
    return OutsideItem(
        number=invoice["number"],
        customer=str(owes),
        currency=linked(invoice, "currency", "code"),
        amount=invoice["total_amount"],
        issued=invoice["invoice_date"],
        due=max(dues, default=None),
        reference=plain(invoice["reference"]),
        is_void=invoice["state"] == VOID,
    )


def payment(line: Mapping[str, Any], bound: Bound) -> OutsidePayment:
    """Return money of its receivable line: below 0 where it makes the customer owe more."""
    return OutsidePayment(
        number=line_number(line),
        customer=str(line["party"] or ""),
        currency=bound.code(line),
        amount=-amount(line),
        received=line["date"],
        reference=plain(linked(line, "move", "description")),
    )


@dataclass(slots=True)
class _Part:
    """What one document, or one line of money, brings to a reconciliation."""

    number: str
    currency: str
    left: Decimal
    day: date
    due: date
    wants: int | None = None
    invoice: int | None = None

    @property
    def order(self) -> tuple[date, str]:
        """Return the place in line: what is due first, then by number."""
        return self.due, self.number


def _parts(lines: Iterable[Mapping[str, Any]], bound: Bound) -> tuple[list[_Part], list[_Part]]:
    """Return what is owed and what settles, the lines of a document netted."""
    found: dict[tuple[str, str], _Part] = {}
    for line in lines:
        own = bound.invoice(line)
        number = own["number"] if own else line_number(line)
        place = (number, bound.code(line))
        due = line["maturity_date"] or line["date"]
        if place not in found:
            found[place] = _Part(
                number=number, currency=place[1], left=Decimal(0), day=line["date"], due=due,
                wants=line["invoice_payment"], invoice=own["id"] if own else None,
            )  # fmt: skip
        part = found[place]
        part.left += amount(line)
        part.day, part.due = max(part.day, line["date"]), min(part.due, due)
    owed = [one for one in found.values() if one.left > 0]
    settles = [one for one in found.values() if one.left < 0]
    return sorted(owed, key=lambda one: one.order), sorted(settles, key=lambda one: one.order)


def allocations(bound: Bound) -> list[OutsideAllocation]:
    """Return what is on each pair, over all reconciliations of these lines and what is open.

    Money that was put on an invoice by name is on that one. What else a reconciliation joins is
    spread from the oldest debt on. An open line settles only what it was put on.
    """
    groups: dict[int | None, list[Mapping[str, Any]]] = defaultdict(list)
    for line in bound.lines:
        groups[line["reconciliation"]].append(line)
    summed: dict[tuple[str, str], tuple[Decimal, date]] = {}
    for reconciliation, lines in groups.items():
        owed, settles = _parts(lines, bound)
        for by_name in (True, False) if reconciliation else (True,):
            for source in settles:
                for debt in owed:
                    if by_name and source.wants != debt.invoice:
                        continue
                    _settle(source, debt, summed)
    return [
        OutsideAllocation(source=source, item=number, amount=total, applied=day)
        for (source, number), (total, day) in summed.items()
    ]


def _settle(
    source: _Part, debt: _Part, summed: dict[tuple[str, str], tuple[Decimal, date]]
) -> None:
    """Put on a debt what is left of a source; money that was paid out takes, and is not told."""
    put = min(-source.left, debt.left)
    if put <= 0 or source.currency != debt.currency:
        return
    source.left += put
    debt.left -= put
    if debt.invoice is not None:
        had, day = summed.get((source.number, debt.number), (Decimal(0), debt.day))
        summed[source.number, debt.number] = had + put, max(day, source.day, debt.day)


def exchange_lines(lines: Iterable[Mapping[str, Any]]) -> frozenset[int]:
    """Return the lines that are the difference of two rates, of whole reconciliations.

    Reconciling adds one, in the company's currency alone, when all lines are in one other
    currency and come to 0 in it.
    """
    groups: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for line in lines:
        groups[line["reconciliation"]].append(line)
    found: set[int] = set()
    for group in groups.values():
        abroad = [one for one in group if linked(one, "second_currency", "code")]
        codes = {linked(one, "second_currency", "code") for one in abroad}
        if len(codes) == 1 and sum(amount(one) for one in abroad) == 0:
            found |= {one["id"] for one in group} - {one["id"] for one in abroad}
    return frozenset(found)


def open_rows(bound: Bound) -> list[OutsideOpen]:
    """Return what is open by document of lines that no reconciliation joins."""
    on_pairs = allocations(bound)
    summed: dict[tuple[str, str, str, bool], Decimal] = defaultdict(Decimal)
    places: dict[str, tuple[str, str, str, bool]] = {}
    for line in bound.lines:
        own = bound.invoice(line)
        number = own["number"] if own else line_number(line)
        place = (number, str(line["party"] or ""), bound.code(line), own is None)
        summed[places.setdefault(number, place)] += amount(line)
    for pair in on_pairs:
        summed[places[pair.source]] += pair.amount
        summed[places[pair.item]] -= pair.amount
    return [
        OutsideOpen(number=number, customer=owner, currency=code, open=total, is_payment=is_money)
        for (number, owner, code, is_money), total in summed.items()
        if total
    ]


def amount(line: Mapping[str, Any]) -> Decimal:
    """Return what a line makes a customer owe, in its own currency; below 0 for money received."""
    if linked(line, "second_currency", "code"):
        return Decimal(line["amount_second_currency"] or 0)
    return Decimal(line["debit"] - line["credit"])


def line_number(line: Mapping[str, Any]) -> str:
    """Return the number of money on a receivable line: its move may have several such lines."""
    return f"{linked(line, 'move', 'number') or line['move']}/{line['id']}"


def linked(one: Mapping[str, Any], link: str, name: str) -> Any:
    """Return a field of a linked record, None where nothing is linked."""
    return (one.get(f"{link}.") or {}).get(name)


def plain(value: object) -> str:
    """Return a text; Tryton writes an empty one as null."""
    return str(value).strip() if value else ""
