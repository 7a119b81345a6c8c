"""What a customer can say to the assistant, and the shape in which a reading says so."""

from dataclasses import dataclass
from datetime import date

from dunwell.engine.intents import Extract

UNKNOWN = "unknown"

INTENTS: tuple[str, ...] = (
    "greeting",
    "balance",
    "open_items",
    "due_dates",
    "item_status",
    "documents",
    "statement",
    "payment_link",
    "bank_details",
    "promise",
    "plan",
    "dispute",
    "contact_change",
    "human",
    "hardship",
    "legal",
    "complaint",
    "paid_already",
    "thanks",
    "yes",
    "no",
    "cancel",
    "who_are_you",
    UNKNOWN,
)
"""What a text can want; `unknown` is everything the assistant has no answer to."""

LANGUAGES: tuple[str, ...] = ("de", "en", "es", "fr", "it", "nl", "pl", "pt", "sv", "tr")
"""The languages that are understood, ISO 639-1."""

MOST_CHARACTERS = 2_000
"""What is read of one text; longer ones are refused before they are read."""

AMOUNT, DATE, ITEM, EMAIL, PHONE, IBAN, PERCENT = (
    *("amount", "date", "item", "email", "phone", "iban", "percent"),
)
"""Kinds of extracts the assistant asks for; all of `intents.EXTRACT_KINDS` may occur."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Understood:
    """What a text says: its intent with the chance that this is right, and what was picked out.

    `intent` is one of INTENTS and UNKNOWN whenever the reader is not sure enough; `guess` is the
    likeliest intent it then knew of, for a question back, never for an act. `language` is the one
    it is written in, one of LANGUAGES, or the one given where a text is too short to tell.
    `extracts` are in the order of the text, with quotes: text[start:end] == quote.
    """

    intent: str
    confidence_ppm: int
    is_sure: bool
    language: str
    guess: str = UNKNOWN
    extracts: tuple[Extract, ...] = ()

    def found(self, kind: str) -> tuple[Extract, ...]:
        """Return what was picked out of one kind, in the order of the text."""
        return tuple(one for one in self.extracts if one.kind == kind)

    @property
    def days(self) -> tuple[date, ...]:
        """Return the days the text names, in its order."""
        return tuple(one.day for one in self.found(DATE))

    @property
    def amounts(self) -> tuple[tuple[int, str], ...]:
        """Return the amounts the text names: minor units and currency."""
        return tuple(one.money for one in self.found(AMOUNT))

    @property
    def items(self) -> tuple[str, ...]:
        """Return the numbers of documents the text names, as the ledger writes known ones."""
        return tuple(one.value for one in self.found(ITEM))
