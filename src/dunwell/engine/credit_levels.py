"""The values that could change a credit decision: every edge of the scorecard and the rules.

A level sets one fact, or several that only count together (every knock-out cleared, every
required fact known), to a value the policy tells apart from others.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dunwell.engine.credit_conditions import FOUND, NO, YES, When
from dunwell.engine.credit_fact_names import NUMBER
from dunwell.engine.credit_policy import CreditPolicy
from dunwell.engine.scorecard_terms import CATEGORY, CardInput, Scorecard
from dunwell.engine.segments_rules import Condition

ASKED = "asked_minor"
"""What is asked for is varied like a fact."""

ELSE = "something else"
"""A text no rule names, where a rule asks for anything but some."""

Cell = int | str
"""A fact as its column holds it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Level:
    """Facts set to values. `is_filling`: only those not known are set, `is_clearing`: only others.

    `is_asking_table`: what is asked for is set to the limit of the table instead.
    """

    sets: Mapping[str, Cell]
    is_filling: bool = False
    is_clearing: bool = False
    is_asking_table: bool = False

    def touches(self, held: Cell | None) -> bool:
        """Return whether a fact that holds such a value is set."""
        is_known = held is not None and held != ""
        return not (self.is_filling and is_known) and not (self.is_clearing and not is_known)


def levels(policy: CreditPolicy, card: Scorecard) -> tuple[Level, ...]:
    """Return every level once: those of single facts by name and value, then those together."""
    kinds = policy.kinds(card)
    single: dict[str, set[Cell]] = {}
    for one in card.inputs:
        single.setdefault(one.name, set()).update(_of_input(one))
    for when in _whens(policy):
        for condition in when.conditions:
            if condition.fact not in FOUND or condition.fact == ASKED:
                single.setdefault(condition.fact, set()).update(_of_condition(condition))
    for row in policy.limits.rows:
        for base in row.bases:
            single.setdefault(base.fact, set()).update(_amounts(row.most_minor, base.share_ppm))
    for rule in policy.required:
        for name in rule.facts:
            if not single.get(name):
                single[name] = {1 if kinds[name] == NUMBER else YES}
    found = [
        Level(sets={name: value})
        for name in sorted(single)
        for value in sorted(single[name], key=str)
    ]
    table = Level(sets={}, is_asking_table=True)
    return (*found, table, *_together(policy, kinds, single))


def _together(
    policy: CreditPolicy, kinds: Mapping[str, str], single: Mapping[str, set[Cell]]
) -> list[Level]:
    """Return the levels of several facts: nothing knocks out, nothing declines, all is known."""
    cleared: dict[str, Cell] = {}
    for out in policy.classes.knock_outs:
        cleared |= _failing(out.when)
    for rule in policy.decisions.rules:
        if rule.then != "approve":
            cleared |= _failing(rule.when)
    known: dict[str, Cell] = {}
    for one in policy.required:
        for name in one.facts:
            numbers = [value for value in single[name] if isinstance(value, int)]
            known[name] = max(numbers) if kinds[name] == NUMBER and numbers else YES
    found = []
    if len(cleared) > 1:
        found.append(Level(sets=cleared, is_clearing=True))
    if len(known) > 1:
        found.append(Level(sets=known, is_filling=True))
    return found


def _whens(policy: CreditPolicy) -> Iterable[When]:
    for out in policy.classes.knock_outs:
        yield out.when
    for rule in policy.decisions.rules:
        yield rule.when
    for one in policy.required:
        yield one.when


def _of_input(one: CardInput) -> set[Cell]:
    """Return both ends of each stretch, or the first text of each group."""
    if one.kind == CATEGORY:
        return {group.values[0] for group in one.bins if group.values}
    edges = [math.floor(part.up_to) for part in one.bins if part.up_to is not None]
    return {edge + step for edge in edges for step in (0, 1)}


def _of_condition(condition: Condition) -> set[Cell]:
    """Return the values on both sides of a condition's bounds."""
    if condition.words:
        others = {YES, NO} if set(condition.words) <= {YES, NO} else set()
        return {*condition.words, *others, *(() if others else (ELSE,))}
    found: set[Cell] = set()
    if condition.low is not None:
        found |= {condition.low, condition.low - 1}
    if condition.high is not None:
        found |= {condition.high, condition.high + 1}
    return found


def _amounts(most: int, share_ppm: int) -> set[Cell]:
    """Return the base amounts at which a limit is nothing, and at which it is all it can be."""
    return {0, min(most * 1_000_000 // max(1, share_ppm) + 1, 10**15)}


def _failing(when: When) -> dict[str, Cell]:
    """Return one fact set so that the conditions no longer hold; nothing where it cannot be."""
    for condition in when.conditions:
        if condition.fact in FOUND:
            continue
        if condition.words:
            if set(condition.words) <= {YES, NO}:
                return {condition.fact: NO if YES in condition.words else YES}
            return {condition.fact: condition.words[0] if condition.is_not else ELSE}
        if condition.low is not None:
            return {condition.fact: condition.low - 1}
        if condition.high is not None:
            return {condition.fact: condition.high + 1}
    return {}
