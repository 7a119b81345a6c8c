"""Adding items and reversing them."""

from datetime import date

import pytest

from dunwell.actions.adjustments import record_adjustment
from dunwell.actions.gate import Forbidden, Refused, staff, system
from dunwell.actions.items import add_item, reverse_item
from dunwell.actions.payments import apply_payment
from dunwell.models import Event, Item
from tests.actions.ledger_rows import breaks, invoice, open_amounts, payment, postings
from tests.conftest import AT, TODAY, add_customer


def test_adding_an_item_books_it_and_leaves_one_event(company, clerk, customer):
    item = add_item(
        actor=staff(clerk, company),
        customer=customer,
        number="R1",
        kind="invoice",
        currency="EUR",
        amount_minor=100_00,
        issued_on=date(2026, 2, 1),
        due_on=date(2026, 3, 3),
        as_of=TODAY,
        at=AT,
    )

    assert postings("item", item) == [("receivable", 100_00), ("sales", -100_00)]
    assert open_amounts(company) == {"R1": 100_00}
    assert list(Event.objects.values_list("verb", "actor", "subject_id", "customer_id")) == [
        ("item.added", "carla", item.pk, customer.pk)
    ]
    assert breaks(company) == {}


def test_the_same_item_again_changes_nothing_and_other_figures_are_refused(company, customer):
    first = invoice(customer, "R1", 100_00)

    assert invoice(customer, "R1", 100_00) == first
    with pytest.raises(Refused, match="R1 is already in the ledger with other figures"):
        invoice(customer, "R1", 100_01)

    assert (Item.objects.count(), Event.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": "credit_note"}, "must be below 0"),
        ({"kind": "gift"}, "no kind of item"),
        ({"currency": "eur"}, "no currency"),
        ({"due_on": date(2026, 1, 1)}, "before it is issued"),
        ({"issued_on": date(2026, 3, 6)}, "lies in the future"),
    ],
)
def test_an_impossible_item_is_refused_and_nothing_stays(company, customer, changes, message):
    with pytest.raises(Refused, match=message):
        invoice(customer, "R1", 100_00, **changes)

    assert (Item.objects.count(), Event.objects.count()) == (0, 0)


def test_amounts_must_have_the_sign_of_their_kind(company, customer):
    for amount, kind in [(0, "invoice"), (-5, "invoice"), (-5, "fee"), (5, "credit_note")]:
        with pytest.raises(Refused):
            invoice(customer, "R1", amount, kind=kind)
    assert invoice(customer, "O1", -5, kind="opening").amount_minor == -5


def test_rights_and_companies_are_kept_apart(company, collector, customer, rival):
    from dunwell.models import Company

    other = Company.objects.get(name="Rival")
    with pytest.raises(Forbidden, match=r"item\.add"):
        add_item(
            actor=staff(collector, company), customer=customer, number="R1", kind="invoice",
            currency="EUR", amount_minor=1, issued_on=TODAY, due_on=TODAY, as_of=TODAY, at=AT,
        )  # fmt: skip
    with pytest.raises(Refused, match="does not belong to Rival"):
        add_item(
            actor=staff(rival, other), customer=customer, number="R1", kind="invoice",
            currency="EUR", amount_minor=1, issued_on=TODAY, due_on=TODAY, as_of=TODAY, at=AT,
        )  # fmt: skip
    item = invoice(customer, "R1", 100_00)
    with pytest.raises(Refused, match="does not belong to Rival"):
        reverse_item(actor=staff(rival, other), item=item, reason="x", as_of=TODAY, at=AT)


def test_reversing_an_invoice_writes_a_mirror_and_nets_both(company, manager, customer):
    item = invoice(customer, "R1", 100_00)

    mirror = reverse_item(
        actor=staff(manager, company), item=item, reason="wrong customer", as_of=TODAY, at=AT
    )

    assert (mirror.number, mirror.kind, mirror.amount_minor) == ("R1-R", "credit_note", -100_00)
    assert mirror.reverses == item
    assert open_amounts(company) == {}
    assert breaks(company) == {}
    with pytest.raises(Refused, match="was reversed before"):
        reverse_item(actor=system(company), item=item, reason="again", as_of=TODAY, at=AT)
    with pytest.raises(Refused, match="itself a reversal"):
        reverse_item(actor=system(company), item=mirror, reason="back", as_of=TODAY, at=AT)


def test_what_was_paid_on_a_reversed_invoice_becomes_the_customers_credit(company, customer):
    item = invoice(customer, "R1", 100_00)
    apply_payment(
        actor=system(company),
        payment=payment(customer, "P1", 30_00),
        amounts={item: 30_00},
        as_of=TODAY,
        at=AT,
    )

    reverse_item(actor=system(company), item=item, reason="cancelled", as_of=TODAY, at=AT)

    assert open_amounts(company) == {"R1-R": -30_00}
    assert breaks(company) == {}


def test_a_credit_note_and_a_fee_are_reversed_by_their_own_accounts(company, customer):
    credit = invoice(customer, "C1", -40_00)
    fee = invoice(customer, "F1", 5_00, kind="fee")
    record_adjustment(
        actor=system(company), item=fee, kind="small_balance", amount_minor=1_00, reason="cent",
        as_of=TODAY, at=AT,
    )  # fmt: skip

    mirrors = [
        reverse_item(actor=system(company), item=item, reason="wrong", as_of=TODAY, at=AT)
        for item in (credit, fee)
    ]

    assert [(m.kind, m.amount_minor) for m in mirrors] == [("invoice", 40_00), ("fee", -5_00)]
    assert postings("item", mirrors[1]) == [("charges", 5_00), ("receivable", -5_00)]
    assert open_amounts(company) == {"F1-R": -1_00}
    assert breaks(company) == {}


def test_a_reversal_needs_a_reason_a_free_number_and_a_later_day(company, customer):
    item = invoice(customer, "R1", 100_00)
    invoice(customer, "R1-R", -1_00)
    for reason, as_of, message in [
        (" ", TODAY, "Say why"),
        ("x", date(2026, 1, 1), "Nothing can be booked on R1 before"),
        ("x", TODAY, "that number is taken"),
    ]:
        with pytest.raises(Refused, match=message):
            reverse_item(actor=system(company), item=item, reason=reason, as_of=as_of, at=AT)
    assert Item.objects.count() == 2


def test_two_customers_may_use_one_number(company, customer):
    other = add_customer(company, "K2")
    invoice(customer, "R1", 1_00)
    invoice(other, "R1", 2_00)
    assert sorted(Item.objects.values_list("amount_minor", flat=True)) == [1_00, 2_00]
