"""Groups found among a company's customers, with the policy that would draw them as a text."""

from dataclasses import dataclass
from datetime import date, timedelta

import yaml

from dunwell.ml.segments import LearnedSegments, learned_segments
from dunwell.models import Company
from dunwell.queries.kept_sums import MANY_CUSTOMERS, kept
from dunwell.queries.reminders import native
from dunwell.queries.segments_facts import facts_now

HEAD = """\
# Learned on {day} from {customers} customers: {groups} groups (silhouette {silhouette}).
# These rules place {matched} of them as the groups do. A proposal: read it, name the segments,
# give each a strategy, and have somebody else publish it.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposed:
    """What was learned, and the drafted policy as text."""

    learned: LearnedSegments
    text: str


def proposed_segments(company: Company, *, as_of: date) -> Proposed | None:
    """Return a proposal from today's facts, None where too few customers or nothing differs.

    The policy would hold from the next day on. Nothing is written. Of many customers it is
    told again until something is recorded.
    """
    return kept(
        company,
        ("proposed_segments", as_of),
        lambda: _proposed(company, as_of=as_of),
        is_worth=lambda found: found is not None and found.learned.customers >= MANY_CUSTOMERS,
    )


def _proposed(company: Company, *, as_of: date) -> Proposed | None:
    facts = native(facts_now(company, as_of=as_of))
    learned = learned_segments(facts, valid_from=as_of + timedelta(days=1))
    if learned is None:
        return None
    head = HEAD.format(
        day=as_of.isoformat(),
        customers=learned.customers,
        groups=len(learned.groups),
        silhouette=f"{learned.silhouette_ppm / 1_000_000:.2f}",
        matched=learned.matched,
    )
    body = yaml.safe_dump(
        learned.document, sort_keys=False, allow_unicode=True, width=120, default_flow_style=None
    )
    return Proposed(learned=learned, text=head + body)
