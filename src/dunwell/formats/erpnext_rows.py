"""Records of ERPNext as rows of a pull: customers, sales invoices, payment ledger entries.

Fields as in the doctypes of frappe/erpnext, versions 14 to 16. Money is what the payment ledger
says of receivable accounts, in the currency of the account: reconciling and `outstanding_amount`
go by it there, whatever currency is printed on a document.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from dunwell.formats.connection_rows import (
    OutsideAllocation,
    OutsideCustomer,
    OutsideItem,
    OutsideOpen,
    OutsidePayment,
)

INVOICE, PAYMENT = "Sales Invoice", "Payment Entry"
CUSTOMER = (
    "name", "customer_name", "email_id", "mobile_no", "language", "tax_id", "default_currency",
    "customer_primary_address", "modified",
)  # fmt: skip
ADDRESS = ("name", "address_line1", "pincode", "city", "country")
SALES_INVOICE = (
    "name", "customer", "posting_date", "due_date", "docstatus", "currency",
    "party_account_currency", "grand_total", "rounded_total", "rounding_adjustment",
    "base_grand_total", "base_rounded_total", "base_rounding_adjustment", "po_no", "modified",
)  # fmt: skip
ENTRY = (
    "name", "posting_date", "voucher_type", "voucher_no", "against_voucher_type",
    "against_voucher_no", "party", "account_currency", "amount_in_account_currency", "delinked",
    "creation", "modified",
)  # fmt: skip
ZERO = Decimal(0)
_AMOUNT = "amount_in_account_currency"
CANCELLED = 2


class Voucher(NamedTuple):
    """A document of the payment ledger: its doctype and name."""

    kind: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What entries of the payment ledger come to."""

    items: tuple[OutsideItem, ...]
    payments: tuple[OutsidePayment, ...]
    allocations: tuple[OutsideAllocation, ...]


def customer(
    one: Mapping[str, Any], address: Mapping[str, Any] | None, countries: Mapping[str, str]
) -> OutsideCustomer:
    """Return a customer with its primary address; its name there is key and number."""
    told = address or {}
    return OutsideCustomer(
        key=str(one["name"]),
        number=str(one["name"]),
        name=plain(one["customer_name"]) or str(one["name"]),
        email=plain(one["email_id"]),
        phone=plain(one["mobile_no"]),
        language=plain(one["language"])[:2],
        vat_number=plain(one["tax_id"]),
        currency=plain(one["default_currency"]),
        country=countries.get(plain(told.get("country")), ""),
        street=plain(told.get("address_line1")),
        postcode=plain(told.get("pincode")),
        city=plain(told.get("city")),
    )


def invoices(
    found: Iterable[Mapping[str, Any]], entries: Iterable[Mapping[str, Any]], currency: str
) -> Told:
    """Return documents, with what each was paid or written off by itself (POS) as a payment.

    `entries` are the live ones of the documents, `currency` is the company's. What a credit note
    was paid out by itself lowers the credit note.
    """
    booked: dict[str, Decimal] = defaultdict(Decimal)
    for entry in entries:
        booked[str(entry["voucher_no"])] += amount(entry[_AMOUNT])
    items, payments, allocations = [], [], []
    for one in found:
        item = _invoice(one, currency, booked[str(one["name"])])
        spent = ZERO if item.is_void else item.amount - booked[item.number]
        if item.amount:
            items.append(item)
        if item.amount > 0 and spent > 0:
            number, day = f"{item.number}/paid", item.issued
            payments.append(
                OutsidePayment(
                    number=number, customer=item.customer, currency=item.currency, amount=spent,
                    received=day,
                )
            )  # fmt: skip
            allocations.append(
                OutsideAllocation(source=number, item=item.number, amount=spent, applied=day)
            )
    return Told(items=tuple(items), payments=tuple(payments), allocations=tuple(allocations))


def _invoice(one: Mapping[str, Any], company_currency: str, booked: Decimal) -> OutsideItem:
    currency = plain(one["party_account_currency"]) or company_currency
    total = _total(one, "base_" if currency == company_currency else "")
    is_void = int(one["docstatus"]) == CANCELLED
    return OutsideItem(
        number=str(one["name"]),
        customer=str(one["customer"]),
        currency=currency,
        amount=booked if total < 0 and not is_void else total,
        issued=_day(one["posting_date"]),
        due=_day(one["due_date"]) if one["due_date"] else None,
        reference=plain(one["po_no"]) or _printed(one, currency),
        is_void=is_void,
    )


