"""Payment plans proposed, offered, approved, accepted, declined, cancelled and replaced."""

import hashlib
from datetime import date, timedelta

import pytest

from dunwell.actions.approvals import decide_approval, withdraw_approval
from dunwell.actions.disputes import open_dispute
from dunwell.actions.gate import Forbidden, Refused
from dunwell.actions.plans import accept_plan, cancel_plan, decline_plan
from dunwell.actions.promises import record_promise
from dunwell.models import (
    ApprovalRequest,
    CustomerScore,
    Event,
    FxRate,
    Hold,
    Item,
    PaymentPlan,
    Promise,
    Settlement,
    SettlementItem,
)
from tests.actions.desk import acting, last_event, verbs
from tests.actions.ledger_rows import breaks, invoice, open_amounts, payment
from tests.actions.plan_rows import (
    FIRST,
    accepted,
    accepted_offer,
    judged,
    paid,
    policy,
    proposed,
    wish,
)
from tests.conftest import AT, TODAY, add_customer

ON = {"as_of": TODAY, "at": AT}


@pytest.fixture
def items(customer):
    return [invoice(customer, "R1", 600_00), invoice(customer, "R2", 300_00)]


@pytest.fixture
def known(company, customer):
    """The customer's score is known: a medium risk, so a collector may decide for six months."""
    return CustomerScore.objects.create(
        company=company, customer=customer, as_of=TODAY, score=55, base=55, band="C",
        is_thin=False, points={}, warnings=[],
    )  # fmt: skip


def refusal_of(call, **values):
    with pytest.raises(Refused) as refusal:
        call(**values)
    return str(refusal.value)


def test_within_authority_the_offer_stands_at_once_with_its_terms(
    company, collector, items, known
):
    plan = proposed(collector, items)
    assert (plan.status, plan.number, plan.covered_minor) == ("offered", "PP-1", 900_00)
    assert (plan.offered_on, plan.expires_on) == (TODAY, FIRST)
    rows = plan.instalments.order_by("number").values_list("number", "due_on", "amount_minor")
    assert list(rows) == [
        (1, date(2026, 3, 9), 300_00),
        (2, date(2026, 4, 9), 300_00),
        (3, date(2026, 5, 11), 300_00),
    ]
    assert plan.terms_sha256 == hashlib.sha256(plan.terms.encode()).hexdigest()
    assert "R1 of Feb 23, 2026: €600.00" in plan.terms
    assert "3. May 11, 2026: €300.00" in plan.terms
    assert plan.authority["status"] == "allowed"
    # nothing is bound before somebody accepts
    assert not Hold.objects.exists()
    assert not plan.lines.filter(is_live=True).exists()
    assert verbs(company) == ["plan.proposed", "plan.offered"]
    assert breaks(company) == {}


def test_a_german_customer_reads_german_terms(collector, customer, items, known):
    customer.language = "de-AT"
    customer.save()
    plan = proposed(collector, items)
    assert plan.terms.startswith("Ratenzahlungsvereinbarung PP-1\n")
    assert "   3. 11.05.2026: 300,00 €" in plan.terms


def test_beyond_authority_somebody_else_decides(company, collector, manager, customer, items):
    # without a score the risk is not known: the strictest cell lets a collector decide 3 months
    plan = proposed(collector, items, wish(4))
    request = ApprovalRequest.objects.get()
    assert (plan.status, plan.terms, request.needs_role) == ("pending", "", "credit_manager")
    assert request.subject == "paymentplan" and request.subject_id == plan.pk
    assert "pending" not in verbs(company)
    text = refusal_of(accept_plan, actor=acting(collector), plan=plan, name="W", sha256="", **ON)
    assert text == "PP-1 is marked: waits for approval; load the page again."

    decide_approval(actor=acting(manager), request=request, approve=True, **ON)
    plan.refresh_from_db()
    assert (plan.status, plan.approved_by) == ("offered", "mona")
    assert plan.terms.startswith("Payment plan PP-1\n")
    assert breaks(company) == {}


