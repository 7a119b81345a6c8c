"""The language segments and pools are written in: conditions on facts of a customer.

A rule holds where every one of its conditions does. A fact that is not known meets no
condition, not even one that excludes a value: nobody is moved by what we do not know.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import and_

import narwhals.stable.v2 as nw

from dunwell.engine import documents
from dunwell.engine.behaviour import HABIT_LABELS
from dunwell.engine.documents import DocumentError
from dunwell.engine.schema import Column, Frame

WORD = "word"
LONGEST_WORD, MOST_WORDS = 80, 200


@dataclass(frozen=True, slots=True)
class SegmentFact:
    """One fact of a customer: its unit (money, days, ppm, points or word) and what it means.

    `words`: the only words it can be; empty where any may stand.
    """

    unit: str
    meaning: str
    words: tuple[str, ...] = ()


FACTS: Mapping[str, SegmentFact] = {
    "owed_minor": SegmentFact("money", "open amount in home minor units, credits deducted"),
    "overdue_minor": SegmentFact("money", "of that, what is past due"),
    "oldest_days": SegmentFact("days", "days past due of the oldest open item, 0 if none"),
    "billed_minor": SegmentFact("money", "billed in the last 365 days, home minor units"),
    "lifetime_days": SegmentFact("days", "days since the first item"),
    "score": SegmentFact("points", "behavioural score, 0 to 100"),
    "median_days_late": SegmentFact("days", "median days late, early < 0"),
    "late_ppm": SegmentFact("ppm", "share of items paid late"),
    "kept_ppm": SegmentFact("ppm", "share of judged promises kept in two years"),
    "disputed_ppm": SegmentFact("ppm", "share of the items of a year that were disputed"),
    "band": SegmentFact(WORD, "band of the score, A to E", ("A", "B", "C", "D", "E")),
    "habit": SegmentFact(WORD, f"how it pays: {', '.join(HABIT_LABELS)}", HABIT_LABELS),
    "country": SegmentFact(WORD, "ISO 3166-1 alpha-2"),
    "party": SegmentFact(WORD, "company, person or public", ("company", "person", "public")),
    "language": SegmentFact(WORD, "language we write in"),
    "terms": SegmentFact(WORD, "terms of payment as recorded"),
}
"""What a rule of segments may ask for."""

POOL_FACTS: Mapping[str, SegmentFact] = {
    **FACTS,
    "segment": SegmentFact(WORD, "segment the customer is in"),
}
"""What a pool may ask for: the segment too, which a segment's own rules cannot."""

CUSTOMER_FACTS: Frame = {
    "customer_id": Column(nw.Int64, "key of the customer"),
    **{
        name: Column(
            nw.String if fact.unit == WORD else nw.Int64,
            f"{fact.meaning}; empty when unknown",
            nullable=fact.unit != WORD,
        )
        for name, fact in POOL_FACTS.items()
    },
}
"""One row per customer; a word that is not known is an empty text."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """A number from `low` to `high` (both included, None: open), or one of `words`, or none."""

    fact: str
    low: int | None = None
    high: int | None = None
    words: tuple[str, ...] = ()
    is_not: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A named rule: all its conditions hold."""

    name: str
    conditions: tuple[Condition, ...]


def read_conditions(
    stated: Mapping[str, object], where: str, *, facts: Mapping[str, SegmentFact] = FACTS
) -> tuple[Condition, ...]:
    """Return the conditions of a rule, stated as fact: {from, to}, [words] or {not: [words]}.

    Raises DocumentError for none, an unknown fact, bounds upside down and values of another kind.
    """
    documents.known(stated, facts, where)
    if not stated:
        raise DocumentError(f"{where}: state at least one condition")
    return tuple(
        _words(name, value, where, facts[name].words)
        if facts[name].unit == WORD
        else _range(name, value, where)
        for name, value in stated.items()
    )


def stated_conditions(conditions: tuple[Condition, ...]) -> dict[str, object]:
    """Return conditions in the form `read_conditions` takes."""
    return {one.fact: _stated(one) for one in conditions}


def holds(conditions: tuple[Condition, ...]) -> nw.Expr:
    """Return whether every condition holds for a row of CUSTOMER_FACTS; never empty."""
    return reduce(and_, [_holds(one) for one in conditions])


def _holds(one: Condition) -> nw.Expr:
    fact = nw.col(one.fact)
    if one.words:
        listed = fact.is_in(list(one.words))
        return (fact != "") & (~listed if one.is_not else listed)
    bounds = []
    if one.low is not None:
        bounds.append((fact >= one.low).fill_null(value=False))
    if one.high is not None:
        bounds.append((fact <= one.high).fill_null(value=False))
    return reduce(and_, bounds)


def _range(name: str, value: object, where: str) -> Condition:
    place = f"{where}, {name}"
    stated = documents.fields(value, place)
    documents.known(stated, {"from", "to"}, place)
    low, high = (
        documents.number(stated, side, place, smallest=-documents.LARGEST)
        if stated.get(side) is not None
        else None
        for side in ("from", "to")
    )
    if low is None and high is None:
        raise DocumentError(f"{place}: state from, to, or both")
    if low is not None and high is not None and low > high:
        raise DocumentError(f"{place}: from {low} lies above to {high}")
    return Condition(fact=name, low=low, high=high)


def _words(name: str, value: object, where: str, known: tuple[str, ...]) -> Condition:
    place = f"{where}, {name}"
    is_not = isinstance(value, Mapping)
    if isinstance(value, Mapping):
        documents.known(value, {"not"}, place)
        value = value.get("not")
    words = documents.names(value, name, place)
    if not words or len(words) > MOST_WORDS or max(map(len, words)) > LONGEST_WORD:
        raise DocumentError(f"{place}: list 1 to {MOST_WORDS} words of at most {LONGEST_WORD}")
    if known:
        for word in words:
            documents.choice(word, name, known, where)
    return Condition(fact=name, words=words, is_not=is_not)


def _stated(one: Condition) -> object:
    if one.words:
        return {"not": list(one.words)} if one.is_not else list(one.words)
    sides = (("from", one.low), ("to", one.high))
    return {side: value for side, value in sides if value is not None}
