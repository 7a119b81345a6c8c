"""A scorecard over facts of customers, and drafts of it made by the real action."""

import copy

from dunwell.actions.scorecards import draft_scorecard, promote_scorecard
from tests.conftest import AT

DOCUMENT = {
    "scorecard": {
        "name": "trade",
        "valid_from": "2026-01-01",
        "start": 450,
        "cut_off": 470,
        "inputs": [
            {
                "name": "own_months_known",
                "label": "Months since the first item",
                "bins": [
                    {"up_to": 11, "points": -20, "reason": "Known for less than a year"},
                    {"points": 30},
                ],
                "missing": {"points": -30, "reason": "Never bought before"},
            },
            {
                "name": "customer_has_vat_id",
                "label": "VAT number",
                "kind": "category",
                "bins": [
                    {"values": ["yes"], "points": 10},
                    {"values": ["no"], "points": 0, "reason": "No VAT number is recorded"},
                ],
                "missing": {"points": 0, "reason": "No VAT number is recorded"},
            },
        ],
        "calibration": [
            {"points": 400, "pd_ppm": 90_000},
            {"points": 500, "pd_ppm": 10_000},
        ],
    }
}
REPORT = {
    "rows": 1_000,
    "bad": 100,
    "bad_ppm": 100_000,
    "method": "woe",
    "methods": {
        "woe": {"auc": 0.8, "auc_se": 0.01, "gini": 0.6, "ks": 0.5, "ks_se": 0.02, "ece": 0.01,
                "slope": 1.0},
    },
    "quality": {"auc": 0.8, "auc_se": 0.01, "gini": 0.6, "ks": 0.5, "ks_se": 0.02, "ece": 0.01,
                "slope": 1.0},
    "bands": [
        {"points_from": 380, "points_to": 440, "rows": 500, "bad": 80, "seen_ppm": 160_000,
         "said_ppm": 150_000},
        {"points_from": 441, "points_to": 500, "rows": 500, "bad": 20, "seen_ppm": 40_000,
         "said_ppm": 50_000},
    ],
    "calibration": {"ece": 0.01, "slope": 1.0},
    "stability": {
        "points_psi": 0.02, "inputs": [{"input": "own_months_known", "psi": 0.01}],
    },
    "inputs": [
        {"input": "own_months_known", "iv": 0.4, "least": -20, "most": 30, "is_used": True},
    ],
    "left_out": [],
    "cut_off": 470,
    "fairness": {},
    "stand_ins": [],
    "notes": ["rejects_unknown", "halves_in_row_order"],
    "seed": 7,
    "folds": 5,
    "source": "books",
}  # fmt: skip


def card_document(**changes):
    """The document with fields of the card changed."""
    found = copy.deepcopy(DOCUMENT)
    found["scorecard"].update(changes)
    return found


def draft(actor, *, report=None, at=AT, **changes):
    """A draft of the card; with a report it counts as learned."""
    return draft_scorecard(actor=actor, document=card_document(**changes), report=report, at=at)


def promoted(author, approver, *, to="champion", at=AT, **changes):
    """A card of the author's that somebody else promoted."""
    card = draft(author, at=at, **changes)
    promote_scorecard(actor=approver, scorecard=card, to=to, at=at)
    return card
