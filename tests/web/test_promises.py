import re
from datetime import timedelta

import pytest

from dunwell.actions.gate import system
from dunwell.actions.promises import record_promise
from dunwell.models import Message, Promise, PromiseItem
from dunwell.queries.promise_confirmations import confirmation_id
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY, add_customer

QUERIES_OF_THE_LIST = 5
HTMX = {"HX-Request": "true"}
LATE = {"issued_on": TODAY - timedelta(days=60), "due_on": TODAY - timedelta(days=30)}
FRIDAY = TODAY + timedelta(days=8)


def promised(customer, item, amount_minor):
    return record_promise(
        actor=system(customer.company),
        customer=customer,
        amounts={item: amount_minor},
        due_on=FRIDAY,
        as_of=TODAY,
        at=AT,
    )


def test_a_promise_is_prefilled_with_what_is_overdue_and_recorded(come_in, collector, customer):
    late = invoice(customer, "R1", 100_00, **LATE)
    soon = invoice(customer, "R2", 50_00)
    client = come_in(collector)
    address = f"/customers/{customer.pk}/promise/"

    form = client.get(address).text
    answer = client.post(
        address,
        {"due_on": FRIDAY, f"item_{late.pk}": "on", f"amount_{late.pk}": "80.50"},
        headers=HTMX,
    )

    assert re.findall(r'name="(item_\d+)" checked', form) == [f"item_{late.pk}"]
    assert f'name="amount_{soon.pk}" value="50.00"' in form
    assert 'value="2026-03-12"' in form
    assert answer.status_code == 204
    assert "Promise of Acme for Mar 13, 2026 recorded." in answer["HX-Trigger"]
    assert list(PromiseItem.objects.values_list("item", "amount_minor")) == [(late.pk, 80_50)]


def test_items_chosen_on_the_customer_s_page_are_the_ones_prefilled(come_in, collector, customer):
    invoice(customer, "R1", 100_00, **LATE)
    soon = invoice(customer, "R2", 50_00)
    client = come_in(collector)

    assert f'name="item" value="{soon.pk}"' in client.get(f"/customers/{customer.pk}/").text
    form = client.get(f"/customers/{customer.pk}/promise/?item={soon.pk}").text
    assert re.findall(r'name="(item_\d+)" checked', form) == [f"item_{soon.pk}"]


@pytest.mark.parametrize(
    ("amount", "due_on", "why"),
    [
        ("80.00", "2026-01-01", "already passed"),
        ("100.01", "2026-03-12", "at most 100.00 EUR"),
        ("1,2,3", "2026-03-12", "is not an amount; write it like 1234.50."),
        ("1.005", "2026-03-12", "more decimals than EUR allows"),
        ("", "2026-03-12", "Give an amount for R1."),
    ],
)
def test_a_refusal_is_shown_on_the_form(come_in, collector, customer, amount, due_on, why):
    late = invoice(customer, "R1", 100_00, **LATE)

    answer = come_in(collector).post(
        f"/customers/{customer.pk}/promise/",
        {"due_on": due_on, f"item_{late.pk}": "on", f"amount_{late.pk}": amount},
    )

    assert answer.status_code == 422
    assert why in answer.text
    assert not Promise.objects.exists()


def test_amounts_are_typed_in_the_reader_s_style(come_in, collector, customer):
    late = invoice(customer, "R1", 2_000_00, **LATE)
    client = come_in(collector)
    client.cookies["django_language"] = "de"

    client.post(
        f"/customers/{customer.pk}/promise/",
        {"due_on": FRIDAY, f"item_{late.pk}": "on", f"amount_{late.pk}": "1.234,56"},
    )

    assert PromiseItem.objects.get().amount_minor == 1_234_56


def test_promises_are_listed_and_withdrawn(come_in, collector, customer):
    promise = promised(customer, invoice(customer, "R1", 100_00), 60_00)
    client = come_in(collector)

    listed = client.get("/promises/").text
    answer = client.post(f"/promises/{promise.pk}/withdraw/", {"reason": "Paid by card"})

    assert "Acme" in listed and "€60.00" in listed and "Mar 13, 2026" in listed
    assert answer.status_code == 302
    promise.refresh_from_db()
    assert promise.outcome == "withdrawn"
    assert "Acme" not in client.get("/promises/").text


def test_the_list_shows_the_state_of_a_promise_s_confirmation(come_in, collector, customer):
    promise = promised(customer, invoice(customer, "R1", 100_00), 60_00)
    client = come_in(collector)
    assert "Confirmation:" not in client.get("/promises/").text
    message = Message.objects.create(
        company=customer.company, customer=customer, channel="confirm", status="sent",
        strategy="promise", level=0, template="promise_confirmation", language="en", subject="x",
        body="x", body_sha256="0" * 64, message_id=confirmation_id(promise.pk), as_of=TODAY,
        recorded_at=AT,
    )  # fmt: skip

    listed = client.get("/promises/").text

    assert "Confirmation: Sent" in listed and f'href="/messages/{message.pk}/"' in listed


