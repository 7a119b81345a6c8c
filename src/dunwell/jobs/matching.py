"""Matching what waits: after a file was read, in the day's cycle, or when somebody asks."""

from collections.abc import Sequence
from datetime import date, datetime

from dunwell.actions.gate import system
from dunwell.actions.match_posting import MatchCounts, record_matching
from dunwell.engine.matching import Matching, match
from dunwell.models import Company
from dunwell.queries.match_frames import MatchFrames, match_frames


def match_open(
    *, company_id: int, as_of: date, at: datetime, payment_ids: Sequence[int] | None = None
) -> MatchCounts:
    """Match the payments that wait, or those named, and write the answer; say what was done.

    Reading and matching happen outside the transaction; running it twice changes nothing more.
    """
    company = Company.objects.get(pk=company_id)
    frames = match_frames(company, as_of=as_of, payment_ids=payment_ids)
    return record_matching(
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
    )
