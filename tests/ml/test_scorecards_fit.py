"""Fitting a scorecard: bins, evidence, logistic, stumps and points, on rows whose law is known."""

import json
from datetime import date

import numpy as np
import polars as pl
import pytest

from dunwell.engine.scorecards import score_one
from dunwell.engine.scorecards_policy import read_scorecard
from dunwell.ml.metrics import auc
from dunwell.ml.scorecards.additive import mean_model, placed
from dunwell.ml.scorecards.binning import Cutting, evidence, first_edges, woe_table
from dunwell.ml.scorecards.fairness import cramers_v, fairness, is_fair, stand_ins
from dunwell.ml.scorecards.fit import FitChoices, fit_card, scored
from dunwell.ml.scorecards.folds import folds
from dunwell.ml.scorecards.logistic import fit_logistic
from dunwell.ml.scorecards.measures import bands, gini, ks, psi
from dunwell.ml.scorecards.points import CardTitle, card_document
from dunwell.ml.scorecards.rejects import augmented
from dunwell.ml.scorecards.samples import Category, Sample, UnusableSample, sample
from dunwell.ml.scorecards.stumps import StumpChoices, fit_stumps
from dunwell.ml.scorecards.woe import WoeChoices, fit_woe

TITLE = CardTitle(name="planted", valid_from=date(2026, 1, 1))


def planted(rows=3_000, seed=5) -> Sample:
    """Risk falls with `years`, rises with `use`, is highest for form UG; `noise` tells nothing."""
    draw = np.random.default_rng(seed)
    years = draw.integers(0, 30, rows).astype(np.float64)
    use = draw.random(rows)
    form = draw.integers(0, 3, rows)
    odds = -1.0 - 0.12 * years + 2.0 * use + np.asarray([0.0, -0.5, 1.0])[form]
    years[draw.random(rows) < 0.1] = np.nan
    return Sample(
        inputs={
            "years": years,
            "use": use,
            "form": Category(levels=("AG", "GmbH", "UG"), codes=form.astype(np.int64)),
            "noise": draw.random(rows),
        },
        is_bad=draw.random(rows) < 1 / (1 + np.exp(-odds)),
        weight=np.ones(rows),
    )


def test_evidence_is_the_log_of_the_shares_of_good_and_bad():
    found = evidence(np.asarray([800.0, 200.0]), np.asarray([20.0, 80.0]), 1_000.0, 100.0)
    assert np.allclose(found, np.log([0.8 / 0.2, 0.2 / 0.8]), atol=0.05)


def test_bins_follow_the_risk_one_way_where_asked():
    whole = planted()
    falling = woe_table(whole, "years", Cutting(direction=-1))
    assert (np.diff(falling.worth) > 0).all()
    rising = woe_table(whole, "years", Cutting(direction=1))
    # the risk falls with years: held to rise, there is nothing left to tell
    assert len(rising.worth) == 1


def test_an_input_turns_only_where_the_rows_insist():
    draw = np.random.default_rng(1)
    value = draw.random(4_000)
    middle = Sample(
        inputs={"value": value},
        is_bad=draw.random(4_000) < np.where(abs(value - 0.5) < 0.2, 0.05, 0.4),
        weight=np.ones(4_000),
    )
    worth = woe_table(middle, "value", Cutting()).worth
    assert worth.argmax() not in (0, len(worth) - 1)
    noise = woe_table(planted(), "noise", Cutting())
    steps = np.sign(np.diff(noise.worth))
    assert len(set(steps.tolist())) <= 1


def test_first_edges_give_a_value_that_many_share_a_bin_of_its_own():
    values = np.concatenate([np.zeros(500), np.arange(1, 501)])
    edges = first_edges(values, 10)
    assert edges[0] == 0
    assert len(edges) <= 12


def test_a_coefficient_never_turns_the_sign_of_its_evidence():
    draw = np.random.default_rng(2)
    right = draw.normal(size=2_000)
    columns = np.column_stack([right, -right + draw.normal(size=2_000) * 0.01])
    is_good = draw.random(2_000) < 1 / (1 + np.exp(-right))
    intercept, found = fit_logistic(columns, is_good, np.ones(2_000), ridge=0.0001)
    assert found[1] == 0
    assert 0.8 < found[0] < 1.2
    assert abs(intercept) < 0.15


