"""The shipped scripts and curricula, and how far people are with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import sha256
from importlib.resources import files

from dunwell.engine.curricula import (
    QUIZ,
    ROLE_PLAY,
    Curriculum,
    Passed,
    Syllabus,
    proof_of,
    read_syllabus,
)
from dunwell.engine.role_plays import Persona, read_persona
from dunwell.formats.policies import read_policy
from dunwell.models import (
    Certificate,
    Company,
    CurriculumAssignment,
    Membership,
    QuizSitting,
    Role,
    RolePlay,
)

PERSONAS = ("forgetful", "disputing", "insolvent", "hostile", "vulnerable", "big_customer")
OUTSIDE = (Role.PARTNER, Role.ADVISOR, Role.AUDITOR)
"""Roles that are not taught: they are somebody else's people."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CurriculumPart:
    """A part of a curriculum and the day it was passed, None where that does not count (yet)."""

    kind: str
    name: str
    passed_on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CurriculumRow:
    """One curriculum for one person; `is_cross`: of another role than theirs.

    `expires_on` is the day from which the certificate they hold is good no more, `expired_on` the
    day since which the last one is not, `due_on` until when they were asked to have it.
    """

    curriculum: str
    is_cross: bool
    parts: tuple[CurriculumPart, ...]
    expires_on: date | None
    expired_on: date | None
    due_on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class LearnerRow:
    """One person with one curriculum that is theirs by role, by assignment or by certificate."""

    user_id: int
    name: str
    curriculum: str
    passed: int
    parts: int
    expires_on: date | None
    expired_on: date | None
    due_on: date | None
    assignment_id: int | None
    certificate_id: int | None
    is_late: bool


@cache
def shipped_personas() -> Mapping[str, tuple[Persona, str]]:
    """Return every persona with the SHA-256 of its script."""
    found = {}
    for name in PERSONAS:
        text = _shipped(name)
        persona = read_persona(read_policy(text).document)
        found[persona.name] = (persona, sha256(text.encode()).hexdigest())
    return found


@cache
def shipped_syllabus() -> Syllabus:
    """Return the shipped curricula and quizzes."""
    return read_syllabus(
        read_policy(_shipped("curricula")).document,
        roles=[role.value for role in Role],
        personas=PERSONAS,
    )


def passes_of(company: Company, *, users: Sequence[int]) -> Mapping[int, list[Passed]]:
    """Return what each of the people passed: two queries."""
    found: dict[int, list[Passed]] = {user: [] for user in users}
    plays = RolePlay.objects.filter(company=company, user__in=users, is_passed=True)
    for user, name, on, key in plays.values_list("user_id", "persona", "ended_on", "id"):
        if on is not None:
            found[user].append(Passed(kind=ROLE_PLAY, name=name, on=on, key=key))
    quizzes = QuizSitting.objects.filter(company=company, user__in=users, is_passed=True)
    for user, name, on, key in quizzes.values_list("user_id", "quiz", "handed_in_on", "id"):
        if on is not None:
            found[user].append(Passed(kind=QUIZ, name=name, on=on, key=key))
    return found


def last_issued(
    company: Company, *, users: Sequence[int]
) -> Mapping[tuple[int, str], Certificate]:
    """Return the newest certificate of each person and kind that was not revoked: one query."""
    found = Certificate.objects.filter(company=company, user__in=users, revoked_on=None)
    return {(one.user_id, one.kind): one for one in found.order_by("issued_on", "id")}


def curriculum_rows(
    company: Company, user_id: int, *, roles: frozenset[str], as_of: date
) -> tuple[CurriculumRow, ...]:
    """Return every curriculum as it stands for one person, their own first; four queries."""
    passed = passes_of(company, users=[user_id])[user_id]
    issued = last_issued(company, users=[user_id])
    asked = {
        one.curriculum: one
        for one in CurriculumAssignment.objects.filter(
            company=company, user=user_id, ended_on=None
        )
    }
    rows = []
    for name, one in shipped_syllabus().curricula.items():
        held = issued.get((user_id, name))
        due = asked.get(name)
        rows.append(
            CurriculumRow(
                curriculum=name,
                is_cross=not roles & set(one.roles),
                parts=_parts(one, passed, held, as_of),
                expires_on=held.expires_on if held and held.expires_on > as_of else None,
                expired_on=held.expires_on if held and held.expires_on <= as_of else None,
                due_on=due.due_on if due else None,
            )
        )
    return tuple(sorted(rows, key=lambda row: (row.is_cross, row.due_on is None)))


def learner_rows(company: Company, *, as_of: date) -> tuple[LearnerRow, ...]:
    """Return all people with the curricula of their roles and assignments; five queries."""
    people: dict[int, tuple[str, set[str]]] = {}
    members = Membership.objects.filter(company=company, user__is_active=True)
    for user, name, role in members.exclude(role__in=OUTSIDE).values_list(
        "user_id", "user__username", "role"
    ):
        people.setdefault(user, (name, set()))[1].add(role)
    users = sorted(people, key=lambda user: people[user][0])
    passes, issued = passes_of(company, users=users), last_issued(company, users=users)
    asked = {
        (one.user_id, one.curriculum): one
        for one in CurriculumAssignment.objects.filter(company=company, ended_on=None)
    }
    rows = []
    for user in users:
        name, roles = people[user]
        for key, one in shipped_syllabus().curricula.items():
            held, due = issued.get((user, key)), asked.get((user, key))
            if not (roles & set(one.roles) or held or due):
                continue
            valid = held if held and held.expires_on > as_of else None
            parts = _parts(one, passes[user], held, as_of)
            rows.append(
                LearnerRow(
                    user_id=user,
                    name=name,
                    curriculum=key,
                    passed=sum(part.passed_on is not None for part in parts),
                    parts=len(parts),
                    expires_on=valid.expires_on if valid else None,
                    expired_on=held.expires_on if held and not valid else None,
                    due_on=due.due_on if due else None,
                    assignment_id=due.pk if due else None,
                    certificate_id=valid.pk if valid else None,
                    is_late=due is not None and valid is None and due.due_on < as_of,
                )
            )
    return tuple(rows)


def _parts(
    curriculum: Curriculum, passed: Sequence[Passed], held: Certificate | None, as_of: date
) -> tuple[CurriculumPart, ...]:
    """Return the parts on the way to the next certificate."""
    proof = proof_of(curriculum, passed, after=held.issued_on if held else None, as_of=as_of)
    return tuple(
        CurriculumPart(
            kind=kind,
            name=name,
            passed_on=proof[kind, name].on if (kind, name) in proof else None,
        )
        for kind, name in curriculum.parts
    )


def _shipped(name: str) -> str:
    text = files("dunwell").joinpath("policies", "training", f"{name}.yaml")
    return text.read_text(encoding="utf-8")
