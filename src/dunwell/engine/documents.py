"""Fields of policy documents, read strictly: every refusal says what, where, and what to do."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

LARGEST = 9_000_000_000_000_000


class DocumentError(ValueError):
    """A policy document cannot be used; the message says what, where, and what to do."""


def works_here(username: str, staff: Collection[str], where: str, name: str) -> None:
    """Raise DocumentError for a person named in a field who is not one of the staff."""
    if username and username not in staff:
        raise DocumentError(
            f"{where}: {name} is {username}, but nobody of that user name works here; "
            "name somebody who does"
        )


def fields(value: object, where: str) -> Mapping[str, object]:
    """Return the value as fields, or raise DocumentError."""
    if not isinstance(value, Mapping):
        raise DocumentError(f"{where}: expected fields with values, found {value!r}")
    return value


def known(stated: Mapping[str, object], names: Collection[str], where: str) -> None:
    """Raise DocumentError for the first field that is not one of `names`."""
    unknown = sorted(str(name) for name in stated if name not in names)
    if unknown:
        raise DocumentError(
            f"{where}: field {unknown[0]!r} is not known; use {', '.join(sorted(names))}"
        )


def rows(value: object, name: str, where: str) -> Sequence[object]:
    """Return a list, possibly empty, or raise DocumentError."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise DocumentError(f"{where}: {name} must be a list, found {value!r}")
    return value


def text(
    stated: Mapping[str, object], name: str, where: str, *, default: str | None = None
) -> str:
    """Return a text that is not blank, or raise DocumentError."""
    value = stated.get(name, default)
    if not isinstance(value, str) or (not value.strip() and value != default):
        raise DocumentError(f"{where}: {name} must be a text, found {value!r}")
    return value


def names(value: object, name: str, where: str) -> tuple[str, ...]:
    """Return a list of different texts, or raise DocumentError."""
    listed = rows([] if value is None else value, name, where)
    found: list[str] = []
    for entry in listed:
        if not isinstance(entry, str) or not entry.strip() or entry in found:
            raise DocumentError(f"{where}: {name} holds {entry!r}; write each name once, as text")
        found.append(entry)
    return tuple(found)


def refuse_twice(stated: Sequence[str], where: str) -> None:
    """Raise DocumentError for a name that stands twice."""
    if twice := sorted({name for name in stated if stated.count(name) > 1}):
        raise DocumentError(f"{where}: two are named {twice[0]!r}; give each its own name")


def number(
    stated: Mapping[str, object],
    name: str,
    where: str,
    *,
    default: int | None = None,
    smallest: int = 0,
    largest: int = LARGEST,
) -> int:
    """Return a whole number within bounds, or raise DocumentError."""
    value = stated.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int):
        raise DocumentError(f"{where}: {name} must be a whole number, found {value!r}")
    if not smallest <= value <= largest:
        raise DocumentError(f"{where}: {name} is {value}; it must lie in {smallest} … {largest}")
    return value


def switch(stated: Mapping[str, object], name: str, where: str, *, default: bool = False) -> bool:
    """Return true or false, or raise DocumentError."""
    value = stated.get(name, default)
    if not isinstance(value, bool):
        raise DocumentError(f"{where}: {name} must be true or false, found {value!r}")
    return value


def choice(value: object, name: str, allowed: Collection[str], where: str) -> str:
    """Return one of the allowed words, or raise DocumentError naming them."""
    if not isinstance(value, str) or value not in allowed:
        words = ", ".join(allowed)
        raise DocumentError(f"{where}: {name} {value!r} is not known; use one of {words}")
    return value


def day(value: object, name: str, where: str) -> date:
    """Return a day, written as a date or as text such as 2026-01-31, or raise DocumentError."""
    if type(value) is date:
        return value
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise DocumentError(f"{where}: {name} must be a day such as 2026-01-31, found {value!r}")


def optional_day(stated: Mapping[str, object], name: str, where: str) -> date | None:
    """Return a day that may be left out, None where it is, or raise DocumentError."""
    return None if stated.get(name) is None else day(stated[name], name, where)
