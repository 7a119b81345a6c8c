"""Pages about credit notes asked of billing: the list, the file out, the answers in, by hand."""

from functools import partial
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.credit_request_answers import AnswersTaken, take_answers
from dunwell.actions.credit_requests import export_requests, refuse_request, settle_request
from dunwell.actions.gate import Refused
from dunwell.engine.money import from_minor
from dunwell.formats.credit_request_files import (
    KINDS,
    MOST_BYTES,
    RequestFileError,
    RequestLine,
    read_answers,
    write_requests,
)
from dunwell.formats.exports import Value
from dunwell.models import CreditRequest, Item
from dunwell.models.disputes import reason_label
from dunwell.queries.credit_requests import (
    SCOPES,
    WAITING,
    RequestRow,
    credit_request_rows,
    found_requests,
    note_choices,
    request_sums,
)
from dunwell.queries.pages import every_row
from dunwell.templatetags.money import money
from dunwell.templatetags.ui import translated
from dunwell.web.answers import done, posted, refused, told_page
from dunwell.web.exports import file_response
from dunwell.web.kept_files import capped, sent_file, upload_page
from dunwell.web.keys import read_key
from dunwell.web.lists import page_asked
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest
from dunwell.web.upload_limits import CappedUpload

TABS = {
    "waiting": _("Waiting"),
    "open": _("Asked for"),
    "exported": _("Handed to billing"),
    "done": _("Credit note is here"),
    "refused": _("Refused"),
    "all": _("All"),
}
COLUMNS = (
    _("Request"),
    _("Case"),
    _("Customer number"),
    _("Customer"),
    _("Item"),
    _("Reason"),
    _("Currency"),
    _("Amount"),
    _("Status"),
    _("Credit note"),
    _("Note"),
    _("Age in days"),
)
MOST_AT_ONCE = 1_000
EXAMPLES = (("CR-000001", "G-2026-17", ""), ("CR-000002", "", "not in the price list"))
ANSWER_COLUMNS = ("request", "credit_note", "refusal")


class MatchForm(forms.Form):
    """Which credit note answers the request."""

    note = forms.ChoiceField(label=_("Credit note"))


@require_GET
def credit_request_list(request: StaffRequest) -> HttpResponse:
    """List credit requests, the oldest first."""
    company, only = request.actor.company, _only(request)
    read = partial(credit_request_rows, company, as_of=request.as_of, **only)
    page = page_asked(request, lambda cursor: read(cursor=cursor))
    context = {
        "page": page,
        "sums": request_sums(found_requests(company, **only)),
        "scopes": list(TABS.items()),
        "scope": only["scope"],
        "q": only["search"],
        "kinds": list(KINDS),
    }
    return render(request, "web/dispute_requests.html", context)


@require_GET
def credit_requests_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return the list under the page's filter; nothing is marked."""
    read = partial(
        credit_request_rows, request.actor.company, as_of=request.as_of, **_only(request)
    )
    return file_response(
        kind,
        name=f"credit-requests-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_row(row) for row in every_row(read)),
    )


@needs("credit_request.edit")
@require_POST
def credit_requests_file(request: StaffRequest) -> HttpResponse:
    """Hand requests to billing: a file of those chosen, or of all not handed over yet."""
    company, kind = request.actor.company, request.POST.get("kind", "csv")
    if kind not in KINDS:
        raise Http404
    keys = [key for text in request.POST.getlist("request") if (key := read_key(text))]
    found = CreditRequest.objects.filter(company=company)
    found = found.filter(pk__in=keys) if keys else found.filter(status=CreditRequest.Status.OPEN)
    try:
        rows = export_requests(
            actor=request.actor,
            requests=list(found.order_by("pk")[:MOST_AT_ONCE]),
            as_of=request.as_of,
            at=clock.now(),
        )
    except Refused as refusal:
        return refused(request, refusal, back=reverse("credit-requests"))
    response = HttpResponse(write_requests(request_lines(rows), kind), content_type=KINDS[kind])
    name = f"credit-requests-{rows[0].number}-{rows[-1].number}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def request_lines(rows: list[CreditRequest]) -> list[RequestLine]:
    """Return requests, read with case, item and customer, as lines of a file."""
    return [
        RequestLine(
            number=one.number,
            case=one.resolution.case.number,
            customer=one.dispute.customer.number,
            item=one.dispute.item.number,
            currency=one.currency,
            amount_minor=one.amount_minor,
            reason=one.dispute.reason,
            is_rebilled=one.is_rebilled,
            requested_on=one.recorded_at.date(),
        )
        for one in rows
    ]


