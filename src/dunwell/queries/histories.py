"""What models and scores look at: a company's history as of a day, in one fixed order."""

from dataclasses import replace
from datetime import date

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.engine.contact_answers import REPLIES
from dunwell.engine.ledger import Ledger
from dunwell.engine.promises import covered_items
from dunwell.ml.history import PAPERS, History, history
from dunwell.models import Company, PaymentPlan
from dunwell.queries import frames
from dunwell.queries.ledgers import Books
from dunwell.queries.plan_frames import plan_promises_frame

_ANSWERED = "'reached', 'call_back', 'refuses', 'says_paid'"
"""Call results that are an answer of the customer."""


def company_history(books: Books, *, as_of: date) -> History:
    """Return what the ledger shows as of a day, with contacts and countries, rows sorted.

    All that is known now counts, dated by its own day, as everywhere in the day's cycle. What a
    payment plan says about its items counts like a promise, while the plan is in force. A promise
    of an amount counts for the items that were oldest when it was made.
    """
    company = books.company
    found = history(
        _with_words(books, as_of=as_of),
        as_of=as_of,
        contacts=frames.contacts_frame(company),
        countries=books.customers.select("customer_id", "country"),
        papers=_papers(company),
    )
    return replace(
        found,
        parts=_sorted(found.parts),
        disputes=_sorted(found.disputes),
        promises=_sorted(found.promises),
        contacts=_sorted(found.contacts),
        countries=_sorted(found.countries),
        papers=_sorted(found.papers),
    )


def replies_frame(company: Company) -> nw.LazyFrame:
    """Return the days on which customers answered us, in columns REPLIES: talks and their mail."""
    answered_on = frames.day('n."on"')
    return frames.read_frame(
        f"SELECT n.customer_id, {answered_on} FROM dunwell_note n "  # noqa: S608
        f"WHERE n.company_id = %s AND (n.kind IN ('email', 'visit') OR n.result IN ({_ANSWERED}))",
        [company.pk],
        REPLIES,
    )


def _with_words(books: Books, *, as_of: date) -> Ledger:
    """Return the ledger with promises item by item, and when plans pay their items among them."""
    whole = books.whole()
    words = covered_items(whole.promises, whole.allocations, whole.items, as_of=as_of)
    ledger = replace(whole, promises=words)
    if not PaymentPlan.objects.filter(company=books.company, accepted_on__isnull=False).exists():
        return ledger
    planned = plan_promises_frame(books.company)
    return replace(ledger, promises=nw.concat([ledger.promises, planned], how="vertical"))


def _papers(company: Company) -> nw.LazyFrame:
    """Return the items of which is known how they were sent, in columns PAPERS."""
    query = "SELECT id, is_paper FROM dunwell_item WHERE company_id = %s AND is_paper IS NOT NULL"
    return nw.from_native(frames.read_rows(query, [company.pk], PAPERS).lazy())


def _sorted(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows in the order of all their columns: databases promise none."""
    return frame.sort(pl.all(), nulls_last=True)
