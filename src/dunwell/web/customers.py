"""Pages about customers: the list, search from anywhere, and one customer from all sides."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from dunwell import clock
from dunwell.models import Message
from dunwell.queries.accounts_shown import shown
from dunwell.queries.autopay import ways_of
from dunwell.queries.cards import CustomerCard, customer_card
from dunwell.queries.customer_merges import merge_in_force
from dunwell.queries.customers import customer_page, segments_of
from dunwell.queries.disputes import dispute_rows
from dunwell.queries.escalations import open_escalations
from dunwell.queries.items import ItemFilter, item_rows
from dunwell.queries.mandates import mandate_rows
from dunwell.queries.messages import MessageFilter, MessageRow, message_rows
from dunwell.queries.pages import CursorError
from dunwell.queries.paid import paid_item_rows
from dunwell.queries.pools import pool_named
from dunwell.queries.predictions import (
    PredictionRow,
    customer_predictions,
    prediction_rows,
    predictions_of,
)
from dunwell.queries.promises import promise_rows
from dunwell.queries.scores import customer_score
from dunwell.queries.timeline import timeline
from dunwell.queries.watches import watch_of
from dunwell.queries.worklist import worklist_entry
from dunwell.templatetags.reasons import NEVER
from dunwell.web.keys import read_key
from dunwell.web.staff import StaffRequest

WHOSE = (("", _("Anybody")), ("mine", _("Mine")), ("nobody", _("Nobody")))
SORTS = (("name", _("Name")), ("number", _("Number")))
FOUND = 8
SHOWN_ITEMS = 50
SHOWN_ROWS = 10
NEAR = timedelta(days=14)
"""Items due by then are what a call would be about."""

WAITING = (Message.Status.DRAFT, Message.Status.READY, Message.Status.FAILED)


@require_GET
def customer_list(request: StaffRequest) -> HttpResponse:
    """List customers with what each owes."""
    asked = request.GET
    who = asked.get("who", "")
    only: dict[str, Any] = {
        "as_of": request.as_of,
        "search": asked.get("q", "")[:80],
        "segment": asked.get("segment", ""),
        "collector_id": request.actor.user_id if who == "mine" else None,
        "unassigned": who == "nobody",
        "only_owing": asked.get("owing") == "1",
        "pool_id": read_key(asked.get("pool", "")),
        "sort": "number" if asked.get("sort") == "number" else "name",
    }
    company = request.actor.company
    try:
        page = customer_page(company, cursor=asked.get("cursor", ""), **only)
    except CursorError:
        page = customer_page(company, **only)
    context = {
        "page": page,
        "search": only["search"],
        "segment": only["segment"],
        "segments": segments_of(company),
        "who": who,
        "whose": WHOSE,
        "sort": only["sort"],
        "sorts": SORTS,
        "owing": only["only_owing"],
        "pool": pool_named(company, only["pool_id"]),
    }
    return render(request, "web/customers.html", context)


@require_GET
def search(request: StaffRequest) -> HttpResponse:
    """Answer the search field at the top while somebody types."""
    text = request.GET.get("q", "").strip()[:80]
    rows = (
        customer_page(request.actor.company, as_of=request.as_of, search=text, limit=FOUND).rows
        if text
        else ()
    )
    return render(request, "web/search_results.html", {"rows": rows, "search": text})


@require_GET
def customer_show(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Show one customer from all sides."""
    company, as_of = request.actor.company, request.as_of
    context = customer_context(request, customer_id)
    paid = paid_item_rows(company, customer_id)
    closed, rights = merge_in_force(company, customer_id), request.actor.rights
    tell = partial(timeline, company, customer_id, rights=rights, limit=25)
    try:
        story = tell(cursor_text=request.GET.get("cursor", ""))
    except CursorError:
        story = tell()
    context |= {
        "paid": paid,
        "closed": closed,
        # at a record that was merged nothing is begun any more: nothing is offered either
        "possible": {one for one in rights if one.endswith(".view")} if closed else rights,
        "story": story,
        "promises": promise_rows(company, as_of=as_of, customer_id=customer_id, limit=SHOWN_ROWS),
        "disputes": dispute_rows(
            company, as_of=as_of, customer_id=customer_id, only_open=False, limit=SHOWN_ROWS
        ),
        "score": customer_score(company, customer_id),
        "watch": watch_of(company, customer_id, as_of=as_of),
        "raised": open_escalations(company, customer_id, as_of=as_of, at=clock.now()),
        "ways": ways_of(company, customer_id=customer_id),
        "mandates": mandate_rows(company, as_of=as_of, customer_id=customer_id, limit=SHOWN_ROWS),
        "expected": prediction_rows(
            company, customer_id=customer_id, order="expected", limit=SHOWN_ROWS
        ),
    }
    return render(request, "web/customer.html", context)


def customer_context(request: StaffRequest, customer_id: int) -> dict[str, Any]:
    """Return what the customer page and the worklist share; Http404 for no such customer."""
    company = request.actor.company
    card = customer_card(company, customer_id, as_of=request.as_of)
    if card is None:
        raise Http404
    card = shown(card, request.actor.rights)
    items = item_rows(
        company,
        as_of=request.as_of,
        only=ItemFilter(customer_id=customer_id),
        limit=SHOWN_ITEMS,
    )
    messages = message_rows(company, only=MessageFilter(customer_id=customer_id), limit=SHOWN_ROWS)
    predicted = predictions_of(company, [row.id for row in items.rows])
    return {
        "customer": card,
        "entry": worklist_entry(company, customer_id),
        "items": items,
        "predicted": predicted,
        "lead": _lead(predicted),
        "outlook": customer_predictions(company, customer_id),
        "outbox": messages,
        "waiting": _waiting(messages.rows),
        "contact_days": _contact_days(request, card),
        "blocking": [hold for hold in card.holds if hold.is_active],
    }


def _lead(predicted: Mapping[int, PredictionRow]) -> PredictionRow | None:
    """Return the prediction whose reasons say most: of the largest item due by now or soon.

    Amounts are compared within the currency of most items.
    """
    rows = list(predicted.values())
    near = [row for row in rows if row.due_on <= row.as_of + NEAR] or rows
    counts = Counter(row.currency for row in near)
    return max(
        near,
        key=lambda row: (counts[row.currency], row.currency, row.open_minor, -row.item_id),
        default=None,
    )


def _waiting(rows: tuple[MessageRow, ...]) -> MessageRow | None:
    """Return the newest message that is not sent yet and goes by mail."""
    return next((row for row in rows if row.status in WAITING and row.channel != "call"), None)


def _contact_days(request: StaffRequest, card: CustomerCard) -> int:
    """Return how many days ago the customer was contacted, in the company's own zone."""
    if card.last_contact is None:
        return NEVER
    zone = ZoneInfo(request.actor.company.zone)
    moment: datetime = card.last_contact.at
    return max((request.as_of - moment.astimezone(zone).date()).days, 0)
