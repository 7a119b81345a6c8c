"""Settlements: within authority or approved, accepted, paid by the day, and the rest given up."""

from datetime import timedelta

import pytest

from dunwell.actions.adjustments import reverse_adjustment
from dunwell.actions.approvals import decide_approval, withdraw_approval
from dunwell.actions.disputes import open_dispute
from dunwell.actions.gate import Forbidden, Refused, system
from dunwell.actions.payments import apply_credit, reverse_payment
from dunwell.actions.plan_proposals import propose_plan
from dunwell.actions.promises import record_promise
from dunwell.actions.settlements import (
    accept_settlement,
    cancel_settlement,
    decline_settlement,
)
from dunwell.engine.plan_offers import PlanWish
from dunwell.models import (
    Adjustment,
    Allocation,
    ApprovalRequest,
    Event,
    Hold,
    Promise,
    Settlement,
    SettlementItem,
    Task,
)
from tests.actions.desk import acting, last_event, verbs
from tests.actions.ledger_rows import breaks, invoice, open_amounts, postings
from tests.actions.settlement_rows import (
    ON,
    PAY_BY,
    accepted,
    end,
    pay,
    proposed,
    two_items,
)
from tests.conftest import TODAY, add_customer

LATER = PAY_BY + timedelta(days=4)


def standing_holds():
    return Hold.objects.filter(released_on=None).count()


def test_within_authority_the_offer_stands_at_once(company, collector, customer):
    settlement = proposed(collector, two_items(customer))

    assert (settlement.number, settlement.status, settlement.offered_on) == (
        "ST-1", "offered", TODAY,
    )  # fmt: skip
    assert (settlement.open_minor, settlement.concession_minor) == (1_000_00, 30_00)
    assert settlement.authority["rule"].startswith("settlement/collector/")
    assert [option["name"] for option in settlement.worth["options"]] == [
        "settle", "wait", "agency", "legal",
    ]  # fmt: skip
    lines = SettlementItem.objects.order_by("item").values_list("open_minor", "concession_minor")
    assert list(lines) == [(600_00, 18_00), (400_00, 12_00)]
    assert verbs(company) == ["settlement.proposed", "settlement.offered"]
    assert standing_holds() == 0
    assert breaks(company) == {}


def test_beyond_authority_a_second_person_decides(company, collector, manager, customer):
    settlement = proposed(collector, two_items(customer), 800_00)
    request = ApprovalRequest.objects.get()
    assert (settlement.status, request.due_on, request.amount_minor) == (
        "pending", PAY_BY, 1_000_00,
    )  # fmt: skip
    with pytest.raises(Refused, match="marked: waits for approval"):
        accept_settlement(actor=acting(collector), settlement=settlement, name="Pat", **ON)

    decide_approval(actor=acting(manager), request=request, approve=True, reason="", **ON)

    settlement.refresh_from_db()
    assert (settlement.status, settlement.approved_by) == ("offered", "mona")
    assert verbs(company)[-2:] == ["settlement.offered", "approval.approved"]


@pytest.mark.parametrize("how", ["reject", "withdraw", "cancel"])
def test_a_request_that_ends_frees_its_items(company, collector, manager, customer, how):
    items = two_items(customer)
    settlement = proposed(collector, items, 800_00)
    request = ApprovalRequest.objects.get()
    if how == "reject":
        decide_approval(actor=acting(manager), request=request, approve=False, reason="no", **ON)
    elif how == "withdraw":
        withdraw_approval(actor=acting(collector), request=request, **ON)
    else:
        cancel_settlement(actor=acting(collector), settlement=settlement, reason="odd", **ON)
    settlement.refresh_from_db()
    request.refresh_from_db()
    assert (settlement.status, request.status) == {
        "reject": ("rejected", "rejected"),
        "withdraw": ("rejected", "withdrawn"),
        "cancel": ("cancelled", "withdrawn"),
    }[how]
    assert proposed(collector, items).status == "offered"


def test_accepting_holds_the_items_and_ends_their_promises(company, collector, customer):
    items = two_items(customer)
    record_promise(
        actor=acting(collector), customer=customer, amounts={items[0]: 600_00},
        due_on=TODAY + timedelta(days=3), **ON,
    )  # fmt: skip
    settlement = accepted(collector, items)

    assert (settlement.status, settlement.accepted_on) == ("accepted", TODAY)
    assert Promise.objects.get().outcome == "superseded"
    holds = Hold.objects.order_by("item").values_list("item__number", "reason", "note")
    assert list(holds) == [("R1", "agreement", "ST-1"), ("R2", "agreement", "ST-1")]
    count = Event.objects.count()
    accept_settlement(actor=acting(collector), settlement=settlement, name="Pat", **ON)
    assert (Event.objects.count(), standing_holds()) == (count, 2)
    assert breaks(company) == {}


