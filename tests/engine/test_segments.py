"""Each customer is in exactly one segment, overlaps are told, and movements add up."""

from datetime import date, timedelta
from importlib.resources import files
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine import segments
from dunwell.engine.calendars import day_number
from dunwell.engine.segments import (
    claims,
    losing_claims,
    memberships,
    movement,
    movement_matrix,
)
from dunwell.engine.segments_cases import play_segment_cases
from dunwell.engine.segments_facts import (
    BILLED,
    DISPUTED,
    JUDGED_PROMISES,
    OWED,
    OWED_SUMS,
    PROFILES,
    customer_facts,
    owed_at_home,
    owed_sums,
)
from dunwell.engine.segments_policy import SegmentsPolicyError, read_segments_policy
from dunwell.engine.segments_rules import (
    CUSTOMER_FACTS,
    POOL_FACTS,
    WORD,
    read_conditions,
    stated_conditions,
)
from dunwell.formats.policies import read_policy
from tests.engine.rows import fx, table

STANDARD = files("dunwell").joinpath("policies", "segments_standard.yaml")
DAY = date(2026, 3, 5)
DOCUMENT = {
    "segments": {
        "name": "ours",
        "valid_from": "2026-01-01",
        "otherwise": "rest",
        "segments": [
            {
                "name": "strategic",
                "rules": [
                    {"name": "large and good", "billed_minor": {"from": 1000}, "band": ["A", "B"]},
                    {"name": "public bodies", "party": ["public"], "country": {"not": ["US"]}},
                ],
            },
            {"name": "late", "rules": [{"name": "a month late", "oldest_days": {"from": 30}}]},
            {"name": "tiny", "rules": [{"name": "owes little", "owed_minor": {"to": 10}}]},
        ],
    }
}
POLICY = read_segments_policy(DOCUMENT)
BLANK = {name: "" if fact.unit == WORD else None for name, fact in POOL_FACTS.items()}


def facts(*rows):
    return table(
        CUSTOMER_FACTS, [{"customer_id": n, **BLANK, **row} for n, row in enumerate(rows, 1)]
    )


def hands(**by_key):
    rows = [{"customer_id": int(k[1:]), "hand_segment": v} for k, v in by_key.items()]
    return table(segments.BY_HAND, rows)


def rows(frame):
    return sorted(frame.collect("polars").rows())


def assigned(frame, by_hand, policy=POLICY):
    found = claims(frame, policy)
    members = memberships(frame, found, by_hand, otherwise=policy.otherwise)
    return rows(members), rows(losing_claims(found, members))


def test_the_first_segment_with_a_rule_that_holds_wins_and_the_others_are_told():
    frame = facts(
        {"billed_minor": 1000, "band": "A", "oldest_days": 30, "owed_minor": 5},
        {"party": "public", "country": "DE", "oldest_days": 29},
        {"party": "public", "country": "US", "oldest_days": 31},
        {"owed_minor": 10, "oldest_days": 30},
        {"owed_minor": 11},
        {"billed_minor": 999, "band": "A"},
    )
    assert assigned(frame, hands()) == (
        [
            (1, "strategic", "large and good", False),
            (2, "strategic", "public bodies", False),
            (3, "late", "a month late", False),
            (4, "late", "a month late", False),
            (5, "rest", "", False),
            (6, "rest", "", False),
        ],
        [
            (1, 2, "late", "a month late"),
            (1, 3, "tiny", "owes little"),
            (4, 3, "tiny", "owes little"),
        ],
    )


def test_a_segment_by_hand_wins_over_every_rule_and_tells_all_of_them():
    frame = facts({"billed_minor": 1000, "band": "A", "oldest_days": 30}, {})
    assert assigned(frame, hands(k1="late", k2="strategic")) == (
        [(1, "late", "", True), (2, "strategic", "", True)],
        [(1, 1, "strategic", "large and good"), (1, 2, "late", "a month late")],
    )


def test_what_is_not_known_meets_no_condition_not_even_an_exclusion():
    frame = facts({"party": "public"}, {"party": "public", "country": "FR"}, {"band": "A"})
    assert [row[1] for row in assigned(frame, hands())[0]] == ["rest", "strategic", "rest"]


def random_facts(random, customers):
    return [
        {
            "billed_minor": random.choice([None, 0, 999, 1000]),
            "band": random.choice(["", "A", "C"]),
            "party": random.choice(["", "public"]),
            "country": random.choice(["", "US", "DE"]),
            "oldest_days": random.choice([None, 0, 30, 90]),
            "owed_minor": random.choice([None, -5, 10, 11]),
        }
        for _ in range(customers)
    ]


