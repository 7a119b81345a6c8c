"""A year of credit read in columns: day by day the same, page by page, and kept well."""

from collections import OrderedDict
from datetime import timedelta

import pytest

from dunwell.actions.gate import system
from dunwell.actions.payments import apply_payment
from dunwell.actions.rates import set_rate
from dunwell.engine.money import part
from dunwell.queries import kept_sums
from dunwell.queries.credit_yields import YEAR, credit_yield_page, credit_yields
from tests.actions.ledger_rows import invoice, payment
from tests.conftest import AT, TODAY, add_customer

pytestmark = pytest.mark.django_db
BEFORE = TODAY - timedelta(days=400)


def test_what_was_owed_on_average_is_what_was_open_day_by_day(company, customer):
    set_rate(actor=system(company), currency="USD", from_on=BEFORE, rate_ppm=900_000,
             source="bank", at=AT)  # fmt: skip
    invoice(customer, "R1", 100_00, issued_on=BEFORE)
    item = invoice(customer, "R2", 60_01, issued_on=TODAY - timedelta(days=90))
    invoice(customer, "R3", 33_00, issued_on=TODAY, currency="USD")
    money = payment(customer, "B1", 40_00)
    apply_payment(
        actor=system(company), payment=money, amounts={item: 25_00}, as_of=TODAY, at=AT
    )  # fmt: skip
    # 100.00 all year, 60.01 for 91 days, of which 25.00 is paid on the last, and USD for one
    home = 100_00 * YEAR + 60_01 * 91 - 25_00 * 1
    foreign = part(33_00, 900_000, 1_000_000)
    (row,) = credit_yields(company, as_of=TODAY).rows
    assert row.found.average_minor == part(home + foreign, 1, YEAR)
    assert row.found.sales_minor == 60_01 + foreign


def test_pages_are_the_rows_in_order_under_one_total(company, customer):
    every = [customer, *(add_customer(company, f"N{n}", segment="vip") for n in range(5))]
    for number, one in enumerate(every):
        invoice(one, f"R{number}", 100_00 * (number % 3 + 1), issued_on=TODAY - timedelta(days=9))
    whole = credit_yields(company, as_of=TODAY, group="vip")
    assert [row.customers for row in whole.rows] == [1] * 5
    assert list(whole.rows) == sorted(whole.rows, key=lambda row: (row.result_minor, row.key))
    assert whole.total.found.sales_minor == sum(row.found.sales_minor for row in whole.rows)
    cursor, told = "", []
    while True:
        found, page = credit_yield_page(company, as_of=TODAY, group="vip", cursor=cursor, limit=2)
        assert (found.total, found.rows) == (whole.total, page.rows)
        told += page.rows
        if not (cursor := page.next):
            break
    assert tuple(told) == whole.rows


def test_a_kept_year_is_told_anew_after_an_event(
    company, customer, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr("dunwell.queries.credit_yields.MANY_CUSTOMERS", 1)
    monkeypatch.setattr(kept_sums, "_frames", OrderedDict())
    # the test's own transaction is around it
    monkeypatch.setattr(kept_sums, "_may_be_taken_back", lambda: False)
    invoice(customer, "R1", 100_00, issued_on=TODAY)
    first = credit_yields(company, as_of=TODAY)
    with django_assert_num_queries(1):
        by_country = credit_yields(company, as_of=TODAY, by="country")
    assert by_country.total == first.total
    invoice(customer, "R2", 50_00, issued_on=TODAY)
    assert credit_yields(company, as_of=TODAY).total.found.sales_minor == 150_00
