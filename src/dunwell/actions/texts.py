"""Texts people type: trimmed, and refused when they do not fit."""

from dunwell.actions.gate import Refused


def fitting(*, text: str, most: int, what: str) -> str:
    """Return the text without blanks around it; raise Refused above `most` characters.

    PostgreSQL would refuse it with an error nobody understands, SQLite would store it.
    """
    trimmed = text.strip().replace("\0", "")
    if len(trimmed) > most:
        raise Refused(f"The {what} has {len(trimmed)} characters; at most {most} fit.")
    return trimmed


def needed(*, text: str, most: int, what: str, missing: str) -> str:
    """Return the text as it fits; raise Refused with `missing` where nothing is said."""
    told = fitting(text=text, most=most, what=what)
    if not told:
        raise Refused(missing)
    return told
