"""The guided appetite form: ten plain questions in, limits with the arithmetic behind each out.

An answer that is left out makes no limit. Amounts are home minor units, shares ppm of the book.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dunwell.engine.appetite_measures import (
    AMOUNTS,
    CLASS_SHARE,
    COUNTRY_SHARE,
    CURRENCY_SHARE,
    EXPECTED_LOSS,
    GROUP_SHARE,
    NEW_SHARE,
    REFER,
    SECTOR_SHARE,
    STOP,
    TOP_EXPOSURE,
    UNCOVERED_SHARE,
    WATCH,
)
from dunwell.engine.credit_classes import PPM

BAD_YEAR = 2
"""Expected loss is a mean; in the shipped downturn every chance of default doubles, so it does.
What a bad year may cost is therefore twice what is expected of a usual one."""

THENS = (STOP, REFER, WATCH)


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One question: its id, what it limits, and what an answer is: `amount` or `share`."""

    name: str
    measure: str
    kind: str


QUESTIONS = (
    Question(name="yearly_loss", measure=EXPECTED_LOSS, kind="amount"),
    Question(name="largest_name", measure="top_1_share", kind="share"),
    Question(name="largest_group", measure=GROUP_SHARE, kind="share"),
    Question(name="sector", measure=SECTOR_SHARE, kind="share"),
    Question(name="country", measure=COUNTRY_SHARE, kind="share"),
    Question(name="currency", measure=CURRENCY_SHARE, kind="share"),
    Question(name="weak_classes", measure=CLASS_SHARE, kind="share"),
    Question(name="new_customers", measure=NEW_SHARE, kind="share"),
    Question(name="insured", measure=UNCOVERED_SHARE, kind="share"),
    Question(name="cash_gap", measure=TOP_EXPOSURE, kind="amount"),
)
"""The ten questions, in the order they are asked."""

LIMIT_NAMES: Mapping[str, str] = {
    "yearly_loss": "Expected loss of a year",
    "largest_name": "Largest customer",
    "largest_group": "Largest group",
    "sector": "Largest sector",
    "country": "Largest country abroad",
    "currency": "Largest foreign currency",
    "weak_classes": "Weak risk classes",
    "new_customers": "New customers",
    "insured": "Not covered",
    "cash_gap": "Cash of one customer",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """An answer, minor units or a share in ppm, and what follows where it is passed."""

    value: int
    then: str = REFER


@dataclass(frozen=True, kw_only=True, slots=True)
class CompanyFigures:
    """What the arithmetic needs of a company: its place, money, book and weak classes."""

    country: str
    currency: str
    exposure_minor: int
    weak_classes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class AppetiteLine:
    """A limit that an answer gives: the row of the policy, and the steps that led there.

    `steps`: words with numbers to fill in: (what, value, unit), unit `minor`, `ppm` or `times`.
    `worth_minor` is what a share comes to in today's book.
    """

    question: str
    row: Mapping[str, object]
    steps: tuple[tuple[str, int, str], ...]
    worth_minor: int | None


class AppetiteError(ValueError):
    """The answers contradict each other; the message says which and how to mend it."""


def appetite_lines(
    answers: Mapping[str, Answer], figures: CompanyFigures
) -> tuple[AppetiteLine, ...]:
    """Return the limits the answers give, in the order of the questions.

    Raises AppetiteError for no answer at all, a share above the whole, and a group that may be
    smaller than the largest of its names.
    """
    _check(answers)
    return tuple(
        _line(question, answers[question.name], figures)
        for question in QUESTIONS
        if question.name in answers
    )


def _check(answers: Mapping[str, Answer]) -> None:
    if not answers:
        raise AppetiteError("Answer at least one question.")
    for question in QUESTIONS:
        answer = answers.get(question.name)
        if answer is None:
            continue
        if answer.then not in THENS:
            raise AppetiteError(f"{question.name}: choose one of {', '.join(THENS)}.")
        if answer.value < 0 or (question.kind == "share" and answer.value > PPM):
            raise AppetiteError(f"{question.name}: a share lies between 0 and 100 %.")
    name, group = answers.get("largest_name"), answers.get("largest_group")
    if name is not None and group is not None and group.value < name.value:
        raise AppetiteError(
            "A group holds at least what its largest name does: allow the largest group as much "
            "as the largest customer, or more."
        )


def _line(question: Question, answer: Answer, figures: CompanyFigures) -> AppetiteLine:
    is_amount = question.measure in AMOUNTS
    most, steps = _worked_out(question, answer)
    row: dict[str, object] = {
        "name": LIMIT_NAMES[question.name],
        "measure": question.measure,
        "most_minor" if is_amount else "most_ppm": most,
        "then": answer.then,
    }
    if question.measure == CLASS_SHARE:
        row["classes"] = list(figures.weak_classes)
    if question.measure == COUNTRY_SHARE and figures.country:
        row["excluding"] = [figures.country]
    if question.measure == CURRENCY_SHARE:
        row["excluding"] = [figures.currency]
    return AppetiteLine(
        question=question.name,
        row=row,
        steps=steps,
        worth_minor=most if is_amount else figures.exposure_minor * most // PPM,
    )


def _worked_out(
    question: Question, answer: Answer
) -> tuple[int, tuple[tuple[str, int, str], ...]]:
    """Return the most, and the steps to it."""
    if question.measure == EXPECTED_LOSS:
        most = answer.value // BAD_YEAR
        return most, (
            ("answer", answer.value, "minor"),
            ("bad_year", BAD_YEAR, "times"),
            ("most", most, "minor"),
        )
    if question.measure == UNCOVERED_SHARE:
        most = PPM - answer.value
        return most, (
            ("whole", PPM, "ppm"),
            ("insured", answer.value, "ppm"),
            ("most", most, "ppm"),
        )
    unit = "minor" if question.kind == "amount" else "ppm"
    return answer.value, (("answer", answer.value, unit), ("most", answer.value, unit))


def appetite_section(lines: Sequence[AppetiteLine]) -> list[Mapping[str, object]]:
    """Return section `appetite` of the credit policy that the lines make."""
    return [line.row for line in lines]
