from datetime import timedelta

import pytest

from dunwell.actions.gate import Forbidden, Refused
from dunwell.actions.holds import place_hold, release_hold
from dunwell.models import Hold
from tests.actions.desk import acting, last_event, verbs
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY, add_customer

TOMORROW = TODAY + timedelta(days=1)


def place(user, customer, **changes):
    arguments = {"reason": "agreement", "as_of": TODAY, "at": AT, **changes}
    return place_hold(actor=acting(user), customer=customer, **arguments)


def test_a_hold_on_one_item_until_a_day_is_stored_with_one_event(company, collector, customer):
    item = invoice(customer, "R1", 100_00)
    hold = place(collector, customer, item=item, until_on=TOMORROW, note=" agreed by phone ")

    assert (hold.item_id, hold.from_on, hold.until_on) == (item.pk, TODAY, TOMORROW)
    assert (hold.reason, hold.note, hold.released_on) == ("agreement", "agreed by phone", None)
    assert last_event(company) == (
        "hold.placed",
        "anna",
        customer.pk,
        {"item": "R1", "reason": "agreement", "until_on": "2026-03-06"},
    )


def test_what_cannot_be_held_is_refused(company, collector, customer):
    other = invoice(add_customer(company, "K2"), "R2", 1_00)
    for change, sentence in [
        (
            {"reason": "mood"},
            "There is no reason mood; use agreement, plan, legal, insolvency, hardship, manual.",
        ),
        ({"until_on": TODAY - timedelta(days=1)}, "The last day of the hold has already passed."),
        ({"reason": "manual"}, "Say in the note why the hold is placed."),
        ({"item": other}, "This item belongs to another customer."),
    ]:
        with pytest.raises(Refused) as refusal:
            place(collector, customer, **change)
        assert str(refusal.value) == sentence
    assert (Hold.objects.count(), verbs(company)) == (0, [])


def test_the_same_hold_twice_is_refused_but_another_reason_or_scope_is_not(collector, customer):
    item = invoice(customer, "R1", 100_00)
    place(collector, customer)

    with pytest.raises(Refused) as refusal:
        place(collector, customer)
    place(collector, customer, reason="legal")
    place(collector, customer, item=item)

    assert str(refusal.value) == (
        "This customer is already held for this reason; release that hold first."
    )
    assert Hold.objects.count() == 3


def test_after_its_last_day_a_hold_makes_room_for_a_new_one(collector, customer):
    place(collector, customer, until_on=TOMORROW)

    again = place(collector, customer, as_of=TOMORROW + timedelta(days=1))

    assert again.from_on == TOMORROW + timedelta(days=1)


def test_releasing_ends_the_hold_and_a_second_person_is_told(
    company, collector, manager, customer
):
    hold = place(collector, customer)
    stale = Hold.objects.get(pk=hold.pk)
    release_hold(actor=acting(manager), hold=hold, as_of=TOMORROW, at=AT, note="paid")

    with pytest.raises(Refused) as refusal:
        release_hold(actor=acting(manager), hold=stale, as_of=TOMORROW, at=AT)
    hold.refresh_from_db()
    with pytest.raises(Refused) as later:
        release_hold(actor=acting(manager), hold=hold, as_of=TOMORROW, at=AT)

    assert hold.released_on == TOMORROW
    assert str(refusal.value) == "Somebody else has just released this hold; load the page again."
    assert str(later.value) == "This hold was released on 2026-03-06."
    assert last_event(company)[0::3] == (
        "hold.released",
        {"reason": "agreement", "note": "paid"},
    )


def test_a_hold_that_ended_by_itself_is_not_released(manager, collector, customer):
    hold = place(collector, customer, until_on=TODAY)

    with pytest.raises(Refused, match="This hold ended by itself on 2026-03-05"):
        release_hold(actor=acting(manager), hold=hold, as_of=TOMORROW, at=AT)


def test_holds_need_the_right_and_the_own_company(collector, reader, rival, customer):
    hold = place(collector, customer)

    with pytest.raises(Forbidden, match="hold.place"):
        place(reader, customer)
    with pytest.raises(Forbidden, match="hold.release"):
        release_hold(actor=acting(collector), hold=hold, as_of=TODAY, at=AT)
    with pytest.raises(Refused, match="This customer belongs to another company"):
        place(rival, customer)
    with pytest.raises(Refused, match="This hold belongs to another company"):
        release_hold(actor=acting(rival), hold=hold, as_of=TODAY, at=AT)
