"""The cash forecast: weeks per currency, the items a week is made of, and both as files."""

import pytest

from dunwell.actions.gate import system
from dunwell.actions.model_versions import record_model_version
from tests.actions.ledger_rows import invoice
from tests.actions.test_model_versions import trained
from tests.actions.test_predictions import forecast, row, write
from tests.conftest import AT, add_customer
from tests.queries.forecast_log import evenly
from tests.web.test_exports import lines

QUERIES_OF_THE_PAGE = 5
QUERIES_OF_A_WEEK = 8


@pytest.fixture
def version(company):
    return record_model_version(actor=system(company), trained=trained(), at=AT)


@pytest.fixture
def book(company, customer, version):
    made = [
        invoice(customer, "R1", 100_00),
        invoice(add_customer(company, "K2", "Beta"), "R2", 300_00),
    ]
    write(version, [row(item) for item in made], content=evenly(made))
    forecast(version, [("EUR", 1, 140_00), ("EUR", 2, 140_00), ("USD", 1, 9_000_00)])
    return made


def test_without_a_forecast_the_page_says_where_it_comes_from(come_in, reader):
    page = come_in(reader).get("/forecast/").text

    assert "No forecast yet" in page and 'href="/models/"' in page


def test_weeks_add_up_and_open_their_items(come_in, reader, book):
    page = come_in(reader).get("/forecast/").text

    assert '<time datetime="2026-03-05" class="nowrap">Mar 5, 2026</time>' in page
    # next week, four and thirteen weeks, and the sum of the table
    assert page.count("€280.00") == 1 and "€280" in page and "€140.00" in page
    assert 'href="/forecast/EUR/2/"' in page
    assert 'aria-label="Week 2: €140 expected"' in page
    assert "€139.90" not in page and page.count("€140") > 4


def test_another_currency_is_a_link_away_and_never_added(come_in, reader, book):
    page = come_in(reader).get("/forecast/?currency=USD").text

    assert "$9,000.00" in page and "€" not in page


def test_a_week_is_the_sum_of_its_items(come_in, reader, book):
    client = come_in(reader)
    page = client.get("/forecast/EUR/1/").text

    assert "Mar 6, 2026" in page and "Mar 12, 2026" in page
    assert f'<a href="/items/{book[1].pk}/">R2</a>' in page and "Beta" in page
    assert "€105.00" in page and "€35.00" in page and "35\N{NO-BREAK SPACE}%" in page
    assert "All 2 items with a share" in page
    # the address is read as people type it
    assert client.get("/forecast/eur/1/").status_code == 200
    assert ">R2</a>" in client.get("/forecast/EUR/1/?cursor=nonsense").text
    for address in ("/forecast/EUR/9/", "/forecast/GBP/1/", "/forecast/EUR/999999999999/"):
        assert client.get(address).status_code == 404


def test_weeks_and_items_are_exported(come_in, reader, book):
    client = come_in(reader)
    weeks = lines(client.get("/forecast/export.csv"))
    items = lines(client.get("/forecast/EUR/1/export.csv"))

    assert weeks == [
        "As of,Currency,Week,From,Expected,10 %,50 %,90 %",
        "2026-03-05,EUR,1,2026-03-06,140.00,139.90,140.00,140.10",
        "2026-03-05,EUR,2,2026-03-13,140.00,139.90,140.00,140.10",
        "2026-03-05,USD,1,2026-03-06,9000.00,8999.90,9000.00,9000.10",
    ]
    assert items == [
        "Item,Customer,Due,Currency,Open,Chance in this week,Expected in this week",
        "R2,Beta,2026-03-25,EUR,300.00,0.35,105.00",
        "R1,Acme,2026-03-25,EUR,100.00,0.35,35.00",
    ]
    assert client.get("/forecast/export.exe").status_code == 404
    assert client.get("/forecast/EUR/7/export.csv").status_code == 404
    sheet = client.get("/forecast/EUR/1/export.xlsx")
    assert sheet["Content-Disposition"] == 'attachment; filename="forecast-EUR-2026-03-06.xlsx"'


def test_another_company_s_cash_is_not_seen(come_in, rival, book):
    client = come_in(rival)

    assert "No forecast yet" in client.get("/forecast/").text
    assert client.get("/forecast/EUR/1/").status_code == 404
    assert len(lines(client.get("/forecast/export.csv"))) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_both_pages_cost_the_same_however_long_they_are(
    come_in, reader, customer, version, count, django_assert_num_queries
):
    made = [invoice(customer, f"R{number}", 100_00) for number in range(count)]
    write(version, [row(item) for item in made], content=evenly(made))
    forecast(version, [("EUR", week, 100_00) for week in range(1, count + 1)])
    client = come_in(reader)

    with django_assert_num_queries(QUERIES_OF_THE_PAGE):
        client.get("/forecast/")
    with django_assert_num_queries(QUERIES_OF_A_WEEK):
        client.get("/forecast/EUR/1/")
