"""What another policy would have changed: decisions, debts, sales and orders, by hand."""

from datetime import date

from dunwell.engine.credit_decision import Subject, decide
from dunwell.engine.credit_policy import read_credit_policy
from dunwell.engine.credit_replay import (
    Change,
    PastCheck,
    PastItem,
    changed_decisions,
    changed_items,
    changed_order,
    recheck,
)
from dunwell.engine.order_facts import CreditFacts, OrderAsk
from dunwell.engine.order_rules import read_order_rules
from tests.engine.credit_customers import GOOD, document, standard

ON = date(2026, 1, 31)
OLD = standard()
STRICT = read_credit_policy(
    {
        **document(
            decisions={
                "rules": [{"name": "late", "when": {"own_days_late": {"from": 10}},
                           "then": "decline", "reason": "pays late"}],
                "otherwise": "approve",
            }
        ),
        "cases": [],
    }
)  # fmt: skip
LATE = {**GOOD, "own_days_late": 20}


def sides():
    subjects = {1: Subject(facts=GOOD), 2: Subject(facts=LATE)}
    return [decide(subjects, one, one.card, with_reasons=False) for one in (OLD, STRICT)]


def test_what_differs_on_a_day_is_told_with_amounts():
    old, new = sides()
    was = old[2].limit_minor
    found = changed_decisions(ON, old, new, open_minor={1: 0, 2: 1_000})
    assert found == [
        Change(on=ON, kind="outcome", customer_id=2, before="approve", after="decline"),
        Change(on=ON, kind="limit", customer_id=2, before=str(was), after="0", amount_minor=-was),
        Change(on=ON, kind="over_limit", customer_id=2, before=str(was), after="0",
               amount_minor=1_000),
    ]  # fmt: skip
    assert changed_decisions(ON, old, old, open_minor={2: 10**9}) == []


def test_debts_and_sales_of_whom_one_declines():
    old, new = sides()
    items = [PastItem(customer_id=key, number=f"R{key}", issued_on=ON, amount_minor=5)
             for key in (1, 2, 3)]  # fmt: skip
    assert changed_items("loss", ON, old, new, items) == [
        Change(on=ON, kind="loss", customer_id=2, before="approve", after="decline",
               amount_minor=5, reference="R2"),
    ]  # fmt: skip
    assert [one.before for one in changed_items("sales", ON, new, old, items)] == ["decline"]


def check(decision="held", outcomes=(), risk_class="C", **ask):
    asked = {"number": "O1", "currency": "EUR", "amount_minor": 1_000, "ordered_on": ON}
    customer = CreditFacts(customer_id=7, number="K7", name="K7", currency="EUR", accounts=(),
                           risk_class=risk_class)  # fmt: skip
    return PastCheck(
        on=ON, decision=decision, ask=OrderAsk(**{**asked, **ask}), customer=customer,
        outcomes=tuple(outcomes),
    )  # fmt: skip


def told(rule, result="held", **figures):
    return {"rule": rule, "result": result, "figures": figures}


def rules(*rows, **more):
    return read_order_rules({"rules": list(rows), **more})


OVERDUE = told("days_overdue", days=40, allowed_days=30)


def test_a_rule_is_asked_again_by_the_figures_it_rested_on():
    assert (
        recheck(check(outcomes=[OVERDUE]), rules({"rule": "days_overdue", "days": 39})) == "held"
    )
    assert (
        recheck(check(outcomes=[OVERDUE]), rules({"rule": "days_overdue", "days": 40}))
        == "approved"
    )
    over = told("limit", limit_minor=1_000, after_minor=1_150)
    assert recheck(check(outcomes=[over]), rules({"rule": "limit"})) == "held"
    assert (
        recheck(check(outcomes=[over]), rules({"rule": "limit", "tolerance_ppm": 150_000}))
        == "approved"
    )


def test_rules_that_are_off_warn_or_are_passed_by_an_exclusion_hold_nothing():
    one = check(outcomes=[OVERDUE])
    assert recheck(one, rules({"rule": "days_overdue", "severity": "off"})) == "approved"
    assert recheck(one, rules({"rule": "days_overdue", "severity": "warn"})) == "approved"
    small = rules({"rule": "days_overdue"}, exclusions=[{"name": "small", "below_minor": 1_001}])
    assert recheck(one, small) == "approved"
    assert recheck(check(outcomes=[OVERDUE], prepaid_minor=1_000), rules()) == "approved"


def test_the_class_and_the_amount_are_asked_though_they_were_not_then():
    assert recheck(check("approved"), rules({"rule": "risk_class", "classes": ["C"]})) == "held"
    assert (
        recheck(check("approved"), rules({"rule": "risk_class", "classes": ["E"]})) == "approved"
    )
    assert recheck(check("approved"), rules({"rule": "order_amount", "most_minor": 999})) == "held"


def test_what_has_no_figures_stays_as_it_came_out_and_the_unknown_stays_held():
    assert recheck(check(outcomes=[told("insolvency")]), rules({"rule": "insolvency"})) == "held"
    released = told("insolvency", "skipped")
    assert recheck(check(outcomes=[released]), rules({"rule": "insolvency"})) == "approved"
    assert recheck(check(outcomes=[told("unknown_amounts")]), rules()) == "held"


def test_an_order_that_comes_out_the_same_is_no_change():
    one = check(outcomes=[OVERDUE])
    assert changed_order(one, rules({"rule": "days_overdue"}), home_minor=9) is None
    assert changed_order(one, rules(), home_minor=9) == Change(
        on=ON, kind="order", customer_id=7, before="held", after="approved", amount_minor=9,
        reference="O1",
    )  # fmt: skip
