"""Postcodes in addresses as they are written, for the order in which letters are posted."""

import re

POSTCODE = re.compile(
    r"\b(?:[A-Z]{1,2}[- ])?("
    r"\d{5}(?:-\d{4})?|\d{2}-\d{3}|\d{3} \d{2}|\d{4} ?[A-Z]{2}(?=\b)|\d{4,6}|"
    r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d)\b"
)
"""Five digits, ZIP+4, Poland, Sweden, the Netherlands, four to six digits, the United Kingdom,
Canada; a country's letters may stand before."""


def postcode_in(address: str) -> str:
    """Return the postcode of an address without blanks, empty where none is found.

    The last line that has one counts: a number above it belongs to a house or a box.
    """
    lines = [line for part in address.splitlines() for line in part.split(",")]
    for line in reversed(lines):
        if found := POSTCODE.search(line.upper()):
            return found.group(1).replace(" ", "")
    return ""
