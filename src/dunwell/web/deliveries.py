"""Pages about the way of invoices to customers: the board, one item's ladder, notes of people."""

from datetime import date, timedelta
from functools import partial
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.deliveries import note_delivery
from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.models import Contact, Customer, DeliveryNote, Item
from dunwell.queries.delivery_board import (
    ALARM,
    STATES,
    DeliveryBoard,
    DeliveryRow,
    customer_deliveries,
    delivery_board,
    delivery_page,
)
from dunwell.queries.delivery_figures import delivery_figures
from dunwell.queries.delivery_ladders import ladder_of_item
from dunwell.queries.invoice_responses import invoice_response_rows
from dunwell.queries.item_documents import documents_of_items
from dunwell.queries.pages import every_row
from dunwell.templatetags.deliveries import alarm_step, alarm_why, fact_source, rung_name
from dunwell.web.answers import customer_or_404, posted, told_page
from dunwell.web.exports import file_response
from dunwell.web.lists import page_asked
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

COLUMNS = (
    _("Invoice"),
    _("Customer number"),
    _("Customer"),
    _("Currency"),
    _("Open"),
    _("Issued"),
    _("Due"),
    _("State"),
    _("Since"),
    _("Known from"),
    _("Never received because"),
    _("What to do"),
)
SHOWN = (ALARM, "bounced", "not_received", "queried", "rejected", "scheduled")
"""States that stand as figures above the board even when nothing is in them."""

QUARTER = timedelta(days=90)
"""The span of the figures on how invoices arrive."""

Stage = DeliveryNote.Stage


class DeliveryNoteForm(forms.Form):
    """What somebody says of an invoice, and who said so."""

    stage = forms.ChoiceField(label=_("What is known"), choices=Stage.choices)
    on = forms.DateField(
        label=_("Day it happened"), widget=forms.DateInput(attrs={"type": "date"})
    )
    contact = forms.ModelChoiceField(
        Contact.objects.none(),
        label=_("Who said so, or whose address is wrong"),
        required=False,
    )
    note = forms.CharField(label=_("Note"), max_length=500, required=False)

    def __init__(self, customer: Customer, *args: Any, **kwargs: Any) -> None:
        """Offer the customer's own contacts."""
        super().__init__(*args, **kwargs)
        self.fields["contact"].queryset = customer.contacts.order_by(  # type: ignore[attr-defined]
            "-is_primary", "role", "id"
        )


@needs("ledger.view")
@require_GET
def delivery_list(request: StaffRequest) -> HttpResponse:
    """List open invoices with how far each has come, and what all states come to."""
    state = _state(request)
    read = partial(delivery_board, request.actor.company, as_of=request.as_of, state=state)
    board = page_asked(request, lambda cursor: read(cursor=cursor))
    context = {
        "tab": "board",
        "board": board,
        "page": board.page,
        "state": state,
        "states": STATES,
        "figures": _figures(board),
        "arrived": delivery_figures(
            request.actor.company, from_on=request.as_of - QUARTER, as_of=request.as_of
        ),
    }
    return render(request, "web/deliveries.html", context)


@needs("ledger.view")
@require_GET
def deliveries_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return the board under its filter as a file."""
    read = partial(
        delivery_page, request.actor.company, as_of=request.as_of, state=_state(request)
    )
    return file_response(
        kind,
        name=f"deliveries-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_cells(row) for row in every_row(read)),
    )


@needs("ledger.view")
@require_GET
def delivery_ladder_of(request: StaffRequest, item_id: int) -> HttpResponse:
    """Return the part of an item's page that says how far it has come."""
    item = _item(request, item_id)
    ladder = ladder_of_item(item, request.as_of)
    context = {
        "item": item,
        "ladder": ladder,
        "responses": invoice_response_rows(item.company, item_id=item.pk, limit=10).rows,
        "send_again": _send_again(item),
    }
    return render(request, "web/delivery_ladder_of.html", context)


@needs("ledger.view")
@require_GET
def deliveries_of(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Return the part of a customer's page that says how far its open invoices have come."""
    customer = customer_or_404(request, customer_id)
    rows = customer_deliveries(customer.company, customer.pk, as_of=request.as_of)
    context = {"rows": rows[:8], "more": max(len(rows) - 8, 0), "customer": customer}
    return render(request, "web/deliveries_of.html", context)


@needs("delivery.note")
@require_http_methods(["GET", "POST"])
def delivery_note(request: StaffRequest, item_id: int) -> HttpResponse:
    """Note what somebody says of an invoice: received, not received, a wrong address."""
    item = _item(request, item_id)
    stage = request.GET.get("stage", "")
    initial = {
        "stage": stage if stage in Stage.values else Stage.RECEIVED,
        "on": request.as_of,
    }
    form = DeliveryNoteForm(item.customer, posted(request), initial=initial)
    context = {
        "heading": gettext("What is known of %(number)s") % {"number": item.number},
        "lead": gettext(
            "Your word stands in the ladder beside what machines tell. A wrong address is "
            "marked, so that nothing more goes there."
        ),
        "button": gettext("Note it"),
        "action": reverse("delivery-note", args=[item.pk]),
        "crumb": item.number,
    }
    act = partial(
        note_delivery, actor=request.actor, item=item, as_of=request.as_of, at=clock.now()
    )
    said = gettext("It is noted with %(number)s.") % {"number": item.number}
    return told_page(
        request, form, act, said=said, back=reverse("item", args=[item.pk]), context=context
    )


def _item(request: StaffRequest, item_id: int) -> Item:
    return get_object_or_404(
        Item.objects.select_related("company", "customer"),
        pk=item_id,
        company=request.actor.company,
    )


def _send_again(item: Item) -> str:
    """Return the address of the composer with the item and its papers chosen."""
    papers = documents_of_items(item.company, [item.pk])
    chosen = "".join(f"&document={paper.pk}" for paper in papers)
    return f"{reverse('compose', args=[item.customer_id])}?item={item.pk}{chosen}"


def _state(request: StaffRequest) -> str:
    state = request.GET.get("state", "")
    return state if state in STATES else ""


def _figures(board: DeliveryBoard) -> list[dict[str, object]]:
    """Return the figures above the board: a state with its count and its sums by currency."""
    found = []
    for state in SHOWN:
        totals = [total for total in board.totals if total.state == state]
        found.append(
            {"state": state, "items": sum(total.items for total in totals), "totals": totals}
        )
    return found


def _cells(row: DeliveryRow) -> tuple[Value, ...]:
    on: date = row.current_on
    return (
        row.number,
        row.customer_number,
        row.customer_name,
        row.currency,
        from_minor(row.open_minor, row.currency),
        row.issued_on,
        row.due_on,
        rung_name(row.current),
        on,
        fact_source(row.current_source),
        alarm_why(row.why),
        alarm_step(row.next_step),
    )
