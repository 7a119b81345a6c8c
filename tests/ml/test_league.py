"""Who serves: never a learned model that is worse than naive, and never by accident."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
import pytest

from dunwell.ml.backtest import Predictions, backtest
from dunwell.ml.curves import LEVELS
from dunwell.ml.league import league, promotes, scopes
from dunwell.ml.naive import NAIVE, customer_median, due_date
from tests.ml.books import sample_history

BOOK = sample_history(items=1500, customers=20)
DONE = backtest(BOOK, NAIVE, first=BOOK.as_of - 280, last=BOOK.as_of - 84)
NEW = scopes(DONE)["new"]


def with_model(done, name, predictions, *, cash_of="customer_median"):
    """Return the back-test with one more model, its cash copied from another's."""
    cash = done.cash.filter(pl.col("model") == cash_of).with_columns(model=pl.lit(name))
    return replace(
        done,
        predictions={**done.predictions, name: predictions},
        cash=pl.concat([done.cash, cash]),
    )


def moved(done, *, days=0, pull=1.0, told_apart=0.5):
    """Return customer_median with its days shifted, or drawn towards the truth by `pull`.

    P(late) learns a signal that is right with the chance `told_apart`, by Bayes' rule: a model
    that knows more and stays calibrated.
    """
    told, requests = done.predictions["customer_median"], done.requests
    real = (requests["paid_day"] - requests["due_day"]).fill_null(90).to_numpy()[:, None]
    quantiles = np.rint(real + (told.days - real) * pull + days).astype(np.int16)
    is_right = np.random.default_rng(0).random(len(real)) < told_apart
    says_late = (real[:, 0] > 0) == is_right
    ratio = told_apart / (1 - told_apart)
    odds = told.late / np.maximum(1 - told.late, 1e-9) * np.where(says_late, ratio, 1 / ratio)
    return Predictions(late=odds / (1 + odds), days=quantiles, unpaid=told.unpaid)


def codes(league_or_promotion):
    return {(reason.code, reason.scope, reason.metric) for reason in league_or_promotion}


def test_among_naive_models_the_lowest_crps_serves():
    found = league(DONE)
    crps = {place.model: place.results.new.days.crps for place in found.standings}
    assert [place.model for place in found.standings] == sorted(crps, key=crps.get)
    assert found.serves == found.reason.model == "customer_median"
    assert found.reason.code == "lowest_crps"
    assert found.reason.value == crps["customer_median"]
    assert all(place.is_eligible and not place.is_learned for place in found.standings)


def test_a_learned_model_that_is_better_serves():
    found = league(with_model(DONE, "hazard", moved(DONE, pull=0.7, told_apart=0.75)))
    assert (found.serves, found.reason.code) == ("hazard", "lowest_crps")


def test_a_learned_model_worse_than_naive_never_serves():
    found = league(with_model(DONE, "hazard", moved(DONE, days=1)))
    (place,) = [place for place in found.standings if place.is_learned]
    assert found.serves == "customer_median"
    assert not place.is_eligible
    assert ("worse_than_naive", "new", "mae") in codes(place.against)
    for reason in place.against:
        if reason.code == "worse_than_naive":
            assert reason.value > reason.limit


def test_worse_by_less_than_a_hundredth_is_not_worse():
    told = DONE.predictions["customer_median"]
    one = replace(DONE, predictions={"customer_median": told})
    for more, expected in ((1.004, True), (1.02, False)):
        late = np.sqrt(more) * told.late  # where nobody is late the Brier score grows by `more`
        never = DONE.requests.with_columns(
            paid_day=pl.min_horizontal("paid_day", "due_day"), due_day=pl.col("due_day") + 400
        )
        early = replace(one, requests=never)
        found = league(with_model(early, "hazard", replace(told, late=late)))
        (place,) = [place for place in found.standings if place.is_learned]
        assert place.is_eligible is expected


def test_a_model_better_overall_but_worse_on_new_customers_does_not_serve():
    # half of the customers are told to be without history
    is_cold = pl.col("customer_id") % 2 == 0
    requests = DONE.requests.with_columns(
        customer_items=pl.when(is_cold).then(0).otherwise(pl.col("customer_items"))
    )
    cold = (requests["customer_items"] == 0).to_numpy()
    good, bad = moved(DONE, pull=0.3, told_apart=0.8), moved(DONE, days=4)
    mixed = Predictions(
        late=np.where(cold, bad.late, good.late),
        days=np.where(cold[:, None], bad.days, good.days),
        unpaid=good.unpaid,
    )
    found = league(with_model(replace(DONE, requests=requests), "hazard", mixed))
    (place,) = [place for place in found.standings if place.is_learned]
    assert ("worse_than_naive", "cold", "crps") in codes(place.against)
    assert found.serves != "hazard"


