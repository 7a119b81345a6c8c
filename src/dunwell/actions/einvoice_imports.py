"""Electronic invoices that another system of ours sent: looked at, then taken as items."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Any

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.items import LONGEST_NUMBER, add_item
from dunwell.actions.uploads import Upload, keep_upload, upload_path
from dunwell.engine.invoice_document import InvoiceDocument
from dunwell.formats.einvoice.findings import FATAL, EInvoiceError, Finding
from dunwell.formats.einvoice.reading import ReadInvoice, read_einvoice
from dunwell.models import Company, Customer, EInvoiceFile, Item, ItemDocument
from dunwell.queries.einvoice_parties import customers_of, is_us, seller_is_known

MOST_AT_ONCE = 200
"""Files of one upload, those of archives counted one by one."""

CREDIT_CODES = frozenset(
    {"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "532"}
)
"""UNTDID 1001 codes of credit notes; every other document asks for money."""

MOST_FINDINGS = 50
LONGEST_REASON = 500
Status = EInvoiceFile.Status


@dataclass(frozen=True, kw_only=True, slots=True)
class SentEInvoice:
    """One file of an upload: read, with what its rules say, or why it is no invoice."""

    file: Upload
    read: ReadInvoice | None
    findings: tuple[Finding, ...] = ()
    trouble: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class TakenEInvoice:
    """What became of one file: its item, or why there is none."""

    file_id: int
    name: str
    item_id: int | None
    trouble: str


@transaction.atomic
def receive_einvoices(
    *, actor: Actor, files: Sequence[SentEInvoice], as_of: date, at: datetime
) -> tuple[EInvoiceFile, ...]:
    """Keep files that were read, each waiting to be taken or refused with the reason; in order.

    A file that was taken stays as it is; one that waits or was refused is judged again. Nothing
    is booked. Raises Refused for no file and for more than MOST_AT_ONCE.
    """
    actor.require("items.import")
    if not files:
        raise Refused("No file was sent. Choose one or several, or a zip of them.")
    if len(files) > MOST_AT_ONCE:
        raise Refused(f"Send at most {MOST_AT_ONCE} invoices at once.")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    rows = tuple(_kept(actor, one, as_of=as_of, at=at) for one in files)
    record_event(
        actor,
        "einvoices.received",
        actor.company,
        at=at,
        files=[{"name": row.name, "sha256": row.sha256, "status": row.status} for row in rows],
    )
    return rows


@transaction.atomic
def take_einvoices(
    *,
    actor: Actor,
    files: Collection[int],
    customers: Mapping[int, str] | None = None,
    sellers_are_ours: bool = False,
    as_of: date,
    at: datetime,
) -> tuple[TakenEInvoice, ...]:
    """Book waiting files as items with their documents, each wholly or not at all; in order.

    `customers` names customers by number where none or several fit. `sellers_are_ours` is the
    person's word that sellers not known by name or VAT id are this company; once taken, a seller
    is known. Taking a file again changes nothing. Raises Refused for no file, and for a file
    of another company.
    """
    actor.require("items.import")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    rows = list(
        EInvoiceFile.objects.select_for_update(no_key=True, of=("self",))
        .filter(company=actor.company, pk__in=files)
        .order_by("pk")
    )
    if not rows or len(rows) != len(set(files)):
        raise Refused("Choose at least one file of the list.")
    told = []
    for row in rows:
        try:
            with transaction.atomic():
                item = _take(
                    actor,
                    row,
                    number=(customers or {}).get(row.pk, ""),
                    is_ours=sellers_are_ours,
                    as_of=as_of,
                    at=at,
                )
        except Refused as refusal:
            told.append(
                TakenEInvoice(file_id=row.pk, name=row.name, item_id=None, trouble=str(refusal))
            )
            continue
        told.append(TakenEInvoice(file_id=row.pk, name=row.name, item_id=item.pk, trouble=""))
    return tuple(told)


def _kept(actor: Actor, sent: SentEInvoice, *, as_of: date, at: datetime) -> EInvoiceFile:
    sha256 = keep_upload(sent.file.data, by=actor, at=at)
    row = EInvoiceFile.objects.filter(company=actor.company, sha256=sha256).first()
    if row is not None and row.status == Status.TAKEN:
        return row
    reason = sent.trouble or (_trouble(actor.company, sent.read, as_of) if sent.read else "")
    values: dict[str, Any] = {
        "name": PurePosixPath(sent.file.name.replace("\\", "/")).name[:200],
        "size_bytes": len(sent.file.data),
        "status": Status.REFUSED if reason else Status.WAITING,
        "reason": reason[:LONGEST_REASON],
        "findings": [
            {"rule": one.rule, "level": one.level, "text": one.text, "where": one.where}
            for one in sent.findings[:MOST_FINDINGS]
        ],
        **(_facts(actor.company, sent.read) if sent.read else {}),
    }
    if row is None:
        return EInvoiceFile.objects.create(
            company=actor.company, sha256=sha256, by=actor.name, recorded_at=at, **values
        )
    EInvoiceFile.objects.filter(pk=row.pk).exclude(status=Status.TAKEN).update(**values)
    return EInvoiceFile.objects.get(pk=row.pk)


def _facts(company: Company, read: ReadInvoice) -> dict[str, Any]:
    """Return what a row shows of an invoice, cut to the width of its columns."""
    document = read.document
    kind, amount = _kind_and_amount(document)
    found = customers_of(company, document.buyer)
    return {
        "syntax": read.syntax_name[:40],
        "profile": read.specification[:40],
        "number": document.number[:LONGEST_NUMBER],
        "kind": kind,
        "currency": document.currency,
        "amount_minor": amount,
        "issued_on": document.issued_on,
        "due_on": _due(document),
        "order_number": (document.order or document.buyer_reference)[:120],
        "seller_name": document.seller.name[:200],
        "seller_vat_id": document.seller.vat_id[:40],
        "buyer_name": document.buyer.name[:200],
        "buyer_vat_id": document.buyer.vat_id[:40],
        "customer": found[0] if len(found) == 1 else None,
    }


def _trouble(company: Company, read: ReadInvoice, as_of: date) -> str:
    """Return why an invoice can never be an item of this company; empty when it can."""
    document = read.document
    if is_us(company, document.buyer) and not is_us(company, document.seller):
        return (
            f"{document.seller.name or 'Somebody'} bills {company.name} with it: that is a debt,"
            " and here stands what others owe. Give it to accounts payable."
        )
    for one in read.findings:
        if one.level == FATAL:
            return f"{one.text} [{one.rule}] Ask for the invoice with figures that add up."
    if document.totals.payable_minor == 0:
        return "Nothing is due by it, so there is nothing to collect."
    if document.issued_on > as_of:
        return f"It is issued on {document.issued_on}, which lies in the future."
    if len(document.number) > LONGEST_NUMBER:
        return f"Its number has more than {LONGEST_NUMBER} characters."
    return ""


def _take(
    actor: Actor, row: EInvoiceFile, *, number: str, is_ours: bool, as_of: date, at: datetime
) -> Item:
    if row.item is not None:
        return row.item
    if row.status != Status.WAITING:
        raise Refused(f"{row.name} cannot be taken: {row.reason}")
    read = _reread(row)
    document = read.document
    if trouble := _trouble(actor.company, read, as_of):
        raise Refused(trouble)
    if not is_ours and not seller_is_known(actor.company, document.seller):
        raise Refused(
            f"The seller is {document.seller.name}, not {actor.company.name}. Say that this is"
            " us, or leave the file out."
        )
    customer = _customer(actor.company, document, number)
    kind, amount = _kind_and_amount(document)
    item = add_item(
        actor=actor,
        customer=customer,
        number=document.number,
        kind=kind,
        currency=document.currency,
        amount_minor=amount,
        issued_on=document.issued_on,
        due_on=_due(document),
        reference=row.order_number,
        is_paper=False,
        as_of=as_of,
        at=at,
    )
    _keep_document(actor, item, row, read, at=at)
    moved = EInvoiceFile.objects.filter(pk=row.pk, status=Status.WAITING).update(
        status=Status.TAKEN, item=item, customer=customer, taken_at=at
    )
    if moved != 1:
        raise Refused(f"{row.name} was taken by somebody else at the same time.")
    record_event(
        actor,
        "einvoice.taken",
        row,
        at=at,
        customer_id=customer.pk,
        item_id=item.pk,
        number=item.number,
        sha256=row.sha256,
        is_seller_confirmed=is_ours,
    )
    return item


def _reread(row: EInvoiceFile) -> ReadInvoice:
    path = upload_path(row.sha256)
    if not path.exists():
        raise Refused(f"The bytes of {row.name} are gone from the data folder. Send it again.")
    try:
        return read_einvoice(path.read_bytes())
    except EInvoiceError as error:
        raise Refused(str(error)) from error


def _customer(company: Company, document: InvoiceDocument, number: str) -> Customer:
    if number:
        chosen = Customer.objects.filter(company=company, number=number).first()
        if chosen is None:
            raise Refused(f"There is no customer {number[:80]}. Check the number.")
        return chosen
    found = customers_of(company, document.buyer)
    if not found:
        raise Refused(
            f"No customer has the VAT id, address or name of {document.buyer.name[:120]}. Give"
            " the customer's number, or add the customer first."
        )
    if len(found) > 1:
        numbers = ", ".join(one.number for one in found)
        raise Refused(f"{document.buyer.name[:120]} may be {numbers}. Give the customer's number.")
    return found[0]


def _kind_and_amount(document: InvoiceDocument) -> tuple[str, int]:
    """Return the kind of item and its amount: what is due, below 0 where it is a credit."""
    due = document.totals.payable_minor
    amount = -due if document.kind in CREDIT_CODES else due
    return (Item.Kind.CREDIT_NOTE if amount < 0 else Item.Kind.INVOICE), amount


def _due(document: InvoiceDocument) -> date:
    """Return when it is due; an invoice that says nothing is due at once, and never before."""
    return max(document.due_on or document.issued_on, document.issued_on)


def _keep_document(
    actor: Actor, item: Item, row: EInvoiceFile, read: ReadInvoice, *, at: datetime
) -> None:
    """Keep the file with its item as it came: the XML, or the PDF with the XML inside."""
    ItemDocument.objects.get_or_create(
        item=item,
        kind=ItemDocument.Kind.INVOICE,
        sha256=row.sha256,
        removed_at=None,
        defaults={
            "company": actor.company,
            "name": row.name,
            "media_type": "application/pdf" if read.in_pdf else "application/xml",
            "size_bytes": row.size_bytes,
            "by": actor.name,
            "recorded_at": at,
        },
    )
