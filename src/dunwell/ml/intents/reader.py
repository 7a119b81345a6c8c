"""A trained reader: chances of labels for a text, and when to leave it to a person."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dunwell.engine.intents import OTHER, Reading, by_weight
from dunwell.ml.intents.texts import sentences
from dunwell.ml.intents.vocabulary import Floats, Vocabulary

PPM = 1_000_000

MOST_SENTENCES = 24
"""So many sentences of a message are read on their own; the first ones say what it is about."""

Chances = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Reader:
    """Labels, what is known of words, and a weight for each pair of them.

    `temperature` divides the scores so that chances are true on texts it did not learn from;
    below `sure_ppm` the reader abstains. A sentence that is surer than `also_ppm` of another
    label adds that label to the message.
    """

    labels: tuple[str, ...]
    vocabulary: Vocabulary
    weights: Floats
    """A row per word or piece, a column per label."""
    start: Floats
    temperature: float
    sure_ppm: int
    also_ppm: int

    def scores(self, text: str) -> Chances:
        """Return the raw score of every label; the same for an empty text as for no word known."""
        places, values = self.vocabulary.vector(text)
        found: Chances = (values @ self.weights[places] + self.start).astype(np.float64)
        return found

    def chances(self, text: str) -> Chances:
        """Return the chance of every label; they sum to 1."""
        return softmax(self.scores(text) / self.temperature)

    def guess(self, text: str) -> tuple[str, int]:
        """Return the likeliest label of the text as a whole and its chance in ppm."""
        found = self.chances(text)
        best = int(found.argmax())
        return self.labels[best], round(float(found[best]) * PPM)

    def read(self, text: str) -> Reading:
        """Return what a message is about.

        The text as a whole gives the label; a sentence that surely says something else adds to
        it. Of several the one that matters most for action is the main one.
        """
        if not self.vocabulary.vector(text)[0].size:
            return Reading(label=OTHER, confidence_ppm=0, is_sure=False, labels=(OTHER,))
        whole, chance = self.guess(text)
        found = {whole: chance} if chance >= self.also_ppm else {}
        parts = sentences(text)[:MOST_SENTENCES]
        for part in parts if len(parts) > 1 else ():
            label, likely = self.guess(part)
            if likely >= self.also_ppm:
                found[label] = max(found.get(label, 0), likely)
        found = {label: likely for label, likely in found.items() if label != OTHER} or found
        labels = by_weight(found or {whole: chance})
        confidence = found.get(labels[0], chance)
        return Reading(
            label=labels[0],
            confidence_ppm=confidence,
            is_sure=confidence >= self.sure_ppm,
            labels=labels,
        )


def softmax(scores: Chances) -> Chances:
    """Return chances of scores along the last axis."""
    lifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    found: Chances = lifted / lifted.sum(axis=-1, keepdims=True)
    return found
