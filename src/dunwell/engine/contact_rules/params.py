"""What a contact rule asks, by its kind: parameters read strictly into frozen values."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dunwell.engine import documents
from dunwell.engine.documents import DocumentError

DAY_MINUTES = 24 * 60
RESTRICTIONS = ("opt_out", "cease", "attorney", "validation", "inconvenient")
OUTCOMES = ("conversation", "voicemail", "no_answer", "not_connected", "written")
NEEDS = ("in_time", "own_address", "opt_out_text", "country")
_TIME = re.compile(r"([01]\d|2[0-4]):([0-5]\d)")
_LONGEST_DAYS = 366


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """Minutes of the day from `start` to `end`, both included, on these weekdays (1 = Monday)."""

    weekdays: tuple[int, ...]
    start: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Params:
    """What a rule asks; every kind uses the fields of its own and leaves the rest alone.

    cap: at most `most` contacts within `window_days` local days or `window_hours` hours, of the
    channels `counts` and the `outcomes` (empty = all that were made); 0 = no such bound.
    """

    most: int = 0
    window_days: int = 0
    window_hours: int = 0
    counts: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    per_debt: bool = False
    after_conversation_days: int = 0
    from_first_conversation: bool = False
    of: str = ""
    roles: tuple[str, ...] = ()
    consent_days: int = 0
    restrictions: tuple[str, ...] = ()
    channel: str = "any"
    purpose: str = "any"
    except_purposes: tuple[str, ...] = ()
    except_roles: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    business_days: int = 0
    needs: str = ""
    or_consent: bool = False
    within_days: int = 0
    wait_days: int = 0
    notices: tuple[str, ...] = ()
    days: int = 0
    receipt_business_days: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class HoursParams(Params):
    """Hours in which a contact is allowed; a weekday without a window is closed."""

    windows: tuple[Window, ...] = ()
    closed_on_holidays: bool = False
    closed_days: tuple[date, ...] = ()


_FIELDS: Mapping[str, frozenset[str]] = {
    "gate": frozenset(),
    "hours": frozenset({"windows", "closed_on_holidays", "closed_days"}),
    "cap": frozenset(
        {
            *("max", "window_days", "window_hours", "counts", "outcomes", "per"),
            *("after_conversation_days", "from_first_conversation"),
        }
    ),
    "exclusion": frozenset({"of", "outcomes", "roles", "consent_days"}),
    "stop": frozenset(
        {
            *("restrictions", "channel", "purpose", "except_purposes", "except_roles"),
            *("keywords", "business_days"),
        }
    ),
    "consent": frozenset(),
    "content": frozenset({"needs", "or_consent"}),
    "notice": frozenset({"within_days", "notices"}),
    "notice_first": frozenset({"wait_days", "notices"}),
    "dispute": frozenset({"days", "assumed_receipt_business_days", "except_purposes"}),
}
KINDS = tuple(_FIELDS)
"""Kinds of rules; policies/contact_rules.yaml says what each means."""


def read_params(kind: str, value: object, where: str) -> Params:
    """Return the parameters of a rule; raise DocumentError for the first wrong one."""
    place = f"{where}, params"
    stated = documents.fields(value, place)
    documents.known(stated, _FIELDS[kind], place)
    readers = {
        "hours": read_hours,
        "cap": read_cap,
        "exclusion": _exclusion,
        "stop": _stop,
        "content": _content,
        "notice": _notice,
        "notice_first": _notice,
        "dispute": _dispute,
    }
    return readers[kind](stated, place) if kind in readers else Params()


def read_cap(stated: Mapping[str, object], place: str) -> Params:
    """Return a cap; it needs a number and either days or hours."""
    days = documents.number(stated, "window_days", place, default=0, largest=_LONGEST_DAYS)
    hours = documents.number(stated, "window_hours", place, default=0, largest=24 * _LONGEST_DAYS)
    if (days > 0) == (hours > 0):
        raise DocumentError(f"{place}: give window_days or window_hours, one of them")
    per = documents.choice(stated.get("per", "customer"), "per", ("customer", "debt"), place)
    return Params(
        most=documents.number(stated, "max", place, smallest=1, largest=1_000),
        window_days=days,
        window_hours=hours,
        counts=documents.names(stated.get("counts"), "counts", place),
        outcomes=_words(stated, "outcomes", OUTCOMES, place),
        per_debt=per == "debt",
        after_conversation_days=documents.number(
            stated, "after_conversation_days", place, default=0, largest=_LONGEST_DAYS
        ),
        from_first_conversation=documents.switch(stated, "from_first_conversation", place),
    )


def read_hours(stated: Mapping[str, object], place: str) -> HoursParams:
    """Return allowed hours; a weekday may have one window."""
    windows = tuple(
        _window(entry, f"{place}, window {number}")
        for number, entry in enumerate(
            documents.rows(stated.get("windows", []), "windows", place), 1
        )
    )
    taken = [weekday for window in windows for weekday in window.weekdays]
    if len(set(taken)) != len(taken):
        raise DocumentError(f"{place}: a weekday stands in two windows; keep one for each")
    closed = documents.rows(stated.get("closed_days", []), "closed_days", place)
    return HoursParams(
        windows=windows,
        closed_on_holidays=documents.switch(stated, "closed_on_holidays", place),
        closed_days=tuple(documents.day(day, "closed_days", place) for day in closed),
    )


def _window(entry: object, place: str) -> Window:
    stated = documents.fields(entry, place)
    documents.known(stated, {"weekdays", "start", "end"}, place)
    weekdays = tuple(
        documents.number({"weekdays": day}, "weekdays", place, smallest=1, largest=7)
        for day in documents.rows(stated.get("weekdays"), "weekdays", place)
    )
    start, end = _minute(stated, "start", place), _minute(stated, "end", place)
    if end < start:
        raise DocumentError(f"{place}: end lies before start; split it at midnight")
    return Window(weekdays=weekdays, start=start, end=end)


def _minute(stated: Mapping[str, object], name: str, place: str) -> int:
    found = _TIME.fullmatch(documents.text(stated, name, place))
    minute = int(found[1]) * 60 + int(found[2]) if found else DAY_MINUTES + 1
    if minute > DAY_MINUTES:
        raise DocumentError(f'{place}: {name} must be a time such as "08:00"')
    return minute


def _exclusion(stated: Mapping[str, object], place: str) -> Params:
    return Params(
        of=documents.text(stated, "of", place),
        outcomes=_words(stated, "outcomes", OUTCOMES, place),
        roles=documents.names(stated.get("roles"), "roles", place),
        consent_days=documents.number(
            stated, "consent_days", place, default=0, largest=_LONGEST_DAYS
        ),
    )


def _stop(stated: Mapping[str, object], place: str) -> Params:
    found = _words(stated, "restrictions", RESTRICTIONS, place)
    if not found:
        raise DocumentError(f"{place}: name at least one of {', '.join(RESTRICTIONS)}")
    return Params(
        restrictions=found,
        channel=documents.choice(
            stated.get("channel", "same"), "channel", ("any", "same", "phones"), place
        ),
        purpose=documents.choice(stated.get("purpose", "same"), "purpose", ("any", "same"), place),
        except_purposes=documents.names(stated.get("except_purposes"), "except_purposes", place),
        except_roles=documents.names(stated.get("except_roles"), "except_roles", place),
        keywords=documents.names(stated.get("keywords"), "keywords", place),
        business_days=documents.number(stated, "business_days", place, default=0, largest=366),
    )


def _content(stated: Mapping[str, object], place: str) -> Params:
    return Params(
        needs=documents.choice(stated.get("needs"), "needs", NEEDS, place),
        or_consent=documents.switch(stated, "or_consent", place),
    )


def _notice(stated: Mapping[str, object], place: str) -> Params:
    numbers: dict[str, Any] = {
        name: documents.number(stated, name, place, default=0, largest=_LONGEST_DAYS)
        for name in ("within_days", "wait_days")
    }
    return Params(notices=documents.names(stated.get("notices"), "notices", place), **numbers)


def _dispute(stated: Mapping[str, object], place: str) -> Params:
    return Params(
        days=documents.number(stated, "days", place, largest=_LONGEST_DAYS),
        receipt_business_days=documents.number(
            stated, "assumed_receipt_business_days", place, largest=_LONGEST_DAYS
        ),
        except_purposes=documents.names(stated.get("except_purposes"), "except_purposes", place),
    )


def _words(
    stated: Mapping[str, object], name: str, allowed: tuple[str, ...], place: str
) -> tuple[str, ...]:
    found = documents.names(stated.get(name), name, place)
    for word in found:
        documents.choice(word, name, allowed, place)
    return found
