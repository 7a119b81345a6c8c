"""Undoing a merge: what came goes back, what was recorded since stays or is told to be undone."""

from datetime import timedelta

import pytest

from dunwell.actions.customer_merges import split_customers
from dunwell.actions.disputes import close_dispute, open_dispute
from dunwell.actions.gate import Forbidden, Refused, system
from dunwell.actions.items import reverse_item
from dunwell.actions.payers import assign_payer
from dunwell.actions.payments import (
    apply_credit,
    apply_payment,
    reverse_allocation,
    reverse_payment,
)
from dunwell.actions.promises import record_promise, withdraw_promise
from dunwell.actions.statements import make_statement
from dunwell.models import (
    Allocation,
    Contact,
    Customer,
    Dispute,
    EntryLine,
    Event,
    Item,
    PayerAlias,
    Promise,
)
from dunwell.queries.customer_merges import holdings, survivor_of
from dunwell.queries.statements import changed_statements, statement_document
from tests.actions.desk import acting, last_event, verbs
from tests.actions.ledger_rows import breaks, invoice, payment
from tests.actions.merge_rows import ON, merged_by, ownership, split_by
from tests.conftest import AT, TODAY, add_customer


@pytest.fixture
def twin(company):
    return add_customer(company, "K2", "Acme GmbH")


@pytest.fixture
def books(company, customer, twin):
    """A document and money at each; the twin's money is on its own document in part."""
    found = {
        "mine": invoice(customer, "R9", 70_00),
        "theirs": invoice(twin, "R1", 100_00),
        "credit": invoice(twin, "C1", -10_00),
        "money": payment(twin, "B1", 80_00),
        "my_money": payment(customer, "B9", 30_00),
    }
    apply_payment(
        actor=system(company), payment=found["money"], amounts={found["theirs"]: 40_00}, **ON
    )
    return found


@pytest.fixture
def merge(clerk, manager, customer, twin, books):
    done = merged_by(clerk, manager, twin, customer)
    for row in books.values():
        row.refresh_from_db()
    return done


def test_merge_and_split_leave_everything_but_the_history_as_it_was(
    company, clerk, manager, customer, twin, books
):
    Customer.objects.filter(pk=twin.pk).update(is_opted_out=True)
    for one in (customer, twin):
        Contact.objects.create(
            customer=one, role="payables", email=f"{one.number}@x.example", recorded_at=AT
        )
    before = ownership(company)
    contacts = list(Contact.objects.order_by("pk").values())
    merge = split_by(manager, merged_by(clerk, manager, twin, customer))

    assert (merge.status, merge.split_by, merge.split_on) == ("split", "mona", TODAY)
    assert ownership(company) == before
    assert list(Contact.objects.order_by("pk").values()) == contacts
    customer.refresh_from_db()
    assert (customer.is_opted_out, survivor_of(twin)) == (False, None)
    assert not PayerAlias.objects.exists()
    assert breaks(company) == {}
    invoice(twin, "R2", 1_00)
    assert verbs(company)[-2:] == ["customer_merge.split", "customer_merge.reopened"]
    count = Event.objects.count()
    assert split_by(manager, merge).status == "split" and Event.objects.count() == count


def test_they_can_be_merged_again_the_other_way(company, clerk, manager, customer, twin, merge):
    split_by(manager, merge)
    again = merged_by(clerk, manager, customer, twin)
    assert set(Item.objects.values_list("customer", flat=True)) == {twin.pk}
    split_by(manager, again)
    assert breaks(company) == {}


def test_rights_and_a_reason_are_asked_for(clerk, manager, merge):
    with pytest.raises(Forbidden, match=r"merge\.decide"):
        split_customers(actor=acting(clerk), merge=merge, reason="x", **ON)
    with pytest.raises(Refused, match="two customers after all"):
        split_by(manager, merge, reason=" ")


def test_money_of_one_on_a_document_of_the_other_is_taken_back_first(
    company, manager, books, merge
):
    apply_payment(
        actor=system(company), payment=books["my_money"], amounts={books["theirs"]: 5_00}, **ON
    )
    with pytest.raises(Refused, match=r"K2 cannot be split off: Money or credit .*\(R1\)"):
        split_by(manager, merge)
    row = Allocation.objects.latest("pk")
    reverse_allocation(actor=system(company), allocation=row, reason="wrong", **ON)
    split_by(manager, merge)
    assert breaks(company) == {}


def test_a_credit_of_one_netted_with_the_other_is_taken_back_first(
    company, customer, twin, manager, books, merge
):
    apply_credit(
        actor=system(company), credit=books["credit"], amounts={books["mine"]: 10_00}, **ON
    )
    with pytest.raises(Refused, match="Money or credit of one"):
        split_by(manager, merge)
    for row in Allocation.objects.filter(source="credit", item=books["mine"]):
        reverse_allocation(actor=system(company), allocation=row, reason="wrong", **ON)
    split_by(manager, merge)
    assert breaks(company) == {}


