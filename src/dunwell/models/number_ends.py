"""The last digits of an item's numbers as the database tells them, by which matching finds items.

A payer writes `112` for `INV-2024-0112`: whatever is said of a number ends with its last group of
digits. An index on these makes looking up what a day's payments say cost the same in any book.
`queries.match_items` asks in just these words, or no database would find the index.
"""

from typing import Any

from django.db import models
from django.db.models import Case, Q, Value, When
from django.db.models.expressions import F
from django.db.models.functions import Length
from django.db.models.lookups import Exact

DIGITS = "0123456789"
MARKS = "-/._#:()"
"""What stands inside one number; other signs may part two numbers of one reference."""
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
BESIDE = f"{LETTERS}{MARKS} ;,|"
"""What a number has beside its digits. One with other signs behind its digits has no ending."""


def _trimmed(text: Any, signs: str, side: str = "RTRIM") -> models.Func:
    return models.Func(text, Value(signs), function=side, output_field=models.TextField())


def _head(column: str) -> models.Func:
    """Return what stands before the last group of digits."""
    return _trimmed(_trimmed(F(column), BESIDE), DIGITS)


def ending(column: str) -> models.Func:
    """Return the last group of digits of a column without leading zeros, empty for none."""
    last = models.Func(
        _trimmed(F(column), BESIDE),
        Length(_head(column)) + 1,
        function="SUBSTR",
        output_field=models.TextField(),
    )
    return _trimmed(last, "0", "LTRIM")


def only_ending(column: str) -> Case:
    """Return the ending of a column that holds one number, empty where it may hold several."""
    is_one_group = Exact(_trimmed(_head(column), BESIDE), Value(""))
    is_one_word = Exact(_trimmed(F(column), f"{DIGITS}{LETTERS}{MARKS}"), Value(""))
    return Case(
        When(Q(is_one_group) | Q(is_one_word), then=ending(column)),
        default=Value(""),
        output_field=models.TextField(),
    )


def ending_sql(column: str) -> str:
    """Return `ending` as SQL, to be found in its index."""
    whole = f"RTRIM({column}, '{BESIDE}')"
    return f"LTRIM(SUBSTR({whole}, (LENGTH(RTRIM({whole}, '{DIGITS}')) + 1)), '0')"


def only_ending_sql(column: str) -> str:
    """Return `only_ending` as SQL, to be found in its index."""
    head = f"RTRIM(RTRIM({column}, '{BESIDE}'), '{DIGITS}')"
    return (
        f"CASE WHEN (RTRIM({head}, '{BESIDE}') = '' "
        f"OR RTRIM({column}, '{DIGITS}{LETTERS}{MARKS}') = '') "
        f"THEN {ending_sql(column)} ELSE '' END"
    )
