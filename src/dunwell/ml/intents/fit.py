"""Training a reader on labelled messages; scikit-learn is needed here and nowhere else."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dunwell.engine.intents import OTHER
from dunwell.ml.intents.messages import Labelled
from dunwell.ml.intents.reader import PPM, Chances, Reader, softmax
from dunwell.ml.intents.vocabulary import vocabulary

WANTED_PPM = 950_000
"""Of what the reader is sure of, so much should be right on messages it did not learn from."""

ALSO_PPM = 970_000
"""From here on one sentence alone adds its label to a message."""

FEWEST_LABELS = 2

TEMPERATURES = np.geomspace(0.3, 3.0, 47)

Tell = Callable[[int, int], None]
"""Hears how many of how many fits are done."""


class TooFewMessages(ValueError):
    """There is too little to learn from; the message says what is missing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Strength:
    """How hard to fit: `freedom` is the inverse of the penalty on weights."""

    freedom: float
    steps: int


USUAL = Strength(freedom=20.0, steps=40)
"""For messages of one company, few for each label."""

LARGE = Strength(freedom=60.0, steps=50)
"""For sets with a hundred messages for each label."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldOut:
    """What readers said of messages they had not learned from: a row of raw scores per message."""

    labels: tuple[str, ...]
    scores: Chances
    messages: tuple[Labelled, ...]
    readers: tuple[Reader, ...]
    """Who was asked, a reader per message."""

    def chances(self, temperature: float) -> Chances:
        """Return the chances of every label at a temperature."""
        return softmax(self.scores / temperature)


def fit(messages: Sequence[Labelled], strength: Strength = USUAL) -> Reader:
    """Return a reader of the messages, not calibrated: temperature 1, sure of everything.

    Same messages in the same order, same weights. Raises TooFewMessages for fewer than two
    labels.
    """
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415  reading does without it

    if len({one.label for one in messages}) < FEWEST_LABELS:
        raise TooFewMessages("Messages of at least two labels are needed to learn a difference.")
    known = vocabulary(one.text for one in messages)
    rows, targets, counts = _rows(messages)
    model: Any = LogisticRegression(C=strength.freedom, max_iter=strength.steps, tol=1e-3)
    _quietly(model, known.matrix([messages[row].text for row in rows]), targets, counts)
    weights, start = model.coef_, model.intercept_
    if len(model.classes_) == FEWEST_LABELS:
        weights = np.vstack([-weights[0] / 2, weights[0] / 2])
        start = np.array([-start[0] / 2, start[0] / 2])
    return Reader(
        labels=tuple(str(one) for one in model.classes_),
        vocabulary=known,
        # half precision is as good, and half as large when kept
        weights=np.ascontiguousarray(weights.T, dtype=np.float16).astype(np.float32),
        start=start.astype(np.float32),
        temperature=1.0,
        sure_ppm=0,
        also_ppm=ALSO_PPM,
    )


def held_out(
    messages: Sequence[Labelled],
    folds: Sequence[int],
    strength: Strength = USUAL,
    tell: Tell | None = None,
) -> HeldOut:
    """Return what readers say of each fold that learned from the other folds alone.

    `folds` has a number per message; a negative one is learned from and never asked.
    """
    labels = tuple(sorted({one.label for one in messages}))
    asked = sorted({one for one in folds if one >= 0})
    scores = np.full((len(messages), len(labels)), -20.0)
    readers: dict[int, Reader] = {}
    for done, fold in enumerate(asked):
        readers[fold] = reader = fit(
            [m for m, one in zip(messages, folds, strict=True) if one != fold], strength
        )
        places = [labels.index(one) for one in reader.labels]
        for row, one in enumerate(folds):
            if one == fold:
                scores[row, places] = reader.scores(messages[row].text)
        if tell is not None:
            tell(done + 1, len(asked))
    kept = [row for row, one in enumerate(folds) if one >= 0]
    return HeldOut(
        labels=labels,
        scores=scores[kept],
        messages=tuple(messages[row] for row in kept),
        readers=tuple(readers[folds[row]] for row in kept),
    )


def calibrated(reader: Reader, found: HeldOut, *, wanted_ppm: int = WANTED_PPM) -> Reader:
    """Return the reader with the temperature and the threshold that the held-out answers give.

    What counts is what is read in the end, sentences included, of messages the reader takes for
    something it knows.
    """
    tuned = replace(reader, temperature=best_temperature(found))
    read = [
        replace(one, temperature=tuned.temperature, also_ppm=tuned.also_ppm).read(message.text)
        for one, message in zip(found.readers, found.messages, strict=True)
    ]
    inside = [
        (one.confidence_ppm / PPM, one.label in message.labels)
        for one, message in zip(read, found.messages, strict=True)
        if one.label != OTHER
    ]
    chances = np.array([chance for chance, _ in inside])
    right = np.array([is_right for _, is_right in inside], dtype=bool)
    return replace(tuned, sure_ppm=threshold(chances, right, wanted_ppm=wanted_ppm))


def best_temperature(found: HeldOut) -> float:
    """Return the temperature under which the right labels of held-out messages are likeliest."""
    truth = np.array([found.labels.index(one.label) for one in found.messages])
    rows = np.arange(len(truth))
    losses = [
        -np.log(np.maximum(found.chances(float(one))[rows, truth], 1e-12)).mean()
        for one in TEMPERATURES
    ]
    return round(float(TEMPERATURES[int(np.argmin(losses))]), 6)


def threshold(chances: Chances, right: NDArray[np.bool_], *, wanted_ppm: int) -> int:
    """Return the lowest chance, in ppm, from which on `wanted_ppm` of the answers are right.

    A whole (1,000,000) when even the surest are not: the reader is then sure of nothing.
    """
    order = np.argsort(-chances, kind="stable")
    share = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    good = np.nonzero(share * PPM >= wanted_ppm)[0]
    if not len(good):
        return PPM
    return int(np.floor(chances[order][good[-1]] * PPM))


def _rows(
    messages: Sequence[Labelled],
) -> tuple[list[int], list[str], NDArray[np.float64]]:
    """Return a row per message and label; what a message counts is shared by its labels."""
    pairs = [
        (row, label, one.weight / len(one.labels))
        for row, one in enumerate(messages)
        for label in one.labels
    ]
    return (
        [row for row, _, _ in pairs],
        [label for _, label, _ in pairs],
        np.array([count for _, _, count in pairs]),
    )


def _quietly(model: Any, rows: Any, targets: list[str], counts: NDArray[np.float64]) -> None:
    """Fit for the given number of steps; to stop before the end is meant and no warning."""
    from sklearn.exceptions import ConvergenceWarning  # noqa: PLC0415  reading does without it

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(rows, targets, sample_weight=counts)
