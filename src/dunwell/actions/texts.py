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
