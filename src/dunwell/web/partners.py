"""What an agency's own people see under /partner/: their agency's placements, and nothing else."""

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell.actions.placement_reports import Kind, report_collection
from dunwell.actions.placement_work import (
    accept_placement,
    acknowledge_placement,
    end_placement,
    note_on_placement,
    refuse_placement,
)
from dunwell.models import EvidencePack, Placement
from dunwell.queries.partners import (
    partner_agency,
    partner_detail,
    partner_placement,
    partner_rows,
)
from dunwell.templatetags.money import MoneyField
from dunwell.web.answers import posted
from dunwell.web.fields import day_field
from dunwell.web.lists import page_asked
from dunwell.web.placement_moves import NoteForm, ReferenceForm, placement_page
from dunwell.web.placements import moves_of, zip_response
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

Status = Placement.Status


class RefuseForm(forms.Form):
    """Why the agency does not take it."""

    reason = forms.CharField(label=_("Why do you not take it?"), max_length=300)


class GoesOnForm(forms.Form):
    """How it goes on, as far as the agency may say so."""

    status = forms.ChoiceField(
        label=_("How it goes on"),
        choices=[(one.value, one.label) for one in (Status.RETURNED, Status.LEGAL)],
    )
    reason = forms.CharField(label=_("Why"), max_length=300)


class RemittedForm(forms.Form):
    """Money the agency collected."""

    reference = forms.CharField(label=_("Your reference of the payment"), max_length=80)
    reported_on = day_field(label=_("Collected on"))

    def __init__(self, currency: str, *args: Any, **kwargs: Any) -> None:
        """Ask for amounts in the currency of the placement."""
        super().__init__(*args, **kwargs)
        self.fields["gross_minor"] = MoneyField(currency, label=_("Collected from the debtor"))

    def clean(self) -> dict[str, Any]:
        """Return the facts as the action takes them."""
        return {**(super().clean() or {}), "kind": Kind.REMITTED}


@needs("placement.work")
@require_GET
def partner_placements(request: StaffRequest) -> HttpResponse:
    """List what is placed with the partner's agency, the newest first."""
    company, user = request.actor.company, request.actor.user_id
    page = page_asked(request, lambda cursor: partner_rows(company, user, cursor=cursor))
    context = {"page": page, "agency": partner_agency(company, user)}
    return render(request, "web/partner.html", context)


@needs("placement.work")
@require_GET
def partner_show(request: StaffRequest, placement_id: int) -> HttpResponse:
    """Show one placement of the partner's agency."""
    detail = partner_detail(request.actor.company, request.actor.user_id, placement_id)
    if detail is None:
        raise Http404
    context = {
        "detail": detail,
        "row": detail.row,
        "moves": moves_of(detail.row.status),
        "agency": partner_agency(request.actor.company, request.actor.user_id),
    }
    return render(request, "web/partner_placement.html", context)


@needs("placement.work")
@require_GET
def partner_pack(request: StaffRequest, placement_id: int) -> HttpResponse:
    """Return the evidence of a placement of the partner's agency."""
    placement = _own(request, placement_id)
    pack = EvidencePack.objects.filter(placement=placement).first()
    if pack is None:
        raise Http404
    return zip_response(bytes(pack.content), name=f"evidence-{placement.number}")


@needs("placement.work")
@require_http_methods(["GET", "POST"])
def partner_acknowledge(request: StaffRequest, placement_id: int) -> HttpResponse:
    """Say that the agency has the placement."""
    return _told(
        request,
        placement_id,
        ReferenceForm(posted(request)),
        acknowledge_placement,
        "partner-acknowledge",
        gettext("We have received it"),
    )


@needs("placement.work")
@require_http_methods(["GET", "POST"])
def partner_accept(request: StaffRequest, placement_id: int) -> HttpResponse:
    """Say that the agency takes it."""
    return _told(
        request,
        placement_id,
        ReferenceForm(posted(request)),
        accept_placement,
        "partner-accept",
        gettext("We take it"),
    )


@needs("placement.work")
@require_http_methods(["GET", "POST"])
def partner_refuse(request: StaffRequest, placement_id: int) -> HttpResponse:
    """Say that the agency does not take it."""
    return _told(
        request,
        placement_id,
        RefuseForm(posted(request)),
        refuse_placement,
        "partner-refuse",
        gettext("We do not take it"),
    )


@needs("placement.work")
@require_http_methods(["GET", "POST"])
def partner_end(request: StaffRequest, placement_id: int) -> HttpResponse:
    """Say that the debt is uncollectable, or goes to court."""
    return _told(
        request,
        placement_id,
        GoesOnForm(posted(request)),
        end_placement,
        "partner-end",
        gettext("How it goes on"),
    )


@needs("placement.work")
@require_http_methods(["GET", "POST"])
def partner_note(request: StaffRequest, placement_id: int) -> HttpResponse:
    """Write a note that the creditor reads."""
    return _told(
        request,
        placement_id,
        NoteForm(posted(request)),
        note_on_placement,
        "partner-note",
        gettext("Note"),
    )


@needs("placement.work")
@require_http_methods(["GET", "POST"])
def partner_collect(request: StaffRequest, placement_id: int) -> HttpResponse:
    """Report money the agency collected."""
    placement = _own(request, placement_id)
    form = RemittedForm(
        placement.currency, posted(request), initial={"reported_on": request.as_of}
    )
    return _told(
        request,
        placement_id,
        form,
        report_collection,
        "partner-collect",
        gettext("Report money"),
    )


def _told(
    request: StaffRequest,
    placement_id: int,
    form: forms.Form,
    action: Any,
    page: str,
    heading: str,
) -> HttpResponse:
    """Show a form about one of the partner's own placements, or carry it out."""
    return placement_page(
        request,
        _own(request, placement_id),
        form,
        action,
        page=page,
        heading=heading,
        said=gettext("Recorded."),
        back="partner-placement",
    )


def _own(request: StaffRequest, placement_id: int) -> Placement:
    """Return a placement of the partner's agency; of every other there is none."""
    placement = partner_placement(request.actor.company, request.actor.user_id, placement_id)
    if placement is None:
        raise Http404
    return placement
