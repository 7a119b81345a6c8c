from datetime import date

import narwhals.stable.v2 as nw
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.calendars import day_date, day_number
from dunwell.engine.delivery_ladder import (
    ASIDES,
    FACTS,
    LADDER,
    REACH,
    RUNGS,
    known_facts,
    ladder,
    ladder_steps,
    never_received,
    proven,
)
from tests.conftest import examples

pytestmark = pytest.mark.dealt(one_in=10, of="long files", whole=True)

TODAY = date(2026, 3, 5)
DAY = day_number(TODAY)
TYPES = {nw.Int64: pl.Int64, nw.Int32: pl.Int32, nw.String: pl.String, nw.Boolean: pl.Boolean}


def frame(rows, columns):
    schema = {name: TYPES[column.dtype] for name, column in columns.items()}
    return nw.from_native(pl.DataFrame(rows, schema=schema, orient="row").lazy())


def fact(kind, ago, *, item=1, known=None, moment=0, source="message", message=None):
    day = DAY - ago
    return (item, kind, day, day if known is None else DAY - known, moment, source, message)


def told(*facts, as_of=TODAY, known_on=None):
    known = known_facts(frame(list(facts), FACTS), as_of=as_of, known_on=known_on)
    rows = ladder(known).collect().sort("item_id").to_native().rows(named=True)
    return [(row["reached"], row["current"], row["current_source"]) for row in rows]


def test_the_highest_rung_counts_whatever_came_in_which_order():
    assert told(fact("opened", 3, source="portal"), fact("handed_over", 1)) == [
        ("opened", "opened", "portal")
    ]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        # a refusal stands beside what was reached, until the customer agrees later
        ([("delivered", 4), ("rejected", 3)], ("delivered", "rejected")),
        ([("rejected", 3), ("approved", 2)], ("approved", "approved")),
        ([("approved", 3), ("queried", 2)], ("approved", "queried")),
        # arrival answers a mail that came back, and no question
        ([("bounced", 3), ("queried", 3), ("delivered", 2)], ("delivered", "queried")),
        ([("handed_over", 3), ("bounced", 2)], ("handed_over", "bounced")),
        ([("bounced", 3), ("opened", 2)], ("opened", "opened")),
        # of two the last one is the last word
        ([("queried", 3), ("rejected", 2)], ("issued", "rejected")),
        ([("scheduled", 3), ("paid", 1)], ("paid", "paid")),
    ],
)
def test_what_stands_beside_the_ladder_is_the_current_state_until_it_is_answered(facts, expected):
    rows = [fact("issued", 9), *(fact(kind, ago) for kind, ago in facts)]
    assert [(reached, current) for reached, current, _ in told(*rows)] == [expected]


def test_within_a_day_the_moment_decides():
    asked, agreed = fact("queried", 2, moment=10), fact("accepted", 2, moment=20)
    assert told(asked, agreed)[0][:2] == ("accepted", "accepted")
    assert told(fact("queried", 2, moment=30), agreed)[0][:2] == ("accepted", "queried")


def test_steps_tell_the_first_day_of_a_rung_and_the_last_of_what_stands_beside():
    known = known_facts(
        frame(
            [fact("delivered", 5), fact("delivered", 3), fact("bounced", 4), fact("bounced", 2)],
            FACTS,
        ),
        as_of=TODAY,
    )
    rows = ladder_steps(known).collect().sort("kind").to_native().rows()
    assert rows == [
        (1, "bounced", 0, DAY - 2, "message"),
        (1, "delivered", 3, DAY - 5, "message"),
    ]


def test_nothing_is_seen_before_it_happened_or_was_known():
    late = fact("approved", 5, known=1)
    assert told(fact("issued", 9), late, as_of=day_date(DAY - 3)) == [
        ("issued", "issued", "message")
    ]
    assert told(late, as_of=day_date(DAY - 3), known_on=TODAY)[0][0] == "approved"


def test_a_carriers_word_on_a_mail_that_came_back_proves_nothing():
    def proof(*facts):
        found = proven(known_facts(frame(list(facts), FACTS), as_of=TODAY)).collect()
        return found.to_native()["proof_day"].to_list()

    assert proof(fact("delivered", 3, message=7), fact("bounced", 2, message=7)) == []
    assert proof(fact("delivered", 3, message=7), fact("bounced", 2, message=8)) == [DAY - 3]
    assert proof(fact("delivered", 3), fact("not_received", 2)) == []
    assert proof(fact("delivered", 3), fact("not_received", 2), fact("opened", 1)) == [DAY - 1]


