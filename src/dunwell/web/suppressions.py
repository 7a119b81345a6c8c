"""Pages about addresses that get nothing: the list, its export, adding, lifting, files."""

from functools import partial
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.suppressions import (
    import_suppressions,
    lift_suppression,
    suppress_address,
)
from dunwell.formats.exports import Value
from dunwell.formats.suppression_rows import (
    MOST_BYTES,
    TEMPLATE,
    SuppressionFileError,
    read_suppressions,
)
from dunwell.models import Suppression
from dunwell.queries.pages import every_row
from dunwell.queries.suppressions import (
    ACTIVE,
    CHANNELS,
    SCOPES,
    SuppressionRow,
    suppression_counts,
    suppression_rows,
)
from dunwell.templatetags.suppressions import channel_name
from dunwell.templatetags.ui import translated
from dunwell.web.answers import posted, told_page
from dunwell.web.exports import file_response
from dunwell.web.kept_files import capped, sent_file, upload_page
from dunwell.web.keys import read_key
from dunwell.web.lists import page_asked
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest
from dunwell.web.upload_limits import CappedUpload

LABELS = {"active": _("Get nothing"), "lifted": _("Lifted"), "all": _("All")}
MOST_PROBLEMS = 50
"""Lines with a problem that the page shows."""
COLUMNS = (
    _("Address"),
    _("Channel"),
    _("Reason"),
    _("Customer number"),
    _("Customer"),
    _("Note"),
    _("By"),
    _("Since (UTC)"),
    _("Lifted (UTC)"),
    _("Lifted by"),
    _("Why lifted"),
)
EXAMPLES = (
    ("ap@globex.example", "email", "bounced", "550 5.1.1 user unknown"),
    ("+493012345678", "sms", "unsubscribed", ""),
)


class SuppressForm(forms.Form):
    """An address that is to get nothing, and why."""

    channel = forms.ChoiceField(label=_("Channel"))
    address = forms.CharField(
        label=_("Address or number"),
        max_length=254,
        help_text=_("Such as ap@globex.example or +49 30 1234567."),
    )
    note = forms.CharField(label=_("Why"), max_length=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the channels in the reader's language."""
        super().__init__(*args, **kwargs)
        channels = [(name, channel_name(name)) for name in CHANNELS]
        self.fields["channel"].choices = channels  # type: ignore[attr-defined]


@require_GET
def suppression_list(request: StaffRequest) -> HttpResponse:
    """List addresses that get nothing, the newest first."""
    company, only = request.actor.company, _only(request)
    page = page_asked(request, lambda cursor: suppression_rows(company, cursor=cursor, **only))
    counts = suppression_counts(company)
    context = {
        "page": page,
        **only,
        "total": sum(counts.values()),
        "scopes": LABELS.items(),
        "channels": CHANNELS,
        "reasons": [
            (value, label, counts.get(value)) for value, label in Suppression.Reason.choices
        ],
    }
    return render(request, "web/suppressions.html", context)


@require_GET
def suppressions_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every address under the page's filter."""
    found = every_row(partial(suppression_rows, request.actor.company, **_only(request)))
    return file_response(
        kind,
        name=f"suppressions-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_row(row) for row in found),
    )


@needs("suppression.edit")
@require_http_methods(["GET", "POST"])
def suppression_add(request: StaffRequest) -> HttpResponse:
    """Put one address on the list."""

    def suppress(**told: Any) -> None:
        suppress_address(actor=request.actor, at=clock.now(), **told)

    return told_page(
        request,
        SuppressForm(posted(request)),
        suppress,
        said=gettext("Nothing is sent to this address any more."),
        back=reverse("suppressions"),
        context={
            "heading": gettext("Suppress an address"),
            "lead": gettext(
                "Nothing goes to it by this channel, whoever it belongs to and whatever it is "
                "about, until somebody lifts it."
            ),
            "button": gettext("Suppress"),
            "action": reverse("suppression-add"),
            "crumb": gettext("Suppressed addresses"),
        },
    )


@needs("suppression.edit")
@require_http_methods(["GET", "POST"])
def suppression_lift(request: StaffRequest, suppression_id: int) -> HttpResponse:
    """Take an address off the list, with the reason."""
    entry = get_object_or_404(Suppression, pk=suppression_id, company=request.actor.company)

    def lift(reason: str) -> None:
        lift_suppression(actor=request.actor, suppression=entry, reason=reason, at=clock.now())

    return reason_page(
        request,
        lift,
        said=gettext("The address may be written to again."),
        back=reverse("suppressions"),
        context={
            "heading": gettext("Lift the suppression of %(address)s") % {"address": entry.address},
            "lead": gettext("Say what shows that the address may be written to again."),
            "button": gettext("Lift"),
            "action": reverse("suppression-lift", args=[entry.pk]),
            "crumb": gettext("Suppressed addresses"),
        },
    )


@csrf_exempt  # the cap must stand before anything reads the form; the token is checked inside
@needs("suppression.edit")
@require_http_methods(["GET", "POST"])
def suppression_upload(request: StaffRequest) -> HttpResponse:
    """Take a file of addresses in, and tell what became of its lines."""
    if request.method == "POST":
        return _receive(request, capped(request, limit_bytes=MOST_BYTES))
    return _upload_page(request)


@require_GET
def suppression_template(request: StaffRequest, kind: str) -> HttpResponse:  # noqa: ARG001  a view
    """Return an example file with the columns that are read."""
    return file_response(kind, name="suppressions-template", columns=list(TEMPLATE), rows=EXAMPLES)


@csrf_protect
def _receive(request: StaffRequest, cap: CappedUpload) -> HttpResponse:
    try:
        upload = sent_file(request, cap, most_bytes=MOST_BYTES)
        lines = read_suppressions(upload.data, upload.name)
        added = import_suppressions(actor=request.actor, lines=lines, at=clock.now())
    except (Refused, SuppressionFileError) as refusal:
        return _upload_page(request, refusal)
    wrong = [line for line in lines if line.problem]
    said = ngettext("%(n)d address is new.", "%(n)d addresses are new.", added) % {"n": added}
    context = {
        "said": said,
        "known": len(lines) - len(wrong) - added,
        "wrong": wrong[:MOST_PROBLEMS],
        "wrong_count": len(wrong),
    }
    return render(request, "web/suppressions_imported.html", context)


def _upload_page(request: StaffRequest, refusal: Exception | None = None) -> HttpResponse:
    return upload_page(
        request, "web/suppressions_upload.html", most_bytes=MOST_BYTES, refusal=refusal
    )


def _only(request: StaffRequest) -> dict[str, Any]:
    scope, channel = request.GET.get("scope", ""), request.GET.get("channel", "")
    reason = request.GET.get("reason", "")
    return {
        "scope": scope if scope in SCOPES else ACTIVE,
        "channel": channel if channel in CHANNELS else "",
        "reason": reason if reason in Suppression.Reason.values else "",
        "search": request.GET.get("q", "")[:80].replace("\0", ""),
        "customer_id": read_key(request.GET.get("customer", "")),
    }


def _row(row: SuppressionRow) -> tuple[Value, ...]:
    lifted = row.lifted_at
    return (
        row.address,
        channel_name(row.channel),
        translated(row.reason_label),
        row.customer_number,
        row.customer_name,
        row.note,
        row.by,
        row.recorded_at.isoformat(timespec="seconds"),
        lifted.isoformat(timespec="seconds") if lifted else "",
        row.lifted_by,
        row.lifted_note,
    )
