"""The currencies in which something is open, of one company."""

import pytest

from dunwell.actions.companies import add_company
from dunwell.queries.item_cards import open_currencies
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, add_customer


def test_nothing_open_is_no_currency(company):
    assert open_currencies(company) == []


@pytest.mark.both
def test_each_is_told_once_in_order_and_of_this_company_alone(company, customer):
    for number, currency in enumerate(("USD", "EUR", "USD", "GBP", "EUR")):
        invoice(customer, f"X{number}", 10_00, currency=currency)
    other = add_company(
        name="Other", zone="UTC", country="DE", currency="CHF", language="en", at=AT
    )
    invoice(add_customer(other, "K9"), "Y1", 10_00, currency="CHF")
    assert open_currencies(company) == ["EUR", "GBP", "USD"]
    assert open_currencies(other) == ["CHF"]
