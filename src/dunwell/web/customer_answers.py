"""What customers told us in the portal: answers to statements, own lists, papers, wishes."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.customer_documents import (
    ask_document,
    decide_document,
    withdraw_document_request,
)
from dunwell.actions.detail_changes import decide_detail_change
from dunwell.actions.gate import Refused
from dunwell.engine.money import from_minor
from dunwell.models import (
    Customer,
    CustomerDocument,
    CustomerPaper,
    DetailChange,
    DocumentRequest,
    SupplierStatementLine,
)
from dunwell.queries.pages import Page, every_row
from dunwell.queries.portal_papers import papers_asked, papers_sent, wish_rows
from dunwell.queries.statement_answers import answer_rows
from dunwell.queries.supplier_statements import (
    line_cells,
    supplier_lines,
    supplier_statement,
    supplier_statement_rows,
)
from dunwell.web.answers import customer_or_404, done, posted, refused, told_page
from dunwell.web.exports import file_response
from dunwell.web.kept_files import download
from dunwell.web.keys import read_key
from dunwell.web.lists import page_asked
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

ANSWERS, LISTS, PAPERS, WISHES = "answers", "lists", "papers", "changes"
TABS = {
    ANSWERS: _("Answers to statements"),
    LISTS: _("Their own lists"),
    PAPERS: _("Papers"),
    WISHES: _("Changes of details"),
}
COLUMNS = (
    *(_("Customer number"), _("Customer"), _("Document"), _("Currency"), _("Amount")),
    *(_("Answer"), _("What is wrong"), _("By"), _("Day"), _("Case"), _("Newest")),
)
LINE_COLUMNS = (
    *(_("Number"), _("Outcome"), _("Date"), _("Due"), _("Currency"), _("In our books")),
    *(_("In their books"), _("Difference"), _("Note")),
)
Outcome = SupplierStatementLine.Outcome


class AskForm(forms.Form):
    """A paper we need of a customer."""

    kind = forms.ChoiceField(label=_("Paper"), choices=CustomerPaper.choices)
    note = forms.CharField(label=_("What for"), max_length=300, required=False)
    due_on = forms.DateField(
        label=_("Needed by"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


@needs("ledger.view")
@require_GET
def customer_answers(request: StaffRequest) -> HttpResponse:
    """List what customers told us in the portal, of all of them or of one."""
    company = request.actor.company
    tab = request.GET.get("tab", ANSWERS)
    tab = tab if tab in TABS else ANSWERS
    key = read_key(request.GET.get("customer", ""))
    customer = Customer.objects.filter(company=company, pk=key).first() if key else None
    only: dict[str, Any] = {"customer_id": customer.pk} if customer else {}
    reads: dict[str, Callable[..., Page[Any]]] = {
        ANSWERS: partial(answer_rows, company, **only),
        LISTS: partial(supplier_statement_rows, company, **only),
        PAPERS: partial(papers_sent, company, as_of=request.as_of, **only),
        WISHES: partial(wish_rows, company, **only),
    }
    page = page_asked(request, lambda cursor: reads[tab](cursor=cursor))
    context = {
        "tab": tab,
        "tabs": TABS.items(),
        "page": page,
        "customer": customer,
        "asked": papers_asked(company, as_of=request.as_of, **only) if tab == PAPERS else (),
    }
    return render(request, "web/customer_answers.html", context)


@needs("ledger.view")
@require_GET
def customer_answers_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every answer to a line of a statement, of all customers or of one."""
    key = read_key(request.GET.get("customer", ""))
    found = every_row(partial(answer_rows, request.actor.company, customer_id=key or None))
    return file_response(
        kind,
        name=f"statement-answers-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(
            (
                row.customer_number,
                row.customer_name,
                row.line_number,
                row.currency,
                from_minor(row.amount_minor, row.currency),
                row.verdict_label,
                row.note,
                row.by,
                row.answered_on,
                row.case,
                row.is_newest,
            )
            for row in found
        ),
    )


