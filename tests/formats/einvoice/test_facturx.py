"""Factur-X: the invoice inside a PDF/A-3, put in and taken out."""

import io

import pytest
import typst
from pypdf import PdfReader

from dunwell.formats.einvoice.findings import EInvoiceError
from dunwell.formats.einvoice.pdf import invoice_in_pdf, write_facturx
from dunwell.formats.einvoice.reading import read_einvoice
from tests.einvoice_data import EINVOICES, files, needs_einvoices
from tests.einvoices import document_of

XSD_OK = 17
"""PDFs of the corpus whose invoice keeps to its schema."""


@pytest.fixture(scope="module")
def paper():
    return typst.compile(
        b"#set document(title: [Invoice])\n= Invoice", format="pdf", pdf_standards=["a-3b"]
    )


@pytest.mark.parametrize("level", ["en16931", "xrechnung", "basic", "extended"])
def test_an_invoice_is_found_again_in_the_pdf_made_for_it(paper, level):
    document = document_of(2, shape="allowances", kind="380")
    made = write_facturx(document, paper, level=level)
    read = read_einvoice(made)
    assert read.in_pdf and read.syntax_name == "UN/CEFACT CII in a PDF"
    assert read.document.totals == document.totals and not read.is_fatal
    reader = PdfReader(io.BytesIO(made))
    assert [one.name for one in reader.attachment_list] == ["factur-x.xml"]
    metadata = reader.xmp_metadata.stream.get_data()
    assert b"pdfaid:part" in metadata and b"urn:factur-x:pdfa:CrossIndustryDocument" in metadata
    relation = reader.trailer["/Root"]["/AF"][0].get_object()["/AFRelationship"]
    assert relation == ("/Data" if level == "basic" else "/Alternative")


def test_what_basic_has_no_room_for_is_refused_or_left_to_the_pdf(paper):
    rounded = document_of(3, shape="rounded", kind="380")
    if not rounded.totals.rounding_minor:
        pytest.fail("the shape rounds nothing; take another number")
    with pytest.raises(EInvoiceError, match="Choose the level EN 16931"):
        write_facturx(rounded, paper, level="basic")
    with pytest.raises(EInvoiceError, match="no level 'gold'"):
        write_facturx(rounded, paper, level="gold")


def test_a_plain_pdf_and_a_damaged_one_are_told_apart(paper):
    with pytest.raises(EInvoiceError, match="plain PDF"):
        read_einvoice(paper)
    with pytest.raises(EInvoiceError, match="PDF cannot be read|plain PDF"):
        read_einvoice(b"%PDF-1.7\nnonsense")


@needs_einvoices
def test_the_published_pdfs_are_read_and_those_meant_to_fail_are_flagged():
    read = {}
    for path in files("zugferd_pdf/**/*.pdf"):
        try:
            found = read_einvoice(path.read_bytes())
        except EInvoiceError as error:
            read[path] = str(error)
            continue
        read[path] = [one.rule for one in found.findings if one.level == "fatal"]
    assert sum(told == [] for told in read.values()) == XSD_OK
    meant = {path: told for path, told in read.items() if "/fail/" in str(path)}
    assert len(meant) == 5 and all(meant.values())
    assert {told for told in map(str, meant.values()) if "damaged" in told}
    assert (
        invoice_in_pdf(
            (
                EINVOICES
                / "zugferd_pdf/ZUGFeRDv2/correct/intarsys/BASIC/zugferd_2p0_BASIC_Einfach.pdf"
            ).read_bytes()
        )
        .lstrip()
        .startswith(b"<?xml")
    )
