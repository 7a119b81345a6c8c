"""The entries of a sanction list, whatever file they came in, and days of birth."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

MOST_ROWS = 1_000_000
_FORMS = ("%Y-%m-%d", "%d %b %Y", "%d %B %Y", "%d/%m/%Y", "%d.%m.%Y")
_YEAR = re.compile(r"\b(1[89]\d\d|20\d\d)\b")


class SanctionsError(ValueError):
    """A list cannot be read: the file, the place in it, the reason and what to do."""

    def __init__(self, file: str, place: str, reason: str) -> None:
        where = f"{file}, {place}" if place else file
        super().__init__(f"{where}: {reason}.")
        self.file, self.place, self.reason = file, place, reason


@dataclass(frozen=True, kw_only=True, slots=True)
class SanctionRow:
    """One entry: `kind` person, entity, other or empty; birth as YYYY or YYYY-MM-DD."""

    uid: str
    kind: str
    names: tuple[str, ...]
    birth: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    programme: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SanctionsFile:
    """One list as read: source ofac, eu, un or own, and the day it was published if it says so."""

    source: str
    label: str
    published_on: date | None
    rows: tuple[SanctionRow, ...]


def joined(row: SanctionRow, aliases: Iterable[str]) -> SanctionRow:
    """Return the entry with more names."""
    return replace(row, names=tuple(dict.fromkeys((*row.names, *aliases))))


def births(texts: Sequence[str]) -> tuple[str, ...]:
    """Return days of birth as YYYY-MM-DD, or as YYYY where only the year is sure."""
    found: dict[str, None] = {}
    for text in texts:
        told = text.strip()
        for form in _FORMS:
            try:
                found[datetime.strptime(told[:11].strip(), form).date().isoformat()] = None  # noqa: DTZ007  a day, no moment
                break
            except ValueError:
                continue
        else:
            found.update(dict.fromkeys(_YEAR.findall(told)))
    return tuple(found)
