"""Payer names against customer names, as grades; measured on labelled pairs."""

import csv
import gzip
from pathlib import Path

import narwhals.stable.v2 as nw
import polars as pl
import pytest

from dunwell.engine.matching.names import Likeness, likeness
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
