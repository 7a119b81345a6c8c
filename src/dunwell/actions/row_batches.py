"""Many rows in one go: what became of each, all of them or each for itself.

Items and payments are written set-based: the statements do not grow with the rows. Contacts,
notes and promises draw consequences of their own and go row by row, each in a savepoint.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import IntegrityError, transaction

from dunwell.actions.balances import refresh_open_items
from dunwell.actions.contacts import add_contact
from dunwell.actions.entries import post_entries
from dunwell.actions.events import Fact, record_events
from dunwell.actions.gate import Actor, Forbidden, Refused, Stale
from dunwell.actions.items import check_dates, check_figures
from dunwell.actions.notes import record_note
from dunwell.actions.payments import check_payment, payment_texts
from dunwell.actions.periods import share_books
from dunwell.actions.promises import record_promise
from dunwell.models import Contact, Customer, Item, Note, Payment, Promise
from dunwell.queries.periods import closed_until

MOST_ROWS = 1_000
"""Rows of one request; more in several."""

CHANGED: Mapping[type[Item | Payment], str] = {
    Item: "{number} is already in the ledger with other figures; reverse it first.",
    Payment: "Payment {number} is already recorded with other figures.",
}
"""What `add_item` and `record_payment` say of a number that is there with other figures."""
Record = TypeVar("Record", Item, Payment, Contact, Note, Promise)
L = TypeVar("L", Item, Payment)
Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What became of one row: done (id is new), known (id was there), or refused (code, detail).

    `code` is absent for a record named that is not the company's, else refused.
    """

    row: int
    status: str
    id: int | None = None
    code: str = ""
    detail: str = ""


class RowsRefused(Refused):
    """All or nothing was asked for and some rows do not fit; nothing was done."""

    def __init__(self, outcomes: Iterable[Outcome]) -> None:
        self.outcomes = [one for one in outcomes if one.status == "refused"]
        first = self.outcomes[0]
        super().__init__(
            f"{len(self.outcomes)} rows do not fit, so nothing was done; row {first.row}: "
            f"{first.detail}"
            if len(self.outcomes) > 1
            else f"Row {first.row} does not fit, so nothing was done: {first.detail}"
        )


def refuse_lines(wrong: Sequence[tuple[int, str]]) -> None:
    """Raise Refused for lines of a file that cannot be added: (row, reason) of each, if any."""
    if wrong:
        row, reason = wrong[0]
        raise Refused(
            f"Row {row}: {reason} Nothing was added; {len(wrong)} lines do not fit."
            if len(wrong) > 1
            else f"Row {row}: {reason} Nothing was added."
        )


class Absent(Refused):
    """A row names a record that the company does not have."""


@transaction.atomic
def add_items(
    *, actor: Actor, rows: Sequence[Row], all_or_nothing: bool, as_of: date, at: datetime
) -> list[Outcome]:
    """Add items as `add_item` does, one event each; return what became of every row, in order.

    Raises RowsRefused where all or nothing is asked for, Stale when somebody else adds one of
    them at the same moment.
    """
    actor.require("item.add")
    share_books(actor.company)
    customers = _customers(actor, rows)
    known: dict[tuple[object, ...], Item] = {
        (one.customer_id, one.kind, one.number): one
        for one in Item.objects.filter(
            customer__in=customers, number__in=[row["number"] for row in rows]
        )
    }
    closed = closed_until(actor.company)
    given = {"company": actor.company, "recorded_on": as_of, "recorded_at": at}
    figures = ("currency", "amount_minor", "issued_on", "due_on")

    def item(row: Row) -> Item:
        made = Item(**{**_bare(row), **given}, customer=_customer(customers, row))
        check_figures(
            number=made.number, kind=made.kind, currency=made.currency,
            amount_minor=made.amount_minor,
        )  # fmt: skip
        check_dates(number=made.number, issued_on=made.issued_on, due_on=made.due_on, as_of=as_of)
        _check_open(made.number, made.issued_on, closed)
        return made

    outcomes, told, new = _sorted_out(rows, item, known, figures, _key_of_item)
    refuse_some(outcomes, all_or_nothing=all_or_nothing)
    keys = _write(Item, new)
    post_entries(company=actor.company, items=keys)
    refresh_open_items(company=actor.company, items=keys)
    facts = [
        Fact(
            verb="item.added",
            subject="item",
            subject_id=one.pk,
            customer_id=one.customer_id,
            data={
                "number": one.number,
                "kind": one.kind,
                "currency": one.currency,
                "amount_minor": one.amount_minor,
            },
        )
        for one in new
    ]
    record_events(actor, facts, at=at)
    return _with_keys(outcomes, told)


