"""Direct debit: never more than is owed, the mandate's life, and what a return leads to."""

from datetime import date, timedelta

import narwhals.stable.v2 as nw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.calendars import day_number
from dunwell.engine.cash_policy import DebitPolicy
from dunwell.engine.collectable import COLLECTABLE
from dunwell.engine.debits import (
    LEFT_OUT,
    MANDATES,
    RETRIES,
    Aftermath,
    after_return,
    debit_plan,
    earliest_collection,
    is_collection_day,
    is_lapsed,
    lapse_limit,
)
from dunwell.engine.items import BALANCES
from dunwell.engine.schema import Column
from tests.engine.rows import table

DAY = date(2026, 3, 5)
COLLECT = date(2026, 3, 20)
COVERED = {"item_id": Column(nw.Int64, ""), "covered_minor": Column(nw.Int64, "")}
BARRED = {"item_id": Column(nw.Int64, ""), "reason": Column(nw.String, "")}


def item(key, customer, open_minor, **changes):
    """An item of COLLECTABLE, due ten days before the collection, all of it collectable."""
    row = {
        "item_id": key,
        "customer_id": customer,
        "currency": "EUR",
        "due_day": day_number(COLLECT) - 10,
        "days_past_due": 0,
        "segment": None,
        "strategy": None,
        "min_home_minor": None,
        "min_days_between": None,
        "grace_days": None,
        "is_credit": open_minor < 0,
        "is_overdue": False,
        "open_minor": open_minor,
        "disputed_minor": 0,
        "promised_minor": 0,
        "held_minor": 0,
        "hold_rank": 0,
        **changes,
    }
    taken = row["disputed_minor"] + row["promised_minor"] + row["held_minor"]
    return {"collect_minor": max(open_minor, 0) - taken, **row}


def mandate(customer, **changes):
    """An active CORE mandate signed this year and never used."""
    return {
        "customer_id": customer,
        "mandate_id": customer * 10,
        "scheme": "CORE",
        "status": "active",
        "is_recurring": True,
        "signed_day": day_number(date(2026, 1, 5)),
        "used_day": None,
        "was_accepted": False,
        **changes,
    }


def cash(customer, unapplied_minor):
    """A customer's unapplied cash in euro."""
    zero = dict.fromkeys(BALANCES, 0)
    return {
        **zero, "customer_id": customer, "currency": "EUR", "unapplied_minor": unapplied_minor,
    }  # fmt: skip


def plan(items, mandates=(), *, balances=(), covered=(), barred=(), retries=(), is_short=False):
    found = debit_plan(
        table(COLLECTABLE, list(items)),
        table(BALANCES, list(balances)),
        table(MANDATES, list(mandates)),
        covered=table(COVERED, [{"item_id": k, "covered_minor": v} for k, v in covered]),
        barred=table(BARRED, [{"item_id": k, "reason": v} for k, v in barred]),
        retries=table(
            RETRIES, [{"item_id": k, "debit_id": 1, "retry_minor": v} for k, v in retries]
        ),
        scheme="CORE",
        collect_on=COLLECT,
        as_of=DAY,
        is_short=is_short,
    )
    lines = found.lines.sort("item_id").collect().rows(named=True)
    left = found.left_out.sort("customer_id").collect().rows(named=True)
    return (
        {row["item_id"]: row["amount_minor"] for row in lines},
        {row["customer_id"]: row["reason"] for row in left},
    )


def test_credits_and_cash_lower_the_newest_items_and_other_currencies_nothing():
    items = [
        item(1, 1, 100_00, due_day=day_number(COLLECT) - 3),
        item(2, 1, 50_00, due_day=day_number(COLLECT)),
        item(3, 1, -20_00),
        item(4, 1, -99_00, currency="USD"),
        item(5, 1, 99_00, currency="USD"),
        item(6, 1, 70_00, due_day=day_number(COLLECT) + 1),
    ]

    assert plan(items, [mandate(1)], balances=[cash(1, 40_00)]) == ({1: 90_00}, {})


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"status": "draft", "signed_day": None}, "unsigned"),
        ({"signed_day": day_number(DAY) + 1}, "unsigned"),
        ({"status": "suspended"}, "suspended"),
        ({"status": "ended"}, "ended"),
        ({"scheme": "B2B"}, "other_scheme"),
        ({"signed_day": day_number(date(2023, 3, 19))}, "lapsed"),
        ({"used_day": day_number(date(2023, 3, 19))}, "lapsed"),
        ({"is_recurring": False, "was_accepted": True}, "used_up"),
    ],
)
def test_a_mandate_that_may_not_be_used_leaves_its_customer_out(changes, reason):
    assert plan([item(1, 1, 100_00)], [mandate(1, **changes)]) == ({}, {1: reason})


