"""/letters: letters that wait to be printed, batches with their files, noted as posted."""

from dataclasses import dataclass
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Router, Schema
from pydantic import Field

from dunwell.actions.letter_dispatches import record_dispatches
from dunwell.actions.letters import post_letters, put_back_letters, take_letters
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    Body,
    Cursor,
    Done,
    Id,
    Key,
    Limit,
    Plain,
    answers,
    existing,
    of_file,
)
from dunwell.api.writes import once
from dunwell.formats.letter_dispatches import Dispatch
from dunwell.jobs.heavy_files import held_place
from dunwell.jobs.letters import letters_zip
from dunwell.queries.letters import (
    LetterBatch,
    LetterDispatch,
    batch_rows,
    dispatch_rows,
    letter_batch,
    letter_batches,
    letter_rows,
)
from dunwell.queries.messages import MessageRow
from dunwell.queries.pages import Page

router = Router(tags=["letters"])


class TakenOut(Schema):
    """The batch, 0 where nothing was left for one, and what became of the other letters."""

    id: int
    letters: int
    withdrawn: int
    waiting: int


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitingLetter:
    """A letter that waits; without a postal address it cannot be printed."""

    message: MessageRow
    has_address: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchCard:
    """A batch with its letters in the order they are printed."""

    batch: LetterBatch
    letters: tuple[MessageRow, ...]


@router.get("", response=answers(Page[WaitingLetter]))
def list_letters(request: ApiRequest, cursor: Cursor = "", limit: Limit = PAGE) -> Page[Any]:
    """List the letters that wait to be printed, the oldest first."""
    request.actor.require("ledger.view")
    page = letter_rows(request.actor.company, cursor=cursor, limit=limit)
    rows = tuple(WaitingLetter(message=row, has_address=known) for row, known in page.rows)
    return Page(rows=rows, next=page.next)


@router.get("/batches", response=answers(list[LetterBatch]))
def list_letter_batches(request: ApiRequest) -> list[LetterBatch]:
    """List the batches: those to be posted, then the newest 20 in all."""
    request.actor.require("ledger.view")
    return letter_batches(request.actor.company)


@router.post("/batches", response=answers(TakenOut, 201))
@once
def new_letter_batch(request: ApiRequest) -> tuple[int, dict[str, Any]]:
    """Take every letter that waits into a batch; what must not go out is withdrawn."""
    taken = take_letters(actor=request.actor, as_of=request.as_of, at=request.at)
    found = [b for b in letter_batches(request.actor.company) if b.taken_at == request.at]
    return 201, {
        "id": found[0].id if found else 0,
        "letters": taken.letters,
        "withdrawn": taken.withdrawn,
        "waiting": taken.waiting,
    }


@router.get("/batches/{letter_batch_id}", response=answers(BatchCard))
def show_letter_batch(request: ApiRequest, letter_batch_id: Id) -> BatchCard:
    """Show a batch and its letters."""
    batch = _batch(request, letter_batch_id)
    rows = batch_rows(request.actor.company, letter_batch_id)
    return BatchCard(batch=batch, letters=tuple(rows))


@router.get(
    "/batches/{letter_batch_id}/zip",
    response=answers(None),
    openapi_extra=of_file("application/zip", told="PDFs and manifest.csv."),
)
def get_letter_batch_zip(request: ApiRequest, letter_batch_id: Id) -> HttpResponse:
    """Return the PDFs of a batch, a hundred letters each, and its manifest."""
    _batch(request, letter_batch_id)
    pieces = held_place(letters_zip(request.actor.company, letter_batch_id))
    return HttpResponse(b"".join(pieces), content_type="application/zip")


@router.post("/batches/{letter_batch_id}/posted", response=answers(Done))
@once
def mark_letters_posted(request: ApiRequest, letter_batch_id: Id) -> tuple[int, dict[str, Any]]:
    """Note that the letters of a batch were posted."""
    batch = _batch(request, letter_batch_id)
    count = post_letters(
        actor=request.actor, taken_at=batch.taken_at, as_of=request.as_of, at=request.at
    )
    return 200, {"changed": count}


class DispatchIn(Body):
    """How one posted letter went; registered mail needs its number."""

    message_id: Key
    tracking: Annotated[Plain, Field(max_length=50)] = ""
    is_registered: bool = False


class DispatchesIn(Body):
    """The letters told of."""

    dispatches: list[DispatchIn] = Field(min_length=1, max_length=500)


@router.get("/batches/{letter_batch_id}/dispatches", response=answers(list[LetterDispatch]))
def list_letter_dispatches(request: ApiRequest, letter_batch_id: Id) -> list[LetterDispatch]:
    """Return the proof of dispatch of a batch: who posted each letter when, and how it went."""
    _batch(request, letter_batch_id)
    return dispatch_rows(request.actor.company, letter_batch_id)


@router.post("/dispatches", response=answers(Done))
@once
def note_letter_dispatches(request: ApiRequest, body: DispatchesIn) -> tuple[int, dict[str, Any]]:
    """Write down the numbers of the post of letters that were posted."""
    told = [Dispatch(**one.dict()) for one in body.dispatches]
    count = record_dispatches(actor=request.actor, dispatches=told, at=request.at)
    return 200, {"changed": count}


@router.post("/batches/{letter_batch_id}/back", response=answers(Done))
@once
def return_letters(request: ApiRequest, letter_batch_id: Id) -> tuple[int, dict[str, Any]]:
    """Put the letters of a batch that was not posted back: they wait again."""
    batch = _batch(request, letter_batch_id)
    count = put_back_letters(actor=request.actor, taken_at=batch.taken_at, at=request.at)
    return 200, {"changed": count}


def _batch(request: ApiRequest, letter_batch_id: int) -> LetterBatch:
    request.actor.require("ledger.view")
    return existing(letter_batch(request.actor.company, letter_batch_id))
