"""The chase gate as a decision table: every reason alone, every pair, none, and what is unknown."""

from datetime import date
from itertools import combinations

import narwhals.stable.v2 as nw
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dunwell.engine import schema
from dunwell.engine.calendars import day_number
from dunwell.engine.chase import (
    FACTS,
    GATE,
    GATE_REASONS,
    GatePolicy,
    decisions,
    gate,
    gate_facts,
)
from dunwell.engine.dunning import CONTACT
from tests.engine import rows
from tests.engine.chase_rows import dicts

DAY = date(2026, 3, 18)
TODAY = day_number(DAY)
POLICY = GatePolicy()

CLEAR = {
    "customer_id": 1,
    "channel": "email",
    "leading_state": "due",
    "has_email": True,
    "has_phone": True,
    "has_address": True,
    "is_bounced": False,
    "is_opted_out": False,
    "is_business": True,
    "gross_minor": 10_000,
    "disputed_minor": 0,
    "promised_minor": 0,
    "collect_minor": 10_000,
    "hold_rank": 0,
    "customer_rank": 0,
    "best_net_minor": 10_000,
    "home_minor": 10_000,
    "min_home_minor": 2_000,
    "is_over_named": False,
    "days_since": 10,
    "min_days_between": 5,
    "contact_days": 2,
    "feed_age_days": 0,
    "local_minute": 600,
    "is_rule_clear": True,
    "rule_id": None,
    "rule_decision": "allow",
    "rule_next_second": 1_773_820_800,
    "needs_approval": False,
    "is_approved": False,
}
NOTHING_LEFT = {"collect_minor": 0, "best_net_minor": 0, "home_minor": 0}
BLOCKS = {
    "nothing_to_chase": {"best_net_minor": 0, "home_minor": 0},
    "all_disputed": {"disputed_minor": 10_000, **NOTHING_LEFT},
    "promise_open": {"promised_minor": 10_000, **NOTHING_LEFT},
    "on_hold": {"customer_rank": 1},
    "plan_active": {"customer_rank": 2},
    "legal_hold": {"customer_rank": 3},
    "stale_feed": {"feed_age_days": 4},
    "no_contact": {"has_email": False},
    "bounced": {"is_bounced": True},
    "opted_out": {"is_opted_out": True},
    "contacted_recently": {"days_since": 4},
    "cap_reached": {"contact_days": 8},
    "not_business_day": {"is_business": False},
    "quiet_hours": {"local_minute": 479},
    "contact_rule": {"is_rule_clear": False},
    "below_minimum": {"home_minor": 1_999},
    "needs_approval": {"needs_approval": True},
}
"""The one change of the facts that gives each reason."""


def facts(*changes):
    known = set(FACTS)
    assert all(set(change) <= known for change in changes)
    return rows.table(
        FACTS, [{**CLEAR, "customer_id": n, **change} for n, change in enumerate(changes, 1)]
    )


def told(*changes, stage="deliver"):
    found = {n: set() for n, _ in enumerate(changes, 1)}
    for row in dicts(gate(facts(*changes), policy=POLICY, stage=stage)):
        found[row["customer_id"]].add(row["reason"])
    return list(found.values())


def test_the_table_covers_every_reason():
    assert set(BLOCKS) == set(GATE_REASONS)


def test_nothing_against_a_contact_is_no_row():
    assert told({}) == [set()]


@pytest.mark.parametrize("reason", BLOCKS)
def test_each_reason_stands_alone(reason):
    assert told(BLOCKS[reason]) == [{reason}]


def agree(one, other):
    """Return whether two changes can be true at once."""
    return all(one[name] == other[name] for name in one.keys() & other.keys())


PAIRS = [(a, b) for a, b in combinations(BLOCKS, 2) if agree(BLOCKS[a], BLOCKS[b])]


