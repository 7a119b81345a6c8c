"""A call that runs, a quiz that waits, a certificate and a request to learn, for calls."""

from datetime import timedelta

from dunwell.actions.certificates import assign_curriculum
from dunwell.actions.gate import Actor
from dunwell.actions.quizzes import begin_quiz
from dunwell.actions.role_plays import begin_role_play
from dunwell.actions.role_rights import ROLE_RIGHTS
from dunwell.models import Certificate


def keep_training(company, learner, *, today, at):
    """Add what training needs; return the keys."""
    on = {"as_of": today, "at": at}
    role = "credit_manager"
    rights = ROLE_RIGHTS[role]
    lead = Actor(company=company, name="lead", roles=frozenset({role}), rights=rights)
    one = Actor(company=company, name=learner.username, user_id=learner.pk, rights=rights)
    play = begin_role_play(actor=one, persona="forgetful", language="en", **on)
    sitting = begin_quiz(actor=one, quiz="contact_words", **on)
    asked = assign_curriculum(
        actor=lead, user=learner, curriculum="hard_calls", due_on=today, **on
    )
    certificate = Certificate.objects.create(
        company=company, user=learner, kind="first_calls", issued_on=today,
        expires_on=today + timedelta(days=365), recorded_at=at,
    )  # fmt: skip
    return {
        "learner_id": learner.pk,
        "role_play_id": play.pk,
        "sitting_id": sitting.pk,
        "curriculum_assignment_id": asked.pk,
        "certificate_id": certificate.pk,
    }
