"""Which step an item is due for, and what one contact per customer holds."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dunwell.engine import schema
from dunwell.engine.chase import FACTS
from dunwell.engine.collectable import COLLECTABLE, DEMANDS
from dunwell.engine.dunning import CONTACT, CONTACT_ITEMS, NEXT_STEPS, STATES, due_steps
from dunwell.engine.strategy import read_strategy
from tests.engine import rows
from tests.engine.chase_rows import (
    DAY,
    LADDER,
    Desk,
    dicts,
    due,
    message,
    propose,
    reasons,
    sent,
    shuffled,
    states,
    taken,
)


def test_every_frame_has_the_columns_it_declares():
    made = propose(Desk(items=rows.items(due(9))), DAY)

    for frame, columns, name in (
        (made.items, COLLECTABLE, "items"),
        (made.next_steps, NEXT_STEPS, "next_steps"),
        (made.contacts, CONTACT, "contacts"),
        (made.contact_items, CONTACT_ITEMS, "contact_items"),
        (made.totals, DEMANDS, "totals"),
        (made.facts, FACTS, "facts"),
    ):
        schema.check(frame, columns, name=name)


def test_each_state_is_told():
    desk = Desk(
        items=rows.items(
            due(9),
            due(20, customer_id=2),
            due(9, customer_id=3),
            due(9, customer_id=4),
            due(9, customer_id=5),
            due(9, customer_id=6),
            due(-3),
            due(3, customer_id=7),
            due(99, customer_id=8),
            due(9, customer_id=9),
            due(9, kind="credit_note", amount_minor=-1),
            due(9, customer_id=10),
            due(20, customer_id=11),
        ),
        customers=rows.customers(
            *({} for _ in range(8)), {"segment": "none"}, {}, {"segment": "b"}
        ),
        contacts=rows.contacts(*taken(2, l1=2), *taken(9, l3=9)),
        payments=rows.payments({"customer_id": 3, "value_day": DAY}),
        holds=rows.holds({"customer_id": 4}),
        promises=rows.promises({"item_id": 5, "customer_id": 5, "made_day": DAY, "due_day": DAY}),
        disputes=rows.disputes({"item_id": 6, "customer_id": 6}),
        strategies=(
            read_strategy(LADDER),
            read_strategy(
                {
                    **LADDER,
                    "name": "b",
                    "segments": ["b"],
                    "steps": [{**LADDER["steps"][1], "counted": "business", "day": 900}],
                }
            ),
        ),
    )

    assert states(propose(desk, DAY)) == {
        1: "due",
        2: "too_soon",
        3: "covered",
        4: "held",
        5: "promised",
        6: "disputed",
        7: "after_overdue",
        8: "waiting",
        9: "finished",
        10: "no_strategy",
        11: "credit",
        12: "due",
        13: "waiting",
    }


def test_a_due_date_the_calendar_does_not_reach_is_told_not_guessed():
    business = {**LADDER, "steps": [{**LADDER["steps"][1], "counted": "business"}]}
    desk = Desk(items=rows.items(due(2_000)), strategies=(read_strategy(business),))

    assert states(propose(desk, DAY)) == {1: "unknown_day"}
    assert set(states(propose(desk, DAY)).values()) <= set(STATES)


@pytest.mark.parametrize(
    ("days_past_due", "contacts", "level"),
    [
        (-6, [], None),
        (-5, [], 0),
        (-1, [], 0),
        (0, [], None),
        (4, [], None),
        (5, [], 1),
        (200, [], 1),
        (13, taken(1, l1=8), None),
        (14, taken(1, l1=8), 2),
        (200, taken(1, l1=5), 2),
        (200, taken(1, l1=4), None),
        (200, taken(1, l1=50, l2=5), 3),
        (200, taken(1, l1=50, l2=40, l3=30), None),
        (5, taken(1, l0=9), 1),
        (200, taken(1, l0=230), 1),
        (200, taken(1, l1=-1), 1),
        (200, taken(1, l2=40), 3),
    ],
)
def test_a_level_comes_on_its_day_one_at_a_time(days_past_due, contacts, level):
    made = propose(
        Desk(items=rows.items(due(days_past_due)), contacts=rows.contacts(*contacts)), DAY
    )

    assert [row["level"] for row in dicts(due_steps(made.next_steps))] == (
        [] if level is None else [level]
    )


def test_one_contact_over_levels_and_currencies_under_the_highest_level():
    desk = Desk(
        items=rows.items(
            due(40), due(20, currency="USD"), due(9, amount_minor=700), due(2, amount_minor=90),
            due(-4), due(50, customer_id=2),
        ),
        customers=rows.customers({"has_address": True}, {}),
        contacts=rows.contacts(*taken(1, l1=30, l2=20), *taken(2, l1=10)),
        rates=rows.fx({}),
    )  # fmt: skip

    assert sent(propose(desk, DAY)) == {
        1: message(
            3,
            "final_notice",
            {"EUR": 10_790, "USD": 10_000},
            [1, 2, 3, 4],
            {1: 3, 2: 2, 3: 1},
            channel="letter",
        ),
        2: message(1, "reminder", {"EUR": 10_000}, [6], {6: 1}),
    }


def test_credit_nets_in_its_own_currency_only():
    desk = Desk(
        items=rows.items(
            due(20), due(9, currency="USD"), due(9, kind="credit_note", amount_minor=-50_000)
        ),
        contacts=rows.contacts(*taken(1, l1=9)),
        rates=rows.fx({}),
    )

    assert sent(propose(desk, DAY)) == {1: message(1, "reminder", {"USD": 10_000}, [2], {2: 1})}


def test_merged_customers_get_one_contact():
    both = rows.items(due(9), due(9, customer_id=2))
    merged = rows.items(due(9), due(9))
    people = rows.customers({}, {})

    assert [
        sorted(sent(propose(Desk(items=items, customers=people), DAY))) for items in (both, merged)
    ] == [[1, 2], [1]]


def test_a_note_before_the_due_date_lists_what_is_due_soon():
    desk = Desk(items=rows.items(due(-4), due(-5, amount_minor=700), due(-20)))

    assert sent(propose(desk, DAY)) == {
        1: message(0, "upcoming", {"EUR": 10_700}, [1, 2], {1: 0, 2: 0})
    }


def test_the_customer_is_contacted_once_per_gap_whatever_item_is_due():
    desk = Desk(items=rows.items(due(9), due(12)), contacts=rows.contacts(*taken(2, l1=4)))

    assert reasons(propose(desk, DAY)) == {1: ["contacted_recently"]}


def test_contacts_of_other_teams_count():
    call = rows.contacts({"item_id": 0, "level": 0, "contacted_day": DAY - timedelta(2)})
    desk = Desk(items=rows.items(due(9)), other_contacts=call)

    assert reasons(propose(desk, DAY)) == {1: ["contacted_recently"]}


def test_who_cannot_be_reached_is_not_recorded_as_reminded():
    desk = Desk(items=rows.items(due(9)), customers=rows.customers({"has_email": False}))

    assert (sent(propose(desk, DAY)), reasons(propose(desk, DAY))) == ({}, {1: ["no_contact"]})


def test_a_customer_nobody_described_is_not_contacted():
    made = propose(Desk(items=rows.items(due(9, customer_id=7)), customers=rows.customers()), DAY)

    assert (states(made), sent(made)) == ({1: "no_strategy"}, {})


def test_one_sensitive_item_makes_the_whole_contact_wait_for_approval():
    steps = [dict(step) for step in LADDER["steps"]]
    steps[1]["needs_approval"] = True
    desk = Desk(
        items=rows.items(due(20), due(9)),
        contacts=rows.contacts(*taken(1, l1=9)),
        strategies=(read_strategy({**LADDER, "steps": steps}),),
    )

    assert [(r["level"], r["needs_approval"]) for r in dicts(propose(desk, DAY).contacts)] == [
        (2, True)
    ]


def test_a_step_for_large_amounts_applies_when_the_rate_is_missing():
    steps = [dict(step) for step in LADDER["steps"]]
    steps[1]["only_amount_over"] = 99_999_999
    strategy = read_strategy({**LADDER, "steps": steps})
    levels = [
        [
            row["level"]
            for row in dicts(
                propose(
                    Desk(items=rows.items(due(40, currency=code)), strategies=(strategy,)), DAY
                ).next_steps
            )
        ]
        for code in ("EUR", "XXX")
    ]

    assert levels == [[2], [1]]


def test_the_order_of_rows_never_matters():
    desk = Desk(
        items=rows.items(*(due(n % 50 - 8, customer_id=n % 7 + 1) for n in range(60))),
        customers=rows.customers(*({"has_address": n % 2 == 0} for n in range(7))),
        disputes=rows.disputes(*({"item_id": n, "amount_minor": 300 * n} for n in (3, 5, 9, 40))),
        contacts=rows.contacts(*taken(4, l1=9), *taken(11, l1=30, l2=9), *taken(12, l1=2)),
    )
    mixed = replace(
        desk,
        items=shuffled(desk.items, 1),
        customers=shuffled(desk.customers, 2),
        disputes=shuffled(desk.disputes, 3),
        contacts=shuffled(desk.contacts, 4),
    )

    assert sent(propose(desk, DAY)) == sent(propose(mixed, DAY)) != {}
    assert reasons(propose(desk, DAY)) == reasons(propose(mixed, DAY))