def test_each_pair_of_independent_reasons_gives_both():
    # Three reasons explain why nothing is left to ask for; only the most exact one is told.
    exact = ("all_disputed", "promise_open", "nothing_to_chase")
    expected = [
        {next(reason for reason in exact if reason in pair)}
        if set(pair) <= set(exact)
        else set(pair)
        for pair in PAIRS
    ]

    assert told(*({**BLOCKS[a], **BLOCKS[b]} for a, b in PAIRS)) == expected
    assert len(PAIRS) > 100


def test_all_reasons_at_once_are_all_told():
    everything = {}
    for change in BLOCKS.values():
        everything.update(change)
    everything |= {"promised_minor": 0, "disputed_minor": 0, "collect_minor": 10_000}
    everything |= {"best_net_minor": 1, "home_minor": 1}

    assert told(everything) == [
        set(BLOCKS)
        - {"nothing_to_chase", "all_disputed", "promise_open", "on_hold", "plan_active"}
    ]


@pytest.mark.parametrize(
    ("unknown", "reasons"),
    [
        ("channel", {"no_contact"}),
        ("leading_state", {"contacted_recently", "nothing_to_chase"}),
        ("has_email", {"no_contact"}),
        ("is_bounced", {"bounced"}),
        ("is_opted_out", {"opted_out"}),
        ("is_business", {"not_business_day"}),
        ("best_net_minor", {"nothing_to_chase"}),
        ("home_minor", {"below_minimum"}),
        ("min_home_minor", {"below_minimum"}),
        ("min_days_between", {"contacted_recently"}),
        ("contact_days", {"cap_reached"}),
        ("feed_age_days", {"stale_feed"}),
        ("local_minute", {"quiet_hours"}),
        ("is_rule_clear", {"contact_rule"}),
        ("needs_approval", {"needs_approval"}),
        ("days_since", set()),
    ],
)
def test_an_unknown_fact_blocks_like_its_strictest_value(unknown, reasons):
    assert reasons <= told({unknown: None})[0]
    assert bool(told({unknown: None})[0]) == bool(reasons)


@pytest.mark.parametrize(
    ("change", "reasons"),
    [
        ({"feed_age_days": 3}, set()),
        ({"days_since": 5}, set()),
        ({"days_since": 0, "min_days_between": 0}, {"contacted_recently"}),
        ({"days_since": 1, "min_days_between": 0}, set()),
        ({"contact_days": 7}, set()),
        ({"home_minor": 2_000}, set()),
        ({"home_minor": 0, "is_over_named": True}, set()),
        ({"home_minor": 0, "min_home_minor": 0}, {"below_minimum"}),
        ({"best_net_minor": 1}, set()),
        ({"local_minute": 480}, set()),
        ({"local_minute": 1079}, set()),
        ({"local_minute": 1080}, {"quiet_hours"}),
        ({"needs_approval": True, "is_approved": True}, set()),
        ({"channel": "letter", "has_email": False, "is_bounced": True}, set()),
        ({"channel": "letter", "has_address": False}, {"no_contact"}),
        ({"channel": "call", "is_bounced": True}, set()),
        ({"channel": "call", "has_phone": False}, {"no_contact"}),
        ({"channel": "sms", "has_phone": False}, {"no_contact"}),
        ({"channel": "portal", "is_bounced": True}, {"bounced"}),
        ({"channel": "pigeon"}, {"no_contact"}),
        ({"hold_rank": 2, "collect_minor": 0, "best_net_minor": 0}, {"plan_active"}),
        ({"hold_rank": 3, "collect_minor": 0, "best_net_minor": 0}, {"legal_hold"}),
        ({"hold_rank": 2}, set()),
        (
            {"hold_rank": 1, "disputed_minor": 9_000, "collect_minor": 0, "best_net_minor": 0},
            {"on_hold"},
        ),
        ({"leading_state": "disputed"}, {"all_disputed"}),
        ({"leading_state": "promised"}, {"promise_open"}),
        ({"leading_state": "held", "hold_rank": 1}, {"on_hold"}),
        ({"leading_state": "covered"}, {"nothing_to_chase"}),
        ({"leading_state": "too_soon"}, {"contacted_recently"}),
    ],
)
def test_the_edges(change, reasons):
    assert told(change) == [reasons]


