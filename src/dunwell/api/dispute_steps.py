"""/dispute-cases, -tasks, -evidence, -resolutions: what is asked, proved and decided of a case."""

from typing import Annotated, Any, Literal

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import File, Router, UploadedFile
from pydantic import Field

from dunwell.actions.dispute_comments import write_to_customer
from dunwell.actions.dispute_evidence import add_evidence, remove_evidence
from dunwell.actions.dispute_resolutions import (
    ResolvedPart,
    decide_resolution,
    propose_resolution,
)
from dunwell.actions.dispute_tasks import answer_task, ask_colleague, cancel_task
from dunwell.actions.uploads import upload_path
from dunwell.api.auth import ApiRequest
from dunwell.api.dispute_cases import Minor, Note, colleague_of, listed, move_of
from dunwell.api.fields import (
    Body,
    Created,
    Currency,
    Day,
    Done,
    Id,
    Key,
    Plain,
    Problem,
    Word,
    answers,
    check_currency,
    of_file,
    only_file,
)
from dunwell.api.writes import once
from dunwell.models import Dispute, DisputeEvidence, DisputeResolution, DisputeTask

router = Router(tags=["dispute cases"])


class QuestionIn(Body):
    """A question to a colleague, or to a guest by name and address."""

    question: Annotated[Plain, Field(min_length=1, max_length=1000)]
    user_id: Key | None = None
    guest_name: Annotated[Plain, Field(max_length=120)] = ""
    guest_email: Annotated[Plain, Field(max_length=254)] = ""
    due_on: Day | None = None


class CommentIn(Body):
    """What the customer reads about a case; a proposal names what we would credit."""

    text: Annotated[Plain, Field(min_length=1, max_length=4000)]
    kind: Literal["comment", "question", "proposal"] = "comment"
    credit_minor: Minor | None = None


class AnsweredIn(Body):
    """What is said to a question, and what it says of the claim."""

    answer: Annotated[Plain, Field(min_length=1, max_length=4000)]
    verdict: Literal["", "valid", "partly", "invalid"] = ""


class ResolvedPartIn(Body):
    """How an open part ends; the amounts sum to what of it is disputed and open."""

    dispute_id: Key
    credit_minor: Minor = 0
    denied_minor: Minor = 0
    written_off_minor: Minor = 0
    currency: Currency


class ResolutionIn(Body):
    """How a case ends, and why."""

    parts: Annotated[list[ResolvedPartIn], Field(min_length=1, max_length=200)]
    reason: Annotated[Plain, Field(min_length=1, max_length=500)]
    root_cause: Annotated[Plain, Field(max_length=40)] = ""
    is_rebilled: bool = False
    missing_evidence: Note = ""
    letter: Annotated[Plain, Field(max_length=8000)] = ""
    only_proposed: bool = False


class DecidedIn(Body):
    """Whether a proposal is carried out; a rejection says why."""

    approve: bool
    reason: Note = ""


@router.post("/dispute-cases/{dispute_case_id}/tasks", response=answers(Created, 201))
@once
def ask_about_dispute_case(
    request: ApiRequest, dispute_case_id: Id, body: QuestionIn
) -> tuple[int, dict[str, Any]]:
    """Ask a colleague, or a guest, whose link the page of the case shows."""
    told = body.dict()
    assignee = colleague_of(request, told.pop("user_id"))
    task = ask_colleague(**move_of(request, dispute_case_id), assignee=assignee, **told)
    return 201, {"id": task.pk}


@router.post("/dispute-cases/{dispute_case_id}/comments", response=answers(Created, 201))
@once
def comment_on_dispute_case(
    request: ApiRequest, dispute_case_id: Id, body: CommentIn
) -> tuple[int, dict[str, Any]]:
    """Write to the customer about a case; a question or proposal lets it wait for the answer."""
    comment = write_to_customer(**move_of(request, dispute_case_id), **body.dict())
    return 201, {"id": comment.pk}


@router.post("/dispute-tasks/{dispute_task_id}/answer", response=answers(Done))
@once
def answer_dispute_task(
    request: ApiRequest, dispute_task_id: Id, body: AnsweredIn
) -> tuple[int, dict[str, Any]]:
    """Answer a question, once."""
    answer_task(
        actor=request.actor,
        task=_task(request, dispute_task_id),
        as_of=request.as_of,
        at=request.at,
        **body.dict(),
    )
    return 200, {"changed": 1}


