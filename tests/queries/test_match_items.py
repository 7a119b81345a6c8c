"""The items in the records as matching asks for them: the answer of a frame that holds them all."""

import narwhals.stable.v2 as nw
import polars as pl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dunwell.engine.matching import match
from dunwell.engine.matching.inputs import Item
from dunwell.engine.matching.shortlist import FrameItems
from dunwell.models import Item as ItemRow
from dunwell.queries.match_frames import match_frames
from dunwell.queries.match_items import MatchItems
from tests.actions.ledger_rows import invoice
from tests.actions.match_books import keep
from tests.conftest import TODAY, add_customer
from tests.engine.match_world import world

NOTHING = {"keys": (), "customers": (), "most": 9, "amounts": (), "hinted": ()}


def asked(items, **more):
    """The numbers of what is asked for, in order."""
    return sorted(one.number for one in items.items(**{**NOTHING, **more}))


@pytest.fixture
def book(company):
    """Two customers with items of one amount, one in another currency."""
    acme, zeta = add_customer(company, "K1", "Acme GmbH"), add_customer(company, "K2", "Zeta")
    for day in (3, 1, 2):
        invoice(acme, f"A{day}", 100_00, due_on=TODAY.replace(day=day))
    invoice(acme, "A4", -5_00)
    invoice(zeta, "Z1", 100_00, currency="USD", reference="PO-77 PO-88")
    return acme, zeta


def test_items_are_found_by_key_customer_amount_and_number(company, book):
    acme, zeta = book
    items = MatchItems(company, as_of=TODAY)
    keys = dict(ItemRow.objects.values_list("number", "pk"))

    assert asked(items, keys=[keys["A2"], keys["Z1"]]) == ["A2", "Z1"]
    assert asked(items, customers=[zeta.pk]) == ["Z1"]
    assert asked(items, amounts=[("USD", 100_00)]) == ["Z1"]
    assert asked(items, hinted=[(acme.pk, "EUR", -5_00), (zeta.pk, "EUR", 1)]) == ["A4"]
    assert asked(items) == []
    assert [one.number for one in items.named({"PO88"})] == ["Z1"]
    assert items.named({"99"}) == []
    assert items.equal([("EUR", 100_00), ("USD", 100_00), ("USD", 7)]) == {
        ("EUR", 100_00): 3,
        ("USD", 100_00): 1,
    }
    assert items.names() == {acme.pk: "acme", zeta.pk: "zeta"}


def test_of_a_customer_with_many_debits_the_oldest_are_given_and_all_credits(company, book):
    acme, _ = book
    items = MatchItems(company, as_of=TODAY)
    assert asked(items, customers=[acme.pk], most=2) == ["A1", "A2", "A4"]


def test_items_of_another_company_are_never_given(company, book):
    acme, _ = book
    other = type(company).objects.create(name="Rival", created_at=company.created_at)
    items = MatchItems(other, as_of=TODAY)
    keys = list(ItemRow.objects.values_list("pk", flat=True))
    assert asked(items, keys=keys, customers=[acme.pk], amounts=[("EUR", 100_00)]) == []
    assert items.named({"PO88"}) == []
    assert items.names() == {}


@pytest.mark.parametrize("seed", [3_200_000, 3_200_001])
def test_matching_answers_as_on_a_frame_of_all_items(company, seed):
    keep(company, world(seed, customers=10, payments=30))
    frames = match_frames(company, as_of=TODAY)
    keys = list(ItemRow.objects.values_list("pk", flat=True))
    rows = frames.items.items(**{**NOTHING, "keys": keys})
    whole = FrameItems(nw.from_native(pl.DataFrame(rows, schema=Item._fields, orient="row")))
    given = {"precision": frames.precision, "policy": frames.policy, "as_of": TODAY}

    answers = [
        match(frames.payments, items, batch=batch, **given)
        for items in (frames.items, whole)
        for batch in (4, 1_000)
    ]

    assert len(answers[0].proposals) > 20
    assert answers.count(answers[0]) == 4


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a plan of SQLite is told by SQLite")
def test_items_of_an_amount_are_looked_up_in_an_index_of_amounts(company, book):
    """A search of all open items for every batch of payments would grow with the book."""
    items = MatchItems(company, as_of=TODAY)
    amounts = [("EUR", 100_00), ("USD", 7)]
    with CaptureQueriesContext(connection) as asked_for:
        items.equal(amounts)
        items.items(**{**NOTHING, "amounts": amounts})
    assert len(asked_for) == 2
    for query in asked_for.captured_queries:
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN QUERY PLAN " + query["sql"])
            steps = [row[3] for row in cursor.fetchall()]
        assert any("INDEX open_item_amount" in step for step in steps), steps
        assert not any(step.startswith("SCAN o") for step in steps), steps