def test_planning_asks_neither_for_the_hour_nor_for_the_approval():
    planned = dicts(
        gate(facts({"local_minute": 0, "needs_approval": True}), policy=POLICY, stage="plan")
    )

    assert [(row["reason"], row["is_block"]) for row in planned] == [("needs_approval", False)]


def test_a_reason_carries_the_fact_and_the_bound():
    change = {"days_since": 2, "feed_age_days": 9, "home_minor": 100, "contact_days": 11}

    assert sorted(
        (row["reason"], row["measured"], row["allowed"])
        for row in dicts(gate(facts(change), policy=POLICY, stage="plan"))
    ) == [
        ("below_minimum", 100, 2_000),
        ("cap_reached", 11, 8),
        ("contacted_recently", 2, 5),
        ("stale_feed", 9, 3),
    ]


def test_the_rows_have_the_declared_columns():
    found = gate(facts(BLOCKS["bounced"]), policy=POLICY, stage="plan")

    schema.check(found, GATE, name="gate")


def test_a_decision_is_clear_waits_for_approval_or_is_blocked():
    changes = [{}, {"needs_approval": True}, {"needs_approval": True, "is_opted_out": True}]
    reasons = gate(facts(*changes), policy=POLICY, stage="plan")

    assert rows.answers(decisions(facts(*changes), reasons)) == [
        {"customer_id": 1, "decision": "clear"},
        {"customer_id": 2, "decision": "needs_approval"},
        {"customer_id": 3, "decision": "blocked"},
    ]


LIVE = {
    "channel": st.sampled_from(["email", "letter", "call", "sms", "portal", None]),
    "leading_state": st.sampled_from(["due", "too_soon", "disputed", "covered", None]),
    "has_email": st.sampled_from([True, False, None]),
    "is_bounced": st.sampled_from([True, False, None]),
    "is_opted_out": st.sampled_from([True, False, None]),
    "is_business": st.sampled_from([True, False, None]),
    "best_net_minor": st.sampled_from([-5, 0, 1, 5_000, None]),
    "home_minor": st.sampled_from([0, 1_999, 2_000, None]),
    "customer_rank": st.integers(0, 3),
    "days_since": st.sampled_from([0, 4, 5, None]),
    "contact_days": st.sampled_from([0, 7, 8, 30]),
    "feed_age_days": st.sampled_from([-1, 3, 4, None]),
    "local_minute": st.sampled_from([0, 480, 1_079, 1_080, None]),
    "needs_approval": st.sampled_from([True, False, None]),
    "is_approved": st.sampled_from([True, False, None]),
}


@settings(max_examples=12)
@given(st.lists(st.fixed_dictionaries(LIVE), min_size=50, max_size=150))
def test_only_facts_all_known_to_be_harmless_pass(changes):
    def harmless(change):
        at = {**CLEAR, **change}
        reach = {"email": at["has_email"] and at["is_bounced"] is False}
        reach |= {"portal": reach["email"], "letter": True, "call": True, "sms": True}
        return (
            bool(reach.get(at["channel"]))
            and at["leading_state"] == "due"
            and at["is_opted_out"] is False
            and at["is_business"] is True
            and (at["best_net_minor"] or 0) > 0
            and (at["home_minor"] or 0) >= 2_000
            and at["customer_rank"] == 0
            and (at["days_since"] is None or at["days_since"] >= 5)
            and at["contact_days"] < 8
            and at["feed_age_days"] is not None
            and at["feed_age_days"] <= 3
            and at["local_minute"] is not None
            and 480 <= at["local_minute"] < 1_080
            and (at["needs_approval"] is False or at["is_approved"] is True)
        )

    assert [not reasons for reasons in told(*changes)] == [harmless(change) for change in changes]


