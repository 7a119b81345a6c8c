"""Promises of an amount: which money keeps them, and what they cover, against plain reckoning."""

import random
from collections import defaultdict
from datetime import date, timedelta

import pytest

from dunwell.engine.collectable import collectable, promised
from dunwell.engine.items import open_items
from dunwell.engine.promises import assess_promises, covered_items
from dunwell.engine.strategy import read_strategy, steps_frame
from tests.engine.rows import allocations, answers, customers, disputes, holds, items, promises

MADE, DUE = date(2026, 3, 5), date(2026, 3, 20)
AFTER = date(2026, 4, 10)
AMOUNT = {"item_id": None, "made_day": MADE, "due_day": DUE, "tolerance_days": 2}
TWO = items({}, {})


def paid(item, on, amount, payment=1, **other):
    return {
        "item_id": item, "payment_id": payment, "amount_minor": amount, "applied_day": on, **other
    }  # fmt: skip


CASES = {
    "on two items": ([paid(1, DUE, 6_000), paid(2, DUE, 4_000, 2)], "kept", 10_000),
    "a cent short": ([paid(1, DUE, 6_000), paid(2, DUE, 3_999, 2)], "partially_kept", 9_999),
    "more than promised": ([paid(1, DUE, 9_000), paid(2, DUE, 9_000)], "kept", 10_000),
    "the day it was made": ([paid(1, MADE, 10_000)], "broken", 0),
    "the day after": ([paid(1, MADE + timedelta(1), 10_000)], "kept", 10_000),
    "on the last day": ([paid(1, date(2026, 3, 22), 10_000)], "kept", 10_000),
    "a day too late": ([paid(1, date(2026, 3, 23), 10_000)], "broken", 0),
    "on another customer's item": ([paid(3, DUE, 10_000)], "broken", 0),
    "credit pays nothing": ([paid(1, DUE, 10_000, None, source="credit")], "broken", 0),
    "returned": (
        [paid(1, DUE, 10_000), paid(1, date(2026, 4, 2), -10_000)],
        "broken",
        0,
    ),
    "moved to another item": (
        [paid(1, DUE, 10_000), paid(1, AFTER, -10_000), paid(2, AFTER, 10_000, value_day=DUE)],
        "kept",
        10_000,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_any_money_on_the_customers_items_counts(name):
    rows, outcome, paid_minor = CASES[name]
    theirs = items({}, {}, {"customer_id": 2})
    found = assess_promises(promises(AMOUNT), allocations(*rows), theirs, as_of=AFTER)

    assert answers(found, "outcome", "paid_minor") == [
        {"outcome": outcome, "paid_minor": paid_minor}
    ]


def test_money_in_another_currency_keeps_nothing():
    rows = allocations(paid(1, DUE, 10_000))
    found = assess_promises(promises(AMOUNT), rows, items({"currency": "USD"}), as_of=AFTER)

    assert answers(found, "outcome") == [{"outcome": "broken"}]


def test_what_keeps_an_items_own_promise_does_not_keep_the_amount_too():
    words = promises(AMOUNT, {**AMOUNT, "item_id": 1, "amount_minor": 6_000})
    rows = allocations(paid(1, DUE, 8_000), paid(2, DUE, 3_000))
    found = assess_promises(words, rows, TWO, as_of=AFTER)

    assert answers(found, "promise_id", "paid_minor", "outcome") == [
        {"promise_id": 1, "paid_minor": 5_000, "outcome": "partially_kept"},
        {"promise_id": 2, "paid_minor": 6_000, "outcome": "kept"},
    ]


def test_the_next_amount_takes_over_from_the_last():
    second = {**AMOUNT, "made_day": date(2026, 3, 10), "due_day": date(2026, 3, 12)}
    rows = allocations(paid(1, date(2026, 3, 9), 10_000), paid(2, date(2026, 3, 12), 4_000, 2))
    words = promises(AMOUNT, second)

    found = assess_promises(words, rows, TWO, as_of=AFTER)

    assert answers(found, "promise_id", "paid_minor", "outcome") == [
        {"promise_id": 1, "paid_minor": 10_000, "outcome": "kept"},
        {"promise_id": 2, "paid_minor": 4_000, "outcome": "partially_kept"},
    ]


def test_an_amount_whose_money_goes_back_after_the_next_was_made_is_not_open_again():
    second = {**AMOUNT, "made_day": date(2026, 3, 10), "due_day": date(2026, 3, 30)}
    rows = allocations(
        paid(1, date(2026, 3, 9), 10_000), paid(1, date(2026, 3, 12), -10_000),
        paid(2, date(2026, 3, 13), 10_000, 2),
    )  # fmt: skip
    found = assess_promises(promises(AMOUNT, second), rows, TWO, as_of=date(2026, 3, 13))

    assert answers(found, "promise_id", "outcome") == [
        {"promise_id": 1, "outcome": "broken"},
        {"promise_id": 2, "outcome": "kept"},
    ]


def covered(words, open_rows, *, paying=(), paused=False, on=date(2026, 3, 10), **beside):
    """Return what of each item is promised and may be asked for."""
    ledger_items, booked = items(*open_rows), allocations(*paying)
    strategy = {
        "name": "house",
        "valid_from": "2025-01-01",
        "segments": ["standard"],
        "pause_when": ["promise_open"] if paused else [],
        "steps": [{"level": 1, "day": 3, "channel": "email", "template": "reminder"}],
    }
    return answers(
        collectable(
            open_items(ledger_items, booked, as_of=on),
            customers({}),
            steps_frame((read_strategy(strategy),), as_of=on),
            disputes=beside.get("disputes", disputes()),
            promised=promised(words, booked, ledger_items, as_of=on),
            holds=beside.get("holds", holds()),
            as_of=on,
        ),
        "item_id",
        "promised_minor",
        "collect_minor",
    )


OLD, NEW = {"due_day": date(2026, 2, 1)}, {"due_day": date(2026, 3, 1)}


def test_an_amount_covers_the_oldest_items_once():
    words = promises({**AMOUNT, "amount_minor": 15_000})

    assert covered(words, [NEW, OLD, {**NEW, "due_day": date(2026, 3, 9)}]) == [
        {"item_id": 1, "promised_minor": 5_000, "collect_minor": 5_000},
        {"item_id": 2, "promised_minor": 10_000, "collect_minor": 0},
        {"item_id": 3, "promised_minor": 0, "collect_minor": 10_000},
    ]


def test_what_is_paid_of_an_amount_is_not_covered_again():
    words = promises({**AMOUNT, "amount_minor": 15_000})
    paying = [paid(2, date(2026, 3, 8), 10_000)]

    assert covered(words, [NEW, OLD], paying=paying) == [
        {"item_id": 1, "promised_minor": 5_000, "collect_minor": 5_000}
    ]


def test_disputed_held_and_promised_items_are_passed_over():
    words = promises({**AMOUNT, "amount_minor": 8_000}, {**AMOUNT, "item_id": 3})
    found = covered(
        words,
        [OLD, OLD, OLD, NEW],
        disputes=disputes({"item_id": 1}),
        holds=holds({"item_id": 2, "reason": "plan"}),
    )

    assert found == [
        {"item_id": 1, "promised_minor": 0, "collect_minor": 0},
        {"item_id": 2, "promised_minor": 0, "collect_minor": 0},
        {"item_id": 3, "promised_minor": 10_000, "collect_minor": 0},
        {"item_id": 4, "promised_minor": 8_000, "collect_minor": 2_000},
    ]


def test_an_item_covered_in_part_is_paused_where_the_strategy_says_so():
    words = promises({**AMOUNT, "amount_minor": 4_000})

    assert covered(words, [OLD, NEW], paused=True) == [
        {"item_id": 1, "promised_minor": 10_000, "collect_minor": 0},
        {"item_id": 2, "promised_minor": 0, "collect_minor": 10_000},
    ]


def test_item_by_item_an_amount_stands_on_what_was_oldest_when_it_was_made():
    words = promises({**AMOUNT, "amount_minor": 12_000}, {**AMOUNT, "item_id": 3})
    rows = [NEW, OLD, OLD, {**OLD, "issued_day": date(2026, 3, 6)}]
    before = allocations(paid(2, MADE, 3_000), paid(2, AFTER, 7_000, 2))
    found = covered_items(words, before, items(*rows), as_of=AFTER)

    assert answers(found, "promise_id", "item_id", "amount_minor") == [
        {"promise_id": 1, "item_id": 2, "amount_minor": 7_000},
        {"promise_id": 1, "item_id": 3, "amount_minor": 5_000},
        {"promise_id": 2, "item_id": 3, "amount_minor": 10_000},
    ]


class Book:
    """A random ledger of one customer, and the plain reckoning beside the frames."""

    def __init__(self, seed):
        chance = random.Random(seed)
        self.items = [
            {"item_id": n, "currency": chance.choice(["EUR", "EUR", "USD"]),
             "amount_minor": chance.randint(1, 9) * 1_000,
             "issued_day": MADE - timedelta(chance.randint(20, 60)),
             "due_day": MADE - timedelta(chance.randint(-9, 9))}
            for n in range(1, 7)
        ]  # fmt: skip
        self.paid = []
        for payment in range(1, 13):
            item, on = chance.randint(1, 6), MADE + timedelta(chance.randint(-3, 40))
            amount = chance.randint(1, 4) * 500
            value = on - timedelta(chance.randint(0, 3))
            self.paid.append(paid(item, on, amount, payment, value_day=value))
            if chance.random() < 0.3:
                back = on + timedelta(chance.randint(0, 9))
                self.paid.append(paid(item, back, -amount, payment, value_day=back))
        self.words = []
        day = MADE
        for key in range(1, 9):
            due = day + timedelta(chance.randint(0, 12))
            is_amount = chance.random() < 0.6
            self.words.append(
                {"promise_id": key, "item_id": None if is_amount else chance.randint(1, 6),
                 "amount_minor": chance.randint(1, 8) * 700, "made_day": day, "due_day": due,
                 "tolerance_days": chance.randint(0, 3), "currency": "EUR",
                 "withdrawn_day": due if chance.random() < 0.2 else None}
            )  # fmt: skip
            if not is_amount:
                item = self.items[self.words[-1]["item_id"] - 1]
                self.words[-1]["currency"] = item["currency"]
            day += timedelta(chance.randint(0, 6))

    def money(self, on):
        """Return what of each payment lies on its item: (item, payment, value day), amount."""
        found = {}
        for row in self.paid:
            if row["applied_day"] <= on:
                key = (row["item_id"], row["payment_id"])
                day, amount = found.get(key, (row["value_day"], 0))
                found[key] = (min(day, row["value_day"]), amount + row["amount_minor"])
        return sorted((day, payment, item, left) for (item, payment), (day, left) in found.items())

    def judged(self, on):
        """Return paid and outcome of each promise made by a day, one money after the other."""
        made = [word for word in self.words if word["made_day"] <= on]
        money = self.money(on)
        spare = {(item, payment): left for _, payment, item, left in money}
        paid_of = self.named(made, money, spare, on)
        for word in made:
            if word["item_id"] is not None:
                continue
            last, gone = self.last(word, made, on)
            for day, payment, item, _ in money:
                is_in_time = word["made_day"] < day <= min(last, gone or last)
                if is_in_time and self.items[item - 1]["currency"] == "EUR":
                    most = word["amount_minor"] - paid_of[word["promise_id"]]
                    counted = min(most, spare[item, payment])
                    spare[item, payment] -= counted
                    paid_of[word["promise_id"]] += counted
        return {
            word["promise_id"]: (
                paid_of[word["promise_id"]],
                self.outcome(word, paid_of[word["promise_id"]], *self.last(word, made, on), on),
            )
            for word in made
        }

    @staticmethod
    def named(made, money, spare, on):
        """Return what pays the items' own promises; take it from what is to spare."""
        paid_of = dict.fromkeys((word["promise_id"] for word in made), 0)
        taken = dict.fromkeys(spare, 0)
        for word in made:
            last, gone = Book.last(word, made, on)
            for day, payment, item, left in money:
                if item == word["item_id"] and word["made_day"] <= day <= min(last, gone or last):
                    counted = min(word["amount_minor"] - paid_of[word["promise_id"]], left)
                    paid_of[word["promise_id"]] += counted
                    taken[item, payment] += 0 if gone else counted
        for key, amount in taken.items():
            spare[key] -= min(amount, spare[key])
        return paid_of

    @staticmethod
    def last(word, made, on):
        """Return the last day on which money keeps a promise, and when it was withdrawn."""
        gone = word["withdrawn_day"]
        newer = [
            other["made_day"]
            for other in made
            if word["item_id"] is None is other["item_id"]
            and other["promise_id"] > word["promise_id"]
        ]
        last = word["due_day"] + timedelta(word["tolerance_days"])
        return min([last, *newer[:1]]), gone if gone is not None and gone <= on else None

    @staticmethod
    def outcome(word, came, last, gone, on):
        if came >= word["amount_minor"]:
            return "kept"
        if gone is not None and gone <= last:
            return "withdrawn"
        if last >= on:
            return "open"
        return "partially_kept" if came else "broken"

    def owed(self, on):
        """Return what is left of each item by due day, and by item key."""
        left = {item["item_id"]: item["amount_minor"] for item in self.items}
        for row in self.paid:
            if row["applied_day"] <= on:
                left[row["item_id"]] -= row["amount_minor"]
        return left


def plainly_covered(book, judged, on):
    """Return what of each item open promises cover: its own first, then the amount on the oldest."""
    left, expected = book.owed(on), defaultdict(int)
    standing = [
        word for word in book.words if judged.get(word["promise_id"], (0, ""))[1] == "open"
    ]
    for word in standing:
        if word["item_id"] is not None:
            expected[word["item_id"]] += word["amount_minor"]
    for key in list(expected):
        expected[key] = min(max(left[key], 0), expected[key])
    for word in standing:
        if word["item_id"] is None:
            rest = word["amount_minor"] - judged[word["promise_id"]][0]
            for item in sorted(book.items, key=lambda row: (row["due_day"], row["item_id"])):
                key = item["item_id"]
                if item["currency"] == "EUR":
                    part = max(min(rest, left[key] - expected[key]), 0)
                    expected[key] += part
                    rest -= part
    return {key: expected[key] for key, amount in left.items() if amount}


@pytest.mark.dealt(one_in=3)
@pytest.mark.parametrize("seed", range(40))
def test_judged_and_covered_as_plain_reckoning_says(seed):
    book = Book(seed)
    words, booked, theirs = promises(*book.words), allocations(*book.paid), items(*book.items)
    for on in (MADE + timedelta(n) for n in (3, 11, 24)):
        found = answers(assess_promises(words, booked, theirs, as_of=on))
        judged = book.judged(on)
        shown = covered(words, book.items, paying=book.paid, on=on)
        left = book.owed(on)

        assert {row["promise_id"]: (row["paid_minor"], row["outcome"]) for row in found} == judged
        assert {row["item_id"]: row["promised_minor"] for row in shown} == plainly_covered(
            book, judged, on
        )
        assert all(
            row["collect_minor"] == max(left[row["item_id"]], 0) - row["promised_minor"]
            for row in shown
        )