@csrf_exempt  # the cap must stand before anything reads the form; the token is checked inside
@needs("credit_request.edit")
@require_http_methods(["GET", "POST"])
def credit_requests_answers(request: StaffRequest) -> HttpResponse:
    """Read what billing answers."""
    if request.method == "POST":
        return _receive(request, capped(request, limit_bytes=MOST_BYTES))
    return upload_page(request, "web/dispute_answers_upload.html", most_bytes=MOST_BYTES)


@csrf_protect
def _receive(request: StaffRequest, cap: CappedUpload) -> HttpResponse:
    try:
        upload = sent_file(request, cap, most_bytes=MOST_BYTES)
        taken = take_answers(
            actor=request.actor,
            answers=read_answers(upload.data, upload.name),
            as_of=request.as_of,
            at=clock.now(),
        )
    except (Refused, RequestFileError) as refusal:
        template = "web/dispute_answers_upload.html"
        return upload_page(request, template, most_bytes=MOST_BYTES, refusal=refusal)
    if taken.problems:
        return render(request, "web/dispute_answers.html", {"taken": taken})
    return done(request, _said(taken), back=reverse("credit-requests"))


@require_GET
def credit_requests_template(request: StaffRequest, kind: str) -> HttpResponse:  # noqa: ARG001  a view
    """Return an example of an answer file."""
    return file_response(
        kind, name="credit-request-answers", columns=list(ANSWER_COLUMNS), rows=EXAMPLES
    )


@needs("credit_request.edit")
@require_http_methods(["GET", "POST"])
def credit_request_refuse(request: StaffRequest, request_id: int) -> HttpResponse:
    """Record that billing does not credit."""
    found = _request(request, request_id)

    def take_back(reason: str) -> None:
        refuse_request(
            actor=request.actor, request=found, reason=reason, as_of=request.as_of, at=clock.now()
        )

    return reason_page(
        request,
        take_back,
        said=gettext("Recorded; the case is reviewed again."),
        back=reverse("credit-requests"),
        context=_context(request, found, gettext("Refused by billing")),
    )


@needs("credit_request.edit")
@require_http_methods(["GET", "POST"])
def credit_request_match(request: StaffRequest, request_id: int) -> HttpResponse:
    """Say by hand which credit note answers a request."""
    found = _request(request, request_id)
    form = MatchForm(posted(request))
    notes: Any = form.fields["note"]
    notes.choices = [
        (str(one.id), f"{one.number}, {one.issued_on}: {money(one.amount_minor, one.currency)}")
        for one in note_choices(found)
    ]

    def act(note: str) -> None:
        settle_request(
            actor=request.actor,
            request=found,
            credit_item=get_object_or_404(Item, pk=int(note), company=request.actor.company),
            as_of=request.as_of,
            at=clock.now(),
        )

    return told_page(
        request,
        form,
        act,
        said=gettext("Settled."),
        back=reverse("credit-requests"),
        context=_context(request, found, gettext("This credit note answers it")),
    )


def _request(request: StaffRequest, request_id: int) -> CreditRequest:
    found = CreditRequest.objects.select_related("dispute__item", "resolution__case")
    return get_object_or_404(found, pk=request_id, company=request.actor.company)


def _context(request: StaffRequest, found: CreditRequest, heading: str) -> dict[str, Any]:
    amount = money(found.amount_minor, found.currency)
    return {
        "heading": heading,
        "lead": f"{found.number}: {amount}, {found.dispute.item.number}",
        "button": heading,
        "action": request.path,
        "crumb": gettext("Credit requests"),
        "back": reverse("credit-requests"),
    }


def _only(request: StaffRequest) -> dict[str, Any]:
    asked = request.GET
    scope = asked.get("scope", WAITING)
    return {
        "scope": scope if scope in SCOPES else WAITING,
        "customer_id": read_key(asked.get("customer", "")),
        "search": asked.get("q", "")[:40],
    }


def _said(taken: AnswersTaken) -> str:
    return gettext("Settled: %(a)d, refused: %(b)d, as before: %(c)d.") % {
        "a": taken.settled,
        "b": taken.refused,
        "c": taken.unchanged,
    }


def _row(row: RequestRow) -> tuple[Value, ...]:
    return (
        row.number,
        row.case_number,
        row.customer_number,
        row.customer_name,
        row.item,
        translated(reason_label(row.reason)),
        row.currency,
        from_minor(row.amount_minor, row.currency),
        translated(row.status_label),
        row.note_number,
        row.note,
        row.age_days,
    )
