"""A page of an outside ledger to the ledger import, beside what our books know of it already.

Rows of our ledger are never changed: another amount becomes a second document for the difference,
a void document a credit note over what is open. What cannot be taken in is said by name.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from dunwell.engine.money import from_minor, to_minor
from dunwell.formats.connection_known import (
    CHANGED,
    MOST_CHANGES,
    VOID,
    Known,
    KnownItem,
    KnownPair,
    KnownPayment,
    changes_of,
)
from dunwell.formats.connection_rows import OutsideAllocation, OutsideItem, OutsidePayment, Pulled
from dunwell.formats.connection_tables import PROFILE, as_text, minor_of, table_of
from dunwell.formats.ledger import Ledger, read_ledger


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """One thing about a page that a person should know: which document, and what about it."""

    code: str
    number: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PageLedger:
    """A page ready for the import, the notes about it, and its customers' numbers by key."""

    ledger: Ledger | None
    notes: tuple[Note, ...]
    customers: Mapping[str, str]


class _Page:
    """The rows of a page on their way into tables."""

    def __init__(self, pulled: Pulled, known: Known, as_of: date) -> None:
        self.pulled, self.known, self.as_of = pulled, known, as_of
        self.notes: list[Note] = []
        self.numbers = dict(known.customers)
        self.items: dict[str, tuple[str, ...]] = {}
        self.payments: dict[str, tuple[str, ...]] = {}
        self.pairs: dict[tuple[str, str], tuple[str, ...]] = {}
        self.left: dict[str, int] = {}
        self.settled_by: dict[str, list[KnownPair]] = defaultdict(list)
        for pair in (one for several in known.pairs.values() for one in several):
            self.settled_by[pair.source].append(pair)

    def note(self, code: str, number: str, text: str) -> None:
        self.notes.append(Note(code=code, number=number, text=text))

    def customers(self) -> list[tuple[str, ...]]:
        """Return the rows of customers; a number that another key has gets the key behind it."""
        taken = {number: key for key, number in self.numbers.items()}
        rows: list[tuple[str, ...]] = []
        for one in {one.key: one for one in self.pulled.customers}.values():
            number = self.numbers.get(one.key)
            if number is None:
                number = one.number or one.key
                if taken.get(number, one.key) != one.key:
                    self.note(
                        "shared_customer_number",
                        number,
                        f"{one.name} is kept as {number}/{one.key}",
                    )
                    number = f"{number}/{one.key}"
                self.numbers[one.key], taken[number] = number, one.key
            rows.append(
                (
                    number, one.name, one.email, one.phone, one.country, one.language, one.terms,
                    one.vat_number, one.street, one.postcode, one.city, one.currency,
                )
            )  # fmt: skip
        return rows

    def add_item(self, one: OutsideItem) -> None:
        """Take an item in: new as it is, known with our figures, and what changed on top."""
        customer = self.numbers.get(one.customer)
        known = self.known.items.get(one.number)
        if customer is None:
            self.note("unknown_customer", one.number, f"its customer {one.customer} did not come")
        elif known is None:
            if not one.is_void:
                self.items[one.number] = (
                    one.number, customer, one.kind, one.currency, as_text(one.amount),
                    one.issued.isoformat(), (one.due or one.issued).isoformat(), one.reference,
                )  # fmt: skip
        elif known.customer != customer:
            self.note(
                "other_customer", one.number,
                f"is of {known.customer} here and of {customer} there",
            )  # fmt: skip
        else:
            self._again(known)
            self._compare(one, known)

    def _compare(self, one: OutsideItem, known: KnownItem) -> None:
        if one.currency != known.currency:
            self.note(
                "other_currency", one.number, f"was {known.currency} and is {one.currency} there"
            )
            return
        for what, was, now in (
            ("due_changed", known.due_on, one.due or one.issued),
            ("issued_changed", known.issued_on, one.issued),
        ):
            if was != now:
                self.note(what, one.number, f"{was} is kept; there it is {now}")
        if one.is_void:
            self._void(known)
            return
        if (now_minor := self._minor(one.number, one.amount, one.currency)) is None:
            return
        corrections = [self.known.items[name] for name in changes_of(one.number, self.known.items)]
        had = known.amount_minor + sum(each.amount_minor for each in corrections)
        if now_minor == had:
            return
        turn = len(corrections) + 1
        if turn > MOST_CHANGES:
            self.note("changed_too_often", one.number, f"has changed {MOST_CHANGES} times before")
            return
        self._correct(known, f"{one.number}{CHANGED}{turn}", now_minor - had, one.due)
        self.note(
            "amount_changed", one.number,
            f"{from_minor(had, one.currency)} became {as_text(one.amount)} {one.currency}",
        )  # fmt: skip

    def _void(self, known: KnownItem) -> None:
        number = f"{known.number}{VOID}"
        if number in self.known.items:
            return
        left_minor = sum(self._left(name) for name in self._family(known.number))
        if left_minor == 0:
            self.note("void_but_settled", known.number, "is void there and settled here")
            return
        self._correct(known, number, -left_minor, None)
        self.note("void", known.number, "is void there; a document takes back what is open")

    def _correct(self, known: KnownItem, number: str, by_minor: int, due: date | None) -> None:
        """Add a document over a difference; what lowers what is open is put on it at once."""
        issued = max(self.as_of, known.issued_on)
        family = self._family(known.number)
        self.items[number] = (
            number, known.customer, "credit_note" if by_minor < 0 else "invoice", known.currency,
            as_text(from_minor(by_minor, known.currency)), issued.isoformat(),
            max(due or issued, issued).isoformat(), known.number,
        )  # fmt: skip
        self.left[number] = by_minor
        for name in family:
            if self._left(name) * by_minor < 0 and name in self.known.items:
                self._again(self.known.items[name])
                pair = (number, name) if by_minor < 0 else (name, number)
                for source, item, minor in self._shares([pair[0]], [pair[1]], abs(by_minor)):
                    self._put(source, item, minor, issued.isoformat())

    def _family(self, number: str) -> list[str]:
        """Return a document's number and those of what it changed by since, as far as known."""
        told = self.known.items.keys() | self.items.keys()
        return [number, *changes_of(number, told)]

    def _left(self, number: str) -> int:
        """Return what is open of a document, less what this page puts on it; 0 if not known."""
        if number not in self.left:
            known, row = self.known.items.get(number), self.items.get(number)
            self.left[number] = known.open_minor if known else minor_of(row)
        return self.left[number]

    def _shares(
        self, sources: list[str], items: list[str], minor: int
    ) -> Iterator[tuple[str, str, int]]:
        """Yield how an amount of the sources goes on the items: each as far as it is open."""
        for item in items:
            for source in sources:
                part = min(minor, max(self._left(item), 0))
                if source in self.items or source in self.known.items:
                    part = min(part, max(-self._left(source), 0))
                    self.left[source] += part
                if part:
                    self.left[item] -= part
                    minor -= part
                    yield source, item, part

    def _again(self, known: KnownItem) -> None:
        """Lay a known item beside the page with our figures, and with it what is on it already.

        Of a credit note also all that it is on: an import adds to a document what it is told of
        it in all beyond what it knows.
        """
        if known.number in self.items:
            return
        self.items[known.number] = (
            known.number, known.customer, known.kind, known.currency,
            as_text(from_minor(known.amount_minor, known.currency)), known.issued_on.isoformat(),
            known.due_on.isoformat(), "",
        )  # fmt: skip
        for pair in self.known.pairs.get(known.number, ()):
            if pair.amount_minor:
                applied = pair.applied_on.isoformat()
                self._put(pair.source, known.number, pair.amount_minor, applied)
        for pair in self.settled_by.get(known.number, ()):
            if pair.amount_minor and (item := self.known.items.get(pair.item)) is not None:
                self._again(item)

    def add_payment(self, one: OutsidePayment) -> None:
        """Take a payment in; a known one keeps our figures."""
        known = self.known.payments.get(one.number)
        if known is None:
            customer = self.numbers.get(one.customer, "")
            self.payments[one.number] = (
                one.number, customer, as_text(one.amount), one.received.isoformat(), one.currency,
                one.method, one.reference,
            )  # fmt: skip
            return
        told = self._minor(one.number, one.amount, one.currency)
        here = (known.currency, known.amount_minor, known.value_on)
        if told is not None and (one.currency, told, one.received) != here:
            self.note(
                "payment_changed", one.number,
                f"{from_minor(known.amount_minor, known.currency)} {known.currency} of "
                f"{known.value_on} is kept; there it is {as_text(one.amount)} {one.currency} of "
                f"{one.received}",
            )  # fmt: skip
        self._paid(known)

    def _paid(self, known: KnownPayment) -> None:
        self.payments.setdefault(
            known.number,
            (
                known.number, known.customer,
                as_text(from_minor(known.amount_minor, known.currency)),
                known.value_on.isoformat(), known.currency, "", "",
            ),
        )  # fmt: skip

    def add_allocation(self, one: OutsideAllocation) -> None:
        """Take an allocation in, with the item and the source it names where we know them."""
        items, sources = self._family(one.item), self._family(one.source)
        had = {
            (pair.source, item): pair
            for item in items
            for pair in self.known.pairs.get(item, ())
            if pair.source in sources
        }
        if not had and not one.amount:
            return
        for item in items:
            if item not in self.items and (known := self.known.items.get(item)):
                self._again(known)
        if one.item not in self.items:
            self.note("unknown_item", one.item, f"{one.source} settles it, and it did not come")
            return
        currency = self.items[one.item][3]
        amount = self._minor(one.item, one.amount, currency)
        if amount is None:
            return
        here = sum(pair.amount_minor for pair in had.values())
        was = sum(pair.most_minor for pair in had.values())
        if amount == here:
            return
        if amount < here or amount <= was:
            code = "taken_back" if amount < here else "taken_back_here"
            self.note(
                code, one.item,
                f"{from_minor(here, currency)} {currency} of {one.source} is on it "
                f"here and {as_text(one.amount)} there",
            )  # fmt: skip
            return
        self._settle(one, sources, items, amount - was, had)

    def _settle(
        self,
        one: OutsideAllocation,
        sources: list[str],
        items: list[str],
        more_minor: int,
        had: Mapping[tuple[str, str], KnownPair],
    ) -> None:
        """Lay more of a source on an item: on what it changed by since as well, where it did."""
        more: Counter[tuple[str, str]] = Counter()
        if sources != [one.source] or items != [one.item]:
            for source, item, minor in self._shares(sources, items, more_minor):
                more[source, item] += minor
        # what finds no room is laid on the document, for the import to say so
        more[one.source, one.item] += more_minor - more.total()
        for (source, item), minor in more.items():
            pair = had.get((source, item))
            if total := minor + (pair.most_minor if pair else 0):
                self._put(source, item, total, one.applied.isoformat())

    def _put(self, source: str, item: str, amount_minor: int, applied: str) -> None:
        """Lay a pair beside the page, with its source where we know that."""
        if source not in self.payments and source not in self.items:
            if payment := self.known.payments.get(source):
                self._paid(payment)
            elif credit := self.known.items.get(source):
                self._again(credit)
            else:
                self.note("unknown_source", item, f"{source}, which settles it, did not come")
                return
        currency = self.items[item][3]
        amount = as_text(from_minor(amount_minor, currency))
        self.pairs[source, item] = (source, item, amount, applied, currency)

    def _minor(self, number: str, amount: Decimal, currency: str) -> int | None:
        try:
            return to_minor(amount, currency)
        except ValueError as error:
            self.note("unreadable_amount", number, str(error))
            return None


def page_ledger(pulled: Pulled, known: Known, *, as_of: date) -> PageLedger:
    """Return a page as a ledger ready to import; corrections are dated `as_of`.

    A page of known rows with known figures gives a ledger that changes nothing.
    """
    page = _Page(pulled, known, as_of)
    customers = page.customers()
    for item in {one.number: one for one in pulled.items}.values():
        page.add_item(item)
    for payment in {one.number: one for one in pulled.payments}.values():
        page.add_payment(payment)
    for pair in {(one.source, one.item): one for one in pulled.allocations}.values():
        page.add_allocation(pair)
    rows = {
        "customers": customers,
        "items": list(page.items.values()),
        "payments": list(page.payments.values()),
        "allocations": list(page.pairs.values()),
    }
    tables = [table_of(role, told) for role, told in rows.items() if told]
    return PageLedger(
        ledger=read_ledger(tables, PROFILE) if tables else None,
        notes=tuple(page.notes),
        customers=MappingProxyType(page.numbers),
    )
