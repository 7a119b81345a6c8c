"""Quizzes: questions of the contact rules in force, and sittings as they are shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from dunwell.engine.quizzes import Question, RuleText, drawn
from dunwell.models import Company, QuizSitting
from dunwell.queries.contact_rules import rules_in_force
from dunwell.queries.curricula import shipped_syllabus


@dataclass(frozen=True, kw_only=True, slots=True)
class QuizQuestionRow:
    """One question; `right` and `chosen` are indexes of choices, None until it is handed in.

    `rule` is the contact rule it was drawn from, `source` where that stands.
    """

    number: int
    rule: str
    source: str
    asks: str
    text: str
    choices: tuple[str, ...]
    right: int | None
    chosen: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class QuizSittingRow:
    """One sitting with its questions; points 0 to 100 once handed in."""

    id: int
    quiz: str
    points: int | None
    is_passed: bool
    began_on: date
    handed_in_on: date | None
    questions: tuple[QuizQuestionRow, ...]


def quiz_questions(
    company: Company,
    quiz: str,
    *,
    seed: str,
    as_of: date,
    texts: Mapping[str, str] | None = None,
) -> tuple[Question, ...]:
    """Return questions of the rules in force for the company that day; one query.

    `texts` are the rules in the reader's language; a rule not in it is told as it is written.
    Raises KeyError for a quiz that is not shipped.
    """
    plan = shipped_syllabus().quizzes[quiz]
    rules = [
        RuleText(id=one.id, text=str((texts or {}).get(one.id, one.text)), source=one.source)
        for one in rules_in_force(company, as_of=as_of)
        if one.kind in plan.kinds
    ]
    return drawn(rules, seed=seed, most=plan.questions)


def quiz_sitting(
    company: Company, sitting_id: int, *, user_id: int | None
) -> QuizSittingRow | None:
    """Return one sitting of the person, None where there is none; two queries.

    What is right is told only after it was handed in.
    """
    found = QuizSitting.objects.filter(company=company, user=user_id, pk=sitting_id).first()
    if found is None:
        return None
    is_over = found.handed_in_on is not None
    chosen = dict(found.answers.values_list("number", "choice")) if is_over else {}
    return QuizSittingRow(
        id=found.pk,
        quiz=found.quiz,
        points=found.points,
        is_passed=found.is_passed,
        began_on=found.began_on,
        handed_in_on=found.handed_in_on,
        questions=tuple(
            QuizQuestionRow(
                number=number,
                rule=one["rule"],
                source=one["source"],
                asks=one["asks"],
                text=one["text"],
                choices=tuple(one["choices"]),
                right=one["right"] if is_over else None,
                chosen=chosen.get(number),
            )
            for number, one in enumerate(found.questions, 1)
        ),
    )
