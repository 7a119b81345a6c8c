"""What our books know of an outside ledger's documents: for its pages, tie-out and write-backs."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from dunwell.engine.money import from_minor
from dunwell.formats.connection_known import (
    CHANGED,
    MOST_CHANGES,
    VOID,
    Known,
    KnownItem,
    KnownPair,
    KnownPayment,
)
from dunwell.formats.connection_rows import Pulled, wanted_numbers
from dunwell.models import (
    Allocation,
    Connection,
    ConnectionCustomer,
    CreditHold,
    Item,
    OpenItem,
    Payment,
)
from dunwell.queries.limits import limits_in_force

CHUNK = 500
"""Numbers asked for at once: databases bound the parameters of a statement."""
DOCUMENTS = (Item.Kind.INVOICE, Item.Kind.CREDIT_NOTE)


@dataclass(frozen=True, kw_only=True, slots=True)
class OurOpen:
    """What is open here of one item, or unapplied of a payment (< 0)."""

    number: str
    customer_id: int
    currency: str
    open_minor: int
    is_payment: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What a customer should have there by our books; without a limit nothing is said of it."""

    customer_id: int
    limit: str | None
    is_held: bool


def known_of(connection: Connection, pulled: Pulled) -> Known:
    """Return what our books know of the documents a page names and of what settles them.

    Queries per 500 numbers, and for each link of a chain of credit notes over the same items.
    """
    items, payments = wanted_numbers(pulled)
    found = _items(connection, items)
    # corrections hang on documents that are known, and few documents ever have one
    found |= _items(connection, (f"{number}{VOID}" for number in found))
    changed = list(found)
    for turn in range(1, MOST_CHANGES + 1):
        changes = _items(connection, (f"{number}{CHANGED}{turn}" for number in changed))
        found |= changes
        changed = [base_number(number) for number in changes]
    pairs = _settled(connection, found)
    sources = {pair.source for several in pairs.values() for pair in several}
    return Known(
        customers=_customers(connection, pulled),
        items={number: item for number, (_, item) in found.items()},
        payments=_payments(connection, payments | sources),
        pairs=pairs,
    )


def our_open(connection: Connection) -> list[OurOpen]:
    """Return what is open here of the customers of a connection, corrections with their document.

    Three queries whatever the size.
    """
    ours = _of_customers(connection)
    rows = OpenItem.objects.filter(ours, company_id=connection.company_id).values_list(
        "item__number", "customer_id", "currency", "open_minor"
    )
    summed: dict[tuple[str, int, str], int] = defaultdict(int)
    for number, customer, currency, minor in rows.iterator(chunk_size=10_000):
        summed[base_number(number), customer, currency] += minor
    used = Coalesce(Sum(Coalesce("allocations__paid_minor", "allocations__amount_minor")), 0)
    spare = (
        Payment.objects.filter(ours, company_id=connection.company_id)
        .annotate(used=used)
        .exclude(amount_minor=F("used"))
        .values_list("number", "customer_id", "currency", "amount_minor", "used")
    )
    found = [
        OurOpen(number=number, customer_id=customer, currency=currency, open_minor=minor)
        for (number, customer, currency), minor in summed.items()
        if minor
    ]
    return found + [
        OurOpen(
            number=number, customer_id=customer, currency=currency, open_minor=spent - amount,
            is_payment=True,
        )
        for number, customer, currency, amount, spent in spare
    ]  # fmt: skip


def _of_customers(connection: Connection) -> Q:
    """Return the condition on rows of the connection's customers; not by a join.

    A customer that was merged is known there under several keys, and each would count its rows.
    """
    known = ConnectionCustomer.objects.filter(connection=connection)
    return Q(customer__in=known.values("customer"))


def base_number(number: str) -> str:
    """Return the number of the document that a correction is of, else the number."""
    head, _, tail = number.rpartition("/")
    if head and (tail == VOID[1:] or (tail.startswith(CHANGED[1:]) and tail[-1:].isdigit())):
        return head
    return number


def customers_by_key(connection: Connection) -> dict[str, int]:
    """Return our customers of a connection by their key there."""
    return dict(
        ConnectionCustomer.objects.filter(connection=connection).values_list("key", "customer_id")
    )


def wishes(connection: Connection, *, as_of: date) -> list[Wish]:
    """Return limits and holds of the customers of a connection as our books have them."""
    keys = set(customers_by_key(connection).values())
    company = connection.company
    limits = limits_in_force(company, as_of=as_of, customer_ids=keys)
    held = set(
        CreditHold.objects.filter(
            company=company, order=None, kind=CreditHold.Kind.FORCED,
            status__in=CreditHold.STANDING,
        ).values_list("customer_id", flat=True)
    )  # fmt: skip
    return [
        Wish(
            customer_id=key,
            limit=format(from_minor(limit.limit_minor, company.currency), "f")
            if (limit := limits.get(key)) is not None and limit.limit_minor is not None
            else None,
            is_held=key in held,
        )
        for key in sorted(keys)
    ]


