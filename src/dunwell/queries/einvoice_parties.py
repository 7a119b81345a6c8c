"""Who the parties of an electronic invoice are: this company, and which of its customers."""

import re

from dunwell.engine.invoice_document import DocumentParty
from dunwell.models import (
    Company,
    Contact,
    Customer,
    CustomerInvoicing,
    EInvoiceFile,
    InvoicingProfile,
)
from dunwell.models.sealed import mark_of

MAIL_SCHEME = "EM"
SIGNS = re.compile(r"[^0-9a-z]+")
MOST = 6


def plain_name(name: str) -> str:
    """Return a name by its letters and digits alone, to compare."""
    return SIGNS.sub(" ", name.casefold()).strip()


def plain_number(number: str) -> str:
    """Return a VAT id or number without signs and spaces, to compare."""
    return SIGNS.sub("", number.casefold())


def is_us(company: Company, party: DocumentParty) -> bool:
    """Return whether a party is this company, by its name or the VAT id on its invoices."""
    told = InvoicingProfile.objects.filter(company=company).first()
    if told and told.vat_id and plain_number(told.vat_id) == plain_number(party.vat_id):
        return True
    own = {plain_name(company.name), plain_name(told.legal_name if told else "")} - {""}
    return bool(own & {plain_name(party.name), plain_name(party.trading_name)})


def seller_is_known(company: Company, seller: DocumentParty) -> bool:
    """Return whether a seller is this company: by name or VAT id, or as one taken before."""
    if is_us(company, seller):
        return True
    taken = EInvoiceFile.objects.filter(company=company, status=EInvoiceFile.Status.TAKEN)
    if seller.vat_id:
        return taken.filter(seller_vat_id=seller.vat_id[:40]).exists()
    return taken.filter(seller_name=seller.name[:200], seller_vat_id="").exists()


def customers_of(company: Company, buyer: DocumentParty) -> tuple[Customer, ...]:
    """Return the customers a buyer may be: by VAT id, else by address or number, else by name.

    One is the answer, several are a question, none is none; at most five queries.
    """
    own = Customer.objects.filter(company=company)
    if buyer.vat_id:
        wanted, same = plain_number(buyer.vat_id), mark_of(Customer, "vat_id", buyer.vat_id)
        alike = own.filter(vat_id_mark=same).order_by("id") if same else own.none()
        if found := tuple(one for one in alike[:MOST] if plain_number(one.vat_id) == wanted):
            return found
    mails = {buyer.email.lower()} if buyer.email else set()
    if buyer.endpoint:
        wants = CustomerInvoicing.objects.filter(
            company=company,
            endpoint__iexact=buyer.endpoint,
            endpoint_scheme__in=(buyer.endpoint_scheme, ""),
        )
        known_ids = wants.values("customer_id")
        if found := tuple(own.filter(pk__in=known_ids).order_by("id")[:MOST]):
            return found
    if buyer.endpoint_scheme == MAIL_SCHEME:
        mails.add(buyer.endpoint.lower())
    if mails:
        known = Contact.objects.filter(customer__company=company, email__in=mails)
        if found := tuple(own.filter(pk__in=known.values("customer_id")).order_by("id")[:MOST]):
            return found
    names = {buyer.name, buyer.trading_name} - {""}
    numbers = {buyer.identifier} - {""}
    rows = own.filter(number__in=numbers) if numbers else own.none()
    if found := tuple(rows.order_by("id")[:MOST]):
        return found
    exact = own.filter(name__in=names) if names else own.none()
    return tuple(exact.order_by("id")[:MOST])
