from datetime import timedelta

import pytest

from dunwell.actions.adjustments import record_adjustment
from dunwell.actions.gate import system
from dunwell.actions.payments import apply_payment
from dunwell.models import Adjustment, Event, Item
from dunwell.queries.home import aging_figures
from dunwell.queries.items import ItemFilter, item_totals
from tests.actions.ledger_rows import invoice, open_amounts, payment
from tests.conftest import TODAY, add_customer

LATE = {"issued_on": TODAY - timedelta(days=60), "due_on": TODAY - timedelta(days=40)}
QUERIES_OF_THE_LIST = 11  # one asks whether the book is a large one
QUERIES_OF_AN_ITEM = 14


def test_the_list_shows_items_and_totals_that_tie_with_home(come_in, reader, company, customer):
    invoice(customer, "R1", 1_234_56, **LATE)
    invoice(customer, "R2", 100_00)

    page = come_in(reader).get("/items/").text

    assert "R1" in page and "40 days late" in page and "€1,234.56" in page
    assert "2 items in EUR under this filter" in page and "€1,334.56" in page
    totals = item_totals(company, as_of=TODAY, only=ItemFilter())
    home = aging_figures(company, as_of=TODAY)
    assert [(t.currency, t.open_minor, t.items) for t in totals] == [
        (f.currency, f.open_minor, f.items) for f in home
    ]


def test_filters_narrow_rows_and_totals_alike(come_in, reader, company, customer):
    invoice(customer, "R1", 10_00, **LATE)
    invoice(customer, "R2", 20_00, currency="USD")
    invoice(add_customer(company, "K2", "Beta"), "R3", 40_00)
    client = come_in(reader)

    for address, shown, hidden in (
        ("?scope=overdue", "R1", "R2"),
        ("?bucket=31-60&currency=EUR", "R1", "R3"),
        ("?currency=USD", "R2", "R1"),
        ("?q=beta", "R3", "R1"),
        (f"?customer={customer.pk}", "R1", "R3"),
        ("?kind=invoice&sort=-amount", "R3", "credit"),
    ):
        rows = client.get(f"/items/{address}").text.split("<tbody>")[1].split("</tbody>")[0]
        assert f">{shown}</a>" in rows and f">{hidden}</a>" not in rows, address


def test_a_day_gone_by_is_told_as_it_was(come_in, reader, company, customer):
    item = invoice(customer, "R1", 100_00, **LATE)
    money = payment(customer, "P1", 100_00)
    actor = system(company)
    apply_payment(
        actor=actor, payment=money, amounts={item: 100_00}, as_of=TODAY, at=item.recorded_at
    )
    client = come_in(reader)
    yesterday = (TODAY - timedelta(days=1)).isoformat()

    assert "No items here" in client.get("/items/").text
    past = client.get(f"/items/?as_of={yesterday}").text
    assert "R1" in past and "1 item in EUR under this filter" in past and "€100.00" in past
    assert "No items here" in client.get(f"/items/?as_of={yesterday}&known={yesterday}").text


def test_wrong_filters_fall_back_instead_of_failing(come_in, reader, customer):
    invoice(customer, "R1", 10_00)
    client = come_in(reader)
    for address in (
        "?scope=x&bucket=y&sort=z&kind=q&customer=999999999999999999999&cursor=nonsense",
        "?as_of=2999-01-01",
        "?as_of=no-day&known=0001-01-01",
        "?scope=settled&bucket=1-30&sort=open",
        "?as_of=2026-03-04&cursor=nonsense&sort=customer",
        "?q=%00",
    ):
        assert client.get(f"/items/{address}").status_code == 200, address


