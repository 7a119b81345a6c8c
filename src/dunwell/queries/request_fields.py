"""Types of what callers send: bounded numbers, real dates, text without control characters."""

import re
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field

from dunwell.queries.pages import LARGEST_PAGE, PAGE_SIZE

ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""Control characters and halves of surrogate pairs: no database keeps all of them."""
FIRST_YEAR, LAST_YEAR = 1970, 2200
LARGEST_KEY = 2**63 - 1
LARGEST_MINOR = 9_000_000_000_000_000


def _iso_day(value: Any) -> date:
    """Return the day of a YYYY-MM-DD text: pydantic alone would take "0" for 1970-01-01."""
    if not isinstance(value, str) or not ISO_DAY.fullmatch(value):
        raise ValueError("write the date as YYYY-MM-DD")
    day = date.fromisoformat(value)
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"the year must lie between {FIRST_YEAR} and {LAST_YEAR}")
    return day


def _moment(value: Any) -> datetime:
    """Return the moment of an ISO 8601 text; a body is strict and takes no other type."""
    if not isinstance(value, str):
        raise ValueError("write the moment as 2026-03-05T09:00:00+01:00")  # noqa: TRY004 - pydantic
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"state an offset, and a year between {FIRST_YEAR} and {LAST_YEAR}")
    return moment


def _plain(value: str) -> str:
    if found := UNFIT.search(value):
        raise ValueError(f"the text holds the character {found.group()!a}")
    return value


def _plain_document(value: dict[str, Any]) -> dict[str, Any]:
    """Return a document whose texts and keys are all plain; a loop, as depth is the caller's."""
    waiting: list[Any] = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            _plain(part)
        elif isinstance(part, dict):
            waiting += [*part.keys(), *part.values()]
        elif isinstance(part, list):
            waiting += part
    return value


Day = Annotated[
    date,
    BeforeValidator(_iso_day),
    Field(json_schema_extra={"type": "string", "format": "date"}),
]
Moment = Annotated[
    AwareDatetime,
    BeforeValidator(_moment),
    Field(json_schema_extra={"type": "string", "format": "date-time"}),
]
Plain = Annotated[str, AfterValidator(_plain)]
"""Text of any length. Add one length: of two, pydantic quietly keeps the inner one."""
Text = Annotated[Plain, Field(max_length=2000)]
Name = Annotated[Plain, Field(min_length=1, max_length=200)]
Word = Annotated[Plain, Field(max_length=80)]
LongText = Annotated[str, Field(min_length=1, max_length=200_000), AfterValidator(_plain)]
Document = Annotated[dict[str, Any], AfterValidator(_plain_document)]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$", description="ISO 4217 code.")]
AnyCurrency = Annotated[
    str, Field(pattern="^([A-Z]{3})?$", description="ISO 4217 code; empty for all.")
]
Language = Annotated[str, Field(pattern="^([a-z]{2})?$", description="ISO 639-1 code, or empty.")]
Country = Annotated[str, Field(pattern="^([A-Z]{2})?$", description="ISO 3166 code, or empty.")]
Key = Annotated[int, Field(ge=1, le=LARGEST_KEY)]
PositiveMinor = Annotated[int, Field(ge=1, le=LARGEST_MINOR, description="Minor units.")]
SignedMinor = Annotated[
    int, Field(ge=-LARGEST_MINOR, le=LARGEST_MINOR, description="Minor units.")
]
Id = Annotated[int, Field(ge=1, le=LARGEST_KEY, description="Key of the record.")]
Cursor = Annotated[
    str,
    Field(max_length=2000, description="`next` of the page before; empty for the first page."),
    AfterValidator(_plain),
]
Limit = Annotated[int, Field(ge=1, le=LARGEST_PAGE, description="Rows a page.")]
PAGE = PAGE_SIZE
