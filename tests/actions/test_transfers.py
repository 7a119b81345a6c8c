"""Announced transfers: one reference for a choice, and the money finds its items by it."""

import pytest

from dunwell.actions.gate import Refused, debtor
from dunwell.actions.transfers import announce_transfer
from dunwell.engine.matching.check_digits import structured_references
from dunwell.models import Transfer
from dunwell.queries.match_frames import match_frames
from tests.actions.desk import last_event
from tests.actions.ledger_rows import invoice, payment
from tests.conftest import AT, TODAY, add_customer
from tests.portal.seats import seat_of


def announce(customer, amounts):
    actor = debtor(seat_of(customer)) if not customer.portal_seats.exists() else None
    actor = actor or debtor(customer.portal_seats.get())
    return announce_transfer(actor=actor, customer=customer, amounts=amounts, as_of=TODAY, at=AT)


def test_the_same_choice_keeps_its_reference_and_another_gets_another(company, customer):
    one, other = invoice(customer, "R1", 60_000), invoice(customer, "R2", 40_000)

    first = announce(customer, {one: 60_000, other: 10_000})

    assert announce(customer, {other: 10_000, one: 60_000}) == first
    assert announce(customer, {one: 60_000}).reference != first.reference
    assert Transfer.objects.count() == 2
    (found,) = structured_references(first.reference)
    assert (found.standard, found.whole) == ("rf", first.reference)
    assert last_event(company)[0] == "transfer.announced"


def test_money_that_quotes_the_reference_is_for_just_what_was_announced(company, customer):
    one, other = invoice(customer, "R1", 60_000), invoice(customer, "R2", 40_000)
    transfer = announce(customer, {one: 60_000, other: 10_000})
    spaced = " ".join(transfer.reference[at : at + 4] for at in range(0, 24, 4))
    payment(customer, "P1", 70_000, reference=f"Payment {spaced}")
    payment(customer, "P2", 5_000, reference="RF18539007547034")

    frames = match_frames(company, as_of=TODAY)
    rows = frames.remittances.collect().select("payment_id", "item_ref", "amount_minor").rows()

    assert sorted(rows) == [("P1", "R1", 60_000), ("P1", "R2", 10_000)]


def test_more_than_is_open_nothing_and_others_items_are_refused(company, customer):
    item = invoice(customer, "R1", 60_000)
    foreign = invoice(add_customer(company, "K2"), "R9", 500)
    dollars = invoice(customer, "R3", 500, currency="USD")

    for amounts, words in [
        ({}, "Choose at least one"),
        ({item: 60_001}, "is open on R1"),
        ({item: 0}, "is open on R1"),
        ({foreign: 500}, "one account"),
        ({item: 5, dollars: 5}, "one currency"),
    ]:
        with pytest.raises(Refused, match=words):
            announce(customer, amounts)
    assert not Transfer.objects.exists()
