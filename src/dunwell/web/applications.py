"""Pages about credit applications: the queue, one application, entering one, its files."""

from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.applications import start_application
from dunwell.actions.gate import Refused
from dunwell.engine.money import from_minor
from dunwell.formats.decision_letter import decision_letter_pdf
from dunwell.formats.exports import Value
from dunwell.formats.typesetting import TypesettingError
from dunwell.models import ApplicationDocument, CreditApplication
from dunwell.queries.application_letters import decision_letter
from dunwell.queries.application_links import form_slug
from dunwell.queries.application_rules import application_rules
from dunwell.queries.applications import (
    SCOPES,
    ApplicationRow,
    application_counts,
    application_detail,
    application_rows,
)
from dunwell.queries.pages import every_row
from dunwell.templatetags.sentences import spoken
from dunwell.templatetags.ui import translated
from dunwell.web.answers import form_page, posted
from dunwell.web.application_forms import NewForm
from dunwell.web.exports import file_response
from dunwell.web.kept_files import download
from dunwell.web.lists import page_asked
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

TABS = (
    ("open", _("To be decided")),
    ("drafts", _("Being filled in")),
    ("granted", _("Approved, not active")),
    ("over", _("Over")),
    ("all", _("All")),
)
COLUMNS = (
    _("Application"),
    _("Status"),
    _("Applicant"),
    _("Country"),
    _("Currency"),
    _("Asked for"),
    _("Granted"),
    _("Risk class"),
    _("Opened on"),
    _("Complete on"),
    _("Decide by"),
    _("Tell by"),
    _("Days left"),
    _("Decided on"),
)


@require_GET
def application_list(request: StaffRequest) -> HttpResponse:
    """List applications, the newest first, with the clock of each decision."""
    company, only = request.actor.company, _only(request)
    read = partial(application_rows, company, as_of=request.as_of, **only)
    page = page_asked(request, lambda cursor: read(cursor=cursor))
    counts = application_counts(company)
    context = {
        "page": page,
        "scope": only["scope"] or "all",
        "search": only["search"],
        "form_address": request.build_absolute_uri(reverse("apply", args=[form_slug(company)]))
        if application_rules(company, as_of=request.as_of).rules.open_form
        else "",
        "tabs": [(name, label, counts["" if name == "all" else name]) for name, label in TABS],
    }
    return render(request, "web/applications.html", context)


@require_GET
def applications_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every application under the page's filter."""
    read = partial(application_rows, request.actor.company, as_of=request.as_of, **_only(request))
    return file_response(
        kind,
        name=f"applications-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_row(row) for row in every_row(read)),
    )


@require_GET
def application_show(request: StaffRequest, application_id: int) -> HttpResponse:
    """Show one application with everything that belongs to it, and what can be done."""
    detail = application_detail(request.actor.company, application_id, as_of=request.as_of)
    if detail is None:
        raise Http404
    context = {"detail": detail, "row": detail.row}
    return render(request, "web/application.html", context)


@needs("application.edit")
@require_http_methods(["GET", "POST"])
def application_new(request: StaffRequest) -> HttpResponse:
    """Enter an application, and send its link unless it is filled in here."""
    form = NewForm(posted(request), initial={"language": request.actor.company.language})
    if request.method == "POST" and form.is_valid():
        try:
            application = start_application(
                actor=request.actor,
                site=request.build_absolute_uri("/"),
                key=request.POST.get("key", "")[:64],
                as_of=request.as_of,
                at=clock.now(),
                **form.cleaned_data,
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return redirect("application", application.pk)
    context = {
        "heading": gettext("New application"),
        "lead": gettext(
            "The applicant fills in the rest through a link, or you do on the next page."
        ),
        "button": gettext("Open the application"),
        "action": reverse("application-new"),
        "crumb": gettext("Applications"),
        "back": reverse("applications"),
        "is_page": True,
    }
    return form_page(request, "web/plain_form.html", form, context)


@require_GET
def application_letter(request: StaffRequest, application_id: int) -> HttpResponse:
    """Return the letter with the decision as a PDF."""
    application = get_object_or_404(
        CreditApplication.objects.select_related("company"),
        pk=application_id,
        company=request.actor.company,
    )
    letter = decision_letter(application)
    if letter is None:
        raise Http404
    try:
        data = decision_letter_pdf(letter)
    except TypesettingError as error:
        context = {"refusal": spoken(error), "back": reverse("application", args=[application.pk])}
        return render(request, "web/refused.html", context, status=422)
    return _attachment(data, name=f"{application.number}.pdf", media_type="application/pdf")


@needs("ledger.view")
@require_GET
def application_document(request: StaffRequest, document_id: int) -> HttpResponse:
    """Return a file of an applicant as a download; it is never shown in the page."""
    document = get_object_or_404(
        ApplicationDocument, pk=document_id, application__company=request.actor.company
    )
    return download(document.sha256, name=document.name, media_type=document.media_type)


def _attachment(data: bytes, *, name: str, media_type: str) -> HttpResponse:
    response = HttpResponse(data, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _only(request: StaffRequest) -> dict[str, Any]:
    """Return the filter of the address; at first what is to be decided."""
    asked = request.GET.get("scope", "open")
    return {
        "scope": asked if asked in SCOPES else "",
        "search": request.GET.get("q", "")[:80].replace("\0", ""),
    }


def _row(row: ApplicationRow) -> tuple[Value, ...]:
    code = row.currency
    return (
        row.number,
        translated(row.status_label),
        row.name,
        row.country,
        code,
        None if row.asked_minor is None else from_minor(row.asked_minor, code),
        None if row.limit_minor is None else from_minor(row.limit_minor, code),
        row.risk_class,
        row.opened_on,
        row.complete_on,
        row.decide_by,
        row.notify_by,
        row.days_left,
        row.decided_on,
    )
