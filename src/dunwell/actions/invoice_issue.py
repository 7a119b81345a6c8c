"""Issuing: the next number, the item with its entries and the frozen document, all or nothing.

Numbers have no gaps because they are drawn under the lock of their series in the transaction that
writes the item: what does not commit gives its number back. Files are made afterwards from the
frozen document (`actions.invoice_files`), so that a series is never held while a PDF is set.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.credit_requests import settle_request
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, Stale, lent
from dunwell.actions.invoice_drafts import locked_invoice
from dunwell.actions.items import book_item
from dunwell.actions.order_locks import lock_accounts
from dunwell.actions.orders import update_order
from dunwell.actions.payments import apply_credit
from dunwell.actions.uploads import keep_bytes
from dunwell.engine.invoice_totals import TotalsError
from dunwell.formats.invoice_json import IssuedPaper, write_paper
from dunwell.models import CreditRequest, Customer, Invoice, Item, NumberSeries, OpenItem
from dunwell.queries.credit_requests import UNANSWERED
from dunwell.queries.invoice_documents import numbered, prebill
from dunwell.queries.invoice_rules import needs_approval, pattern_of, series_kind, shown_number
from dunwell.queries.prebill_words import finding_words

Status = Invoice.Status
Kind = Invoice.Kind


@dataclass(frozen=True, kw_only=True, slots=True)
class Foreseen:
    """The probability of a dispute in ppm as it was shown before, and what moves it."""

    dispute_ppm: int
    reasons: Sequence[Mapping[str, object]]


@transaction.atomic
def issue_invoice(
    *,
    actor: Actor,
    invoice: Invoice,
    version: int,
    is_confirmed: bool = False,
    foreseen: Foreseen | None = None,
    as_of: date,
    at: datetime,
) -> Invoice:
    """Issue an invoice on a day: number, item, entries and document come to be at once.

    Issued already in this version, it is returned as it is. A credit note goes on the item of
    its invoice where that is asked for, and answers its credit request; an order counts what is
    billed of it. Raises Stale for another version; Refused while the check finds errors, for
    warnings not confirmed, without a needed approval, and for a credit beyond its invoice.
    """
    actor.require("invoice.issue")
    found = locked_party(actor, invoice, as_of=as_of)
    if found.status == Status.ISSUED:
        return found
    if found.version != version:
        raise Stale(f"Somebody changed {found} meanwhile; load the page again.")
    if found.status not in (Status.DRAFT, Status.APPROVED):
        raise Refused(f"This invoice is marked: {found.get_status_display().lower()}.")
    if found.status == Status.DRAFT and needs_approval(found, as_of=as_of):
        raise Refused("It is over the amount above which somebody else approves invoices first.")
    paper = _checked_paper(found, is_confirmed=is_confirmed, as_of=as_of)
    _check_correction(found)
    number = _drawn(found, as_of=as_of, at=at)
    paper = numbered(paper, number)
    item = _item(found, paper, as_of=as_of, at=at)
    frozen = keep_bytes(write_paper(paper))
    rows = Invoice.objects.filter(pk=found.pk, status=found.status, version=version).update(
        status=Status.ISSUED, number=number, item=item, document_sha256=frozen,
        issued_on=as_of, due_on=item.due_on, issuer=actor.name, issued_at=at,
        dispute_ppm=foreseen.dispute_ppm if foreseen else None,
        dispute_reasons=[dict(one) for one in foreseen.reasons] if foreseen else [],
        version=version + 1,
    )  # fmt: skip
    if rows != 1:
        raise Stale("Somebody else changed this invoice at this moment.")
    found.refresh_from_db()
    _follow_up(actor, found, as_of=as_of, at=at)
    record_event(
        actor, "invoice.issued", found, at=at, customer_id=found.customer_id, number=number,
        kind=found.kind, item=item.pk, currency=found.currency, gross_minor=found.gross_minor,
        document=frozen, dispute_ppm=found.dispute_ppm,
    )  # fmt: skip
    return found


def locked_party(actor: Actor, invoice: Invoice, *, as_of: date) -> Invoice:
    """Lock the customer's account first, as order checks do, then the invoice."""
    if invoice.company_id == actor.company.pk:
        lock_accounts(actor.company, {invoice.customer_id}, as_of=as_of)
        Customer.objects.select_for_update(no_key=True).get(pk=invoice.customer_id)
    return locked_invoice(actor, invoice)


def _checked_paper(invoice: Invoice, *, is_confirmed: bool, as_of: date) -> IssuedPaper:
    try:
        found = prebill(invoice, as_of=as_of)
    except TotalsError as error:
        raise Refused(str(error)) from error
    if found.errors:
        told = " ".join(finding_words(one) for one in found.errors)
        raise Refused(f"It cannot be issued yet. {told}")
    if found.warnings and not is_confirmed:
        told = " ".join(finding_words(one) for one in found.warnings)
        raise Refused(f"{told} Confirm that it is issued all the same.")
    return found.paper


