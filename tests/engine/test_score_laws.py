"""Laws of the score and the warnings, on random ledgers with random contacts and replies."""

from copy import deepcopy
from datetime import timedelta
from functools import lru_cache
from random import Random

import narwhals.stable.v2 as nw
import pytest

from dunwell.engine import (
    change_points,
    contact_answers,
    early_warnings,
    open_levels,
    pattern_facts,
    score_facts,
    score_moves,
    scoring,
    sign_bursts,
)
from dunwell.engine.calendars import day_number
from dunwell.engine.schema import CONTACTS
from tests.engine.ledgers import CUSTOMERS, FIRST, SPAN, Rows, random_rows
from tests.engine.rows import answers, contacts, table

pytestmark = pytest.mark.dealt(one_in=10, of="long files", whole=True)

AS_OF = FIRST + timedelta(days=SPAN - 60)
DAY = day_number(AS_OF)
SEEDS = range(2)


class Told:
    """A random ledger with what was said: contacts about its items and replies."""

    def __init__(self, seed: int, *, items_each: int = 150) -> None:
        random = Random(seed)
        self.rows = random_rows(seed, items_each=items_each)
        self.contacts = [
            {
                "customer_id": item["customer_id"],
                "item_id": item["item_id"],
                "contacted_day": item["due_day"] + random.randint(1, 40),
            }
            for item in self.rows.items
            if random.random() < 0.5
        ]
        self.replies = [
            {
                "customer_id": random.randint(1, CUSTOMERS),
                "replied_day": day_number(FIRST) + random.randint(0, SPAN),
            }
            for _ in range(20)
        ]
        self.rows.payments.extend(
            {
                "payment_id": 10_000 + n,
                "customer_id": random.randint(1, CUSTOMERS),
                "currency": "C00",
                "amount_minor": -500,
                "value_day": day_number(FIRST) + random.randint(0, SPAN),
                "recorded_day": day_number(FIRST) + SPAN,
            }
            for n in range(12)
        )

    def changed(self, **parts: object) -> "Told":
        other = deepcopy(self)
        for name, value in parts.items():
            setattr(other, name, value)
        return other

    def cut(self) -> "Told":
        return self.changed(
            rows=self.rows.cut(AS_OF),
            contacts=[row for row in self.contacts if row["contacted_day"] <= DAY],
            replies=[row for row in self.replies if row["replied_day"] <= DAY],
        )

    def shuffled(self, random: Random) -> "Told":
        return self.changed(
            rows=self.rows.shuffled(random),
            contacts=random.sample(self.contacts, len(self.contacts)),
            replies=random.sample(self.replies, len(self.replies)),
        )

    def words(self) -> dict[str, nw.LazyFrame]:
        return {
            "contacts": contacts(*self.contacts),
            "replies": table(contact_answers.REPLIES, self.replies),
        }

    def scores(self) -> dict[int, int]:
        found = scoring.behaviour_scores(self.rows.ledger(), as_of=AS_OF, **self.words())
        return {row["customer_id"]: row["score"] for row in answers(found)}


def asked(told: Told) -> dict[str, nw.LazyFrame]:
    """Every public function that takes a ledger, asked once."""
    ledger, words = told.rows.ledger(), told.words()
    known = ledger.items.filter(nw.col("issued_day") <= DAY).select("customer_id").unique()
    scores = scoring.behaviour_scores(ledger, as_of=AS_OF, **words).collect().lazy()
    earlier = AS_OF - timedelta(days=90)
    before = scoring.behaviour_scores(ledger, as_of=earlier, **words).collect().lazy()
    moved = score_moves.migrations(scores, before)
    warned = early_warnings.early_warnings(ledger, as_of=AS_OF, **words).collect().lazy()
    return {
        "CONTACT_ANSWERS": contact_answers.contact_answers(
            ledger, **words, calendar=None, days=365, as_of=AS_OF
        ),
        "SCORE_FACTS": score_facts.score_facts(ledger, as_of=AS_OF, **words),
        "JUDGED_ITEMS": score_facts.judged_items(ledger, days=365, as_of=AS_OF),
        "PATTERN_FACTS": pattern_facts.pattern_facts(ledger, known, days=365, as_of=AS_OF),
        "BEHAVIOUR_SCORES": scores,
        "SCORE_REASONS": scoring.score_reasons(scores),
        "MIGRATIONS": moved,
        "MOVEMENT_MATRIX": score_moves.movement_matrix(moved),
        "STABILITY": score_moves.stability_index(scores, before),
        "WEEKS_LATE": change_points.weeks_late(ledger, as_of=AS_OF),
        "CHANGE_POINTS": change_points.change_points(ledger, as_of=AS_OF),
        "OPEN_LEVELS": open_levels.open_levels(ledger, as_of=AS_OF),
        "SIGN_BURSTS": sign_bursts.sign_bursts(
            ledger,
            words["contacts"].filter(nw.col("contacted_day") <= DAY),
            calendar=None,
            as_of=AS_OF,
        ),
        "EARLY_WARNINGS": warned,
        "STANCES": early_warnings.stances(warned),
    }


