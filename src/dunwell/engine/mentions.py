"""Who is called by name in a text: @name, told apart from the @ of an address."""

import re
from collections.abc import Collection

MOST = 20
"""People called in one text; who calls more of them calls nobody."""


def mentioned(text: str, names: Collection[str]) -> tuple[str, ...]:
    """Return which of the names stand after an @ in a text, in the order of the text, each once.

    Large and small letters are the same; of names that begin alike the longest one counts. The
    @ of an e-mail address calls nobody, nor does a name that goes on ("@ann" in "@anna").
    """
    if "@" not in text or not names:
        return ()
    known = {name.casefold(): name for name in names}
    longest_first = sorted(known, key=lambda name: (-len(name), name))
    choice = "|".join(re.escape(name) for name in longest_first)
    called = re.compile(rf"(?<![\w.+-])@({choice})(?![\w@+-]|\.\w)", re.IGNORECASE)
    found = dict.fromkeys(known[one.casefold()] for one in called.findall(text.casefold()))
    return tuple(found)[:MOST]
