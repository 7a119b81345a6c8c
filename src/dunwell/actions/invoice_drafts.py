"""Drafts of invoices and credit notes: written, changed, approved, dropped; nothing is owed."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.four_eyes import own_approval
from dunwell.actions.gate import Actor, Refused, Stale, check_status, open_customer, own
from dunwell.actions.invoice_amounts import document_allowance, invoice_line, invoice_sums
from dunwell.actions.texts import fitting, needed
from dunwell.engine.invoice_totals import TotalsError
from dunwell.formats.currencies import ISO_CODES
from dunwell.models import (
    Customer,
    Invoice,
    InvoiceLine,
)
from dunwell.queries.invoice_documents import prebill
from dunwell.queries.invoice_drafts import Draft, Origin
from dunwell.queries.invoice_rules import tax_rates_on

MOST_LINES = 500
Status = Invoice.Status
Kind = Invoice.Kind


@transaction.atomic
def draft_invoice(
    *,
    actor: Actor,
    customer: Customer,
    draft: Draft,
    origin: Origin | None = None,
    as_of: date,
    at: datetime,
) -> Invoice:
    """Write a draft; what comes again under its source's key is the draft of before.

    Raises Refused for another company's customer or order, an unknown tax code, no line, amounts
    that do not make an invoice, and a correction that names no issued invoice of the customer.
    """
    actor.require("invoice.edit")
    open_customer(actor, customer)
    origin = origin or Origin()
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    if origin.key:
        before = Invoice.objects.filter(
            company=actor.company, source=origin.source, source_key=origin.key
        ).first()
        if before is not None:
            return before
    fields, lines = _checked(actor, customer, draft, as_of=as_of)
    invoice = Invoice.objects.create(
        company=actor.company,
        customer=customer,
        source=origin.source,
        source_key=origin.key,
        schedule=origin.schedule,
        credit_request=origin.request,
        author=actor.name,
        recorded_at=at,
        **fields,
    )
    _write_lines(invoice, lines)
    _tell(actor, "invoice.drafted", invoice, at=at, source=origin.source)
    return invoice


@transaction.atomic
def edit_invoice(
    *, actor: Actor, invoice: Invoice, draft: Draft, version: int, as_of: date, at: datetime
) -> Invoice:
    """Change a draft; an approved one has to be approved again. Kind and source stay.

    Raises Stale when somebody changed it since `version`, Refused for an issued or voided one.
    """
    actor.require("invoice.edit")
    invoice = locked_invoice(actor, invoice)
    if invoice.version != version:
        raise Stale(f"Somebody changed {invoice} meanwhile; load the page again.")
    if invoice.status not in (Status.DRAFT, Status.APPROVED):
        raise Refused(_over(invoice))
    fields, lines = _checked(actor, invoice.customer, draft, as_of=as_of)
    if fields["kind"] != invoice.kind:
        raise Refused("The kind of a draft stays as it is; void it and write another.")
    for name, value in fields.items():
        setattr(invoice, name, value)
    invoice.status = Status.DRAFT
    invoice.approver, invoice.approved_on = "", None
    invoice.version += 1
    invoice.save(update_fields=[*fields, "status", "approver", "approved_on", "version"])
    InvoiceLine.objects.filter(invoice=invoice).delete()
    _write_lines(invoice, lines)
    _tell(actor, "invoice.changed", invoice, at=at, version=invoice.version)
    return invoice


@transaction.atomic
def approve_invoice(
    *, actor: Actor, invoice: Invoice, version: int, as_of: date, at: datetime
) -> Invoice:
    """Approve a draft as it stands; its author cannot, where others can.

    Approved already in this version, nothing changes. Raises Refused while errors stand.
    """
    actor.require("invoice.approve")
    invoice = locked_invoice(actor, invoice)
    if invoice.status == Status.APPROVED and invoice.version == version:
        return invoice
    if invoice.version != version:
        raise Stale(f"Somebody changed {invoice} meanwhile; load the page again.")
    check_status(Invoice.MOVES, Status(invoice.status), Status.APPROVED, "The invoice")
    own_approval(
        actor,
        author=invoice.author,
        refusal="You wrote this invoice; somebody else has to approve it.",
    )
    if prebill(invoice, as_of=as_of).errors:
        raise Refused("The check still finds errors; correct them before it is approved.")
    _move(invoice, Status.APPROVED, approver=actor.name, approved_on=as_of)
    _tell(actor, "invoice.approved", invoice, at=at, author=invoice.author)
    return invoice


@transaction.atomic
def void_invoice(*, actor: Actor, invoice: Invoice, reason: str, at: datetime) -> Invoice:
    """Drop a draft; it keeps its lines and never gets a number. Voided already, nothing changes.

    Raises Refused for one that is approved or issued: an issued one is credited.
    """
    actor.require("invoice.edit")
    told = needed(text=reason, most=300, what="reason", missing="Say why it is dropped.")
    invoice = locked_invoice(actor, invoice)
    if invoice.status == Status.VOIDED:
        return invoice
    if invoice.status != Status.DRAFT:
        raise Refused(_over(invoice))
    # the source may ask for the same again, now that nothing came of it
    _move(invoice, Status.VOIDED, void_reason=told, source_key="", credit_request=None, order=None)
    _tell(actor, "invoice.voided", invoice, at=at, reason=told)
    return invoice


def locked_invoice(actor: Actor, invoice: Invoice) -> Invoice:
    """Return the invoice as it is now, locked; Refused for another company's."""
    own(actor, invoice, "invoice")
    return (
        Invoice.objects.select_for_update(no_key=True, of=("self",))
        .select_related("company", "customer", "order", "preceding__item", "credit_request")
        .get(pk=invoice.pk)
    )


