"""Forms that choose among more open items than a page shows."""

from datetime import timedelta

import pytest
from django.http import QueryDict
from lxml import html

from dunwell.models import PaymentPlan, PlacementItem, Settlement
from dunwell.queries.plan_items import coverable_items
from dunwell.web import item_choice as choices
from tests.actions.ledger_rows import invoice
from tests.actions.placement_rows import agency, demanded
from tests.actions.settlement_rows import PAY_BY
from tests.conftest import TODAY

FORMS = ("plans", "settlements", "placements")
SHOWN = 3


@pytest.fixture(autouse=True)
def few_on_a_page(monkeypatch):
    monkeypatch.setattr(choices, "SHOWN", SHOWN)


@pytest.fixture
def items(customer):
    """Return eight items, of which the oldest six are overdue."""
    return [
        invoice(customer, f"R{number}", 100_00, due_on=TODAY + timedelta(days=number - 6))
        for number in range(8)
    ]


class Form:
    """The form as a browser holds it: what it would send, and its buttons."""

    def __init__(self, client, address):
        self.client, self.address = client, address
        self.read(client.get(address))

    def read(self, answer):
        self.answer = answer
        if answer.status_code in {200, 422}:
            page = html.fromstring(answer.text)
            (self.form,) = [one for one in page.forms if one.get("action") == self.address]

    def sent(self, **more):
        """Return what is sent, as lists of texts by name."""
        data = {}
        for name, value in self.form.form_values():
            data.setdefault(name, []).append(value)
        return {**data, **{name: [text] for name, text in more.items()}}

    def press(self, **more):
        self.read(self.client.post(self.address, self.sent(**more)))

    def tick(self, *keys, on):
        for box in self.form.xpath(".//input[@name='item']"):
            if int(box.get("value")) in keys:
                box.checked = on

    def shown(self):
        return [int(box.get("value")) for box in self.form.xpath(".//input[@name='item']")]

    def buttons(self, name):
        return [one.get("value") for one in self.form.xpath(f".//button[@name='{name}']")]

    def alerts(self):
        return [
            " ".join(one.text_content().split()) for one in self.form.xpath(".//*[@role='alert']")
        ]

    def chosen(self):
        """Return the keys the form would choose."""
        sent = self.sent()
        others = [key for key in sent.get("others", [""])[0].split(",") if key]
        return {int(key) for key in [*sent.get("item", []), *others]}


@pytest.fixture
def form_of(come_in, company, collector, customer, items):
    agency(company)
    client = come_in(collector)
    return lambda kind: Form(client, f"/{kind}/new/{customer.pk}/")


@pytest.mark.parametrize("kind", FORMS)
def test_choices_are_kept_from_page_to_page(form_of, items, kind):
    keys = [row.pk for row in items]
    form = form_of(kind)
    assert form.shown() == keys[:3] and form.chosen() == set(keys[:6])
    assert "Items 1 to 3 of 8." in form.answer.text
    assert "6 items are chosen: €600.00." in form.answer.text
    assert form.buttons("page") == ["2"]
    form.tick(keys[1], on=False)
    form.press(page="2")
    assert form.shown() == keys[3:6] and form.buttons("page") == ["1", "3"]
    assert form.chosen() == {keys[0], *keys[2:6]}
    form.press(page="3")
    form.tick(keys[7], on=True)
    form.press(page="1")
    assert form.answer.status_code == 200
    assert form.chosen() == {keys[0], *keys[2:6], keys[7]}
    assert not form.form.xpath(f".//input[@value='{keys[1]}'][@checked]")