@pytest.mark.parametrize("method", ["woe", "stumps", "blend"])
def test_the_document_says_what_the_model_says_to_half_a_point_an_input(method):
    whole = planted()
    models = [fit_woe(whole), fit_stumps(whole, StumpChoices(trees=80), seed=3)]
    model = {"woe": models[0], "stumps": models[1], "blend": mean_model(models)}[method]
    card = read_scorecard(card_document(model, whole, TITLE))
    points, chance = scored(card, whole.inputs)
    factor = 40 / np.log(2)
    meant = 600 - factor * np.log(30) + factor * model.log_odds(whole.inputs)
    # joined neighbours and rounding move a subject by a few points
    assert np.abs(points - meant).mean() < 4
    assert auc(whole.is_bad, -points) > auc(whole.is_bad, -meant) - 0.004
    assert abs(chance.mean() - whole.is_bad.mean()) < 0.005


def test_stumps_keep_to_the_direction_asked():
    whole = planted()
    found = fit_stumps(
        whole, StumpChoices(trees=150, directions={"years": -1, "noise": 1}), seed=3
    )
    assert (np.diff(found.tables["years"].worth) >= -1e-12).all()
    assert (np.diff(found.tables["noise"].worth) <= 1e-12).all()


def test_the_same_rows_and_seed_give_the_same_bytes():
    whole = planted(700)
    one, two = (
        json.dumps([found.document, found.report])
        for found in (fit_card(whole, TITLE, FitChoices(folds=2)) for _ in range(2))
    )
    assert one == two


def test_a_report_holds_quality_calibration_stability_and_every_input():
    whole = planted()
    told = []
    found = fit_card(
        whole, TITLE, FitChoices(folds=3), tell=lambda stage, done: told.append((stage, done))
    )
    report = found.report
    assert [stage for stage, _ in told] == ["try", "try", "try", "try", "fit", "judge"]
    assert [done for _, done in told] == sorted(done for _, done in told)
    assert set(report["methods"]) == {"woe", "stumps", "blend", "trees"}
    assert report["quality"] == report["methods"][report["method"]]
    assert 0.72 < report["quality"]["auc"] < 0.85
    assert report["quality"]["gini"] == pytest.approx(2 * report["quality"]["auc"] - 1, abs=1e-5)
    assert 0.9 < report["calibration"]["slope"] < 1.1
    assert report["calibration"]["ece"] < 0.02
    assert sum(row["rows"] for row in report["bands"]) == 3_000
    assert sum(row["bad"] for row in report["bands"]) == report["bad"]
    assert report["stability"]["points_psi"] < 0.1
    assert [row["input"] for row in report["inputs"]][-1] == "noise"
    card = read_scorecard(found.document)
    assert card.input("form").kind == "category"
    assert card.input("years").kind == "whole"


def test_a_missing_value_has_points_of_its_own_and_a_text_never_seen_other_ones():
    found = fit_card(planted(), TITLE, FitChoices(method="woe", folds=3, with_trees=False))
    card = read_scorecard(found.document)
    known = score_one(card, {"years": 29, "use": 0.1, "form": "GmbH", "noise": 0.5})
    unknown = score_one(card, {"use": 0.1, "form": "KG", "noise": 0.5})
    assert known.points > unknown.points > score_one(card, {"years": 0, "use": 0.99}).points


def test_protected_inputs_are_refused_by_name_for_natural_persons():
    whole = planted(600)
    named = Sample({**whole.inputs, "applicant_age": whole.inputs["noise"]}, *_outcome(whole))
    title = CardTitle(name="p", valid_from=date(2026, 1, 1), subjects="natural_persons")
    with pytest.raises(UnusableSample, match="'applicant_age' speaks of age, which may not"):
        fit_card(named, title)


def test_a_stand_in_for_a_protected_column_is_pointed_out():
    whole = planted()
    draw = np.random.default_rng(4)
    sex = np.where(draw.random(3_000) < 0.95, whole.inputs["form"].codes == 2, draw.random() < 0.5)
    groups = Category(levels=("f", "m"), codes=sex.astype(np.int64))
    rows = stand_ins(fit_woe(whole), whole.inputs, {"sex": groups})
    assert (rows[0]["input"], rows[0]["stands_in"]) == ("form", True)
    assert [row["input"] for row in rows if row["stands_in"]] == ["form"]


