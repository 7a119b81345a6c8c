"""Pages about statements of account: those issued, one of them with its files, one to be made."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.gate import Forbidden, Refused
from dunwell.actions.statements import make_statement
from dunwell.engine.money import from_minor
from dunwell.formats.account_statement import (
    Account,
    AccountDocument,
    AccountLine,
    CashLine,
    OpenLine,
)
from dunwell.formats.account_statement_files import KINDS, file_name
from dunwell.formats.account_statement_pdf import Letterhead
from dunwell.formats.account_statement_words import LANGUAGES
from dunwell.formats.exports import ExportError, Value
from dunwell.formats.typesetting import TypesettingError
from dunwell.models import Customer
from dunwell.queries.pages import every_row
from dunwell.queries.statement_spans import CUSTOMER_SPANS, DAYS, SINCE_LAST, read_span
from dunwell.queries.statements import (
    AccountStatementRow,
    IssuedStatement,
    last_statement,
    letterhead,
    preview,
    spoken_language,
    statement_document,
    statement_rows,
)
from dunwell.templatetags.sentences import spoken
from dunwell.templatetags.statements import line_label
from dunwell.web.answers import FORBIDDEN, REFUSED, customer_or_404
from dunwell.web.exports import file_response
from dunwell.web.lists import page_asked
from dunwell.web.staff import StaffRequest
from dunwell.web.statement_runs import run_context

SHOWN_LINES = 100
"""So many lines of one kind are shown on a page; the files hold all."""

SHOWN_ISSUED = 5

COLUMNS = (
    _("Statement"),
    _("Customer number"),
    _("Customer"),
    pgettext_lazy("span of days", "From"),
    pgettext_lazy("span of days", "To"),
    _("As recorded by"),
    _("Currency"),
    _("Opening"),
    _("Movements"),
    _("Closing"),
    _("Made by"),
    _("SHA-256"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownLine:
    """A line with its label and the page of the row behind it, empty when it has none."""

    line: AccountLine
    label: str
    address: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownAccount:
    """One currency as a page shows it: so many lines, and how many more there are."""

    account: Account
    lines: tuple[ShownLine, ...]
    items: tuple[tuple[OpenLine, str], ...]
    cash: tuple[tuple[CashLine, str], ...]
    more_lines: int
    more_items: int


@require_GET
def statement_list(request: StaffRequest) -> HttpResponse:
    """List the issued statements, the newest first, beside the form for many at once."""
    return render(request, "web/statements.html", list_context(request))


@require_GET
def statements_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every issued statement under the page's search, a row per currency."""
    search = request.GET.get("q", "")[:80]
    found = every_row(partial(statement_rows, request.actor.company, search=search))
    return file_response(
        kind,
        name=f"statements-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(row for statement in found for row in _rows(statement)),
    )


@require_GET
def statement_show(request: StaffRequest, account_statement_id: int) -> HttpResponse:
    """Show an issued statement, made again from the ledger and proved."""
    issued = _issued(request, account_statement_id)
    context = {
        "statement": issued.row,
        "is_proved": issued.is_proved,
        "accounts": shown_accounts(issued.document),
        "kinds": tuple(KINDS),
    }
    return render(request, "web/statements_show.html", context)


@require_GET
def statement_file(request: StaffRequest, account_statement_id: int, kind: str) -> HttpResponse:
    """Return an issued statement as a file; 409 when the ledger no longer reproduces it."""
    issued = _issued(request, account_statement_id)
    if not issued.is_proved:
        text = gettext(
            "The ledger no longer reproduces statement %(number)s, so no file is handed out. "
            "Verify the books."
        )
        said = text % {"number": issued.row.number}
        return HttpResponse(said, status=409, content_type="text/plain; charset=utf-8")
    return document_file(issued.document, issued.letterhead, kind)


