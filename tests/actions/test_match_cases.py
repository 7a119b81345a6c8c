"""What a clerk decides on a payment, who was faster, and how it is learned from."""

from datetime import timedelta

import pytest

from dunwell.actions.gate import Forbidden, Refused, system
from dunwell.actions.match_cases import (
    Deduction,
    hold_case,
    park_case,
    release_case,
    settle_case,
    undo_case,
    view_case,
)
from dunwell.actions.match_posting import MatchCounts
from dunwell.models import (
    Adjustment,
    Allocation,
    Dispute,
    DisputeCase,
    FxRate,
    MatchOutcome,
    PayerAlias,
)
from tests.actions.desk import acting, last_event
from tests.actions.dispute_rows import amounts as dispute_amounts
from tests.actions.dispute_rows import case_over, parts_of
from tests.actions.ledger_rows import breaks, invoice, open_amounts, postings
from tests.actions.match_desk import LATER, TOMORROW, bank_entry, case_of, money, run, state
from tests.conftest import AT, TODAY, add_customer, add_user


@pytest.fixture
def items(customer):
    """Items by number; the credit note lies among them."""
    return {
        "R1": invoice(customer, "R1", 100_00),
        "R2": invoice(customer, "R2", 250_00),
        "C1": invoice(customer, "C1", -30_00),
    }


@pytest.fixture
def waiting(company, items):
    """A payment nobody can place by itself."""
    payment = money(company, "B1", 333_33, payer="Shadow Ltd")
    run(company)
    assert state(payment)[0] == "exception"
    return payment


def settle(clerk, payment, amounts, **changes):
    values = {"version": case_of(payment).version, "as_of": TODAY, "at": LATER, **changes}
    return settle_case(actor=acting(clerk), case=case_of(payment), amounts=amounts, **values)


def left(payment):
    rows = Allocation.objects.filter(payment=payment)
    return payment.amount_minor - sum(
        row.amount_minor if row.paid_minor is None else row.paid_minor for row in rows
    )


def test_a_clerk_splits_a_payment_and_the_rest_stays_on_account(
    company, clerk, customer, items, waiting
):
    case = settle(clerk, waiting, {items["R1"].pk: 100_00, items["R2"].pk: 200_00}, seconds=40)

    assert (case.status, case.version, case.seconds) == ("decided", 2, 40)
    assert (case.decided_by, case.decided_on, case.decided_at) == ("carla", TODAY, LATER)
    assert open_amounts(company) == {"R2": 50_00, "C1": -30_00}
    assert left(waiting) == 33_33
    waiting.refresh_from_db()
    assert waiting.customer == customer
    assert postings("payment", waiting) == [("bank", 333_33), ("unapplied", -333_33)]
    verb, actor, customer_id, data = last_event(company)
    assert (verb, actor, customer_id) == ("cash.settled", "carla", customer.pk)
    assert data["amounts"] == {"R1": 100_00, "R2": 200_00}
    assert (data["amount_minor"], data["left_minor"]) == (300_00, 33_33)
    assert breaks(company) == {}
    assert run(company, as_of=TOMORROW, at=LATER) == MatchCounts()


def test_a_credit_note_and_a_small_difference_settle_in_one_step(company, clerk, items, waiting):
    amounts = {items["R1"].pk: 100_00, items["R2"].pk: 245_00, items["C1"].pk: -30_00}
    settle(clerk, waiting, amounts, write_offs={items["R2"].pk: 5_00})

    assert open_amounts(company) == {}
    assert left(waiting) == 18_33
    assert breaks(company) == {}
    assert list(Adjustment.objects.values_list("kind", "amount_minor")) == [
        ("small_balance", 5_00)
    ]


