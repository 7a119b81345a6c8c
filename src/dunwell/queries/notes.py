"""Notes and call results as pages and the API show them."""

from dataclasses import dataclass
from datetime import date, datetime

from dunwell.models import Company, Note
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of


@dataclass(frozen=True, kw_only=True, slots=True)
class NoteRow:
    """One note or call result; labels are empty where nothing was given."""

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    kind: str
    kind_label: str
    result: str
    result_label: str
    why: str
    why_label: str
    text: str
    next_on: date | None
    on: date
    by: str
    at: datetime


def note_rows(
    company: Company,
    *,
    customer_id: int | None = None,
    kind: str = "",
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[NoteRow]:
    """Return one page of notes, the newest first."""
    found = Note.objects.filter(company=company)
    if customer_id is not None:
        found = found.filter(customer=customer_id)
    if kind:
        found = found.filter(kind=kind)
    limit = page_limit(limit)
    rows = (
        found.filter(after(cursor, ("-at", "-id"), (datetime, int)))
        .select_related("customer")
        .order_by("-at", "-id")[: limit + 1]
    )
    return page_of(
        [
            NoteRow(
                id=note.pk,
                customer_id=note.customer_id,
                customer_number=note.customer.number,
                customer_name=note.customer.name,
                kind=note.kind,
                kind_label=str(Note.Kind(note.kind).label),
                result=note.result,
                result_label=str(Note.Result(note.result).label) if note.result else "",
                why=note.why,
                why_label=str(Note.Why(note.why).label) if note.why else "",
                text=note.text,
                next_on=note.next_on,
                on=note.on,
                by=note.by,
                at=note.at,
            )
            for note in rows
        ],
        limit=limit,
        key=lambda row: (row.at, row.id),
    )
