"""Laws of matching that hold in every world, whatever people write."""

import random
from collections import defaultdict

import narwhals.stable.v2 as nw
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dunwell.engine.matching import match
from tests.effort import effort
from tests.engine.match_frames import item, items, payment, payments
from tests.engine.match_world import world

seeds = st.integers(1_000_000, 1_000_400)


def small(seed):
    return world(seed, customers=12, payments=30)


def matched(made, *, shuffle=None):
    frames = made.frames()
    if shuffle is not None:
        frames = tuple(
            nw.from_native(f.collect().to_native().sample(fraction=1, shuffle=True, seed=shuffle))
            for f in frames
        )
    return match(frames[0], frames[1], remittances=frames[2])


@settings(max_examples=25)
@given(seeds)
def test_no_item_and_no_payment_ever_gives_more_than_it_has(seed):
    made = small(seed)
    matching = matched(made)
    on_item, from_payment = defaultdict(int), defaultdict(int)
    for one in matching.allocations:
        on_item[one.item_id] += one.amount_minor
        from_payment[one.payment_id] += one.paid_minor
    left = {i["item_id"]: i["open_minor"] for i in made.items}
    for key, amount in on_item.items():
        assert amount * left[key] > 0
        assert abs(amount) <= abs(left[key])
    rest = {one.payment_id: one.amount_minor for one in matching.unapplied}
    held = {one.payment_id for one in matching.held}
    for row in made.payments:
        key = row["payment_id"]
        if key in held:
            assert key not in from_payment
            assert key not in rest
        else:
            assert from_payment[key] + rest.get(key, 0) == row["amount_minor"]


@settings(max_examples=15)
@given(seeds, st.integers(0, 99))
def test_the_order_of_the_rows_changes_nothing(seed, shuffle):
    made = small(seed)
    assert matched(made) == matched(made) == matched(made, shuffle=shuffle)


STRANGER = {
    "customer_id": "Z9",
    "customer": "Quokka Xylophone Works",
    "issued_day": 20_010,
    "due_day": 20_040,
}


@settings(max_examples=15)
@given(seeds)
def test_a_stranger_changes_nothing_for_the_others(seed):
    made = small(seed)
    before = matched(made)
    made.items.append(_plain(item("ZZ-7777771", 7_777_771, **STRANGER)))
    made.payments.append(
        _plain(
            payment(
                "ZZ1",
                7_777_771,
                payer="Quokka Xylophone Works",
                text="ZZ-7777771",
                value_day=19_990,
            )
        )
    )
    after = matched(made)
    assert [a for a in after.allocations if a.payment_id != "ZZ1"] == list(before.allocations)
    assert [h for h in after.held if h.payment_id != "ZZ1"] == list(before.held)
    assert [p for p in after.proposals if p.payment_id != "ZZ1"] == list(before.proposals)
    assert any(a.payment_id == "ZZ1" for a in after.allocations)


def _plain(row):
    """Return the row without the columns the worlds do not have."""
    extra = ("account", "end_to_end_id", "status")
    kept = {k: v for k, v in row.items() if k not in extra}
    if "item_id" in kept:
        kept.pop("reference")
    return kept


@settings(max_examples=15)
@given(seeds)
def test_proposals_are_ranked_and_never_ask_for_more_than_the_payment(seed):
    made = small(seed)
    amounts = {row["payment_id"]: row["amount_minor"] for row in made.payments}
    ranks = defaultdict(list)
    for one in matched(made).proposals:
        ranks[one.payment_id].append(one.rank)
        assert sum(a for _, a in one.allocations) + one.left_minor == amounts[one.payment_id]
        assert 0 <= one.confidence_ppm <= 1_000_000
    assert all(found == list(range(1, len(found) + 1)) for found in ranks.values())


def test_a_customer_with_thousands_of_items_costs_no_more_than_the_budget():
    rng = random.Random(4)
    book = items(*(item(f"INV-{n:05d}", rng.randint(1_00, 9_999_99)) for n in range(3_000)))
    money = payments(*(payment(f"P{n}", rng.randint(50_000_00, 90_000_00)) for n in range(20)))
    with effort() as spent:
        matching = match(money, book)
    assert spent.seconds < 20
    assert not [a for a in matching.allocations if a.is_auto]


@pytest.mark.parametrize("texts", ["1 " * 3_000, "INV-" * 900, "9" * 5_000, "\x00\ud7ff ½ ٣ ²"])
def test_odd_texts_are_read_quickly_and_never_break(texts):
    with effort() as spent:
        match(payments(payment(text=texts, reference=texts, payer=texts[:200])), items(item()))
    assert spent.seconds < 3


def test_frames_of_another_engine_give_the_same():
    made = small(7)
    tables = [nw.from_native(f.collect().to_native().to_arrow()) for f in made.frames()]
    assert match(tables[0], tables[1], remittances=tables[2]) == matched(made)
    assert isinstance(made.frames()[0].collect().to_native(), pl.DataFrame)
