"""What customers say to the lines of their statements: the newest of each line, and all."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max

from dunwell.models import Company, Customer, StatementAnswer
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

KEYS_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class StatementAnswerRow:
    """One answer; `is_newest`: nothing was said to the line after it."""

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    line_key: str
    line_number: str
    item_id: int | None
    currency: str
    amount_minor: int
    verdict: str
    verdict_label: str
    note: str
    by: str
    answered_on: date
    recorded_at: datetime
    case_id: int | None
    case: str
    is_newest: bool


def newest_answers(
    customer: Customer, line_keys: Collection[str]
) -> Mapping[str, StatementAnswer]:
    """Return the newest answer to each of the lines, by the line's key; one query per 500."""
    asked, found = sorted(set(line_keys)), {}
    for start in range(0, len(asked), KEYS_AT_ONCE):
        newest = (
            StatementAnswer.objects.filter(
                customer=customer, line_key__in=asked[start : start + KEYS_AT_ONCE]
            )
            .order_by("line_key")
            .values("line_key")
            .annotate(newest=Max("id"))
            .values("newest")
        )
        for row in StatementAnswer.objects.filter(pk__in=newest).select_related("case"):
            found[row.line_key] = row
    return found


def answer_rows(
    company: Company,
    *,
    customer_id: int | None = None,
    verdict: str = "",
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[StatementAnswerRow]:
    """Return one page of answers, the newest first; two queries.

    Raises CursorError for a cursor of another list.
    """
    found = StatementAnswer.objects.filter(company=company)
    if customer_id is not None:
        found = found.filter(customer=customer_id)
    if verdict:
        found = found.filter(verdict=verdict)
    limit = page_limit(limit)
    rows = list(
        found.filter(after(cursor, ("-id",), (int,)))
        .select_related("customer", "case")
        .order_by("-id")[: limit + 1]
    )
    newest = set(
        StatementAnswer.objects.filter(
            customer__in={row.customer_id for row in rows},
            line_key__in={row.line_key for row in rows},
        )
        .order_by("customer", "line_key")
        .values("customer", "line_key")
        .annotate(newest=Max("id"))
        .values_list("newest", flat=True)
    )
    return page_of(
        [_row(row, is_newest=row.pk in newest) for row in rows],
        limit=limit,
        key=lambda row: (row.id,),
    )


def _row(row: StatementAnswer, *, is_newest: bool) -> StatementAnswerRow:
    return StatementAnswerRow(
        id=row.pk,
        customer_id=row.customer_id,
        customer_number=row.customer.number,
        customer_name=row.customer.name,
        line_key=row.line_key,
        line_number=row.line_number,
        item_id=row.item_id,
        currency=row.currency,
        amount_minor=row.amount_minor,
        verdict=row.verdict,
        verdict_label=str(StatementAnswer.Verdict(row.verdict).label),
        note=row.note,
        by=row.by,
        answered_on=row.answered_on,
        recorded_at=row.recorded_at,
        case_id=row.case_id,
        case=row.case.number if row.case else "",
        is_newest=is_newest,
    )