@require_http_methods(["GET", "POST"])
def customer_statement(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Preview a customer's statement over a span; a POST issues it."""
    customer = customer_or_404(request, customer_id)
    company, asked = request.actor.company, request.POST or request.GET
    last = last_statement(company, customer.pk)
    language = asked.get("language", "")
    language = language if language in LANGUAGES else ""
    refusal, status, span = "", 200, None
    try:
        name, span = read_span(asked, today=request.as_of, last_to_on=last.to_on if last else None)
    except ValueError as error:
        name, refusal, status = DAYS, spoken(error), REFUSED
    if request.method == "POST" and span is not None:
        try:
            made = make_statement(
                actor=request.actor,
                customer=customer,
                from_on=span.from_on,
                to_on=span.to_on,
                language=language,
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as error:
            refusal = spoken(error)
            status = FORBIDDEN if isinstance(error, Forbidden) else REFUSED
        else:
            return redirect("statement", made.pk)
    context = _choice(request, customer, last, name=name, language=language)
    context |= {"refusal": refusal, "from": asked.get("from", ""), "to": asked.get("to", "")}
    if span is not None:
        document = preview(company, customer, span=span, language=language)
        context |= {
            "accounts": shown_accounts(document),
            "from": span.from_on.isoformat(),
            "to": span.to_on.isoformat(),
            "document": document,
        }
    return render(request, "web/statements_customer.html", context, status=status)


@require_GET
def customer_statement_file(request: StaffRequest, customer_id: int, kind: str) -> HttpResponse:
    """Return a preview as a file: it carries no number and is not kept."""
    customer = customer_or_404(request, customer_id)
    company, language = request.actor.company, request.GET.get("language", "")
    last = last_statement(company, customer.pk)
    try:
        _, span = read_span(
            request.GET, today=request.as_of, last_to_on=last.to_on if last else None
        )
    except ValueError as error:
        return HttpResponse(spoken(error), status=422, content_type="text/plain; charset=utf-8")
    document = preview(
        company, customer, span=span, language=language if language in LANGUAGES else ""
    )
    return document_file(document, letterhead(company, customer), kind)


def document_file(document: AccountDocument, head: Letterhead, kind: str) -> HttpResponse:
    """Return a statement as a download; another kind of file is answered with 404."""
    if kind not in KINDS:
        raise Http404
    try:
        data = KINDS[kind].write(document, head)
    except TypesettingError as error:
        return HttpResponse(spoken(error), status=500, content_type="text/plain; charset=utf-8")
    except ExportError as error:
        return HttpResponse(spoken(error), status=413, content_type="text/plain; charset=utf-8")
    response = HttpResponse(data, content_type=KINDS[kind].media_type)
    name = file_name(document, kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def shown_accounts(document: AccountDocument) -> tuple[ShownAccount, ...]:
    """Return a document's currencies as pages show them."""
    return tuple(
        ShownAccount(
            account=account,
            lines=tuple(
                ShownLine(line=line, label=line_label(line), address=_address(line.key))
                for line in account.lines[:SHOWN_LINES]
            ),
            items=tuple((row, _address(row.key)) for row in account.open_items[:SHOWN_LINES]),
            cash=tuple((row, _address(row.key)) for row in account.unapplied[:SHOWN_LINES]),
            more_lines=max(len(account.lines) - SHOWN_LINES, 0),
            more_items=max(len(account.open_items) - SHOWN_LINES, 0),
        )
        for account in document.accounts
    )


def list_context(request: StaffRequest) -> dict[str, Any]:
    """Return what the list of issued statements shows."""
    company, search = request.actor.company, request.GET.get("q", "")[:80]
    page = page_asked(
        request, lambda cursor: statement_rows(company, search=search, cursor=cursor)
    )
    return {"page": page, "search": search, **run_context(request)}


def _choice(
    request: StaffRequest,
    customer: Customer,
    last: AccountStatementRow | None,
    *,
    name: str,
    language: str,
) -> dict[str, Any]:
    """Return what the form of one customer's statement offers."""
    company = request.actor.company
    spans = [(key, label) for key, label in CUSTOMER_SPANS.items() if key != SINCE_LAST or last]
    return {
        "customer": customer,
        "span": name,
        "spans": spans,
        "language": language or spoken_language(company, customer),
        "languages": LANGUAGES,
        "issued": statement_rows(company, customer_id=customer.pk, limit=SHOWN_ISSUED),
        "kinds": tuple(KINDS),
    }


def _issued(request: StaffRequest, account_statement_id: int) -> IssuedStatement:
    issued = statement_document(request.actor.company, account_statement_id)
    if issued is None:
        raise Http404
    return issued


def _address(key: str) -> str:
    """Return the page of the row that a line's key names."""
    kind, _, number = key.partition(":")
    if kind == "item":
        return reverse("item", args=[int(number)])
    if kind == "payment":
        return reverse("payment", args=[int(number)])
    return ""


def _rows(row: AccountStatementRow) -> Iterator[tuple[Value, ...]]:
    """Yield a row per currency of one statement."""
    days = (row.from_on, row.to_on, row.known_on)
    who: tuple[Value, ...] = (row.number, row.customer_number, row.customer_name, *days)
    for total in row.totals:
        minors = (total.opening_minor, total.movements_minor, total.closing_minor)
        amounts = [from_minor(minor, total.currency) for minor in minors]
        yield (*who, total.currency, *amounts, row.made_by, row.sha256)
    if not row.totals:
        yield (*who, "", None, None, None, row.made_by, row.sha256)
