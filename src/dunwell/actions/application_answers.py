"""What an applicant typed, brought to the form it is kept in, or refused with every reason."""

import re
from collections.abc import Callable, Mapping
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from dunwell.actions.gate import Refused
from dunwell.engine.application_rules import FIELDS
from dunwell.engine.documents import LARGEST

LONGEST_ANSWER = 300
FIRST_DAY = date(1800, 1, 1)
MOST_NUMBER = 10_000_000
COLUMNS = ("name", "email", "country", "region", "language", "asked_minor", "is_natural_person")
"""Answers that are columns of their own; `contact_email` is the column email."""
_COUNTRY = re.compile(r"[A-Z]{2}")
_REGION = re.compile(r"([A-Z]{2}-[A-Z0-9-]{1,9})?")
_PHONE = re.compile(r"[0-9+()/. -]{3,40}")


class _Unfit(ValueError):
    """An answer that cannot be kept, with what to write instead."""


def checked_answers(
    answers: Mapping[str, object], *, currency: str
) -> tuple[dict[str, object], dict[str, object]]:
    """Return answers as (columns, answers); raise Refused naming every one that cannot be kept.

    Amounts are minor units of `currency`, days text such as 2026-01-31. An empty text takes an
    answer back.
    """
    wrong: list[str] = []
    columns: dict[str, object] = {}
    kept: dict[str, object] = {}
    for name, value in answers.items():
        target = columns if name in COLUMNS or name == "contact_email" else kept
        try:
            if name in COLUMNS:
                target[name] = _column(name, value)
            elif name == "contact_email":
                target["email"] = _email(value)
            elif name in FIELDS:
                target[name] = _KINDS[FIELDS[name]](value)
            else:
                wrong.append(f"{name} is no field of an application")
        except _Unfit as error:
            wrong.append(f"{name.replace('_', ' ')}: {error}")
    if wrong:
        raise Refused(f"{'; '.join(wrong)}. Amounts are in {currency}.")
    return columns, kept


def _column(name: str, value: object) -> object:
    if name == "asked_minor":
        return None if value in (None, "") else _within(value, least=1, most=LARGEST)
    if name == "is_natural_person":
        if not isinstance(value, bool):
            raise _Unfit("say yes or no")
        return value
    if name == "email":
        return _email(value)
    told = _text(value)
    if name == "name" and not told:
        raise _Unfit("say who applies")
    if name == "country" and told and not _COUNTRY.fullmatch(told):
        raise _Unfit("write two letters such as DE")
    if name == "region" and not _REGION.fullmatch(told):
        raise _Unfit("write a code such as US-NY")
    if name == "language" and told not in {"en", "de"}:
        raise _Unfit("write en or de")
    return told[:200]


def _text(value: object) -> str:
    value = "" if value is None else value
    if not isinstance(value, str):
        raise _Unfit("write a text")
    told = " ".join(value.replace("\0", "").split())
    if len(told) > LONGEST_ANSWER:
        raise _Unfit(f"{len(told)} characters; at most {LONGEST_ANSWER} fit")
    return told


def _email(value: object) -> str:
    told = _text(value)
    if told:
        try:
            validate_email(told)
        except ValidationError:
            raise _Unfit(f"{told} is not an e-mail address") from None
    return told[:254]


def _phone(value: object) -> str:
    told = _text(value)
    if told and not _PHONE.fullmatch(told):
        raise _Unfit(f"{told} is not a telephone number")
    return told


def _day(value: object) -> str:
    if isinstance(value, date):
        value = value.isoformat()
    told = _text(value)
    if not told:
        return ""
    try:
        day = date.fromisoformat(told)
    except ValueError:
        raise _Unfit("write a day such as 2001-12-31") from None
    if day < FIRST_DAY:
        raise _Unfit("the day lies too far back")
    return told


def _number(value: object) -> object:
    return "" if value in (None, "") else _within(value, least=0, most=MOST_NUMBER)


def _money(value: object) -> object:
    return "" if value in (None, "") else _within(value, least=0, most=LARGEST)


def _within(value: object, *, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _Unfit("write a whole number")
    if not least <= value <= most:
        raise _Unfit(f"{value} does not lie in {least} … {most}")
    return value


_KINDS: Mapping[str, Callable[[object], object]] = {
    "text": _text,
    "email": _email,
    "phone": _phone,
    "day": _day,
    "number": _number,
    "money": _money,
}