OPEN = {
    "item_id": pl.Int64,
    "customer_id": pl.Int64,
    "kind": pl.String,
    "currency": pl.String,
    "open_minor": pl.Int64,
    "issued_day": pl.Int32,
    "due_day": pl.Int32,
}


def alarms(facts, *, opened=(1, 9, "invoice", "EUR", 100, -10, 5), reach=(), **terms):
    row = (*opened[:5], DAY + opened[5], DAY + opened[6])
    asked = {
        "proofs": RUNGS[2:8],
        "min_open_minor": 0,
        "only_ours": True,
        "due_by": day_date(DAY + 7),
        "issued_by": day_date(DAY - 3),
        "as_of": TODAY,
        **terms,
    }
    found = never_received(
        known_facts(frame(facts, FACTS), as_of=TODAY),
        nw.from_native(pl.DataFrame([row], schema=OPEN, orient="row").lazy()),
        frame(list(reach), REACH),
        **asked,
    )
    rows = found.collect().to_native().rows(named=True)
    return [(row["why"], row["next_step"], row["days_left"]) for row in rows]


SENT = [fact("issued", 10, source="invoice"), fact("handed_over", 9, message=1)]


@pytest.mark.parametrize(
    ("facts", "reach", "expected"),
    [
        (SENT, [(9, False, True, False)], ("no_proof", "phone", 5)),
        (SENT, [(9, False, False, True)], ("no_proof", "portal", 5)),
        (SENT, [], ("no_proof", "letter", 5)),
        (SENT[:1], [(9, True, True, True)], ("never_sent", "send", 5)),
        ([*SENT, fact("bounced", 8)], [(9, True, True, False)], ("bounced", "other_address", 5)),
        ([*SENT, fact("bounced", 8)], [(9, False, True, False)], ("bounced", "phone", 5)),
        (
            [*SENT, fact("delivered", 7), fact("not_received", 1)],
            [],
            ("not_received", "letter", 5),
        ),
    ],
)
def test_an_invoice_without_proof_is_told_of_with_what_to_do_next(facts, reach, expected):
    assert alarms(facts, reach=reach) == [expected]


@pytest.mark.parametrize(
    ("facts", "terms"),
    [
        ([*SENT, fact("delivered", 7)], {}),
        ([*SENT, fact("opened", 7, source="portal")], {}),
        (SENT, {"due_by": day_date(DAY + 4)}),
        (SENT, {"issued_by": day_date(DAY - 11)}),
        (SENT, {"min_open_minor": 101}),
        ([fact("issued", 10, source="ledger")], {}),
        (SENT, {"opened": (1, 9, "credit_note", "EUR", -100, -10, 5)}),
    ],
)
def test_nothing_is_told_with_a_proof_or_outside_the_terms(facts, terms):
    assert alarms(facts, **terms) == []


def test_what_others_send_is_told_of_where_the_policy_asks_for_it():
    ledger = [fact("issued", 10, source="ledger")]
    assert alarms(ledger, only_ours=False) == [("never_sent", "send", 5)]


@pytest.mark.parametrize("proof", ["delivered", "opened"])
def test_the_policy_says_which_proofs_count(proof):
    facts = [*SENT, fact(proof, 5)]
    assert (alarms(facts, proofs=("opened",)) == []) is (proof == "opened")


FACT = st.builds(
    fact,
    st.sampled_from([*RUNGS, *ASIDES]),
    st.integers(-3, 20),
    item=st.integers(1, 3),
    known=st.integers(-3, 20),
    moment=st.integers(0, 5),
    source=st.sampled_from(["message", "note"]),
    message=st.sampled_from([None, 1, 2]),
)


def ranks(facts, **on):
    rows = ladder(known_facts(frame(facts, FACTS), as_of=TODAY, **on)).collect().to_native()
    return dict(zip(rows["item_id"], rows["reached_rank"], strict=True))


@examples(40, release=400)
@given(st.lists(FACT, max_size=8), st.lists(FACT, max_size=4))
def test_more_facts_never_lower_the_rung_reached(facts, more):
    before, after = ranks(facts), ranks([*facts, *more])
    assert all(after[item] >= rank for item, rank in before.items())


@examples(40, release=400)
@given(st.lists(FACT, max_size=8), st.randoms())
def test_the_order_of_facts_and_those_of_later_days_change_nothing(facts, chance):
    shuffled = chance.sample(facts, len(facts))
    seen = [row for row in facts if row[2] <= DAY and row[3] <= DAY]

    def rows(told):
        known = known_facts(frame(told, FACTS), as_of=TODAY)
        found = ladder(known).collect().to_native().sort("item_id")
        assert found.columns == list(LADDER)
        return found.rows()

    assert rows(facts) == rows(shuffled) == rows(seen)
