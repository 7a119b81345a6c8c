"""Files of placements as pages and the API show them, and their bytes, the same each time."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from dunwell.formats.placement_files import batch_file
from dunwell.models import Company, EvidencePack, PlacementBatch
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacementBatchRow:
    """One file for an agency, and how far it is."""

    id: int
    number: str
    agency_id: int
    agency_name: str
    status: str
    status_label: str
    placements: int
    sha256: str
    claimed_by: str
    claimed_on: date
    ended_by: str
    ended_on: date | None


def batch_packs(placements: Sequence[int]) -> dict[str, bytes]:
    """Return the evidence of placements by their number."""
    packs = EvidencePack.objects.filter(placement__in=placements).select_related("placement")
    return {pack.placement.number: bytes(pack.content) for pack in packs}


def batch_bytes(batch: PlacementBatch) -> bytes:
    """Return the file as it was claimed; raise ValueError when it is not those bytes any more."""
    named = [row["placement"] for row in batch.document["placements"]]
    packs = EvidencePack.objects.filter(
        placement__company=batch.company_id, placement__number__in=named
    ).select_related("placement")
    found = {pack.placement.number: bytes(pack.content) for pack in packs}
    content = batch_file(batch.document, found)
    if hashlib.sha256(content).hexdigest() != batch.sha256:
        raise ValueError(f"the file {batch.number} is not what was claimed")
    return content


def batch_rows(
    company: Company, *, agency_id: int | None = None, cursor: str = "", limit: int = PAGE_SIZE
) -> Page[PlacementBatchRow]:
    """Return one page of files, the newest first."""
    found = PlacementBatch.objects.filter(company=company)
    if agency_id is not None:
        found = found.filter(agency=agency_id)
    limit = page_limit(limit)
    rows = (
        found.filter(after(cursor, ("-id",), (int,)))
        .select_related("agency")
        .annotate(n_placements=Count("placements"))
        .order_by("-id")[: limit + 1]
    )
    return page_of([_row(one) for one in rows], limit=limit, key=lambda row: (row.id,))


def _row(batch: PlacementBatch) -> PlacementBatchRow:
    return PlacementBatchRow(
        id=batch.pk,
        number=batch.number,
        agency_id=batch.agency_id,
        agency_name=batch.agency.name,
        status=batch.status,
        status_label=str(PlacementBatch.Status(batch.status).label),
        placements=len(batch.document["placements"]),
        sha256=batch.sha256,
        claimed_by=batch.claimed_by,
        claimed_on=batch.claimed_on,
        ended_by=batch.ended_by,
        ended_on=batch.ended_on,
    )
