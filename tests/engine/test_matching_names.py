"""Payer names against customer names, as grades; measured on labelled pairs."""

import csv
import gzip
from pathlib import Path

import narwhals.stable.v2 as nw
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.matching.names import (
    FORMS,
    GENERIC,
    NOISE,
    SHORT,
    Likeness,
    compared,
    likeness,
    may_be_alike,
)
from dunwell.engine.names import normalised_name

PAIRS = Path(__file__).parents[3] / "shared/data/match_names/unittest_sample_namepairs.csv.gz"


def normalised(*names):
    frame = nw.from_native(pl.DataFrame({"name": names}))
    return frame.with_columns(normalised_name(nw.col("name")))["name"].to_list()


def grade(payer, customer):
    return likeness(*normalised(payer, customer))


@pytest.mark.parametrize(
    ("payer", "customer", "expected"),
    [
        ("CASCADE INDUSTRIAL LLC", "Cascade Industrial LLC", Likeness.SAME),
        ("Iron Bridge", "Ironbridge", Likeness.SAME),
        ("G.m.b.H. Müller", "Müller GmbH", Likeness.SAME),
        ("MUELLER GMBH", "Müller GmbH & Co. KG", Likeness.SAME),
        ("APEX MFG CORP AP DEPT", "Apex Manufacturing Corp", Likeness.CLOSE),
        ("CRESTLINE FOOD DIST", "Crestline Food Distributors", Likeness.CLOSE),
        ("Maple Leaf", "Maple Leaf Consulting", Likeness.CLOSE),
        ("PACIFIC NORTHWEST DISTRIBUTERS", "Pacific Northwest Distributors", Likeness.CLOSE),
        ("CMI", "Cobalt Mining Industries", Likeness.LOOSE),
        ("Obsidian DC", "Obsidian Data Centers", Likeness.LOOSE),
        ("RFS Inc", "Redwood Financial Services", Likeness.LOOSE),
        ("Harbor Foods", "Harbor Foods Division 7", Likeness.LOOSE),
        ("Harbor Foods Division 8", "Harbor Foods Division 7", Likeness.OTHER),
        ("Group Holding", "Scholt Group BV", Likeness.OTHER),
        ("Sapphire Electronics", "Silverline Telecom", Likeness.OTHER),
        ("", "Silverline Telecom", Likeness.OTHER),
    ],
)
def test_a_payers_name_is_graded_against_a_customers(payer, customer, expected):
    assert grade(payer, customer) == expected


@pytest.mark.skipif(not PAIRS.exists(), reason="needs the labelled name pairs of ../shared/data")
def test_labelled_pairs_are_hardly_ever_taken_for_the_same_wrongly():
    with gzip.open(PAIRS, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    close = [r for r in rows if grade(r["gt_name"], r["name"]) >= Likeness.CLOSE]
    wrong = [r for r in close if r["correct"] != "True"]
    right = [r for r in rows if r["correct"] == "True"]
    found = [r for r in right if grade(r["gt_name"], r["name"]) >= Likeness.LOOSE]
    assert len(wrong) * 100 <= len(rows)
    assert len(found) * 10 >= len(right) * 8


TELLING = {
    *("harbor", "harbour", "foods", "iron", "bridge", "cobalt", "mining", "cmi", "cm", "xy"),
    *("a1", "7", "12", "b2b", "3m"),
}
WORDS = st.one_of(
    st.sampled_from(sorted({*GENERIC, *NOISE, *FORMS, *SHORT, *SHORT.values(), *TELLING})),
    st.text("abc1_", min_size=1, max_size=5),
)
NAMES = st.lists(WORDS, min_size=1, max_size=5)


@st.composite
def pairs(draw):
    """Two names, the second often made of the first as payers do: cut, joined, initials."""
    words = draw(NAMES)
    how = draw(st.sampled_from(["other", "some", "joined", "cut", "initials", "slip"]))
    other = list(words)
    if how == "other":
        other = draw(NAMES)
    elif how == "some":
        other = [w for w in words if draw(st.booleans())] + draw(st.lists(WORDS, max_size=2))
    elif how == "joined":
        other = ["".join(words)]
    elif how == "cut":
        other = [w[: draw(st.integers(1, len(w)))] for w in words]
    elif how == "initials":
        other = ["".join(w[0] for w in words), *draw(st.lists(WORDS, max_size=1))]
    else:
        place = draw(st.integers(0, len(words) - 1))
        other[place] = draw(st.sampled_from("abx")) + other[place][1:]
    two = [" ".join(words), " ".join(other) or "a"]
    return two if draw(st.booleans()) else two[::-1]


@given(pairs())
def test_names_that_cannot_be_alike_are_known_without_comparing_their_words(two):
    payer, customer = two
    assert likeness(payer, customer) == compared(payer, customer)
    assert may_be_alike(payer, customer) or compared(payer, customer) == Likeness.OTHER


def test_most_names_that_share_a_word_further_on_are_never_compared():
    assert not may_be_alike("blue energy", "nord energy")
    assert may_be_alike("payment blue energy", "blue energy")
    assert may_be_alike("grp mueller", "group mueller")
    assert may_be_alike("anything", "the group")
