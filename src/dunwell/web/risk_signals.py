"""Pages about signals from outside: the list, one signal and whom it touches, files and feeds."""

from functools import partial
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.risk_signals import TASK, WAYS, dismiss_signal, follow_signal, take_signals
from dunwell.actions.signal_feeds import FeedTerms, add_feed, edit_feed
from dunwell.formats.exports import Value
from dunwell.formats.signal_rows import MOST_BYTES, TEMPLATE, SignalFileError, read_signals
from dunwell.models import RiskSignal, SignalFeed
from dunwell.queries.pages import every_row
from dunwell.queries.risk_signals import (
    SignalRow,
    feed_rows,
    match_rows,
    signal_counts,
    signal_detail,
    signal_rows,
)
from dunwell.templatetags.sentences import spoken
from dunwell.templatetags.ui import translated
from dunwell.web.answers import REFUSED, posted, told_page
from dunwell.web.exports import file_response
from dunwell.web.kept_files import capped, sent_file, upload_page
from dunwell.web.lists import page_asked
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest
from dunwell.web.upload_limits import CappedUpload

PPM = 1_000_000
COLUMNS = (
    *(_("Published"), _("Kind"), _("Severity"), _("Title"), _("Source"), _("Country")),
    *(_("Sector"), _("Currency"), _("Party"), _("Customers"), _("Relevance"), _("Status")),
    *(_("Reason"), _("URL")),
)
EXAMPLES = (
    (
        *("IN-1", "insolvency", "Insolvency of Globex GmbH", "", "https://gazette.example/IN-1"),
        *("2026-03-02", "", "DE", "", "", "high", "", "", "Globex GmbH"),
    ),
    (
        *("R-7", "rate", "Key rate rises to 3 %", "", "", "2026-03-05", "2026-04-01", "", ""),
        *("EUR", "medium", "", "", ""),
    ),
)


class FeedForm(forms.Form):
    """Where a feed lies, and what its entries are about."""

    name = forms.CharField(label=_("Name"), max_length=80)
    url = forms.CharField(label=_("Address"), max_length=500, help_text="https://")
    form = forms.ChoiceField(label=_("Form"), choices=SignalFeed.Form.choices)
    kind = forms.ChoiceField(label=_("Its entries are about"), choices=RiskSignal.Kind.choices)
    severity = forms.TypedChoiceField(
        label=_("Severity"), choices=RiskSignal.Severity.choices, coerce=int, initial=2
    )
    region = forms.CharField(label=_("Country"), max_length=2, required=False)
    sector = forms.CharField(
        label=_("Sector"), max_length=8, required=False, help_text=_("NACE, such as F or 46.")
    )
    currency = forms.CharField(label=_("Currency"), max_length=3, required=False)
    is_automatic = forms.BooleanField(
        label=_("Make tasks for whom it touches by itself"), required=False
    )


