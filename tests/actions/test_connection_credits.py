"""Credit notes of an outside ledger that settle one item after another, page by page."""

from decimal import Decimal

import pytest

from dunwell.actions.connection_syncs import begin_sync, note_system, take_page
from dunwell.actions.connections import add_connection, record_connection_test
from dunwell.actions.gate import system
from dunwell.formats.connection_rows import (
    OutsideAllocation,
    OutsideCustomer,
    OutsideItem,
    OutsideSystem,
    Pulled,
)
from dunwell.models import OpenItem
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

    def taken(cursor, items=(), allocations=()):
        page = Pulled(
            customers=(OutsideCustomer(key="7", number="C7", name="Hansa GmbH"),),
            items=tuple(items), allocations=tuple(allocations), cursor=str(cursor), is_last=False,
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
