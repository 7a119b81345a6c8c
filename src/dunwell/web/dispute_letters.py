"""The letter about what was denied: looked at as a PDF, and sent."""

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.dispute_letters import send_denial
from dunwell.actions.gate import Refused
from dunwell.formats.typesetting import TypesettingError
from dunwell.models import DisputeResolution
from dunwell.queries.dispute_letters import denial_pdf
from dunwell.web.answers import posted, refused, told_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest


class DenialForm(forms.Form):
    """How the letter goes out."""

    channel = forms.ChoiceField(
        label=_("How"), choices=[("email", _("E-mail with the letter")), ("letter", _("Letter"))]
    )
    is_confirmed = forms.BooleanField(
        label=_("Send it in spite of warnings"),
        required=False,
        help_text=_("Say this once the warnings about it have been read."),
    )


@require_GET
def dispute_resolution(request: StaffRequest, resolution_id: int) -> HttpResponse:
    """Lead from a resolution, as approvals name it, to its case."""
    return redirect(_page(_resolution(request, resolution_id)))


@require_GET
def denial_file(request: StaffRequest, resolution_id: int) -> HttpResponse:
    """Return the letter as a PDF."""
    resolution = _resolution(request, resolution_id)
    if not resolution.letter:
        raise Http404
    try:
        data = denial_pdf(resolution)
    except TypesettingError as error:
        return refused(request, Refused(str(error)), back=_page(resolution))
    response = HttpResponse(data, content_type="application/pdf")
    name = f"{resolution.case.number}.pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@needs("message.compose")
@require_http_methods(["GET", "POST"])
def denial_send(request: StaffRequest, resolution_id: int) -> HttpResponse:
    """Send the letter of a decided denial to the customer."""
    resolution = _resolution(request, resolution_id)

    def act(channel: str, *, is_confirmed: bool) -> None:
        send_denial(
            actor=request.actor,
            resolution=resolution,
            channel=channel,
            is_confirmed=is_confirmed,
            as_of=request.as_of,
            at=clock.now(),
        )

    context = {
        "heading": gettext("Send the letter"),
        "lead": gettext("It goes to the customer's contact, with the PDF attached to a mail."),
        "button": gettext("Send it"),
        "action": reverse("denial-send", args=[resolution.pk]),
        "crumb": resolution.case.number,
    }
    form = DenialForm(posted(request), initial={"channel": "email"})
    said = gettext("The letter waits to be sent.")
    return told_page(request, form, act, said=said, back=_page(resolution), context=context)


def _resolution(request: StaffRequest, resolution_id: int) -> DisputeResolution:
    return get_object_or_404(
        DisputeResolution.objects.select_related("case__customer", "case__company"),
        pk=resolution_id,
        case__company=request.actor.company,
    )


def _page(resolution: DisputeResolution) -> str:
    return reverse("dispute", args=[resolution.case_id])