def _chunks(texts: Iterable[str]) -> Iterator[list[str]]:
    told = sorted(set(texts))
    for start in range(0, len(told), CHUNK):
        yield told[start : start + CHUNK]


def _items(connection: Connection, numbers: Iterable[str]) -> dict[str, tuple[int, KnownItem]]:
    found: dict[str, tuple[int, KnownItem]] = {}
    ours = _of_customers(connection)
    for some in _chunks(numbers):
        rows = Item.objects.filter(
            ours, company_id=connection.company_id, number__in=some, kind__in=DOCUMENTS
        ).values_list(
            "number", "customer__number", "kind", "currency", "amount_minor",
            Coalesce("open_now__open_minor", 0), "issued_on", "due_on", "pk",
        )  # fmt: skip
        for number, customer, kind, currency, amount, left, issued, due, key in rows.order_by(
            "pk"
        ):
            found[number] = (
                key,
                KnownItem(
                    number=number, customer=customer, kind=kind, currency=currency,
                    amount_minor=amount, open_minor=left, issued_on=issued, due_on=due,
                ),
            )  # fmt: skip
    return found


def _payments(connection: Connection, numbers: Iterable[str]) -> dict[str, KnownPayment]:
    found: dict[str, KnownPayment] = {}
    for some in _chunks(numbers):
        rows = Payment.objects.filter(
            company_id=connection.company_id, number__in=some
        ).values_list("number", "customer__number", "currency", "amount_minor", "value_on")
        for number, customer, currency, amount, value_on in rows:
            found[number] = KnownPayment(
                number=number, customer=customer or "", currency=currency, amount_minor=amount,
                value_on=value_on,
            )  # fmt: skip
    return found


def _settled(
    connection: Connection, found: dict[str, tuple[int, KnownItem]]
) -> dict[str, tuple[KnownPair, ...]]:
    """Return what is on the documents found, and on all that their credit notes are on.

    Adds the documents that come in by that to those found.
    """
    pairs: dict[str, tuple[KnownPair, ...]] = {}
    new = found
    while new:
        told = _pairs(connection, [key for key, _ in new.values()])
        # of others only a part is told: they are whole already, or asked for next
        pairs |= {item: several for item, several in told.items() if item in new}
        named = {pair.source for several in told.values() for pair in several} | told.keys()
        new = _items(connection, named - found.keys())
        found |= new
    return pairs


def _pairs(connection: Connection, keys: list[int]) -> dict[str, tuple[KnownPair, ...]]:
    """Return what is on debit items of payments and credit notes, taken back parts included.

    Items are asked for by themselves or by the credit note that is on them.
    """
    summed: dict[tuple[str, str], tuple[int, int, date]] = {}
    for start in range(0, len(keys), CHUNK):
        some = keys[start : start + CHUNK]
        rows = Allocation.objects.filter(
            Q(item__in=some) | Q(counter_item__in=some),
            company_id=connection.company_id, item__amount_minor__gt=0,
        ).exclude(source=Allocation.Source.ADJUSTMENT)  # fmt: skip
        told = rows.annotate(of=Coalesce("payment__number", "counter_item__number")).values_list(
            "of", "item__number", "amount_minor", "batch", "reverses", "applied_on"
        )
        for source, item, minor, batch, reverses, applied in told:
            had, imported, last = summed.get((source, item), (0, 0, applied))
            imported += minor if batch and not reverses else 0
            summed[source, item] = (had + minor, imported, max(last, applied))
    found: dict[str, list[KnownPair]] = defaultdict(list)
    for (source, item), (minor, imported, applied) in summed.items():
        if minor > 0 or imported > 0:
            pair = KnownPair(
                source=source, item=item, amount_minor=max(minor, 0), applied_on=applied,
                imported_minor=imported,
            )  # fmt: skip
            found[item].append(pair)
    return {item: tuple(several) for item, several in found.items()}


def _customers(connection: Connection, pulled: Pulled) -> dict[str, str]:
    keys = {one.key for one in pulled.customers}
    keys |= {one.customer for one in pulled.items} | {one.customer for one in pulled.payments}
    found: dict[str, str] = {}
    for some in _chunks(keys - {""}):
        found |= dict(
            ConnectionCustomer.objects.filter(connection=connection, key__in=some).values_list(
                "key", "customer__number"
            )
        )
    return found
