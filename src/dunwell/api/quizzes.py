"""/training/quizzes: questions drawn from the contact rules in force, answered once."""

from typing import Annotated, Any

from ninja import Router
from pydantic import Field

from dunwell.actions.gate import Forbidden
from dunwell.actions.quizzes import begin_quiz, hand_in_quiz
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import Body, Created, Done, Id, Plain, answers, existing, own
from dunwell.api.writes import once
from dunwell.models import QuizSitting
from dunwell.queries.quizzes import QuizSittingRow, quiz_sitting
from dunwell.templatetags.contact_rules import rule_texts

router = Router(tags=["training"])


class QuizIn(Body):
    """Which quiz."""

    quiz: Annotated[Plain, Field(min_length=1, max_length=30)]


class QuizAnswersIn(Body):
    """The index of the choice taken for each question, in their order."""

    choices: Annotated[
        list[Annotated[int, Field(ge=0, le=20)]], Field(min_length=1, max_length=20)
    ]


@router.post("/quizzes", response=answers(Created, 201))
@once
def begin_a_quiz(request: ApiRequest, body: QuizIn) -> tuple[int, dict[str, Any]]:
    """Draw the questions of a quiz, or return the sitting that is not handed in."""
    made = begin_quiz(
        actor=request.actor,
        quiz=body.quiz,
        texts=rule_texts(),
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": made.pk}


@router.get("/quizzes/{sitting_id}", response=answers(QuizSittingRow))
def get_quiz(request: ApiRequest, sitting_id: Id) -> QuizSittingRow:
    """Return one's own sitting; what is right is told once it is handed in."""
    request.actor.require("training.take")
    if own(QuizSitting, request.actor, sitting_id).user_id != request.actor.user_id:
        raise Forbidden("This is somebody else's quiz; begin one of your own.")
    return existing(quiz_sitting(request.actor.company, sitting_id, user_id=request.actor.user_id))


@router.post("/quizzes/{sitting_id}/hand-in", response=answers(Done))
@once
def hand_in_a_quiz(
    request: ApiRequest, sitting_id: Id, body: QuizAnswersIn
) -> tuple[int, dict[str, Any]]:
    """Answer all questions at once."""
    hand_in_quiz(
        actor=request.actor,
        sitting=own(QuizSitting, request.actor, sitting_id),
        choices=body.choices,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}
