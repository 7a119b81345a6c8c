"""Who may answer an escalation: whom it is put to, who stands in for them, and who is higher."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from dunwell.engine.playbooks_policy import RANKS, Rung


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Who wants to answer; `stands_for`: its own key, and those of the people it covers today."""

    name: str
    roles: frozenset[str]
    stands_for: frozenset[int] = field(default_factory=frozenset)


@dataclass(frozen=True, kw_only=True, slots=True)
class Addressed:
    """Whom it is put to now; `user_id` is empty where it is everybody in the role.

    `is_there`: the person still works for the company. `later` are the rungs still above.
    """

    role: str
    user_id: int | None = None
    is_there: bool = True
    later: tuple[Rung, ...] = ()


def is_asked(person: Person, to: Addressed) -> bool:
    """Return whether it waits for this person: named, standing in, or one of the role asked."""
    if to.user_id is not None and to.is_there:
        return to.user_id in person.stands_for
    return to.role in person.roles


def is_higher(person: Person, to: Addressed) -> bool:
    """Return whether a person has a higher role than is asked, or is named on a later rung."""
    rank = _rank((to.role,))
    return _rank(person.roles) > rank >= 0 or any(rung.person == person.name for rung in to.later)


def may_answer(person: Person, to: Addressed) -> bool:
    """Return whether a person may acknowledge: whom it is put to, or somebody higher."""
    return is_asked(person, to) or is_higher(person, to)


def may_resolve(
    person: Person, to: Addressed, *, acknowledged_by: str, is_answerer_there: bool = True
) -> bool:
    """Return whether a person may say what came of it: who took it on, or somebody higher.

    While nobody took it on, or that person is gone, it is whoever may answer.
    """
    if acknowledged_by and is_answerer_there:
        return person.name == acknowledged_by or is_higher(person, to)
    return may_answer(person, to)


def _rank(roles: Collection[str] | Sequence[str]) -> int:
    return max((RANKS[role] for role in roles if role in RANKS), default=-1)