def test_a_deduction_opens_a_dispute_and_undo_closes_it(company, clerk, items, waiting):
    deduction = Deduction(
        item_id=items["R2"].pk, amount_minor=16_67, reason="quality", note="scratched"
    )
    amounts = {items["R1"].pk: 100_00, items["R2"].pk: 233_33}
    settle(clerk, waiting, amounts, deductions=[deduction])
    dispute = Dispute.objects.get()
    assert (dispute.item, dispute.amount_minor, dispute.note) == (
        items["R2"], 16_67, "scratched",
    )  # fmt: skip
    assert open_amounts(company) == {"R2": 16_67, "C1": -30_00}

    case = undo_case(
        actor=acting(clerk), case=case_of(waiting), version=2, reason="wrong payer",
        as_of=TODAY, at=LATER,
    )  # fmt: skip

    assert (case.status, case.reason, case.why) == ("exception", "undone", "wrong payer")
    assert open_amounts(company) == {"R1": 100_00, "R2": 250_00, "C1": -30_00}
    assert left(waiting) == 333_33
    waiting.refresh_from_db()
    assert waiting.customer is None
    dispute.refresh_from_db()
    assert (dispute.closed_on, dispute.outcome) == (TODAY, "Taken back: wrong payer")
    assert breaks(company) == {}


def test_what_a_payment_leaves_out_of_a_disputed_item_joins_its_case(
    company, clerk, items, waiting
):
    case = case_over(items["R2"], 10_00, reason="other")
    deduction = Deduction(item_id=items["R2"].pk, amount_minor=16_67, reason="quality")
    amounts = {items["R1"].pk: 100_00, items["R2"].pk: 233_33}
    settle(clerk, waiting, amounts, deductions=[deduction])

    assert DisputeCase.objects.get().pk == case.pk
    assert parts_of(case) == [
        (10_00, False, "A payment left out more of the item"),
        (16_67, True, ""),
    ]
    undo_case(
        actor=acting(clerk), case=case_of(waiting), version=2, reason="wrong payer",
        as_of=TODAY, at=LATER,
    )  # fmt: skip

    # what stood before the payment stands again
    assert parts_of(case)[1:] == [(16_67, False, "Taken back: wrong payer"), (10_00, True, "")]
    assert dispute_amounts(case) == (16_67, 10_00, 0, 0, 0, 0, 6_67)
    assert breaks(company) == {}


def test_money_of_another_currency_says_what_of_it_is_used(company, clerk, customer, items):
    item = invoice(customer, "D1", 110_00, currency="USD")
    payment = money(company, "B1", 100_00, payer="Shadow Ltd")
    run(company)

    with pytest.raises(Refused, match="D1 is in USD: say what of the EUR it uses"):
        settle(clerk, payment, {item.pk: 110_00})
    settle(clerk, payment, {item.pk: 110_00}, paid={item.pk: 98_00})

    assert (open_amounts(company).get("D1"), left(payment)) == (None, 2_00)
    assert breaks(company) == {}