@given(seed=st.integers(0, 10**6))
def test_each_customer_is_in_exactly_one_segment_whatever_the_order_of_rows(seed):
    random = Random(seed)
    made = random_facts(random, 20)
    keyed = [{"customer_id": n, **BLANK, **row} for n, row in enumerate(made, 1)]
    by_hand = hands(**{f"k{n}": "late" for n in random.sample(range(1, 21), 3)})
    straight = assigned(table(CUSTOMER_FACTS, keyed), by_hand)
    random.shuffle(keyed)
    shuffled = assigned(table(CUSTOMER_FACTS, keyed), by_hand)

    assert shuffled == straight
    members, lost = straight
    assert [row[0] for row in members] == list(range(1, 21))
    assert {row[1] for row in members} <= set(POLICY.names)
    won = {key: segment for key, segment, _, is_by_hand in members if not is_by_hand}
    assert not [row for row in lost if won.get(row[0]) == row[2]]


@given(seed=st.integers(0, 10**6))
def test_rows_of_a_matrix_sum_to_the_start_and_columns_to_the_end(seed):
    random = Random(seed)
    first, last = DAY, DAY + timedelta(days=9)
    names = ["a", "b", "c"]
    now, moves, on_day = [], [], {}
    move_id = 0
    for key in range(1, 16):
        known = day_number(DAY) + random.randint(-20, 12)
        segment = random.choice(names)
        course = {}
        for offset in range(-30, 15):
            for _ in range(random.choice([0, 0, 0, 1, 2])):
                after = random.choice([name for name in names if name != segment])
                move_id += 1
                moved = day_number(DAY) + offset
                moves.append(
                    {"move_id": move_id, "customer_id": key, "before": segment,
                     "moved_day": moved}
                )  # fmt: skip
                segment = after
            course[day_number(DAY) + offset] = segment
        now.append({"customer_id": key, "segment": segment, "known_day": known})
        if known <= day_number(last):
            before = "" if known >= day_number(first) else course[day_number(first) - 1]
            on_day[key] = (before, course[day_number(last)])
    owed = [
        {"customer_id": key, "owed_minor": key * 7, "overdue_minor": key, "oldest_days": 0}
        for key in range(1, 16, 2)
    ]
    random.shuffle(moves)
    found = movement(
        table(segments.NOW, now), table(segments.MOVES, moves), from_on=first, until_on=last
    )
    assert {key: (before, after) for key, before, after in rows(found)} == on_day
    cells = rows(movement_matrix(found, table(OWED, owed)))
    for side in (0, 1):
        for name in ["", *names]:
            of_name = [key for key, sides in on_day.items() if sides[side] == name]
            summed = [sum(cell[n] for cell in cells if cell[side] == name) for n in (2, 3)]
            assert summed == [len(of_name), sum(key * 7 for key in of_name if key % 2)]


def test_a_customer_without_a_rate_is_counted_and_not_summed():
    found = movement(
        table(segments.NOW, [{"customer_id": 1, "segment": "a", "known_day": 0}]),
        table(segments.MOVES, []),
        from_on=DAY,
        until_on=DAY,
    )
    owed = table(
        OWED,
        [{"customer_id": 1, "owed_minor": None, "overdue_minor": None, "oldest_days": 3}],
    )
    assert rows(movement_matrix(found, owed)) == [("a", "a", 1, 0, 0, 1)]


def test_facts_are_in_home_currency_and_empty_where_a_rate_or_evidence_is_missing():
    opened = table(
        {**{n: c for n, c in OWED_SUMS.items() if n in {"customer_id", "currency", "open_minor"}},
         "days_past_due": segments.NOW["known_day"]},
        [
            {"customer_id": 1, "currency": "EUR", "open_minor": 100, "days_past_due": 12},
            {"customer_id": 1, "currency": "EUR", "open_minor": -30, "days_past_due": 40},
            {"customer_id": 1, "currency": "USD", "open_minor": 50, "days_past_due": -1},
            {"customer_id": 2, "currency": "JPY", "open_minor": 50, "days_past_due": 1},
        ],
    )  # fmt: skip
    rates = fx({"currency": "USD", "day": DAY, "rate_ppm": 2_000_000})
    owed = owed_at_home(owed_sums(opened), rates, home="EUR", as_of=DAY)
    assert rows(owed) == [(1, 170, 70, 12), (2, None, None, 1)]

    words = {"segment": "standard", "country": "DE", "party": "", "language": "de", "terms": ""}
    numbers = {"score": 70, "band": "B", "habit": "slow", "median_days_late": 9, "late_ppm": 1}
    profiles = table(PROFILES, [{"customer_id": n, **words, **numbers} for n in (1, 2, 3)])
    ten_days_ago = DAY - timedelta(days=10)
    billed = table(
        BILLED,
        [
            {"customer_id": 1, "currency": "EUR", "first_day": ten_days_ago, "amount_minor": 5,
             "items": 2},
            {"customer_id": 1, "currency": "USD", "first_day": DAY, "amount_minor": 10,
             "items": 2},
            {"customer_id": 2, "currency": "JPY", "first_day": DAY, "amount_minor": 10,
             "items": 1},
        ],
    )  # fmt: skip
    promises = table(JUDGED_PROMISES, [{"customer_id": 1, "judged": 3, "kept": 2}])
    disputed = table(DISPUTED, [{"customer_id": 1, "disputed": 1}])
    found = customer_facts(
        profiles, owed, billed, promises, disputed, rates, home="EUR", as_of=DAY
    )
    names = ["customer_id", "owed_minor", "overdue_minor", "oldest_days", "billed_minor",
             "lifetime_days", "kept_ppm", "disputed_ppm"]  # fmt: skip
    assert rows(found.select(*names)) == [
        (1, 170, 70, 12, 25, 10, 666_666, 250_000),
        (2, None, None, 1, None, 0, None, 0),
        (3, 0, 0, 0, None, None, None, None),
    ]


