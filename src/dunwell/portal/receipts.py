"""/portal/receipts/<number>/: what a payment did, and the same as a PDF."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from dunwell.formats.receipt_pdf import ReceiptPaper, receipt_pdf
from dunwell.formats.receipt_words import receipt_lines
from dunwell.models import Receipt
from dunwell.portal.debtors import Debtor, in_portal
from dunwell.queries.receipts import receipt_of


@in_portal()
@require_GET
def receipt_show(request: HttpRequest, who: Debtor, number: str) -> HttpResponse:
    """Show a receipt of the customer's own; 404 for any other."""
    receipt = _own(who, number)
    context = {
        "who": who,
        "receipt": receipt,
        "told": receipt.document,
        "paid": receipt.document["items"],
        "lines": receipt_lines(receipt.document, request.LANGUAGE_CODE),
        "method": receipt.checkout.get_method_display(),
    }
    return render(request, "portal/account/receipt.html", context)


@in_portal()
@require_GET
def receipt_paper(request: HttpRequest, who: Debtor, number: str) -> HttpResponse:
    """Return a receipt of the customer's own as a PDF."""
    receipt = _own(who, number)
    paper = ReceiptPaper(
        document=receipt.document,
        language=request.LANGUAGE_CODE,
        company=who.company.name,
        customer=who.customer.name,
        made_on=receipt.made_on,
    )
    answer = HttpResponse(receipt_pdf(paper), content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{number}.pdf"'
    return answer


def _own(who: Debtor, number: str) -> Receipt:
    receipt = receipt_of(who.company, number, customer_id=who.customer.pk)
    if receipt is None:
        raise Http404
    return receipt
