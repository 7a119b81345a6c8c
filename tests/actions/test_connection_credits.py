"""Credit notes of an outside ledger that settle one item after another, page by page."""

from decimal import Decimal

import pytest

from dunwell.actions.connection_syncs import begin_sync, note_system, take_page
from dunwell.actions.connections import add_connection, record_connection_test
from dunwell.actions.gate import system
from dunwell.actions.payments import reverse_allocation, reverse_payment
from dunwell.formats.connection_rows import (
    OutsideAllocation,
    OutsideCustomer,
    OutsideItem,
    OutsidePayment,
    OutsideSystem,
    Pulled,
)
from dunwell.models import Allocation, ConnectionSync, OpenItem, Payment
from tests.conftest import AT, TODAY

pytestmark = pytest.mark.django_db


def item(number, amount):
    return OutsideItem(
        number=number,
        customer="7",
        currency="EUR",
        amount=Decimal(amount),
        issued=TODAY,
        due=TODAY,
    )


def credit(source, number, amount):
    return OutsideAllocation(source=source, item=number, amount=Decimal(amount), applied=TODAY)


@pytest.fixture
def take(company):
    """Take a page of a ledger in; give back what is open of each document then."""
    told = {"address": "https://erp.example", "database": "firm", "user": "ann"}
    link = add_connection(
        actor=system(company), kind="odoo", name="Theirs", settings=told, secret="x", at=AT
    )
    theirs = OutsideSystem(product="Plain", version="1", writes=frozenset())
    record_connection_test(actor=system(company), connection=link, system=theirs, at=AT)
    sync = begin_sync(actor=system(company), connection=link, as_of=TODAY, at=AT)
    note_system(actor=system(company), sync=sync, system=theirs)

    def taken(cursor, items=(), allocations=(), payments=()):
        page = Pulled(
            customers=(OutsideCustomer(key="7", number="C7", name="Hansa GmbH"),),
            items=tuple(items), payments=tuple(payments), allocations=tuple(allocations),
            cursor=str(cursor), is_last=False,
        )  # fmt: skip
        take_page(actor=system(company), sync=sync, pulled=page, as_of=TODAY, at=AT)
        return dict(OpenItem.objects.values_list("item__number", "open_minor").order_by("item"))

    return taken


def test_each_page_adds_to_what_a_credit_note_settles(take):
    first = take(1, [item("G1", "-800.00"), item("R1", "50.00")], [credit("G1", "R1", "50.00")])
    assert {number: left for number, left in first.items() if left} == {"G1": -750_00}
    second = take(2, [item("R2", "50.00")], [credit("G1", "R2", "50.00")])
    assert {number: left for number, left in second.items() if left} == {"G1": -700_00}
    # a chain: another credit note on the second item, then once more on a third
    take(3, [item("G2", "-30.00"), item("R3", "60.00")], [credit("G2", "R3", "10.00")])
    take(4, [], [credit("G1", "R3", "40.00")])
    last = take(5, [item("R4", "5.00")], [credit("G2", "R4", "5.00")])
    assert {number: left for number, left in last.items() if left} == {
        "G1": -660_00, "G2": -15_00, "R3": 10_00
    }  # fmt: skip
    assert take(5, [item("R4", "5.00")], [credit("G2", "R4", "5.00")]) == last


def test_what_a_person_took_off_or_sent_back_stays_so_when_all_is_told_again(take, company):
    items = [item("R1", "50.00"), item("R2", "70.00"), item("G1", "-30.00")]
    pairs = [credit("P1", "R1", "50.00"), credit("G1", "R2", "30.00"), credit("P2", "R2", "40.00")]
    money = [
        OutsidePayment(
            number=number, customer="7", currency="EUR", amount=Decimal(amount), received=TODAY
        )
        for number, amount in (("P1", "50.00"), ("P2", "40.00"))
    ]
    take(1, items, pairs, money)
    by = {"actor": system(company), "as_of": TODAY, "at": AT}
    reverse_payment(**by, payment=Payment.objects.get(number="P1"), reason="charged back")
    row = Allocation.objects.get(item__number="R2", source="credit")
    reverse_allocation(**by, allocation=row, reason="of another invoice")
    before = list(Allocation.objects.order_by("pk").values())

    after = take(2, items, pairs, money)

    assert list(Allocation.objects.order_by("pk").values()) == before
    assert {number: left for number, left in after.items() if left} == {
        "R1": 50_00, "R2": 30_00, "G1": -30_00
    }  # fmt: skip
    (sync,) = ConnectionSync.objects.all()
    assert [(note["code"], note["number"]) for note in sync.notes] == [
        ("taken_back_here", "R1"), ("taken_back_here", "R2")
    ]  # fmt: skip
