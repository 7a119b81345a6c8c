"""Early payment in queries: a fixed number of them, and matching reads offers as terms."""

from datetime import date, timedelta

import pytest

from dunwell.actions.early_payments import offer_by_hand
from dunwell.actions.gate import system
from dunwell.actions.items import add_item
from dunwell.engine.early_payment import OfferStep
from dunwell.queries.early_payment import offers_due, open_offers
from dunwell.queries.early_payment_rows import offer_figures, offer_rows
from dunwell.queries.match_items import MatchItems
from tests.conftest import AT, TODAY, add_customer

pytestmark = pytest.mark.both


def offered(company, customer, number):
    item = add_item(
        actor=system(company), customer=customer, number=number, kind="invoice", currency="EUR",
        amount_minor=100_000, issued_on=TODAY, due_on=TODAY + timedelta(days=30), as_of=TODAY, at=AT,
    )  # fmt: skip
    return offer_by_hand(
        actor=system(company), item=item, reason="needs cash", as_of=TODAY, at=AT,
        steps=[OfferStep(until_on=TODAY + timedelta(days=5), rate_ppm=10_000)],
    )  # fmt: skip


@pytest.mark.parametrize("count", [1, 3])
def test_lists_take_the_same_queries_for_one_and_three(company, django_assert_num_queries, count):
    customer = add_customer(company, "K1", "Acme")
    for n in range(count):
        offered(company, customer, f"R{n}")
    with django_assert_num_queries(2):
        assert len(offer_rows(company, as_of=TODAY).rows) == count
    with django_assert_num_queries(1):
        (found,) = offer_figures(company, as_of=TODAY)
    assert (found.live, found.live_minor, found.most_minor) == (
        count, count * 100_000, count * 1_000,
    )  # fmt: skip
    with django_assert_num_queries(2):
        assert len(open_offers(company, customer, as_of=TODAY)) == count
    with django_assert_num_queries(1):
        assert offers_due(company, as_of=TODAY) is None


def test_matching_reads_an_offer_beside_the_customer_s_own_terms(company):
    customer = add_customer(company, "K1", "Acme", terms="2/3 net 30")
    offer = offered(company, customer, "R1")
    (item,) = MatchItems(company, as_of=TODAY).items(
        keys=[offer.item_id], customers=[], most=5, amounts=[], hinted=[]
    )
    assert item.terms == "2/3 net 30; 1/5"
    assert (date(2026, 3, 10) - TODAY).days == 5
