"""What a role learns, how far somebody is with it, and when a certificate is due."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from dunwell.engine import documents
from dunwell.engine.call_moves import LANGUAGES
from dunwell.engine.contact_rules.params import KINDS
from dunwell.engine.documents import DocumentError

ROLE_PLAY, QUIZ = "role_play", "quiz"


@dataclass(frozen=True, kw_only=True, slots=True)
class QuizPlan:
    """A quiz: the kinds of contact rules it draws from, how many, and points to pass."""

    name: str
    label: Mapping[str, str]
    kinds: tuple[str, ...]
    questions: int
    pass_points: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Curriculum:
    """What is passed for a certificate, by whom first of all, and how long it is good (days)."""

    name: str
    label: Mapping[str, str]
    roles: tuple[str, ...]
    parts: tuple[tuple[str, str], ...]
    """(ROLE_PLAY or QUIZ, name), in the order they are best learned."""

    within_days: int
    valid_days: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Syllabus:
    """All curricula and quizzes by name, in their order."""

    curricula: Mapping[str, Curriculum]
    quizzes: Mapping[str, QuizPlan]


@dataclass(frozen=True, kw_only=True, slots=True)
class Passed:
    """A part somebody passed on a day; `key` is the record's."""

    kind: str
    name: str
    on: date
    key: int


def proof_of(
    curriculum: Curriculum, passed: Collection[Passed], *, after: date | None, as_of: date
) -> Mapping[tuple[str, str], Passed]:
    """Return the newest pass of each part that counts today.

    It counts for `within_days`, and only if it is later than `after`, the day the last
    certificate was issued: a certificate is renewed by learning again, not by waiting.
    """
    since = as_of - timedelta(days=curriculum.within_days)
    found: dict[tuple[str, str], Passed] = {}
    for one in sorted(passed, key=lambda each: (each.on, each.key)):
        part = (one.kind, one.name)
        if part in curriculum.parts and since < one.on <= as_of and (not after or one.on > after):
            found[part] = one
    return found


def is_earned(curriculum: Curriculum, proof: Mapping[tuple[str, str], Passed]) -> bool:
    """Return whether every part is proven."""
    return all(part in proof for part in curriculum.parts)


def read_syllabus(
    document: object, *, roles: Collection[str], personas: Collection[str]
) -> Syllabus:
    """Return the curricula of their YAML document; raise DocumentError for what is not known."""
    stated = documents.fields(document, "curricula")
    documents.known(stated, {"curricula", "quizzes"}, "curricula")
    quizzes = [
        _quiz(entry) for entry in documents.rows(stated.get("quizzes"), "quizzes", "curricula")
    ]
    documents.refuse_twice([one.name for one in quizzes], "quizzes")
    known = {one.name for one in quizzes}
    found = [
        _curriculum(entry, roles, personas, known)
        for entry in documents.rows(stated.get("curricula"), "curricula", "curricula")
    ]
    documents.refuse_twice([one.name for one in found], "curricula")
    return Syllabus(
        curricula={one.name: one for one in found}, quizzes={one.name: one for one in quizzes}
    )


def _quiz(entry: object) -> QuizPlan:
    stated = documents.fields(entry, "quizzes")
    name = documents.text(stated, "quiz", "quizzes")
    where = f"quiz {name}"
    documents.known(stated, {"quiz", "label", "kinds", "questions", "pass_points"}, where)
    kinds = documents.names(stated.get("kinds"), "kinds", where)
    for kind in kinds:
        documents.choice(kind, "kind", KINDS, where)
    return QuizPlan(
        name=name,
        label=_label(stated, where),
        kinds=kinds,
        questions=documents.number(stated, "questions", where, smallest=1, largest=20),
        pass_points=documents.number(stated, "pass_points", where, smallest=1, largest=100),
    )


def _curriculum(
    entry: object, roles: Collection[str], personas: Collection[str], quizzes: Collection[str]
) -> Curriculum:
    stated = documents.fields(entry, "curricula")
    name = documents.text(stated, "curriculum", "curricula")
    where = f"curriculum {name}"
    documents.known(
        stated,
        {*("curriculum", "label", "roles", "role_plays", "quizzes", "within_days", "valid_days")},
        where,
    )
    parts: list[tuple[str, str]] = []
    for field, kind, known in (
        ("role_plays", ROLE_PLAY, personas),
        ("quizzes", QUIZ, quizzes),
    ):
        named = documents.names(stated.get(field), field, where)
        parts += [(kind, documents.choice(part, field, known, where)) for part in named]
    if not parts:
        raise DocumentError(f"{where}: nothing is to be passed; name a role play or a quiz")
    for role in (told := documents.names(stated.get("roles"), "roles", where)):
        documents.choice(role, "role", roles, where)
    return Curriculum(
        name=name,
        label=_label(stated, where),
        roles=told,
        parts=tuple(parts),
        within_days=documents.number(stated, "within_days", where, smallest=1, largest=3660),
        valid_days=documents.number(stated, "valid_days", where, smallest=1, largest=3660),
    )


def _label(stated: Mapping[str, object], where: str) -> Mapping[str, str]:
    texts = documents.fields(stated.get("label"), where)
    return {language: documents.text(texts, language, where) for language in LANGUAGES}