@needs("ledger.view")
@require_GET
def customer_list(request: StaffRequest, supplier_statement_id: int) -> HttpResponse:
    """Show a customer's own list beside our books."""
    statement = supplier_statement(request.actor.company, supplier_statement_id)
    if statement is None:
        raise Http404
    outcome = request.GET.get("outcome", "")
    outcome = outcome if outcome in Outcome.values else ""
    read = partial(supplier_lines, statement.id, outcome=outcome)
    page = page_asked(request, lambda cursor: read(cursor=cursor))
    context = {"statement": statement, "page": page, "outcome": outcome}
    return render(request, "web/customer_list.html", context)


@needs("ledger.view")
@require_GET
def customer_list_file(
    request: StaffRequest, supplier_statement_id: int, kind: str
) -> HttpResponse:
    """Return the comparison as CSV or XLSX, or the file as it came (`original`)."""
    statement = supplier_statement(request.actor.company, supplier_statement_id)
    if statement is None:
        raise Http404
    if kind == "original":
        return download(statement.sha256, name=statement.name, media_type=statement.media_type)
    return file_response(
        kind,
        name=f"reconciliation-{statement.customer_number}-{statement.as_of.isoformat()}",
        columns=[str(name) for name in LINE_COLUMNS],
        rows=(
            line_cells(row, statement.currency)
            for row in every_row(partial(supplier_lines, statement.id))
        ),
    )


@needs("ledger.view")
@require_GET
def customer_paper_file(request: StaffRequest, customer_document_id: int) -> HttpResponse:
    """Return a paper a customer sent as a download."""
    paper = _paper(request, customer_document_id)
    return download(paper.sha256, name=paper.name, media_type=paper.media_type)


@needs("document.edit")
@require_POST
def customer_paper_decide(request: StaffRequest, customer_document_id: int) -> HttpResponse:
    """Accept a paper, or say why it will not do."""
    paper = _paper(request, customer_document_id)
    back = f"{reverse('customer-answers')}?tab={PAPERS}"
    try:
        decide_document(
            actor=request.actor,
            document=paper,
            status=request.POST.get("status", ""),
            reason=request.POST.get("reason", ""),
            as_of=request.as_of,
            at=clock.now(),
        )
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("The paper is decided."), back=back)


@needs("document.edit")
@require_http_methods(["GET", "POST"])
def document_ask(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Ask a customer for a paper in its portal."""
    customer = customer_or_404(request, customer_id)

    def act(**told: Any) -> object:
        return ask_document(
            actor=request.actor, customer=customer, as_of=request.as_of, at=clock.now(), **told
        )

    return told_page(
        request,
        AskForm(posted(request)),
        act,
        said=gettext("The customer is asked in its portal."),
        back=f"{reverse('customer-answers')}?tab={PAPERS}&customer={customer.pk}",
        context={
            "heading": gettext("Ask %(name)s for a paper") % {"name": customer.name},
            "lead": gettext("It stands in the customer's portal until a paper is accepted."),
            "button": gettext("Ask"),
            "action": reverse("document-ask", args=[customer.pk]),
            "crumb": gettext("Papers"),
        },
    )


@needs("document.edit")
@require_POST
def document_ask_withdraw(request: StaffRequest, document_request_id: int) -> HttpResponse:
    """Take back that a paper is needed."""
    asked = get_object_or_404(
        DocumentRequest, pk=document_request_id, company=request.actor.company
    )
    withdraw_document_request(
        actor=request.actor, request=asked, as_of=request.as_of, at=clock.now()
    )
    back = f"{reverse('customer-answers')}?tab={PAPERS}"
    return done(request, gettext("The paper is not asked for any more."), back=back)


@require_POST
def detail_change_decide(request: StaffRequest, detail_change_id: int) -> HttpResponse:
    """Take a change of details over, or say why not."""
    change = get_object_or_404(DetailChange, pk=detail_change_id, company=request.actor.company)
    back = f"{reverse('customer-answers')}?tab={WISHES}"
    try:
        decide_detail_change(
            actor=request.actor,
            change=change,
            status=request.POST.get("status", ""),
            reason=request.POST.get("reason", ""),
            at=clock.now(),
        )
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("The change is decided."), back=back)


def _paper(request: StaffRequest, key: int) -> CustomerDocument:
    return get_object_or_404(CustomerDocument, pk=key, company=request.actor.company)
