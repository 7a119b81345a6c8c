"""/mandates: many at once, looked at line by line first, then added all or none."""

from typing import Annotated, Any, Literal

from ninja import Router, Schema
from pydantic import Field

from dunwell.actions.mandate_files import add_mandates
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import Body, Day, Plain, answers
from dunwell.api.writes import once
from dunwell.formats.mandate_rows import MOST_LINES, MandateLine
from dunwell.queries.mandate_checks import CheckedLine, checked_lines

router = Router(tags=["direct debit"])


class MandateLineIn(Body):
    """One mandate; `row` is your number of it, without `signed_on` it waits for its signature."""

    row: Annotated[int, Field(ge=1, le=2_000_000_000)]
    reference: Annotated[Plain, Field(min_length=1, max_length=35)]
    customer_number: Annotated[Plain, Field(min_length=1, max_length=64)]
    iban: Annotated[Plain, Field(min_length=5, max_length=42)]
    bic: Annotated[Plain, Field(max_length=11)] = ""
    debtor: Annotated[Plain, Field(max_length=70)] = ""
    scheme: Literal["CORE", "B2B"] = "CORE"
    is_recurring: bool = True
    signed_on: Day | None = None


class MandateLinesIn(Body):
    """The lines; each is judged by the records and by the lines before it."""

    lines: Annotated[list[MandateLineIn], Field(min_length=1, max_length=MOST_LINES)]

    def told(self) -> list[MandateLine]:
        """Return the lines as a file would tell them."""
        return [MandateLine(**line.dict()) for line in self.lines]


class MandatesAdded(Schema):
    """How many were added, and how many were known from before."""

    added: int
    known: int


@router.post("/check", response=answers(list[CheckedLine]))
def check_mandates(request: ApiRequest, body: MandateLinesIn) -> list[CheckedLine]:
    """Say what would become of each line: new, known, or refused with the reason. Adds nothing."""
    request.actor.require("mandate.edit")
    return list(checked_lines(request.actor.company, body.told(), as_of=request.as_of))


@router.post("/lines", response=answers(MandatesAdded, 201))
@once
def add_mandate_lines(request: ApiRequest, body: MandateLinesIn) -> tuple[int, dict[str, Any]]:
    """Add mandates in one step, all or none; the same lines again add nothing."""
    found = add_mandates(
        actor=request.actor, lines=body.told(), as_of=request.as_of, at=request.at
    )
    return 201, {"added": found.added, "known": found.known}
