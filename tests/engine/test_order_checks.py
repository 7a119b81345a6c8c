"""The order check: each rule as its user knows it, and exact words about what would free an order."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dunwell.engine.exposure import CoverPart, Part
from dunwell.engine.order_checks import clear_day, judge_order, what_if
from dunwell.engine.order_facts import Waiver
from dunwell.engine.order_rules import STANDARD, read_order_rules
from tests.engine.order_desk import TODAY, account, ask, days_ago, facts, order, said, ways


def judged(one, rules=STANDARD):
    return judge_order(one, rules, as_of=TODAY)


def only(*rows, **more):
    return read_order_rules({"rules": list(rows), **more})


def test_an_order_within_its_limit_passes_every_rule():
    found = judged(order())
    assert (found.decision, said(found), found.release) == ("approved", {}, ())
    assert (found.exposure_minor, found.adds_minor, found.over_minor) == (0, 1_000_00, 0)


def test_the_limit_itself_may_be_used_up_to_the_last_cent():
    customer = facts(account(9_000_00))
    assert not judged(order(1_000_00, customer)).is_held
    found = judged(order(1_000_01, customer))
    assert said(found) == {"limit": "held", "limit_used": "warned"}
    assert ways(found) == {
        "pay": 1,
        "prepay": 1,
        "reduce": 1_000_00,
        "raise_limit": 10_000_01,
    }


def test_paying_4210_frees_it_to_the_cent():
    customer = facts(account(9_210_00))
    held = order(5_000_00, customer)
    found = judged(held)
    assert [one.text for one in found.release][:2] == [
        "Paying 4,210.00 EUR frees it.",
        "Prepaying 4,210.00 EUR frees it.",
    ]
    assert not judged(what_if(held, paid_minor=4_210_00)).is_held
    assert judged(what_if(held, paid_minor=4_209_99)).is_held


def test_tolerance_in_ppm_and_in_money_both_widen_the_limit():
    rules = only({"rule": "limit", "tolerance_ppm": 50_000, "tolerance_minor": 100_00})
    customer = facts(account(0, 10_000_00))
    assert not judged(order(10_600_00, customer), rules).is_held
    found = judged(order(10_600_01, customer), rules)
    assert found.is_held
    raised = ways(found)["raise_limit"]
    assert not judged(what_if(order(10_600_01, customer), limit_minor=raised), rules).is_held
    assert judged(what_if(order(10_600_01, customer), limit_minor=raised - 1), rules).is_held


def test_days_overdue_ask_for_the_items_that_are_too_old_and_no_more():
    customer = facts(debts=((days_ago(60), 300_00), (days_ago(31), 200_00), (days_ago(30), 50_00)))
    found = judged(order(1_000_00, customer), only({"rule": "days_overdue", "days": 30}))
    assert said(found) == {"days_overdue": "held"}
    assert found.outcomes[0].text == ("The oldest open item is 60 days past due; 30 are allowed.")
    assert ways(found) == {"pay": 500_00, "prepay": 1_000_00}


def test_money_that_waits_to_be_applied_counts_as_put_on_the_oldest_debts():
    customer = facts(debts=((days_ago(60), 300_00), (days_ago(40), 200_00)), credit_minor=350_00)
    rules = only({"rule": "days_overdue", "days": 30}, {"rule": "overdue_amount"})
    assert ways(judged(order(1_00, customer), rules))["pay"] == 150_00
    assert not judged(order(1_00, replace(customer, credit_minor=500_00)), rules).is_held


def test_grace_at_a_checkpoint_and_rules_that_are_not_asked_there():
    rules = only(
        {"rule": "days_overdue", "days": 10, "checkpoints": {"order": 0, "delivery": 5}},
    )
    customer = facts(debts=((days_ago(12), 1_00),))
    results = {
        checkpoint: judged(order(1_00, customer, checkpoint=checkpoint), rules).outcomes[0].result
        for checkpoint in ("order", "picking", "delivery")
    }
    assert results == {"order": "held", "picking": "skipped", "delivery": "passed"}


def test_an_overdue_amount_may_matter_only_when_much_of_the_limit_is_used():
    rules = only({"rule": "overdue_amount", "over_minor": 100_00, "used_ppm": 800_000})
    late = facts(account(6_000_00), debts=((days_ago(3), 500_00),))
    assert not judged(order(1_999_99, late), rules).is_held
    found = judged(order(2_000_00, late), rules)
    assert (said(found), ways(found)["pay"]) == ({"overdue_amount": "held"}, 1)


def test_prepaid_and_delivered_parts_are_never_blocked():
    customer = facts(
        account(50_000_00, 1_00), insolvent_on=days_ago(3), forced_by="mona", forced_reason="no"
    )
    for parts in (
        {"prepaid_minor": 1_000_00},
        {"delivered_minor": 1_000_00},
        {"prepaid_minor": 400_00, "delivered_minor": 1_000_00, "billed_minor": 1_000_00},
    ):
        found = judged(order(1_000_00, customer, **parts))
        assert (found.decision, found.on_credit_minor) == ("approved", 0)
        assert {one.result for one in found.outcomes} == {"skipped"}
    # what is prepaid pays for what was delivered first: 600 of 1,000 are still on credit
    part = ask(1_000_00, prepaid_minor=300_00, delivered_minor=400_00)
    assert part.on_credit_minor == 600_00


@pytest.mark.parametrize(
    ("known", "rule"),
    [
        ({"insolvent_on": days_ago(1)}, "insolvency"),
        ({"legal_on": days_ago(1)}, "legal_matter"),
        ({"forced_by": "mona", "forced_reason": "new owner"}, "forced_hold"),
        ({"frozen_on": days_ago(1)}, "exposure_freeze"),
        ({"written_off_on": days_ago(364)}, "write_off"),
    ],
)
def test_a_standing_of_the_customer_holds_whatever_is_paid(known, rule):
    found = judged(order(1_00, facts(**known)))
    assert said(found) == {rule: "held"}
    assert "pay" not in ways(found)
    assert ways(found)["prepay"] == 1_00


def test_a_write_off_is_forgotten_by_the_day_it_says():
    found = judged(order(1_00, facts(written_off_on=days_ago(364))))
    assert ways(found)["wait"] == TODAY + timedelta(days=1)
    assert not judged(order(1_00, facts(written_off_on=days_ago(365)))).is_held


def test_no_limit_holds_and_a_limit_that_ran_out_says_so_instead():
    assert said(judged(order(1_00, facts(account(0, None))))) == {"no_limit": "held"}
    ended = facts(account(0, None, until_on=days_ago(2), is_ended=True))
    assert said(judged(order(1_00, ended))) == {"limit_expired": "held"}
    assert ways(judged(order(1_00, ended)))["raise_limit"] == 1_00
    suspended = facts(account(0, 0, is_suspended=True))
    assert said(judged(order(1_00, suspended))) == {"limit_suspended": "held"}


def test_a_missing_rate_holds_the_order_whatever_the_policy_says():
    rules = only()
    assert said(judged(order(currency="CHF"), rules)) == {"unknown_amounts": "held"}
    assert said(judged(order(customer=facts(account(None))), rules)) == {"unknown_amounts": "held"}
    assert said(judged(order(customer=facts(debts=None)), rules)) == {"unknown_amounts": "held"}


def test_a_group_a_parent_and_a_guarantor_each_hold_by_their_own_limit():
    own = account(1_000_00)
    group = account(19_500_00, 20_000_00, key="group/1", kind="group", name="Rail")
    parent = account(30_000_00, 30_500_00, key="below/9", kind="parent", name="Holding")
    rules = only({"rule": "group_limit"}, {"rule": "parent_limit"}, {"rule": "guarantor_limit"})
    found = judged(order(600_00, facts(own, group, parent)), rules)
    assert said(found) == {"group_limit": "held", "parent_limit": "held"}
    assert ways(found) == {"pay": 100_00, "prepay": 100_00, "reduce": 500_00}
    # a guarantor answers for this customer beside its own debts, up to its cap
    good = account(500_00, 2_000_00, key="customer/5", kind="guarantor", name="Bob")
    assert said(judged(order(600_00, facts(own, good)), rules)) == {"guarantor_limit": "held"}
    capped = (500_00, replace(good[1], most_minor=1_500_00))
    assert said(judged(order(600_00, facts(own, capped)), rules)) == {}


def test_an_order_is_valued_and_covered_as_the_exposure_is():
    cover = CoverPart(1, "EUR", 5_000_00, 900_000)
    covered = facts(account(4_000_00, 1_000_00), covers=(cover,))
    # of 4,000 and 1,000 more the cover leaves a tenth; of the 500 above it all
    assert judged(order(1_500_00, covered)).decision == "approved"
    found = judged(order(1_500_01, covered))
    assert (found.exposure_minor, found.adds_minor) == (400_00, 600_01)
    assert ways(found) == {
        "pay": 1, "prepay": 1, "reduce": 1_500_00, "raise_limit": 1_000_01
    }  # fmt: skip
    dollars = facts(account(9_000_00))
    assert not judged(order(1_090_00, dollars, currency="USD")).is_held
    assert ways(judged(order(1_090_01, dollars, currency="USD")))["prepay"] == 1


def test_money_on_account_that_prepays_the_order_counts_once():
    customer = facts(parts=(Part("EUR", open_minor=9_800_00, unapplied_minor=300_00),))
    # the 300 on account are this order's prepayment: they no longer lower the exposure
    assert judged(order(500_00, customer, prepaid_minor=300_00)).adds_minor == 500_00
    assert judged(order(501_00, customer, prepaid_minor=300_00)).is_held


def test_the_first_row_whose_scope_fits_holds():
    rules = only(
        {"rule": "days_overdue", "severity": "off", "for": {"customers": ["K7"]}},
        {"rule": "days_overdue", "days": 0, "for": {"risk_classes": ["D", "unknown"]}},
        {"rule": "days_overdue", "days": 20, "severity": "warn"},
    )
    late = {"debts": ((days_ago(10), 1_00),)}
    found = [
        said(judged(order(1_00, facts(number=number, risk_class=kind, **late)), rules))
        for number, kind in (("K7", "D"), ("K1", "D"), ("K1", ""), ("K1", "A"))
    ]
    assert found == [{}, {"days_overdue": "held"}, {"days_overdue": "held"}, {}]


def test_an_exclusion_passes_but_not_what_nobody_may_pass():
    rules = read_order_rules(
        {
            "exclusions": [
                {"name": "small orders", "below_minor": 500_00},
                {"name": "spare parts", "types": ["spare"], "skips": ["days_overdue"]},
                {"name": "authorities", "parties": ["public"]},
                {"name": "half prepaid", "prepaid_ppm": 500_000},
            ]
        }
    )
    over = account(20_000_00)
    assert not judged(order(499_99, facts(over)), rules).is_held
    assert judged(order(500_00, facts(over)), rules).is_held
    assert judged(order(500_00, facts(over, frozen_on=TODAY)), rules).is_held
    assert not judged(order(500_00, facts(over, party="public")), rules).is_held
    assert not judged(order(1_000_00, facts(over), prepaid_minor=500_00), rules).is_held
    assert said(judged(order(100_00, facts(frozen_on=TODAY)), rules)) == {
        "exposure_freeze": "held"
    }
    spare = judged(order(900_00, facts(over, debts=((days_ago(99), 1),)), kind="spare"), rules)
    assert "days_overdue" not in said(spare)
    assert said(spare)["limit"] == "held"


def test_a_release_covers_its_rule_until_its_day_and_up_to_its_amount():
    def with_waiver(rule, most, until):
        waiver = Waiver(rule=rule, by="mona", until_on=until, most_minor=most)
        return facts(account(10_000_00), waivers=(waiver,))

    assert judged(order(500_00, with_waiver("limit", 500_00, TODAY))).decision == "approved"
    assert judged(order(500_01, with_waiver("limit", 500_00, TODAY))).is_held
    assert judged(order(500_00, with_waiver("limit", 500_00, days_ago(1)))).is_held
    assert judged(order(500_00, with_waiver("limit", None, TODAY))).is_held


def test_the_other_rules_warn_or_hold_as_their_row_says():
    rules = only(
        {"rule": "risk_class", "classes": ["E", "unknown"]},
        {"rule": "terms", "extra_days": 5},
        {"rule": "order_amount", "most_minor": 900_00},
        {"rule": "review_overdue", "days": 10, "severity": "warn"},
        {"rule": "dunning_level", "level": 3},
        {"rule": "broken_promises", "count": 2},
        {"rule": "cover_missing"},
        {"rule": "cover_expiring", "days": 10, "severity": "warn"},
        {"rule": "stale_data", "severity": "warn"},
        {"rule": "limit_expiring", "days": 5, "severity": "warn"},
    )
    good = facts(
        account(until_on=TODAY + timedelta(days=6)),
        risk_class="A",
        granted_days=30,
        covers_in_force=1,
        review_due_on=days_ago(10),
        dunning_level=2,
        broken_promises=(TODAY,),
        feed_age_days=3,
    )
    assert said(judged(order(900_00, good, terms="net 35", terms_days=35), rules)) == {}
    bad = facts(
        account(until_on=TODAY + timedelta(days=5)),
        granted_days=30,
        review_due_on=days_ago(11),
        dunning_level=3,
        broken_promises=(TODAY, days_ago(1)),
        cover_until_on=TODAY,
        feed_age_days=4,
    )
    found = judged(order(900_01, bad, terms="as ever", terms_days=None), rules)
    held = ["risk_class", "terms", "order_amount", "dunning_level", "broken_promises"]
    warned = ["limit_expiring", "review_overdue", "cover_expiring", "stale_data"]
    assert said(found) == {
        **dict.fromkeys([*held, "cover_missing"], "held"),
        **dict.fromkeys(warned, "warned"),
    }


def test_an_expected_payment_frees_by_the_day_enough_has_come():
    expected = ((TODAY, 10), (TODAY + timedelta(days=4), 5))
    assert clear_day(expected, 10) == TODAY
    assert clear_day(expected, 15) == TODAY + timedelta(days=4)
    assert clear_day(expected, 16) is None
