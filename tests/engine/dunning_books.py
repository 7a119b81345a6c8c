"""Random books of a desk, lived through day by day, and an independent reckoning of what must hold."""

import random
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.strategy import read_strategy
from dunwell.engine.strategy_branches import SIGNALS
from tests.engine import rows
from tests.engine.chase_rows import LADDER, Desk, dicts, propose, shuffled

FIRST = date(2026, 3, 2)
GAP = LADDER["min_days_between"]
STEP_DAY = {step["level"]: step["day"] for step in LADDER["steps"]}
GRACE = 2


@dataclass
class Book:
    """Plain rows, so that the reckoning needs nothing of what it checks."""

    items: list[dict]
    allocations: list[dict]
    disputes: list[dict]
    promises: list[dict]
    holds: list[dict]
    customers: list[dict]
    signals: list[dict] = field(default_factory=list)


def written(seed: int, *, customers: int) -> Book:
    """Return a book in which everything that stops a contact happens often."""
    chance = random.Random(seed)
    first = day_number(FIRST)
    book = Book([], [], [], [], [], [])
    for customer in range(1, customers + 1):
        people = {
            "customer_id": customer,
            "has_email": chance.random() < 0.95,
            "has_address": chance.random() < 0.5,
            "is_bounced": chance.random() < 0.05,
            "is_opted_out": chance.random() < 0.05,
        }
        book.customers.append(people)
        if chance.random() < 0.1:
            start = first + chance.randrange(-10, 40)
            book.holds.append(hold(customer, None, start, start + chance.randrange(0, 30)))
        for _ in range(chance.randrange(1, 5)):
            item(book, chance, customer, first)
    return book


