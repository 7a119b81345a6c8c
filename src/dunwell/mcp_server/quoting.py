"""Which fields of an answer may hold words from outside."""

import re
from typing import Any

OURS = re.compile(r"[A-Za-z0-9_.:+-]{0,40}", re.ASCII)
"""Codes, numbers, days and moments: too little to say anything with."""


def quoted_fields(data: Any) -> list[str]:
    """Return the fields whose texts are more than codes, as JSON pointers with `*` for lists.

    By their form, not by name: a field that is added later is named as soon as it holds words.
    """
    found: set[str] = set()
    waiting: list[tuple[str, Any]] = [("", data)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [(f"{path}/{_part(name)}", one) for name, one in value.items()]
        elif isinstance(value, list):
            waiting += [(f"{path}/*", one) for one in value]
        elif isinstance(value, str) and not OURS.fullmatch(value):
            found.add(path)
    return sorted(found)


def _part(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
