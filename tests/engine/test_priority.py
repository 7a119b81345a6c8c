"""The worklist: the most extra cash per minute first, every number behind it shown."""

import random
from dataclasses import replace
from datetime import date, timedelta

import narwhals.stable.v2 as nw
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dunwell.engine import schema
from dunwell.engine.calendars import day_number
from dunwell.engine.collectable import COLLECTABLE
from dunwell.engine.items import BALANCES
from dunwell.engine.priority import WORKLIST, PriorityPolicy, worklist
from tests.engine import rows
from tests.engine.chase_rows import dicts, shuffled

DAY = date(2026, 3, 18)
TODAY = day_number(DAY)
POLICY = PriorityPolicy()

HABITS = {
    "customer_id": pl.Int64, "expected_days_late": pl.Int32, "late_ppm": pl.Int64,
    "promises_broken": pl.Int64, "settled_items": pl.Int64, "habit": pl.String,
}  # fmt: skip
RATES = {"currency": pl.String, "rate_ppm": pl.Int64}


def lazy(data, types):
    return nw.from_native(pl.DataFrame(data, schema=types, orient="row").lazy())


def item(number, customer=1, **change):
    """Return an item of 100.00 EUR twenty days past due, nothing disputed, promised or held."""
    row = {
        "item_id": number, "customer_id": customer, "currency": "EUR", "segment": "standard",
        "strategy": "s", "min_home_minor": 0, "min_days_between": 5, "grace_days": 0,
        "is_credit": False, "open_minor": 10_000, "disputed_minor": 0, "promised_minor": 0,
        "held_minor": 0, "hold_rank": 0, "days_past_due": 20, **change,
    }  # fmt: skip
    spoken_for = row["disputed_minor"] + row["promised_minor"] + row["held_minor"]
    return {
        "is_overdue": row["days_past_due"] > 0 and not row["is_credit"],
        "due_day": TODAY - row["days_past_due"],
        "collect_minor": max(0, row["open_minor"]) - spoken_for,
        **row,
    }


def habit(customer=1, **change):
    base = {
        "customer_id": customer, "expected_days_late": 0, "late_ppm": 0, "promises_broken": 0,
        "settled_items": 9, "habit": "steady",
    }  # fmt: skip
    return {**base, **change}


UNPAID_TYPES = {"item_id": pl.Int64, "p_unpaid_14_ppm": pl.Int64}


def staying(**chances):
    return [{"item_id": int(i[1:]), "p_unpaid_14_ppm": ppm} for i, ppm in chances.items()]


def ranked(
    items,
    *,
    habits=(),
    contacts=(),
    unapplied=(),
    channels=(),
    rates=(),
    policy=POLICY,
    seed=None,
    unpaid=None,
):
    frames = [
        rows.table(COLLECTABLE, list(items)),
        rows.contacts(*contacts),
        rows.table(
            BALANCES,
            [
                {
                    "customer_id": c, "currency": code, "open_minor": 0, "overdue_minor": 0,
                    "credit_minor": 0, "unapplied_minor": cash, "owed_minor": 0, "items": 0,
                }
                for c, code, cash in unapplied
            ],
        ),
        lazy(list(habits), HABITS),
        lazy(list(channels), {"customer_id": pl.Int64, "channel": pl.String}),
        lazy(list(rates), RATES),
    ]  # fmt: skip
    if seed is not None:
        frames = [shuffled(frame, seed) for frame in frames]
    told = None if unpaid is None else lazy(list(unpaid), UNPAID_TYPES)
    found = worklist(*frames, policy=policy, home="EUR", as_of=DAY, unpaid=told)
    schema.check(found, WORKLIST, name="worklist")
    return sorted(dicts(found), key=lambda row: row["rank"])


def only(items, *names, **facts):
    (row,) = ranked(items, **facts)
    return tuple(row[name] for name in names)


def order(items, **facts):
    return [row["customer_id"] for row in ranked(items, **facts)]


