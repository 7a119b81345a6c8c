"""How a letter went, as people tell it, and numbers of the post in one form."""

import re
from dataclasses import dataclass

TRACKING = re.compile(r"[A-Z0-9][A-Z0-9 ./-]{3,48}[A-Z0-9]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Dispatch:
    """How one letter went; the number may be empty for a plain one."""

    message_id: int
    tracking: str = ""
    is_registered: bool = False


def post_number(text: str) -> str | None:
    """Return a number of the post in capitals with single blanks, None for what is none."""
    number = " ".join(text.upper().split())
    return number if not number or TRACKING.fullmatch(number) else None