@pytest.mark.parametrize("kind", FORMS)
def test_items_are_found_by_number_and_chosen_together(form_of, items, kind):
    keys = [row.pk for row in items]
    form = form_of(kind)
    form.press(choose="none")
    assert form.chosen() == set() and "0 items are chosen: €0.00." in form.answer.text
    form.press(page="2")
    form.press(find="r7", look="1")
    assert form.shown() == [keys[7]] and form.buttons("page") == []
    form.tick(keys[7], on=True)
    form.press(find="", look="1")
    assert form.shown() == keys[:3] and form.chosen() == {keys[7]}
    form.press(choose="overdue")
    assert form.chosen() == set(keys[:6])
    form.press(page="2")
    form.press(choose="all")
    assert form.shown() == keys[3:6] and form.chosen() == set(keys)
    form.press(page="99")
    assert form.shown() == keys[6:]


def test_a_plan_covers_what_was_chosen_on_every_page(form_of, items):
    form = form_of("plans")
    form.press(page="2")
    form.tick(items[4].pk, on=False)
    form.press(first_on="2026-03-12", offer="monthly:3:0", propose="1", reason="slow season")
    assert form.answer.status_code == 302, form.alerts()
    covered = set(PaymentPlan.objects.get().lines.values_list("item", flat=True))
    assert covered == {row.pk for row in items[:6]} - {items[4].pk}


def test_a_settlement_keeps_its_terms_while_items_are_turned(form_of, items):
    form = form_of("settlements")
    terms = {"pay": "580.00", "pay_by_on": PAY_BY.isoformat(), "reason": "insolvency looms"}
    form.press(page="2", **terms)
    assert form.answer.status_code == 200 and not Settlement.objects.exists()
    assert "this field is required" not in form.answer.text.lower()
    sent = form.sent()
    assert {name: sent[name] for name in terms} == {name: [text] for name, text in terms.items()}
    form.press()
    assert form.answer.status_code == 302, form.alerts()
    covered = set(Settlement.objects.get().lines.values_list("item", flat=True))
    assert covered == {row.pk for row in items[:6]}


def test_a_placement_takes_what_was_chosen_on_every_page(form_of, customer, items):
    demanded(items)
    customer.address = "1 Main St, Springfield"
    customer.save()
    form = form_of("placements")
    form.press(page="2", reason="no answer")
    assert form.answer.status_code == 200 and form.sent()["reason"] == ["no answer"]
    form.press(agency=form.form.xpath(".//select[@name='agency']/option/@value")[-1])
    assert form.answer.status_code == 302, form.alerts()
    placed = set(PlacementItem.objects.values_list("item", flat=True))
    assert placed == {row.pk for row in items[:6]}


def test_the_offers_of_a_plan_count_what_stands_on_other_pages(form_of, items):
    form = form_of("plans")
    part = form.client.post(f"{form.address}offers/", form.sent(first_on="2026-03-12"))
    assert part.status_code == 200 and "for €600.00" in part.text


def test_more_items_than_a_form_has_fields_go_into_one_plan(form_of, items, settings):
    # five thousand fields are read of a form: a customer can have more open items
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 15
    form = form_of("plans")
    form.press(choose="all")
    form.press(first_on="2026-03-12", offer="monthly:3:0", propose="1")
    assert form.answer.status_code == 302
    assert PaymentPlan.objects.get().lines.count() == len(items)


def test_few_items_stand_on_one_page(come_in, collector, customer):
    row = invoice(customer, "R1", 100_00)
    form = Form(come_in(collector), f"/plans/new/{customer.pk}/")
    assert form.shown() == [row.pk] and "others" not in form.sent()
    assert form.buttons("page") == form.buttons("choose") == form.buttons("look") == []


def test_what_is_no_key_is_no_choice(customer, company, items):
    told = QueryDict(f"item=x&others=,y,{items[0].pk},99999&page=-1&at=z&find=")
    found = choices.item_choice(
        told, coverable_items(company, customer), as_of=TODAY, was_asked=True
    )
    assert found.chosen == {items[0].pk} and found.shown.page == 1
    none = choices.item_choice(QueryDict("currency=XXX"), [], as_of=TODAY, was_asked=False)
    assert (none.items, none.currency, none.open_minor, none.shown.first) == ((), "", 0, 0)
