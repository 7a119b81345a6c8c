"""Questions about a dispute: asked of a colleague, or of a guest by a link, answered once."""

from collections.abc import Sequence
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from dunwell.actions.dispute_parts import (
    Status,
    check_colleague,
    check_running,
    judge,
    locked_case,
    move_case,
    tell,
)
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.texts import fitting, needed
from dunwell.actions.uploads import Upload, keep_upload
from dunwell.engine.calendars import add_business_days
from dunwell.engine.dispute_validity import VERDICTS
from dunwell.formats.document_types import DocumentTypeError, document_type, safe_name
from dunwell.models import DisputeCase, DisputeEvidence, DisputeTask, User
from dunwell.queries.dispute_policies import dispute_policy_in_force
from dunwell.queries.link_tokens import fresh_nonce, hashed_link, link_token

PURPOSE = "dispute_task"
"""What the link of a guest opens: one task, nothing else."""

LONGEST_QUESTION, LONGEST_ANSWER = 1_000, 4_000
MOST_FILES = 5
STATEMENT = "statement"
"""The kind of evidence a file sent with an answer is kept as, where the policy has it."""


def task_link_token(task: DisputeTask) -> str:
    """Return the token of a guest's link; computed, never stored."""
    return link_token(PURPOSE, task.pk, task.nonce)


@transaction.atomic
def ask_colleague(
    *,
    actor: Actor,
    case: DisputeCase,
    question: str,
    assignee: User | None = None,
    guest_name: str = "",
    guest_email: str = "",
    due_on: date | None = None,
    as_of: date,
    at: datetime,
) -> DisputeTask:
    """Ask a colleague, or somebody without a seat by a link; the case waits for colleagues.

    Due after the policy's days unless said. Raises Refused without a question, when nobody or
    two are asked, for somebody who does not work here, and for a day that has passed.
    """
    actor.require("dispute.edit")
    case = locked_case(actor, case)
    check_running(case)
    asked = needed(
        text=question, most=LONGEST_QUESTION, what="question", missing="Say what you want to know."
    )
    guest, address = _guest(guest_name, guest_email)
    if (assignee is None) == (not address):
        raise Refused("Ask one: a colleague, or a guest with name and e-mail address.")
    if assignee is not None:
        check_colleague(actor, assignee)
    policy = dispute_policy_in_force(actor.company, as_of=as_of).policy
    due = due_on or add_business_days(as_of, policy.task_days, country=actor.company.country)
    if due < as_of:
        raise Refused("The day for the answer has passed already.")
    task = DisputeTask.objects.create(
        case=case,
        question=asked,
        assignee=assignee,
        guest_name=guest,
        guest_email=address,
        nonce=fresh_nonce() if address else "",
        due_on=due,
        by=actor.name,
        recorded_at=at,
    )
    if address:
        task.token_hash = hashed_link(task_link_token(task))
        task.save(update_fields=["token_hash"])
    if case.status in (Status.NEW, Status.ASSIGNED, Status.IN_REVIEW):
        move_case(case, Status.WAITING_INTERNAL, as_of=as_of)
    tell(
        actor, "asked", case, at=at, task=task.pk, question=asked, due_on=due.isoformat(),
        whom=assignee.username if assignee else guest, is_guest=bool(address),
    )  # fmt: skip
    return task


