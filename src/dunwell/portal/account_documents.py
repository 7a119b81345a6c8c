"""Papers between the customer and us: fetched here, and sent when we asked for them."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.customer_documents import send_document
from dunwell.actions.gate import Forbidden, Refused
from dunwell.formats.account_statement_files import KINDS
from dunwell.formats.document_types import MOST_BYTES
from dunwell.models import CustomerDocument, CustomerPaper, Message
from dunwell.portal.account_files import attached, is_too_large, kept_bytes, seen, sent_file
from dunwell.portal.account_statement import document_file
from dunwell.portal.debtors import FORBIDDEN, Debtor, in_portal
from dunwell.portal.visitors import REFUSED, TOO_LARGE
from dunwell.queries.portal_papers import portal_papers
from dunwell.queries.statements import statement_document
from dunwell.templatetags.sentences import spoken


@csrf_exempt  # a file that is too large is refused unread; the token is checked inside
@in_portal()
@require_http_methods(["GET", "POST"])
def document_list(request: HttpRequest, who: Debtor) -> HttpResponse:
    """Refuse an upload by its stated size before a byte of it is read, then show or take it."""
    if is_too_large(request, most_bytes=MOST_BYTES):
        return render(request, "portal/too_large.html", status=TOO_LARGE)
    return _list(request, who)


@csrf_protect
def _list(request: HttpRequest, who: Debtor) -> HttpResponse:
    if request.method == "GET":
        seen(who)
        return _page(request, who)
    return _sent(request, who)


def _sent(request: HttpRequest, who: Debtor) -> HttpResponse:
    try:
        if who.seat is None:
            raise Forbidden("You came by a link that lets you look only. Sign in to do this.")
        send_document(
            actor=who.actor,
            customer=who.customer,
            seat=who.seat,
            kind=request.POST.get("kind", ""),
            file=sent_file(request, most_bytes=MOST_BYTES),
            expires_on=_day(request.POST.get("expires_on", "")),
            as_of=clock.today(who.company.zone),
            at=clock.now(),
        )
    except Refused as error:
        status = FORBIDDEN if isinstance(error, Forbidden) else REFUSED
        return _page(request, who, refusal=spoken(error), status=status)
    return redirect("portal-documents")


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refused(gettext("Write the day until which the paper is valid.")) from error


def _page(
    request: HttpRequest, who: Debtor, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    today = clock.today(who.company.zone)
    context: dict[str, Any] = {
        "who": who,
        "company": who.company,
        "papers": portal_papers(who.company, who.customer, as_of=today),
        "kinds": CustomerPaper.choices,
        "typed": request.POST,
        "asked_kind": request.GET.get("kind", ""),
        "refusal": refusal,
        "today": today,
        "limit_mb": MOST_BYTES // 1024**2,
    }
    return render(request, "portal/account/documents.html", context, status=status)


@in_portal()
@require_GET
def paper_file(
    request: HttpRequest,  # noqa: ARG001  a page's signature
    who: Debtor,
    document_id: int,
) -> HttpResponse:
    """Return a paper the customer sent as a download."""
    found = CustomerDocument.objects.filter(customer=who.customer, pk=document_id).first()
    if found is None:
        raise Http404
    return kept_bytes(found.sha256, name=found.name, media_type=found.media_type)


@in_portal()
@require_GET
def issued_statement_file(
    request: HttpRequest,  # noqa: ARG001  a page's signature
    who: Debtor,
    account_statement_id: int,
    kind: str,
) -> HttpResponse:
    """Return a statement we issued, made again and proved; 409 where the ledger differs now."""
    issued = statement_document(who.company, account_statement_id)
    if issued is None or issued.row.customer_id != who.customer.pk or kind not in KINDS:
        raise Http404
    seen(who, is_download=True)
    if not issued.is_proved:
        said = gettext("This statement cannot be made again just now. Please ask us for it.")
        return HttpResponse(said, status=409, content_type="text/plain; charset=utf-8")
    return document_file(who, issued.document, kind)


@in_portal()
@require_GET
def letter_file(
    request: HttpRequest,  # noqa: ARG001  a page's signature
    who: Debtor,
    message_id: int,
) -> HttpResponse:
    """Return the words of a message that went to the customer, as text."""
    found = Message.objects.filter(
        customer=who.customer, pk=message_id, status__in=Message.HANDED_OVER
    ).first()
    if found is None:
        raise Http404
    seen(who, is_download=True)
    text = f"{found.subject}\r\n\r\n{found.body}"
    name = f"message-{found.as_of.isoformat()}-{found.pk}.txt"
    return attached(text.encode(), name=name, media_type="text/plain; charset=utf-8")