def _over(invoice: Invoice) -> str:
    if invoice.status == Status.ISSUED:
        return f"{invoice.number} is issued and stays as it is; correct it with a credit note."
    return f"This invoice is marked: {invoice.get_status_display().lower()}."


def _move(invoice: Invoice, status: Invoice.Status, **fields: object) -> None:
    rows = Invoice.objects.filter(pk=invoice.pk, status=invoice.status)
    if rows.update(status=status, version=invoice.version + 1, **fields) != 1:
        raise Stale(f"Somebody changed {invoice} meanwhile; load the page again.")
    invoice.refresh_from_db()


def _checked(
    actor: Actor, customer: Customer, draft: Draft, *, as_of: date
) -> tuple[dict[str, object], list[InvoiceLine]]:
    """Return the fields of an invoice and its lines; raise Refused naming what is wrong."""
    if draft.kind not in Kind.values:
        raise Refused(f"There is no kind of invoice {draft.kind!r}.")
    if draft.currency not in ISO_CODES:
        raise Refused(f"{draft.currency} is no currency; write its three letters, such as EUR.")
    if not 0 < len(draft.lines) <= MOST_LINES:
        raise Refused(f"An invoice has 1 to {MOST_LINES} lines.")
    _check_others(actor, customer, draft)
    rates = tax_rates_on(actor.company, as_of=draft.delivered_on or as_of)
    try:
        lines = [
            invoice_line(one, place, rates, draft.currency)
            for place, one in enumerate(draft.lines, 1)
        ]
        allowances = [document_allowance(one, rates) for one in draft.allowances]
        totals = invoice_sums(lines, allowances, draft.prepaid_minor)
    except TotalsError as error:
        raise Refused(str(error)) from error
    is_credit = draft.kind == Kind.CREDIT_NOTE
    fields: dict[str, object] = {
        "kind": draft.kind,
        "currency": draft.currency,
        "terms": "" if is_credit else _fit(draft.terms or customer.terms, "terms"),
        "due_on": draft.due_on,
        "delivered_on": draft.delivered_on,
        "from_on": draft.from_on,
        "to_on": draft.to_on,
        "order": draft.order,
        "order_number": _fit(draft.order_number, "order number"),
        "buyer_reference": _fit(draft.buyer_reference, "buyer reference"),
        "contract": _fit(draft.contract, "contract"),
        "note": fitting(text=draft.note, most=1000, what="note"),
        "allowances": [asdict(one) for one in allowances],
        "lines_minor": totals.lines_minor,
        "net_minor": totals.net_minor,
        "tax_minor": totals.tax_minor,
        "gross_minor": totals.gross_minor,
        "prepaid_minor": totals.prepaid_minor,
        "preceding": draft.preceding,
        "is_allocated": is_credit and draft.is_allocated,
    }
    return fields, lines


def _fit(text: str, what: str) -> str:
    return fitting(text=text, most=80, what=what)


def _check_others(actor: Actor, customer: Customer, draft: Draft) -> None:
    needs = draft.kind in (Kind.CREDIT_NOTE, Kind.CORRECTED)
    before = draft.preceding
    if needs != (before is not None):
        raise Refused(
            "A credit note or corrected invoice names the invoice it is about."
            if needs
            else "Only a credit note or corrected invoice names another invoice."
        )
    if before is not None:
        own(actor, before, "invoice")
        if before.customer_id != customer.pk or before.status != Status.ISSUED:
            raise Refused("The invoice it is about has to be an issued one of the customer.")
        if before.kind == Kind.CREDIT_NOTE:
            raise Refused(f"{before.number} is a credit note itself.")
        if before.currency != draft.currency:
            raise Refused(f"{before.number} is in {before.currency}, not in {draft.currency}.")
    if draft.order is not None:
        own(actor, draft.order, "order")
        if draft.order.customer_id != customer.pk:
            raise Refused(f"Order {draft.order.number} is another customer's.")
    if draft.due_on and draft.delivered_on and draft.due_on < draft.delivered_on:
        raise Refused("It would be due before it was delivered; check both days.")
    if draft.from_on and draft.to_on and draft.to_on < draft.from_on:
        raise Refused("The period ends before it begins; check both days.")


def _write_lines(invoice: Invoice, lines: Sequence[InvoiceLine]) -> None:
    for line in lines:
        line.invoice = invoice
    InvoiceLine.objects.bulk_create(lines)


def _tell(actor: Actor, verb: str, invoice: Invoice, *, at: datetime, **data: object) -> None:
    record_event(
        actor, verb, invoice, at=at, customer_id=invoice.customer_id, kind=invoice.kind,
        currency=invoice.currency, gross_minor=invoice.gross_minor, **data,
    )  # fmt: skip
