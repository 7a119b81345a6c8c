"""Reject inference: what is learned only from those who were accepted, and a way to soften that.

Fuzzy augmentation (Siddiqi, chapter 7): everybody refused enters twice, as good and as bad,
weighted by the chance of each; `harder` says how much likelier to go bad the refused are than the
score alone says. It adds no knowledge of outcomes, and the report says so.
"""

import numpy as np

from dunwell.ml.scorecards.additive import AdditiveModel
from dunwell.ml.scorecards.samples import Category, Inputs, Sample, UnusableSample


def augmented(
    accepted: Sample, refused: Inputs, model: AdditiveModel, *, harder: float = 1.0
) -> Sample:
    """Return the accepted with each refused row once as good and once as bad, by its chance.

    `model` was learned from the accepted. Raises ValueError unless `harder` is above 0 and the
    refused have the same inputs.
    """
    if harder <= 0:
        raise ValueError(f"harder is {harder}; give how many times likelier to go bad, above 0")
    lacking = [name for name in accepted.inputs if name not in refused]
    if lacking:
        raise ValueError(f"the refused have no column {lacking[0]!r}; add it")
    odds = np.exp(model.log_odds(refused)) / harder
    chance = 1 / (1 + odds)
    return Sample(
        inputs={name: _joined(column, refused[name]) for name, column in accepted.inputs.items()},
        is_bad=np.concatenate(
            [accepted.is_bad, np.ones(len(odds), np.bool_), np.zeros(len(odds), np.bool_)]
        ),
        weight=np.concatenate([accepted.weight, chance, 1 - chance]),
    )


def _joined(column: np.ndarray | Category, more: np.ndarray | Category) -> np.ndarray | Category:
    if isinstance(column, Category) and isinstance(more, Category):
        levels = tuple(sorted({*column.levels, *more.levels}))
        place = {level: number for number, level in enumerate(levels)}
        codes = [
            np.append([place[level] for level in part.levels], -1)[part.codes]
            for part in (column, more, more)
        ]
        return Category(levels=levels, codes=np.concatenate(codes).astype(np.int64))
    if isinstance(column, Category) or isinstance(more, Category):
        raise UnusableSample(
            "A column is read as texts here and as numbers there; make them alike."
        )
    return np.concatenate([column, more, more])
