"""Certificates: given for a curriculum passed, revoked, and what people are asked to learn."""

from datetime import date, datetime, timedelta

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, own
from dunwell.actions.texts import needed
from dunwell.engine.curricula import is_earned, proof_of
from dunwell.models import Certificate, Company, CurriculumAssignment, Membership, User
from dunwell.queries.curricula import OUTSIDE, last_issued, passes_of, shipped_syllabus


@transaction.atomic
def award_certificates(*, actor: Actor, as_of: date, at: datetime) -> tuple[Certificate, ...]:
    """Give the actor every certificate all parts of which are passed; return the new ones.

    Runs with the pass that completes it. An assignment to it ends.
    """
    actor.require("training.take")
    if actor.user_id is None:
        return ()
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    passed = passes_of(actor.company, users=[actor.user_id])[actor.user_id]
    issued = last_issued(actor.company, users=[actor.user_id])
    made = []
    for name, curriculum in shipped_syllabus().curricula.items():
        last = issued.get((actor.user_id, name))
        proof = proof_of(curriculum, passed, after=last.issued_on if last else None, as_of=as_of)
        if not is_earned(curriculum, proof):
            continue
        certificate, is_new = Certificate.objects.get_or_create(
            company=actor.company,
            user_id=actor.user_id,
            kind=name,
            issued_on=as_of,
            defaults={
                "expires_on": as_of + timedelta(days=curriculum.valid_days),
                "proof": {f"{kind}/{part}": one.key for (kind, part), one in proof.items()},
                "recorded_at": at,
            },
        )
        if not is_new:
            continue
        CurriculumAssignment.objects.filter(
            company=actor.company, user=actor.user_id, curriculum=name, ended_on=None
        ).update(ended_on=as_of)
        record_event(
            actor,
            "certificate.issued",
            certificate,
            at=at,
            kind=name,
            expires_on=certificate.expires_on.isoformat(),
        )
        made.append(certificate)
    return tuple(made)


@transaction.atomic
def revoke_certificate(
    *, actor: Actor, certificate: Certificate, reason: str, as_of: date, at: datetime
) -> None:
    """Take a certificate back from today on; what was decided with it stands."""
    actor.require("training.lead")
    own(actor, certificate, "certificate")
    told = needed(text=reason, most=300, what="reason", missing="Say why it is taken back.")
    if certificate.user_id == actor.user_id:
        raise Refused("Your own certificate is taken back by somebody else.")
    rows = Certificate.objects.filter(
        pk=certificate.pk, revoked_on=None, expires_on__gt=as_of
    ).update(revoked_on=as_of, revoked_by=actor.name, reason=told)
    if rows != 1:
        raise Refused("This certificate is not good any more; load the page again.")
    record_event(
        actor,
        "certificate.revoked",
        certificate,
        at=at,
        kind=certificate.kind,
        user=certificate.user.username,
        reason=told,
    )


@transaction.atomic
def assign_curriculum(
    *, actor: Actor, user: User, curriculum: str, due_on: date, as_of: date, at: datetime
) -> CurriculumAssignment:
    """Ask somebody to learn a curriculum until a day; asked again, the new day counts.

    Any curriculum may be asked of anybody of the company's people: cross-training.
    """
    actor.require("training.lead")
    if curriculum not in shipped_syllabus().curricula:
        raise Refused("There is no such curriculum; choose one of those shown.")
    if due_on < as_of:
        raise Refused("A curriculum must not be due in the past.")
    members = Membership.objects.filter(company=actor.company, user=user)
    if not members.exclude(role__in=OUTSIDE).exists():
        raise Refused("Choose one of the company's own people.")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    CurriculumAssignment.objects.filter(
        company=actor.company, user=user, curriculum=curriculum, ended_on=None
    ).update(ended_on=as_of)
    asked = CurriculumAssignment.objects.create(
        company=actor.company,
        user=user,
        curriculum=curriculum,
        due_on=due_on,
        author=actor.name,
        recorded_at=at,
    )
    record_event(
        actor,
        "curriculum.assigned",
        asked,
        at=at,
        curriculum=curriculum,
        user=user.username,
        due_on=due_on.isoformat(),
    )
    return asked


@transaction.atomic
def end_assignment(
    *, actor: Actor, assignment: CurriculumAssignment, as_of: date, at: datetime
) -> None:
    """Ask no longer."""
    actor.require("training.lead")
    own(actor, assignment, "assignment")
    rows = CurriculumAssignment.objects.filter(pk=assignment.pk, ended_on=None).update(
        ended_on=as_of
    )
    if rows != 1:
        raise Refused("This has ended already; load the page again.")
    record_event(
        actor,
        "curriculum.released",
        assignment,
        at=at,
        curriculum=assignment.curriculum,
        user=assignment.user.username,
    )
