"""A draft as the document it would be today, and what the rules before issue need to know."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import polars as pl
from django.db.models import Q

from dunwell.engine import invoice_document as codes
from dunwell.engine.calendars import day_date, day_number
from dunwell.engine.creditor_references import document_reference
from dunwell.engine.invoice_document import (
    Allowance,
    DocumentLine,
    DocumentParty,
    InvoiceDocument,
    PayBy,
)
from dunwell.engine.invoice_totals import invoice_totals
from dunwell.engine.prebill import (
    DUPLICATE_DAYS,
    EarlierDispute,
    EarlierInvoice,
    PrebillFacts,
    PrebillFinding,
    prebill_findings,
)
from dunwell.formats.invoice_json import IssuedPaper
from dunwell.formats.registrations import FAILED, NOT_POSSIBLE, PASSED, check_vat
from dunwell.formats.terms import due_days
from dunwell.models import (
    Company,
    CreditHold,
    Customer,
    CustomerInvoicing,
    Invoice,
    InvoiceLine,
    InvoicingProfile,
    Item,
)
from dunwell.queries.billing_checks import billing_checks
from dunwell.queries.periods import closed_until

DRAFT_NUMBER = "DRAFT"
KINDS = {
    Invoice.Kind.INVOICE: codes.INVOICE,
    Invoice.Kind.CREDIT_NOTE: codes.CREDIT_NOTE,
    Invoice.Kind.PREPAYMENT: codes.PREPAYMENT,
    Invoice.Kind.CORRECTED: codes.CORRECTED,
}
ISSUED_WITH_LANGUAGES = ("en", "de")


@dataclass(frozen=True, kw_only=True, slots=True)
class Prebill:
    """The paper a draft would be, and what is found about it, errors first."""

    paper: IssuedPaper
    findings: tuple[PrebillFinding, ...]

    @property
    def errors(self) -> tuple[PrebillFinding, ...]:
        """Return what keeps it from being issued."""
        return tuple(one for one in self.findings if one.severity == "error")

    @property
    def warnings(self) -> tuple[PrebillFinding, ...]:
        """Return what has to be confirmed."""
        return tuple(one for one in self.findings if one.severity != "error")


def profile_of(company: Company) -> InvoicingProfile:
    """Return what stands on a company's invoices; what its own row says where it has none."""
    found = InvoicingProfile.objects.filter(company=company).first()
    return found or InvoicingProfile(
        company=company,
        legal_name=company.name,
        country=company.country,
        email=company.reply_to,
        version=0,
    )


def invoicing_of(customer: Customer) -> CustomerInvoicing:
    """Return how a customer wants its invoices; the defaults where nothing is agreed."""
    found = CustomerInvoicing.objects.filter(customer=customer).first()
    return found or CustomerInvoicing(
        company_id=customer.company_id,
        customer=customer,
        country=customer.country,
        language=customer.language,
        version=0,
    )


def due_day(terms: str, issued_on: date) -> date | None:
    """Return the day terms make an invoice due, None where they are not understood."""
    found = due_days(
        pl.Series([terms], dtype=pl.String), pl.Series([day_number(issued_on)], dtype=pl.Int32)
    )[0]
    return None if found is None else day_date(found)


def paper_of(invoice: Invoice, *, number: str = DRAFT_NUMBER, as_of: date) -> IssuedPaper:
    """Return the paper that issuing on a day would freeze; raises TotalsError where sums fail."""
    profile, wanted = profile_of(invoice.company), invoicing_of(invoice.customer)
    rows = list(invoice.lines.order_by("position"))
    lines = tuple(_line(row) for row in rows)
    allowances = tuple(Allowance(**one) for one in invoice.allowances)
    vat, totals = invoice_totals(
        lines,
        allowances,
        prepaid_minor=invoice.prepaid_minor,
        exemptions={
            (row.category, row.rate_ppm): (row.exemption, row.exemption_code) for row in rows
        },
    )
    preceding = invoice.preceding
    language = (wanted.language or invoice.customer.language or invoice.company.language)[:2]
    document = InvoiceDocument(
        number=number,
        kind=KINDS[Invoice.Kind(invoice.kind)],
        issued_on=as_of,
        due_on=as_of if _is_credit(invoice) else invoice.due_on or due_day(invoice.terms, as_of),
        currency=invoice.currency,
        seller=_seller(profile),
        buyer=_buyer(invoice.customer, wanted),
        lines=lines,
        vat=vat,
        totals=totals,
        delivered_on=invoice.delivered_on,
        from_on=invoice.from_on,
        to_on=invoice.to_on,
        buyer_reference=invoice.buyer_reference or wanted.buyer_reference,
        order=invoice.order_number,
        sales_order=invoice.order.number if invoice.order else "",
        contract=invoice.contract,
        preceding=((preceding.number, preceding.issued_on),) if preceding else (),
        notes=(invoice.note,) if invoice.note else (),
        terms="" if _is_credit(invoice) else invoice.terms,
        allowances=allowances,
        pay_by=None if _is_credit(invoice) else _pay_by(profile, number),
    )
    return IssuedPaper(
        document=document,
        language=language if language in ISSUED_WITH_LANGUAGES else "en",
        wire=wanted.format,
        small_print=profile.small_print,
    )


