"""Matching what waits: after a file was read, in the day's cycle, or when somebody asks."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from dunwell.actions.gate import Actor, system
from dunwell.actions.match_answers import note_posted
from dunwell.actions.match_posting import MatchCounts, record_matching
from dunwell.engine.matching import Matching, match
from dunwell.engine.matching.answers import Allocation, Held, Proposal, Unapplied
from dunwell.engine.matching.inputs import Key
from dunwell.models import Company
from dunwell.queries.match_frames import MatchFrames, match_frames

WRITTEN = 2_000
"""Payments whose answers are written in one transaction."""


def match_open(
    *, company_id: int, as_of: date, at: datetime, payment_ids: Sequence[int] | None = None
) -> MatchCounts:
    """Match the payments that wait, or those named, and write the answer; say what was done.

    Reading and matching happen outside the transaction; running it twice changes nothing more.
    """
    company = Company.objects.get(pk=company_id)
    frames = match_frames(company, as_of=as_of, payment_ids=payment_ids)
    return record_parts(
        actor=system(company), matching=matched(frames), frames=frames, as_of=as_of, at=at
    )


def matched(frames: MatchFrames) -> Matching:
    """Return what the engine says of the frames."""
    if not frames.seen:
        return Matching(allocations=(), unapplied=(), held=(), proposals=())
    return match(
        frames.payments,
        frames.items,
        remittances=frames.remittances,
        aliases=frames.aliases,
        accounts=frames.accounts,
        relations=frames.relations,
        rates=frames.rates,
        home=frames.company.currency,
        policy=frames.policy,
        precision=frames.precision,
        as_of=frames.as_of,
        allowance=frames.allowance,
    )


def record_parts(
    *,
    actor: Actor,
    matching: Matching,
    frames: MatchFrames,
    as_of: date,
    at: datetime,
    most: int = WRITTEN,
) -> MatchCounts:
    """Write the answer, `most` payments at a time; return what was done of all.

    What was written stays when a later part fails; the next run does the rest.
    """
    note_posted(matching, frames)
    total = MatchCounts()
    for part, told in parts(matching, frames, most=most):
        total = total.plus(
            record_matching(actor=actor, matching=part, frames=told, as_of=as_of, at=at)
        )
    return total


def parts(
    matching: Matching, frames: MatchFrames, *, most: int
) -> Iterator[tuple[Matching, MatchFrames]]:
    """Yield the answer with its payments in parts of `most` or little more.

    Payments that post on the same items come in one part: a later one would find its items
    changed since they were read.
    """
    rows = _by_payment(matching)
    part: list[str] = []
    for group in _together(matching, frames.seen):
        part += group
        if len(part) >= most:
            yield _part(part, rows, matching, frames)
            part = []
    if part:
        yield _part(part, rows, matching, frames)


def _together(matching: Matching, numbers: Iterable[str]) -> list[list[str]]:
    """Return the payments in groups that post on common items, in the order of their first."""
    head = {number: number for number in numbers}

    def first(number: str) -> str:
        while head[number] != number:
            number = head[number]
        return number

    takers: dict[Key, str] = {}
    for one in matching.proposals:
        if one.rank > 1 or not one.tier.startswith("auto:"):
            continue
        touched = [key for key, _ in one.allocations] + [gone.item_id for gone in one.shortfalls]
        for key in touched:
            other = takers.setdefault(key, str(one.payment_id))
            head[first(str(one.payment_id))] = first(other)
    groups: dict[str, list[str]] = {}
    for number in head:
        groups.setdefault(first(number), []).append(number)
    return list(groups.values())


@dataclass(slots=True)
class _Rows:
    """The answer's rows for one payment."""

    allocations: list[Allocation] = field(default_factory=list)
    unapplied: list[Unapplied] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)


def _by_payment(matching: Matching) -> dict[str, _Rows]:
    found: dict[str, _Rows] = {}
    for name in ("allocations", "unapplied", "held", "proposals"):
        for row in getattr(matching, name):
            getattr(found.setdefault(str(row.payment_id), _Rows()), name).append(row)
    return found


def _part(
    numbers: Sequence[str], rows: Mapping[str, _Rows], matching: Matching, frames: MatchFrames
) -> tuple[Matching, MatchFrames]:
    mine = [rows[number] for number in numbers if number in rows]
    part = Matching(
        allocations=tuple(row for one in mine for row in one.allocations),
        unapplied=tuple(row for one in mine for row in one.unapplied),
        held=tuple(row for one in mine for row in one.held),
        proposals=tuple(row for one in mine for row in one.proposals),
        open_minor=matching.open_minor,
        over=matching.over,
    )
    return part, replace(frames, seen={number: frames.seen[number] for number in numbers})
