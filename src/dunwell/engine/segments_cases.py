"""Plays the cases of a segments policy through the same functions the day's cycle uses."""

from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw

from dunwell.engine.schema import table
from dunwell.engine.segments import BY_HAND, claims, losing_claims, memberships
from dunwell.engine.segments_policy import SegmentCase, SegmentsPolicy
from dunwell.engine.segments_rules import CUSTOMER_FACTS, POOL_FACTS, WORD


@dataclass(frozen=True, kw_only=True, slots=True)
class SegmentCaseResult:
    """A case, the segment the policy answers with, and those that claimed the customer too."""

    case: SegmentCase
    found: str
    also: tuple[str, ...]

    @property
    def is_passed(self) -> bool:
        """Return whether the answer is the expected one."""
        return self.found == self.case.expect and self.case.also in (None, self.also)

    def message(self) -> str:
        """Return the name with what was expected and what came out."""
        expected = _told(self.case.expect, self.case.also or ())
        return f"{self.case.name}: expected {expected}, found {_told(self.found, self.also)}"


def play_segment_cases(policy: SegmentsPolicy) -> tuple[SegmentCaseResult, ...]:
    """Return what the policy answers to each of its own cases, in order."""
    if not policy.segments:
        return tuple(
            SegmentCaseResult(case=case, found=policy.otherwise, also=()) for case in policy.cases
        )
    rows: list[tuple[object, ...]] = [
        (
            number,
            *(
                case.facts.get(name, "" if fact.unit == WORD else None)
                for name, fact in POOL_FACTS.items()
            ),
        )
        for number, case in enumerate(policy.cases)
    ]
    facts = table(rows, CUSTOMER_FACTS)
    claimed = claims(facts, policy)
    members = memberships(facts, claimed, table([], BY_HAND), otherwise=policy.otherwise)
    found = {row[0]: row[1] for row in _rows(members)}
    lost: dict[int, tuple[str, ...]] = {}
    for key, _place, segment, _rule in sorted(_rows(losing_claims(claimed, members))):
        lost[key] = (*lost.get(key, ()), segment)
    return tuple(
        SegmentCaseResult(case=case, found=found[number], also=lost.get(number, ()))
        for number, case in enumerate(policy.cases)
    )


def _rows(frame: nw.LazyFrame) -> list[tuple[Any, ...]]:
    return frame.collect(backend="polars").rows()


def _told(segment: str, also: tuple[str, ...]) -> str:
    return f"{segment} (also claimed by {', '.join(also)})" if also else segment
