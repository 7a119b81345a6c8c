"""A text to the assistant understood: its intent, its language and all that stands in it."""

from dataclasses import replace

from dunwell.engine.assistant_intents import Understood
from dunwell.formats.extracts.finds import Around
from dunwell.formats.extracts.reading import extracts
from dunwell.ml.assistant.reader import assistant_reader


def understood(text: str, around: Around) -> Understood:
    """Return what a text says, with days, amounts and numbers picked out of it.

    `around.language` is the customer's and stands where the text is too short to tell its own;
    days and amounts are read in the language the text is written in.
    """
    read = assistant_reader().read(text, language=around.language or "en")
    return replace(read, extracts=extracts(text, replace(around, language=read.language)))
