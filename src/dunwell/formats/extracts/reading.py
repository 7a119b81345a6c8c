"""All that can be picked out of a message: days, amounts, numbers, addresses, names."""

from itertools import islice

from dunwell.engine.intents import Extract
from dunwell.formats.extracts.amounts import amounts
from dunwell.formats.extracts.contacts import contacts
from dunwell.formats.extracts.dates import dates
from dunwell.formats.extracts.finds import MOST_CHARACTERS, Around, chosen
from dunwell.formats.extracts.further_days import further_days
from dunwell.formats.extracts.references import references
from dunwell.ml.intents.texts import without_quotes

MOST_OF_A_KIND = 300
"""So many finds of each picker are looked at; a message with more is a list, not a message."""


def extracts(text: str, around: Around) -> tuple[Extract, ...]:
    """Return what stands in a text, in its order, none overlapping: text[start:end] == quote.

    Quoted lines ("> ...") are passed over: they are ours, and say nothing of the customer's.
    """
    own = without_quotes(text[:MOST_CHARACTERS])
    finds = [
        find
        for picked in (contacts, references, further_days, dates, amounts)
        for find in islice(picked(own, around), MOST_OF_A_KIND)
    ]
    return chosen(finds, text)
