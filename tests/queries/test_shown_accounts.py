"""A page shows the first lines of the accounts that the whole statement has, and counts the rest."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dunwell.queries.account_documents import Span
from dunwell.queries.item_cards import item_card
from dunwell.queries.statements import preview, preview_shown
from tests.actions.ledger_rows import invoice, payment
from tests.conftest import TODAY

SPAN = Span(from_on=date(2026, 1, 1), to_on=TODAY, known_on=TODAY)


@pytest.fixture
def account(customer):
    """Items and money in two currencies, of one of them more than a page shows."""
    for n in range(7):
        invoice(customer, f"E{n}", 1000 + n, issued_on=TODAY - timedelta(days=n))
    payment(customer, "P1", 700)
    for n in range(2):
        invoice(customer, f"U{n}", 5000 * (1 - 2 * n), currency="USD")
    return customer


@pytest.mark.parametrize("most", [1, 3, 8, 50])
def test_the_lines_are_the_first_ones_of_the_statement(account, most):
    """Sums are those of the whole account, whatever is shown of it."""
    document = preview(account.company, account, span=SPAN)
    shown = preview_shown(account.company, account, span=SPAN, most=most)
    assert [one.currency for one in shown] == ["EUR", "USD"]
    for one, whole in zip(shown, document.accounts, strict=True):
        assert one.lines == whole.lines[:most]
        assert one.more_lines == max(len(whole.lines) - most, 0)
        for name in ("currency", "opening_minor", "movements_minor", "closing_minor"):
            assert getattr(one, name) == getattr(whole, name)


def test_an_account_that_moved_before_and_nets_to_nothing_is_shown(account):
    """Its items are open still; of a day on which nothing was open nothing is shown."""
    for day, codes in ((TODAY, ["EUR", "USD"]), (TODAY - timedelta(days=90), [])):
        span = Span(from_on=day, to_on=day, known_on=TODAY)
        document = preview(account.company, account, span=span)
        shown = preview_shown(account.company, account, span=span, most=5)
        assert [one.currency for one in shown] == codes
        assert [one.currency for one in document.accounts] == codes


def test_what_takes_an_item_back_is_not_joined_to_it(company, account):
    """SQLite reads every item of the book for such a join, for most take none back."""
    item = account.items.first()
    with CaptureQueriesContext(connection) as asked:
        assert item_card(company, item.pk, as_of=TODAY).number == item.number
    joined = [one["sql"] for one in asked if '"reverses_id")' in one["sql"].split("WHERE")[0]]
    assert not joined