class FeedEditForm(FeedForm):
    """The same of a feed that is there, and whether it is read."""

    is_on = forms.BooleanField(label=_("It is read"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


@require_GET
def signal_list(request: StaffRequest) -> HttpResponse:
    """List signals, the newest first."""
    company, only = request.actor.company, _only(request)
    page = page_asked(request, lambda cursor: signal_rows(company, cursor=cursor, **only))
    counts = signal_counts(company)
    context = {
        "page": page,
        "only": only,
        "tabs": [
            (value, label, counts.get(value, 0)) for value, label in RiskSignal.Status.choices
        ],
        "kinds": RiskSignal.Kind.choices,
        "feeds": feed_rows(company),
    }
    return render(request, "web/risk_signals.html", context)


@require_GET
def signals_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every signal under the page's filter."""
    found = every_row(partial(signal_rows, request.actor.company, **_only(request)))
    return file_response(
        kind,
        name=f"signals-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_line(row) for row in found),
    )


@require_GET
def signal_show(request: StaffRequest, signal_id: int) -> HttpResponse:
    """Show one signal and whom it touches."""
    return _signal_page(request, signal_id)


@needs("signal.decide")
@require_POST
def signal_follow(request: StaffRequest, signal_id: int) -> HttpResponse:
    """Make tasks, or start watches, for whom a signal touches."""
    signal = get_object_or_404(RiskSignal, pk=signal_id, company=request.actor.company)
    way = request.POST.get("way", TASK)
    chosen = [int(one) for one in request.POST.getlist("customer") if one.isdecimal()]
    try:
        follow_signal(
            actor=request.actor,
            signal=signal,
            customer_ids=chosen,
            way=way if way in WAYS else "",
            as_of=request.as_of,
            at=clock.now(),
        )
    except Refused as refusal:
        return _signal_page(request, signal_id, refusal=spoken(refusal))
    return redirect("risk-signal", signal_id)


@needs("signal.decide")
@require_http_methods(["GET", "POST"])
def signal_dismiss(request: StaffRequest, signal_id: int) -> HttpResponse:
    """Say that a signal is nothing for us."""
    signal = get_object_or_404(RiskSignal, pk=signal_id, company=request.actor.company)

    def dismiss(reason: str) -> None:
        dismiss_signal(
            actor=request.actor,
            signal=signal,
            reason=reason,
            as_of=request.as_of,
            at=clock.now(),
        )

    return reason_page(
        request,
        dismiss,
        said=gettext("Dismissed."),
        back=reverse("risk-signals"),
        context={
            "heading": gettext("Dismiss the signal"),
            "lead": gettext("Say why it is nothing for us; the reason goes into the audit log."),
            "button": gettext("Dismiss"),
            "action": reverse("risk-signal-dismiss", args=[signal.pk]),
            "crumb": gettext("Signals"),
        },
    )


@needs("signal_feed.edit")
@require_http_methods(["GET", "POST"])
def feed_add(request: StaffRequest) -> HttpResponse:
    """Add a feed."""

    def act(**told: Any) -> None:
        add_feed(actor=request.actor, terms=_terms(told), at=clock.now())

    return told_page(
        request,
        FeedForm(posted(request)),
        act,
        said=gettext("The feed is read from now on."),
        back=reverse("risk-signals"),
        context={
            "heading": gettext("Add a feed"),
            "lead": gettext("RSS, Atom, JSON or CSV behind an address that begins with https://."),
            "button": gettext("Add"),
            "action": reverse("risk-feed-add"),
            "crumb": gettext("Signals"),
        },
    )


@needs("signal_feed.edit")
@require_http_methods(["GET", "POST"])
def feed_change(request: StaffRequest, feed_id: int) -> HttpResponse:
    """Change a feed, or read it no more."""
    feed = get_object_or_404(SignalFeed, pk=feed_id, company=request.actor.company)

    def act(*, is_on: bool, version: int, **told: Any) -> None:
        edit_feed(
            actor=request.actor,
            feed=feed,
            terms=_terms(told),
            is_on=is_on,
            version=version,
            at=clock.now(),
        )

    names = FeedEditForm.base_fields
    return told_page(
        request,
        FeedEditForm(posted(request), initial={name: getattr(feed, name) for name in names}),
        act,
        said=gettext("Changed."),
        back=reverse("risk-signals"),
        context={
            "heading": gettext("Change the feed"),
            "lead": "",
            "button": gettext("Save"),
            "action": reverse("risk-feed", args=[feed.pk]),
            "crumb": gettext("Signals"),
        },
    )


@csrf_exempt  # the cap must stand before anything reads the form; the token is checked inside
@needs("signal.take")
@require_http_methods(["GET", "POST"])
def signal_upload(request: StaffRequest) -> HttpResponse:
    """Take a file of signals in."""
    if request.method == "POST":
        return _receive(request, capped(request, limit_bytes=MOST_BYTES))
    return _upload_page(request)


@require_GET
def signal_template(request: StaffRequest, kind: str) -> HttpResponse:  # noqa: ARG001  a view
    """Return an example file with the columns that are read."""
    return file_response(kind, name="signals-template", columns=list(TEMPLATE), rows=EXAMPLES)


@csrf_protect
def _receive(request: StaffRequest, cap: CappedUpload) -> HttpResponse:
    try:
        upload = sent_file(request, cap, most_bytes=MOST_BYTES)
        lines = read_signals(upload.data, upload.name)
        taken = take_signals(
            actor=request.actor,
            lines=lines,
            source=upload.name[:80],
            as_of=request.as_of,
            at=clock.now(),
        )
    except (Refused, SignalFileError) as refusal:
        return _upload_page(request, refusal)
    said = ngettext("%(n)d signal is new.", "%(n)d signals are new.", taken.new) % {"n": taken.new}
    context = {"said": said, "taken": taken, "wrong": [one for one in lines if one.problem][:50]}
    return render(request, "web/risk_signals_imported.html", context)


def _upload_page(request: StaffRequest, refusal: Exception | None = None) -> HttpResponse:
    return upload_page(
        request, "web/risk_signals_upload.html", most_bytes=MOST_BYTES, refusal=refusal
    )


def _signal_page(request: StaffRequest, signal_id: int, refusal: str = "") -> HttpResponse:
    company = request.actor.company
    row = signal_detail(company, signal_id)
    if row is None:
        raise Http404
    context = {
        "row": row,
        "matches": match_rows(company, signal_id=signal_id),
        "refusal": refusal,
    }
    status = REFUSED if refusal else 200
    return render(request, "web/risk_signal.html", context, status=status)


def _terms(told: dict[str, Any]) -> FeedTerms:
    return FeedTerms(**told)


def _only(request: StaffRequest) -> dict[str, Any]:
    status, kind = request.GET.get("status", ""), request.GET.get("kind", "")
    return {
        "status": status if status in RiskSignal.Status.values else str(RiskSignal.Status.NEW),
        "kind": kind if kind in RiskSignal.Kind.values else "",
        "search": request.GET.get("q", "")[:80].replace("\0", ""),
    }


def _line(row: SignalRow) -> tuple[Value, ...]:
    return (
        row.published_on,
        translated(row.kind_label),
        translated(row.severity_label),
        row.title,
        row.source,
        row.region,
        row.sector,
        row.currency,
        row.party,
        row.customers,
        row.relevance_ppm / PPM,
        translated(row.status_label),
        row.reason,
        row.url,
    )
