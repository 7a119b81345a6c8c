"""Random ledgers for laws: made from a seed, dense enough that every function has work to do.

Many currencies in one ledger are many independent portfolios judged in one run.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

import narwhals.stable.v2 as nw

from dunwell.engine import schema
from dunwell.engine.calendars import day_number
from dunwell.engine.ledger import Ledger
from tests.engine.rows import allocations, disputes, fx, items, payments, promises, table

FIRST = date(2025, 1, 1)
LAST = date(2026, 3, 31)
SPAN = (LAST - FIRST).days
CUSTOMERS = 7


@dataclass
class Rows:
    """A ledger as plain rows of day numbers, for tests that recompute by hand."""

    items: list[dict] = field(default_factory=list)
    allocations: list[dict] = field(default_factory=list)
    payments: list[dict] = field(default_factory=list)
    disputes: list[dict] = field(default_factory=list)
    promises: list[dict] = field(default_factory=list)

    def ledger(self) -> Ledger:
        """Return the frames of the rows."""
        return Ledger(
            items=items(*self.items),
            allocations=allocations(*self.allocations),
            payments=payments(*self.payments),
            disputes=disputes(*self.disputes),
            promises=promises(*self.promises),
        )

    def shuffled(self, random: Random) -> "Rows":
        """Return the same rows in another order."""
        return Rows(**{name: random.sample(rows, len(rows)) for name, rows in vars(self).items()})

    def cut(self, as_of: date) -> "Rows":
        """Return only what had happened by the day, later endings forgotten."""
        day = day_number(as_of)
        return Rows(
            items=[row for row in self.items if row["issued_day"] <= day],
            allocations=[row for row in self.allocations if row["applied_day"] <= day],
            payments=[row for row in self.payments if row["value_day"] <= day],
            disputes=_started(self.disputes, "opened_day", "closed_day", day),
            promises=_started(self.promises, "made_day", "withdrawn_day", day),
        )

    def recorded(self, on: date) -> "Rows":
        """Return only what had been recorded by the day."""
        day = day_number(on)
        kept = {
            name: [row for row in getattr(self, name) if row["recorded_day"] <= day]
            for name in ("items", "allocations", "payments")
        }
        return replace(
            self,
            **kept,
            disputes=_started(self.disputes, "opened_day", "closed_day", day),
            promises=_started(self.promises, "made_day", "withdrawn_day", day),
        )


def random_rows(seed: int, *, currencies: int = 2, items_each: int = 25) -> Rows:
    """Return a random ledger; the same seed gives the same one."""
    random, rows = Random(seed), Rows()
    for number in range(currencies):
        for _ in range(items_each):
            _add_item(rows, random, f"C{number:02d}")
    return rows


def random_rates(seed: int, *, until: date | None = None) -> nw.LazyFrame:
    """Return rates of currency C01 to home C00 from random days."""
    random = Random(seed)
    rates = [
        {"currency": "C01", "day": _day(random), "rate_ppm": random.randint(1, 3_000_000)}
        for _ in range(6)
    ]
    unique = {rate["day"]: rate for rate in rates}
    last = day_number(until or LAST)
    return fx(*[rate for rate in unique.values() if rate["day"] <= last])


def details() -> nw.LazyFrame:
    """Return customers' details with a double, an unknown address and missing terms."""
    named = [
        {
            "customer_id": number,
            "name": ("Müller GmbH", "Mueller", "Acme")[number % 3] + str(number // 3),
            "email": "" if number == 1 else "a@example.org",
            "vat_id": "DE1" if number < 3 else "",
            "country": "DE",
            "terms_days": None if number == 2 else 30,
        }
        for number in range(1, CUSTOMERS + 1)
    ]
    return table(schema.CUSTOMER_DETAILS, named)


def _add_item(rows: Rows, random: Random, currency: str) -> None:
    item_id, issued = len(rows.items) + 1, _day(random)
    kind = random.choices(("invoice", "credit_note", "fee", "opening"), (80, 10, 5, 5))[0]
    amount = random.randint(1, 1_000_000)
    rows.items.append(
        {
            "item_id": item_id,
            "customer_id": random.randint(1, CUSTOMERS),
            "kind": kind,
            "currency": currency,
            "amount_minor": -amount if kind == "credit_note" else amount,
            "issued_day": issued,
            "due_day": issued + random.choice((0, 14, 30, 60)),
            "recorded_day": issued + random.choice((0, 0, 1, 9, -3)),
        }
    )
    if kind != "credit_note":
        random.choice(_FATES)(rows, random, rows.items[-1])
        _add_words(rows, random, rows.items[-1])


def _add_words(rows: Rows, random: Random, item: dict) -> None:
    """Perhaps promise or dispute the item."""
    if random.random() < 0.4:
        made = item["issued_day"] + random.randint(0, 60)
        due = made + random.randint(0, 30)
        rows.promises.append(
            {
                "promise_id": len(rows.promises) + 1,
                "customer_id": item["customer_id"],
                "item_id": item["item_id"],
                "currency": item["currency"],
                "amount_minor": random.randint(1, item["amount_minor"]),
                "made_day": made,
                "due_day": due,
                "withdrawn_day": made + 5 if random.random() < 0.2 else None,
                "tolerance_days": random.choice((0, 2)),
            }
        )
    if random.random() < 0.3:
        opened = item["issued_day"] + random.randint(0, 60)
        rows.disputes.append(
            {
                "dispute_id": len(rows.disputes) + 1,
                "item_id": item["item_id"],
                "customer_id": item["customer_id"],
                "amount_minor": random.randint(1, item["amount_minor"]),
                "opened_day": opened,
                "closed_day": opened + random.randint(0, 40) if random.random() < 0.7 else None,
            }
        )


def _pay(rows: Rows, item: dict, part: int, value_day: int, applied_day: int) -> int:
    payment_id = len(rows.payments) + 1
    rows.payments.append(
        {
            "payment_id": payment_id,
            "customer_id": item["customer_id"],
            "currency": item["currency"],
            "amount_minor": part + payment_id % 3,
            "value_day": value_day,
            "recorded_day": applied_day,
        }
    )
    _allocate(rows, item, part, applied_day, payment_id=payment_id, value_day=value_day)
    return payment_id


def _allocate(rows: Rows, item: dict, part: int, applied_day: int, **other: object) -> None:
    rows.allocations.append(
        {
            "item_id": item["item_id"],
            "amount_minor": part,
            "applied_day": applied_day,
            "value_day": applied_day,
            "recorded_day": applied_day,
            **other,
        }
    )


def _stay_open(rows: Rows, random: Random, item: dict) -> None:
    pass


def _paid_in_full(rows: Rows, random: Random, item: dict) -> None:
    value_day = item["issued_day"] + random.randint(-40, 90)
    _pay(rows, item, item["amount_minor"], value_day, value_day + random.randint(0, 6))


def _paid_in_parts(rows: Rows, random: Random, item: dict) -> None:
    first = random.randint(1, item["amount_minor"])
    day = item["issued_day"] + random.randint(0, 60)
    _pay(rows, item, first, day, day)
    if first < item["amount_minor"] and random.random() < 0.5:
        later = day + random.randint(0, 40)
        _pay(rows, item, item["amount_minor"] - first, later, later + 1)


def _bounced(rows: Rows, random: Random, item: dict) -> None:
    day = item["issued_day"] + random.randint(0, 60)
    payment_id = _pay(rows, item, item["amount_minor"], day, day)
    back = day + random.randint(1, 10)
    _allocate(rows, item, -item["amount_minor"], back, payment_id=payment_id)
    if random.random() < 0.5:
        _pay(rows, item, item["amount_minor"], back + 7, back + 8)


def _credited(rows: Rows, random: Random, item: dict) -> None:
    notes = [
        row
        for row in rows.items
        if row["kind"] == "credit_note" and row["currency"] == item["currency"]
    ]
    if notes:
        note = random.choice(notes)
        part = min(item["amount_minor"], 1 + abs(note["amount_minor"]) // 4)
        day = max(item["issued_day"], note["issued_day"]) + random.randint(0, 20)
        _allocate(rows, item, part, day, source="credit")
        _allocate(rows, note, -part, day, source="credit")


def _written_off(rows: Rows, random: Random, item: dict) -> None:
    day = item["issued_day"] + random.randint(30, 120)
    source = random.choice(("write_off", "adjustment", "discount", "small_balance"))
    lost = random.randint(1, item["amount_minor"])
    _allocate(rows, item, lost, day, source=source)
    if source == "write_off" and lost % 3 == 0:
        _allocate(rows, item, -(lost // 3), day + 20, source="recovery")
        _pay(rows, item, lost // 3, day + 20, day + 20)


_FATES: tuple[Callable[[Rows, Random, dict], None], ...] = (
    _stay_open,
    _paid_in_full,
    _paid_in_full,
    _paid_in_full,
    _paid_in_parts,
    _bounced,
    _credited,
    _written_off,
)


def _day(random: Random) -> int:
    return day_number(FIRST + timedelta(days=random.randint(0, SPAN)))


def _started(rows: list[dict], starts: str, ends: str, day: int) -> list[dict]:
    return [
        {**row, ends: row[ends] if row[ends] is not None and row[ends] <= day else None}
        for row in rows
        if row[starts] <= day
    ]
