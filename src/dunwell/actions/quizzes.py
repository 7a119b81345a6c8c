"""Quizzes: questions drawn for one person, answered once, all together."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.certificates import award_certificates
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Forbidden, Refused, own
from dunwell.engine.quizzes import points_of
from dunwell.models import Company, QuizAnswer, QuizSitting
from dunwell.queries.contact_rules import shipped_rules
from dunwell.queries.curricula import shipped_syllabus
from dunwell.queries.quizzes import quiz_questions

MOST_A_DAY = 5
"""Sittings of one quiz a day: who guesses does not get through by guessing on."""


@transaction.atomic
def begin_quiz(
    *,
    actor: Actor,
    quiz: str,
    as_of: date,
    at: datetime,
    texts: Mapping[str, str] | None = None,
) -> QuizSitting:
    """Draw the questions of a quiz, or return the sitting that is not handed in yet.

    `texts` are the rules in the reader's language. Raises Refused for an unknown quiz, and above
    the sittings of a day.
    """
    actor.require("training.take")
    if actor.user_id is None:
        raise Refused("Only a person can sit a quiz; sign in.")
    if quiz not in shipped_syllabus().quizzes:
        raise Refused("There is no such quiz; choose one of those shown.")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    mine = QuizSitting.objects.filter(company=actor.company, user=actor.user_id, quiz=quiz)
    running = mine.filter(handed_in_on=None).first()
    if running is not None:
        return running
    if mine.filter(began_on=as_of).count() >= MOST_A_DAY:
        raise Refused("You have tried this often enough today; read the rules, go on tomorrow.")
    seed = f"{actor.user_id}/{quiz}/{mine.count()}"
    questions = quiz_questions(actor.company, quiz, seed=seed, as_of=as_of, texts=texts)
    if not questions:
        raise Refused("No rule in force gives a question for this quiz.")
    sitting = QuizSitting.objects.create(
        company=actor.company,
        user_id=actor.user_id,
        quiz=quiz,
        pack=shipped_rules().pack,
        questions=[asdict(one) for one in questions],
        began_on=as_of,
        began_at=at,
    )
    record_event(actor, "quiz.begun", sitting, at=at, quiz=quiz, questions=len(questions))
    return sitting


@transaction.atomic
def hand_in_quiz(
    *, actor: Actor, sitting: QuizSitting, choices: Sequence[int], as_of: date, at: datetime
) -> QuizSitting:
    """Answer all questions of a sitting at once: the index of a choice each, in their order.

    Raises Forbidden for somebody else's sitting, Refused for one handed in and for answers that
    do not fit.
    """
    actor.require("training.take")
    own(actor, sitting, "quiz")
    if sitting.user_id != actor.user_id:
        raise Forbidden("This is somebody else's quiz; begin one of your own.")
    locked = QuizSitting.objects.select_for_update(no_key=True).get(pk=sitting.pk)
    if locked.handed_in_on is not None:
        raise Refused("This quiz was handed in already; begin it again.")
    asked = locked.questions
    if len(choices) != len(asked):
        raise Refused(f"Answer all {len(asked)} questions.")
    for one, choice in zip(asked, choices, strict=True):
        if not 0 <= choice < len(one["choices"]):
            raise Refused("Choose one of the answers shown to each question.")
    answers = [
        QuizAnswer(
            sitting=locked,
            company_id=locked.company_id,
            number=number,
            choice=choice,
            is_right=choice == one["right"],
        )
        for number, (one, choice) in enumerate(zip(asked, choices, strict=True), 1)
    ]
    QuizAnswer.objects.bulk_create(answers)
    locked.points = points_of(sum(one.is_right for one in answers), len(answers))
    plan = shipped_syllabus().quizzes.get(locked.quiz)
    locked.is_passed = plan is not None and locked.points >= plan.pass_points
    locked.handed_in_on = as_of
    locked.save(update_fields=["points", "is_passed", "handed_in_on"])
    record_event(
        actor,
        "quiz.handed_in",
        locked,
        at=at,
        quiz=locked.quiz,
        points=locked.points,
        is_passed=locked.is_passed,
    )
    if locked.is_passed:
        award_certificates(actor=actor, as_of=as_of, at=at)
    return locked
