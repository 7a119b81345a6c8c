"""A small scorecard written by hand, and rows that it scores."""

import copy
from collections.abc import Mapping
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl

DOCUMENT: Mapping[str, Any] = {
    "scorecard": {
        "name": "trade",
        "version": 2,
        "valid_from": "2026-01-01",
        "subjects": "companies",
        "scale": {"base_points": 500, "base_odds": 20, "double_points": 40},
        "start": 400,
        "cut_off": 450,
        "inputs": [
            {
                "name": "years",
                "label": "Years in business",
                "kind": "whole",
                "policy_points": 20,
                "bins": [
                    {"up_to": 1, "points": -30, "reason": "In business for a year or less"},
                    {"up_to": 5, "points": 20, "reason": "In business for two to five years"},
                    {"points": 40},
                ],
                "missing": {"points": -10, "reason": "Years in business are not known"},
            },
            {
                "name": "use_ppm",
                "label": "Use of the limit",
                "kind": "whole",
                "bins": [
                    {"up_to": 99_999, "points": 0, "reason": "Hardly any use of the limit"},
                    {"up_to": 700_000, "points": 25},
                    {"points": -25, "reason": "More than 70 % of the limit is used"},
                ],
                "missing": {"points": 0, "reason": "Use of the limit is not known"},
            },
            {
                "name": "form",
                "label": "Legal form",
                "kind": "category",
                "policy_points": 10,
                "bins": [
                    {"values": ["GmbH", "AG"], "points": 10},
                    {"values": ["UG"], "points": -15, "reason": "Limited by little capital"},
                ],
                "other": {"points": 0, "reason": "Another legal form"},
                "missing": {"points": -5, "reason": "Legal form is not known"},
            },
            {
                "name": "audited",
                "label": "Statement audited",
                "kind": "category",
                "bins": [
                    {"values": [True], "points": 15},
                    {"values": [False], "points": 0, "reason": "The statement is not audited"},
                ],
                "missing": {"points": 0, "reason": "No statement"},
            },
        ],
        "calibration": [
            {"points": 300, "pd_ppm": 200_000},
            {"points": 400, "pd_ppm": 50_000},
            {"points": 500, "pd_ppm": 10_000},
        ],
    },
    "cases": [
        {
            "name": "an old company that is audited",
            "values": {"years": 9, "use_ppm": 500_000, "form": "AG", "audited": True},
            "points": 490,
            "pd_ppm": 14_000,
        },
        {"name": "nobody knows anything", "values": {}, "points": 385},
    ],
}


def document(**changes: Any) -> dict[str, Any]:
    """Return the document, with fields of the card changed; None takes a field out."""
    found = copy.deepcopy(dict(DOCUMENT))
    for name, value in changes.items():
        if value is None:
            del found["scorecard"][name]
        else:
            found["scorecard"][name] = value
    return found


def subjects(*rows: Mapping[str, Any]) -> nw.LazyFrame:
    """Return rows as a lazy frame, numbered from 1."""
    schema = {
        "years": pl.Int64,
        "use_ppm": pl.Int64,
        "form": pl.String,
        "audited": pl.Boolean,
    }
    table = pl.DataFrame([dict(row) for row in rows], schema=schema)
    return nw.from_native(
        table.with_columns(subject_id=pl.int_range(1, table.height + 1, dtype=pl.Int64)).lazy()
    )
