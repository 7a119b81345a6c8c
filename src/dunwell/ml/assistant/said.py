"""A text as the assistant's reader sees it: what is wanted, without the numbers it is about."""

import re

_LONG = re.compile(
    r"\+?\d[\d ()/-]{6,}\d"
    r"|\b[^\W\d_]{1,6}[-/.#]\d[\w/-]*"
    r"|\b[^\W\d_]{0,6}\d[/-]?\d[/-]?\d[\d/-]+\w*"
)
"""Numbers of documents and telephones; an amount, a day and a share stay."""

SHORTEST = 3
"""A text of so few other letters is a number alone and is left as it is."""


def without_numbers(text: str) -> str:
    """Return a text without numbers of documents and telephones, and without exclamation marks.

    They go with any intent; a shouted greeting is a greeting.
    """
    rest = _LONG.sub(" ", text.replace("!", " ").replace("\u00a1", " "))
    return rest if sum(one.isalpha() for one in rest) >= SHORTEST else text
