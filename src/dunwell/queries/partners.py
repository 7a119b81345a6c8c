"""What an agency's own people see: its placements from the hand-over on, and nothing of ours."""

from dataclasses import replace

from django.db.models import Q, QuerySet

from dunwell.models import Agency, AgencySeat, Company, Placement
from dunwell.queries.pages import PAGE_SIZE, Page
from dunwell.queries.placements import (
    PlacementDetail,
    PlacementRow,
    placement_detail,
    placements_page,
)

TOLD = frozenset(
    {
        "transmitted",
        "accepted",
        "refused",
        "collected",
        "noted",
        "settled",
        "returned",
        "legal",
        "recalled",
        "closed",
    }
)
"""What happened between us and the agency; who proposed and why is ours alone."""


def partner_rows(
    company: Company, user_id: int | None, *, cursor: str = "", limit: int = PAGE_SIZE
) -> Page[PlacementRow]:
    """Return one page of what a partner's agency has or may fetch, the newest first."""
    page = placements_page(_placements(company, user_id), cursor=cursor, limit=limit)
    return replace(page, rows=tuple(_outside(row) for row in page.rows))


def partner_placement(company: Company, user_id: int | None, key: int) -> Placement | None:
    """Return a placement of the partner's own agency, None for every other."""
    return _placements(company, user_id).filter(pk=key).first()


def partner_detail(company: Company, user_id: int | None, key: int) -> PlacementDetail | None:
    """Return one placement as its agency may see it: without our reasons, checks and names."""
    if partner_placement(company, user_id, key) is None:
        return None
    detail = placement_detail(company, key)
    if detail is None:
        return None
    return replace(
        detail,
        row=_outside(detail.row),
        reason="",
        approved_by="",
        checks=(),
        moments=tuple(one for one in detail.moments if one.verb in TOLD),
    )


def partner_agency(company: Company, user_id: int | None) -> Agency | None:
    """Return the agency in which a person has a seat, or None."""
    seat = AgencySeat.objects.filter(company=company, user=user_id).select_related("agency")
    found = seat.first()
    return None if found is None else found.agency


def _outside(row: PlacementRow) -> PlacementRow:
    return replace(row, proposed_by="")


def _placements(company: Company, user_id: int | None) -> QuerySet[Placement]:
    """Return the placements a partner may see: handed over, or approved to be fetched."""
    own = AgencySeat.objects.filter(company=company, user=user_id).values("agency")
    handed = ~Q(transmitted_on=None)
    fetchable = Q(status=Placement.Status.APPROVED, agency__transport=Agency.Transport.API)
    return Placement.objects.filter(handed | fetchable, company=company, agency__in=own)
