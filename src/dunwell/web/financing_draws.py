"""Pages about draws: a pool is proposed, sanctioned, paid out, settled, or taken back."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.financing_draws import (
    cancel_draw,
    disburse_draw,
    propose_draw,
    return_item,
    sanction_draw,
    settle_draw,
)
from dunwell.actions.gate import Refused
from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.models import FinancingDraw, FinancingFacility, FinancingItem
from dunwell.queries.financing import DrawDetail, DrawItemRow, draw_detail
from dunwell.web.answers import done, posted, refused, told_page
from dunwell.web.exports import file_response
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

COLUMNS = (
    _("Item"),
    _("Customer"),
    _("Due"),
    _("Where it stands"),
    _("Currency"),
    _("Assigned"),
    _("Advance"),
    _("Fee"),
    _("Open"),
)


class ReferenceForm(forms.Form):
    """How the lender called its payment."""

    reference = forms.CharField(
        label=_("The lender\N{RIGHT SINGLE QUOTATION MARK}s reference"), max_length=80
    )


@require_http_methods(["POST"])
def draw_propose(request: StaffRequest, facility_id: int) -> HttpResponse:
    """Assign everything that counts to a facility, as far as it goes."""
    facility = get_object_or_404(FinancingFacility, pk=facility_id, company=request.actor.company)
    try:
        draw = propose_draw(
            actor=request.actor, facility=facility, items=(), as_of=request.as_of, at=clock.now()
        )
    except Refused as refusal:
        return refused(request, refusal, back=reverse("facility", args=[facility.pk]))
    return done(
        request,
        gettext("Proposed; somebody else has to sanction it."),
        back=reverse("draw", args=[draw.pk]),
    )


@require_GET
def draw_show(request: StaffRequest, draw_id: int) -> HttpResponse:
    """Show a draw with its items and bookings."""
    detail = _detail(request, draw_id)
    return render(request, "web/draw.html", {"detail": detail, "row": detail.row})


@require_GET
def draw_export(request: StaffRequest, draw_id: int, kind: str) -> HttpResponse:
    """Return the items of a draw, for the lender."""
    detail = _detail(request, draw_id)
    return file_response(
        kind,
        name=f"assignment-{detail.row.number}",
        columns=[str(name) for name in COLUMNS],
        rows=(_cells(row, detail.row.currency) for row in detail.items),
    )


@require_http_methods(["POST"])
def draw_sanction(request: StaffRequest, draw_id: int) -> HttpResponse:
    """Approve a draw."""
    return _acted(request, draw_id, sanction_draw, gettext("Sanctioned; the lender can pay out."))


@require_http_methods(["POST"])
def draw_settle(request: StaffRequest, draw_id: int) -> HttpResponse:
    """Pay the lender back for what customers have paid."""
    return _acted(request, draw_id, settle_draw, gettext("Settled what has been paid."))


@needs("financing.draw")
@require_http_methods(["GET", "POST"])
def draw_disburse(request: StaffRequest, draw_id: int) -> HttpResponse:
    """Book that the lender paid out."""
    draw = _draw(request, draw_id)

    def act(**told: Any) -> FinancingDraw:
        return disburse_draw(
            actor=request.actor, draw=draw, as_of=request.as_of, at=clock.now(), **told
        )

    return told_page(
        request,
        ReferenceForm(posted(request)),
        act,
        said=gettext("Booked: the lender has paid out."),
        back=reverse("draw", args=[draw.pk]),
        context={
            "heading": gettext("The lender has paid out"),
            "lead": gettext("Bank and fees are booked against what we owe the lender."),
            "button": gettext("Book it"),
            "action": reverse("draw-disburse", args=[draw.pk]),
            "crumb": gettext("Financing"),
        },
    )


@needs("financing.draw")
@require_http_methods(["GET", "POST"])
def draw_cancel(request: StaffRequest, draw_id: int) -> HttpResponse:
    """Drop a draw that was not paid out."""
    draw = _draw(request, draw_id)
    context = {
        "heading": gettext("Cancel the draw"),
        "lead": gettext("Its items can be assigned again."),
        "button": gettext("Cancel it"),
        "action": reverse("draw-cancel", args=[draw.pk]),
        "crumb": gettext("Financing"),
    }
    return reason_page(
        request,
        lambda reason: cancel_draw(
            actor=request.actor, draw=draw, reason=reason, as_of=request.as_of, at=clock.now()
        ),
        said=gettext("Cancelled."),
        back=reverse("draw", args=[draw.pk]),
        context=context,
    )


@needs("financing.draw")
@require_http_methods(["GET", "POST"])
def draw_return(request: StaffRequest, draw_id: int, draw_item_id: int) -> HttpResponse:
    """Take an item back from the lender."""
    draw = _draw(request, draw_id)
    item = get_object_or_404(FinancingItem, pk=draw_item_id, draw=draw)
    context = {
        "heading": gettext("Take the item back"),
        "lead": gettext("Its advance is repaid with the interest until today."),
        "button": gettext("Take it back"),
        "action": reverse("draw-return", args=[draw.pk, item.pk]),
        "crumb": gettext("Financing"),
    }
    return reason_page(
        request,
        lambda reason: return_item(
            actor=request.actor,
            draw=draw,
            item=item,
            reason=reason,
            as_of=request.as_of,
            at=clock.now(),
        ),
        said=gettext("Taken back."),
        back=reverse("draw", args=[draw.pk]),
        context=context,
    )


def _acted(
    request: StaffRequest, draw_id: int, act: Callable[..., object], said: str
) -> HttpResponse:
    draw = _draw(request, draw_id)
    back = reverse("draw", args=[draw.pk])
    try:
        act(actor=request.actor, draw=draw, as_of=request.as_of, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, said, back=back)


def _draw(request: StaffRequest, draw_id: int) -> FinancingDraw:
    return get_object_or_404(FinancingDraw, pk=draw_id, company=request.actor.company)


def _detail(request: StaffRequest, draw_id: int) -> DrawDetail:
    detail = draw_detail(request.actor.company, draw_id)
    if detail is None:
        raise Http404
    return detail


def _cells(row: DrawItemRow, currency: str) -> tuple[Value, ...]:
    amounts = (row.gross_minor, row.advance_minor, row.fee_minor, row.open_minor)
    return (
        row.number,
        row.customer_name,
        row.due_on,
        row.status_label,
        currency,
        *(from_minor(minor, currency) for minor in amounts),
    )
