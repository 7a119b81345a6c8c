"""/training: curricula and how far one is, certificates, and what people are asked to learn."""

from typing import Annotated, Any

from ninja import Router
from pydantic import Field

from dunwell.actions.certificates import assign_curriculum, end_assignment, revoke_certificate
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import Body, Created, Day, Done, Id, Key, Plain, answers, existing, own
from dunwell.api.writes import once
from dunwell.models import Certificate, CurriculumAssignment, User
from dunwell.queries.certificates import CertificateRow, certificate_of, certificate_rows
from dunwell.queries.curricula import CurriculumRow, LearnerRow, curriculum_rows, learner_rows

router = Router(tags=["training"])


class CurriculumIn(Body):
    """Who learns which curriculum until when."""

    user_id: Key
    curriculum: Annotated[Plain, Field(min_length=1, max_length=30)]
    due_on: Day


class RevocationIn(Body):
    """Why a certificate is taken back."""

    reason: Annotated[Plain, Field(min_length=1, max_length=300)]


@router.get("/curricula", response=answers(list[CurriculumRow]))
def list_curricula(request: ApiRequest) -> list[CurriculumRow]:
    """List every curriculum as it stands for the token's owner, the own role's first."""
    request.actor.require("training.take")
    actor = request.actor
    learner = existing(actor.user_id)
    return list(curriculum_rows(actor.company, learner, roles=actor.roles, as_of=request.as_of))


@router.get("/people", response=answers(list[LearnerRow]))
def list_learners(request: ApiRequest) -> list[LearnerRow]:
    """List all people with their curricula, certificates and what they were asked to learn."""
    request.actor.require("training.lead")
    return list(learner_rows(request.actor.company, as_of=request.as_of))


@router.get("/certificates", response=answers(list[CertificateRow]))
def list_certificates(request: ApiRequest, user_id: Key | None = None) -> list[CertificateRow]:
    """List certificates of the token's owner, for a lead of anybody; the newest first."""
    actor = request.actor
    actor.require("training.take")
    learner = existing(actor.user_id if user_id is None else user_id)
    if learner != actor.user_id:
        actor.require("training.lead")
    return list(certificate_rows(actor.company, learner, as_of=request.as_of))


@router.get("/certificates/{certificate_id}", response=answers(CertificateRow))
def show_certificate(request: ApiRequest, certificate_id: Id) -> CertificateRow:
    """Show one certificate, one's own or, for a lead, anybody's."""
    actor = request.actor
    actor.require("training.take")
    row = existing(certificate_of(actor.company, certificate_id, as_of=request.as_of))
    if row.user_id != actor.user_id:
        actor.require("training.lead")
    return row


@router.post("/assignments", response=answers(Created, 201))
@once
def ask_to_learn(request: ApiRequest, body: CurriculumIn) -> tuple[int, dict[str, Any]]:
    """Ask somebody to learn a curriculum, of their own role or another."""
    request.actor.require("training.lead")
    user = existing(
        User.objects.filter(pk=body.user_id, memberships__company=request.actor.company).first()
    )
    made = assign_curriculum(
        actor=request.actor,
        user=user,
        curriculum=body.curriculum,
        due_on=body.due_on,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": made.pk}


@router.post("/assignments/{curriculum_assignment_id}/end", response=answers(Done))
@once
def ask_no_longer(request: ApiRequest, curriculum_assignment_id: Id) -> tuple[int, dict[str, Any]]:
    """Ask no longer."""
    end_assignment(
        actor=request.actor,
        assignment=own(CurriculumAssignment, request.actor, curriculum_assignment_id),
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/certificates/{certificate_id}/revoke", response=answers(Done))
@once
def take_back_certificate(
    request: ApiRequest, certificate_id: Id, body: RevocationIn
) -> tuple[int, dict[str, Any]]:
    """Take a certificate back from today on."""
    revoke_certificate(
        actor=request.actor,
        certificate=own(Certificate, request.actor, certificate_id),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}
