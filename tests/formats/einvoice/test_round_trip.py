"""What is written is read again as it was: in every syntax, specification and shape."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.invoice_document import CREDIT_NOTE, INVOICE, Enclosed
from dunwell.formats.einvoice.cii_write import write_cii
from dunwell.formats.einvoice.conversion import CONVERSIONS, converted
from dunwell.formats.einvoice.findings import EInvoiceError
from dunwell.formats.einvoice.forms import FORMS, einvoice_of
from dunwell.formats.einvoice.names import PROFILES
from dunwell.formats.einvoice.reading import read_einvoice
from dunwell.formats.einvoice.ubl_write import write_ubl
from tests.conftest import examples
from tests.einvoices import SHAPES, document_of

WRITERS = [
    *((write_ubl, key) for key in ("en16931", "xrechnung", "peppol")),
    *((write_cii, key) for key in ("en16931", "xrechnung", "peppol", "extended")),
]
WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Z")), min_size=1, max_size=30)


def written(document, key):
    kept = PROFILES[key]
    return replace(document, customization=kept.customization, profile=kept.process)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", [INVOICE, CREDIT_NOTE])
def test_every_shape_is_read_as_it_was_written(shape, kind):
    document = document_of(7, shape=shape, kind=kind)
    for write, key in WRITERS:
        read = read_einvoice(write(document, key))
        assert read.document == written(document, key)
        assert read.findings == () and read.is_lossless


@examples(60, release=2_000)
@given(
    number=st.integers(0, 10_000),
    text=WORDS,
    day=st.dates(date(1990, 1, 1), date(2090, 1, 1)) | st.none(),
    data=st.binary(max_size=40),
    which=st.sampled_from(WRITERS),
)
def test_any_words_days_and_bytes_come_back(number, text, day, data, which):
    write, key = which
    made = document_of(number)
    document = replace(
        made,
        number=text,
        due_on=day,
        terms=text,
        notes=(text,),
        order=f"P{text}",
        buyer_reference=text,
        seller=replace(made.seller, name=text, street=text, contact=text),
        buyer=replace(made.buyer, name=text, trading_name=text),
        lines=tuple(replace(line, name=text, description=text) for line in made.lines),
        enclosed=(Enclosed(name="a", description=text, media_type="text/csv", data=data),)
        if data
        else (),
    )
    assert read_einvoice(write(document, key)).document == written(document, key)


def test_each_syntax_converts_to_the_other_and_back_without_loss():
    for number in range(16):
        document = document_of(number)
        ubl = write_ubl(document, "en16931")
        cii, name = converted(ubl, "cii")
        assert name == f"R-2026-{number:05d}-cii.xml"
        assert converted(cii, "ubl")[0] == ubl


def test_what_another_syntax_would_lose_is_named_and_nothing_is_converted():
    ubl = write_ubl(document_of(0, shape="plain"), "en16931")
    more = ubl.replace(
        b"<cbc:DocumentCurrencyCode>",
        b"<cbc:TaxPointDate>2026-01-01</cbc:TaxPointDate><cbc:DocumentCurrencyCode>",
    )
    with pytest.raises(EInvoiceError, match="would lose what stands at Invoice/TaxPointDate"):
        converted(more, "cii")
    wrong = ubl.replace(b"<cbc:PayableAmount currencyID=", b"<cbc:PayableAmount currencyID =", 1)
    wrong = wrong.replace(b"</cbc:PayableAmount>", b"1</cbc:PayableAmount>")
    with pytest.raises(EInvoiceError, match="BR-"):
        converted(wrong, "cii")
    with pytest.raises(EInvoiceError, match="Choose one of ubl"):
        converted(ubl, "csv")
    assert set(CONVERSIONS) == {
        "ubl", "cii", "xrechnung_ubl", "xrechnung_cii", "peppol", "peppol_cii",
    }  # fmt: skip


def test_a_third_decimal_and_an_unknown_form_are_refused_with_what_to_do():
    made = document_of(0, shape="dinar")
    odd = replace(made, totals=replace(made.totals, payable_minor=12_345))
    with pytest.raises(EInvoiceError, match=r"12\.345 KWD has more than two decimals.*BR-DEC"):
        write_ubl(odd, "en16931")
    with pytest.raises(EInvoiceError, match="no form 'paper'"):
        einvoice_of(made, "paper")
    with pytest.raises(EInvoiceError, match="no profile 'basic'"):
        write_ubl(made, "basic")
    with pytest.raises(EInvoiceError, match="no PDF"):
        einvoice_of(made, "facturx")
    assert einvoice_of(made, "peppol")[1:] == ("application/xml", "R-2026-00000.xml")
    assert "xrechnung_ubl" in FORMS and "facturx" in FORMS
