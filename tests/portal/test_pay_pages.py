"""Paying when more is open than a page shows."""

from datetime import timedelta

import pytest
import time_machine
from lxml import html

from dunwell.models import Checkout
from dunwell.portal import pay_choice
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY
from tests.portal.pay_rows import provider_of
from tests.portal.seats import seat_of, seated

PAY, HOW = "/portal/pay/", "/portal/pay/how/"


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr(pay_choice, "SHOWN", 2)
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def items(customer):
    return [
        invoice(customer, f"R{number}", 100_00, due_on=TODAY + timedelta(days=number - 1))
        for number in range(5)
    ]


class PayForm:
    """The form as a browser holds it."""

    def __init__(self, jane):
        self.jane = jane
        self.read(jane.get(PAY))

    def read(self, answer):
        self.answer = answer
        (self.form,) = html.fromstring(answer.text).xpath("//form[@class='pay-form']")

    def sent(self, **more):
        data = {}
        for name, value in self.form.form_values():
            data.setdefault(name, []).append(value)
        return {**data, **{name: [text] for name, text in more.items()}}

    def press(self, **more):
        self.read(self.jane.get(PAY, self.sent(**more)))

    def tick(self, key, amount=""):
        self.form.xpath(f".//input[@type='checkbox'][@value='{key}']")[0].checked = True
        self.form.inputs[f"amount_{key}"].value = amount
        (by_tick,) = self.form.xpath(".//input[@name='mode'][@value='selected']")
        for mode in self.form.xpath(".//input[@name='mode']"):
            mode.attrib.pop("checked", None)
        by_tick.set("checked", "checked")

    def shown(self):
        boxes = self.form.xpath(".//input[@type='checkbox'][@name='item']")
        return [int(box.get("value")) for box in boxes]


def test_what_is_ticked_on_one_page_is_paid_from_another(company, customer, items):
    provider_of(company)
    form = PayForm(seated(seat_of(customer)))
    assert form.shown() == [row.pk for row in items[:2]]
    assert "Page 1 of 3, 5 invoices." in form.answer.text
    form.tick(items[0].pk, "40.00")
    form.press(page="2")
    assert form.shown() == [row.pk for row in items[2:4]]
    assert "1 more is ticked on other pages." in form.answer.text
    form.press(find="r4", look="1")
    assert form.shown() == [items[4].pk]
    form.tick(items[4].pk)
    form.press(find="", look="1")
    ticked = form.form.xpath(".//input[@type='checkbox'][@checked]/@value")
    assert ticked == [str(items[0].pk)]
    assert form.form.inputs[f"amount_{items[0].pk}"].value == "40.00"
    how = form.jane.get(HOW, form.sent())
    assert how.status_code == 200
    assert "€140.00" in how.text and "R0" in how.text and "R4" in how.text
    assert not Checkout.objects.exists()


def test_all_that_is_due_is_paid_whatever_the_page_shows(company, customer, items):
    provider_of(company)
    form = PayForm(seated(seat_of(customer)))
    form.press(page="3")
    assert form.shown() == [items[4].pk]
    assert "€200.00" in form.jane.get(HOW, form.sent(mode="all")).text


def test_more_ticks_than_an_address_holds_are_refused(customer, items, monkeypatch):
    monkeypatch.setattr(pay_choice, "MOST_PICKED", 2)
    jane = seated(seat_of(customer))
    told = {"mode": "selected", "item": [row.pk for row in items[:3]]}
    answer = jane.get(HOW, told)
    assert answer.status_code == 422 and "Tick at most 2 invoices" in answer.text
    assert jane.get(HOW, {**told, "item": [row.pk for row in items[:2]]}).status_code == 200


def test_few_items_stand_on_one_page(customer):
    row = invoice(customer, "R1", 100_00)
    form = PayForm(seated(seat_of(customer)))
    assert form.shown() == [row.pk]
    assert not form.form.xpath(".//button[@name='page' or @name='look']")