def test_a_row_tells_everything_behind_its_rank():
    items = [
        item(1, open_minor=60_000, disputed_minor=10_000, days_past_due=40),
        item(2, open_minor=30_000, promised_minor=5_000),
        item(3, open_minor=7_000, held_minor=7_000, hold_rank=1),
        item(4, open_minor=9_000, days_past_due=3),
        item(5, open_minor=8_000, days_past_due=-3),
        item(6, open_minor=-2_000, is_credit=True),
    ]

    assert ranked(
        items,
        habits=[habit(expected_days_late=12, late_ppm=500_000, promises_broken=1, habit="slow")],
        contacts=[{"item_id": 4, "contacted_day": DAY - timedelta(2)}],
        unapplied=[(1, "EUR", 1_000), (1, "USD", 99_999)],
        channels=[(1, "letter")],
    ) == [
        {
            "customer_id": 1,
            "overdue_minor": 106_000,
            "disputed_minor": 10_000,
            "promised_minor": 5_000,
            "held_minor": 7_000,
            "dunned_minor": 9_000,
            "covered_minor": 3_000,
            "to_collect_minor": 72_000,
            "unpaid_ppm": 1_000_000,
            "uplift_ppm": 140_000 + 40_000 + 25_000,
            "expected_extra_minor": 14_760,
            "minutes": 6,
            "score": 2_460,
            "rank": 1,
            "oldest_days_past_due": 40,
            "usual_days_late": 12,
            "largest_item_id": 1,
            "largest_item_minor": 50_000,
            "item_count": 2,
            "promises_broken": 1,
            "late_ppm": 500_000,
            "settled_items": 9,
            "habit": "slow",
            "last_contact_day": TODAY - 2,
            "is_rate_missing": False,
        }
    ]


def test_a_customer_without_habits_is_ranked_by_the_lateness_alone():
    names = ("uplift_ppm", "usual_days_late", "promises_broken", "habit", "last_contact_day")

    assert only([item(1)], *names) == (140_000, 0, 0, None, None)


@pytest.mark.parametrize(
    ("late", "usual", "uplift"),
    [
        (5, 5, 10_000), (6, 5, 60_000), (12, 5, 60_000), (13, 5, 100_000), (20, 5, 140_000),
        (35, 5, 140_000), (36, 5, 170_000), (65, 5, 170_000), (66, 5, 190_000), (999, 5, 190_000),
        (3, -4, 60_000),
    ],
)  # fmt: skip
def test_who_is_as_late_as_ever_gains_little_from_a_contact(late, usual, uplift):
    items, habits = [item(1, days_past_due=late)], [habit(expected_days_late=usual)]

    assert only(items, "uplift_ppm", habits=habits) == (uplift,)


def test_money_that_comes_by_itself_is_no_gain_of_a_contact():
    items = [item(1, open_minor=60_000), item(2, open_minor=20_000)]
    extra = ("to_collect_minor", "unpaid_ppm", "expected_extra_minor")

    assert only(items, *extra) == (80_000, 1_000_000, 11_200)
    unpaid = staying(i1=100_000, i2=900_000)
    assert only(items, *extra, unpaid=unpaid) == (80_000, 300_000, 3_360)
    # an item the model knows nothing of counts in full
    assert only(items, *extra, unpaid=staying(i1=100_000)) == (80_000, 325_000, 3_640)


def test_who_will_not_pay_unasked_comes_first():
    items = [item(1, customer_id=1, open_minor=60_000), item(2, customer_id=2, open_minor=50_000)]

    assert order(items) == [1, 2]
    assert order(items, unpaid=staying(i1=500_000, i2=900_000)) == [2, 1]


def test_broken_promises_count_up_to_a_bound():
    found = [
        only([item(1)], "uplift_ppm", habits=[habit(promises_broken=n)])[0] for n in (0, 1, 3, 9)
    ]

    assert found == [140_000, 180_000, 260_000, 260_000]


@pytest.mark.parametrize(
    "change",
    [
        {"disputed_minor": 10_000},
        {"promised_minor": 10_000},
        {"held_minor": 10_000, "hold_rank": 1},
        {"days_past_due": 0},
        {"open_minor": -10_000, "is_credit": True, "collect_minor": 0},
    ],
)
def test_who_has_nothing_to_collect_is_not_on_the_list(change):
    assert ranked([item(1, **change)]) == []


def test_who_was_just_reminded_is_left_to_the_reminder():
    def with_contact(ago):
        return ranked([item(1)], contacts=[{"contacted_day": DAY - timedelta(ago)}])

    assert [len(with_contact(ago)) for ago in (0, 6, 7, -1)] == [0, 0, 1, 1]


def test_credit_and_cash_cover_their_own_currency_only():
    items = [item(1), item(2, currency="USD"), item(3, open_minor=-25_000, is_credit=True)]
    rates = [("USD", 900_000)]

    assert only(items, "to_collect_minor", "covered_minor", rates=rates) == (9_000, 10_000)


def test_a_currency_without_a_rate_is_shown_and_not_counted():
    items = [item(1, currency="XXX"), item(2, customer=2)]
    names = ("customer_id", "to_collect_minor", "is_rate_missing", "rank")

    assert [tuple(row[name] for name in names) for row in ranked(items)] == [
        (2, 10_000, False, 1),
        (1, 0, True, 2),
    ]


