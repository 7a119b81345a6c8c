"""Covers from a file, and granting those that wait in one go."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.cover_files import add_covers, grant_asked
from dunwell.actions.gate import Refused
from dunwell.formats.cover_rows import MOST_BYTES, TEMPLATE
from dunwell.models import Cover
from dunwell.web.answers import done, posted, told_page
from dunwell.web.exports import file_response
from dunwell.web.kept_files import capped, sent_file, upload_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest
from dunwell.web.upload_limits import CappedUpload

EXAMPLE = (
    *("10001", "insurance", "Insurer", "P-1", "50000.00", "EUR", "90"),
    *("2026-01-01", "2026-12-31", "60", "30", "45", "60", "180"),
)


class GrantAskedForm(forms.Form):
    """Which of the requests were granted as they were asked for."""

    def __init__(self, company_id: int, *args: Any, **kwargs: Any) -> None:
        """Offer every request that waits, ticked."""
        super().__init__(*args, **kwargs)
        waiting = Cover.objects.filter(company=company_id, status=Cover.Status.REQUESTED)
        self.fields["covers"] = forms.ModelMultipleChoiceField(
            waiting.order_by("customer", "pk"),
            label=_("Granted as asked for"),
            widget=forms.CheckboxSelectMultiple,
        )


@csrf_exempt  # the cap must stand before anything reads the form; the token is checked inside
@needs("cover.edit")
@require_http_methods(["GET", "POST"])
def cover_upload(request: StaffRequest) -> HttpResponse:
    """Take a file of covers in: all lines are recorded as requests, or none."""
    if request.method == "POST":
        return _receive(request, capped(request, limit_bytes=MOST_BYTES))
    return _upload_page(request)


@csrf_protect
def _receive(request: StaffRequest, cap: CappedUpload) -> HttpResponse:
    try:
        upload = sent_file(request, cap, most_bytes=MOST_BYTES)
        found = add_covers(
            actor=request.actor,
            name=upload.name,
            data=upload.data,
            as_of=request.as_of,
            at=clock.now(),
        )
    except Refused as refusal:
        return _upload_page(request, refusal)
    text = ngettext(
        "%(n)d cover recorded; %(known)d known from before.",
        "%(n)d covers recorded; %(known)d known from before.",
        found.added,
    ) % {"n": found.added, "known": found.known}
    return done(request, text, back=reverse("covers") + "?scope=requested")


@require_GET
def cover_template(request: StaffRequest, kind: str) -> HttpResponse:  # noqa: ARG001  a view
    """Return an example file with the columns that are read."""
    return file_response(kind, name="covers-template", columns=list(TEMPLATE), rows=[EXAMPLE])


@needs("cover.edit")
@require_http_methods(["GET", "POST"])
def covers_grant(request: StaffRequest) -> HttpResponse:
    """Grant requests as they were asked for, all of those ticked or none."""

    def act(*, covers: Any) -> None:
        grant_asked(actor=request.actor, covers=list(covers), as_of=request.as_of, at=clock.now())

    return told_page(
        request,
        GrantAskedForm(request.actor.company.pk, posted(request)),
        act,
        said=gettext("The covers are in force."),
        back=reverse("covers"),
        context={
            "heading": gettext("Enter grants together"),
            "lead": gettext("With the amounts, shares and days they were asked for."),
            "button": gettext("Enter"),
            "action": reverse("covers-grant"),
            "crumb": gettext("Covers"),
        },
    )


def _upload_page(request: StaffRequest, refusal: Exception | None = None) -> HttpResponse:
    return upload_page(request, "web/cover_upload.html", most_bytes=MOST_BYTES, refusal=refusal)
