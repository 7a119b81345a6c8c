"""The form of an amount promised, and a promise as a calendar entry."""

from datetime import timedelta

from dunwell.actions.gate import system
from dunwell.actions.promised_amounts import record_promised_amount
from dunwell.models import Promise
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY

LATE = {"issued_on": TODAY - timedelta(days=60), "due_on": TODAY - timedelta(days=30)}
FRIDAY = TODAY + timedelta(days=8)


def promised(customer, amount_minor, currency="EUR"):
    return record_promised_amount(
        actor=system(customer.company),
        customer=customer,
        currency=currency,
        amount_minor=amount_minor,
        due_on=FRIDAY,
        as_of=TODAY,
        at=AT,
    )


def test_an_amount_is_offered_and_recorded(come_in, collector, customer):
    invoice(customer, "R1", 100_00, **LATE)
    client = come_in(collector)
    address = f"/customers/{customer.pk}/promise/amount/"

    form = client.get(address).text
    answer = client.post(
        address, {"due_on": FRIDAY, "amount": "80.50"}, headers={"HX-Request": "true"}
    )

    assert 'value="100.00"' in form
    assert f'href="{address}" aria-current="true"' in form
    assert answer.status_code == 204
    assert "Promise of Acme for Mar 13, 2026 recorded." in answer["HX-Trigger"]
    assert list(Promise.objects.values_list("level", "currency", "amount_minor")) == [
        ("customer", "EUR", 80_50)
    ]


def test_a_second_amount_asks_whether_it_replaces_the_first(come_in, collector, customer):
    invoice(customer, "R1", 100_00, **LATE)
    promised(customer, 40_00)
    client = come_in(collector)
    address = f"/customers/{customer.pk}/promise/amount/"

    refused = client.post(address, {"due_on": FRIDAY, "amount": "50.00"})
    client.post(address, {"due_on": FRIDAY, "amount": "50.00", "supersede": "on"})

    assert refused.status_code == 422
    assert "40.00 EUR is already promised for 2026-03-13" in refused.text
    assert list(Promise.objects.order_by("id").values_list("amount_minor", "outcome")) == [
        (40_00, "superseded"),
        (50_00, "open"),
    ]


def test_without_debt_nothing_can_be_promised(come_in, collector, customer):
    page = come_in(collector).get(f"/customers/{customer.pk}/promise/amount/")

    assert "so no amount can be promised" in page.text


def test_after_a_call_the_amount_is_asked_for(come_in, collector, customer):
    invoice(customer, "R1", 100_00, **LATE)

    answer = come_in(collector).post(
        f"/customers/{customer.pk}/call/",
        {"result": "reached", "why": "cash", "step": "amount"},
        headers={"HX-Request": "true"},
    )

    assert f'"then": "/customers/{customer.pk}/promise/amount/"' in answer["HX-Trigger"]


def test_the_list_says_that_it_is_on_the_oldest(come_in, collector, customer):
    invoice(customer, "R1", 100_00, **LATE)
    promised(customer, 40_00)

    page = come_in(collector).get("/promises/").text

    assert "oldest first" in page
    assert "40.00" in page


def test_a_promise_goes_into_a_calendar(come_in, collector, customer):
    customer.name = "Acme, Sons; Daughters and a very long rest of the name of the company"
    customer.save()
    invoice(customer, "R1", 100_00, **LATE)
    promise = promised(customer, 40_00)

    answer = come_in(collector).get(f"/promises/{promise.pk}/calendar.ics")

    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.content.decode().split("\r\n") == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Dunwell//Promises//EN",
        "BEGIN:VEVENT",
        f"UID:promise-{customer.company_id}-{promise.pk}@dunwell",
        "DTSTAMP:20260305T090000Z",
        "DTSTART;VALUE=DATE:20260313",
        "DTEND;VALUE=DATE:20260314",
        "SUMMARY:Payment to Northwind",
        "DESCRIPTION:Acme\\, Sons\\; Daughters and a very long rest of the name of the",
        "  company: 40.00 EUR\\, oldest items first\\, by 2026-03-13.",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
