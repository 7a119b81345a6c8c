"""Checking orders against the books: exposure, limits, rules, versions, and one list like many."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from dunwell.actions.credit_checks import check_orders
from dunwell.actions.gate import Forbidden, Refused, staff, system
from dunwell.actions.orders import update_order
from dunwell.models import CreditCheck, CreditHold, CustomerLink, Event, Order
from dunwell.queries.exposures import exposures
from dunwell.queries.order_asks import simulate_orders
from tests.actions.ledger_rows import invoice, payment
from tests.actions.order_rows import NOW, ask, check, limited, order_rules
from tests.conftest import AT, TODAY, add_customer

pytestmark = pytest.mark.django_db


def exposure_of(customer):
    found = exposures(customer.company, as_of=TODAY, customer_ids=[customer.pk])
    return found[customer.pk].exposure_minor


def held(found):
    return [one["rule"] for one in found.outcomes if one["result"] == "held"]


def late_invoice(customer, number, days):
    due_on = TODAY - timedelta(days=days)
    return invoice(customer, number, 100_00, issued_on=due_on, due_on=due_on)


def statuses(company):
    return dict(Order.objects.filter(company=company).values_list("number", "status"))


def test_an_order_within_the_limit_is_approved_and_counts_from_then_on(customer):
    limited(customer, 3_000_00)
    invoice(customer, "R1", 1_500_00)
    found = check(customer)
    assert (found.decision, found.exposure_minor, found.limit_minor) == (
        "approved", 1_500_00, 3_000_00
    )  # fmt: skip
    assert exposure_of(customer) == 2_500_00
    assert statuses(customer.company) == {"SO-1": "approved"}
    assert Event.objects.latest("pk").verb == "order.approved"


def test_the_next_one_is_held_with_the_amounts_that_free_it(customer):
    limited(customer, 3_000_00)
    invoice(customer, "R1", 1_500_00)
    check(customer)
    found = check(customer, "SO-2", 900_00)
    assert (found.decision, held(found)) == ("held", ["limit"])
    assert [(one["kind"], one["amount_minor"]) for one in found.release] == [
        ("pay", 400_00), ("prepay", 400_00), ("reduce", 500_00), ("raise_limit", 3_400_00)
    ]  # fmt: skip
    hold = CreditHold.objects.get()
    assert (hold.order.number, hold.kind, hold.status, hold.rules, hold.over_minor) == (
        "SO-2", "auto", "raised", ",limit,", 400_00
    )  # fmt: skip
    # what is held is no exposure, and a payment of 400 does free it
    assert exposure_of(customer) == 2_500_00
    payment(customer, "P1", 400_00)
    assert check(customer, "SO-2", 900_00).decision == "approved"
    hold.refresh_from_db()
    assert (hold.status, hold.end_reason) == ("ended", "The order passes now.")
    assert exposure_of(customer) == 3_000_00


def test_the_same_order_again_is_answered_as_it_was(customer):
    limited(customer, 1_000_00)
    first = check(customer)
    limited(customer, 0)
    assert check(customer) == first
    assert check(customer, "SO-2") == check(customer, "SO-2")
    assert (CreditCheck.objects.count(), CreditHold.objects.count()) == (2, 1)


def test_a_changed_order_is_a_new_version_and_checked_again(customer):
    limited(customer, 1_000_00)
    check(customer)
    found = check(customer, amount=1_000_01)
    order = Order.objects.get()
    assert (found.decision, order.status, order.version) == ("held", "held", 2)
    # its own part is not counted twice, and smaller again it passes
    assert found.exposure_minor == 0
    assert check(customer, amount=999_99).decision == "approved"
    assert CreditHold.objects.get().status == "ended"


def test_parts_that_are_prepaid_or_delivered_are_never_held(customer):
    limited(customer, 0)
    for number, parts in (
        ("SO-1", {"prepaid_minor": 1_000_00}),
        ("SO-2", {"delivered_minor": 1_000_00}),
    ):
        assert check(customer, number, **parts).decision == "approved"
    assert held(check(customer, "SO-3", prepaid_minor=999_99)) == ["limit"]


def test_an_order_moves_on_without_a_check_until_it_is_closed(customer):
    limited(customer, 1_000_00)
    check(customer)
    order = Order.objects.get()
    actor = system(customer.company)
    order = update_order(actor=actor, order=order, delivered_minor=600_00, **NOW)
    order = update_order(actor=actor, order=order, billed_minor=600_00, **NOW)
    assert exposure_of(customer) == 400_00
    order = update_order(actor=actor, order=order, billed_minor=1_000_00, **NOW)
    assert (order.status, order.version) == ("closed", 4)
    assert update_order(actor=actor, order=order, billed_minor=1_000_00, **NOW).version == 4
    with pytest.raises(Refused, match="Order SO-1 is marked: billed in full"):
        update_order(actor=actor, order=order, delivered_minor=0, **NOW)
    with pytest.raises(Refused, match="it cannot be checked again"):
        check(customer, amount=1_00)
    check(customer, "SO-2")
    other = Order.objects.get(number="SO-2")
    with pytest.raises(Refused, match="must lie between 0 and its amount"):
        update_order(actor=actor, order=other, billed_minor=2_000_00, **NOW)


def test_delivering_the_rest_or_cancelling_ends_the_hold(customer):
    limited(customer, 0)
    actor = system(customer.company)
    for number in ("SO-1", "SO-2"):
        check(customer, number)
    first, second = Order.objects.order_by("number")
    update_order(actor=actor, order=first, delivered_minor=1_000_00, **NOW)
    update_order(actor=actor, order=second, is_cancelled=True, **NOW)
    assert statuses(customer.company) == {"SO-1": "approved", "SO-2": "cancelled"}
    assert set(CreditHold.objects.values_list("status", flat=True)) == {"ended"}


def test_who_is_late_is_held_by_the_days_of_the_policy(customer):
    limited(customer, 9_000_00)
    order_rules(customer.company, rules=[{"rule": "days_overdue", "days": 14}])
    late_invoice(customer, "R1", 15)
    found = check(customer)
    assert (held(found), found.policy_version is not None) == (["days_overdue"], True)
    assert [(one["kind"], one["amount_minor"]) for one in found.release] == [
        ("pay", 100_00), ("prepay", 1_000_00)
    ]  # fmt: skip
    payment(customer, "P1", 100_00)
    assert check(customer).decision == "approved"


def test_an_order_in_a_currency_without_a_rate_is_held(customer):
    limited(customer, 9_000_00)
    found = check(customer, currency="USD")
    assert (held(found), found.exposure_minor) == (["unknown_amounts"], 0)
    assert CreditHold.objects.get().over_minor is None


def test_nobody_gets_credit_without_a_limit(customer):
    assert held(check(customer)) == ["no_limit"]


def test_a_group_shares_its_limit(customer):
    from dunwell.models import CreditGroup, CreditGroupMember, CreditLimit

    company = customer.company
    other = limited(add_customer(company, "K2"), 9_000_00)
    limited(customer, 9_000_00)
    group = CreditGroup.objects.create(company=company, name="Rail", by="mona", recorded_at=AT)
    for member in (customer, other):
        CreditGroupMember.objects.create(
            group=group, customer=member, from_on=TODAY, by="mona", recorded_at=AT
        )
    CreditLimit.objects.create(
        company=company, group=group, kind="standard", status="approved", currency="EUR",
        amount_minor=1_500_00, from_on=TODAY, reason="r", asked_by="mona", asked_on=TODAY,
        decided_by="fritz", decided_on=TODAY, decided_at=AT, recorded_at=AT,
    )  # fmt: skip
    assert check(customer).decision == "approved"
    found = check(other, "SO-2", 500_01)
    assert (held(found), [one["amount_minor"] for one in found.release][:1]) == (
        ["group_limit"], [1]
    )  # fmt: skip
    assert check(other, "SO-3", 500_00).decision == "approved"


def test_a_parents_limit_holds_for_all_below_it(customer):
    company = customer.company
    order_rules(company, rules=[{"rule": "limit"}, {"rule": "parent_limit"}])
    child, grandchild = add_customer(company, "K2"), add_customer(company, "K3")
    limited(customer, 2_000_00)
    for one in (child, grandchild):
        limited(one, 5_000_00)
    CustomerLink.objects.create(
        company=company, customer=child, other=customer, kind="parent", from_on=TODAY,
        by="mona", recorded_at=AT,
    )  # fmt: skip
    grandchild.parent = child
    grandchild.save()
    invoice(customer, "R1", 700_00)
    invoice(child, "R2", 600_00)
    assert check(grandchild, amount=700_00).decision == "approved"
    for one in (customer, child, grandchild):
        assert held(check(one, f"SO-{one.number}", 1)) == ["parent_limit"]
    # an ended link: the parent on the record does not come back from under it
    CustomerLink.objects.update(from_on=TODAY - timedelta(days=9), until_on=TODAY - timedelta(1))
    child.parent = customer
    child.save()
    assert check(grandchild, "SO-last", 1).decision == "approved"


def test_what_is_known_of_a_customer_is_read_from_the_books(customer, manager):
    from dunwell.models import CreditRating, ExposureFreeze, LegalMatter, Promise, Watch

    company = customer.company
    limited(customer, 9_000_00)
    invoice(customer, "R1", 100_00)
    matter = {"company": company, "customer": customer, "currency": "EUR", "claim_minor": 1}
    LegalMatter.objects.create(
        **matter, kind="insolvency", opened_on=TODAY, by="m", recorded_at=AT
    )
    for days in (1, 2):
        Promise.objects.create(
            company=company, customer=customer, made_on=TODAY - timedelta(days=9),
            due_on=TODAY - timedelta(days=days), outcome="broken",
            settled_on=TODAY, recorded_at=AT,
        )  # fmt: skip
    watch = Watch.objects.create(
        company=company, customer=customer, reason="r", by="m", from_on=TODAY, next_on=TODAY,
        playbook="watch", recorded_at=AT,
    )  # fmt: skip
    ExposureFreeze.objects.create(
        company=company, customer=customer, watch=watch, status="standing", reason="r",
        exposure_minor=1, asked_by="m", asked_on=TODAY, approved_by="f", frozen_on=TODAY,
        recorded_at=AT,
    )  # fmt: skip
    CreditRating.objects.create(
        company=company, customer=customer, as_of=TODAY, risk_class="D", risk="high",
        outcome="decline", digest="x", by="system", recorded_at=AT,
    )  # fmt: skip
    order_rules(
        company,
        rules=[
            {"rule": "insolvency"},
            {"rule": "exposure_freeze"},
            {"rule": "risk_class", "classes": ["D"]},
            {"rule": "broken_promises", "count": 2},
        ],
    )
    assert held(check(customer)) == [
        "insolvency", "exposure_freeze", "risk_class", "broken_promises"
    ]  # fmt: skip


def test_a_list_is_checked_as_its_orders_one_by_one(customer):
    company = customer.company
    others = [add_customer(company, f"K{number}") for number in range(2, 5)]
    everybody = [customer, *others]
    for one in everybody:
        limited(one, 2_500_00)
        invoice(one, f"R{one.number}", 300_00)
    wishes = [
        (everybody[number % 4], ask(f"SO-{number}", 400_00 + 123_45 * number))
        for number in range(12)
    ]
    simulated = simulate_orders(company, wishes, as_of=TODAY)
    kept = transaction.savepoint()
    together = check_orders(actor=system(company), wishes=wishes, **NOW)
    told = [(one.decision, one.outcomes, one.release, one.exposure_minor) for one in together]
    assert [one.decision for one in simulated] == [one.decision for one in together]
    assert "held" in {one.decision for one in together}
    assert CreditHold.objects.count() == sum(one.decision == "held" for one in together)
    transaction.savepoint_rollback(kept)
    alone = [check(one, asked.number, asked.amount_minor) for one, asked in wishes]
    assert [(one.decision, one.outcomes, one.release, one.exposure_minor) for one in alone] == told


def test_more_customers_than_are_named_give_the_same_answers(customer, monkeypatch):
    from dunwell.queries import exposures as module

    company = customer.company
    other = limited(add_customer(company, "K2"), 500_00)
    limited(customer, 2_000_00)
    late_invoice(customer, "R1", 40)
    invoice(other, "R2", 450_00)
    wishes = [(customer, ask("SO-1")), (other, ask("SO-2", 51_00))]
    named = simulate_orders(company, wishes, as_of=TODAY)
    monkeypatch.setattr(module, "MOST_NAMED", 0)
    assert simulate_orders(company, wishes, as_of=TODAY) == named


def test_a_check_costs_the_same_queries_with_one_item_and_with_three(customer):
    limited(customer, 9_000_00)
    costs = []
    for numbers in (("R1",), ("R2", "R3")):
        for number in numbers:
            late_invoice(customer, number, 40)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            simulate_orders(customer.company, [(customer, ask())], as_of=TODAY)
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 20


def test_who_may_not_and_what_is_not_ours_is_refused(customer, collector, rival):
    company = customer.company
    with pytest.raises(Forbidden):
        check(customer, actor=staff(collector, company))
    stranger = system(rival.memberships.first().company)
    with pytest.raises(Refused, match="belongs to another company"):
        check(customer, actor=stranger)
    limited(customer, 9_000_00)
    check(customer)
    other = add_customer(company, "K2")
    with pytest.raises(Refused, match="Order SO-1 belongs to another customer"):
        check(other)
    wishes = [(customer, ask("SO-9")), (customer, ask("SO-9"))]
    with pytest.raises(Refused, match="SO-9 is named twice"):
        check_orders(actor=system(company), wishes=wishes, **NOW)
    with pytest.raises(Refused, match="An order needs a number"):
        check(customer, " ")