@router.post("/dispute-tasks/{dispute_task_id}/cancel", response=answers(Done))
@once
def cancel_dispute_task(request: ApiRequest, dispute_task_id: Id) -> tuple[int, dict[str, Any]]:
    """Take a question back; a guest's link stops working."""
    task = _task(request, dispute_task_id)
    cancel_task(actor=request.actor, task=task, as_of=request.as_of, at=request.at)
    return 200, {"changed": 1}


@router.post(
    "/dispute-cases/{dispute_case_id}/evidence/{evidence_kind}",
    response={**answers(Created, 201), 413: Problem},
)
@once
def new_dispute_evidence(
    request: ApiRequest,
    dispute_case_id: Id,
    evidence_kind: Word,
    files: File[list[UploadedFile]],
) -> tuple[int, dict[str, Any]]:
    """Add one file of a kind of the checklist; its type is told by its bytes."""
    found = add_evidence(
        **move_of(request, dispute_case_id), kind=evidence_kind, **only_file(files)
    )
    return 201, {"id": found.pk}


@router.get(
    "/dispute-evidence/{evidence_id}/file", response=answers(None), openapi_extra=of_file("*/*")
)
def download_dispute_evidence(request: ApiRequest, evidence_id: Id) -> HttpResponse:
    """Return the bytes of a file."""
    request.actor.require("ledger.view")
    found = _evidence(request, evidence_id)
    path = upload_path(found.sha256) if found.sha256 else None
    if path is None or not path.exists():
        raise Http404
    response = HttpResponse(path.read_bytes(), content_type=found.media_type)
    response["Content-Disposition"] = "attachment"
    return response


@router.post("/dispute-evidence/{evidence_id}/remove", response=answers(Done))
@once
def remove_dispute_evidence(request: ApiRequest, evidence_id: Id) -> tuple[int, dict[str, Any]]:
    """Take evidence off a case; its bytes and events stay."""
    found = _evidence(request, evidence_id)
    remove_evidence(actor=request.actor, evidence=found, as_of=request.as_of, at=request.at)
    return 200, {"changed": 1}


@router.post("/dispute-cases/{dispute_case_id}/resolutions", response=answers(Created, 201))
@once
def propose_dispute_resolution(
    request: ApiRequest, dispute_case_id: Id, body: ResolutionIn
) -> tuple[int, dict[str, Any]]:
    """Propose how a case ends; within the caller's authority it ends so at once."""
    told = body.dict(exclude={"parts"})
    own_disputes = Dispute.objects.filter(company=request.actor.company).select_related("item")
    disputes = listed(own_disputes, [part.dispute_id for part in body.parts])
    parts = [_resolved(disputes[part.dispute_id], part) for part in body.parts]
    found = propose_resolution(**move_of(request, dispute_case_id), parts=parts, **told)
    return 201, {"id": found.pk}


@router.post("/dispute-resolutions/{resolution_id}/decide", response=answers(Done))
@once
def decide_dispute_resolution(
    request: ApiRequest, resolution_id: Id, body: DecidedIn
) -> tuple[int, dict[str, Any]]:
    """Approve or reject what a colleague proposes."""
    found = get_object_or_404(
        DisputeResolution.objects.select_related("case"),
        pk=resolution_id,
        case__company=request.actor.company,
    )
    decide_resolution(
        actor=request.actor, resolution=found, as_of=request.as_of, at=request.at, **body.dict()
    )
    return 200, {"changed": 1}


def _resolved(dispute: Dispute, part: ResolvedPartIn) -> ResolvedPart:
    check_currency(dispute.item.currency, part.currency)
    return ResolvedPart(
        dispute=dispute,
        credit_minor=part.credit_minor,
        denied_minor=part.denied_minor,
        written_off_minor=part.written_off_minor,
    )


def _task(request: ApiRequest, key: int) -> DisputeTask:
    found = DisputeTask.objects.select_related("case")
    return get_object_or_404(found, pk=key, case__company=request.actor.company)


def _evidence(request: ApiRequest, key: int) -> DisputeEvidence:
    found = DisputeEvidence.objects.select_related("case")
    return get_object_or_404(found, pk=key, case__company=request.actor.company)
