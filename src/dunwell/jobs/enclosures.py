"""Files that go out with a message, made before it is written: no PDF within a transaction."""

from collections.abc import Sequence
from datetime import date, timedelta

from dunwell.actions.compositions import Enclosure
from dunwell.actions.gate import Refused
from dunwell.actions.uploads import Upload, upload_path
from dunwell.formats.account_statement_files import file_name
from dunwell.formats.account_statement_pdf import statement_pdf
from dunwell.formats.document_types import DocumentTypeError, document_type, safe_name
from dunwell.formats.payment_code import CURRENCY, MEDIA_TYPE, PaymentCodeError, iban_in
from dunwell.formats.payment_code import payment_code_png as code_png
from dunwell.formats.typesetting import TypesettingError
from dunwell.models import Customer, Item, ItemDocument, MessageAttachment
from dunwell.queries.account_documents import Span
from dunwell.queries.message_facts import named_items
from dunwell.queries.statements import letterhead, preview

STATEMENT_DAYS = 90
"""A statement that goes out with a message covers so many days up to today."""

Kind = MessageAttachment.Kind


def document_enclosures(documents: Sequence[ItemDocument]) -> list[Enclosure]:
    """Return papers of items as enclosures; raise Refused where the bytes of one are not there."""
    found = []
    for document in documents:
        try:
            data = upload_path(document.sha256).read_bytes()
        except OSError as error:
            raise Refused(
                f"{document.name} is not in the store any more. Upload it again."
            ) from error
        found.append(
            Enclosure(
                kind=Kind.DOCUMENT,
                name=document.name,
                media_type=document.media_type,
                data=data,
                item_id=document.item_id,
            )
        )
    return found


def statement_enclosure(customer: Customer, *, as_of: date) -> Enclosure:
    """Return the customer's account over the last STATEMENT_DAYS as a PDF, without a number.

    Raises Refused when it cannot be set.
    """
    company = customer.company
    span = Span(from_on=as_of - timedelta(days=STATEMENT_DAYS), to_on=as_of, known_on=as_of)
    document = preview(company, customer, span=span)
    try:
        data = statement_pdf(document, letterhead(company, customer))
    except TypesettingError as error:
        raise Refused(f"The statement as PDF: {error}") from error
    return Enclosure(
        kind=Kind.STATEMENT,
        name=file_name(document, "pdf"),
        media_type="application/pdf",
        data=data,
    )


def code_enclosure(customer: Customer, items: Sequence[Item]) -> Enclosure:
    """Return a payment code for what is open on some items, in euro; Refused where none can be.

    It names the customer's number and, as far as there is room, the items.
    """
    company = customer.company
    named = named_items(items)
    amount = sum(one.open_minor for one in named if one.item.currency == CURRENCY)
    account = iban_in(company.pay_to)
    if not account:
        raise Refused("A payment code needs an IBAN in the company's bank details.")
    if any(one.item.currency != CURRENCY for one in named) or amount <= 0:
        raise Refused("A payment code is for items in euro of which something is open.")
    numbers = " ".join(one.item.number for one in named)
    try:
        data = code_png(
            name=company.name,
            iban=account,
            amount_minor=amount,
            currency=CURRENCY,
            text=f"{customer.number} {numbers}",
        )
    except PaymentCodeError as error:
        raise Refused(str(error)) from error
    return Enclosure(
        kind=Kind.PAYMENT_CODE, name="payment-code.png", media_type=MEDIA_TYPE, data=data
    )


def file_enclosure(upload: Upload) -> Enclosure:
    """Return a file of the sender's own, told by its bytes; Refused for another type."""
    try:
        media_type = document_type(upload.data)
    except DocumentTypeError as error:
        raise Refused(f"{upload.name[:80]}: {error}") from error
    return Enclosure(
        kind=Kind.FILE,
        name=safe_name(upload.name, media_type),
        media_type=media_type,
        data=upload.data,
    )
