"""Provision runs from draft to ledger: frozen, posted by a second person, rolled on, taken back."""

from datetime import UTC, date, datetime

import pytest

from dunwell.actions.adjustments import record_adjustment
from dunwell.actions.gate import Forbidden, Refused, system
from dunwell.actions.journals import make_journal
from dunwell.actions.loss_assessments import ask_assessment, decide_assessment
from dunwell.actions.payments import apply_payment
from dunwell.actions.provisions import (
    draw_provision,
    drop_provision,
    post_provision,
    reverse_provision,
    review_provision,
)
from dunwell.actions.recoveries import record_recovery
from dunwell.actions.retentions import hold_retention
from dunwell.models import Cover, FxRate, ProvisionLine, ProvisionRun
from dunwell.queries.journals import line_rows
from dunwell.queries.provision_hindsight import hindsight
from tests.actions.desk import acting, last_event
from tests.actions.ledger_rows import breaks, invoice, payment, postings
from tests.conftest import add_customer, add_user

JAN, FEB, MAR = date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)
NOW, LATER = datetime(2026, 2, 28, 20, tzinfo=UTC), datetime(2026, 3, 31, 20, tzinfo=UTC)


@pytest.fixture
def director(company):
    return add_user(company, "dora", "finance_director")


def late(customer, number, amount, days, on=FEB, **changes):
    due = date.fromordinal(on.toordinal() - days)
    issued = date.fromordinal(due.toordinal() - 30)
    return invoice(
        customer, number, amount, issued_on=issued, due_on=due, as_of=on, at=NOW, **changes
    )


def drawn(user, on=FEB, at=NOW):
    return draw_provision(actor=acting(user), on=on, as_of=on, at=at)


def posted(manager, director, on=FEB, at=NOW):
    run = drawn(manager, on, at)
    review_provision(actor=acting(director), run=run, at=at)
    return post_provision(actor=acting(director), run=run, as_of=on, at=at)


def test_a_run_is_frozen_by_line_and_item_and_the_same_day_gives_the_same(
    company, customer, manager, director
):
    late(customer, "R1", 1_000_00, -5)
    late(customer, "R2", 500_00, 45)
    invoice(customer, "G1", -100_00, issued_on=JAN, due_on=JAN, as_of=FEB, at=NOW)

    run = drawn(manager)

    # the credit note is taken off the oldest: 400.00 x 3.6 % + 1,000.00 x 0.3 %
    lines = list(
        run.lines.values_list("bucket", "gross_minor", "covered_minor", "allowance_minor")
    )
    assert lines == [("not_due", 1_000_00, 0, 3_00), ("31-60", 500_00, 100_00, 14_40)]
    assert (run.gross_minor, run.covered_minor, run.allowance_minor) == (1_500_00, 100_00, 17_40)
    assert drawn(manager).pk == run.pk
    assert last_event(company)[0] == "provision.drawn"
    late(customer, "R3", 1_000_00, 100)
    again = drawn(manager)
    run.refresh_from_db()
    assert (again.allowance_minor, run.status) == (116_40, "dropped")


def test_posting_takes_a_second_person_and_books_what_balances(
    company, customer, manager, director
):
    late(customer, "R1", 1_000_00, 100)
    run = drawn(manager)
    with pytest.raises(Refused, match="somebody else"):
        review_provision(actor=acting(manager), run=run, at=NOW)
    with pytest.raises(Refused, match="draft"):
        post_provision(actor=acting(director), run=run, as_of=FEB, at=NOW)
    run = review_provision(actor=acting(director), run=run, at=NOW)
    with pytest.raises(Refused, match="somebody else"):
        post_provision(actor=acting(manager), run=run, as_of=FEB, at=NOW)

    run = post_provision(actor=acting(director), run=run, as_of=FEB, at=NOW)

    assert postings("provision", run) == [("impairment", 106_00), ("allowance", -106_00)]
    assert not breaks(company)
    assert drawn(manager).pk == run.pk
    journal = make_journal(actor=acting(manager), until_on=FEB, as_of=FEB, at=NOW)
    names = {row.source: row.source_number for row in line_rows(journal).rows}
    assert names["provision"] == "2026-02-28"
    with pytest.raises(Refused, match="month end"):
        draw_provision(actor=acting(manager), on=date(2026, 2, 27), as_of=FEB, at=NOW)