MODULES = (
    *(change_points, contact_answers, early_warnings, open_levels, pattern_facts),
    *(score_facts, score_moves, scoring, sign_bursts),
)
NAMES = (
    *("CONTACT_ANSWERS", "SCORE_FACTS", "JUDGED_ITEMS", "PATTERN_FACTS", "BEHAVIOUR_SCORES"),
    *("SCORE_REASONS", "MIGRATIONS", "MOVEMENT_MATRIX", "STABILITY", "WEEKS_LATE"),
    *("CHANGE_POINTS", "OPEN_LEVELS", "SIGN_BURSTS", "EARLY_WARNINGS", "STANCES"),
)
DECLARED = {
    name: frame for module in MODULES for name, frame in vars(module).items() if name in NAMES
}


@lru_cache
def whole(seed: int) -> tuple[Told, dict[str, list]]:
    told = Told(seed)
    return told, {name: answers(frame) for name, frame in asked(told).items()}


def test_every_question_has_an_answer_in_the_random_ledgers():
    empty = {name for name in DECLARED if not any(whole(seed)[1][name] for seed in SEEDS)}

    # 25 weeks of history are more than these ledgers have; test_change_points tells stories
    assert empty <= {"CHANGE_POINTS"}


@pytest.mark.parametrize("seed", SEEDS)
def test_no_peeking(seed):
    told, answered = whole(seed)

    assert {name: answers(frame) for name, frame in asked(told.cut()).items()} == answered


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_rows_never_matters(seed):
    told, answered = whole(seed)
    again = asked(told.shuffled(Random(seed)))

    assert {name: answers(frame) for name, frame in again.items()} == answered


def test_a_currency_in_smaller_units_changes_nothing():
    told, answered = whole(0)
    rows = deepcopy(told.rows)
    kept = {row["item_id"]: row["currency"] for row in rows.items}
    named = [*rows.items, *rows.payments, *rows.promises]
    for row in [row for row in named if row["currency"] == "C01"]:
        row["amount_minor"] *= 100
    for row in [r for r in [*rows.allocations, *rows.disputes] if kept[r["item_id"]] == "C01"]:
        row["amount_minor"] *= 100
    scaled = asked(told.changed(rows=rows))

    for name in ("BEHAVIOUR_SCORES", "OPEN_LEVELS", "CHANGE_POINTS"):
        assert answers(scaled[name]) == answered[name]


def test_every_answer_has_the_columns_it_declares():
    frames = asked(whole(0)[0])

    assert set(frames) == set(NAMES)
    assert {name: dict(frame.collect_schema()) for name, frame in frames.items()} == {
        name: {column: kind.dtype for column, kind in DECLARED[name].items()} for name in frames
    }
    for name, frame in DECLARED.items():
        filled = [column for column, kind in frame.items() if not kind.nullable]
        rows = [row for seed in SEEDS for row in whole(seed)[1][name]]
        assert [row for row in rows if None in [row[column] for column in filled]] == [], name


def test_an_empty_ledger_is_no_error():
    nothing = Told(0, items_each=0).changed(rows=Rows())

    answered = {name: answers(frame) for name, frame in asked(nothing).items()}
    assert {name for name, rows in answered.items() if rows} <= {"CONTACT_ANSWERS"}


def test_the_points_add_up_to_the_score():
    for seed in SEEDS:
        answered = whole(seed)[1]
        points: dict[int, int] = {}
        for row in answered["SCORE_REASONS"]:
            points[row["customer_id"]] = points.get(row["customer_id"], 0) + row["points"]
        for row in answered["BEHAVIOUR_SCORES"]:
            groups = [row[f"{group}_points"] for group in score_facts.GROUPS]
            assert row["score"] == row["base"] + sum(groups)
            assert row["score"] == row["base"] + points.get(row["customer_id"], 0)
            assert 0 <= row["score"] <= 100


KEYS = ("item_id", "payment_id", "promise_id", "dispute_id")
WORLDS, VARIANTS = 12, 120


@lru_cache
def world(seed: int) -> Told:
    """Return a small ledger in which money is booked on the day it comes."""
    told = Told(seed, items_each=40)
    for row in told.rows.allocations:
        row["applied_day"] = row["value_day"]
    return told


