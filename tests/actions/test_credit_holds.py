"""Holds: forced, reviewed, released within authority or by approval, rejected, found ready."""

from datetime import timedelta

import pytest

from dunwell.actions.approvals import decide_approval
from dunwell.actions.credit_hold_reviews import evaluate_hold, review_credit_holds
from dunwell.actions.credit_holds import place_hold, reject_hold, review_hold
from dunwell.actions.credit_releases import release_hold
from dunwell.actions.gate import Forbidden, Refused, system
from dunwell.models import ApprovalRequest, CreditHold, CreditRating, Event, Order
from tests.actions.ledger_rows import invoice, payment
from tests.actions.order_rows import LATER, NOW, check, limited, order_rules, person
from tests.conftest import AT, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def mona(company):
    return person(company, "mona", "credit_manager")


@pytest.fixture
def nick(company):
    return person(company, "nick", "credit_analyst")


@pytest.fixture
def fritz(company):
    return person(company, "fritz", "finance_director")


@pytest.fixture
def held(customer):
    """An order that is 500.00 over the customer's limit."""
    limited(customer, 1_000_00)
    check(customer, amount=1_500_00)
    return CreditHold.objects.get()


def order_status(number="SO-1"):
    return Order.objects.get(number=number).status


def now(hold):
    hold.refresh_from_db()
    return hold


def test_a_release_within_authority_approves_the_order_at_once(held, mona):
    release_hold(actor=mona, hold=held, reason="Paid by phone, seen in the bank", **NOW)
    found = now(held)
    assert (found.status, found.ended_by, found.scope, order_status()) == (
        "released", "mona", "once", "approved"
    )  # fmt: skip
    assert found.authority["status"] == "allowed"
    assert found.authority["ask"]["amount_minor"] == 500_00
    # asked again it stays approved; asked for more it is held again
    customer = held.customer
    assert check(customer, amount=1_500_00).decision == "held"
    assert order_status() == "approved"
    assert check(customer, amount=1_400_00).decision == "approved"
    assert check(customer, amount=1_500_01).decision == "held"
    assert order_status() == "held"


def test_beyond_authority_somebody_else_releases_it(customer, nick, fritz):
    limited(customer, 0)
    check(customer, amount=200_000_00)
    hold = CreditHold.objects.get()
    release_hold(actor=nick, hold=hold, reason="Known for years", **NOW)
    assert (now(hold).status, hold.reviewer, order_status()) == ("under_review", "nick", "held")
    request = ApprovalRequest.objects.get()
    assert (request.act, request.needs_role, request.amount_minor) == (
        "release", "finance_director", 200_000_00
    )  # fmt: skip
    decide_approval(actor=fritz, request=request, approve=True, reason="Agreed", **NOW)
    assert (now(hold).status, hold.ended_by, order_status()) == ("released", "fritz", "approved")
    assert hold.authority["approved_by"] == "fritz"
    assert hold.end_reason == "Known for years Approved: Agreed"


def test_a_release_that_is_not_approved_leaves_the_hold(customer, nick, fritz):
    limited(customer, 0)
    check(customer, amount=200_000_00)
    hold = CreditHold.objects.get()
    release_hold(actor=nick, hold=hold, reason="Known for years", **NOW)
    request = ApprovalRequest.objects.get()
    decide_approval(actor=fritz, request=request, approve=False, reason="No", **NOW)
    assert (now(hold).status, order_status()) == ("under_review", "held")
    reject_hold(actor=nick, hold=hold, reason="Not approved", **NOW)
    assert (now(hold).status, order_status()) == ("rejected", "rejected")


def test_a_hold_that_ended_takes_its_request_along(customer, nick):
    limited(customer, 0)
    check(customer, amount=200_000_00)
    hold = CreditHold.objects.get()
    release_hold(actor=nick, hold=hold, reason="Known for years", **NOW)
    reject_hold(actor=nick, hold=hold, reason="They withdrew", **NOW)
    assert ApprovalRequest.objects.get().status == "withdrawn"


def test_a_release_until_a_day_lets_later_orders_pass_up_to_the_amount(held, mona):
    until = TODAY + timedelta(days=10)
    CreditRating.objects.create(
        company=held.company, customer=held.customer, as_of=TODAY, risk_class="A", risk="low",
        outcome="approve", digest="x", by="system", recorded_at=AT,
    )  # fmt: skip
    release_hold(actor=mona, hold=held, reason="Peak season", scope="until", until_on=until, **NOW)
    customer = held.customer
    # 1,500 are used; the limit is 1,000 and 500 over it were released
    assert check(customer, "SO-2", 1).decision == "held"
    payment(customer, "P1", 700_00)
    assert check(customer, "SO-3", 700_00).decision == "approved"
    assert check(customer, "SO-4", 1).decision == "held"
    late = check(customer, "SO-5", 1, as_of=until + timedelta(days=1))
    assert late.decision == "held"


@pytest.mark.parametrize(
    ("wish", "told"),
    [
        ({"reason": " "}, "Say why it is released"),
        ({"scope": "ever"}, "A release is for this order alone"),
        ({"scope": "until"}, "A release until a day names the day"),
        ({"until_on": TODAY}, "A release until a day names the day"),
        ({"scope": "until", "until_on": TODAY - timedelta(days=1)}, "The day must lie between"),
        ({"scope": "until", "until_on": TODAY + timedelta(days=400)}, "The day must lie between"),
    ],
)
def test_a_release_says_why_and_for_how_long(held, mona, wish, told):
    with pytest.raises(Refused, match=told):
        release_hold(actor=mona, hold=held, **{"reason": "because", **wish}, **NOW)


