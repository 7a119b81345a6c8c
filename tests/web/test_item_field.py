"""Forms about one item of a customer with more open items than a list can hold."""

import pytest
from lxml import html

from dunwell.models import Dispute, Hold, Item
from dunwell.web import item_field
from tests.actions.ledger_rows import invoice

MOST = 2


@pytest.fixture(autouse=True)
def short_list(monkeypatch):
    monkeypatch.setattr(item_field, "MOST_LISTED", MOST)


@pytest.fixture
def items(customer):
    return [invoice(customer, f"R{number}", 100_00) for number in range(MOST + 1)]


def field_of(client, address):
    (found,) = html.fromstring(client.get(address).text).xpath("//main//*[@name='item']")
    return found


def test_few_items_are_listed(come_in, collector, customer):
    rows = [invoice(customer, f"R{number}", 100_00) for number in range(MOST)]
    field = field_of(come_in(collector), f"/customers/{customer.pk}/dispute/")
    assert field.tag == "select"
    assert [one.get("value") for one in field] == ["", *(str(row.pk) for row in rows)]


def test_of_many_items_one_is_disputed_by_its_number(come_in, collector, customer, items):
    client, address = come_in(collector), f"/customers/{customer.pk}/dispute/"
    field = field_of(client, f"{address}?item={items[1].pk}")
    assert (field.tag, field.get("value")) == ("input", "R1")
    assert field_of(client, address).get("value") is None
    told = {"item": " R2 ", "amount": "5", "reason": "price", "note": ""}
    wrong = client.post(address, {**told, "item": "R9"})
    assert wrong.status_code == 422
    assert "No open item of this customer has the number R9." in wrong.text
    assert client.post(address, {**told, "item": ""}).status_code == 422
    assert client.post(address, told).status_code == 302
    assert Dispute.objects.get().item == items[2]


def test_items_of_one_number_are_told_apart_by_their_kind(come_in, collector, customer, items):
    fee = invoice(customer, "R1", 10_00, kind=Item.Kind.FEE)
    client, address = come_in(collector), f"/customers/{customer.pk}/hold/"
    assert field_of(client, f"{address}?item={fee.pk}").get("value") == "R1 (Fee)"
    told = {"reason": "manual", "until_on": "", "note": "asked for"}
    unclear = client.post(address, {**told, "item": "R1"})
    assert unclear.status_code == 422 and "R1 (Invoice), R1 (Fee)" in unclear.text
    assert client.post(address, {**told, "item": "R1 (Fee)"}).status_code == 302
    assert Hold.objects.get().item == fee


def test_the_whole_customer_is_held_without_a_number(come_in, collector, customer, items):
    client, address = come_in(collector), f"/customers/{customer.pk}/hold/"
    assert "Leave empty for the whole customer." in client.get(address).text
    assert (
        client.post(address, {"reason": "manual", "item": "", "note": "asked for"}).status_code
        == 302
    )
    assert Hold.objects.get().item is None
