"""The cash forecast's pages: weeks and months, what they are made of, accuracy, what to do."""

from datetime import timedelta

import pytest

from dunwell.actions.gate import system
from dunwell.actions.model_versions import record_model_version
from dunwell.models import CashPeriod, FxRate
from tests.actions.ledger_rows import invoice
from tests.actions.test_model_versions import trained
from tests.actions.test_predictions import row, write
from tests.conftest import AT, TODAY, add_customer
from tests.queries.forecast_log import evenly
from tests.queries.outlook_books import every_component, keep
from tests.web.test_exports import lines


@pytest.fixture
def version(company):
    return record_model_version(actor=system(company), trained=trained(), at=AT)


@pytest.fixture
def book(company, customer, version):
    made = [invoice(customer, f"R{n}", n * 100_00) for n in range(1, 5)]
    made.append(invoice(add_customer(company, "K2", "Beta"), "B1", 500_00, currency="USD"))
    every_component(company, customer, made)
    write(version, [row(item) for item in made], content=evenly(made))
    keep(company, version)
    return made


def test_without_a_forecast_the_pages_say_where_it_comes_from(come_in, reader):
    client = come_in(reader)
    assert "No forecast yet" in client.get("/forecast/").text
    assert "No forecast yet" in client.get("/forecast/levers/").text
    assert "Too few weeks" in client.get("/forecast/accuracy/").text
    assert client.get("/forecast/EUR/1/").status_code == 404


def test_weeks_and_months_stand_by_component_and_open(come_in, reader, book):
    client = come_in(reader)
    page = client.get("/forecast/").text
    assert "€148.00" in page and "Promises" in page and "Recurring invoices" in page
    assert 'href="/forecast/EUR/2/?scope=known"' in page and "$" not in page
    months = client.get("/forecast/?kind=month&currency=USD&scope=all").text
    assert 'href="/forecast/USD/month/12/?scope=all"' in months and "€" not in months
    assert "there is no rate" in client.get("/forecast/?currency=all").text


def test_all_in_one_currency_opens_its_currencies(come_in, reader, company, version, book):
    FxRate.objects.create(
        company=company, currency="USD", from_on=TODAY, rate_ppm=900_000, source="ECB",
        recorded_at=AT,
    )  # fmt: skip
    keep(company, version)
    client = come_in(reader)
    assert 'href="/forecast/together/week/1/?scope=known"' in (
        client.get("/forecast/?currency=all").text
    )
    page = client.get("/forecast/together/week/1/").text
    assert "$175.00" in page and "€157.50" in page
    assert client.get("/forecast/together/year/1/").status_code == 404


def test_a_week_is_the_sum_of_its_components_and_they_of_their_rows(come_in, reader, book):
    client = come_in(reader)
    page = client.get("/forecast/EUR/1/?component=items").text
    assert f'<a href="/items/{book[0].pk}/">R1</a>' in page and "€35.00" in page
    assert "P1 / 1" in client.get("/forecast/EUR/1/?component=plans").text
    assert "O1" in client.get("/forecast/EUR/month/1/?component=delivered").text
    assert ">R1</a>" in client.get("/forecast/eur/1/?component=items&cursor=nonsense").text
    for address in ("/forecast/EUR/14/", "/forecast/GBP/1/", "/forecast/EUR/99999999999/"):
        assert client.get(address).status_code == 404


def test_everything_is_exported(come_in, reader, book):
    client = come_in(reader)
    rows = lines(client.get("/forecast/export.csv"))
    assert len(rows) == 1 + CashPeriod.objects.count()
    parts = lines(client.get("/forecast/EUR/1/export.csv"))
    assert "Open items,R1,Acme,2026-03-25,EUR,100.00,35.00" in parts
    total = CashPeriod.objects.get(scope="known", kind="week", number=1, currency="EUR")
    assert sum(round(float(line.split(",")[-1]) * 100) for line in parts[1:]) == (
        total.expected_minor
    )
    assert client.get("/forecast/export.exe").status_code == 404
    assert client.get("/forecast/EUR/month/1/export.xlsx").status_code == 200


def test_a_week_that_is_over_is_judged_and_opens_as_it_was(
    come_in, reader, company, version, book
):
    keep(company, version, as_of=TODAY - timedelta(days=9))
    keep(company, version)
    client = come_in(reader)
    page = client.get("/forecast/accuracy/?currency=EUR").text
    assert "forecasts of 1 week are over" in page and "Due date plus usual delay" in page
    judged = client.get("/forecast/accuracy/1/?currency=EUR").text
    assert "as_of=2026-02-24&amp;scope=all" in judged
    assert "As it was forecast on" in client.get("/forecast/EUR/1/?as_of=2026-02-24").text
    assert len(lines(client.get("/forecast/accuracy/export.csv?currency=EUR"))) == 2
    assert client.get("/forecast/accuracy/0/").status_code == 404


def test_what_to_do_names_actions_and_refuses_what_is_no_amount(
    come_in, reader, company, customer, version, book
):
    late = {"due_on": TODAY - timedelta(days=40), "issued_on": TODAY - timedelta(days=70)}
    item = invoice(customer, "L1", 900_00, **late)
    keep(company, version)
    client = come_in(reader)
    page = client.get("/forecast/levers/?period=span-2&needed=2000").text
    assert "no set of twenty reaches" in page and ">L1<" in page
    assert f'href="/customers/{item.customer_id}/"' in page
    assert len(lines(client.get("/forecast/levers/export.csv?period=span-2&needed=2000"))) > 1
    wrong = client.get("/forecast/levers/?period=span-2&needed=much")
    assert wrong.status_code == 422 and "much is not an amount" in wrong.text
    assert 'value="much"' in wrong.text


def test_another_company_s_cash_is_not_seen(come_in, rival, book):
    client = come_in(rival)
    assert "No forecast yet" in client.get("/forecast/").text
    assert client.get("/forecast/EUR/1/").status_code == 404
    assert len(lines(client.get("/forecast/export.csv"))) == 1
