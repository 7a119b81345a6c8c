"""The segments policy: named groups of customers in order, each with its rules.

One document, versioned like a strategy. Where several segments claim a customer, the first in
the document wins and the others are told. A policy without segments changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from dunwell.engine import documents
from dunwell.engine.documents import DocumentError
from dunwell.engine.segments_rules import FACTS, WORD, Rule, read_conditions

OTHERWISE = "standard"
LONGEST_SEGMENT, LONGEST_RULE = 40, 80
MOST_SEGMENTS, MOST_RULES = 40, 40
_FIELDS = {"name", "valid_from", "otherwise", "segments"}
_SEGMENT = {"name", "rules"}
_CASE = {"name", "facts", "expect", "also"}


class SegmentsPolicyError(DocumentError):
    """The segments policy cannot be used; the message says what, where, and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """A group of customers: it claims whoever one of its rules holds for."""

    name: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class SegmentCase:
    """A customer somebody states, the segment they expect, and those that claim it too."""

    name: str
    facts: Mapping[str, int | str]
    expect: str
    also: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SegmentsPolicy:
    """The whole document. `otherwise`: where whoever no segment claims belongs."""

    name: str
    valid_from: date
    otherwise: str = OTHERWISE
    segments: tuple[Segment, ...] = ()
    cases: tuple[SegmentCase, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Return every segment a customer can be in, in order, `otherwise` last."""
        named = [segment.name for segment in self.segments]
        return tuple(dict.fromkeys([*named, self.otherwise]))

    @property
    def facts(self) -> tuple[str, ...]:
        """Return the facts its rules ask for, in the order of FACTS."""
        asked = {
            condition.fact
            for segment in self.segments
            for rule in segment.rules
            for condition in rule.conditions
        }
        return tuple(name for name in FACTS if name in asked)


def read_segments_policy(document: Mapping[str, object]) -> SegmentsPolicy:
    """Build a segments policy from a parsed document of the form {segments: …, cases: […]}.

    Raises SegmentsPolicyError naming the first wrong field.
    """
    try:
        outer = documents.fields(document, "document")
        documents.known(outer, {"segments", "cases"}, "document")
        body = documents.fields(outer.get("segments"), "segments")
        documents.known(body, _FIELDS, "segments")
        listed = documents.rows(body.get("segments", []), "segments", "segments")
        _refuse_many(len(listed))
        segments = tuple(
            _segment(row, f"segments, segment {n}") for n, row in enumerate(listed, 1)
        )
        documents.refuse_twice([segment.name for segment in segments], "segments")
        documents.refuse_twice(
            [rule.name for one in segments for rule in one.rules], "segments, rules"
        )
        otherwise = _named(body, "otherwise", "segments", LONGEST_SEGMENT, default=OTHERWISE)
        names = [*(segment.name for segment in segments), otherwise]
        cases = documents.rows(outer.get("cases") or [], "cases", "segments")
        return SegmentsPolicy(
            name=documents.text(body, "name", "segments"),
            valid_from=documents.day(body.get("valid_from"), "valid_from", "segments"),
            otherwise=otherwise,
            segments=segments,
            cases=tuple(
                _case(row, names, f"segments, case {n}") for n, row in enumerate(cases, 1)
            ),
        )
    except SegmentsPolicyError:
        raise
    except DocumentError as error:
        raise SegmentsPolicyError(str(error)) from error


def _segment(row: object, where: str) -> Segment:
    stated = documents.fields(row, where)
    documents.known(stated, _SEGMENT, where)
    listed = documents.rows(stated.get("rules", []), "rules", where)
    if not 1 <= len(listed) <= MOST_RULES:
        raise DocumentError(f"{where}: rules must list 1 to {MOST_RULES}; found {len(listed)}")
    return Segment(
        name=_named(stated, "name", where, LONGEST_SEGMENT),
        rules=tuple(_rule(rule, f"{where}, rule {n}") for n, rule in enumerate(listed, 1)),
    )


def _rule(row: object, where: str) -> Rule:
    stated = documents.fields(row, where)
    conditions = {name: value for name, value in stated.items() if name != "name"}
    return Rule(
        name=_named(stated, "name", where, LONGEST_RULE),
        conditions=read_conditions(conditions, where),
    )


def _case(row: object, names: list[str], where: str) -> SegmentCase:
    stated = documents.fields(row, where)
    documents.known(stated, _CASE, where)
    also = stated.get("also")
    told = None if also is None else documents.names(also, "also", where)
    return SegmentCase(
        name=documents.text(stated, "name", where),
        facts=_facts(stated.get("facts") or {}, where),
        expect=documents.choice(stated.get("expect"), "expect", names, where),
        also=told and tuple(documents.choice(name, "also", names, where) for name in told),
    )


def _facts(value: object, where: str) -> dict[str, int | str]:
    place = f"{where}, facts"
    stated = documents.fields(value, place)
    documents.known(stated, FACTS, place)
    return {
        name: _word(stated, name, place)
        if FACTS[name].unit == WORD
        else documents.number(stated, name, place, smallest=-documents.LARGEST)
        for name in stated
    }


def _word(stated: Mapping[str, object], name: str, where: str) -> str:
    words = FACTS[name].words
    if words:
        return documents.choice(stated[name], name, words, where)
    return documents.text(stated, name, where)


def _named(
    stated: Mapping[str, object],
    name: str,
    where: str,
    longest: int,
    *,
    default: str | None = None,
) -> str:
    found = documents.text(stated, name, where, default=default)
    if len(found) > longest or found != found.strip():
        raise DocumentError(
            f"{where}: {name} must be at most {longest} characters without blanks "
            f"around it, found {found!r}"
        )
    return found


def _refuse_many(segments: int) -> None:
    if segments > MOST_SEGMENTS:
        raise DocumentError(f"segments: at most {MOST_SEGMENTS} segments, found {segments}")
