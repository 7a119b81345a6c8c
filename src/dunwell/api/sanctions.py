"""/sanctions: lists loaded from files, and the likenesses a person judges."""

from typing import Any, Literal

from ninja import File, Router, Schema, UploadedFile

from dunwell.actions.gate import Refused
from dunwell.actions.sanctions import decide_hit, load_list
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    Body,
    Cursor,
    Done,
    Id,
    Limit,
    Name,
    Problem,
    answers,
    own,
)
from dunwell.api.writes import once
from dunwell.formats.sanction_rows import SanctionsError
from dunwell.formats.sanctions import file_digest, read_sanctions
from dunwell.models import ScreeningHit
from dunwell.queries.pages import Page
from dunwell.queries.sanctions import HitRow, ListInForce, hit_rows, lists_in_force

router = Router(tags=["sanctions"])


class HitJudgedIn(Body):
    """Whether it is the one on the list, and what shows it."""

    is_same: bool
    reason: Name


class SanctionListLoaded(Schema):
    """The list as it is held now; `is_new` false: these bytes were loaded before."""

    id: int
    source: str
    entries: int
    is_new: bool


@router.get("/lists", response=answers(list[ListInForce]))
def list_sanction_lists(request: ApiRequest) -> list[ListInForce]:
    """List the sanction lists that are held now, with their versions."""
    request.actor.require("ledger.view")
    return list(lists_in_force(request.actor.company))


@router.post("/lists", response={**answers(SanctionListLoaded, 201), 413: Problem})
@once
def load_sanction_list(
    request: ApiRequest, files: File[list[UploadedFile]]
) -> tuple[int, dict[str, Any]]:
    """Load one list (OFAC, EU, UN or one's own) in place of its version before."""
    request.actor.require("screening.decide")
    sent = [(file.name or "file", file.read()) for file in files]
    try:
        read = read_sanctions(sent)
    except SanctionsError as error:
        raise Refused(str(error)) from error
    listing, is_new = load_list(
        actor=request.actor, file=read, sha256=file_digest(sent), at=request.at
    )
    return 201, {
        "id": listing.pk,
        "source": listing.source,
        "entries": listing.entries,
        "is_new": is_new,
    }


@router.get("/hits", response=answers(Page[HitRow]))
def list_screening_hits(
    request: ApiRequest,
    status: Literal["", "open", "cleared", "confirmed"] = "open",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[HitRow]:
    """List who is called like somebody on a list, the newest first."""
    request.actor.require("ledger.view")
    return hit_rows(request.actor.company, status=status, cursor=cursor, limit=limit)


@router.post("/hits/{hit_id}/judge", response=answers(Done))
@once
def judge_screening_hit(
    request: ApiRequest, hit_id: Id, body: HitJudgedIn
) -> tuple[int, dict[str, Any]]:
    """Say whether it is the same; clearing what was confirmed takes a second person."""
    decide_hit(
        actor=request.actor,
        hit=own(ScreeningHit, request.actor, hit_id),
        is_same=body.is_same,
        reason=body.reason,
        at=request.at,
    )
    return 200, {"changed": 1}