def test_what_belongs_to_a_returned_document_alone_goes_with_it(
    company, collector, customer, twin, manager, books, merge
):
    dispute = open_dispute(
        actor=acting(collector), item=books["theirs"], reason="price", amount_minor=5_00, **ON
    )
    mirror = reverse_item(actor=acting(manager), item=books["credit"], reason="wrong", **ON)
    back = reverse_payment(
        actor=system(company), payment=books["money"], reason="returned", **ON,
    )  # fmt: skip
    new = invoice(customer, "R10", 3_00)
    split_by(manager, merge)
    for row in (dispute, mirror, back):
        row.refresh_from_db()
    assert {dispute.customer_id, mirror.customer_id, back.customer_id} == {twin.pk}
    assert Dispute.objects.get().case.customer_id == twin.pk
    assert Item.objects.get(pk=new.pk).customer_id == customer.pk
    assert breaks(company) == {}


def test_an_open_promise_made_since_is_withdrawn_first(
    company, collector, customer, twin, manager, books, merge
):
    promise = record_promise(
        actor=acting(collector), customer=customer, amounts={books["theirs"]: 60_00},
        due_on=TODAY + timedelta(days=3), **ON,
    )  # fmt: skip
    with pytest.raises(Refused, match="A promise, plan or settlement was made since"):
        split_by(manager, merge)
    withdraw_promise(actor=acting(collector), promise=promise, reason="no", **ON)
    split_by(manager, merge)
    assert Promise.objects.get().customer_id == twin.pk
    assert breaks(company) == {}


def test_a_promise_over_documents_of_both_stays_together(
    collector, customer, manager, books, merge
):
    record_promise(
        actor=acting(collector), customer=customer,
        amounts={books["theirs"]: 60_00, books["mine"]: 70_00},
        due_on=TODAY + timedelta(days=3), **ON,
    )  # fmt: skip
    with pytest.raises(Refused, match="about documents of both"):
        split_by(manager, merge)


def test_a_later_merge_is_split_first(company, clerk, manager, customer, twin, merge):
    third = add_customer(company, "K3")
    later = merged_by(clerk, manager, customer, third)
    with pytest.raises(Refused, match=r"merged into another record since.*\(K3\)"):
        split_by(manager, merge)
    split_by(manager, later)
    split_by(manager, merge)
    assert holdings(twin)[0].open_minor == 50_00
    assert breaks(company) == {}


def test_what_a_third_customer_was_found_to_have_paid_stays_there(
    company, clerk, manager, twin, books, merge
):
    other = payment(twin_survivor(merge), "B2", 5_00)
    third = add_customer(company, "K3")
    loose = books["my_money"]
    assign_payer(actor=acting(clerk), payment=loose, customer=third, reason="their IBAN", **ON)
    split_by(manager, merge)
    loose.refresh_from_db()
    other.refresh_from_db()
    assert (loose.customer_id, other.customer_id) == (third.pk, merge.survivor_id)
    assert breaks(company) == {}


def twin_survivor(merge):
    return Customer.objects.get(pk=merge.survivor_id)


def test_a_dispute_closed_since_goes_back_closed(company, collector, manager, twin, books, merge):
    dispute = open_dispute(
        actor=acting(collector), item=books["theirs"], reason="price", amount_minor=5_00, **ON
    )
    close_dispute(actor=acting(manager), dispute=dispute, outcome="agreed", **ON)
    split_by(manager, merge)
    found = Dispute.objects.get(pk=dispute.pk)
    assert (found.customer_id, found.closed_on) == (twin.pk, TODAY)
    assert breaks(company) == {}


def test_a_statement_issued_before_is_proved_after_the_merge_and_after_the_split(
    company, clerk, manager, customer, twin, books
):
    span = {"from_on": TODAY - timedelta(days=30), "to_on": TODAY}
    first = {
        one.pk: make_statement(actor=system(company), customer=one, **span, **ON).pk
        for one in (customer, twin)
    }
    merge = merged_by(clerk, manager, twin, customer)
    assert list(changed_statements(company)) == []
    both = make_statement(actor=system(company), customer=customer, **span, **ON)
    assert statement_document(company, both.pk).document.accounts[0].closing_minor == (
        70_00 + 100_00 - 10_00 - 80_00 - 30_00
    )
    split_by(manager, merge)
    assert list(changed_statements(company)) == []
    assert sorted(first) == sorted((customer.pk, twin.pk))


def test_lines_of_the_ledger_are_whose_documents_they_are(company, manager, twin, merge):
    split_by(manager, merge)
    lines = EntryLine.objects.filter(customer=twin).values_list("account", "amount_minor")
    assert sorted(lines) == [
        ("bank", 80_00), ("receivable", -40_00), ("receivable", -10_00), ("receivable", 100_00),
        ("sales", -100_00), ("sales", 10_00), ("unapplied", -80_00), ("unapplied", 40_00),
    ]  # fmt: skip
    assert last_event(company)[3]["reason"] == "two branches after all"
