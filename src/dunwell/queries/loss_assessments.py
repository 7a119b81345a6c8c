"""Losses assessed one by one, as pages and the API show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dunwell.models import Company, LossAssessment
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of


@dataclass(frozen=True, kw_only=True, slots=True)
class LossAssessmentRow:
    """An assessment: `loss_ppm` of what is not covered, or the money expected in `flows`."""

    id: int
    status: str
    status_label: str
    customer_id: int
    customer_name: str
    item_id: int | None
    number: str
    loss_ppm: int | None
    currency: str
    flows: Sequence[tuple[str, int]]
    reason: str
    evidence: str
    from_on: date
    ended_on: date | None
    by: str
    decided_by: str


def assessment_rows(
    company: Company, *, status: str = "", cursor: str = "", limit: int = PAGE_SIZE
) -> Page[LossAssessmentRow]:
    """Return one page of assessments, the newest first; one query."""
    limit = page_limit(limit)
    found = LossAssessment.objects.filter(company=company).select_related("customer", "item")
    if status:
        found = found.filter(status=status)
    rows = found.filter(after(cursor, ("-id",), (int,))).order_by("-id")[: limit + 1]
    return page_of([_row(one) for one in rows], limit=limit, key=lambda row: (row.id,))


def _row(one: LossAssessment) -> LossAssessmentRow:
    same = ("status", "customer_id", "item_id", "loss_ppm", "currency", "reason", "evidence")
    return LossAssessmentRow(
        id=one.pk,
        status_label=str(LossAssessment.Status(one.status).label),
        customer_name=one.customer.name,
        number=one.item.number if one.item is not None else "",
        flows=tuple((day, minor) for day, minor in one.flows),
        from_on=one.from_on,
        ended_on=one.ended_on,
        by=one.by,
        decided_by=one.decided_by,
        **{name: getattr(one, name) for name in same},
    )