def test_effort_decides_between_equal_amounts_and_keys_between_equals():
    items = [item(n, customer=n) for n in (1, 2, 3, 4)]

    assert order(items, channels=[(1, "call"), (2, "email"), (3, "call")]) == [2, 1, 3, 4]


def test_the_largest_of_equal_items_is_the_one_with_the_smaller_key():
    assert only([item(7), item(5)], "largest_item_id", "largest_item_minor") == (5, 10_000)


@pytest.mark.parametrize(
    "wrong",
    [
        {"uplift_ppm": {}},
        {"uplift_ppm": {5: 1, 1: 2}},
        {"uplift_ppm": {1: 5, 2: 4}},
        {"uplift_ppm": {1: -1}},
        {"broken_ppm": -1},
        {"minutes": {"call": 0}},
        {"minutes_otherwise": 0},
    ],
)
def test_tables_that_would_break_the_law_are_refused(wrong):
    with pytest.raises(ValueError, match="must"):
        replace(POLICY, **wrong)


amounts = st.integers(1, 1_000_000)
books = st.lists(
    st.tuples(
        st.integers(1, 5), amounts, st.integers(-10, 120), st.sampled_from([0, 0, 3]),
        st.sampled_from(["EUR", "USD"]),
    ),
    min_size=2,
    max_size=14,
)  # fmt: skip


def book(rows_given):
    return [
        item(n, customer=c, open_minor=amount, disputed_minor=amount // 3 if part else 0,
             days_past_due=late, currency=code)
        for n, (c, amount, late, part, code) in enumerate(rows_given, 1)
    ]  # fmt: skip


FACTS = {
    "rates": [("USD", 910_000)],
    "habits": [habit(c, promises_broken=c % 3, expected_days_late=3 * c) for c in range(1, 6)],
    "channels": [(1, "email"), (2, "letter"), (4, "sms")],
}


def place(found, customer):
    ranks = {row["customer_id"]: row["rank"] for row in found}
    return ranks.get(customer, len(ranks) + 1)


@settings(max_examples=12)
@given(books, amounts, st.integers(1, 120), st.sampled_from(["EUR", "USD"]))
def test_more_money_never_lowers_the_rank(rows_given, amount, late, code):
    items = book(rows_given)
    more = item(99, customer=3, open_minor=amount, days_past_due=late, currency=code)

    assert place(ranked([*items, more], **FACTS), 3) <= place(ranked(items, **FACTS), 3)


@settings(max_examples=12)
@given(books, st.integers(0, 5))
def test_a_broken_promise_never_lowers_the_rank(rows_given, broken):
    def with_broken(count):
        habits = [
            h if h["customer_id"] != 3 else {**h, "promises_broken": count}
            for h in FACTS["habits"]
        ]
        return place(ranked(book(rows_given), **{**FACTS, "habits": habits}), 3)

    assert with_broken(broken + 1) <= with_broken(broken)


@settings(max_examples=12)
@given(books, amounts)
def test_disputed_and_promised_money_changes_no_rank(rows_given, amount):
    items = book(rows_given)
    spoken_for = [
        item(98, customer=3, open_minor=amount, disputed_minor=amount),
        item(99, customer=3, open_minor=amount, promised_minor=amount),
    ]

    assert order([*items, *spoken_for], **FACTS) == order(items, **FACTS)


@settings(max_examples=12)
@given(books, st.integers(0, 99))
def test_ranks_count_up_without_gap_and_the_order_of_rows_never_matters(rows_given, seed):
    found = ranked(book(rows_given), **FACTS)

    assert [row["rank"] for row in found] == list(range(1, len(found) + 1))
    assert ranked(book(rows_given), **FACTS, seed=seed) == found


def test_amounts_at_the_edge_of_the_ledger_do_not_overflow():
    large = 9_000_000_000_000_000
    items = [item(n, open_minor=large, days_past_due=99) for n in range(1, 101)]

    assert only(items, "to_collect_minor", "expected_extra_minor") == (
        100 * large,
        19 * large,
    )


def test_a_thousand_customers_come_out_in_one_order():
    chance = random.Random(5)
    items = [
        item(n, customer=chance.randrange(1_000), open_minor=chance.randrange(1, 9_999))
        for n in range(3_000)
    ]
    found = ranked(items)

    keys = [(-row["score"], -row["to_collect_minor"], row["customer_id"]) for row in found]
    assert keys == sorted(keys)
    assert len({row["rank"] for row in found}) == len(found)