def test_another_company_s_promise_is_not_found(come_in, rival, customer):
    promise = promised(customer, invoice(customer, "R1", 100_00), 60_00)

    assert come_in(rival).get(f"/promises/{promise.pk}/withdraw/").status_code == 404
    assert "Acme" not in come_in(rival).get("/promises/?outcome=any").text


@pytest.mark.parametrize("count", [1, 3])
def test_listing_costs_the_same_however_long_it_is(
    come_in, reader, company, count, django_assert_num_queries
):
    for number in range(count):
        customer = add_customer(company, f"K{number}")
        promised(customer, invoice(customer, f"R{number}", 9_00), 5_00)
    client = come_in(reader)

    with django_assert_num_queries(QUERIES_OF_THE_LIST):
        client.get("/promises/")


def failed(customer, **fields):
    """A broken promise of 10.00 that was judged today."""
    promise = Promise.objects.create(
        company=customer.company, customer=customer, made_on=TODAY - timedelta(days=9),
        due_on=TODAY - timedelta(days=3), outcome="broken", settled_on=TODAY, recorded_at=AT,
        **fields,
    )  # fmt: skip
    item = invoice(customer, f"F{promise.pk}", 10_00)
    PromiseItem.objects.create(promise=promise, item=item, amount_minor=10_00)
    return promise


def test_broken_today_lists_what_failed_today_and_is_not_forgiven(come_in, collector, customer):
    failed(customer, rung=1)
    failed(add_customer(customer.company, "K2", "Globex"), forgiven_on=TODAY)
    old = failed(add_customer(customer.company, "K3", "Initech"))
    Promise.objects.filter(pk=old.pk).update(settled_on=TODAY - timedelta(days=1))
    page = come_in(collector).get("/promises/?outcome=failed_today").text

    assert "Acme" in page and "1 failed before" in page
    assert "Globex" not in page and "Initech" not in page


def test_a_refusal_reads_in_the_language_of_who_asked(come_in, collector, customer):
    late = invoice(customer, "R1", 100_00, **LATE)
    client = come_in(collector)
    client.cookies["django_language"] = "de"
    told = {"due_on": "2026-03-01", f"item_{late.pk}": "on", f"amount_{late.pk}": "100"}

    answer = client.post(f"/customers/{customer.pk}/promise/", told)
    assert answer.status_code == 422
    assert "Der zugesagte Tag ist schon vorbei." in answer.text
    assert "has already passed" not in answer.text
    # a button's refusal, and what is kept of it, too
    promise = failed(customer)
    client.post(f"/promises/{promise.pk}/forgive/", {"reason": "die Bank war spät"})
    twice = client.post(f"/promises/{promise.pk}/forgive/", {"reason": "noch einmal"})
    assert twice.status_code == 422
    assert "Diese Zusage wurde am 05.03.2026 nachgesehen." in twice.text


def test_a_failed_promise_is_forgiven_with_a_reason(come_in, collector, customer):
    promise = failed(customer)
    client = come_in(collector)
    client.post(f"/promises/{promise.pk}/forgive/", {"reason": "the bank was late"})
    promise.refresh_from_db()

    assert (promise.forgiven_on, promise.forgiven_reason) == (TODAY, "the bank was late")
    assert client.post(f"/promises/{promise.pk}/forgive/", {"reason": "again"}).status_code == 422


def test_the_calendar_shows_each_day_of_the_month_and_opens_its_promises(
    come_in, collector, customer
):
    promised(customer, invoice(customer, "R1", 100_00), 80_00)
    promised(customer, invoice(customer, "R2", 100_00), 20_00)
    client = come_in(collector)
    page = client.get("/promises/calendar/?month=2026-03").text
    opened = client.get("/promises/?outcome=any&due=2026-03-13").text

    assert "100" in page and "2 promises" in page and "due=2026-03-13" in page
    assert opened.count("Withdraw<span") == 2
    assert (
        "Nothing is promised for this month"
        in client.get("/promises/calendar/?month=2030-01").text
    )
    assert client.get("/promises/calendar/?month=nonsense").status_code == 200


def test_the_calendar_asks_the_same_whatever_the_rows(
    come_in, collector, customer, django_assert_num_queries
):
    client = come_in(collector)
    for number in range(3):
        promised(customer, invoice(customer, f"R{number}", 100_00), 1_00)
        with django_assert_num_queries(5):
            client.get("/promises/calendar/?month=2026-03")
