"""Closing periods: nothing is booked in a closed one, and a second person opens it."""

from datetime import date, timedelta

import pytest

from dunwell.actions.adjustments import record_adjustment
from dunwell.actions.gate import Refused, staff, system
from dunwell.actions.imports import import_ledger
from dunwell.actions.payments import apply_payment, reverse_payment
from dunwell.actions.periods import ask_unlock, decide_unlock, first_open_day, lock_period
from dunwell.models import Allocation, EntryLine, Event, Item, Payment, PeriodLock
from dunwell.queries.periods import closed_until, lock_rows, unlock_asked
from tests.actions.exports import findings, items_csv, ledger
from tests.actions.ledger_rows import breaks, invoice, open_amounts, payment
from tests.conftest import AT, TODAY, add_user

FEBRUARY = date(2026, 2, 28)
MARCH = date(2026, 3, 1)
LATER = AT + timedelta(hours=1)


def close(actor, until_on=FEBRUARY, at=AT):
    return lock_period(actor=actor, until_on=until_on, reason="month end", as_of=TODAY, at=at)


@pytest.fixture
def second(company):
    return add_user(company, "sven", "credit_manager")


def test_a_closed_period_takes_no_payment_and_says_what_to_do(company, manager, customer):
    close(staff(manager, company))

    with pytest.raises(Refused) as refusal:
        payment(customer, "P1", 50_00, value_on=date(2026, 2, 27))
    assert str(refusal.value) == (
        "The books are closed until 2026-02-28 (month end, mona). Payment P1 is dated "
        "2026-02-27: book it on 2026-03-01 or later, or ask under Closing and journals for "
        "the period to be opened."
    )
    with pytest.raises(Refused, match="Item R1 is dated 2026-02-23"):
        invoice(customer, "R1", 100)
    assert (Payment.objects.count(), Item.objects.count(), EntryLine.objects.count()) == (0, 0, 0)
    payment(customer, "P2", 50_00, value_on=MARCH)
    assert EntryLine.objects.count() == 2


def test_no_other_path_leads_into_a_closed_period(company, manager, customer):
    item, money = (
        invoice(customer, "R1", 100_00),
        payment(customer, "P1", 50_00, value_on=FEBRUARY),
    )
    close(staff(manager, company))
    day = {"as_of": FEBRUARY, "at": AT}
    actor = system(company)

    refused = (
        lambda: apply_payment(actor=actor, payment=money, amounts={item: 1_00}, **day),
        lambda: record_adjustment(
            actor=actor, item=item, kind="write_off", amount_minor=1, reason="x", **day
        ),
        lambda: reverse_payment(actor=actor, payment=money, reason="x", **day),
    )
    for posting in refused:
        with pytest.raises(Refused, match="The books are closed until 2026-02-28"):
            posting()
    assert Allocation.objects.count() == 0
    apply_payment(actor=actor, payment=money, amounts={item: 1_00}, as_of=TODAY, at=AT)
    assert breaks(company) == {}


def test_the_first_open_day_follows_the_closed_period(company, manager):
    assert first_open_day(company, FEBRUARY) == FEBRUARY
    close(staff(manager, company))
    assert [first_open_day(company, day) for day in (date(2025, 1, 1), FEBRUARY, MARCH, TODAY)] == [
        MARCH, MARCH, MARCH, TODAY,
    ]  # fmt: skip


def test_a_lock_moves_forward_alone_and_the_same_again_changes_nothing(company, manager):
    actor = staff(manager, company)
    first = close(actor)

    assert close(actor) == first
    second = close(actor, until_on=MARCH)
    assert [row.until_on for row in lock_rows(company).rows] == [MARCH, FEBRUARY]
    assert [row.is_in_force for row in lock_rows(company).rows] == [True, False]
    assert second.until_on == closed_until(company) == MARCH
    assert [e.verb for e in Event.objects.order_by("seq")] == ["period.locked"] * 2
    for until_on, message in [
        (FEBRUARY, "closed until 2026-03-01 already. To open days after 2026-02-28, ask"),
        (TODAY, "2026-03-05 is not over yet; close the books up to a day before 2026-03-05"),
    ]:
        with pytest.raises(Refused, match=message):
            close(actor, until_on=until_on)
    with pytest.raises(Refused, match="Say why the period is closed"):
        lock_period(actor=actor, until_on=MARCH, reason=" ", as_of=TODAY, at=AT)


def ask(actor, until_on=None):
    return ask_unlock(actor=actor, until_on=until_on, reason="late invoice", as_of=TODAY, at=LATER)


