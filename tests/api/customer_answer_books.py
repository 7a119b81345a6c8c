"""One record of all that a customer tells us in the portal, for the calls about them."""

from dunwell.actions.customer_documents import ask_document, send_document
from dunwell.actions.gate import debtor, system
from dunwell.actions.portal_contacts import save_own_contact
from dunwell.actions.portal_supplier_statements import compare_own_statement
from dunwell.actions.uploads import Upload
from dunwell.models import Contact, PortalSeat

LIST = b"Invoice number,Amount\nX-1,12.00\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16


def keep_customer_answers(customer, *, as_of, at):
    """Add a list, a paper asked for and sent, and a wish; return path parameter -> key."""
    seats = PortalSeat.objects.select_related("customer__company", "person", "company")
    seat = seats.get(customer=customer)
    actor = debtor(seat)
    told = {"actor": actor, "customer": customer, "seat": seat, "as_of": as_of, "at": at}
    code = customer.currency or customer.company.currency
    compared = compare_own_statement(file=Upload(name="x.csv", data=LIST), currency=code, **told)
    asked = ask_document(
        actor=system(customer.company), customer=customer, kind="w9", as_of=as_of, at=at
    )
    sent = send_document(kind="vat", file=Upload(name="vat.png", data=PNG), **told)
    contact = Contact.objects.create(
        customer=customer, email="tess@buyer.example", is_primary=False, recorded_at=at
    )
    wish = save_own_contact(contact=contact, changes={"email": "new@buyer.example"}, **told)
    return {
        "supplier_statement_id": compared.pk,
        "document_request_id": asked.pk,
        "customer_document_id": sent.pk,
        "detail_change_id": wish.pk,
    }
