"""Matching in batches, and matching again: neither changes what is answered."""

import narwhals.stable.v2 as nw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dunwell.engine.matching import match
from dunwell.engine.matching.claims import said_keys
from dunwell.engine.matching.holds import STATUS_HOLDS
from dunwell.engine.matching.inputs import Item
from dunwell.engine.matching.references import NumberIndex, numbers_in
from dunwell.engine.matching.settling import GIVEN_UP, STILL_OPEN
from dunwell.engine.matching.shortlist import FrameItems
from tests.engine.match_frames import item, items, payment, payments
from tests.engine.match_world import world

pytestmark = pytest.mark.dealt(one_in=10, of="long files", whole=True)

seeds = st.integers(3_000_000, 3_000_400)


def small(seed):
    return world(seed, customers=12, payments=40)


def answered(made, *, held=(), disputed=(), **options):
    """Match a world; `held` are payments a person decides, `disputed` items under dispute."""
    money = [{**row, "held": dict(held).get(row["payment_id"], "")} for row in made.payments]
    book = [{**row, "status": "disputed" if row["item_id"] in disputed else ""}
            for row in made.items]  # fmt: skip
    lines = made.frames()[2]
    return match(payments(*money), items(*book), remittances=lines, **options)


@settings(max_examples=20)
@given(seeds, st.integers(1, 15))
def test_batches_of_any_size_give_the_answer_of_one(seed, batch):
    made = small(seed)
    assert answered(made, batch=batch) == answered(made)


def written(made, matching):
    """Do to a world what the answer posts; return the items that are in dispute then."""
    autos = {one.payment_id for one in matching.allocations if one.is_auto}
    left = {row["item_id"]: row["open_minor"] for row in made.items}
    disputed = set()
    for one in matching.proposals:
        if one.rank == 1 and one.payment_id in autos:
            for key, amount in one.allocations:
                left[key] -= amount
            for gone in one.shortfalls:
                if gone.kind in GIVEN_UP:
                    left[gone.item_id] = 0
                elif gone.kind not in STILL_OPEN:
                    disputed.add(gone.item_id)
    for row in made.items:
        row["open_minor"] = left[row["item_id"]]
    made.payments = [row for row in made.payments if row["payment_id"] not in autos]
    return disputed


@settings(max_examples=40)
@given(seeds)
def test_the_same_payments_again_are_answered_the_same(seed):
    made = small(seed)
    first = answered(made)
    disputed = written(made, first)
    waits = {one.payment_id: one.reason for one in first.held if one.reason not in STATUS_HOLDS}

    again = answered(made, held=waits.items(), disputed=disputed)

    left = {row["payment_id"] for row in made.payments} - waits.keys()
    assert not [one for one in again.allocations if one.is_auto]
    for name in ("allocations", "proposals", "unapplied", "held"):
        before = [one for one in getattr(first, name) if one.payment_id in left]
        assert [one for one in getattr(again, name) if one.payment_id in left] == before


def test_a_payment_a_person_decides_takes_nothing_from_the_others():
    book = items(item("INV-00101"), item("INV-00102"))
    money = payments(
        payment("P1", text="INV-00101", held="possible_duplicate"),
        payment("P2", text="INV-00101"),
    )
    matching = match(money, book)
    assert [(one.payment_id, one.reason) for one in matching.held] == [
        ("P1", "possible_duplicate")
    ]
    assert [(one.payment_id, one.item_id) for one in matching.allocations if one.is_auto] == [
        ("P2", "INV-00101")
    ]


def test_who_a_payment_is_recorded_for_is_known_and_said_only_when_nothing_else_says_it():
    book = items(item("INV-00101"), item("INV-00102", 70_00, customer_id="C2", customer="Zeta"))
    money = [payment("P1", text="INV-00101"), payment("P2", 70_00, payer="")]
    known = payments(*money).with_columns(customer_id=_customers())
    matching = match(known, book)
    reasons = {one.payment_id: one.reasons[-2] for one in matching.allocations}
    assert reasons == {
        "P1": "payer Harbor Foods Ltd reads like the customer",
        "P2": "the payment is recorded for the customer",
    }


def _customers():
    return nw.when(nw.col("payment_id") == "P1").then(nw.lit("C1")).otherwise(nw.lit("C2"))


SIGNS = st.text(alphabet="AB019-/. ;É", min_size=1, max_size=9)


@settings(max_examples=300)
@given(st.lists(SIGNS, min_size=1, max_size=6), SIGNS, st.lists(SIGNS, max_size=3))
def test_every_number_that_a_text_may_mean_is_found_in_the_book(numbers, reference, more):
    rows = [item(f"K{n}", number=one, reference=reference) for n, one in enumerate(numbers)]
    text = " ".join([*more, *numbers[:2], reference])
    whole = NumberIndex([Item(**row) for row in rows])
    source = FrameItems(items(*rows))
    assert NumberIndex(source.named(said_keys([numbers_in(text)]))).mentions(
        text
    ) == whole.mentions(text)