@transaction.atomic
def answer_task(
    *,
    actor: Actor,
    task: DisputeTask,
    answer: str,
    verdict: str = "",
    answered_by: str = "",
    files: Sequence[Upload] = (),
    as_of: date,
    at: datetime,
) -> DisputeTask:
    """Answer a question, once; files become evidence, and what it says moves the claim's chance.

    A case that waited for colleagues goes on when the last question is answered. `answered_by`
    is the guest's name on his page. Raises Refused for a second answer, one without words, a
    verdict that is none, and for files that are not taken.
    """
    actor.require("dispute.edit")
    case = locked_case(actor, task.case)
    task = DisputeTask.objects.select_for_update(no_key=True).get(pk=task.pk)
    _check_open(task)
    told = needed(
        text=answer, most=LONGEST_ANSWER, what="answer", missing="Write an answer in words."
    )
    if verdict not in ("", *VERDICTS):
        raise Refused(f"An answer says one of the claim: {', '.join(VERDICTS)}.")
    who = fitting(text=answered_by, most=150, what="name") or actor.name
    kept = [_file(upload, by=actor, at=at) for upload in _counted(files)]
    rows = DisputeTask.objects.filter(pk=task.pk, answered_at=None, cancelled_at=None).update(
        answered_at=at, answered_by=who, answer=told, verdict=verdict
    )
    if rows != 1:
        raise Refused("Somebody else has just answered this; load the page again.")
    task.refresh_from_db()
    policy = dispute_policy_in_force(actor.company, as_of=as_of).policy
    kind = STATEMENT if STATEMENT in policy.evidence else next(iter(policy.evidence))
    DisputeEvidence.objects.bulk_create(
        DisputeEvidence(
            case=case, kind=kind, by=who, note=task.question[:500], recorded_at=at, **one
        )
        for one in kept
    )
    _go_on(case, as_of=as_of)
    if case.status not in DisputeCase.OVER:
        judge(case, policy)
    tell(
        actor, "answered", case, at=at, task=task.pk, by=who, verdict=verdict,
        files=[str(one["name"]) for one in kept],
    )  # fmt: skip
    return task


@transaction.atomic
def cancel_task(*, actor: Actor, task: DisputeTask, as_of: date, at: datetime) -> DisputeTask:
    """Take a question back; a guest's link stops working. Raises Refused once it is answered."""
    actor.require("dispute.edit")
    case = locked_case(actor, task.case)
    task = DisputeTask.objects.select_for_update(no_key=True).get(pk=task.pk)
    _check_open(task)
    task.cancelled_at, task.token_hash = at, ""
    task.save(update_fields=["cancelled_at", "token_hash"])
    _go_on(case, as_of=as_of)
    tell(actor, "task_cancelled", case, at=at, task=task.pk)
    return task


def _go_on(case: DisputeCase, *, as_of: date) -> None:
    """Review a case that waited for colleagues, once no question of it is left."""
    waiting = DisputeTask.objects.filter(case=case, answered_at=None, cancelled_at=None)
    if case.status == Status.WAITING_INTERNAL and not waiting.exists():
        move_case(case, Status.IN_REVIEW, as_of=as_of)


def _guest(name: str, email: str) -> tuple[str, str]:
    guest = fitting(text=name, most=120, what="name")
    address = fitting(text=email, most=254, what="e-mail address")
    if bool(guest) != bool(address):
        raise Refused("A guest needs a name and an e-mail address.")
    if address:
        try:
            validate_email(address)
        except ValidationError as error:
            raise Refused(f"{address} is not an e-mail address.") from error
    return guest, address


def _counted(files: Sequence[Upload]) -> Sequence[Upload]:
    if len(files) > MOST_FILES:
        raise Refused(f"Send at most {MOST_FILES} files with an answer.")
    return files


def _file(upload: Upload, *, by: Actor, at: datetime) -> dict[str, str | int]:
    """Keep the bytes of a file; return what its evidence says of it."""
    try:
        media_type = document_type(upload.data)
    except DocumentTypeError as error:
        raise Refused(f"{upload.name}: {error}") from error
    return {
        "name": safe_name(upload.name, media_type),
        "media_type": media_type,
        "size_bytes": len(upload.data),
        "sha256": keep_upload(upload.data, by=by, at=at),
    }


def _check_open(task: DisputeTask) -> None:
    if task.answered_at is not None:
        raise Refused(f"{task.answered_by} answered this on {task.answered_at.date()}.")
    if task.cancelled_at is not None:
        raise Refused("This question was taken back; no answer is needed.")
