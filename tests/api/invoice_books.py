"""Drafts, an issued invoice, a schedule and what invoices rest on, for calls that name one."""

from dataclasses import replace
from datetime import timedelta

from dunwell.actions.dispute_cases import DisputedPart, open_case
from dunwell.actions.dispute_resolutions import ResolvedPart, propose_resolution
from dunwell.actions.gate import Actor, system
from dunwell.actions.invoice_drafts import draft_invoice
from dunwell.actions.invoice_files import MadeFile, keep_invoice_files
from dunwell.actions.invoice_issue import issue_invoice
from dunwell.actions.invoice_schedules import add_schedule
from dunwell.actions.invoicing import add_tax_rate, save_customer_invoicing, save_profile
from dunwell.models import Contact, CreditRequest, Dispute, Order
from dunwell.queries.invoice_drafts import Draft, LineDraft
from tests.actions.invoice_rows import OURS, THEIRS
from tests.conftest import add_customer

LINE = {"name": "Service", "quantity_micros": 1_000_000, "price_micros": 100_000_000,
        "tax_code": "DE19"}  # fmt: skip


def requested(invoice, actor, **on):
    """A credit note over 11.90 that a dispute of an issued invoice asks for."""
    resolver = replace(actor, roles=frozenset({"credit_manager"}))
    case = open_case(
        actor=resolver, customer=invoice.customer, reason="price", source="api",
        parts=[DisputedPart(item=invoice.item, amount_minor=11_90)], **on,
    )  # fmt: skip
    part = ResolvedPart(dispute=Dispute.objects.get(case=case), credit_minor=11_90)
    resolution = propose_resolution(
        actor=resolver, case=case, parts=[part], reason="agreed",
        missing_evidence="known by phone", only_proposed=False, **on,
    )  # fmt: skip
    return CreditRequest.objects.get(resolution=resolution)


def keep_invoices(company, tag, *, today, at):
    """Add one of each; return path parameter -> key. Nobody who calls wrote them."""
    boss, on = system(company), {"as_of": today, "at": at}
    peer = Actor(company=company, name="peer", rights=boss.rights)
    customer = add_customer(company, f"I{tag}", "Billed", country="DE", terms="Net 30")
    Contact.objects.create(
        customer=customer, role="payables", name="Pia", email="pia@billed.example", recorded_at=at
    )
    save_profile(actor=boss, texts=OURS, approve_over_minor=None, version=0, at=at)
    add_tax_rate(
        actor=boss, code="DE19", name="VAT 19 %", country="DE", category="S", rate_ppm=190_000,
        valid_from=today - timedelta(days=400), at=at,
    )  # fmt: skip
    save_customer_invoicing(
        actor=boss, customer=customer, texts=THEIRS, wire="pdf", delivery="mail",
        is_po_required=False, version=0, at=at,
    )  # fmt: skip
    lines = [LineDraft(**LINE)]

    def drafted(price):
        one = LineDraft(**{**LINE, "price_micros": price})
        return draft_invoice(
            actor=peer, customer=customer,
            draft=Draft(lines=[one], currency="EUR", delivered_on=today), **on,
        )  # fmt: skip

    issued = issue_invoice(actor=peer, invoice=drafted(50_000_000), version=1, **on)
    pdf = MadeFile(kind="pdf", name="x.pdf", media_type="application/pdf", data=b"%PDF-1.7 x")
    (file,) = keep_invoice_files(actor=peer, invoice=issued, files=[pdf], at=at)
    schedule = add_schedule(
        actor=peer, customer=customer, name="Hosting", every="month", day=1, starts_on=today,
        currency="EUR", lines=lines, **on,
    )  # fmt: skip
    order = Order.objects.create(
        company=company, customer=customer, number=f"SO-I{tag}", status="approved",
        currency="EUR", amount_minor=70_00, ordered_on=today, recorded_at=at,
    )  # fmt: skip
    asked = requested(issued, peer, **on)
    return {
        "asked_request_id": asked.pk,
        "invoice_customer_id": customer.pk,
        "invoice_id": drafted(100_000_000).pk,
        "issued_invoice_id": issued.pk,
        "invoice_file_id": file.pk,
        "invoice_schedule_id": schedule.pk,
        "billable_order_id": order.pk,
    }