def test_paid_in_time_the_rest_is_given_up_on_the_books(company, collector, customer):
    items = two_items(customer)
    settlement = accepted(collector, items)
    assert end(company) == 0
    pay(customer, "P1", {items[0]: 600_00})
    assert end(company) == 0
    # money that reached us in time may be booked some days later
    pay(customer, "P2", {items[1]: 370_00}, value_on=PAY_BY, as_of=PAY_BY + timedelta(days=2))

    assert end(company, PAY_BY + timedelta(days=2)) == 1

    settlement.refresh_from_db()
    assert (settlement.status, open_amounts(company), standing_holds()) == ("completed", {}, 0)
    adjustment = Adjustment.objects.get()
    assert (adjustment.kind, adjustment.item, adjustment.amount_minor) == (
        "concession", items[1], 30_00,
    )  # fmt: skip
    row = Allocation.objects.get(adjustment=adjustment)
    assert postings("allocation", row) == [("concession", 30_00), ("receivable", -30_00)]
    verb, actor, about, data = last_event(company)
    assert (verb, actor, about) == ("settlement.completed", "system", customer.pk)
    assert (data["received_minor"], data["given_minor"]) == (970_00, 30_00)
    assert end(company, LATER) == 0
    with pytest.raises(Refused, match="taken back when the agreement is"):
        reverse_adjustment(actor=system(company), adjustment=adjustment, reason="x", **ON)
    assert breaks(company) == {}


def test_a_credit_note_counts_and_what_is_paid_too_much_is_not_given_up(
    company, collector, customer
):
    items = two_items(customer)
    settlement = accepted(collector, items)
    credit = invoice(customer, "G1", -100_00)
    apply_credit(actor=system(company), credit=credit, amounts={items[1]: 100_00}, **ON)
    pay(customer, "P1", {items[0]: 600_00, items[1]: 280_00})

    assert end(company) == 1

    settlement.refresh_from_db()
    assert (settlement.status, open_amounts(company)) == ("completed", {})
    assert Adjustment.objects.get().amount_minor == 20_00
    assert breaks(company) == {}


def test_not_paid_in_time_it_ends_and_is_chased_again(company, collector, customer):
    items = two_items(customer)
    settlement = accepted(collector, items)
    pay(customer, "P1", {items[0]: 600_00})
    pay(customer, "P2", {items[1]: 370_00}, value_on=PAY_BY + timedelta(days=1), as_of=LATER)
    assert end(company, PAY_BY + timedelta(days=3)) == 0

    assert end(company, LATER) == 1

    settlement.refresh_from_db()
    assert (settlement.status, settlement.ended_on) == ("expired", LATER)
    assert (open_amounts(company), standing_holds()) == ({"R2": 30_00}, 0)
    assert Task.objects.get().reason == "ST-1: it was not paid in time"
    assert end(company, LATER) == 0
    assert breaks(company) == {}


def test_money_that_comes_back_takes_the_concession_with_it(company, collector, customer):
    items = two_items(customer)
    settlement = accepted(collector, items)
    money = pay(customer, "P1", {items[0]: 600_00, items[1]: 370_00})
    assert end(company) == 1
    day = TODAY + timedelta(days=5)
    reverse_payment(actor=system(company), payment=money, reason="AC04", as_of=day, at=ON["at"])

    assert end(company, day) == 1

    settlement.refresh_from_db()
    assert (settlement.status, open_amounts(company)) == (
        "expired", {"R1": 600_00, "R2": 400_00},
    )  # fmt: skip
    assert sum(Adjustment.objects.values_list("amount_minor", flat=True)) == 0
    assert last_event(company)[3]["taken_back_minor"] == 30_00
    assert end(company, LATER) == 0
    assert breaks(company) == {}


def test_offers_and_requests_end_by_themselves(company, collector, customer):
    items = two_items(customer)
    offered = proposed(collector, items[:1], 590_00, expires_on=TODAY)
    pending = proposed(collector, items[1:], 300_00, expires_on=TODAY)
    assert end(company) == 0

    assert end(company, TODAY + timedelta(days=1)) == 2

    for settlement in (offered, pending):
        settlement.refresh_from_db()
    assert (offered.status, pending.status) == ("expired", "cancelled")
    assert ApprovalRequest.objects.get().status == "withdrawn"
    assert SettlementItem.objects.filter(is_live=True).count() == 0
    assert end(company, TODAY + timedelta(days=1)) == 0
    assert breaks(company) == {}