def test_a_rejected_or_withdrawn_proposal_is_over(collector, manager, customer, items):
    first = proposed(collector, items[:1], wish(4))
    second = proposed(collector, items[1:], wish(4))
    one, two = ApprovalRequest.objects.order_by("pk")
    decide_approval(actor=acting(manager), request=one, approve=False, reason="too long", **ON)
    withdraw_approval(actor=acting(collector), request=two, **ON)
    for plan in (first, second):
        plan.refresh_from_db()
        assert (plan.status, plan.ended_on) == ("rejected", TODAY)
    # the items are free again
    assert proposed(collector, items).status == "offered"


def test_an_approval_that_comes_after_the_first_day_is_refused(collector, manager, items):
    proposed(collector, items, wish(4))
    request = ApprovalRequest.objects.get()
    late = {"as_of": FIRST + timedelta(days=1), "at": AT}
    text = refusal_of(
        decide_approval, actor=acting(manager), request=request, approve=True, **late
    )
    assert "could be approved until 2026-03-09" in text
    request.refresh_from_db()
    assert request.status == "open"


def test_plans_of_a_customer_add_up_before_they_are_judged(collector, customer, known):
    large = invoice(customer, "R1", 9_000_00)
    small = invoice(customer, "R2", 1_000_01)
    assert proposed(collector, [large]).status == "offered"
    assert proposed(collector, [small]).status == "pending"


def test_acceptance_books_charges_and_holds_the_items(company, collector, manager, customer):
    policy(company)
    items = [invoice(customer, "R1", 600_00), invoice(customer, "R2", 300_00)]
    plan = proposed(manager, items)
    assert (plan.interest_minor, plan.fee_minor) == (6_94, 15_00)
    plan = accepted_offer(collector, plan)
    assert plan.status == "active" and plan.accepted_on == TODAY
    assert {k: plan.acceptance[k] for k in ("name", "role", "address", "sha256", "by")} == {
        "name": "Wile E.", "role": "owner", "address": "192.0.2.7",
        "sha256": plan.terms_sha256, "by": "anna",
    }  # fmt: skip
    assert plan.acceptance["at"] == AT.isoformat()
    assert open_amounts(company) == {
        "R1": 600_00, "R2": 300_00, "PP-1-I": 6_94, "PP-1-F": 15_00,
    }  # fmt: skip
    charges = Item.objects.filter(reference="PP-1").order_by("kind")
    assert list(charges.values_list("kind", "due_on")) == [
        ("fee", date(2026, 3, 9)),
        ("interest", date(2026, 5, 11)),
    ]
    lines = plan.lines.order_by("item").values_list("item__number", "amount_minor", "is_live")
    assert list(lines) == [
        ("R1", 600_00, True), ("R2", 300_00, True), ("PP-1-I", 6_94, True),
        ("PP-1-F", 15_00, True),
    ]  # fmt: skip
    holds = Hold.objects.order_by("item").values_list("item__number", "reason", "note", "from_on")
    assert list(holds) == [
        (number, "plan", "PP-1", TODAY) for number in ("R1", "R2", "PP-1-I", "PP-1-F")
    ]
    assert last_event(company)[0] == "plan.accepted"
    assert breaks(company) == {}


def test_the_same_acceptance_again_changes_nothing(company, collector, items):
    plan = accepted(collector, items)
    events = Event.objects.count()
    again = accepted_offer(collector, plan)
    assert (again.version, Event.objects.count()) == (plan.version, events)
    text = refusal_of(
        accept_plan, actor=acting(collector), plan=plan, name="Somebody else",
        sha256=plan.terms_sha256, **ON,
    )  # fmt: skip
    assert text == "PP-1 is marked: running; load the page again."


def test_an_acceptance_of_something_else_is_refused(company, collector, customer, items):
    plan = proposed(collector, items)
    actor = acting(collector)
    right = {"actor": actor, "plan": plan, "name": "W", "sha256": plan.terms_sha256}
    assert refusal_of(accept_plan, **{**right, "name": " "}, **ON) == (
        "Say who accepts the plan for the customer."
    )
    assert refusal_of(accept_plan, **{**right, "sha256": "0" * 64}, **ON) == (
        "The terms of PP-1 are not the ones accepted; read them again."
    )
    late = {"as_of": plan.expires_on + timedelta(days=1), "at": AT}
    assert refusal_of(accept_plan, **right, **late) == (
        "The offer PP-1 ended on 2026-03-09; propose it anew."
    )
    paid(customer, "P1", {items[0]: 10_00}, TODAY)
    assert refusal_of(accept_plan, **right, **ON) == (
        "590.00 EUR is open on R1 now, not 600.00 EUR as offered; propose it anew."
    )
    assert open_amounts(company) == {"R1": 590_00, "R2": 300_00}
    assert not Hold.objects.exists()


