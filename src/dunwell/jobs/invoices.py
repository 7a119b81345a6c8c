"""Issuing with its files: the document is issued first, then PDF and data are made and kept.

A stop in between loses nothing: the day's cycle and the next look make what is missing, from the
frozen document.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from functools import partial

from django.db import transaction

from dunwell.actions.gate import Actor, Refused, lent
from dunwell.actions.invoice_drafts import draft_invoice
from dunwell.actions.invoice_files import MadeFile, issued_paper, keep_invoice_files
from dunwell.actions.invoice_issue import Foreseen, issue_invoice
from dunwell.actions.invoice_mails import send_invoice
from dunwell.formats.einvoice.findings import EInvoiceError
from dunwell.formats.einvoice.forms import PDF, einvoice_of
from dunwell.formats.invoice_pdf import invoice_pdf
from dunwell.formats.typesetting import TypesettingError
from dunwell.jobs.invoice_risk import invoice_risk
from dunwell.models import Company, Customer, CustomerInvoicing, Invoice, InvoiceFile
from dunwell.queries.invoice_drafts import Draft, Origin
from dunwell.queries.invoices import portal_address, without_files

Wire = CustomerInvoicing.Format
MOST_A_DAY = 1_000
"""Invoices whose files the cycle makes in one go."""


def issue_with_files(
    *,
    actor: Actor,
    invoice: Invoice,
    version: int,
    is_confirmed: bool,
    as_of: date,
    at: datetime,
) -> Invoice:
    """Issue an invoice with the dispute probability that was shown, and make its files.

    Raises Refused as `issue_invoice` does, and where a file cannot be made; the invoice is
    issued then, and its files are made later.
    """
    actor.require("invoice.issue")
    issued = issue_invoice(
        actor=actor, invoice=invoice, version=version, is_confirmed=is_confirmed,
        foreseen=_foreseen(invoice, as_of=as_of), as_of=as_of, at=at,
    )  # fmt: skip
    make_files(actor=actor, invoice=issued, at=at)
    return issued


def make_files(*, actor: Actor, invoice: Invoice, at: datetime) -> list[InvoiceFile]:
    """Make and keep the files an issued invoice lacks; return all of them."""
    held = list(invoice.files.order_by("kind"))
    if held:
        return held
    return keep_invoice_files(
        actor=lent(actor, "invoice.issue"), invoice=invoice, files=made_files(invoice), at=at
    )


def made_files(invoice: Invoice) -> list[MadeFile]:
    """Return the files of an issued invoice as its frozen document gives them.

    Raises Refused where one cannot be made.
    """
    paper = issued_paper(invoice)
    name = "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in invoice.number)
    try:
        pdf = invoice_pdf(paper, address=portal_address(invoice))
        if paper.wire == Wire.PDF:
            return [_made(InvoiceFile.Kind.PDF, name, pdf)]
        data, media_type, _name = einvoice_of(paper.document, paper.wire, pdf=pdf)
    except (EInvoiceError, TypesettingError) as error:
        raise Refused(f"The files of {invoice.number} cannot be made: {error}") from error
    if media_type == PDF:
        return [_made(InvoiceFile.Kind.PDF, name, data)]
    return [_made(InvoiceFile.Kind.PDF, name, pdf), _made(InvoiceFile.Kind.XML, name, data)]


def _made(kind: InvoiceFile.Kind, name: str, data: bytes) -> MadeFile:
    return MadeFile(
        kind=kind, name=f"{name}.{kind.value}", media_type=f"application/{kind.value}", data=data
    )


def files_due(company: Company) -> list[tuple[Invoice, list[MadeFile]]]:
    """Return issued invoices without files, and the files made of them, the oldest first.

    One whose files cannot be made is left for the next day; the others do not wait for it.
    """
    found: list[tuple[Invoice, list[MadeFile]]] = []
    for invoice in without_files(company, limit=MOST_A_DAY):
        with suppress(Refused):
            found.append((invoice, made_files(invoice)))
    return found


def file_invoices(
    *,
    actor: Actor,
    due: Sequence[tuple[Invoice, Sequence[MadeFile]]],
    as_of: date,
    at: datetime,
) -> int:
    """Keep files that were made, and send what schedules issued; return how many were filed."""
    clerk = lent(actor, "invoice.issue")
    for invoice, files in due:
        keep_invoice_files(actor=clerk, invoice=invoice, files=files, at=at)
        if invoice.source == Invoice.Source.SCHEDULE:
            # what cannot be sent is issued all the same, and its page says so
            with suppress(Refused):
                send_invoice(actor=clerk, invoice=invoice, as_of=as_of, at=at)
    return len(due)


def draft_and_issue(
    *,
    actor: Actor,
    customer: Customer,
    draft: Draft,
    origin: Origin,
    is_confirmed: bool,
    as_of: date,
    at: datetime,
) -> Invoice:
    """Draft an invoice and issue it, both or nothing; its files follow after the commit."""
    with transaction.atomic():
        invoice = draft_invoice(
            actor=actor, customer=customer, draft=draft, origin=origin, as_of=as_of, at=at
        )
        return issue_then_file(
            actor=actor, invoice=invoice, version=invoice.version, is_confirmed=is_confirmed,
            as_of=as_of, at=at,
        )  # fmt: skip


def issue_then_file(
    *,
    actor: Actor,
    invoice: Invoice,
    version: int,
    is_confirmed: bool,
    as_of: date,
    at: datetime,
) -> Invoice:
    """Issue an invoice within the caller's transaction; its files are made once that commits."""
    issued = issue_invoice(
        actor=actor, invoice=invoice, version=version, is_confirmed=is_confirmed,
        foreseen=_foreseen(invoice, as_of=as_of), as_of=as_of, at=at,
    )  # fmt: skip
    transaction.on_commit(partial(make_files, actor=actor, invoice=issued, at=at), robust=True)
    return issued


def _foreseen(invoice: Invoice, *, as_of: date) -> Foreseen | None:
    risk = invoice_risk(invoice, as_of=as_of)
    if risk is None:
        return None
    return Foreseen(dispute_ppm=risk.dispute_ppm, reasons=risk.reasons)
