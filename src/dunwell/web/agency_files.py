"""What goes to an agency and comes from it: files, reports, and the seats of its people."""

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.agencies import end_seat, make_seat_token, seat_partner
from dunwell.actions.gate import Refused
from dunwell.actions.placement_batches import claim_batch, hand_over_batch, release_batch
from dunwell.actions.placement_files import read_agency_report
from dunwell.models import Agency, AgencySeat, PlacementBatch
from dunwell.queries.placement_batches import batch_bytes
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import REFUSED, done, form_page, posted, refused
from dunwell.web.placements import zip_response
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest


class ReportForm(forms.Form):
    """An agency's report."""

    file = forms.FileField(label=_("Report of the agency (CSV)"))


class SeatForm(forms.Form):
    """A person of the agency."""

    username = forms.SlugField(
        label=_("Sign-in name"), max_length=80, help_text=_("Letters, digits, - and _.")
    )
    email = forms.EmailField(label=_("E-mail"), max_length=254)


class TokenForm(forms.Form):
    """Where a token is used."""

    name = forms.CharField(label=_("Where the token is used"), max_length=80)


@needs("placement.approve")
@require_POST
def agency_claim(request: StaffRequest, agency_id: int) -> HttpResponse:
    """Put the agency's approved placements into a file to be downloaded."""
    agency = _agency(request, agency_id)
    back = reverse("agency", args=[agency.pk])
    try:
        batch = claim_batch(
            actor=request.actor, agency=agency, as_of=request.as_of, at=clock.now()
        )
    except Refused as refusal:
        return refused(request, refusal, back=back)
    text = gettext("%(number)s is made. Download it, send it, and mark it as handed over.")
    return done(request, text % {"number": batch.number}, back=back)


@needs("placement.approve")
@require_GET
def batch_download(request: StaffRequest, placement_batch_id: int) -> HttpResponse:
    """Return a file as it was claimed: the same bytes each time; a released one is gone."""
    batch = _batch(request, placement_batch_id)
    if batch.status == PlacementBatch.Status.RELEASED:
        raise Http404
    return zip_response(batch_bytes(batch), name=f"placements-{batch.number}")


@needs("placement.approve")
@require_POST
def batch_hand_over(request: StaffRequest, placement_batch_id: int) -> HttpResponse:
    """Mark a file as handed over."""
    batch = _batch(request, placement_batch_id)
    back = reverse("agency", args=[batch.agency_id])
    try:
        hand_over_batch(actor=request.actor, batch=batch, as_of=request.as_of, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    text = gettext("%(number)s is handed over; the agency has its placements now.")
    return done(request, text % {"number": batch.number}, back=back)


@needs("placement.approve")
@require_http_methods(["GET", "POST"])
def batch_release(request: StaffRequest, placement_batch_id: int) -> HttpResponse:
    """Say that a file was not sent; its placements go into the next one."""
    batch = _batch(request, placement_batch_id)

    def carry_out(reason: str) -> None:
        release_batch(
            actor=request.actor,
            batch=batch,
            reason=reason,
            as_of=request.as_of,
            at=clock.now(),
        )

    context = {
        "heading": gettext("The file was not sent"),
        "lead": batch.number,
        "button": gettext("Release it"),
        "action": reverse("placement-batch-release", args=[batch.pk]),
        "crumb": batch.number,
    }
    back = reverse("agency", args=[batch.agency_id])
    said = gettext("Released; its placements go into the next file.")
    return reason_page(request, carry_out, said=said, back=back, context=context)


@needs("placement.report")
@require_http_methods(["GET", "POST"])
def agency_report(request: StaffRequest, agency_id: int) -> HttpResponse:
    """Read an agency's report; when a line cannot be booked nothing is, and each says why."""
    agency = _agency(request, agency_id)
    context: dict[str, object] = {"agency": agency}
    form = ReportForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        if file.size > settings.IMPORT_LIMIT_BYTES:
            raise Http404
        try:
            read = read_agency_report(
                actor=request.actor,
                agency=agency,
                data=file.read(),
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error("file", spoken(refusal))
        else:
            if not read.refusals:
                text = ngettext(
                    "%(lines)s line read, %(changed)s of them new.",
                    "%(lines)s lines read, %(changed)s of them new.",
                    read.lines,
                )
                back = reverse("agency", args=[agency.pk])
                told = {"lines": read.lines, "changed": read.changed}
                return done(request, text % told, back=back)
            context["refusals"] = read.refusals
    context["form"] = form
    is_bad = bool(form.errors) or "refusals" in context
    return render(request, "web/agency_report.html", context, status=REFUSED if is_bad else 200)


@needs("user.manage")
@require_http_methods(["GET", "POST"])
def seat_add(request: StaffRequest, agency_id: int) -> HttpResponse:
    """Give a person of the agency a seat."""
    agency = _agency(request, agency_id)
    back = reverse("agency", args=[agency.pk])
    form = SeatForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            seat_partner(actor=request.actor, agency=agency, at=clock.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            text = gettext("The seat is given. Make a sign-in link under People.")
            return done(request, text, back=back)
    context = {
        "heading": gettext("Seat for a person of %(name)s") % {"name": agency.name},
        "lead": gettext("They sign in and see what is placed with this agency, nothing else."),
        "button": gettext("Give the seat"),
        "action": reverse("seat-add", args=[agency.pk]),
        "crumb": agency.name,
        "back": back,
    }
    return form_page(request, "web/plain_form.html", form, context)


@needs("user.manage")
@require_POST
def seat_end(request: StaffRequest, seat_id: int) -> HttpResponse:
    """Take a seat away."""
    seat = _seat(request, seat_id)
    back = reverse("agency", args=[seat.agency_id])
    try:
        end_seat(actor=request.actor, seat=seat, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("The seat is taken away."), back=back)


@needs("token.manage")
@require_http_methods(["GET", "POST"])
def seat_token(request: StaffRequest, seat_id: int) -> HttpResponse:
    """Make an API token of a seat, shown once; only its hash is kept."""
    seat = _seat(request, seat_id)
    back = reverse("agency", args=[seat.agency_id])
    form = TokenForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            secret = make_seat_token(
                actor=request.actor, seat=seat, name=form.cleaned_data["name"], at=clock.now()
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            context = {"seat": seat, "secret": secret, "back": back}
            return render(request, "web/agency_token.html", context)
    context = {
        "heading": gettext("API token for %(name)s") % {"name": seat.user.username},
        "button": gettext("Make the token"),
        "action": reverse("seat-token", args=[seat.pk]),
        "crumb": seat.agency.name,
        "back": back,
        "is_page": True,
    }
    return form_page(request, "web/plain_form.html", form, context)


def _agency(request: StaffRequest, agency_id: int) -> Agency:
    return get_object_or_404(Agency, pk=agency_id, company=request.actor.company)


def _batch(request: StaffRequest, batch_id: int) -> PlacementBatch:
    return get_object_or_404(PlacementBatch, pk=batch_id, company=request.actor.company)


def _seat(request: StaffRequest, seat_id: int) -> AgencySeat:
    seats = AgencySeat.objects.select_related("agency", "user")
    return get_object_or_404(seats, pk=seat_id, company=request.actor.company)