def contact(**change):
    base = {
        "customer_id": 1, "segment": "standard", "strategy": "s", "level": 1,
        "channel": "email", "template": "reminder", "needs_approval": False,
        "is_before_due": False, "leading_item_id": 1, "leading_state": "due",
        "days_past_due": 9, "min_days_between": 5, "min_home_minor": 0,
    }  # fmt: skip
    return rows.table(CONTACT, [{**base, **change}])


TOTALS = {
    "customer_id": pl.Int64, "currency": pl.String, "gross_minor": pl.Int64,
    "disputed_minor": pl.Int64, "promised_minor": pl.Int64, "collect_minor": pl.Int64,
    "hold_rank": pl.Int32, "net_minor": pl.Int64, "demand_minor": pl.Int64,
    "home_minor": pl.Int64,
}  # fmt: skip


def total(currency="EUR", **change):
    base = {
        "customer_id": 1, "currency": currency, "gross_minor": 100, "disputed_minor": 0,
        "promised_minor": 0, "collect_minor": 100, "hold_rank": 0, "net_minor": 100,
        "demand_minor": 100, "home_minor": 100,
    }  # fmt: skip
    return {**base, **change}


def seen(*totals, contacts=None, log=(), countries=(("DE", True),), minimums=(), fed_on=DAY):
    lazy = lambda data, types: nw.from_native(  # noqa: E731
        pl.DataFrame(data, schema=types, orient="row").lazy()
    )
    return dicts(
        gate_facts(
            contact() if contacts is None else contacts,
            lazy(list(totals) or [total()], TOTALS),
            rows.customers({}),
            holds=rows.holds(),
            contact_log=rows.contacts(*log),
            business_days=lazy(list(countries), {"country": pl.String, "is_business": pl.Boolean}),
            minimums=lazy(
                list(minimums),
                {"segment": pl.String, "currency": pl.String, "min_minor": pl.Int64},
            ),
            policy=POLICY,
            fed_on=fed_on,
            as_of=DAY,
        )
    )[0]


def test_contacts_after_the_day_are_not_seen_and_a_day_counts_once():
    ago = [0, 0, 12, 29, 30, 45, -1]
    found = seen(log=[{"contacted_day": TODAY - n, "item_id": n} for n in ago])

    assert (found["days_since"], found["contact_days"]) == (0, 3)


def test_never_contacted_is_no_contact_and_no_days():
    assert (seen()["days_since"], seen()["contact_days"]) == (None, 0)


def test_the_age_of_the_bank_data_is_known_or_empty():
    assert [seen(fed_on=day)["feed_age_days"] for day in (DAY, date(2026, 3, 14), None)] == [
        0,
        4,
        None,
    ]


def test_a_country_the_calendar_does_not_know_stays_unknown():
    assert seen(countries=[("FR", True)])["is_business"] is None


def test_currencies_with_a_minimum_of_their_own_are_not_added_to_home():
    totals = (total(demand_minor=50, home_minor=50), total("USD", demand_minor=90, home_minor=80))
    named = [("standard", "USD", 91)]

    assert (seen(*totals)["home_minor"], seen(*totals, minimums=named)["home_minor"]) == (130, 50)
    assert [
        seen(*totals, minimums=[("standard", "USD", bound)])["is_over_named"] for bound in (90, 91)
    ] == [True, False]


def test_a_missing_rate_leaves_the_demand_in_home_currency_unknown():
    assert seen(total(), total("XXX", home_minor=None))["home_minor"] is None


def test_at_delivery_the_hour_and_the_approval_come_with_the_contact():
    given_contact = contact(needs_approval=True).with_columns(
        local_minute=nw.lit(700, nw.Int32), is_approved=nw.lit(value=True)
    )

    found = seen(contacts=given_contact)

    assert (found["local_minute"], found["is_approved"]) == (700, True)