@transaction.atomic
def record_payments(
    *, actor: Actor, rows: Sequence[Row], all_or_nothing: bool, as_of: date, at: datetime
) -> list[Outcome]:
    """Record money as `record_payment` does, one event each; return what became of every row.

    Raises RowsRefused and Stale as `add_items` does.
    """
    actor.require("payment.record")
    share_books(actor.company)
    customers = _customers(actor, rows)
    numbers = [row["number"] for row in rows]
    found = Payment.objects.filter(company=actor.company, number__in=numbers)
    known: dict[tuple[object, ...], Payment] = {(one.number,): one for one in found}
    closed = closed_until(actor.company)
    given = {"company": actor.company, "recorded_on": as_of, "recorded_at": at}
    figures = ("customer_id", "currency", "amount_minor", "value_on")

    def payment(row: Row) -> Payment:
        payer = None if row["customer_id"] is None else _customer(customers, row)
        texts = payment_texts(**{name: row[name] for name in ("method", "payer", "reference")})
        made = Payment(**{**_bare(row), **given, **texts}, customer=payer)
        check_payment(
            number=made.number, amount_minor=made.amount_minor, value_on=made.value_on,
            as_of=as_of,
        )  # fmt: skip
        _check_open(made.number, made.value_on, closed)
        return made

    outcomes, told, new = _sorted_out(rows, payment, known, figures, lambda one: (one.number,))
    refuse_some(outcomes, all_or_nothing=all_or_nothing)
    post_entries(company=actor.company, payments=_write(Payment, new))
    facts = [
        Fact(
            verb="payment.recorded",
            subject="payment",
            subject_id=one.pk,
            customer_id=one.customer_id,
            data={
                "number": one.number,
                "currency": one.currency,
                "amount_minor": one.amount_minor,
                "value_on": one.value_on.isoformat(),
            },
        )
        for one in new
    ]
    record_events(actor, facts, at=at)
    return _with_keys(outcomes, told)


@transaction.atomic
def add_contacts(
    *, actor: Actor, rows: Sequence[Row], all_or_nothing: bool, at: datetime
) -> list[Outcome]:
    """Add contacts as `add_contact` does; return what became of every row."""
    actor.require("contact.edit")
    customers = _customers(actor, rows)

    def contact(row: Row) -> Contact:
        return add_contact(actor=actor, customer=_customer(customers, row), at=at, **_bare(row))

    return _each(rows, contact, all_or_nothing=all_or_nothing)


@transaction.atomic
def record_notes(
    *, actor: Actor, rows: Sequence[Row], all_or_nothing: bool, as_of: date, at: datetime
) -> list[Outcome]:
    """Record notes and call results as `record_note` does; return what became of every row."""
    actor.require("note.record")
    customers = _customers(actor, rows)

    def note(row: Row) -> Note:
        customer = _customer(customers, row)
        return record_note(actor=actor, customer=customer, as_of=as_of, at=at, **_bare(row))

    return _each(rows, note, all_or_nothing=all_or_nothing)


@transaction.atomic
def record_promises(
    *, actor: Actor, rows: Sequence[Row], all_or_nothing: bool, as_of: date, at: datetime
) -> list[Outcome]:
    """Record promises as `record_promise` does; return what became of every row.

    A row's `lines` are mappings of `item_id` and `amount_minor`.
    """
    actor.require("promise.record")
    customers = _customers(actor, rows)
    named = {line["item_id"] for row in rows for line in row["lines"]}
    items = Item.objects.filter(company=actor.company).in_bulk(list(named))

    def promise(row: Row) -> Promise:
        told = {name: row[name] for name in row if name not in {"customer_id", "lines"}}
        keys = [line["item_id"] for line in row["lines"]]
        if unknown := [key for key in keys if key not in items]:
            raise Absent(f"There is no item {unknown[0]} in your company.")
        amounts = {items[line["item_id"]]: line["amount_minor"] for line in row["lines"]}
        if len(amounts) != len(keys):
            raise Refused("An item stands in the lines twice; add its amounts up.")
        customer = _customer(customers, row)
        return record_promise(
            actor=actor, customer=customer, amounts=amounts, as_of=as_of, at=at, **told
        )

    return _each(rows, promise, all_or_nothing=all_or_nothing)