def test_what_a_plan_cannot_cover_is_refused(company, collector, customer, items):
    actor = acting(collector)
    other = invoice(add_customer(company, "K2"), "X1", 100_00)
    dollars = invoice(customer, "U1", 900_00, currency="USD")
    credit = invoice(customer, "G1", -10_00)
    settled = invoice(customer, "R3", 10_00)
    paid(customer, "P1", {settled: 10_00}, TODAY)
    disputed = invoice(customer, "R4", 500_00)
    open_dispute(actor=actor, item=disputed, amount_minor=1, reason="price", **ON)

    def refused(*chosen):
        with pytest.raises(Refused) as refusal:
            proposed(collector, list(chosen))
        return str(refusal.value)

    assert refused(items[0], other) == "An item belongs to another customer."
    assert refused(items[0], dollars) == ("A plan is in one currency; make one plan per currency.")
    assert refused(items[0], credit) == "G1 is not open; nothing of it is left for a plan."
    assert refused(items[0], settled) == "R3 is not open; nothing of it is left for a plan."
    assert refused(items[0], disputed) == (
        "R4 is disputed; a plan covers what the customer acknowledges. Close the dispute, or "
        "leave the item out."
    )
    assert refused(dollars) == (
        "No exchange rate of USD is known, so the limits of the plans policy cannot be compared; "
        "enter the rate first."
    )
    proposed(collector, items)
    assert refused(items[1]) == ("R2 is covered by PP-1; cancel or replace that first.")
    assert PaymentPlan.objects.count() == 1


def test_an_item_of_a_settlement_or_with_an_agency_gets_no_plan(company, collector, customer):
    settled, placed = invoice(customer, "R1", 900_00), invoice(customer, "R2", 900_00)
    offer = Settlement.objects.create(
        company=company, customer=customer, number="ST-1", currency="EUR", status="offered",
        open_minor=900_00, pay_minor=800_00, concession_minor=100_00, pay_by_on=TODAY,
        expires_on=TODAY, reason="x", proposed_by="anna", proposed_on=TODAY, recorded_at=AT,
    )  # fmt: skip
    SettlementItem.objects.create(
        settlement=offer, item=settled, open_minor=900_00, concession_minor=100_00
    )
    with pytest.raises(Refused) as refusal:
        proposed(collector, [settled, placed])
    assert str(refusal.value) == "R1 is covered by ST-1; cancel or replace that first."
    plan = proposed(collector, [placed])
    SettlementItem.objects.create(
        settlement=offer, item=placed, open_minor=900_00, concession_minor=100_00
    )
    with pytest.raises(Refused) as refusal:
        accepted_offer(collector, plan)
    assert str(refusal.value) == "R2 is covered by ST-1 by now; end that first."


def test_another_currency_is_judged_at_the_days_rate(company, manager, customer):
    FxRate.objects.create(
        company=company, currency="USD", from_on=TODAY, rate_ppm=900_000, source="x",
        recorded_at=AT,
    )  # fmt: skip
    small = invoice(customer, "U1", 111_10, currency="USD")
    with pytest.raises(Refused) as refusal:
        proposed(manager, [small])
    assert str(refusal.value) == "The debt is too small: the plans policy allows 111.11 USD."
    assert proposed(manager, [invoice(customer, "U2", 111_11, currency="USD")]).currency == "USD"


BEYOND = [
    ({"number": 13}, "13 monthly instalments are not offered; choose 2 to 12."),
    ({"frequency": "quarterly"}, ("quarterly instalments are not offered; choose one of weekly, "
     "fortnightly, monthly.")),
    ({"deposit_minor": 450_01}, ("The deposit is too large: the plans policy allows 50 percent of "
     "the debt.")),
    ({"concession_minor": 1}, ("The concession is too large: the plans policy allows 0 percent of "
     "the debt.")),
    ({"first_on": TODAY + timedelta(days=32)}, ("The first payment on 2026-04-06 must lie between "
     "2026-03-05 and 2026-04-05.")),
    ({"frequency": "weekly", "number": 26, "deposit_minor": 300_00}, ("An instalment is too small: "
     "the plans policy allows 25.00 EUR.")),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "text"), BEYOND)