def side_by_side(worlds: list[Told]) -> Told:
    """Many ledgers as one: a score rests on its own customer's rows alone."""
    merged = deepcopy(worlds[0]).changed(rows=Rows(), contacts=[], replies=[])
    for number, told in enumerate(worlds):
        for part in (*vars(told.rows), "contacts", "replies"):
            rows = getattr(told.rows, part, None) or getattr(told, part, [])
            target = getattr(merged.rows, part, None)
            (getattr(merged, part) if target is None else target).extend(
                {name: _moved(name, value, number) for name, value in row.items()} for row in rows
            )
    return merged


def _moved(name: str, value: object, number: int) -> object:
    """Return a key out of the way of the other ledgers' keys."""
    if isinstance(value, int) and name in KEYS:
        return value + number * 100_000
    return value + number * 100 if name == "customer_id" and isinstance(value, int) else value


def moves(changed: list[Told]) -> list[int]:
    """Return by how much each score moves that moves, from world n % WORLDS to variant n."""
    before = side_by_side([world(n % WORLDS) for n in range(len(changed))]).scores()
    after = side_by_side(changed).scores()
    return [after[customer] - before[customer] for customer in before]


def paid_at_once(told: Told) -> list[dict]:
    """Allocations that alone settle their item, made after any promise of it."""
    amounts = {row["item_id"]: row["amount_minor"] for row in told.rows.items}
    on_item: dict[int, list[dict]] = {}
    for row in told.rows.allocations:
        on_item.setdefault(row["item_id"], []).append(row)
    made: dict[int, int] = {}
    for row in told.rows.promises:
        made[row["item_id"]] = max(made.get(row["item_id"], 0), row["made_day"])
    return [
        rows[0]
        for item, rows in on_item.items()
        if len(rows) == 1
        and rows[0].get("payment_id")
        and rows[0]["amount_minor"] == amounts[item]
        and rows[0]["value_day"] >= made.get(item, 0)
    ]


def paid_later(told: Told, random: Random) -> Told:
    later = deepcopy(told)
    allocation, delay = random.choice(paid_at_once(later)), random.randint(1, 200)
    paid = [p for p in later.rows.payments if p["payment_id"] == allocation["payment_id"]]
    for row in (allocation, *paid):
        for column in {"value_day", "applied_day", "recorded_day"} & set(row):
            row[column] += delay
    return later


def test_paying_later_never_raises_a_score():
    moved = moves([paid_later(world(n % WORLDS), Random(n)) for n in range(VARIANTS)])

    assert max(moved) == 0
    assert sum(move < 0 for move in moved) > VARIANTS // 5


def with_promise(told: Told, random: Random, *, is_kept: bool) -> Told:
    """One more promise, judged by now, about an item settled at once."""
    other = deepcopy(told)
    found = [row for row in paid_at_once(other) if row["applied_day"] < DAY - 10]
    paid = random.choice(found)
    item = next(i for i in other.rows.items if i["item_id"] == paid["item_id"])
    shift = -5 if is_kept else 1
    other.rows.promises.append(
        {
            "promise_id": 9_999,
            "customer_id": item["customer_id"],
            "item_id": item["item_id"],
            "currency": item["currency"],
            "amount_minor": paid["amount_minor"],
            "made_day": paid["value_day"] + shift,
            "due_day": paid["value_day"] + shift + 6,
            "withdrawn_day": None,
            "tolerance_days": 0,
        }
    )
    return other


@pytest.mark.parametrize(("is_kept", "sign"), [(True, 1), (False, -1)])
def test_a_kept_promise_never_lowers_a_score_and_a_broken_one_never_raises_it(is_kept, sign):
    told = [with_promise(world(n % WORLDS), Random(n), is_kept=is_kept) for n in range(VARIANTS)]
    moved = [sign * move for move in moves(told)]

    assert min(moved) == 0
    assert sum(move > 0 for move in moved) > VARIANTS // 5


def test_a_reply_never_lowers_a_score():
    replied = []
    for n in range(VARIANTS):
        random, told = Random(n), world(n % WORLDS)
        reply = {
            "customer_id": random.randint(1, CUSTOMERS),
            "replied_day": DAY - random.randint(0, 300),
        }
        replied.append(told.changed(replies=[*told.replies, reply]))
    moved = moves(replied)

    assert min(moved) == 0
    assert max(moved) > 0


def test_contacts_left_out_are_the_same_as_none():
    ledger = whole(0)[0].rows.ledger()
    without = scoring.behaviour_scores(ledger, as_of=AS_OF)
    none = scoring.behaviour_scores(
        ledger, as_of=AS_OF, contacts=contacts(), replies=table(contact_answers.REPLIES, [])
    )

    assert dict(contact_answers.no_contacts(ledger).collect_schema()) == {
        name: column.dtype for name, column in CONTACTS.items()
    }
    assert answers(without) == answers(none)
    assert {row["answer_days"] for row in answers(without)} == {None}
