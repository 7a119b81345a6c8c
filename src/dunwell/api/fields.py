"""Field types of the API: bounded numbers, real dates, text without control characters."""

import re
from datetime import date
from typing import Annotated, Any, TypeVar

from django.db.models import Model
from django.shortcuts import get_object_or_404
from ninja import Schema, UploadedFile
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

from dunwell.actions.gate import Actor, Refused
from dunwell.queries.pages import LARGEST_PAGE, PAGE_SIZE

M = TypeVar("M", bound=Model)
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


class Body(Schema):
    """What a caller sends: exactly these fields, each of exactly its type."""

    model_config = ConfigDict(extra="forbid", strict=True)


class ReasonIn(Body):
    """Why."""

    reason: Name


class Problem(Schema):
    """Why a request was not carried out: a sentence, or a list of fields with what is wrong."""

    detail: str | list[dict[str, Any]]


class Created(Schema):
    """The key of the new record."""

    id: int


class Done(Schema):
    """How many records the change touched."""

    changed: int


PROBLEMS = {400: Problem, 401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem}


def answers(good: Any, status: int = 200) -> dict[int, Any]:
    """Return the answers of an operation: the good one, and every way it can be refused."""
    return {status: good, **PROBLEMS}


def own(model: type[M], actor: Actor, pk: int) -> M:
    """Return a record of the actor's company; another company's is as absent as none (404)."""
    return get_object_or_404(model, pk=pk, company=actor.company)


def only_file(files: list[UploadedFile]) -> dict[str, Any]:
    """Return name and bytes of the one file that is sent."""
    if len(files) != 1:
        raise Refused(f"Send one file; {len(files)} were sent.")
    return {"name": files[0].name or "file", "data": files[0].read()}


def check_currency(kept: str, told: str | None) -> None:
    """Raise Refused where an amount is told in another currency than the record's."""
    if told != kept:
        raise Refused(f"This is kept in {kept}; send the amount and currency {kept}.")