def test_outside_the_policy_nobody_gets_a_plan(collector, items, changes, text):
    asked = {"number": 3, **changes}
    with pytest.raises(Refused) as refusal:
        proposed(collector, items, wish(**asked))
    assert str(refusal.value) == text


def test_a_promise_is_replaced_only_when_asked_for(company, collector, customer, items):
    actor = acting(collector)
    record_promise(actor=actor, customer=customer, amounts={items[0]: 600_00}, due_on=FIRST, **ON)
    with pytest.raises(Refused) as refusal:
        proposed(collector, items)
    assert str(refusal.value) == (
        "A promise for 2026-03-09 covers one of these items; withdraw it, or let the plan "
        "replace it."
    )
    plan = proposed(collector, items, supersede=True)
    assert Promise.objects.get().outcome == "open"
    accepted_offer(collector, plan)
    assert Promise.objects.get().outcome == "superseded"
    # while the plan runs, nothing else is promised for its items
    text = refusal_of(
        record_promise, actor=actor, customer=customer, amounts={items[1]: 1}, due_on=FIRST, **ON
    )
    assert text == (
        "R2 is covered by plan PP-1, which says when it is paid; a promise beside it is not taken."
    )
    assert breaks(company) == {}


def test_a_declined_offer_frees_its_items(company, collector, items):
    plan = proposed(collector, items)
    decline_plan(actor=acting(collector), plan=plan, reason="too dear", **ON)
    assert last_event(company)[0] == "plan.declined"
    assert proposed(collector, items).number == "PP-2"
    text = refusal_of(decline_plan, actor=acting(collector), plan=plan, reason="x", **ON)
    assert text == "PP-1 is not offered; cancel it instead."


def test_an_offer_that_nobody_accepted_ends_with_its_day(company, collector, items):
    plan = proposed(collector, items)
    assert judged(company, FIRST) == 0
    assert judged(company, FIRST + timedelta(days=1)) == 1
    plan.refresh_from_db()
    assert (plan.status, plan.ended_on) == ("expired", FIRST + timedelta(days=1))
    assert judged(company, FIRST + timedelta(days=1)) == 0


def test_a_cancelled_plan_lets_its_items_go_and_unearned_interest_fall(
    company, collector, manager, customer
):
    policy(company)
    items = [invoice(customer, "R1", 900_00)]
    plan = accepted_offer(collector, proposed(manager, items))
    assert (
        refusal_of(cancel_plan, actor=acting(collector), plan=plan, reason=" ", **ON)
        == "Say why the plan is cancelled."
    )
    # on 10 April two instalments were due, the interest of the third falls away
    third = plan.instalments.get(number=3).interest_minor
    later = {"as_of": date(2026, 4, 10), "at": AT}
    cancel_plan(actor=acting(collector), plan=plan, reason="sold", **later)
    plan.refresh_from_db()
    assert (plan.status, plan.ended_on) == ("cancelled", date(2026, 4, 10))
    assert open_amounts(company) == {
        "R1": 900_00, "PP-1-I": plan.interest_minor - third, "PP-1-F": 15_00,
    }  # fmt: skip
    assert set(Hold.objects.values_list("released_on", flat=True)) == {date(2026, 4, 10)}
    assert not plan.lines.filter(is_live=True).exists()
    assert last_event(company)[3]["dropped_interest_minor"] == third
    assert breaks(company) == {}


def test_a_cancelled_proposal_takes_its_request_along(collector, items):
    plan = proposed(collector, items, wish(4))
    cancel_plan(actor=acting(collector), plan=plan, reason="typo", **ON)
    assert ApprovalRequest.objects.get().status == "withdrawn"
    plan.refresh_from_db()
    assert plan.status == "cancelled"


def test_nobody_without_the_right_and_no_other_company(company, clerk, rival, items):
    with pytest.raises(Forbidden):
        proposed(clerk, items)
    with pytest.raises(Refused) as refusal:
        proposed(rival, items)
    assert str(refusal.value) == "This customer belongs to another company."
    assert payment(items[0].customer, "P9", 1).number == "P9"
    assert not PaymentPlan.objects.exists()