def test_refusals_say_why_and_leave_nothing_behind(company, collector, clerk, customer):
    items = two_items(customer)
    other = invoice(add_customer(company, "K2"), "X1", 5_00)
    foreign = invoice(customer, "U1", 5_00, currency="USD")
    disputed = invoice(customer, "D1", 5_00)
    open_dispute(actor=acting(collector), item=disputed, amount_minor=5_00, reason="price", **ON)
    count = Event.objects.count()
    for changes, message in [
        ({"items": []}, "Choose at least one item"),
        ({"reason": " "}, "Say why less than is owed"),
        ({"pay_minor": 0}, r"between 0 and the 1000\.00 EUR"),
        ({"pay_minor": 1_000_00}, "paid in full is a promise"),
        ({"pay_minor": 400_00}, "more than anybody may grant"),
        ({"pay_by_on": TODAY - timedelta(days=1)}, "has already passed"),
        ({"pay_by_on": TODAY + timedelta(days=2_000)}, "payment plan instead"),
        ({"expires_on": LATER}, "must end between today and the day of payment"),
        ({"items": [items[0], other]}, "X1 belongs to another customer"),
        ({"items": [items[0], foreign], "pay_minor": 590_00}, "one currency"),
        ({"items": [disputed], "pay_minor": 1}, "D1 is disputed"),
        ({"source": "bot"}, "the bot may even ask for"),
    ]:
        with pytest.raises(Refused, match=message):
            proposed(collector, **{"items": items, "customer": customer, **changes})
    with pytest.raises(Forbidden, match=r"settlement\.propose"):
        proposed(clerk, items)
    assert (Settlement.objects.count(), Event.objects.count()) == (0, count)
    proposed(collector, items)
    with pytest.raises(Refused, match="R1 stands in ST-1; end that first"):
        proposed(collector, items)


def test_a_plan_and_a_settlement_never_share_an_item(company, collector, customer):
    items = two_items(customer)
    proposed(collector, items[:1], 590_00)
    wish = PlanWish(frequency="monthly", number=2, first_on=TODAY)
    with pytest.raises(Refused, match="R1 is covered by ST-1"):
        propose_plan(actor=acting(collector), customer=customer, items=items, wish=wish, **ON)
    propose_plan(actor=acting(collector), customer=customer, items=items[1:], wish=wish, **ON)
    with pytest.raises(Refused, match="R2 stands in PP-1; end that first"):
        proposed(collector, items[1:], 390_00)


def test_small_ones_add_up_to_a_large_one(company, collector, customer):
    for n in range(2):
        invoice(customer, f"S{n}", 1_000_00)
    items = list(customer.items.order_by("pk"))
    accepted(collector, items[:1], 960_00)
    accepted(collector, items[1:], 960_00)
    one_more = invoice(customer, "S9", 1_00)
    assert proposed(collector, [one_more], 96).status == "pending"
    foreign = invoice(customer, "U1", 1_00, currency="USD")
    with_no_rate = proposed(collector, [foreign], 96)
    assert with_no_rate.authority["ask"]["amount_minor"] is None


def test_an_offer_is_taken_as_it_stands_or_not_at_all(company, collector, customer):
    items = two_items(customer)
    settlement = proposed(collector, items)
    with pytest.raises(Refused, match="Say who accepts"):
        accept_settlement(actor=acting(collector), settlement=settlement, name=" ", **ON)
    late = {"as_of": LATER, "at": ON["at"]}
    with pytest.raises(Refused, match="ended on 2026-03-15; propose it anew"):
        accept_settlement(actor=acting(collector), settlement=settlement, name="Pat", **late)
    pay(customer, "P1", {items[0]: 1_00})
    with pytest.raises(Refused, match=r"599\.00 EUR is open on R1 now, not 600\.00 EUR"):
        accept_settlement(actor=acting(collector), settlement=settlement, name="Pat", **ON)

    decline_settlement(actor=acting(collector), settlement=settlement, reason="too much", **ON)

    with pytest.raises(Refused, match="ST-1 is not offered"):
        decline_settlement(actor=acting(collector), settlement=settlement, reason="x", **ON)
    with pytest.raises(Refused, match="marked: rejected"):
        cancel_settlement(actor=acting(collector), settlement=settlement, reason="x", **ON)
    with pytest.raises(Refused, match="Say why the settlement is cancelled"):
        cancel_settlement(actor=acting(collector), settlement=settlement, reason="", **ON)