def _check_correction(invoice: Invoice) -> None:
    """Refuse a credit beyond what its invoice is over, and a corrected one beside the old."""
    before = invoice.preceding
    if before is None:
        return
    credited = sum(
        Invoice.objects.filter(
            preceding=before, kind=Kind.CREDIT_NOTE, status=Status.ISSUED
        ).values_list("gross_minor", flat=True)
    )
    if invoice.kind == Kind.CREDIT_NOTE and credited + invoice.gross_minor > before.gross_minor:
        raise Refused(f"More than {before.number} is over would be credited; lower the amounts.")
    is_reversed = before.item is not None and Item.objects.filter(reverses=before.item).exists()
    if invoice.kind == Kind.CORRECTED and not (is_reversed or credited == before.gross_minor):
        raise Refused(f"Credit {before.number} in full first; the corrected invoice replaces it.")


def _drawn(invoice: Invoice, *, as_of: date, at: datetime) -> str:
    """Draw the next number of the series under its lock."""
    kind = series_kind(invoice.kind)
    pattern = pattern_of(invoice.company, kind)
    year = as_of.year if "{year}" in pattern else 0
    NumberSeries.objects.get_or_create(
        company=invoice.company, kind=kind, year=year,
        defaults={"pattern": pattern, "recorded_at": at},
    )  # fmt: skip
    series = NumberSeries.objects.select_for_update(no_key=True).get(
        company=invoice.company, kind=kind, year=year
    )
    number = shown_number(series.pattern, year=as_of.year, number=series.next_number)
    is_taken = (
        Item.objects.filter(company=invoice.company, number=number).exists()
        or Invoice.objects.filter(company=invoice.company, number=number).exists()
    )
    if is_taken:
        raise Refused(
            f"{number} is in the ledger already; set the next number of the series in settings."
        )
    series.next_number += 1
    series.save(update_fields=["next_number"])
    return number


def _item(invoice: Invoice, paper: IssuedPaper, *, as_of: date, at: datetime) -> Item:
    document = paper.document
    is_credit = invoice.kind == Kind.CREDIT_NOTE
    reference = invoice.order_number
    if is_credit and invoice.preceding is not None:
        request = invoice.credit_request
        named = [invoice.preceding.number, request.number if request else ""]
        reference = " ".join(filter(None, named))
    payable = document.totals.payable_minor
    item = Item.objects.create(
        company=invoice.company,
        customer=invoice.customer,
        number=document.number,
        kind=Item.Kind.CREDIT_NOTE if is_credit else Item.Kind.INVOICE,
        currency=document.currency,
        amount_minor=-payable if is_credit else payable,
        issued_on=as_of,
        due_on=document.due_on or as_of,
        reference=reference[:120],
        # by mail, portal or upload: nothing of ours is printed
        is_paper=False,
        recorded_on=as_of,
        recorded_at=at,
    )
    book_item(item)
    return item


def _follow_up(actor: Actor, invoice: Invoice, *, as_of: date, at: datetime) -> None:
    """Tell the order, the credit request and the invoice it corrects what was issued."""
    item = invoice.item
    if item is None:
        return
    if invoice.order is not None and invoice.kind in (Kind.INVOICE, Kind.CORRECTED):
        order = invoice.order
        if order.currency == invoice.currency:
            billed = min(order.billed_minor + _of_order(invoice), order.amount_minor)
            update_order(
                actor=lent(actor, "order.edit"), order=order, billed_minor=billed,
                as_of=as_of, at=at,
            )  # fmt: skip
    request = invoice.credit_request
    if request is not None and CreditRequest.objects.get(pk=request.pk).status in UNANSWERED:
        settle_request(
            actor=lent(actor, "credit_request.edit"), request=request, credit_item=item,
            as_of=as_of, at=at,
        )  # fmt: skip
    elif invoice.is_allocated and invoice.preceding and invoice.preceding.item:
        debit = invoice.preceding.item
        left = OpenItem.objects.filter(item=debit).values_list("open_minor", flat=True).first()
        amount = min(left or 0, -item.amount_minor)
        if amount > 0:
            apply_credit(
                actor=lent(actor, "payment.apply"), credit=item, amounts={debit: amount},
                as_of=as_of, at=at,
            )  # fmt: skip


def _of_order(invoice: Invoice) -> int:
    """Return what an invoice bills of its order: gross where the order is known gross.

    Orders state one amount. It is net in most systems; where the net sum is less than what is
    left and the gross one is exactly it, the order was gross.
    """
    order = invoice.order
    left = order.amount_minor - order.billed_minor if order else 0
    return invoice.gross_minor if invoice.gross_minor == left else invoice.net_minor