def prebill(invoice: Invoice, *, as_of: date) -> Prebill:
    """Return the draft's paper and all that is found about it on a day."""
    paper = paper_of(invoice, as_of=as_of)
    document = paper.document
    order, customer = invoice.order, invoice.customer
    facts = PrebillFacts(
        document=document,
        as_of=as_of,
        wire=paper.wire,
        is_po_required=invoicing_of(customer).is_po_required,
        agreed_terms="" if _is_credit(invoice) else customer.terms,
        earlier=_earlier(invoice, as_of=as_of),
        order_left_minor=order.amount_minor - order.billed_minor if order else None,
        order_currency=order.currency if order else "",
        agreed_prices={
            str(row.position): row.agreed_price_micros
            for row in invoice.lines.all()
            if row.agreed_price_micros is not None
        },
        closed_until=closed_until(invoice.company),
        is_on_hold=CreditHold.objects.filter(
            Q(order=order) | Q(order=None),
            customer=customer,
            status__in=CreditHold.STANDING,
        ).exists(),
        is_buyer_vat_valid=_is_valid(customer.vat_id, document.buyer.country),
        is_seller_vat_valid=_is_valid(document.seller.vat_id, document.seller.country),
        disputed=_disputed(invoice, as_of=as_of),
    )
    return Prebill(paper=paper, findings=prebill_findings(facts))


def numbered(paper: IssuedPaper, number: str) -> IssuedPaper:
    """Return the paper under its number, which the reference to pay with follows from."""
    document = paper.document
    pay_by = document.pay_by
    if pay_by is not None:
        pay_by = replace(pay_by, reference=document_reference(number))
    return replace(paper, document=replace(document, number=number, pay_by=pay_by))


def _is_credit(invoice: Invoice) -> bool:
    return invoice.kind == Invoice.Kind.CREDIT_NOTE


def _line(row: InvoiceLine) -> DocumentLine:
    allowances: tuple[Allowance, ...] = ()
    if row.discount_minor:
        allowances = (
            Allowance(
                amount_minor=row.discount_minor, reason=row.discount_reason or "Discount",
                reason_code="95",
            ),
        )  # fmt: skip
    return DocumentLine(
        number=str(row.position),
        name=row.name,
        description=row.description,
        seller_item=row.seller_item,
        quantity_micros=row.quantity_micros,
        unit=row.unit,
        price_micros=row.price_micros,
        net_minor=row.net_minor,
        vat_category=row.category,
        vat_rate_ppm=row.rate_ppm,
        order_line=row.order_line,
        allowances=allowances,
    )


def _seller(profile: InvoicingProfile) -> DocumentParty:
    return DocumentParty(
        name=profile.legal_name,
        registration=profile.registration,
        registration_scheme=profile.registration_scheme,
        vat_id=profile.vat_id,
        tax_number=profile.tax_number,
        endpoint=profile.endpoint,
        endpoint_scheme=profile.endpoint_scheme,
        street=profile.street,
        street_more=profile.street_more,
        city=profile.city,
        postcode=profile.postcode,
        region=profile.region,
        country=profile.country,
        contact=profile.contact,
        phone=profile.phone,
        email=profile.email,
    )


def _buyer(customer: Customer, wanted: CustomerInvoicing) -> DocumentParty:
    return DocumentParty(
        name=customer.name,
        identifier=customer.number,
        vat_id=customer.vat_id,
        endpoint=wanted.endpoint,
        endpoint_scheme=wanted.endpoint_scheme,
        street=wanted.street,
        street_more=wanted.street_more,
        city=wanted.city,
        postcode=wanted.postcode,
        region=wanted.region,
        country=wanted.country or customer.country,
    )


def _pay_by(profile: InvoicingProfile, number: str) -> PayBy:
    return PayBy(
        code=codes.SEPA_TRANSFER if profile.iban else codes.TRANSFER,
        reference="" if number == DRAFT_NUMBER else document_reference(number),
        iban=profile.iban,
        bic=profile.bic,
        account_name=profile.account_name or profile.legal_name,
    )


def _is_valid(vat_id: str, country: str) -> bool | None:
    outcome = check_vat(vat_id, country=country).outcome
    if outcome in (PASSED, NOT_POSSIBLE):
        return True
    return False if outcome == FAILED else None


def _disputed(invoice: Invoice, *, as_of: date) -> list[EarlierDispute]:
    """Return what the customer was right about more than once in the last year."""
    found = billing_checks(
        invoice.company,
        as_of=as_of,
        customer_id=invoice.customer_id,
        language=invoice.company.language[:2],
    )
    return [
        EarlierDispute(
            reason=one.reason_label, product=one.product, cases=one.cases, last_on=one.last_on
        )
        for one in found
    ]


def _earlier(invoice: Invoice, *, as_of: date) -> list[EarlierInvoice]:
    """Return the customer's items near the day in the draft's currency, ours with their order."""
    rows = Item.objects.filter(
        customer=invoice.customer_id,
        kind=Item.Kind.INVOICE,
        currency=invoice.currency,
        amount_minor=invoice.gross_minor - invoice.prepaid_minor,
        issued_on__gte=as_of - timedelta(days=DUPLICATE_DAYS),
        reversed_by=None,
    ).values_list(
        "number", "amount_minor", "currency", "reference", "issued_on", "invoice__delivered_on"
    )
    return [
        EarlierInvoice(
            number=number, amount_minor=amount, currency=currency, order=order,
            issued_on=issued, delivered_on=delivered,
        )
        for number, amount, currency, order, issued, delivered in rows.order_by("-id")[:20]
    ]  # fmt: skip
