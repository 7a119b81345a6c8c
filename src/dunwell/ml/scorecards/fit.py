"""Fitting a scorecard: methods tried by cross-validation, one chosen, its document and its report.

Same rows and seed: same bytes. The report is plain data for JSON; shares are ppm.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl

from dunwell.engine.protected_inputs import protected_inputs
from dunwell.engine.scorecard_terms import PERSONS, Scorecard
from dunwell.engine.scorecards import score_rows
from dunwell.engine.scorecards_policy import read_scorecard
from dunwell.ml.history import Floats, Ints
from dunwell.ml.scorecards.additive import AdditiveModel, mean_model
from dunwell.ml.scorecards.folds import folds
from dunwell.ml.scorecards.measures import quality
from dunwell.ml.scorecards.points import (
    PPM,
    CardTitle,
    calibration,
    card_document,
    odds_line,
    span,
)
from dunwell.ml.scorecards.rejects import augmented
from dunwell.ml.scorecards.report import Tried, card_report
from dunwell.ml.scorecards.samples import Category, Inputs, Sample, UnusableSample
from dunwell.ml.scorecards.stumps import StumpChoices, fit_stumps
from dunwell.ml.scorecards.trees import fit_trees
from dunwell.ml.scorecards.woe import WoeChoices, fit_woe

METHODS = ("woe", "stumps", "blend")
"""Ways to a points table: weight of evidence, boosted stumps, the mean of both."""

TREES = "trees"
"""The model a points table is compared with."""

FEW_ROWS, LEAST_BAD = 2_000, 20
SEED, FOLDS = 7, 5

STAGES: Mapping[str, int] = {"read": 0, "try": 30_000, "fit": 800_000, "judge": 880_000}
"""What fitting does one after the other, and how much is done when each begins, ppm."""

Tell = Callable[[str, int], None]


def nobody(stage: str, done_ppm: int) -> None:
    """Tell nobody."""
    del stage, done_ppm


@dataclass(frozen=True, kw_only=True, slots=True)
class FitChoices:
    """How to fit: a method of METHODS, empty for the one that cross-validation speaks for.

    `directions` per input: 1 risk may only rise with the value, -1 only fall. `protected` are
    columns that are no inputs and that nobody may be treated by: the report looks at each.
    `whose` tells which rows are of one subject; those are learned from or tested on together.
    `refused` are subjects whose outcome nobody knows: they enter by fuzzy augmentation, with
    their chance of going bad made `harder` times likelier (`rejects.augmented`).
    """

    method: str = ""
    seed: int = SEED
    folds: int = FOLDS
    directions: Mapping[str, int] = field(default_factory=dict)
    protected: Mapping[str, Floats | Category] = field(default_factory=dict)
    whose: Ints | None = None
    refused: Inputs | None = None
    harder: float = 1.0
    with_trees: bool = True


@dataclass(frozen=True, slots=True)
class FittedCard:
    """A card as training leaves it: its document, and what was measured."""

    document: dict[str, Any]
    report: dict[str, Any]


def fit_card(
    sample: Sample, title: CardTitle, choices: FitChoices | None = None, *, tell: Tell = nobody
) -> FittedCard:
    """Return the card of a sample and its report.

    Raises UnusableSample with fewer than 20 bad or good rows, and, where natural persons are
    scored, for the first input whose name speaks of a protected ground.
    """
    chosen = choices or FitChoices()
    _check(sample, title)
    tell("try", STAGES["try"])
    tried = _tried(sample, title, chosen, tell)
    method = chosen.method or _best(tried)
    tell("fit", STAGES["fit"])
    model = _fitted(method, sample, chosen)
    document = card_document(model, sample, replace(title, method=method))
    # a card is too sure on the rows it learned from: the line is drawn where it did not
    document["scorecard"]["calibration"] = calibration(
        tried[method].points, sample, title.scale, span=span(document)
    )
    tell("judge", STAGES["judge"])
    card = read_scorecard(document)
    report = card_report(sample, card, model, tried, method=method, protected=chosen.protected)
    notes = ["rejects_unknown" if chosen.refused is None else "rejects_guessed"]
    notes += report["notes"]
    told = {**report, "notes": notes, "seed": chosen.seed, "folds": chosen.folds}
    return FittedCard(document, told)


def scored(card: Scorecard, inputs: Inputs) -> tuple[Floats, Floats]:
    """Return points and probability of going bad, row by row, as the engine gives them."""
    frame = nw.from_native(inputs_frame(inputs).lazy())
    found = score_rows(frame, card).collect().to_native()
    return (
        found["points"].to_numpy().astype(np.float64),
        found["pd_ppm"].to_numpy() / PPM,
    )


def inputs_frame(inputs: Inputs) -> pl.DataFrame:
    """Return the inputs as a table, with `subject_id` counted from 0."""
    columns: dict[str, Any] = {}
    for name, column in inputs.items():
        if isinstance(column, Category):
            levels = np.asarray([*column.levels, None], object)
            columns[name] = pl.Series(levels[column.codes].tolist(), dtype=pl.String)
        else:
            columns[name] = column
    table = pl.DataFrame(columns)
    return table.with_columns(subject_id=pl.int_range(table.height, dtype=pl.Int64))


def _check(sample: Sample, title: CardTitle) -> None:
    bad = int(sample.is_bad.sum())
    if min(bad, len(sample) - bad) < LEAST_BAD:
        raise UnusableSample(
            f"There are {bad} bad and {len(sample) - bad} good rows; "
            f"a scorecard needs at least {LEAST_BAD} of each."
        )
    if title.subjects == PERSONS:
        for name, ground in protected_inputs(sample.inputs).items():
            raise UnusableSample(
                f"Column {name!r} speaks of {ground}, which may not score a natural person; "
                "leave it out, or name it as protected to have the card looked at for it."
            )


def _tried(sample: Sample, title: CardTitle, choices: FitChoices, tell: Tell) -> dict[str, Tried]:
    """Return every method on folds it did not learn from."""
    methods = (choices.method,) if choices.method else METHODS
    names = (*methods, TREES) if choices.with_trees else methods
    points = {name: np.zeros(len(sample)) for name in names}
    fold = np.zeros(len(sample), np.int64)
    part = STAGES["fit"] - STAGES["try"]
    drawn = folds(sample.is_bad, number=choices.folds, seed=choices.seed, whose=choices.whose)
    for number, (rows, held) in enumerate(drawn):
        tell("try", STAGES["try"] + part * number // choices.folds)
        learned, asked = sample.rows(rows), sample.rows(held)
        fold[held] = number
        for name in methods:
            document = card_document(_fitted(name, learned, choices), learned, title)
            points[name][held], _ = scored(read_scorecard(document), asked.inputs)
        if choices.with_trees:
            points[TREES][held] = fit_trees(learned, seed=choices.seed).log_odds(asked)
    return {name: _judged(sample, points[name], fold) for name in names}


def _judged(sample: Sample, points: Floats, fold: Ints) -> Tried:
    """Return the figures of points; chances of a fold come from a line drawn on the others."""
    chance = np.zeros(len(points))
    for one in np.unique(fold):
        held = fold == one
        line = odds_line(points[~held], sample.is_bad[~held], sample.weight[~held])
        chance[held] = 1 / (1 + np.exp(-(line[0] + line[1] * points[held])))
    return Tried(points, chance, quality(sample.is_bad, points, chance, fold))


def _best(tried: Mapping[str, Tried]) -> str:
    """Return the simplest method whose AUC is within a standard error of the best's."""
    best = max((tried[name].quality for name in METHODS), key=lambda one: one.auc)
    return next(name for name in METHODS if tried[name].quality.auc >= best.auc - best.auc_se)


def _fitted(method: str, sample: Sample, choices: FitChoices) -> AdditiveModel:
    """Return a method's model; with refused subjects, learned once more with them in."""
    found = _learned(method, sample, choices)
    if choices.refused is None:
        return found
    both = augmented(sample, choices.refused, found, harder=choices.harder)
    return _learned(method, both, choices)


def _learned(method: str, sample: Sample, choices: FitChoices) -> AdditiveModel:
    evidence = WoeChoices(directions=dict(choices.directions))
    boosted = StumpChoices(
        trees=300 if len(sample) < FEW_ROWS else 600, directions=choices.directions
    )
    if method == "woe":
        return fit_woe(sample, evidence)
    if method == "stumps":
        return fit_stumps(sample, boosted, seed=choices.seed)
    if method == "blend":
        return mean_model(
            [fit_woe(sample, evidence), fit_stumps(sample, boosted, seed=choices.seed)]
        )
    raise ValueError(f"there is no method {method}; use one of {', '.join(METHODS)}")