def test_a_model_too_sure_of_itself_is_not_well_calibrated_and_does_not_serve():
    told = moved(DONE, pull=0.7, told_apart=0.75)
    middle = told.days[:, [LEVELS.index(0.5)]]
    point = replace(told, days=np.repeat(middle, len(LEVELS), axis=1))
    shaken = replace(point, late=np.clip(told.late * 0.5, 0, 1))
    found = league(with_model(DONE, "hazard", shaken))
    (place,) = [place for place in found.standings if place.is_learned]
    assert not place.is_calibrated
    assert {"calibration_error", "cover_80"} <= {reason.code for reason in place.against}
    assert found.serves != "hazard"


def test_a_rule_that_knows_no_customer_does_not_serve_for_being_calibrated():
    # a rule that says the same of everybody is calibrated by nature, and 1.5 times as far off
    shaken = {
        name: replace(told, late=np.where(told.late > 0.5, 1.0, told.late * 0.4))
        if name != "due_date"
        else told
        for name, told in DONE.predictions.items()
    }
    found = league(replace(DONE, predictions=shaken))
    standing = {place.model: place for place in found.standings}
    assert standing["due_date"].is_calibrated
    assert not standing["customer_median"].is_calibrated
    assert found.serves == "customer_median"
    assert found.reason.code == "lowest_crps_none_calibrated"


def test_few_paid_items_leave_it_to_the_customers_past():
    found = league(replace(DONE, paid_items=299))
    assert (found.serves, found.reason.code) == ("customer_median", "few_paid_items")
    assert (found.reason.value, found.reason.limit) == (299, 300)


def test_without_a_paid_item_the_due_date_serves():
    nothing = replace(BOOK, items=BOOK.items.head(0), parts=BOOK.parts.head(0))
    done = backtest(nothing, NAIVE, first=BOOK.as_of - 14, last=BOOK.as_of)
    found = league(done)
    assert (found.serves, found.reason.code) == ("due_date", "no_paid_items")


def test_too_few_rows_to_judge_leave_it_to_the_customers_past():
    done = backtest(BOOK, NAIVE, first=BOOK.as_of - 7, last=BOOK.as_of - 7)
    found = league(done)
    assert (found.serves, found.reason.code) == ("customer_median", "few_rows")


def test_a_league_without_a_naive_model_is_refused():
    done = with_model(DONE, "hazard", moved(DONE))
    alone = replace(done, predictions={"hazard": done.predictions["hazard"]})
    with pytest.raises(ValueError, match="needs a naive model"):
        league(alone)


def test_a_challenger_surely_better_on_every_guard_is_promoted():
    done = with_model(DONE, "hazard", moved(DONE, pull=0.7, told_apart=0.75))
    found = promotes(done, champion="customer_median", challenger="hazard")
    assert found.is_due and found.against == ()
    assert found.differences["crps"].high < 0


def test_a_challenger_no_better_than_the_champion_is_not_promoted():
    found = promotes(DONE, champion="customer_median", challenger="customer_median")
    assert not found.is_due
    assert codes(found.against) == {("crps_not_better", "new", "crps")}


def test_a_challenger_with_worse_cash_is_not_promoted():
    done = with_model(DONE, "hazard", moved(DONE, pull=0.7, told_apart=0.75), cash_of="due_date")
    spoiled = done.cash.with_columns(
        mean_minor=pl.when(pl.col("model") == "hazard").then(0.0).otherwise("mean_minor")
    )
    found = promotes(replace(done, cash=spoiled), champion="customer_median", challenger="hazard")
    assert codes(found.against) == {("cash", "book", "wape")}


def test_a_model_under_any_name_takes_part():
    @dataclass(frozen=True)
    class Own:
        inner: object
        name: str = "own"

        def curves(self, known, asked):
            return replace(self.inner.curves(known, asked), model=self.name)

    makers = {"due_date": due_date, "own": lambda known: Own(customer_median(known))}
    done = backtest(BOOK, makers, first=BOOK.as_of - 160, last=BOOK.as_of - 84)
    assert league(done).serves == "own"
