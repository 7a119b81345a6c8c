"""The assistant's reader: which intent a text has and in which language.

It learns from the shipped phrases alone (`phrases_*.txt`), in the words-and-pieces model of
`ml.intents`; nothing is loaded from elsewhere. `docs/why/015-assistant.md` says what was measured.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from dunwell.engine.assistant_intents import MOST_CHARACTERS, UNKNOWN, Understood
from dunwell.ml.assistant.phrases import assistant_phrases
from dunwell.ml.assistant.said import without_numbers
from dunwell.ml.intents.fit import Strength, fit
from dunwell.ml.intents.kept import kept
from dunwell.ml.intents.messages import Labelled
from dunwell.ml.intents.reader import PPM, Reader, softmax

INTENT_FIT = Strength(freedom=8.0, steps=30)
LANGUAGE_FIT = Strength(freedom=8.0, steps=8)

SURE_PPM = 260_000
"""Below this chance of the likeliest intent the text counts as unknown: of strangers' questions
(CLINC150, banking77) at least 60 % are then kept away, and of those kept away 95 % rightly."""

LANGUAGE_PPM = 600_000
"""Below this chance of the likeliest language ("ok", "stop") the customer's own one stands."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AssistantReader:
    """Reads texts of at most MOST_CHARACTERS in ten languages; well under 5 ms a text."""

    intents: Reader
    languages: Reader

    def read(self, text: str, *, language: str = "en") -> Understood:
        """Return intent and language of a text, without extracts (`formats.extracts.understood`).

        `language` stands where the text is too short to tell. The same text, the same answer.
        """
        own = without_numbers(text[:MOST_CHARACTERS])
        places, values = self.intents.vocabulary.vector(own)
        if not places.size:
            return Understood(intent=UNKNOWN, confidence_ppm=0, is_sure=False, language=language)
        scores = values @ self.intents.weights[places] + self.intents.start
        chances = softmax(scores.astype(np.float64) / self.intents.temperature)
        best = int(chances.argmax())
        guess, chance = self.intents.labels[best], round(float(chances[best]) * PPM)
        is_sure = guess != UNKNOWN and chance >= self.intents.sure_ppm
        written, likely = self.languages.guess(own)
        return Understood(
            intent=guess if is_sure else UNKNOWN,
            confidence_ppm=chance,
            is_sure=is_sure,
            language=written if likely >= LANGUAGE_PPM else language,
            guess=guess,
        )


@lru_cache(maxsize=1)
def assistant_reader() -> AssistantReader:
    """Return the reader of the shipped phrases, learned here (some seconds) if none is kept."""
    return AssistantReader(
        intents=replace(kept("assistant-intents", learned_intents), sure_ppm=SURE_PPM),
        languages=kept("assistant-languages", learned_languages),
    )


def learned_intents() -> Reader:
    """Return what tells intents, learned from the shipped phrases; some CPU seconds."""
    return fit(_phrases(), INTENT_FIT)


def learned_languages() -> Reader:
    """Return what tells languages, learned from the shipped phrases; some CPU seconds."""
    return fit(
        tuple(replace(one, labels=(one.language,)) for one in _phrases() if one.weight == 1.0),
        LANGUAGE_FIT,
    )


def _phrases() -> tuple[Labelled, ...]:
    return tuple(replace(one, text=without_numbers(one.text)) for one in assistant_phrases())