@pytest.mark.parametrize(
    ("amounts", "changes", "message"),
    [
        ({}, {}, "Put the payment on at least one item"),
        ({"R1": 0}, {}, "The amount for R1 must be above 0"),
        ({"C1": 5_00}, {}, "The amount for C1 must be below 0"),
        ({"R1": 100_01}, {}, r"100\.01 EUR is more than the 100\.00 EUR still open on R1"),
        ({"R1": 100_00, "R2": 233_34}, {}, r"333\.34 EUR is more than the 333\.33 EUR left"),
        ({"C1": -30_00}, {}, r"30\.00 EUR of C1 finds no item"),
        ({"R1": 30_00, "C1": -30_00}, {}, "uses nothing of the payment"),
        ({"R1": 96_00}, {"write_offs": {"R1": 4_01}}, r"100\.01 EUR is more than the 100\.00"),
        ({"R1": 90_00}, {"write_offs": {"R1": 2_01}}, r"2\.01 EUR of R1 is no small difference"),
        ({"R1": 90_00}, {"discounts": {"R1": 2_00}}, r"The terms \(none\) grant 0\.00 EUR"),
        ({"R1": 90_00}, {"deductions": [("R1", 11_00, "price")]}, r"101\.00 EUR is more than"),
        ({"R1": 90_00}, {"deductions": [("R1", 5_00, "mood")]}, "There is no reason mood"),
        ({"R1": 90_00}, {"customer_id": 0}, "does not belong to Northwind"),
        ({"R1": 90_00}, {"seconds": -1}, "seconds spent must lie between 0 and"),
        ({"R1": 90_00}, {"paid": {"R2": 1}}, "Nothing of the payment goes on R2"),
        ({"R1": 90_00}, {"paid": {"R1": 80_00}}, "R1 is in EUR like the payment"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_figures_and_changes_nothing(
    company, clerk, items, waiting, amounts, changes, message
):
    keys = {number: item.pk for number, item in items.items()}
    known = {
        name: {keys[n]: m for n, m in value.items()} if isinstance(value, dict) else value
        for name, value in changes.items()
    }
    if "deductions" in known:
        known["deductions"] = [
            Deduction(item_id=keys[n], amount_minor=m, reason=r) for n, m, r in known["deductions"]
        ]
    before = (open_amounts(company), Allocation.objects.count(), case_of(waiting).version)

    with pytest.raises(Refused, match=message):
        settle(clerk, waiting, {keys[n]: m for n, m in amounts.items()}, **known)

    assert (open_amounts(company), Allocation.objects.count(), case_of(waiting).version) == before
    assert not PayerAlias.objects.exists()


def test_a_discount_is_given_as_the_terms_grant_it(company, clerk):
    acme = add_customer(company, "K2", "Acme", terms="2/14 net 30")
    item = invoice(acme, "S1", 100_00)
    payment = money(company, "B1", 98_00, payer="Shadow Ltd")
    run(company)
    with pytest.raises(Refused, match=r"\(2/14 net 30\) grant 2\.00 EUR of discount on S1"):
        settle(clerk, payment, {item.pk: 97_00}, discounts={item.pk: 3_00})
    settle(clerk, payment, {item.pk: 98_00}, discounts={item.pk: 2_00})
    assert list(Adjustment.objects.values_list("kind", "amount_minor")) == [("discount", 2_00)]
    assert open_amounts(company) == {}


def test_the_months_budget_is_shared_and_counts_what_was_taken_back(company, clerk, customer):
    FxRate.objects.create(
        company=company, currency="USD", from_on=TODAY - timedelta(days=9), rate_ppm=500_000,
        source="test", recorded_at=AT,
    )  # fmt: skip
    payment = money(company, "B0", 1_000_000_00, payer="Shadow Ltd")
    actor = system(company)
    for number in range(100):
        item = invoice(customer, f"W{number}", 1_000_00)
        Adjustment.objects.create(
            company=company, item=item, kind="small_balance", amount_minor=4_95, reason="x",
            effective_on=TODAY, recorded_on=TODAY, recorded_at=AT,
        )  # fmt: skip
    run(company)
    one, two = (invoice(customer, name, 1_000_00, currency="USD") for name in ("U1", "U2"))

    def give_up(item, amount):
        return settle(
            clerk, payment, {item.pk: 900_00}, paid={item.pk: 450_00},
            write_offs={item.pk: amount},
        )  # fmt: skip

    with pytest.raises(Refused, match=r"5\.01 EUR .* 5\.00 EUR left of the 500\.00 EUR"):
        # 10.02 USD are 5.01 EUR: more than an item may lose, so ask with two
        settle(
            clerk, payment, {one.pk: 900_00, two.pk: 900_00},
            paid={one.pk: 450_00, two.pk: 450_00}, write_offs={one.pk: 6_00, two.pk: 4_02},
        )  # fmt: skip
    case = give_up(one, 10_00)
    payment = money(company, "B1", 1_000_000_00, payer="Another")
    run(company)
    with pytest.raises(Refused, match=r"5\.00 EUR .* 0\.00 EUR left of the 500\.00 EUR"):
        give_up(two, 10_00)
    undo_case(actor=actor, case=case, version=case.version, reason="again", as_of=TODAY, at=LATER)
    give_up(two, 10_00)


def test_who_was_slower_is_told_who_was_faster_and_when(company, clerk, items, waiting):
    seen = case_of(waiting)
    settle(clerk, waiting, {items["R1"].pk: 100_00})
    other = add_user(company, "cora", "clerk")

    with pytest.raises(Refused) as refusal:
        settle(other, waiting, {items["R1"].pk: 100_00}, version=seen.version)

    assert str(refusal.value) == (
        "Payment B1 was settled by carla at 10:00 on 2026-03-06; load it again."
    )
    assert open_amounts(company) == {"R2": 250_00, "C1": -30_00}


def test_only_clerks_decide(company, reader, collector, items, waiting):
    for user in (reader, collector):
        with pytest.raises(Forbidden):
            settle(user, waiting, {items["R1"].pk: 100_00})


def test_what_a_clerk_taught_is_used_by_the_next_run_and_undo_forgets_it(
    company, clerk, customer, items, waiting
):
    bank_entry(
        waiting,
        counterparty="SHADOW LIMITED",
        counterparty_account="DE89 3704 0044 0532 0130 00",
    )
    settle(clerk, waiting, {items["R1"].pk: 100_00}, customer_id=customer.pk, learn=True)
    assert list(PayerAlias.objects.order_by("pk").values_list("kind", "text", "times")) == [
        ("name", "shadow", 1), ("account", "DE89370400440532013000", 1),
    ]  # fmt: skip
    invoice(customer, "R3", 417_93)
    payment = money(company, "B2", 417_93, payer="Shadow Limited")

    assert run(company, as_of=TOMORROW, at=LATER) == MatchCounts(posted=1)

    payment.refresh_from_db()
    assert payment.customer == customer
    assert open_amounts(company) == {"R2": 250_00, "C1": -30_00}
    case = case_of(waiting)
    undo_case(
        actor=acting(clerk), case=case, version=case.version, reason="not theirs",
        as_of=TOMORROW, at=LATER,
    )  # fmt: skip
    assert not PayerAlias.objects.exists()


def test_a_wrong_posting_is_taken_back_judged_wrong_and_never_posted_again(company, clerk):
    acme = add_customer(company, "K2", "Acme Trading GmbH")
    item = invoice(acme, "RE-2026-10044", 500_00)
    payment = money(company, "B1", 500_00, payer="ACME TRADING GMBH", reference="RE-2026-10044")
    assert run(company).posted == 1
    undo_case(
        actor=acting(clerk), case=case_of(payment), version=1, reason="it is for another",
        as_of=TODAY, at=LATER,
    )  # fmt: skip

    outcomes = MatchOutcome.objects.order_by("pk")
    judged = outcomes.values_list("was_auto", "is_right", "is_current", "judged_by")
    assert list(judged) == [(True, True, False, "system"), (True, False, True, "carla")]
    payment.refresh_from_db()
    assert (payment.customer, open_amounts(company)) == (None, {"RE-2026-10044": 500_00})
    assert run(company, as_of=TOMORROW, at=LATER).posted == 0
    assert state(payment) == ("exception", "undone", "")
    # the person who looks again finds that it was right after all
    settle(clerk, payment, {item.pk: 500_00}, as_of=TOMORROW)
    assert list(outcomes.filter(is_current=True).values_list("was_auto", "is_right")) == [
        (True, True)
    ]
    assert breaks(company) == {}


def test_a_payment_is_parked_held_released_and_back_in_the_queue(
    company, clerk, customer, waiting
):
    actor, case = acting(clerk), case_of(waiting)
    case = hold_case(
        actor=actor, case=case, version=1, reason="ask them", escalate_to="cora", at=LATER
    )
    assert state(waiting) == ("held", "by_hand", "cora")
    assert run(company, as_of=TOMORROW, at=LATER) == MatchCounts(unchanged=1)
    case = release_case(actor=actor, case=case, version=2, reason="they answered", at=LATER)
    assert state(waiting) == ("exception", "released", "")
    case = park_case(
        actor=actor, case=case, version=3, customer_id=customer.pk, reason="in advance",
        seconds=30, as_of=TODAY, at=LATER,
    )  # fmt: skip
    assert state(waiting) == ("parked", "on_account", "")
    waiting.refresh_from_db()
    assert (waiting.customer, case.seconds) == (customer, 30)
    assert run(company, as_of=TOMORROW, at=LATER) == MatchCounts()
    with pytest.raises(Refused, match="Payment B1 is in the state 'Left on account'"):
        park_case(
            actor=actor, case=case, version=4, customer_id=customer.pk, reason="again",
            as_of=TODAY, at=LATER,
        )  # fmt: skip
    undo_case(actor=actor, case=case, version=4, reason="no", as_of=TODAY, at=LATER)
    waiting.refresh_from_db()
    assert (waiting.customer, state(waiting)[0]) == (None, "exception")
    assert breaks(company) == {}


def test_clerks_see_who_else_looks_at_a_case(company, clerk, waiting):
    other, case = add_user(company, "cora", "clerk"), case_of(waiting)
    assert view_case(actor=acting(clerk), case=case, at=AT) == []
    assert view_case(actor=acting(other), case=case, at=AT + timedelta(minutes=9)) == ["carla"]
    assert view_case(actor=acting(other), case=case, at=AT + timedelta(minutes=11)) == []
