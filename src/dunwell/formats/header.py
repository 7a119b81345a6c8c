"""Which row of a table is its header: title rows above it and files without one are common."""

import re
from collections import Counter
from collections.abc import Sequence

from dunwell.formats.words import KNOWN, plain_words

LONGEST_HEADER = 60
LOOK_AT = 40
"""A header is looked for in this many first rows."""
_VALUE = re.compile(r"^[-+(]?[\W\d]*\d[\d\W]*(?:[A-Za-z]{1,3})?$")
"""A cell that looks like a number, a date or an amount rather than a name."""


def _score(row: Sequence[str], width: int) -> float:
    filled = [cell.strip() for cell in row if cell.strip()]
    if not filled or len(filled) < max(1, width / 2):
        return -1.0
    values = sum(bool(_VALUE.match(cell)) or "@" in cell for cell in filled)
    known = sum(plain_words(cell) in KNOWN for cell in filled)
    if not known and (values or any(len(cell) > LONGEST_HEADER for cell in filled)):
        return -1.0
    distinct = len({cell.casefold() for cell in filled})
    return 3.0 * known + distinct - 4.0 * values


def header_row(rows: Sequence[Sequence[str]]) -> int:
    """Return the index of the header among the first rows, or -1 when none looks like one."""
    first = rows[:LOOK_AT]
    widths = Counter(
        len([cell for cell in row if cell.strip()]) for row in first if any(map(str.strip, row))
    )
    if not widths:
        return -1
    width = max(widths, key=lambda size: (widths[size] * size, size))
    scores = [_score(row, width) for row in first]
    best = max(range(len(first)), key=lambda index: (scores[index], -index))
    return best if scores[best] > 0 else -1
