"""Field types of the API, and the shapes that its bodies and answers share."""

from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from ninja import Schema, UploadedFile
from ninja.operation import Operation
from pydantic import ConfigDict

from dunwell.actions.gate import Actor, Refused
from dunwell.models import User
from dunwell.queries.prepared import prepared
from dunwell.queries.request_fields import (
    FIRST_YEAR,
    LARGEST_KEY,
    LARGEST_MINOR,
    LAST_YEAR,
    PAGE,
    AnyCurrency,
    Country,
    Currency,
    Cursor,
    Day,
    Document,
    Id,
    Key,
    Language,
    Limit,
    LongText,
    Moment,
    Name,
    Plain,
    PositiveMinor,
    SignedMinor,
    Text,
    Word,
)

# the types stand below, where the MCP server finds them too
__all__ = [
    "FIRST_YEAR",
    "LARGEST_KEY",
    "LARGEST_MINOR",
    "LAST_YEAR",
    "PAGE",
    "PROBLEMS",
    "AnyCurrency",
    "Body",
    "Country",
    "Created",
    "Currency",
    "Cursor",
    "Day",
    "Document",
    "Done",
    "Id",
    "Key",
    "Language",
    "Limit",
    "LongText",
    "M",
    "Moment",
    "Name",
    "Plain",
    "PositiveMinor",
    "Problem",
    "ReasonIn",
    "SignedMinor",
    "Text",
    "Word",
    "answers",
    "check_currency",
    "colleague",
    "existing",
    "of_file",
    "only_file",
    "own",
]

M = TypeVar("M", bound=Model)
T = TypeVar("T")


class Body(Schema):
    """What a caller sends: exactly these fields, each of exactly its type."""

    model_config = ConfigDict(extra="forbid", strict=True)


class ReasonIn(Body):
    """Why."""

    reason: Name


class Problem(Schema):
    """Why a request was not carried out: a sentence, or a list of fields with what is wrong.

    `merged_into_id` is the customer to go on at, where the record was merged into that one.
    """

    detail: str | list[dict[str, Any]]
    merged_into_id: int | None = None


class Created(Schema):
    """The key of the new record."""

    id: int


class Done(Schema):
    """How many records the change touched."""

    changed: int


PROBLEMS = {400: Problem, 401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem}


def _share_model_of_problems() -> None:
    """Let all operations refuse by one model: thousands of equal ones cost a start seconds."""
    made_by_ninja = Operation._create_response_model  # noqa: SLF001  ninja has no setting for it
    shared: list[type[Schema] | None] = []

    def model(self: Operation, response_param: Any) -> type[Schema] | None:
        if response_param is not Problem:
            return made_by_ninja(self, response_param)
        if not shared:
            shared.append(made_by_ninja(self, response_param))
        return shared[0]

    Operation._create_response_model = model  # type: ignore[method-assign]  # noqa: SLF001


_share_model_of_problems()


def answers(good: Any, status: int = 200) -> dict[int, Any]:
    """Return the answers of an operation: the good one, and every way it can be refused."""
    return {status: good, **PROBLEMS}


def of_file(*media_types: str, told: str = "The file.") -> dict[str, Any]:
    """Return how the OpenAPI document declares a good answer that is a file of one of the types.

    It goes with `answers(None)`: a body that is declared by its Python type counts as JSON.
    """
    content = {
        kind: {
            "schema": {"type": "object"}
            if kind == "application/json"
            else {"type": "string", "format": "binary"}
        }
        for kind in media_types
    }
    return {"responses": {200: {"description": told, "content": content}}}


def own(model: type[M], actor: Actor, pk: int) -> M:
    """Return a record of the actor's company; another company's is as absent as none (404)."""
    return existing(next(iter(_owned(pk, actor.company.pk, model=model)), None))


@prepared
def _owned(pk: int, company_id: int, *, model: type[M]) -> QuerySet[M]:
    return model._default_manager.filter(pk=pk, company=company_id)  # noqa: SLF001  of any model


def colleague(actor: Actor, pk: int) -> User:
    """Return a person with a role in the actor's company; of others there is none (404)."""
    return get_object_or_404(
        User.objects.filter(memberships__company=actor.company).distinct(), pk=pk
    )


class Absent(Http404):
    """What is not there, with a sentence that names it: one of several, or by a number."""


def existing(row: T | None, *, absent: str = "") -> T:
    """Return what a query found; where it found nothing, the answer is 404, with `absent` if told.

    A key in the address needs no sentence: there is but one record it could mean.
    """
    if row is None:
        raise Absent(absent) if absent else Http404
    return row


def only_file(files: list[UploadedFile]) -> dict[str, Any]:
    """Return name and bytes of the one file that is sent."""
    if len(files) != 1:
        raise Refused(f"Send one file; {len(files)} were sent.")
    return {"name": files[0].name or "file", "data": files[0].read()}


def check_currency(kept: str, told: str | None) -> None:
    """Raise Refused where an amount is told in another currency than the record's."""
    if told != kept:
        raise Refused(f"This is kept in {kept}; send the amount and currency {kept}.")
