"""Scorecards on the public credit sets: stratified folds, points as the engine gives them.

The bars are those of the design (PREDICTION.md, "Credit sets"): the weight-of-evidence card and
the best boosted or other model measured there.
"""

from datetime import date

import pytest

from dunwell.engine.scorecards import Scorer
from dunwell.engine.scorecards_policy import read_scorecard
from dunwell.ml.scorecards.fit import FitChoices, fit_card, inputs_frame
from dunwell.ml.scorecards.points import CardTitle, card_document
from dunwell.ml.scorecards.stumps import fit_stumps
from dunwell.ml.scorecards.woe import fit_woe
from tests.ml.credit_sets import ABSENT, SHARED, german, polish, taiwan

pytestmark = pytest.mark.skipif(not SHARED.exists(), reason=ABSENT)

TITLE = CardTitle(name="card", valid_from=date(2026, 1, 1))


def aucs(sample, *, seed, method=""):
    report = fit_card(sample, TITLE, FitChoices(seed=seed, method=method)).report
    return {name: row["auc"] for name, row in report["methods"].items()}


@pytest.mark.parametrize("method", ["woe", "stumps"])
def test_a_named_reason_mended_moves_the_score_and_all_flip_the_decision_in_1000_of_1000(method):
    sample = german()
    model = fit_woe(sample) if method == "woe" else fit_stumps(sample, seed=7)
    document = card_document(model, sample, TITLE)
    document["scorecard"]["cut_off"] = 470
    card = read_scorecard(document)
    scorer = Scorer(card)
    rows = inputs_frame(sample.inputs).drop("subject_id").to_dicts()
    named = moved = declined = flipped = 0
    for row in rows:
        before = scorer.score(row)
        assert scorer.score(row) == before
        assert 2 <= len(before.reasons) <= 4
        for reason in before.reasons:
            after = scorer.score({**row, reason.code: reason.change.to})
            named += 1
            moved += after.points == before.points + reason.change.gain > before.points
        if before.points < 470:
            declined += 1
            mended = {one.input: one.to for one in before.flips}
            flipped += bool(mended) and scorer.score({**row, **mended}).points >= 470
    assert len(rows) == 1_000
    assert moved == named >= 2_000
    assert flipped == declined > 300


def test_german_loans_are_told_apart_by_one_run_of_folds():
    found = aucs(german(), seed=1)
    # measured .794, .783, .792 and .799; a standard error of one run is about .02
    assert found["woe"] >= 0.785
    assert found["stumps"] >= 0.775
    assert found["blend"] >= 0.785
    assert found["trees"] >= 0.790


@pytest.mark.release
def test_german_loans_three_times_as_the_design_measured_them():
    runs = [aucs(german(), seed=seed) for seed in (1, 2, 3)]
    mean = {name: sum(run[name] for run in runs) / 3 for name in runs[0]}
    # the design's .794 and .799; a standard error is .010
    assert round(mean["woe"], 3) >= 0.793
    assert round(mean["trees"], 3) >= 0.799


@pytest.mark.release
def test_taiwanese_card_holders():
    found = aucs(taiwan(), seed=1)
    assert found["woe"] >= 0.766
    assert found["stumps"] >= 0.778
    assert found["trees"] >= 0.785


@pytest.mark.release
def test_polish_companies():
    found = aucs(polish(), seed=1)
    assert found["woe"] >= 0.87
    assert found["stumps"] >= 0.91
    assert found["trees"] >= 0.949