def item(book, chance, customer, first):
    number = len(book.items) + 1
    due = first + chance.randrange(-60, 45)
    amount = chance.randrange(1_000, 50_000) * (-1 if chance.random() < 0.08 else 1)
    row = {
        "item_id": number,
        "customer_id": customer,
        "currency": chance.choice(["EUR", "EUR", "USD"]),
        "kind": "invoice" if amount > 0 else "credit_note",
        "amount_minor": amount,
        "issued_day": due - 30,
        "due_day": due,
    }
    book.items.append(row)
    if amount < 0:
        return
    share = chance.choice([0, 0, 0.4, 1, 1])
    if share:
        paid = max(row["issued_day"], first) + chance.randrange(0, 60)
        part = int(amount * share)
        book.allocations.append(allocation(number, part, paid))
        if chance.random() < 0.1:
            book.allocations.append(allocation(number, -part, paid + chance.randrange(1, 9)))
    if chance.random() < 0.15:
        start = first + chance.randrange(-20, 40)
        book.disputes.append(
            {
                "item_id": number,
                "customer_id": customer,
                "amount_minor": chance.choice([amount, amount // 3 + 1]),
                "opened_day": start,
                "closed_day": chance.choice([None, start + chance.randrange(0, 20)]),
            }
        )
    if chance.random() < 0.15:
        made = first + chance.randrange(-10, 40)
        book.promises.append(
            {
                "item_id": number,
                "customer_id": customer,
                "currency": row["currency"],
                "amount_minor": amount,
                "made_day": made,
                "due_day": made + chance.randrange(0, 15),
                "tolerance_days": chance.randrange(0, 3),
            }
        )
    if chance.random() < 0.05:
        start = first + chance.randrange(-10, 40)
        book.holds.append(hold(customer, number, start, start + chance.randrange(0, 20)))


def allocation(item_id, amount, day):
    return {"item_id": item_id, "payment_id": item_id, "amount_minor": amount, "applied_day": day}


def hold(customer, item_id, start, end):
    return {"customer_id": customer, "item_id": item_id, "from_day": start, "until_day": end}


def told(book: Book, seed: int) -> Book:
    """Return the book with signals of every kind, many of them about items."""
    chance = random.Random(seed)
    first = day_number(FIRST)
    return replace(
        book,
        signals=[
            {
                "customer_id": row["customer_id"],
                "item_id": chance.choice([None, row["item_id"]]),
                "signal": chance.choice(list(SIGNALS)),
                "signal_day": first + chance.randrange(-10, 40),
            }
            for row in book.items
            for _ in range(chance.randrange(0, 4))
        ],
    )


def desk_of(book: Book, ladder: dict = LADDER) -> Desk:
    return Desk(
        items=rows.items(*book.items),
        allocations=rows.allocations(*book.allocations),
        disputes=rows.disputes(*book.disputes),
        promises=rows.promises(*book.promises),
        holds=rows.holds(*book.holds),
        customers=rows.customers(*book.customers),
        rates=rows.fx({"day": FIRST - timedelta(400)}),
        strategies=(read_strategy({**ladder, "grace_days": GRACE}),),
        signals=rows.signals(*book.signals),
    )


BRANCHED = {
    **LADDER,
    "steps": [
        LADDER["steps"][0],
        {**LADDER["steps"][1], "branches": [{"unless": ["viewed"], "delay": -1}]},
        {
            **LADDER["steps"][2],
            "counted": "business",
            "branches": [
                {"when": ["replied", "promised"], "delay": 4},
                {"when": ["viewed"], "days_after": 1, "template": "urgent_reminder"},
            ],
        },
        {
            **LADDER["steps"][3],
            "branches": [{"when": ["promise_broken", "bounced"], "days_after": 0}],
        },
    ],
}
"""The same ladder with branches that bring steps forward and put them off."""


def lived(desk: Desk, *, days: int, mixed: bool = False) -> list[tuple[int, int, int, int]]:
    """Return the contacts of so many days, each day seeing those before it.

    One row per item whose level was recorded: (day, customer, item, level).
    """
    record: list[tuple[int, int, int, int]] = []
    for n in range(days):
        day = FIRST + timedelta(n)
        contacts = rows.contacts(
            *(
                {"customer_id": c, "item_id": i, "level": level, "contacted_day": on}
                for on, c, i, level in record
            )
        )
        today = replace(desk, contacts=contacts)
        if mixed:
            today = Desk(
                **{
                    name: shuffled(getattr(today, name), n)
                    for name in ("items", "allocations", "disputes", "promises", "holds")
                },
                customers=shuffled(today.customers, n),
                contacts=shuffled(contacts, n),
                rates=desk.rates,
                strategies=desk.strategies,
            )
        record += recorded(propose(today, day, is_business=day.weekday() < 5), day)
    return record


def recorded(made, day):
    clear = {r["customer_id"] for r in dicts(made.decisions) if r["decision"] == "clear"}
    listed = dicts(made.contact_items.filter(~nw.col("step_level").is_null()))
    return sorted(
        (day_number(day), row["customer_id"], row["item_id"], row["step_level"])
        for row in listed
        if row["customer_id"] in clear
    )


class Reckoning:
    """What must hold, from the plain rows alone."""

    def __init__(self, book: Book) -> None:
        self.items = {row["item_id"]: row for row in book.items}
        self.people = {row["customer_id"]: row for row in book.customers}
        self.of_item = {
            name: group(getattr(book, name), "item_id")
            for name in ("allocations", "disputes", "promises", "holds")
        }
        self.held_people = group([h for h in book.holds if h["item_id"] is None], "customer_id")
        self.by_customer = group(book.items, "customer_id")

    def open_minor(self, number, day):
        item = self.items[number]
        if item["issued_day"] > day:
            return 0
        paid = [a for a in self.of_item["allocations"][number] if a["applied_day"] <= day]
        return item["amount_minor"] - sum(a["amount_minor"] for a in paid)

    def left(self, number, day):
        """Return what of a debit item may be asked for."""
        disputed = sum(
            d["amount_minor"]
            for d in self.of_item["disputes"][number]
            if d["opened_day"] <= day and (d["closed_day"] is None or d["closed_day"] > day)
        )
        rest = self.open_minor(number, day) - disputed
        is_promised = any(
            p["made_day"] <= day <= p["due_day"] + p["tolerance_days"] and not self.kept(p, day)
            for p in self.of_item["promises"][number]
        )
        holds = [
            *self.of_item["holds"][number],
            *self.held_people[self.items[number]["customer_id"]],
        ]
        is_held = any(h["from_day"] <= day <= h["until_day"] for h in holds)
        return 0 if is_promised or is_held else max(0, rest)

    def kept(self, promise, day):
        received = [
            a for a in self.of_item["allocations"][promise["item_id"]] if a["applied_day"] <= day
        ]
        money = sum(a["amount_minor"] for a in received)
        first = min((a["applied_day"] for a in received), default=0)
        in_time = promise["made_day"] <= first <= promise["due_day"] + promise["tolerance_days"]
        return in_time and money >= promise["amount_minor"]

    def net(self, customer, currency, day):
        """Return what is overdue and may be asked for in a currency, less open credits."""
        total = 0
        for item in self.by_customer[customer]:
            if item["currency"] != currency:
                continue
            if item["amount_minor"] < 0:
                total += self.open_minor(item["item_id"], day)
            elif day - item["due_day"] > GRACE:
                total += self.left(item["item_id"], day)
        return total


def group(records, key):
    found = defaultdict(list)
    for row in records:
        found[row[key]].append(row)
    return found


def faults(book: Book, record: list[tuple[int, int, int, int]]) -> list[str]:
    """Return every contact that should not have happened, in words."""
    reckoning = Reckoning(book)
    found: list[str] = []
    last_level: dict[int, int] = {}
    days_of = defaultdict(set)
    for day, customer, number, level in record:
        item, person = reckoning.items[number], reckoning.people[customer]
        past_due = day - item["due_day"]
        before = last_level.get(number)
        last_level[number] = level
        days_of[customer].add(day)
        allowed = {0, 1} if before is None else {before + 1}
        checks = {
            "skips or repeats a level": level not in allowed,
            "comes before its day": past_due < STEP_DAY[level],
            "sends a courtesy note late": level == 0 and past_due >= 0,
            "asks for nothing": reckoning.left(number, day) <= 0,
            "asks for what credit covers": level > 0
            and reckoning.net(customer, item["currency"], day) <= 0,
            "writes who opted out": person["is_opted_out"],
            "counts a closed day": (day + 3) % 7 >= 5,
            "cannot arrive": level < 3 and (not person["has_email"] or person["is_bounced"]),
            "has no address": level == 3 and not person["has_address"],
        }
        # A lower step may travel with a letter that leads; then the letter must arrive.
        levels = (
            [r[3] for r in record if r[0] == day and r[1] == customer]
            if any((checks["cannot arrive"], checks["has no address"]))
            else []
        )
        if levels:
            checks["cannot arrive"] = max(levels) < 3 and checks["cannot arrive"]
            checks["has no address"] = max(levels) == 3 and not person["has_address"]
        found += [f"item {number} on {day}: {what}" for what, is_so in checks.items() if is_so]
    for customer, days in days_of.items():
        ordered = sorted(days)
        found += [
            f"customer {customer}: {later - earlier} days between contacts"
            for earlier, later in pairwise(ordered)
            if later - earlier < GAP
        ]
    return found
