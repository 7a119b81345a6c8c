"""Laws of the order check: what it says would free an order does, and a cent less does not."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.exposure import CoverPart, Part
from dunwell.engine.order_checks import judge_order, judge_orders, what_if
from dunwell.engine.order_judged import own_exposure, with_order
from dunwell.engine.order_rules import read_order_rules
from tests.engine.order_desk import RATES, TODAY, account, days_ago, facts, order, ways


def judged(one, rules):
    return judge_order(one, rules, as_of=TODAY)


MONEY = st.integers(0, 3_000_00)
RULES = read_order_rules(
    {
        "rules": [
            {"rule": "days_overdue", "days": 10},
            {"rule": "overdue_amount", "over_minor": 50_00, "used_ppm": 300_000},
            {"rule": "limit", "tolerance_ppm": 30_000, "tolerance_minor": 7},
            {"rule": "limit_used", "used_ppm": 950_000, "severity": "warn"},
            {"rule": "group_limit"},
            {"rule": "guarantor_limit"},
            {"rule": "no_limit"},
        ]
    }
)


PART = st.builds(
    Part,
    st.sampled_from(["EUR", "USD"]),
    *[st.integers(0, 1_500_00)] * 3,
    st.integers(0, 900_00),
    st.integers(0, 500_00),
)
COVER = st.builds(
    CoverPart, st.just(1), st.just("EUR"), st.integers(0, 1_000_00), st.integers(0, 1_000_000)
)


@st.composite
def orders(draw, customers=4):
    key = draw(st.integers(1, customers))
    own = account(0, draw(st.one_of(st.none(), MONEY)), key=f"customer/{key}")
    shared = []
    if draw(st.booleans()):
        shared.append(account(draw(MONEY), draw(MONEY), key="group/1", kind="group", name="G"))
    if draw(st.booleans()):
        most = draw(st.one_of(st.none(), st.integers(1, 2_000_00)))
        guarantor = {"key": "customer/99", "kind": "guarantor", "name": "B", "most_minor": most}
        shared.append(account(draw(MONEY), draw(MONEY), **guarantor))
    debts = draw(st.lists(st.tuples(st.integers(1, 40), st.integers(1, 500_00)), max_size=4))
    parts = draw(st.lists(PART, max_size=2, unique_by=lambda part: part.currency))
    customer = facts(
        own,
        *shared,
        customer_id=key,
        number=f"K{key}",
        parts=tuple(parts),
        covers=tuple(draw(st.lists(COVER, max_size=1))),
        debts=tuple((days_ago(days), amount) for days, amount in sorted(debts, reverse=True)),
        credit_minor=draw(st.integers(0, 300_00)),
    )
    amount = draw(st.integers(0, 2_000_00))
    return order(
        amount,
        customer,
        currency=draw(st.sampled_from(["EUR", "EUR", *RATES])),
        prepaid_minor=draw(st.integers(0, amount)),
        delivered_minor=draw(st.integers(0, amount)),
    )


@given(orders())
def test_each_way_frees_an_order_and_a_cent_less_does_not(one):
    found = judged(one, RULES)
    if not found.is_held:
        assert found.release == ()
        return
    told = ways(found)
    assert "prepay" in told
    tries = {
        "pay": lambda amount: what_if(one, paid_minor=amount),
        "prepay": lambda amount: what_if(one, prepaid_minor=amount),
        "raise_limit": lambda amount: what_if(one, limit_minor=amount),
    }
    for kind, amount in told.items():
        if kind in tries:
            assert not judged(tries[kind](amount), RULES).is_held
            if amount:
                assert judged(tries[kind](amount - 1), RULES).is_held
        if kind == "reduce":
            smaller = replace(one, ask=replace(one.ask, amount_minor=amount))
            larger = replace(one, ask=replace(one.ask, amount_minor=amount + 1))
            assert not judged(smaller, RULES).is_held
            assert judged(larger, RULES).is_held


@given(st.lists(orders(), max_size=6))
def test_many_at_once_are_judged_as_one_after_the_other(asked):
    # one customer has the same facts in all of its orders
    known = {one.customer.customer_id: one.customer for one in reversed(asked)}
    asked = [replace(one, customer=known[one.customer.customer_id]) for one in asked]
    together = judge_orders(asked, RULES, as_of=TODAY)
    parts = {key: one.parts for key, one in known.items()}
    group, alone = {}, []
    for one in asked:
        customer = known[one.customer.customer_id]
        moved = sum(change for key, change in group.items() if key != customer.customer_id)
        accounts = [
            replace(each, others_minor=each.others_minor + (moved if each.kind == "group" else 0))
            for each in customer.accounts
        ]
        now = replace(customer, parts=parts[customer.customer_id], accounts=tuple(accounts))
        found = judged(replace(one, customer=now), RULES)
        key = customer.customer_id
        before = own_exposure(customer, parts[key])
        parts[key] = with_order(parts[key], one.ask, status=found.decision)
        if any(each.kind == "group" for each in accounts):
            group[key] = group.get(key, 0) + own_exposure(customer, parts[key]) - before
        alone.append(found)
    assert alone == list(together)


@given(orders(), st.integers(0, 3_000_00))
def test_paying_never_holds_an_order_that_passed(one, amount):
    before, after = judged(one, RULES), judged(what_if(one, paid_minor=amount), RULES)
    assert before.is_held or not after.is_held
