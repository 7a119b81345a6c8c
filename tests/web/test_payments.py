import pytest

from dunwell.models import Allocation, Payment
from dunwell.queries.payments import (
    allocation_order,
    payment_card,
    payment_rows,
    payment_totals,
    spread,
)
from tests.actions.ledger_rows import invoice, open_amounts, payment
from tests.conftest import TODAY, add_customer

FORM = {
    "customer": "K1",
    "amount": "150.00",
    "currency": "eur",
    "value_on": "2026-03-04",
    "number": "BANK-1",
    "payer": "",
    "reference": "",
}
QUERIES_OF_THE_LIST = 7


def test_a_payment_is_recorded_and_put_on_items_the_oldest_first(
    come_in, clerk, company, customer
):
    first, second = invoice(customer, "R1", 100_00), invoice(customer, "R2", 80_00)
    client = come_in(clerk)

    answer = client.post("/payments/add/", FORM)
    made = Payment.objects.get()
    assert answer["Location"] == f"/payments/{made.pk}/"
    assert (made.customer, made.amount_minor, made.currency) == (customer, 150_00, "EUR")

    card = payment_card(company, made.pk, as_of=TODAY)
    assert spread(
        150_00, card.targets, order=allocation_order(company, as_of=TODAY), as_of=TODAY
    ) == {first.pk: 100_00, second.pk: 50_00}
    page = client.get(f"/payments/{made.pk}/").text
    assert 'value="100.00"' in page and 'value="50.00"' in page

    client.post(
        f"/payments/{made.pk}/", {f"amount-{first.pk}": "100.00", f"amount-{second.pk}": "50.00"}
    )
    assert open_amounts(company) == {"R2": 30_00}


def test_a_second_click_records_nothing_twice(come_in, clerk, customer):
    client = come_in(clerk)
    client.post("/payments/add/", FORM)
    client.post("/payments/add/", FORM)
    assert Payment.objects.count() == 1
    other = client.post("/payments/add/", {**FORM, "amount": "1.00"})
    assert other.status_code == 422 and "already recorded with other figures" in other.text


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("customer", "K9", "There is no customer K9."),
        ("amount", "abc", "abc is not an amount"),
        ("amount", "1.234", "has more decimals than EUR allows"),
        ("currency", "ZZZ", "ZZZ is no currency"),
        ("value_on", "2026-03-06", "lies in the future"),
        ("number", "", "required"),
    ],
)
def test_what_is_wrong_with_a_payment_stands_at_the_form(
    come_in, clerk, customer, field, value, words
):
    page = come_in(clerk).post("/payments/add/", {**FORM, field: value})
    assert page.status_code == 422 and words in page.text
    assert Payment.objects.count() == 0


def test_more_than_is_left_is_refused_and_what_was_typed_stays(come_in, clerk, company, customer):
    item = invoice(customer, "R1", 500_00)
    money = payment(customer, "P1", 100_00)

    page = come_in(clerk).post(f"/payments/{money.pk}/", {f"amount-{item.pk}": "200.00"})

    assert page.status_code == 422
    assert (
        "200.00 EUR is more than the 100.00 EUR left" in page.text
        and 'value="200.00"' in page.text
    )
    assert open_amounts(company) == {"R1": 500_00}


def test_a_returned_payment_opens_its_items_again(come_in, clerk, company, customer):
    item = invoice(customer, "R1", 100_00)
    money = payment(customer, "P1", 100_00)
    client = come_in(clerk)
    client.post(f"/payments/{money.pk}/", {f"amount-{item.pk}": "100.00"})

    client.post(f"/payments/{money.pk}/reverse/", {"reason": "R-transaction"})

    assert open_amounts(company) == {"R1": 100_00}
    assert "returned" in client.get("/payments/?scope=returned").text
    rows = payment_rows(company).rows
    assert {row.amount_minor: row.unapplied_minor for row in rows} == {100_00: 0, -100_00: 0}
    for row in rows:
        (total,) = payment_totals(company, search=row.number)
        assert (total.amount_minor, total.unapplied_minor) == (row.amount_minor, 0)
    assert payment_rows(company, scope="unapplied").rows == ()


def test_one_amount_is_taken_off_an_item(come_in, clerk, company, customer):
    item = invoice(customer, "R1", 100_00)
    money = payment(customer, "P1", 100_00)
    client = come_in(clerk)
    client.post(f"/payments/{money.pk}/", {f"amount-{item.pk}": "100.00"})

    client.post(f"/allocations/{Allocation.objects.get().pk}/reverse/", {"reason": "wrong item"})

    assert open_amounts(company) == {"R1": 100_00}
    (total,) = payment_totals(company, scope="unapplied")
    assert (total.currency, total.payments, total.unapplied_minor) == ("EUR", 1, 100_00)


def test_a_credit_note_is_put_on_an_invoice(come_in, clerk, company, customer):
    item = invoice(customer, "R1", 100_00)
    credit = invoice(customer, "G1", -40_00)
    client = come_in(clerk)
    assert "put-on-items" in client.get(f"/items/{credit.pk}/").text
    assert 'value="40.00"' in client.get(f"/items/{credit.pk}/put-on-items/").text

    client.post(f"/items/{credit.pk}/put-on-items/", {f"amount-{item.pk}": "40.00"})

    assert open_amounts(company) == {"R1": 60_00}


def test_rights_and_companies_are_kept_apart(come_in, reader, rival, customer):
    item = invoice(customer, "R1", 100_00)
    money = payment(customer, "P1", 100_00)
    client = come_in(reader)
    assert client.get("/payments/add/").status_code == 403
    refused = client.post(f"/payments/{money.pk}/", {f"amount-{item.pk}": "100.00"})
    assert refused.status_code == 403 and "payment.apply" in refused.text
    client = come_in(rival)
    assert client.get(f"/payments/{money.pk}/").status_code == 404
    assert client.get(f"/payments/{money.pk}/reverse/").status_code == 404
    assert "P1" not in client.get("/payments/?scope=all").text


@pytest.mark.parametrize("count", [1, 3])
def test_listing_costs_the_same_however_long_it_is(
    come_in, reader, company, count, django_assert_num_queries
):
    for number in range(count):
        payment(add_customer(company, f"K{number}"), f"P{number}", 5_00)
    client = come_in(reader)
    with django_assert_num_queries(QUERIES_OF_THE_LIST):
        client.get("/payments/?cursor=nonsense")
