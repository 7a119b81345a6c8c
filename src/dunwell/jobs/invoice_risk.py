"""How probable it is that a draft will be disputed, from the company's own past disputes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

import polars as pl

from dunwell.engine.calendars import day_number
from dunwell.ml.curves import ITEM_COLUMNS
from dunwell.ml.dispute_risk import DisputeModel, fitted, predicted
from dunwell.ml.history import History, history
from dunwell.models import Company, Invoice
from dunwell.queries.invoice_documents import due_day
from dunwell.queries.ledgers import Books
from dunwell.queries.reminders import native

DRAFT_KEY = -1
"""Key of a draft among items: no item has it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DisputeChance:
    """The probability in ppm, how many items of the customer it rests on, and what moves it.

    A reason has `code` (customer, segment, amount, terms) and `log_odds_ppm`.
    """

    dispute_ppm: int
    rests_on: int
    reasons: tuple[Mapping[str, object], ...]


def invoice_risk(invoice: Invoice, *, as_of: date) -> DisputeChance | None:
    """Return the chance of a dispute of a draft on a day, None for a credit note.

    The model of a company and day is learnt once per process, so that a page waits for it once.
    """
    if invoice.kind == Invoice.Kind.CREDIT_NOTE:
        return None
    model, known = _learnt(invoice.company_id, as_of)
    due = invoice.due_on or due_day(invoice.terms, as_of) or as_of
    amount = invoice.gross_minor - invoice.prepaid_minor
    row = {
        "item_id": DRAFT_KEY,
        "customer_id": invoice.customer_id,
        "currency": invoice.currency,
        "open_minor": amount,
        "issued_day": day_number(as_of),
        "due_day": day_number(due),
    }
    requests = pl.DataFrame([row], schema=known.open.select(*ITEM_COLUMNS).schema)
    told = predicted(model, known, requests).row(0, named=True)
    return DisputeChance(
        dispute_ppm=told["p_dispute_ppm"],
        rests_on=told["rests_on"],
        reasons=tuple(told["reasons"]),
    )


@lru_cache(maxsize=4)
def _learnt(company_id: int, as_of: date) -> tuple[DisputeModel, History]:
    company = Company.objects.get(pk=company_id)
    books = Books(company)
    known = history(books.whole(), as_of=as_of)
    segments = native(books.customers.select("customer_id", "segment"))
    # the rows have done their work: the draft is none of them
    rest = replace(known, items=known.items.clear(), disputes=known.disputes.clear())
    return fitted(known, segments=segments), rest
