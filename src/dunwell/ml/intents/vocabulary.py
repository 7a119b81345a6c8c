"""Which words and pieces a reader knows, and a text as their weights (TF-IDF)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from dunwell.ml.intents.texts import folded, pieces, word_grams, words

Floats = NDArray[np.float32]
Places = NDArray[np.int32]

RAREST_PIECE = 2
"""A piece of a word counts from so many texts on; a word from one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Vocabulary:
    """Words (with pairs) first, then pieces: the place of each, and its inverse frequency."""

    words: Mapping[str, int]
    pieces: Mapping[str, int]
    rarity: Floats
    """log((1 + texts) / (1 + texts with it)) + 1, by place."""

    @property
    def size(self) -> int:
        """Return how many words and pieces there are."""
        return len(self.words) + len(self.pieces)

    def vector(self, text: str) -> tuple[Places, Floats]:
        """Return places and weights of what is known in a text.

        A weight is (1 + log count) x rarity; words and pieces have length 1 each, so that long
        texts weigh no more than short ones.
        """
        found = words(folded(text))
        blocks = (
            _weighted(Counter(word_grams(found)), self.words, self.rarity),
            _weighted(Counter(pieces(found)), self.pieces, self.rarity),
        )
        places = np.concatenate([block[0] for block in blocks])
        return places, np.concatenate([block[1] for block in blocks])

    def matrix(self, texts: Sequence[str]) -> csr_matrix:
        """Return a row per text."""
        rows = [self.vector(text) for text in texts]
        ends = np.cumsum([0, *(len(places) for places, _ in rows)])
        return csr_matrix(
            (
                np.concatenate([weights for _, weights in rows]),
                np.concatenate([places for places, _ in rows]),
                ends,
            ),
            shape=(len(rows), self.size),
        )


def vocabulary(texts: Iterable[str]) -> Vocabulary:
    """Return what stands in the texts, in order of the alphabet: same texts, same places."""
    in_words: Counter[str] = Counter()
    in_pieces: Counter[str] = Counter()
    count = 0
    for text in texts:
        found = words(folded(text))
        in_words.update(set(word_grams(found)))
        in_pieces.update(set(pieces(found)))
        count += 1
    known = sorted(in_words)
    parts = sorted(one for one, seen in in_pieces.items() if seen >= RAREST_PIECE)
    seen = [in_words[one] for one in known] + [in_pieces[one] for one in parts]
    rarity = np.array([log((1 + count) / (1 + times)) + 1 for times in seen], dtype=np.float32)
    return Vocabulary(
        words={one: place for place, one in enumerate(known)},
        pieces={one: place for place, one in enumerate(parts, start=len(known))},
        rarity=rarity,
    )


def _weighted(
    counted: Counter[str], known: Mapping[str, int], rarity: Floats
) -> tuple[Places, Floats]:
    found = [(known[one], times) for one, times in counted.items() if one in known]
    # in order of places, so that sums come out the same to the last bit
    found.sort()
    places = np.array([place for place, _ in found], dtype=np.int32)
    times = np.array([times for _, times in found], dtype=np.float32)
    weights = (1 + np.log(times)) * rarity[places] if found else times
    length = float(np.sqrt(np.dot(weights, weights)))
    return places, (weights / length if length else weights).astype(np.float32)
