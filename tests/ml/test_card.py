"""The model card: plain data, known failures computed from the figures, the same text each time."""

import json

import polars as pl
import pytest

from dunwell.ml.calibration import CALIBRATION, RANGES
from dunwell.ml.card import (
    LICENCES,
    PROHIBITED,
    LeagueLine,
    SegmentScore,
    Version,
    card,
    card_text,
    known_failures,
)

VERSION = Version(
    name="hazard",
    version="3",
    owner="Credit desk",
    made_day=20_000,
    review_day=20_365,
    first_day=18_900,
    last_day=19_999,
    items=41_200,
    customers=310,
    seed=7,
    training_hash="aa11",
    artifact_hash="bb22",
    inputs=(("usual_days_late", "median days late | last 20 items"), ("terms", "days to pay")),
)
LEAGUE = [
    LeagueLine("due_date", "crps", 3.45, 3.2, 3.71),
    LeagueLine("hazard", "crps", 2.129_96, 1.98, 2.3),
    LeagueLine("due_date", "auc", 0.5, 0.5, 0.5),
    LeagueLine("hazard", "auc", 0.84, float("nan"), float("nan")),
]
SEGMENTS = [
    SegmentScore("history 0", "brier", 120, 0.262, 0.25, "customer_rate", 0.004, 0.02,
                 0.24, 0.28, 0.23, 0.27),
    SegmentScore("all", "crps", 9000, 2.13, 2.37, "customer_median", -0.3, -0.18,
                 2.0, 2.3, 2.2, 2.5),
    SegmentScore("EUR", "auc", 500, 0.7, 0.8, "customer_rate", -0.03, 0.01,
                 0.6, 0.8, 0.7, 0.9),
    SegmentScore("JPY", "crps", 12, 9.0, 4.0, "customer_median", 1.0, 8.0,
                 6.0, 12.0, 3.0, 5.0),
]  # fmt: skip
CALIBRATED = pl.DataFrame(
    [("all", 0, 9000, 310, 412_000, 420_000, 154_000, 18_000, None,
      410_000, 414_000, 411_000, 429_000, 150_000, 158_000, 12_000, 25_000, None, None)],
    schema=CALIBRATION,
    orient="row",
)  # fmt: skip
RANGE = pl.DataFrame(
    [("all", 8000, 812_000, 803_000, 820_000, 8.123_456, 2.13, 8.0, 8.25, 2.0, 2.26)],
    schema=RANGES,
    orient="row",
)


def made(**changes):
    parts = {
        "league": LEAGUE,
        "segments": SEGMENTS,
        "calibration": CALIBRATED,
        "ranges": RANGE,
        "limits": ["Part payments count only when complete."],
    }
    return card(VERSION, **{**parts, **changes})


def test_the_card_is_plain_data():
    plain = made()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert list(plain) == [
        *("name", "version", "owner", "made_on", "review_on", "purpose", "training", "protocol"),
        *("league", "segments", "calibration", "ranges", "known_failures", "prohibited_uses"),
        *("inputs", "licences"),
    ]
    assert plain["training"] == {
        "from": "2021-09-30",
        "to": "2024-10-03",
        "items": 41_200,
        "customers": 310,
        "seed": 7,
        "training_hash": "aa11",
        "artifact_hash": "bb22",
    }
    assert plain["prohibited_uses"] == list(PROHIBITED)
    assert plain["licences"] == dict(LICENCES)
    assert plain["ranges"][0]["width_days"] == 8.1235


def test_the_best_model_of_each_metric_stands_first():
    assert [(line["metric"], line["model"], line["low"]) for line in made()["league"]] == [
        ("auc", "hazard", None),
        ("auc", "due_date", 0.5),
        ("crps", "hazard", 1.98),
        ("crps", "due_date", 3.2),
    ]


def test_known_failures_are_where_it_is_worse_than_naive_or_cannot_be_told():
    assert known_failures(SEGMENTS) == [
        "EUR: auc is 0.7, worse than customer_rate (0.8) on 500 items; the difference may be chance.",
        "JPY: only 12 items, too few to judge crps.",
        "history 0: brier is 0.262, worse than customer_rate (0.25) on 120 items.",
    ]
    assert known_failures([SEGMENTS[1]]) == []


def test_the_order_of_the_figures_changes_nothing():
    turned = made(league=LEAGUE[::-1], segments=SEGMENTS[::-1])
    assert turned == made()
    assert card_text(turned) == card_text(made())


def test_the_text_holds_every_part_of_the_card():
    text = card_text(made())
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        "# hazard, version 3",
        "## How it was judged",
        "## League table",
        "## Segments against the best naive model",
        "## Calibration of P(late by more than k days)",
        "## 80 % range of the pay day",
        "## Inputs",
        "## Known failures",
        "## Not to be used for",
        "## Libraries",
    ]
    lines = text.splitlines()
    assert "| hazard | crps | 2.13 | 1.98 | 2.3 |" in lines
    assert "| hazard | auc | 0.84 | unknown | unknown |" in lines
    assert "| usual_days_late | median days late \\| last 20 items |" in lines
    assert (
        "| all | 0 | 9000 | 310 | 412,000 (410,000 to 414,000) | 420,000 (411,000 to 429,000) "
        "| 154,000 (150,000 to 158,000) | 18,000 (12,000 to 25,000) | unknown |"
    ) in lines
    assert (
        "| segment | late days | items | customers | told ppm | seen ppm | brier ppm | ece ppm | slope ppm |"
        in lines
    )
    assert (
        "| all | 8000 | 812,000 | 803,000 | 820,000 | 8.1235 (8 to 8.25) | 2.13 (2 to 2.26) |"
        in lines
    )
    assert (
        "| all | crps | 9000 | 2.13 (2 to 2.3) | 2.37 (2.2 to 2.5) | customer_median "
        "| -0.3 | -0.18 |"
    ) in lines
    assert "* Part payments count only when complete." in lines
    assert text.endswith("\n")


def test_a_card_read_back_from_storage_gives_the_same_text():
    assert card_text(json.loads(json.dumps(made()))) == card_text(made())


def test_a_version_without_figures_says_so():
    text = card_text(
        made(
            league=[], segments=[], calibration=CALIBRATED.clear(), ranges=RANGE.clear(), limits=[]
        )
    )
    assert text.count("Nothing measured yet.") == 4
    assert "* None found in the segments above." not in text
    assert "* Nothing was measured, so nothing is known." in text


def test_a_card_that_is_none_is_refused():
    with pytest.raises(TypeError, match=r"^a card holds a list here, found str$"):
        card_text({**made(), "league": "none"})