def test_conditions_read_back_as_they_were_stated():
    stated = {"band": ["A"], "segment": {"not": ["vip"]}, "score": {"from": 5}, "owed_minor": {
        "from": -3, "to": 9}}  # fmt: skip
    assert stated_conditions(read_conditions(stated, "pool", facts=POOL_FACTS)) == stated


def test_cases_are_played_and_say_what_came_out():
    document = {
        **DOCUMENT,
        "cases": [
            {"name": "big", "facts": {"billed_minor": 5000, "band": "A", "oldest_days": 60},
             "expect": "strategic", "also": ["late"]},
            {"name": "wrong", "facts": {"oldest_days": 60}, "expect": "rest"},
            {"name": "nobody", "expect": "rest", "also": []},
        ],
    }  # fmt: skip
    both = "strategic (also claimed by late)"
    played = play_segment_cases(read_segments_policy(document))
    assert [(one.is_passed, one.message()) for one in played] == [
        (True, f"big: expected {both}, found {both}"),
        (False, "wrong: expected rest, found late"),
        (True, "nobody: expected rest, found rest"),
    ]  # fmt: skip


def test_the_shipped_standard_has_no_rules_and_its_cases_pass():
    policy = read_segments_policy(read_policy(STANDARD.read_text(encoding="utf-8")).document)
    assert (policy.segments, policy.names, policy.facts) == ((), ("standard",), ())
    assert [one.is_passed for one in play_segment_cases(policy)] == [True]


def body(**changes):
    return {"segments": {**DOCUMENT["segments"], **changes}}


def one(**rule):
    return [{"name": "s", "rules": [{"name": "r", **rule}]}]


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (body(level=1), "segments: field 'level' is not known"),
        (body(otherwise="x" * 41), "segments: otherwise must be at most 40 characters"),
        (body(segments=one()), "segments, segment 1, rule 1: state at least one condition"),
        (body(segments=[{"name": "s", "rules": []}]), "segment 1: rules must list 1 to 40"),
        (body(segments=one(mood=["bad"])), "rule 1: field 'mood' is not known; use band, "),
        (body(segments=one(segment=["a"])), "rule 1: field 'segment' is not known"),
        (body(segments=one(score={})), "rule 1, score: state from, to, or both"),
        (body(segments=one(score={"from": 9, "to": 8})), "score: from 9 lies above to 8"),
        (body(segments=one(score={"from": "9"})), "score: from must be a whole number"),
        (body(segments=one(band=[])), "rule 1, band: list 1 to 200 words"),
        (body(segments=one(band=["Z"])), "rule 1: band 'Z' is not known; use one of A, B, C, D"),
        (
            {**DOCUMENT, "cases": [{"name": "c", "facts": {"party": "pub"}, "expect": "rest"}]},
            "case 1, facts: party 'pub' is not known; use one of company, person, public",
        ),
        (body(segments=one(band={"no": ["A"]})), "rule 1, band: field 'no' is not known"),
        (body(segments=[*one(score={"to": 1}), *one(score={"to": 2})]), "two are named 's'"),
        (body(segments=one(score={"to": 1}) * 41), "segments: at most 40 segments, found 41"),
        (
            {**DOCUMENT, "cases": [{"name": "c", "expect": "gone"}]},
            "segments, case 1: expect 'gone' is not known; use one of strategic, late, tiny, rest",
        ),
        (
            {**DOCUMENT, "cases": [{"name": "c", "facts": {"segment": "a"}, "expect": "rest"}]},
            "segments, case 1, facts: field 'segment' is not known",
        ),
    ],
)
def test_a_document_that_cannot_be_used_says_what_where_and_what_to_do(document, words):
    with pytest.raises(SegmentsPolicyError) as refusal:
        read_segments_policy(document)
    assert words in str(refusal.value)
