"""What comes by the number of a merged record: the survivor's, and given back by the split."""

from datetime import timedelta

import pytest

from dunwell.actions.gate import Refused, system
from dunwell.actions.payments import apply_payment, reverse_allocation
from dunwell.actions.statements import make_statement
from dunwell.models import Allocation, CustomerMove, Dispute, EntryLine, Item, PayerAssignment
from dunwell.queries.merge_splits import arrived, rows_that_return
from dunwell.queries.statements import changed_statements
from tests.actions.desk import last_event
from tests.actions.exports import items_csv, merged
from tests.actions.ledger_rows import breaks, invoice, open_amounts, payment
from tests.actions.merge_rows import ON, merged_by, moves, ownership, split_by
from tests.conftest import AT, TODAY, add_customer

HOUR = timedelta(hours=1)
DAYS = "2026-02-05;2026-03-04;EUR"
PAYMENTS = (
    "payments.csv",
    (
        b"Payment No;Customer No;Payment Date;Currency;Payment Amount\n"
        b"P-7;K2;2026-03-02;EUR;12.00\nP-8;K1;2026-03-02;EUR;3.00\n"
    ),
)


@pytest.fixture
def twin(company):
    return add_customer(company, "K2", "Acme GmbH")


@pytest.fixture
def merge(clerk, manager, customer, twin):
    """Done an hour before anything comes."""
    invoice(twin, "R1", 100_00)
    return merged_by(clerk, manager, twin, customer, at=AT - HOUR)


def rows(*lines):
    """Items with what is open of them, some marked as disputed."""
    head, *told = items_csv(*lines).decode().splitlines()
    marked = [f"{line};{'yes' if ';R2;' in line else 'no'}" for line in told]
    return ("items.csv", "\n".join([f"{head};Disputed", *marked]).encode() + b"\n")


FILE = rows(
    f"K2;Acme GmbH;R2;invoice;{DAYS};9.00;9.00",
    f"K2;Acme GmbH;R3;invoice;{DAYS};80.00;30.00",
    f"K1;Acme;R9;invoice;{DAYS};7.00;2.00",
)


def whose(company):
    """Customer number by number of the item or payment."""
    found = [*company.items.all(), *company.payments.all()]
    return {one.number: one.customer.number for one in found}


def test_what_a_file_gives_by_the_old_number_goes_back_with_the_split(
    company, manager, customer, twin, merge
):
    merged(company, FILE, PAYMENTS)
    owned = {"R1", "R2", "R3", "P-7", "paid/K2/R3/1"}
    before = whose(company)
    known = (rows_that_return(merge), arrived(merge))
    again = ownership(company), CustomerMove.objects.count()
    merged(company, FILE, PAYMENTS)
    assert (ownership(company), CustomerMove.objects.count()) == again
    split_by(manager, merge)
    after = whose(company)

    assert set(before.values()) == {"K1"} and before.keys() == {
        *owned,
        "R9",
        "P-8",
        "paid/K1/R9/1",
    }
    assert known == ({"item": 3, "payment": 2, "dispute": 1, "disputecase": 1}, ["R2", "R3"])
    assert after == {number: "K2" if number in owned else "K1" for number in before}
    assert Dispute.objects.get().case.customer == twin
    assert last_event(company)[0] == "customer_merge.reopened"
    assert breaks(company) == {}
    # the books know them at the record that is open again
    batch = merged(company, FILE, PAYMENTS)
    assert (batch.counts["items_known"], batch.counts["items_imported"]) == (3, 0)
    assert whose(company) == after and open_amounts(company)["R3"] == 30_00
    assert breaks(company) == {}


