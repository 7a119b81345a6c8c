"""The day's suggestions: one per customer, and each collector's minutes packed by their worth."""

import polars as pl

from dunwell.ml.action_day import suggested
from dunwell.ml.next_action import ActionPolicy, no_evidence, rank

POLICY = ActionPolicy(minute_minor=60, fixed_minor={"letter": 120})


def ranked(*rows, actions=("call", "email")):
    """Customers (key, money) who are ten days late, by every action."""
    customers = pl.DataFrame(
        [(key, money, 10, 1_000_000) for key, money in rows],
        schema=dict.fromkeys(
            ("customer_id", "collect_minor", "days_past_due", "p_unpaid_ppm"), pl.Int64
        ),
        orient="row",
    )
    options = customers.select("customer_id").join(pl.DataFrame({"action": actions}), how="cross")
    return rank(customers, options, no_evidence(), policy=POLICY)


def people(*rows):
    """(customer, collector) awake and in need of a person, unless a row says more."""
    whole = [(*row, True, False)[:4] if len(row) == 2 else row for row in rows]
    return pl.DataFrame(
        whole,
        schema={
            "customer_id": pl.Int64,
            "collector_id": pl.Int64,
            "is_awake": pl.Boolean,
            "is_automatic": pl.Boolean,
        },
        orient="row",
    )


def told(found):
    return found.sort("customer_id").select("customer_id", "action", "is_planned").rows()


def test_every_collector_has_minutes_of_their_own():
    rows = ranked((1, 900_00), (2, 800_00), (3, 700_00), actions=("call",))
    found = suggested(rows, people((1, 7), (2, 7), (3, 8)), capacity_minutes=10)
    assert told(found) == [(1, "call", True), (2, "call", False), (3, "call", True)]


def test_with_time_to_spare_the_action_that_brings_more_replaces_the_quicker_one():
    rows = ranked((1, 900_00))
    # 12 % in ten minutes or 5 % in four: the mail brings more a minute, the call more in all
    short, long = (
        suggested(rows, people((1, 7)), capacity_minutes=minutes) for minutes in (9, 10)
    )
    assert (told(short), told(long)) == ([(1, "email", True)], [(1, "call", True)])


def test_asleep_automatic_and_nobody_s_customers_take_no_minutes():
    rows = ranked((1, 900_00), (2, 900_00), (3, 900_00), (4, 900_00), actions=("call",))
    who = people((1, 7, False, False), (2, 7, True, True), (3, None, True, False), (4, 7))
    found = suggested(rows, who, capacity_minutes=10)
    assert told(found) == [(n, "call", n == 4) for n in (1, 2, 3, 4)]


def test_what_is_not_worth_it_is_suggested_without_a_place():
    found = suggested(ranked((1, 1_00)), people((1, 7)))
    assert told(found) == [(1, "email", False)]
    assert found["is_worth"].to_list() == [False]


def test_without_customers_there_is_nothing_to_suggest():
    assert suggested(ranked(), people()).rows() == []
