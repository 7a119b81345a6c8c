"""The projection of open items is rebuilt from the ledger, and only what is wrong is written."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dunwell.actions.balances import rebuild_open_items, refresh_open_items
from dunwell.actions.gate import Forbidden, staff, system
from dunwell.models import Event, Item, OpenItem
from tests.actions.ledger_rows import breaks, invoice, open_amounts
from tests.conftest import AT, TODAY


def test_a_rebuild_mends_every_kind_of_wrong_row_and_says_how_many(company, customer, manager):
    for number, amount in [("R1", 100), ("R2", 200), ("R3", 300), ("R4", 400)]:
        invoice(customer, number, amount)
    OpenItem.objects.filter(item__number="R1").update(open_minor=7)
    OpenItem.objects.filter(item__number="R2").delete()
    OpenItem.objects.filter(item__number="R3").update(due_on=TODAY, currency="USD")
    events = Event.objects.count()

    assert rebuild_open_items(actor=staff(manager, company), at=AT) == 3
    assert open_amounts(company) == {"R1": 100, "R2": 200, "R3": 300, "R4": 400}
    assert breaks(company) == {}
    assert Event.objects.order_by("seq").last().data == {"changed": 3}

    assert rebuild_open_items(actor=system(company), at=AT) == 0
    assert Event.objects.count() == events + 1


def test_a_row_of_a_settled_item_goes(company, customer):
    from dunwell.actions.adjustments import record_adjustment

    item = invoice(customer, "R1", 100)
    stale = OpenItem.objects.get()
    record_adjustment(
        actor=system(company), item=item, kind="write_off", amount_minor=100, reason="x",
        as_of=TODAY, at=AT,
    )  # fmt: skip
    stale.save(force_insert=True)
    assert rebuild_open_items(actor=system(company), at=AT) == 1
    assert open_amounts(company) == {}


def test_a_refresh_touches_only_what_it_is_told(company, customer):
    invoice(customer, "R1", 100)
    invoice(customer, "R2", 200)
    OpenItem.objects.update(open_minor=1)
    assert refresh_open_items(company=company, items=[Item.objects.get(number="R1").pk]) == 1
    assert open_amounts(company) == {"R1": 100, "R2": 1}
    with CaptureQueriesContext(connection) as queries:
        assert refresh_open_items(company=company, items=[]) == 0
    assert len(queries) == 0


def test_only_who_may_rebuilds(company, clerk):
    with pytest.raises(Forbidden, match=r"balances\.rebuild"):
        rebuild_open_items(actor=staff(clerk, company), at=AT)
