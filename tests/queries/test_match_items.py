"""The items in the records as matching asks for them: the answer of a frame that holds them all."""

import narwhals.stable.v2 as nw
import polars as pl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dunwell.engine.matching import match
from dunwell.engine.matching.claims import said_keys
from dunwell.engine.matching.inputs import Item
from dunwell.engine.matching.references import NumberIndex, numbers_in
from dunwell.engine.matching.shortlist import FrameItems
from dunwell.models import Item as ItemRow
from dunwell.queries import match_items
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


@pytest.mark.parametrize("read_for", [0, 1_000], ids=["looked up", "read"])
@pytest.mark.parametrize("seed", [3_200_000, 3_200_001])
def test_matching_answers_as_on_a_frame_of_all_items(company, monkeypatch, seed, read_for):
    monkeypatch.setattr(match_items, "READ_FOR", read_for)
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


NUMBERS = (
    *(
        "INV-2024-0112",
        "RE 7",
        "0000",
        "ohne",
        "2024/00088a",
        "A-1-B",
        "77)",
        "4711\u00e4",
        "R\u00c912",
    ),
    *("1234567890123456789", "12 34", "X0", "\u0663\u0664", "9_9", "PO*55", "5%"),
)
REFERENCES = (
    *(
        "",
        "PO-77 PO-88",
        "PO 991",
        "12;13",
        "Order 5, 6 and 0701",
        "a|b|3",
        "C\u00a04 C\u00a05",
        "PO*6 66",
    ),
    *("no number", "00012", "PO177/2", "31\t32", "8\u00e4", "(417)", "x" * 100 + " 5 6"),
)


@pytest.fixture
def odd_book(company):
    """Items under every odd number, with every odd reference."""
    acme = add_customer(company, "K1", "Acme GmbH")
    for place, number in enumerate((*NUMBERS, *(f"Z{n}" for n in range(len(REFERENCES))))):
        told = REFERENCES[place % len(REFERENCES)]
        invoice(acme, number, 100_00 + place, reference=told)


def test_looking_up_endings_finds_every_item_that_reading_all_numbers_finds(
    company, odd_book, monkeypatch
):
    looked, read = (MatchItems(company, as_of=TODAY) for _ in range(2))
    texts = {*NUMBERS, *REFERENCES, *(part for one in REFERENCES for part in one.split())} - {""}
    named = 0
    for text in sorted(texts):
        said = said_keys([numbers_in(text)])
        monkeypatch.setattr(match_items, "READ_FOR", 0)
        few = NumberIndex(looked.named(said)).mentions(text)
        monkeypatch.setattr(match_items, "READ_FOR", 1_000)
        assert few == NumberIndex(read.named(said)).mentions(text), text
        named += len(few)
    assert named > len(texts)
    assert "_numbers" not in looked.__dict__ and "_numbers" in read.__dict__


def test_numbers_that_are_said_are_looked_up_in_the_indexes_of_endings(
    company, odd_book, monkeypatch
):
    """Reading the numbers of all items for every bank file would grow with the book."""
    monkeypatch.setattr(match_items, "READ_FOR", 0)
    is_postgresql = connection.vendor == "postgresql"
    with CaptureQueriesContext(connection) as asked_for:
        MatchItems(company, as_of=TODAY).named({"INV20240112", "PO88"})
    plan = "EXPLAIN " if is_postgresql else "EXPLAIN QUERY PLAN "
    with connection.cursor() as cursor:
        if is_postgresql:
            # of so few items it reads all
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute(plan + asked_for.captured_queries[1]["sql"])
        steps = " ".join(str(row[-1]) for row in cursor.fetchall())
    assert "item_number_end" in steps and "item_reference_end" in steps, steps
