"""An invoice of another system that waits to be taken."""

from dataclasses import replace
from datetime import timedelta

from dunwell.actions.einvoice_imports import SentEInvoice, receive_einvoices
from dunwell.actions.gate import system
from dunwell.actions.uploads import Upload
from dunwell.formats.einvoice.reading import read_einvoice
from dunwell.formats.einvoice.ubl_write import write_ubl
from tests.einvoices import document_of


def keep_einvoices(company, customer, tag, *, today, at):
    """Key of the file."""
    made = document_of(0, shape="plain", kind="380")
    made = replace(
        made,
        number=f"{tag}EI-1",
        issued_on=today,
        due_on=today + timedelta(days=14),
        seller=replace(made.seller, name=company.name),
        buyer=replace(made.buyer, name=customer.name, identifier=customer.number),
    )
    data = write_ubl(made, "en16931")
    sent = SentEInvoice(file=Upload(name="ei-1.xml", data=data), read=read_einvoice(data))
    (row,) = receive_einvoices(actor=system(company), files=[sent], as_of=today, at=at)
    return {"einvoice_file_id": row.pk}