def test_fairness_by_group_as_worked_out_by_hand():
    groups = Category(levels=("a", "b"), codes=np.repeat([0, 1], 100).astype(np.int64))
    points = np.concatenate([np.repeat([700.0, 500.0], 50), np.repeat([700.0, 500.0], [30, 70])])
    is_bad = np.zeros(200, np.bool_)
    found = fairness(groups, is_bad=is_bad, points=points, cut_off=600)
    assert [
        (row.approved_ppm, row.impact_ratio_ppm, row.opportunity_gap_ppm) for row in found
    ] == [(500_000, 1_000_000, 0), (300_000, 600_000, 200_000)]
    assert not is_fair(found)
    assert is_fair(fairness(groups, is_bad=is_bad, points=points, cut_off=400))


def test_association_of_two_groupings_goes_from_none_to_all():
    one = np.repeat(np.arange(3), 100).astype(np.int64)
    assert cramers_v(one, one) == pytest.approx(1.0)
    assert cramers_v(one, np.tile(np.arange(3), 100).astype(np.int64)) == 0


def test_measures_of_a_score_as_worked_out_by_hand():
    is_bad = np.asarray([True, True, False, True, False, False])
    points = np.asarray([1.0, 2, 3, 4, 5, 6])
    assert gini(is_bad, points) == pytest.approx(2 * 8 / 9 - 1)
    assert ks(is_bad, points) == pytest.approx(2 / 3)
    assert psi(np.asarray([50, 50]), np.asarray([50, 50])) == 0
    assert psi(np.asarray([50, 50]), np.asarray([80, 20])) == pytest.approx(0.4159, abs=1e-4)
    (low, high) = bands(is_bad, points, np.full(6, 0.5), number=2)
    assert (low.points_from, low.points_to, low.rows, low.bad) == (1, 3, 3, 2)
    assert (high.seen_ppm, high.said_ppm) == (333_333, 500_000)


def test_folds_test_every_row_once_and_hold_the_share_of_bad():
    is_bad = planted().is_bad
    tested = [held for _, held in folds(is_bad, number=5, seed=3)]
    assert sorted(np.concatenate(tested).tolist()) == list(range(3_000))
    shares = [is_bad[held].mean() for held in tested]
    assert max(shares) - min(shares) < 0.01


def test_refused_subjects_enter_as_good_and_bad_by_their_chance():
    whole = planted()
    model = fit_woe(whole)
    refused = planted(500, seed=9).inputs
    found = augmented(whole, refused, model, harder=2.0)
    assert len(found) == 4_000
    assert found.weight.sum() == pytest.approx(3_500)
    plain = augmented(whole, refused, model)
    assert found.weight[3_000:3_500].sum() > plain.weight[3_000:3_500].sum()
    again = fit_woe(found, WoeChoices())
    assert set(placed(again.tables["form"], refused["form"]).tolist()) <= {0, 1, 2, 3, 4}
    with pytest.raises(ValueError, match="the refused have no column 'years'; add it"):
        augmented(whole, {"use": refused["use"]}, model)


def test_a_table_that_cannot_teach_is_refused_with_what_to_do():
    table = pl.DataFrame({"x": [1, 2], "when": [date(2026, 1, 1)] * 2, "y": ["bad", "good"]})
    with pytest.raises(UnusableSample, match=r"There is no column 'z'; the columns are x, when"):
        sample(table, target="z", bad="1")
    with pytest.raises(UnusableSample, match="In no row does column 'y' read '1'; it holds"):
        sample(table, target="y", bad="1")
    with pytest.raises(UnusableSample, match="Column 'when' holds Date; a scorecard reads"):
        sample(table, target="y", bad="bad")
    few = sample(table, target="y", bad="bad", leave_out=["when"])
    with pytest.raises(UnusableSample, match="There are 1 bad and 1 good rows; a scorecard needs"):
        fit_card(few, TITLE)


def _outcome(of: Sample):
    return of.is_bad, of.weight
