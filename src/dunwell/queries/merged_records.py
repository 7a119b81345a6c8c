"""Where merged records lead: for rows that come by their number, and for statements that count.

A row that comes by the number of a closed record is the survivor's, and noted as moved by the
merges that lead there: so a split gives it back.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dunwell.models import Company, CustomerMerge, CustomerMove

Status = CustomerMerge.Status
CHUNK = 500
"""Keys asked for at once: databases bound the parameters of a statement."""

MERGED_INTO = (
    "WITH RECURSIVE led (from_id, to_id) AS ("
    "SELECT g.merged_id, g.survivor_id FROM dunwell_customermerge g "
    "WHERE g.company_id = %s AND g.status = 'merged' "
    "UNION SELECT l.from_id, g.survivor_id FROM led l "
    "JOIN dunwell_customermerge g ON g.merged_id = l.to_id AND g.status = 'merged') "
)
"""Every closed record with every record it was merged into, by one parameter: the company."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lead:
    """A merge in force, and from which record to which one it leads, by their keys."""

    merge_id: int
    before_id: int
    after_id: int


Way = tuple[Lead, ...]
"""The merges from a closed record to the one that is open, in their order; never empty."""


def ways(company: Company) -> dict[int, Way]:
    """Return the way on from each closed record of a company, by its key; one query."""
    merges = CustomerMerge.objects.filter(company=company, status=Status.MERGED)
    leads = {
        before_id: Lead(merge_id=key, before_id=before_id, after_id=after_id)
        for key, before_id, after_id in merges.values_list("pk", "merged", "survivor")
    }
    return {key: _way(leads, key) for key in leads}


def ways_come(place: str, rows: Iterable[int]) -> dict[int, Way]:
    """Return the way that rows of a place came by merges in force, by key; else left out."""
    found: dict[int, Way] = {}
    keys = sorted(set(rows))
    for start in range(0, len(keys), CHUNK):
        moves = CustomerMove.objects.filter(
            place=place, row_id__in=keys[start : start + CHUNK], merge__status=Status.MERGED
        ).order_by("pk")
        for key, merge_id, before_id, after_id in moves.values_list(
            "row_id", "merge", "before", "after"
        ):
            lead = Lead(merge_id=merge_id, before_id=before_id, after_id=after_id)
            found[key] = (*found.get(key, ()), lead)
    return found


def _way(leads: Mapping[int, Lead], key: int) -> Way:
    found = []
    while (lead := leads.get(key)) is not None:
        found.append(lead)
        key = lead.after_id
    return tuple(found)