def test_a_hold_is_ready_when_its_reasons_are_gone_and_raised_when_they_come_back(held, mona):
    actor = system(held.company)
    assert review_credit_holds(actor=actor, **NOW) == 0
    payment(held.customer, "P1", 500_00)
    assert review_credit_holds(actor=actor, **LATER) == 1
    assert (now(held).status, held.over_minor, order_status()) == ("ready", 0, "held")
    assert review_credit_holds(actor=actor, **LATER) == 0
    invoice(held.customer, "R1", 100_00)
    assert review_credit_holds(actor=actor, **LATER) == 1
    assert (now(held).status, held.over_minor) == ("raised", 100_00)
    payment(held.customer, "P2", 100_00)
    assert evaluate_hold(actor=mona, hold=held, **LATER).status == "ready"
    # what the rules pass needs no authority, of whoever may release
    release_hold(actor=mona, hold=held, reason="All paid", **LATER)
    assert (now(held).authority, order_status()) == ({}, "approved")


def test_the_system_releases_only_where_the_policy_says_so_and_never_a_forced_hold(
    held, mona, customer
):
    order_rules(customer.company, auto_release=True)
    actor = system(customer.company)
    forced = place_hold(actor=mona, customer=customer, order=held.order, reason="New owner", **NOW)
    payment(customer, "P1", 500_00)
    review_credit_holds(actor=actor, **LATER)
    assert (now(held).status, now(forced).status, order_status()) == ("raised", "raised", "held")
    assert held.rules == ",forced_hold,"
    forced.raised_by = "somebody"
    forced.save()
    release_hold(actor=mona, hold=forced, reason="Met them", **LATER)
    assert order_status() == "held"
    assert review_credit_holds(actor=actor, **LATER) == 1
    assert (now(held).status, held.ended_by, order_status()) == ("released", "system", "approved")


def test_two_orders_that_do_not_fit_together_are_not_both_ready(held):
    check(held.customer, "SO-2", 1_200_00)
    payment(held.customer, "P1", 500_00)
    review_credit_holds(actor=system(held.company), **LATER)
    assert dict(CreditHold.objects.values_list("order__number", "status")) == {
        "SO-1": "ready", "SO-2": "raised"
    }  # fmt: skip


def test_a_forced_hold_on_a_customer_holds_every_further_order(customer, mona, nick):
    limited(customer, 9_000_00)
    check(customer)
    hold = place_hold(actor=mona, customer=customer, reason="Fraud suspected", **NOW)
    assert order_status() == "approved"
    found = check(customer, "SO-2")
    assert [one["rule"] for one in found.outcomes if one["result"] == "held"] == ["forced_hold"]
    by_rule = CreditHold.objects.get(kind="auto")
    with pytest.raises(Refused, match="Held by mona: Fraud suspected. That has to end first"):
        release_hold(actor=nick, hold=by_rule, reason="please", **NOW)
    with pytest.raises(Refused, match="mona holds this since 2026-03-05"):
        place_hold(actor=nick, customer=customer, reason="again", **NOW)
    with pytest.raises(Refused, match="You placed this hold"):
        release_hold(actor=mona, hold=hold, reason="never mind", **NOW)
    release_hold(actor=nick, hold=hold, reason="Cleared by phone", **NOW)
    assert review_credit_holds(actor=system(customer.company), **NOW) == 1
    assert now(by_rule).status == "ready"


def test_whoever_forced_a_hold_may_release_it_where_the_policy_says_so(customer, mona, nick):
    order_rules(customer.company, own_forced_hold=True)
    hold = place_hold(actor=mona, customer=customer, reason="To be safe", **NOW)
    release_hold(actor=mona, hold=hold, reason="Was wrong", **NOW)
    assert now(hold).status == "released"


def test_an_order_alone_is_held_and_judged_by_the_rules_afterwards(customer, mona, nick):
    limited(customer, 1_000_00)
    check(customer)
    order = Order.objects.get()
    hold = place_hold(actor=mona, customer=customer, order=order, reason="Odd order", **NOW)
    assert order_status() == "held"
    assert check(customer, "SO-2", 500_00).decision == "approved"
    release_hold(actor=nick, hold=hold, reason="Is fine", **NOW)
    # meanwhile another order took the limit: the rules hold it now
    assert order_status() == "held"
    assert CreditHold.objects.get(kind="auto").over_minor == 500_00


def test_a_review_names_who_looks_and_by_when(held, nick):
    day = TODAY + timedelta(days=2)
    review_hold(actor=nick, hold=held, review_on=day, note="Waits for the bank", **NOW)
    assert (now(held).status, held.reviewer, held.review_on) == ("under_review", "nick", day)
    with pytest.raises(Refused, match="lies in the past"):
        review_hold(actor=nick, hold=held, review_on=TODAY - timedelta(days=1), **NOW)


def test_a_rejected_order_stays_so_until_it_changes(held, nick):
    reject_hold(actor=nick, hold=held, reason="Too risky", **NOW)
    customer = held.customer
    check(customer, amount=1_500_00)
    assert order_status() == "rejected"
    assert check(customer, amount=900_00).decision == "approved"
    assert order_status() == "approved"
    with pytest.raises(Refused, match="This hold is marked: rejected by nick"):
        reject_hold(actor=nick, hold=held, reason="Too risky", **NOW)


def test_whoever_lacks_the_right_places_and_releases_nothing(held, customer, company):
    carla = person(company, "carla", "clerk")
    with pytest.raises(Forbidden):
        release_hold(actor=carla, hold=held, reason="x", **NOW)
    with pytest.raises(Forbidden):
        place_hold(actor=carla, customer=customer, reason="x", **NOW)
    assert Event.objects.latest("pk").verb == "order.held"