def test_what_came_is_noted_as_moved_when_it_came(company, customer, twin, merge):
    merged(company, FILE)
    came = CustomerMove.objects.filter(merge=merge, recorded_at=AT).order_by("pk")
    ids = {one.number: one.pk for one in Item.objects.all()}
    paid = company.payments.get(number="paid/K2/R3/1")
    assert list(came.values_list("place", "row_id", "before", "after", "moved_on")) == [
        ("item", ids["R2"], twin.pk, customer.pk, TODAY),
        ("item", ids["R3"], twin.pk, customer.pk, TODAY),
        ("payment", paid.pk, twin.pk, customer.pk, TODAY),
    ]
    said = PayerAssignment.objects.get()
    assert (said.payment, said.customer, said.reason) == (paid, customer, "K2 merged into K1")
    assert not EntryLine.objects.filter(customer=twin).exists()
    assert breaks(company) == {}


def test_without_a_merge_in_force_nothing_is_noted(company, manager, twin, merge):
    split_by(manager, merge)
    count = CustomerMove.objects.count()
    merged(company, FILE, PAYMENTS)
    assert CustomerMove.objects.count() == count
    assert {one.number for one in Item.objects.filter(customer=twin)} == {"R1", "R2", "R3"}


def test_a_chain_gives_back_what_came_link_by_link(company, clerk, manager, customer, twin, merge):
    third = add_customer(company, "K3")
    later = merged_by(clerk, manager, customer, third)
    merged(company, FILE, PAYMENTS)
    owners = [whose(company)]
    for one in (later, merge):
        split_by(manager, one)
        owners.append(whose(company))
        assert breaks(company) == {}
    theirs = {"R1", "R2", "R3", "P-7", "paid/K2/R3/1"}
    assert {*owners[0].values()} == {"K3"} and {*owners[1].values()} == {"K1"}
    assert owners[2] == {number: "K2" if number in theirs else "K1" for number in owners[0]}
    assert moves(merge)[1:3] == [("item", twin.pk, customer.pk)] * 2


def test_money_of_the_survivor_on_what_came_is_taken_back_first(company, manager, customer, merge):
    money = payment(customer, "B9", 5_00)
    merged(company, FILE)
    item = Item.objects.get(number="R2")
    apply_payment(actor=system(company), payment=money, amounts={item: 5_00}, **ON)
    with pytest.raises(Refused, match=r"K2 cannot be split off: Money or credit .*\(R2\)"):
        split_by(manager, merge)
    row = Allocation.objects.latest("pk")
    reverse_allocation(actor=system(company), allocation=row, reason="wrong", **ON)
    split_by(manager, merge)
    assert whose(company)["R2"] == "K2" and whose(company)["B9"] == "K1"
    assert breaks(company) == {}


def test_money_that_came_by_the_old_number_on_a_document_of_the_survivor_is_taken_back_first(
    company, manager, customer, merge
):
    item = invoice(customer, "R8", 20_00)
    merged(company, PAYMENTS)
    money = company.payments.get(number="P-7")
    apply_payment(actor=system(company), payment=money, amounts={item: 12_00}, **ON)
    with pytest.raises(Refused, match=r"Money or credit of one .*\(R8\)"):
        split_by(manager, merge)


def test_a_statement_in_between_is_proved_after_the_split(company, manager, customer, twin, merge):
    merged(company, FILE, PAYMENTS)
    span = {"from_on": TODAY - timedelta(days=90), "to_on": TODAY}
    for one in (customer, twin):
        make_statement(actor=system(company), customer=one, **span, **ON)
    assert list(changed_statements(company)) == []
    split_by(manager, merge, as_of=TODAY + timedelta(days=1), at=AT + timedelta(days=1))
    assert list(changed_statements(company)) == []
    assert breaks(company) == {}


def test_the_survivors_number_of_a_document_stays_the_survivors(
    company, manager, customer, twin, merge
):
    invoice(customer, "R2", 9_00)
    batch = merged(company, items_csv(f"K2;Acme GmbH;R2;invoice;{DAYS};9.00;9.00"))
    assert batch.counts["items_refused"] == 1
    split_by(manager, merge)
    again = merged(company, items_csv(f"K2;Acme GmbH;R2;invoice;{DAYS};9.00;9.00"), at=AT + HOUR)
    assert again.counts["items_imported"] == 1
    found = Item.objects.filter(number="R2").order_by("pk").values_list("customer", flat=True)
    assert list(found) == [customer.pk, twin.pk]