def ledger(
    entries: Iterable[Mapping[str, Any]],
    *,
    told: Iterable[Mapping[str, Any]],
    details: Mapping[str, Mapping[str, Any]],
) -> Told:
    """Return money and what is on what of entries of the payment ledger.

    `entries` has every entry on each document that `told`, those of the page, are on, and every
    entry of each voucher among them; `details` the fields of payment entries.
    """
    every = _once(entries)
    numbers = voucher_numbers(every)
    items_told = {against(one) for one in told if against(one) != voucher(one)}
    items, payments = [], []
    for one in _money(every, numbers):
        if one.is_item:
            items.append(_debit(one))
        elif one.total:
            payments.append(_payment(one, details))
    return Told(
        items=tuple(items),
        payments=tuple(payments),
        allocations=tuple(_pairs(every, numbers, items_told)),
    )


def open_rows(
    invoices: Iterable[Mapping[str, Any]],
    entries: Iterable[Mapping[str, Any]],
    *,
    company_currency: str,
) -> list[OutsideOpen]:
    """Return what is open: invoices by their outstanding amount, money by its entries.

    `entries` has every entry of each voucher that has one which is on no sales invoice.
    """
    every = _once(entries)
    numbers = voucher_numbers(every)
    found = [
        OutsideOpen(
            number=str(one["name"]),
            customer=str(one["customer"]),
            currency=plain(one["party_account_currency"]) or company_currency,
            open=amount(one["outstanding_amount"]),
        )
        for one in invoices
    ]
    items = {one.number for one in _money(every, numbers) if one.is_item}
    left: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for entry in every:
        if entry["delinked"] or entry["against_voucher_type"] == INVOICE:
            continue
        holder = _place(entry, against(entry))
        if holder not in numbers:  # an order, say: the money is not on a document yet
            holder = _place(entry, voucher(entry))
        if holder not in numbers:
            continue
        left[numbers[holder], str(entry["party"]), str(entry["account_currency"])] += amount(
            entry[_AMOUNT]
        )
    return found + [
        OutsideOpen(
            number=number, customer=party, currency=currency, open=total,
            is_payment=number not in items,
        )
        for (number, party, currency), total in left.items()
        if total
    ]  # fmt: skip


class _Place(NamedTuple):
    """A voucher's part for one customer in one currency: what has a number of its own here."""

    voucher: Voucher
    party: str
    currency: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Money:
    """What a voucher that is no invoice moves the balance of one customer by."""

    place: _Place
    number: str
    total: Decimal
    first: Decimal
    day: date

    @property
    def is_item(self) -> bool:
        """Return whether it is a debit of a journal entry: something owed, not something paid.

        Without live entries it was cancelled, and the entry that came first says what it was.
        """
        return self.place.voucher.kind != PAYMENT and (self.total or self.first) > 0


def voucher(entry: Mapping[str, Any]) -> Voucher:
    """Return the document that made an entry."""
    return Voucher(str(entry["voucher_type"]), str(entry["voucher_no"]))


def against(entry: Mapping[str, Any]) -> Voucher:
    """Return the document that an entry is on."""
    return Voucher(str(entry["against_voucher_type"]), str(entry["against_voucher_no"]))


def voucher_numbers(entries: Iterable[Mapping[str, Any]]) -> dict[_Place, str]:
    """Return the number of each part of each voucher that is no sales invoice.

    That is the voucher's name, and behind it customer and currency where it has several parts.
    """
    parts: dict[Voucher, set[_Place]] = defaultdict(set)
    for entry in entries:
        if entry["voucher_type"] != INVOICE:
            parts[voucher(entry)].add(_place(entry, voucher(entry)))
    return {
        part: key.name if len(several) == 1 else f"{key.name}/{part.party}/{part.currency}"
        for key, several in parts.items()
        for part in several
    }


def amount(value: object) -> Decimal:
    """Return a number; nothing is 0."""
    return Decimal(str(value or 0))


def plain(value: object) -> str:
    """Return a text; an empty one is null there."""
    return str(value).strip() if value else ""


