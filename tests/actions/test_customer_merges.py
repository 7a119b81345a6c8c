"""Merging two records of one customer: four eyes, nothing booked, closed record, refusals."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from dunwell.actions.contacts import add_contact
from dunwell.actions.credit_checks import check_order
from dunwell.actions.customer_links import add_link
from dunwell.actions.customer_merges import (
    decline_merge,
    mark_distinct,
    merge_customers,
)
from dunwell.actions.disputes import open_dispute
from dunwell.actions.gate import Forbidden, Refused, system
from dunwell.actions.holds import place_hold
from dunwell.actions.imports import import_ledger
from dunwell.actions.payments import apply_payment
from dunwell.actions.promises import record_promise
from dunwell.models import (
    Contact,
    Customer,
    CustomerMerge,
    Dispute,
    DistinctCustomers,
    EntryLine,
    Event,
    Hold,
    Item,
    Order,
    PayerAlias,
    Promise,
)
from dunwell.queries.customer_merges import holdings, merge_preview, survivor_of
from tests.actions.desk import acting, last_event, verbs
from tests.actions.exports import items_csv, ledger
from tests.actions.ledger_rows import breaks, invoice, open_amounts, payment
from tests.actions.merge_rows import ON, merged_by, ownership, proposed
from tests.actions.order_rows import ask
from tests.conftest import AT, TODAY, add_customer, add_user


@pytest.fixture
def twin(company):
    return add_customer(company, "K2", "Acme GmbH")


@pytest.fixture
def books(customer, twin):
    """An open and a part-paid document at each, and money of the twin that waits."""
    item = invoice(twin, "R1", 100_00)
    paid = invoice(twin, "R2", 50_00)
    money = payment(twin, "B1", 80_00)
    apply_payment(
        actor=acting_system(twin), payment=money, amounts={paid: 30_00}, as_of=TODAY, at=AT
    )
    invoice(customer, "R9", 7_00)
    return {"item": item, "paid": paid, "money": money}


def acting_system(customer):
    return system(customer.company)


def test_what_the_merged_record_has_is_the_survivors_and_nothing_is_booked(
    company, clerk, manager, customer, twin, books
):
    before = list(EntryLine.objects.order_by("pk").values_list("account", "amount_minor"))
    amounts = open_amounts(company)
    merge = merged_by(clerk, manager, twin, customer)

    assert (merge.status, merge.author, merge.decided_by) == ("merged", "carla", "mona")
    assert set(Item.objects.values_list("customer", flat=True)) == {customer.pk}
    assert list(EntryLine.objects.order_by("pk").values_list("account", "amount_minor")) == before
    assert open_amounts(company) == amounts
    (held,) = holdings(customer)
    assert (held.currency, held.open_minor, held.unapplied_minor) == ("EUR", 127_00, 50_00)
    assert holdings(twin) == ()
    assert merge.told["sums"] == [
        {"currency": "EUR", "open_minor": 120_00, "unapplied_minor": 50_00}
    ]
    assert breaks(company) == {}
    assert verbs(company)[-3:] == [
        "customer_merge.proposed", "customer_merge.merged", "customer_merge.closed",
    ]  # fmt: skip


def test_the_merged_record_keeps_its_page_and_leads_to_the_survivor(
    company, clerk, manager, customer, twin, books
):
    merged_by(clerk, manager, twin, customer)
    assert Customer.objects.filter(pk=twin.pk).exists()
    assert survivor_of(twin) == customer and survivor_of(customer) is None
    alias = PayerAlias.objects.get(customer=customer)
    assert (alias.kind, alias.text, alias.source) == ("name", "acme", "merged")
    for act in (
        lambda: invoice(twin, "R3", 1_00),
        lambda: payment(twin, "B3", 1_00),
    ):
        with pytest.raises(Refused, match="K2 was merged into K1; go on at K1"):
            act()
    third = add_customer(company, "K3")
    merged_by(clerk, manager, customer, third)
    assert survivor_of(twin) == third and survivor_of(customer) == third
    assert breaks(company) == {}


def test_what_was_agreed_goes_with_its_documents(
    company, clerk, manager, collector, customer, twin, books
):
    place_hold(actor=acting(collector), customer=twin, reason="legal", **ON)
    record_promise(
        actor=acting(collector), customer=twin, amounts={books["item"]: 100_00},
        due_on=TODAY + timedelta(days=3), **ON,
    )  # fmt: skip
    dispute = open_dispute(
        actor=acting(collector), item=books["paid"], reason="price", amount_minor=5_00, **ON
    )
    Customer.objects.filter(pk=twin.pk).update(is_opted_out=True)
    merged_by(clerk, manager, twin, customer)

    assert {
        *Hold.objects.values_list("customer", flat=True),
        *Promise.objects.values_list("customer", flat=True),
        Dispute.objects.get(pk=dispute.pk).customer_id,
    } == {customer.pk}
    customer.refresh_from_db()
    assert customer.is_opted_out
    assert breaks(company) == {}


def test_contacts_come_along_and_the_survivors_first_one_stays_first(
    company, clerk, manager, customer, twin
):
    for one, email in ((customer, "a@acme.example"), (twin, "b@acme.example")):
        add_contact(
            actor=acting(manager), customer=one, role="payables", email=email, is_primary=True,
            at=AT,
        )  # fmt: skip
    merged_by(clerk, manager, twin, customer)
    found = Contact.objects.order_by("email").values_list("email", "customer", "is_primary")
    assert list(found) == [
        ("a@acme.example", customer.pk, True), ("b@acme.example", customer.pk, False),
    ]  # fmt: skip


def test_who_proposed_does_not_decide_and_done_twice_is_done_once(
    company, clerk, manager, customer, twin, books
):
    both = add_user(company, "bea", "clerk", "credit_manager")
    merge = proposed(both, twin, customer)
    assert proposed(clerk, twin, customer) == merge
    with pytest.raises(Refused, match="somebody else has to decide it"):
        merge_customers(actor=acting(both), merge=merge, **ON)
    first = merge_customers(actor=acting(manager), merge=merge, **ON)
    count = Event.objects.count()
    assert merge_customers(actor=acting(manager), merge=merge, **ON) == first
    assert Event.objects.count() == count


def test_rights_and_companies_are_kept_apart(company, clerk, collector, rival, customer, twin):
    with pytest.raises(Forbidden, match=r"merge\.propose"):
        proposed(collector, twin, customer)
    merge = proposed(clerk, twin, customer)
    with pytest.raises(Forbidden, match=r"merge\.decide"):
        merge_customers(actor=acting(clerk), merge=merge, **ON)
    theirs = add_customer(acting(rival).company, "K1")
    with pytest.raises(Refused, match="belongs to another company"):
        proposed(clerk, theirs, customer)
    with pytest.raises(Refused, match="cannot be merged into itself"):
        proposed(clerk, twin, twin)
    with pytest.raises(Refused, match="Say why both records are one customer"):
        proposed(clerk, customer, twin, reason=" ")


def test_a_declined_merge_is_remembered_as_two_customers(company, clerk, customer, twin):
    merge = proposed(clerk, twin, customer)
    decline_merge(actor=acting(clerk), merge=merge, reason="a branch", is_distinct=True, at=AT)
    row = DistinctCustomers.objects.get()
    assert (row.first, row.second, row.reason) == (customer, twin, "a branch")
    again = mark_distinct(actor=acting(clerk), first=twin, second=customer, at=AT)
    assert again == row
    with pytest.raises(Refused, match="This merge is marked: not merged"):
        merge_customers(
            actor=acting(add_user(company, "max", "credit_manager")), merge=merge, **ON
        )
    assert last_event(company)[0] == "customer_merge.declined"


def test_a_second_proposal_a_circle_and_a_closed_record_are_refused(
    company, clerk, manager, customer, twin
):
    third = add_customer(company, "K3")
    proposed(clerk, twin, customer)
    with pytest.raises(Refused, match="Another merge of the record waits"):
        proposed(clerk, twin, third)
    with pytest.raises(Refused, match="waits to be merged itself"):
        proposed(clerk, customer, third)
    CustomerMerge.objects.all().delete()
    add_link(
        actor=acting(manager), customer=twin, other=customer, kind="parent", from_on=TODAY, **ON
    )
    with pytest.raises(Refused, match="One is the other's parent"):
        proposed(clerk, twin, customer)
    merged_by(clerk, manager, third, customer)
    with pytest.raises(Refused, match="merged into another one already"):
        proposed(clerk, third, twin)
    with pytest.raises(Refused, match="merged into another one already"):
        proposed(clerk, twin, third)


def test_a_number_that_both_have_is_refused_with_the_number(company, clerk, customer, twin, books):
    invoice(customer, "R1", 100_00)
    with pytest.raises(Refused, match=r"K2 cannot be merged into K1: Both records .*\(R1\)"):
        proposed(clerk, twin, customer)


def test_no_item_goes_to_another_customer_without_a_move(company, customer, twin, books):
    with pytest.raises(DatabaseError, match="by a merge or its split alone"), transaction.atomic():
        Item.objects.filter(pk=books["item"].pk).update(customer=customer)
    with pytest.raises(DatabaseError, match="added, never changed"), transaction.atomic():
        Item.objects.filter(pk=books["item"].pk).update(amount_minor=1)


def test_the_preview_says_what_moves_and_writes_nothing(company, clerk, customer, twin, books):
    before = ownership(company), Event.objects.count()
    seen = merge_preview(twin, customer)
    assert seen.hindrances == ()
    assert seen.rows == {"item": 2, "payment": 1}
    assert [(one.open_minor, one.unapplied_minor) for one in seen.after_holdings] == [
        (127_00, 50_00)
    ]
    assert (ownership(company), Event.objects.count()) == before


def test_an_import_by_the_old_number_adds_to_the_survivor_and_doubles_nothing(
    company, clerk, manager, customer, twin
):
    first = items_csv("K2;Acme GmbH;R1;invoice;2026-01-05;2026-02-04;EUR;100.00;100.00")
    imported(company, first)
    merged_by(clerk, manager, twin, customer)
    imported(company, first)
    assert open_amounts(company) == {"R1": 100_00}
    later = items_csv(
        "K2;Acme GmbH;R1;invoice;2026-01-05;2026-02-04;EUR;100.00;40.00",
        "K2;Acme GmbH;R2;invoice;2026-02-05;2026-03-04;EUR;9.00;9.00",
    )
    imported(company, later)
    assert open_amounts(company) == {"R1": 40_00, "R2": 9_00}
    assert set(Item.objects.values_list("customer", flat=True)) == {customer.pk}
    assert Customer.objects.count() == 2
    assert breaks(company) == {}


def imported(company, content):
    """A file taken over by the system."""
    count = Event.objects.count()
    import_ledger(
        actor=system(company), ledger=ledger(content), as_of=TODAY,
        at=AT + timedelta(seconds=count),
    )  # fmt: skip


def test_an_order_of_a_closed_record_is_checked_on_the_survivor(
    company, customer, twin, clerk, manager
):
    merged_by(clerk, manager, twin, customer)
    last = merged_by(clerk, manager, customer, add_customer(company, "K3"))
    for number, one in (("SO-1", twin), ("SO-2", customer), ("SO-3", last.survivor)):
        check = check_order(actor=system(company), customer=one, ask=ask(number), **ON)
        assert check.order.customer == last.survivor and check.customer == last.survivor
    # the same order told under another number of the same debtor is the same order
    again = check_order(actor=system(company), customer=twin, ask=ask("SO-3"), **ON)
    assert again.order.number == "SO-3" and Order.objects.count() == 3