@pytest.mark.parametrize(
    ("changes", "sequence"),
    [
        ({}, "FRST"),
        ({"used_day": day_number(date(2026, 2, 2)), "was_accepted": True}, "RCUR"),
        # the bank refused the first one, so the next is a first one again
        ({"used_day": day_number(date(2026, 2, 2))}, "FRST"),
        ({"is_recurring": False}, "OOFF"),
        ({"signed_day": day_number(date(2023, 3, 20))}, "FRST"),
    ],
)
def test_the_sequence_follows_from_what_was_presented(changes, sequence):
    nothing = table(COVERED, [])
    found = debit_plan(
        table(COLLECTABLE, [item(1, 1, 100_00)]),
        table(BALANCES, []),
        table(MANDATES, [mandate(1, **changes)]),
        covered=nothing,
        barred=table(BARRED, []),
        retries=table(RETRIES, []),
        scheme="CORE",
        collect_on=COLLECT,
        as_of=DAY,
        is_short=False,
    )

    assert found.lines.collect()["sequence"].to_list() == [sequence]


@pytest.mark.parametrize(
    ("one", "options", "reason"),
    [
        (item(1, 1, 100_00, disputed_minor=100_00), {}, "disputed"),
        (item(1, 1, 100_00, promised_minor=100_00), {}, "promised"),
        (item(1, 1, 100_00, held_minor=100_00), {}, "held"),
        (item(1, 1, 100_00), {"covered": [(1, 100_00)]}, "running"),
        (item(1, 1, 100_00), {"balances": [cash(1, 100_00)]}, "credits"),
        (item(1, 1, 100_00), {"barred": [(1, "given_up")]}, "given_up"),
        (item(1, 1, 100_00), {"barred": [(1, "waits_retry")]}, "waits_retry"),
        (item(1, 1, 100_00), {"is_short": True}, "short_notice"),
    ],
)
def test_what_stands_against_an_item_is_told(one, options, reason):
    assert plan([one], [mandate(1)], **options) == ({}, {1: reason})
    assert reason in LEFT_OUT


def test_without_time_to_tell_only_what_was_announced_is_tried_again():
    items = [item(1, 1, 100_00), item(2, 1, 50_00)]

    assert plan(items, [mandate(1)], retries=[(1, 80_00)], is_short=True) == ({1: 80_00}, {})
    assert plan(items, [mandate(1)], retries=[(1, 80_00)])[0] == {1: 100_00, 2: 50_00}


MINOR = st.integers(1, 500_00)
ITEM = st.tuples(st.integers(1, 3), st.integers(-200_00, 500_00).filter(bool), st.integers(0, 20))


@given(
    rows=st.lists(ITEM, max_size=12),
    running=st.lists(MINOR, max_size=12),
    unapplied=st.lists(st.integers(-50_00, 300_00), min_size=3, max_size=3),
)
def test_debits_never_ask_for_more_than_is_owed(rows, running, unapplied):
    items = [
        item(n, customer, amount, due_day=day_number(COLLECT) - days)
        for n, (customer, amount, days) in enumerate(rows, 1)
    ]
    opened = {row["item_id"]: max(row["open_minor"], 0) for row in items}
    covered = {
        key: min(amount, opened[key])
        for key, amount in zip(opened, running, strict=False)
        if opened[key]
    }
    lines, _ = plan(
        items,
        [mandate(n) for n in (1, 2, 3)],
        balances=[cash(n, amount) for n, amount in enumerate(unapplied, 1)],
        covered=covered.items(),
    )

    assert all(
        amount > 0 and amount + covered.get(key, 0) <= opened[key] for key, amount in lines.items()
    )
    for customer in (1, 2, 3):
        own = [row for row in items if row["customer_id"] == customer]
        under = sum(covered.get(row["item_id"], 0) for row in own)
        asked = sum(lines.get(row["item_id"], 0) for row in own)
        owed = sum(row["open_minor"] for row in own) - max(unapplied[customer - 1], 0) - under
        assert asked == max(owed, 0)


def test_36_months_without_use_end_a_mandate():
    assert lapse_limit(date(2026, 3, 20)) == date(2023, 3, 20)
    assert lapse_limit(date(2028, 2, 29)) == date(2025, 2, 28)
    on, signed_on = date(2026, 3, 20), date(2020, 1, 1)
    assert is_lapsed(signed_on=signed_on, used_on=None, on=on)
    assert not is_lapsed(signed_on=signed_on, used_on=date(2023, 3, 20), on=on)
    assert is_lapsed(signed_on=signed_on, used_on=date(2023, 3, 19), on=on)


def test_banks_collect_on_target_days_some_days_ahead():
    # Good Friday and Easter Monday are no TARGET days; 1 May is none either
    assert earliest_collection(date(2026, 4, 1), lead_days=2) == date(2026, 4, 7)
    assert earliest_collection(DAY, lead_days=0) == DAY + timedelta(days=1)
    assert [is_collection_day(date(2026, 5, day)) for day in (1, 2, 4)] == [False, False, True]


@pytest.mark.parametrize(
    ("code", "attempt", "aftermath"),
    [
        ("AM04", 1, Aftermath(act="retry", retry_on=date(2026, 3, 12))),
        ("am04", 2, Aftermath(act="retry", retry_on=date(2026, 3, 19))),
        ("AM04", 3, Aftermath(act="give_up")),
        ("AC04", 1, Aftermath(act="stop")),
        ("AC01", 1, Aftermath(act="fix")),
        ("ZZ99", 1, Aftermath(act="fix")),
    ],
)
def test_the_ladder_decides_what_a_return_leads_to(code, attempt, aftermath):
    found = after_return(DebitPolicy(), reason_code=code, attempt=attempt, returned_on=DAY)

    assert found == aftermath