def _money(entries: Sequence[Mapping[str, Any]], numbers: Mapping[_Place, str]) -> list[_Money]:
    several: dict[_Place, list[Mapping[str, Any]]] = defaultdict(list)
    for entry in entries:
        if entry["voucher_type"] != INVOICE:
            several[_place(entry, voucher(entry))].append(entry)
    found = []
    for place, rows in several.items():
        live = (amount(one[_AMOUNT]) for one in rows if not one["delinked"])
        first = min(rows, key=_order)
        found.append(
            _Money(
                place=place,
                number=numbers[place],
                total=sum(live, ZERO),
                first=amount(first[_AMOUNT]),
                day=_day(first["posting_date"]),
            )
        )
    return found


def _debit(one: _Money) -> OutsideItem:
    return OutsideItem(
        number=one.number,
        customer=one.place.party,
        currency=one.place.currency,
        amount=one.total or one.first,
        issued=one.day,
        is_void=not one.total,
    )


def _payment(one: _Money, details: Mapping[str, Mapping[str, Any]]) -> OutsidePayment:
    more = details.get(one.place.voucher.name, {})
    return OutsidePayment(
        number=one.number,
        customer=one.place.party,
        currency=one.place.currency,
        amount=-one.total,
        received=one.day,
        method=plain(more.get("mode_of_payment")),
        reference=plain(more.get("reference_no")),
    )


def _pairs(
    entries: Iterable[Mapping[str, Any]], numbers: Mapping[_Place, str], items: set[Voucher]
) -> Iterable[OutsideAllocation]:
    """Yield what is on these documents, one row per pair; 0 for one that was taken back."""
    parts: dict[_Place, list[Mapping[str, Any]]] = defaultdict(list)
    for entry in sorted(entries, key=_order):
        parts[_place(entry, voucher(entry))].append(entry)
    summed: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    days: dict[tuple[str, str], date] = {}
    for place, rows in parts.items():
        live = [one for one in rows if not one["delinked"]]
        # of a cancelled voucher the first entry on each document says what it had been
        firsts = list({against(one): one for one in reversed(rows)}.values())
        for source, on, part in _moves(place, live or firsts, numbers):
            if on.voucher in items:
                pair = (source, _number(on, numbers))
                summed[pair] += part if live else ZERO
                days[pair] = max(days.get(pair, date.min), _day(rows[-1]["posting_date"]))
    for (source, item), total in summed.items():
        yield OutsideAllocation(source=source, item=item, amount=total, applied=days[source, item])


def _moves(
    place: _Place, rows: Iterable[Mapping[str, Any]], numbers: Mapping[_Place, str]
) -> Iterable[tuple[str, _Place, Decimal]]:
    """Yield what a voucher puts on documents, and whose money it is.

    A journal entry that settles an invoice with a credit note is on both: then it is the credit
    note that is on the invoice.
    """
    net: dict[_Place, Decimal] = defaultdict(Decimal)
    for one in rows:
        if against(one) != place.voucher:
            net[_place(one, against(one))] += amount(one[_AMOUNT])
    givers = [(_number(on, numbers), total) for on, total in net.items() if total > 0]
    for on, total in net.items():
        need = -total
        if need < 0 or not _number(on, numbers):
            continue
        while need and givers:
            source, left = givers.pop(0)
            part = min(need, left)
            yield source, on, part
            need -= part
            if left > part:
                givers.insert(0, (source, left - part))
        if need or not total:
            yield _number(place, numbers), on, need


def _number(place: _Place, numbers: Mapping[_Place, str]) -> str:
    """Return the number a voucher has here, empty for one that has none: an order, say."""
    return place.voucher.name if place.voucher.kind == INVOICE else numbers.get(place, "")


def _order(entry: Mapping[str, Any]) -> tuple[str, str]:
    return str(entry["creation"]), str(entry["name"])


def _place(entry: Mapping[str, Any], which: Voucher) -> _Place:
    return _Place(which, str(entry["party"]), str(entry["account_currency"]))


def _once(entries: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return list({one["name"]: one for one in entries}.values())


def _total(one: Mapping[str, Any], prefix: str) -> Decimal:
    """Return what an invoice books on the receivable account: rounded where it was rounded."""
    rounded = amount(one[f"{prefix}rounded_total"])
    if rounded and amount(one[f"{prefix}rounding_adjustment"]):
        return rounded
    return amount(one[f"{prefix}grand_total"])


def _printed(one: Mapping[str, Any], currency: str) -> str:
    """Return the total a document states in a currency that it is not owed in."""
    if one["currency"] == currency:
        return ""
    return f"{format(_total(one, ''), 'f')} {one['currency']}"


def _day(text: object) -> date:
    return date.fromisoformat(str(text)[:10])