def test_who_asks_for_an_unlock_does_not_grant_it(company, manager, second, customer):
    asker, granter = staff(manager, company), staff(second, company)
    close(asker)
    asked = ask(asker)

    assert unlock_asked(company) == asked
    with pytest.raises(Refused, match="mona asked for it; a second person has to grant it"):
        decide_unlock(actor=asker, lock=asked, is_granted=True, reason="", at=LATER)
    with pytest.raises(Refused, match="The books are closed"):
        payment(customer, "P1", 50_00, value_on=FEBRUARY)
    with pytest.raises(Refused, match="grant or refuse that first"):
        close(asker, until_on=MARCH)
    with pytest.raises(Refused, match="mona has asked to open the books already"):
        ask(granter, until_on=date(2026, 1, 31))
    # the same again changes nothing
    assert ask(granter) == asked and close(asker) == PeriodLock.objects.earliest("id")

    granted = decide_unlock(actor=granter, lock=asked, is_granted=True, reason="", at=LATER)

    assert (granted.status, granted.approver, granted.decided_at) == ("in_force", "sven", LATER)
    assert closed_until(company) is None
    payment(customer, "P1", 50_00, value_on=FEBRUARY)
    assert [e.verb for e in Event.objects.order_by("seq")] == [
        "period.locked", "period.unlock_asked", "period.unlocked", "payment.recorded",
    ]  # fmt: skip
    with pytest.raises(Refused, match="was decided by sven before"):
        decide_unlock(actor=granter, lock=asked, is_granted=False, reason="x", at=LATER)
    with pytest.raises(Refused, match="not closed; there is nothing to open"):
        ask(asker)
    assert breaks(company) == {}


def test_an_unlock_may_open_a_part_and_be_closed_again(company, manager, second):
    close(staff(manager, company), until_on=MARCH)
    with pytest.raises(Refused, match="closed until 2026-03-01; name a day before it, or none"):
        ask(staff(manager, company), until_on=MARCH)
    asked = ask(staff(manager, company), until_on=FEBRUARY)
    decide_unlock(actor=staff(second, company), lock=asked, is_granted=True, reason="", at=LATER)

    assert closed_until(company) == FEBRUARY
    close(staff(second, company), until_on=MARCH)
    assert closed_until(company) == MARCH


def test_a_refused_unlock_leaves_the_books_closed(company, manager, second):
    close(staff(manager, company))
    asked = ask(staff(manager, company))
    with pytest.raises(Refused, match="Say why"):
        decide_unlock(actor=staff(second, company), lock=asked, is_granted=False, reason="", at=AT)
    # who asked may take it back
    decide_unlock(actor=staff(manager, company), lock=asked, is_granted=False, reason="no", at=AT)

    assert (closed_until(company), unlock_asked(company)) == (FEBRUARY, None)
    assert [row.status for row in lock_rows(company).rows] == ["refused", "in_force"]


def test_alone_in_the_company_one_opens_one_s_own_with_a_note(company, manager):
    actor = staff(manager, company)
    close(actor)
    decide_unlock(actor=actor, lock=ask(actor), is_granted=True, reason="", at=LATER)
    assert Event.objects.order_by("seq").last().data["alone"] == "nobody else works here"


def test_another_company_s_books_are_not_touched(company, manager, rival, customer):
    stranger = staff(rival, rival.memberships.first().company)
    close(stranger)
    payment(customer, "P1", 50_00, value_on=FEBRUARY)
    close(staff(manager, company))
    asked = ask(staff(manager, company))
    with pytest.raises(Refused, match="does not belong to Rival"):
        decide_unlock(actor=stranger, lock=asked, is_granted=True, reason="", at=AT)


def test_an_import_refuses_the_rows_of_a_closed_period_and_keeps_the_rest(company, manager):
    rows = (
        "K1;Acme;R1;invoice;2026-02-05;2026-03-04;EUR;100.00;100.00",
        "K1;Acme;R2;invoice;2026-03-02;2026-04-01;EUR;80.00;30.00",
    )
    close(staff(manager, company))
    batch = import_ledger(
        actor=system(company), ledger=ledger(items_csv(*rows)), as_of=TODAY, at=LATER
    )

    assert open_amounts(company) == {"R2": 30_00}
    closed = [row for row in findings(batch) if row[0] == "closed_period"]
    assert closed == [("closed_period", 2, "refused")]
    assert batch.totals[0]["refused_minor"] == 100_00
    assert breaks(company) == {}
    close(staff(manager, company), until_on=date(2026, 3, 4))
    again = import_ledger(
        actor=system(company),
        ledger=ledger(items_csv(*rows[1:])),
        as_of=TODAY,
        at=LATER + timedelta(hours=1),
    )
    assert [row for row in findings(again) if row[0] == "closed_period"] == []


def test_the_proof_finds_what_got_past_the_door(company, manager, customer):
    money = payment(customer, "P1", 50_00, value_on=FEBRUARY)
    close(staff(manager, company))
    assert breaks(company) == {}
    # only a program that goes around the actions could write this
    Payment.objects.create(
        company=company, customer=customer, number="X", currency="EUR", amount_minor=1,
        value_on=FEBRUARY, recorded_on=TODAY, recorded_at=LATER,
    )  # fmt: skip
    assert "I12" in breaks(company)
    assert money.number not in str(breaks(company)["I12"])
    assert PeriodLock.objects.count() == 1