def test_the_next_run_rolls_on_to_the_cent_and_ties_to_the_ledger(
    company, customer, manager, director
):
    FxRate.objects.create(
        company=company, currency="USD", from_on=JAN, rate_ppm=900_000, source="t", recorded_at=NOW
    )
    lost = late(customer, "R1", 1_000_00, 100)
    late(customer, "R2", 1_000_00, 100, currency="USD")
    paid = late(customer, "R3", 1_000_00, 10)
    first = posted(manager, director)
    assert first.allowance_minor == 106_00 + 95_40 + 16_00
    FxRate.objects.create(
        company=company, currency="USD", from_on=MAR, rate_ppm=1_000_000, source="t",
        recorded_at=LATER,
    )  # fmt: skip
    actor = system(company)
    record_adjustment(
        actor=actor, item=lost, kind="write_off", amount_minor=1_000_00, reason="insolvent",
        as_of=MAR, at=LATER,
    )  # fmt: skip
    money = payment(customer, "B1", 1_200_00, value_on=MAR, as_of=MAR, at=LATER)
    apply_payment(actor=actor, payment=money, amounts={paid: 1_000_00}, as_of=MAR, at=LATER)
    record_recovery(
        actor=actor, item=lost, payment=money, amount_minor=200_00, as_of=MAR, at=LATER
    )

    run = posted(manager, director, MAR, LATER)

    assert run.opening_minor == first.allowance_minor
    assert (run.write_off_minor, run.recovery_minor, run.fx_minor) == (1_000_00, 200_00, 10_60)
    # what was missing on the insolvent one is charged, what was paid is released
    assert (run.charge_minor, run.release_minor) == (694_00, 16_00)
    assert run.allowance_minor == 106_00
    booked = dict(postings("provision", run))
    assert booked["write_off"] == -1_000_00
    assert booked["recovery"] == 200_00
    assert not breaks(company)
    with pytest.raises(Refused, match="later provision"):
        reverse_provision(actor=acting(manager), run=first, reason="no", as_of=MAR, at=LATER)
    reverse_provision(actor=acting(manager), run=run, reason="wrong rate", as_of=MAR, at=LATER)
    assert postings("reversal", run)[0] == ("write_off", 1_000_00)
    assert not breaks(company)
    assert drawn(manager, MAR, LATER).allowance_minor == 106_00


def test_what_became_of_a_run_sums_to_what_it_was_measured_on(
    company, customer, manager, director
):
    FxRate.objects.create(
        company=company, currency="USD", from_on=JAN, rate_ppm=858_333, source="t", recorded_at=NOW
    )
    paid = late(customer, "R1", 100_00, 10, currency="USD")
    late(customer, "R2", 100_00, 10, currency="USD")
    late(customer, "R3", 100_00, 10, currency="USD")
    late(customer, "R4", 1_000_00, 10)
    run = posted(manager, director)
    money = payment(customer, "B1", 60_00, currency="USD", value_on=MAR, as_of=MAR, at=LATER)
    apply_payment(actor=system(company), payment=money, amounts={paid: 60_00}, as_of=MAR, at=LATER)

    (found,) = hindsight(company, run.pk, as_of=MAR)

    # 300.00 x 0.858333 = 257.50, rounded once as on the run, not 85.83 by item
    assert (found.gross_minor, found.allowance_minor) == (run.gross_minor, run.allowance_minor)
    assert found.gross_minor == 1_257_50
    assert (found.lost_minor, found.paid_minor, found.open_minor) == (0, 51_50, 1_206_00)


def test_covers_assessments_and_retentions_have_a_treatment_of_their_own(
    company, customer, manager, director
):
    insured = add_customer(company, "K2", "Insured")
    late(insured, "R1", 1_000_00, 100)
    Cover.objects.create(
        company=company, customer=insured, kind="insurance", status="granted", provider="P",
        number="1", currency="EUR", asked_minor=500_00, amount_minor=500_00, share_ppm=900_000,
        requested_on=JAN, granted_on=JAN, from_on=JAN, by="mona", recorded_at=NOW,
    )  # fmt: skip
    builder = add_customer(company, "K3", "Builder")
    item = late(builder, "R2", 1_000_00, 20)
    hold_retention(
        actor=acting(manager), item=item, kind="defects", amount_minor=100_00,
        due_on=date(2027, 2, 28), event="two years after acceptance", at=NOW,
    )  # fmt: skip
    late(customer, "R3", 1_000_00, 5)
    asked = ask_assessment(
        actor=acting(manager), customer=customer, item=None, loss_ppm=600_000, flows=(),
        currency="", discount_ppm=0, reason="insolvency", evidence="IN 12/26", from_on=FEB,
        as_of=FEB, at=NOW,
    )  # fmt: skip
    with pytest.raises(Refused, match="somebody else"):
        decide_assessment(actor=acting(manager), assessment=asked, is_approved=True, at=NOW)
    decide_assessment(actor=acting(director), assessment=asked, is_approved=True, at=NOW)

    run = drawn(manager)

    found = {
        (row.method, row.bucket): (row.net_minor, row.allowance_minor) for row in run.lines.all()
    }
    assert found == {
        ("individual", "assessed"): (1_000_00, 600_00),
        ("matrix", "1-30"): (900_00, 14_40),
        ("matrix", "91+"): (550_00, 58_30),
        ("matrix", "retained"): (100_00, 29),  # 100.00 / 1.03 x 0.3 %
    }


def test_what_may_not_be_leaves_nothing(company, customer, manager, collector):
    late(customer, "R1", 10_00, 5, currency="USD")
    with pytest.raises(Forbidden):
        drawn(collector)
    with pytest.raises(Refused, match="no exchange rate for USD"):
        drawn(manager)
    assert not ProvisionRun.objects.exists() and not ProvisionLine.objects.exists()
    run = ProvisionRun(company=company)
    with pytest.raises(Refused, match="Say why"):
        drop_provision(actor=acting(manager), run=run, reason=" ", at=NOW)
