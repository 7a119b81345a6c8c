"""Copies planted in the sample ledger and those of a real one: how many are found, and how surely."""

from datetime import date
from functools import lru_cache
from pathlib import Path

import polars as pl
import pytest

from dunwell.demo.ledger import demo_ledger
from dunwell.engine.duplicates import duplicate_candidates, duplicates
from dunwell.engine.ledger import Ledger
from dunwell.engine.number_forms import PAYMENT_TEXTS
from dunwell.formats.frames import file_frames
from dunwell.formats.ledger import read_ledger
from tests.engine.planted import item_copies, lazy, native, payment_copies, told
from tests.engine.rows import allocations, disputes, payments, promises, table

AS_OF = date(2026, 6, 30)
DATA = Path(__file__).parents[3] / "shared" / "data"


@lru_cache
def sample():
    return told(demo_ledger(as_of=AS_OF, customers=300, items=8_000, seed=1))


def found_in(source, *, as_of=AS_OF):
    candidates = duplicate_candidates(
        source.ledger, lazy(source.item_texts), lazy(source.payment_texts), as_of=as_of
    )
    return native(duplicates(lazy(native(candidates))))


def test_a_sound_ledger_of_eight_thousand_items_has_nothing_to_show():
    assert found_in(sample()).height == 0


def test_planted_copies_are_found_and_what_is_certain_is_right():
    copies = item_copies(sample(), count=240, as_of=AS_OF, seed=1)
    again = payment_copies(sample(), count=120, as_of=AS_OF, seed=2)
    found = found_in(sample().with_items(copies).with_payments(again))
    pairs = pl.concat(
        [
            copies.select(subject=pl.lit("item"), low="copied_id", high="item_id"),
            again.select(subject=pl.lit("payment"), low="copied_id", high="payment_id"),
        ]
    )
    told_pairs = found.with_columns(
        low=pl.min_horizontal("subject_id", "other_id"),
        high=pl.max_horizontal("subject_id", "other_id"),
    )
    right = told_pairs.join(pairs, on=["subject", "low", "high"], how="semi")
    certain = told_pairs.filter(tier="certain")
    by_subject = dict(right.group_by("subject").len().rows())

    assert by_subject["item"] >= 0.95 * copies.height
    assert by_subject["payment"] >= 0.95 * again.height
    assert right.filter(tier="certain").height >= 0.9 * certain.height
    assert certain.height >= 0.8 * pairs.height


def test_later_rows_and_the_order_of_rows_change_nothing():
    copies = item_copies(sample(), count=60, as_of=AS_OF, seed=3)
    again = payment_copies(sample(), count=40, as_of=AS_OF, seed=3)
    whole = sample().with_items(copies).with_payments(again)
    then = date(2026, 1, 15)
    expected = found_in(whole, as_of=then).sort("subject", "subject_id")

    assert expected.height > 20
    assert found_in(whole.until(then), as_of=then).sort("subject", "subject_id").equals(expected)
    assert found_in(whole.shuffled(5), as_of=then).sort("subject", "subject_id").equals(expected)


real = pytest.mark.skipif(
    not (DATA / "ar_highradius").is_dir(), reason="the HighRadius set is not on this machine"
)


@real
def test_the_copies_in_a_real_ledger_are_certain_and_the_rest_is_hardly_touched():
    (path,) = (DATA / "ar_highradius").glob("*.csv")
    raw = pl.read_csv(path, infer_schema=False).filter(
        pl.col("invoice_id").is_not_null(), pl.col("cust_number").is_not_null()
    )
    rows = raw.select(
        item_id=pl.int_range(1, pl.len() + 1),
        customer_id=pl.col("cust_number").rank("dense").cast(pl.Int64),
        kind=pl.lit("invoice"),
        currency="invoice_currency",
        amount_minor=(pl.col("total_open_amount").cast(pl.Float64) * 100).round().cast(pl.Int64),
        issued_day=pl.col("document_create_date").str.to_date().to_physical(),
        due_day=pl.col("due_in_date").str.to_date().to_physical(),
        recorded_day=pl.col("document_create_date").str.to_date().to_physical(),
    )  # fmt: skip
    numbers = raw.select(
        item_id=pl.int_range(1, pl.len() + 1), number="invoice_id", reference=pl.lit("")
    )
    ledger = Ledger(lazy(rows), allocations(), payments(), disputes(), promises())
    found = duplicate_candidates(
        ledger, lazy(numbers), table(PAYMENT_TEXTS, []), as_of=date(2019, 10, 31)
    )
    told_pairs = native(duplicates(lazy(native(found))))
    copies = (
        numbers.filter(pl.col("number").is_duplicated()).height
        - numbers.filter(pl.col("number").is_duplicated())["number"].n_unique()
    )
    by_tier = dict(told_pairs.group_by("tier").len().rows())

    assert copies == 663
    assert told_pairs.filter(number_match="same").height == copies
    assert by_tier["certain"] == copies
    assert by_tier["look"] + by_tier.get("likely", 0) <= 0.005 * rows.height


@real
def test_what_the_importer_let_through_of_a_real_ledger_is_not_accused():
    (path,) = (DATA / "ar_highradius").glob("*.csv")
    read = read_ledger([path])
    frames = file_frames(read)
    found = duplicate_candidates(
        frames.ledger,
        lazy(frames.numbers.select("item_id", "number", reference=pl.lit(""))),
        table(PAYMENT_TEXTS, []),
        as_of=date(2019, 10, 31),
    )
    tiers = dict(native(duplicates(lazy(native(found)))).group_by("tier").len().rows())

    assert set(tiers) == {"look"}
    assert tiers["look"] <= 0.002 * read.items.height