def test_an_item_shows_its_history_and_double_entry(come_in, manager, company, customer):
    item = invoice(customer, "R1", 100_00, **LATE)
    money = payment(customer, "P1", 60_00)
    actor = system(company)
    apply_payment(
        actor=actor, payment=money, amounts={item: 60_00}, as_of=TODAY, at=item.recorded_at
    )
    record_adjustment(
        actor=actor,
        item=item,
        kind="discount",
        amount_minor=5_00,
        reason="early",
        as_of=TODAY,
        at=item.recorded_at,
    )

    page = come_in(manager).get(f"/items/{item.pk}/").text

    assert "P1" in page and "Discount" in page and "early" in page
    assert "€40.00" in page and "€35.00" in page
    assert "Receivables control" in page and "Discounts granted" in page
    assert "Adjustment recorded" in page
    assert "Write off" in page and "/reverse/" in page


def test_writing_off_and_taking_it_back_through_the_pages(come_in, manager, company, customer):
    item = invoice(customer, "R1", 100_00)
    client = come_in(manager)

    answer = client.post(
        f"/items/{item.pk}/write-off/",
        {"kind": "write_off", "amount_minor": "30.00", "reason": "lost"},
    )
    assert answer.status_code == 302 and answer["Location"] == f"/items/{item.pk}/"
    assert open_amounts(company) == {"R1": 70_00}

    adjustment = Adjustment.objects.get()
    client.post(f"/adjustments/{adjustment.pk}/reverse/", {"reason": "found"})
    assert open_amounts(company) == {"R1": 100_00}
    verbs = list(Event.objects.order_by("-seq").values_list("verb", flat=True)[:2])
    assert verbs == ["adjustment.reversed", "adjustment.recorded"]


def test_a_refused_write_off_stands_at_the_form(come_in, manager, company, customer):
    item = invoice(customer, "R1", 100_00)
    client = come_in(manager)
    for amount, words in (
        ("200.00", "is not between 0 and the 100.00 EUR"),
        ("abc", "abc is not an amount"),
    ):
        page = client.post(
            f"/items/{item.pk}/write-off/",
            {"kind": "write_off", "amount_minor": amount, "reason": "x"},
        )
        assert page.status_code == 422 and words in page.text
    assert open_amounts(company) == {"R1": 100_00}


def test_reversing_an_item_nets_it(come_in, manager, company, customer):
    item = invoice(customer, "R1", 100_00)

    come_in(manager).post(f"/items/{item.pk}/reverse/", {"reason": "wrong customer"})

    assert open_amounts(company) == {}
    assert Item.objects.get(reverses=item).number == "R1-R"


def test_who_may_not_write_off_gets_neither_button_nor_page(come_in, reader, customer):
    item = invoice(customer, "R1", 100_00)
    client = come_in(reader)
    assert "write-off" not in client.get(f"/items/{item.pk}/").text
    assert client.get(f"/items/{item.pk}/write-off/").status_code == 403
    assert client.post(f"/items/{item.pk}/reverse/", {"reason": "x"}).status_code == 403


def test_another_company_s_item_is_not_found(come_in, rival, customer):
    item = invoice(customer, "R1", 100_00)
    client = come_in(rival)
    for path in ("", "write-off/", "reverse/", "put-on-items/"):
        assert client.get(f"/items/{item.pk}/{path}").status_code == 404
    assert "R1" not in client.get("/items/?scope=all").text


@pytest.mark.parametrize("count", [1, 3])
def test_listing_costs_the_same_however_long_it_is(
    come_in, reader, company, count, django_assert_num_queries
):
    for number in range(count):
        invoice(add_customer(company, f"K{number}"), f"R{number}", 5_00)
    client = come_in(reader)
    with django_assert_num_queries(QUERIES_OF_THE_LIST):
        client.get("/items/")


@pytest.mark.parametrize("count", [1, 3])
def test_an_item_costs_the_same_however_much_happened(
    come_in, reader, company, customer, count, django_assert_num_queries
):
    item = invoice(customer, "R1", 100_00)
    for number in range(count):
        money = payment(customer, f"P{number}", 10_00)
        apply_payment(
            actor=system(company),
            payment=money,
            amounts={item: 10_00},
            as_of=TODAY,
            at=item.recorded_at,
        )
    client = come_in(reader)
    with django_assert_num_queries(QUERIES_OF_AN_ITEM):
        client.get(f"/items/{item.pk}/")
