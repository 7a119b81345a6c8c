"""Portfolio risk is read with the same queries for one customer and for three."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dunwell.queries.concentrations import concentrations
from dunwell.queries.rebalancing import rebalancing
from dunwell.queries.risk_signals import signal_rows
from tests.actions.appetite_rows import kept
from tests.actions.ledger_rows import invoice
from tests.conftest import TODAY, add_customer

pytestmark = pytest.mark.django_db


def counted(work):
    with CaptureQueriesContext(connection) as found:
        work()
    return len(found)


def test_the_book_costs_the_same_for_one_and_three_customers(customer):
    company = customer.company
    invoice(customer, "R1", 100_00)
    kept(company)
    works = (
        lambda: concentrations(company, as_of=TODAY),
        lambda: rebalancing(company, as_of=TODAY),
        lambda: signal_rows(company),
    )
    one = [counted(work) for work in works]
    for number in ("C2", "C3"):
        invoice(add_customer(company, number, country="FR"), f"R-{number}", 200_00)
    kept(company)
    three = [counted(work) for work in works]
    # of one more country or class nothing more is asked
    assert one == three
    assert one[0] <= 27
