"""Credit notes to invoices of ours: of the whole, of parts, or because a dispute asked for one."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.gate import Actor, Refused, own
from dunwell.actions.invoice_drafts import draft_invoice, locked_invoice
from dunwell.actions.texts import needed
from dunwell.engine.money import minor_digits, part
from dunwell.models import CreditRequest, Invoice, InvoiceLine
from dunwell.queries.credit_requests import UNANSWERED
from dunwell.queries.invoice_drafts import AllowanceDraft, Draft, LineDraft, Origin

Kind = Invoice.Kind
MICROS = 1_000_000


@transaction.atomic
def credit_invoice(
    *,
    actor: Actor,
    invoice: Invoice,
    reason: str,
    quantities: Mapping[int, int] | None = None,
    is_allocated: bool = True,
    as_of: date,
    at: datetime,
) -> Invoice:
    """Draft a credit note that names the invoice: of the whole, or of quantities by position.

    Quantities are millionths, at most those of the invoice. Allowances of the whole document are
    taken back with the whole alone. Raises Refused without a reason, for what is not issued, and
    for a position or quantity that the invoice does not have.
    """
    actor.require("invoice.edit")
    told = needed(text=reason, most=1000, what="reason", missing="Say why it is credited.")
    invoice = locked_invoice(actor, invoice)
    if invoice.status != Invoice.Status.ISSUED or invoice.kind == Kind.CREDIT_NOTE:
        raise Refused("Only an issued invoice can be credited.")
    rows = {row.position: row for row in invoice.lines.order_by("position")}
    chosen = quantities
    if chosen is None:
        chosen = {position: row.quantity_micros for position, row in rows.items()}
    lines = [_of(rows, position, chosen[position]) for position in sorted(chosen)]
    is_whole = quantities is None
    draft = Draft(
        kind=Kind.CREDIT_NOTE,
        lines=[one for one in lines if one.quantity_micros],
        currency=invoice.currency,
        delivered_on=invoice.delivered_on,
        from_on=invoice.from_on,
        to_on=invoice.to_on,
        order_number=invoice.order_number,
        buyer_reference=invoice.buyer_reference,
        contract=invoice.contract,
        note=told,
        allowances=_allowances(invoice, rows) if is_whole else (),
        prepaid_minor=invoice.prepaid_minor if is_whole else 0,
        preceding=invoice,
        is_allocated=is_allocated,
    )
    return draft_invoice(actor=actor, customer=invoice.customer, draft=draft, as_of=as_of, at=at)


@transaction.atomic
def credit_for_request(
    *, actor: Actor, request: CreditRequest, as_of: date, at: datetime
) -> Invoice:
    """Draft the credit note a dispute asked for, over the gross amount asked for, once.

    The amount is shared out over the invoice's tax rates as they stand there; issuing it closes
    the request and the disputed part. Raises Refused for a request answered before, and for an
    item that is no invoice of ours.
    """
    actor.require("invoice.edit")
    own(actor, request, "credit request")
    request = CreditRequest.objects.select_related("dispute__item__customer").get(pk=request.pk)
    if request.status not in UNANSWERED:
        raise Refused(f"{request.number} is answered already.")
    item = request.dispute.item
    invoice = Invoice.objects.filter(item=item).first()
    if invoice is None:
        raise Refused(f"{item.number} was not issued here; ask the billing system it came from.")
    draft = Draft(
        kind=Kind.CREDIT_NOTE,
        lines=_shared(invoice, request.amount_minor, f"{invoice.number}, {request.number}"),
        currency=invoice.currency,
        delivered_on=invoice.delivered_on,
        from_on=invoice.from_on,
        to_on=invoice.to_on,
        order_number=invoice.order_number,
        buyer_reference=invoice.buyer_reference,
        note=f"Credit for {invoice.number}, {request.number}",
        preceding=invoice,
        is_allocated=True,
    )
    origin = Origin(source=Invoice.Source.CREDIT_REQUEST, key=request.number, request=request)
    note = draft_invoice(
        actor=actor, customer=item.customer, draft=draft, origin=origin, as_of=as_of, at=at
    )
    if note.gross_minor < request.amount_minor:
        raise Refused(
            f"{invoice.number} cannot be credited to the cent at its tax rates; draft the credit "
            "note by hand and settle the request with it."
        )
    return note


def _of(rows: Mapping[int, InvoiceLine], position: int, quantity_micros: int) -> LineDraft:
    row = rows.get(position)
    if row is None:
        raise Refused(f"The invoice has no line {position}.")
    most = row.quantity_micros
    if abs(quantity_micros) > abs(most) or quantity_micros * most < 0:
        raise Refused(f"Line {position}: credit at most the quantity of the invoice.")
    return LineDraft(
        name=row.name,
        quantity_micros=quantity_micros,
        price_micros=row.price_micros,
        tax_code=row.tax_code,
        unit=row.unit,
        description=row.description,
        seller_item=row.seller_item,
        discount_minor=part(row.discount_minor, abs(quantity_micros), abs(most)),
        discount_reason=row.discount_reason,
        order_line=row.order_line,
    )


def _allowances(invoice: Invoice, rows: Mapping[int, InvoiceLine]) -> tuple[AllowanceDraft, ...]:
    codes = {(row.category, row.rate_ppm): row.tax_code for row in rows.values()}
    return tuple(
        AllowanceDraft(
            amount_minor=one["amount_minor"],
            is_charge=one["is_charge"],
            reason=one["reason"],
            tax_code=codes.get((one["vat_category"], one["vat_rate_ppm"]), ""),
        )
        for one in invoice.allowances
    )


def _shared(invoice: Invoice, gross_minor: int, name: str) -> list[LineDraft]:
    """Return lines that come to a gross amount, over the invoice's rates by what each is over.

    The last cent that VAT of the rates cannot meet goes on the largest net (at most one unit).
    """
    by_code: dict[str, tuple[int, int]] = {}
    for row in invoice.lines.order_by("position"):
        net, rate = by_code.get(row.tax_code, (0, row.rate_ppm))
        by_code[row.tax_code] = (net + row.net_minor, rate)
    whole = {code: net + part(net, rate, MICROS) for code, (net, rate) in by_code.items()}
    codes = [code for code in by_code if whole[code] > 0]
    total = sum(whole[code] for code in codes)
    if not total:
        raise Refused(f"{invoice.number} has no amount that could be credited.")
    scale = 10 ** (6 - minor_digits(invoice.currency))
    lines: list[LineDraft] = []
    left, left_of = gross_minor, total
    for code in codes:
        rate = by_code[code][1]
        share = part(left, whole[code], left_of)
        left, left_of = left - share, left_of - whole[code]
        net = part(share, MICROS, MICROS + rate)
        net += net + part(net, rate, MICROS) < share
        lines.append(
            LineDraft(
                name=name[:120], quantity_micros=MICROS, price_micros=net * scale, tax_code=code
            )
        )
    return [one for one in lines if one.price_micros]