def _customers(actor: Actor, rows: Sequence[Row]) -> dict[int, Customer]:
    """Return the customers that rows name, by key; one query."""
    if len(rows) > MOST_ROWS:
        raise Refused(f"At most {MOST_ROWS:,} rows are taken at once; send the rest apart.")
    named = {row["customer_id"] for row in rows} - {None}
    return Customer.objects.filter(company=actor.company).in_bulk(list(named))


def _bare(row: Row) -> dict[str, Any]:
    """Return what a row says besides whose it is."""
    return {name: value for name, value in row.items() if name != "customer_id"}


def _customer(customers: Mapping[int, Customer], row: Row) -> Customer:
    found = customers.get(row["customer_id"])
    if found is None:
        raise Absent(f"There is no customer {row['customer_id']} in your company.")
    return found


def _check_open(number: str, on: date, closed: date | None) -> None:
    if closed is not None and on <= closed:
        raise Refused(
            f"The books are closed until {closed}; {number} is dated {on}. Book it on a later "
            "day, or ask under Closing and journals for the period to be opened."
        )


def _key_of_item(item: Item) -> tuple[object, ...]:
    return item.customer_id, item.kind, item.number


def _sorted_out(
    rows: Sequence[Row],
    made: Callable[[Row], L],
    known: Mapping[tuple[object, ...], L],
    figures: Sequence[str],
    key_of: Callable[[L], tuple[object, ...]],
) -> tuple[list[Outcome], dict[int, L], list[L]]:
    """Return what each row is, the record that it tells of by its number, and those to write.

    A row that repeats one before it, or the ledger, is known; with other figures it is refused.
    """
    outcomes: list[Outcome] = []
    told: dict[int, L] = {}
    new: list[L] = []
    seen = dict(known)
    for number, row in enumerate(rows):
        try:
            record = made(row)
            before = seen.setdefault(key_of(record), record)
            if before is record:
                new.append(record)
            else:
                _check_same(before, record, figures)
        except Refused as refusal:
            outcomes.append(refused_row(number, refusal))
            continue
        told[number] = before
        outcomes.append(Outcome(row=number, status="done" if before is record else "known"))
    return outcomes, told, new


def _check_same(before: L, record: L, figures: Sequence[str]) -> None:
    if any(getattr(before, name) != getattr(record, name) for name in figures):
        raise Refused(CHANGED[type(record)].format(number=record.number))


def refused_row(number: int, refusal: Refused) -> Outcome:
    """Return the outcome of a row that a rule refuses."""
    code = "absent" if isinstance(refusal, Absent) else "refused"
    return Outcome(row=number, status="refused", code=code, detail=str(refusal))


def refuse_some(outcomes: Sequence[Outcome], *, all_or_nothing: bool) -> None:
    """Raise RowsRefused where all or nothing is asked for and a row is refused."""
    if all_or_nothing and any(one.status == "refused" for one in outcomes):
        raise RowsRefused(outcomes)


def _write(model: type[L], new: Sequence[L]) -> list[int]:
    """Write the records and return their keys."""
    try:
        with transaction.atomic():
            model.objects.bulk_create(new)
    except IntegrityError as error:
        raise Stale(
            "Somebody else recorded one of these rows at the same moment; send them again."
        ) from error
    return [one.pk for one in new]


def _with_keys(outcomes: Sequence[Outcome], told: Mapping[int, L]) -> list[Outcome]:
    """Return the outcomes with the keys of their records, which have been written by now."""
    return [replace(one, id=told[one.row].pk) if one.row in told else one for one in outcomes]


def _each(
    rows: Sequence[Row], carry_out: Callable[[Row], Record], *, all_or_nothing: bool
) -> list[Outcome]:
    """Carry rows out one by one; what a refused one began is undone."""
    outcomes: list[Outcome] = []
    for number, row in enumerate(rows):
        try:
            with transaction.atomic():
                outcomes.append(Outcome(row=number, status="done", id=carry_out(row).pk))
        except Forbidden:
            raise
        except Refused as refusal:
            outcomes.append(refused_row(number, refusal))
    refuse_some(outcomes, all_or_nothing=all_or_nothing)
    return outcomes
