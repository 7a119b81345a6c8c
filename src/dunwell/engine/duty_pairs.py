"""Duties that are kept apart: which pairs there are, and which of them somebody holds."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

OBJECTS = ("customer", "record")


@dataclass(frozen=True, kw_only=True, slots=True)
class DutyPair:
    """Two sides of one pair as rights; the acts of each side as events, and what they share.

    `guard` names the action that keeps a pair without acts apart; `why` is said to people.
    """

    id: str
    why: str
    first: frozenset[str]
    second: frozenset[str]
    object: str = ""
    first_acts: frozenset[str] = frozenset()
    second_acts: frozenset[str] = frozenset()
    guard: str = ""

    def against(self, act: str) -> frozenset[str]:
        """Return the acts that whoever does this one must not have done on the same object."""
        found: frozenset[str] = frozenset()
        if act in self.first_acts:
            found |= self.second_acts
        if act in self.second_acts:
            found |= self.first_acts
        return found


def read_pairs(document: Mapping[str, object]) -> tuple[DutyPair, ...]:
    """Return the pairs of `policies/duties.yaml`; raise ValueError where one says too little."""
    rows = document.get("pairs")
    if not isinstance(rows, list) or not rows:
        raise ValueError("duties.yaml names no pairs.")
    pairs = tuple(_pair(row) for row in rows)
    if len({pair.id for pair in pairs}) != len(pairs):
        raise ValueError("duties.yaml names a pair twice.")
    return pairs


def held_together(
    pairs: Sequence[DutyPair], roles: Collection[str], rights: Mapping[str, frozenset[str]]
) -> tuple[DutyPair, ...]:
    """Return the pairs whose two sides come from two of the roles, neither of which has both.

    What one role has by itself is kept apart by the object: `DutyPair.acts` or its guard.
    """
    found = []
    for pair in pairs:
        first = {role for role in roles if rights[role] & pair.first}
        second = {role for role in roles if rights[role] & pair.second}
        if first - second and second - first and pair.first != pair.second:
            found.append(pair)
    return tuple(found)


def _pair(row: object) -> DutyPair:
    if not isinstance(row, Mapping):
        raise TypeError("A pair of duties.yaml is no table.")
    acts = row.get("acts") or {}
    pair = DutyPair(
        id=str(row["id"]),
        why=str(row["why"]),
        first=frozenset(row["first"]),
        second=frozenset(row["second"]),
        object=str(row.get("object", "")),
        first_acts=frozenset(acts.get("first", ())),
        second_acts=frozenset(acts.get("second", ())),
        guard=str(row.get("guard", "")),
    )
    if not pair.first or not pair.second:
        raise ValueError(f"Pair {pair.id} of duties.yaml lacks a side.")
    if bool(pair.first_acts) != bool(pair.second_acts) or bool(acts) == bool(pair.guard):
        raise ValueError(f"Pair {pair.id} of duties.yaml needs acts of both sides, or a guard.")
    if acts and pair.object not in OBJECTS:
        raise ValueError(f"Pair {pair.id} of duties.yaml shares no {pair.object or 'object'}.")
    return pair
