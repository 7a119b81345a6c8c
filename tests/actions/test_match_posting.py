"""Matching posts what is sure, queues the rest, and changes nothing when it runs again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dunwell.actions.disputes import close_dispute, open_dispute
from dunwell.actions.gate import system
from dunwell.actions.match_posting import MatchCounts, record_matching
from dunwell.actions.payments import apply_payment
from dunwell.engine.cash_policy import STANDARD_CASH, WriteOffPolicy
from dunwell.jobs.matching import matched
from dunwell.models import (
    Adjustment,
    Allocation,
    Dispute,
    Event,
    FxRate,
    MatchCase,
    MatchOutcome,
    MatchProposal,
    PayerAssignment,
)
from dunwell.queries.match_frames import match_frames
from tests.actions.ledger_rows import breaks, invoice, open_amounts
from tests.actions.match_desk import LATER, TOMORROW, case_of, money, run, state
from tests.conftest import AT, TODAY, add_customer
from tests.table_digest import digest

NAME = "ACME TRADING GMBH"


@pytest.fixture
def acme(company):
    return add_customer(company, "K1", "Acme Trading GmbH", terms="2/14 net 30")


@pytest.fixture
def alike(acme):
    """An item whose number is one slip away: short payments of its like are proved to be right."""
    return invoice(acme, "RE-2026-10049", 5_005_00)


def frames_of(company, as_of=TODAY):
    return match_frames(company, as_of=as_of)


def record(company, frames, as_of=TODAY, at=AT, matching=None):
    return record_matching(
        actor=system(company),
        matching=matching or matched(frames),
        frames=frames,
        as_of=as_of,
        at=at,
    )


def test_a_named_invoice_paid_in_full_posts_by_itself_and_the_rest_waits(company, acme):
    invoice(acme, "RE-2026-10044", 1_190_00)
    invoice(acme, "RE-2026-10045", 83_30)
    sure = money(company, "B1", 1_190_00, payer=NAME, reference="RE-2026-10044")
    strange = money(company, "B2", 77_77, payer="Somebody", reference="hello")
    legal = money(company, "B3", 83_30, payer=NAME, reference="payment under protest")

    assert run(company) == MatchCounts(posted=1, exceptions=1, held=1)

    assert state(sure) == ("posted", "", "")
    assert state(strange) == ("exception", "no_match", "")
    assert state(legal) == ("held", "legal", "legal")
    assert open_amounts(company) == {"RE-2026-10045": 83_30}
    assert breaks(company) == {}
    sure.refresh_from_db()
    assert sure.customer == acme
    assert list(PayerAssignment.objects.values_list("payment__number", "customer__number")) == [
        ("B1", "K1")
    ]
    outcome = MatchOutcome.objects.get()
    assert (outcome.case, outcome.was_auto, outcome.is_right) == (case_of(sure), True, True)
    assert outcome.evidence == ["reference", "full", "named", "known", "clear"]
    events = Event.objects.filter(verb__startswith="cash.").order_by("seq")
    assert [(e.verb, e.subject, e.customer_id) for e in events] == [
        ("cash.posted", "matchcase", acme.pk),
        ("cash.matched", "company", None),
    ]
    assert events[0].data["amounts"] == {"RE-2026-10044": 1_190_00}
    assert events[1].data == {"as_of": "2026-03-05", "posted": 1, "exceptions": 1, "held": 1}


def test_the_same_answer_again_and_a_run_anew_change_nothing(company, acme):
    invoice(acme, "RE-2026-10044", 1_190_00)
    invoice(acme, "RE-2026-10045", 83_30)
    money(company, "B1", 1_190_00, payer=NAME, reference="RE-2026-10044")
    money(company, "B2", 80_00, payer=NAME, reference="hello")
    frames = frames_of(company)
    matching = matched(frames)
    assert record(company, frames, matching=matching).changed == 2
    before = digest()
    assert record(company, frames, at=LATER, matching=matching) == MatchCounts(unchanged=2)
    assert digest() == before

    # the payment that waits is read anew beside what is still open, and stays as it is
    assert run(company, at=LATER) == MatchCounts(unchanged=1)
    assert digest() == before


def test_what_changed_since_the_frames_were_read_is_left_for_the_next_run(company, acme):
    item = invoice(acme, "RE-2026-10044", 1_190_00)
    other = money(company, "B9", 500_00, customer=acme)
    sure = money(company, "B1", 1_190_00, payer=NAME, reference="RE-2026-10044")
    frames = frames_of(company)
    matching = matched(frames)
    apply_payment(actor=system(company), payment=other, amounts={item: 500_00}, as_of=TODAY, at=AT)

    assert record(company, frames, matching=matching) == MatchCounts(unchanged=2)

    assert not MatchCase.objects.exists()
    assert open_amounts(company) == {"RE-2026-10044": 690_00}
    assert run(company) == MatchCounts(exceptions=1)
    assert state(sure)[0] == "exception"


def test_a_discount_within_its_days_is_booked_with_the_payment(company, acme):
    invoice(acme, "RE-2026-10044", 1_000_00)
    money(company, "B1", 980_00, payer=NAME, reference="RE-2026-10044")

    assert run(company).posted == 1

    booked = Adjustment.objects.values_list("kind", "amount_minor")
    assert (list(booked), open_amounts(company)) == ([("discount", 20_00)], {})
    assert breaks(company) == {}


def test_a_bank_fee_is_given_up_only_within_the_policy(company, acme, alike):
    invoice(acme, "RE-2026-10044", 1_000_00)
    invoice(acme, "RE-2026-10045", 2_000_00)
    small = money(company, "B1", 996_00, payer=NAME, reference="RE-2026-10044 less bank fee")
    large = money(company, "B2", 1_985_00, payer=NAME, reference="RE-2026-10045 less bank fee")

    assert run(company) == MatchCounts(posted=1, exceptions=1)

    assert state(small)[0] == "posted"
    assert list(Adjustment.objects.values_list("kind", "amount_minor")) == [
        ("small_balance", 4_00)
    ]
    assert state(large) == ("exception", "over_budget", "")
    assert case_of(large).why.startswith("15.00 EUR of RE-2026-10045 is no small difference")
    assert open_amounts(company) == {"RE-2026-10045": 2_000_00, "RE-2026-10049": 5_005_00}


def test_the_months_budget_holds_for_all_payments_of_a_run_together(company, acme, alike):
    payments = []
    for number in range(3):
        invoice(acme, f"RE-2026-1004{number}", 1_000_00)
        text = f"RE-2026-1004{number} less bank fee"
        payments.append(money(company, f"B{number}", 996_00 - number, payer=NAME, reference=text))
    cash = replace(STANDARD_CASH, write_off=WriteOffPolicy(month_minor=9_00))
    frames = replace(frames_of(company), cash=cash)

    assert record(company, frames) == MatchCounts(posted=2, exceptions=1)

    assert [state(payment)[1] for payment in payments] == ["", "", "over_budget"]
    assert "0.99 EUR left of the 9.00 EUR of small differences" in case_of(payments[2]).why


def test_a_deduction_with_a_reason_opens_a_dispute_the_same_minute(company, acme, alike):
    item = invoice(acme, "RE-2026-10044", 1_000_00)
    text = "RE-2026-10044 less EUR 120.00 damaged goods"
    money(company, "B1", 880_00, payer=NAME, reference=text)

    assert run(company).posted == 1

    dispute = Dispute.objects.get()
    assert (dispute.item, dispute.amount_minor, dispute.reason) == (item, 120_00, "damage")
    assert dispute.note == f"Damage, deducted from payment B1: {text}"
    assert dispute.recorded_at == AT
    assert open_amounts(company) == {"RE-2026-10044": 120_00, "RE-2026-10049": 5_005_00}
    assert breaks(company) == {}


def test_a_credit_note_is_netted_with_what_the_payment_pays(company, acme):
    invoice(acme, "RE-2026-10044", 1_000_00)
    invoice(acme, "GS-2026-20011", -100_00)
    text = "RE-2026-10044 less credit GS-2026-20011"
    money(company, "B1", 900_00, payer=NAME, reference=text)

    assert run(company).posted == 1

    rows = Allocation.objects.order_by("pk").values_list("source", "item__number", "amount_minor")
    assert list(rows) == [
        ("payment", "RE-2026-10044", 900_00),
        ("credit", "RE-2026-10044", 100_00),
        ("credit", "GS-2026-20011", -100_00),
    ]
    assert (open_amounts(company), breaks(company)) == ({}, {})


def test_paid_items_and_repeated_payments_are_held(company, acme):
    invoice(acme, "RE-2026-10044", 1_190_00)
    invoice(acme, "RE-2026-10045", 350_00)
    money(company, "B1", 1_190_00, payer=NAME, reference="RE-2026-10044")
    run(company)
    again = money(company, "B2", 1_190_00, payer=NAME, reference="RE-2026-10044")
    silent = money(company, "B3", 1_190_00, payer=NAME, reference="")

    assert run(company, as_of=TOMORROW, at=LATER) == MatchCounts(held=2)

    assert state(again) == ("held", "already_paid", "cash application")
    assert case_of(again).why == "Names only items that are settled."
    assert state(silent)[:2] == ("held", "possible_duplicate")
    assert open_amounts(company) == {"RE-2026-10045": 350_00}


def test_a_hold_ends_with_the_dispute_it_rests_on_and_the_next_run_posts(company, acme):
    item = invoice(acme, "RE-2026-10044", 1_190_00)
    dispute = open_dispute(
        actor=system(company), item=item, amount_minor=10_00, reason="price", as_of=TODAY, at=AT
    )
    payment = money(company, "B1", 1_190_00, payer=NAME, reference="RE-2026-10044")
    assert run(company) == MatchCounts(held=1)
    assert state(payment) == ("held", "disputed", "credit manager")
    close_dispute(actor=system(company), dispute=dispute, outcome="agreed", as_of=TODAY, at=AT)

    assert run(company, at=LATER) == MatchCounts(exceptions=1)
    assert state(payment) == ("exception", "hold_ended", "")
    assert run(company, at=LATER + timedelta(minutes=1)) == MatchCounts(posted=1)
    assert open_amounts(company) == {}
    verbs = Event.objects.filter(subject="matchcase").order_by("seq")
    assert list(verbs.values_list("verb", flat=True)) == ["cash.released", "cash.posted"]


def test_money_of_tomorrow_waits_for_its_value_day(company, acme):
    invoice(acme, "RE-2026-10044", 1_190_00)
    payment = money(
        company, "B1", 1_190_00, payer=NAME, reference="RE-2026-10044",
        value_on=TOMORROW, as_of=TOMORROW,
    )  # fmt: skip
    assert run(company) == MatchCounts()
    assert run(company, as_of=TOMORROW, at=LATER).posted == 1
    assert Allocation.objects.get(payment=payment).applied_on == TOMORROW


def test_cash_that_was_partly_applied_is_matched_only_when_named(company, acme):
    item = invoice(acme, "RE-2026-10044", 500_00)
    payment = money(company, "B1", 800_00, customer=acme)
    apply_payment(
        actor=system(company), payment=payment, amounts={item: 500_00}, as_of=TODAY, at=AT
    )
    assert run(company) == MatchCounts()
    assert run(company, payment_ids=[payment.pk]).changed == 1


def test_a_payment_in_another_currency_says_what_of_it_is_used(company, acme):
    FxRate.objects.create(
        company=company, currency="USD", from_on=TODAY - timedelta(days=30),
        rate_ppm=900_000, source="test", recorded_at=AT,
    )  # fmt: skip
    item = invoice(acme, "RE-2026-10044", 900_00)
    payment = money(company, "B1", 1_000_00, currency="USD", payer=NAME, reference="RE-2026-10044")
    frames = frames_of(company)
    matching = matched(frames)
    assert [(a.amount_minor, a.paid_minor) for a in matching.allocations] == [(900_00, 1_000_00)]
    # across currencies no tier posts by itself yet; a company's own outcomes may allow it
    posted = replace(
        matching,
        allocations=tuple(replace(a, tier="auto:foreign") for a in matching.allocations),
    )

    assert record(company, frames, matching=posted).posted == 1

    row = Allocation.objects.get(payment=payment)
    assert (row.item, row.amount_minor, row.paid_minor) == (item, 900_00, 1_000_00)
    assert (open_amounts(company), breaks(company)) == ({}, {})


def test_thousand_payments_are_written_by_as_many_queries_as_three(
    company, acme, django_assert_max_num_queries
):
    def fill(first, count):
        for number in range(first, first + count):
            invoice(acme, f"RE-2026-{10_000 + number}", 1_000_00 + number)
            text = f"RE-2026-{10_000 + number}"
            money(company, f"B{number}", 1_000_00 + number, payer=NAME, reference=text)

    fill(0, 3)
    with django_assert_max_num_queries(75) as few:
        assert run(company).posted == 3
    fill(3, 30)
    with django_assert_max_num_queries(len(few.captured_queries)) as many:
        assert run(company).posted == 30
    assert len(many.captured_queries) <= len(few.captured_queries)
    assert MatchProposal.objects.count() == 33
